//! Placing what is wanted, one allocation after the other.

use std::sync::Arc;

use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::placement::{Grant, Metric, PlacementRequest};
use crate::sandbox::scheduler::service::{Reconciler, Wanted, because, stop};
use crate::sandbox::scheduler::{Context, Failures, reschedule};
use crate::sandbox::state::PlanResult;
use crate::sandbox::state::alloc::{Alloc, Allotment, Health, LastReschedule, Order};
use crate::sandbox::state::job::Job;

/// A new allocation that waits for its client.
pub(in crate::sandbox::scheduler) fn new_alloc(
    cx: &mut Context<'_>,
    eval: Id,
    job: &Arc<Job>,
    group: &str,
    name: &str,
    (grant, metric): (Grant, Metric),
) -> Option<Alloc> {
    let node = cx.state.node(Id::parse(&grant.node_id)?)?;
    let order = Order {
        eval_id: eval,
        job: Arc::clone(job),
        group: group.into(),
        allotment: Arc::new(Allotment::of(grant)),
        metric: Arc::new(metric),
    };
    Some(Alloc::placed(Id::random(cx.rng), order, name.into(), node, cx.now))
}

impl Reconciler<'_, '_> {
    /// Places what is wanted: updates first. What finds no room is counted, and stays as it is.
    pub(super) fn place_wanted(&mut self, plan: &mut PlanResult, failures: &mut Failures) {
        let destructive = std::mem::take(&mut self.decision.destructive);
        let place = std::mem::take(&mut self.decision.place);
        if destructive.is_empty() && place.is_empty() {
            let groups = self.job.spec.typed.task_groups.iter();
            failures.queued.extend(groups.map(|g| (g.name.clone(), 0)));
        }
        for wanted in destructive.iter().chain(&place) {
            *failures.queued.entry(wanted.group.clone()).or_insert(0) += 1;
        }
        for wanted in destructive.into_iter().chain(place) {
            self.place_one(&wanted, plan, failures);
        }
    }

    fn place_one(&mut self, wanted: &Wanted, plan: &mut PlanResult, failures: &mut Failures) {
        let older = if wanted.from_stable { self.last_promoted(wanted) } else { None };
        let (job, deployment) = match older {
            Some((job, deployment)) => (job, deployment),
            None => (Arc::clone(&self.job), self.active_deployment()),
        };
        let Some(group) = job.group(&wanted.group) else { return };
        if let Some(metric) = failures.metrics.get_mut(&wanted.group) {
            metric.coalesce(group);
            return;
        }
        let previous = wanted.previous.as_deref();
        if let Some(previous) = previous.filter(|_| wanted.update) {
            self.seats.stop(previous);
        }
        let wish = self.wish(wanted, group);
        let (grant, metric) = self.seats.place(&job, group, &wish);
        let Some(grant) = grant else {
            if let Some(previous) = previous {
                if wanted.update {
                    self.seats.unstop(previous);
                }
                if wanted.reschedule {
                    note_no_room(previous, plan);
                }
            }
            failures.metrics.insert(wanted.group.clone(), metric);
            return;
        };
        let name = self.unique_name(wanted);
        let placed = new_alloc(self.cx, self.eval.id, &job, &wanted.group, &name, (grant, metric));
        let Some(mut alloc) = placed else { return };
        alloc.deployment_id = deployment;
        if wanted.canary && deployment.is_some() {
            alloc.health = Some(Health { canary: true, ..Health::default() });
        }
        if let Some(previous) = previous {
            alloc.previous = Some(previous.id);
            if wanted.update {
                plan.stops.push(stop(previous, because::UPDATING, None));
            }
            if wanted.reschedule {
                alloc.reschedules = Some(Box::new(reschedule::carried_on(previous, self.cx.now)));
                // The record of what it replaces is written anew, without the reason for its stop.
                if let Some(stop) = plan.stops.iter_mut().find(|s| s.id == previous.id) {
                    stop.description = "";
                }
            }
        }
        if let Some(queued) = failures.queued.get_mut(&wanted.group) {
            *queued = queued.saturating_sub(1);
        }
        plan.placements.push(alloc);
    }

    fn active_deployment(&self) -> Option<Id> {
        let current = self.deployments.current.as_ref().filter(|d| d.active());
        current.map(|d| d.id)
    }

    /// The last version of the job whose canaries were promoted or that had none, with its deployment: what replaces an
    /// old allocation while canaries of a new version wait (`nomad-api.md §2.4`, 8.).
    fn last_promoted(&self, wanted: &Wanted) -> Option<(Arc<Job>, Option<Id>)> {
        let (state, key) = (self.cx.state, self.job.key());
        let least = wanted.previous.as_ref().map_or(0, |a| a.job.version);
        let mut deployments: Vec<_> =
            state.deployments().of_job(key).filter(|d| d.job_create_index == self.job.create_index).collect();
        deployments.sort_by_key(|d| std::cmp::Reverse(d.job_version));
        let promoted = deployments
            .iter()
            .find(|d| d.groups.get(&wanted.group).is_some_and(|g| g.promoted || g.desired_canaries == 0));
        let (version, deployment) = match promoted {
            Some(deployment) => (state.version(key, deployment.job_version)?, Some(deployment.id)),
            None => (state.version(key, least).filter(|job| !job.deploys())?, None),
        };
        let fits = version.version >= least && version.group(&wanted.group).is_some();
        fits.then(|| (Arc::clone(version), deployment))
    }

    fn wish(&self, wanted: &Wanted, group: &TaskGroup) -> PlacementRequest {
        let mut wish = PlacementRequest { alloc_name: wanted.name.clone(), ..PlacementRequest::default() };
        let Some(previous) = &wanted.previous else { return wish };
        wish.penalty_nodes = reschedule::penalties(previous).iter().map(ToString::to_string).collect();
        let typed = |job: &Job| (job.spec.typed.node_pool.clone(), job.spec.typed.datacenters.clone());
        let disk = group.ephemeral_disk.as_ref();
        let sticky = disk.is_some_and(|d| d.sticky == Some(true) || d.migrate == Some(true));
        let ready = self.cx.state.node(previous.node_id).is_some_and(|node| node.schedulable());
        if sticky && ready && typed(&previous.job) == typed(&self.job) {
            wish.preferred_node = Some(previous.node_id.to_string());
        }
        wish
    }

    /// The name it is to have, or another one where two allocations have the same number.
    fn unique_name(&mut self, wanted: &Wanted) -> String {
        let digits = wanted.name.rsplit_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
        let index = digits.and_then(|d| d.parse().ok()).unwrap_or(0);
        let names = self.decision.names.get_mut(&wanted.group).filter(|names| names.is_duplicate(index));
        let Some(names) = names else { return wanted.name.clone() };
        let other = names.next(1).pop();
        names.free(index);
        other.unwrap_or_else(|| wanted.name.clone())
    }
}

/// A failed allocation that found no place elsewhere stays as it is, with a note.
fn note_no_room(previous: &Alloc, plan: &mut PlanResult) {
    plan.stops.retain(|s| s.id != previous.id);
    let known = plan.placements.iter().position(|a| a.id == previous.id);
    let mut noted = known.map_or_else(|| previous.clone(), |at| plan.placements.remove(at));
    noted.reschedules.get_or_insert_default().last = LastReschedule::NoPlacement;
    plan.placements.push(noted);
}
