//! In which state an allocation is: what lists of allocations and states of jobs both tell (`nomad-api.md §5`).

use serde::{Deserialize, Serialize};

/// What the client says of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientStatus {
    /// Not started yet; a replacement stays so until its predecessor has ended (T33).
    Pending,
    /// At least one task runs.
    Running,
    /// Ended well, or was stopped.
    Complete,
    /// Ended badly.
    Failed,
    /// Its node is down.
    Lost,
    /// Its node is disconnected: neither running nor ended (T21).
    #[serde(other)]
    Unknown,
}

impl ClientStatus {
    /// Whether the allocation has ended on its client.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, ClientStatus::Complete | ClientStatus::Failed | ClientStatus::Lost)
    }
}

impl std::fmt::Display for ClientStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ClientStatus::Pending => "pending",
            ClientStatus::Running => "running",
            ClientStatus::Complete => "complete",
            ClientStatus::Failed => "failed",
            ClientStatus::Lost => "lost",
            ClientStatus::Unknown => "unknown",
        })
    }
}

/// What the servers want of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DesiredStatus {
    /// To run.
    Run,
    /// To stop.
    Stop,
    /// To make room for another.
    #[serde(other)]
    Evict,
}

impl std::fmt::Display for DesiredStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            DesiredStatus::Run => "run",
            DesiredStatus::Stop => "stop",
            DesiredStatus::Evict => "evict",
        })
    }
}

/// Health of an allocation in a job's state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StatusHealth {
    /// Whether it waits for promotion.
    pub canary: bool,
    /// The verdict; none while undecided.
    pub healthy: Option<bool>,
}
