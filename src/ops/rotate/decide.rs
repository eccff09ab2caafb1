//! What a rotation does next, decided anew from the present every round. Pure; property-tested against its promises.

mod end;
mod pacing;
mod phase;
mod stops;
mod surge;
mod turn;
mod view;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::model::group::{self, GroupKey, is_leaving};
use crate::model::ids::{JobKey, JobType};
use crate::ops::migration::floors::{self, Rule};
use crate::ops::migration::live::ClusterPicture;
use crate::ops::migration::progress::{self, AllocIndex, MoveInput, Progress};
use crate::ops::migration::{AllocRef, NodeRef, alloc_ref};
use crate::ops::rotate::options::Options;
use crate::ops::rotate::plan::Strategy;

pub(super) use phase::by as drained_by;
pub use phase::{Phase, Problem};
pub(super) use stops::first_to_leave;

use view::StepFacts;

/// A node that is to be emptied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalNode {
    /// The node.
    pub node: NodeRef,
    /// Its failure domain, where nodes of two must not be emptied at once.
    pub domain: Option<String>,
    /// Ids of the allocations that leave it, where others stay; all of them where nothing is said.
    pub share: Option<BTreeSet<String>>,
}

impl GoalNode {
    /// Whether this allocation is to leave the node.
    #[must_use]
    pub fn gives(&self, alloc: &AllocStub) -> bool {
        alloc.node_id == self.node.id && self.share.as_ref().is_none_or(|share| share.contains(&alloc.id))
    }
}

/// What the run knows that cannot be seen.
#[derive(Debug, Clone, Default)]
pub struct RunState {
    /// Nodes that this run has found or made ineligible.
    pub marked: BTreeSet<String>,
    /// Nodes that are being emptied.
    pub begun: BTreeSet<String>,
    /// Nodes that were found rotated, by this run or an earlier one.
    pub verified: BTreeSet<String>,
    /// Nodes whose replacements have joined; where none are started, this says nothing.
    pub replaced: BTreeSet<String>,
    /// Nodes that this run drains or has drained.
    pub drained: BTreeSet<String>,
    /// Nodes at whose end something was found that will not get well by waiting, and what.
    pub unverified: BTreeMap<String, String>,
    /// Since when each replacement has been seen well without a break, by its id.
    pub well_since: BTreeMap<String, Timestamp>,
    /// Groups in which something was lost that nobody here stopped, and until when nothing more is stopped there.
    pub alarmed: BTreeMap<GroupKey, Timestamp>,
    /// Whether nothing on the cluster keeps others from moving the same services at the same time.
    pub unprotected: bool,
    /// Groups of which something waits on a node that comes before ours, since when, and which node that is.
    pub turns: BTreeMap<GroupKey, (String, Timestamp)>,
    /// Jobs that somebody else moves, and who.
    pub foreign: BTreeMap<JobKey, String>,
    /// Groups whose count was raised by one, so that their only instance is never away, and what it was.
    pub surged: BTreeMap<GroupKey, u64>,
    /// Those of them whose count somebody else has set since, also where the number is the same.
    pub overruled: BTreeSet<GroupKey>,
    /// Groups of which a second copy did not get well, and why: none is started again.
    pub unsurgeable: BTreeMap<GroupKey, String>,
    /// Allocations of which a check fails now, by id, and what it says.
    pub failing: BTreeMap<String, String>,
    /// Allocations whose checks could not be seen, by id, and why.
    pub unseen: BTreeMap<String, String>,
    /// Allocations of which every check was seen and passes, by id.
    pub passing: BTreeSet<String>,
    /// Whether every gate has held often enough for the next node.
    pub gates_passed: bool,
    /// What the gates said that do not hold.
    pub gate_lines: Vec<String>,
    /// Since when batch work has been waited for, by node.
    pub awaited: BTreeMap<String, Timestamp>,
    /// How many times as long as expected a node took, at the worst.
    pub slowness: f64,
    /// Whether nothing new is to be begun, because the run is to end.
    pub halting: bool,
    /// Whether nothing new is to be begun, because something went wrong that is no node's.
    pub failed: bool,
}

impl RunState {
    /// What speaks against an allocation now: a check of it that fails, or why that is not known.
    #[must_use]
    pub fn doubt(&self, alloc: &str) -> Option<&str> {
        self.failing.get(alloc).or_else(|| self.unseen.get(alloc)).map(String::as_str)
    }

    /// Whether an allocation counts as available: by Nomad's record, and by every check as it was read last.
    #[must_use]
    pub fn is_available(&self, alloc: &AllocStub) -> bool {
        let every_check_passes = self.passing.contains(&alloc.id);
        group::is_available_now(alloc, every_check_passes) && self.doubt(&alloc.id).is_none()
    }
}

/// What the next step is decided from.
#[derive(Debug, Clone, Copy)]
pub struct StepInput<'a> {
    /// The nodes to empty, in order.
    pub nodes: &'a [GoalNode],
    /// The cluster now.
    pub picture: &'a ClusterPicture,
    /// Service allocations that were seen on each node since it was begun, by its id.
    pub tracked: &'a BTreeMap<String, Vec<AllocRef>>,
    /// Index of the creation of the newest of them, by the node's id.
    pub created: &'a BTreeMap<String, u64>,
    /// What was seen to take an allocation's place, by the id of that one.
    pub placed: &'a BTreeMap<String, String>,
    /// What the operator decided.
    pub options: &'a Options,
    /// How allocations leave.
    pub strategy: Strategy,
    /// Tells this rotation's own drains from others'.
    pub key: &'a str,
    /// What the run knows.
    pub run: &'a RunState,
    /// The present moment.
    pub now: Timestamp,
}

/// An act on the cluster that a step decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Let the node take no new work.
    Mark(NodeRef),
    /// Start what replaces these nodes, and wait until it has joined.
    Replace(Vec<NodeRef>),
    /// Begin to empty the node.
    Begin(NodeRef),
    /// Stop these allocations, all of them at once.
    Stop(Vec<String>),
    /// Drain the node of what is left; at once, when work is to be killed.
    Seal {
        /// The node.
        node: NodeRef,
        /// Whether what still runs is stopped at once.
        force: bool,
    },
    /// Look at what left the node.
    Verify(NodeRef),
    /// Ask the gates before the next node.
    AskGates,
    /// Start a second copy of a single instance: raise the count of its group by one.
    Raise(GroupKey),
    /// Give the group its own count again, or find that this is not needed any more.
    Lower(GroupKey),
}

/// What is decided.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// What to do now.
    pub acts: Vec<Act>,
    /// Where each node is, in the order of the goal.
    pub phases: Vec<(NodeRef, Phase)>,
    /// How far the move of each tracked allocation is, by its id.
    pub progress: BTreeMap<String, Progress>,
    /// What holds for the groups concerned.
    pub rules: BTreeMap<GroupKey, Rule>,
    /// What keeps allocations from being stopped now.
    pub holds: BTreeSet<String>,
    /// What this rotation has begun itself and waits for: that is no hold.
    pub steps: BTreeSet<String>,
    /// When something may be touched again, where that is not now.
    pub opens: Option<Timestamp>,
    /// How long everything has to stay well until the end; none while something is still to be done.
    pub settling: Option<Duration>,
    /// Whether something that this rotation told to go is not well elsewhere yet, and can get well.
    pub in_flight: bool,
    /// Whether more nodes failed than may.
    pub exhausted: bool,
    /// Whether nothing is left to do and everything is as it was asked.
    pub done: bool,
}

impl Decision {
    /// The allocations that are to be stopped now, by id.
    pub fn stops(&self) -> impl Iterator<Item = &String> {
        self.acts.iter().flat_map(|act| match act {
            Act::Stop(ids) => ids.as_slice(),
            _ => &[],
        })
    }

    /// What is wrong, node by node.
    pub fn problems(&self) -> impl Iterator<Item = (&NodeRef, &[Problem])> {
        self.phases.iter().filter_map(|(node, phase)| match phase {
            Phase::Failed(problems) => Some((node, problems.as_slice())),
            _ => None,
        })
    }
}

/// Whether an allocation still belongs to a node that should be empty.
#[must_use]
pub fn is_there(alloc: &AllocStub) -> bool {
    let out_of_sight = is_leaving(alloc) && alloc.client_status == ClientStatus::Unknown;
    !alloc.client_status.is_terminal() && !out_of_sight
}

/// What to do next.
#[must_use]
pub fn decide(input: StepInput<'_>) -> Decision {
    let index = AllocIndex::new(&input.picture.allocs);
    let policy = input.options.floor_policy();
    let tracked = || input.nodes.iter().filter_map(|n| input.tracked.get(&n.node.id)).flatten();
    let mut groups: BTreeSet<GroupKey> = tracked().map(AllocRef::group).collect();
    let here: HashMap<&str, &GoalNode> = input.nodes.iter().map(|n| (n.node.id.as_str(), n)).collect();
    let gives = |a: &&AllocStub| here.get(a.node_id.as_str()).is_some_and(|n| n.gives(a));
    let on_nodes = input.picture.allocs.iter().filter(gives);
    groups.extend(on_nodes.filter(|a| a.job_type == JobType::Service && is_there(a)).map(GroupKey::of));
    groups.extend(input.run.surged.keys().cloned());
    let mut rules = floors::rules(&groups, &input.picture.jobs, &input.picture.deployments, &policy);
    for (key, count) in &input.run.surged {
        // With a second copy there is no reason to be without one for a moment.
        if let Some(rule) = rules.get_mut(key) {
            rule.floor = rule.floor.max((*count).min(rule.count));
        }
    }
    let moves_off = |node: &str| MoveInput {
        index: &index,
        rules: &rules,
        unplaced: &input.picture.unplaced,
        placed: input.placed,
        passing: &input.run.passing,
        created: input.created.get(node).copied().unwrap_or(0),
    };
    let mut progress: BTreeMap<String, Progress> = BTreeMap::new();
    for goal in input.nodes {
        let moves = moves_off(&goal.node.id);
        let tracked = input.tracked.get(&goal.node.id).into_iter().flatten();
        progress.extend(tracked.map(|a| (a.id.clone(), progress::of(moves, a))));
    }
    let view = StepFacts::new(input, &index, &rules, &progress);
    let phases: Vec<(NodeRef, Phase)> = input.nodes.iter().map(|n| (n.node.clone(), view.phase(n))).collect();
    let mut decision = Decision { phases, ..Decision::default() };
    view.choose(&mut decision);
    decision.in_flight = view.in_flight(&decision.phases);
    view.finish(&mut decision);
    Decision { progress, rules, ..decision }
}

/// How long a node is expected to take, by what its jobs say and by how others went.
#[must_use]
pub fn expected(input: StepInput<'_>, node: &str) -> Duration {
    let index = AllocIndex::new(&[]);
    let here =
        input.picture.allocs.iter().filter(|a| a.node_id == node).map(GroupKey::of).collect::<BTreeSet<_>>();
    let policy = input.options.floor_policy();
    let rules = floors::rules(&here, &input.picture.jobs, &input.picture.deployments, &policy);
    let progress = BTreeMap::new();
    StepFacts::new(input, &index, &rules, &progress).expected(node)
}

/// Batch work, which Nomad does not move.
#[must_use]
pub fn is_batch(alloc: &AllocStub) -> bool {
    matches!(alloc.job_type, JobType::Batch | JobType::Sysbatch)
}

/// The jobs whose allocations have to move now, for the lock: those of nodes that are being emptied, until they are well.
#[must_use]
pub fn jobs_in_hand(input: StepInput<'_>, decision: &Decision) -> BTreeSet<JobKey> {
    let active = decision.phases.iter().filter(|(_, p)| p.is_active() || matches!(p, Phase::Failed(_)));
    let tracked = active.filter_map(|(node, _)| input.tracked.get(&node.id)).flatten();
    let open = tracked.filter(|a| decision.progress.get(&a.id).is_some_and(|p| !p.is_good()));
    let surged = input.run.surged.keys().map(GroupKey::job_key);
    open.map(AllocRef::job_key).chain(surged).collect()
}

/// Service allocations on nodes that are being emptied, which nobody follows yet.
#[must_use]
pub fn strangers(input: StepInput<'_>) -> BTreeMap<String, Vec<AllocRef>> {
    let mut found: BTreeMap<String, Vec<AllocRef>> = BTreeMap::new();
    let partial = |a: &AllocStub| {
        let goal = input.nodes.iter().find(|n| n.share.is_some() && n.node.id == a.node_id);
        goal.is_some_and(|n| !n.gives(a))
    };
    for alloc in &input.picture.allocs {
        let begun = input.run.begun.contains(&alloc.node_id);
        let known =
            || input.tracked.get(&alloc.node_id).is_some_and(|all| all.iter().any(|a| a.id == alloc.id));
        if begun && alloc.job_type == JobType::Service && !alloc.client_status.is_terminal() && !known() {
            if partial(alloc) {
                continue;
            }
            found.entry(alloc.node_id.clone()).or_default().push(alloc_ref(alloc));
        }
    }
    found
}

/// Whether the job of an allocation is one of these.
#[must_use]
pub fn is_of(alloc: &AllocStub, jobs: &BTreeSet<JobKey>) -> bool {
    jobs.contains(&JobKey::of(alloc))
}

#[cfg(test)]
mod tests;
