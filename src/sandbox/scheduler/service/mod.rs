//! Service and batch jobs: so many allocations, wherever there is room.

mod canaries;
mod disconnects;
mod group;
mod later;
mod place;
mod surplus;

pub(super) use place::new_alloc;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::evaluation::EvalStatus;
use crate::sandbox::id::Id;
use crate::sandbox::scheduler::names::Names;
use crate::sandbox::scheduler::seats::{Seats, seats};
use crate::sandbox::scheduler::standing::{Set, Standing, Taint, sorted};
use crate::sandbox::scheduler::{Context, Failures, Outcome, blocked, ended};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::deployment::{Deployment, words};
use crate::sandbox::state::eval::{DesiredUpdates, Eval};
use crate::sandbox::state::job::{Job, Kind};
use crate::sandbox::state::{PlanResult, StatusUpdate, Stop};

/// Why an allocation stops.
pub(super) mod because {
    /// The job wants fewer, or others.
    pub(in crate::sandbox::scheduler) const NOT_NEEDED: &str = "alloc not needed due to job update";
    /// It is to leave its node.
    pub(in crate::sandbox::scheduler) const MIGRATING: &str = "alloc is being migrated";
    /// A new version takes its place.
    pub(in crate::sandbox::scheduler) const UPDATING: &str = "alloc is being updated due to job update";
    /// Its node is gone.
    pub(in crate::sandbox::scheduler) const LOST: &str = "alloc is lost since its node is down";
    /// It failed, and goes on elsewhere.
    pub(in crate::sandbox::scheduler) const RESCHEDULED: &str = "alloc was rescheduled because it failed";
    /// The one it replaced came back.
    pub(in crate::sandbox::scheduler) const RECONNECTED: &str =
        "alloc not needed due to disconnected client reconnect";
    /// Its node is disconnected.
    pub(in crate::sandbox::scheduler) const UNKNOWN: &str = "alloc is unknown since its node is disconnected";
    /// Its node drains, and the job is a system job.
    pub(in crate::sandbox::scheduler) const TAINTED: &str = "alloc not needed as node is tainted";
}

/// An allocation that is wanted.
#[derive(Debug, Clone)]
struct Wanted {
    name: String,
    group: String,
    canary: bool,
    previous: Option<Arc<Alloc>>,
    /// Whether it goes on for one that failed.
    reschedule: bool,
    /// Whether what it replaces stops for it, and only if there is room.
    update: bool,
    /// Whether it is to run the last version that was promoted, since canaries of the new one are not.
    from_stable: bool,
}

/// What is decided on a job before anything is placed.
#[derive(Debug, Default)]
struct Decision {
    place: Vec<Wanted>,
    destructive: Vec<Wanted>,
    stops: Vec<Stop>,
    /// Allocations brought to the new version where they are.
    in_place: Vec<Alloc>,
    /// Allocations with other changes: disconnected, reconnected, waiting for an evaluation.
    changed: Vec<Alloc>,
    followups: Vec<Eval>,
    updates: BTreeMap<String, DesiredUpdates>,
    names: BTreeMap<String, Names>,
}

/// The deployments that matter to an evaluation.
#[derive(Debug, Default)]
struct Deployments {
    /// Of the present version, and not successful yet.
    current: Option<Deployment>,
    /// Of another version, or done.
    old: Option<Deployment>,
    /// Whether `current` was made by this evaluation.
    created: bool,
    updates: Vec<StatusUpdate>,
}

impl Deployments {
    fn new(latest: Option<&Deployment>, job: Option<&Job>) -> Self {
        let mut own = Deployments::default();
        let Some(deployment) = latest else { return own };
        let stopped = job.is_none_or(|job| job.stop);
        let newer = !stopped && job.is_some_and(|job| !deployment.is_of(job));
        if (stopped || newer) && deployment.active() {
            let description = if stopped { words::STOPPED_JOB } else { words::NEWER_JOB };
            let status = DeploymentStatus::Cancelled;
            own.updates.push(StatusUpdate { id: deployment.id, status, description: description.into() });
        }
        if stopped || newer || deployment.status == DeploymentStatus::Successful {
            own.old = Some(deployment.clone());
        } else {
            own.current = Some(deployment.clone());
        }
        own
    }

    fn paused(&self) -> bool {
        self.current.as_ref().is_some_and(|d| d.status == DeploymentStatus::Paused)
    }

    fn failed(&self) -> bool {
        self.current.as_ref().is_some_and(|d| d.status == DeploymentStatus::Failed)
    }
}

/// One evaluation of a service or batch job at work.
struct Reconciler<'a, 's> {
    cx: &'a mut Context<'s>,
    eval: &'a Eval,
    job: Arc<Job>,
    batch: bool,
    seats: Seats<'s>,
    deployments: Deployments,
    decision: Decision,
}

pub(super) fn evaluate(cx: &mut Context<'_>, eval: &Eval) -> Outcome {
    let batch = eval.kind == Kind::Batch;
    let latest = if batch { None } else { cx.state.latest_deployment(&eval.job).cloned() };
    let deployments = Deployments::new(latest.as_deref(), cx.job.as_deref());
    let lost = already_stopped(cx, eval);
    let Some(job) = cx.job.clone().filter(|job| !job.stop) else {
        return stop_all(cx, eval, deployments, lost, latest.map(|d| d.id));
    };
    let seats = seats(cx, &job);
    let decision = Decision { stops: lost, ..Decision::default() };
    let mut reconciler = Reconciler { cx, eval, job, batch, seats, deployments, decision };
    reconciler.decide();
    reconciler.place_and_finish(latest.map(|d| d.id))
}

/// Allocations that were told to stop on a node that is gone: nobody will report their end.
fn already_stopped(cx: &Context<'_>, eval: &Eval) -> Vec<Stop> {
    let gone = |a: &&Arc<Alloc>| {
        a.server_terminal()
            && matches!(a.client, ClientStatus::Running | ClientStatus::Pending)
            && matches!(Taint::of(cx.state, a.node_id), Taint::Down | Taint::Gone)
    };
    let lost = |a: &Arc<Alloc>| stop(a, because::LOST, Some(ClientStatus::Lost));
    cx.state.allocs().of_job(&eval.job).filter(gone).map(lost).collect()
}

fn stop(alloc: &Alloc, description: &'static str, client: Option<ClientStatus>) -> Stop {
    Stop { id: alloc.id, description, client, followup: None }
}

/// The stops of everything in a set, whatever its nodes are.
fn stop_set(cx: &Context<'_>, set: &Set) -> Vec<Stop> {
    sorted(cx.state, set, cx.now)
        .into_iter()
        .flat_map(|(standing, set)| set.into_values().map(move |alloc| (standing, alloc)))
        .filter(|(standing, alloc)| match standing {
            Standing::Ignore | Standing::Expiring => alloc.client == ClientStatus::Unknown,
            _ => true,
        })
        .map(|(standing, alloc)| match standing {
            Standing::Lost => stop(&alloc, because::LOST, Some(ClientStatus::Lost)),
            _ => stop(&alloc, because::NOT_NEEDED, None),
        })
        .collect()
}

/// A job that was stopped: everything of it stops.
fn stop_all(
    cx: &Context<'_>,
    eval: &Eval,
    deployments: Deployments,
    mut stops: Vec<Stop>,
    latest: Option<Id>,
) -> Outcome {
    let mut groups: BTreeMap<String, Set> = BTreeMap::new();
    for alloc in cx.state.allocs().of_job(&eval.job).filter(|a| !a.terminal()) {
        groups.entry(alloc.group.to_string()).or_default().insert(alloc.id, Arc::clone(alloc));
    }
    let mut updates = BTreeMap::new();
    for (group, set) in groups {
        stops.extend(stop_set(cx, &set));
        let stop = u64::try_from(set.len()).unwrap_or(u64::MAX);
        updates.insert(group, DesiredUpdates { stop, ..DesiredUpdates::default() });
    }
    let plan = PlanResult { stops, updates: deployments.updates, ..PlanResult::default() };
    let eval = ended(cx, eval, Failures::default(), updates, latest);
    Outcome { eval, plan, created: Vec::new(), preempted: Vec::new() }
}

impl Reconciler<'_, '_> {
    /// Decides group by group, in an order left to chance, as Nomad does (`nomad-api.md §12.2`).
    fn decide(&mut self) {
        let mut groups: BTreeMap<String, Set> =
            self.job.spec.typed.task_groups.iter().map(|g| (g.name.clone(), Set::new())).collect();
        for alloc in self.cx.state.allocs().of_job(self.job.key()) {
            groups.entry(alloc.group.to_string()).or_default().insert(alloc.id, Arc::clone(alloc));
        }
        let mut groups: Vec<(String, Set)> = groups.into_iter().collect();
        self.cx.rng.shuffle(&mut groups);
        let mut complete = true;
        for (group, set) in groups {
            complete &= self.decide_group(&group, set);
        }
        self.conclude_deployment(complete);
    }

    fn conclude_deployment(&mut self, complete: bool) {
        let Some(current) = &mut self.deployments.current else { return };
        if complete {
            self.deployments.updates.push(StatusUpdate {
                id: current.id,
                status: DeploymentStatus::Successful,
                description: words::SUCCESSFUL.into(),
            });
        }
        if self.deployments.created && current.requires_promotion() {
            let auto = current.auto_promotes();
            current.description = if auto { words::AUTO_PROMOTION } else { words::NEEDS_PROMOTION }.into();
        }
    }

    fn updates(&mut self, group: &str) -> &mut DesiredUpdates {
        self.decision.updates.entry(group.to_owned()).or_default()
    }

    /// Places what was decided on, and ends the evaluation.
    fn place_and_finish(mut self, latest: Option<Id>) -> Outcome {
        let created = self.deployments.created.then(|| self.deployments.current.clone()).flatten();
        let deployment = created.as_ref().map(|d| d.id).or(latest);
        let mut failures = Failures::default();
        let mut plan = PlanResult {
            stops: std::mem::take(&mut self.decision.stops),
            deployment: created,
            updates: std::mem::take(&mut self.deployments.updates),
            ..PlanResult::default()
        };
        for stop in &plan.stops {
            if let Some(alloc) = self.cx.state.alloc(stop.id) {
                self.seats.stop(alloc);
            }
        }
        for mut alloc in std::mem::take(&mut self.decision.in_place) {
            if alloc.deployment_id != deployment {
                alloc.deployment_id = deployment;
                alloc.health = None;
            }
            plan.placements.push(alloc);
        }
        plan.placements.append(&mut self.decision.changed);
        self.place_wanted(&mut plan, &mut failures);
        self.finish(plan, failures, deployment)
    }

    fn finish(mut self, plan: PlanResult, failures: Failures, deployment: Option<Id>) -> Outcome {
        let mut created: Vec<Eval> = Vec::new();
        let followups = std::mem::take(&mut self.decision.followups);
        let updates = std::mem::take(&mut self.decision.updates);
        let eligibility = self.seats.eligibility(&self.job);
        let failed = !failures.metrics.is_empty();
        if failed && self.eval.status == EvalStatus::Blocked {
            let mut eval = Eval { snapshot_index: self.cx.state.indexes.latest(), ..self.eval.clone() };
            eval.classes = eligibility.classes;
            eval.escaped = eligibility.escaped;
            return Outcome { eval, plan, created, preempted: Vec::new() };
        }
        let mut blocked_id = None;
        let waits_no_more = self.eval.wait_until.is_some_and(|until| self.cx.now > until);
        if failed && (followups.is_empty() || self.eval.wait_until.is_none() || waits_no_more) {
            let eval = blocked(self.cx, self.eval, &failures, eligibility);
            blocked_id = Some(eval.id);
            created.push(eval);
        }
        let mut eval = ended(self.cx, self.eval, failures, updates, deployment);
        eval.blocked = blocked_id;
        if self.eval.wait_until.is_none() {
            for mut followup in followups {
                followup.previous = Some(self.eval.id);
                eval.next = Some(followup.id);
                created.push(followup);
            }
        }
        Outcome { eval, plan, created, preempted: Vec::new() }
    }
}
