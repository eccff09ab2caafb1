//! The clocks of locks on variables. A server keeps them by the *lock's* id, and only in its memory:
//!
//! - twice its TTL after the last renewal a lock lapses, and is freed when its delay is over too;
//! - locks of several variables under one id share one clock, which the first release stops for all of them;
//! - what is freed then is whatever lock the variable bears: once a lock has lapsed, releasing it by hand and having
//!   another take it does not help, the other loses it (`nomad-api.md §9.2`, seen on 2.0.5).

use std::collections::HashMap;

use crate::api::wire::Nanos;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::variables::{Variable, VariableKey};
use crate::sandbox::world::{Event, World};

/// The running clocks by lock id.
#[derive(Debug, Default)]
pub(super) struct Locks(HashMap<String, Clock>);

#[derive(Debug)]
struct Clock {
    lapses: Moment,
    /// As it was when the lock was acquired, its own TTL aside: later writes to the lock change nothing of this.
    variable: VariableKey,
    delay: Nanos,
}

fn twice(ttl: Nanos) -> Nanos {
    Nanos(ttl.0 * 2)
}

impl World {
    /// Starts the clock of a lock that was acquired, unless one runs under its id.
    pub(super) fn start_lock(&mut self, variable: &Variable) {
        let Some(lock) = &variable.lock else { return };
        if self.locks.0.contains_key(&lock.id) {
            return;
        }
        let lapses = self.now + twice(lock.ttl);
        let clock = Clock { lapses, variable: variable.key(), delay: lock.delay };
        self.locks.0.insert(lock.id.clone(), clock);
        self.queue.at(lapses, Event::LockLapses(lock.id.clone()));
    }

    /// Winds the clock of a lock up again; whether one runs.
    pub(super) fn wind_lock(&mut self, variable: &Variable) -> bool {
        let Some(lock) = &variable.lock else { return false };
        let Some(clock) = self.locks.0.get_mut(&lock.id) else { return false };
        clock.lapses = self.now + twice(lock.ttl);
        self.queue.at(clock.lapses, Event::LockLapses(lock.id.clone()));
        true
    }

    /// Stops the clock of a lock that was released.
    pub(super) fn stop_lock(&mut self, id: &str) {
        self.locks.0.remove(id);
    }

    /// Another server leads: it starts the clocks of all locks anew.
    pub fn restart_locks(&mut self) {
        self.locks.0.clear();
        let locked: Vec<_> = self.state.variables().filter(|v| v.lock.is_some()).cloned().collect();
        for variable in locked {
            self.start_lock(&variable);
        }
    }

    pub(super) fn lock_lapses(&mut self, id: &str) {
        // Wound up in the meantime, or stopped.
        if self.locks.0.get(id).is_none_or(|clock| clock.lapses > self.now) {
            return;
        }
        if let Some(clock) = self.locks.0.remove(id) {
            self.queue.at(self.now + clock.delay, Event::LockFreed(clock.variable));
        }
    }

    pub(super) fn free_lock(&mut self, key: &VariableKey) {
        let held = self.state.variable(key).filter(|variable| variable.lock.is_some());
        let held = held.map(|variable| Variable { lock: None, ..(**variable).clone() });
        let mut write = self.write();
        if let Some(variable) = held {
            write.put_variable(variable);
        }
    }
}
