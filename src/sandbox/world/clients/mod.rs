//! The nodes' clients: they fetch what the servers decided, run it, and report in batches.

mod behaviour;
mod checks;
mod health;
mod names;
mod runner;
mod task;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::allocation::ClientStatus;
use crate::sandbox::consul::Registration;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::node::Node;
use crate::sandbox::world::requests::many_errors;
use crate::sandbox::world::{Event, World};

pub(in crate::sandbox) use behaviour::ProcessEnd;
pub(super) use checks::CheckResult;
pub(super) use names::Names;
pub(in crate::sandbox) use names::replaced;
use runner::Call;
pub(super) use runner::Runner;
pub(super) use runner::Timer;

/// How soon a client sees what the servers wrote.
const FETCH: Duration = Duration::from_millis(10);
/// The beat in which a client reports.
const BEAT: Duration = Duration::from_millis(200);
/// Every so many beats everything is told; between them only what is urgent.
const BEATS: u32 = 5;
/// How long the servers gather reports before they write them.
const GATHERING: Duration = Duration::from_millis(50);

/// Something at a node's client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientEvent {
    /// It fetches what the servers changed.
    Fetch(Id),
    /// An allocation goes on.
    Alloc(Id, Timer),
    /// It tells what has changed; the number says which plan that was.
    Report(Id, u64),
}

/// Whether a node's agent is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodePower {
    /// It runs.
    On,
    /// It is gone: nobody reports, nobody obeys.
    Off,
}

/// One node's client.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) power: NodePower,
    /// Grows when the agent comes or goes.
    pub(super) beat: u64,
    /// How it registers.
    pub(super) identity: Arc<Node>,
    /// Allocations the servers changed.
    changed: BTreeSet<Id>,
    fetching: bool,
    /// Allocations to tell about.
    news: BTreeSet<Id>,
    last_report: Moment,
    /// When it reports next, and the number of that plan.
    next_report: Option<Moment>,
    plan: u64,
    /// The metadata of the node's own configuration.
    pub(super) configured: BTreeMap<String, String>,
    /// What the API changed of the node's metadata; none for keys it took out.
    pub(super) metadata: BTreeMap<String, Option<String>>,
}

/// All clients, and the allocations they run.
#[derive(Debug, Default)]
pub(super) struct Clients {
    pub(super) nodes: BTreeMap<Id, Client>,
    runners: BTreeMap<Id, Runner>,
    /// Nodes whose allocations are not replaced by healthy ones.
    pub(super) cursed: BTreeSet<Id>,
    /// What allocations that are over could not take out of Consul, for want of an agent.
    pub(super) left_in_consul: Vec<Registration>,
    /// Who waits for the end of an allocation.
    heirs: BTreeMap<Id, Vec<Id>>,
    /// Ended allocations whose files their node was told to remove.
    pub(super) collected: BTreeSet<Id>,
}

impl Clients {
    /// The allocations a node's client holds.
    pub(super) fn allocs_on(&self, node: Id) -> Vec<Id> {
        self.runners.values().filter(|r| r.alloc.node_id == node).map(|r| r.alloc.id).collect()
    }

    /// All allocations that clients hold.
    pub(super) fn held(&self) -> impl Iterator<Item = Id> {
        self.runners.keys().copied()
    }

    /// Takes an allocation in hand, to be put back.
    pub(super) fn take(&mut self, alloc: Id) -> Option<Runner> {
        self.runners.remove(&alloc)
    }

    pub(super) fn put_back(&mut self, alloc: Id, runner: Runner) {
        self.runners.insert(alloc, runner);
    }
}

impl World {
    /// A node's agent comes up for the first time.
    pub(super) fn add_client(&mut self, identity: Arc<Node>) {
        let id = identity.id;
        let client = Client {
            power: NodePower::On,
            beat: 0,
            changed: BTreeSet::new(),
            fetching: false,
            news: BTreeSet::new(),
            last_report: self.now,
            next_report: None,
            plan: 0,
            configured: identity.machine.meta.clone(),
            metadata: BTreeMap::new(),
            identity,
        };
        self.clients.nodes.insert(id, client);
    }

    /// The servers changed an allocation or forgot it: its node will see, and so will who waits for its end.
    pub(super) fn alloc_changed(&mut self, id: Id) {
        let node = self.state.alloc(id).map(|a| a.node_id);
        let node = node.or_else(|| self.clients.runners.get(&id).map(|r| r.alloc.node_id));
        if let Some(node) = node
            && let Some(client) = self.clients.nodes.get_mut(&node)
        {
            client.changed.insert(id);
            self.fetch_soon(node);
        }
        self.tell_heirs(id);
    }

    /// A client reported on an allocation: who waits for its end may begin.
    pub(super) fn alloc_reported(&mut self, id: Id) {
        self.tell_heirs(id);
    }

    fn tell_heirs(&mut self, id: Id) {
        if !self.clients.heirs.contains_key(&id) || !self.has_ended(id) {
            return;
        }
        for heir in self.clients.heirs.remove(&id).unwrap_or_default() {
            if let Some(node) = self.clients.runners.get(&heir).map(|r| r.alloc.node_id)
                && let Some(client) = self.clients.nodes.get_mut(&node)
            {
                client.changed.insert(heir);
                self.fetch_soon(node);
            }
        }
    }

    /// Whether the servers know an allocation as over, or not at all.
    fn has_ended(&self, id: Id) -> bool {
        self.state.alloc(id).is_none_or(|a| a.client_terminal() || a.client == ClientStatus::Unknown)
    }

    pub(super) fn fetch_soon(&mut self, node: Id) {
        let Some(client) = self.clients.nodes.get_mut(&node) else { return };
        if client.power == NodePower::On && !client.fetching && !client.changed.is_empty() {
            client.fetching = true;
            self.after(FETCH, Event::Client(ClientEvent::Fetch(node)));
        }
    }

    pub(super) fn client_event(&mut self, event: ClientEvent) {
        match event {
            ClientEvent::Fetch(node) => self.fetch(node),
            ClientEvent::Alloc(alloc, timer) => self.run(alloc, |runner, call| runner.on(&timer, call)),
            ClientEvent::Report(node, plan) => self.report(node, plan),
        }
    }

    fn fetch(&mut self, node: Id) {
        let Some(client) = self.clients.nodes.get_mut(&node) else { return };
        client.fetching = false;
        if client.power == NodePower::Off {
            return;
        }
        for id in std::mem::take(&mut client.changed) {
            match self.state.alloc(id).cloned() {
                Some(alloc) => self.fetch_alloc(alloc),
                None => self.run(id, |runner, call| {
                    runner.kill(call);
                    true
                }),
            }
        }
    }

    fn fetch_alloc(&mut self, alloc: Arc<Alloc>) {
        let id = alloc.id;
        if !self.clients.runners.contains_key(&id) {
            if alloc.client_terminal() || (alloc.terminal() && !alloc.reported && alloc.tasks.is_empty()) {
                self.refuse(&alloc);
                return;
            }
            self.take_on(Arc::clone(&alloc));
        }
        let begins = self.clients.runners.get(&id).is_some_and(|r| r.waiting && !alloc.terminal());
        if begins && self.may_begin(&alloc) {
            self.run(id, |runner, call| {
                runner.alloc = alloc;
                runner.begin(call);
                true
            });
        } else {
            self.run(id, |runner, call| {
                let known = runner.alloc.alloc_modify_index == alloc.alloc_modify_index;
                if !known {
                    runner.update(alloc, call);
                }
                !known
            });
        }
    }

    /// An allocation that was stopped before the client ever saw it: it is told as complete.
    fn refuse(&mut self, alloc: &Arc<Alloc>) {
        if alloc.client_terminal() {
            return;
        }
        self.take_on(Arc::clone(alloc));
        self.run(alloc.id, |runner, call| {
            runner.kill(call);
            true
        });
    }

    /// The client begins with an allocation, or goes on with one it ran before anybody looked.
    fn take_on(&mut self, alloc: Arc<Alloc>) {
        let (id, now) = (alloc.id, self.now);
        let machine = self.state.node(alloc.node_id).map(|node| Arc::clone(&node.machine));
        let known = !alloc.tasks.is_empty();
        let before = alloc.previous.and_then(|id| self.state.alloc(id)).map(|a| a.node_id);
        let cursed = before.is_some_and(|node| self.clients.cursed.contains(&node));
        self.clients.runners.insert(id, Runner::new(alloc, machine, cursed, now));
        if known {
            self.run(id, Runner::restore);
        }
    }

    /// Whether what an allocation replaces has ended: on the same node the client knows, elsewhere it asks the servers.
    fn may_begin(&mut self, alloc: &Alloc) -> bool {
        let before = alloc.previous.into_iter().chain(alloc.preempted.iter().copied());
        let open: Vec<Id> = before.filter(|id| !self.has_ended_for(*id, alloc.node_id)).collect();
        for id in &open {
            let heirs = self.clients.heirs.entry(*id).or_default();
            if !heirs.contains(&alloc.id) {
                heirs.push(alloc.id);
            }
        }
        open.is_empty()
    }

    fn has_ended_for(&self, id: Id, node: Id) -> bool {
        let local = self.clients.runners.get(&id).filter(|r| r.alloc.node_id == node);
        local.map_or_else(|| self.has_ended(id), Runner::is_over)
    }

    /// Calls a runner, and acts on what it wants: time, reports, registrations.
    fn run(&mut self, id: Id, act: impl FnOnce(&mut Runner, &mut Call<'_>) -> bool) {
        let Some(mut runner) = self.clients.runners.remove(&id) else { return };
        let mut call = Call { now: self.now, rng: &mut self.rng, timers: Vec::new() };
        let changed = act(&mut runner, &mut call);
        let timers = call.timers;
        for (wait, timer) in timers {
            self.after(wait, Event::Client(ClientEvent::Alloc(id, timer)));
        }
        self.keep_registered(&mut runner);
        self.keep_in_consul(&mut runner);
        let (node, over) = (runner.alloc.node_id, runner.is_over());
        let urgent = changed && is_urgent(&runner);
        let talks = changed && !runner.waiting;
        self.clients.runners.insert(id, runner);
        if talks {
            self.tell(node, id, urgent);
        }
        if over {
            self.begin_local_heirs(id);
        }
    }

    /// An allocation that ended lets those on the same node begin that wait for it.
    fn begin_local_heirs(&mut self, id: Id) {
        let heirs = self.clients.heirs.get(&id).cloned().unwrap_or_default();
        for heir in heirs {
            if let Some(alloc) = self.state.alloc(heir).cloned()
                && self.has_ended_for(id, alloc.node_id)
                && let Some(client) = self.clients.nodes.get_mut(&alloc.node_id)
            {
                client.changed.insert(heir);
                self.fetch_soon(alloc.node_id);
            }
        }
    }

    fn tell(&mut self, node: Id, alloc: Id, urgent: bool) {
        let now = self.now;
        let Some(client) = self.clients.nodes.get_mut(&node) else { return };
        client.news.insert(alloc);
        if client.power == NodePower::Off {
            return;
        }
        let beats = now.since(client.last_report).as_nanos() / BEAT.as_nanos();
        let beats = u32::try_from(beats).unwrap_or(u32::MAX - BEATS) + 1;
        let beats = if urgent { beats } else { beats.div_ceil(BEATS) * BEATS };
        let at = client.last_report + BEAT * beats + GATHERING;
        if client.next_report.is_none_or(|planned| at < planned || planned < now) {
            client.next_report = Some(at);
            client.plan += 1;
            self.queue.at(at, Event::Client(ClientEvent::Report(node, client.plan)));
        }
    }

    fn report(&mut self, node: Id, plan: u64) {
        let Some(client) = self.clients.nodes.get_mut(&node).filter(|c| c.plan == plan) else { return };
        if client.power == NodePower::Off {
            return;
        }
        client.next_report = None;
        client.last_report = self.now - GATHERING;
        let mut reports = Vec::new();
        for id in std::mem::take(&mut client.news) {
            let Some(runner) = self.clients.runners.get_mut(&id) else { continue };
            let report = runner.report(self.now);
            runner.told = Some((report.status, runner.healthy()));
            if runner.is_over() {
                let left = self.clients.runners.remove(&id).map(|runner| runner.in_consul);
                self.clients.left_in_consul.extend(left.into_iter().flatten());
            }
            reports.push(report);
        }
        if !reports.is_empty() {
            self.take_reports(node, reports);
        }
    }

    /// Has a client tell all it knows, as it does when it comes back.
    pub(super) fn report_all(&mut self, node: Id) {
        let known = self.clients.allocs_on(node);
        let untold = |id: &Id| self.clients.runners.get(id).is_some_and(|r| !r.waiting);
        let known: Vec<Id> = known.into_iter().filter(untold).collect();
        let reports: Vec<_> =
            known.iter().filter_map(|id| self.clients.runners.get(id)).map(|r| r.report(self.now)).collect();
        self.take_reports(node, reports);
    }

    /// A client that came back goes on: it fetches and tells what it missed.
    pub(super) fn resume_client(&mut self, node: Id) {
        let Some(client) = self.clients.nodes.get_mut(&node) else { return };
        client.fetching = false;
        client.next_report = None;
        let news: Vec<Id> = client.news.iter().copied().collect();
        self.fetch_soon(node);
        for alloc in news {
            self.tell(node, alloc, true);
        }
        self.sync_consul(node);
    }

    /// Restarts tasks of an allocation on behalf of an operator.
    pub(super) fn restart_tasks(&mut self, id: Id, task: Option<&str>, words: &str) -> Result<(), String> {
        if self.state.alloc(id).is_some_and(|alloc| alloc.terminal()) {
            return Err("restart of an alloc that should not run".to_owned());
        }
        self.ensure_runner(id);
        let mut outcome = Ok(());
        self.run(id, |runner, call| {
            outcome = match task.filter(|name| runner.tasks.iter().all(|t| *t.name != **name)) {
                Some(name) => Err(format!("Could not find task runner for task: {name}")),
                None => runner.restart(task, words, call),
            };
            outcome.is_ok()
        });
        outcome
    }

    /// The real process behind a task's run, begun at that moment, came to nothing by itself.
    pub(in crate::sandbox) fn process_left(
        &mut self,
        id: Id,
        task: &str,
        began: Option<Moment>,
        how: &ProcessEnd,
    ) {
        self.run(id, |runner, call| runner.left(task, began, how, call));
    }

    /// Sends a signal to tasks of an allocation on behalf of an operator.
    pub(super) fn signal_tasks(&mut self, id: Id, task: Option<&str>, signal: &str) -> Result<(), String> {
        self.ensure_runner(id);
        let now = self.now;
        let mut failures: Vec<String> = Vec::new();
        let mut known = false;
        // A client still knows the tasks of an allocation that has ended.
        if let Some(alloc) = self.state.alloc(id).filter(|alloc| alloc.client_terminal()) {
            let tasks = alloc.tasks.iter().filter(|(name, _)| task.is_none_or(|task| **name == *task));
            failures = tasks
                .map(|(name, _)| match task {
                    Some(_) => "Task not running".to_owned(),
                    None => format!("Failed to signal task: {name}, err: Task not running"),
                })
                .collect();
            known = !failures.is_empty();
        }
        self.run(id, |runner, _| {
            for meant in runner.tasks.iter_mut().filter(|t| task.is_none_or(|name| *t.name == *name)) {
                known = true;
                if let Err(words) = meant.signal(signal, now) {
                    let whose = format!("Failed to signal task: {}, err: {words}", meant.name);
                    failures.push(if task.is_some() { words } else { whose });
                }
            }
            true
        });
        match (task, failures.first()) {
            (Some(_), _) if !known => Err("Task not found".to_owned()),
            (_, None) => Ok(()),
            (Some(_), Some(words)) => Err(words.clone()),
            (None, Some(_)) => Err(many_errors(&failures)),
        }
    }

    /// The results of an allocation's checks.
    #[must_use]
    pub fn check_results(&self, id: Id) -> Vec<CheckResult> {
        let runner = self.clients.runners.get(&id);
        let own =
            |r: &Runner| r.checks.iter().filter(|c| c.consul.is_none()).map(|c| c.result.clone()).collect();
        runner.map(own).unwrap_or_default()
    }

    /// Has a client hold an allocation that ran before anybody looked.
    fn ensure_runner(&mut self, id: Id) {
        if !self.clients.runners.contains_key(&id)
            && let Some(alloc) = self.state.alloc(id).filter(|a| !a.client_terminal()).cloned()
        {
            self.take_on(alloc);
        }
    }
}

/// A changed state is told at the next beat, everything else within a second.
fn is_urgent(runner: &Runner) -> bool {
    let (status, _) = runner.status();
    match runner.told {
        None => status == ClientStatus::Failed,
        Some((told, _)) => told != status,
    }
}
