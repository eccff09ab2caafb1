//! Jobs: specification, lists and states (`nomad-api.md §3`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Ask, Get, segment};
use crate::api::wire::{Nanos, nullable, unix_nanos};

const LIST: &str = "namespace capability \"list-jobs\"";
const READ: &str = "namespace capability \"read-job\"";

/// Jobs as stubs with the counts of their groups' states.
#[must_use]
pub fn list() -> Get<Vec<JobStub>> {
    Get::new("/v1/jobs", "list the jobs").needs(LIST)
}

/// Every job with its allocations' states and its latest deployment, children left out (1.8 and newer).
#[must_use]
pub fn statuses() -> Get<Vec<JobStatus>> {
    Get::new("/v1/jobs/statuses", "read the jobs' states").needs(READ)
}

/// Every job and its latest deployment, without a look at its allocations (1.8 and newer).
#[must_use]
pub fn briefs() -> Get<Vec<JobBrief>> {
    Get::new("/v1/jobs/statuses", "read the jobs' states").needs(READ)
}

/// One job.
#[must_use]
pub fn get(namespace: &str, id: &str) -> Get<Job> {
    Get::new(format!("/v1/job/{}", segment(id)), format!("read job {id}")).needs(READ).namespace(namespace)
}

/// One job as the server holds it, every field: what a plan is made from.
#[must_use]
pub fn get_spec(namespace: &str, id: &str) -> Get<Value> {
    Get::new(format!("/v1/job/{}", segment(id)), format!("read job {id}")).needs(READ).namespace(namespace)
}

/// The allocations of a job, ended ones included, with their tasks' states.
#[must_use]
pub fn allocations(namespace: &str, id: &str) -> Get<Vec<crate::api::nomad::allocation::AllocStub>> {
    Get::new(format!("/v1/job/{}/allocations", segment(id)), format!("list the allocations of job {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// The evaluations of a job.
#[must_use]
pub fn evaluations(namespace: &str, id: &str) -> Get<Vec<crate::api::nomad::evaluation::Evaluation>> {
    Get::new(format!("/v1/job/{}/evaluations", segment(id)), format!("list the evaluations of job {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// The latest deployment of a job; `null` when it never had one.
#[must_use]
pub fn deployment(namespace: &str, id: &str) -> Get<Option<crate::api::nomad::deployment::Deployment>> {
    Get::new(format!("/v1/job/{}/deployment", segment(id)), format!("read the deployment of job {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// The states of these jobs only, given as (namespace, id); unknown ones are left out silently.
#[must_use]
pub fn statuses_of<'a>(jobs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Ask<Vec<JobStatus>> {
    #[derive(Serialize)]
    struct One<'a> {
        #[serde(rename = "ID")]
        id: &'a str,
        #[serde(rename = "Namespace")]
        namespace: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        jobs: Vec<One<'a>>,
    }
    let jobs = jobs.into_iter().map(|(namespace, id)| One { id, namespace }).collect();
    Ask::post("/v1/jobs/statuses", "read the jobs' states").needs(READ).body(&Body { jobs })
}

/// A row of the job list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct JobStub {
    /// The id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The job that made it: periodic or parameterized.
    #[serde(rename = "ParentID", default)]
    pub parent_id: String,
    /// The name, usually the id.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// `service`, `batch`, `system` or `sysbatch`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The pool it is placed in.
    #[serde(default)]
    pub node_pool: String,
    /// 1 to 100 and more.
    #[serde(default)]
    pub priority: i64,
    /// Whether it starts children by time.
    #[serde(default)]
    pub periodic: bool,
    /// Whether it starts children by dispatch.
    #[serde(default)]
    pub parameterized_job: bool,
    /// Whether it was stopped.
    #[serde(default)]
    pub stop: bool,
    /// `pending`, `running` or `dead`; `running` does not imply healthy (§3.5).
    pub status: String,
    /// Counts by group.
    #[serde(default)]
    pub job_summary: Option<JobSummary>,
    /// When it was last submitted; a rollback keeps the old one (T36).
    #[serde(default, deserialize_with = "unix_nanos")]
    pub submit_time: Option<Timestamp>,
    /// Index of its last change.
    #[serde(default)]
    pub modify_index: u64,
}

/// Counts of a job's allocations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JobSummary {
    /// By group.
    #[serde(deserialize_with = "nullable")]
    pub summary: BTreeMap<String, GroupSummary>,
    /// Of the jobs it made.
    pub children: Option<ChildrenSummary>,
}

/// Counts of a group's allocations by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupSummary {
    /// Not placed.
    pub queued: u64,
    /// Ended well.
    pub complete: u64,
    /// Ended badly.
    pub failed: u64,
    /// Running.
    pub running: u64,
    /// Placed, not running yet.
    pub starting: u64,
    /// Gone with their node.
    pub lost: u64,
    /// On a disconnected node.
    pub unknown: u64,
}

/// Counts of the jobs a periodic or parameterized job made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChildrenSummary {
    /// Not started.
    pub pending: u64,
    /// Running.
    pub running: u64,
    /// Ended.
    pub dead: u64,
}

/// A job's state in one row: its allocations and its latest deployment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct JobStatus {
    /// The id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The namespace.
    pub namespace: String,
    /// `service`, `batch`, `system` or `sysbatch`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The pool it is placed in.
    #[serde(default)]
    pub node_pool: String,
    /// The job that made it.
    #[serde(rename = "ParentID", default)]
    pub parent_id: String,
    /// 1 to 100 and more.
    #[serde(default)]
    pub priority: i64,
    /// `pending`, `running` or `dead`.
    pub status: String,
    /// Whether it was stopped.
    #[serde(default)]
    pub stop: bool,
    /// The current version.
    #[serde(default)]
    pub version: u64,
    /// Sum of the groups' counts.
    #[serde(default)]
    pub group_count_sum: u64,
    /// Every allocation that was not collected yet, ended ones included.
    #[serde(default, deserialize_with = "nullable")]
    pub allocs: Vec<StatusAlloc>,
    /// States of the jobs it made; none when it makes none.
    #[serde(default)]
    pub child_statuses: Option<Vec<String>>,
    /// The latest deployment.
    #[serde(default)]
    pub latest_deployment: Option<LatestDeployment>,
    /// When it was last submitted.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub submit_time: Option<Timestamp>,
}

/// A job's state in one row, as far as it does not hang on single allocations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct JobBrief {
    /// The id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The namespace.
    pub namespace: String,
    /// `service`, `batch`, `system` or `sysbatch`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// `pending`, `running` or `dead`.
    pub status: String,
    /// Whether it was stopped.
    #[serde(default)]
    pub stop: bool,
    /// The current version.
    #[serde(default)]
    pub version: u64,
    /// Sum of the groups' counts.
    #[serde(default)]
    pub group_count_sum: u64,
    /// States of the jobs it made; none when it makes none.
    #[serde(default)]
    pub child_statuses: Option<Vec<String>>,
    /// The latest deployment.
    #[serde(default)]
    pub latest_deployment: Option<LatestDeployment>,
}

/// An allocation in a job's state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatusAlloc {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its task group.
    pub group: String,
    /// What the client says.
    pub client_status: crate::api::nomad::allocation::ClientStatus,
    /// Its node.
    #[serde(rename = "NodeID", default)]
    pub node_id: String,
    /// The job version it runs.
    #[serde(default)]
    pub job_version: u64,
    /// The evaluation that waits to reschedule it.
    #[serde(rename = "FollowupEvalID", default)]
    pub followup_eval_id: String,
    /// Its health.
    #[serde(default, deserialize_with = "nullable")]
    pub deployment_status: StatusHealth,
}

/// Health of an allocation in a job's state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StatusHealth {
    /// Whether it waits for promotion.
    pub canary: bool,
    /// The verdict; none while undecided.
    pub healthy: Option<bool>,
}

/// A job's latest deployment, in short.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LatestDeployment {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Whether it is under way.
    pub is_active: bool,
    /// The job version it rolls out.
    #[serde(default)]
    pub job_version: u64,
    /// `running`, `failed`, …
    pub status: String,
    /// Words on the state, which carry meaning (§3.6).
    #[serde(default)]
    pub status_description: String,
    /// Whether its canaries wait for promotion, healthy or not yet.
    #[serde(default)]
    pub requires_promotion: bool,
    /// Whether healthy canaries promote themselves.
    #[serde(default)]
    pub all_auto_promote: bool,
}

/// A job's specification and state, as far as `fleet` reasons about it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Job {
    /// The id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The name, usually the id.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The namespace.
    #[serde(deserialize_with = "nullable")]
    pub namespace: String,
    /// `service`, `batch`, `system` or `sysbatch`.
    #[serde(rename = "Type", deserialize_with = "nullable")]
    pub kind: String,
    /// The region.
    #[serde(deserialize_with = "nullable")]
    pub region: String,
    /// The pool it is placed in.
    #[serde(deserialize_with = "nullable")]
    pub node_pool: String,
    /// The datacenters it may be placed in; patterns allowed.
    #[serde(deserialize_with = "nullable")]
    pub datacenters: Vec<String>,
    /// 1 to 100 and more.
    #[serde(deserialize_with = "nullable")]
    pub priority: i64,
    /// What every node must satisfy.
    #[serde(deserialize_with = "nullable")]
    pub constraints: Vec<Constraint>,
    /// What nodes are preferred.
    #[serde(deserialize_with = "nullable")]
    pub affinities: Vec<Affinity>,
    /// How to spread over nodes.
    #[serde(deserialize_with = "nullable")]
    pub spreads: Vec<Spread>,
    /// The groups.
    #[serde(deserialize_with = "nullable")]
    pub task_groups: Vec<TaskGroup>,
    /// Whether it starts children by time.
    pub periodic: Option<Periodic>,
    /// Whether it starts children by dispatch.
    pub parameterized_job: Option<Value>,
    /// The job that made it.
    #[serde(rename = "ParentID", deserialize_with = "nullable")]
    pub parent_id: String,
    /// Operators' metadata.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// Whether it was stopped.
    #[serde(deserialize_with = "nullable")]
    pub stop: bool,
    /// Whether this version was deployed well once; not proof of anything (T36).
    #[serde(deserialize_with = "nullable")]
    pub stable: bool,
    /// The version, from 0.
    #[serde(deserialize_with = "nullable")]
    pub version: u64,
    /// `pending`, `running` or `dead`.
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    /// When it was last submitted.
    #[serde(deserialize_with = "unix_nanos")]
    pub submit_time: Option<Timestamp>,
    /// Index of its creation.
    #[serde(deserialize_with = "nullable")]
    pub create_index: u64,
    /// Index of its last change, status included.
    #[serde(deserialize_with = "nullable")]
    pub modify_index: u64,
    /// Index of the last change of its specification: what to enforce.
    #[serde(deserialize_with = "nullable")]
    pub job_modify_index: u64,
}

impl Job {
    /// The group of that name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&TaskGroup> {
        self.task_groups.iter().find(|g| g.name == name)
    }
}

/// When a periodic job starts children.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Periodic {
    /// Whether it does at all.
    #[serde(deserialize_with = "nullable")]
    pub enabled: bool,
    /// The cron expression.
    #[serde(deserialize_with = "nullable")]
    pub spec: String,
}

/// A condition on nodes, or on where a job's allocations stand to each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Constraint {
    /// The left side, such as `${attr.kernel.name}`.
    #[serde(rename = "LTarget", deserialize_with = "nullable")]
    pub left: String,
    /// The operator; `=` when empty.
    #[serde(rename = "Operand", deserialize_with = "nullable")]
    pub operand: String,
    /// The right side.
    #[serde(rename = "RTarget", deserialize_with = "nullable")]
    pub right: String,
}

/// A preference for nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Affinity {
    /// The left side.
    #[serde(rename = "LTarget", deserialize_with = "nullable")]
    pub left: String,
    /// The operator.
    #[serde(rename = "Operand", deserialize_with = "nullable")]
    pub operand: String,
    /// The right side.
    #[serde(rename = "RTarget", deserialize_with = "nullable")]
    pub right: String,
    /// -100 to 100.
    #[serde(rename = "Weight", deserialize_with = "nullable")]
    pub weight: i64,
}

/// How to spread over the values of a node's attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Spread {
    /// The attribute.
    #[serde(deserialize_with = "nullable")]
    pub attribute: String,
    /// 1 to 100.
    #[serde(deserialize_with = "nullable")]
    pub weight: i64,
    /// Wanted shares; even when empty.
    #[serde(rename = "SpreadTarget", deserialize_with = "nullable")]
    pub targets: Vec<SpreadTarget>,
}

/// A wanted share of a spread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SpreadTarget {
    /// The attribute's value.
    pub value: String,
    /// Its share.
    pub percent: u32,
}

/// A group of tasks that are placed together.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TaskGroup {
    /// Its name in the job.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// How many allocations; 1 when absent.
    pub count: Option<u64>,
    /// What every node must satisfy.
    #[serde(deserialize_with = "nullable")]
    pub constraints: Vec<Constraint>,
    /// What nodes are preferred.
    #[serde(deserialize_with = "nullable")]
    pub affinities: Vec<Affinity>,
    /// How to spread over nodes.
    #[serde(deserialize_with = "nullable")]
    pub spreads: Vec<Spread>,
    /// The tasks.
    #[serde(deserialize_with = "nullable")]
    pub tasks: Vec<Task>,
    /// How updates roll.
    pub update: Option<Update>,
    /// How allocations leave a draining node; service jobs always have one.
    pub migrate: Option<Migrate>,
    /// How failed tasks restart in place.
    pub restart_policy: Option<RestartPolicy>,
    /// How failed allocations are placed elsewhere.
    pub reschedule_policy: Option<ReschedulePolicy>,
    /// Its disk.
    pub ephemeral_disk: Option<EphemeralDisk>,
    /// Its networks.
    #[serde(deserialize_with = "nullable")]
    pub networks: Vec<Network>,
    /// Services of the whole group.
    #[serde(deserialize_with = "nullable")]
    pub services: Vec<Service>,
    /// Volumes by name.
    #[serde(deserialize_with = "nullable")]
    pub volumes: BTreeMap<String, Volume>,
    /// What a disconnected node means.
    pub disconnect: Option<Disconnect>,
    /// How long to wait between deregistration and the kill signal.
    pub shutdown_delay: Option<Nanos>,
    /// Bounds of its count.
    pub scaling: Option<Scaling>,
    /// Operators' metadata.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
}

impl TaskGroup {
    /// How many allocations it wants.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.unwrap_or(1)
    }

    /// How many may be away at once while a node drains (`nomad-api.md §2.4`, 3.).
    #[must_use]
    pub fn migrate_max_parallel(&self) -> u64 {
        self.migrate.as_ref().map_or(1, |m| m.max_parallel)
    }

    /// The services of the group and of its tasks.
    pub fn all_services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().chain(self.tasks.iter().flat_map(|t| &t.services))
    }
}

/// A task.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Task {
    /// Its name in the group.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The driver that runs it.
    #[serde(deserialize_with = "nullable")]
    pub driver: String,
    /// The driver's own settings.
    #[serde(deserialize_with = "nullable")]
    pub config: serde_json::Map<String, Value>,
    /// Environment variables.
    #[serde(deserialize_with = "nullable")]
    pub env: BTreeMap<String, String>,
    /// What it is given.
    pub resources: Option<Resources>,
    /// What every node must satisfy.
    #[serde(deserialize_with = "nullable")]
    pub constraints: Vec<Constraint>,
    /// What nodes are preferred.
    #[serde(deserialize_with = "nullable")]
    pub affinities: Vec<Affinity>,
    /// Its services.
    #[serde(deserialize_with = "nullable")]
    pub services: Vec<Service>,
    /// Restart policy of its own.
    pub restart_policy: Option<RestartPolicy>,
    /// How long it may take to end after the kill signal.
    pub kill_timeout: Option<Nanos>,
    /// How long to wait between deregistration and the kill signal.
    pub shutdown_delay: Option<Nanos>,
    /// Whether the group ends with it.
    #[serde(deserialize_with = "nullable")]
    pub leader: bool,
    /// When it runs beside the main tasks.
    pub lifecycle: Option<Lifecycle>,
    /// Secrets it reads through a provider of the node.
    #[serde(deserialize_with = "nullable")]
    pub secrets: Vec<Secret>,
}

/// A secret a task reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Secret {
    /// The provider that must be on the node.
    #[serde(deserialize_with = "nullable")]
    pub provider: String,
}

/// When a task runs beside the main tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Lifecycle {
    /// `prestart`, `poststart` or `poststop`.
    #[serde(deserialize_with = "nullable")]
    pub hook: String,
    /// Whether it runs as long as the main tasks.
    #[serde(deserialize_with = "nullable")]
    pub sidecar: bool,
}

/// What a task is given.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Resources {
    /// MHz.
    #[serde(rename = "CPU")]
    pub cpu: Option<u64>,
    /// Reserved cores.
    pub cores: Option<u64>,
    /// MiB.
    #[serde(rename = "MemoryMB")]
    pub memory_mib: Option<u64>,
    /// MiB it may use when the node has room; -1 for no limit.
    #[serde(rename = "MemoryMaxMB")]
    pub memory_max_mib: Option<i64>,
    /// MiB of its secrets directory, beside its memory.
    #[serde(rename = "SecretsMB")]
    pub secrets_mib: Option<u64>,
    /// Networks of the task itself (deprecated by Nomad, still accepted).
    #[serde(deserialize_with = "nullable")]
    pub networks: Vec<Network>,
    /// Devices it asks for.
    #[serde(deserialize_with = "nullable")]
    pub devices: Vec<Value>,
}

/// The disk of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EphemeralDisk {
    /// MiB.
    #[serde(rename = "SizeMB")]
    pub size_mib: Option<u64>,
    /// Whether the next allocation should come back to it.
    pub sticky: Option<bool>,
    /// Whether its data moves along.
    pub migrate: Option<bool>,
}

/// A network of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Network {
    /// `host`, `bridge`, …
    #[serde(deserialize_with = "nullable")]
    pub mode: String,
    /// Ports with fixed numbers.
    #[serde(deserialize_with = "nullable")]
    pub reserved_ports: Vec<Port>,
    /// Ports the scheduler chooses.
    #[serde(deserialize_with = "nullable")]
    pub dynamic_ports: Vec<Port>,
}

/// A port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Port {
    /// Its label in the job.
    pub label: String,
    /// The fixed number; 0 for dynamic ones.
    pub value: u16,
    /// The port inside the network namespace.
    pub to: i32,
    /// The node's network it is on.
    pub host_network: String,
    /// Whether a static port may be taken although it is in use.
    #[serde(deserialize_with = "nullable")]
    pub ignore_collision: bool,
}

/// A service that is registered while the allocation runs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Service {
    /// Its name; may hold runtime variables.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The port, by label or number.
    #[serde(deserialize_with = "nullable")]
    pub port_label: String,
    /// `nomad` or `consul`.
    #[serde(deserialize_with = "nullable")]
    pub provider: String,
    /// Tags.
    #[serde(deserialize_with = "nullable")]
    pub tags: Vec<String>,
    /// Tags while it is a canary.
    #[serde(deserialize_with = "nullable")]
    pub canary_tags: Vec<String>,
    /// Metadata, for Consul.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// Metadata while it is a canary.
    #[serde(deserialize_with = "nullable")]
    pub canary_meta: BTreeMap<String, String>,
    /// The task it belongs to, for a group's service.
    #[serde(deserialize_with = "nullable")]
    pub task_name: String,
    /// Health checks.
    #[serde(deserialize_with = "nullable")]
    pub checks: Vec<ServiceCheck>,
    /// The address that is registered instead of the allocation's.
    #[serde(deserialize_with = "nullable")]
    pub address: String,
}

/// A health check of a service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceCheck {
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// `http`, `tcp`, `script` or `grpc`.
    #[serde(rename = "Type", deserialize_with = "nullable")]
    pub kind: String,
    /// The port it asks, by its label; the service's own when empty.
    #[serde(deserialize_with = "nullable")]
    pub port_label: String,
    /// `http` or `https`; `http` when empty.
    #[serde(deserialize_with = "nullable")]
    pub protocol: String,
    /// The path of an HTTP check.
    #[serde(deserialize_with = "nullable")]
    pub path: String,
    /// How often it runs.
    #[serde(deserialize_with = "nullable")]
    pub interval: Nanos,
    /// What a failure does to an update: `require_healthy`, `ignore_warnings` or `ignore`.
    #[serde(deserialize_with = "nullable")]
    pub on_update: String,
}

/// A volume of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Volume {
    /// `host` or `csi`.
    #[serde(rename = "Type", deserialize_with = "nullable")]
    pub kind: String,
    /// The volume on the node.
    #[serde(deserialize_with = "nullable")]
    pub source: String,
    /// Whether it may not be written.
    #[serde(deserialize_with = "nullable")]
    pub read_only: bool,
    /// Whether every allocation has a volume of its own, named with its index.
    #[serde(deserialize_with = "nullable")]
    pub per_alloc: bool,
    /// Whether an allocation comes back to the volume it had.
    #[serde(deserialize_with = "nullable")]
    pub sticky: bool,
}

/// What a disconnected node means to a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Disconnect {
    /// After how long it counts as lost.
    pub lost_after: Option<Nanos>,
    /// Whether it is replaced meanwhile; yes when absent.
    pub replace: Option<bool>,
    /// Which stays when it comes back beside its replacement: `best_score`, `keep_original`, `keep_replacement` or
    /// `longest_running`.
    #[serde(deserialize_with = "nullable")]
    pub reconcile: String,
    /// After how long its own client stops it.
    pub stop_on_client_after: Option<Nanos>,
}

/// Bounds of a group's count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Scaling {
    /// The fewest.
    pub min: Option<i64>,
    /// The most.
    pub max: Option<i64>,
}

/// How updates roll (`nomad-api.md §3.3` has the defaults).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Update {
    /// How many at once; 0 means no deployments.
    #[serde(deserialize_with = "nullable")]
    pub max_parallel: u64,
    /// `checks`, `task_states` or `manual`.
    #[serde(deserialize_with = "nullable")]
    pub health_check: String,
    /// How long an allocation must be well to count as healthy.
    #[serde(deserialize_with = "nullable")]
    pub min_healthy_time: Nanos,
    /// After how long it counts as unhealthy.
    #[serde(deserialize_with = "nullable")]
    pub healthy_deadline: Nanos,
    /// After how long without progress the deployment fails; 0 at the first unhealthy one.
    #[serde(deserialize_with = "nullable")]
    pub progress_deadline: Nanos,
    /// Whether a failed deployment rolls back.
    #[serde(deserialize_with = "nullable")]
    pub auto_revert: bool,
    /// Whether healthy canaries promote themselves.
    #[serde(deserialize_with = "nullable")]
    pub auto_promote: bool,
    /// How many canaries; a percentage for system jobs.
    #[serde(deserialize_with = "nullable")]
    pub canary: u64,
}

/// How allocations leave a draining node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Migrate {
    /// How many of the group may be away at once, over all nodes.
    #[serde(deserialize_with = "nullable")]
    pub max_parallel: u64,
    /// `checks` or `task_states`.
    #[serde(deserialize_with = "nullable")]
    pub health_check: String,
    /// How long a replacement must be well to count as healthy.
    #[serde(deserialize_with = "nullable")]
    pub min_healthy_time: Nanos,
    /// After how long it counts as unhealthy.
    #[serde(deserialize_with = "nullable")]
    pub healthy_deadline: Nanos,
}

/// How failed tasks restart in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestartPolicy {
    /// How many restarts an interval allows.
    #[serde(deserialize_with = "nullable")]
    pub attempts: u64,
    /// The interval.
    #[serde(deserialize_with = "nullable")]
    pub interval: Nanos,
    /// The pause before a restart.
    #[serde(deserialize_with = "nullable")]
    pub delay: Nanos,
    /// `fail` or `delay`.
    #[serde(deserialize_with = "nullable")]
    pub mode: String,
}

/// How failed allocations are placed elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReschedulePolicy {
    /// How many an interval allows.
    #[serde(deserialize_with = "nullable")]
    pub attempts: u64,
    /// The interval.
    #[serde(deserialize_with = "nullable")]
    pub interval: Nanos,
    /// The pause before it.
    #[serde(deserialize_with = "nullable")]
    pub delay: Nanos,
    /// `constant`, `exponential` or `fibonacci`.
    #[serde(deserialize_with = "nullable")]
    pub delay_function: String,
    /// The longest pause.
    #[serde(deserialize_with = "nullable")]
    pub max_delay: Nanos,
    /// Whether there is no bound.
    #[serde(deserialize_with = "nullable")]
    pub unlimited: bool,
}
