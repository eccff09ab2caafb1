//! Which instances the servers take next of a group whose deployment goes on (`nomad-api.md §3.6`).

use std::collections::BTreeSet;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
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
    let wanted = |a: &&AllocStub| {
        let out_of_sight = a.client_status.is_terminal() || a.client_status == ClientStatus::Unknown;
        a.desired_status == DesiredStatus::Run && !out_of_sight
    };
    let there: Vec<&AllocStub> = own.iter().copied().filter(wanted).collect();
    let (new, mut old): (Vec<&AllocStub>, Vec<&AllocStub>) =
        there.iter().partition(|a| a.job_version == version);
    old.retain(|a| !is_leaving(a));
    old.sort_by_key(|a| alloc_index(&a.name).unwrap_or(u64::MAX));
    let mut taken = Vec::new();
    if promotes {
        let too_many = there.len().saturating_sub(usize::try_from(group.count()).unwrap_or(usize::MAX));
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
    old.truncate(if found_bad { 0 } else { at_once(group, &new) });
    taken.extend(old);
    taken
}

/// How many the servers replace next, as far as the records of those that run the new version allow.
fn at_once(group: &TaskGroup, new: &[&AllocStub]) -> usize {
    let most = match group.update.as_ref().map_or(1, |u| u.max_parallel) {
        0 => usize::MAX,
        most => usize::try_from(most).unwrap_or(usize::MAX),
    };
    most.saturating_sub(new.iter().filter(|a| a.healthy().is_none()).count())
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
            let healthy = if text.ends_with('?') { serde_json::Value::Null } else { true.into() };
            serde_json::from_value(serde_json::json!({
                "ID": *text, "Name": format!("web.g[{index}]"), "Namespace": "default", "JobID": "web", "TaskGroup": "g",
                "DesiredStatus": "run", "ClientStatus": "running", "JobVersion": version.parse::<u64>().unwrap(),
                "DeploymentStatus": {"Healthy": healthy, "Canary": text.ends_with('c')},
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
}
