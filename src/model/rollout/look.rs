//! Looks at the present: whether what the servers' records call healthy is so at this moment.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::per_node::{Nowhere, nowhere};
use super::{JobObservation, Target};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::model::present_health::{self, HealthVerdict, PresentHealth};
pub use crate::model::running_version::is_old_code;

/// How many allocations are as they should be, of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// How many are.
    pub good: u64,
    /// How many should be.
    pub wanted: u64,
}

/// What one look at the allocations of a version showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthLook {
    /// Everything is healthy.
    Good(Counts),
    /// Something is not.
    Bad {
        /// What, and why.
        why: String,
    },
    /// Of something it is not known.
    NotKnown {
        /// Of what, and why.
        why: String,
    },
}

impl HealthLook {
    /// Whether everything is healthy.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, HealthLook::Good(_))
    }
}

/// The allocations of the version that are to run at this moment.
pub fn that_count<'s>(target: &Target, seen: &'s JobObservation) -> impl Iterator<Item = &'s AllocStub> {
    let spec_index = target.spec_index;
    seen.allocs_of(target.version)
        .filter(|a| a.desired_status == DesiredStatus::Run && a.next_allocation.is_empty())
        .filter(move |a| !is_old_code(a, spec_index))
}

/// That an allocation which is to run is out of sight, in words; none where it is not.
#[must_use]
pub fn away(a: &AllocStub) -> Option<String> {
    let is_away = a.client_status == ClientStatus::Unknown && !a.is_terminal();
    is_away
        .then(|| format!("{} is on {}, which is disconnected: it may run there or not", a.name, a.node_name))
}

/// Sums up how the allocations of a version do.
#[must_use]
pub fn judge(target: &Target, seen: &JobObservation, health: &BTreeMap<String, PresentHealth>) -> HealthLook {
    let Some(job) = &seen.job else { return HealthLook::NotKnown { why: "the job is gone".to_owned() } };
    // Of nothing all is healthy: that is no health.
    if let Some(Nowhere { why, .. }) = nowhere(target, seen) {
        return HealthLook::Bad { why };
    }
    let groups = job.task_groups.iter().map(|group| {
        let own: Vec<&AllocStub> = that_count(target, seen).filter(|a| a.task_group == group.name).collect();
        let wanted = if job.job_type.is_per_node() { own.len() as u64 } else { group.count() };
        let good = own.iter().filter(|a| is_good(a, job.job_type.ends(), health)).count() as u64;
        (group.name.as_str(), own, Counts { good, wanted })
    });
    sum_up(groups, health)
}

/// How what runs of a deployment's version does, of as many as are to run of it: nothing is wanted of a version that another one
/// has replaced.
#[must_use]
pub fn what_was_deployed(
    job: &Job,
    deployment: &Deployment,
    allocs: &[AllocStub],
    health: &BTreeMap<String, PresentHealth>,
) -> HealthLook {
    let current = job.version == deployment.job_version && !job.stop;
    let groups = deployment.task_groups.keys().map(|name| {
        let own: Vec<&AllocStub> =
            of_deployed(deployment, allocs).filter(|a| a.task_group == *name).collect();
        let wanted = job.group(name).filter(|_| current).map_or(own.len() as u64, TaskGroup::count);
        let good = own.iter().filter(|a| is_good(a, false, health)).count() as u64;
        (name.as_str(), own, Counts { good, wanted })
    });
    sum_up(groups, health)
}

/// The allocations of a deployment's version that are to run at this moment.
pub fn of_deployed<'s>(
    deployment: &Deployment,
    allocs: &'s [AllocStub],
) -> impl Iterator<Item = &'s AllocStub> {
    let version = deployment.job_version;
    allocs.iter().filter(move |a| {
        a.job_version == version && a.desired_status == DesiredStatus::Run && a.next_allocation.is_empty()
    })
}

/// Sums up groups: the first that is bad, else the first of which something is not known.
pub(crate) fn sum_up<'g>(
    groups: impl Iterator<Item = (&'g str, Vec<&'g AllocStub>, Counts)>,
    health: &BTreeMap<String, PresentHealth>,
) -> HealthLook {
    let mut sum = Counts::default();
    let (mut bad, mut unknown) = (None, None);
    for (group, own, Counts { good, wanted }) in groups {
        (sum.good, sum.wanted) = (sum.good + good.min(wanted), sum.wanted + wanted);
        if good >= wanted {
            continue;
        }
        let why = |verdict: HealthVerdict| {
            let is = |a: &&&AllocStub| health.get(&a.id).is_some_and(|h| h.verdict == verdict);
            own.iter().find(is).map(|a| format!("{}: {}", a.name, health[&a.id].reason()))
        };
        match (why(HealthVerdict::Unhealthy), why(HealthVerdict::NotKnown)) {
            (Some(why), _) => bad = bad.or(Some(why)),
            (None, Some(why)) => unknown = unknown.or(Some(why)),
            (None, None) if own.iter().any(|a| !health.contains_key(&a.id)) => {
                unknown = unknown.or_else(|| Some(format!("not every allocation of {group} was asked")));
            }
            (None, None) => bad = bad.or_else(|| Some(format!("{good} of {wanted} of {group} are healthy"))),
        }
    }
    match (bad, unknown) {
        (Some(why), _) => HealthLook::Bad { why },
        (None, Some(why)) => HealthLook::NotKnown { why },
        (None, None) => HealthLook::Good(sum),
    }
}

/// Whether an allocation is healthy now, or has ended well where its work has an end.
pub(crate) fn is_good(a: &AllocStub, ends: bool, health: &BTreeMap<String, PresentHealth>) -> bool {
    let done = ends && a.client_status == ClientStatus::Complete;
    done || health.get(&a.id).is_some_and(|h| h.verdict == HealthVerdict::Healthy)
}

/// Of work that has an end and has come to it, how much ended well; none while something of it runs or is to run.
#[must_use]
pub fn finished(target: &Target, seen: &JobObservation) -> Option<Counts> {
    let job = seen.job.as_ref().filter(|job| job.job_type.ends())?;
    let own: Vec<&AllocStub> =
        seen.allocs_of(target.version).filter(|a| a.next_allocation.is_empty()).collect();
    if own.is_empty() || own.iter().any(|a| !a.client_status.is_terminal()) {
        return None;
    }
    let good = own.iter().filter(|a| a.client_status == ClientStatus::Complete).count() as u64;
    let wanted = if job.job_type.is_per_node() {
        own.len() as u64
    } else {
        job.task_groups.iter().map(TaskGroup::count).sum()
    };
    Some(Counts { good: good.min(wanted), wanted })
}

/// Which task of what is to run at this moment was restarted so often lately that it is not well, whatever the record says.
#[must_use]
pub fn flapping(target: &Target, seen: &JobObservation, now: Timestamp) -> Option<String> {
    that_count(target, seen).filter(|a| a.client_status == ClientStatus::Running).find_map(|a| {
        present_health::flapping_tasks(a, now).into_iter().next().map(|why| format!("{}: {why}", a.name))
    })
}

/// For how long nothing has changed of what is to run, nor of its deployment, by the servers' clock.
#[must_use]
pub fn unmoved_for(target: &Target, seen: &JobObservation, now: Timestamp) -> Duration {
    let deployed = seen.deployment(target).and_then(|d| d.modify_time);
    let newest = that_count(target, seen).filter_map(|a| a.modify_time).chain(deployed).max();
    newest.and_then(|at| now.duration_since(at).try_into().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::look_fixtures::{alloc, health, seen, target};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_look_counts_what_is_healthy_now_and_names_what_is_not() {
        let both = seen("service", vec![alloc("0", 2, &json!({})), alloc("1", 2, &json!({}))]);
        let with = |second: HealthVerdict| {
            let told =
                BTreeMap::from([("0".into(), health(HealthVerdict::Healthy)), ("1".into(), health(second))]);
            judge(&target(), &both, &told)
        };
        assert_eq!(with(HealthVerdict::Healthy), HealthLook::Good(Counts { good: 2, wanted: 2 }));
        assert_eq!(with(HealthVerdict::Unhealthy), HealthLook::Bad { why: "web.g[1]: check fails".into() });
        assert!(matches!(with(HealthVerdict::NotKnown), HealthLook::NotKnown { .. }));
        let one = seen("service", vec![alloc("0", 2, &json!({}))]);
        let told = BTreeMap::from([("0".into(), health(HealthVerdict::Healthy))]);
        assert_eq!(judge(&target(), &one, &told), HealthLook::Bad { why: "1 of 2 of g are healthy".into() });
    }

    #[test]
    fn an_instance_that_came_back_with_the_old_code_does_not_count() {
        let back = alloc(
            "1",
            2,
            &json!({"CreateIndex": 50, "DeploymentStatus": {"Healthy": true, "ModifyIndex": 60}}),
        );
        assert!(is_old_code(&back, 100));
        // Updated in place, and looked at since.
        let in_place = alloc("1", 2, &json!({"CreateIndex": 50}));
        assert!(!is_old_code(&in_place, 100));
        let all = seen("service", vec![alloc("0", 2, &json!({})), back]);
        let told = BTreeMap::from([
            ("0".into(), health(HealthVerdict::Healthy)),
            ("1".into(), health(HealthVerdict::Healthy)),
        ]);
        assert!(matches!(judge(&target(), &all, &told), HealthLook::Bad { .. }));
    }

    #[test]
    fn batch_work_that_is_over_is_counted() {
        let done = |id: &str| alloc(id, 2, &json!({"ClientStatus": "complete"}));
        let finished = |allocs| finished(&target(), &seen("batch", allocs));
        assert_eq!(finished(vec![done("0"), done("1")]), Some(Counts { good: 2, wanted: 2 }));
        assert_eq!(finished(vec![done("0"), alloc("1", 2, &json!({}))]), None);
        assert_eq!(finished(vec![]), None);
    }
}
