//! Restarting a job's instances a few at a time: which may be restarted now, and which are well again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus, RunState, TaskState};
use crate::api::nomad::job::TaskGroup;
use crate::model::task_role::Role;

/// Where an instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It still has to be restarted.
    Waiting,
    /// It was restarted and has not been up for long enough.
    Settling,
    /// It was restarted and is well.
    Done,
    /// It ended instead of coming back.
    Lost,
}

/// Since when each instance has been seen up, by the clock of whoever looks: the nodes' clocks need not agree with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sightings(BTreeMap<String, (Timestamp, Timestamp)>);

impl Sightings {
    /// For how long an instance that started at `started`, by its node's clock, has been seen up.
    pub fn up_for(&mut self, alloc: &str, started: Timestamp, now: Timestamp) -> Duration {
        let seen = self.0.entry(alloc.to_owned()).or_insert((started, now));
        if seen.0 != started {
            *seen = (started, now);
        }
        now.duration_since(seen.1).try_into().unwrap_or_default()
    }

    /// The same of an instance that was looked at before; nothing of any other.
    #[must_use]
    pub fn known_up_for(&self, alloc: &str, started: Timestamp, now: Timestamp) -> Duration {
        let seen = self.0.get(alloc).filter(|seen| seen.0 == started);
        seen.and_then(|seen| now.duration_since(seen.1).try_into().ok()).unwrap_or_default()
    }
}

/// The moment after the newest of these was started: what starts later was restarted since.
#[must_use]
pub fn cutoff(allocs: &[AllocStub]) -> Option<Timestamp> {
    let started = allocs.iter().flat_map(|a| a.task_states.values()).filter_map(|t| t.started_at).max()?;
    started.checked_add(jiff::SignedDuration::from_nanos(1)).ok()
}

/// Where an instance is that is to have started after a moment, both by its node's clock. Only tasks that run as long as it does
/// are restarted: what ran before them, and what waits for their end, is no part of it, nor is what had ended well before.
#[must_use]
pub fn progress(
    alloc: &AllocStub,
    group: Option<&TaskGroup>,
    after: Timestamp,
    steady: Duration,
    sightings: &mut Sightings,
    now: Timestamp,
) -> Progress {
    if alloc.client_status.is_terminal() {
        return Progress::Lost;
    }
    let main = || {
        let stays = |(name, _): &(&String, &TaskState)| Role::in_group(group, name).stays();
        alloc.task_states.iter().filter(stays).map(|(_, t)| t).filter(|t| !is_over(t))
    };
    if main().any(|t| t.state == RunState::Running && t.started_at.is_some_and(|at| at < after)) {
        return Progress::Waiting;
    }
    let started =
        main().map(|t| t.started_at.filter(|_| t.state == RunState::Running)).collect::<Option<Vec<_>>>();
    let up = started.and_then(|all| all.into_iter().max());
    match up {
        Some(at)
            if alloc.client_status == ClientStatus::Running
                && sightings.up_for(&alloc.id, at, now) >= steady =>
        {
            Progress::Done
        }
        _ => Progress::Settling,
    }
}

/// A task whose work is done.
fn is_over(task: &TaskState) -> bool {
    task.state == RunState::Dead && !task.failed
}

/// How many instances of a group are away that nobody is to restart: missing from its count, or not up.
#[must_use]
pub fn away(group: &TaskGroup, by_node: bool, all: &[AllocStub], own: &[AllocStub]) -> usize {
    let others = || {
        let of_group = |a: &&AllocStub| a.task_group == group.name && a.desired_status == DesiredStatus::Run;
        all.iter().filter(of_group).filter(|a| !a.is_canary() && !own.iter().any(|o| o.id == a.id))
    };
    let is_up = |a: &&AllocStub| match a.client_status {
        ClientStatus::Running => a.healthy() != Some(false),
        // Work that is done is not missed.
        status => status == ClientStatus::Complete,
    };
    let up = others().filter(is_up).count();
    if by_node {
        return others().filter(|a| !a.client_status.is_terminal()).count() - up;
    }
    usize::try_from(group.count()).unwrap_or(usize::MAX).saturating_sub(own.len() + up)
}

/// Which to restart now, given where each is, which of them fail their checks now, and how many others are away: as many as may be
/// away at once. One that fails its checks is away already, whoever restarted it: one that is to be restarted comes first, and its
/// restart takes nothing from the others.
#[must_use]
pub fn next<'a>(
    all: &BTreeMap<&'a str, Progress>,
    ill: &BTreeSet<&str>,
    others_away: usize,
    most_away: usize,
) -> Vec<&'a str> {
    let waiting = || all.iter().filter(|(_, p)| **p == Progress::Waiting).map(|(id, _)| *id);
    let ill_ones: Vec<&str> = waiting().filter(|id| ill.contains(id)).collect();
    let is_down = |(id, place): &(&&str, &Progress)| match place {
        Progress::Settling => true,
        Progress::Done => ill.contains(**id),
        Progress::Waiting | Progress::Lost => false,
    };
    let away = others_away + all.iter().filter(is_down).count() + ill_ones.len();
    if away > most_away {
        return Vec::new();
    }
    let well = waiting().filter(|id| !ill.contains(id)).take(most_away - away);
    ill_ones.iter().copied().chain(well).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_missing_or_ill_is_away_and_work_that_is_done_is_not() {
        let alloc = |id: &str, desired: &str, client: &str, healthy: bool| -> AllocStub {
            serde_json::from_value(serde_json::json!({
                "ID": id, "Name": id, "Namespace": "default", "JobID": "web", "TaskGroup": "g", "DesiredStatus": desired,
                "ClientStatus": client, "DeploymentStatus": {"Healthy": healthy}, "CreateIndex": 1, "ModifyIndex": 1
            }))
            .unwrap()
        };
        let group = TaskGroup { name: "g".to_owned(), count: Some(4), ..TaskGroup::default() };
        let own = [alloc("a", "run", "running", true), alloc("b", "run", "running", true)];
        let of =
            |by_node: bool, others: &[AllocStub]| away(&group, by_node, &[&own[..], others].concat(), &own);
        let ill = alloc("c", "run", "running", false);
        assert_eq!(of(false, &[]), 2);
        assert_eq!(of(false, &[alloc("c", "run", "running", true), alloc("d", "run", "complete", true)]), 0);
        assert_eq!(
            of(
                false,
                &[ill.clone(), alloc("d", "stop", "running", true), alloc("e", "run", "pending", true)]
            ),
            2
        );
        assert_eq!((of(true, &[]), of(true, &[ill, alloc("d", "run", "failed", true)])), (0, 1));
    }

    #[test]
    fn a_task_that_waits_for_the_end_of_the_others_is_not_waited_for() {
        let group: TaskGroup = serde_json::from_value(serde_json::json!({"Name": "g", "Tasks": [
            {"Name": "main"}, {"Name": "side", "Lifecycle": {"Hook": "poststop"}}]}))
        .unwrap();
        let alloc: AllocStub = serde_json::from_value(serde_json::json!({
            "ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g", "DesiredStatus": "run",
            "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1, "TaskStates": {
                "main": {"State": "running", "Restarts": 1, "StartedAt": "2026-01-01T00:00:10Z"},
                "side": {"State": "pending"}}
        }))
        .unwrap();
        let (after, now) = ("2026-01-01T00:00:05Z".parse().unwrap(), "2026-01-01T00:00:20Z".parse().unwrap());
        let mut sightings = Sightings::default();
        let at = progress(&alloc, Some(&group), after, Duration::ZERO, &mut sightings, now);
        assert_eq!(at, Progress::Done);
    }

    proptest! {
        #[test]
        fn never_more_than_allowed_are_away(states in prop::collection::vec(0_u8..4, 0..20), ill in prop::collection::vec(any::<bool>(), 20), others in 0_usize..3, most in 0_usize..6) {
            let names: Vec<String> = (0..states.len()).map(|i| i.to_string()).collect();
            let kinds = [Progress::Waiting, Progress::Settling, Progress::Done, Progress::Lost];
            let all: BTreeMap<&str, Progress> =
                names.iter().zip(&states).map(|(n, s)| (n.as_str(), kinds[usize::from(*s)])).collect();
            let sick: BTreeSet<&str> = names.iter().zip(&ill).filter(|(_, ill)| **ill).map(|(n, _)| n.as_str()).collect();
            let is_down = |(id, place): &(&&str, &Progress)| **place == Progress::Settling || **place == Progress::Done && sick.contains(**id);
            let away = others + all.iter().filter(is_down).count();
            let chosen = next(&all, &sick, others, most);
            let down: BTreeSet<&str> = chosen.iter().copied().chain(sick.iter().copied().filter(|id| all.get(id) == Some(&Progress::Waiting))).collect();
            prop_assert!(chosen.is_empty() || down.len() + away <= most, "{chosen:?} of {all:?}, ill {sick:?}");
            prop_assert!(chosen.iter().all(|id| all[id] == Progress::Waiting));
        }
    }
}
