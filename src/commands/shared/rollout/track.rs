//! Following a version with a narrator: what every verb that changes a job ends with.

use std::sync::Arc;

use super::narrate::Narrator;
use crate::api::nomad::job::Job;
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::jobfile;
use crate::error::Result;
use crate::model::job_diff::Secrets;
use crate::model::rollout::Target;
use crate::ops::deploy::{End, FloorWatch, Follow, Options};

/// Follows versions of jobs.
pub(crate) struct Tracker<'a> {
    pub(crate) app: &'a App,
    pub(crate) permission: &'a Permission,
    pub(crate) options: Options,
    pub(crate) secrets: Secrets,
}

impl<'a> Tracker<'a> {
    /// Tracks a registered job whose file is not at hand.
    pub(crate) async fn of(
        app: &'a App,
        permission: &'a Permission,
        options: Options,
        job: &Job,
    ) -> Result<Self> {
        Ok(Tracker { app, permission, options, secrets: jobfile::secrets_of(app, job).await? })
    }

    /// Follows a version to its end.
    pub(crate) async fn follow(&mut self, target: Target, narrator: &mut Narrator) -> Result<End> {
        let orderly = self.app.interrupts.orderly();
        let mut follow = Follow {
            nomad: self.app.nomad()?.clone(),
            consul: self.app.consul()?.cloned(),
            permission: self.permission,
            target,
            options: self.options.clone(),
            secrets: self.secrets.clone(),
            observer: narrator,
            clock: Arc::clone(self.app.clock()),
            orderly,
            floor: FloorWatch::new(self.app.env.user()),
        };
        Box::pin(follow.run()).await
    }
}
