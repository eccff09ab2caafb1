//! The servers: scheduler configuration and autopilot (`nomad-api.md §9.4`).

use serde::Deserialize;

use crate::api::http::Get;
use crate::api::wire::nullable;

const READ: &str = "operator { policy = \"read\" }";

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
