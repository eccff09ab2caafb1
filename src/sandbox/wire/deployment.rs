//! Deployments (`nomad-api.md §3.6`).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::sandbox::id::Id;
use crate::sandbox::state::deployment::{Deployment as Kept, GroupProgress};

/// A deployment.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment<'a> {
    create_index: u64,
    create_time: i64,
    eval_priority: i64,
    #[serde(rename = "ID")]
    id: Id,
    is_multiregion: bool,
    job_create_index: u64,
    #[serde(rename = "JobID")]
    job_id: &'a str,
    job_modify_index: u64,
    job_spec_modify_index: u64,
    job_version: u64,
    modify_index: u64,
    modify_time: i64,
    namespace: &'a str,
    status: DeploymentStatus,
    status_description: &'a str,
    task_groups: &'a BTreeMap<String, GroupProgress>,
}

impl<'a> Deployment<'a> {
    /// A deployment as the servers keep it.
    #[must_use]
    pub fn of(kept: &'a Kept) -> Self {
        Deployment {
            create_index: kept.create_index,
            create_time: kept.create_time.nanos(),
            eval_priority: kept.priority,
            id: kept.id,
            is_multiregion: false,
            job_create_index: kept.job_create_index,
            job_id: &kept.job.id,
            job_modify_index: kept.job_modify_index,
            job_spec_modify_index: kept.job_spec_modify_index,
            job_version: kept.job_version,
            modify_index: kept.modify_index,
            modify_time: kept.modify_time.nanos(),
            namespace: &kept.job.namespace,
            status: kept.status,
            status_description: &kept.description,
            task_groups: &kept.groups,
        }
    }
}
