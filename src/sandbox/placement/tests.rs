//! The placer against what a real cluster answered, and what must hold for any cluster.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::api::nomad::job::Job;

fn texts(value: &Value) -> BTreeMap<String, String> {
    serde_json::from_value(value.clone()).unwrap()
}

/// A machine from a node as `GET /v1/node/:id` shows it.
fn machine(node: &Value) -> Machine {
    let text = |key: &str| node[key].as_str().unwrap().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let resources = &node["NodeResources"];
    let cores = list(&resources["Processors"]["Topology"]["Cores"]);
    let size = |path: [&str; 2]| resources[path[0]][path[1]].as_u64().unwrap();
    let port = |key: &str| u16::try_from(resources[key].as_u64().unwrap()).unwrap();
    let networks = list(&resources["NodeNetworks"]);
    Machine {
        id: text("ID"),
        name: text("Name"),
        class: text("NodeClass"),
        datacenter: text("Datacenter"),
        pool: text("NodePool"),
        attributes: texts(&node["Attributes"]),
        meta: texts(&node["Meta"]),
        drivers: node["Drivers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, d)| (name.clone(), d["Detected"] == true && d["Healthy"] == true))
            .collect(),
        network_modes: networks.iter().map(|n| n["Mode"].as_str().unwrap().to_owned()).collect(),
        addresses: networks
            .iter()
            .flat_map(|n| list(&n["Addresses"]))
            .map(|a| Address {
                alias: a["Alias"].as_str().unwrap().to_owned(),
                ip: a["Address"].as_str().unwrap().to_owned(),
                ..Address::default()
            })
            .collect(),
        capacity: Capacity {
            cpu: size(["Cpu", "CpuShares"]),
            memory: size(["Memory", "MemoryMB"]),
            disk: size(["Disk", "DiskMB"]),
        },
        cores: cores.iter().map(|c| u16::try_from(c["ID"].as_u64().unwrap()).unwrap()).collect(),
        core_mhz: cores[0]["BaseSpeed"].as_u64().unwrap(),
        dynamic_ports: port("MinDynamicPort")..=port("MaxDynamicPort"),
        computed_class: text("ComputedClass"),
        ..Machine::default()
    }
}

fn seats<'m>(machines: &'m [Machine], job: &Job) -> Vec<Seat<'m>> {
    let ours =
        |m: &Machine| in_any_datacenter(&job.datacenters, &m.datacenter) && in_pool(&job.node_pool, &m.pool);
    machines
        .iter()
        .map(|machine| Seat {
            machine,
            occupancy: Cow::Owned(Occupancy::default()),
            candidate: ours(machine),
        })
        .collect()
}

/// Places every allocation a job wants, group by group, as one evaluation does.
fn place_all(placer: &mut Placer<'_>, job: &Job) -> (Vec<Grant>, BTreeMap<String, Metric>) {
    let mut grants = Vec::new();
    let mut failed: BTreeMap<String, Metric> = BTreeMap::new();
    for group in &job.task_groups {
        for index in 0..group.count() {
            if let Some(metric) = failed.get_mut(&group.name) {
                metric.coalesce(group);
                continue;
            }
            let alloc_name = format!("{}.{}[{index}]", job.id, group.name);
            match placer.place(job, group, &PlacementRequest { alloc_name, ..PlacementRequest::default() }) {
                (Some(grant), _) => grants.push(grant),
                (None, metric) => {
                    failed.insert(group.name.clone(), metric);
                }
            }
        }
    }
    (grants, failed)
}

/// A system job looks at every node; what was filtered is summed up.
fn place_everywhere(placer: &mut Placer<'_>, machines: &[Machine], job: &Job) -> BTreeMap<String, Metric> {
    let mut failed: BTreeMap<String, Metric> = BTreeMap::new();
    for group in &job.task_groups {
        for m in machines {
            let (_, mut metric) = placer.try_on(job, group, &PlacementRequest::default(), &m.id);
            metric.nodes_available = None;
            metric.nodes_in_pool = 0;
            metric.node_pool.clear();
            match failed.get_mut(&group.name) {
                Some(sum) => sum.merge_filtered(&metric),
                None => {
                    failed.insert(group.name.clone(), metric);
                }
            }
        }
    }
    failed
}

#[test]
fn refusals_read_as_a_real_cluster_words_and_counts_them() {
    let recorded: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/nomad-2.0.5/placement.json")).unwrap();
    let machines: Vec<Machine> = recorded["nodes"].as_array().unwrap().iter().map(machine).collect();
    let cases = recorded["cases"].as_array().unwrap();
    assert!(cases.len() > 60);
    for case in cases {
        let mut job: Job = serde_json::from_value(case["job"].clone()).unwrap();
        job.namespace = "default".into();
        if job.node_pool.is_empty() {
            job.node_pool = "default".into();
        }
        let mut placer = Placer::new(job.job_type.name(), seats(&machines, &job), Config::default(), 7);
        let failed = if job.job_type == crate::api::nomad::JobType::System {
            place_everywhere(&mut placer, &machines, &job)
        } else {
            place_all(&mut placer, &job).1
        };
        let mut ours = serde_json::to_value(&failed).unwrap();
        for metric in ours.as_object_mut().unwrap().values_mut() {
            metric.as_object_mut().unwrap().remove("AllocationTime");
        }
        let theirs = if case["failed"].is_null() { json!({}) } else { case["failed"].clone() };
        assert_eq!(ours, theirs, "{}", case["name"]);
    }
}

fn job(value: Value) -> Job {
    let mut job: Job = serde_json::from_value(value).unwrap();
    job.datacenters = vec!["*".into()];
    job.namespace = "default".into();
    job
}

fn fleet(count: usize) -> Vec<Machine> {
    (0..count)
        .map(|i| Machine {
            id: format!("node-{i}"),
            name: format!("c{i}"),
            capacity: Capacity { cpu: 4000, memory: 4096, disk: 10_000 },
            drivers: BTreeMap::from([("mock_driver".into(), true)]),
            meta: BTreeMap::from([("rack".into(), format!("r{}", i % 3))]),
            addresses: vec![Address {
                alias: "default".into(),
                ip: format!("10.0.0.{i}"),
                ..Address::default()
            }],
            computed_class: format!("v1:{}", i % 3),
            ..Machine::default()
        })
        .collect()
}

fn group(count: u64, more: &Value) -> Value {
    let mut group = json!({"Name": "g", "Count": count, "EphemeralDisk": {"SizeMB": 10}, "Tasks": [
        {"Name": "t", "Driver": "mock_driver", "Resources": {"CPU": 500, "MemoryMB": 256}}]});
    group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    group
}

fn nodes_of(grants: &[Grant]) -> BTreeMap<&str, usize> {
    let mut nodes = BTreeMap::new();
    for grant in grants {
        *nodes.entry(grant.node_id.as_str()).or_default() += 1;
    }
    nodes
}

#[test]
fn company_of_the_same_group_weighs_more_than_packing() {
    let machines = fleet(4);
    let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(4, &json!({}))]}));
    let mut placer = Placer::new("service", seats(&machines, &job), Config::default(), 1);
    assert_eq!(nodes_of(&place_all(&mut placer, &job).0).len(), 4);
}

#[test]
fn packing_prefers_the_fuller_node_and_spreading_the_emptier_one() {
    let machines = fleet(2);
    let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(1, &json!({}))]}));
    let busy = Footprint { size: Capacity { cpu: 1000, memory: 1000, disk: 0 }, ..Footprint::default() };
    for (algorithm, expected) in [(Algorithm::Binpack, "node-1"), (Algorithm::Spread, "node-0")] {
        let mut seats = seats(&machines, &job);
        seats[1].occupancy.to_mut().add(&busy);
        let config = Config { algorithm, ..Config::default() };
        let mut placer = Placer::new("service", seats, config, 3);
        let (grants, _) = place_all(&mut placer, &job);
        assert_eq!(grants[0].node_id, expected);
    }
}

#[test]
fn a_spread_with_targets_is_met_and_an_even_one_is_even() {
    let machines = fleet(9);
    let rack = |grants: &[Grant]| {
        let mut racks: BTreeMap<String, usize> = BTreeMap::new();
        for g in grants {
            let m = machines.iter().find(|m| m.id == g.node_id).unwrap();
            *racks.entry(m.meta["rack"].clone()).or_default() += 1;
        }
        racks.into_values().collect::<Vec<_>>()
    };
    let spread = |targets: Value| json!({"Spreads": [{"Attribute": "${meta.rack}", "Weight": 100, "SpreadTarget": targets}]});
    let targets = json!([{"Value": "r0", "Percent": 50}, {"Value": "r1", "Percent": 30}]);
    for (targets, expected) in [(json!(null), vec![4, 3, 3]), (targets, vec![5, 3, 2])] {
        let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(10, &spread(targets))]}));
        let mut placer = Placer::new("service", seats(&machines, &job), Config::default(), 5);
        let mut counts = rack(&place_all(&mut placer, &job).0);
        counts.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(counts, expected);
    }
}

#[test]
fn an_affinity_draws_and_a_failure_repels() {
    let machines = fleet(6);
    let affinity = json!({"Affinities": [{"LTarget": "${node.unique.name}", "Operand": "=", "RTarget": "c4", "Weight": 100}]});
    let drawn = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(1, &affinity)]}));
    let mut placer = Placer::new("service", seats(&machines, &drawn), Config::default(), 9);
    assert_eq!(place_all(&mut placer, &drawn).0[0].node_id, "node-4");

    let two = &machines[..2];
    let plain = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(1, &json!({}))]}));
    for seed in 0..20 {
        let mut placer = Placer::new("service", seats(two, &plain), Config::default(), seed);
        let wish = PlacementRequest { penalty_nodes: vec!["node-0".into()], ..PlacementRequest::default() };
        let (grant, _) = placer.place(&plain, &plain.task_groups[0], &wish);
        assert_eq!(grant.unwrap().node_id, "node-1", "seed {seed}");
    }
}

#[test]
fn a_sticky_allocation_returns_to_its_node_while_there_is_room() {
    let machines = fleet(5);
    let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(1, &json!({}))]}));
    let mut placer = Placer::new("service", seats(&machines, &job), Config::default(), 2);
    let wish = PlacementRequest { preferred_node: Some("node-3".into()), ..PlacementRequest::default() };
    for _ in 0..8 {
        let (grant, metric) = placer.place(&job, &job.task_groups[0], &wish);
        assert_eq!((grant.unwrap().node_id.as_str(), metric.nodes_evaluated), ("node-3", 1));
    }
    let (grant, _) = placer.place(&job, &job.task_groups[0], &wish);
    assert_ne!(grant.unwrap().node_id, "node-3", "eight times 500 MHz fill it");
}

#[test]
fn classes_are_asked_once_and_remembered_for_blocked_evaluations() {
    let machines = fleet(9);
    let constraint = json!({"Constraints": [{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "r1"}]});
    let mut value = group(1, &constraint);
    value["Tasks"][0]["Resources"]["MemoryMB"] = json!(9000);
    let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": [value]}));
    let mut placer = Placer::new("service", seats(&machines, &job), Config::default(), 4);
    let (_, failed) = place_all(&mut placer, &job);
    let metric = &failed["g"];
    assert_eq!(metric.constraint_filtered["${meta.rack} = r1"], 2);
    assert_eq!(metric.constraint_filtered["computed class ineligible"], 4);
    assert_eq!(metric.dimension_exhausted["memory"], 3);
    let eligibility = placer.eligibility(&job);
    assert!(!eligibility.escaped);
    let expected = [("v1:0", false), ("v1:1", true), ("v1:2", false)];
    assert_eq!(eligibility.classes, expected.iter().map(|(c, e)| ((*c).to_owned(), *e)).collect());
}

#[test]
fn a_planned_stop_frees_room_and_taking_it_back_fills_it() {
    let machines = fleet(1);
    let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(1, &json!({}))]}));
    let tg = &job.task_groups[0];
    let mut placer = Placer::new("service", seats(&machines, &job), Config::default(), 4);
    let mut last = None;
    while let (Some(grant), _) = placer.place(&job, tg, &PlacementRequest::default()) {
        last = Some(grant);
    }
    let last = last.unwrap();
    placer.stop("node-0", &last.footprint);
    assert!(placer.try_on(&job, tg, &PlacementRequest::default(), "node-0").0.is_some());
    placer.unstop("node-0", &last.footprint);
    assert!(placer.try_on(&job, tg, &PlacementRequest::default(), "node-0").0.is_none());
}

#[derive(Debug, Clone)]
struct Demand {
    count: u64,
    cpu: u64,
    memory: u64,
    disk: u64,
    cores: u64,
    static_port: Option<u16>,
    dynamic: usize,
    hosts: bool,
}

fn demand() -> impl Strategy<Value = Demand> {
    (
        0u64..12,
        0u64..2500,
        0u64..2500,
        0u64..6000,
        0u64..3,
        proptest::option::of(20_000u16..20_006),
        0usize..4,
        any::<bool>(),
    )
        .prop_map(|(count, cpu, memory, disk, cores, static_port, dynamic, hosts)| Demand {
            count,
            cpu,
            memory,
            disk,
            cores,
            static_port,
            dynamic,
            hosts,
        })
}

impl Demand {
    fn group(&self, name: usize) -> Value {
        let dynamic: Vec<Value> = (0..self.dynamic).map(|i| json!({"Label": format!("d{i}")})).collect();
        let fixed: Vec<Value> = self.static_port.iter().map(|p| json!({"Label": "s", "Value": p})).collect();
        let constraints = if self.hosts { json!([{"Operand": "distinct_hosts"}]) } else { json!([]) };
        json!({"Name": format!("g{name}"), "Count": self.count, "Constraints": constraints,
            "EphemeralDisk": {"SizeMB": self.disk},
            "Networks": [{"Mode": "host", "ReservedPorts": fixed, "DynamicPorts": dynamic}],
            "Tasks": [{"Name": "t", "Driver": "mock_driver",
                "Resources": {"CPU": self.cpu, "MemoryMB": self.memory, "Cores": self.cores}}]})
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_is_ever_given_twice_and_the_sums_add_up(
        machines in 1usize..8,
        narrow in 1u16..30,
        demands in proptest::collection::vec(demand(), 1..4),
        seed in any::<u64>(),
    ) {
        let mut machines = fleet(machines);
        for m in &mut machines {
            m.cores = vec![0, 1, 2, 3];
            m.core_mhz = 1000;
            m.dynamic_ports = 20_000..=20_000 + narrow;
        }
        let groups: Vec<Value> = demands.iter().enumerate().map(|(i, d)| d.group(i)).collect();
        let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": groups}));
        let mut placer = Placer::new("service", seats(&machines, &job), Config::default(), seed);
        let (grants, failed) = place_all(&mut placer, &job);

        for m in &machines {
            let here: Vec<&Grant> = grants.iter().filter(|g| g.node_id == m.id).collect();
            let sum = |of: fn(&Capacity) -> u64| here.iter().map(|g| of(&g.footprint.size)).sum::<u64>();
            prop_assert!(sum(|c| c.cpu) <= m.capacity.cpu);
            prop_assert!(sum(|c| c.memory) <= m.capacity.memory);
            prop_assert!(sum(|c| c.disk) <= m.capacity.disk);
            let ports: Vec<_> = here.iter().flat_map(|g| &g.footprint.ports).collect();
            prop_assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), ports.len(), "a port given twice");
            let cores: Vec<_> = here.iter().flat_map(|g| &g.footprint.cores).collect();
            prop_assert_eq!(cores.iter().collect::<BTreeSet<_>>().len(), cores.len(), "a core given twice");
            for (group, demand) in job.task_groups.iter().zip(&demands) {
                let same = here.iter().filter(|g| *g.footprint.tenant.group == *group.name).count();
                prop_assert!(!demand.hosts || same <= 1, "distinct_hosts");
            }
            prop_assert_eq!(placer.occupancy(&m.id).unwrap().allocs(), here.len());
        }
        for (group, demand) in job.task_groups.iter().zip(&demands) {
            let placed = grants.iter().filter(|g| *g.footprint.tenant.group == *group.name).count() as u64;
            let unplaced = failed.get(&group.name).map_or(0, |m| 1 + m.coalesced_failures);
            prop_assert_eq!(placed + unplaced, demand.count);
        }
        for metric in failed.values() {
            prop_assert_eq!(metric.nodes_evaluated, metric.nodes_in_pool, "a failure looked everywhere");
            prop_assert_eq!(metric.nodes_filtered + metric.nodes_exhausted, metric.nodes_evaluated);
            prop_assert_eq!(metric.constraint_filtered.values().sum::<u64>(), metric.nodes_filtered);
            prop_assert_eq!(metric.dimension_exhausted.values().sum::<u64>(), metric.nodes_exhausted);
        }
    }
}

#[test]
fn five_thousand_nodes_are_looked_through_without_haste() {
    let machines = fleet(5000);
    let impossible =
        json!({"Constraints": [{"LTarget": "${node.class}", "Operand": "regexp", "RTarget": "^gpu"}]});
    let job = job(json!({"ID": "j", "Type": "service", "TaskGroups": [group(500, &json!({})), {
        "Name": "never", "Count": 500, "Constraints": impossible["Constraints"], "Tasks": [{"Name": "t", "Driver": "mock_driver"}]}]}));
    let mut placer = Placer::new("service", seats(&machines, &job), Config::default(), 1);
    let (grants, failed) = place_all(&mut placer, &job);
    assert_eq!(
        (grants.len(), failed["never"].nodes_evaluated, failed["never"].coalesced_failures),
        (500, 5000, 499)
    );
}
