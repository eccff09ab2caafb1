//! How much of the nodes is in use, by pool.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::api::nomad::allocation::AllocatedResources;
use crate::api::nomad::node::{NodeResources, NodeStatus, NodeStub, ReservedResources};

/// MHz and MiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// MHz.
    pub cpu_mhz: u64,
    /// MiB.
    pub memory_mib: u64,
}

impl Amount {
    fn max(self, other: Amount) -> Amount {
        Amount { cpu_mhz: self.cpu_mhz.max(other.cpu_mhz), memory_mib: self.memory_mib.max(other.memory_mib) }
    }
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.cpu_mhz += other.cpu_mhz;
        self.memory_mib += other.memory_mib;
    }
}

/// What an allocation takes of its node, counted as the scheduler counts: tasks that run one after the other share
/// what the larger of them needs, reserved cores are never shared.
#[must_use]
pub fn taken(resources: &AllocatedResources) -> Amount {
    let (mut before, mut main, mut after) = (Amount::default(), Amount::default(), Amount::default());
    let mut always = Amount::default();
    for (name, task) in &resources.tasks {
        let mut amount = Amount { cpu_mhz: task.cpu.cpu_shares, memory_mib: task.memory.mib };
        if !task.cpu.reserved_cores.is_empty() {
            always.cpu_mhz += std::mem::take(&mut amount.cpu_mhz);
        }
        match resources.task_lifecycles.get(name).and_then(Option::as_ref) {
            Some(l) if l.hook == "prestart" => {
                before += amount;
                if l.sidecar {
                    main += amount;
                }
            }
            Some(l) if l.hook == "poststop" => after += amount,
            _ => main += amount,
        }
    }
    let mut all = main.max(before).max(after);
    all += always;
    all
}

/// What a node offers beyond what is reserved for others than Nomad.
#[must_use]
pub fn offered(node: &NodeStub) -> Amount {
    offered_of(node.node_resources.as_ref(), node.reserved_resources.as_ref())
}

/// The same of what a node has in all and what of that is reserved.
#[must_use]
pub fn offered_of(resources: Option<&NodeResources>, reserved: Option<&ReservedResources>) -> Amount {
    let Some(resources) = resources else { return Amount::default() };
    let (cpu, memory) = reserved.map_or((0, 0), |r| (r.cpu.cpu_shares, r.memory.mib));
    Amount {
        cpu_mhz: resources.cpu.cpu_shares.saturating_sub(cpu),
        memory_mib: resources.memory.mib.saturating_sub(memory),
    }
}

/// MiB of disk that a node offers beyond what is reserved for others than Nomad.
#[must_use]
pub fn disk_offered(node: &NodeStub) -> u64 {
    let Some(resources) = &node.node_resources else { return 0 };
    let reserved = node.reserved_resources.as_ref().map_or(0, |r| r.disk.mib);
    resources.disk.mib.saturating_sub(reserved)
}

/// A pool of nodes and the room in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pool {
    /// Its name.
    #[serde(rename = "node_pool")]
    pub pool: String,
    /// All its nodes.
    pub nodes: u64,
    /// Those whose heartbeats arrive.
    pub ready: u64,
    /// Those of the ready ones that take new work.
    pub eligible: u64,
    /// MHz that the eligible nodes offer.
    pub cpu_mhz_total: u64,
    /// MHz in use on the eligible nodes; none when the allocations could not be seen.
    pub cpu_mhz_used: Option<u64>,
    /// MiB that the eligible nodes offer.
    pub memory_mib_total: u64,
    /// MiB in use on the eligible nodes; none when the allocations could not be seen.
    pub memory_mib_used: Option<u64>,
    /// MiB of disk that the eligible nodes offer.
    pub disk_mib_total: u64,
    /// MiB of disk that are allocated on the eligible nodes; none when the allocations could not be seen.
    pub disk_mib_used: Option<u64>,
}

/// Per cent of a total; none of nothing, or when the part is not known.
#[must_use]
pub fn percent(used: Option<u64>, total: u64) -> Option<u64> {
    used?.checked_mul(100)?.checked_div(total)
}

/// What is taken, by node id: MHz and MiB of memory, and MiB of disk.
pub type Used<'a> = (&'a HashMap<String, Amount>, &'a HashMap<String, u64>);

/// The pools in the order of their names. Only nodes that take new work count towards the room there is.
#[must_use]
pub fn by_pool(nodes: &[NodeStub], used: Option<Used<'_>>) -> Vec<Pool> {
    let mut pools: BTreeMap<&str, Pool> = BTreeMap::new();
    for node in nodes {
        let pool = pools.entry(&node.node_pool).or_insert_with(|| Pool {
            pool: node.node_pool.clone(),
            nodes: 0,
            ready: 0,
            eligible: 0,
            cpu_mhz_total: 0,
            cpu_mhz_used: used.map(|_| 0),
            memory_mib_total: 0,
            memory_mib_used: used.map(|_| 0),
            disk_mib_total: 0,
            disk_mib_used: used.map(|_| 0),
        });
        pool.nodes += 1;
        pool.ready += u64::from(node.status == NodeStatus::Ready);
        if !node.is_schedulable() {
            continue;
        }
        pool.eligible += 1;
        let total = offered(node);
        pool.cpu_mhz_total += total.cpu_mhz;
        pool.memory_mib_total += total.memory_mib;
        pool.disk_mib_total += disk_offered(node);
        let taken = used.and_then(|(u, _)| u.get(&node.id)).copied().unwrap_or_default();
        let disk = used.and_then(|(_, d)| d.get(&node.id)).copied().unwrap_or_default();
        pool.disk_mib_used = pool.disk_mib_used.map(|used| used + disk);
        pool.cpu_mhz_used = pool.cpu_mhz_used.map(|used| used + taken.cpu_mhz);
        pool.memory_mib_used = pool.memory_mib_used.map(|used| used + taken.memory_mib);
    }
    pools.into_values().collect()
}

/// How full the nodes of a pool that stay are now, and when everything that leaves the others has moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Peak {
    /// The pool.
    #[serde(rename = "node_pool")]
    pub pool: String,
    /// How many of its nodes stay and take work.
    pub nodes: u64,
    /// MHz that they offer.
    pub cpu_mhz_total: u64,
    /// MHz in use on them now.
    pub cpu_mhz_used: u64,
    /// MHz in use when everything has moved.
    pub cpu_mhz_peak: u64,
    /// MiB that they offer.
    pub memory_mib_total: u64,
    /// MiB in use on them now.
    pub memory_mib_used: u64,
    /// MiB in use when everything has moved.
    pub memory_mib_peak: u64,
}

/// The pools from which something leaves. `used` is what each node's allocations take, `moves` what each leaving allocation takes and
/// the node it leaves, both by id; `nodes` are to be listed with what they offer.
#[must_use]
pub fn peaks(
    nodes: &[NodeStub],
    survivors: &BTreeSet<&str>,
    used: &HashMap<String, Amount>,
    moves: &[(String, Amount)],
) -> Vec<Peak> {
    let pool_of: HashMap<&str, &str> = nodes.iter().map(|n| (n.id.as_str(), n.node_pool.as_str())).collect();
    let mut leaving: BTreeMap<&str, Amount> = BTreeMap::new();
    for (node, amount) in moves {
        if let Some(pool) = pool_of.get(node.as_str()) {
            *leaving.entry(pool).or_default() += *amount;
        }
    }
    let peak = |(pool, more): (&str, Amount)| {
        let staying = nodes.iter().filter(|n| n.node_pool == pool && survivors.contains(n.id.as_str()));
        let (mut count, mut total, mut now) = (0, Amount::default(), Amount::default());
        for node in staying {
            count += 1;
            total += offered(node);
            now += used.get(&node.id).copied().unwrap_or_default();
        }
        Peak {
            pool: pool.to_owned(),
            nodes: count,
            cpu_mhz_total: total.cpu_mhz,
            cpu_mhz_used: now.cpu_mhz,
            cpu_mhz_peak: now.cpu_mhz + more.cpu_mhz,
            memory_mib_total: total.memory_mib,
            memory_mib_used: now.memory_mib,
            memory_mib_peak: now.memory_mib + more.memory_mib,
        }
    };
    leaving.into_iter().map(peak).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn node(id: &str, pool: &str, status: &str, eligibility: &str) -> NodeStub {
        serde_json::from_value(json!({
            "ID": id, "Name": id, "NodePool": pool, "Status": status, "SchedulingEligibility": eligibility, "ModifyIndex": 1,
            "NodeResources": {"Cpu": {"CpuShares": 4000}, "Memory": {"MemoryMB": 4096}, "Disk": {"DiskMB": 10000}},
            "ReservedResources": {"Cpu": {"CpuShares": 500}, "Memory": {"MemoryMB": 96}, "Disk": {"DiskMB": 1000}},
        }))
        .unwrap()
    }

    #[test]
    fn only_nodes_that_take_work_count_towards_the_room() {
        let nodes = [
            node("a", "gpu", "ready", "eligible"),
            node("b", "default", "ready", "eligible"),
            node("c", "default", "ready", "ineligible"),
            node("d", "default", "down", "eligible"),
        ];
        let used = HashMap::from([
            ("b".to_owned(), Amount { cpu_mhz: 700, memory_mib: 1000 }),
            ("c".to_owned(), Amount { cpu_mhz: 9, memory_mib: 9 }),
        ]);
        let pools = by_pool(&nodes, Some((&used, &HashMap::from([("b".to_owned(), 300)]))));
        let default = &pools[0];
        assert_eq!(
            (default.pool.as_str(), default.nodes, default.ready, default.eligible),
            ("default", 3, 2, 1)
        );
        assert_eq!((default.cpu_mhz_used, default.cpu_mhz_total), (Some(700), 3500));
        assert_eq!(percent(default.memory_mib_used, default.memory_mib_total), Some(25));
        assert_eq!((default.disk_mib_used, default.disk_mib_total), (Some(300), 9000));
        assert_eq!((pools[1].cpu_mhz_used, pools[1].memory_mib_total), (Some(0), 4000));
    }

    #[test]
    fn a_pool_is_fullest_when_everything_has_moved() {
        let nodes = [
            node("a", "web", "ready", "eligible"),
            node("b", "web", "ready", "eligible"),
            node("c", "gpu", "ready", "eligible"),
        ];
        let amount = |cpu_mhz, memory_mib| Amount { cpu_mhz, memory_mib };
        let used = HashMap::from([("a".to_owned(), amount(900, 900)), ("b".to_owned(), amount(100, 200))]);
        let moves = [("a".to_owned(), amount(300, 400)), ("a".to_owned(), amount(300, 100))];
        let peaks = peaks(&nodes, &BTreeSet::from(["b", "c"]), &used, &moves);
        assert_eq!(peaks.len(), 1, "nothing leaves the other pool");
        assert_eq!((peaks[0].nodes, peaks[0].cpu_mhz_total, peaks[0].memory_mib_total), (1, 3500, 4000));
        assert_eq!((peaks[0].cpu_mhz_used, peaks[0].cpu_mhz_peak), (100, 700));
        assert_eq!((peaks[0].memory_mib_used, peaks[0].memory_mib_peak), (200, 700));
    }

    #[test]
    fn what_could_not_be_seen_is_not_zero() {
        let pools = by_pool(&[node("a", "gpu", "ready", "eligible")], None);
        assert_eq!(pools[0].cpu_mhz_used, None);
        assert_eq!(percent(None, 100), None);
        assert_eq!(percent(Some(1), 0), None);
    }

    #[test]
    fn tasks_that_follow_each_other_share_their_room() {
        let resources: AllocatedResources = serde_json::from_value(json!({
            "Tasks": {
                "init": {"Cpu": {"CpuShares": 900}, "Memory": {"MemoryMB": 50}},
                "proxy": {"Cpu": {"CpuShares": 100}, "Memory": {"MemoryMB": 10}},
                "main": {"Cpu": {"CpuShares": 300}, "Memory": {"MemoryMB": 200, "MemoryMaxMB": -1}},
                "pinned": {"Cpu": {"CpuShares": 2300, "ReservedCores": [1]}, "Memory": {"MemoryMB": 1}},
                "sweep": {"Cpu": {"CpuShares": 1}, "Memory": {"MemoryMB": 1000}},
            },
            "TaskLifecycles": {
                "init": {"Hook": "prestart", "Sidecar": false}, "proxy": {"Hook": "prestart", "Sidecar": true},
                "main": null, "pinned": null, "sweep": {"Hook": "poststop", "Sidecar": false},
            },
        }))
        .unwrap();
        // init and proxy run at once (1000 MHz), main and proxy afterwards (400); sweep needs the most memory.
        assert_eq!(taken(&resources), Amount { cpu_mhz: 1000 + 2300, memory_mib: 1000 });
        assert_eq!(taken(&AllocatedResources::default()), Amount::default());
    }
}
