//! Nodes: lists, eligibility and drains (`nomad-api.md §2`).

mod resources;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::http::{Get, Write, segment};
use crate::api::nomad::JobType;
use crate::api::nomad::allocation::{AllocStub, Allocation};
use crate::api::wire::{Nanos, nullable, time, unix_seconds};

pub use resources::{
    Device, DeviceGroup, NodeCpu, NodeDisk, NodeMemory, NodeResources, ReservedCpu, ReservedResources,
};

const READ: &str = "node { policy = \"read\" }";
const WRITE: &str = "node { policy = \"write\" }";

/// Every node as a stub.
#[must_use]
pub fn list() -> Get<Vec<NodeStub>> {
    Get::new("/v1/nodes", "list the nodes").needs(READ)
}

/// Every node as a stub; `resources` adds what a node offers (3 times the bytes).
#[must_use]
pub fn list_with_resources() -> Get<Vec<NodeStub>> {
    list().query("resources", "true")
}

/// One node by its full id. The body may change under the same index (T2).
#[must_use]
pub fn get(id: &str) -> Get<Node> {
    Get::new(format!("/v1/node/{}", segment(id)), format!("read node {id}")).needs(READ)
}

/// What was placed on a node and not collected yet, in full; allocations of namespaces the token may not read are left
/// out silently.
#[must_use]
pub fn allocations(id: &str) -> Get<Vec<Allocation>> {
    Get::new(format!("/v1/node/{}/allocations", segment(id)), format!("list the allocations of node {id}"))
        .needs("namespace capability \"read-job\"")
}

/// The same as rows of lists have them. The servers find what is on a node at once, while the filter of a list looks at every
/// allocation there is (`nomad-api.md §2.1`).
#[must_use]
pub fn alloc_rows(id: &str) -> Get<Vec<AllocOnNode>> {
    Get::new(format!("/v1/node/{}/allocations", segment(id)), format!("list the allocations of node {id}"))
        .needs("namespace capability \"read-job\"")
}

/// The same as the server holds them, every field.
#[must_use]
pub fn allocations_raw(id: &str) -> Get<Vec<serde_json::Value>> {
    Get::new(format!("/v1/node/{}/allocations", segment(id)), format!("list the allocations of node {id}"))
        .needs("namespace capability \"read-job\"")
}

/// The pools of nodes; those the token may not read are left out silently.
#[must_use]
pub fn pools() -> Get<Vec<NodePool>> {
    Get::new("/v1/node/pools", "list the node pools").needs("node_pool \"*\" { policy = \"read\" }")
}

/// Makes a node eligible for new work, or not. A no-op when it is already so (the reply's index is then 0).
#[must_use]
pub fn set_eligibility(id: &str, eligibility: Eligibility) -> Write<NodeUpdate> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body {
        eligibility: Eligibility,
    }
    Write::put(format!("/v1/node/{}/eligibility", segment(id)), format!("mark node {id} {eligibility}"))
        .needs(WRITE)
        .body(&Body { eligibility })
}

/// Starts or updates a drain. `meta` is kept in `LastDrain.Meta` and marks whose drain it is.
#[must_use]
pub fn drain(id: &str, spec: DrainSpec, meta: &BTreeMap<String, String>) -> Write<NodeUpdate> {
    Write::put(format!("/v1/node/{}/drain", segment(id)), format!("drain node {id}"))
        .needs(WRITE)
        .body(&DrainBody { drain_spec: Some(spec), mark_eligible: false, meta })
}

/// Takes a node out of the servers' memory (`nomad-api.md §2.1`). The agent of one that is alive registers it again within about a
/// second, eligible.
#[must_use]
pub fn purge(id: &str) -> Write<serde::de::IgnoredAny> {
    Write::put(format!("/v1/node/{}/purge", segment(id)), format!("purge node {id}")).needs(WRITE)
}

/// Cancels a drain; a node that does not drain is left as it is.
#[must_use]
pub fn cancel_drain(id: &str, mark_eligible: bool, meta: &BTreeMap<String, String>) -> Write<NodeUpdate> {
    Write::put(format!("/v1/node/{}/drain", segment(id)), format!("cancel the drain of node {id}"))
        .needs(WRITE)
        .body(&DrainBody { drain_spec: None, mark_eligible, meta })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DrainBody<'a> {
    drain_spec: Option<DrainSpec>,
    mark_eligible: bool,
    meta: &'a BTreeMap<String, String>,
}

/// How to drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DrainSpec {
    /// When what still runs is stopped, in nanoseconds from now; 0 never, negative at once.
    pub deadline: Nanos,
    /// Leave system jobs running.
    pub ignore_system_jobs: bool,
}

/// The reply of a write to a node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeUpdate {
    /// The node's index after the write; 0 for a no-op, and also when it turned ineligible.
    pub node_modify_index: u64,
    /// The raft index of the write; 0 for a no-op.
    pub index: u64,
}

/// An allocation on a node, of which its job tells what the rows of lists tell themselves.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocOnNode {
    #[serde(flatten)]
    row: AllocStub,
    #[serde(default)]
    job: Option<JobOnNode>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct JobOnNode {
    #[serde(rename = "Type", default)]
    job_type: JobType,
    #[serde(default)]
    version: u64,
}

impl AllocOnNode {
    /// The row of a list, without the states of its tasks.
    #[must_use]
    pub fn into_row(self) -> AllocStub {
        let (job_type, job_version) = match self.job {
            Some(job) => (job.job_type, job.version),
            None => (self.row.job_type, self.row.job_version),
        };
        AllocStub { job_type, job_version, task_states: BTreeMap::new(), ..self.row }
    }
}

/// Whether new work may be placed on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Eligibility {
    /// New work may be placed.
    Eligible,
    /// No new work is placed; what runs, runs on.
    Ineligible,
}

impl std::fmt::Display for Eligibility {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Eligibility::Eligible => "eligible",
            Eligibility::Ineligible => "ineligible",
        })
    }
}

/// The state of a node as the servers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeStatus {
    /// Registered, not yet ready (also while its pool does not exist yet).
    Initializing,
    /// Heartbeats arrive.
    Ready,
    /// Heartbeats are missed.
    Down,
    /// Heartbeats are missed, and a group on it may stay disconnected.
    Disconnected,
    /// A state this program does not know.
    #[serde(other)]
    Unknown,
}

impl std::fmt::Display for NodeStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NodeStatus::Initializing => "initializing",
            NodeStatus::Ready => "ready",
            NodeStatus::Down => "down",
            NodeStatus::Disconnected => "disconnected",
            NodeStatus::Unknown => "unknown",
        })
    }
}

/// A row of the node list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeStub {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The name, which need not be unique.
    pub name: String,
    /// Host of the node's HTTP address.
    #[serde(default)]
    pub address: String,
    /// Datacenter.
    #[serde(default)]
    pub datacenter: String,
    /// The class operators give; may be empty.
    #[serde(default)]
    pub node_class: String,
    /// The pool; servers before 1.6 have none.
    #[serde(default)]
    pub node_pool: String,
    /// Version of the Nomad agent.
    #[serde(default)]
    pub version: String,
    /// Whether a drain is under way.
    #[serde(default)]
    pub drain: bool,
    /// Whether new work may be placed.
    pub scheduling_eligibility: Eligibility,
    /// State as the servers see it.
    pub status: NodeStatus,
    /// Words on the state.
    #[serde(default)]
    pub status_description: String,
    /// Task drivers by name.
    #[serde(default, deserialize_with = "nullable")]
    pub drivers: BTreeMap<String, Driver>,
    /// Host volumes by name; servers before 1.7 list none.
    #[serde(default, deserialize_with = "nullable")]
    pub host_volumes: BTreeMap<String, HostVolume>,
    /// The last drain, under way or ended.
    #[serde(default)]
    pub last_drain: Option<LastDrain>,
    /// What the node offers; only when asked for.
    #[serde(default)]
    pub node_resources: Option<NodeResources>,
    /// What of it is reserved for others than Nomad; only when asked for.
    #[serde(default)]
    pub reserved_resources: Option<ReservedResources>,
    /// Index of its first registration.
    #[serde(default)]
    pub create_index: u64,
    /// Index of the last change.
    pub modify_index: u64,
}

impl NodeStub {
    /// Why no new work can land there; none when it can.
    #[must_use]
    pub fn why_no_new_work(&self) -> Option<String> {
        why_no_new_work(self.status, self.drain, self.scheduling_eligibility)
    }

    /// Whether new work can land there: ready, eligible and not draining.
    #[must_use]
    pub fn is_schedulable(&self) -> bool {
        self.why_no_new_work().is_none()
    }
}

fn why_no_new_work(status: NodeStatus, drains: bool, eligibility: Eligibility) -> Option<String> {
    if status != NodeStatus::Ready {
        return Some(format!("its node is {status}"));
    }
    if drains {
        return Some("its node is being drained".to_owned());
    }
    (eligibility != Eligibility::Eligible).then(|| "its node takes no new work (ineligible)".to_owned())
}

/// A node in full.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Node {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The name.
    pub name: String,
    /// Host and port of the node's HTTP address.
    #[serde(rename = "HTTPAddr", default)]
    pub http_addr: String,
    /// Whether that address speaks TLS.
    #[serde(rename = "TLSEnabled", default)]
    pub tls_enabled: bool,
    /// Datacenter.
    #[serde(default)]
    pub datacenter: String,
    /// The class operators give.
    #[serde(default)]
    pub node_class: String,
    /// The pool.
    #[serde(default)]
    pub node_pool: String,
    /// Whether new work may be placed.
    pub scheduling_eligibility: Eligibility,
    /// State as the servers see it.
    pub status: NodeStatus,
    /// Words on the state.
    #[serde(default)]
    pub status_description: String,
    /// When the state was reported.
    #[serde(default, deserialize_with = "unix_seconds")]
    pub status_updated_at: Option<Timestamp>,
    /// Fingerprinted facts, such as `nomad.version` or `kernel.name`.
    #[serde(default, deserialize_with = "nullable")]
    pub attributes: BTreeMap<String, String>,
    /// Operators' metadata.
    #[serde(default, deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// Task drivers by name.
    #[serde(default, deserialize_with = "nullable")]
    pub drivers: BTreeMap<String, Driver>,
    /// Host volumes by name.
    #[serde(default, deserialize_with = "nullable")]
    pub host_volumes: BTreeMap<String, HostVolume>,
    /// What the node offers.
    #[serde(default)]
    pub node_resources: Option<NodeResources>,
    /// What of it is reserved for others than Nomad.
    #[serde(default)]
    pub reserved_resources: Option<ReservedResources>,
    /// The drain under way; none when the node does not drain.
    #[serde(default)]
    pub drain_strategy: Option<DrainStrategy>,
    /// The last drain, under way or ended.
    #[serde(default)]
    pub last_drain: Option<LastDrain>,
    /// The newest 10 events.
    #[serde(default, deserialize_with = "nullable")]
    pub events: Vec<NodeEvent>,
    /// Index of the last change.
    pub modify_index: u64,
}

impl Node {
    /// Why no new work can land there; none when it can.
    #[must_use]
    pub fn why_no_new_work(&self) -> Option<String> {
        why_no_new_work(self.status, self.drain_strategy.is_some(), self.scheduling_eligibility)
    }

    /// Whether new work can land there: ready, eligible and not draining.
    #[must_use]
    pub fn is_schedulable(&self) -> bool {
        self.why_no_new_work().is_none()
    }
}

/// A task driver on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Driver {
    /// Whether the node has it.
    #[serde(default)]
    pub detected: bool,
    /// Whether it works.
    #[serde(default)]
    pub healthy: bool,
}

/// The names of the drivers that a node has and that do not work there.
#[must_use]
pub fn unhealthy_drivers(drivers: &BTreeMap<String, Driver>) -> Vec<&str> {
    drivers.iter().filter(|(_, d)| d.detected && !d.healthy).map(|(name, _)| name.as_str()).collect()
}

/// A host volume of a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HostVolume {
    /// Whether it may not be written.
    #[serde(default)]
    pub read_only: bool,
}

/// A drain under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DrainStrategy {
    /// The deadline as it was set.
    pub deadline: Nanos,
    /// Whether system jobs stay.
    pub ignore_system_jobs: bool,
    /// When what still runs is stopped.
    #[serde(default, deserialize_with = "time")]
    pub force_deadline: Option<Timestamp>,
    /// When the drain began.
    #[serde(default, deserialize_with = "time")]
    pub started_at: Option<Timestamp>,
}

/// How the last drain went. `complete` proves nothing about the work that left (T14).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastDrain {
    /// Under way or how it ended.
    pub status: DrainStatus,
    /// When it began.
    #[serde(default, deserialize_with = "time")]
    pub started_at: Option<Timestamp>,
    /// When it last changed, to the second.
    #[serde(default, deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// Whose token it was, as `token:<accessor>`.
    #[serde(rename = "AccessorID", default)]
    pub accessor_id: String,
    /// What the one who drained wrote there.
    #[serde(default, deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
}

/// Under way or how a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DrainStatus {
    /// Under way.
    Draining,
    /// Nothing is left on the node, or the deadline came.
    Complete,
    /// Somebody cancelled it.
    Canceled,
    /// A state this program does not know.
    #[serde(other)]
    Unknown,
}

/// An event of a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeEvent {
    /// What happened.
    pub message: String,
    /// `Drain`, `Driver`, `Heartbeat`, `Cluster`, `Scheduler` or `Storage`.
    pub subsystem: String,
    /// More words; `deadline_reached` is the only trace of a forced end of a drain (§2.4).
    #[serde(default, deserialize_with = "nullable")]
    pub details: BTreeMap<String, String>,
    /// When.
    #[serde(default, deserialize_with = "time")]
    pub timestamp: Option<Timestamp>,
    /// The raft index of the event; 0 for the registration.
    #[serde(default)]
    pub create_index: u64,
}

/// A pool of nodes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodePool {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}
