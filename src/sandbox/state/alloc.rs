//! Allocations: kept small, since the `large` scenario has 50,000 of them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::api::nomad::job::TaskGroup;
use crate::api::wire::Nanos;
use crate::sandbox::id::FOUNDING_KEY;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::{Capacity, Footprint, Grant, Metric, PortGrant, TaskGrant, Tenant};
use crate::sandbox::state::job::{Job, JobKey};
use crate::sandbox::state::node::Node;
use crate::sandbox::state::task::TaskStates;

/// What an allocation was given; shared by those that were given the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allotment {
    /// By task, in the order of names.
    pub tasks: Vec<(Arc<str>, TaskGrant)>,
    /// MiB of disk.
    pub disk: u64,
    /// Ports of the group.
    pub ports: Vec<PortGrant>,
    /// What all of it weighs on the node: tasks that never run together share their room.
    pub size: Capacity,
}

impl Allotment {
    /// What the scheduler granted.
    #[must_use]
    pub fn of(grant: Grant) -> Self {
        let tasks = grant.tasks.into_iter().map(|(name, task)| (name.into(), task)).collect();
        Allotment { tasks, disk: grant.disk, ports: grant.ports, size: grant.footprint.size }
    }
}

/// What the servers want to become of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Transition {
    /// It is to leave its node.
    pub migrate: Option<bool>,
    /// It may be placed elsewhere although its deployment runs.
    pub reschedule: Option<bool>,
    /// It is to be placed elsewhere at once.
    pub force_reschedule: Option<bool>,
    /// Its stop does not wait for `shutdown_delay`.
    pub no_shutdown_delay: Option<bool>,
    /// It leaves its node without a replacement: batch at a drain's deadline (`nomad-api.md §2.4`).
    pub disable_placement: Option<bool>,
}

impl Transition {
    /// Takes over what `other` decides.
    pub fn merge(&mut self, other: Transition) {
        self.migrate = other.migrate.or(self.migrate);
        self.reschedule = other.reschedule.or(self.reschedule);
        self.force_reschedule = other.force_reschedule.or(self.force_reschedule);
        self.no_shutdown_delay = other.no_shutdown_delay.or(self.no_shutdown_delay);
        self.disable_placement = other.disable_placement.or(self.disable_placement);
    }
}

/// What is known of an allocation's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    /// Decided, and how.
    pub healthy: Option<bool>,
    /// When it was decided.
    pub timestamp: Option<Moment>,
    /// Whether it is an unpromoted canary.
    pub canary: bool,
    /// Index of its last change.
    pub modify_index: u64,
}

/// One placement elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RescheduleEvent {
    /// When.
    pub time: Moment,
    /// What failed.
    pub previous_alloc: Id,
    /// Where it failed.
    pub previous_node: Id,
    /// How long was waited.
    pub delay: Nanos,
}

/// What came of the last try to place elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LastReschedule {
    /// Not tried.
    #[default]
    None,
    /// Placed.
    Placed,
    /// No room.
    NoPlacement,
}

/// The placements elsewhere that led to an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RescheduleTracker {
    /// Oldest first.
    pub events: Vec<RescheduleEvent>,
    /// What came of the last try.
    pub last: LastReschedule,
}

/// One change of the client's state as the servers noted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateChange {
    /// The state.
    pub status: ClientStatus,
    /// When.
    pub time: Moment,
}

/// An allocation.
#[derive(Clone)]
pub struct Alloc {
    /// Its id.
    pub id: Id,
    /// `job.group[index]`.
    pub name: Arc<str>,
    /// The evaluation that placed or last updated it.
    pub eval_id: Id,
    /// Where.
    pub node_id: Id,
    /// The node's name.
    pub node_name: Arc<str>,
    /// The version of the job it runs.
    pub job: Arc<Job>,
    /// The group.
    pub group: Arc<str>,
    /// What it was given.
    pub allotment: Arc<Allotment>,
    /// How the node was chosen.
    pub metric: Arc<Metric>,
    /// What the servers want.
    pub desired: DesiredStatus,
    /// Why.
    pub desired_description: Cow<'static, str>,
    /// What the servers want to become of it.
    pub transition: Transition,
    /// What the client says.
    pub client: ClientStatus,
    /// In words.
    pub client_description: &'static str,
    /// Its tasks; none before the client's first report.
    pub tasks: TaskStates,
    /// Whether the client reported its network.
    pub reported: bool,
    /// Changes of state the servers noted.
    pub states: Vec<StateChange>,
    /// Its deployment.
    pub deployment_id: Option<Id>,
    /// Its health.
    pub health: Option<Health>,
    /// What it replaces.
    pub previous: Option<Id>,
    /// What replaces it.
    pub next: Option<Id>,
    /// The evaluation that waits to place it elsewhere.
    pub followup_eval: Option<Id>,
    /// Placements elsewhere before it.
    pub reschedules: Option<Box<RescheduleTracker>>,
    /// What made room for it.
    pub preempted: Vec<Id>,
    /// What it made room for.
    pub preempted_by: Option<Id>,
    /// The key its tasks' identities are signed with.
    pub signing_key: Id,
    /// Index of its placement.
    pub create_index: u64,
    /// Index of its last change.
    pub modify_index: u64,
    /// Index of the servers' last change.
    pub alloc_modify_index: u64,
    /// When it was placed.
    pub create_time: Moment,
    /// When it last changed.
    pub modify_time: Moment,
}

/// What allocations of one group have in common that one evaluation places alike.
#[derive(Debug, Clone)]
pub struct Order {
    /// The evaluation.
    pub eval_id: Id,
    /// The version of the job.
    pub job: Arc<Job>,
    /// The group.
    pub group: Arc<str>,
    /// What each is given.
    pub allotment: Arc<Allotment>,
    /// How the node was chosen.
    pub metric: Arc<Metric>,
}

impl Alloc {
    /// A new allocation that waits for its client.
    #[must_use]
    pub fn placed(id: Id, order: Order, name: Arc<str>, node: &Node, now: Moment) -> Self {
        Alloc {
            id,
            name,
            eval_id: order.eval_id,
            node_id: node.id,
            node_name: Arc::clone(&node.name),
            job: order.job,
            group: order.group,
            allotment: order.allotment,
            metric: order.metric,
            desired: DesiredStatus::Run,
            desired_description: "".into(),
            transition: Transition::default(),
            client: ClientStatus::Pending,
            client_description: "",
            tasks: Vec::new(),
            reported: false,
            states: Vec::new(),
            deployment_id: None,
            health: None,
            previous: None,
            next: None,
            followup_eval: None,
            reschedules: None,
            preempted: Vec::new(),
            preempted_by: None,
            signing_key: FOUNDING_KEY,
            create_index: 0,
            modify_index: 0,
            alloc_modify_index: 0,
            create_time: now,
            modify_time: now,
        }
    }

    /// Namespace and id of its job.
    #[must_use]
    pub fn job_key(&self) -> &JobKey {
        self.job.key()
    }

    /// Its group in the version of the job it runs.
    #[must_use]
    pub fn task_group(&self) -> Option<&TaskGroup> {
        self.job.group(&self.group)
    }

    /// Whether the servers want it to stop.
    #[must_use]
    pub fn server_terminal(&self) -> bool {
        self.desired != DesiredStatus::Run
    }

    /// Whether it has ended on its client.
    #[must_use]
    pub fn client_terminal(&self) -> bool {
        self.client.is_terminal()
    }

    /// Whether either holds.
    #[must_use]
    pub fn terminal(&self) -> bool {
        self.server_terminal() || self.client_terminal()
    }

    /// Its health, where it is decided.
    #[must_use]
    pub fn healthy(&self) -> Option<bool> {
        self.health.and_then(|h| h.healthy)
    }

    /// Whether it is an unpromoted canary.
    #[must_use]
    pub fn is_canary(&self) -> bool {
        self.health.is_some_and(|h| h.canary)
    }

    /// Whether it was marked to leave its node.
    #[must_use]
    pub fn should_migrate(&self) -> bool {
        self.transition.migrate == Some(true)
    }

    /// Whether its failed deployment allows to place it elsewhere.
    #[must_use]
    pub fn should_reschedule(&self) -> bool {
        self.transition.reschedule == Some(true)
    }

    /// Whether every task of it ended well.
    #[must_use]
    pub fn ran_successfully(&self) -> bool {
        !self.tasks.is_empty() && self.tasks.iter().all(|(_, task)| task.succeeded())
    }

    /// The number in its name.
    #[must_use]
    pub fn index(&self) -> u64 {
        let digits = self.name.rsplit_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
        digits.and_then(|d| d.parse().ok()).unwrap_or(0)
    }

    /// What it takes of its node.
    #[must_use]
    pub fn footprint(&self) -> Footprint {
        let tasks = || self.allotment.tasks.iter().map(|(_, grant)| grant);
        let key = self.job_key();
        let ports = self.allotment.ports.iter().chain(tasks().flat_map(|t| &t.ports));
        Footprint {
            tenant: Tenant {
                namespace: key.namespace.clone(),
                job: key.id.clone(),
                group: self.group.clone(),
            },
            size: self.allotment.size,
            cores: tasks().flat_map(|t| t.cores.iter().copied()).collect(),
            ports: ports.map(|p| (p.host_ip.clone(), p.value)).collect(),
        }
    }
}

impl fmt::Debug for Alloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}, {}/{})", self.name, self.node_name, self.desired, self.client)
    }
}

/// The name of an allocation.
#[must_use]
pub fn alloc_name(job: &str, group: &str, index: u64) -> String {
    format!("{job}.{group}[{index}]")
}
