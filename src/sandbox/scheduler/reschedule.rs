//! When a failed allocation may be placed elsewhere (`nomad-api.md §5`).

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::api::nomad::job::ReschedulePolicy;
use crate::api::wire::Nanos;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::alloc::{Alloc, LastReschedule, RescheduleEvent, RescheduleTracker};
use crate::sandbox::state::job::Kind;

/// How many events of an unlimited policy are carried on beside the new one.
const EVENTS_CARRIED: usize = 5;

/// When the allocation last did something: the end of its last task.
#[must_use]
pub(crate) fn last_event(alloc: &Alloc) -> Moment {
    alloc.tasks.iter().filter_map(|(_, task)| task.finished_at).max().unwrap_or(alloc.modify_time)
}

fn policy(alloc: &Alloc) -> Option<&ReschedulePolicy> {
    alloc.task_group()?.reschedule_policy.as_ref()
}

fn events(alloc: &Alloc) -> &[RescheduleEvent] {
    alloc.reschedules.as_ref().map_or(&[], |tracker| &tracker.events)
}

/// Whether the last try to place it elsewhere found no room.
#[must_use]
pub(super) fn last_try_failed(alloc: &Alloc) -> bool {
    alloc.reschedules.as_ref().is_some_and(|tracker| tracker.last == LastReschedule::NoPlacement)
}

fn attempted(alloc: &Alloc, policy: &ReschedulePolicy, failed_at: Moment) -> u64 {
    let within = |e: &&RescheduleEvent| failed_at.nanos() - e.time.nanos() < policy.interval.0;
    u64::try_from(events(alloc).iter().filter(within).count()).unwrap_or(u64::MAX)
}

/// Whether a failure at this moment leaves tries: what decides if a failing allocation fails its deployment.
#[must_use]
pub(crate) fn has_tries_left(alloc: &Alloc, policy: Option<&ReschedulePolicy>, failed_at: Moment) -> bool {
    let Some(policy) = policy else { return false };
    policy.unlimited || (policy.attempts > 0 && attempted(alloc, policy, failed_at) < policy.attempts)
}

/// How long to wait before the next placement, longer from one to the next as the policy says.
fn next_delay(alloc: &Alloc, policy: &ReschedulePolicy) -> Nanos {
    let (last, before) = match events(alloc) {
        [] => return policy.delay,
        [last] => (last, None),
        [.., before, last] => (last, Some(before)),
    };
    let delay = match (policy.delay_function.as_str(), before) {
        ("exponential", _) => Nanos(last.delay.0.saturating_mul(2)),
        // After the longest pause the row begins again.
        ("fibonacci", Some(before)) if before.delay == policy.max_delay && last.delay == policy.delay => {
            last.delay
        }
        ("fibonacci", Some(before)) => Nanos(last.delay.0.saturating_add(before.delay.0)),
        _ => policy.delay,
    };
    if policy.delay_function == "constant" || policy.max_delay.0 == 0 || delay <= policy.max_delay {
        return delay;
    }
    // A long good run after the last placement begins the row again.
    let ran = last_event(alloc).nanos() - last.time.nanos();
    if ran > policy.max_delay.0 { policy.delay } else { policy.max_delay }
}

/// When to place it elsewhere after it failed at this moment, if at all.
pub(super) fn due_after(alloc: &Alloc, failed_at: Moment) -> Option<Moment> {
    let policy = policy(alloc)?;
    let delay = next_delay(alloc, policy);
    let allowed = match alloc.reschedules {
        Some(_) if policy.attempts > 0 => {
            attempted(alloc, policy, failed_at) < policy.attempts && delay < policy.interval
        }
        _ => policy.unlimited || policy.attempts > 0,
    };
    allowed.then(|| failed_at + delay)
}

/// When to place a failed allocation elsewhere, if at all.
pub(super) fn due(alloc: &Alloc) -> Option<Moment> {
    let policy = policy(alloc)?;
    if policy.attempts == 0 && !policy.unlimited {
        return None;
    }
    let stopped_batch = alloc.job.kind() == Kind::Batch && alloc.should_reschedule();
    let failed = matches!(alloc.client, ClientStatus::Failed | ClientStatus::Lost);
    if (alloc.desired == DesiredStatus::Stop && !last_try_failed(alloc)) || !(failed || stopped_batch) {
        return None;
    }
    due_after(alloc, last_event(alloc))
}

/// The record a replacement carries on from what it replaces.
pub(super) fn carried_on(previous: &Alloc, now: Moment) -> RescheduleTracker {
    let old = events(previous);
    let mut kept: Vec<RescheduleEvent> = match policy(previous) {
        Some(policy) if policy.attempts > 0 => {
            let recent = |e: &&RescheduleEvent| now.nanos() - e.time.nanos() <= policy.interval.0;
            old.iter().filter(recent).copied().collect()
        }
        _ => old[old.len().saturating_sub(EVENTS_CARRIED)..].to_vec(),
    };
    let delay = policy(previous).map_or(Nanos(0), |policy| next_delay(previous, policy));
    kept.push(RescheduleEvent {
        time: now,
        previous_alloc: previous.id,
        previous_node: previous.node_id,
        delay,
    });
    RescheduleTracker { events: kept, last: LastReschedule::Placed }
}

/// Nodes where what it replaces failed before.
pub(super) fn penalties(previous: &Alloc) -> Vec<Id> {
    let failed_here = (previous.client == ClientStatus::Failed).then_some(previous.node_id);
    failed_here.into_iter().chain(events(previous).iter().map(|e| e.previous_node)).collect()
}
