//! The evaluation broker: one evaluation of a job at a time, the newest next (`nomad-api.md §4`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::api::nomad::evaluation::EvalStatus;
use crate::sandbox::id::Id;
use crate::sandbox::scheduler::{Context, Outcome, evaluate};
use crate::sandbox::state::Write;
use crate::sandbox::state::eval::{Eval, Trigger};
use crate::sandbox::state::job::{JobKey, Kind};
use crate::sandbox::world::{Event, World};

/// How long a scheduler takes with an evaluation, queueing included.
const SCHEDULING: Duration = Duration::from_millis(12);
/// How soon superseded evaluations are cancelled.
const CANCELING: Duration = Duration::from_millis(5);
/// How often a paused broker is looked at.
const PAUSED: Duration = Duration::from_millis(500);

/// Evaluations on their way to a scheduler.
#[derive(Debug, Default)]
pub(super) struct Broker {
    /// Everything the broker knows of, waiting ones included.
    known: BTreeSet<Id>,
    /// The one evaluation of each job that is at work or next.
    busy: BTreeMap<JobKey, Id>,
    /// The others.
    pending: BTreeMap<JobKey, Vec<Id>>,
    superseded: Vec<Id>,
}

impl World {
    /// A pending evaluation of a job for the given reason.
    pub(super) fn new_eval(&mut self, job: &JobKey, kind: Kind, priority: i64, trigger: Trigger) -> Eval {
        Eval::pending(self.new_id(), job.clone(), kind, priority, trigger, self.now)
    }

    /// An evaluation was written: it is queued, blocked, or ends the wait of others.
    pub(super) fn eval_changed(&mut self, id: Id) {
        let Some(eval) = self.state.eval(id) else { return };
        match eval.status {
            EvalStatus::Pending => self.enqueue(id),
            EvalStatus::Blocked => self.block(id),
            EvalStatus::Complete if eval.failed.is_empty() => {
                let job = eval.job.clone();
                self.blocked.untrack(&job);
            }
            _ => {}
        }
    }

    /// Queues an evaluation, now or when its time comes.
    pub(super) fn enqueue(&mut self, id: Id) {
        let Some(eval) = self.state.eval(id).cloned() else { return };
        if !self.broker.known.insert(id) {
            return;
        }
        match eval.wait_until.filter(|until| eval.status == EvalStatus::Pending && *until > self.now) {
            Some(until) => self.queue.at(until, Event::EvalDue(id)),
            None => self.make_ready(&eval),
        }
    }

    pub(super) fn eval_due(&mut self, id: Id) {
        if let Some(eval) = self.state.eval(id).filter(|e| !e.terminal()).cloned() {
            self.make_ready(&eval);
        } else {
            self.broker.known.remove(&id);
        }
    }

    fn make_ready(&mut self, eval: &Eval) {
        if self.broker.busy.contains_key(&eval.job) {
            self.broker.pending.entry(eval.job.clone()).or_default().push(eval.id);
        } else {
            self.broker.busy.insert(eval.job.clone(), eval.id);
            self.after(SCHEDULING, Event::Schedule(eval.id));
        }
    }

    /// A scheduler takes up an evaluation: decides, has the plan applied, and reports.
    pub(super) fn schedule(&mut self, id: Id) {
        if self.state.catalog.scheduler.pause_eval_broker {
            self.after(PAUSED, Event::Schedule(id));
            return;
        }
        let Some(eval) = self.state.eval(id).cloned() else {
            self.broker.known.remove(&id);
            self.broker.busy.retain(|_, busy| *busy != id);
            return;
        };
        if !eval.terminal() {
            let job = self.state.job(&eval.job).cloned();
            let mut cx = Context { state: &self.state, job, now: self.now, rng: &mut self.rng };
            let outcome = evaluate(&mut cx, &eval);
            self.carry_out(outcome);
        }
        self.acknowledge(&eval);
    }

    /// Writes what a scheduler came to, each step at an index of its own, as Nomad does.
    fn carry_out(&mut self, outcome: Outcome) {
        let Outcome { eval, mut plan, created, .. } = outcome;
        for created in created {
            self.write().put_eval(created);
        }
        let preempted: BTreeSet<JobKey> = plan
            .preemptions
            .iter()
            .filter_map(|(id, _)| self.state.alloc(*id).map(|a| a.job_key().clone()))
            .collect();
        if !plan.is_empty() {
            plan.placements.iter_mut().for_each(|alloc| alloc.modify_time = self.now);
            let evals: Vec<Eval> =
                preempted.into_iter().filter_map(|job| self.preemption_eval(&job)).collect();
            let mut write: Write<'_> = self.write();
            write.apply_plan(eval.id, plan);
            for eval in evals {
                write.add_eval(eval);
            }
        }
        if eval.status == EvalStatus::Blocked {
            self.blocked.put(&eval);
        } else {
            self.write().put_eval(eval);
        }
    }

    fn preemption_eval(&mut self, job: &JobKey) -> Option<Eval> {
        let job = self.state.job(job)?.clone();
        Some(self.new_eval(job.key(), job.kind(), job.spec.typed.priority, Trigger::Preemption))
    }

    /// The next evaluation of the job follows: the newest of the highest priority; the others are superseded.
    fn acknowledge(&mut self, eval: &Eval) {
        self.broker.known.remove(&eval.id);
        self.broker.busy.remove(&eval.job);
        let Some(pending) = self.broker.pending.remove(&eval.job) else { return };
        let rank = |id: &Id| self.state.eval(*id).map(|e| (e.priority, e.modify_index));
        let Some(next) = pending.iter().copied().max_by_key(|id| rank(id)) else { return };
        let superseded: Vec<Id> = pending.into_iter().filter(|id| *id != next).collect();
        if !superseded.is_empty() {
            self.broker.superseded.extend(superseded);
            self.after(CANCELING, Event::CancelEvals);
        }
        if let Some(next) = self.state.eval(next).cloned() {
            self.make_ready(&next);
        }
    }

    pub(super) fn cancel_superseded(&mut self) {
        let superseded = std::mem::take(&mut self.broker.superseded);
        self.cancel_evals(&superseded, |_| "canceled after more recent eval was processed".to_owned());
        for id in superseded {
            self.broker.known.remove(&id);
        }
    }

    /// Cancels evaluations in one write.
    pub(super) fn cancel_evals(&mut self, ids: &[Id], words: impl Fn(&Eval) -> String) {
        let evals: Vec<Eval> = ids
            .iter()
            .filter_map(|id| self.state.eval(*id))
            .filter(|e| !e.terminal())
            .map(|e| Eval { status: EvalStatus::Canceled, status_description: words(e), ..Eval::clone(e) })
            .collect();
        if evals.is_empty() {
            return;
        }
        let now = self.now;
        let mut write = self.write();
        for mut eval in evals {
            eval.modify_time = now;
            write.put_eval(eval);
        }
    }
}
