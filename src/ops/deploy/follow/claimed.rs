//! The claim by which a run shows that it keeps a deployment paused, and by which another one goes on with that.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::Follow;
use super::hold::Held;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::error::Result;
use crate::model::ids::JobKey;
use crate::ops::deploy::event::Event;
use crate::ops::deploy::pause_claim;
use crate::ops::migration::lock::{self, Claim, Guard};

/// How often it is looked who keeps a deployment paused.
const KEEPER_EVERY: Duration = Duration::from_secs(2);

/// Another run of `fleet` that keeps the deployment paused, and when it was seen to.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    seen: Timestamp,
    pub(super) by: String,
}

impl Follow<'_> {
    /// Shows on the cluster that this run keeps the deployment paused, while it does.
    pub(super) async fn keep_claim(&mut self, deployment: &Deployment, now: Timestamp) -> Result<()> {
        match self.floor.steps.held.as_ref().map(|held| held.since) {
            Some(since) => self.claim_pause(deployment, since, now).await,
            None => Ok(()),
        }
    }

    /// Claims a deployment that is about to be paused; whether no other run keeps it paused, which is waited for then.
    pub(super) async fn may_pause(&mut self, deployment: &Deployment, now: Timestamp) -> Result<bool> {
        self.claim_pause(deployment, now, now).await?;
        let claims = lock::read_visible(&self.nomad).await?;
        let own = self.floor.guard.as_ref().map(Guard::name);
        let is_other = |(name, claim): &(&String, &Claim)| {
            Some(name.as_str()) != own && !claim.jobs.is_empty() && !claim.has_ended()
        };
        let other = pause_claim::keeper(&claims, deployment).filter(is_other);
        let Some((_, claim)) = other else { return Ok(true) };
        let by = pause_claim::in_words(claim);
        self.let_go().await;
        self.floor.steps.keeper = Some(Keeper { seen: now, by });
        Ok(false)
    }

    /// Claims that this run keeps the deployment paused since then, and keeps the claim alive.
    async fn claim_pause(&mut self, deployment: &Deployment, since: Timestamp, now: Timestamp) -> Result<()> {
        let what = pause_claim::name(deployment);
        if !self.floor.guard.as_ref().is_some_and(|guard| lock::is_run_of(guard.name(), &what)) {
            self.let_go().await;
            let holder = pause_claim::holder(deployment, self.floor.user.clone(), since);
            let jobs = BTreeSet::from([JobKey::new(&*deployment.namespace, &*deployment.job_id)]);
            let guard = Guard::new(&self.nomad, self.permission, holder, jobs);
            self.floor.guard = Some(guard.as_run_of(&what));
        }
        if let Some(guard) = &mut self.floor.guard {
            // Whoever else moves the job is asked for before it goes on.
            drop(guard.keep(now).await?);
        }
        Ok(())
    }

    /// Looks who keeps a deployment paused that this run has not paused: one that lives is waited for, and what another one, ended by
    /// force, has left so is gone on with.
    pub(super) async fn look_for_keeper(&mut self, deployment: &Deployment, now: Timestamp) -> Result<()> {
        let hold = &mut self.floor.steps;
        if hold.is_held() || hold.is_left || deployment.status != DeploymentStatus::Paused {
            hold.keeper = None;
            return Ok(());
        }
        if hold.keeper.as_ref().is_some_and(|k| now.duration_since(k.seen).unsigned_abs() < KEEPER_EVERY) {
            return Ok(());
        }
        let claims = lock::read_visible(&self.nomad).await?;
        let may_hold = self.holds_steps();
        let hold = &mut self.floor.steps;
        let silent = hold.sightings.silent(&claims, now);
        let Some((name, claim)) = pause_claim::keeper(&claims, deployment) else {
            hold.keeper = None;
            return Ok(());
        };
        let by = pause_claim::in_words(claim);
        if !silent.contains(name) || !may_hold {
            hold.keeper = Some(Keeper { seen: now, by });
            return Ok(());
        }
        hold.keeper = None;
        hold.held = Some(Held::new(deployment, claim.holder.since, by.clone()));
        self.tell(Event::PauseTakenUp { version: self.target.version, by })
    }
}
