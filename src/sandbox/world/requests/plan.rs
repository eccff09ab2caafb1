//! Dry runs: what registering a job would do (`nomad-api.md §3.4`). Nothing is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Metric;
use crate::sandbox::scheduler::{Context, evaluate};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::eval::{DesiredUpdates, Eval, Trigger};
use crate::sandbox::state::job::{Job, JobKey, Spec};
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;
use crate::sandbox::world::requests::dispatch::next_launch_of;

/// Index of a job that is not registered, in a dry run.
const UNREGISTERED: u64 = 100;

/// What a dry run came to.
#[derive(Debug)]
pub struct Planned {
    /// What would be done, by group.
    pub updates: BTreeMap<String, DesiredUpdates>,
    /// What would be pushed aside.
    pub preempted: Vec<Arc<Alloc>>,
    /// Evaluations that would wait.
    pub created: Vec<Eval>,
    /// What would find no room, by group.
    pub failed: BTreeMap<String, Arc<Metric>>,
    /// The differences, annotated with what they lead to.
    pub diff: Option<Value>,
    /// Index of the job as it is; 0 when there is none.
    pub job_index: u64,
    /// When a periodic job would start next.
    pub next_launch: Option<Moment>,
    /// What is odd about the job.
    pub warnings: String,
}

impl World {
    /// Runs the scheduler on a job as it would be, and forgets what it decides.
    ///
    /// # Errors
    /// When the job is invalid.
    pub fn plan_job(&mut self, job: &Value, diff: bool) -> Result<Planned, Refusal> {
        let admitted = self.admit(job)?;
        let spec = Spec::new(admitted.stored).map_err(|e| Refusal::failed(e.to_string()))?;
        let existing = self.state.job(&spec.key).cloned();
        let mut planned = Job::submitted(Arc::new(spec), "", self.now);
        planned.stop = job["Stop"].as_bool().unwrap_or(false);
        let changed = existing.as_ref().is_none_or(|existing| existing.spec_changed(&planned));
        let (job, index) = match &existing {
            Some(existing) if !changed => (Arc::clone(existing), 0),
            Some(existing) => {
                let index = existing.job_modify_index + 1;
                planned.version = existing.version + 1;
                planned.create_index = existing.create_index;
                (Arc::new(planned.at(index)), index)
            }
            None => {
                planned.create_index = UNREGISTERED;
                (Arc::new(planned.at(UNREGISTERED)), 0)
            }
        };
        let mut outcome = self.try_out(&job, index);
        for eval in &mut outcome.created {
            eval.snapshot_index = 0;
        }
        let updates = outcome.eval.annotations.unwrap_or_default();
        let preempted = outcome.preempted.iter().filter_map(|(_, id)| self.state.alloc(*id)).cloned();
        let diff = diff.then(|| super::annotate::annotated(existing.as_deref(), &job, &updates));
        Ok(Planned {
            preempted: preempted.collect(),
            created: outcome.created,
            failed: outcome.eval.failed,
            diff,
            job_index: existing.map_or(0, |job| job.job_modify_index),
            next_launch: next_launch_of(&job, self.now),
            warnings: admitted.warnings,
            updates,
        })
    }

    fn try_out(&mut self, job: &Arc<Job>, index: u64) -> crate::sandbox::scheduler::Outcome {
        let key: &JobKey = job.key();
        let mut eval = self.new_eval(key, job.kind(), job.spec.typed.priority, Trigger::JobRegister);
        eval.job_modify_index = index;
        let mut cx =
            Context { state: &self.state, job: Some(Arc::clone(job)), now: self.now, rng: &mut self.rng };
        evaluate(&mut cx, &eval)
    }
}

impl Job {
    /// The same job as if it were written at an index.
    fn at(mut self, index: u64) -> Self {
        self.modify_index = index;
        self.job_modify_index = index;
        self
    }
}
