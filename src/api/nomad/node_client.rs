//! What the agent of a node is asked of the node itself: metadata, measurements, its servers, its identity
//! (`nomad-api.md §2.1, §9.3`).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::api::http::{Get, Write};
use crate::api::wire::{nullable, unix_nanos};

const READ: &str = "node { policy = \"read\" }";
const WRITE: &str = "node { policy = \"write\" }";

/// The metadata of a node: what its configuration says, what the API changed of it, and what comes of both.
#[must_use]
pub fn metadata(node_id: &str) -> Get<NodeMeta> {
    Get::new("/v1/client/metadata", format!("read the metadata of node {node_id}"))
        .needs(READ)
        .query("node_id", node_id)
}

/// Changes the metadata of a node; none takes a key away, also one that its configuration sets. The node tells the servers of
/// it within about 10 s. Keys have to be dotted identifiers.
#[must_use]
pub fn set_metadata(node_id: &str, changes: &BTreeMap<String, Option<String>>) -> Write<NodeMeta> {
    Write::post("/v1/client/metadata", format!("change the metadata of node {node_id}"))
        .needs(WRITE)
        .query("node_id", node_id)
        .body(&json!({"NodeID": node_id, "Meta": changes}))
}

/// What a node measures of itself at this moment; only while its agent can be reached.
#[must_use]
pub fn stats(node_id: &str) -> Get<HostStats> {
    Get::new("/v1/client/stats", format!("read what node {node_id} uses"))
        .needs(READ)
        .query("node_id", node_id)
}

/// Has a node remove the files and logs of allocations that have ended. It goes on after the answer (T26).
#[must_use]
pub fn collect_garbage(node_id: &str) -> Write<IgnoredAny> {
    Write::get("/v1/client/gc", format!("have node {node_id} collect garbage"))
        .needs(WRITE)
        .query("node_id", node_id)
}

/// The RPC addresses of the servers that a client knows. To be asked of the client's own agent: a server has no such list.
#[must_use]
pub fn servers() -> Get<Vec<String>> {
    Get::new("/v1/agent/servers", "read the servers a node knows").needs("agent { policy = \"read\" }")
}

/// Replaces the list of servers of the client whose agent is asked; it pings each of them first.
#[must_use]
pub fn set_servers(addresses: &[String]) -> Write<IgnoredAny> {
    let call = Write::put("/v1/agent/servers", "change the servers a node knows");
    let call = call.needs("agent { policy = \"write\" }");
    addresses.iter().fold(call, |call, address| call.query("address", address))
}

/// The claims of the identity a node shows to the servers (Nomad 1.11).
#[must_use]
pub fn identity(node_id: &str) -> Get<Identity> {
    Get::new("/v1/client/identity", format!("read the identity of node {node_id}"))
        .needs(READ)
        .query("node_id", node_id)
}

/// Has a node ask for a new identity with its next heartbeat (Nomad 1.11).
#[must_use]
pub fn renew_identity(node_id: &str) -> Write<IgnoredAny> {
    Write::put("/v1/client/identity/renew", format!("have node {node_id} renew its identity"))
        .needs(WRITE)
        .body(&json!({"NodeID": node_id}))
}

/// Makes a token by which a new client introduces itself (Nomad 1.11). The servers cut a long life to what they allow, and check
/// neither the pool nor that the life is positive.
#[must_use]
pub fn introduction(name: &str, pool: &str, ttl: Option<Duration>) -> Write<Introduction> {
    let ttl = ttl.map(|ttl| format!("{}ms", ttl.as_millis()));
    Write::post("/v1/acl/identity/client-introduction-token", "make a client introduction token")
        .needs(WRITE)
        .body(&json!({"NodeName": name, "NodePool": pool, "TTL": ttl.unwrap_or_default()}))
}

/// The metadata of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeMeta {
    /// What counts.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// What the API changed; none for keys it took away.
    #[serde(deserialize_with = "nullable")]
    pub dynamic: BTreeMap<String, Option<String>>,
    /// What the configuration of the agent says.
    #[serde(rename = "Static", deserialize_with = "nullable")]
    pub configured: BTreeMap<String, String>,
}

/// What a node measures of itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostStats {
    /// Its memory.
    pub memory: HostMemory,
    /// Each core.
    #[serde(rename = "CPU", deserialize_with = "nullable")]
    pub cpu: Vec<HostCore>,
    /// Each file system.
    #[serde(deserialize_with = "nullable")]
    pub disk_stats: Vec<HostDisk>,
    /// The file system allocations are on; none where it is not measured.
    pub alloc_dir_stats: Option<HostDisk>,
    /// Seconds since the machine started.
    pub uptime: u64,
    /// When it was measured.
    #[serde(deserialize_with = "unix_nanos")]
    pub timestamp: Option<Timestamp>,
    /// MHz in use.
    #[serde(rename = "CPUTicksConsumed")]
    pub cpu_mhz: f64,
}

impl HostStats {
    /// When the machine was booted; none when it does not say.
    #[must_use]
    pub fn booted_at(&self) -> Option<Timestamp> {
        if self.uptime == 0 {
            return None;
        }
        let uptime = jiff::SignedDuration::from_secs(i64::try_from(self.uptime).ok()?);
        self.timestamp?.checked_sub(uptime).ok()
    }
}

/// Memory of a machine, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostMemory {
    /// All of it.
    pub total: u64,
    /// What could be given to programs.
    pub available: u64,
    /// In use.
    pub used: u64,
}

/// A core of a machine.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostCore {
    /// Its name.
    #[serde(rename = "CPU")]
    pub name: String,
    /// Per cent in use.
    pub total_percent: f64,
}

/// A file system of a machine, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostDisk {
    /// The device.
    pub device: String,
    /// Where it is mounted.
    pub mountpoint: String,
    /// All of it.
    pub size: u64,
    /// In use.
    pub used: u64,
    /// Free for programs.
    pub available: u64,
    /// Per cent of the files there can be.
    pub inodes_used_percent: f64,
}

/// The identity of a node.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Identity {
    /// What it claims; times are numbers of seconds with a fraction.
    #[serde(deserialize_with = "nullable")]
    pub claims: BTreeMap<String, Value>,
}

impl Identity {
    /// A claim that is a text; empty where there is none.
    #[must_use]
    pub fn text(&self, claim: &str) -> &str {
        self.claims.get(claim).and_then(Value::as_str).unwrap_or_default()
    }

    /// A claim that is a time.
    #[must_use]
    pub fn time(&self, claim: &str) -> Option<Timestamp> {
        seconds(self.claims.get(claim)?)
    }
}

/// A token by which a new client introduces itself.
#[derive(Clone, Deserialize)]
pub struct Introduction {
    /// The token itself, a secret.
    #[serde(rename = "JWT", deserialize_with = "secret")]
    pub jwt: SecretString,
}

fn secret<'de, D: serde::Deserializer<'de>>(d: D) -> Result<SecretString, D::Error> {
    String::deserialize(d).map(SecretString::from)
}

impl std::fmt::Debug for Introduction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Introduction")
    }
}

impl Introduction {
    /// What the token claims, without a look at its signature; none where it is no such token.
    #[must_use]
    pub fn claims(&self) -> Option<Identity> {
        use base64::Engine as _;
        use secrecy::ExposeSecret as _;
        let middle = self.jwt.expose_secret().split('.').nth(1)?;
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(middle).ok()?;
        Some(Identity { claims: serde_json::from_slice(&text).ok()? })
    }
}

fn seconds(value: &Value) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 are whole here")]
    let whole = value.as_f64().map(|s| s as i64)?;
    Timestamp::from_second(whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_tells_what_was_configured_changed_and_taken_away() {
        let text = r#"{"Dynamic":{"rack":null,"x":"1"},"Meta":{"x":"1"},"Static":{"rack":"r1"}}"#;
        let meta: NodeMeta = serde_json::from_str(text).unwrap();
        assert_eq!(meta.dynamic["rack"], None);
        assert_eq!((meta.meta["x"].as_str(), meta.configured["rack"].as_str()), ("1", "r1"));
    }

    #[test]
    fn claims_are_read_and_the_token_is_not_told() {
        use base64::Engine as _;
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(r#"{"exp":1795992096,"nomad_node_pool":"gpu"}"#);
        let body = format!(r#"{{"JWT":"head.{claims}.canary"}}"#);
        let token: Introduction = serde_json::from_str(&body).unwrap();
        let read = token.claims().unwrap();
        assert_eq!(read.text("nomad_node_pool"), "gpu");
        assert_eq!(read.time("exp").unwrap().as_second(), 1_795_992_096);
        assert!(!format!("{token:?}").contains("canary"));
    }
}
