//! Following what another verb has begun.

use std::time::Duration;

use super::narrate::{Narrated, Narrator};
use super::report::Report;
use super::track::Tracker;
use crate::api::nomad::job::Job;
use crate::app::App;
use crate::commands::shared::update_gate::FloorArgs;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::rollout::Target;
use crate::ops::deploy::{FloorPolicy, MOST_CRASHES, Options, Promotion};
use crate::ui::duration;

/// Whether and how long a verb follows the version it made.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Follow {
    /// Do not follow.
    #[arg(long)]
    pub detach: bool,

    /// Stop following after this time; what was started goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    pub timeout: Option<Duration>,

    /// How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of
    /// 10s and the job's min_healthy_time].
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    pub settle: Option<Duration>,
}

/// Options that only look.
pub(crate) fn only_looking() -> Options {
    Options {
        promotion: Promotion::AsWritten,
        gates: Vec::new(),
        every: Duration::from_secs(5),
        most_crashes: None,
        blocked_for: None,
        settle: None,
        rollback: false,
        take_back: false,
        joined: true,
        unchanged: false,
        fails: false,
        since: None,
        until: None,
        floor: FloorPolicy::default(),
        holds: false,
    }
}

/// Follows a version to its end, and reports it.
pub(crate) struct Following<'a> {
    app: &'a App,
    options: Options,
    detach: bool,
}

impl<'a> Following<'a> {
    pub(crate) fn new(app: &'a App, follow: &Follow) -> Self {
        let until = follow.timeout.map(|t| app.clock().now() + t);
        let options = Options {
            until,
            settle: follow.settle,
            most_crashes: Some(MOST_CRASHES),
            joined: false,
            fails: true,
            holds: true,
            ..only_looking()
        };
        Following { app, options, detach: follow.detach }
    }

    /// Nothing was to be done: what is healthy was so before.
    pub(crate) fn unchanged(mut self) -> Self {
        (self.options.joined, self.options.unchanged, self.options.fails) = (true, true, false);
        self
    }

    /// Nothing was registered, but something was asked for, at this index of the servers' state: what was so before is no news.
    pub(crate) fn since(mut self, index: u64) -> Self {
        (self.options.joined, self.options.since, self.options.fails) = (true, Some(index), false);
        self
    }

    /// What it follows was let through this gate, and on the same terms it is held to the floor.
    pub(crate) fn through(mut self, floor: FloorArgs, repairs: bool) -> Self {
        self.options.floor = FloorPolicy { repairs, ..floor.policy() };
        self
    }

    /// Promotes canaries as soon as they are healthy.
    pub(crate) fn promotes(&mut self) {
        self.options.promotion = Promotion::WhenGatesHold(Duration::ZERO);
    }

    /// Follows the job as it is registered now.
    pub(crate) async fn follow(self, job: &Job) -> Result<ExitCode> {
        let mut report = Report::default();
        if self.detach {
            report.detached(job);
            return report.finish(self.app, Narrated::default(), true);
        }
        let permission = self.app.explicit();
        let mut narrator = Narrator::new(self.app);
        let mut tracker = Tracker::of(self.app, &permission, self.options, job).await?;
        let end = tracker.follow(Target::of(job), &mut narrator).await;
        let told = narrator.end();
        report.add(job, end?);
        report.finish(self.app, told, false)
    }
}
