//! What operators change beside jobs and nodes: namespaces, pools, services, the scheduler's configuration.

use crate::sandbox::id::Id;
use crate::sandbox::state::acl::digest;
use crate::sandbox::state::catalog::{Namespace, NodePool, SchedulerConfig};
use crate::sandbox::state::eval::Eval;
use crate::sandbox::state::job::JobStatus;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::{Refusal, many_errors};

/// How long descriptions may be.
const DESCRIPTION: usize = 256;
/// How long a node's identity lasts, in nanoseconds.
const IDENTITY_TTL: i64 = 24 * 3_600_000_000_000;

/// Whether a name is made of these characters and not too long.
fn is_name(name: &str, extra: char) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == extra;
    (1..=128).contains(&name.len()) && name.chars().all(fits)
}

impl World {
    /// Puts a namespace in, or changes it. The index of the write.
    ///
    /// # Errors
    /// When its name or description is none.
    pub fn put_namespace(&mut self, mut namespace: Namespace) -> Result<u64, Refusal> {
        let mut errors = Vec::new();
        if !is_name(&namespace.name, '-') {
            let name = &namespace.name;
            errors.push(format!("invalid name {name:?}. Must match regex ^[a-zA-Z0-9-]{{1,128}}$"));
        }
        if namespace.description.len() > DESCRIPTION {
            errors.push(format!("description longer than {DESCRIPTION}"));
        }
        if !errors.is_empty() {
            let words = format!("Invalid namespace {:?}: {}", namespace.name, many_errors(&errors));
            return Err(Refusal::failed(words));
        }
        let meta = serde_json::to_string(&namespace.meta).unwrap_or_default();
        namespace.hash = digest(&[&namespace.name, &namespace.description, &namespace.quota, &meta]);
        let mut write = self.write();
        write.put_namespace(namespace);
        Ok(write.index)
    }

    /// Takes a namespace out. The index of the write.
    ///
    /// # Errors
    /// When there is none, it is the default one, or something in it is alive.
    pub fn remove_namespace(&mut self, name: &str) -> Result<u64, Refusal> {
        if name == "default" {
            return Err(Refusal::failed("can not delete default namespace"));
        }
        if !self.state.catalog.namespaces.contains_key(name) {
            return Err(Refusal::failed("namespace not found"));
        }
        let mut errors = Vec::new();
        if self.state.jobs().any(|job| *job.key().namespace == *name && job.status != JobStatus::Dead) {
            errors.push(format!("namespace {name:?} has non-terminal jobs in regions: [global]"));
        }
        if self.state.allocs().by_id().any(|a| *a.job_key().namespace == *name && !a.client_terminal()) {
            errors.push(format!("namespace {name:?} has non-terminal allocations in regions: [global]"));
        }
        if !errors.is_empty() {
            return Err(Refusal::failed(many_errors(&errors)));
        }
        let mut write = self.write();
        write.remove_namespace(name);
        Ok(write.index)
    }

    /// Puts a pool of nodes in, or changes it. The index of the write.
    ///
    /// # Errors
    /// When it is built in, or its name or description is none.
    pub fn put_pool(&mut self, mut pool: NodePool) -> Result<u64, Refusal> {
        let mut errors = Vec::new();
        if !is_name(&pool.name, '_') {
            let name = &pool.name;
            errors.push(format!("invalid name {name:?}, must match regex ^[a-zA-Z0-9-_]{{1,128}}$"));
        }
        if pool.description.len() > DESCRIPTION {
            errors.push(format!("description longer than {DESCRIPTION}"));
        }
        if !errors.is_empty() {
            let words = format!("invalid node pool {:?}: {}", pool.name, many_errors(&errors));
            return Err(Refusal::new(400, words));
        }
        if matches!(pool.name.as_str(), "all" | "default") {
            return Err(Refusal::new(400, format!("modifying node pool {:?} is not allowed", pool.name)));
        }
        if pool.node_identity_ttl == 0 {
            pool.node_identity_ttl = IDENTITY_TTL;
        }
        let meta = serde_json::to_string(&pool.meta).unwrap_or_default();
        pool.hash = Some(digest(&[&pool.name, &pool.description, &meta]));
        let mut write = self.write();
        write.put_pool(pool);
        Ok(write.index)
    }

    /// Takes a pool out. The index of the write.
    ///
    /// # Errors
    /// When there is none, it is built in, or something uses it.
    pub fn remove_pool(&mut self, name: &str) -> Result<u64, Refusal> {
        let mut errors = Vec::new();
        if self.state.jobs().any(|job| job.spec.typed.node_pool == name && job.status != JobStatus::Dead) {
            errors.push(format!("node pool {name:?} has non-terminal jobs in regions: [global]"));
        }
        if self.state.nodes().any(|node| node.machine.pool == name) {
            errors.push(format!("node pool {name:?} has nodes in regions: [global]"));
        }
        if !errors.is_empty() {
            return Err(Refusal::failed(many_errors(&errors)));
        }
        if !self.state.catalog.pools.contains_key(name) {
            return Err(Refusal::failed(format!("node pool {name} not found")));
        }
        if matches!(name, "all" | "default") {
            return Err(Refusal::failed(format!("deleting node pool {name:?} is not allowed")));
        }
        let mut write = self.write();
        write.remove_pool(name);
        Ok(write.index)
    }

    /// Changes how the scheduler works; with `cas` only if the configuration is at that index. Whether it was changed,
    /// and the index of the write.
    ///
    /// # Errors
    /// When there is no such algorithm.
    pub fn configure_scheduler(
        &mut self,
        mut config: SchedulerConfig,
        cas: Option<u64>,
    ) -> Result<(bool, u64), Refusal> {
        if !matches!(config.scheduler_algorithm.as_str(), "" | "binpack" | "spread") {
            let words = format!("invalid scheduler algorithm: {}", config.scheduler_algorithm);
            return Err(Refusal::new(400, words));
        }
        if config.scheduler_algorithm.is_empty() {
            "binpack".clone_into(&mut config.scheduler_algorithm);
        }
        let current = self.state.catalog.scheduler.modify_index;
        let mut write = self.write();
        let index = write.index;
        if cas.is_some_and(|cas| cas != current) {
            return Ok((false, index));
        }
        write.set_scheduler(config);
        Ok((true, index))
    }

    /// Takes a registration of a service out. The index of the write.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove_service(&mut self, namespace: &str, id: &str) -> Result<u64, Refusal> {
        let mut write = self.write();
        let index = write.index;
        if write.drop_services(|service| service.namespace == namespace && service.id == id) {
            Ok(index)
        } else {
            Err(Refusal::failed("service registration not found"))
        }
    }

    /// Takes evaluations out for good. How many, and the index of the write.
    ///
    /// # Errors
    /// When one of them is unknown.
    pub fn remove_evals(&mut self, ids: &[Id]) -> Result<(usize, u64), Refusal> {
        if let Some(id) = ids.iter().find(|id| self.state.eval(**id).is_none()) {
            return Err(Refusal::failed(format!("eval {id} not found")));
        }
        let mut write = self.write();
        write.delete_evals(ids);
        Ok((ids.len(), write.index))
    }

    /// Forgets what is over: dead jobs with all of theirs, ended evaluations and allocations.
    pub fn collect_garbage(&mut self) {
        let over = |eval: &Eval| eval.terminal();
        let dead: Vec<_> = self
            .state
            .jobs()
            .filter(|job| job.status == JobStatus::Dead && !job.spec.is_parent())
            .filter(|job| self.state.evals().of_job(job.key()).all(|e| over(e)))
            .filter(|job| self.state.allocs().of_job(job.key()).all(|a| a.terminal() && a.client_terminal()))
            .map(|job| job.key().clone())
            .collect();
        for key in dead {
            let evals: Vec<Id> = self.state.evals().of_job(&key).map(|e| e.id).collect();
            let mut write = self.write();
            write.purge_job(&key);
            write.delete_evals(&evals);
        }
    }
}
