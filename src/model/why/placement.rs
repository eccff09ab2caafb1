//! Why allocations of a group are not placed.

use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::model::ids::{job_words, shell_word};
use crate::model::why::room::{self, Candidate, Cluster, Demand};
use crate::model::why::{Code, Evidence, Explanation, Planned, Suggestion, some_of};
use crate::model::words::{count, either};

/// How many nodes are named.
const MOST_NODES: usize = 3;
/// The scheduler's words for a node of a kind that another one of which was ruled out before: it is not looked at again.
const ALIKE: &str = "computed class ineligible";

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

/// One reason of the scheduler, by kind.
struct Reason<'m> {
    code: Code,
    key: &'m str,
    nodes: u64,
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
    let reasons = reasons(u.metric);
    let candidates = u.cluster.map(|c| room::nearest(c, u.job, u.group, true)).unwrap_or_default();
    let (code, why) = main_reason(u, &reasons, &candidates);
    let what = if u.job.job_type == crate::api::nomad::JobType::System {
        format!("{} of system group {}", count(missing, "allocation"), u.group.name)
    } else {
        format!("{missing} of {} of group {}", count(wanted, "allocation"), u.group.name)
    };
    let sentence = format!("{what} {} not placed: {why}", either(missing, "is", "are"));
    let mut explanation = Explanation::new(code, sentence);
    explanation.evidence = evidence(u, &reasons, &candidates);
    explanation.suggestions = suggestions(u, missing, wanted, &candidates);
    explanation
}

/// The scheduler's reasons: those of nodes that were full come first, for these nodes passed all the others.
fn reasons(metric: &PlacementMetric) -> Vec<Reason<'_>> {
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

fn main_reason(u: Unplaced<'_>, reasons: &[Reason<'_>], near: &[Candidate<'_>]) -> (Code, String) {
    let metric = u.metric;
    if !metric.quota_exhausted.is_empty() {
        let text = format!(
            "the quota of namespace {} is used up: {}",
            u.job.namespace,
            metric.quota_exhausted.join(", ")
        );
        return (Code::Quota, text);
    }
    let Some(first) = reasons.first() else {
        if metric.nodes_evaluated == 0 {
            return (Code::NoEligibleNode, no_eligible_node(u));
        }
        return (
            Code::NotKnown,
            format!(
                "the scheduler ruled out all {}, and does not say why",
                count(metric.nodes_evaluated, "node")
            ),
        );
    };
    let demand = Demand::of(u.group);
    let text = match first.code {
        Code::NoRoom => no_room(first, &demand, near),
        Code::PortTaken => {
            let ports: Vec<String> =
                demand.static_ports.iter().map(|(label, port)| format!("{label}={port}")).collect();
            let named = if ports.is_empty() {
                first.key.to_owned()
            } else {
                format!("static port {}", ports.join(", "))
            };
            format!(
                "{named} is taken on {}",
                every(first.nodes, "node that could run it", "nodes that could run it")
            )
        }
        Code::MissingDriver => {
            format!("no node has the driver {} ({})", demand.drivers.join(" and "), lacking(first.nodes))
        }
        Code::MissingVolume => {
            let volumes: Vec<String> =
                u.group.volumes.values().map(|v| format!("{} volume {}", v.kind, v.source)).collect();
            let named = if volumes.is_empty() { first.key.to_owned() } else { volumes.join(" and ") };
            format!("no node has {named} ({})", lacking(first.nodes))
        }
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
            let all: Vec<String> = reasons
                .iter()
                .filter(|r| r.code == Code::Constraint)
                .map(|r| format!("{} ({} ruled out)", r.key, count(r.nodes, "node")))
                .collect();
            format!("no node meets {}", all.join(" and "))
        }
    };
    (first.code, text)
}

/// How many nodes lack it.
fn lacking(nodes: u64) -> String {
    format!("{} {} it", count(nodes, "node"), either(nodes, "lacks", "lack"))
}

fn every(nodes: u64, one: &str, many: &str) -> String {
    if nodes == 1 { format!("the one {one}") } else { format!("all {nodes} {many}") }
}

fn no_room(reason: &Reason<'_>, demand: &Demand, near: &[Candidate<'_>]) -> String {
    let asks = match reason.key {
        "memory" => format!("{} MiB of memory", demand.amount.memory_mib),
        "cpu" => format!("{} MHz of cpu", demand.amount.cpu_mhz),
        "disk" => format!("{} MiB of disk", demand.disk_mib),
        other => other.to_owned(),
    };
    let nearest = match near.iter().find(|c| !c.lacks.is_empty()) {
        Some(c) => format!("; {} comes nearest and lacks {}", c.node.name, room::lacks(&c.lacks)),
        None => String::new(),
    };
    format!("no node has {asks} free ({} too full){nearest}", either_count(reason.nodes))
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
    let demand = Demand::of(u.group);
    if let Some(like) =
        near.iter().find(|c| !c.too_small && !c.lacks.is_empty() && demand.static_ports.is_empty())
    {
        let text = format!("add a node like {}: an empty one has room for it", like.node.name);
        all.push(Suggestion::new(text, "fleet node list --eligible".to_owned()).planned(Planned::NotKnown));
    }
    let service = u.job.job_type == crate::api::nomad::JobType::Service;
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
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::HashMap;

    fn node(name: &str, memory: u64, eligible: bool) -> NodeStub {
        serde_json::from_value(json!({
            "ID": name, "Name": name, "Datacenter": "dc1", "NodePool": "default", "NodeClass": "old", "Status": "ready",
            "SchedulingEligibility": if eligible { "eligible" } else { "ineligible" }, "ModifyIndex": 1,
            "Drivers": {"docker": {"Detected": true, "Healthy": true}},
            "NodeResources": {"Cpu": {"CpuShares": 4000}, "Memory": {"MemoryMB": memory}, "Disk": {"DiskMB": 9000}},
        }))
        .unwrap()
    }

    fn told(metric: serde_json::Value, nodes: &[NodeStub]) -> String {
        let metric: PlacementMetric = serde_json::from_value(metric).unwrap();
        let job: Job = serde_json::from_value(json!({"ID": "web", "Namespace": "default", "Type": "service",
            "Datacenters": ["dc1"], "NodePool": "default",
            "TaskGroups": [{"Name": "g", "Count": 3, "EphemeralDisk": {"SizeMB": 300},
            "Volumes": {"data": {"Type": "host", "Source": "pgdata"}},
            "Networks": [{"ReservedPorts": [{"Label": "http", "Value": 80}]}],
            "Tasks": [{"Name": "t", "Driver": "docker", "Resources": {"CPU": 100, "MemoryMB": 512}}]}]}))
        .unwrap();
        let taken = HashMap::new();
        let cluster = (!nodes.is_empty()).then_some(Cluster { nodes, taken: &taken });
        let e = explain(Unplaced { job: &job, group: &job.task_groups[0], metric: &metric, cluster });
        let mut lines =
            vec![format!("{}: {}", serde_json::to_value(e.code).unwrap().as_str().unwrap(), e.sentence)];
        lines.extend(e.evidence.iter().map(|v| format!("- {}: {}", v.about, v.text)));
        lines.extend(
            e.suggestions.iter().map(|s| format!("> {}: {}", s.text, s.command.clone().unwrap_or_default())),
        );
        lines.join("\n")
    }

    #[test]
    fn a_want_of_memory_names_the_nearest_node_and_what_it_lacks() {
        let metric = json!({"NodesEvaluated": 3, "NodesFiltered": 1, "NodesExhausted": 2,
            "DimensionExhausted": {"memory": 2}, "ConstraintFiltered": {"${node.class} = old": 1}});
        let nodes = [node("c3", 100, true), node("c4", 300, true), node("c5", 900, false)];
        insta::assert_snapshot!(told(metric, &nodes), @"
        no-room: 1 of 3 allocations of group g is not placed: no node has 512 MiB of memory free (2 nodes are too full); c4 comes nearest and lacks 212 MiB
        - group g: the scheduler looked at 3 nodes: 1 ruled out, 2 full
        - group g: 2 nodes lacking memory
        - group g: 1 node ruled out by ${node.class} = old
        - node c4: lacks 212 MiB, and is too small for it even when empty
        - node c3: lacks 412 MiB, and is too small for it even when empty
        - nodes: 1 node ineligible: c5
        > make node c5 eligible again: by its free room one fits there: fleet node eligible c5
        > ask for 2 instead of 3: that many are placed: fleet job scale web g 2
        ");
    }

    #[test]
    fn every_reason_of_the_scheduler_has_its_own_sentence() {
        let one = |metric: serde_json::Value| told(metric, &[]).lines().next().unwrap().to_owned();
        let filtered =
            |key: &str| one(json!({"NodesEvaluated": 6, "NodesFiltered": 6, "ConstraintFiltered": {key: 6}}));
        let full = |key: &str| {
            one(json!({"NodesEvaluated": 6, "NodesExhausted": 6, "DimensionExhausted": {key: 6}}))
        };
        let all = [
            filtered("${node.class} = gpu"),
            filtered("missing drivers"),
            filtered("missing compatible host volumes"),
            filtered("missing devices"),
            filtered("missing network"),
            filtered("distinct_hosts"),
            full("cpu"),
            full("disk"),
            full("network: reserved port collision http=80"),
            full("devices: no devices match request"),
            one(json!({"NodesEvaluated": 0})),
            one(json!({"NodesEvaluated": 2})),
            one(json!({"NodesEvaluated": 2, "QuotaExhausted": ["memory"]})),
            one(
                json!({"NodesEvaluated": 6, "CoalescedFailures": 2, "ConstraintFiltered": {"a = b": 4, "c = d": 2}}),
            ),
            one(
                json!({"NodesEvaluated": 6, "ConstraintFiltered": {"a = b": 1, "computed class ineligible": 5}}),
            ),
            one(
                json!({"NodesEvaluated": 6, "ConstraintFiltered": {"a = b": 1, "c = d": 1, "computed class ineligible": 4}}),
            ),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        constraint: 1 of 3 allocations of group g is not placed: no node meets ${node.class} = gpu (6 nodes ruled out)
        missing-driver: 1 of 3 allocations of group g is not placed: no node has the driver docker (6 nodes lack it)
        missing-volume: 1 of 3 allocations of group g is not placed: no node has host volume pgdata (6 nodes lack it)
        missing-device: 1 of 3 allocations of group g is not placed: no node has a free device it asks for (6 nodes lack it)
        missing-feature: 1 of 3 allocations of group g is not placed: no node has what it asks for: network (6 nodes lack it)
        distinct: 1 of 3 allocations of group g is not placed: its allocations must keep apart (distinct_hosts), and all 6 nodes that would do run one already
        no-room: 1 of 3 allocations of group g is not placed: no node has 100 MHz of cpu free (6 nodes are too full)
        no-room: 1 of 3 allocations of group g is not placed: no node has 300 MiB of disk free (6 nodes are too full)
        port-taken: 1 of 3 allocations of group g is not placed: static port http=80 is taken on all 6 nodes that could run it
        missing-device: 1 of 3 allocations of group g is not placed: no node has a free device it asks for (6 nodes lack it)
        no-eligible-node: 1 of 3 allocations of group g is not placed: no node of pool default in datacenter dc1 takes new work
        not-known: 1 of 3 allocations of group g is not placed: the scheduler ruled out all 2 nodes, and does not say why
        quota: 1 of 3 allocations of group g is not placed: the quota of namespace default is used up: memory
        constraint: 3 of 3 allocations of group g are not placed: no node meets a = b (4 nodes ruled out) and c = d (2 nodes ruled out)
        constraint: 1 of 3 allocations of group g is not placed: no node meets a = b (6 nodes ruled out)
        constraint: 1 of 3 allocations of group g is not placed: no node meets a = b (1 node ruled out) and c = d (1 node ruled out) and a rule that nodes of the same kind broke (4 nodes ruled out)
        ");
    }

    #[test]
    fn a_pool_without_nodes_is_told_from_one_whose_nodes_take_nothing() {
        let one =
            |nodes: &[NodeStub]| told(json!({"NodesEvaluated": 0}), nodes).lines().next().unwrap().to_owned();
        let mut elsewhere = node("c1", 900, true);
        assert!(
            one(&[node("c1", 900, false)])
                .contains("none of the 1 node of pool default in datacenter dc1 takes new work")
        );
        elsewhere.datacenter = "dc9".into();
        assert!(
            one(std::slice::from_ref(&elsewhere))
                .contains("node pool default has 1 node, and none of them in datacenter dc1")
        );
        elsewhere.node_pool = "gpu".into();
        assert!(one(&[elsewhere]).contains("node pool default has no node"));
    }
}
