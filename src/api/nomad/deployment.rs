//! Deployments (`nomad-api.md §3.6`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::http::{Get, Write, segment};
use crate::api::wire::{Nanos, nullable, time, unix_nanos};

const READ: &str = "namespace capability \"read-job\"";

/// Deployments, oldest first.
#[must_use]
pub fn list() -> Get<Vec<Deployment>> {
    Get::new("/v1/deployments", "list the deployments").needs(READ)
}

/// One deployment by its full id, from whatever namespace.
#[must_use]
pub fn get(id: &str) -> Get<Deployment> {
    Get::new(format!("/v1/deployment/{}", segment(id)), format!("read deployment {id}")).needs(READ)
}

/// The latest deployment of a job; `null` when it never had one.
#[must_use]
pub fn latest_of_job(namespace: &str, id: &str) -> Get<Option<Deployment>> {
    Get::new(format!("/v1/job/{}/deployment", segment(id)), format!("read the deployment of job {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// The deployments of a job, of earlier jobs of that id too.
#[must_use]
pub fn of_job(namespace: &str, id: &str) -> Get<Vec<Deployment>> {
    Get::new(format!("/v1/job/{}/deployments", segment(id)), format!("list the deployments of job {id}"))
        .needs(READ)
        .namespace(namespace)
}

/// The state of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeploymentStatus {
    /// Under way, or waiting for promotion.
    Running,
    /// Halted by somebody.
    Paused,
    /// It failed.
    Failed,
    /// All its allocations became healthy.
    Successful,
    /// A newer version or the job's end took its place; double l, unlike evaluations (T17).
    Cancelled,
    /// States of multiregion jobs and those this program does not know.
    #[serde(other)]
    Other,
}

impl DeploymentStatus {
    /// Whether it is under way or halted, and so still decides about allocations.
    #[must_use]
    pub fn is_active(self) -> bool {
        !matches!(self, DeploymentStatus::Failed | DeploymentStatus::Successful | DeploymentStatus::Cancelled)
    }
}

impl std::fmt::Display for DeploymentStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            DeploymentStatus::Running => "running",
            DeploymentStatus::Paused => "paused",
            DeploymentStatus::Failed => "failed",
            DeploymentStatus::Successful => "successful",
            DeploymentStatus::Cancelled => "cancelled",
            DeploymentStatus::Other => "other",
        })
    }
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Namespace of its job.
    pub namespace: String,
    /// Its job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// The job version it rolls out.
    pub job_version: u64,
    /// Index of the job's specification it rolls out.
    #[serde(default)]
    pub job_spec_modify_index: u64,
    /// Index of the creation of the job: tells a job from an earlier one of the same id.
    #[serde(default)]
    pub job_create_index: u64,
    /// Its state.
    pub status: DeploymentStatus,
    /// Words on the state, which carry meaning.
    #[serde(default)]
    pub status_description: String,
    /// By group, how far it is.
    #[serde(default, deserialize_with = "nullable")]
    pub task_groups: BTreeMap<String, DeploymentGroup>,
    /// Index of its creation.
    #[serde(default)]
    pub create_index: u64,
    /// Index of its last change.
    #[serde(default)]
    pub modify_index: u64,
    /// When it began.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub create_time: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub modify_time: Option<Timestamp>,
}

impl Deployment {
    /// Whether some group has canaries that were not promoted, in a deployment under way.
    #[must_use]
    pub fn has_unpromoted_canaries(&self) -> bool {
        self.status.is_active() && self.task_groups.values().any(|g| g.desired_canaries > 0 && !g.promoted)
    }
}

/// How far a deployment is with a group. Counts are cumulative: replacements add to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeploymentGroup {
    /// Whether a failure rolls back.
    pub auto_revert: bool,
    /// Whether healthy canaries promote themselves.
    pub auto_promote: bool,
    /// Whether the canaries were promoted.
    pub promoted: bool,
    /// Ids of the canaries.
    #[serde(deserialize_with = "nullable")]
    pub placed_canaries: Vec<String>,
    /// Wanted canaries.
    pub desired_canaries: u64,
    /// Wanted allocations.
    pub desired_total: u64,
    /// Placed so far.
    pub placed_allocs: u64,
    /// Healthy so far.
    pub healthy_allocs: u64,
    /// Unhealthy so far.
    pub unhealthy_allocs: u64,
    /// After how long without progress it fails.
    pub progress_deadline: Nanos,
    /// When that is; none before the first placement (T16).
    #[serde(deserialize_with = "time")]
    pub require_progress_by: Option<Timestamp>,
}

/// The reply of writes on deployments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeploymentReply {
    /// The evaluation it made.
    #[serde(rename = "EvalID", deserialize_with = "nullable")]
    pub eval_id: String,
    /// The version that was the source of an automatic rollback; not the new one.
    pub reverted_job_version: Option<u64>,
}

fn write(
    d: &Deployment,
    verb: &str,
    purpose: &'static str,
    right: &str,
    body: &serde_json::Value,
) -> Write<DeploymentReply> {
    Write::put(format!("/v1/deployment/{verb}/{}", segment(&d.id)), format!("{purpose} of job {}", d.job_id))
        .needs(format!("namespace capability {right:?} (or \"submit-job\")"))
        .namespace(&d.namespace)
        .body(body)
}

/// Promotes the canaries of these groups; of all when none is named. Unknown groups are passed over in silence.
#[must_use]
pub fn promote(d: &Deployment, groups: &[String]) -> Write<DeploymentReply> {
    let body = if groups.is_empty() {
        serde_json::json!({"DeploymentID": d.id, "All": true})
    } else {
        serde_json::json!({"DeploymentID": d.id, "Groups": groups})
    };
    write(d, "promote", "promote the deployment", "promote-deployment", &body)
}

/// Fails a deployment; with `auto_revert` the version before comes back.
#[must_use]
pub fn fail(d: &Deployment) -> Write<DeploymentReply> {
    write(d, "fail", "fail the deployment", "fail-deployment", &serde_json::json!({}))
}

/// Halts a deployment, or lets it go on with a new deadline.
#[must_use]
pub fn pause(d: &Deployment, pause: bool) -> Write<DeploymentReply> {
    let purpose = if pause { "pause the deployment" } else { "resume the deployment" };
    write(d, "pause", purpose, "pause-deployment", &serde_json::json!({"DeploymentID": d.id, "Pause": pause}))
}
