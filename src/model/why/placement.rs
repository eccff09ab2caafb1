//! Why allocations of a group are not placed.

mod reason;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::api::nomad::JobType;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::api::nomad::volume::Volume;
use crate::model::ids::{job_words, shell_word, short};
use crate::model::metric;
use crate::model::why::room::{self, Candidate, Cluster, Demand};
use crate::model::why::{Code, Evidence, Explanation, Planned, Suggestion, some_of, span};
use crate::model::words::{count, either};
use reason::Reason;

/// How many nodes are named.
const MOST_NODES: usize = 3;

/// Allocations of a group that are not placed.
#[derive(Debug, Clone, Copy)]
pub struct Unplaced<'a> {
    /// The job.
    pub job: &'a Job,
    /// The group.
    pub group: &'a TaskGroup,
    /// What the scheduler saw.
    pub metric: &'a PlacementMetric,
    /// The nodes, where they could be read.
    pub cluster: Option<Cluster<'a>>,
}

impl Unplaced<'_> {
    /// How many are not placed.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.metric.unplaced()
    }
}

/// Why they are not placed, and what would help as far as no scheduler has to be asked for it.
#[must_use]
pub fn explain(u: Unplaced<'_>) -> Explanation {
    let (missing, wanted) = (u.missing(), u.group.count().max(u.missing()));
    let reasons = reason::reasons(u.metric);
    let candidates = u.cluster.map(|c| room::nearest(c, u.job, u.group, true)).unwrap_or_default();
    let (code, why) = reason::main_reason(u, &reasons, &candidates);
    let (group, kind) = (&u.group.name, u.job.job_type);
    let sentence = match kind {
        JobType::System | JobType::Sysbatch if u.metric.nodes_evaluated == 0 => {
            format!("{kind} group {group} runs nowhere: {why}")
        }
        JobType::System | JobType::Sysbatch => {
            let what = count(missing, "allocation");
            format!("{what} of {kind} group {group} {} not placed: {why}", either(missing, "is", "are"))
        }
        _ => {
            let of = count(wanted, "allocation");
            format!("{missing} of {of} of group {group} {} not placed: {why}", either(missing, "is", "are"))
        }
    };
    let mut explanation = Explanation::new(code, sentence);
    explanation.evidence = evidence(u, &reasons, &candidates);
    explanation.suggestions = suggestions(u, missing, wanted, &candidates);
    match code {
        Code::MissingDriver => explanation.suggestions.extend(other_driver(u)),
        Code::MissingVolume => {
            explanation.suggestions.extend(other_volume(u));
            let first = reasons.first().and_then(|r| reason::csi_lack(r.key));
            explanation.suggestions.extend(first.map(|lack| csi_volume(u, lack)));
        }
        _ => {}
    }
    explanation
}

/// That the scheduler refused a group once and would place so many of the job now: nothing has it look again.
#[must_use]
pub fn outlived(u: Unplaced<'_>, refused_at: Option<Timestamp>, places: u64, now: Timestamp) -> Explanation {
    let ago = refused_at.map(|at| format!(" {} ago", span(now.as_second() - at.as_second())));
    let sentence = format!(
        "the scheduler refused group {}{} ({}); now it would place {}, and nothing has it look again",
        u.group.name,
        ago.unwrap_or_default(),
        metric::explain(u.metric),
        count(places, "allocation")
    );
    let command = format!("fleet job eval {}", job_words(&u.job.namespace, &u.job.id));
    let again = Suggestion::new("have the scheduler look at it again", command).planned(Planned::Fits);
    Explanation::new(Code::NotLookedAtAgain, sentence).suggest(again)
}

/// A job for every node that has no allocation, and of which the scheduler says nothing: it says nothing where no node is there to
/// be looked at. None where some node takes new work, for then that is not the reason.
#[must_use]
pub fn nowhere<'a>(job: &'a Job, metric: &'a PlacementMetric, cluster: Cluster<'a>) -> Option<Unplaced<'a>> {
    let takes_work = |n: &NodeStub| n.is_schedulable() && room::in_reach(job, n);
    let group = job.task_groups.iter().find(|g| g.count() > 0)?;
    let none = !cluster.nodes.iter().any(takes_work);
    none.then_some(Unplaced { job, group, metric, cluster: Some(cluster) })
}

/// What the nodes have instead of a driver that none of them has.
fn other_driver(u: Unplaced<'_>) -> Option<Suggestion> {
    let missing = reason::missing_drivers(u, &Demand::of(u.group)).join(" and ");
    let there: Vec<String> = reason::drivers_there(u).into_iter().collect();
    u.cluster?;
    let instead = match there.is_empty() {
        true => String::new(),
        false => format!(", or use what the nodes have: {}", there.join(", ")),
    };
    let text = format!("set up {missing} on a node{instead}");
    let command = format!("fleet job inspect {}", job_words(&u.job.namespace, &u.job.id));
    Some(Suggestion::new(text, command))
}

/// What the nodes have instead of a host volume that none of them has.
fn other_volume(u: Unplaced<'_>) -> Option<Suggestion> {
    let there = reason::there(u);
    if !there.is_empty() {
        // Where no node takes work that has it, what helps is said of the nodes.
        let taken = there.iter().find(|v| !v.open.is_empty())?;
        let command = format!("fleet volume show {}", job_words(&u.job.namespace, &taken.name));
        return Some(Suggestion::new(format!("see who has the volume {}", taken.name), command));
    }
    let nodes = || u.cluster.into_iter().flat_map(|c| c.nodes).filter(|n| room::in_reach(u.job, n));
    let missing = reason::missing_host_volumes(u);
    let (first, _) = (missing.first()?, u.cluster?);
    let there: BTreeSet<&String> = nodes().flat_map(|n| n.host_volumes.keys()).collect();
    let there: Vec<String> = there.into_iter().cloned().collect();
    let instead = match there.is_empty() {
        true => String::new(),
        false => format!(", or name one that nodes have: {}", some_of(&there, MOST_NODES)),
    };
    Some(Suggestion::new(format!("give a node the host volume {first}{instead}"), "fleet volume list"))
}

/// The host volumes that a group asks for, that are on nodes which take new work, and that it may not have: in use, or made for
/// another use.
#[must_use]
pub fn refused_volumes(u: Unplaced<'_>) -> Vec<String> {
    reason::there(u).into_iter().filter(|v| !v.open.is_empty()).map(|v| v.name).collect()
}

/// Who has a host volume, and what it was made for.
#[must_use]
pub fn holders(volume: &Volume) -> Evidence {
    let name = |a: &AllocStub| format!("{} ({} on {})", a.name, short(&a.id), a.node_name);
    let living = volume.allocations.iter().filter(|a| !a.client_status.is_terminal());
    let living: Vec<String> = living.map(name).collect();
    let held = match living.as_slice() {
        [] => "nothing that lives has it".to_owned(),
        some => format!("{} {} it", some_of(some, MOST_NODES), either(some.len(), "has", "have")),
    };
    let modes = volume.requested_capabilities.iter().map(|c| c.access_mode.clone());
    let modes: Vec<String> = modes.filter(|mode| !mode.is_empty()).collect();
    let made =
        if modes.is_empty() { String::new() } else { format!("; it is made for {}", modes.join(", ")) };
    Evidence::new(format!("host volume {}", volume.stub.name), format!("{held}{made}"))
}

/// Where to look, or what to do, about a CSI volume.
fn csi_volume(u: Unplaced<'_>, lack: reason::CsiLack<'_>) -> Suggestion {
    let volume = |id: &str| format!("fleet volume show {}", job_words(&u.job.namespace, id));
    match lack {
        reason::CsiLack::Volume(id) => {
            let command = format!("fleet volume list --namespace {}", shell_word(&u.job.namespace));
            Suggestion::new(format!("create or register the volume {id}, or name one that is there"), command)
        }
        reason::CsiLack::Claim(id) => Suggestion::new(format!("see who has the volume {id}"), volume(id)),
        reason::CsiLack::Plugin(id) => {
            let command = format!("fleet plugin show {}", shell_word(id));
            Suggestion::new(format!("have the plugin {id} run on a node that may run the job"), command)
        }
    }
}

/// Whether the scheduler tells of some nodes only that they are like others which were ruled out, and not by what.
#[must_use]
pub fn is_silent(metric: &PlacementMetric) -> bool {
    metric.constraint_filtered.len() == 1 && metric.constraint_filtered.contains_key(reason::ALIKE)
}

/// Tells the nodes that are meant.
type NodeFilter = fn(&NodeStub) -> bool;

fn evidence(u: Unplaced<'_>, reasons: &[Reason<'_>], near: &[Candidate<'_>]) -> Vec<Evidence> {
    let about = format!("group {}", u.group.name);
    let mut all = vec![Evidence::new(
        &about,
        format!(
            "the scheduler looked at {}: {} ruled out, {} full",
            count(u.metric.nodes_evaluated, "node"),
            u.metric.nodes_filtered,
            u.metric.nodes_exhausted
        ),
    )];
    for r in reasons {
        let verb = if u.metric.dimension_exhausted.contains_key(r.key) { "lacking" } else { "ruled out by" };
        all.push(Evidence::new(&about, format!("{} {verb} {}", count(r.nodes, "node"), r.key)));
    }
    let short: Vec<&Candidate<'_>> = near.iter().filter(|c| !c.lacks.is_empty()).take(MOST_NODES).collect();
    for c in short {
        let size = if c.too_small { ", and is too small for it even when empty" } else { "" };
        all.push(Evidence::new(
            format!("node {}", c.node.name),
            format!("lacks {}{size}", room::lacks(&c.lacks)),
        ));
    }
    let Some(cluster) = u.cluster else { return all };
    let reach: Vec<&NodeStub> = cluster.nodes.iter().filter(|n| room::in_reach(u.job, n)).collect();
    let named = |wanted: NodeFilter| -> Vec<String> {
        reach.iter().filter(|n| wanted(n)).map(|n| n.name.clone()).collect()
    };
    let out: [(&str, NodeFilter); 3] = [
        ("down or disconnected", |n| n.status != NodeStatus::Ready),
        ("being drained", |n| n.status == NodeStatus::Ready && n.drain),
        ("ineligible", |n| n.status == NodeStatus::Ready && !n.drain && !n.is_schedulable()),
    ];
    for (state, wanted) in out {
        let names = named(wanted);
        if !names.is_empty() {
            let n = names.len();
            all.push(Evidence::new(
                "nodes",
                format!("{} {state}: {}", count(n, "node"), some_of(&names, MOST_NODES)),
            ));
        }
    }
    all
}

fn suggestions(u: Unplaced<'_>, missing: u64, wanted: u64, near: &[Candidate<'_>]) -> Vec<Suggestion> {
    let mut all = Vec::new();
    let Some(cluster) = u.cluster else { return all };
    let back = room::nearest(cluster, u.job, u.group, false);
    if let Some(node) = back.iter().find(|c| c.lacks.is_empty()).map(|c| c.node) {
        let text = format!("make node {} eligible again: by its free room one fits there", node.name);
        all.push(
            Suggestion::new(text, format!("fleet node eligible {}", shell_word(&node.name)))
                .planned(Planned::NotKnown),
        );
    }
    // One more of a kind helps only where nothing but the room is wanting, and places nothing on a node that is full.
    let helps = !u.job.job_type.is_per_node() && Demand::of(u.group).static_ports.is_empty();
    let full = if helps { reason::full(u, near) } else { Vec::new() };
    if let Some(like) = full.iter().find(|c| !c.too_small) {
        let text = format!("add a node like {}: an empty one has room for it", like.node.name);
        all.push(Suggestion::new(text, "fleet node list --eligible".to_owned()).planned(Planned::NotKnown));
    }
    let service = u.job.job_type == JobType::Service;
    if service && wanted > missing && u.job.parent_id.is_empty() {
        let fits = wanted - missing;
        let words = job_words(&u.job.namespace, &u.job.id);
        let group = shell_word(&u.group.name);
        let text = format!("ask for {fits} instead of {wanted}: that many are placed");
        all.push(Suggestion::new(text, format!("fleet job scale {words} {group} {fits}")));
    }
    all
}

#[cfg(test)]
mod tests;
