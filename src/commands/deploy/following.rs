//! Following what another verb has begun.

use super::narrate::Narrator;
use super::report::Report;
use super::status::only_looking;
use super::track::Tracker;
use crate::api::nomad::job::Job;
use crate::app::App;
use crate::commands::job::new_version::Follow;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::rollout::Target;
use crate::ops::deploy::{Options, Promotion};

/// Follows a version to its end, and reports it.
pub(crate) struct Following<'a> {
    app: &'a App,
    options: Options,
    detach: bool,
}

impl<'a> Following<'a> {
    pub(crate) fn new(app: &'a App, follow: &Follow) -> Self {
        let until = follow.timeout.map(|t| app.clock().now() + t);
        Following { app, options: Options { until, ..only_looking() }, detach: follow.detach }
    }

    /// Promotes canaries as soon as they are healthy.
    pub(crate) fn promotes(&mut self) {
        self.options.promotion = Promotion::WhenGatesHold(std::time::Duration::ZERO);
    }

    /// Follows the job as it is registered now.
    pub(crate) async fn follow(self, job: &Job) -> Result<ExitCode> {
        let mut report = Report::default();
        if self.detach {
            report.detached(job);
            return report.finish(self.app, Vec::new(), true);
        }
        let permission = self.app.explicit();
        let mut narrator = Narrator::new(self.app);
        let mut tracker = Tracker::of(self.app, &permission, self.options, job).await?;
        let end = tracker.follow(Target::of(job), &mut narrator).await;
        let evidence = narrator.end();
        report.add(job, end?);
        report.finish(self.app, evidence, false)
    }
}
