//! Counts of a job's allocations and children (`nomad-api.md §3.5`).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::allocation::ClientStatus;
use crate::sandbox::state::job::{Job, JobKey, JobStatus};

/// Counts of a group's allocations by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct GroupCounts {
    pub complete: u64,
    pub failed: u64,
    pub lost: u64,
    pub queued: u64,
    pub running: u64,
    pub starting: u64,
    pub unknown: u64,
}

impl GroupCounts {
    /// An allocation changed its state, or was placed.
    pub fn moved(&mut self, from: Option<ClientStatus>, to: ClientStatus) {
        match to {
            ClientStatus::Pending => self.starting += 1,
            ClientStatus::Running => self.running += 1,
            ClientStatus::Complete => self.complete += 1,
            ClientStatus::Failed => self.failed += 1,
            ClientStatus::Lost => self.lost += 1,
            ClientStatus::Unknown => self.unknown += 1,
        }
        let left = match from {
            // What ended stays counted as it ended.
            Some(ClientStatus::Complete | ClientStatus::Failed) => return,
            Some(ClientStatus::Pending) => &mut self.starting,
            Some(ClientStatus::Running) => &mut self.running,
            Some(ClientStatus::Lost) => &mut self.lost,
            Some(ClientStatus::Unknown) => &mut self.unknown,
            None => &mut self.queued,
        };
        *left = left.saturating_sub(1);
    }
}

/// Counts of the jobs a job made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct ChildCounts {
    pub dead: u64,
    pub pending: u64,
    pub running: u64,
}

impl ChildCounts {
    fn of(&mut self, status: JobStatus) -> &mut u64 {
        match status {
            JobStatus::Pending => &mut self.pending,
            JobStatus::Running => &mut self.running,
            JobStatus::Dead => &mut self.dead,
        }
    }

    /// A child changed its state, or is new.
    pub fn moved(&mut self, from: Option<JobStatus>, to: JobStatus) {
        if let Some(from) = from {
            let left = self.of(from);
            *left = left.saturating_sub(1);
        }
        *self.of(to) += 1;
    }
}

/// The counts of a job. Serialises as `JobSummary` does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summary {
    /// Jobs it made.
    pub children: ChildCounts,
    /// Index of the job's first registration.
    pub create_index: u64,
    /// The job's id.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Index of the last change.
    pub modify_index: u64,
    /// The job's namespace.
    pub namespace: String,
    /// By group; groups that are gone stay.
    pub summary: BTreeMap<String, GroupCounts>,
}

impl Summary {
    /// The counts of a job that was just registered.
    #[must_use]
    pub fn new(key: &JobKey, index: u64) -> Self {
        Summary {
            children: ChildCounts::default(),
            create_index: index,
            job_id: key.id.to_string(),
            modify_index: index,
            namespace: key.namespace.to_string(),
            summary: BTreeMap::new(),
        }
    }

    /// Adds the groups of a job that are not counted yet; whether there were any.
    pub fn add_groups(&mut self, job: &Job) -> bool {
        let before = self.summary.len();
        for group in &job.spec.typed.task_groups {
            self.summary.entry(group.name.clone()).or_default();
        }
        self.summary.len() != before
    }
}
