//! Agents: the servers' gossip and who leads (`nomad-api.md §9.4`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::http::{Get, Raw, Write};
use crate::api::wire::nullable;

/// Every server the gossip knows, of all federated regions.
#[must_use]
pub fn members() -> Get<Members> {
    Get::new("/v1/agent/members", "list the servers").needs("node { policy = \"read\" }")
}

/// What the agent that is asked says of itself.
#[must_use]
pub fn own() -> Get<AgentSelf> {
    Get::new("/v1/agent/self", "ask an agent about itself").needs("agent { policy = \"read\" }")
}

/// `/v1/agent/self`: what an agent says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AgentSelf {
    /// Its place in the gossip; empty of a client.
    #[serde(rename = "member", deserialize_with = "nullable")]
    pub member: Member,
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

/// The public keys that the region's servers sign workload identities with. Needs no token; Nomad has it from 1.7 on.
#[must_use]
pub fn public_keys() -> Get<PublicKeys> {
    Get::new("/.well-known/jwks.json", "ask the cluster who it is")
}

/// A JSON Web Key Set.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PublicKeys {
    /// The keys: the active one, and those that something may still be signed with.
    #[serde(default, deserialize_with = "nullable")]
    pub keys: Vec<PublicKey>,
}

/// A key of it.
#[derive(Debug, Clone, Deserialize)]
pub struct PublicKey {
    /// The id of the root key.
    pub kid: String,
}

/// The keys of the servers' gossip, as every server answers that it has them (`nomad-api.md §9.4`). 500 `N/M nodes reported
/// failure` where gossip is not encrypted, `N/M nodes reported success` where a server does not answer.
#[must_use]
pub fn gossip_keys() -> Get<GossipKeys> {
    Get::new("/v1/agent/keyring/list", "list the gossip keys").needs("agent { policy = \"write\" }")
}

/// What is done with a gossip key, on every server at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GossipKeyAct {
    /// The servers understand what is encrypted with it.
    Install,
    /// The servers encrypt with it. 500 where one of them does not have it.
    Use,
    /// The servers forget it. 500 where it is the one in use; an absent one is no error.
    Remove,
}

/// Does something with a gossip key: 16, 24 or 32 bytes in base64. 200 only when every server said that it did so.
#[must_use]
pub fn change_gossip_key(act: GossipKeyAct, key: &str) -> Write<GossipKeys> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        key: &'a str,
    }
    let (path, what) = match act {
        GossipKeyAct::Install => ("/v1/agent/keyring/install", "install a gossip key"),
        GossipKeyAct::Use => ("/v1/agent/keyring/use", "use another gossip key"),
        GossipKeyAct::Remove => ("/v1/agent/keyring/remove", "remove a gossip key"),
    };
    Write::put(path, what).needs("agent { policy = \"write\" }").body(&Body { key })
}

/// The servers' answers about gossip keys.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GossipKeys {
    /// By key, how many servers have it. The keys are secrets.
    #[serde(deserialize_with = "nullable")]
    pub keys: BTreeMap<String, u64>,
    /// By server, what went wrong there.
    #[serde(deserialize_with = "nullable")]
    pub messages: BTreeMap<String, String>,
    /// How many servers there are.
    pub num_nodes: u64,
}

/// What the agent that is asked says of itself: its configuration and its counters.
#[must_use]
pub fn configuration() -> Get<serde_json::Value> {
    Get::new("/v1/agent/self", "ask the agent for its configuration").needs("agent { policy = \"read\" }")
}

/// Whether a node's own agent is well; answers no other status when it is. Needs no token.
#[must_use]
pub fn health() -> Get<serde::de::IgnoredAny> {
    Get::new("/v1/agent/health", "ask a node for its health").query("type", "client")
}

/// Which node the agent that is asked is, where it is a client.
#[must_use]
pub fn own_node() -> Get<AgentNode> {
    Get::new("/v1/agent/self", "ask the agent who it is").needs("agent { policy = \"read\" }")
}

/// The client half of an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AgentNode {
    #[serde(deserialize_with = "nullable")]
    stats: AgentStats,
}

/// Its counters; of the other halves, which are `null` where Nomad 1.8 has none, nothing is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct AgentStats {
    #[serde(deserialize_with = "nullable")]
    client: BTreeMap<String, String>,
}

impl AgentNode {
    /// The full id of its node; none of a server.
    #[must_use]
    pub fn node_id(&self) -> Option<&str> {
        self.stats.client.get("node_id").map(String::as_str)
    }
}

/// Has the agent that is asked join others by their gossip addresses.
#[must_use]
pub fn join(addresses: &[String]) -> Write<JoinReply> {
    let call = Write::put("/v1/agent/join", format!("join {}", addresses.join(", ")));
    let call = call.needs("agent { policy = \"write\" }");
    addresses.iter().fold(call, |call, address| call.query("address", address))
}

/// Has the servers take a failed one for left. The answer is 200 for names that nobody has, too.
#[must_use]
pub fn force_leave(name: &str, prune: bool) -> Write<serde::de::IgnoredAny> {
    Write::put("/v1/agent/force-leave", format!("have server {name} leave"))
        .needs("agent { policy = \"write\" }")
        .query("node", name)
        .query_opt("prune", prune.then_some("true"))
}

/// The log of an agent as it is written, in frames like those of files (`nomad-api.md §9.4`): of the node with this id, of
/// the server of this name, or of the agent that is asked.
#[must_use]
pub fn monitor(of: &Monitored, level: &str) -> Get<Raw> {
    let call = Get::new("/v1/agent/monitor", "follow an agent's log")
        .needs("agent { policy = \"read\" }")
        .query("log_level", level);
    match of {
        Monitored::Own => call,
        Monitored::Server(name) => call.query("server_id", name),
        Monitored::Node(id) => call.query("node_id", id),
    }
}

/// Measurements of the agent that is asked. Needs no token.
#[must_use]
pub fn metrics() -> Get<serde_json::Value> {
    Get::new("/v1/metrics", "read the agent's metrics")
}

/// The same in Prometheus' text form; 415 where the agent does not keep them so.
#[must_use]
pub fn metrics_text() -> Get<String> {
    Get::new("/v1/metrics", "read the agent's metrics").query("format", "prometheus")
}

/// Whose log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Monitored {
    /// The agent's that is asked.
    Own,
    /// A server's, by its name.
    Server(String),
    /// A node's, by its full id.
    Node(String),
}

/// The reply of a join: how many servers were reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct JoinReply {
    /// How many addresses answered.
    pub num_joined: u64,
    /// What went wrong; empty where nothing did.
    pub error: String,
}

/// Every server the gossip knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Members {
    /// Region of the server that answers, or the one that was asked for.
    pub server_region: String,
    /// The servers.
    #[serde(deserialize_with = "nullable")]
    pub members: Vec<Member>,
}

impl Members {
    /// The same for whoever asked for a region by its name: the answer is the contacted agent's, whose region may be another.
    #[must_use]
    pub fn of_region(mut self, region: Option<&str>) -> Self {
        if let Some(region) = region {
            region.clone_into(&mut self.server_region);
        }
        self
    }

    /// The servers of the region: the gossip knows those of all federated ones.
    pub fn here(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|m| m.tags.get("region").is_none_or(|r| *r == self.server_region))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_without_vault_is_read_too() {
        let of = |text: &str| serde_json::from_str::<AgentNode>(text).unwrap();
        // As Nomad 1.8.4 answers where there is no Vault.
        assert_eq!(of(r#"{"stats": {"nomad": {"server": "true"}, "vault": null}}"#).node_id(), None);
        let client = of(r#"{"stats": {"client": {"node_id": "8d047632"}, "vault": null}}"#);
        assert_eq!(client.node_id(), Some("8d047632"));
        assert_eq!(of(r#"{"stats": null}"#).node_id(), None);
        assert_eq!(of(r#"{"stats": {"client": null}}"#).node_id(), None);
    }
}
