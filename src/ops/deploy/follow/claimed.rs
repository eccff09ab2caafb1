//! The claim by which a run shows that it keeps a deployment paused, and by which another one goes on with that.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Follow;
use super::hold::Held;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::ids::JobKey;
use crate::ops::deploy::event::Event;
use crate::ops::deploy::pause_claim;
use crate::ops::migration::lock::{self, Guard};

impl Follow<'_> {
    /// Shows on the cluster that this run keeps the deployment paused, while it does.
    pub(super) async fn keep_claim(&mut self, deployment: &Deployment, now: Timestamp) -> Result<()> {
        let Some(since) = self.floor.steps.held.as_ref().map(|held| held.since) else { return Ok(()) };
        if !self.floor.steps.is_claimed {
            self.let_go().await;
            let holder = pause_claim::holder(deployment, self.floor.user.clone(), since);
            let jobs = BTreeSet::from([JobKey::new(&*deployment.namespace, &*deployment.job_id)]);
            let name = pause_claim::name(deployment);
            self.floor.guard = Some(Guard::named(&name, &self.nomad, self.permission, holder, jobs));
            self.floor.steps.is_claimed = true;
        }
        if let Some(guard) = &mut self.floor.guard {
            // Whoever else moves the job is asked for before it goes on.
            drop(guard.keep(now).await?);
        }
        Ok(())
    }

    /// Goes on with what an earlier run has paused and, ended by force, left so.
    pub(super) async fn take_up(&mut self, deployment: &Deployment) -> Result<()> {
        let hold = &mut self.floor.steps;
        let is_begun = std::mem::replace(&mut hold.is_begun, true);
        if is_begun || hold.is_held() || deployment.status != DeploymentStatus::Paused || !self.holds_steps()
        {
            return Ok(());
        }
        let claims = lock::read_visible(&self.nomad).await?;
        let Some(claim) = pause_claim::keeper(&claims, deployment).cloned() else { return Ok(()) };
        let waits = format!("waiting until it is sure that {} does not run any more", claim.holder);
        self.observer.waiting(&[waits]);
        let name = pause_claim::name(deployment);
        match lock::await_silence(&self.nomad, &name, &self.clock, |_| {}).await {
            Ok(_) => {}
            // It lives, and lets the deployment go on by itself.
            Err(e) if e.code() == ExitCode::Refused => return Ok(()),
            Err(e) => return Err(e),
        }
        let by = pause_claim::in_words(&claim);
        self.floor.steps.held = Some(Held::new(deployment, claim.holder.since, by.clone()));
        self.tell(Event::PauseTakenUp { version: self.target.version, by })
    }
}
