//! What is missing of a version that was healthy by its record, and whether anything is under way that could bring it.

use super::{Rollout, look};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::EvalStatus;
use crate::api::nomad::job::TaskGroup;
use crate::model::alloc_diagnosis::failed_by_itself;
use crate::model::group;
use crate::model::ids::{JobType, short};

/// What failed so many seconds ago, and of which no evaluation is left to do, is not tried again.
const FORGOTTEN_AFTER: i64 = 30;

impl Rollout<'_> {
    /// What is missing of the health a version should have; none when each group has as many as it wants. The deployment may
    /// be seen before the allocations it speaks of.
    pub(super) fn short_of_health(&self, version: u64) -> Option<String> {
        if self.job.job_type.is_per_node() {
            let failed = self.failed_for_good(version)?;
            return Some(format!("{} on {} has failed", failed.name, failed.node_name));
        }
        if self.job.job_type != JobType::Service {
            return None;
        }
        let short = self.job.task_groups.iter().find_map(|g| self.short_group(version, g));
        short.map(|s| format!("waiting for health: {s}"))
    }

    /// How many of a group are healthy, and why not all; none when it has as many as it wants.
    fn short_group(&self, version: u64, g: &TaskGroup) -> Option<String> {
        let is_old = |a: &AllocStub| look::is_old_code(a, self.job.job_modify_index);
        let own = || self.seen.allocs_of(version).filter(|a| a.task_group == g.name);
        let healthy = group::available(own().filter(|a| !is_old(a)));
        if healthy >= g.count() {
            return None;
        }
        let old = || {
            let a = own().find(|a| !a.is_terminal() && is_old(a))?;
            let (name, node, id) = (&a.name, &a.node_name, short(&a.id));
            Some(format!(
                "{name} on {node} still runs what was started before version {version}; fleet alloc stop {id} replaces it"
            ))
        };
        let why = own().find_map(look::away).or_else(old).map(|why| format!(": {why}"));
        Some(format!("{} {healthy}/{} healthy{}", g.name, g.count(), why.unwrap_or_default()))
    }

    /// Of a job for every node, an instance that failed where nothing took its place: nobody tries it again.
    fn failed_for_good(&self, version: u64) -> Option<&AllocStub> {
        let wanted = |a: &&AllocStub| a.desired_status == DesiredStatus::Run && a.next_allocation.is_empty();
        let in_place = |a: &AllocStub| {
            let same = |b: &&AllocStub| b.node_id == a.node_id && b.task_group == a.task_group;
            self.seen.allocs.iter().filter(same).any(|b| !b.is_terminal())
        };
        let mut own = self.seen.allocs_of(version).filter(wanted);
        own.find(|a| a.client_status == ClientStatus::Failed && !in_place(a))
    }

    /// Whether anything is under way that could change what runs of a version: the scheduler has something to do, now or at a
    /// later time, or an allocation has not come to its state yet.
    pub(super) fn can_change(&self, version: u64) -> bool {
        let evals = &self.seen.evals;
        evals.iter().any(|e| matches!(e.status, EvalStatus::Pending | EvalStatus::Blocked))
            || self.seen.allocs_of(version).any(|a| self.is_moving(a))
    }

    fn is_moving(&self, a: &AllocStub) -> bool {
        match (a.desired_status, a.client_status) {
            (DesiredStatus::Run, ClientStatus::Running) => a.healthy().is_none(),
            (DesiredStatus::Run, ClientStatus::Failed) => {
                let policy = self.job.group(&a.task_group).and_then(|g| g.reschedule_policy.as_ref());
                // The servers forget what failed while its deployment was under way, whatever its policy allows.
                let is_forgotten =
                    a.modify_time.is_some_and(|at| self.now.duration_since(at).as_secs() > FORGOTTEN_AFTER);
                a.next_allocation.is_empty()
                    && policy.is_some_and(|p| p.unlimited)
                    && !self.job.job_type.is_per_node()
                    && !is_forgotten
            }
            // What waits, or is out of sight, may come; what was told to stop makes room when it has.
            (_, status) => !status.is_terminal(),
        }
    }

    /// What became of an allocation that is missing and that nobody tries again.
    pub(super) fn why_stuck(&self) -> Option<String> {
        let over = |a: &&AllocStub| a.client_status.is_terminal() && a.next_allocation.is_empty();
        let own = self.seen.allocs_of(self.target.version).filter(over);
        let lost = own.max_by_key(|a| (failed_by_itself(a), a.modify_index))?;
        let trouble = lost.task_states.iter().find_map(|(name, task)| self.seen.trouble(lost, name, task));
        let why = trouble.unwrap_or_else(|| lost.client_description.clone());
        Some(format!("{} has ended ({}) and is not tried again: {why}", lost.name, lost.client_status))
    }
}
