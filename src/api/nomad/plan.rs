//! Plans: the cluster's own scheduler as an oracle that stores nothing (`nomad-api.md §3.4`, §12).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Ask, segment};
use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::wire::nullable;

/// Plans a job under its own id without a diff. The job is the JSON that would be registered.
#[must_use]
pub fn plan(namespace: &str, id: &str, job: &Value) -> Ask<PlanReply> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        job: &'a Value,
        diff: bool,
    }
    Ask::put(format!("/v1/job/{}/plan", segment(id)), format!("plan job {id}"))
        .needs("namespace capability \"plan-job\" (or \"submit-job\")")
        .query("namespace", namespace)
        .body(&Body { job, diff: false })
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
