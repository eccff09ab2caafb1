//! Versions without a deployment: batch work, `max_parallel = 0`, an unchanged job. Whether they run is judged from their
//! allocations.

use std::time::Duration;

use jiff::Timestamp;

use super::{Rollout, RolloutState};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::EvalStatus;
use crate::api::nomad::job::TaskGroup;
use crate::model::alloc_diagnosis::failed_by_itself;

/// How long something must run where nobody says how long.
const STEADY: Duration = Duration::from_secs(5);

impl Rollout<'_> {
    /// Where a version without a deployment is.
    pub(super) fn without_deployment(&self) -> RolloutState {
        if let Some(why) = self.refused() {
            return RolloutState::Refused { why };
        }
        if let Some(why) = self.job.task_groups.iter().find_map(|group| self.failed_group(group)) {
            return RolloutState::NotRunning { why };
        }
        let unplaced = self.seen.unplaced();
        match self.job.task_groups.iter().find_map(|group| self.short_of_running(group)) {
            None if unplaced.is_empty() => RolloutState::Healthy,
            Some(waits) if unplaced.is_empty() || self.seen.is_scheduling() => match self.may_go_on() {
                true => RolloutState::Progressing { waits },
                false => RolloutState::Stuck { why: self.why_stuck().unwrap_or(waits) },
            },
            _ => RolloutState::Blocked { unplaced },
        }
    }

    /// Why the scheduler gave up, when it did.
    fn refused(&self) -> Option<String> {
        let own = self.seen.evals.iter().filter(|e| e.create_index >= self.target.spec_index);
        let newest = own.max_by_key(|e| e.create_index)?;
        let is_over = newest.status == EvalStatus::Failed && newest.next_eval.is_empty();
        is_over.then(|| newest.status_description.clone())
    }

    /// The allocations of a group that nothing has taken the place of.
    fn latest<'g>(&'g self, group: &'g TaskGroup) -> impl Iterator<Item = &'g AllocStub> {
        let own = self.seen.allocs_of(self.target.version).filter(|a| a.task_group == group.name);
        own.filter(|a| a.next_allocation.is_empty())
    }

    /// What of a group failed and is not tried again, and why.
    fn failed_group(&self, group: &TaskGroup) -> Option<String> {
        let retried = |a: &AllocStub| {
            self.seen.evals.iter().any(|e| e.id == a.followup_eval_id && e.status == EvalStatus::Pending)
        };
        // What the servers are about to place again is not lost, though nothing may say so for a moment.
        let again = self.seen.is_scheduling()
            || group.reschedule_policy.as_ref().is_some_and(|policy| policy.unlimited)
                && !self.job.job_type.is_per_node();
        let is_lost = |a: &&AllocStub| failed_by_itself(a) && !again && !retried(a);
        let lost = self.latest(group).find(is_lost)?;
        let trouble = lost.task_states.iter().find_map(|(name, task)| self.seen.trouble(lost, name, task));
        Some(format!("{} failed: {}", lost.name, trouble.unwrap_or_else(|| lost.client_description.clone())))
    }

    /// How many of a group run, of how many; none when as many do as should.
    fn short_of_running(&self, group: &TaskGroup) -> Option<String> {
        let good = self.latest(group).filter(|a| self.stands(a, group)).count() as u64;
        let wanted = if self.job.job_type.is_per_node() {
            self.latest(group).filter(|a| a.desired_status == DesiredStatus::Run).count() as u64
        } else {
            group.count()
        };
        (good < wanted).then(|| format!("{good} of {wanted} of {} run", group.name))
    }

    /// Whether an allocation does what it should: it has run for a while, or is batch work that has ended well.
    fn stands(&self, a: &AllocStub, group: &TaskGroup) -> bool {
        let asked = group.update.as_ref().map(|u| u.min_healthy_time.duration());
        let steady = asked.filter(|d| !d.is_zero()).unwrap_or(STEADY);
        match a.client_status {
            ClientStatus::Complete => self.job.job_type.ends(),
            ClientStatus::Running => {
                // What started long ago need not be watched; the node's clock may be ahead of ours.
                let up = |at| {
                    let by_node = self.now.duration_since(at).try_into().unwrap_or_default();
                    self.seen.sighted.known_up_for(&a.id, at, self.now).max(by_node)
                };
                a.healthy() == Some(true) || started(a).is_some_and(|at| up(at) >= steady)
            }
            _ => false,
        }
    }

    /// Whether something runs, or anything is under way that could bring what does not.
    fn may_go_on(&self) -> bool {
        let own = || self.seen.allocs_of(self.target.version);
        let is_scheduled = self.is_evaluated() || own().next().is_some();
        own().any(|a| a.client_status == ClientStatus::Running)
            || self.can_change(self.target.version)
            || !is_scheduled
    }
}

/// When the last of an allocation's tasks was started, by its node's clock.
pub(super) fn started(a: &AllocStub) -> Option<Timestamp> {
    a.task_states.values().filter_map(|t| t.started_at).max()
}
