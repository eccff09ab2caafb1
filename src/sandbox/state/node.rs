//! Nodes as the servers keep them (`nomad-api.md §2.2`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::api::nomad::node::{DrainStatus, NodeStatus};
use crate::api::wire::Nanos;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Machine;

/// How many events a node keeps.
const EVENTS_KEPT: usize = 10;

/// A task driver as its node reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Driver {
    /// Facts.
    pub attributes: BTreeMap<String, String>,
    /// Whether it is there.
    pub detected: bool,
    /// In words.
    pub health_description: String,
    /// Whether it works.
    pub healthy: bool,
    /// Since when.
    pub update_time: Moment,
}

/// What a node reports of itself beside what decides about placements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Host and port of its HTTP address.
    pub http_addr: String,
    /// Task drivers by name.
    pub drivers: BTreeMap<String, Driver>,
    /// Version of its agent.
    pub version: String,
    /// When its agent started.
    pub started_at: Moment,
}

/// A drain under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DrainStrategy {
    /// As it was asked for; negative forces at once.
    pub deadline: Nanos,
    /// When what still runs is stopped.
    pub force_deadline: Option<Moment>,
    /// Whether system jobs stay.
    pub ignore_system_jobs: bool,
    /// When it began.
    pub started_at: Moment,
}

impl DrainStrategy {
    /// When what still runs is stopped; never for a deadline of zero, at once for a negative one.
    #[must_use]
    pub fn force_at(&self) -> Option<Moment> {
        if self.deadline.0 < 0 { Some(self.started_at) } else { self.force_deadline }
    }
}

/// How the last drain went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastDrain {
    /// Whose it was, such as `token:<accessor>`.
    #[serde(rename = "AccessorID")]
    pub accessor: String,
    /// What the one who drained wrote.
    pub meta: Option<BTreeMap<String, String>>,
    /// When it began, to the second.
    pub started_at: Moment,
    /// Under way or how it ended.
    pub status: DrainStatus,
    /// When it last changed, to the second.
    pub updated_at: Moment,
}

/// Something that happened to a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeEvent {
    /// Index; 0 for the registration.
    pub create_index: u64,
    /// More on it; `null` when there is nothing.
    pub details: Option<BTreeMap<&'static str, String>>,
    /// What.
    pub message: &'static str,
    /// What part of Nomad says so.
    pub subsystem: &'static str,
    /// When.
    pub timestamp: Moment,
}

/// What nodes' events say.
pub mod happened {
    /// First seen.
    pub const REGISTERED: (&str, &str) = ("Cluster", "Node registered");
    /// Its agent came back after it was down.
    pub const REREGISTERED: (&str, &str) = ("Cluster", "Node re-registered");
    /// Its heartbeats came back.
    pub const HEARTBEAT_BACK: (&str, &str) = ("Cluster", "Node reregistered by heartbeat");
    /// No heartbeat in time.
    pub const HEARTBEAT_MISSED: (&str, &str) = ("Cluster", "Node heartbeat missed");
    /// Marked by an operator.
    pub const ELIGIBLE: (&str, &str) = ("Cluster", "Node marked as eligible for scheduling");
    /// Marked by an operator.
    pub const INELIGIBLE: (&str, &str) = ("Cluster", "Node marked as ineligible for scheduling");
    /// A drain began.
    pub const DRAIN_SET: (&str, &str) = ("Drain", "Node drain strategy set");
    /// A drain was changed.
    pub const DRAIN_UPDATED: (&str, &str) = ("Drain", "Node drain strategy updated");
    /// A drain was cancelled.
    pub const DRAIN_DISABLED: (&str, &str) = ("Drain", "Node drain disabled");
    /// A drain ended.
    pub const DRAIN_COMPLETE: (&str, &str) = ("Drain", "Node drain complete");
}

impl NodeEvent {
    /// An event at a raft index.
    #[must_use]
    pub fn new((subsystem, message): (&'static str, &'static str), index: u64, now: Moment) -> Self {
        NodeEvent { create_index: index, details: None, message, subsystem, timestamp: now }
    }
}

/// A node.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its id.
    pub id: Id,
    /// The name, shared with its allocations.
    pub name: Arc<str>,
    /// What decides about placements.
    pub machine: Arc<Machine>,
    /// What else it reports.
    pub fingerprint: Arc<Fingerprint>,
    /// As the servers see it.
    pub status: NodeStatus,
    /// When the status, the eligibility or the drain last changed, in seconds.
    pub status_updated_at: i64,
    /// Whether new work may be placed.
    pub eligible: bool,
    /// The drain under way.
    pub drain: Option<DrainStrategy>,
    /// The last drain.
    pub last_drain: Option<LastDrain>,
    /// The newest events, oldest first.
    pub events: Vec<NodeEvent>,
    /// Index of its registration.
    pub create_index: u64,
    /// Index of its last change; its allocations' reports do not move it (T2).
    pub modify_index: u64,
    /// Index of its allocations' last report.
    pub last_alloc_update_index: u64,
    /// Index of its last missed heartbeat.
    pub last_missed_heartbeat_index: u64,
}

impl Node {
    /// Whether new work may be placed on it.
    #[must_use]
    pub fn schedulable(&self) -> bool {
        self.status == NodeStatus::Ready && self.drain.is_none() && self.eligible
    }

    /// Adds an event; the oldest make room.
    pub fn record(&mut self, event: NodeEvent) {
        self.events.push(event);
        let surplus = self.events.len().saturating_sub(EVENTS_KEPT);
        self.events.drain(..surplus);
    }

    /// Whether its allocations are no longer heard of.
    #[must_use]
    pub fn unresponsive(&self) -> bool {
        matches!(self.status, NodeStatus::Down | NodeStatus::Disconnected)
    }
}
