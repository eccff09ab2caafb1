//! What is shown: the cluster as it was seen at one look, and what is inside of the things that were opened.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::job::LatestDeployment;
use crate::api::nomad::node::NodeStatus;
use crate::model::capacity::Amount;
use crate::model::finding::{Finding, Severity};
use crate::model::ids::{JobKey, JobType};
use crate::model::present_health::PresentHealth;
use crate::model::usage::Load;
use crate::ui::Tone;

/// The cluster as it was seen at one look.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// Problems, the worst first, then what is under way.
    pub findings: Vec<Finding>,
    /// What could not be seen, and why.
    pub unknown: Vec<(String, String)>,
    /// In the order of their namespaces and ids; none where they could not be seen.
    pub jobs: Option<Vec<JobSeen>>,
    /// In the order of their names; none where they could not be seen.
    pub nodes: Option<Vec<NodeSeen>>,
    /// How the servers are, in words.
    pub servers: (String, Tone),
}

/// A job.
#[derive(Debug, Clone)]
pub struct JobSeen {
    /// Which.
    pub key: JobKey,
    /// Its type.
    pub job_type: JobType,
    /// Whether it was stopped.
    pub stopped: bool,
    /// Its version.
    pub version: u64,
    /// Sum of the groups' counts.
    pub wanted: u64,
    /// How many allocations run, canaries left out; none where that could not be seen.
    pub running: Option<u64>,
    /// How many jobs it has made; none where it makes none.
    pub children: Option<usize>,
    /// Its latest deployment.
    pub deployment: Option<LatestDeployment>,
    /// What is to be said of it, the worst first.
    pub says: Option<(Severity, String)>,
}

/// A node.
#[derive(Debug, Clone)]
pub struct NodeSeen {
    /// The full id.
    pub id: String,
    /// The name, which need not be unique.
    pub name: String,
    /// Its pool.
    pub pool: String,
    /// Its datacenter.
    pub datacenter: String,
    /// Its class; may be empty.
    pub class: String,
    /// Version of the agent.
    pub version: String,
    /// Its state as the servers see it.
    pub status: NodeStatus,
    /// Words on the state.
    pub description: String,
    /// Whether new work may be placed.
    pub eligible: bool,
    /// Whether a drain is under way.
    pub draining: bool,
    /// What is allocated there; none where that could not be seen.
    pub allocated: Option<Amount>,
    /// What it offers.
    pub offered: Amount,
}

/// What was opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opened {
    /// A job.
    Job(JobKey),
    /// A node, by its full id.
    Node(String),
}

/// What is inside of something that was opened.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// The groups of a job and their counts.
    pub groups: Vec<(String, u64)>,
    /// In the order of their groups and names, those that run first.
    pub allocs: Vec<AllocSeen>,
    /// How many that have ended are not among them, by their group.
    pub left_out: BTreeMap<String, usize>,
    /// Why it could not be seen.
    pub not_known: Option<String>,
}

/// An allocation.
#[derive(Debug, Clone)]
pub struct AllocSeen {
    /// The full id.
    pub id: String,
    /// `job.group[index]`.
    pub name: String,
    /// Its job.
    pub job: JobKey,
    /// Its group.
    pub group: String,
    /// Its node's name.
    pub node_name: String,
    /// The version of its job.
    pub version: u64,
    /// What its client says.
    pub status: ClientStatus,
    /// Whether it is to run.
    pub wanted: bool,
    /// Whether it is a canary that waits for promotion.
    pub canary: bool,
    /// How it does at this moment; none for what has ended or has not begun.
    pub health: Option<PresentHealth>,
    /// Its tasks, in the order of their names.
    pub tasks: Vec<TaskSeen>,
    /// When it was placed.
    pub created_at: Option<Timestamp>,
    /// What its client, or the servers, say of it.
    pub description: String,
}

/// A task.
#[derive(Debug, Clone)]
pub struct TaskSeen {
    /// Its name.
    pub name: String,
    /// What it does, in words.
    pub state: String,
    /// Whether it failed.
    pub failed: bool,
    /// How often it was restarted.
    pub restarts: u64,
    /// What happened last.
    pub last: String,
}

/// A rotation of nodes, as its history on the cluster tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationSeen {
    /// Its name.
    pub name: String,
    /// How it stands, in words.
    pub state: String,
    /// What is to be thought of it.
    pub tone: Tone,
    /// Whether it has reached its end.
    pub finished: bool,
    /// The whole, then each node that is in hand.
    pub board: Vec<String>,
    /// When something was last told of it.
    pub last_at: Option<Timestamp>,
}

/// What something uses at this moment, by the full id of the allocation or the node.
pub type Used = HashMap<String, Load>;
