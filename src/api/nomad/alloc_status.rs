//! In which state an allocation is: what lists of allocations and states of jobs both tell (`nomad-api.md §5`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::wire::time;

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
    /// When it was reached; lists of jobs leave it out.
    #[serde(deserialize_with = "time")]
    pub timestamp: Option<Timestamp>,
    /// Index of that; lists of jobs leave it out.
    pub modify_index: u64,
}

/// The state of a task, and of a job: of the latter `running` does not imply healthy (§3.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Not started yet; of a job, nothing of it is placed.
    #[default]
    Pending,
    /// Running, or between two tries; of a job, something of it is not over.
    Running,
    /// Ended for good; of a job, all of it is over, or it was stopped.
    Dead,
    /// One that this version of `fleet` does not know.
    #[serde(other)]
    Unknown,
}

impl std::fmt::Display for RunState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            RunState::Pending => "pending",
            RunState::Running => "running",
            RunState::Dead => "dead",
            RunState::Unknown => "unknown",
        })
    }
}
