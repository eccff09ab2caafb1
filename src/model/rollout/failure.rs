//! Versions whose deployment failed, and the rollback that follows: a version of its own, with a deployment of its own.

use super::{Rollback, Rollout, RolloutState};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::model::deployment_health;

impl Rollout<'_> {
    /// Where a version is whose deployment failed.
    pub(super) fn failed(&self, d: &Deployment) -> RolloutState {
        let why = &d.status_description;
        let rollback = if why.contains(" - rolling back to job version ") {
            self.rollback(d)
        } else if let Some(over) = self.given_up() {
            return over;
        } else {
            Rollback::None(why.split_once(" - ").map(|(_, reason)| reason.to_owned()))
        };
        let why = why.split(" - ").next().unwrap_or_default();
        let why = match self.counted_beyond(d).filter(|_| matches!(rollback, Rollback::None(_))) {
            Some(beyond) => format!("{why}; {beyond}"),
            None => why.to_owned(),
        };
        RolloutState::Failed { why, rollback }
    }

    /// How the rollback is that the servers began when this deployment failed.
    fn rollback(&self, failed: &Deployment) -> Rollback {
        let version = self.target.version + 1;
        if self.job.stop {
            return Rollback::Failed("the job was stopped".to_owned());
        }
        if self.job.version > version {
            return Rollback::Failed(format!("version {} replaced the rollback", self.job.version));
        }
        let is_own = |d: &&Deployment| d.job_version == version && d.create_index > failed.create_index;
        let own = self.seen.deployments.iter().find(is_own).filter(|_| self.job.version == version);
        match own.map(|d| (d, d.status)) {
            None => Rollback::Progressing("the last good version is registered again".to_owned()),
            Some((_, DeploymentStatus::Successful)) => match self.short_of_health(version) {
                None => Rollback::Done(version),
                Some(short) if self.can_change(version) => Rollback::Progressing(short),
                Some(short) => Rollback::Failed(short),
            },
            Some((d, DeploymentStatus::Failed | DeploymentStatus::Cancelled)) => {
                Rollback::Failed(d.status_description.clone())
            }
            Some((d, _)) => self.rolling_back(d),
        }
    }

    /// The deployment of the rollback is under way.
    fn rolling_back(&self, d: &Deployment) -> Rollback {
        let allocs: Vec<AllocStub> = self.seen.allocs_of(d.job_version).cloned().collect();
        let canaries = deployment_health::canaries(d, &allocs);
        let mut waiting = d.task_groups.iter().filter(|(name, _)| canaries.contains_key(*name));
        if d.status == DeploymentStatus::Running
            && deployment_health::all_ready(&canaries)
            && waiting.any(|(_, g)| !g.auto_promote)
        {
            return Rollback::WaitsForPromotion(d.job_version);
        }
        Rollback::Progressing(deployment_health::waits_for(d, &canaries, None).unwrap_or_default())
    }
}
