//! Waiting for a job.

use jiff::Timestamp;

use super::LookPace;
use crate::api::http::Http;
use crate::api::nomad::allocation;
use crate::error::Result;
use crate::model::condition::ConditionState;
use crate::model::condition::job::{self, JobCondition};
use crate::model::ids::JobKey;
use crate::model::rollout::RolloutState;
use crate::model::rollout::look::{self, HealthLook};
use crate::ops::deploy::watch::JobWatch;
use crate::ops::present_health::Sources;
use crate::ops::unseen_end;
use crate::ops::wait::Subject;

/// A job with all that belongs to it.
pub struct JobSubject {
    nomad: Http,
    key: JobKey,
    watch: JobWatch,
    sources: Sources,
    condition: JobCondition,
    looks: LookPace,
    looked: Option<HealthLook>,
}

impl JobSubject {
    /// A condition of this job.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>, key: &JobKey, condition: JobCondition) -> Self {
        JobSubject {
            nomad: nomad.clone(),
            key: key.clone(),
            watch: JobWatch::new(nomad, &key.namespace, &key.id),
            sources: Sources::new(nomad, consul),
            condition,
            looks: LookPace::default(),
            looked: None,
        }
    }

    async fn look(&mut self, now: Timestamp) {
        let seen = &self.watch.seen;
        let Some((target, state)) = job::record(seen, now) else { return };
        if !job::needs_look(self.condition, &state) {
            self.looked = None;
            return;
        }
        let count = look::that_count(&target, seen).count();
        let Some(job) = seen.job.as_ref().filter(|_| self.looks.due(now, count)) else { return };
        if let Some(d) =
            seen.deployment(&target).filter(|_| matches!(state, RolloutState::CanariesReady { .. }))
        {
            self.looked = Some(self.sources.look_at_canaries(job, d, &seen.allocs, &[], now).await);
        } else {
            self.looked = Some(self.sources.look_at(&target, seen, now).await);
        }
    }
}

impl Subject for JobSubject {
    async fn changed(&mut self) -> Result<()> {
        while !self.watch.next().await? {}
        Ok(())
    }

    fn on_record(&self, now: Timestamp) -> Option<ConditionState> {
        Some(job::standing(self.condition, &self.watch.seen, None, now))
    }

    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState> {
        self.watch.seen.sight(now);
        if self.condition == JobCondition::Stopped {
            if self.watch.seen.job.is_none() && !self.watch.seen.allocs.is_empty() {
                // A question that is held is not answered when they are deleted with their job (`nomad-api.md §1.3`).
                let own = allocation::of_job(&self.key.namespace, &self.key.id);
                self.watch.seen.allocs = self.nomad.list(&own).await?.value;
            }
            self.watch.seen.unseen = unseen_end::among(&self.nomad, &self.watch.seen.allocs).await?;
        }
        self.look(now).await;
        let standing = job::standing(self.condition, &self.watch.seen, self.looked.as_ref(), now);
        let ConditionState::NotYet(words) = standing else { return Ok(standing) };
        // What was lost with its node may run on there, while others are waited for.
        if self.condition != JobCondition::Stopped {
            let unseen = unseen_end::among(&self.nomad, &self.watch.seen.allocs).await;
            self.watch.seen.unseen = unseen.unwrap_or_default();
        }
        Ok(ConditionState::NotYet(job::with_unseen(self.condition, words, &self.watch.seen)))
    }
}
