//! Which nodes come nearest to taking an allocation, and what each of them lacks.

use std::collections::{BTreeMap, HashMap};

use crate::api::nomad::allocation::{AllocatedCpu, AllocatedMemory, AllocatedResources, AllocatedTask};
use crate::api::nomad::job::{Constraint, Job, TaskGroup};
use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::model::capacity::{self, Amount};

/// What is used of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeUsage {
    /// MHz and MiB.
    pub amount: Amount,
    /// MiB of disk.
    pub disk_mib: u64,
    /// Ports.
    pub ports: Vec<u16>,
}

impl NodeUsage {
    /// Adds what one allocation takes.
    pub fn add(&mut self, resources: &AllocatedResources) {
        self.amount += capacity::taken(resources);
        self.disk_mib += resources.shared.disk_mib;
        self.ports.extend(resources.shared.ports.iter().map(|p| p.value));
    }
}

/// What an allocation of a group asks of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand {
    /// MHz and MiB.
    pub amount: Amount,
    /// MiB of disk.
    pub disk_mib: u64,
    /// Ports with fixed numbers, by label.
    pub static_ports: Vec<(String, u16)>,
    /// Task drivers.
    pub drivers: Vec<String>,
}

impl Demand {
    /// What a group asks, counted as the scheduler counts. Cores are left out: what they come to is the node's matter.
    #[must_use]
    pub fn of(group: &TaskGroup) -> Self {
        let tasks = group.tasks.iter().map(|t| {
            let resources = t.resources.clone().unwrap_or_default();
            let cpu_shares = if resources.cores.unwrap_or(0) > 0 { 0 } else { resources.cpu.unwrap_or(100) };
            let mib = resources.memory_mib.unwrap_or(300) + resources.secrets_mib.unwrap_or(0);
            let cpu = AllocatedCpu { cpu_shares, reserved_cores: Vec::new() };
            (t.name.clone(), AllocatedTask { cpu, memory: AllocatedMemory { mib, max_mib: 0 } })
        });
        let task_lifecycles = group.tasks.iter().map(|t| (t.name.clone(), t.lifecycle.clone())).collect();
        let resources =
            AllocatedResources { tasks: tasks.collect(), task_lifecycles, ..AllocatedResources::default() };
        let networks = group
            .networks
            .iter()
            .chain(group.tasks.iter().filter_map(|t| t.resources.as_ref()).flat_map(|r| r.networks.iter()));
        let mut drivers: Vec<String> = group.tasks.iter().map(|t| t.driver.clone()).collect();
        drivers.sort();
        drivers.dedup();
        Demand {
            amount: capacity::taken(&resources),
            disk_mib: group.ephemeral_disk.as_ref().and_then(|d| d.size_mib).unwrap_or(300),
            static_ports: networks
                .flat_map(|n| &n.reserved_ports)
                .map(|p| (p.label.clone(), p.value))
                .collect(),
            drivers,
        }
    }
}

/// What a node has too little of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeShortage {
    /// MiB of memory.
    Memory(u64),
    /// MHz.
    Cpu(u64),
    /// MiB of disk.
    Disk(u64),
    /// A static port that is taken there.
    Port(String, u16),
}

impl std::fmt::Display for NodeShortage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NodeShortage::Memory(mib) => write!(f, "{mib} MiB"),
            NodeShortage::Cpu(mhz) => write!(f, "{mhz} MHz"),
            NodeShortage::Disk(mib) => write!(f, "{mib} MiB of disk"),
            NodeShortage::Port(label, port) => write!(f, "port {port} ({label})"),
        }
    }
}

/// What a node lacks, in words: `212 MiB and 50 MHz`.
#[must_use]
pub fn lacks(all: &[NodeShortage]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// A node that might take the allocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'n> {
    /// The node.
    pub node: &'n NodeStub,
    /// What it lacks; empty where there is room.
    pub lacks: Vec<NodeShortage>,
    /// Whether it lacks something even when it is empty.
    pub too_small: bool,
}

impl Candidate<'_> {
    /// By how much it is short, relative to what is asked; for the order.
    fn shortage(&self, demand: &Demand) -> u64 {
        let share = |lacks: u64, asks: u64| lacks.saturating_mul(1_000_000) / asks.max(1);
        let one = |lack: &NodeShortage| match lack {
            NodeShortage::Memory(mib) => share(*mib, demand.amount.memory_mib),
            NodeShortage::Cpu(mhz) => share(*mhz, demand.amount.cpu_mhz),
            NodeShortage::Disk(mib) => share(*mib, demand.disk_mib),
            NodeShortage::Port(..) => 1_000_000,
        };
        self.lacks.iter().map(one).sum()
    }
}

/// The nodes of a cluster and what is taken of them.
#[derive(Debug, Clone, Copy)]
pub struct Cluster<'n> {
    /// The nodes with what they offer.
    pub nodes: &'n [NodeStub],
    /// By node id.
    pub taken: &'n HashMap<String, NodeUsage>,
}

/// The nodes that come nearest, the nearest first; those that take new work, or those that would if they were eligible.
#[must_use]
pub fn nearest<'n>(cluster: Cluster<'n>, job: &Job, group: &TaskGroup, eligible: bool) -> Vec<Candidate<'n>> {
    let demand = Demand::of(group);
    let fits = |n: &&NodeStub| {
        let state = if eligible {
            n.is_schedulable()
        } else {
            n.status == NodeStatus::Ready && !n.drain && !n.is_schedulable()
        };
        state
            && in_reach(job, n)
            && demand.drivers.iter().all(|d| n.drivers.get(d).is_some_and(|d| d.detected && d.healthy))
            && host_volumes(group).all(|source| n.host_volumes.contains_key(source))
            && constraints(job, group).all(|c| meets(n, c) != Some(false))
    };
    let mut found: Vec<Candidate<'n>> = cluster
        .nodes
        .iter()
        .filter(fits)
        .map(|node| candidate(node, cluster.taken.get(&node.id), &demand))
        .collect();
    found.sort_by(|a, b| (a.shortage(&demand), &a.node.name).cmp(&(b.shortage(&demand), &b.node.name)));
    found
}

/// The host volumes that a group asks for; those whose name depends on the instance are left out.
fn host_volumes(group: &TaskGroup) -> impl Iterator<Item = &str> {
    group.volumes.values().filter(|v| v.kind == "host" && !v.per_alloc).map(|v| v.source.as_str())
}

/// Whether a node is in the pool and one of the datacenters of a job.
#[must_use]
pub fn in_reach(job: &Job, node: &NodeStub) -> bool {
    let pool = job.node_pool.is_empty() || job.node_pool == "all" || job.node_pool == node.node_pool;
    pool && in_datacenters(&job.datacenters, &node.datacenter)
}

/// Whether a datacenter is one of these patterns.
#[must_use]
pub fn in_datacenters(patterns: &[String], datacenter: &str) -> bool {
    let fits = |pattern: &String| {
        let text = regex::escape(pattern).replace("\\*", ".*").replace("\\?", ".");
        regex::Regex::new(&format!("^({text})$")).is_ok_and(|r| r.is_match(datacenter))
    };
    patterns.is_empty() || patterns.iter().any(fits)
}

fn candidate<'n>(node: &'n NodeStub, taken: Option<&NodeUsage>, demand: &Demand) -> Candidate<'n> {
    let none = NodeUsage::default();
    let taken = taken.unwrap_or(&none);
    let offered = capacity::offered(node);
    let disk = node.node_resources.as_ref().map_or(0, |r| r.disk.mib);
    let disk = disk.saturating_sub(node.reserved_resources.as_ref().map_or(0, |r| r.disk.mib));
    let short = |asks: u64, offers: u64, takes: u64| asks.saturating_sub(offers.saturating_sub(takes));
    let amounts = [
        NodeShortage::Memory(short(demand.amount.memory_mib, offered.memory_mib, taken.amount.memory_mib)),
        NodeShortage::Cpu(short(demand.amount.cpu_mhz, offered.cpu_mhz, taken.amount.cpu_mhz)),
        NodeShortage::Disk(short(demand.disk_mib, disk, taken.disk_mib)),
    ];
    let lacking = |l: &NodeShortage| {
        !matches!(l, NodeShortage::Memory(0) | NodeShortage::Cpu(0) | NodeShortage::Disk(0))
    };
    let ports = demand.static_ports.iter().filter(|(_, port)| taken.ports.contains(port));
    let ports = ports.map(|(label, port)| NodeShortage::Port(label.clone(), *port));
    let too_small = demand.amount.memory_mib > offered.memory_mib
        || demand.amount.cpu_mhz > offered.cpu_mhz
        || demand.disk_mib > disk;
    Candidate { node, lacks: amounts.into_iter().filter(lacking).chain(ports).collect(), too_small }
}

/// The constraints of a group: its job's, its own and its tasks'.
pub fn constraints<'j>(job: &'j Job, group: &'j TaskGroup) -> impl Iterator<Item = &'j Constraint> {
    job.constraints.iter().chain(&group.constraints).chain(group.tasks.iter().flat_map(|t| &t.constraints))
}

/// A constraint as the scheduler names it: `${node.class} = gpu`.
#[must_use]
pub fn text(constraint: &Constraint) -> String {
    let operand = if constraint.operand.is_empty() { "=" } else { &constraint.operand };
    format!("{} {operand} {}", constraint.left, constraint.right)
}

/// Whether a node meets a constraint, as far as a row of the node list tells: attributes and metadata are not in it.
#[must_use]
pub fn meets(node: &NodeStub, constraint: &Constraint) -> Option<bool> {
    let known: BTreeMap<&str, &str> = BTreeMap::from([
        ("${node.class}", node.node_class.as_str()),
        ("${node.datacenter}", node.datacenter.as_str()),
        ("${node.pool}", node.node_pool.as_str()),
        ("${node.unique.id}", node.id.as_str()),
        ("${node.unique.name}", node.name.as_str()),
        ("${attr.nomad.version}", node.version.as_str()),
    ]);
    let value = known.get(constraint.left.as_str())?;
    let wanted = constraint.right.as_str();
    if wanted.contains("${") {
        return None;
    }
    let mut listed = wanted.split(',').map(str::trim);
    match constraint.operand.as_str() {
        "" | "=" | "==" | "is" => Some(*value == wanted),
        "!=" | "not" => Some(*value != wanted),
        "regexp" => regex::Regex::new(wanted).ok().map(|r| r.is_match(value)),
        "set_contains_any" => Some(listed.any(|w| w == *value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn node(name: &str, memory: u64) -> NodeStub {
        serde_json::from_value(json!({
            "ID": name, "Name": name, "Datacenter": "dc1", "NodePool": "default", "NodeClass": "old", "Status": "ready",
            "SchedulingEligibility": "eligible", "ModifyIndex": 1,
            "Drivers": {"docker": {"Detected": true, "Healthy": true}},
            "NodeResources": {"Cpu": {"CpuShares": 4000}, "Memory": {"MemoryMB": memory}, "Disk": {"DiskMB": 9000}},
        }))
        .unwrap()
    }

    fn job(constraints: &serde_json::Value) -> Job {
        serde_json::from_value(json!({"ID": "web", "Datacenters": ["dc*"], "NodePool": "default",
            "TaskGroups": [{"Name": "g", "Constraints": constraints, "EphemeralDisk": {"SizeMB": 300},
            "Networks": [{"ReservedPorts": [{"Label": "http", "Value": 80}]}],
            "Tasks": [{"Name": "t", "Driver": "docker", "Resources": {"CPU": 100, "MemoryMB": 512}}]}]}))
        .unwrap()
    }

    #[test]
    fn the_node_that_lacks_the_least_comes_first() {
        let nodes = [node("c1", 600), node("c2", 800), node("c3", 400)];
        let taken = |mib, ports: Vec<u16>| NodeUsage {
            amount: Amount { cpu_mhz: 0, memory_mib: mib },
            disk_mib: 0,
            ports,
        };
        let taken =
            HashMap::from([("c1".to_owned(), taken(300, vec![])), ("c2".to_owned(), taken(100, vec![80]))]);
        let job = job(&json!([{"LTarget": "${node.class}", "RTarget": "old", "Operand": "="}]));
        let near = nearest(Cluster { nodes: &nodes, taken: &taken }, &job, &job.task_groups[0], true);
        let told: Vec<String> = near
            .iter()
            .map(|c| {
                format!("{} lacks {}{}", c.node.name, lacks(&c.lacks), if c.too_small { "!" } else { "" })
            })
            .collect();
        assert_eq!(told, ["c3 lacks 112 MiB!", "c1 lacks 212 MiB", "c2 lacks port 80 (http)"]);
    }

    #[test]
    fn where_far_too_much_is_asked_the_largest_node_still_comes_first() {
        let nodes = [node("c1", 600), node("c2", 700)];
        let mut job = job(&json!([]));
        job.task_groups[0].tasks[0].resources.as_mut().unwrap().memory_mib = Some(9_999_999);
        let taken = HashMap::new();
        let near = nearest(Cluster { nodes: &nodes, taken: &taken }, &job, &job.task_groups[0], true);
        assert_eq!(near.iter().map(|c| c.node.name.as_str()).collect::<Vec<_>>(), ["c2", "c1"]);
    }

    #[test]
    fn a_node_that_a_constraint_rules_out_is_none_of_them() {
        let nodes = [node("c1", 600)];
        let job = job(&json!([{"LTarget": "${node.class}", "RTarget": "gpu", "Operand": "="}]));
        let cluster = Cluster { nodes: &nodes, taken: &HashMap::new() };
        assert!(nearest(cluster, &job, &job.task_groups[0], true).is_empty());
        let attribute =
            Constraint { left: "${attr.kernel.name}".into(), operand: "=".into(), right: "linux".into() };
        assert_eq!(meets(&nodes[0], &attribute), None);
        assert_eq!(text(&attribute), "${attr.kernel.name} = linux");
    }
}
