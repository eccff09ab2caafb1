//! System and sysbatch jobs: one allocation of each group on every node that will do.

mod deploy;
mod sort;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::nomad::allocation::ClientStatus;
use crate::sandbox::id::Id;
use crate::sandbox::placement::Metric;
use crate::sandbox::scheduler::change::needs_new_allocs;
use crate::sandbox::scheduler::seats::{Seats, seats};
use crate::sandbox::scheduler::service::{because, new_alloc};
use crate::sandbox::scheduler::{Context, Failures, Outcome, blocked, ended};
use crate::sandbox::state::alloc::{Alloc, Health, StateChange};
use crate::sandbox::state::eval::{DesiredUpdates, Eval};
use crate::sandbox::state::job::{Job, Kind};
use crate::sandbox::state::{PlanResult, Stop};
use deploy::{Counts, Rollout};
use sort::{Field, Slot, Slots};

/// One evaluation of a system job at work.
struct Round<'a, 's> {
    cx: &'a mut Context<'s>,
    eval: &'a Eval,
    job: Arc<Job>,
    seats: Seats<'s>,
    slots: Slots,
    plan: PlanResult,
    deployment: Option<Id>,
    active: bool,
    counts: BTreeMap<String, Counts>,
    failures: Failures,
    /// What was filtered, by group.
    filtered: BTreeMap<String, Metric>,
    created: Vec<Eval>,
}

pub(super) fn evaluate(cx: &mut Context<'_>, eval: &Eval) -> Outcome {
    let Some(job) = cx.job.clone() else {
        let eval = ended(cx, eval, Failures::default(), BTreeMap::new(), None);
        return Outcome { eval, plan: PlanResult::default(), created: Vec::new(), preempted: Vec::new() };
    };
    let deployed = job.kind() == Kind::System;
    let latest = if deployed { cx.state.latest_deployment(&eval.job).cloned() } else { None };
    let field = Field::new(cx, &job);
    let mut rollout = Rollout::new(latest.as_ref(), &job);
    let mut nodes: Vec<Id> = field.live.keys().copied().collect();
    cx.rng.shuffle(&mut nodes);
    let mut slots = Slots::default();
    for node in nodes {
        let updates_before = slots.update.len();
        field.sort(cx, node, |group| rollout.unpromoted(group), &mut slots);
        let updates = slots.update.len() > updates_before;
        for group in job.spec.typed.task_groups.iter().filter(|g| deployed && !job.stop && g.count() > 0) {
            rollout.join(cx, &field, node, &job, group, updates);
        }
    }
    if deployed {
        rollout.settle(&slots, latest.as_ref());
    }
    let seats = seats(cx, &job);
    let mut round = Round {
        deployment: rollout.current.as_ref().map(|d| d.id),
        active: rollout.current.as_ref().is_some_and(super::super::state::deployment::Deployment::active),
        cx,
        eval,
        job: Arc::clone(&job),
        seats,
        slots,
        plan: PlanResult::default(),
        counts: BTreeMap::new(),
        failures: Failures::default(),
        filtered: BTreeMap::new(),
        created: Vec::new(),
    };
    round.stop_and_mark();
    let mut updates = round.update_in_place();
    round.evict();
    round.place();
    if deployed {
        for (group, counts) in &round.counts {
            updates.entry(group.clone()).or_default().place = counts.candidates;
        }
    }
    let canaries = rollout.conclude(&job, &round.counts, &mut round.plan, &round.slots, &field.not_ready);
    for (group, canary) in canaries {
        updates.entry(group).or_default().canary = canary;
    }
    let deployment = round.plan.deployment.as_ref().map(|d| d.id).or(round.deployment);
    let Round { cx, plan, failures, created, .. } = round;
    let eval = ended(cx, eval, failures, updates, deployment);
    Outcome { eval, plan, created, preempted: Vec::new() }
}

impl Round<'_, '_> {
    /// Stops what is not needed, what must move and what was lost; marks what is disconnected.
    fn stop_and_mark(&mut self) {
        let slots = &self.slots;
        let allocs = |slots: &[Slot]| slots.iter().filter_map(|s| s.alloc.clone()).collect::<Vec<_>>();
        for (slots, description, client) in [
            (allocs(&slots.stop), because::NOT_NEEDED, None),
            (allocs(&slots.migrate), because::TAINTED, None),
            (allocs(&slots.lost), because::LOST, Some(ClientStatus::Lost)),
        ] {
            for alloc in slots {
                self.seats.stop(&alloc);
                self.plan.stops.push(Stop { id: alloc.id, description, client, followup: None });
            }
        }
        for alloc in allocs(&self.slots.disconnecting) {
            let mut unknown = Alloc::clone(&alloc);
            unknown.client = ClientStatus::Unknown;
            unknown.client_description = because::UNKNOWN;
            unknown.states.push(StateChange { status: ClientStatus::Unknown, time: self.cx.now });
            self.plan.placements.push(unknown);
        }
    }

    /// Brings what can stay to the new version; what cannot remains in `update`. What is to be done, by group.
    fn update_in_place(&mut self) -> BTreeMap<String, DesiredUpdates> {
        let mut in_place: Vec<Slot> = Vec::new();
        let mut destructive: Vec<Slot> = Vec::new();
        let updates = std::mem::take(&mut self.slots.update);
        let back = self.slots.reconnecting.iter().cloned().map(|slot| (slot, true));
        for (slot, returned) in updates.into_iter().map(|slot| (slot, false)).chain(back.collect::<Vec<_>>())
        {
            let Some(alloc) = slot.alloc.clone() else { continue };
            let job = Arc::clone(&self.job);
            let Some(group) = job.group(&slot.group) else { continue };
            if needs_new_allocs(&alloc.job.spec, &job.spec, &slot.group) {
                destructive.push(slot);
            } else if alloc.terminal() {
                in_place.push(slot);
            } else if self.seats.stays(&job, group, &alloc) {
                let mut updated = Alloc::clone(&alloc);
                updated.eval_id = self.eval.id;
                updated.job = Arc::clone(&job);
                updated.deployment_id = self.deployment;
                updated.health = None;
                if returned {
                    updated.states.push(StateChange { status: alloc.client, time: self.cx.now });
                }
                self.plan.placements.push(updated);
                in_place.push(slot);
            } else {
                destructive.push(slot);
            }
        }
        let mut wishes: BTreeMap<String, DesiredUpdates> = BTreeMap::new();
        let mut tell = |slots: &[Slot], count: fn(&mut DesiredUpdates) -> &mut u64| {
            for slot in slots {
                *count(wishes.entry(slot.group.clone()).or_default()) += 1;
            }
        };
        tell(&self.slots.stop, |u| &mut u.stop);
        tell(&self.slots.place, |u| &mut u.place);
        tell(&self.slots.ignore, |u| &mut u.ignore);
        tell(&self.slots.migrate, |u| &mut u.migrate);
        tell(&in_place, |u| &mut u.in_place_update);
        tell(&destructive, |u| &mut u.destructive_update);
        tell(&self.slots.disconnecting, |u| &mut u.disconnect);
        tell(&self.slots.reconnecting, |u| &mut u.reconnect);
        for slot in self.slots.place.iter().chain(&in_place).chain(&self.slots.ignore).chain(&destructive) {
            let counts = self.counts.entry(slot.group.clone()).or_default();
            counts.candidates += 1;
        }
        for slot in &destructive {
            self.counts.entry(slot.group.clone()).or_default().destructive += 1;
        }
        for slot in self.slots.ignore.iter().filter(|s| s.alloc.as_ref().is_some_and(|a| a.is_canary())) {
            self.counts.entry(slot.group.clone()).or_default().canaries += 1;
        }
        self.slots.update = destructive;
        wishes
    }

    /// Stops as many outdated allocations as may be replaced at once; canaries are counted later.
    fn evict(&mut self) {
        let mut limits = self.limits();
        for slot in std::mem::take(&mut self.slots.update) {
            let Some(limit) = limits.get_mut(&slot.group).filter(|limit| **limit > 0) else { continue };
            let Some(alloc) = slot.alloc.clone() else { continue };
            if !slot.canary {
                *limit -= 1;
            }
            self.seats.stop(&alloc);
            let description = because::UPDATING;
            self.plan.stops.push(Stop { id: alloc.id, description, client: None, followup: None });
            self.slots.place.push(slot);
        }
    }

    fn limits(&self) -> BTreeMap<String, usize> {
        let of_job =
            self.job.spec.canonical.get("Update").and_then(|u| u["MaxParallel"].as_u64()).unwrap_or(0);
        let all = self.slots.update.len();
        let mut limits = BTreeMap::new();
        for group in &self.job.spec.typed.task_groups {
            let of_group = group.update.as_ref().map_or(0, |u| u.max_parallel);
            let limit = [of_group, of_job].into_iter().find(|n| *n > 0);
            let limit = limit.map_or(all, |n| usize::try_from(n).unwrap_or(usize::MAX));
            limits.insert(group.name.clone(), limit);
        }
        for slot in &self.slots.ignore {
            let Some(alloc) = &slot.alloc else { continue };
            let undecided = alloc.healthy().is_none();
            if self.deployment.is_some() && alloc.deployment_id == self.deployment && undecided {
                limits.entry(slot.group.clone()).and_modify(|limit| *limit = limit.saturating_sub(1));
            }
        }
        limits
    }

    fn place(&mut self) {
        for group in self.job.spec.typed.task_groups.iter().filter(|_| !self.job.stop) {
            self.failures.queued.insert(group.name.clone(), 0);
        }
        for slot in &self.slots.place {
            *self.failures.queued.entry(slot.group.clone()).or_insert(0) += 1;
        }
        for slot in self.slots.place.clone() {
            self.place_one(&slot);
        }
    }

    fn place_one(&mut self, slot: &Slot) {
        let job = Arc::clone(&self.job);
        let Some(group) = job.group(&slot.group) else { return };
        if self.cx.state.node(slot.node).is_none_or(|node| !node.schedulable()) {
            return;
        }
        let (grant, metric) = self.seats.place_on(&job, group, &slot.name, slot.node);
        let Some(grant) = grant else {
            self.fail(slot, metric);
            return;
        };
        let placed = new_alloc(self.cx, self.eval.id, &job, &slot.group, &slot.name, (grant, metric));
        let Some(mut alloc) = placed else { return };
        alloc.deployment_id = self.deployment.filter(|_| self.active);
        alloc.previous = slot.alloc.as_ref().map(|a| a.id);
        if slot.canary && self.deployment.is_some() {
            alloc.health = Some(Health { canary: true, ..Health::default() });
        }
        if let Some(queued) = self.failures.queued.get_mut(&slot.group) {
            *queued = queued.saturating_sub(1);
        }
        self.plan.placements.push(alloc);
    }

    /// A node that will not do is no failure while others run it; one without room is, and is waited for.
    fn fail(&mut self, slot: &Slot, metric: Metric) {
        let counts = self.counts.entry(slot.group.clone()).or_default();
        counts.candidates = counts.candidates.saturating_sub(1);
        if slot.alloc.is_some() {
            counts.destructive = counts.destructive.saturating_sub(1);
        }
        if metric.nodes_filtered > 0 {
            let queued = self.failures.queued.entry(slot.group.clone()).or_insert(0);
            *queued = queued.saturating_sub(1);
            let none_left = *queued == 0;
            let filtered = self.filtered.entry(slot.group.clone()).or_default();
            filtered.merge_filtered(&metric);
            let runs_elsewhere = |s: &Slot| s.group == slot.group;
            if none_left && !self.slots.ignore.iter().any(runs_elsewhere) {
                self.failures.metrics.insert(slot.group.clone(), filtered.clone());
            }
            return;
        }
        let job = Arc::clone(&self.job);
        let Some(group) = job.group(&slot.group) else { return };
        if let Some(known) = self.failures.metrics.get_mut(&slot.group) {
            known.coalesce(group);
            return;
        }
        self.failures.metrics.insert(slot.group.clone(), metric);
        let eligibility = self.seats.eligibility(&job);
        let mut blocked = blocked(self.cx, self.eval, &self.failures, eligibility);
        blocked.node_id = Some(slot.node);
        self.created.push(blocked);
    }
}
