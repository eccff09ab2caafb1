//! The scheduler: what an evaluation makes of a job and its allocations (`nomad-api.md §3.4`, §4).
//!
//! It reads the state and decides; nothing is written. `Job.Plan` runs the very same code and drops the decision.

mod change;
mod names;
pub(crate) mod reschedule;
mod seats;
mod service;
pub(crate) mod standing;
mod system;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::nomad::evaluation::EvalStatus;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::{Eligibility, Metric};
use crate::sandbox::state::eval::{DesiredUpdates, Eval, Trigger};
use crate::sandbox::state::job::{Job, Kind};
use crate::sandbox::state::{PlanResult, State};
pub(crate) use seats::reaches;

/// What an evaluation looks at.
#[derive(Debug)]
pub struct Context<'s> {
    /// The state it sees.
    pub state: &'s State,
    /// The job as it is to be: the stored one, or the one a dry run is about. None when it was purged.
    pub job: Option<Arc<Job>>,
    /// The present moment.
    pub now: Moment,
    /// Ids, and what Nomad leaves to chance: the order of groups and nodes, ports.
    pub rng: &'s mut fastrand::Rng,
}

/// What an evaluation came to.
#[derive(Debug)]
pub struct Outcome {
    /// The evaluation as it ends, or as it goes on waiting.
    pub eval: Eval,
    /// What is to be done.
    pub plan: PlanResult,
    /// Evaluations that follow: blocked ones, and those that wait for their time.
    pub created: Vec<Eval>,
    /// Allocations a placement would push aside, by group.
    pub preempted: Vec<(String, Id)>,
}

/// Runs an evaluation.
#[must_use]
pub fn evaluate(cx: &mut Context<'_>, eval: &Eval) -> Outcome {
    // A deregistration is always of type service (T18), whatever the job was.
    match eval.kind {
        Kind::Service | Kind::Batch => service::evaluate(cx, eval),
        Kind::System | Kind::Sysbatch => system::evaluate(cx, eval),
    }
}

/// What placements failed, and what that leaves to wait for.
#[derive(Debug, Default)]
struct Failures {
    metrics: BTreeMap<String, Metric>,
    queued: BTreeMap<String, u64>,
}

/// The evaluation that waits for room in place of this one.
fn blocked(cx: &mut Context<'_>, eval: &Eval, failures: &Failures, eligibility: Eligibility) -> Eval {
    let mut blocked = Eval::pending(
        Id::random(cx.rng),
        eval.job.clone(),
        eval.kind,
        eval.priority,
        Trigger::QueuedAllocs,
        cx.now,
    );
    blocked.status = EvalStatus::Blocked;
    blocked.status_description = "created to place remaining allocations".to_owned();
    blocked.job_modify_index = eval.job_modify_index;
    blocked.previous = Some(eval.id);
    blocked.failed = shared(&failures.metrics);
    blocked.escaped = eligibility.escaped;
    if !eligibility.escaped {
        blocked.classes = eligibility.classes;
    }
    blocked.snapshot_index = cx.state.indexes.latest();
    blocked
}

fn shared(metrics: &BTreeMap<String, Metric>) -> BTreeMap<String, Arc<Metric>> {
    metrics.iter().map(|(group, metric)| (group.clone(), Arc::new(metric.clone()))).collect()
}

/// The evaluation as it ends.
fn ended(
    cx: &Context<'_>,
    eval: &Eval,
    failures: Failures,
    updates: BTreeMap<String, DesiredUpdates>,
    deployment: Option<Id>,
) -> Eval {
    Eval {
        status: EvalStatus::Complete,
        status_description: String::new(),
        deployment_id: deployment,
        failed: shared(&failures.metrics),
        queued: failures.queued,
        annotations: Some(updates),
        snapshot_index: cx.state.indexes.latest(),
        modify_time: cx.now,
        ..eval.clone()
    }
}
