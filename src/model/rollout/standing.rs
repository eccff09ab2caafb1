//! Versions without a deployment: batch work, `max_parallel = 0`, an unchanged job. Whether they run is judged from their
//! allocations.

use std::time::Duration;

use jiff::Timestamp;

use super::{JobObservation, RolloutState, Target};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::EvalStatus;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::model::restart::Sightings;

/// How long something must run where nobody says how long.
const STEADY: Duration = Duration::from_secs(5);

pub(super) fn of(target: &Target, seen: &JobObservation, job: &Job, now: Timestamp) -> RolloutState {
    let newest =
        seen.evals.iter().filter(|e| e.create_index >= target.spec_index).max_by_key(|e| e.create_index);
    if let Some(e) = newest.filter(|e| e.status == EvalStatus::Failed && e.next_eval.is_empty()) {
        return RolloutState::Refused { why: e.status_description.clone() };
    }
    let batch = job.job_type.ends();
    let per_node = job.job_type.is_per_node();
    let mut waits = None;
    for group in &job.task_groups {
        let all: Vec<&AllocStub> =
            seen.allocs_of(target.version).filter(|a| a.task_group == group.name).collect();
        let latest: Vec<&AllocStub> = all.iter().copied().filter(|a| a.next_allocation.is_empty()).collect();
        let retried = |a: &&AllocStub| {
            seen.evals.iter().any(|e| e.id == a.followup_eval_id && e.status == EvalStatus::Pending)
        };
        // What the servers are about to place again is not lost, though nothing may say so for a moment.
        let again = seen.is_scheduling()
            || group.reschedule_policy.as_ref().is_some_and(|policy| policy.unlimited && !per_node);
        let lost = latest.iter().find(|a| a.client_status == ClientStatus::Failed && !again && !retried(a));
        if let Some(a) = lost {
            let story = a.task_states.iter().find_map(|(name, task)| seen.trouble(a, name, task));
            return RolloutState::NotRunning {
                why: format!("{} failed: {}", a.name, story.unwrap_or_else(|| a.client_description.clone())),
            };
        }
        let good = latest.iter().filter(|a| stands(a, group, batch, (&seen.sighted, now))).count() as u64;
        let wanted = if per_node {
            latest.iter().filter(|a| a.desired_status == DesiredStatus::Run).count() as u64
        } else {
            group.count()
        };
        if good < wanted {
            waits.get_or_insert_with(|| format!("{good} of {wanted} of {} run", group.name));
        }
    }
    let unplaced = seen.unplaced();
    match waits {
        None if unplaced.is_empty() => RolloutState::Healthy,
        Some(waits) if unplaced.is_empty() || seen.is_scheduling() => {
            let growing = seen.allocs_of(target.version).any(|a| a.client_status == ClientStatus::Running);
            if growing || super::can_change(seen, job, target.version, now) || !is_through(target, seen) {
                RolloutState::Progressing { waits }
            } else {
                RolloutState::Stuck { why: super::why_stuck(target, seen).unwrap_or(waits) }
            }
        }
        _ => RolloutState::Blocked { unplaced },
    }
}

/// Whether the scheduler has looked at the job since the version was registered.
fn is_through(target: &Target, seen: &JobObservation) -> bool {
    seen.evals.iter().any(|e| super::is_done(e, target)) || seen.allocs_of(target.version).next().is_some()
}

/// When the last of an allocation's tasks was started, by its node's clock.
pub(super) fn started(a: &AllocStub) -> Option<Timestamp> {
    a.task_states.values().filter_map(|t| t.started_at).max()
}

/// Whether an allocation does what it should: it has run for a while, or is batch work that has ended well.
fn stands(a: &AllocStub, group: &TaskGroup, batch: bool, (sighted, now): (&Sightings, Timestamp)) -> bool {
    let steady = group
        .update
        .as_ref()
        .map(|u| u.min_healthy_time.duration())
        .filter(|d| !d.is_zero())
        .unwrap_or(STEADY);
    match a.client_status {
        ClientStatus::Complete => batch,
        ClientStatus::Running => {
            // What started long ago need not be watched; the node's clock may be ahead of ours.
            let up = |at| {
                let by_node = now.duration_since(at).try_into().unwrap_or_default();
                sighted.known_up_for(&a.id, at, now).max(by_node)
            };
            a.healthy() == Some(true) || started(a).is_some_and(|at| up(at) >= steady)
        }
        _ => false,
    }
}
