//! Scaling policies and what scaled a job (`nomad-api.md §3.1`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::api::http::{Get, segment};
use crate::api::wire::{nullable, unix_nanos};

/// The scaling policies of jobs that are not stopped.
#[must_use]
pub fn policies() -> Get<Vec<PolicyStub>> {
    Get::new("/v1/scaling/policies", "list the scaling policies")
        .needs("namespace capability \"list-scaling-policies\" (or \"list-jobs\" and \"read-job\")")
}

/// One scaling policy by its full id.
#[must_use]
pub fn policy(namespace: &str, id: &str) -> Get<Policy> {
    Get::new(format!("/v1/scaling/policy/{}", segment(id)), format!("read scaling policy {id}"))
        .needs("namespace capability \"read-scaling-policy\" (or \"list-jobs\" and \"read-job\")")
        .namespace(namespace)
}

/// How many instances the groups of a job have and should have, and what changed that.
#[must_use]
pub fn of_job(namespace: &str, id: &str) -> Get<JobScale> {
    Get::new(format!("/v1/job/{}/scale", segment(id)), format!("read the scaling of job {id}"))
        .needs("namespace capability \"read-job-scaling\" (or \"read-job\")")
        .namespace(namespace)
}

/// A row of the list of policies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyStub {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Whether an autoscaler may act on it.
    #[serde(default)]
    pub enabled: bool,
    /// `horizontal`, or a kind of vertical scaling.
    #[serde(rename = "Type", default)]
    pub kind: String,
    /// What it is about: namespace, job, group, task.
    #[serde(default, deserialize_with = "nullable")]
    pub target: BTreeMap<String, String>,
}

/// A scaling policy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    /// What the list says of it.
    #[serde(flatten)]
    pub stub: PolicyStub,
    /// The fewest instances.
    #[serde(default)]
    pub min: i64,
    /// The most instances.
    #[serde(default)]
    pub max: i64,
    /// What an autoscaler is told, in its own words.
    #[serde(default)]
    pub policy: Value,
}

/// The scaling of a job.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JobScale {
    /// By group.
    #[serde(deserialize_with = "nullable")]
    pub task_groups: BTreeMap<String, GroupScale>,
}

/// The scaling of a group.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupScale {
    /// How many there should be.
    pub desired: i64,
    /// The newest 20 or so, the newest first.
    #[serde(deserialize_with = "nullable")]
    pub events: Vec<ScalingEvent>,
}

/// Something that scaled a group, or an autoscaler said of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ScalingEvent {
    /// The new count; none for a mere message.
    pub count: Option<i64>,
    /// The count before.
    pub previous_count: i64,
    /// Whether it tells of a failure.
    pub error: bool,
    /// In words.
    #[serde(deserialize_with = "nullable")]
    pub message: String,
    /// More of whoever scaled.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, Value>,
    /// Index of the write of this event, which comes after that of the job (measured on 2.0.5).
    pub create_index: u64,
    /// The evaluation that followed.
    #[serde(rename = "EvalID", deserialize_with = "nullable")]
    pub eval_id: Option<String>,
    /// When.
    #[serde(deserialize_with = "unix_nanos")]
    pub time: Option<Timestamp>,
}
