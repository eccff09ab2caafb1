//! What the scheduler ruled the nodes out by, and the sentence of the reason that counts.

use std::collections::BTreeSet;

use super::{MOST_NODES, Unplaced};
use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::node::NodeStub;
use crate::model::why::room::{self, Candidate, Demand};
use crate::model::why::{Code, some_of};
use crate::model::words::{count, either};

/// The scheduler's words for a node of a kind that another one of which was ruled out before: it is not looked at again.
pub(super) const ALIKE: &str = "computed class ineligible";

/// What is told where nothing but that is told.
const SOME_RULE: &str = "one of its rules, of which the scheduler does not say which";

/// One reason of the scheduler, by kind.
pub(super) struct Reason<'m> {
    pub(super) code: Code,
    pub(super) key: &'m str,
    pub(super) nodes: u64,
}

/// The scheduler's reasons: those of nodes that were full come first, for these nodes passed all the others.
pub(super) fn reasons(metric: &PlacementMetric) -> Vec<Reason<'_>> {
    let dimension = |(key, nodes): (&'_ String, &u64)| (dimension_code(key), *nodes);
    let mut all: Vec<Reason<'_>> = metric
        .dimension_exhausted
        .iter()
        .map(|(key, nodes)| {
            let (code, nodes) = dimension((key, nodes));
            Reason { code, key, nodes }
        })
        .collect();
    all.sort_by_key(|r| std::cmp::Reverse(r.nodes));
    let alike = metric.constraint_filtered.get(ALIKE).copied().unwrap_or(0);
    let mut filtered: Vec<Reason<'_>> = metric
        .constraint_filtered
        .iter()
        .filter(|(key, _)| *key != ALIKE)
        .map(|(key, nodes)| Reason { code: constraint_code(key), key, nodes: *nodes })
        .collect();
    filtered.sort_by_key(|r| std::cmp::Reverse(r.nodes));
    match filtered.as_mut_slice() {
        // One rule: whoever is like the nodes that broke it broke it too.
        [only] => only.nodes += alike,
        // The first node of the kind was ruled out at a look of which nothing is told.
        [] if alike > 0 => filtered.push(Reason { code: Code::Constraint, key: SOME_RULE, nodes: alike }),
        _ if alike > 0 => filtered.push(Reason {
            code: Code::Constraint,
            key: "a rule that nodes of the same kind broke",
            nodes: alike,
        }),
        _ => {}
    }
    all.extend(filtered);
    all
}

fn dimension_code(key: &str) -> Code {
    if key.contains("port collision") || key.contains("port exhausted") {
        Code::PortTaken
    } else if key.starts_with("device") {
        Code::MissingDevice
    } else {
        Code::NoRoom
    }
}

fn constraint_code(key: &str) -> Code {
    match key {
        "missing drivers" => Code::MissingDriver,
        "missing devices" => Code::MissingDevice,
        key if key.contains("distinct_hosts") || key.contains("distinct_property") => Code::Distinct,
        key if key.contains("volume") || key.contains("CSI") => Code::MissingVolume,
        key if key.starts_with("missing ") => Code::MissingFeature,
        _ => Code::Constraint,
    }
}

/// The reason that counts, as a sentence.
pub(super) fn main_reason(u: Unplaced<'_>, reasons: &[Reason<'_>], near: &[Candidate<'_>]) -> (Code, String) {
    let quotas = &u.metric.quota_exhausted;
    if !quotas.is_empty() {
        let text = format!("the quota of namespace {} is used up: {}", u.job.namespace, quotas.join(", "));
        return (Code::Quota, text);
    }
    match (reasons.first(), u.metric.nodes_evaluated) {
        (Some(first), _) => (first.code, sentence(u, first, reasons, near)),
        (None, 0) => (Code::NoEligibleNode, no_eligible_node(u)),
        (None, all) => (
            Code::NotKnown,
            format!("the scheduler ruled out all {}, and does not say why", count(all, "node")),
        ),
    }
}

fn sentence(u: Unplaced<'_>, first: &Reason<'_>, reasons: &[Reason<'_>], near: &[Candidate<'_>]) -> String {
    let demand = Demand::of(u.group);
    match first.code {
        Code::NoRoom => no_room(u, (first, reasons), &demand, near),
        Code::PortTaken => port_taken(first, &demand),
        Code::MissingDriver => {
            let missing = missing_drivers(u, &demand);
            format!("no node has the driver {} ({})", missing.join(" and "), lacking(first.nodes))
        }
        Code::MissingVolume if first.key.contains("CSI") => csi(u, first, reasons),
        Code::MissingVolume => match there(u).as_slice() {
            [] => {
                let volumes: Vec<String> = missing_host_volumes(u);
                let volumes: Vec<String> = volumes.iter().map(|v| format!("host volume {v}")).collect();
                let named = if volumes.is_empty() { first.key.to_owned() } else { volumes.join(" and ") };
                format!("no node has {named} ({})", lacking(first.nodes))
            }
            there => there.iter().map(HostVolumeThere::words).collect::<Vec<_>>().join(", and "),
        },
        Code::MissingDevice => format!("no node has a free device it asks for ({})", lacking(first.nodes)),
        Code::MissingFeature => {
            let what = first.key.trim_start_matches("missing ");
            format!("no node has what it asks for: {what} ({})", lacking(first.nodes))
        }
        Code::Distinct => format!(
            "its allocations must keep apart ({}), and {} run one already",
            first.key,
            every(first.nodes, "node that would do", "nodes that would do")
        ),
        _ => {
            let rules = reasons.iter().filter(|r| r.code == Code::Constraint);
            let all: Vec<String> =
                rules.map(|r| format!("{} ({} ruled out)", r.key, count(r.nodes, "node"))).collect();
            format!("no node meets {}", all.join(" and "))
        }
    }
}

/// The host volumes that it asks for and that no node in its reach has; all it asks for where that is not known.
pub(super) fn missing_host_volumes(u: Unplaced<'_>) -> Vec<String> {
    let asked: Vec<String> =
        u.group.volumes.values().filter(|v| v.kind == "host").map(|v| v.source.clone()).collect();
    let nodes = || u.cluster.into_iter().flat_map(|c| c.nodes).filter(|n| room::in_reach(u.job, n));
    let missing: Vec<String> =
        asked.iter().filter(|v| !nodes().any(|n| n.host_volumes.contains_key(*v))).cloned().collect();
    if missing.is_empty() { asked } else { missing }
}

/// A host volume that a group asks for, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostVolumeThere {
    /// Its name.
    pub(super) name: String,
    /// The nodes that have it and take new work.
    pub(super) open: Vec<String>,
    /// The nodes that have it and take none.
    pub(super) closed: Vec<String>,
}

impl HostVolumeThere {
    fn words(&self) -> String {
        let Self { name, open, closed } = self;
        match (open.as_slice(), closed.as_slice()) {
            ([], closed) => format!(
                "host volume {name} is on {} alone, which {} no new work",
                some_of(closed, MOST_NODES),
                either(closed.len(), "takes", "take")
            ),
            (open, _) => format!(
                "host volume {name} is on {}, and not to be had there as the group asks for it",
                some_of(open, MOST_NODES)
            ),
        }
    }
}

/// The host volumes that it asks for and that are there, where none is missing: the scheduler has the same words for those that it
/// may not have. None where one is missing, or the nodes are not known.
pub(super) fn there(u: Unplaced<'_>) -> Vec<HostVolumeThere> {
    let nodes = || u.cluster.into_iter().flat_map(|c| c.nodes).filter(|n| room::in_reach(u.job, n));
    let asked = u.group.volumes.values().filter(|v| v.kind == "host");
    let found = asked.map(|v| {
        let with = |schedulable: bool| -> Vec<String> {
            let has =
                |n: &&NodeStub| n.host_volumes.contains_key(&v.source) && n.is_schedulable() == schedulable;
            nodes().filter(has).map(|n| n.name.clone()).collect()
        };
        HostVolumeThere { name: v.source.clone(), open: with(true), closed: with(false) }
    });
    let found: Vec<HostVolumeThere> = found.collect();
    let all_there = found.iter().all(|v| !v.open.is_empty() || !v.closed.is_empty());
    if all_there { found } else { Vec::new() }
}

/// What a CSI volume wants, in the scheduler's words where they say all.
fn csi(u: Unplaced<'_>, first: &Reason<'_>, reasons: &[Reason<'_>]) -> String {
    match csi_lack(first.key) {
        Some(CsiLack::Volume(volume)) => format!("namespace {} has no CSI volume {volume}", u.job.namespace),
        Some(CsiLack::Claim(volume)) => {
            let rest = first.key.trim_start_matches("CSI volume ").trim_start_matches(volume).trim_start();
            format!("CSI volume {volume} {rest}")
        }
        // The scheduler names each node by itself.
        Some(CsiLack::Plugin(plugin)) => {
            let same = reasons.iter().filter(|r| csi_lack(r.key) == Some(CsiLack::Plugin(plugin)));
            let nodes: u64 = same.map(|r| r.nodes).sum();
            let what = if first.key.contains("unhealthy") {
                "is unhealthy"
            } else if first.key.contains("maximum") {
                "has as many volumes as it may"
            } else {
                "does not run"
            };
            format!("CSI plugin {plugin} {what} on {}", count(nodes, "node"))
        }
        None => format!("no node may have it ({})", first.key),
    }
}

/// What a CSI volume lacks, from the scheduler's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CsiLack<'m> {
    /// The volume is not there.
    Volume(&'m str),
    /// It is there, and is not to be had: claimed, read-only or unschedulable.
    Claim(&'m str),
    /// Its plugin is not there on a node, is not well, or takes no more.
    Plugin(&'m str),
}

/// What the scheduler's words say that a CSI volume lacks.
pub(super) fn csi_lack(key: &str) -> Option<CsiLack<'_>> {
    let word = |rest: &'_ str| rest.split(' ').next().filter(|w| !w.is_empty()).map(str::len);
    let after = |beginning: &str| {
        let rest = key.strip_prefix(beginning)?;
        Some(&rest[..word(rest)?])
    };
    if let Some(volume) = after("missing CSI volume(s) ").or_else(|| after("missing CSI Volume ")) {
        return Some(CsiLack::Volume(volume));
    }
    after("CSI volume ")
        .filter(|volume| *volume != "lookup")
        .map(CsiLack::Claim)
        .or_else(|| after("CSI plugin ").map(CsiLack::Plugin))
}

fn port_taken(reason: &Reason<'_>, demand: &Demand) -> String {
    let ports: Vec<String> =
        demand.static_ports.iter().map(|(label, port)| format!("{label}={port}")).collect();
    let named = match ports.is_empty() {
        true => reason.key.to_owned(),
        false => format!("static port {}", ports.join(", ")),
    };
    let taken = every(reason.nodes, "node that could run it", "nodes that could run it");
    format!("{named} is taken on {taken}")
}

/// The drivers that it asks for and that no node in its reach has; all it asks for where that is not known.
pub(super) fn missing_drivers(u: Unplaced<'_>, demand: &Demand) -> Vec<String> {
    let there = drivers_there(u);
    let missing: Vec<String> = demand.drivers.iter().filter(|d| !there.contains(*d)).cloned().collect();
    if missing.is_empty() { demand.drivers.clone() } else { missing }
}

/// The drivers that are well on some node in its reach; none where the nodes are not known.
pub(super) fn drivers_there(u: Unplaced<'_>) -> BTreeSet<String> {
    let nodes = u.cluster.iter().flat_map(|c| c.nodes).filter(|n| room::in_reach(u.job, n));
    let well = nodes.flat_map(|n| &n.drivers).filter(|(_, driver)| driver.detected && driver.healthy);
    well.map(|(name, _)| name.clone()).collect()
}

/// How many nodes lack it.
fn lacking(nodes: u64) -> String {
    format!("{} {} it", count(nodes, "node"), either(nodes, "lacks", "lack"))
}

fn every(nodes: u64, one: &str, many: &str) -> String {
    if nodes == 1 { format!("the one {one}") } else { format!("all {nodes} {many}") }
}

/// The nodes that were full and that nothing else ruled out, the nearest first; none where it cannot be told which these are. The
/// scheduler counts them, and names none.
pub(super) fn full<'c, 'n>(u: Unplaced<'_>, near: &'c [Candidate<'n>]) -> Vec<&'c Candidate<'n>> {
    let lacking: Vec<&Candidate<'_>> = near.iter().filter(|c| !c.lacks.is_empty()).collect();
    let all_are = u.metric.nodes_filtered == 0 || lacking.len() as u64 == u.metric.nodes_exhausted;
    if u.metric.nodes_exhausted > 0 && all_are { lacking } else { Vec::new() }
}

fn no_room(
    u: Unplaced<'_>,
    (first, reasons): (&Reason<'_>, &[Reason<'_>]),
    demand: &Demand,
    near: &[Candidate<'_>],
) -> String {
    let asks = match first.key {
        "memory" => format!("{} MiB of memory", demand.amount.memory_mib),
        "cpu" => format!("{} MHz of cpu", demand.amount.cpu_mhz),
        "disk" => format!("{} MiB of disk", demand.disk_mib),
        other => other.to_owned(),
    };
    let (nodes, out) = (first.nodes, u.metric.nodes_filtered);
    // What is to run on every node is placed on the others.
    if u.job.job_type.is_per_node() {
        return format!("{} {} not {asks} free", count(nodes, "node"), either(nodes, "has", "have"));
    }
    let nearest = match full(u, near).first() {
        Some(c) => format!("; {} comes nearest and lacks {}", c.node.name, room::lacks(&c.lacks)),
        None => String::new(),
    };
    if out == 0 {
        return format!("no node has {asks} free ({} too full){nearest}", either_count(nodes));
    }
    let rules = reasons.iter().filter(|r| !u.metric.dimension_exhausted.contains_key(r.key));
    let rules: Vec<String> = rules.map(|r| r.key.to_owned()).collect();
    let by = if rules.is_empty() { String::new() } else { format!(" by {}", some_of(&rules, MOST_NODES)) };
    let left =
        if nodes == 1 { "the one node left has".to_owned() } else { format!("none of the {nodes} left has") };
    let no = if nodes == 1 { "not " } else { "" };
    format!("{} ruled out{by}, and {left} {no}{asks} free{nearest}", either_count(out))
}

fn either_count(nodes: u64) -> String {
    format!("{} {}", count(nodes, "node"), either(nodes, "is", "are"))
}

fn no_eligible_node(u: Unplaced<'_>) -> String {
    let pool = if u.job.node_pool.is_empty() { "default" } else { &u.job.node_pool };
    let datacenters = u.job.datacenters.join(", ");
    let Some(cluster) = u.cluster else {
        return format!("no node of pool {pool} in datacenter {datacenters} takes new work");
    };
    let in_pool: Vec<&NodeStub> =
        cluster.nodes.iter().filter(|n| pool == "all" || n.node_pool == pool).collect();
    let within = in_pool.iter().filter(|n| room::in_reach(u.job, n)).count();
    match (in_pool.len(), within) {
        (0, _) => format!("node pool {pool} has no node"),
        (all, 0) => format!(
            "node pool {pool} has {}, and none of them in datacenter {datacenters}",
            count(all, "node")
        ),
        (_, n) => format!(
            "none of the {} of pool {pool} in datacenter {datacenters} takes new work",
            count(n, "node")
        ),
    }
}
