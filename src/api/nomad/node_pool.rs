//! Node pools (`nomad-api.md §2.1`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Get, Write, segment};
use crate::api::nomad::job::JobStub;
use crate::api::wire::nullable;

fn right(level: &str) -> String {
    format!("node_pool \"*\" {{ policy = \"{level}\" }}")
}

/// The pools of nodes, whole; those the token may not read are left out silently.
#[must_use]
pub fn list() -> Get<Vec<NodePool>> {
    Get::new("/v1/node/pools", "list the node pools").needs(right("read"))
}

/// One pool.
#[must_use]
pub fn get(name: &str) -> Get<NodePool> {
    Get::new(format!("/v1/node/pool/{}", segment(name)), format!("read node pool {name}"))
        .needs(right("read"))
}

/// One pool as the server holds it, every field: what a change is made from.
#[must_use]
pub fn get_spec(name: &str) -> Get<Value> {
    Get::new(format!("/v1/node/pool/{}", segment(name)), format!("read node pool {name}"))
        .needs(right("read"))
}

/// The jobs of a pool, of every namespace that is asked for.
#[must_use]
pub fn jobs(name: &str) -> Get<Vec<JobStub>> {
    Get::new(format!("/v1/node/pool/{}/jobs", segment(name)), format!("list the jobs of node pool {name}"))
        .needs("node_pool read and namespace capability \"read-job\"")
}

/// Creates a pool or replaces it whole.
#[must_use]
pub fn put(name: &str, spec: &Value) -> Write<serde::de::IgnoredAny> {
    Write::put("/v1/node/pools", format!("store node pool {name}")).needs(right("write")).body(spec)
}

/// Deletes a pool; the servers refuse while nodes or jobs are in it.
#[must_use]
pub fn delete(name: &str) -> Write<serde::de::IgnoredAny> {
    Write::delete(format!("/v1/node/pool/{}", segment(name)), format!("delete node pool {name}"))
        .needs("node_pool capability \"delete\"")
}

/// A pool of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodePool {
    /// Its name; `all` and `default` are built in.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its metadata.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// The scheduler's settings for this pool (Enterprise).
    pub scheduler_configuration: Option<Value>,
    /// The raft index of its last change.
    pub modify_index: u64,
}

impl NodePool {
    /// Whether it is one of the two that every cluster has and nobody can change.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        matches!(self.name.as_str(), "all" | "default")
    }
}
