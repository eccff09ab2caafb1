//! How a group is updated, moved, restarted, rescheduled and scaled (`nomad-api.md §3`).

use serde::Deserialize;

use crate::api::wire::{Nanos, nullable};

/// What a disconnected node means to a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Disconnect {
    /// After how long it counts as lost.
    pub lost_after: Option<Nanos>,
    /// Whether it is replaced meanwhile; yes when absent.
    pub replace: Option<bool>,
    /// Which stays when it comes back beside its replacement: `best_score`, `keep_original`, `keep_replacement` or
    /// `longest_running`.
    #[serde(deserialize_with = "nullable")]
    pub reconcile: String,
    /// After how long its own client stops it.
    pub stop_on_client_after: Option<Nanos>,
}

/// Bounds of a group's count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Scaling {
    /// The fewest.
    pub min: Option<i64>,
    /// The most.
    pub max: Option<i64>,
}

/// How updates roll (`nomad-api.md §3.3` has the defaults).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Update {
    /// How many at once; 0 means no deployments.
    #[serde(deserialize_with = "nullable")]
    pub max_parallel: u64,
    /// `checks`, `task_states` or `manual`.
    #[serde(deserialize_with = "nullable")]
    pub health_check: String,
    /// How long an allocation must be well to count as healthy.
    #[serde(deserialize_with = "nullable")]
    pub min_healthy_time: Nanos,
    /// After how long it counts as unhealthy.
    #[serde(deserialize_with = "nullable")]
    pub healthy_deadline: Nanos,
    /// After how long without progress the deployment fails; 0 at the first unhealthy one.
    #[serde(deserialize_with = "nullable")]
    pub progress_deadline: Nanos,
    /// Whether a failed deployment rolls back.
    #[serde(deserialize_with = "nullable")]
    pub auto_revert: bool,
    /// Whether healthy canaries promote themselves.
    #[serde(deserialize_with = "nullable")]
    pub auto_promote: bool,
    /// How many canaries; a percentage for system jobs.
    #[serde(deserialize_with = "nullable")]
    pub canary: u64,
}

impl Update {
    /// Whether a person says of each allocation whether it is healthy, and nobody else does.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        self.health_check == "manual"
    }
}

/// How allocations leave a draining node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Migrate {
    /// How many of the group may be away at once, over all nodes.
    #[serde(deserialize_with = "nullable")]
    pub max_parallel: u64,
    /// `checks` or `task_states`.
    #[serde(deserialize_with = "nullable")]
    pub health_check: String,
    /// How long a replacement must be well to count as healthy.
    #[serde(deserialize_with = "nullable")]
    pub min_healthy_time: Nanos,
    /// After how long it counts as unhealthy.
    #[serde(deserialize_with = "nullable")]
    pub healthy_deadline: Nanos,
}

/// How failed tasks restart in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestartPolicy {
    /// How many restarts an interval allows.
    #[serde(deserialize_with = "nullable")]
    pub attempts: u64,
    /// The interval.
    #[serde(deserialize_with = "nullable")]
    pub interval: Nanos,
    /// The pause before a restart.
    #[serde(deserialize_with = "nullable")]
    pub delay: Nanos,
    /// `fail` or `delay`.
    #[serde(deserialize_with = "nullable")]
    pub mode: String,
}

/// How failed allocations are placed elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReschedulePolicy {
    /// How many an interval allows.
    #[serde(deserialize_with = "nullable")]
    pub attempts: u64,
    /// The interval.
    #[serde(deserialize_with = "nullable")]
    pub interval: Nanos,
    /// The pause before it.
    #[serde(deserialize_with = "nullable")]
    pub delay: Nanos,
    /// `constant`, `exponential` or `fibonacci`.
    #[serde(deserialize_with = "nullable")]
    pub delay_function: String,
    /// The longest pause.
    #[serde(deserialize_with = "nullable")]
    pub max_delay: Nanos,
    /// Whether there is no bound.
    #[serde(deserialize_with = "nullable")]
    pub unlimited: bool,
}
