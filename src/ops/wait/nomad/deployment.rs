//! Waiting for a deployment.

use jiff::Timestamp;

use super::{LookPace, Pair};
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::api::nomad::job;
use crate::error::Result;
use crate::model::condition::ConditionState;
use crate::model::condition::deployment::{DeploymentCondition, needs_look, standing};
use crate::model::rollout::look::HealthLook;
use crate::ops::present_health::Sources;
use crate::ops::wait::Subject;

/// A deployment and the allocations of its job.
pub struct DeploymentSubject {
    both: Pair<Deployment, Vec<AllocStub>>,
    nomad: Http,
    sources: Sources,
    condition: DeploymentCondition,
    looks: LookPace,
    looked: Option<HealthLook>,
}

impl DeploymentSubject {
    /// A condition of this deployment.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>, d: &Deployment, condition: DeploymentCondition) -> Self {
        let call = deployment::get(&d.id).namespace(&d.namespace);
        DeploymentSubject {
            both: Pair::new(nomad, call, allocation::of_job(&d.namespace, &d.job_id)),
            nomad: nomad.clone(),
            sources: Sources::new(nomad, consul),
            condition,
            looks: LookPace::default(),
            looked: None,
        }
    }

    /// How its canaries do at this moment, or what was deployed, where that decides.
    async fn look(&mut self, now: Timestamp) -> Result<()> {
        let allocs = self.both.second().map_or(&[][..], Vec::as_slice);
        let Some(d) = self.both.first().filter(|d| needs_look(self.condition, Some(d), allocs)) else {
            self.looked = None;
            return Ok(());
        };
        if self.looks.due(now, allocs.len()) {
            let job = match self.nomad.read(&job::get(&d.namespace, &d.job_id)).await {
                Ok(reply) => reply.value,
                Err(e) if e.is_not_found() => {
                    self.looked = Some(HealthLook::Bad { why: "its job is gone".to_owned() });
                    return Ok(());
                }
                Err(e) => return Err(e.into()),
            };
            self.looked = Some(match d.status {
                DeploymentStatus::Successful => self.sources.look_at_deployed(&job, d, allocs, now).await,
                _ => self.sources.look_at_canaries(&job, d, allocs, &[], now).await,
            });
        }
        Ok(())
    }
}

impl Subject for DeploymentSubject {
    async fn changed(&mut self) -> Result<()> {
        self.both.changed().await
    }

    fn on_record(&self, _now: Timestamp) -> Option<ConditionState> {
        let allocs = self.both.second().map_or(&[][..], Vec::as_slice);
        Some(standing(self.condition, self.both.first(), allocs, None))
    }

    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState> {
        self.look(now).await?;
        let allocs = self.both.second().map_or(&[][..], Vec::as_slice);
        Ok(standing(self.condition, self.both.first(), allocs, self.looked.as_ref()))
    }
}
