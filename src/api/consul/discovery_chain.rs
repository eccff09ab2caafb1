//! What Consul makes of a service's config entries: its discovery chain (`mesh.md §5`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::http::{Get, segment};
use crate::api::wire::nullable;

/// The compiled chain of a service.
#[must_use]
pub fn get(service: &str) -> Get<Compiled> {
    Get::new(
        format!("/v1/discovery-chain/{}", segment(service)),
        format!("read the discovery chain of {service}"),
    )
    .needs(format!("service {service:?} {{ policy = \"read\" }}"))
}

/// A compiled chain in its envelope.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Compiled {
    /// The chain.
    pub chain: Chain,
}

/// A compiled chain.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Chain {
    /// `tcp`, `http`, `http2` or `grpc`.
    pub protocol: String,
    /// Name of the node that a request meets first.
    pub start_node: String,
    /// By name.
    #[serde(deserialize_with = "nullable")]
    pub nodes: BTreeMap<String, Node>,
    /// What instances there are to reach, by id such as `v1.web.default.default.dc1`.
    #[serde(deserialize_with = "nullable")]
    pub targets: BTreeMap<String, Target>,
}

/// A node of a chain.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Node {
    /// `router`, `splitter` or `resolver`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The splits of a splitter.
    #[serde(deserialize_with = "nullable")]
    pub splits: Vec<Split>,
}

/// A share of the requests.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Split {
    /// Percent, to two decimals; 0 is left out by Consul.
    pub weight: f64,
    /// Name of the node that it goes to.
    pub next_node: String,
}

/// A set of instances.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Target {
    /// The service.
    pub service: String,
    /// The subset of its instances; empty for all.
    pub service_subset: String,
    /// The filter that makes the subset.
    pub subset: Subset,
    /// What Envoy calls the cluster, `v1.web.default.dc1.internal.<trust domain>.consul`.
    pub name: String,
}

/// What makes a subset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Subset {
    /// Over the entries of `/v1/health/connect`.
    pub filter: String,
    /// Whether instances with a warning are left out.
    pub only_passing: bool,
}

impl Chain {
    /// The target of a service's subset, the empty one for all instances.
    #[must_use]
    pub fn target(&self, service: &str, subset: &str) -> Option<&Target> {
        self.targets.values().find(|t| t.service == service && t.service_subset == subset)
    }
}
