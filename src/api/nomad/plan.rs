//! Plans: the cluster's own scheduler as an oracle that stores nothing (`nomad-api.md §3.4`, §12).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Ask, segment};
use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::wire::{nullable, time};

/// Plans a job under its own id without a diff. The job is the JSON that would be registered.
#[must_use]
pub fn plan(namespace: &str, id: &str, job: &Value) -> Ask<PlanReply> {
    ask(namespace, id, job, false)
}

/// Plans a job under its own id and says what differs from the one that is registered.
#[must_use]
pub fn plan_with_diff(namespace: &str, id: &str, job: &Value) -> Ask<PlanReply> {
    ask(namespace, id, job, true)
}

fn ask(namespace: &str, id: &str, job: &Value, diff: bool) -> Ask<PlanReply> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        job: &'a Value,
        diff: bool,
    }
    Ask::put(format!("/v1/job/{}/plan", segment(id)), format!("plan job {id}"))
        .needs("namespace capability \"plan-job\" (or \"submit-job\")")
        .query("namespace", namespace)
        .body(&Body { job, diff })
}

/// What a plan says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PlanReply {
    /// What would be done.
    #[serde(deserialize_with = "nullable")]
    pub annotations: Annotations,
    /// By group, why allocations would not be placed; empty when all fit.
    #[serde(rename = "FailedTGAllocs", deserialize_with = "nullable")]
    pub failed_groups: BTreeMap<String, PlacementMetric>,
    /// The job's index now, to be enforced; 0 for an unknown id.
    pub job_modify_index: u64,
    /// Warnings of the validation.
    #[serde(deserialize_with = "nullable")]
    pub warnings: String,
    /// What differs from the registered job; none when it was not asked for.
    pub diff: Option<JobDiff>,
    /// When a periodic job would next start a child.
    #[serde(deserialize_with = "time")]
    pub next_periodic_launch: Option<Timestamp>,
}

/// What differs between two states of a thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiffType {
    /// Nothing.
    #[default]
    None,
    /// It is new.
    Added,
    /// It goes.
    Deleted,
    /// It changes.
    Edited,
}

/// The differences between two versions of a job.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JobDiff {
    /// Of the job as a whole.
    #[serde(rename = "Type")]
    pub kind: DiffType,
    /// Its own fields.
    #[serde(deserialize_with = "nullable")]
    pub fields: Vec<FieldDiff>,
    /// Its own blocks.
    #[serde(deserialize_with = "nullable")]
    pub objects: Vec<ObjectDiff>,
    /// Its groups.
    #[serde(deserialize_with = "nullable")]
    pub task_groups: Vec<GroupDiff>,
}

/// The differences of a group.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupDiff {
    /// Of the group as a whole.
    #[serde(rename = "Type")]
    pub kind: DiffType,
    /// Its name.
    pub name: String,
    /// Its own fields.
    #[serde(deserialize_with = "nullable")]
    pub fields: Vec<FieldDiff>,
    /// Its own blocks.
    #[serde(deserialize_with = "nullable")]
    pub objects: Vec<ObjectDiff>,
    /// Its tasks.
    #[serde(deserialize_with = "nullable")]
    pub tasks: Vec<TaskDiff>,
}

/// The differences of a task.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TaskDiff {
    /// Of the task as a whole.
    #[serde(rename = "Type")]
    pub kind: DiffType,
    /// Its name.
    pub name: String,
    /// Its own fields.
    #[serde(deserialize_with = "nullable")]
    pub fields: Vec<FieldDiff>,
    /// Its own blocks.
    #[serde(deserialize_with = "nullable")]
    pub objects: Vec<ObjectDiff>,
    /// What the change does, such as `forces create/destroy update`.
    #[serde(deserialize_with = "nullable")]
    pub annotations: Vec<String>,
}

/// The differences of a block.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ObjectDiff {
    /// Of the block as a whole.
    #[serde(rename = "Type")]
    pub kind: DiffType,
    /// Its name.
    pub name: String,
    /// Its fields.
    #[serde(deserialize_with = "nullable")]
    pub fields: Vec<FieldDiff>,
    /// Its blocks.
    #[serde(deserialize_with = "nullable")]
    pub objects: Vec<ObjectDiff>,
}

/// The difference of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FieldDiff {
    /// How it differs.
    #[serde(rename = "Type")]
    pub kind: DiffType,
    /// Its name.
    pub name: String,
    /// Its value before.
    pub old: String,
    /// Its value after.
    pub new: String,
}

/// What a plan would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Annotations {
    /// By group, how many allocations are treated how. `place` counts wishes, not results.
    #[serde(rename = "DesiredTGUpdates", deserialize_with = "nullable")]
    pub updates: BTreeMap<String, DesiredUpdates>,
    /// Allocations that would have to make room.
    #[serde(deserialize_with = "nullable")]
    pub preempted_allocs: Vec<PreemptedAlloc>,
}

/// How many allocations of a group are treated how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DesiredUpdates {
    /// Left alone.
    pub ignore: u64,
    /// Wanted, fitting or not.
    pub place: u64,
    /// Moved.
    pub migrate: u64,
    /// Stopped.
    pub stop: u64,
    /// Changed without a restart.
    pub in_place_update: u64,
    /// Replaced.
    pub destructive_update: u64,
    /// Canaries.
    pub canary: u64,
    /// Others that would have to make room.
    pub preemptions: u64,
}

/// An allocation that would have to make room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreemptedAlloc {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Its group.
    pub task_group: String,
}
