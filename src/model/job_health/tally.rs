//! Allocations counted by how they stand: what runs, what waits, what failed for good.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, AllocUse, ClientStatus, DesiredStatus};
use crate::api::nomad::job::StatusAlloc;

/// What the health of a job needs to know of one allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// What the servers want; to run, where a list does not say.
    pub desired: DesiredStatus,
    /// What the client says.
    pub client: ClientStatus,
    /// The health verdict, when one was reached.
    pub healthy: Option<bool>,
    /// Whether it is a canary that waits for promotion.
    pub canary: bool,
    /// The job version it runs.
    pub version: u64,
    /// Whether an evaluation waits, or waited, to try it again.
    pub retried: bool,
    /// Whether it has a replacement.
    pub replaced: bool,
}

impl Instance {
    /// The same, when the evaluation that was to try it again is known to wait, or not: one that ran without placing
    /// anything does not come back.
    #[must_use]
    pub fn retried_when(self, waits: bool) -> Self {
        Instance { retried: self.retried && waits, ..self }
    }
}

impl From<&AllocUse> for Instance {
    fn from(a: &AllocUse) -> Self {
        Instance {
            desired: a.desired_status,
            client: a.client_status,
            healthy: a.deployment_status.healthy,
            canary: a.deployment_status.canary,
            version: a.job_version,
            retried: !a.followup_eval_id.is_empty(),
            replaced: !a.next_allocation.is_empty(),
        }
    }
}

impl From<&AllocStub> for Instance {
    fn from(a: &AllocStub) -> Self {
        Instance {
            desired: a.desired_status,
            client: a.client_status,
            healthy: a.healthy(),
            canary: a.is_canary(),
            version: a.job_version,
            retried: !a.followup_eval_id.is_empty(),
            replaced: !a.next_allocation.is_empty(),
        }
    }
}

impl From<&StatusAlloc> for Instance {
    fn from(a: &StatusAlloc) -> Self {
        Instance {
            desired: DesiredStatus::Run,
            client: a.client_status,
            healthy: a.deployment_status.healthy,
            canary: a.deployment_status.canary,
            version: a.job_version,
            retried: !a.followup_eval_id.is_empty(),
            replaced: false,
        }
    }
}

/// How a job that has an instance on each node is on one of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerNodePlace {
    /// Whether one of it is to run there.
    pub is_wanted: bool,
    /// The newest version that was stopped there, and when that was last heard of.
    pub stopped: Option<(u64, Timestamp)>,
}

impl PerNodePlace {
    /// Notes one of its allocations there.
    pub fn add(&mut self, a: &AllocUse) {
        if a.desired_status == DesiredStatus::Run {
            self.is_wanted = true;
        } else if let Some(at) = a.modify_time {
            self.stopped = self.stopped.max(Some((a.job_version, at)));
        }
    }

    /// Whether the update to this version, registered then, stopped it there, and nothing took its place.
    #[must_use]
    pub fn was_left(&self, version: u64, registered_at: Timestamp) -> bool {
        !self.is_wanted && self.stopped.is_some_and(|(old, at)| old < version && at >= registered_at)
    }
}

/// Counts of allocations by how they stand. Canaries that wait for promotion are counted apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Wanted and running.
    pub running: u64,
    /// Of the running ones, found healthy.
    pub healthy: u64,
    /// Of the running ones, found unhealthy.
    pub unhealthy: u64,
    /// Placed, not running yet.
    pub pending: u64,
    /// On a disconnected node: neither running nor ended.
    pub disconnected: u64,
    /// No longer wanted, not ended yet.
    pub stopping: u64,
    /// Of the newest version, ended badly and not tried again.
    pub failed: u64,
    /// Of the newest version, ended badly and to be tried again.
    pub retrying: u64,
    /// Gone with their node, without a replacement.
    pub lost: u64,
    /// Ended well.
    pub complete: u64,
    /// Canaries that run.
    pub canaries: u64,
    /// Canaries that run and were found healthy.
    pub healthy_canaries: u64,
    /// Canaries that run and were found unhealthy.
    pub unhealthy_canaries: u64,
    /// Canaries that run and were found healthy, where a look showed that whether they still are is not known.
    #[serde(skip)]
    pub doubtful_canaries: u64,
    /// Of the newest version, canaries that ended badly and are not tried again: they are among the failed ones.
    #[serde(skip)]
    pub failed_canaries: u64,
    #[serde(skip)]
    newest: u64,
}

impl Tally {
    /// Of these.
    pub fn of(instances: impl IntoIterator<Item = Instance>) -> Self {
        let mut tally = Tally::default();
        instances.into_iter().for_each(|i| tally.add(i));
        tally
    }

    /// Counts one more.
    pub fn add(&mut self, i: Instance) {
        if i.version > self.newest {
            // What failed of a version that is no longer the newest is history.
            (self.newest, self.failed, self.retrying, self.failed_canaries) = (i.version, 0, 0, 0);
        }
        let wanted = i.desired == DesiredStatus::Run;
        match i.client {
            ClientStatus::Complete => self.complete += 1,
            ClientStatus::Failed if wanted && !i.replaced && i.version == self.newest => {
                if i.retried {
                    self.retrying += 1;
                } else {
                    self.failed += 1;
                    self.failed_canaries += u64::from(i.canary);
                }
            }
            ClientStatus::Failed => {}
            // The servers no longer want what was lost, replaced or not.
            ClientStatus::Lost => self.lost += u64::from(!i.replaced),
            _ if !wanted => self.stopping += 1,
            ClientStatus::Running if i.canary => {
                self.canaries += 1;
                self.healthy_canaries += u64::from(i.healthy == Some(true));
                self.unhealthy_canaries += u64::from(i.healthy == Some(false));
            }
            ClientStatus::Running => {
                self.running += 1;
                self.healthy += u64::from(i.healthy == Some(true));
                self.unhealthy += u64::from(i.healthy == Some(false));
            }
            ClientStatus::Pending => self.pending += 1,
            ClientStatus::Unknown => self.disconnected += 1,
        }
    }

    /// What is not as it should be, in words; empty when there is nothing.
    #[must_use]
    pub fn trouble(&self) -> String {
        let parts = [
            (self.unhealthy, "unhealthy"),
            (self.pending, "pending"),
            (self.disconnected, "on a disconnected node"),
            (self.stopping, "stopping"),
            (self.retrying, "failed, to be retried"),
            (self.failed, "failed for good"),
            (self.lost, "lost with a node"),
        ];
        let parts = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
        parts.collect::<Vec<_>>().join(", ")
    }
}
