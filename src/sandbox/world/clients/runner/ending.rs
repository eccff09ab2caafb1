//! How an allocation ends: what ends it, and in which order its tasks are stopped.

use std::sync::Arc;

use super::{Call, Runner, Timer};
use crate::sandbox::state::task::{EventKind, TaskEvent};
use crate::sandbox::world::clients::task::{Role, TaskRunner};

/// How far the end is: first the group's `shutdown_delay` passes without services, then tasks are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Killing {
    Delayed,
    Leader,
    Others,
    Sidecars,
}

impl Runner {
    /// One failed task ends all, a leader that ended ends all, and sidecars do not run alone.
    pub(super) fn end_with_others(&mut self, call: &mut Call<'_>) {
        if self.killing.is_some() {
            return;
        }
        let bound = |t: &&TaskRunner| t.role != Role::Poststop;
        let live = || self.tasks.iter().filter(bound).filter(|t| !t.is_dead());
        if live().next().is_none() {
            return;
        }
        let dead = |meant: fn(&TaskRunner) -> bool| {
            self.tasks.iter().filter(bound).find(|t| t.is_dead() && meant(t)).map(|t| Arc::clone(&t.name))
        };
        let event = if let Some(failed) = dead(|t| t.state.failed) {
            TaskEvent::new(EventKind::SiblingFailed, call.now).with("failed_sibling", failed.to_string())
        } else if dead(|t| t.leader).is_some() {
            TaskEvent::new(EventKind::LeaderDead, call.now)
        } else if live().all(|t| t.role.is_sidecar()) {
            TaskEvent::new(EventKind::MainDead, call.now)
        } else {
            return;
        };
        for task in self.tasks.iter_mut().filter(|t| t.role != Role::Poststop && !t.is_dead()) {
            task.record(event.clone());
        }
        self.killing = Some(Killing::Delayed);
    }

    /// Stops the leader first, then the others, then the sidecars.
    pub(super) fn go_on_killing(&mut self, call: &mut Call<'_>) {
        if self.killing == Some(Killing::Delayed) {
            let delay = self.alloc.task_group().and_then(|g| g.shutdown_delay).unwrap_or_default().duration();
            if !delay.is_zero() && self.delay_shutdown {
                if !std::mem::replace(&mut self.delaying, true) {
                    call.timers.push((delay, Timer::Delayed));
                }
                return;
            }
            self.killing = Some(Killing::Leader);
        }
        while let Some(killing) = self.killing {
            let meant = |t: &TaskRunner| match killing {
                Killing::Delayed => false,
                Killing::Leader => t.leader,
                Killing::Others => !t.leader && t.role != Role::Poststop && !t.role.is_sidecar(),
                Killing::Sidecars => !t.leader && t.role.is_sidecar(),
            };
            for at in 0..self.tasks.len() {
                if meant(&self.tasks[at]) {
                    let wait = self.tasks[at].kill(self.delay_shutdown, call.now);
                    self.wait_for(at, wait, call);
                }
            }
            if self.tasks.iter().any(|t| meant(t) && !t.is_dead()) {
                return;
            }
            self.killing = match killing {
                Killing::Delayed => Some(Killing::Leader),
                Killing::Leader => Some(Killing::Others),
                Killing::Others => Some(Killing::Sidecars),
                Killing::Sidecars => return,
            };
        }
    }

    /// Stops everything.
    pub(in crate::sandbox::world::clients) fn kill(&mut self, call: &mut Call<'_>) {
        self.waiting = false;
        if self.killing.is_none() {
            self.killing = Some(Killing::Delayed);
        }
        self.follow_up(call);
    }
}
