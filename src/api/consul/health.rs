//! Service health: what gates judge by (`consul-api.md §2`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::http::{Get, segment};
use crate::api::wire::nullable;

/// Without node read every health answer is an empty 200, so both are named.
const READ: &str = "service_prefix \"\" { policy = \"read\" } and node_prefix \"\" { policy = \"read\" }";

/// The instances of a service with all their checks. An empty list may be a missing right (`acl-policies.md`).
#[must_use]
pub fn service(name: &str) -> Get<Vec<ServiceEntry>> {
    Get::new(format!("/v1/health/service/{}", segment(name)), format!("read the health of service {name}"))
        .needs(READ)
}

/// The instances of a service that a gateway can reach: its sidecars, and what speaks the mesh's protocol itself. A filter that
/// makes no sense is refused with a 500, which no write of a subset does (`mesh.md §3`).
#[must_use]
pub fn connect(name: &str, filter: &str) -> Get<Vec<ServiceEntry>> {
    Get::new(
        format!("/v1/health/connect/{}", segment(name)),
        format!("read which instances of {name} are in the mesh"),
    )
    .needs(READ)
    .query_opt("filter", (!filter.is_empty()).then_some(filter))
}

/// Every check in this state: `any`, `passing`, `warning` or `critical`.
#[must_use]
pub fn state(state: &str) -> Get<Vec<Check>> {
    Get::new(format!("/v1/health/state/{}", segment(state)), format!("list the checks in state {state}"))
        .needs(READ)
}

/// Every check of a node: its own, and those of the services that are registered there.
#[must_use]
pub fn node(name: &str) -> Get<Vec<Check>> {
    Get::new(format!("/v1/health/node/{}", segment(name)), format!("list the checks of node {name}"))
        .needs(READ)
}

/// An instance of a service.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceEntry {
    /// Where it runs.
    pub node: NodeName,
    /// The registration.
    pub service: ServiceRegistration,
    /// Its own checks and those of its node, `serfHealth` among them.
    #[serde(default, deserialize_with = "nullable")]
    pub checks: Vec<Check>,
}

/// A Consul node, which need not be named as Nomad's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeName {
    /// Its name in Consul.
    pub node: String,
    /// Its address, which is that of services without one of their own.
    #[serde(default)]
    pub address: String,
}

/// A registered service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceRegistration {
    /// The registration's id; Nomad's hold the allocation's.
    #[serde(rename = "ID")]
    pub id: String,
    /// The service's name.
    pub service: String,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<String>,
    /// Metadata; `external-source` is `nomad` for Nomad's.
    #[serde(default, deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// Address.
    #[serde(default)]
    pub address: String,
    /// Port.
    #[serde(default)]
    pub port: i64,
}

impl ServiceEntry {
    /// Whether every check passes, its own and its node's.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.checks.iter().all(|check| check.status == CheckStatus::Passing)
    }
}

impl ServiceRegistration {
    /// The allocation behind it: the 36 characters after `_nomad-task-`, the only reliable join.
    #[must_use]
    pub fn alloc_id(&self) -> Option<&str> {
        ServiceRegistration::alloc_in(&self.id)
    }

    /// The allocation in the id of a registration.
    #[must_use]
    pub fn alloc_in(id: &str) -> Option<&str> {
        id.strip_prefix("_nomad-task-")?.get(..36)
    }
}

/// A health check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Check {
    /// Its id.
    #[serde(rename = "CheckID")]
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its state.
    pub status: CheckStatus,
    /// What it said last.
    #[serde(default)]
    pub output: String,
    /// The service it belongs to; empty for a node's check.
    #[serde(rename = "ServiceID", default)]
    pub service_id: String,
    /// That service's name.
    #[serde(default)]
    pub service_name: String,
    /// The node it belongs to, by its name in Consul.
    #[serde(default)]
    pub node: String,
}

/// The state of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckStatus {
    /// Well.
    Passing,
    /// Not quite well.
    Warning,
    /// Not well, or in maintenance.
    #[serde(other)]
    Critical,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allocation_is_in_the_registrations_id() {
        let id = |id: &str| ServiceRegistration {
            id: id.into(),
            service: String::new(),
            tags: vec![],
            meta: BTreeMap::new(),
            address: String::new(),
            port: 0,
        };
        let alloc = "ce002575-e1ab-33a3-bbea-1ddbafe8a05a";
        assert_eq!(id(&format!("_nomad-task-{alloc}-group-g-web-http")).alloc_id(), Some(alloc));
        assert_eq!(id("_nomad-task-short").alloc_id(), None);
        assert_eq!(id("web1").alloc_id(), None);
    }
}
