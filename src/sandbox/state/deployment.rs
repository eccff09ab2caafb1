//! Deployments: how far a version of a job has come (`nomad-api.md §3.6`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::wire::Nanos;
use crate::sandbox::go::null_if_empty;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::job::{Job, JobKey};

/// What deployments say of themselves.
pub mod words {
    /// Under way.
    pub const RUNNING: &str = "Deployment is running";
    /// Waits for somebody to promote its canaries.
    pub const NEEDS_PROMOTION: &str = "Deployment is running but requires manual promotion";
    /// Promotes its canaries by itself.
    pub const AUTO_PROMOTION: &str = "Deployment is running pending automatic promotion";
    /// Held.
    pub const PAUSED: &str = "Deployment is paused";
    /// Done.
    pub const SUCCESSFUL: &str = "Deployment completed successfully";
    /// The job was stopped.
    pub const STOPPED_JOB: &str = "Cancelled because job is stopped";
    /// There is a newer version.
    pub const NEWER_JOB: &str = "Cancelled due to newer version of job";
    /// Allocations did not become healthy.
    pub const FAILED_ALLOCS: &str = "Failed due to unhealthy allocations";
    /// Nothing became healthy in time.
    pub const PROGRESS_DEADLINE: &str = "Failed due to progress deadline";
    /// Somebody said so.
    pub const FAILED_BY_USER: &str = "Deployment marked as failed";
}

/// How far a group has come. The counts never go down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupProgress {
    /// Whether healthy canaries promote themselves.
    pub auto_promote: bool,
    /// Whether a failure goes back to the last stable version.
    pub auto_revert: bool,
    /// Canaries wanted.
    pub desired_canaries: u64,
    /// Allocations wanted.
    pub desired_total: u64,
    /// Allocations that became healthy.
    pub healthy_allocs: u64,
    /// Allocations placed.
    pub placed_allocs: u64,
    /// Canaries placed; `null` while there are none.
    #[serde(serialize_with = "null_if_empty")]
    pub placed_canaries: Vec<Id>,
    /// How long may pass without one more healthy allocation.
    pub progress_deadline: Nanos,
    /// Whether the canaries were promoted.
    pub promoted: bool,
    /// When it fails unless something becomes healthy; none before the first placement.
    pub require_progress_by: Option<Moment>,
    /// Allocations that were decided unhealthy.
    pub unhealthy_allocs: u64,
}

impl GroupProgress {
    /// Whether its canaries wait for promotion.
    #[must_use]
    pub fn unpromoted(&self) -> bool {
        self.desired_canaries > 0 && !self.promoted
    }
}

/// A deployment.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Its id.
    pub id: Id,
    /// The job.
    pub job: JobKey,
    /// The version it brings.
    pub job_version: u64,
    /// Index of the job when it was made.
    pub job_modify_index: u64,
    /// Index of the job's specification when it was made.
    pub job_spec_modify_index: u64,
    /// Index of the job's first registration.
    pub job_create_index: u64,
    /// By group.
    pub groups: BTreeMap<String, GroupProgress>,
    /// Under way or how it ended.
    pub status: DeploymentStatus,
    /// In words.
    pub description: Cow<'static, str>,
    /// Priority of its evaluations.
    pub priority: i64,
    /// Index of its creation.
    pub create_index: u64,
    /// Index of its last change.
    pub modify_index: u64,
    /// When it was made.
    pub create_time: Moment,
    /// When it last changed.
    pub modify_time: Moment,
}

impl Deployment {
    /// A running deployment of a job's present version.
    #[must_use]
    pub fn new(id: Id, job: &Job, priority: i64, now: Moment) -> Self {
        Deployment {
            id,
            job: job.key().clone(),
            job_version: job.version,
            job_modify_index: job.modify_index,
            job_spec_modify_index: job.job_modify_index,
            job_create_index: job.create_index,
            groups: BTreeMap::new(),
            status: DeploymentStatus::Running,
            description: words::RUNNING.into(),
            priority,
            create_index: 0,
            modify_index: 0,
            create_time: now,
            modify_time: now,
        }
    }

    /// Whether it is not over.
    #[must_use]
    pub fn active(&self) -> bool {
        self.status.is_active()
    }

    /// Whether canaries wait for promotion.
    #[must_use]
    pub fn requires_promotion(&self) -> bool {
        self.status == DeploymentStatus::Running && self.groups.values().any(GroupProgress::unpromoted)
    }

    /// Whether all groups with canaries promote themselves.
    #[must_use]
    pub fn auto_promotes(&self) -> bool {
        let mut canaried = self.groups.values().filter(|g| g.desired_canaries > 0).peekable();
        canaried.peek().is_some() && canaried.all(|g| g.auto_promote)
    }

    /// Whether it brings this very version of the job.
    #[must_use]
    pub fn is_of(&self, job: &Job) -> bool {
        self.job_create_index == job.create_index && self.job_version == job.version
    }
}
