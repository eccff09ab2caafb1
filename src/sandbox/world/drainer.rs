//! The drainer, bad habits included (`nomad-api.md §2.4`).
//!
//! It looks at the jobs that had allocations on a draining node, marks as many of a group's allocations as the group's
//! `migrate.max_parallel` leaves free, and writes the marks in batches. It never asks whether there is room elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::alloc::{Alloc, Transition};
use crate::sandbox::state::eval::Trigger;
use crate::sandbox::state::job::{Job, JobKey, Kind};
use crate::sandbox::state::node::DrainStrategy;
use crate::sandbox::world::{Event, World};

/// How long marks are gathered before they are written.
const GATHERING: Duration = Duration::from_secs(1);
/// Deadlines this near are met together, at the last of them.
const COALESCING: Duration = Duration::from_secs(5);

/// What the drainer remembers.
#[derive(Debug, Default)]
pub(super) struct Drainer {
    /// Nodes that drain, as they were last looked at.
    nodes: BTreeMap<Id, DrainStrategy>,
    /// Jobs that are watched.
    jobs: BTreeSet<JobKey>,
    /// Index up to which ended allocations were seen.
    seen: u64,
    /// Whether a look is on its way.
    checking: bool,
    /// Whether the marks of the last look are not written yet: nothing is looked at until then.
    waiting: bool,
    /// Allocations that ended on draining nodes, told about once the marks are written.
    migrated: BTreeSet<Id>,
    deadlines: BTreeMap<Id, Moment>,
    /// When the next deadlines are met.
    next_deadline: Option<Moment>,
    batch: Batch,
}

/// What is written together.
#[derive(Debug, Default)]
struct Batch {
    open: bool,
    allocs: BTreeSet<Id>,
    /// Nodes whose deadline came: complete with the batch.
    deadlined: Vec<Id>,
}

/// What one look at a job showed.
#[derive(Debug, Default)]
struct DrainLook {
    drain: Vec<Id>,
    migrated: Vec<Id>,
    done: bool,
}

impl World {
    /// A node changed: its drain begins, changes or ends.
    pub(super) fn drain_node(&mut self, id: Id) {
        let strategy = self.state.node(id).and_then(|node| node.drain.clone());
        let Some(strategy) = strategy else {
            if self.drainer.nodes.remove(&id).is_some() {
                self.drainer.deadlines.remove(&id);
                self.plan_deadline();
            }
            return;
        };
        // The same drain sent again changes nothing: a sysbatch job that ended is not noticed either.
        if self.drainer.nodes.get(&id) == Some(&strategy) {
            return;
        }
        let deadline = strategy.force_at();
        match deadline.filter(|at| *at > self.now) {
            Some(deadline) => self.drainer.deadlines.insert(id, deadline),
            None => self.drainer.deadlines.remove(&id),
        };
        self.drainer.nodes.insert(id, strategy);
        // A deadline that has passed is met even where nothing is left to be stopped: such a drain is completed twice.
        if deadline.is_some_and(|at| at <= self.now) {
            self.meet_deadline(id);
        }
        self.plan_deadline();
        self.watch_jobs_on(id);
        if self.is_drained(id) {
            let remaining = self.remaining_on(id);
            self.mark_for_migration(&remaining);
            self.write().complete_drains(&[id], false);
        }
    }

    fn watch_jobs_on(&mut self, node: Id) {
        let watched = |a: &&Arc<Alloc>| !a.terminal() && a.job.kind() != Kind::System;
        let jobs: Vec<JobKey> =
            self.state.allocs_on(node).filter(watched).map(|a| a.job_key().clone()).collect();
        let mut news = false;
        for job in jobs {
            news |= self.drainer.jobs.insert(job);
        }
        if news {
            // A new job makes the drainer begin its look anew, with all that has ended.
            self.drainer.seen = self.drainer.seen.min(1);
            self.look_soon();
        }
    }

    /// An allocation changed: if its job is watched, the drainer looks again.
    pub(super) fn drain_alloc(&mut self, id: Id) {
        if let Some(alloc) = self.state.alloc(id)
            && self.drainer.jobs.contains(alloc.job_key())
        {
            self.look_soon();
        }
    }

    fn look_soon(&mut self) {
        if !self.drainer.checking && !self.drainer.waiting {
            self.drainer.checking = true;
            self.after(Duration::ZERO, Event::DrainCheck);
        }
    }

    pub(super) fn check_drains(&mut self) {
        self.drainer.checking = false;
        if self.drainer.waiting {
            return;
        }
        let seen = self.drainer.seen;
        let (mut drain, mut newest) = (Vec::new(), seen);
        for key in self.drainer.jobs.clone() {
            let Some(job) = self.state.job(&key).filter(|job| job.kind() != Kind::System).cloned() else {
                self.drainer.jobs.remove(&key);
                continue;
            };
            newest = newest.max(self.state.allocs_of(&key).map(|a| a.modify_index).max().unwrap_or(0));
            let look = self.look_at_job(&job, seen);
            drain.extend(look.drain);
            self.drainer.migrated.extend(look.migrated);
            if look.done {
                self.drainer.jobs.remove(&key);
            }
        }
        self.drainer.seen = newest;
        if drain.is_empty() {
            self.tell_migrated();
        } else {
            self.drainer.waiting = true;
            self.drainer.batch.allocs.extend(drain);
            self.open_batch();
        }
    }

    fn look_at_job(&self, job: &Job, seen: u64) -> DrainLook {
        let mut look = DrainLook { done: true, ..DrainLook::default() };
        let batch = job.kind() == Kind::Batch;
        let groups = job.spec.typed.task_groups.iter().filter(|g| batch || g.migrate.is_some());
        for group in groups {
            self.look_at_group(job.key(), group, batch, seen, &mut look);
        }
        look
    }

    /// Which allocations of a group may leave now. Allocations whose health is decided count as healthy, whatever it
    /// is, and canaries count too.
    fn look_at_group(&self, job: &JobKey, group: &TaskGroup, batch: bool, seen: u64, look: &mut DrainLook) {
        let (mut healthy, mut drainable) = (0_u64, Vec::new());
        for alloc in self.state.allocs_of(job).filter(|a| *a.group == *group.name) {
            let draining = self.state.node(alloc.node_id).is_some_and(|node| node.drain.is_some());
            if alloc.client_terminal() && draining && alloc.modify_index > seen {
                look.migrated.push(alloc.id);
                continue;
            }
            let marked = alloc.should_migrate();
            healthy += u64::from(!batch && !alloc.terminal() && alloc.healthy().is_some() && !marked);
            if !draining || alloc.client_terminal() {
                continue;
            }
            look.done = false;
            if !batch && !marked {
                drainable.push(alloc.id);
            }
        }
        // The threshold is below zero where max_parallel is more than the count: all may go.
        let may_go = (healthy + group.migrate_max_parallel()).saturating_sub(group.count());
        look.drain.extend(drainable.into_iter().take(usize::try_from(may_go).unwrap_or(usize::MAX)));
    }

    fn open_batch(&mut self) {
        if !self.drainer.batch.open {
            self.drainer.batch.open = true;
            self.after(GATHERING, Event::DrainWrite);
        }
    }

    pub(super) fn write_drains(&mut self) {
        let batch = std::mem::take(&mut self.drainer.batch);
        let marked = self.mark_for_migration(&batch.allocs.into_iter().collect::<Vec<_>>());
        if !batch.deadlined.is_empty() {
            self.write().complete_drains(&batch.deadlined, true);
        }
        if self.drainer.waiting {
            self.drainer.waiting = false;
            self.drainer.seen = self.drainer.seen.max(marked);
            self.tell_migrated();
            self.look_soon();
        }
    }

    /// Marks allocations to leave, with an evaluation for each of their jobs. The index of the write.
    fn mark_for_migration(&mut self, ids: &[Id]) -> u64 {
        let allocs: Vec<Arc<Alloc>> = ids.iter().filter_map(|id| self.state.alloc(*id)).cloned().collect();
        let jobs: BTreeMap<JobKey, Arc<Job>> =
            allocs.iter().map(|a| (a.job_key().clone(), Arc::clone(&a.job))).collect();
        let evals: Vec<_> = jobs
            .values()
            .map(|job| self.new_eval(job.key(), job.kind(), job.spec.typed.priority, Trigger::NodeDrain))
            .collect();
        if allocs.is_empty() {
            return self.state.indexes.latest();
        }
        let mut write = self.write();
        for alloc in &allocs {
            let ends = (alloc.job.kind() == Kind::Batch).then_some(true);
            let leave = Transition { migrate: Some(true), disable_placement: ends, ..Transition::default() };
            write.transition(alloc.id, leave);
        }
        for eval in evals {
            write.add_eval(eval);
        }
        write.index
    }

    /// Completes the drain of nodes where the last allocation has ended; nobody asks for the replacements.
    fn tell_migrated(&mut self) {
        let migrated = std::mem::take(&mut self.drainer.migrated);
        let nodes: BTreeSet<Id> =
            migrated.iter().filter_map(|id| self.state.alloc(*id)).map(|a| a.node_id).collect();
        let done: Vec<Id> = nodes
            .into_iter()
            .filter(|id| self.drainer.nodes.contains_key(id) && self.is_drained(*id))
            .collect();
        if done.is_empty() {
            return;
        }
        let remaining: Vec<Id> = done.iter().flat_map(|id| self.remaining_on(*id)).collect();
        self.mark_for_migration(&remaining);
        self.write().complete_drains(&done, false);
    }

    /// Whether everything but system jobs has ended there; sysbatch counts, although nobody watches it.
    fn is_drained(&self, node: Id) -> bool {
        self.state.allocs_on(node).all(|a| a.job.kind() == Kind::System || a.client_terminal())
    }

    /// What is still to be stopped there.
    fn remaining_on(&self, node: Id) -> Vec<Id> {
        let Some(strategy) = self.drainer.nodes.get(&node) else { return Vec::new() };
        let stays = |a: &Alloc| a.job.kind() == Kind::System && strategy.ignore_system_jobs;
        self.state.allocs_on(node).filter(|a| !a.terminal() && !stays(a)).map(|a| a.id).collect()
    }

    fn plan_deadline(&mut self) {
        let Some(first) = self.drainer.deadlines.values().min().copied() else { return };
        let together = self.drainer.deadlines.values().filter(|at| **at < first + COALESCING).max().copied();
        if let Some(at) = together
            && self.drainer.next_deadline != together
        {
            self.drainer.next_deadline = together;
            self.queue.at(at.max(self.now), Event::DrainDeadline);
        }
    }

    pub(super) fn drain_deadline(&mut self) {
        let Some(at) = self.drainer.next_deadline.filter(|at| *at <= self.now) else { return };
        self.drainer.next_deadline = None;
        let nodes: Vec<Id> =
            self.drainer.deadlines.iter().filter(|(_, due)| **due <= at).map(|(id, _)| *id).collect();
        for node in nodes {
            self.drainer.deadlines.remove(&node);
            self.meet_deadline(node);
        }
        self.plan_deadline();
    }

    /// Everything that is left on a node is to be stopped with the next batch, which completes the drain.
    fn meet_deadline(&mut self, node: Id) {
        let remaining = self.remaining_on(node);
        self.drainer.batch.allocs.extend(remaining);
        self.drainer.batch.deadlined.push(node);
        self.open_batch();
    }
}
