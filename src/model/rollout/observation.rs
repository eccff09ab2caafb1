//! A job and all that belongs to it, as it was seen at one moment, and what of it a version is judged by.

use jiff::Timestamp;

use super::{Target, Unplaced, standing};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus, TaskState};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::evaluation::{EvalStatus, Evaluation};
use crate::api::nomad::job::Job;
use crate::model::restart::Sightings;
use crate::model::unseen_end::{self, UnseenEnd};
use crate::model::{alloc_diagnosis, metric};

/// A job and all that belongs to it, as it was seen at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobObservation {
    /// The job; none when there is none.
    pub job: Option<Job>,
    /// Its deployments.
    pub deployments: Vec<Deployment>,
    /// Its allocations.
    pub allocs: Vec<AllocStub>,
    /// Its evaluations.
    pub evals: Vec<Evaluation>,
    /// Since when its allocations have been seen to run.
    pub sighted: Sightings,
    /// What is not to run and may still do, where that was asked for.
    pub unseen: Vec<UnseenEnd>,
}

impl JobObservation {
    /// Takes note of what runs at this moment.
    pub fn sight(&mut self, now: Timestamp) {
        for alloc in self.allocs.iter().filter(|a| a.client_status == ClientStatus::Running) {
            if let Some(started) = standing::started(alloc) {
                self.sighted.up_for(&alloc.id, started, now);
            }
        }
    }

    /// The deployment of the followed version. What an evaluation names may be an older one (T4).
    #[must_use]
    pub fn deployment(&self, target: &Target) -> Option<&Deployment> {
        let ours = |d: &&Deployment| {
            d.job_version == target.version
                && d.job_spec_modify_index == target.spec_index
                && (d.job_create_index == target.create_index || target.create_index == 0)
        };
        self.deployments.iter().filter(ours).max_by_key(|d| d.create_index)
    }

    /// The allocations of a version of this job, and not of an earlier job of that id.
    pub fn allocs_of(&self, version: u64) -> impl Iterator<Item = &AllocStub> {
        let born = self.job.as_ref().map_or(0, |j| j.create_index);
        self.allocs.iter().filter(move |a| a.job_version == version && a.create_index >= born)
    }

    /// What blocked evaluations of the version could not place.
    #[must_use]
    pub fn unplaced(&self) -> Vec<Unplaced> {
        let blocked =
            self.evals.iter().filter(|e| e.status == EvalStatus::Blocked).max_by_key(|e| e.create_index);
        let drivers = |group: &str| {
            let group = self.job.as_ref().and_then(|job| job.group(group));
            group.into_iter().flat_map(|g| g.tasks.iter().map(|t| t.driver.as_str()))
        };
        let one = |e: &Evaluation| {
            let rows = e.failed_groups.iter();
            rows.map(|(group, m)| Unplaced {
                group: group.clone(),
                count: m.unplaced(),
                why: metric::explain_of(m, drivers(group)),
            })
            .collect()
        };
        blocked.map(one).unwrap_or_default()
    }

    /// What a task of an allocation suffers from, with the memory it may have as far as the job there is now tells.
    #[must_use]
    pub fn trouble(&self, a: &AllocStub, name: &str, task: &TaskState) -> Option<String> {
        let limit = || {
            let job = self.job.as_ref().filter(|job| job.version == a.job_version)?;
            let task = job.group(&a.task_group)?.tasks.iter().find(|t| t.name == name)?;
            task.resources.as_ref()?.memory_limit()
        };
        alloc_diagnosis::task_trouble_within(name, task, limit())
    }

    /// How many allocations of the job were told to stop and still run, as far as their nodes can be seen.
    #[must_use]
    pub fn stopping(&self) -> u64 {
        let born = self.job.as_ref().map_or(0, |j| j.create_index);
        let stops = |a: &&AllocStub| {
            a.desired_status != DesiredStatus::Run
                && matches!(a.client_status, ClientStatus::Running | ClientStatus::Pending)
                && a.create_index >= born
        };
        self.allocs.iter().filter(stops).count() as u64
    }

    /// The allocations that are not to run any more with this version, and whose end nobody has seen: those that were told to
    /// stop, and those of a version before that were lost and are not replaced, or were lost while this version took their place. What
    /// a job for every node has lost belonged on that node alone, and is replaced there when the node is back, unless its work had an
    /// end.
    pub fn out_of_sight(&self, target: &Target) -> impl Iterator<Item = &AllocStub> {
        let born = self.job.as_ref().map_or(0, |j| j.create_index);
        let comes_back = self.job.as_ref().is_some_and(|j| j.job_type.is_per_node() && !j.job_type.ends());
        let version = target.version;
        let spec_index = target.spec_index;
        let left_out = move |a: &&AllocStub| {
            let here = a.next_allocation.is_empty() || a.modify_index > spec_index;
            a.job_version < version && !comes_back && here
        };
        self.allocs
            .iter()
            .filter(move |a| a.create_index >= born && unseen_end::is_in_doubt(a))
            .filter(move |a| a.client_status != ClientStatus::Lost || left_out(a))
    }

    /// When the servers try again what failed of a version, in words; none where nothing waits for that.
    pub(super) fn retry(&self, version: u64, now: Timestamp) -> Option<String> {
        let again_at = |a: &AllocStub| {
            let waits = |e: &&Evaluation| e.id == a.followup_eval_id && e.status == EvalStatus::Pending;
            self.evals.iter().find(waits).and_then(|e| e.wait_until).filter(|at| *at > now)
        };
        let failed = |a: &&AllocStub| {
            a.client_status == ClientStatus::Failed
                && a.desired_status == DesiredStatus::Run
                && a.next_allocation.is_empty()
        };
        let mut waiting: Vec<(Timestamp, &str)> = self
            .allocs_of(version)
            .filter(failed)
            .filter_map(|a| Some((again_at(a)?, a.name.as_str())))
            .collect();
        waiting.sort_unstable();
        let (at, name) = waiting.first()?;
        Some(match waiting.len() - 1 {
            0 => format!("{name} is tried again at {at:.0}"),
            more => format!("{name} is tried again at {at:.0}, and {more} more after that"),
        })
    }

    /// Whether the scheduler still has something to do for the job.
    pub(super) fn is_scheduling(&self) -> bool {
        self.evals.iter().any(|e| e.status == EvalStatus::Pending && e.wait_until.is_none())
    }
}
