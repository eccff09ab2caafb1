//! How an instance stands: at work, on its way, broken, or out of sight.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, RunState, TaskState};
use crate::api::nomad::job::TaskGroup;
use crate::model::group::is_leaving;
use crate::model::present_health::{HealthVerdict, OFTEN, PresentHealth};

/// How long an instance has to run to count, where its group has no update block.
const STEADY: Duration = Duration::from_secs(10);
/// How long an instance may take to start before something is wrong with it.
const STARTS_WITHIN: Duration = Duration::from_secs(120);
/// How an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has been at work for long enough.
    Well,
    /// It is on its way: it starts, or leaves for another node.
    Coming,
    /// It crashed, and may come back.
    Recovering,
    /// It does not do its work, and will not by waiting.
    Broken,
    /// Nobody knows.
    Unseen,
}

/// How an instance stands, and why, in words; `health` is how it does at this moment.
#[must_use]
pub fn standing(
    alloc: &AllocStub,
    group: &TaskGroup,
    health: &PresentHealth,
    now: Timestamp,
) -> (Standing, String) {
    let age = alloc.create_time.map_or(Duration::ZERO, |at| passed(at, now));
    let reason = health.reason().to_owned();
    if is_leaving(alloc) {
        return (Standing::Coming, "it is to leave its node".to_owned());
    }
    match health.verdict {
        HealthVerdict::NotKnown => match !health.is_unheard_of() && age < STARTS_WITHIN {
            true => (Standing::Coming, reason),
            false => (Standing::Unseen, reason),
        },
        HealthVerdict::Healthy if found_healthy_since_its_start(alloc) => (Standing::Well, String::new()),
        HealthVerdict::Healthy => {
            let steady = group.update.as_ref().map_or(STEADY, |u| u.min_healthy_time.duration());
            let runs = alloc.task_states.values().filter_map(|t| t.started_at).max();
            match runs.map(|at| passed(at, now)).filter(|runs| *runs < steady) {
                Some(_) => (Standing::Coming, "it has just started".to_owned()),
                None => (Standing::Well, String::new()),
            }
        }
        HealthVerdict::Unhealthy if health.restarts_lately >= OFTEN => (Standing::Broken, reason),
        HealthVerdict::Unhealthy if health.restarts_lately > 0 => (Standing::Recovering, reason),
        HealthVerdict::Unhealthy if failed_for_good(alloc) => (Standing::Broken, reason),
        // What was restarted by request is down for a moment, and its checks fail for another.
        HealthVerdict::Unhealthy if asked_to_restart(alloc) => {
            (Standing::Coming, "it is being restarted".to_owned())
        }
        // What was well since it started does not start any more.
        HealthVerdict::Unhealthy
            if !found_healthy_since_its_start(alloc) && is_young(alloc, group, age, now) =>
        {
            (Standing::Coming, format!("it starts: {reason}"))
        }
        HealthVerdict::Unhealthy => (Standing::Broken, reason),
    }
}

/// Whether its client found it healthy, which takes as long as its group asks for, after its tasks were started last: both by the clock
/// of its node, which need not agree with ours.
fn found_healthy_since_its_start(alloc: &AllocStub) -> bool {
    let found = alloc.deployment_status.as_ref().and_then(|d| d.timestamp);
    let started = alloc.task_states.values().filter_map(|t| t.started_at).max();
    alloc.healthy() == Some(true) && found.zip(started).is_some_and(|(found, started)| started <= found)
}

/// Whether the servers found it unhealthy, or a task of it has failed and is not started again.
fn failed_for_good(alloc: &AllocStub) -> bool {
    let dead = |t: &TaskState| t.failed && t.state == RunState::Dead;
    alloc.healthy() == Some(false) || alloc.task_states.values().any(dead)
}

/// Whether it was placed or started so lately that it may still become healthy.
fn is_young(alloc: &AllocStub, group: &TaskGroup, age: Duration, now: Timestamp) -> bool {
    let deadline = group.update.as_ref().map(|u| u.healthy_deadline.duration()).filter(|d| !d.is_zero());
    let within = deadline.map_or(STARTS_WITHIN, |d| d.min(STARTS_WITHIN));
    let started = alloc.task_states.values().filter_map(|t| t.started_at).max();
    started.map_or(age, |at| passed(at, now)) < within
}

/// Time since then; none has passed since a moment of a clock that is ahead by less than a minute, and much since a later one.
fn passed(at: Timestamp, now: Timestamp) -> Duration {
    let since = now.duration_since(at);
    match since.is_negative() {
        true if since.unsigned_abs() < Duration::from_secs(60) => Duration::ZERO,
        true => Duration::MAX,
        false => since.unsigned_abs(),
    }
}

/// Whether the last that a task of it was told is to restart, and it does not run again.
fn asked_to_restart(alloc: &AllocStub) -> bool {
    alloc.task_states.values().any(|task| {
        let events: Vec<&str> = task.events.iter().map(|e| e.kind.as_str()).collect();
        let last_start = events.iter().rposition(|kind| *kind == "Started").map_or(0, |at| at + 1);
        events[last_start..].contains(&"Restart Signaled")
    })
}
