//! Steering deployments by hand (`nomad-api.md §3.6`).

use std::sync::Arc;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::sandbox::id::Id;
use crate::sandbox::state::deployment::{Deployment, words};
use crate::sandbox::state::job::Job;
use crate::sandbox::state::{Groups, StatusUpdate};
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;

/// What came of a change of a deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeploymentChange {
    /// The evaluation it made.
    pub eval: Option<Id>,
    /// Index of the write.
    pub index: u64,
    /// The version of the job it went back to.
    pub reverted: Option<u64>,
}

/// Allocations somebody decided on.
#[derive(Debug, Clone, Default)]
pub struct HealthDecision {
    /// The good ones.
    pub healthy: Vec<Id>,
    /// The bad ones, which fail the deployment.
    pub unhealthy: Vec<Id>,
}

impl World {
    fn steerable(&self, id: Id, verb: &str) -> Result<Arc<Deployment>, Refusal> {
        let deployment = self.state.deployment(id).cloned();
        let deployment = deployment.ok_or_else(|| Refusal::failed("deployment not found"))?;
        if deployment.active() {
            Ok(deployment)
        } else {
            Err(Refusal::failed(format!("can't {verb} terminal deployment")))
        }
    }

    /// Fails a deployment, and goes back to the newest stable version where a group wants that.
    ///
    /// # Errors
    /// When there is no such deployment or it is over.
    pub fn fail_by_hand(&mut self, id: Id) -> Result<DeploymentChange, Refusal> {
        let deployment = self.steerable(id, "fail")?;
        let revert = deployment.groups.values().any(|g| g.auto_revert);
        let (eval, reverted) = self.fail_deployment(id, words::FAILED_BY_USER, revert).unzip();
        Ok(DeploymentChange { eval, index: self.state.indexes.latest(), reverted: reverted.flatten() })
    }

    /// Holds a deployment, or lets it go on.
    ///
    /// # Errors
    /// When there is no such deployment or it is over.
    pub fn pause_deployment(&mut self, id: Id, pause: bool) -> Result<DeploymentChange, Refusal> {
        let deployment = self.steerable(id, if pause { "pause" } else { "resume" })?;
        let eval = (!pause).then(|| self.deployment_eval(&deployment));
        let mut change =
            DeploymentChange { eval: eval.as_ref().map(|e| e.id), ..DeploymentChange::default() };
        let (status, description) = if pause {
            (DeploymentStatus::Paused, words::PAUSED)
        } else {
            (DeploymentStatus::Running, words::RUNNING)
        };
        let mut write = self.write();
        change.index = write.index;
        write.update_deployment(&StatusUpdate { id, status, description: description.into() });
        if let Some(eval) = eval {
            write.add_eval(eval);
        }
        Ok(change)
    }

    /// Promotes canaries.
    ///
    /// # Errors
    /// When there is no such deployment, it is over, or its canaries are not healthy.
    pub fn promote_by_hand(&mut self, id: Id, groups: &Groups) -> Result<DeploymentChange, Refusal> {
        let deployment = self.steerable(id, "promote")?;
        let canaries = self.state.promotable(&deployment, groups).map_err(Refusal::failed)?;
        let eval = self.deployment_eval(&deployment);
        let eval_id = eval.id;
        let mut write = self.write();
        let index = write.index;
        write.promote(id, groups, &canaries);
        write.add_eval(eval);
        Ok(DeploymentChange { eval: Some(eval_id), index, reverted: None })
    }

    /// Decides on the health of allocations by hand.
    ///
    /// # Errors
    /// When there is no such deployment, it is over, or an allocation is not of it.
    pub fn decide_by_hand(&mut self, id: Id, decision: &HealthDecision) -> Result<DeploymentChange, Refusal> {
        let deployment = self.state.deployment(id).cloned();
        let deployment = deployment.ok_or_else(|| Refusal::failed("deployment not found"))?;
        if !deployment.active() {
            return Err(Refusal::failed("can't set health of allocations for a terminal deployment"));
        }
        for alloc in decision.healthy.iter().chain(&decision.unhealthy) {
            let Some(known) = self.state.alloc(*alloc) else {
                return Err(Refusal::failed(format!("unknown alloc \"{alloc}\"")));
            };
            if known.deployment_id != Some(id) {
                let words = format!("alloc \"{alloc}\" is not part of deployment \"{id}\"");
                return Err(Refusal::failed(words));
            }
        }
        let eval = self.deployment_eval(&deployment);
        let eval_id = eval.id;
        let (failure, target) = self.consequence(&deployment, decision);
        let reverted = target.as_ref().map(|job| job.version);
        let mut write = self.write();
        let index = write.index;
        write.decide_health(&decision.healthy, true);
        write.decide_health(&decision.unhealthy, false);
        if let Some(failure) = failure {
            write.update_deployment(&failure);
        }
        if let Some(target) = target {
            write.register(Job::clone(&target), None);
        }
        write.add_eval(eval);
        Ok(DeploymentChange { eval: Some(eval_id), index, reverted })
    }

    /// How a deployment fails when allocations of it are called unhealthy.
    fn consequence(
        &self,
        deployment: &Deployment,
        decision: &HealthDecision,
    ) -> (Option<StatusUpdate>, Option<Arc<Job>>) {
        if decision.unhealthy.is_empty() {
            return (None, None);
        }
        let reverts = |id: &Id| {
            let group = self.state.alloc(*id).and_then(|a| deployment.groups.get(&*a.group));
            group.is_some_and(|g| g.auto_revert)
        };
        let stable = self.state.versions(&deployment.job).iter().any(|job| job.stable);
        let revert = stable && decision.unhealthy.iter().any(reverts);
        let (description, target) = self.rollback(deployment, words::FAILED_ALLOCS, revert);
        (Some(StatusUpdate { id: deployment.id, status: DeploymentStatus::Failed, description }), target)
    }

    /// Lets a deployment go on that waits for other regions: there are none, and nothing is done.
    ///
    /// # Errors
    /// When there is no such deployment or it is over.
    pub fn unblock_deployment(&self, id: Id) -> Result<DeploymentChange, Refusal> {
        self.steerable(id, "unblock")?;
        Ok(DeploymentChange::default())
    }
}
