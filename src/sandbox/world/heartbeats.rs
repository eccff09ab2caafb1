//! Nodes come and go: registration, missed heartbeats, return, and the evaluations each makes (`nomad-api.md §2.2`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::api::nomad::node::NodeStatus;
use crate::sandbox::id::Id;
use crate::sandbox::placement::Machine;
use crate::sandbox::scheduler::reaches;
use crate::sandbox::scheduler::reschedule::has_tries_left;
use crate::sandbox::scheduler::standing::{has_expired, lost_after};
use crate::sandbox::state::Report;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::eval::{Eval, Trigger};
use crate::sandbox::state::job::{JobKey, Kind};
use crate::sandbox::state::node::{Node, happened};
use crate::sandbox::world::{Event, NodePower, World};

/// Heartbeats come every 10 to 20 s: this is the longest that may be left of one.
const LONGEST_BEAT: Duration = Duration::from_secs(18);
/// The shortest.
const SHORTEST_BEAT: Duration = Duration::from_secs(10);
/// How long the servers wait beyond (`heartbeat_grace`).
const GRACE: Duration = Duration::from_secs(3);
/// How long an agent takes to come up and report.
const START_UP: Duration = Duration::from_secs(1);

impl World {
    /// A node joins the cluster.
    pub fn add_node(&mut self, node: Node) {
        let ready = Node { status: NodeStatus::Initializing, ..self.with_consul(node) };
        let id = ready.id;
        self.add_client(Arc::new(ready.clone()));
        self.write().register_node(ready);
        self.change_status(id, NodeStatus::Ready, None);
        self.settle();
    }

    /// A node's agent dies: nothing of it is heard any more.
    pub fn kill_node(&mut self, id: Id) {
        let Some(client) = self.clients.nodes.get_mut(&id).filter(|c| c.power == NodePower::On) else {
            return;
        };
        client.power = NodePower::Off;
        client.beat += 1;
        let beat = client.beat;
        let spread = u64::try_from((LONGEST_BEAT - SHORTEST_BEAT).as_millis()).unwrap_or(0);
        let left = SHORTEST_BEAT + Duration::from_millis(self.rng.u64(0..=spread));
        self.after(left + GRACE, Event::HeartbeatMissed(id, beat));
    }

    /// A node's agent dies after a while.
    pub fn kill_node_after(&mut self, id: Id, wait: Duration) {
        self.after(wait, Event::NodeDeath(id));
    }

    /// A node's agent stands still for a while.
    pub fn pause_node(&mut self, id: Id, time: Duration) {
        self.kill_node(id);
        self.after(time, Event::NodeRevival(id));
    }

    /// What replaces the allocations of a node from now on never turns healthy.
    pub fn curse_node(&mut self, id: Id) {
        self.clients.cursed.insert(id);
    }

    /// A dead node's agent comes up again, with its tasks as they were.
    pub fn revive_node(&mut self, id: Id) {
        let Some(client) = self.clients.nodes.get_mut(&id).filter(|c| c.power == NodePower::Off) else {
            return;
        };
        client.beat += 1;
        let beat = client.beat;
        self.after(START_UP, Event::NodeBack(id, beat));
    }

    /// Whether a node's agent is there.
    #[must_use]
    pub fn node_power(&self, id: Id) -> Option<NodePower> {
        self.clients.nodes.get(&id).map(|c| c.power)
    }

    pub(super) fn heartbeat_missed(&mut self, id: Id, beat: u64) {
        if self.clients.nodes.get(&id).is_none_or(|c| c.beat != beat) {
            return;
        }
        let Some(node) = self.state.node(id) else { return };
        let may_wait =
            |a: &Alloc| lost_after(a).0 > 0 && a.desired == DesiredStatus::Run && !has_expired(a, self.now);
        let known = !matches!(node.status, NodeStatus::Down | NodeStatus::Initializing);
        let disconnects = known && self.state.allocs_on(id).any(|a| may_wait(a));
        let status = if disconnects { NodeStatus::Disconnected } else { NodeStatus::Down };
        self.change_status(id, status, Some(happened::HEARTBEAT_MISSED));
        if disconnects {
            self.after(LONGEST_BEAT + GRACE, Event::HeartbeatMissed(id, beat));
        }
    }

    pub(super) fn node_back(&mut self, id: Id, beat: u64) {
        let Some(client) = self.clients.nodes.get_mut(&id).filter(|c| c.beat == beat) else { return };
        client.power = NodePower::On;
        let identity = Arc::clone(&client.identity);
        match self.state.node(id).map(|node| node.status) {
            None => {
                self.write()
                    .register_node(Node { status: NodeStatus::Initializing, ..Node::clone(&identity) });
                self.change_status(id, NodeStatus::Ready, None);
            }
            Some(NodeStatus::Down) => {
                self.change_status(id, NodeStatus::Ready, Some(happened::HEARTBEAT_BACK));
            }
            Some(NodeStatus::Disconnected | NodeStatus::Initializing) => {
                self.change_status(id, NodeStatus::Initializing, None);
                self.report_all(id);
                self.change_status(id, NodeStatus::Ready, None);
            }
            Some(_) => {}
        }
        self.resume_client(id);
    }

    fn change_status(&mut self, id: Id, status: NodeStatus, event: Option<(&'static str, &'static str)>) {
        let Some(old) = self.state.node(id).map(|node| node.status) else { return };
        if old != status || event.is_some() {
            self.write().set_node_status(id, status, event);
        }
        use NodeStatus::{Disconnected, Down, Initializing, Ready};
        let matters = status == Down
            || matches!((old, status), (Initializing | Down, Ready))
            || (old == Disconnected) != (status == Disconnected);
        if matters && let Some(node) = self.state.node(id).cloned() {
            self.node_evals(&node, node.modify_index);
        }
    }

    /// Evaluations for what a change of a node means: the jobs on it, and system jobs that reach it. `index` is that of
    /// the change. They, and the index of their write: there is one even when nothing on the node needs a look.
    pub(super) fn node_evals(&mut self, node: &Node, index: u64) -> (Vec<Id>, u64) {
        let id = node.id;
        let mut jobs: BTreeMap<JobKey, (Kind, i64)> = BTreeMap::new();
        let mut busy = false;
        for alloc in self.state.allocs_on(id) {
            busy = true;
            let concerned = match alloc.job.kind() {
                Kind::Service => !(alloc.server_terminal() && alloc.client_terminal()),
                Kind::Batch => !alloc.client_terminal(),
                Kind::System | Kind::Sysbatch => false,
            };
            if concerned {
                let priority = alloc.job.spec.typed.priority;
                jobs.entry(alloc.job_key().clone()).or_insert((alloc.job.kind(), priority));
            }
        }
        let system = self.state.jobs().filter(|job| job.kind() == Kind::System && !job.stop);
        for job in system.filter(|job| reaches(job, node)) {
            busy = true;
            jobs.insert(job.key().clone(), (Kind::System, job.spec.typed.priority));
        }
        if !busy {
            return (Vec::new(), 0);
        }
        let evals: Vec<Eval> = jobs
            .into_iter()
            .map(|(job, (kind, priority))| {
                let mut eval = self.new_eval(&job, kind, priority, Trigger::NodeUpdate);
                eval.node_id = Some(id);
                eval.node_modify_index = index;
                eval
            })
            .collect();
        let ids = evals.iter().map(|eval| eval.id).collect();
        let mut write = self.write();
        for eval in evals {
            write.put_eval(eval);
        }
        (ids, write.index)
    }

    /// Forgets a node; a living one registers again within a second. Index of the write, and what it leads to.
    pub(super) fn purge_node(&mut self, node: &Node) -> (u64, u64, Vec<Id>) {
        let mut write = self.write();
        write.remove_node(node.id);
        let index = write.index;
        let (evals, eval_index) = self.node_evals(node, index);
        if let Some(client) = self.clients.nodes.get_mut(&node.id).filter(|c| c.power == NodePower::On) {
            client.beat += 1;
            let beat = client.beat;
            self.after(START_UP, Event::NodeBack(node.id, beat));
        }
        (index, eval_index, evals)
    }

    /// Changes what a node says of itself, as its agent does when it is told to. A null takes a key out.
    pub fn set_node_meta(&mut self, id: Id, changes: &serde_json::Map<String, serde_json::Value>) {
        let Some(node) = self.state.node(id).cloned() else { return };
        let mut machine = Machine::clone(&node.machine);
        for (key, value) in changes {
            match value.as_str() {
                Some(text) => machine.meta.insert(key.clone(), text.to_owned()),
                None => machine.meta.remove(key),
            };
        }
        machine.computed_class = machine.class_of();
        let changed = Node { machine: Arc::new(machine), ..Node::clone(&node) };
        if let Some(client) = self.clients.nodes.get_mut(&id) {
            let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
            client.metadata.extend(changes.iter().map(|(key, value)| (key.clone(), text(value))));
            client.identity = Arc::new(changed.clone());
        }
        self.write().register_node(changed);
    }

    /// Has a node forget the files of allocations that have ended.
    pub fn collect_on_node(&mut self, id: Id) {
        let over = self.state.allocs_on(id).filter(|a| a.client_terminal()).map(|a| a.id);
        let over: Vec<Id> = over.collect();
        self.clients.collected.extend(over);
    }

    /// Whether the node of an allocation no longer knows it.
    #[must_use]
    pub fn is_collected(&self, alloc: Id) -> bool {
        self.clients.collected.contains(&alloc)
    }

    /// The metadata of a node's own configuration, and what the API changed of it.
    #[must_use]
    pub fn node_meta(&self, id: Id) -> (BTreeMap<String, String>, BTreeMap<String, Option<String>>) {
        let Some(client) = self.clients.nodes.get(&id) else { return Default::default() };
        (client.configured.clone(), client.metadata.clone())
    }

    /// Takes in what a client reports: failures are placed elsewhere, returns are reconciled.
    pub(super) fn take_reports(&mut self, node: Id, reports: Vec<Report>) {
        let mut jobs: BTreeSet<JobKey> = BTreeSet::new();
        let mut evals: Vec<Eval> = Vec::new();
        for report in &reports {
            let Some(alloc) = self.state.alloc(report.id).cloned() else { continue };
            let Some((trigger, kind, priority)) = self.follows(&alloc, report) else { continue };
            if jobs.insert(alloc.job_key().clone()) {
                evals.push(self.new_eval(alloc.job_key(), kind, priority, trigger));
            }
        }
        self.write().report(node, reports, evals);
    }

    /// What evaluation a report makes necessary, if any.
    fn follows(&self, alloc: &Alloc, report: &Report) -> Option<(Trigger, Kind, i64)> {
        let unknown = alloc.client == ClientStatus::Unknown;
        if !report.status.is_terminal() && !unknown {
            return None;
        }
        let Some(job) = self.state.job(alloc.job_key()) else {
            return Some((Trigger::JobDeregister, alloc.job.kind(), alloc.job.spec.typed.priority));
        };
        let described = (job.kind(), job.spec.typed.priority);
        if unknown {
            return Some((Trigger::Reconnect, described.0, described.1));
        }
        let failed = report.status == ClientStatus::Failed && alloc.followup_eval.is_none();
        let policy = job.group(&alloc.group)?.reschedule_policy.as_ref();
        (failed && has_tries_left(alloc, policy, self.now)).then_some((
            Trigger::AllocFailure,
            described.0,
            described.1,
        ))
    }
}
