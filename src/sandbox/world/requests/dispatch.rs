//! Jobs that make jobs: dispatched ones, and those that start by time (`nomad-api.md §3.1`).

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use serde_json::Value;

use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::eval::{Eval, Trigger};
use crate::sandbox::state::job::{Job, JobKey, Spec};
use crate::sandbox::world::launches::next_launch;
use crate::sandbox::world::requests::Refusal;
use crate::sandbox::world::{Event, World};

/// The largest payload of a dispatch.
const MAX_PAYLOAD: usize = 16 * 1024;
/// The highest priority of a job.
const MAX_PRIORITY: i64 = 100;

/// A dispatch as it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Dispatch {
    /// What the job is given to read.
    pub payload: Vec<u8>,
    /// Metadata of the child.
    pub meta: BTreeMap<String, String>,
    /// What its id contains.
    pub id_prefix: String,
    /// Priority of the child; 0 for the parent's.
    pub priority: i64,
    /// A second dispatch with the same token makes no second child.
    pub idempotency_token: String,
}

/// What came of a dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatched {
    /// The child.
    pub job_id: String,
    /// Its evaluation.
    pub eval: Option<Id>,
    /// Index of the evaluation.
    pub eval_index: u64,
    /// Index of the child's registration.
    pub job_index: u64,
    /// Index of the write.
    pub index: u64,
}

/// When an enabled periodic job starts next.
pub(super) fn next_launch_of(job: &Job, after: Moment) -> Option<Moment> {
    if !job.spec.is_periodic() || job.stop || job.spec.is_parameterized() {
        return None;
    }
    next_launch(job.spec.canonical.get("Periodic")?, after)
}

impl World {
    /// Has a periodic job start when its time comes.
    pub(in crate::sandbox::world) fn track_periodic(&mut self, job: &Job) {
        if let Some(at) = next_launch_of(job, self.now) {
            self.queue.at(at, Event::Periodic(job.key().clone(), at));
        }
    }

    /// A periodic job is due: it starts a child, unless one still runs and they must not overlap.
    pub(in crate::sandbox::world) fn launch_periodic(&mut self, key: &JobKey, at: Moment) {
        let Some(job) = self.state.job(key).cloned() else { return };
        // A changed or stopped job has plans of its own.
        let before = Moment::from_nanos(at.nanos() - 1);
        if next_launch_of(&job, before) != Some(at) || job.submit_time > at {
            return;
        }
        self.track_periodic(&job);
        let alone = job.spec.canonical["Periodic"]["ProhibitOverlap"].as_bool().unwrap_or(false);
        if !(alone && self.has_running_child(key)) {
            self.start_child(&job, at);
        }
    }

    fn has_running_child(&self, parent: &JobKey) -> bool {
        let children = self
            .state
            .jobs()
            .filter(|job| job.key().namespace == parent.namespace && *job.spec.typed.parent_id == *parent.id);
        children.into_iter().any(|child| {
            self.state.evals().of_job(child.key()).any(|e| !e.terminal())
                || self.state.allocs_of(child.key()).any(|a| !a.terminal())
        })
    }

    /// Starts a child of a periodic job now.
    ///
    /// # Errors
    /// When there is no such job, or it is not one that starts by time.
    pub fn force_periodic(&mut self, key: &JobKey) -> Result<(Id, u64), Refusal> {
        let job = self.state.job(key).cloned().ok_or_else(|| Refusal::failed("job not found"))?;
        if !job.spec.is_periodic() {
            return Err(Refusal::failed("can't force launch non-periodic job"));
        }
        let enabled = job.spec.canonical["Periodic"]["Enabled"].as_bool().unwrap_or(false);
        if !enabled || job.stop || job.spec.is_parameterized() {
            let JobKey { namespace, id } = key;
            let words = format!(
                "force launch for job {id:?} failed: can't force run non-tracked job {id:?} ({namespace})"
            );
            return Err(Refusal::failed(words));
        }
        let child = self.start_child(&job, self.now);
        child.ok_or_else(|| Refusal::failed("failed to derive child job"))
    }

    fn start_child(&mut self, parent: &Job, at: Moment) -> Option<(Id, u64)> {
        let id = format!("{}/periodic-{}", parent.key().id, at.seconds());
        let spec = parent.spec.edited(|fields| {
            fields.insert("ParentID".to_owned(), (*parent.key().id).into());
            fields.insert("ID".to_owned(), id.clone().into());
            fields.insert("Name".to_owned(), id.clone().into());
            fields.insert("Periodic".to_owned(), Value::Null);
        });
        let child = self.child_of(parent, spec.ok()?);
        let eval = self.new_eval(child.key(), child.kind(), child.spec.typed.priority, Trigger::PeriodicJob);
        Some(self.register_child(child, eval))
    }

    fn child_of(&self, parent: &Job, spec: Spec) -> Job {
        Job { spec: Arc::new(spec), submit_time: self.now, ..Job::clone(parent) }
    }

    fn register_child(&mut self, child: Job, mut eval: Eval) -> (Id, u64) {
        let id = eval.id;
        let mut write = self.write();
        let index = write.index;
        write.register(child, None);
        eval.job_modify_index = index;
        write.put_eval(eval);
        (id, index)
    }

    /// Dispatches a parameterized job.
    ///
    /// # Errors
    /// When there is no such job, or it cannot be dispatched like this.
    pub fn dispatch_job(&mut self, key: &JobKey, mut request: Dispatch) -> Result<Dispatched, Refusal> {
        let job =
            self.state.job(key).cloned().ok_or_else(|| Refusal::failed("parameterized job not found"))?;
        if !job.spec.is_parameterized() {
            return Err(Refusal::failed(format!("Specified job {:?} is not a parameterized job", key.id)));
        }
        if job.stop {
            return Err(Refusal::failed(format!("Specified job {:?} is stopped", key.id)));
        }
        if request.priority == 0 {
            request.priority = job.spec.typed.priority;
        }
        request.validate(&job)?;
        if let Some(found) = self.dispatched_before(&job, &request.idempotency_token) {
            return Ok(found);
        }
        let prefix =
            if request.id_prefix.is_empty() { String::new() } else { format!("{}-", request.id_prefix) };
        let chance = &self.new_id().to_string()[..8];
        let id = format!("{}/dispatch-{prefix}{}-{chance}", key.id, self.now.seconds());
        let spec = job.spec.edited(|fields| {
            fields.insert("ID".to_owned(), id.clone().into());
            fields.insert("Name".to_owned(), id.clone().into());
            fields.insert("ParentID".to_owned(), (*key.id).into());
            fields.insert("Dispatched".to_owned(), true.into());
            fields.insert("DispatchIdempotencyToken".to_owned(), request.idempotency_token.clone().into());
            fields.insert("Priority".to_owned(), request.priority.into());
            let payload = base64::engine::general_purpose::STANDARD.encode(&request.payload);
            let payload = if request.payload.is_empty() { Value::Null } else { payload.into() };
            fields.insert("Payload".to_owned(), payload);
            if !request.meta.is_empty() {
                let mut meta = fields.get("Meta").and_then(Value::as_object).cloned().unwrap_or_default();
                meta.extend(request.meta.iter().map(|(k, v)| (k.clone(), v.clone().into())));
                fields.insert("Meta".to_owned(), Value::Object(meta));
            }
        });
        let child = self.child_of(&job, spec.map_err(|e| Refusal::failed(e.to_string()))?);
        let eval = self.new_eval(child.key(), child.kind(), request.priority, Trigger::JobRegister);
        let (eval, index) = self.register_child(child, eval);
        Ok(Dispatched { job_id: id, eval: Some(eval), eval_index: index, job_index: index, index })
    }

    fn dispatched_before(&self, parent: &Job, token: &str) -> Option<Dispatched> {
        let is_it = |job: &&Arc<Job>| {
            job.key().namespace == parent.key().namespace
                && *job.spec.typed.parent_id == *parent.key().id
                && job.spec.canonical.get("DispatchIdempotencyToken").and_then(Value::as_str) == Some(token)
        };
        let found = self.state.jobs().filter(|_| !token.is_empty()).find(is_it)?;
        Some(Dispatched {
            job_id: found.key().id.to_string(),
            eval: None,
            eval_index: 0,
            job_index: found.create_index,
            index: found.modify_index,
        })
    }
}

impl Dispatch {
    /// Whether the job can be dispatched like this.
    fn validate(&self, job: &Job) -> Result<(), Refusal> {
        let terms = &job.spec.canonical["ParameterizedJob"];
        let names = |field: &str| -> Vec<&str> {
            terms[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let (required, optional) = (names("MetaRequired"), names("MetaOptional"));
        let refused = |words: String| Err(Refusal::failed(words));
        match terms["Payload"].as_str().unwrap_or("optional") {
            "required" if self.payload.is_empty() => {
                return refused("Payload is not provided but required by parameterized job".to_owned());
            }
            "forbidden" if !self.payload.is_empty() => {
                return refused("Payload provided but forbidden by parameterized job".to_owned());
            }
            _ => {}
        }
        if self.payload.len() > MAX_PAYLOAD {
            return refused(format!("Payload exceeds maximum size; {} > {MAX_PAYLOAD}", self.payload.len()));
        }
        let given = || self.meta.keys().map(String::as_str);
        let foreign: Vec<&str> = given().filter(|k| !required.contains(k) && !optional.contains(k)).collect();
        if !foreign.is_empty() {
            let words = foreign.join(" ");
            return refused(format!("Dispatch request included unpermitted metadata keys: [{words}]"));
        }
        let missing: Vec<&str> = required.into_iter().filter(|k| !self.meta.contains_key(*k)).collect();
        if !missing.is_empty() {
            return refused(format!("Dispatch did not provide required meta keys: [{}]", missing.join(" ")));
        }
        if !(1..=MAX_PRIORITY).contains(&self.priority) {
            return refused(format!("dispatch job priority must be between [1, {MAX_PRIORITY}]"));
        }
        Ok(())
    }
}
