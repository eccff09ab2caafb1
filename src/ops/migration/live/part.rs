//! A part of the cluster that is read by itself: what is asked for, and how the answer is taken in. Pure.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::api::http::Get;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, one_of, quoted};
use crate::model::id_pattern;
use crate::model::ids::JobKey;

/// So many names of a kind stand in one filter: an address must stay short enough for whatever stands before the servers.
const MOST_NAMES: usize = 100;
/// The same for beginnings of ids.
const MOST_IDS: usize = 150;
/// So many digits tell an allocation from nearly all others; one that is read beside them does no harm.
const DIGITS: usize = 6;
/// So many jobs are asked one by one: the servers find what belongs to a job at once, while a filter looks at every allocation there
/// is, for each of its terms (of 50,000: 0.02 s against 0.2 s).
const FEW_JOBS: usize = 16;
/// The same for allocations.
const FEW_ALLOCS: usize = 32;

/// What is read of the cluster where not all of it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Nodes, by id: they themselves, and everything on them.
    pub nodes: BTreeSet<String>,
    /// Jobs: all their allocations, and they themselves.
    pub jobs: BTreeSet<JobKey>,
    /// Allocations, by id.
    pub allocs: BTreeSet<String>,
}

impl Part {
    /// Which allocations belong to it.
    pub(super) fn covers(&self) -> impl Fn(&AllocStub) -> bool + '_ {
        let jobs: HashSet<(&str, &str)> =
            self.jobs.iter().map(|job| (job.namespace.as_str(), job.id.as_str())).collect();
        move |alloc| {
            self.nodes.contains(&alloc.node_id)
                || self.allocs.contains(&alloc.id)
                || jobs.contains(&(alloc.namespace.as_str(), alloc.job_id.as_str()))
        }
    }

    /// The calls that list its allocations, and perhaps more: of jobs of the same name elsewhere, with ids that begin alike.
    /// `is_small`: whether it is but a small part of all there is. What is asked for job by job comes with the states of its tasks, which
    /// weigh several times as much as all the rest.
    pub(super) fn allocs_calls(&self, is_small: bool) -> Vec<Get<Vec<AllocStub>>> {
        let mut calls = Vec::new();
        let nodes: Vec<&str> = self.nodes.iter().map(String::as_str).collect();
        let (mut jobs, mut allocs) = (BTreeSet::new(), BTreeSet::new());
        match is_small && self.jobs.len() <= FEW_JOBS {
            true => calls.extend(self.jobs.iter().map(of_job)),
            false => jobs.extend(self.jobs.iter().map(|job| job.id.as_str())),
        }
        match self.allocs.len() <= FEW_ALLOCS {
            true => calls.extend(self.allocs.iter().map(|id| all().prefix(Some(id)))),
            false => allocs.extend(self.allocs.iter().map(|id| id.get(..DIGITS).unwrap_or(id))),
        }
        let (jobs, allocs): (Vec<&str>, Vec<&str>) =
            (jobs.into_iter().collect(), allocs.into_iter().collect());
        let mut pieces = (nodes.chunks(MOST_NAMES), jobs.chunks(MOST_NAMES), allocs.chunks(MOST_IDS));
        loop {
            let nodes = pieces.0.next().map(|ids| one_of("NodeID", ids.iter().copied()));
            let jobs = pieces.1.next().map(|names| one_of("JobID", names.iter().copied()));
            let allocs = pieces.2.next().map(|ids| {
                let pattern = quoted(&format!("^({})", ids.join("|")));
                format!("ID matches {pattern}")
            });
            let terms: Vec<String> = [nodes, jobs, allocs].into_iter().flatten().collect();
            if terms.is_empty() {
                return calls;
            }
            calls.push(all().filter(Some(&terms.join(" or "))));
        }
    }

    /// The call that lists its nodes, and every other one that is not as it should be: not ready, or, of those that `closed` matches,
    /// open for new work.
    pub(super) fn nodes_call(&self, closed: Option<&str>) -> Get<Vec<NodeStub>> {
        let mut terms = vec![r#"Status != "ready""#.to_owned()];
        if !self.nodes.is_empty() {
            terms.push(one_of("ID", self.nodes.iter().map(String::as_str)));
        }
        terms.extend(closed.map(|pattern| {
            format!(r#"(SchedulingEligibility == "eligible" and ID matches {})"#, quoted(pattern))
        }));
        node::list().filter(Some(&terms.join(" or ")))
    }
}

fn all() -> Get<Vec<AllocStub>> {
    allocation::list().namespace(ALL_NAMESPACES)
}

/// Those of earlier jobs of the same name as well.
fn of_job(job: &JobKey) -> Get<Vec<AllocStub>> {
    allocation::of_job(&job.namespace, &job.id).query("all", "true")
}

/// The call whose answer has a new index whenever any allocation has changed.
pub(super) fn sign_of_allocs() -> Get<Vec<AllocStub>> {
    all().query("per_page", "1")
}

/// The same for nodes.
pub(super) fn sign_of_nodes() -> Get<Vec<NodeStub>> {
    node::list().query("per_page", "1")
}

/// What tells these nodes from the others.
pub(super) fn pattern_of(ids: &BTreeSet<String>, nodes: &[NodeStub]) -> Option<String> {
    let others = nodes.iter().map(|n| n.id.as_str()).filter(|id| !ids.contains(*id));
    id_pattern::matching(ids.iter().map(String::as_str), others)
}

/// Takes in what was read of a part: what belongs to it and was not read does not exist any more.
pub(super) fn take_allocs(known: &mut Vec<AllocStub>, part: &Part, read: Vec<AllocStub>) {
    let covers = part.covers();
    let mut read: HashMap<String, AllocStub> = read.into_iter().map(|a| (a.id.clone(), a)).collect();
    // What their tasks do is of no concern here.
    read.values_mut().for_each(|alloc| alloc.task_states.clear());
    known.retain_mut(|alloc| match read.remove(&alloc.id) {
        Some(now) => {
            *alloc = now;
            true
        }
        None => !covers(alloc),
    });
    known.extend(read.into_values());
}

/// The same for nodes.
pub(super) fn take_nodes(known: &mut Vec<NodeStub>, part: &Part, read: Vec<NodeStub>) {
    let mut read: HashMap<String, NodeStub> = read.into_iter().map(|n| (n.id.clone(), n)).collect();
    known.retain_mut(|node| match read.remove(&node.id) {
        Some(now) => {
            *node = now;
            true
        }
        None => !part.nodes.contains(&node.id),
    });
    known.extend(read.into_values());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn alloc(id: &str, job: &str, node: &str, index: u64) -> AllocStub {
        serde_json::from_value(json!({
            "ID": id, "Name": format!("{job}.g[0]"), "Namespace": "default", "NodeID": node, "JobID": job, "JobType": "service",
            "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": index,
        }))
        .unwrap()
    }

    fn asked(part: &Part, is_small: bool) -> Vec<String> {
        let what = |call: Get<Vec<AllocStub>>| {
            let spec = call.spec();
            let query = spec.query.iter().find(|(name, _)| name == "filter" || name == "prefix");
            query.map_or_else(|| spec.path.clone(), |(_, value)| value.clone())
        };
        part.allocs_calls(is_small).into_iter().map(what).collect()
    }

    fn jobs(count: usize) -> BTreeSet<JobKey> {
        (0..count).map(|i| JobKey::new("default", format!("j{i:02}"))).collect()
    }

    fn ids(count: usize) -> BTreeSet<String> {
        (0..count).map(|i| format!("{i:08}")).collect()
    }

    #[test]
    fn what_the_servers_find_at_once_is_asked_one_by_one() {
        let part = Part {
            nodes: BTreeSet::from(["n-1".to_owned()]),
            jobs: BTreeSet::from([JobKey::new("default", "web"), JobKey::new("shop", "web")]),
            allocs: BTreeSet::from(["aabbccdd-1".to_owned()]),
        };
        let job = "/v1/job/web/allocations";
        let on_nodes = r#"NodeID matches "^(n\\-1)$""#;
        assert_eq!(asked(&part, true), [job, job, "aabbccdd-1", on_nodes]);
        let of_jobs = r#"JobID matches "^(web)$""#;
        assert_eq!(asked(&part, false), ["aabbccdd-1", &format!("{on_nodes} or {of_jobs}")]);
        assert!(asked(&Part::default(), true).is_empty(), "an empty list of names matches what has none");
    }

    #[test]
    fn a_large_part_is_asked_for_by_filters_piece_by_piece() {
        let part = Part { nodes: ids(230), jobs: jobs(20), allocs: BTreeSet::new() };
        let calls = asked(&part, true);
        assert_eq!(calls.len(), 3);
        assert!(calls[0].contains("JobID matches") && !calls[1].contains("JobID"), "{calls:?}");
        assert!(part.nodes.iter().all(|id| calls.iter().filter(|c| c.contains(id.as_str())).count() == 1));
        let part = Part { allocs: ids(40), ..Part::default() };
        assert_eq!(asked(&part, true), [r#"ID matches "^(000000)""#]);
    }

    proptest! {
        /// Whatever changed meanwhile: what belongs to the part is as it is now, the rest as it was.
        #[test]
        fn a_part_is_as_it_is_now_and_the_rest_as_it_was(
            before in prop::collection::btree_map(0_u8..30, (0_u8..4, 0_u8..4), 0..20),
            after in prop::collection::btree_map(0_u8..30, (0_u8..4, 0_u8..4), 0..20),
            nodes in prop::collection::btree_set(0_u8..4, 0..3),
            jobs in prop::collection::btree_set(0_u8..4, 0..3),
            ids in prop::collection::btree_set(0_u8..30, 0..5),
        ) {
            // Who is who does not change: an allocation stays on its node, and its job's.
            let place = |id: u8, (job, node): (u8, u8)| before.get(&id).copied().unwrap_or((job, node));
            let rows = |world: &std::collections::BTreeMap<u8, (u8, u8)>, index: u64| -> Vec<AllocStub> {
                let row = |(id, at): (&u8, &(u8, u8))| {
                    let (job, node) = place(*id, *at);
                    alloc(&format!("a{id}"), &format!("j{job}"), &format!("n{node}"), index)
                };
                world.iter().map(row).collect()
            };
            let part = Part {
                nodes: nodes.iter().map(|n| format!("n{n}")).collect(),
                jobs: jobs.iter().map(|j| JobKey::new("default", format!("j{j}"))).collect(),
                allocs: ids.iter().map(|i| format!("a{i}")).collect(),
            };
            let covers = part.covers();
            let mut known = rows(&before, 1);
            let now: Vec<AllocStub> = rows(&after, 2).into_iter().filter(|a| covers(a)).collect();
            take_allocs(&mut known, &part, now.clone());
            let mut expected: Vec<(String, u64)> = rows(&before, 1).iter().filter(|a| !covers(a)).chain(&now)
                .map(|a| (a.id.clone(), a.modify_index)).collect();
            let mut found: Vec<(String, u64)> = known.iter().map(|a| (a.id.clone(), a.modify_index)).collect();
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
        }
    }
}
