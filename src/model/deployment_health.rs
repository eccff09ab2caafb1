//! What a deployment waits for, judged by its allocations and not by its description, which says "requires manual
//! promotion" from the first second (`nomad-api.md §3.6`). That canaries were found healthy is a record: whether they are so
//! is told by a look at them (`canaries_now`).

mod kept;

pub use self::kept::{KeptBy, kept};

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentGroup, DeploymentStatus};
use crate::model::alloc_diagnosis::failed_by_itself;
use crate::model::present_health::PresentHealth;
use crate::model::rollout::look::{self, HealthLook};
use crate::model::words;

/// The canaries of a group that wait for promotion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Canaries {
    /// How many are wanted.
    pub wanted: u64,
    /// How many are there and were found healthy, by the servers' record.
    pub healthy: u64,
}

impl Canaries {
    /// Whether the servers would promote them.
    #[must_use]
    pub fn ready(self) -> bool {
        self.healthy >= self.wanted
    }
}

/// Whether canaries wait for promotion, and all were found healthy.
#[must_use]
pub fn all_ready(canaries: &BTreeMap<String, Canaries>) -> bool {
    !canaries.is_empty() && canaries.values().all(|c| c.ready())
}

/// The canaries that wait for promotion and have not been told to stop.
pub fn waiting<'a>(
    deployment: &'a Deployment,
    allocs: &'a [AllocStub],
) -> impl Iterator<Item = &'a AllocStub> {
    let waits = |group: &str| {
        deployment.task_groups.get(group).is_some_and(|g| g.desired_canaries > 0 && !g.promoted)
    };
    allocs
        .iter()
        .filter(move |a| {
            a.job_version == deployment.job_version && a.create_index >= deployment.job_create_index
        })
        .filter(move |a| a.is_canary() && !a.is_terminal() && waits(&a.task_group))
}

/// By group, the canaries that wait for promotion; groups without any are left out.
#[must_use]
pub fn canaries(deployment: &Deployment, allocs: &[AllocStub]) -> BTreeMap<String, Canaries> {
    let waiting = deployment.task_groups.iter().filter(|(_, g)| g.desired_canaries > 0 && !g.promoted);
    let count = |group: &str, g: &DeploymentGroup| {
        let good = |a: &&AllocStub| {
            a.task_group == group
                && a.is_canary()
                && !a.is_terminal()
                && a.healthy() == Some(true)
                && is_counted(g, a)
        };
        allocs.iter().filter(good).count() as u64
    };
    waiting
        .map(|(name, g)| (name.clone(), Canaries { wanted: g.desired_canaries, healthy: count(name, g) }))
        .collect()
}

/// Whether the servers count an allocation among the canaries of its group. What takes the place of one that was lost with its
/// node they do not, though it is marked as a canary: they refuse to promote it.
fn is_counted(g: &DeploymentGroup, a: &AllocStub) -> bool {
    g.placed_canaries.is_empty() || g.placed_canaries.contains(&a.id)
}

/// Why the canaries that wait for promotion can never be promoted, as far as nothing places others: one has failed for good, or
/// was lost and what took its place does not count.
#[must_use]
pub fn beyond_promotion(deployment: &Deployment, allocs: &[AllocStub]) -> Option<String> {
    let waiting = deployment.task_groups.iter().filter(|(_, g)| g.desired_canaries > 0 && !g.promoted);
    waiting.filter(|(_, g)| !g.placed_canaries.is_empty()).find_map(|(name, g)| {
        let own = || {
            allocs.iter().filter(|a| {
                a.task_group == *name && a.is_canary() && a.job_version == deployment.job_version
            })
        };
        let living = own().filter(|a| !a.is_terminal() && is_counted(g, a)).count() as u64;
        if living >= g.desired_canaries || (g.placed_canaries.len() as u64) < g.desired_canaries {
            return None;
        }
        let replacement = own().find(|a| !a.is_terminal() && !is_counted(g, a)).map(|a| {
            format!(
                "the servers do not count canary {} on {}, which replaces one that was lost: {name} cannot be promoted",
                a.name, a.node_name
            )
        });
        let failed = |a: &&AllocStub| {
            failed_by_itself(a)
                && a.next_allocation.is_empty()
                && a.followup_eval_id.is_empty()
        };
        let failed = || {
            own().find(failed).map(|a| {
                format!("canary {} on {} has failed and is not tried again", a.name, a.node_name)
            })
        };
        replacement.or_else(failed)
    })
}

/// How the canaries of a deployment that wait for promotion do: those of these groups, of all where none is named.
#[must_use]
pub fn canaries_now(
    deployment: &Deployment,
    allocs: &[AllocStub],
    groups: &[String],
    health: &BTreeMap<String, PresentHealth>,
) -> HealthLook {
    let wanted = canaries(deployment, allocs);
    let asked = wanted.iter().filter(|(name, _)| groups.is_empty() || groups.contains(*name));
    let groups = asked.map(|(name, c)| {
        let own = waiting(deployment, allocs).filter(|a| a.task_group == *name);
        let own: Vec<&AllocStub> = own.collect();
        // One that the record does not call healthy has still to come to it.
        let good =
            own.iter().filter(|a| a.healthy() == Some(true) && look::is_good(a, false, health)).count();
        (name.as_str(), own, look::Counts { good: good as u64, wanted: c.wanted })
    });
    look::sum_up(groups, health)
}

/// What a deployment waits for, in one sentence; none when it is over. `now` is what a look at its canaries showed, where the
/// record calls them healthy and somebody looked.
#[must_use]
pub fn waits_for(
    deployment: &Deployment,
    canaries: &BTreeMap<String, Canaries>,
    now: Option<&HealthLook>,
) -> Option<String> {
    if !deployment.status.is_active() {
        return None;
    }
    if deployment.status == DeploymentStatus::Paused {
        return Some("paused; someone has to resume it".to_owned());
    }
    let late: Vec<String> = canaries
        .iter()
        .filter(|(_, c)| !c.ready())
        .map(|(group, c)| format!("{group} {}/{} healthy", c.healthy, c.wanted))
        .collect();
    let automatic = deployment
        .task_groups
        .iter()
        .filter(|(name, _)| canaries.contains_key(*name))
        .all(|(_, g)| g.auto_promote);
    if !late.is_empty() {
        return Some(format!("waiting for canaries: {}", late.join(", ")));
    }
    if !canaries.is_empty() {
        let so = match now {
            Some(HealthLook::Good(_)) => "the canaries are healthy".to_owned(),
            None => "the canaries were found healthy".to_owned(),
            Some(look) => return unwell(look),
        };
        let then = if automatic { " and are promoted automatically" } else { ": ready to be promoted" };
        let half = halfway(deployment).map(|half| format!("; {half}")).unwrap_or_default();
        return Some(format!("{so}{then}{half}"));
    }
    let short: Vec<String> = deployment
        .task_groups
        .iter()
        .filter(|(_, g)| g.healthy_allocs < g.desired_total)
        .map(|(name, g)| {
            let unplaced = g.desired_total.saturating_sub(g.placed_allocs);
            let rest = if unplaced > 0 { format!(", {unplaced} not placed") } else { String::new() };
            format!("{name} {}/{} healthy{rest}", g.healthy_allocs, g.desired_total)
        })
        .collect();
    if short.is_empty() {
        return Some("every instance was found healthy; about to finish".to_owned());
    }
    Some(format!("waiting for health: {}", short.join("; ")))
}

/// What a deployment waits for, as `waits_for` says it, or why its canaries wait in vain.
#[must_use]
pub fn prospect(
    deployment: &Deployment,
    allocs: &[AllocStub],
    canaries: &BTreeMap<String, Canaries>,
    now: Option<&HealthLook>,
) -> Option<String> {
    let runs = deployment.status.is_active() && deployment.status != DeploymentStatus::Paused;
    let in_vain = runs.then(|| beyond_promotion(deployment, allocs)).flatten();
    in_vain.or_else(|| waits_for(deployment, canaries, now))
}

/// A group whose canaries are promoted and which is not whole yet, in words; none where there is no such group.
#[must_use]
pub fn halfway(deployment: &Deployment) -> Option<String> {
    let is_half =
        |g: &DeploymentGroup| g.desired_canaries > 0 && g.promoted && g.healthy_allocs < g.desired_total;
    let half = deployment.task_groups.iter().find(|(_, g)| is_half(g));
    half.map(|(name, g)| {
        format!("{name} is promoted and goes on: {} of {} found healthy", g.healthy_allocs, g.desired_total)
    })
}

/// The groups whose canaries wait, where those of others are promoted already; none where all wait.
#[must_use]
pub fn behind(deployment: &Deployment) -> Vec<String> {
    let with_canaries = || deployment.task_groups.iter().filter(|(_, g)| g.desired_canaries > 0);
    if !with_canaries().any(|(_, g)| g.promoted) {
        return Vec::new();
    }
    with_canaries().filter(|(_, g)| !g.promoted).map(|(name, _)| name.clone()).collect()
}

/// The groups that are meant, in words before the version; empty where all are.
#[must_use]
pub fn of_groups(groups: &[String]) -> String {
    match groups {
        [] => String::new(),
        groups => {
            format!("{} {} of ", words::either(groups.len(), "group", "groups"), groups.join(" and "))
        }
    }
}

/// That canaries which were found healthy are not so now, or that it is not known; none where they are.
#[must_use]
pub fn unwell(now: &HealthLook) -> Option<String> {
    match now {
        HealthLook::Good(_) => None,
        HealthLook::Bad { why } => Some(format!("the canaries were found healthy and are not now: {why}")),
        HealthLook::NotKnown { why } => {
            Some(format!("whether the canaries are healthy now is not known: {why}"))
        }
    }
}

/// By group, when it fails for want of progress. Before the first placement there is no such time (T16). Groups whose canaries
/// are ready may wait for promotion as long as they like, while all that is left to be done waits for that: once another group
/// goes on, the servers look at the deadlines of all.
#[must_use]
pub fn deadlines(
    deployment: &Deployment,
    canaries: &BTreeMap<String, Canaries>,
) -> BTreeMap<String, Timestamp> {
    if deployment.status != DeploymentStatus::Running {
        return BTreeMap::new();
    }
    let moves = |(name, g): &(&String, &DeploymentGroup)| match canaries.get(*name) {
        Some(canaries) => !canaries.ready(),
        None => g.healthy_allocs < g.desired_total,
    };
    let any = deployment.task_groups.iter().any(|g| moves(&g));
    let bound = deployment.task_groups.iter().filter(|g| moves(g) || (any && canaries.contains_key(g.0)));
    bound.filter_map(|(name, g)| Some((name.clone(), g.require_progress_by?))).collect()
}

/// The groups whose deadline fails the deployment when only `promoted` are promoted, with that deadline: those whose canaries
/// stay behind. The servers forget them while nothing moves, and look at them again as soon as something does.
#[must_use]
pub fn left_behind<'d>(
    deployment: &'d Deployment,
    canaries: &BTreeMap<String, Canaries>,
    promoted: &[String],
) -> Vec<(&'d str, Timestamp)> {
    let stays =
        |name: &String| canaries.contains_key(name) && !promoted.is_empty() && !promoted.contains(name);
    let groups = deployment.task_groups.iter().filter(|(name, _)| stays(name));
    let mut late: Vec<(&str, Timestamp)> =
        groups.filter_map(|(name, g)| Some((name.as_str(), g.require_progress_by?))).collect();
    late.sort_by_key(|(_, at)| *at);
    late
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::allocation::ClientStatus;
    use crate::fixtures::body;

    fn said(deployment: &str, allocs: &[AllocStub]) -> Option<String> {
        let deployment: Deployment = body(deployment);
        waits_for(&deployment, &canaries(&deployment, allocs), None)
    }

    #[test]
    fn canaries_are_ready_when_enough_of_them_live_and_are_healthy() {
        let deployment: Deployment = body("deployment-needs-promotion");
        let allocs: Vec<AllocStub> = body("deployment-allocations-canary");
        assert_eq!(
            said("deployment-needs-promotion", &allocs).unwrap(),
            "the canaries were found healthy: ready to be promoted"
        );
        let told =
            |now: &HealthLook| waits_for(&deployment, &canaries(&deployment, &allocs), Some(now)).unwrap();
        assert_eq!(
            told(&HealthLook::Good(Default::default())),
            "the canaries are healthy: ready to be promoted"
        );
        let red = HealthLook::Bad { why: "w.g[0]: check fails".into() };
        assert_eq!(told(&red), "the canaries were found healthy and are not now: w.g[0]: check fails");
        assert_eq!(waiting(&deployment, &allocs).count(), 1);
        assert!(deadlines(&deployment, &canaries(&deployment, &allocs)).is_empty());
        assert_eq!(deadlines(&deployment, &canaries(&deployment, &[])).len(), 1);
        assert_eq!(said("deployment-needs-promotion", &[]).unwrap(), "waiting for canaries: g 0/1 healthy");
        let mut dying = allocs;
        dying.iter_mut().for_each(|a| a.desired_status = crate::api::nomad::allocation::DesiredStatus::Stop);
        assert!(canaries(&deployment, &dying).values().all(|c| !c.ready()));
    }

    #[test]
    fn canaries_that_the_servers_do_not_count_cannot_be_promoted() {
        let mut deployment: Deployment = body("deployment-needs-promotion");
        let allocs: Vec<AllocStub> = body("deployment-allocations-canary");
        assert_eq!(beyond_promotion(&deployment, &allocs), None);
        let mut failed = allocs.clone();
        failed.iter_mut().filter(|a| a.is_canary()).for_each(|a| a.client_status = ClientStatus::Failed);
        assert!(
            beyond_promotion(&deployment, &failed).unwrap().contains("has failed and is not tried again")
        );
        // Another one is to come.
        failed.iter_mut().for_each(|a| a.followup_eval_id = "e".into());
        assert_eq!(beyond_promotion(&deployment, &failed), None);
        // The one that the servers counted was lost with its node.
        deployment.task_groups.values_mut().for_each(|g| g.placed_canaries = vec!["gone".into()]);
        assert!(beyond_promotion(&deployment, &allocs).unwrap().contains("do not count canary"));
        assert!(!all_ready(&canaries(&deployment, &allocs)));
    }

    #[test]
    fn canaries_that_wait_in_vain_are_told_of_and_so_is_a_group_that_goes_on() {
        let mut deployment: Deployment = body("deployment-needs-promotion");
        let mut allocs: Vec<AllocStub> = body("deployment-allocations-canary");
        let mut other = deployment.task_groups["g"].clone();
        (other.promoted, other.healthy_allocs, other.desired_total) = (true, 1, 2);
        deployment.task_groups.insert("a".to_owned(), other);
        let told = |allocs: &[AllocStub]| {
            prospect(&deployment, allocs, &canaries(&deployment, allocs), None).unwrap()
        };
        assert_eq!(
            told(&allocs),
            "the canaries were found healthy: ready to be promoted; a is promoted and goes on: 1 of 2 found healthy"
        );
        allocs.iter_mut().filter(|a| a.is_canary()).for_each(|a| a.client_status = ClientStatus::Failed);
        assert!(told(&allocs).contains("has failed and is not tried again"));
    }

    #[test]
    fn what_is_over_waits_for_nothing() {
        assert_eq!(said("deployment-successful", &[]), None);
        assert_eq!(said("deployment-failed-by-operator", &[]), None);
        assert_eq!(said("deployment-paused", &[]).unwrap(), "paused; someone has to resume it");
    }

    #[test]
    fn a_rollout_waits_for_health_and_placement() {
        assert_eq!(
            said("deployment-running-null-deadline", &[]).unwrap(),
            "waiting for health: g 0/1 healthy, 1 not placed"
        );
        let mut deployment: Deployment = body("deployment-running-null-deadline");
        assert!(deadlines(&deployment, &BTreeMap::new()).is_empty());
        // The record is of then, and is not told as of now.
        deployment.task_groups.values_mut().for_each(|g| g.healthy_allocs = g.desired_total);
        assert_eq!(
            waits_for(&deployment, &BTreeMap::new(), None).unwrap(),
            "every instance was found healthy; about to finish"
        );
    }
}
