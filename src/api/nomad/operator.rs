//! The servers: scheduler configuration and autopilot (`nomad-api.md §9.4`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Get, Raw, Write};
use crate::api::wire::nullable;

const READ: &str = "operator { policy = \"read\" }";
const WRITE: &str = "operator { policy = \"write\" }";
const MANAGEMENT: &str = "a management token";

/// The scheduler's configuration.
#[must_use]
pub fn scheduler_configuration() -> Get<SchedulerReply> {
    Get::new("/v1/operator/scheduler/configuration", "read the scheduler configuration").needs(READ)
}

/// Health of the servers as autopilot sees it: late and forgetful. Unhealthy is a 429 with the ordinary body (T12).
#[must_use]
pub fn autopilot_health() -> Get<AutopilotHealth> {
    Get::new("/v1/operator/autopilot/health", "read the servers' health").needs(READ).also_good(429)
}

/// The scheduler's configuration as the servers hold it, every field: what a change is made from.
#[must_use]
pub fn scheduler_configuration_spec() -> Get<Value> {
    Get::new("/v1/operator/scheduler/configuration", "read the scheduler configuration").needs(READ)
}

/// Replaces the scheduler's configuration whole, if it is still that of this index.
#[must_use]
pub fn set_scheduler_configuration(spec: &Value, index: u64) -> Write<UpdateReply> {
    Write::put("/v1/operator/scheduler/configuration", "change the scheduler configuration")
        .needs(WRITE)
        .query("cas", index.to_string())
        .body(spec)
}

/// Autopilot's configuration as the servers hold it, every field.
#[must_use]
pub fn autopilot_configuration() -> Get<Value> {
    Get::new("/v1/operator/autopilot/configuration", "read autopilot's configuration").needs(READ)
}

/// Replaces autopilot's configuration whole, if it is still that of this index. The answer says whether it was.
#[must_use]
pub fn set_autopilot_configuration(spec: &Value, index: u64) -> Write<bool> {
    Write::put("/v1/operator/autopilot/configuration", "change autopilot's configuration")
        .needs(WRITE)
        .query("cas", index.to_string())
        .body(spec)
}

/// The servers in raft. Only a management token may read it.
#[must_use]
pub fn raft_configuration() -> Get<RaftConfiguration> {
    Get::new("/v1/operator/raft/configuration", "read the raft configuration").needs(MANAGEMENT)
}

/// Removes a server from raft by its id.
#[must_use]
pub fn remove_raft_peer(id: &str) -> Write<serde::de::IgnoredAny> {
    Write::delete("/v1/operator/raft/peer", format!("remove raft peer {id}"))
        .needs(MANAGEMENT)
        .query("id", id)
}

/// Hands leadership to the server of this id (1.7 and newer).
#[must_use]
pub fn transfer_leadership(id: &str) -> Write<Transfer> {
    Write::put("/v1/operator/raft/transfer-leadership", "transfer leadership")
        .needs(MANAGEMENT)
        .query("id", id)
}

/// The keys that variables and workload identities are made with.
#[must_use]
pub fn keys() -> Get<Vec<Key>> {
    Get::new("/v1/operator/keyring/keys", "list the root keys").needs("keyring-read, or a management token")
}

/// Makes a new key the active one; `full` has every variable encrypted with it anew, later and on the leader.
#[must_use]
pub fn rotate_key(full: bool, publish_at: Option<i64>) -> Write<RotatedKey> {
    Write::put("/v1/operator/keyring/rotate", "rotate the root key")
        .needs(MANAGEMENT)
        .query_opt("full", full.then_some("true"))
        .query_opt("publish_time", publish_at.map(|at| at.to_string()))
}

/// Deletes a key that is not active.
#[must_use]
pub fn delete_key(id: &str, force: bool) -> Write<serde::de::IgnoredAny> {
    Write::delete(format!("/v1/operator/keyring/key/{id}"), format!("delete root key {id}"))
        .needs(MANAGEMENT)
        .query_opt("force", force.then_some("true"))
}

/// The whole state of the servers as a gzipped tar, with its SHA-256 in the header `Digest`.
#[must_use]
pub fn snapshot(stale: bool) -> Get<Raw> {
    let call =
        Get::new("/v1/operator/snapshot", "save a snapshot").needs("snapshot-save, or a management token");
    if stale { call.stale() } else { call }
}

/// Replaces all that the servers hold by a snapshot.
#[must_use]
pub fn restore_snapshot(archive: Vec<u8>) -> Write<serde::de::IgnoredAny> {
    Write::put("/v1/operator/snapshot", "restore a snapshot").needs(MANAGEMENT).raw_body(archive)
}

/// Has the servers forget what is over; they do it after they answered.
#[must_use]
pub fn collect_garbage() -> Write<serde::de::IgnoredAny> {
    Write::put("/v1/system/gc", "collect garbage").needs(MANAGEMENT)
}

/// Has the servers count the allocations of every job anew.
#[must_use]
pub fn reconcile_summaries() -> Write<serde::de::IgnoredAny> {
    Write::put("/v1/system/reconcile/summaries", "reconcile the job summaries").needs(MANAGEMENT)
}

/// The reply of a check-and-set write: whether the configuration was still the one that was to be changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpdateReply {
    /// It was, and is changed.
    pub updated: bool,
}

/// The servers in raft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RaftConfiguration {
    /// The servers.
    #[serde(deserialize_with = "nullable")]
    pub servers: Vec<RaftServer>,
}

/// A server in raft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RaftServer {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// `<name>.<region>`; `(unknown)` where the gossip does not know it.
    pub node: String,
    /// Its RPC address.
    pub address: String,
    /// Whether it leads.
    pub leader: bool,
    /// Whether it votes.
    pub voter: bool,
}

/// A transfer of leadership.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Transfer {
    /// It led already.
    pub noop: bool,
}

/// A root key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Key {
    /// Its id.
    #[serde(rename = "KeyID")]
    pub id: String,
    /// `active`, `inactive`, `prepublished`, `rekeying` or `deprecated`.
    pub state: String,
    /// How it encrypts.
    pub algorithm: String,
    /// When it was made, in nanoseconds since 1970.
    #[serde(deserialize_with = "crate::api::wire::unix_nanos")]
    pub create_time: Option<jiff::Timestamp>,
    /// When it becomes active, in nanoseconds since 1970; none where it is not prepublished.
    #[serde(deserialize_with = "crate::api::wire::unix_nanos")]
    pub publish_time: Option<jiff::Timestamp>,
}

/// The reply to a rotation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RotatedKey {
    /// The new key.
    pub key: Key,
}

/// The reply that carries the scheduler's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SchedulerReply {
    /// The configuration.
    pub scheduler_config: SchedulerConfig,
}

/// The scheduler's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SchedulerConfig {
    /// `binpack` or `spread`.
    pub scheduler_algorithm: String,
    /// Which job types may evict others.
    #[serde(deserialize_with = "nullable")]
    pub preemption_config: PreemptionConfig,
    /// Whether tasks may use more memory than they reserve.
    pub memory_oversubscription_enabled: bool,
    /// Whether registrations are refused.
    pub reject_job_registration: bool,
    /// Whether evaluations rest.
    pub pause_eval_broker: bool,
}

/// Which job types may evict others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PreemptionConfig {
    /// Service jobs.
    pub service_scheduler_enabled: bool,
    /// Batch jobs.
    pub batch_scheduler_enabled: bool,
    /// System jobs.
    pub system_scheduler_enabled: bool,
    /// Sysbatch jobs.
    #[serde(rename = "SysBatchSchedulerEnabled")]
    pub sysbatch_scheduler_enabled: bool,
}

/// Health of the servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AutopilotHealth {
    /// Whether all known servers are healthy; a removed one is not counted.
    pub healthy: bool,
    /// How many servers may fail before the quorum is lost.
    pub failure_tolerance: i64,
    /// The servers; none for a moment after an election.
    #[serde(deserialize_with = "nullable")]
    pub servers: Vec<ServerHealth>,
}

/// Health of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServerHealth {
    /// Its id in raft.
    #[serde(rename = "ID")]
    pub id: String,
    /// `<name>.<region>`.
    pub name: String,
    /// Its RPC address.
    pub address: String,
    /// What the gossip says.
    pub serf_status: String,
    /// Its version.
    pub version: String,
    /// Whether it leads.
    pub leader: bool,
    /// Whether it is well.
    pub healthy: bool,
    /// Whether it votes.
    pub voter: bool,
}
