//! What the servers, the driver of time and the tests share: the cluster behind a lock, and who is told of changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::api::http::Product;
use crate::sandbox::consul::Consul;
use crate::sandbox::faults::Faults;
use crate::sandbox::host::Host;
use crate::sandbox::moment::Moment;
use crate::sandbox::time::VirtualClock;
use crate::sandbox::world::World;

/// A request as it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Whose API was asked.
    pub product: Product,
    /// The method.
    pub method: String,
    /// The path, decoded.
    pub path: String,
    /// The raw parameters.
    pub query: String,
    /// The status of the answer; 0 when there was none.
    pub status: u16,
    /// Accessor of the token that asked; empty for nobody's.
    pub accessor: String,
    /// Whether it was a write.
    pub write: bool,
    /// When it was answered, in virtual time.
    pub at: Moment,
}

/// The cluster, shared.
#[derive(Debug)]
pub(super) struct Shared {
    world: Mutex<World>,
    pub(super) clock: Arc<VirtualClock>,
    /// Told whenever something was written or time was stepped.
    pub(super) pulse: watch::Sender<()>,
    wake: Notify,
    pub(super) faults: Mutex<(Faults, fastrand::Rng)>,
    log: Mutex<Vec<Logged>>,
    /// What is real of the simulated clients.
    pub(super) host: Host,
}

fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(world: World, clock: Arc<VirtualClock>, seed: u64) -> Self {
        Shared {
            world: Mutex::new(world),
            clock,
            pulse: watch::Sender::new(()),
            wake: Notify::new(),
            faults: Mutex::new((Faults::default(), fastrand::Rng::with_seed(seed))),
            log: Mutex::new(Vec::new()),
            host: Host::default(),
        }
    }

    /// Does something with the cluster as it is at the present moment, and tells whoever waits for changes.
    pub(super) fn visit<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        let mut world = unpoisoned(&self.world);
        let mark = |world: &World| {
            let consul = world.consul.as_ref().map(Consul::version);
            ((world.state.indexes.latest(), consul), world.servers.epoch, world.next_at())
        };
        let before = mark(&world);
        world.advance_to(self.clock.moment());
        let result = act(&mut world);
        world.settle();
        let after = mark(&world);
        drop(world);
        if (before.0, before.1) != (after.0, after.1) {
            self.pulse.send_replace(());
        }
        if before.2 != after.2 {
            self.wake.notify_one();
        }
        result
    }

    /// Lets a stepped clock go on, with everything that happens until then.
    pub(super) fn step(&self, by: Duration) {
        self.clock.step(by);
        self.visit(|_| ());
        self.pulse.send_replace(());
    }

    /// Lets things happen when their time comes.
    pub(super) async fn drive(&self) {
        loop {
            let next = self.visit(|world| world.next_at());
            let wait = next.and_then(|at| self.clock.until(at));
            match wait {
                // Many things happen at nearly the same moment: they are taken together.
                Some(wait) => {
                    let wait = wait.max(Duration::from_millis(1));
                    drop(tokio::time::timeout(wait, self.wake.notified()).await);
                }
                None => self.wake.notified().await,
            }
        }
    }

    /// Waits in virtual time.
    pub(super) async fn sleep(&self, wait: Duration) {
        let until = self.clock.moment() + wait;
        let mut pulse = self.pulse.subscribe();
        while self.clock.moment() < until {
            match self.clock.until(until) {
                Some(wait) => tokio::time::sleep(wait.max(Duration::from_millis(1))).await,
                None => {
                    if pulse.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    pub(super) fn note(&self, entry: Logged) {
        unpoisoned(&self.log).push(entry);
    }

    pub(super) fn log(&self) -> Vec<Logged> {
        unpoisoned(&self.log).clone()
    }

    pub(super) fn clear_log(&self) {
        unpoisoned(&self.log).clear();
    }

    pub(super) fn with_faults<R>(&self, act: impl FnOnce(&mut Faults, &mut fastrand::Rng) -> R) -> R {
        let mut guard = unpoisoned(&self.faults);
        let (faults, rng) = &mut *guard;
        act(faults, rng)
    }
}
