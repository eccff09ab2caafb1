//! Jobs that have an instance on each node they fit: what a version lacks there, and what is left of others.

use std::collections::BTreeMap;

use serde::Serialize;

use super::look::{is_old_code, that_count};
use super::{JobObservation, Target};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::Job;
use crate::model::ids::{job_words, short};
use crate::model::metric;
use crate::model::words::count;

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

/// An instance of a job for every node that leaves its node, or has left it, and that nothing replaces there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Vacated {
    /// The allocation.
    pub alloc_id: String,
    /// Its name.
    pub alloc_name: String,
    /// Its node.
    pub node_id: String,
    /// The name of the node.
    pub node_name: String,
    /// The version it goes on with, where it is not stopped.
    #[serde(rename = "old_job_version")]
    pub goes_on: Option<u64>,
    /// Why nothing replaces it.
    pub why: String,
}

impl Vacated {
    /// An allocation that nothing replaces, because of this.
    #[must_use]
    pub fn of(a: &AllocStub, why: String) -> Self {
        Vacated {
            alloc_id: a.id.clone(),
            alloc_name: a.name.clone(),
            node_id: a.node_id.clone(),
            node_name: a.node_name.clone(),
            goes_on: (a.desired_status == DesiredStatus::Run).then_some(a.job_version),
            why,
        }
    }

    /// That nothing replaces it, in words.
    #[must_use]
    pub fn sentence(&self) -> String {
        vacated_words((&self.alloc_name, &self.node_name), self.goes_on, &self.why)
    }
}

/// That nothing replaces an instance, by its name and its node's, that stopped or goes on with a version.
#[must_use]
pub fn vacated_words((name, node): (&str, &str), goes_on: Option<u64>, why: &str) -> String {
    let state = goes_on.map_or("stopped".to_owned(), |version| format!("goes on with version {version}"));
    format!("nothing replaces {name} on {node}, which {state}: {why}")
}

/// Of a job that has an instance on each node: those that an update stops and does not replace, since their node takes no new work.
/// `stops` is how many of a group the servers plan to stop: older ones (1.10.5) leave them where they are. `why` says why a node takes
/// no new work.
#[must_use]
pub fn leaving(
    allocs: &[AllocStub],
    stops: impl Fn(&str) -> u64,
    why: impl Fn(&str) -> Option<String>,
) -> Vec<Vacated> {
    let mut all: Vec<(&str, Vacated)> = allocs
        .iter()
        .filter(|a| a.desired_status == DesiredStatus::Run && !a.client_status.is_terminal())
        .filter_map(|a| {
            Some((a.task_group.as_str(), Vacated { goes_on: None, ..Vacated::of(a, why(&a.node_id)?) }))
        })
        .collect();
    all.sort_by(|(_, a), (_, b)| (&a.node_name, &a.alloc_name).cmp(&(&b.node_name, &b.alloc_name)));
    let of_group = |group: &str| all.iter().filter(|(g, _)| *g == group).count() as u64;
    let is_stopped = |group: &str| stops(group) >= of_group(group);
    all.iter().filter(|(group, _)| is_stopped(group)).map(|(_, left)| left.clone()).collect()
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
    use super::super::look::{Counts, HealthLook, judge};
    use super::super::look_fixtures::{alloc, seen, target};
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;

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
    fn what_an_update_would_stop_for_good_is_known_by_its_node() {
        let on = |id: &str, node: &str| {
            let mut a = alloc(id, 1, &json!({}));
            (a.node_id, a.node_name) = (node.to_owned(), node.to_owned());
            a
        };
        let ended =
            || alloc("2", 1, &json!({"NodeID": "n2", "DesiredStatus": "stop", "ClientStatus": "complete"}));
        let allocs = [on("0", "n1"), on("1", "n2"), ended()];
        let why = |node: &str| (node == "n2").then(|| "its node takes no new work (ineligible)".to_owned());
        let named = |stops: u64| -> Vec<String> {
            leaving(&allocs, |_| stops, why).iter().map(|left| left.alloc_id.clone()).collect()
        };
        assert_eq!(named(1), ["1"]);
        assert!(named(0).is_empty(), "older servers leave it where it is");
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
}
