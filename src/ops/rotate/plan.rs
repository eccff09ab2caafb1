//! The plan of a rotation: which nodes in which order and what leaves them. Pure; what speaks against it says
//! `blocker::find`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::node::{DrainStatus, Eligibility, NodeStatus, NodeStub};
use crate::model::group::{self, GroupKey};
use crate::model::ids::JobType;
use crate::model::rights::Permitted;
use crate::model::unseen_end::{self, NodesSeen, UnseenEnd};
use crate::ops::migration::NodeRef;
use crate::ops::migration::floors::{self, Rule, Speed};
use crate::ops::migration::snapshot::{Snapshot, was_moved};
use crate::ops::rotate::options::{Batch, NodeService, Options, Singletons};
use crate::ops::rotate::recorder::RecoveredState;
use crate::ops::rotate::service_step::ServiceStep;

/// How allocations leave a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// fleet stops them one by one, each after a fresh check; the drain only seals the node.
    StepByStep,
    /// The token may not stop allocations: the server drains, and is watched.
    SupervisedDrain,
}

/// The whole plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How allocations leave.
    pub strategy: Strategy,
    /// The nodes, in the order they are emptied.
    pub nodes: Vec<NodePlan>,
    /// The groups that move, with their floors.
    pub groups: BTreeMap<GroupKey, GroupPlan>,
    /// Ready and eligible nodes that stay and take what moves, by id.
    pub survivors: Vec<String>,
    /// Nodes that are not emptied and take no new work meanwhile, so that what moves goes to its destination.
    pub aside: Vec<NodeRef>,
    /// Which checks were not asked, and why, in words.
    pub not_asked: Vec<String>,
}

/// What happens to a node.
#[derive(Debug, Clone)]
pub struct NodePlan {
    /// The node.
    pub node: NodeRef,
    /// Its class, for the preview.
    pub class: String,
    /// Its eligibility before.
    pub was: Eligibility,
    /// Whether an earlier run of this rotation finished it.
    pub done: bool,
    /// Whether it does not answer.
    pub is_down: bool,
    /// What may still run on it although it is down.
    pub in_doubt: Vec<UnseenEnd>,
    /// Why it is left as it is, when it is.
    pub skip: Option<String>,
    /// Service allocations that move.
    pub moves: Vec<AllocStub>,
    /// Service allocations that were told to go before and whose replacements nobody has found well yet.
    pub leaving: Vec<AllocStub>,
    /// Batch and sysbatch allocations, which Nomad does not move.
    pub batch: Vec<AllocStub>,
    /// System allocations, which end with the node.
    pub system: Vec<AllocStub>,
}

/// A group that moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPlan {
    /// How many allocations it wants.
    pub count: u64,
    /// The fewest that are available at any moment.
    pub floor: u64,
    /// How many are available now.
    pub available: u64,
    /// What the first failing check of one of them says, by Nomad's record healthy or not.
    pub failing: Option<String>,
    /// Why it is not known whether the checks of one of them pass.
    pub not_known: Option<String>,
    /// How many an earlier run of this rotation took away and has not seen well again.
    pub on_their_way: u64,
    /// How long a move takes when all goes well, as far as its job says.
    pub usual: Duration,
    /// How many may be away at once by its own `migrate` block.
    pub max_parallel: u64,
}

/// In a drain's metadata: cluster and selection of the rotation, equal for every run with the same arguments.
pub const META_KEY: &str = "fleet.key";
/// In a drain's metadata: the rotation's name.
pub const META_ROTATION: &str = "fleet.rotation";

/// Makes the plan. `key` tells this rotation's own drains from others'; `memory` holds what earlier runs of it did.
#[must_use]
pub fn make(
    snapshot: &Snapshot,
    selected: &[NodeStub],
    options: &Options,
    key: &str,
    memory: &RecoveredState,
) -> Plan {
    let chosen: BTreeSet<&str> = selected.iter().map(|n| n.id.as_str()).collect();
    // What is changed in its place takes work before its turn and after it.
    let stay = matches!(options.service, Some(NodeService::InPlace { .. }));
    let survivors: Vec<String> = snapshot
        .nodes
        .iter()
        .filter(|n| n.is_schedulable() && (stay || !chosen.contains(n.id.as_str())))
        .filter(|n| options.destination.as_ref().is_none_or(|to| to.contains(&n.id)))
        .map(|n| n.id.clone())
        .collect();
    let aside = aside(snapshot, &chosen, options, memory);
    let index = AllocIndex::of(&snapshot.allocs);
    let mut nodes: Vec<NodePlan> =
        selected.iter().map(|n| node_plan(&index, n, options, key, memory)).collect();
    let groups = group_plans(snapshot, &index, &nodes, options, memory);
    for node in &mut nodes {
        node.skip = reason_to_skip(node, &groups, options);
    }
    // Nodes that are done or nearly empty first: every one of them makes the picture simpler.
    // The one whose agent answers us comes last: if it is lost, everything else is done.
    let own = |n: &NodePlan| snapshot.own_node.as_ref() == Some(&n.node.id);
    let cost = |n: &NodePlan| (!n.done, own(n), n.moves.len(), n.batch.len(), n.system.len());
    nodes.sort_by(|a, b| (cost(a), &a.node.name).cmp(&(cost(b), &b.node.name)));
    let strategy = strategy(snapshot, &nodes);
    Plan { strategy, nodes, groups, survivors, aside, not_asked: snapshot.checks.not_asked() }
}

/// The nodes that could take what moves and are not to, and those that an earlier run has closed for that.
fn aside(
    snapshot: &Snapshot,
    chosen: &BTreeSet<&str>,
    options: &Options,
    memory: &RecoveredState,
) -> Vec<NodeRef> {
    let pools: BTreeSet<&str> = snapshot.jobs.values().map(|d| d.job.node_pool.as_str()).collect();
    let may_take = |n: &NodeStub| pools.contains("all") || pools.contains(n.node_pool.as_str());
    let is_passed_over = |n: &NodeStub| {
        options
            .destination
            .as_ref()
            .is_some_and(|to| !to.contains(&n.id) && n.is_schedulable() && may_take(n))
    };
    let is_closed = |n: &NodeStub| memory.passed_over.contains(&n.id);
    let others = snapshot.nodes.iter().filter(|n| !chosen.contains(n.id.as_str()));
    let aside = others.filter(|n| is_passed_over(n) || is_closed(n));
    let mut aside: Vec<NodeRef> = aside.map(|n| NodeRef { id: n.id.clone(), name: n.name.clone() }).collect();
    aside.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    aside
}

/// The allocations by what they are looked up by: there are tens of thousands, and hundreds of nodes and groups.
struct AllocIndex<'a> {
    on_node: HashMap<&'a str, Vec<&'a AllocStub>>,
    of_job: HashMap<(&'a str, &'a str), Vec<&'a AllocStub>>,
    by_id: HashMap<&'a str, &'a AllocStub>,
}

impl<'a> AllocIndex<'a> {
    fn of(allocs: &'a [AllocStub]) -> Self {
        let mut index = AllocIndex { on_node: HashMap::new(), of_job: HashMap::new(), by_id: HashMap::new() };
        for alloc in allocs {
            index.on_node.entry(&alloc.node_id).or_default().push(alloc);
            index.of_job.entry((&alloc.namespace, &alloc.job_id)).or_default().push(alloc);
            index.by_id.insert(&alloc.id, alloc);
        }
        index
    }

    fn on_node(&self, id: &str) -> impl Iterator<Item = &'a AllocStub> {
        self.on_node.get(id).into_iter().flatten().copied()
    }

    fn of_group(&self, key: &GroupKey) -> Vec<&'a AllocStub> {
        let of_job = self.of_job.get(&(key.namespace.as_str(), key.job.as_str()));
        of_job.into_iter().flatten().copied().filter(|a| key.owns(a)).collect()
    }
}

fn node_plan(
    index: &AllocIndex<'_>,
    stub: &NodeStub,
    options: &Options,
    key: &str,
    memory: &RecoveredState,
) -> NodePlan {
    let here = || index.on_node(&stub.id).filter(|a| !a.client_status.is_terminal());
    let of_kind = |kinds: &[JobType]| here().filter(|a| kinds.contains(&a.job_type)).cloned().collect();
    let moves: Vec<AllocStub> = of_kind(&[JobType::Service]);
    let leaving = leaving(index, stub);
    let sealed =
        stub.last_drain.as_ref().filter(|d| d.status == DrainStatus::Complete).is_some_and(|d| match &memory
            .rotation
        {
            Some(rotation) => d.meta.get(META_ROTATION) == Some(rotation),
            // No journal here: out of service, empty and sealed by the same command is all there is to know.
            None => d.meta.get(META_KEY).is_some_and(|k| k == key),
        });
    let settled = memory.unfinished(&stub.id).next().is_none();
    let batch: Vec<AllocStub> = of_kind(&[JobType::Batch, JobType::Sysbatch]);
    let system: Vec<AllocStub> = of_kind(&[JobType::System]);
    let quiet = system.is_empty() || options.ignore_system;
    let empty = quiet && moves.is_empty() && leaving.is_empty() && batch.is_empty();
    let out = stub.scheduling_eligibility == Eligibility::Ineligible && !stub.drain;
    NodePlan {
        node: NodeRef { id: stub.id.clone(), name: stub.name.clone() },
        class: stub.node_class.clone(),
        was: stub.scheduling_eligibility,
        done: match &options.service {
            Some(_) => matches!(memory.serviced.get(&stub.id), Some(ServiceStep::Done)),
            None => out && empty && settled && (sealed || memory.rotated.contains_key(&stub.id)),
        },
        is_down: stub.status == NodeStatus::Down,
        in_doubt: unseen_end::among(
            index.on_node(&stub.id),
            &NodesSeen::Read([(stub.id.clone(), stub.status)].into()),
        ),
        skip: None,
        moves,
        leaving,
        batch,
        system,
    }
}

/// What a run that left no journal here may have told to go: it is on the node's list until it is collected.
fn leaving(index: &AllocIndex<'_>, stub: &NodeStub) -> Vec<AllocStub> {
    let undecided = |a: &&AllocStub| {
        let next = index.by_id.get(a.next_allocation.as_str());
        next.is_some_and(|n| !n.client_status.is_terminal() && !group::is_leaving(n) && n.healthy().is_none())
    };
    let told = |a: &&AllocStub| a.job_type == JobType::Service && was_moved(a);
    index.on_node(&stub.id).filter(told).filter(undecided).cloned().collect()
}

/// Whether the node's last drain was started by this rotation.
#[must_use]
pub fn is_ours(stub: &NodeStub, key: &str) -> bool {
    stub.last_drain.as_ref().is_some_and(|d| d.meta.get(META_KEY).is_some_and(|k| k == key))
}

fn group_plans(
    snapshot: &Snapshot,
    index: &AllocIndex<'_>,
    nodes: &[NodePlan],
    options: &Options,
    memory: &RecoveredState,
) -> BTreeMap<GroupKey, GroupPlan> {
    let told = |id: &String| memory.stopped.contains_key(id) && !memory.moved.contains_key(id);
    let leaving: BTreeSet<&str> = nodes.iter().flat_map(|n| &n.leaving).map(|a| a.id.as_str()).collect();
    let keys: BTreeSet<GroupKey> = nodes.iter().flat_map(|n| &n.moves).map(GroupKey::of).collect();
    let plan = |key: GroupKey| {
        let own = index.of_group(&key);
        let available = own.iter().filter(|a| snapshot.checks.is_available(a)).count() as u64;
        // What has ended explains nothing: the one that is to take its place is only not there yet.
        let stays = || own.iter().filter(|a| !a.client_status.is_terminal() && !group::is_leaving(a));
        let first = |told: &BTreeMap<String, String>| {
            stays().find_map(|a| Some(format!("{}: {}", a.name, told.get(&a.id)?)))
        };
        let (failing, not_known) = (first(&snapshot.checks.failing), first(&snapshot.checks.unseen));
        // With the count that was raised for a second copy Nomad's record begins anew, also for what runs on.
        let surged = own.iter().find(|a| memory.surged.contains_key(&key) && a.healthy().is_none());
        let not_known =
            not_known.or_else(|| surged.map(|a| format!("{}: its second copy is getting well", a.name)));
        let away = |a: &&AllocStub| told(&a.id) || leaving.contains(a.id.as_str());
        let on_their_way = own.iter().copied().filter(away).count() as u64;
        let plan = group_plan(snapshot, &key, available, options)?;
        let plan = GroupPlan { on_their_way, failing, not_known, ..plan };
        Some((key, plan))
    };
    keys.into_iter().filter_map(plan).collect()
}

/// The plan of a group from its job as it is now; none when the job has no such group any more.
fn group_plan(snapshot: &Snapshot, key: &GroupKey, available: u64, options: &Options) -> Option<GroupPlan> {
    let document = snapshot.jobs.get(&key.job_key())?;
    let group = document.job.group(&key.group)?;
    let rule = Rule::of(key, Some(document), &snapshot.deployments, &options.floor_policy());
    Some(GroupPlan {
        count: rule.count,
        floor: rule.floor,
        available,
        failing: None,
        not_known: None,
        on_their_way: 0,
        usual: floors::usual(group),
        max_parallel: group.migrate_max_parallel(),
    })
}

fn reason_to_skip(
    node: &NodePlan,
    groups: &BTreeMap<GroupKey, GroupPlan>,
    options: &Options,
) -> Option<String> {
    if node.done {
        return None;
    }
    if node.is_down && node.moves.is_empty() {
        return Some(words_of_down(&node.in_doubt));
    }
    let single = node.moves.iter().find(|a| groups.get(&GroupKey::of(a)).is_some_and(|g| g.count == 1));
    if let (Some(alloc), Singletons::Skip) = (single, options.singletons) {
        return Some(format!("it runs {}, a service with a single instance", alloc.name));
    }
    match (node.batch.first(), options.batch) {
        (Some(alloc), Some(Batch::Skip)) => Some(format!("it runs {}, batch work", alloc.name)),
        _ => None,
    }
}

fn strategy(snapshot: &Snapshot, nodes: &[NodePlan]) -> Strategy {
    let namespaces: BTreeSet<&str> =
        nodes.iter().flat_map(|n| &n.moves).map(|a| a.namespace.as_str()).collect();
    let refused = |ns: &&str| snapshot.rights.namespace(ns, &["alloc-lifecycle"]) == Permitted::No;
    if namespaces.iter().any(refused) { Strategy::SupervisedDrain } else { Strategy::StepByStep }
}

impl Plan {
    /// The nodes that are emptied: neither done nor left out.
    pub fn to_empty(&self) -> impl Iterator<Item = &NodePlan> {
        self.nodes.iter().filter(|n| !n.done && n.skip.is_none())
    }

    /// How long a node is expected to take.
    #[must_use]
    pub fn expected(&self, node: &NodePlan) -> Duration {
        floors::expected(&node.moves, |key| {
            let g = self.groups.get(key)?;
            Some(Speed { at_once: g.count.saturating_sub(g.floor), usual: g.usual })
        })
    }

    /// The nodes of which one step takes the most: those that are emptied at once where the others stay, else all.
    #[must_use]
    pub fn largest_step(&self, options: &Options) -> Vec<&NodePlan> {
        let mut nodes: Vec<&NodePlan> = self.to_empty().collect();
        if let Some(NodeService::InPlace { .. }) = options.service {
            nodes.sort_by_key(|n| std::cmp::Reverse(n.moves.len()));
            nodes.truncate(options.max_parallel.of(self.nodes.len()));
        }
        nodes
    }

    /// Groups with a single instance on the nodes that are emptied.
    #[must_use]
    pub fn singletons(&self) -> Vec<&GroupKey> {
        let moving: BTreeSet<GroupKey> = self.to_empty().flat_map(|n| &n.moves).map(GroupKey::of).collect();
        self.groups
            .iter()
            .filter(|(key, g)| g.count == 1 && moving.contains(key))
            .map(|(key, _)| key)
            .collect()
    }
}

/// What is said of a node that is down, of which this may still run.
#[must_use]
pub fn words_of_down(in_doubt: &[UnseenEnd]) -> String {
    match unseen_end::in_words(in_doubt) {
        None => "it is down, and nothing runs there".to_owned(),
        Some(words) => format!("it is down: {words}"),
    }
}

/// Those of the nodes whose allocations may still run although nobody hears of them, by id.
#[must_use]
pub fn out_of_sight(nodes: &[NodeStub], allocs: &[AllocStub]) -> BTreeSet<String> {
    let gone = nodes.iter().filter(|n| n.status == NodeStatus::Disconnected).map(|n| n.id.clone());
    let unknown = allocs.iter().filter(|a| a.client_status == ClientStatus::Unknown);
    gone.chain(unknown.map(|a| a.node_id.clone())).collect()
}
