//! What a rotation does next, decided anew from the present every round. Pure; property-tested against its promises.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::node::{DrainStatus, Eligibility, NodeStatus, NodeStub};
use crate::model::group::{self, GroupKey, is_leaving};
use crate::model::ids::{JobKey, JobType};
use crate::ops::migration::floors::{self, Rule};
use crate::ops::migration::live::Picture;
use crate::ops::migration::progress::{self, AllocIndex, MoveFailure, MoveInput, Progress};
use crate::ops::migration::{AllocRef, NodeRef, alloc_ref};
use crate::ops::rotate::options::{Batch, Options, Risk, Singletons};
use crate::ops::rotate::plan::{Strategy, is_ours};

/// A node that is to be emptied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalNode {
    /// The node.
    pub node: NodeRef,
    /// Its failure domain, where nodes of two must not be emptied at once.
    pub domain: Option<String>,
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
    /// Nodes that this run drains or has drained.
    pub drained: BTreeSet<String>,
    /// Nodes at whose end something was found that will not get well by waiting, and what.
    pub unverified: BTreeMap<String, String>,
    /// Since when each replacement has been seen well without a break, by its id.
    pub well_since: BTreeMap<String, Timestamp>,
    /// Groups in which something was lost that nobody here stopped, and until when nothing more is stopped there.
    pub alarmed: BTreeMap<GroupKey, Timestamp>,
    /// Jobs that somebody else moves, and who.
    pub foreign: BTreeMap<JobKey, String>,
    /// Whether nothing new is to be begun, because the run is to end.
    pub halting: bool,
}

/// What the next step is decided from.
#[derive(Debug, Clone, Copy)]
pub struct StepInput<'a> {
    /// The nodes to empty, in order.
    pub nodes: &'a [GoalNode],
    /// The cluster now.
    pub picture: &'a Picture,
    /// Service allocations that were seen on each node since it was begun, by its id.
    pub tracked: &'a BTreeMap<String, Vec<AllocRef>>,
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

/// Where a node is on its way.
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
    fn is_active(&self) -> bool {
        matches!(
            self,
            Phase::Emptying
                | Phase::AwaitingBatch(_)
                | Phase::Unsealed
                | Phase::Sealing(_)
                | Phase::Verifying
        )
    }

    fn is_over(&self) -> bool {
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
    /// Nobody decided about batch work that runs there.
    BatchUndecided(Vec<AllocRef>),
    /// Its servers do not hear of it, and what runs there cannot be seen.
    Disconnected,
    /// What was found when it was empty.
    Unverified(String),
}

/// Something to do to the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Let the node take no new work.
    Mark(NodeRef),
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
    let here: BTreeSet<&str> = input.nodes.iter().map(|n| n.node.id.as_str()).collect();
    let on_nodes = input.picture.allocs.iter().filter(|a| here.contains(a.node_id.as_str()));
    groups.extend(on_nodes.filter(|a| a.job_type == JobType::Service && is_there(a)).map(GroupKey::of));
    let rules = floors::rules(&groups, &input.picture.jobs, &input.picture.deployments, &policy);
    let moves =
        MoveInput { index: &index, rules: &rules, unplaced: &input.picture.unplaced, placed: input.placed };
    let progress: BTreeMap<String, Progress> =
        tracked().map(|a| (a.id.clone(), progress::of(moves, a))).collect();
    let view = View::new(input, &index, &rules, &progress);
    let phases: Vec<(NodeRef, Phase)> = input.nodes.iter().map(|n| (n.node.clone(), view.phase(n))).collect();
    let mut decision = Decision { phases, ..Decision::default() };
    view.choose(&mut decision);
    decision.in_flight = view.in_flight(&decision.phases);
    view.finish(&mut decision);
    Decision { progress, rules, ..decision }
}

/// Everything a decision looks at, worked out once.
struct View<'a> {
    input: StepInput<'a>,
    index: &'a AllocIndex<'a>,
    rules: &'a BTreeMap<GroupKey, Rule>,
    progress: &'a BTreeMap<String, Progress>,
    nodes: HashMap<&'a str, &'a NodeStub>,
    residents: HashMap<&'a str, Vec<&'a AllocStub>>,
    /// What took the place of something.
    replacements: HashSet<&'a str>,
    /// By group, how many have left or are leaving and are not replaced by a healthy one yet.
    on_their_way: HashMap<GroupKey, u64>,
}

impl<'a> View<'a> {
    fn new(
        input: StepInput<'a>,
        index: &'a AllocIndex<'a>,
        rules: &'a BTreeMap<GroupKey, Rule>,
        progress: &'a BTreeMap<String, Progress>,
    ) -> Self {
        let mut residents: HashMap<&str, Vec<&AllocStub>> = HashMap::new();
        for alloc in input.picture.allocs.iter().filter(|a| is_there(a)) {
            residents.entry(alloc.node_id.as_str()).or_default().push(alloc);
        }
        let mut on_their_way: HashMap<GroupKey, u64> = HashMap::new();
        let tracked = input.nodes.iter().filter_map(|n| input.tracked.get(&n.node.id)).flatten();
        for alloc in tracked {
            if progress.get(&alloc.id).is_some_and(|p| !p.is_good() && *p != Progress::Waiting) {
                *on_their_way.entry(alloc.group()).or_default() += 1;
            }
        }
        View {
            input,
            index,
            rules,
            progress,
            nodes: input.picture.nodes.iter().map(|n| (n.id.as_str(), n)).collect(),
            residents,
            replacements: progress.values().filter_map(Progress::replacement).collect(),
            on_their_way,
        }
    }

    fn node(&self, id: &str) -> Option<&'a NodeStub> {
        self.nodes.get(id).copied()
    }

    fn tracked(&self, node: &str) -> impl Iterator<Item = (&AllocRef, &Progress)> {
        let all = self.input.tracked.get(node).into_iter().flatten();
        all.filter_map(|a| Some((a, self.progress.get(&a.id)?)))
    }

    fn residents(&self, node: &str) -> &[&'a AllocStub] {
        self.residents.get(node).map_or(&[], Vec::as_slice)
    }

    fn phase(&self, goal: &GoalNode) -> Phase {
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
            return if under_way { Phase::Emptying } else { Phase::Down };
        }
        if stub.scheduling_eligibility == Eligibility::Eligible && !stub.drain {
            return Phase::Unmarked;
        }
        let residents = self.residents(id);
        if let Some(reason) = self.reason_to_skip(residents).filter(|_| !under_way) {
            return Phase::Skipped(reason);
        }
        if let Some(undecided) = self.undecided(residents) {
            return Phase::Failed(vec![undecided]);
        }
        if !run.begun.contains(id) {
            let is_rotated = run.verified.contains(id) && self.is_empty(residents) && !stub.drain;
            return if is_rotated { Phase::Rotated } else { Phase::Queued };
        }
        if under_way || residents.iter().any(|a| a.job_type == JobType::Service) {
            return Phase::Emptying;
        }
        self.phase_of_emptied(stub, residents)
    }

    fn phase_of_emptied(&self, stub: &NodeStub, residents: &[&AllocStub]) -> Phase {
        let run = self.input.run;
        let batch: Vec<AllocRef> = residents.iter().filter(|a| is_batch(a)).map(|a| alloc_ref(a)).collect();
        if !batch.is_empty() && self.input.options.batch == Some(Batch::Wait) {
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

    fn is_single(&self, alloc: &AllocStub) -> bool {
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

    /// Chooses what to do; nothing new once too many nodes have failed, or when the run is to end.
    fn choose(&self, decision: &mut Decision) {
        let failed = decision.problems().count();
        decision.exhausted = failed > self.input.options.failure_budget;
        if decision.exhausted || self.input.run.halting {
            return;
        }
        let marks = decision.phases.iter().filter(|(_, p)| *p == Phase::Unmarked);
        decision.acts = marks.map(|(n, _)| Act::Mark(n.clone())).collect();
        if !decision.acts.is_empty() {
            // Nothing moves before every node is out of the way, so that nothing moves twice.
            return;
        }
        let begin: Vec<Act> = self.next_nodes(&decision.phases).into_iter().map(Act::Begin).collect();
        if !begin.is_empty() {
            decision.acts = begin;
            return;
        }
        let mut acts = Vec::new();
        for (node, phase) in &decision.phases {
            let drained = self.input.run.drained.contains(&node.id);
            match phase {
                Phase::Emptying if self.input.strategy == Strategy::SupervisedDrain && !drained => {
                    acts.push(Act::Seal { node: node.clone(), force: false });
                }
                Phase::Unsealed => {
                    let force = self.input.options.batch == Some(Batch::Kill)
                        && self.residents(&node.id).iter().any(|a| is_batch(a));
                    acts.push(Act::Seal { node: node.clone(), force });
                }
                Phase::Verifying => acts.push(Act::Verify(node.clone())),
                _ => {}
            }
        }
        if self.input.strategy == Strategy::StepByStep {
            let stops = self.stops(decision);
            if !stops.is_empty() {
                acts.push(Act::Stop(stops));
            }
        }
        decision.acts = acts;
    }

    /// The nodes whose turn it is: as many at once as may be, of one failure domain.
    fn next_nodes(&self, phases: &[(NodeRef, Phase)]) -> Vec<NodeRef> {
        let most = self.input.options.max_parallel.of(self.input.nodes.len());
        let goals = || self.input.nodes.iter().zip(phases);
        let mut active: Vec<&GoalNode> =
            goals().filter(|(_, (_, p))| p.is_active()).map(|(goal, _)| goal).collect();
        let mut next = Vec::new();
        for (goal, (node, _)) in goals().filter(|(_, (_, p))| *p == Phase::Queued) {
            let beside = active.iter().all(|a| a.domain == goal.domain);
            if active.len() >= most || !beside {
                continue;
            }
            active.push(goal);
            next.push(node.clone());
        }
        next
    }

    /// Which allocations are stopped now: groups side by side, and of each as many as its floor leaves free.
    fn stops(&self, decision: &mut Decision) -> Vec<String> {
        let frozen: BTreeSet<GroupKey> = decision
            .problems()
            .flat_map(|(_, problems)| problems)
            .filter_map(|p| match p {
                Problem::Move(alloc, _) => Some(alloc.group()),
                _ => None,
            })
            .collect();
        let mut waiting: BTreeMap<GroupKey, Vec<&AllocStub>> = BTreeMap::new();
        for (node, phase) in &decision.phases {
            if *phase != Phase::Emptying {
                continue;
            }
            for (alloc, _) in self.tracked(&node.id).filter(|(_, p)| **p == Progress::Waiting) {
                let Some(stub) = self.index.get(&alloc.id) else { continue };
                waiting.entry(GroupKey::of(stub)).or_default().push(stub);
            }
        }
        let mut stops = Vec::new();
        for (key, allocs) in waiting {
            if frozen.contains(&key) {
                continue;
            }
            match self.stops_of_group(&key, allocs) {
                Ok(ids) => stops.extend(ids),
                Err(hold) => drop(decision.holds.insert(hold)),
            }
        }
        stops
    }

    /// Of one group; or what keeps all of it where it is.
    fn stops_of_group(&self, key: &GroupKey, mut allocs: Vec<&AllocStub>) -> Result<Vec<String>, String> {
        let Some(rule) = self.rules.get(key) else { return Ok(Vec::new()) };
        if let Some(why) = self.kept_by_others(key) {
            return Err(why);
        }
        let group: Vec<&AllocStub> = self.index.of_group(key).collect();
        let mut free = self.available(&group).saturating_sub(rule.floor);
        // Those that are not available anyway go first and take nothing from the group.
        allocs.sort_by_key(|a| (self.is_available(a), a.name.clone()));
        // Whatever leaves is followed until it is replaced: no more at once than the floor leaves in a whole group.
        let mut places = rule.count.saturating_sub(rule.floor).saturating_sub(self.on_their_way(key));
        let mut stops = Vec::new();
        for alloc in allocs {
            let costs = u64::from(self.is_available(alloc));
            if places == 0 || costs > free {
                break;
            }
            (free, places) = (free - costs, places - 1);
            stops.push(alloc.id.clone());
        }
        if stops.is_empty() && self.on_their_way(key) == 0 {
            let available = self.available(&group);
            return Err(format!(
                "too few healthy allocations to take one more away: {key} has {available}, and its floor is {}",
                rule.floor
            ));
        }
        Ok(stops)
    }

    /// Why nothing of the group may be stopped, whatever its floor: somebody else decides about it just now.
    fn kept_by_others(&self, key: &GroupKey) -> Option<String> {
        let accepted = [Risk::ActiveDeployment, Risk::PausedDeployment, Risk::UnpromotedCanary];
        let accepted = accepted.iter().any(|r| self.input.options.accept.contains(r));
        let deploying = self
            .input
            .picture
            .deployments
            .iter()
            .any(|d| d.status.is_active() && d.namespace == key.namespace && d.job_id == key.job);
        if deploying && !accepted {
            return Some(format!("waiting for the deployment of {}", key.job));
        }
        let job = key.job_key();
        if let Some(holder) = self.input.run.foreign.get(&job) {
            return Some(format!("waiting for {holder}, which moves {}", key.job));
        }
        let until = self.input.run.alarmed.get(key).filter(|until| **until > self.input.now)?;
        Some(format!(
            "allocations of {key} went away by other hands; nothing of it is stopped for {} s",
            until.duration_since(self.input.now).as_secs().max(1)
        ))
    }

    /// Counts towards its floor: well by Nomad and by its checks, on a node that answers, and no replacement that has just
    /// come.
    fn is_available(&self, alloc: &AllocStub) -> bool {
        let run = self.input.run;
        let answers = self.node(&alloc.node_id).is_none_or(|n| n.status == NodeStatus::Ready);
        let soak = self.input.options.soak;
        let ripe = soak.is_zero()
            || !self.replacements.contains(alloc.id.as_str())
            || run.well_since.get(&alloc.id).is_some_and(|since| self.since(*since) >= soak);
        group::is_available(alloc) && answers && ripe
    }

    fn available(&self, group: &[&AllocStub]) -> u64 {
        group.iter().filter(|a| self.is_available(a)).count() as u64
    }

    fn on_their_way(&self, key: &GroupKey) -> u64 {
        self.on_their_way.get(key).copied().unwrap_or(0)
    }

    fn since(&self, at: Timestamp) -> Duration {
        Duration::try_from(self.input.now.duration_since(at)).unwrap_or_default()
    }

    /// Whether waiting can still bring something home. What was on a node that does not answer cannot be waited for.
    fn in_flight(&self, phases: &[(NodeRef, Phase)]) -> bool {
        let answers = |id: &str| {
            self.node(id).is_some_and(|n| {
                !matches!(n.status, NodeStatus::Disconnected | NodeStatus::Down | NodeStatus::Unknown)
            })
        };
        let moving = |node: &NodeRef| self.tracked(&node.id).any(|(_, p)| p.is_under_way());
        let supervised = self.input.strategy == Strategy::SupervisedDrain;
        phases.iter().any(|(node, phase)| {
            let open = matches!(phase, Phase::Emptying | Phase::Failed(_)) && moving(node) && !supervised;
            answers(&node.id) && open
        })
    }

    /// Whether everything is as it was asked, and has been for long enough.
    fn finish(&self, decision: &mut Decision) {
        let over = decision.phases.iter().all(|(_, p)| p.is_over());
        let well = self.progress.values().all(|p| p.is_good() || matches!(p, Progress::Failed(_)));
        if !over || !well || !decision.acts.is_empty() {
            return;
        }
        let settle = self.input.options.settle;
        let replacements = self.progress.values().filter_map(|p| match p {
            Progress::Moved { replacement } => Some(replacement),
            _ => None,
        });
        let left = |id: &String| match self.input.run.well_since.get(id) {
            Some(since) => settle.saturating_sub(self.since(*since)),
            None => settle,
        };
        let left = replacements.map(left).max().unwrap_or_default();
        decision.settling = Some(left);
        decision.done = left.is_zero();
    }
}

/// Batch work, which Nomad does not move.
#[must_use]
pub fn is_batch(alloc: &AllocStub) -> bool {
    matches!(alloc.job_type, JobType::Batch | JobType::Sysbatch)
}

fn by(stub: &NodeStub) -> String {
    let drain = stub.last_drain.as_ref();
    let message = drain.and_then(|d| d.meta.get("message")).map(|m| format!(" ({m})")).unwrap_or_default();
    let by = drain.map(|d| d.accessor_id.as_str()).filter(|by| !by.is_empty()).unwrap_or("somebody");
    format!("{by}{message}")
}

/// The jobs whose allocations have to move now, for the lock: those of nodes that are being emptied, until they are well.
#[must_use]
pub fn jobs_in_hand(input: StepInput<'_>, decision: &Decision) -> BTreeSet<JobKey> {
    let active = decision.phases.iter().filter(|(_, p)| p.is_active() || matches!(p, Phase::Failed(_)));
    let tracked = active.filter_map(|(node, _)| input.tracked.get(&node.id)).flatten();
    let open = tracked.filter(|a| decision.progress.get(&a.id).is_some_and(|p| !p.is_good()));
    open.map(AllocRef::job_key).collect()
}

/// Service allocations on nodes that are being emptied, which nobody follows yet.
#[must_use]
pub fn strangers(input: StepInput<'_>) -> BTreeMap<String, Vec<AllocRef>> {
    let mut found: BTreeMap<String, Vec<AllocRef>> = BTreeMap::new();
    for alloc in &input.picture.allocs {
        let begun = input.run.begun.contains(&alloc.node_id);
        let known =
            || input.tracked.get(&alloc.node_id).is_some_and(|all| all.iter().any(|a| a.id == alloc.id));
        if begun && alloc.job_type == JobType::Service && !alloc.client_status.is_terminal() && !known() {
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
