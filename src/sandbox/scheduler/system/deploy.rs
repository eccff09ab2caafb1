//! Deployments of system jobs: as many allocations as there are nodes, canaries in percent of them (`nomad-api.md §3.6`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::scheduler::Context;
use crate::sandbox::scheduler::system::sort::{Field, Slots};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::deployment::{Deployment, GroupProgress, words};
use crate::sandbox::state::job::Job;
use crate::sandbox::state::{PlanResult, StatusUpdate};

/// What is counted of a group's nodes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Nodes that have or get an allocation.
    pub(super) candidates: u64,
    /// Allocations that a new version replaces.
    pub(super) destructive: u64,
    /// Canaries that run already.
    pub(super) canaries: u64,
}

/// The deployment of a system job as an evaluation changes it.
#[derive(Debug, Default)]
pub(super) struct Rollout {
    pub(super) current: Option<Deployment>,
    old: Option<Deployment>,
    had_one: bool,
    same_version_seen: bool,
    pub(super) updates: Vec<StatusUpdate>,
}

impl Rollout {
    pub(super) fn new(latest: Option<&Arc<Deployment>>, job: &Job) -> Self {
        let current = latest.map(|d| Deployment::clone(d));
        let mut rollout = Rollout { had_one: current.is_some(), current, ..Rollout::default() };
        rollout.cancel_unneeded(job);
        rollout
    }

    fn cancel_unneeded(&mut self, job: &Job) {
        let Some(current) = &self.current else { return };
        let cancel = |description: &'static str| StatusUpdate {
            id: current.id,
            status: DeploymentStatus::Cancelled,
            description: description.into(),
        };
        if job.stop {
            if current.active() {
                self.updates.push(cancel(words::STOPPED_JOB));
            }
            return;
        }
        let newer = !current.is_of(job) && current.active();
        if newer {
            self.updates.push(cancel(words::NEWER_JOB));
        }
        if newer || current.status == DeploymentStatus::Successful {
            self.old = self.current.take();
        }
    }

    pub(super) fn unpromoted(&self, group: &str) -> bool {
        let current = self.current.as_ref();
        current.is_none_or(|d| d.groups.get(group).is_some_and(|g| !g.promoted))
    }

    /// Makes a group part of a deployment where this node changes, or has never run this version.
    pub(super) fn join(
        &mut self,
        cx: &mut Context<'_>,
        field: &Field<'_>,
        node: Id,
        job: &Job,
        group: &TaskGroup,
        updates: bool,
    ) {
        let goes_on = !self
            .current
            .as_ref()
            .is_some_and(|d| matches!(d.status, DeploymentStatus::Paused | DeploymentStatus::Failed));
        let Some(update) = group.update.as_ref().filter(|u| u.max_parallel > 0) else { return };
        let known = self.current.as_ref().is_some_and(|d| d.groups.contains_key(&group.name));
        if known || !goes_on || self.old.as_ref().is_some_and(|d| d.job_version == job.version) {
            return;
        }
        let same = |a: &Arc<Alloc>| a.job.version == job.version && a.job.create_index == job.create_index;
        let live = field.live.get(&node).is_some_and(|allocs| allocs.iter().any(same));
        self.same_version_seen |= live;
        let ended = field.ended.get(&node).is_some_and(|named| named.values().any(same));
        if (live || ended) && !updates {
            return;
        }
        let progress = GroupProgress {
            auto_revert: update.auto_revert,
            auto_promote: update.auto_promote,
            progress_deadline: update.progress_deadline,
            ..GroupProgress::default()
        };
        if self.current.is_none() {
            let deployment = Deployment::new(Id::random(cx.rng), job, job.spec.typed.priority, cx.now);
            // Nomad says at once that it runs, which sets its deadlines before anything is placed.
            self.updates.push(StatusUpdate {
                id: deployment.id,
                status: DeploymentStatus::Running,
                description: words::RUNNING.into(),
            });
            self.current = Some(deployment);
        }
        if let Some(current) = &mut self.current {
            current.groups.insert(group.name.clone(), progress);
        }
    }

    /// A job that never had a deployment gets none while allocations of it just go on.
    pub(super) fn settle(&mut self, slots: &Slots, latest: Option<&Arc<Deployment>>) {
        if !self.had_one && (self.same_version_seen || !slots.ignore.is_empty()) {
            self.current = None;
            self.updates.retain(|u| u.status != DeploymentStatus::Running);
        }
        if self.current.is_none() {
            self.current = latest.map(|d| Deployment::clone(d));
        }
    }

    /// Brings the deployment up to what was placed, canaries in particular, and ends it when all is healthy.
    pub(super) fn conclude(
        mut self,
        job: &Job,
        counts: &BTreeMap<String, Counts>,
        plan: &mut PlanResult,
        slots: &Slots,
        not_ready: &BTreeSet<Id>,
    ) -> BTreeMap<String, u64> {
        let mut canaries = BTreeMap::new();
        let Some(current) = &mut self.current else { return canaries };
        let mut complete = true;
        for group in &job.spec.typed.task_groups {
            let counted = counts.get(&group.name).copied().unwrap_or_default();
            if counted.candidates == 0 {
                if current.status == DeploymentStatus::Successful {
                    current.groups.remove(&group.name);
                }
                continue;
            }
            let Some(progress) = current.groups.get_mut(&group.name) else { continue };
            let update = group.update.clone().unwrap_or_default();
            let canarying = update.max_parallel > 0
                && update.canary > 0
                && !progress.promoted
                && job.version != 0
                && counted.destructive > 0;
            progress.desired_total = counted.candidates;
            if canarying {
                let of = counted.destructive + counted.canaries;
                let required = (update.canary * of).div_ceil(100).min(update.max_parallel);
                progress.desired_canaries = required;
                progress.placed_canaries = keep_canaries(required, &group.name, plan, slots, not_ready);
                canaries
                    .insert(group.name.clone(), u64::try_from(progress.placed_canaries.len()).unwrap_or(0));
            }
            complete &= !canarying && progress.healthy_allocs >= progress.desired_total;
        }
        if current.requires_promotion() {
            let auto = current.auto_promotes();
            current.description = if auto { words::AUTO_PROMOTION } else { words::NEEDS_PROMOTION }.into();
        } else if complete {
            self.updates.push(StatusUpdate {
                id: current.id,
                status: DeploymentStatus::Successful,
                description: words::SUCCESSFUL.into(),
            });
        }
        if !current.groups.is_empty() {
            plan.deployment = self.current;
            plan.updates = self.updates;
        }
        canaries
    }
}

/// Takes canaries over the required number out of the plan again, with the stops of what they would have replaced.
fn keep_canaries(
    required: u64,
    group: &str,
    plan: &mut PlanResult,
    slots: &Slots,
    not_ready: &BTreeSet<Id>,
) -> Vec<Id> {
    let running = slots.ignore.iter().filter(|s| s.group == group).filter_map(|s| s.alloc.as_ref());
    let mut kept: Vec<Id> = running.filter(|a| a.is_canary()).map(|a| a.id).collect();
    let failed: BTreeSet<Id> =
        slots.place.iter().filter_map(|s| s.alloc.as_ref()).filter(|a| a.is_canary()).map(|a| a.id).collect();
    let preferred = |a: &Alloc| a.previous.is_some_and(|id| failed.contains(&id));
    let preferred_count = plan.placements.iter().filter(|a| preferred(a)).count();
    let mut left =
        usize::try_from(required).unwrap_or(usize::MAX).saturating_sub(preferred_count + kept.len());
    let mut dropped: BTreeSet<Option<Id>> = BTreeSet::new();
    plan.placements.retain(|alloc| {
        if !alloc.is_canary() || *alloc.group != *group {
            return true;
        }
        if not_ready.contains(&alloc.node_id) {
            return false;
        }
        let keep = left > 0 || preferred(alloc);
        if keep {
            left = left.saturating_sub(1);
            kept.push(alloc.id);
        } else {
            dropped.insert(alloc.previous);
        }
        keep
    });
    plan.stops.retain(|stop| !dropped.contains(&Some(stop.id)));
    kept
}
