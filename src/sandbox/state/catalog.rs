//! The smaller tables: namespaces, node pools, services, submissions, scalings, the scheduler's configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::Write;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::job::JobKey;

/// How many submissions of a job are kept.
const SUBMISSIONS_KEPT: usize = 6;
/// How many scalings of a group are kept.
const SCALINGS_KEPT: usize = 20;

/// A namespace.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Namespace {
    pub capabilities: Option<Value>,
    pub consul_configuration: Option<Value>,
    pub create_index: u64,
    pub description: String,
    pub hash: String,
    pub meta: Option<BTreeMap<String, String>>,
    pub modify_index: u64,
    pub name: String,
    pub node_pool_configuration: Option<Value>,
    pub optional_extra_claims: Option<Value>,
    pub quota: String,
    pub required_extra_claims: Option<Value>,
    pub vault_configuration: Option<Value>,
}

/// A pool of nodes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct NodePool {
    pub create_index: u64,
    pub description: String,
    pub hash: Option<String>,
    pub meta: Option<BTreeMap<String, String>>,
    pub modify_index: u64,
    pub name: String,
    #[serde(rename = "NodeIdentityTTL")]
    pub node_identity_ttl: i64,
    pub scheduler_configuration: Option<Value>,
}

/// A registration of Nomad's own service discovery (`nomad-api.md §9.1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Service {
    pub address: String,
    #[serde(rename = "AllocID")]
    pub alloc_id: Id,
    pub create_index: u64,
    pub datacenter: String,
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "JobID")]
    pub job_id: String,
    pub modify_index: u64,
    pub namespace: String,
    #[serde(rename = "NodeID")]
    pub node_id: Id,
    pub port: u16,
    pub service_name: String,
    pub tags: Vec<String>,
}

/// The source a version of a job was submitted as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Submission {
    pub format: String,
    #[serde(rename = "JobID")]
    pub job_id: String,
    pub job_modify_index: u64,
    pub namespace: String,
    pub source: String,
    pub variable_flags: Option<BTreeMap<String, String>>,
    pub variables: String,
    pub version: u64,
}

/// A scaling of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct ScalingEvent {
    pub count: Option<i64>,
    pub create_index: u64,
    pub error: bool,
    #[serde(rename = "EvalID")]
    pub eval_id: Option<Id>,
    pub message: String,
    pub meta: Option<serde_json::Map<String, Value>>,
    pub previous_count: i64,
    #[serde(serialize_with = "crate::sandbox::moment::as_nanos")]
    pub time: Moment,
}

/// Whose work may be pushed aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the names are Nomad's own")]
#[derive(Default)]
pub struct Preemption {
    pub batch_scheduler_enabled: bool,
    pub service_scheduler_enabled: bool,
    pub sys_batch_scheduler_enabled: bool,
    pub system_scheduler_enabled: bool,
}

/// The scheduler's configuration (`nomad-api.md §9.4`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct SchedulerConfig {
    pub create_index: u64,
    pub memory_oversubscription_enabled: bool,
    pub modify_index: u64,
    pub node_limit_for_feasibility_checks: i64,
    pub pause_eval_broker: bool,
    pub preemption_config: Preemption,
    pub reject_job_registration: bool,
    pub scheduler_algorithm: String,
}

impl Default for SchedulerConfig {
    fn default() -> Self {
        SchedulerConfig {
            create_index: 0,
            memory_oversubscription_enabled: false,
            modify_index: 0,
            node_limit_for_feasibility_checks: 0,
            pause_eval_broker: false,
            preemption_config: Preemption { system_scheduler_enabled: true, ..Preemption::default() },
            reject_job_registration: false,
            scheduler_algorithm: "binpack".to_owned(),
        }
    }
}

/// The smaller tables.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// By name.
    pub namespaces: BTreeMap<String, Arc<Namespace>>,
    /// By name.
    pub pools: BTreeMap<String, Arc<NodePool>>,
    /// By namespace, name and id.
    pub services: BTreeMap<(String, String, String), Arc<Service>>,
    /// How the scheduler works.
    pub scheduler: SchedulerConfig,
    submissions: BTreeMap<JobKey, Vec<Submission>>,
    scalings: BTreeMap<JobKey, BTreeMap<String, Vec<ScalingEvent>>>,
}

impl Catalog {
    /// The source of a version of a job.
    #[must_use]
    pub fn submission(&self, key: &JobKey, version: u64) -> Option<&Submission> {
        self.submissions.get(key)?.iter().find(|s| s.version == version)
    }

    /// The scalings of a job by group, newest first.
    #[must_use]
    pub fn scalings(&self, key: &JobKey) -> Option<&BTreeMap<String, Vec<ScalingEvent>>> {
        self.scalings.get(key)
    }

    pub(super) fn forget_job(&mut self, key: &JobKey) {
        self.submissions.remove(key);
        self.scalings.remove(key);
    }
}

impl Write<'_> {
    /// Puts a namespace in.
    pub fn put_namespace(&mut self, mut namespace: Namespace) {
        let old = self.state.catalog.namespaces.get(&namespace.name);
        namespace.create_index = old.map_or(self.index, |n| n.create_index);
        namespace.modify_index = self.index;
        self.touch(Scope::Table(Table::Namespaces));
        self.touch(Scope::Name(Table::Namespaces, namespace.name.as_str().into()));
        self.state.catalog.namespaces.insert(namespace.name.clone(), Arc::new(namespace));
    }

    /// Takes a namespace out.
    pub fn remove_namespace(&mut self, name: &str) {
        self.state.catalog.namespaces.remove(name);
        self.touch(Scope::Table(Table::Namespaces));
        self.touch(Scope::Name(Table::Namespaces, name.into()));
    }

    /// Puts a pool in.
    pub fn put_pool(&mut self, mut pool: NodePool) {
        let old = self.state.catalog.pools.get(&pool.name);
        pool.create_index = old.map_or(self.index, |p| p.create_index);
        pool.modify_index = self.index;
        self.touch(Scope::Table(Table::NodePools));
        self.touch(Scope::Name(Table::NodePools, pool.name.as_str().into()));
        self.state.catalog.pools.insert(pool.name.clone(), Arc::new(pool));
    }

    /// Takes a pool out.
    pub fn remove_pool(&mut self, name: &str) {
        self.state.catalog.pools.remove(name);
        self.touch(Scope::Table(Table::NodePools));
        self.touch(Scope::Name(Table::NodePools, name.into()));
    }

    /// Replaces the scheduler's configuration.
    pub fn set_scheduler(&mut self, mut config: SchedulerConfig) {
        let old = self.state.catalog.scheduler.create_index;
        config.create_index = if old == 0 { self.index } else { old };
        config.modify_index = self.index;
        self.state.catalog.scheduler = config;
    }

    /// Registers a service of an allocation.
    pub fn register_service(&mut self, mut service: Service) {
        let key = (service.namespace.clone(), service.service_name.clone(), service.id.clone());
        if let Some(old) = self.state.catalog.services.get(&key) {
            service.create_index = old.create_index;
            service.modify_index = old.modify_index;
            if **old == service {
                return;
            }
        } else {
            service.create_index = self.index;
        }
        service.modify_index = self.index;
        self.touch_service(&service);
        self.state.catalog.services.insert(key, Arc::new(service));
    }

    fn touch_service(&mut self, service: &Service) {
        self.touch(Scope::Table(Table::Services));
        self.touch(Scope::Namespace(Table::Services, service.namespace.as_str().into()));
        self.touch(Scope::Name(Table::Services, service.service_name.as_str().into()));
    }

    /// Takes the registrations of an allocation out.
    pub fn deregister_services(&mut self, alloc: Id) {
        self.drop_services(|service| service.alloc_id == alloc);
    }

    /// Takes the registrations out that are meant; whether there were any.
    pub fn drop_services(&mut self, meant: impl Fn(&Service) -> bool) -> bool {
        let gone: Vec<Arc<Service>> =
            self.state.catalog.services.values().filter(|s| meant(s)).cloned().collect();
        for service in &gone {
            let key = (service.namespace.clone(), service.service_name.clone(), service.id.clone());
            self.state.catalog.services.remove(&key);
            self.touch_service(service);
        }
        !gone.is_empty()
    }

    /// Keeps the source of a version of a job.
    pub(super) fn put_submission(&mut self, key: &JobKey, mut submission: Submission) {
        submission.job_modify_index = self.index;
        let kept = self.state.catalog.submissions.entry(key.clone()).or_default();
        if kept.iter().all(|s| s.version != submission.version) {
            kept.insert(0, submission);
            kept.truncate(SUBMISSIONS_KEPT);
        }
    }

    /// Notes a scaling.
    pub fn put_scaling(&mut self, key: &JobKey, group: &str, mut event: ScalingEvent) {
        event.create_index = self.index;
        let groups = self.state.catalog.scalings.entry(key.clone()).or_default();
        let events = groups.entry(group.to_owned()).or_default();
        events.insert(0, event);
        events.truncate(SCALINGS_KEPT);
        self.touch(Scope::Table(Table::ScalingEvents));
        self.touch(Scope::Job(Table::ScalingEvents, key.clone()));
    }
}
