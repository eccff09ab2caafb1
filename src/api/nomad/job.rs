//! Jobs: lists, states, and what they are made of (`nomad-api.md §3`).

mod placement;
mod policy;
mod spec;
mod task;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Ask, Get, segment};
use crate::api::nomad::JobType;
use crate::api::nomad::alloc_status::{ClientStatus, RunState, StatusHealth};
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::wire::{nullable, unix_nanos};

pub use placement::{Affinity, Constraint, Spread, SpreadTarget};
pub use policy::{Disconnect, Migrate, ReschedulePolicy, RestartPolicy, Scaling, Update};
pub use spec::{Job, LaunchedBy, Periodic, TaskGroup};
pub use task::{
    Action, EphemeralDisk, Lifecycle, Network, Port, Resources, Secret, Service, ServiceCheck, Task, Volume,
};

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

/// The actions of a job's current version; `null` for none (T7).
#[must_use]
pub fn actions(namespace: &str, id: &str) -> Get<Option<Vec<Action>>> {
    Get::new(format!("/v1/job/{}/actions", segment(id)), format!("list the actions of job {id}"))
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
    /// Its type.
    #[serde(rename = "Type")]
    pub job_type: JobType,
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
    /// Its state.
    pub status: RunState,
    /// Counts by group.
    #[serde(default)]
    pub job_summary: Option<JobSummary>,
    /// When it was last submitted; a rollback keeps the old one (T36).
    #[serde(default, deserialize_with = "unix_nanos")]
    pub submit_time: Option<Timestamp>,
    /// Index of its last change.
    #[serde(default)]
    pub modify_index: u64,
    /// Index of the last change of its specification.
    #[serde(default)]
    pub job_modify_index: u64,
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
    /// Its type.
    #[serde(rename = "Type")]
    pub job_type: JobType,
    /// The pool it is placed in.
    #[serde(default)]
    pub node_pool: String,
    /// The job that made it.
    #[serde(rename = "ParentID", default)]
    pub parent_id: String,
    /// 1 to 100 and more.
    #[serde(default)]
    pub priority: i64,
    /// Its state.
    pub status: RunState,
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
    pub child_statuses: Option<Vec<RunState>>,
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
    /// Its type.
    #[serde(rename = "Type")]
    pub job_type: JobType,
    /// Its state.
    pub status: RunState,
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
    pub child_statuses: Option<Vec<RunState>>,
    /// When it was last submitted; a rollback keeps the old one (T36).
    #[serde(default, deserialize_with = "unix_nanos")]
    pub submit_time: Option<Timestamp>,
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
    pub client_status: ClientStatus,
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
    /// Its state.
    pub status: DeploymentStatus,
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
