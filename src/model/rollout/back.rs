//! Which earlier version is worth going back to.

use serde_json::Value;

use super::{JobObservation, crash_count};
use crate::model::present_health::OFTEN;

/// The newest stable version before `current` that does other work, and of which no instance is seen to crash again and again.
/// `kept` is what the servers answer of the job's versions, every field (`nomad-api.md §3.1`).
#[must_use]
pub fn other_good(kept: &Value, current: u64, seen: &JobObservation) -> Option<u64> {
    let versions = kept["Versions"].as_array()?;
    let number = |job: &Value| job["Version"].as_u64();
    let work = versions.iter().find(|job| number(job) == Some(current)).map(work);
    let is_good = |job: &&Value| {
        job["Stable"].as_bool() == Some(true)
            && job["Stop"].as_bool() != Some(true)
            && number(job).is_some_and(|n| n < current && !crashes(n, seen))
            && work.as_ref().is_none_or(|current| *current != self::work(job))
    };
    versions.iter().filter(is_good).filter_map(number).max()
}

/// What there is to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoodBefore {
    /// Nothing that was good.
    None,
    /// This version was good.
    Version(u64),
    /// This version was good, and the current one is the same: registering it again changes nothing.
    SameAs(u64),
}

impl GoodBefore {
    /// This version, which was good, as the way back from the current one.
    #[must_use]
    pub fn of(kept: &Value, current: u64, to: Option<u64>) -> Self {
        match to {
            None => GoodBefore::None,
            Some(to) if is_same(kept, to, current) => GoodBefore::SameAs(to),
            Some(to) => GoodBefore::Version(to),
        }
    }

    /// The version that can be brought back, where there is one.
    #[must_use]
    pub fn version(self) -> Option<u64> {
        if let GoodBefore::Version(version) = self { Some(version) } else { None }
    }
}

/// The newest version before `current` that was found to be good and was not stopped.
#[must_use]
pub fn newest_good(kept: &Value, current: u64) -> Option<u64> {
    let is_good = |job: &&Value| job["Stable"].as_bool() == Some(true) && job["Stop"].as_bool() != Some(true);
    let before = |number: &u64| *number < current;
    let good = kept["Versions"].as_array()?.iter().filter(is_good);
    good.filter_map(|job| job["Version"].as_u64()).filter(before).max()
}

/// Whether two versions are the same in all that somebody asked for: of such a one the servers make no new version.
fn is_same(kept: &Value, one: u64, other: u64) -> bool {
    let asked_for = |number| {
        let mut job = version(kept, number)?.clone();
        NOTED.iter().for_each(|key| job[*key] = Value::Null);
        Some(job)
    };
    asked_for(one).is_some_and(|one| asked_for(other) == Some(one))
}

/// The version of this number among those that are kept.
#[must_use]
pub fn version(kept: &Value, number: u64) -> Option<&Value> {
    kept["Versions"].as_array()?.iter().find(|job| job["Version"].as_u64() == Some(number))
}

/// The newest version before `current` that was found to be good: what the servers go back to by themselves.
#[must_use]
pub fn newest_stable(kept: &Value, current: u64) -> Option<u64> {
    let is_good = |job: &&Value| job["Stable"].as_bool() == Some(true);
    let before = |number: &u64| *number < current;
    let good = kept["Versions"].as_array()?.iter().filter(is_good);
    good.filter_map(|job| job["Version"].as_u64()).filter(before).max()
}

/// The index of the specification that going back to version `to` from `from` made; none where the version after `from` is none, or
/// other work.
#[must_use]
pub fn brought_back(kept: &Value, to: u64, from: u64) -> Option<u64> {
    let (old, made) = (version(kept, to)?, version(kept, from + 1)?);
    let counts = |job: &Value| {
        let groups = job["TaskGroups"].as_array().into_iter().flatten();
        groups.map(|g| (g["Count"].clone(), g["Scaling"].clone())).collect::<Vec<_>>()
    };
    let same = same_but_counts(old, made) && counts(old) == counts(made);
    made["JobModifyIndex"].as_u64().filter(|_| same)
}

/// The newest stable version before `current` that differs from it by more than its counts: what was scaled, stopped and started, or
/// resubmitted is the same job under another number.
#[must_use]
pub fn other_stable(kept: &Value, current: u64) -> Option<u64> {
    let now = version(kept, current);
    let is_good = |job: &&Value| {
        job["Stable"].as_bool() == Some(true)
            && job["Stop"].as_bool() != Some(true)
            && job["Version"].as_u64().is_some_and(|n| n < current)
            && now.is_none_or(|now| !same_but_counts(job, now))
    };
    kept["Versions"].as_array()?.iter().filter(is_good).filter_map(|job| job["Version"].as_u64()).max()
}

/// Why [`other_stable`] finds none.
#[must_use]
pub fn why_no_other(kept: &Value, current: u64) -> &'static str {
    let now = version(kept, current);
    let versions = kept["Versions"].as_array().map_or(&[][..], Vec::as_slice);
    let older = || versions.iter().filter(|job| job["Version"].as_u64().is_some_and(|n| n < current));
    if older().next().is_none() {
        return if current == 0 { "it has one version only" } else { "no version before it is kept" };
    }
    let stable = |job: &&Value| job["Stable"].as_bool() == Some(true) && job["Stop"].as_bool() != Some(true);
    match older().filter(stable).any(|job| now.is_some_and(|now| same_but_counts(job, now))) {
        true => "one that differs by its counts only is not taken by itself",
        false => "none of those that are kept was ever found healthy, or each was stopped",
    }
}

/// Whether two versions are the same job, but for the counts of their groups and what the servers note of each.
#[must_use]
pub fn same_but_counts(one: &Value, other: &Value) -> bool {
    let mut both = [one.clone(), other.clone()];
    for job in &mut both {
        job["TaskGroups"] = work(job);
        for key in NOTED {
            job[key] = Value::Null;
        }
        if let Some(meta) = job["Meta"].as_object_mut() {
            meta.remove(RESUBMITTED);
        }
        if job["Meta"].as_object().is_some_and(serde_json::Map::is_empty) {
            job["Meta"] = Value::Null;
        }
    }
    both[0] == both[1]
}

/// The mark in the metadata of a job that was registered again to have its instances replaced.
pub const RESUBMITTED: &str = "fleet.resubmitted";

/// What the servers note of a version, and nobody asked for.
const NOTED: [&str; 12] = [
    "Version",
    "VersionTag",
    "Stable",
    "Stop",
    "Status",
    "StatusDescription",
    "SubmitTime",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "NomadTokenID",
    "VaultToken",
];

/// What a version runs, however often.
fn work(job: &Value) -> Value {
    let mut groups = job["TaskGroups"].clone();
    for group in groups.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        group.remove("Count");
        group.remove("Scaling");
    }
    groups
}

/// Whether an instance of a version is seen to crash again and again. The servers call a version stable that was healthy for a
/// moment.
fn crashes(version: u64, seen: &JobObservation) -> bool {
    seen.allocs_of(version).any(|a| crash_count(a) >= OFTEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn version(number: u64, stable: bool, count: u64, command: &str) -> Value {
        json!({"ID": "web", "Version": number, "Stable": stable, "Stop": false, "TaskGroups": [
            {"Name": "g", "Count": count, "Tasks": [{"Name": "t", "Config": {"command": command}}]}]})
    }

    fn seen(version: u64, restarts: u64) -> JobObservation {
        let alloc = json!({"ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
            "JobVersion": version, "DesiredStatus": "stop", "ClientStatus": "complete", "CreateIndex": 1, "ModifyIndex": 2,
            "TaskStates": {"t": {"State": "dead", "Failed": false, "Restarts": restarts, "Events": []}}});
        JobObservation { allocs: vec![serde_json::from_value(alloc).unwrap()], ..JobObservation::default() }
    }

    #[test]
    fn the_same_work_in_another_number_is_no_way_back() {
        let kept = |versions: Vec<Value>| json!({"Versions": versions});
        let scaled = kept(vec![
            version(2, false, 3, "loop"),
            version(1, true, 1, "loop"),
            version(0, true, 1, "serve"),
        ]);
        assert_eq!(other_good(&scaled, 2, &JobObservation::default()), Some(0));
        let only = kept(vec![version(1, true, 2, "loop"), version(0, true, 1, "loop")]);
        assert_eq!(other_good(&only, 1, &JobObservation::default()), None);
        let unstable = kept(vec![version(1, false, 1, "loop"), version(0, false, 1, "serve")]);
        assert_eq!(other_good(&unstable, 1, &JobObservation::default()), None);
    }

    #[test]
    fn the_same_job_with_another_count_is_not_the_one_before() {
        let kept = |versions: Vec<Value>| json!({"Versions": versions});
        let mut resubmitted = version(3, true, 7, "serve");
        resubmitted["Meta"] = json!({RESUBMITTED: "2026"});
        let all = kept(vec![
            resubmitted.clone(),
            version(2, true, 7, "serve"),
            version(1, true, 2, "serve"),
            version(0, true, 2, "old"),
        ]);
        assert_eq!(other_stable(&all, 3), Some(0));
        assert_eq!(why_no_other(&kept(vec![version(0, true, 1, "serve")]), 0), "it has one version only");
        assert_eq!(
            why_no_other(&kept(vec![version(7, true, 1, "serve")]), 7),
            "no version before it is kept"
        );
        let counts = kept(vec![version(1, true, 2, "serve"), version(0, true, 1, "serve")]);
        assert!(why_no_other(&counts, 1).contains("by its counts only"));
        let never = kept(vec![version(1, true, 2, "serve"), version(0, false, 1, "loop")]);
        assert!(why_no_other(&never, 1).contains("ever found healthy"));
        assert_eq!(other_stable(&kept(vec![resubmitted, version(1, true, 2, "serve")]), 3), None);
        let (mut here, there) = (version(1, true, 2, "serve"), version(0, true, 2, "serve"));
        assert!(same_but_counts(&here, &there));
        here["Datacenters"] = json!(["elsewhere"]);
        assert!(!same_but_counts(&here, &there));
    }

    #[test]
    fn what_somebody_else_made_was_not_brought_back() {
        let mut back = version(3, false, 1, "a");
        back["JobModifyIndex"] = json!(70);
        let kept = |newest: Value| json!({"Versions": [newest, version(2, false, 1, "b"), version(1, true, 1, "a")]});
        assert_eq!(brought_back(&kept(back.clone()), 1, 2), Some(70));
        back["TaskGroups"][0]["Count"] = json!(5);
        assert_eq!(brought_back(&kept(back), 1, 2), None);
        assert_eq!(brought_back(&kept(version(3, false, 1, "c")), 1, 2), None);
        assert_eq!(brought_back(&kept(version(4, false, 1, "a")), 1, 2), None);
    }

    #[test]
    fn what_is_seen_to_crash_is_no_way_back_though_it_was_called_stable() {
        let kept = json!({"Versions": [version(2, false, 1, "c"), version(1, true, 1, "b"), version(0, true, 1, "a")]});
        assert_eq!(other_good(&kept, 2, &seen(1, 5)), Some(0));
        assert_eq!(other_good(&kept, 2, &seen(1, 1)), Some(1));
    }
}
