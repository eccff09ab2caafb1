//! Which instances the servers take next of a group whose deployment goes on (`nomad-api.md §3.6`).

use std::collections::BTreeSet;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::TaskGroup;
use crate::model::group::is_leaving;
use crate::model::target::alloc_index;

/// Those of a group's instances that the servers stop at once when the deployment of `version` goes on: of what is left of other
/// versions the lowest indices, as many as the update block allows beside what is not healthy yet by record. Where it `promotes`
/// the canaries, also those in whose places the canaries stand, as many as are too many then.
pub(super) fn taken_next<'a>(
    group: &TaskGroup,
    version: u64,
    promotes: bool,
    own: &[&'a AllocStub],
) -> Vec<&'a AllocStub> {
    let undecided = there(own).filter(|a| is_undecided(a, version)).count();
    taken_beside(undecided, group, version, promotes, own)
}

/// What the servers take in the next step of a deployment that is under way.
pub(super) struct NextTaken<'a> {
    /// These.
    pub(super) taken: Vec<&'a AllocStub>,
    /// How many of those that they wait for are found healthy before.
    pub(super) becoming: u64,
}

/// What the servers take of a group in the next step of the deployment of `version`, which they do as soon as enough of what is not
/// healthy yet by record, or not placed, is; where they promote the canaries by themselves, as soon as all of these are.
pub(super) fn taken_in_next_step<'a>(
    group: &TaskGroup,
    version: u64,
    promotes: bool,
    own: &[&'a AllocStub],
) -> NextTaken<'a> {
    let all = there(own).count();
    let undecided = there(own).filter(|a| is_undecided(a, version)).count();
    let missing = if promotes { 0 } else { as_size(group.count()).saturating_sub(all) };
    let pending = undecided + missing;
    let becoming = if promotes { pending } else { (pending + 1).saturating_sub(most(group)) };
    let taken = taken_beside(pending - becoming, group, version, promotes, own);
    NextTaken { taken, becoming: becoming as u64 }
}

/// The same beside so many that are not healthy yet by record.
fn taken_beside<'a>(
    undecided: usize,
    group: &TaskGroup,
    version: u64,
    promotes: bool,
    own: &[&'a AllocStub],
) -> Vec<&'a AllocStub> {
    let there: Vec<&AllocStub> = there(own).collect();
    let (new, mut old): (Vec<&AllocStub>, Vec<&AllocStub>) =
        there.iter().partition(|a| a.job_version == version);
    old.retain(|a| !is_leaving(a));
    old.sort_by_key(|a| alloc_index(&a.name).unwrap_or(u64::MAX));
    let mut taken = Vec::new();
    if promotes {
        let too_many = there.len().saturating_sub(as_size(group.count()));
        let canaries: BTreeSet<&str> = new.iter().filter(|a| a.is_canary()).map(|a| &*a.name).collect();
        let (mut stopped, rest): (Vec<&AllocStub>, Vec<&AllocStub>) =
            old.iter().partition(|a| canaries.contains(&*a.name));
        // Once no canary has a twin, the highest indices are too many.
        stopped.extend(rest.iter().rev());
        stopped.truncate(too_many);
        old.retain(|a| !stopped.iter().any(|s| s.id == a.id));
        taken = stopped;
    }
    let of_version =
        own.iter().filter(|a| a.job_version == version && a.desired_status == DesiredStatus::Run);
    let found_bad = of_version.filter(|a| a.next_allocation.is_empty()).any(|a| a.healthy() == Some(false));
    old.truncate(if found_bad { 0 } else { most(group).saturating_sub(undecided) });
    taken.extend(old);
    taken
}

/// Those that are wanted and not out of sight.
fn there<'a>(own: &[&'a AllocStub]) -> impl Iterator<Item = &'a AllocStub> {
    own.iter().copied().filter(|a| {
        let out_of_sight = a.client_status.is_terminal() || a.client_status == ClientStatus::Unknown;
        a.desired_status == DesiredStatus::Run && !out_of_sight
    })
}

/// Whether a deployment of `version` waits for it: the servers have not heard whether it is healthy.
pub(super) fn is_undecided(a: &AllocStub, version: u64) -> bool {
    a.job_version == version && a.healthy().is_none()
}

/// Whether the canaries of a group wait for promotion.
pub(super) fn waits_for_promotion(deployment: &Deployment, group: &str) -> bool {
    deployment.task_groups.get(group).is_some_and(|g| g.desired_canaries > 0 && !g.promoted)
}

/// Whether the servers promote the canaries of a deployment by themselves, once all are healthy (`nomad-api.md §3.6`).
#[must_use]
pub fn is_promoted_by_servers(deployment: &Deployment) -> bool {
    let mut waiting = deployment.task_groups.values().filter(|g| g.desired_canaries > 0).peekable();
    waiting.peek().is_some() && waiting.all(|g| g.auto_promote)
}

/// How many the servers replace at once.
fn most(group: &TaskGroup) -> usize {
    match group.update.as_ref().map_or(1, |u| u.max_parallel) {
        0 => usize::MAX,
        most => as_size(most),
    }
}

fn as_size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(count: u64, max_parallel: u64) -> TaskGroup {
        serde_json::from_value(serde_json::json!({
            "Name": "g", "Count": count, "Update": {"MaxParallel": max_parallel}, "Tasks": []
        }))
        .unwrap()
    }

    /// `0/3` is g[0] of version 3; with `c` behind it a canary, with `?` one of which the servers do not know yet.
    fn allocs(all: &[&str]) -> Vec<AllocStub> {
        let one = |text: &&str| -> AllocStub {
            let (index, version) = text.trim_end_matches(['c', '?']).split_once('/').unwrap();
            let healthy = if text.contains('?') { serde_json::Value::Null } else { true.into() };
            serde_json::from_value(serde_json::json!({
                "ID": *text, "Name": format!("web.g[{index}]"), "Namespace": "default", "JobID": "web", "TaskGroup": "g",
                "DesiredStatus": "run", "ClientStatus": "running", "JobVersion": version.parse::<u64>().unwrap(),
                "DeploymentStatus": {"Healthy": healthy, "Canary": text.contains('c')},
                "CreateIndex": 1, "ModifyIndex": 1
            }))
            .unwrap()
        };
        all.iter().map(one).collect()
    }

    fn next(group: &TaskGroup, promotes: bool, all: &[&str]) -> Vec<String> {
        let all = allocs(all);
        let own: Vec<&AllocStub> = all.iter().collect();
        taken_next(group, 1, promotes, &own).iter().map(|a| a.id.clone()).collect()
    }

    #[test]
    fn a_promotion_takes_the_twin_of_the_canary_and_the_first_of_the_others_at_once() {
        // As it was seen on real servers.
        assert_eq!(next(&group(3, 1), true, &["2/0", "0/0", "1/0", "0/1c"]), ["0/0", "1/0"]);
        let blue_green = ["0/0", "1/0", "2/0", "0/1c", "1/1c", "2/1c"];
        assert_eq!(next(&group(3, 1), true, &blue_green), ["0/0", "1/0", "2/0"]);
        // One of the old is gone: nothing is too many.
        assert_eq!(next(&group(3, 1), true, &["0/0", "1/0", "0/1c"]), ["0/0"]);
        assert_eq!(next(&group(4, 2), true, &["0/0", "1/0", "2/0", "3/0", "0/1c"]), ["0/0", "1/0", "2/0"]);
    }

    #[test]
    fn what_goes_on_takes_no_more_than_the_records_allow() {
        assert_eq!(next(&group(3, 1), false, &["0/1", "1/0", "2/0"]), ["1/0"]);
        assert!(next(&group(3, 1), false, &["0/1", "1/1?", "2/0"]).is_empty());
        assert_eq!(next(&group(3, 2), false, &["0/1?", "1/0", "2/0"]), ["1/0"]);
        assert_eq!(next(&group(3, 0), false, &["0/1", "1/0", "2/0"]), ["1/0", "2/0"]);
    }

    fn step(group: &TaskGroup, promotes: bool, all: &[&str]) -> (Vec<String>, u64) {
        let all = allocs(all);
        let own: Vec<&AllocStub> = all.iter().collect();
        let next = taken_in_next_step(group, 1, promotes, &own);
        (next.taken.iter().map(|a| a.id.clone()).collect(), next.becoming)
    }

    #[test]
    fn the_next_step_comes_as_what_was_started_becomes_healthy() {
        let one = |id: &str, becoming: u64| (vec![id.to_owned()], becoming);
        assert_eq!(step(&group(3, 1), false, &["0/1?", "1/0", "2/0"]), one("1/0", 1));
        assert_eq!(step(&group(3, 1), false, &["0/1", "1/0", "2/0"]), one("1/0", 0));
        // One of two is enough, and one that is not placed is waited for like one that starts.
        assert_eq!(step(&group(4, 2), false, &["0/1?", "1/1?", "2/0", "3/0"]), one("2/0", 1));
        assert_eq!(step(&group(4, 2), false, &["0/1?", "1/1", "2/0", "3/0"]), one("2/0", 0));
        assert_eq!(step(&group(3, 1), false, &["1/0", "2/0"]), one("1/0", 1));
        // More than it replaces at once, as of a count that grows.
        assert_eq!(step(&group(4, 1), false, &["0/0", "1/0", "2/1?", "3/1?"]), one("0/0", 2));
        assert_eq!(step(&group(3, 0), false, &["0/1?", "1/0", "2/0"]).0, ["1/0", "2/0"]);
        // Nothing is left, or something of it was found unhealthy.
        assert!(step(&group(2, 1), false, &["0/1", "1/1?"]).0.is_empty());
        // The servers promote what is healthy.
        let all = ["0/0", "1/0", "2/0", "0/1c?"];
        assert_eq!(step(&group(3, 1), true, &all), (vec!["0/0".to_owned(), "1/0".to_owned()], 1));
    }
}
