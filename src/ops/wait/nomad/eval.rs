//! Waiting for an evaluation.

use jiff::Timestamp;
use tokio::time::sleep;

use super::Followed;
use crate::api::http::Http;
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::error::Result;
use crate::model::condition::ConditionState;
use crate::model::condition::eval::{EvalCondition, standing};
use crate::ops::wait::{LOOK, Subject};

/// An evaluation and the others of its job.
pub struct EvalSubject {
    evals: Followed<Vec<Evaluation>>,
    seen: Option<Vec<Evaluation>>,
    id: String,
    condition: EvalCondition,
}

impl EvalSubject {
    /// A condition of this evaluation.
    #[must_use]
    pub fn new(nomad: &Http, eval: &Evaluation, condition: EvalCondition) -> Self {
        let evals = Followed::new(nomad, evaluation::of_job(&eval.namespace, &eval.job_id));
        EvalSubject { evals, seen: None, id: eval.id.clone(), condition }
    }
}

impl Subject for EvalSubject {
    async fn changed(&mut self) -> Result<()> {
        let told = self.seen.is_some();
        tokio::select! {
            evals = self.evals.next() => self.seen = Some(evals?.unwrap_or_default()),
            () = sleep(LOOK), if told => {}
        }
        Ok(())
    }

    async fn standing(&mut self, _now: Timestamp) -> Result<ConditionState> {
        Ok(standing(self.condition, &self.id, self.seen.as_deref().unwrap_or_default()))
    }
}
