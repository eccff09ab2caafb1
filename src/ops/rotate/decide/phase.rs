//! Where each node is on its way, and what is wrong with it.

use std::collections::BTreeSet;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::node::{DrainStatus, Eligibility, NodeStatus, NodeStub};
use crate::model::group::{GroupKey, is_leaving};
use crate::model::ids::JobType;
use crate::ops::migration::progress::{MoveFailure, Progress};
use crate::ops::migration::{AllocRef, alloc_ref};
use crate::ops::rotate::decide::view::StepFacts;
use crate::ops::rotate::decide::{GoalNode, is_batch};
use crate::ops::rotate::options::{Batch, NodeService, Risk, Singletons};
use crate::ops::rotate::plan::is_ours;

/// How far a node is in its rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// The cluster does not know it any more.
    Gone,
    /// It is down: nothing runs there.
    Down,
    /// It is left as it is, and why.
    Skipped(String),
    /// It may still get new work.
    Unmarked,
    /// It waits its turn.
    Queued,
    /// Services leave it.
    Emptying,
    /// Batch work has to finish.
    AwaitingBatch(Vec<AllocRef>),
    /// Nothing that moves is left; it is to be drained of the rest.
    Unsealed,
    /// It drains, or the last of it is stopping.
    Sealing(Vec<AllocRef>),
    /// It is empty; what left it is looked at once more.
    Verifying,
    /// It is empty, and what left it is well.
    Rotated,
    /// Something is wrong with it.
    Failed(Vec<Problem>),
}

impl Phase {
    pub(super) fn is_active(&self) -> bool {
        matches!(
            self,
            Phase::Emptying
                | Phase::AwaitingBatch(_)
                | Phase::Unsealed
                | Phase::Sealing(_)
                | Phase::Verifying
        )
    }

    /// Why the second copy of this group did not get well, when that is what is wrong.
    #[must_use]
    pub fn failed_surge_of(&self, key: &GroupKey) -> Option<String> {
        let Phase::Failed(problems) = self else { return None };
        problems.iter().find_map(|p| match p {
            Problem::SurgeFailed(alloc, why) if alloc.group() == *key => Some(why.clone()),
            _ => None,
        })
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self, Phase::Gone | Phase::Down | Phase::Skipped(_) | Phase::Rotated | Phase::Failed(_))
    }
}

/// What is wrong with a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A move off it went wrong.
    Move(AllocRef, MoveFailure),
    /// It died with work on it.
    Lost {
        /// Its state.
        status: NodeStatus,
        /// What was lost.
        allocs: Vec<AllocRef>,
    },
    /// Somebody made it eligible again.
    MarkUndone,
    /// Somebody else drains it.
    ForeignDrain {
        /// Who.
        by: String,
    },
    /// Somebody cancelled its drain.
    DrainCancelled {
        /// Who.
        by: String,
    },
    /// Nobody decided about a service with one instance that runs there.
    SingletonUndecided(AllocRef),
    /// A service with one instance that runs there cannot have a second copy beside it, and why.
    CannotSurge(AllocRef, String),
    /// The second copy of a service with one instance does not get well, and why.
    SurgeFailed(AllocRef, String),
    /// Nobody decided about batch work that runs there.
    BatchUndecided(Vec<AllocRef>),
    /// Its servers do not hear of it, and what runs there cannot be seen.
    Disconnected,
    /// What was found when it was empty.
    Unverified(String),
}

impl StepFacts<'_> {
    pub(super) fn phase(&self, goal: &GoalNode) -> Phase {
        let id = goal.node.id.as_str();
        let run = self.input.run;
        let problems = self.failed_moves(id);
        let Some(stub) = self.node(id) else {
            return if problems.is_empty() { Phase::Gone } else { Phase::Failed(problems) };
        };
        if let Some(problem) = self.node_problem(stub) {
            return Phase::Failed(problems.into_iter().chain([problem]).collect());
        }
        if !problems.is_empty() {
            return Phase::Failed(problems);
        }
        let under_way = self.tracked(id).any(|(_, p)| p.is_under_way());
        if stub.status == NodeStatus::Down {
            // One that comes back is not to get new work; what is changed in its place was not changed.
            let stays = matches!(self.input.options.service, Some(NodeService::InPlace { .. }));
            let open = stub.scheduling_eligibility == Eligibility::Eligible && !stub.drain;
            if open && !stays && goal.share.is_none() && !under_way {
                return Phase::Unmarked;
            }
            return if under_way { Phase::Emptying } else { Phase::Down };
        }
        if stub.scheduling_eligibility == Eligibility::Eligible && !stub.drain {
            return Phase::Unmarked;
        }
        if goal.share.as_ref().is_some_and(BTreeSet::is_empty) {
            // It only has to take no new work.
            return Phase::Rotated;
        }
        let residents = self.residents(id);
        if let Some(reason) = self.reason_to_skip(residents).filter(|_| !under_way) {
            return Phase::Skipped(reason);
        }
        if let Some(undecided) = self.undecided(residents) {
            return Phase::Failed(vec![undecided]);
        }
        if let Some(cannot) = self.cannot_surge(residents).or_else(|| self.failed_surge(&goal.node)) {
            return Phase::Failed(vec![cannot]);
        }
        if !run.begun.contains(id) {
            let is_rotated = run.verified.contains(id) && self.is_empty(residents) && !stub.drain;
            return if is_rotated { Phase::Rotated } else { Phase::Queued };
        }
        if under_way || residents.iter().any(|a| a.job_type == JobType::Service) {
            return Phase::Emptying;
        }
        if goal.share.is_some() {
            // What stays on it is not drained.
            return if run.verified.contains(id) { Phase::Rotated } else { Phase::Verifying };
        }
        self.phase_of_emptied(stub, residents)
    }

    fn phase_of_emptied(&self, stub: &NodeStub, residents: &[&AllocStub]) -> Phase {
        let run = self.input.run;
        let batch: Vec<AllocRef> = residents.iter().filter(|a| is_batch(a)).map(|a| alloc_ref(a)).collect();
        if !batch.is_empty() && self.input.options.batch == Some(Batch::Wait) && !self.is_overdue(&stub.id) {
            return Phase::AwaitingBatch(batch);
        }
        let sealed = run.drained.contains(&stub.id);
        if stub.drain && sealed {
            return Phase::Sealing(residents.iter().map(|a| alloc_ref(a)).collect());
        }
        let complete = stub.last_drain.as_ref().is_some_and(|d| d.status == DrainStatus::Complete);
        match (sealed && complete, self.is_empty(residents)) {
            (false, _) => Phase::Unsealed,
            (true, false) => Phase::Sealing(residents.iter().map(|a| alloc_ref(a)).collect()),
            (true, true) if run.verified.contains(&stub.id) => Phase::Rotated,
            (true, true) => Phase::Verifying,
        }
    }

    fn is_empty(&self, residents: &[&AllocStub]) -> bool {
        residents.iter().all(|a| self.input.options.ignore_system && a.job_type == JobType::System)
    }

    fn failed_moves(&self, node: &str) -> Vec<Problem> {
        self.tracked(node)
            .filter_map(|(alloc, p)| match p {
                Progress::Failed(failure) => Some(Problem::Move(alloc.clone(), failure.clone())),
                _ => None,
            })
            .collect()
    }

    /// What is wrong with the node itself.
    fn node_problem(&self, stub: &NodeStub) -> Option<Problem> {
        let run = self.input.run;
        if let Some(why) = run.unverified.get(&stub.id) {
            return Some(Problem::Unverified(why.clone()));
        }
        let up = matches!(stub.status, NodeStatus::Ready | NodeStatus::Initializing);
        if !up && run.begun.contains(&stub.id) {
            let lost = |(a, _): &(&AllocRef, &Progress)| {
                self.index.get(&a.id).is_some_and(|a| a.client_status == ClientStatus::Lost)
            };
            let allocs: Vec<AllocRef> = self.tracked(&stub.id).filter(lost).map(|(a, _)| a.clone()).collect();
            if !allocs.is_empty() {
                return Some(Problem::Lost { status: stub.status, allocs });
            }
        }
        let drained = run.drained.contains(&stub.id);
        if stub.drain && !drained && !is_ours(stub, self.input.key) {
            return Some(Problem::ForeignDrain { by: by(stub) });
        }
        let cancelled = stub.last_drain.as_ref().is_some_and(|d| d.status == DrainStatus::Canceled);
        if drained && cancelled && !run.verified.contains(&stub.id) {
            return Some(Problem::DrainCancelled { by: by(stub) });
        }
        if drained && stub.drain && !is_ours(stub, self.input.key) && !run.verified.contains(&stub.id) {
            return Some(Problem::DrainCancelled { by: by(stub) });
        }
        let eligible = stub.scheduling_eligibility == Eligibility::Eligible && !stub.drain;
        if eligible && run.marked.contains(&stub.id) && up && !self.input.options.insist {
            return Some(Problem::MarkUndone);
        }
        let blind = stub.status == NodeStatus::Disconnected;
        (blind && !self.input.options.accept.contains(&Risk::Disconnected)).then_some(Problem::Disconnected)
    }

    pub(super) fn is_single(&self, alloc: &AllocStub) -> bool {
        alloc.job_type == JobType::Service
            && !is_leaving(alloc)
            && self.rules.get(&GroupKey::of(alloc)).is_some_and(|r| r.count == 1)
    }

    fn reason_to_skip(&self, residents: &[&AllocStub]) -> Option<String> {
        let options = self.input.options;
        let single = residents.iter().find(|a| self.is_single(a));
        if let (Some(alloc), Singletons::Skip) = (single, options.singletons) {
            return Some(format!("it runs {}, a service with a single instance", alloc.name));
        }
        let batch = residents.iter().find(|a| is_batch(a));
        match (batch, options.batch) {
            (Some(alloc), Some(Batch::Skip)) => Some(format!("it runs {}, batch work", alloc.name)),
            _ => None,
        }
    }

    fn undecided(&self, residents: &[&AllocStub]) -> Option<Problem> {
        let options = self.input.options;
        let single = residents.iter().find(|a| self.is_single(a));
        if let (Some(alloc), Singletons::Refuse) = (single, options.singletons) {
            return Some(Problem::SingletonUndecided(alloc_ref(alloc)));
        }
        let batch: Vec<AllocRef> = residents.iter().filter(|a| is_batch(a)).map(|a| alloc_ref(a)).collect();
        (!batch.is_empty() && options.batch.is_none()).then_some(Problem::BatchUndecided(batch))
    }
}

/// Who drains a node, or did it last, with what was said of it.
pub(in crate::ops::rotate) fn by(stub: &NodeStub) -> String {
    let drain = stub.last_drain.as_ref();
    let message = drain.and_then(|d| d.meta.get("message")).map(|m| format!(" ({m})")).unwrap_or_default();
    let by = drain.map(|d| d.accessor_id.as_str()).filter(|by| !by.is_empty()).unwrap_or("somebody");
    format!("{by}{message}")
}
