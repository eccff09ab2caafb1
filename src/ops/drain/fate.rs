//! What becomes of the allocations of a node that drains. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::model::group::GroupKey;
use crate::model::ids::JobType;
use crate::ops::migration::NodeRef;
use crate::ops::migration::alloc_ref;
use crate::ops::migration::floors::Rule;
use crate::ops::migration::progress::{self, AllocIndex, MoveFailure, MoveInput, Progress};

/// What became of an allocation on a draining node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum AllocFate {
    /// It is still there, and nobody told it to go.
    Waiting,
    /// It was told to go, and has no replacement yet.
    Leaving,
    /// Its replacement is placed and not healthy yet.
    Settling {
        /// Id of the replacement.
        replacement: String,
        /// Where that is.
        to: NodeRef,
    },
    /// Its replacement runs healthy.
    Healthy {
        /// Id of the replacement.
        replacement: String,
        /// Where that is.
        to: NodeRef,
    },
    /// Its work was started again elsewhere; nothing watches the health of such work.
    Restarted {
        /// Id of the replacement.
        replacement: String,
        /// Where that is.
        to: NodeRef,
    },
    /// It ended, and nobody wants a replacement.
    NotWanted {
        /// Why not.
        reason: String,
    },
    /// Batch work that came to its end.
    Finished,
    /// Batch work that was stopped, and is not started again.
    Killed,
    /// A system job's, which ended with the node.
    Ended,
    /// A system job's, which stays as it was asked.
    Stays,
    /// There is no place for its replacement.
    Unplaced {
        /// Why, in words.
        why: String,
    },
    /// Its replacement is unhealthy or failed.
    Unhealthy {
        /// Id of the replacement.
        replacement: String,
        /// Where that is.
        to: NodeRef,
        /// What is known of why.
        why: String,
    },
}

impl AllocFate {
    /// Whether it is as it should be, and nothing more is to come.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(
            self,
            AllocFate::Healthy { .. }
                | AllocFate::Restarted { .. }
                | AllocFate::NotWanted { .. }
                | AllocFate::Finished
                | AllocFate::Ended
                | AllocFate::Stays
        )
    }

    /// Whether waiting may change it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, AllocFate::Waiting | AllocFate::Leaving | AllocFate::Settling { .. })
    }
}

/// What the fate of an allocation is judged by.
#[derive(Debug, Clone, Copy)]
pub struct FateInput<'a> {
    /// The node.
    pub node: &'a str,
    /// What was on it, as it was when it was last seen.
    pub tracked: &'a BTreeMap<String, AllocStub>,
    /// The present allocations of their jobs.
    pub allocs: &'a [AllocStub],
    /// What holds for each group.
    pub rules: &'a BTreeMap<GroupKey, Rule>,
    /// Why nothing was placed, by the group's evaluation that waits.
    pub unplaced: &'a BTreeMap<GroupKey, String>,
    /// Whether system jobs stay.
    pub ignore_system: bool,
}

/// The fate of everything that was on the node, by id.
#[must_use]
pub fn of(view: FateInput<'_>) -> BTreeMap<String, AllocFate> {
    let index = AllocIndex::new(view.allocs);
    // What checks say is seen at the end of a drain.
    let (placed, passing) = (BTreeMap::new(), BTreeSet::new());
    let input = |a: &AllocStub| MoveInput {
        index: &index,
        rules: view.rules,
        unplaced: view.unplaced,
        placed: &placed,
        passing: &passing,
        created: a.create_index,
    };
    let services = view.tracked.values().filter(|a| a.job_type == JobType::Service);
    let mut fates: BTreeMap<String, AllocFate> =
        services.map(|a| (a.id.clone(), of_service(view, progress::of(input(a), &alloc_ref(a))))).collect();
    for (id, alloc) in view.tracked.iter().filter(|(_, a)| a.job_type != JobType::Service) {
        let now = view.allocs.iter().find(|a| a.id == *id).unwrap_or(alloc);
        fates.insert(
            id.clone(),
            if now.job_type == JobType::System { of_system(view, now) } else { of_batch(view, now) },
        );
    }
    fates
}

fn place(view: FateInput<'_>, id: &str) -> NodeRef {
    let alloc = view.allocs.iter().find(|a| a.id == id);
    NodeRef {
        id: alloc.map(|a| a.node_id.clone()).unwrap_or_default(),
        name: alloc.map(|a| a.node_name.clone()).unwrap_or_default(),
    }
}

fn of_service(view: FateInput<'_>, progress: Progress) -> AllocFate {
    let to = |id: &str| place(view, id);
    match progress {
        Progress::Waiting => AllocFate::Waiting,
        Progress::Stopping => AllocFate::Leaving,
        Progress::Settling { replacement } => AllocFate::Settling { to: to(&replacement), replacement },
        Progress::Moved { replacement } => AllocFate::Healthy { to: to(&replacement), replacement },
        Progress::NotWanted(why) => AllocFate::NotWanted { reason: why.to_string() },
        Progress::Failed(MoveFailure::Unplaced(why)) => AllocFate::Unplaced { why },
        Progress::Failed(MoveFailure::Missing) => {
            AllocFate::Unplaced { why: "nothing runs in its place, and its group lacks it".to_owned() }
        }
        Progress::Failed(MoveFailure::Unhealthy { replacement, why }) => {
            AllocFate::Unhealthy { to: to(&replacement), replacement, why }
        }
    }
}

fn of_system(view: FateInput<'_>, alloc: &AllocStub) -> AllocFate {
    match (alloc.client_status.is_terminal(), view.ignore_system) {
        (true, _) => AllocFate::Ended,
        (false, true) => AllocFate::Stays,
        (false, false) if alloc.desired_status == DesiredStatus::Run => AllocFate::Waiting,
        (false, false) => AllocFate::Leaving,
    }
}

fn of_batch(view: FateInput<'_>, alloc: &AllocStub) -> AllocFate {
    if !alloc.client_status.is_terminal() {
        return if alloc.desired_status == DesiredStatus::Run {
            AllocFate::Waiting
        } else {
            AllocFate::Leaving
        };
    }
    // What is lost with a node is placed again, and old servers place again what a deadline stops (§2.4, 4.).
    if !alloc.next_allocation.is_empty() {
        let replacement = alloc.next_allocation.clone();
        return AllocFate::Restarted { to: place(view, &replacement), replacement };
    }
    match (alloc.client_status, alloc.desired_status) {
        (ClientStatus::Complete | ClientStatus::Failed, DesiredStatus::Run) => AllocFate::Finished,
        _ => AllocFate::Killed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;
    use crate::ops::migration::floors::Unwanted;

    fn on(node: &str, allocs: &[AllocStub]) -> BTreeMap<String, AllocStub> {
        allocs.iter().filter(|a| a.node_name == node).map(|a| (a.id.clone(), a.clone())).collect()
    }

    fn fates(node: &str, allocs: &[AllocStub], count: u64, unplaced: Option<&str>) -> Vec<AllocFate> {
        let tracked = on(node, allocs);
        let id = tracked.values().next().unwrap().node_id.clone();
        let key = GroupKey::of(&allocs[0]);
        let rule = Rule {
            count,
            floor: 0,
            canaries: 0,
            unwanted: (count == 0).then_some(Unwanted::ScaledToZero),
            usual: std::time::Duration::ZERO,
            patience: std::time::Duration::ZERO,
            manual_health: false,
            born: 0,
        };
        let rules = BTreeMap::from([(key.clone(), rule)]);
        let unplaced = unplaced.map(|why| (key, why.to_owned())).into_iter().collect();
        let view = FateInput {
            node: &id,
            tracked: &tracked,
            allocs,
            rules: &rules,
            unplaced: &unplaced,
            ignore_system: false,
        };
        of(view).into_values().collect()
    }

    #[test]
    fn a_healthy_replacement_elsewhere_is_a_good_end() {
        let allocs: Vec<AllocStub> = body("job-allocations-migrating");
        let fates = fates("c1", &allocs, 1, None);
        assert!(matches!(&fates[..], [AllocFate::Healthy { to, .. }] if to.name == "c2"), "{fates:?}");
        assert!(fates[0].is_good() && !fates[0].is_open());
    }

    #[test]
    fn without_a_replacement_it_leaves_until_there_is_a_reason_or_nobody_wants_one() {
        let mut allocs: Vec<AllocStub> = body("job-allocations-migrating");
        allocs.truncate(1);
        assert_eq!(fates("c1", &allocs, 1, None), [AllocFate::Leaving]);
        let full = fates("c1", &allocs, 1, Some("no room"));
        assert_eq!(full, [AllocFate::Unplaced { why: "no room".into() }]);
        assert!(!full[0].is_good() && !full[0].is_open());
        assert!(
            matches!(&fates("c1", &allocs, 0, None)[..], [AllocFate::NotWanted { reason }] if reason.contains("scaled to 0"))
        );
    }

    #[test]
    fn an_undecided_replacement_is_open_and_an_unhealthy_one_is_not_good() {
        let mut allocs: Vec<AllocStub> = body("job-allocations-migrating");
        let health = allocs[1].deployment_status.as_mut().unwrap();
        health.healthy = None;
        assert!(fates("c1", &allocs, 1, None)[0].is_open());
        allocs[1].deployment_status.as_mut().unwrap().healthy = Some(false);
        assert!(matches!(fates("c1", &allocs, 1, None)[0], AllocFate::Unhealthy { .. }));
    }

    #[test]
    fn batch_work_finishes_or_is_killed_and_system_jobs_end() {
        let of = |job_type: JobType, client: ClientStatus, desired: DesiredStatus, next: &str| {
            let mut alloc: AllocStub = body::<Vec<AllocStub>>("job-allocations").remove(0);
            alloc.job_type = job_type;
            (alloc.client_status, alloc.desired_status) = (client, desired);
            next.clone_into(&mut alloc.next_allocation);
            fates(&alloc.node_name.clone(), &[alloc], 0, None).remove(0)
        };
        assert_eq!(of(JobType::Batch, ClientStatus::Running, DesiredStatus::Run, ""), AllocFate::Waiting);
        assert_eq!(of(JobType::Batch, ClientStatus::Complete, DesiredStatus::Run, ""), AllocFate::Finished);
        assert_eq!(of(JobType::Batch, ClientStatus::Complete, DesiredStatus::Stop, ""), AllocFate::Killed);
        assert!(matches!(
            of(JobType::Batch, ClientStatus::Lost, DesiredStatus::Stop, "x"),
            AllocFate::Restarted { .. }
        ));
        assert_eq!(of(JobType::System, ClientStatus::Running, DesiredStatus::Run, ""), AllocFate::Waiting);
        assert_eq!(of(JobType::System, ClientStatus::Complete, DesiredStatus::Stop, ""), AllocFate::Ended);
    }
}
