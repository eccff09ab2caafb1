//! Jobs: the rows of lists and states, versions, scalings (`nomad-api.md §3`).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::sandbox::go::null_if_empty;
use crate::sandbox::id::{Id, or_empty};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::catalog::ScalingEvent;
use crate::sandbox::state::deployment::Deployment;
use crate::sandbox::state::job::{Job, JobStatus};
use crate::sandbox::state::summary::Summary;

/// A row of the job list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Stub<'a> {
    create_index: u64,
    #[serde(serialize_with = "null_if_empty")]
    datacenters: &'a [String],
    #[serde(rename = "ID")]
    id: &'a str,
    job_modify_index: u64,
    job_summary: Option<&'a Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<&'a BTreeMap<String, String>>,
    modify_index: u64,
    multiregion: Option<()>,
    name: &'a str,
    namespace: &'a str,
    node_pool: &'a str,
    parameterized_job: bool,
    #[serde(rename = "ParentID")]
    parent_id: &'a str,
    periodic: bool,
    priority: i64,
    status: JobStatus,
    status_description: &'static str,
    stop: bool,
    submit_time: i64,
    #[serde(rename = "Type")]
    kind: &'static str,
}

impl<'a> Stub<'a> {
    /// The row of a job.
    #[must_use]
    pub fn of(job: &'a Job, summary: Option<&'a Summary>, meta: bool) -> Self {
        let typed = &job.spec.typed;
        Stub {
            create_index: job.create_index,
            datacenters: &typed.datacenters,
            id: &job.key().id,
            job_modify_index: job.job_modify_index,
            job_summary: summary,
            meta: (meta && !typed.meta.is_empty()).then_some(&typed.meta),
            modify_index: job.modify_index,
            multiregion: None,
            name: &typed.name,
            namespace: &job.key().namespace,
            node_pool: &typed.node_pool,
            parameterized_job: job.spec.is_parameterized(),
            parent_id: &typed.parent_id,
            periodic: job.spec.is_periodic(),
            priority: typed.priority,
            status: job.status,
            status_description: "",
            stop: job.stop,
            submit_time: job.submit_time.nanos(),
            kind: job.kind().as_str(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatusAlloc<'a> {
    client_status: ClientStatus,
    deployment_status: StatusHealth,
    #[serde(rename = "FollowupEvalID", serialize_with = "or_empty")]
    followup_eval_id: Option<Id>,
    group: &'a str,
    has_paused_task: bool,
    #[serde(rename = "ID")]
    id: Id,
    job_version: u64,
    #[serde(rename = "NodeID")]
    node_id: Id,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatusHealth {
    canary: bool,
    healthy: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LatestDeployment<'a> {
    all_auto_promote: bool,
    #[serde(rename = "ID")]
    id: Id,
    is_active: bool,
    job_version: u64,
    requires_promotion: bool,
    status: DeploymentStatus,
    status_description: &'a str,
}

fn null_if_none<S: serde::Serializer>(list: &[StatusAlloc<'_>], s: S) -> Result<S::Ok, S::Error> {
    (!list.is_empty()).then_some(list).serialize(s)
}

/// A row of the jobs' states.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Status<'a> {
    #[serde(serialize_with = "null_if_none")]
    allocs: Vec<StatusAlloc<'a>>,
    child_statuses: Option<Vec<JobStatus>>,
    datacenters: &'a [String],
    group_count_sum: u64,
    #[serde(rename = "ID")]
    id: &'a str,
    is_pack: bool,
    latest_deployment: Option<LatestDeployment<'a>>,
    modify_index: u64,
    name: &'a str,
    namespace: &'a str,
    node_pool: &'a str,
    #[serde(rename = "ParentID")]
    parent_id: &'a str,
    priority: i64,
    status: JobStatus,
    stop: bool,
    submit_time: i64,
    #[serde(rename = "Type")]
    kind: &'static str,
    version: u64,
}

impl<'a> Status<'a> {
    /// The row of a job with its allocations, the states of its children and its latest deployment.
    pub fn of(
        job: &'a Job,
        allocs: impl Iterator<Item = &'a Alloc>,
        children: Option<Vec<JobStatus>>,
        deployment: Option<&'a Deployment>,
    ) -> Self {
        let typed = &job.spec.typed;
        Status {
            allocs: allocs
                .map(|a| StatusAlloc {
                    client_status: a.client,
                    deployment_status: StatusHealth { canary: a.is_canary(), healthy: a.healthy() },
                    followup_eval_id: a.followup_eval,
                    group: &a.group,
                    has_paused_task: false,
                    id: a.id,
                    job_version: a.job.version,
                    node_id: a.node_id,
                })
                .collect(),
            child_statuses: children,
            datacenters: &typed.datacenters,
            group_count_sum: typed.task_groups.iter().map(crate::api::nomad::job::TaskGroup::count).sum(),
            id: &job.key().id,
            is_pack: typed.meta.contains_key("pack.name"),
            latest_deployment: deployment.map(|d| LatestDeployment {
                all_auto_promote: d.auto_promotes(),
                id: d.id,
                is_active: d.active(),
                job_version: d.job_version,
                requires_promotion: d.requires_promotion(),
                status: d.status,
                status_description: &d.description,
            }),
            modify_index: job.modify_index,
            name: &typed.name,
            namespace: &job.key().namespace,
            node_pool: &typed.node_pool,
            parent_id: &typed.parent_id,
            priority: typed.priority,
            status: job.status,
            stop: job.stop,
            submit_time: job.submit_time.nanos(),
            kind: job.kind().as_str(),
            version: job.version,
        }
    }
}

/// The versions of a job.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Versions<'a> {
    /// From each to the one before it; `null` unless asked for.
    pub diffs: Option<Vec<Value>>,
    /// Index of the answer.
    pub index: u64,
    /// Whether there is a leader.
    pub known_leader: bool,
    /// Age of the answer.
    pub last_contact: u64,
    /// Always empty.
    pub next_token: &'static str,
    /// Newest first.
    pub versions: Vec<&'a Job>,
}

/// The scale of a group.
#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct GroupScale<'a> {
    pub desired: u64,
    pub events: Option<&'a [ScalingEvent]>,
    pub healthy: u64,
    pub placed: u64,
    pub running: u64,
    pub unhealthy: u64,
}

/// The scale of a job.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Scale<'a> {
    pub job_create_index: u64,
    #[serde(rename = "JobID")]
    pub job_id: &'a str,
    pub job_modify_index: u64,
    pub job_stopped: bool,
    pub namespace: &'a str,
    pub task_groups: BTreeMap<&'a str, GroupScale<'a>>,
}
