use super::*;
use serde_json::json;
use std::collections::HashMap;

fn node(name: &str, memory: u64, eligible: bool) -> NodeStub {
    serde_json::from_value(json!({
        "ID": name, "Name": name, "Datacenter": "dc1", "NodePool": "default", "NodeClass": "old", "Status": "ready",
        "SchedulingEligibility": if eligible { "eligible" } else { "ineligible" }, "ModifyIndex": 1,
        "Drivers": {"docker": {"Detected": true, "Healthy": true}}, "HostVolumes": {"pgdata": {}},
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
    no-room: 1 of 3 allocations of group g is not placed: 1 node is ruled out by ${node.class} = old, and none of the 2 left has 512 MiB of memory free; c4 comes nearest and lacks 212 MiB
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
fn only_a_node_that_was_full_and_not_ruled_out_is_one_to_have_more_of() {
    let nodes = [node("c1", 900, true), node("c2", 900, true), node("c3", 900, true)];
    let usage = |mib| room::NodeUsage {
        amount: crate::model::capacity::Amount { cpu_mhz: 0, memory_mib: mib },
        ..room::NodeUsage::default()
    };
    let taken = HashMap::from([("c2".to_owned(), usage(800)), ("c3".to_owned(), usage(850))]);
    let told = |kind: &str, metric: serde_json::Value| {
        let metric: PlacementMetric = serde_json::from_value(metric).unwrap();
        let job: Job = serde_json::from_value(json!({"ID": "web", "Namespace": "default", "Type": kind,
            "Datacenters": ["dc1"], "NodePool": "default", "TaskGroups": [{"Name": "g", "Count": 1,
            "Tasks": [{"Name": "t", "Driver": "docker", "Resources": {"CPU": 100, "MemoryMB": 512}}]}]}))
        .unwrap();
        let cluster = Some(Cluster { nodes: &nodes, taken: &taken });
        let e = explain(Unplaced { job: &job, group: &job.task_groups[0], metric: &metric, cluster });
        let helps = e.suggestions.iter().map(|s| s.text.as_str());
        [e.sentence.as_str()].into_iter().chain(helps).collect::<Vec<_>>().join(" | ")
    };
    let property = "distinct_property: ${meta.rack}=r1 used by 1 allocs";
    let all = [
        told(
            "service",
            json!({"NodesEvaluated": 3, "NodesExhausted": 2, "DimensionExhausted": {"memory": 2}}),
        ),
        told(
            "service",
            json!({"NodesEvaluated": 3, "NodesFiltered": 1, "NodesExhausted": 2,
            "DimensionExhausted": {"memory": 2}, "ConstraintFiltered": {property: 1}}),
        ),
        // Which of the two that lack memory was full, and which was ruled out, nobody tells.
        told(
            "service",
            json!({"NodesEvaluated": 3, "NodesFiltered": 2, "NodesExhausted": 1,
            "DimensionExhausted": {"memory": 1}, "ConstraintFiltered": {property: 2}}),
        ),
        told(
            "service",
            json!({"NodesEvaluated": 3, "NodesFiltered": 3, "ConstraintFiltered": {"${meta.rack} = r9": 3}}),
        ),
        told(
            "system",
            json!({"NodesEvaluated": 1, "NodesExhausted": 1, "DimensionExhausted": {"memory": 1}}),
        ),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    1 of 1 allocation of group g is not placed: no node has 512 MiB of memory free (2 nodes are too full); c2 comes nearest and lacks 412 MiB | add a node like c2: an empty one has room for it
    1 of 1 allocation of group g is not placed: 1 node is ruled out by distinct_property: ${meta.rack}=r1 used by 1 allocs, and none of the 2 left has 512 MiB of memory free; c2 comes nearest and lacks 412 MiB | add a node like c2: an empty one has room for it
    1 of 1 allocation of group g is not placed: 2 nodes are ruled out by distinct_property: ${meta.rack}=r1 used by 1 allocs, and the one node left has not 512 MiB of memory free
    1 of 1 allocation of group g is not placed: no node meets ${meta.rack} = r9 (3 nodes ruled out)
    1 allocation of system group g is not placed: 1 node has not 512 MiB of memory free
    ");
}

#[test]
fn every_reason_of_the_scheduler_has_its_own_sentence() {
    let one = |metric: serde_json::Value| told(metric, &[]).lines().next().unwrap().to_owned();
    let filtered =
        |key: &str| one(json!({"NodesEvaluated": 6, "NodesFiltered": 6, "ConstraintFiltered": {key: 6}}));
    let full =
        |key: &str| one(json!({"NodesEvaluated": 6, "NodesExhausted": 6, "DimensionExhausted": {key: 6}}));
    let all = [
        filtered("${node.class} = gpu"),
        filtered("missing drivers"),
        filtered("missing compatible host volumes"),
        filtered("missing CSI volume(s) data"),
        filtered("CSI volume data has exhausted its available writer claims"),
        one(
            json!({"NodesEvaluated": 2, "NodesFiltered": 2, "ConstraintFiltered": {"CSI plugin ebs is missing from client 1": 1,
            "CSI plugin ebs is missing from client 2": 1}}),
        ),
        filtered("CSI volume lookup failed"),
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
        one(json!({"NodesEvaluated": 6, "ConstraintFiltered": {"a = b": 1, "computed class ineligible": 5}})),
        one(
            json!({"NodesEvaluated": 6, "ConstraintFiltered": {"a = b": 1, "c = d": 1, "computed class ineligible": 4}}),
        ),
        filtered("computed class ineligible"),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    constraint: 1 of 3 allocations of group g is not placed: no node meets ${node.class} = gpu (6 nodes ruled out)
    missing-driver: 1 of 3 allocations of group g is not placed: no node has the driver docker (6 nodes lack it)
    missing-volume: 1 of 3 allocations of group g is not placed: no node has host volume pgdata (6 nodes lack it)
    missing-volume: 1 of 3 allocations of group g is not placed: namespace default has no CSI volume data
    missing-volume: 1 of 3 allocations of group g is not placed: CSI volume data has exhausted its available writer claims
    missing-volume: 1 of 3 allocations of group g is not placed: CSI plugin ebs does not run on 2 nodes
    missing-volume: 1 of 3 allocations of group g is not placed: no node may have it (CSI volume lookup failed)
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
    constraint: 1 of 3 allocations of group g is not placed: no node meets one of its rules, of which the scheduler does not say which (6 nodes ruled out)
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

#[test]
fn a_refusal_that_the_cluster_has_outlived_is_told_as_of_then() {
    let job: Job = serde_json::from_value(json!({"ID": "web", "Namespace": "ops", "Type": "sysbatch",
        "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t"}]}]}))
    .unwrap();
    let metric: PlacementMetric = serde_json::from_value(
        json!({"NodesEvaluated": 3, "NodesFiltered": 3, "ConstraintFiltered": {"${meta.a} = b": 3}}),
    )
    .unwrap();
    let u = Unplaced { job: &job, group: &job.task_groups[0], metric: &metric, cluster: None };
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let e = outlived(u, Some(at("2026-01-01T00:00:00Z")), 1, at("2026-01-01T00:00:40Z"));
    assert_eq!(
        e.sentence,
        "the scheduler refused group g 40s ago (3 nodes ruled out by ${meta.a} = b); now it would place 1 allocation, and nothing has it look again"
    );
    assert_eq!(e.suggestions[0].command.as_deref(), Some("fleet job eval -n ops web"));
}

#[test]
fn a_host_volume_that_is_there_is_told_from_one_that_is_missing() {
    let with = |name: &str, eligible: bool| {
        let mut node = serde_json::to_value(json!({
            "ID": name, "Name": name, "Datacenter": "dc1", "NodePool": "default", "Status": "ready", "ModifyIndex": 1,
            "SchedulingEligibility": if eligible { "eligible" } else { "ineligible" },
        }))
        .unwrap();
        node["HostVolumes"] = json!({"pgdata": {"Name": "pgdata", "Path": "/srv/pg"}});
        serde_json::from_value::<NodeStub>(node).unwrap()
    };
    let metric = json!({"NodesEvaluated": 2, "NodesFiltered": 2, "ConstraintFiltered": {"missing compatible host volumes": 2}});
    let without = || {
        let mut node = node("c1", 900, true);
        node.host_volumes.clear();
        node
    };
    let ends = |nodes: &[NodeStub]| {
        let all = told(metric.clone(), nodes);
        let lines: Vec<&str> = all.lines().collect();
        format!("{}\n{}", lines[0], lines[lines.len() - 1])
    };
    let said =
        [ends(&[without(), with("c2", true)]), ends(&[without(), with("c2", false)]), ends(&[without()])];
    insta::assert_snapshot!(said.join("\n"), @"
    missing-volume: 1 of 3 allocations of group g is not placed: host volume pgdata is on c2, and not to be had there as the group asks for it
    > see who has the volume pgdata: fleet volume show pgdata
    missing-volume: 1 of 3 allocations of group g is not placed: host volume pgdata is on c2 alone, which takes no new work
    > ask for 2 instead of 3: that many are placed: fleet job scale web g 2
    missing-volume: 1 of 3 allocations of group g is not placed: no node has host volume pgdata (2 nodes lack it)
    > give a node the host volume pgdata: fleet volume list
    ");
    let volume: Volume = serde_json::from_value(json!({"ID": "v", "Name": "pgdata",
        "RequestedCapabilities": [{"AccessMode": "single-node-single-writer", "AttachmentMode": "file-system"}],
        "Allocations": [{"ID": "c783f447-0000-4000-8000-000000000001", "Name": "db.g[0]", "Namespace": "default", "JobID": "db",
            "TaskGroup": "g", "NodeID": "n2", "NodeName": "c2", "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1}]}))
    .unwrap();
    assert_eq!(
        holders(&volume).text,
        "db.g[0] (c783f447 on c2) has it; it is made for single-node-single-writer"
    );
    let nobody = Volume { allocations: Vec::new(), requested_capabilities: Vec::new(), ..volume };
    assert_eq!(holders(&nobody).text, "nothing that lives has it");
}
