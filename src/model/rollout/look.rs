//! Looks at the present: whether what the servers' records call healthy is so at this moment.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{JobObservation, Target};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::model::ids::{job_words, short};
use crate::model::metric;
use crate::model::present_health::{self, HealthVerdict, PresentHealth};
pub use crate::model::running_version::is_old_code;
use crate::model::words::count;

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

/// Whether no instance of a job is wanted at all: only then is it as it should be when nothing runs.
#[must_use]
pub fn wants_nothing(job: &Job) -> bool {
    job.task_groups.iter().all(|group| group.count() == 0)
}

/// That a job which is to have an instance on every node it fits has none of a version anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nowhere {
    /// Why.
    pub why: String,
    /// What becomes of it by itself.
    pub later: Later,
}

/// What becomes by itself of a job that has no instance anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// The servers place it on a node that fits it, as soon as there is one.
    Placed,
    /// Its work has an end, and the servers call it over: a node that fits it later does not get it.
    NotPlaced,
    /// It has ended on its nodes before, and the servers do not run it there again.
    HadEnded,
}

/// Why a job that is to have an instance on every node it fits has none of the version anywhere; none where it has one. Work
/// that has an end may have come to it.
#[must_use]
pub fn nowhere(target: &Target, seen: &JobObservation) -> Option<Nowhere> {
    let job = seen.job.as_ref().filter(|job| job.job_type.is_per_node() && !wants_nothing(job))?;
    let ends = job.job_type.ends();
    if that_count(target, seen).next().is_some() || (ends && seen.allocs_of(target.version).next().is_some())
    {
        return None;
    }
    let older = in_place_still(target, seen);
    if !ends && !older.is_empty() {
        let version = target.version;
        let why = format!("nothing of version {version} is placed yet: {}", in_place_words(&older));
        return Some(Nowhere { why, later: Later::Placed });
    }
    let newest = seen
        .evals
        .iter()
        .filter(|e| e.create_index >= target.spec_index && !e.failed_groups.is_empty())
        .max_by_key(|e| e.create_index);
    let ruled_out = newest.and_then(|e| e.failed_groups.iter().next()).map(|(group, m)| {
        let tasks = job.group(group).into_iter().flat_map(|g| &g.tasks);
        metric::explain_of(m, tasks.map(|t| t.driver.as_str()))
    });
    let later = match ends {
        true if seen.allocs.iter().any(|a| a.create_index >= job.create_index) => Later::HadEnded,
        true => Later::NotPlaced,
        false => Later::Placed,
    };
    let why = match ruled_out {
        _ if later == Later::HadEnded => {
            "nothing of it ran: the servers do not run it again on a node where it has ended".to_owned()
        }
        // Nothing brings the servers to look again: what they found may have changed since.
        Some(why) if later == Later::NotPlaced => {
            format!("the servers found no node for it when they last looked: {why}")
        }
        Some(why) => format!("no node has an instance of it: {why}"),
        None => "no node has an instance of it".to_owned(),
    };
    Some(Nowhere { why, later })
}

/// Of a job that has an instance on each node: those of other versions that are to run still, and have not ended.
#[must_use]
pub fn in_place_still<'s>(target: &Target, seen: &'s JobObservation) -> Vec<&'s AllocStub> {
    let born = seen.job.as_ref().map_or(0, |job| job.create_index);
    let mut older: Vec<&AllocStub> = seen
        .allocs
        .iter()
        .filter(|a| a.create_index >= born && a.desired_status == DesiredStatus::Run)
        .filter(|a| !a.client_status.is_terminal() && a.next_allocation.is_empty())
        .filter(|a| a.job_version < target.version || is_old_code(a, target.spec_index))
        .collect();
    older.sort_by(|a, b| (a.job_version, &a.node_name).cmp(&(b.job_version, &b.node_name)));
    older
}

/// So many nodes of a version are named.
const NAMED: usize = 3;

/// Which versions are on which nodes, and how: "version 3 runs on c1; version 4 is pending on c2".
pub(super) fn in_place_words(older: &[&AllocStub]) -> String {
    let mut nodes: BTreeMap<(u64, &str), Vec<&str>> = BTreeMap::new();
    for a in older {
        let how = match a.client_status {
            ClientStatus::Running => "runs",
            ClientStatus::Unknown => "is out of sight",
            _ => "is pending",
        };
        nodes.entry((a.job_version, how)).or_default().push(&a.node_name);
    }
    let each = nodes.into_iter().map(|((version, how), nodes)| {
        let more = match nodes.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {}", count(more, "more node")),
        };
        let named = nodes.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        format!("version {version} {how} on {named}{more}")
    });
    each.collect::<Vec<_>>().join("; ")
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

/// Of a job that has an instance on each node: those that were stopped with this version, and have none of it in their place; on
/// older servers (seen on 1.10.5) those too that go on with an older version, because their node takes no new work.
#[must_use]
pub fn vacated<'s>(target: &Target, seen: &'s JobObservation) -> Vec<&'s AllocStub> {
    let Some(job) = seen.job.as_ref().filter(|job| job.job_type.is_per_node()) else { return Vec::new() };
    let before = |a: &&AllocStub| {
        a.job_version < target.version
            && a.create_index >= job.create_index
            && match a.desired_status {
                DesiredStatus::Stop => a.modify_index > target.spec_index,
                _ => a.client_status == ClientStatus::Running,
            }
            && job.group(&a.task_group).is_some()
    };
    let mut gone: Vec<&AllocStub> =
        seen.allocs.iter().filter(before).filter(|a| !has_another(a, seen)).collect();
    gone.sort_by(|a, b| (&a.node_name, &a.task_group).cmp(&(&b.node_name, &b.task_group)));
    gone.dedup_by(|a, b| a.node_id == b.node_id && a.task_group == b.task_group);
    gone
}

/// Whether another instance of its group is to run on its node.
fn has_another(a: &AllocStub, seen: &JobObservation) -> bool {
    let same = |b: &&AllocStub| b.node_id == a.node_id && b.task_group == a.task_group && b.id != a.id;
    seen.allocs.iter().filter(same).any(|b| b.desired_status == DesiredStatus::Run)
}

/// Of a job that has an instance on each node and no end: those of the version that were stopped where nothing took their place. The
/// servers place none there by themselves after a stop by hand (`nomad-api.md §3.6`); where the node takes no new work, none belongs
/// there.
#[must_use]
pub fn not_replaced<'s>(target: &Target, seen: &'s JobObservation) -> Vec<&'s AllocStub> {
    let per_node = |job: &&Job| job.job_type.is_per_node() && !job.job_type.ends();
    let Some(job) = seen.job.as_ref().filter(per_node) else { return Vec::new() };
    let stopped = |a: &&AllocStub| {
        a.desired_status == DesiredStatus::Stop && job.group(&a.task_group).is_some_and(|g| g.count() > 0)
    };
    let mut gone: Vec<&AllocStub> =
        seen.allocs_of(target.version).filter(stopped).filter(|a| !has_another(a, seen)).collect();
    gone.sort_by_key(|a| (&a.node_id, &a.task_group, std::cmp::Reverse(a.create_index)));
    gone.dedup_by(|a, b| a.node_id == b.node_id && a.task_group == b.task_group);
    gone
}

/// Of a job that has an instance on each node and no end: those of older versions that are to run still. Where their node takes new
/// work they are in the place of one of this version.
#[must_use]
pub fn left_behind<'s>(target: &Target, seen: &'s JobObservation) -> Vec<&'s AllocStub> {
    let per_node = |job: &&Job| job.job_type.is_per_node() && !job.job_type.ends();
    match seen.job.as_ref().filter(per_node) {
        Some(_) => in_place_still(target, seen),
        None => Vec::new(),
    }
}

/// That an older version is where this one belongs, in words.
#[must_use]
pub fn not_updated(a: &AllocStub) -> String {
    format!(
        "{}, which takes new work; `fleet job eval {}` has the servers look again",
        in_place_words(&[a]),
        job_words(&a.namespace, &a.job_id)
    )
}

/// That a node which takes new work has no instance of such a job, in words.
#[must_use]
pub fn missing(a: &AllocStub) -> String {
    format!(
        "{} on {} was stopped ({}), and nothing took its place; `fleet job eval {}` places it",
        a.name,
        a.node_name,
        short(&a.id),
        job_words(&a.namespace, &a.job_id)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target() -> Target {
        Target {
            namespace: "default".into(),
            job: "web".into(),
            version: 2,
            spec_index: 100,
            create_index: 10,
        }
    }

    fn alloc(id: &str, version: u64, more: &serde_json::Value) -> AllocStub {
        let mut row = json!({
            "ID": id, "Name": format!("web.g[{id}]"), "Namespace": "default", "JobID": "web", "TaskGroup": "g",
            "JobVersion": version, "NodeID": "n1", "NodeName": "c1", "DesiredStatus": "run", "ClientStatus": "running",
            "CreateIndex": 110, "ModifyIndex": 120, "DeploymentStatus": {"Healthy": true, "ModifyIndex": 115},
        });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(row).unwrap()
    }

    fn seen(kind: &str, allocs: Vec<AllocStub>) -> JobObservation {
        let job = json!({"ID": "web", "Namespace": "default", "Type": kind, "Version": 2, "CreateIndex": 10,
            "JobModifyIndex": 100, "TaskGroups": [{"Name": "g", "Count": 2}]});
        JobObservation { job: serde_json::from_value(job).unwrap(), allocs, ..JobObservation::default() }
    }

    fn health(verdict: HealthVerdict) -> PresentHealth {
        let reasons = if verdict == HealthVerdict::Healthy { vec![] } else { vec!["check fails".to_owned()] };
        PresentHealth { verdict, reasons, checks: Default::default(), restarts_lately: 0 }
    }

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
    fn an_older_version_of_a_job_for_every_node_is_left_behind_where_it_is_to_run_still() {
        let older = || alloc("0", 1, &json!({}));
        let ids = |kind: &str| -> Vec<String> {
            let seen = seen(kind, vec![older(), alloc("1", 2, &json!({"NodeID": "n2"}))]);
            left_behind(&target(), &seen).iter().map(|a| a.id.clone()).collect()
        };
        assert_eq!(ids("system"), ["0"]);
        assert!(ids("service").is_empty() && ids("sysbatch").is_empty());
        assert!(not_updated(&older()).starts_with("version 1 runs on c1, which takes new work"));
    }

    #[test]
    fn a_node_on_which_an_instance_was_stopped_lacks_one_unless_another_took_its_place() {
        let stopped = || alloc("0", 2, &json!({"DesiredStatus": "stop", "ClientStatus": "complete"}));
        let elsewhere = || alloc("1", 2, &json!({"NodeID": "n2", "NodeName": "c2"}));
        let ids = |kind: &str, allocs: Vec<AllocStub>| -> Vec<String> {
            not_replaced(&target(), &seen(kind, allocs)).iter().map(|a| a.id.clone()).collect()
        };
        assert_eq!(ids("system", vec![stopped(), elsewhere()]), ["0"]);
        assert!(ids("system", vec![stopped(), alloc("2", 2, &json!({}))]).is_empty());
        assert!(ids("service", vec![stopped(), elsewhere()]).is_empty());
        assert!(ids("sysbatch", vec![stopped(), elsewhere()]).is_empty());
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
    fn what_a_system_job_left_is_found() {
        let left = alloc(
            "0",
            1,
            &json!({"DesiredStatus": "stop", "NodeID": "n2", "NodeName": "c2", "CreateIndex": 50}),
        );
        let replaced = alloc("1", 1, &json!({"DesiredStatus": "stop", "CreateIndex": 50}));
        let long_gone = alloc(
            "2",
            0,
            &json!({"DesiredStatus": "stop", "NodeID": "n3", "CreateIndex": 20, "ModifyIndex": 60}),
        );
        let goes_on =
            alloc("4", 1, &json!({"NodeID": "n4", "NodeName": "c4", "CreateIndex": 50, "ModifyIndex": 60}));
        let all = seen("system", vec![left, replaced, long_gone, alloc("3", 2, &json!({})), goes_on]);
        let nodes: Vec<&str> = vacated(&target(), &all).iter().map(|a| a.node_name.as_str()).collect();
        assert_eq!(nodes, ["c2", "c4"]);
    }

    #[test]
    fn an_empty_set_is_no_health() {
        let none = BTreeMap::new();
        let bad = |why: &str| HealthLook::Bad { why: why.into() };
        let nothing = seen("system", vec![]);
        assert_eq!(judge(&target(), &nothing, &none), bad("no node has an instance of it"));
        let stopped = seen("system", vec![alloc("0", 2, &json!({"DesiredStatus": "stop"}))]);
        assert!(nowhere(&target(), &stopped).is_some());
        // The servers do not run a sysbatch job again where it has ended, if nothing of it changed.
        let before = seen("sysbatch", vec![alloc("0", 1, &json!({"ClientStatus": "complete"}))]);
        assert_eq!(nowhere(&target(), &before).unwrap().later, Later::HadEnded);
        let done = seen("sysbatch", vec![alloc("0", 2, &json!({"ClientStatus": "complete"}))]);
        assert_eq!(nowhere(&target(), &done), None);
        // Where no instance is wanted, nothing is missing.
        let mut unwanted = nothing;
        unwanted.job.as_mut().unwrap().task_groups[0].count = Some(0);
        assert_eq!(judge(&target(), &unwanted, &none), HealthLook::Good(Counts::default()));
    }

    #[test]
    fn nodes_that_run_an_older_version_are_not_without_an_instance() {
        let on = |id: &str, node: &str, more: &serde_json::Value| {
            let mut a = alloc(id, 1, more);
            (a.node_id, a.node_name, a.create_index) = (node.to_owned(), node.to_owned(), 50);
            a
        };
        let held_up = vec![
            on("0", "c1", &json!({})),
            on("1", "c2", &json!({"ClientStatus": "pending"})),
            on("2", "c3", &json!({})),
            on("3", "c2", &json!({"DesiredStatus": "stop"})),
        ];
        let why = "nothing of version 2 is placed yet: version 1 is pending on c2; version 1 runs on c1, c3";
        let told = nowhere(&target(), &seen("system", held_up.clone())).unwrap();
        assert_eq!(told, Nowhere { why: why.into(), later: Later::Placed });
        // Of nothing all is healthy: that is no health.
        let none = BTreeMap::new();
        let look = judge(&target(), &seen("system", held_up.clone()), &none);
        assert_eq!(look, HealthLook::Bad { why: why.into() });
        let now = Timestamp::UNIX_EPOCH;
        let mut evaluated = seen("system", held_up);
        evaluated.evals =
            serde_json::from_value(json!([{"ID": "e", "Namespace": "default", "Status": "complete",
            "CreateIndex": 100, "ModifyIndex": 101, "JobID": "web", "Type": "system"}]))
            .unwrap();
        let state = super::super::look(&target(), &evaluated, now);
        assert_eq!(state, super::super::RolloutState::Progressing { waits: why.into() });
        // Where every node of it answers, nothing is under way that could bring the version.
        evaluated
            .allocs
            .retain(|a| a.client_status == ClientStatus::Running && a.desired_status == DesiredStatus::Run);
        let state = super::super::look(&target(), &evaluated, now);
        assert!(
            matches!(state, super::super::RolloutState::Nowhere(Nowhere { why, .. }) if why.ends_with("version 1 runs on c1, c3"))
        );
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
