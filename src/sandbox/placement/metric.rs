//! What the scheduler saw while it looked for a place, in the form the API shows it (`nomad-api.md §4`).

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::machine::Machine;
use crate::api::nomad::job::TaskGroup;

/// How many of the best scores are kept.
const SCORES_KEPT: usize = 5;

/// The count of nodes looked at and ruled out. Serialises as `AllocMetric` does: empty maps and lists are `null`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    /// Nodes looked at.
    pub nodes_evaluated: u64,
    /// Nodes that may not run it.
    pub nodes_filtered: u64,
    /// Candidates: ready nodes of the job's pool and datacenters.
    pub nodes_in_pool: u64,
    /// The job's pool.
    pub node_pool: String,
    /// Candidates by datacenter; none where the scheduler did not count them.
    pub nodes_available: Option<BTreeMap<String, u64>>,
    /// Filtered nodes by node class.
    #[serde(serialize_with = "null_if_empty")]
    pub class_filtered: BTreeMap<String, u64>,
    /// Filtered nodes by reason.
    #[serde(serialize_with = "null_if_empty")]
    pub constraint_filtered: BTreeMap<String, u64>,
    /// Nodes without room.
    pub nodes_exhausted: u64,
    /// Nodes without room by node class.
    #[serde(serialize_with = "null_if_empty")]
    pub class_exhausted: BTreeMap<String, u64>,
    /// Nodes without room by what they lack.
    #[serde(serialize_with = "null_if_empty")]
    pub dimension_exhausted: BTreeMap<String, u64>,
    /// Quotas are an Enterprise feature: always empty.
    #[serde(serialize_with = "null_if_none")]
    pub quota_exhausted: Vec<String>,
    /// What could not be had, by task, summed over the failed placements.
    #[serde(serialize_with = "null_if_empty")]
    pub resources_exhausted: BTreeMap<String, Exhausted>,
    /// Always empty; replaced by `score_meta_data`.
    #[serde(serialize_with = "null_if_empty")]
    pub scores: BTreeMap<String, f64>,
    /// The best scores, best first.
    #[serde(serialize_with = "null_if_none")]
    pub score_meta_data: Vec<NodeScore>,
    /// How long it took, in nanoseconds; the caller's to fill in.
    pub allocation_time: i64,
    /// Failed placements of the group beyond the first.
    pub coalesced_failures: u64,
}

/// The scores of a node.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeScore {
    /// The node's id.
    #[serde(rename = "NodeID")]
    pub node_id: String,
    /// By scorer.
    pub scores: BTreeMap<&'static str, f64>,
    /// Their mean, which decides.
    pub norm_score: f64,
}

/// What a task wanted of dimensions that were exhausted. Serialises as a full `Resources` object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exhausted {
    /// MHz.
    pub cpu: u64,
    /// MiB.
    pub memory: u64,
}

impl Serialize for Exhausted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let full = serde_json::json!({
            "CPU": self.cpu, "Cores": 0, "MemoryMB": self.memory, "MemoryMaxMB": 0, "DiskMB": 0, "IOPS": 0,
            "SecretsMB": 0, "Networks": null, "Devices": null, "NUMA": null,
        });
        full.serialize(serializer)
    }
}

fn null_if_empty<K: Ord + Serialize, V: Serialize, S: Serializer>(
    map: &BTreeMap<K, V>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    (!map.is_empty()).then_some(map).serialize(serializer)
}

fn null_if_none<V: Serialize, S: Serializer>(list: &[V], serializer: S) -> Result<S::Ok, S::Error> {
    (!list.is_empty()).then_some(list).serialize(serializer)
}

impl Metric {
    /// A node that may not run it.
    pub(super) fn filter(&mut self, machine: &Machine, reason: &str) {
        self.nodes_filtered += 1;
        if !machine.class.is_empty() {
            count(&mut self.class_filtered, &machine.class);
        }
        count(&mut self.constraint_filtered, reason);
    }

    /// A node without room.
    pub(super) fn exhaust(&mut self, machine: &Machine, dimension: &str) {
        self.nodes_exhausted += 1;
        if !machine.class.is_empty() {
            count(&mut self.class_exhausted, &machine.class);
        }
        count(&mut self.dimension_exhausted, dimension);
    }

    pub(super) fn score(&mut self, score: NodeScore) {
        let at = self.score_meta_data.partition_point(|kept| kept.norm_score >= score.norm_score);
        self.score_meta_data.insert(at, score);
        self.score_meta_data.truncate(SCORES_KEPT);
    }

    /// What the group's tasks wanted of the exhausted dimensions, added up.
    pub(super) fn exhaust_resources(&mut self, group: &TaskGroup) {
        if self.dimension_exhausted.is_empty() {
            return;
        }
        for task in &group.tasks {
            let resources = task.resources.clone().unwrap_or_default();
            let sum = self.resources_exhausted.entry(task.name.clone()).or_default();
            if self.dimension_exhausted.contains_key("memory") {
                sum.memory += resources.memory_mib.unwrap_or(0);
            }
            if self.dimension_exhausted.contains_key("cpu") {
                sum.cpu += resources.cpu.unwrap_or(0);
            }
        }
    }

    /// One more allocation of a group that could not be placed: counted here and not looked for again.
    pub fn coalesce(&mut self, group: &TaskGroup) {
        self.coalesced_failures += 1;
        self.exhaust_resources(group);
    }

    /// Adds what another look filtered: how a system job's nodes are summed up.
    pub fn merge_filtered(&mut self, other: &Metric) {
        self.nodes_evaluated += other.nodes_evaluated;
        self.nodes_filtered += other.nodes_filtered;
        for (into, from) in [
            (&mut self.class_filtered, &other.class_filtered),
            (&mut self.constraint_filtered, &other.constraint_filtered),
        ] {
            for (key, n) in from {
                *into.entry(key.clone()).or_insert(0) += n;
            }
        }
    }
}

fn count(map: &mut BTreeMap<String, u64>, key: &str) {
    match map.get_mut(key) {
        Some(n) => *n += 1,
        None => {
            map.insert(key.to_owned(), 1);
        }
    }
}
