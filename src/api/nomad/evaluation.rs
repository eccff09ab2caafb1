//! Evaluations and placement metrics (`nomad-api.md §4`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::http::{Get, Write, segment};
use crate::api::nomad::JobType;
use crate::api::wire::{nullable, time, unix_nanos};

const READ: &str = "namespace capability \"read-job\"";

/// Evaluations.
#[must_use]
pub fn list() -> Get<Vec<Evaluation>> {
    Get::new("/v1/evaluations", "list the evaluations").needs(READ)
}

/// One evaluation by its full id.
#[must_use]
pub fn get(namespace: &str, id: &str) -> Get<Evaluation> {
    Get::new(format!("/v1/evaluation/{}", segment(id)), format!("read evaluation {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// The evaluations of a job.
#[must_use]
pub fn of_job(namespace: &str, id: &str) -> Get<Vec<Evaluation>> {
    Get::new(format!("/v1/job/{}/evaluations", segment(id)), format!("list the evaluations of job {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// Deletes evaluations by their full ids (Nomad 1.4). Refused while the servers hand evaluations to schedulers.
#[must_use]
pub fn delete(ids: &[&str]) -> Write<serde::de::IgnoredAny> {
    Write::delete("/v1/evaluations", "delete evaluations")
        .needs("a management token")
        .namespace(crate::api::nomad::ALL_NAMESPACES)
        .body(&serde_json::json!({ "EvalIDs": ids }))
}

/// The state of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvalStatus {
    /// Waits for the scheduler.
    Pending,
    /// Waits for room.
    Blocked,
    /// The scheduler ran; not everything need be placed.
    Complete,
    /// The scheduler gave up.
    Failed,
    /// Superseded.
    Canceled,
    /// A state this program does not know.
    #[serde(other)]
    Unknown,
}

impl std::fmt::Display for EvalStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            EvalStatus::Pending => "pending",
            EvalStatus::Blocked => "blocked",
            EvalStatus::Complete => "complete",
            EvalStatus::Failed => "failed",
            EvalStatus::Canceled => "canceled",
            EvalStatus::Unknown => "unknown",
        })
    }
}

/// An evaluation. Empty fields are left out on the wire.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Evaluation {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Namespace of its job.
    #[serde(default)]
    pub namespace: String,
    /// Type of its job.
    #[serde(rename = "Type", default)]
    pub job_type: JobType,
    /// What made it, such as `node-drain`.
    #[serde(default)]
    pub triggered_by: String,
    /// Its job.
    #[serde(rename = "JobID", default)]
    pub job_id: String,
    /// The node that made it.
    #[serde(rename = "NodeID", default)]
    pub node_id: String,
    /// A deployment of the job, not always the one this evaluation made (T4).
    #[serde(rename = "DeploymentID", default)]
    pub deployment_id: String,
    /// Its priority.
    #[serde(default)]
    pub priority: i64,
    /// Its state.
    pub status: EvalStatus,
    /// Words on the state.
    #[serde(default)]
    pub status_description: String,
    /// When it will run.
    #[serde(default, deserialize_with = "time")]
    pub wait_until: Option<Timestamp>,
    /// The one that follows.
    #[serde(default)]
    pub next_eval: String,
    /// The one before.
    #[serde(default)]
    pub previous_eval: String,
    /// The one that waits for room for what could not be placed.
    #[serde(default)]
    pub blocked_eval: String,
    /// By group, why allocations could not be placed.
    #[serde(rename = "FailedTGAllocs", default, deserialize_with = "nullable")]
    pub failed_groups: BTreeMap<String, PlacementMetric>,
    /// By group, how many still wait to be placed.
    #[serde(default, deserialize_with = "nullable")]
    pub queued_allocations: BTreeMap<String, u64>,
    /// Index of its creation.
    #[serde(default)]
    pub create_index: u64,
    /// Index of its last change.
    #[serde(default)]
    pub modify_index: u64,
    /// When it was made.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub create_time: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub modify_time: Option<Timestamp>,
}

/// What the scheduler saw when it could not place a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PlacementMetric {
    /// Nodes looked at; 0 means none is eligible in pool and datacenter.
    pub nodes_evaluated: u64,
    /// Nodes that a constraint ruled out.
    pub nodes_filtered: u64,
    /// Nodes of the pool.
    pub nodes_in_pool: u64,
    /// Nodes ready, by datacenter.
    #[serde(deserialize_with = "nullable")]
    pub nodes_available: BTreeMap<String, u64>,
    /// Nodes without room.
    pub nodes_exhausted: u64,
    /// By constraint, how many nodes it ruled out.
    #[serde(deserialize_with = "nullable")]
    pub constraint_filtered: BTreeMap<String, u64>,
    /// By dimension, how many nodes lacked it.
    #[serde(deserialize_with = "nullable")]
    pub dimension_exhausted: BTreeMap<String, u64>,
    /// Exhausted quotas.
    #[serde(deserialize_with = "nullable")]
    pub quota_exhausted: Vec<String>,
    /// Failed placements beyond the first.
    pub coalesced_failures: u64,
}

impl PlacementMetric {
    /// How many allocations could not be placed (`nomad-api.md §12.2`).
    #[must_use]
    pub fn unplaced(&self) -> u64 {
        1 + self.coalesced_failures
    }
}
