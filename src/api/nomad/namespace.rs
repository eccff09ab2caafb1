//! Namespaces (`nomad-api.md §9.3`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Get, Write, segment};
use crate::api::wire::nullable;

const MANAGEMENT: &str = "a management token";

/// The namespaces the token may see; others are left out silently.
#[must_use]
pub fn list() -> Get<Vec<Namespace>> {
    Get::new("/v1/namespaces", "list the namespaces").needs("any capability in the namespace")
}

/// One namespace.
#[must_use]
pub fn get(name: &str) -> Get<Namespace> {
    Get::new(format!("/v1/namespace/{}", segment(name)), format!("read namespace {name}"))
        .needs(format!("any right in namespace {name:?}"))
}

/// One namespace as the server holds it, every field: what a change is made from.
#[must_use]
pub fn get_spec(name: &str) -> Get<Value> {
    Get::new(format!("/v1/namespace/{}", segment(name)), format!("read namespace {name}"))
        .needs(format!("any right in namespace {name:?}"))
}

/// Creates a namespace or replaces it whole.
#[must_use]
pub fn put(name: &str, spec: &Value) -> Write<serde::de::IgnoredAny> {
    Write::put("/v1/namespace", format!("store namespace {name}")).needs(MANAGEMENT).body(spec)
}

/// Deletes a namespace; the servers refuse while jobs of it run, or volumes and variables are in it.
#[must_use]
pub fn delete(name: &str) -> Write<serde::de::IgnoredAny> {
    Write::delete(format!("/v1/namespace/{}", segment(name)), format!("delete namespace {name}"))
        .needs(MANAGEMENT)
}

/// A namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The quota attached to it (Enterprise); empty for none.
    pub quota: String,
    /// Its metadata.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// Which drivers and network modes tasks may use.
    pub capabilities: Option<Value>,
    /// Which node pools jobs may use.
    #[serde(rename = "NodePoolConfiguration")]
    pub node_pool_configuration: Option<Value>,
    /// Which Vault clusters jobs may use.
    #[serde(rename = "VaultConfiguration")]
    pub vault_configuration: Option<Value>,
    /// Which Consul clusters jobs may use.
    #[serde(rename = "ConsulConfiguration")]
    pub consul_configuration: Option<Value>,
    /// The raft index of its last change.
    pub modify_index: u64,
}
