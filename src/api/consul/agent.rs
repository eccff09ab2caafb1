//! The agent that answers, and who leads (`consul-api.md §2`).

use serde::Deserialize;

use crate::api::http::{Get, Write, segment};

/// Address of the leader; empty when there is none. Needs no token.
#[must_use]
pub fn leader() -> Get<String> {
    Get::new("/v1/status/leader", "ask for the leader")
}

/// The configuration of the agent that answers.
#[must_use]
pub fn self_() -> Get<AgentSelf> {
    Get::new("/v1/agent/self", "read the agent").needs("agent_prefix \"\" { policy = \"read\" }")
}

/// Has the agent that answers forget a service of its own, its sidecar with it.
#[must_use]
pub fn deregister_service(id: &str, service: &str) -> Write<serde::de::IgnoredAny> {
    Write::put(format!("/v1/agent/service/deregister/{}", segment(id)), format!("deregister {id}"))
        .needs(format!("service {service:?} {{ policy = \"write\" }}"))
}

/// The agent that answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AgentSelf {
    /// Its configuration.
    pub config: AgentConfig,
}

/// Configuration of an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AgentConfig {
    /// Version.
    pub version: String,
    /// Datacenter.
    pub datacenter: String,
    /// Name of its node.
    pub node_name: String,
    /// Whether it is a server.
    pub server: bool,
}
