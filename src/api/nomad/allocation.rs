//! Allocations: lists and lifecycle (`nomad-api.md §5`).

mod resources;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::api::http::{Get, Write, segment};
use crate::api::nomad::{EvalReply, JobType};
use crate::api::wire::{Nanos, nullable, time, unix_nanos};

pub use crate::api::nomad::alloc_status::{ClientStatus, DesiredStatus, RunState, StatusHealth};
pub use resources::{
    AllocatedCpu, AllocatedMemory, AllocatedPort, AllocatedResources, AllocatedShared, AllocatedTask,
};

const READ: &str = "namespace capability \"read-job\"";

/// Allocations as stubs without their tasks' states (a quarter of the bytes).
#[must_use]
pub fn list() -> Get<Vec<AllocStub>> {
    Get::new("/v1/allocations", "list the allocations").needs(READ).query("task_states", "false")
}

/// Allocations with what each is given, for sums per node.
#[must_use]
pub fn list_resources() -> Get<Vec<AllocUse>> {
    Get::new("/v1/allocations", "list the allocations' resources")
        .needs(READ)
        .query("task_states", "false")
        .query("resources", "true")
}

/// What runs, with what each is given.
#[must_use]
pub fn running_with_resources() -> Get<Vec<AllocResources>> {
    Get::new("/v1/allocations", "list the allocations' resources")
        .needs(READ)
        .query("task_states", "false")
        .query("resources", "true")
        .filter(Some("ClientStatus == \"running\""))
}

/// Allocations with their tasks' states.
#[must_use]
pub fn list_with_tasks() -> Get<Vec<AllocStub>> {
    Get::new("/v1/allocations", "list the allocations").needs(READ)
}

/// The allocations of a job, ended ones included, with their tasks' states.
#[must_use]
pub fn of_job(namespace: &str, id: &str) -> Get<Vec<AllocStub>> {
    Get::new(format!("/v1/job/{}/allocations", segment(id)), format!("list the allocations of job {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// The allocations of a deployment.
#[must_use]
pub fn of_deployment(id: &str) -> Get<Vec<AllocStub>> {
    Get::new(
        format!("/v1/deployment/allocations/{}", segment(id)),
        format!("list the allocations of deployment {id}"),
    )
    .needs(READ)
}

/// One allocation by its full id, from whatever namespace (T5). One the token may not read looks like an unknown one.
#[must_use]
pub fn get(id: &str) -> Get<Allocation> {
    Get::new(format!("/v1/allocation/{}", segment(id)), format!("read allocation {id}")).needs(READ)
}

/// The same as the server holds it, every field.
#[must_use]
pub fn get_raw(id: &str) -> Get<serde_json::Value> {
    Get::new(format!("/v1/allocation/{}", segment(id)), format!("read allocation {id}")).needs(READ)
}

/// Stops an allocation; a replacement is placed elsewhere if the job still wants it (T20).
#[must_use]
pub fn stop(id: &str) -> Write<EvalReply> {
    Write::put(format!("/v1/allocation/{}/stop", segment(id)), format!("stop allocation {id}"))
        .needs("namespace capability \"alloc-lifecycle\"")
}

/// Restarts the running tasks of an allocation where it is.
#[must_use]
pub fn restart(id: &str) -> Write<serde::de::IgnoredAny> {
    Write::put(format!("/v1/client/allocation/{}/restart", segment(id)), format!("restart allocation {id}"))
        .needs("namespace capability \"alloc-lifecycle\"")
        .body(&serde_json::json!({}))
}

/// A row of an allocation list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocStub {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The evaluation that placed it.
    #[serde(rename = "EvalID", default)]
    pub eval_id: String,
    /// `job.group[index]`.
    pub name: String,
    /// Namespace of its job.
    pub namespace: String,
    /// The node it was placed on.
    #[serde(rename = "NodeID", default)]
    pub node_id: String,
    /// That node's name.
    #[serde(default)]
    pub node_name: String,
    /// Its job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Type of its job.
    #[serde(default)]
    pub job_type: JobType,
    /// The job version it runs.
    #[serde(default)]
    pub job_version: u64,
    /// Its task group.
    pub task_group: String,
    /// What the servers want.
    pub desired_status: DesiredStatus,
    /// Why they want it.
    #[serde(default)]
    pub desired_description: String,
    /// What the client says.
    pub client_status: ClientStatus,
    /// The client's words.
    #[serde(default)]
    pub client_description: String,
    /// Marks that ask for a change.
    #[serde(default, deserialize_with = "nullable")]
    pub desired_transition: DesiredTransition,
    /// Health as the deployment or the migration watches it.
    #[serde(default)]
    pub deployment_status: Option<AllocHealth>,
    /// The evaluation that waits to reschedule it.
    #[serde(rename = "FollowupEvalID", default)]
    pub followup_eval_id: String,
    /// Its replacement.
    #[serde(default)]
    pub next_allocation: String,
    /// The one it had to make room for.
    #[serde(default, deserialize_with = "nullable")]
    pub preempted_by_allocation: String,
    /// Task states; absent when not asked for.
    #[serde(default, deserialize_with = "nullable")]
    pub task_states: BTreeMap<String, TaskState>,
    /// Index of its creation.
    pub create_index: u64,
    /// Index of its last change.
    pub modify_index: u64,
    /// When it was placed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub create_time: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub modify_time: Option<Timestamp>,
}

impl AllocStub {
    /// Whether it has ended on its client, or the servers want its end.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.client_status.is_terminal() || self.desired_status != DesiredStatus::Run
    }

    /// Its health verdict, when one was reached.
    #[must_use]
    pub fn healthy(&self) -> Option<bool> {
        self.deployment_status.as_ref().and_then(|s| s.healthy)
    }

    /// Whether it is a canary that waits for promotion.
    #[must_use]
    pub fn is_canary(&self) -> bool {
        self.deployment_status.as_ref().is_some_and(|s| s.canary)
    }

    /// Whether a task of it was restarted. Its tasks' states have to be read.
    #[must_use]
    pub fn was_restarted(&self) -> bool {
        self.task_states.values().any(|t| t.restarts > 0)
    }
}

/// Marks on an allocation that ask for a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DesiredTransition {
    /// It is to move elsewhere: stopped by hand or drained.
    pub migrate: Option<bool>,
}

/// Health of an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocHealth {
    /// The verdict; none while undecided.
    #[serde(default)]
    pub healthy: Option<bool>,
    /// Whether it is a canary that waits for promotion.
    #[serde(default)]
    pub canary: bool,
    /// Index at which the verdict was reached; 0 while undecided.
    #[serde(default)]
    pub modify_index: u64,
    /// When the verdict was reached.
    #[serde(default, deserialize_with = "time")]
    pub timestamp: Option<Timestamp>,
}

/// The state of a task.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskState {
    /// What it does.
    pub state: RunState,
    /// Whether it failed.
    #[serde(default)]
    pub failed: bool,
    /// How often it was restarted.
    #[serde(default)]
    pub restarts: u64,
    /// When it was last restarted.
    #[serde(default, deserialize_with = "time")]
    pub last_restart: Option<Timestamp>,
    /// When it last started.
    #[serde(default, deserialize_with = "time")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "time")]
    pub finished_at: Option<Timestamp>,
    /// The newest 10 events (T32).
    #[serde(default, deserialize_with = "nullable")]
    pub events: Vec<TaskEvent>,
}

/// An event of a task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskEvent {
    /// The kind, such as `Terminated` or `Killing`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// When.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub time: Option<Timestamp>,
    /// A sentence for people; empty outside of lists and objects.
    #[serde(default)]
    pub display_message: String,
    /// Machine-readable words, such as `exit_code`.
    #[serde(default, deserialize_with = "nullable")]
    pub details: BTreeMap<String, String>,
}

/// What an allocation is given and how its job stands by it: the least of a row.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocUse {
    /// The full id.
    #[serde(rename = "ID", default)]
    pub id: String,
    /// Namespace of its job.
    #[serde(default)]
    pub namespace: String,
    /// Its job.
    #[serde(rename = "JobID", default)]
    pub job_id: String,
    /// The job version it runs.
    #[serde(default)]
    pub job_version: u64,
    /// The node it was placed on.
    #[serde(rename = "NodeID", default)]
    pub node_id: String,
    /// What the servers want.
    pub desired_status: DesiredStatus,
    /// What the client says.
    pub client_status: ClientStatus,
    /// Its health.
    #[serde(default, deserialize_with = "nullable")]
    pub deployment_status: StatusHealth,
    /// The evaluation that waits to reschedule it.
    #[serde(rename = "FollowupEvalID", default)]
    pub followup_eval_id: String,
    /// Its replacement.
    #[serde(default)]
    pub next_allocation: String,
    /// Index of its creation.
    #[serde(default)]
    pub create_index: u64,
    /// Index of its last change.
    #[serde(default)]
    pub modify_index: u64,
    /// When it last changed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub modify_time: Option<Timestamp>,
    /// Kind of its job; service where a list does not say.
    #[serde(default)]
    pub job_type: JobType,
    /// What it is given.
    #[serde(default)]
    pub allocated_resources: Option<AllocatedResources>,
}

/// An allocation with what it is given, and whose it is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocResources {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// `job.group[index]`.
    #[serde(default)]
    pub name: String,
    /// Namespace of its job.
    #[serde(default)]
    pub namespace: String,
    /// Its job.
    #[serde(rename = "JobID", default)]
    pub job_id: String,
    /// Its task group.
    #[serde(default)]
    pub task_group: String,
    /// The node it was placed on.
    #[serde(rename = "NodeID", default)]
    pub node_id: String,
    /// That node's name.
    #[serde(default)]
    pub node_name: String,
    /// What it is given.
    #[serde(default)]
    pub allocated_resources: Option<AllocatedResources>,
}

/// An allocation in full. Empty fields are left out on the wire (`nomad-api.md §0`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Allocation {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The evaluation that placed it.
    #[serde(rename = "EvalID", default)]
    pub eval_id: String,
    /// `job.group[index]`.
    pub name: String,
    /// Namespace of its job.
    pub namespace: String,
    /// The node it was placed on.
    #[serde(rename = "NodeID", default)]
    pub node_id: String,
    /// That node's name.
    #[serde(default)]
    pub node_name: String,
    /// Its job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Its job as it was when placed.
    #[serde(default)]
    pub job: Option<crate::api::nomad::job::Job>,
    /// Its task group.
    pub task_group: String,
    /// What it is given.
    #[serde(default)]
    pub allocated_resources: Option<AllocatedResources>,
    /// What the servers want.
    pub desired_status: DesiredStatus,
    /// Why they want it.
    #[serde(default)]
    pub desired_description: String,
    /// What the client says.
    pub client_status: ClientStatus,
    /// The client's words.
    #[serde(default)]
    pub client_description: String,
    /// Marks that ask for a change.
    #[serde(default, deserialize_with = "nullable")]
    pub desired_transition: DesiredTransition,
    /// The deployment it belongs to.
    #[serde(rename = "DeploymentID", default)]
    pub deployment_id: String,
    /// Health as the deployment or the migration watches it.
    #[serde(default)]
    pub deployment_status: Option<AllocHealth>,
    /// The evaluation that waits to reschedule it.
    #[serde(rename = "FollowupEvalID", default)]
    pub followup_eval_id: String,
    /// The tries before it that failed.
    #[serde(default)]
    pub reschedule_tracker: Option<RescheduleTracker>,
    /// The allocation it replaced.
    #[serde(default)]
    pub previous_allocation: String,
    /// Its replacement.
    #[serde(default)]
    pub next_allocation: String,
    /// The one it had to make room for.
    #[serde(default, deserialize_with = "nullable")]
    pub preempted_by_allocation: String,
    /// Task states.
    #[serde(default, deserialize_with = "nullable")]
    pub task_states: BTreeMap<String, TaskState>,
    /// Index of its last change.
    pub modify_index: u64,
    /// When it was placed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub create_time: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub modify_time: Option<Timestamp>,
}

/// The failed tries before an allocation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RescheduleTracker {
    /// One for each, the oldest first; only those within the policy's interval.
    #[serde(deserialize_with = "nullable")]
    pub events: Vec<RescheduleEvent>,
}

/// A failed allocation that was placed anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RescheduleEvent {
    /// When.
    #[serde(deserialize_with = "unix_nanos")]
    pub reschedule_time: Option<Timestamp>,
    /// The one that failed.
    #[serde(rename = "PrevAllocID")]
    pub prev_alloc_id: String,
    /// Where it ran.
    #[serde(rename = "PrevNodeID")]
    pub prev_node_id: String,
    /// How long its successor was held back.
    pub delay: Nanos,
}
