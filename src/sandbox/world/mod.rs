//! The simulated cluster at work: its state, what is to happen, and the parts of Nomad that act on both.

mod blocked;
mod broker;
mod clients;
mod consul;
mod deployments;
mod drainer;
mod heartbeats;
mod launches;
mod locks;
mod queue;
pub mod requests;
pub mod servers;
mod services;
mod snapshots;

use std::time::Duration;

use crate::sandbox::consul::Consul;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::job::JobKey;
use crate::sandbox::state::variables::VariableKey;
use crate::sandbox::state::{Effect, State, Write};

use blocked::Blocked;
use broker::Broker;
use clients::Clients;
pub use clients::{ClientEvent, NodePower};
pub(in crate::sandbox) use clients::{ProcessEnd, replaced};
use deployments::Watchers;
use drainer::Drainer;
use locks::Locks;
use queue::Queue;
use servers::Servers;

/// Something that happens at its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A scheduler takes up an evaluation.
    Schedule(Id),
    /// The waiting time of an evaluation is over.
    EvalDue(Id),
    /// Superseded evaluations are cancelled.
    CancelEvals,
    /// A deployment's allocations are looked at.
    DeploymentCheck(Id),
    /// A deployment's progress deadline.
    DeploymentDeadline(Id),
    /// The changes of one deployment go out.
    DeploymentBatch(Id),
    /// The changes of all deployments are written.
    DeploymentWrite,
    /// The drainer looks at the jobs of draining nodes.
    DrainCheck,
    /// The drainer writes its marks.
    DrainWrite,
    /// The nearest deadline of a drain.
    DrainDeadline,
    /// The servers missed a node's heartbeat.
    HeartbeatMissed(Id, u64),
    /// A node's agent is heard of again.
    NodeBack(Id, u64),
    /// Something at a node's client.
    Client(ClientEvent),
    /// A new leader is found.
    Election,
    /// There are enough servers again.
    Quorum,
    /// A node's agent dies.
    NodeDeath(Id),
    /// A dead node's agent is started again.
    NodeRevival(Id),
    /// A periodic job is due.
    Periodic(JobKey, Moment),
    /// Twice the TTL of a lock with this id is over, unless it was renewed.
    LockLapses(String),
    /// The delay of a lapsed lock is over.
    LockFreed(VariableKey),
}

/// The simulated cluster.
#[derive(Debug)]
pub struct World {
    /// What the servers keep.
    pub state: State,
    /// The servers themselves.
    pub servers: Servers,
    /// When it all began.
    pub began: Moment,
    /// The Consul beside the cluster, with an agent on every node.
    pub consul: Option<Consul>,
    now: Moment,
    queue: Queue,
    rng: fastrand::Rng,
    broker: Broker,
    blocked: Blocked,
    watchers: Watchers,
    drainer: Drainer,
    clients: Clients,
    locks: Locks,
    snapshots: Vec<State>,
}

impl World {
    /// An empty cluster at a moment. The seed decides everything left to chance.
    #[must_use]
    pub fn new(now: Moment, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        World {
            state: State::default(),
            servers: Servers::new(&mut rng, now),
            began: now,
            consul: None,
            now,
            queue: Queue::default(),
            rng,
            broker: Broker::default(),
            blocked: Blocked::default(),
            watchers: Watchers::default(),
            drainer: Drainer::default(),
            clients: Clients::default(),
            locks: Locks::default(),
            snapshots: Vec::new(),
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// When the next thing happens by itself.
    #[must_use]
    pub fn next_at(&self) -> Option<Moment> {
        let consul = self.consul.as_ref().and_then(Consul::next_at);
        self.queue.next_at().into_iter().chain(consul).min()
    }

    /// A new id.
    pub fn new_id(&mut self) -> Id {
        Id::random(&mut self.rng)
    }

    /// A number up to this one, by chance.
    pub fn chance(&mut self, most: u64) -> u64 {
        self.rng.u64(0..=most)
    }

    /// Lets everything happen up to a moment; time never runs backwards.
    pub fn advance_to(&mut self, moment: Moment) {
        self.settle();
        while let Some((at, event)) = self.queue.pop_until(moment) {
            self.pass(at);
            self.happen(event);
            self.settle();
        }
        self.pass(moment);
    }

    /// Lets time pass in which nothing of Nomad's happens.
    fn pass(&mut self, moment: Moment) {
        self.now = self.now.max(moment);
        if let Some(consul) = &mut self.consul {
            consul.advance_to(self.now);
        }
    }

    /// Has something happen after a while.
    fn after(&mut self, wait: Duration, event: Event) {
        self.queue.at(self.now + wait, event);
    }

    /// Begins a write: one raft index, at the present moment.
    pub fn write(&mut self) -> Write<'_> {
        self.state.write(self.now)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Schedule(eval) => self.schedule(eval),
            Event::EvalDue(eval) => self.eval_due(eval),
            Event::CancelEvals => self.cancel_superseded(),
            Event::DeploymentCheck(id) => self.check_deployment(id),
            Event::DeploymentDeadline(id) => self.deployment_deadline(id),
            Event::DeploymentBatch(id) => self.batch_deployment(id),
            Event::DeploymentWrite => self.write_deployments(),
            Event::DrainCheck => self.check_drains(),
            Event::DrainWrite => self.write_drains(),
            Event::DrainDeadline => self.drain_deadline(),
            Event::HeartbeatMissed(node, beat) => self.heartbeat_missed(node, beat),
            Event::NodeBack(node, beat) => self.node_back(node, beat),
            Event::Client(event) => self.client_event(event),
            Event::Election => self.elect(),
            Event::Quorum => self.restore_leader(),
            Event::NodeDeath(node) => self.kill_node(node),
            Event::NodeRevival(node) => self.revive_node(node),
            Event::Periodic(job, at) => self.launch_periodic(&job, at),
            Event::LockLapses(id) => self.lock_lapses(&id),
            Event::LockFreed(key) => self.free_lock(&key),
        }
    }

    /// Has the parts of the cluster act on what the last writes made necessary.
    pub fn settle(&mut self) {
        loop {
            let effects = self.state.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                self.act_on(&effect);
            }
        }
    }

    fn act_on(&mut self, effect: &Effect) {
        match *effect {
            Effect::Eval(id) => self.eval_changed(id),
            Effect::Alloc(id) => {
                self.alloc_changed(id);
                self.watch_alloc(id);
                self.drain_alloc(id);
            }
            Effect::Report(id) => {
                self.alloc_reported(id);
                self.watch_alloc(id);
                self.drain_alloc(id);
            }
            Effect::Node(id) => self.drain_node(id),
            Effect::Deployment(id) => self.deployment_changed(id),
            Effect::Room(node) => self.unblock(node),
        }
    }
}
