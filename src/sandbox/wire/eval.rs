//! Evaluations (`nomad-api.md §4`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::api::nomad::evaluation::EvalStatus;
use crate::sandbox::id::{Id, or_empty};
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Metric;
use crate::sandbox::state::eval::{DesiredUpdates, Eval, Trigger};

/// What was to be done.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Annotations<'a> {
    /// By group.
    #[serde(rename = "DesiredTGUpdates")]
    pub desired: &'a BTreeMap<String, DesiredUpdates>,
    /// What a placement pushes aside; `null` where nothing is.
    pub preempted_allocs: Option<Vec<serde_json::Value>>,
}

/// An evaluation that has to do with another.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Related<'a> {
    #[serde(serialize_with = "or_empty")]
    blocked_eval: Option<Id>,
    create_index: u64,
    create_time: i64,
    #[serde(rename = "DeploymentID", serialize_with = "or_empty")]
    deployment_id: Option<Id>,
    #[serde(rename = "ID")]
    id: Id,
    #[serde(rename = "JobID")]
    job_id: &'a str,
    modify_index: u64,
    modify_time: i64,
    namespace: &'a str,
    #[serde(serialize_with = "or_empty")]
    next_eval: Option<Id>,
    #[serde(rename = "NodeID", serialize_with = "or_empty")]
    node_id: Option<Id>,
    #[serde(serialize_with = "or_empty")]
    previous_eval: Option<Id>,
    priority: i64,
    status: EvalStatus,
    status_description: &'a str,
    triggered_by: Trigger,
    #[serde(rename = "Type")]
    kind: &'static str,
    wait_until: Option<Moment>,
}

impl<'a> Related<'a> {
    /// The row of a related evaluation.
    #[must_use]
    pub fn of(eval: &'a Eval) -> Self {
        Related {
            blocked_eval: eval.blocked,
            create_index: eval.create_index,
            create_time: eval.create_time.nanos(),
            deployment_id: eval.deployment_id,
            id: eval.id,
            job_id: &eval.job.id,
            modify_index: eval.modify_index,
            modify_time: eval.modify_time.nanos(),
            namespace: &eval.job.namespace,
            next_eval: eval.next,
            node_id: eval.node_id,
            previous_eval: eval.previous,
            priority: eval.priority,
            status: eval.status,
            status_description: &eval.status_description,
            triggered_by: eval.trigger,
            kind: eval.kind.as_str(),
            wait_until: eval.wait_until,
        }
    }
}

/// An evaluation; serialise it as [`crate::sandbox::wire::fields::OmitEmpty`].
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Evaluation<'a> {
    #[serde(serialize_with = "or_empty")]
    blocked_eval: Option<Id>,
    class_eligibility: &'a BTreeMap<String, bool>,
    create_index: u64,
    create_time: i64,
    #[serde(rename = "DeploymentID", serialize_with = "or_empty")]
    deployment_id: Option<Id>,
    escaped_computed_class: bool,
    #[serde(rename = "FailedTGAllocs")]
    failed: &'a BTreeMap<String, Arc<Metric>>,
    #[serde(rename = "ID")]
    id: Id,
    #[serde(rename = "JobID")]
    job_id: &'a str,
    job_modify_index: u64,
    modify_index: u64,
    modify_time: i64,
    namespace: &'a str,
    #[serde(serialize_with = "or_empty")]
    next_eval: Option<Id>,
    #[serde(rename = "NodeID", serialize_with = "or_empty")]
    node_id: Option<Id>,
    node_modify_index: u64,
    plan_annotations: Option<Annotations<'a>>,
    #[serde(serialize_with = "or_empty")]
    previous_eval: Option<Id>,
    priority: i64,
    queued_allocations: &'a BTreeMap<String, u64>,
    quota_limit_reached: &'static str,
    /// Only where it was asked for.
    pub related_evals: Vec<Related<'a>>,
    snapshot_index: u64,
    status: EvalStatus,
    status_description: &'a str,
    triggered_by: Trigger,
    #[serde(rename = "Type")]
    kind: &'static str,
    wait: i64,
    wait_until: Option<Moment>,
}

impl<'a> Evaluation<'a> {
    /// An evaluation in full.
    #[must_use]
    pub fn of(eval: &'a Eval) -> Self {
        let annotations = eval.annotations.as_ref();
        Evaluation {
            blocked_eval: eval.blocked,
            class_eligibility: &eval.classes,
            create_index: eval.create_index,
            create_time: eval.create_time.nanos(),
            deployment_id: eval.deployment_id,
            escaped_computed_class: eval.escaped,
            failed: &eval.failed,
            id: eval.id,
            job_id: &eval.job.id,
            job_modify_index: eval.job_modify_index,
            modify_index: eval.modify_index,
            modify_time: eval.modify_time.nanos(),
            namespace: &eval.job.namespace,
            next_eval: eval.next,
            node_id: eval.node_id,
            node_modify_index: eval.node_modify_index,
            plan_annotations: annotations.map(|desired| Annotations { desired, preempted_allocs: None }),
            previous_eval: eval.previous,
            priority: eval.priority,
            queued_allocations: &eval.queued,
            quota_limit_reached: "",
            related_evals: Vec::new(),
            snapshot_index: eval.snapshot_index,
            status: eval.status,
            status_description: &eval.status_description,
            triggered_by: eval.trigger,
            kind: eval.kind.as_str(),
            wait: 0,
            wait_until: eval.wait_until,
        }
    }
}
