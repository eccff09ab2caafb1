//! Admitting a submitted job: defaults, implied parts, and everything that is wrong with it (`nomad-api.md §3.3`).

use serde_json::{Map, Value};

use crate::sandbox::jobspec;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;

/// A job the servers take.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Every field as the servers keep it.
    pub(super) stored: Map<String, Value>,
    /// What is odd about it.
    pub(super) warnings: String,
}

impl World {
    /// Fills in what a job leaves open and checks it.
    pub(super) fn admit(&self, job: &Value) -> Result<Admitted, Refusal> {
        let submitted = jobspec::decode(job).map_err(|words| Refusal::new(400, words))?;
        let canonical = jobspec::stored(&jobspec::canonicalize(submitted));
        if let Some(words) = jobspec::refusal(&canonical) {
            return Err(Refusal::failed(words));
        }
        let mut errors = self.misplaced(&canonical);
        errors.extend(jobspec::errors(&canonical));
        if !errors.is_empty() {
            return Err(Refusal::failed(jobspec::all_errors(&errors)));
        }
        let oversubscription = self.state.catalog.scheduler.memory_oversubscription_enabled;
        let warnings = jobspec::warnings(&canonical, oversubscription);
        let Value::Object(stored) = canonical else {
            return Err(Refusal::failed("missing job for registration"));
        };
        Ok(Admitted { stored, warnings: jobspec::all_warnings(&warnings) })
    }

    /// What is wrong with a job, and what is odd about it.
    ///
    /// # Errors
    /// When a field of it is of a type that cannot be read.
    pub fn validate_job(&self, job: &Value) -> Result<(Vec<String>, String), Refusal> {
        let submitted = jobspec::decode(job).map_err(|words| Refusal::new(400, words))?;
        let canonical = jobspec::stored(&jobspec::canonicalize(submitted));
        if let Some(words) = jobspec::refusal(&canonical) {
            return Err(Refusal::failed(words));
        }
        let mut errors = self.misplaced(&canonical);
        errors.extend(jobspec::errors(&canonical));
        let oversubscription = self.state.catalog.scheduler.memory_oversubscription_enabled;
        let warnings = jobspec::warnings(&canonical, oversubscription);
        Ok((errors, jobspec::all_warnings(&warnings)))
    }

    /// What is wrong with where a job is to live.
    fn misplaced(&self, stored: &Value) -> Vec<String> {
        let text = |field: &str| stored.get(field).and_then(Value::as_str).unwrap_or("");
        let (id, namespace, pool) = (text("ID"), text("Namespace"), text("NodePool"));
        let mut errors = Vec::new();
        if !self.state.catalog.namespaces.contains_key(namespace) {
            errors.push(format!("job {id:?} is in nonexistent namespace {namespace:?}"));
        }
        if !self.state.catalog.pools.contains_key(pool) {
            errors.push(format!("job {id:?} is in nonexistent node pool {pool:?}"));
        }
        errors
    }
}
