//! Writes to evaluations (`nomad-api.md §4`).

use std::sync::Arc;

use crate::api::nomad::evaluation::EvalStatus;
use crate::sandbox::id::Id;
use crate::sandbox::state::eval::Eval;
use crate::sandbox::state::index::Table;
use crate::sandbox::state::job::JobKey;
use crate::sandbox::state::{Effect, Write};

impl Write<'_> {
    /// Puts an evaluation in, and brings its job's state up to date.
    pub fn put_eval(&mut self, eval: Eval) {
        let key = eval.job.clone();
        self.add_eval(eval);
        self.refresh_status(&key, None);
    }

    /// Puts an evaluation in beside other changes. A complete one that placed everything cancels what is blocked for
    /// its job.
    pub fn add_eval(&mut self, mut eval: Eval) {
        let key = eval.job.clone();
        eval.create_index = self.state.eval(eval.id).map_or(self.index, |old| old.create_index);
        eval.modify_index = self.index;
        self.count_queued(&eval);
        if eval.status == EvalStatus::Complete && eval.failed.is_empty() {
            self.cancel_blocked(&eval);
        }
        let id = eval.id;
        self.touch_row(Table::Evals, id, &key);
        self.state.evals.put(Arc::new(eval));
        self.effect(Effect::Eval(id));
    }

    fn count_queued(&mut self, eval: &Eval) {
        let Some(summary) = self.state.summaries.get_mut(&eval.job) else { return };
        let news = |(group, queued): (&String, &u64)| {
            summary.summary.get(group).is_some_and(|counts| counts.queued != *queued)
        };
        if !eval.queued.iter().any(news) {
            return;
        }
        let summary = Arc::make_mut(summary);
        for (group, queued) in &eval.queued {
            if let Some(counts) = summary.summary.get_mut(group) {
                counts.queued = *queued;
            }
        }
        summary.modify_index = self.index;
        self.touch_summary(&eval.job);
    }

    fn cancel_blocked(&mut self, successful: &Eval) {
        let blocked: Vec<Arc<Eval>> = self.of_job_in(&successful.job, EvalStatus::Blocked);
        for eval in blocked.into_iter().filter(|e| e.id != successful.id) {
            let mut eval = Eval::clone(&eval);
            eval.status = EvalStatus::Canceled;
            eval.status_description = format!("evaluation \"{}\" successful", successful.id);
            eval.modify_index = self.index;
            eval.modify_time = successful.modify_time;
            self.touch_row(Table::Evals, eval.id, &successful.job);
            self.state.evals.put(Arc::new(eval));
        }
    }

    fn of_job_in(&self, key: &JobKey, status: EvalStatus) -> Vec<Arc<Eval>> {
        self.state.evals.of_job(key).filter(|e| e.status == status).cloned().collect()
    }

    /// Ends the pending evaluations of a purged job; their index stays.
    pub(super) fn end_pending_evals(&mut self, key: &JobKey) {
        for eval in self.of_job_in(key, EvalStatus::Pending) {
            let mut eval = Eval::clone(&eval);
            eval.status = EvalStatus::Complete;
            eval.status_description = format!("job {} deleted", key.id);
            self.touch_row(Table::Evals, eval.id, key);
            self.state.evals.put(Arc::new(eval));
        }
    }

    /// Notes that a plan of this evaluation was applied.
    pub(super) fn mark_eval(&mut self, id: Id) {
        if let Some(eval) = self.state.eval(id) {
            let mut eval = Eval::clone(eval);
            eval.modify_index = self.index;
            self.touch_row(Table::Evals, id, &eval.job);
            self.state.evals.put(Arc::new(eval));
        }
    }

    /// Takes evaluations out for good.
    pub fn delete_evals(&mut self, ids: &[Id]) {
        for id in ids {
            if let Some(eval) = self.state.evals.remove(*id) {
                self.touch_row(Table::Evals, *id, &eval.job);
            }
        }
    }
}
