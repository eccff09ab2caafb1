//! Which allocations tell how a job's work stands: what was tried for an older version, for a group that the job no longer has, or
//! for an earlier job of that id, tells nothing of it, however it ended.

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::job::Job;
use crate::model::target::last_tries;

/// The allocations of the job's present version, of work that has an end. The servers run all of it again for a new version
/// (`nomad-api.md §3.6`), so what older ones left is history; a stopped job, and one whose work the servers do not run again for its
/// newest version, is told by the newest version of which something ran.
pub fn of_present_version<'a>(job: &Job, allocs: &'a [AllocStub]) -> impl Iterator<Item = &'a AllocStub> {
    let born = job.create_index;
    let groups: Vec<String> = job.task_groups.iter().map(|g| g.name.clone()).collect();
    let own = move |a: &&AllocStub| a.create_index >= born && groups.contains(&a.task_group);
    let newest = allocs.iter().filter(own.clone()).map(|a| a.job_version).max();
    // What is seen of the job may be older than what is seen of its allocations.
    let nothing_yet =
        newest.is_none_or(|newest| newest < job.version) && !job.stop && !job.job_type.is_per_node();
    let version = if nothing_yet { Some(job.version) } else { newest };
    allocs.iter().filter(own).filter(move |a| Some(a.job_version) == version)
}

/// Of each instance of the present version the allocation that was made last.
#[must_use]
pub fn last_tries_of(job: &Job, allocs: &[AllocStub]) -> Vec<AllocStub> {
    last_tries(of_present_version(job, allocs).cloned().collect())
}

/// Leaves out what tells nothing of the job: what has ended of work that has an end, and is not of its present version.
pub fn leave_out_history(job: &Job, allocs: &mut Vec<AllocStub>) {
    allocs.retain(|a| a.create_index >= job.create_index);
    if !job.job_type.ends() {
        return;
    }
    let present: Vec<String> = of_present_version(job, allocs).map(|a| a.id.clone()).collect();
    allocs.retain(|a| !a.client_status.is_terminal() || present.contains(&a.id));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(kind: &str, version: u64, stop: bool) -> Job {
        serde_json::from_value(
            json!({"ID": "bat", "Namespace": "default", "Type": kind, "Version": version, "Stop": stop,
            "CreateIndex": 10, "TaskGroups": [{"Name": "g", "Count": 2}]}),
        )
        .unwrap()
    }

    fn alloc(kind: &str, id: &str, group: &str, index: u64, version: u64, at: u64) -> AllocStub {
        serde_json::from_value(json!({"ID": id, "Name": format!("bat.{group}[{index}]"), "Namespace": "default", "JobID": "bat",
            "JobType": kind, "TaskGroup": group, "JobVersion": version, "NodeID": format!("n{id}"), "DesiredStatus": "run",
            "ClientStatus": "complete", "CreateIndex": at, "ModifyIndex": at}))
        .unwrap()
    }

    fn batch(id: &str, index: u64, version: u64, at: u64) -> AllocStub {
        alloc("batch", id, "g", index, version, at)
    }

    fn ids(all: &[AllocStub]) -> Vec<&str> {
        all.iter().map(|a| a.id.as_str()).collect()
    }

    #[test]
    fn what_older_versions_left_tells_nothing() {
        // The count was 3 before, and the group h is no more.
        let all = [
            batch("lost", 0, 2, 30),
            batch("old2", 2, 2, 30),
            alloc("batch", "renamed", "h", 0, 2, 30),
            batch("earlier", 1, 3, 5),
            batch("first", 0, 3, 40),
            batch("again", 0, 3, 50),
            batch("other", 1, 3, 40),
        ];
        assert_eq!(ids(&last_tries_of(&job("batch", 3, false), &all)), ["again", "other"]);
        // Nothing of the version is there yet.
        assert!(last_tries_of(&job("batch", 4, false), &all).is_empty());
        // Stopping is a version of its own, of which nothing runs.
        assert_eq!(ids(&last_tries_of(&job("batch", 4, true), &all)), ["again", "other"]);
        // The job was read before its newest version was registered.
        assert_eq!(ids(&last_tries_of(&job("batch", 2, false), &all)), ["again", "other"]);
    }

    #[test]
    fn each_node_has_an_instance_of_its_own() {
        let of = |id: &str, version: u64| alloc("sysbatch", id, "g", 0, version, 30 + version);
        let all = [of("c1", 1), of("c2", 1), of("gone", 0)];
        assert_eq!(ids(&last_tries_of(&job("sysbatch", 1, false), &all)), ["c1", "c2"]);
        // Where nothing of it changed the servers do not run it again: what ended before tells of it.
        assert_eq!(ids(&last_tries_of(&job("sysbatch", 2, false), &all)), ["c1", "c2"]);
    }

    #[test]
    fn what_lives_is_no_history() {
        let mut living = batch("living", 2, 2, 30);
        living.client_status = crate::api::nomad::allocation::ClientStatus::Running;
        let mut all = vec![living, batch("old", 0, 2, 30), batch("new", 0, 3, 40), batch("earlier", 1, 3, 5)];
        let mut same = all.clone();
        leave_out_history(&job("batch", 3, false), &mut all);
        assert_eq!(ids(&all), ["living", "new"]);
        leave_out_history(&job("service", 3, false), &mut same);
        assert_eq!(ids(&same), ["living", "old", "new"]);
    }
}
