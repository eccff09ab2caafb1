//! Versions without a deployment: batch work, `max_parallel = 0`, an unchanged job. Whether they run is judged from their
//! allocations.

use std::time::Duration;

use jiff::Timestamp;

use super::{Seen, State, Target};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::EvalStatus;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::model::alloc_story;

/// How long something must run where nobody says how long.
const STEADY: Duration = Duration::from_secs(5);

pub(super) fn of(target: &Target, seen: &Seen, job: &Job, now: Timestamp) -> State {
    let newest =
        seen.evals.iter().filter(|e| e.create_index >= target.spec_index).max_by_key(|e| e.create_index);
    if let Some(e) = newest.filter(|e| e.status == EvalStatus::Failed && e.next_eval.is_empty()) {
        return State::Refused { why: e.status_description.clone() };
    }
    let batch = matches!(job.kind.as_str(), "batch" | "sysbatch");
    let per_node = matches!(job.kind.as_str(), "system" | "sysbatch");
    let mut waits = None;
    for group in &job.task_groups {
        let all: Vec<&AllocStub> =
            seen.allocs_of(target.version).filter(|a| a.task_group == group.name).collect();
        let latest: Vec<&AllocStub> = all.iter().copied().filter(|a| a.next_allocation.is_empty()).collect();
        let retried = |a: &&AllocStub| {
            seen.evals.iter().any(|e| e.id == a.followup_eval_id && e.status == EvalStatus::Pending)
        };
        let lost = latest.iter().find(|a| a.client_status == ClientStatus::Failed && !retried(a));
        if let Some(a) = lost {
            let story = a.task_states.iter().find_map(|(name, task)| alloc_story::task_trouble(name, task));
            return State::NotRunning {
                why: format!("{} failed: {}", a.name, story.unwrap_or_else(|| a.client_description.clone())),
            };
        }
        let good = latest.iter().filter(|a| stands(a, group, batch, now)).count() as u64;
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
        None if unplaced.is_empty() => State::Healthy,
        Some(waits) if unplaced.is_empty() || seen.is_scheduling() => State::Progressing { waits },
        _ => State::Blocked { unplaced },
    }
}

/// Whether an allocation does what it should: batch work has ended well or runs, the rest has run for a while.
fn stands(a: &AllocStub, group: &TaskGroup, batch: bool, now: Timestamp) -> bool {
    let steady = group
        .update
        .as_ref()
        .map(|u| u.min_healthy_time.duration())
        .filter(|d| !d.is_zero())
        .unwrap_or(STEADY);
    let since = a.task_states.values().filter_map(|t| t.started_at).max();
    match a.client_status {
        ClientStatus::Complete => batch,
        ClientStatus::Running if batch => true,
        ClientStatus::Running => {
            a.healthy() == Some(true)
                || since.is_some_and(|at| now.duration_since(at).unsigned_abs() >= steady)
        }
        _ => false,
    }
}
