//! Agents: the servers' gossip and who leads (`nomad-api.md §9.4`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::http::Get;
use crate::api::wire::nullable;

/// Every server the gossip knows, of all federated regions.
#[must_use]
pub fn members() -> Get<Members> {
    Get::new("/v1/agent/members", "list the servers").needs("node { policy = \"read\" }")
}

/// Address of the leader; empty when there is none. Needs no token.
#[must_use]
pub fn leader() -> Get<String> {
    Get::new("/v1/status/leader", "ask for the leader")
}

/// The names of all federated regions. Needs no token.
#[must_use]
pub fn regions() -> Get<Vec<String>> {
    Get::new("/v1/regions", "list the regions")
}

/// Whether a node's own agent is well; answers no other status when it is. Needs no token.
#[must_use]
pub fn health() -> Get<serde::de::IgnoredAny> {
    Get::new("/v1/agent/health", "ask a node for its health").query("type", "client")
}

/// Every server the gossip knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Members {
    /// Region of the server that answers.
    pub server_region: String,
    /// The servers.
    #[serde(deserialize_with = "nullable")]
    pub members: Vec<Member>,
}

/// A server in the gossip.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Member {
    /// `<name>.<region>`.
    pub name: String,
    /// Its address.
    pub addr: String,
    /// `alive`, `leaving`, `left` or `failed`; a dead one stays alive for some 40 s.
    pub status: String,
    /// `build` is the version, `region` the region.
    #[serde(deserialize_with = "nullable")]
    pub tags: BTreeMap<String, String>,
}
