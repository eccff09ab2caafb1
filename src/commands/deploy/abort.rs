//! `fleet abort`

use std::time::Duration;

use super::narrate::Narrator;
use super::report::Report;
use super::status::only_looking;
use super::track::Tracker;
use crate::api::nomad::job::{self, Job};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::ids::job_words;
use crate::model::rollout::Target;
use crate::ops::deploy::{End, Options};
use crate::ui::duration;

/// Take the deployment of a job back: fail it, bring the last good version back, and see it healthy everywhere.
///
/// It works in every state: while canaries are tried or wait, while instances are replaced, when the deployment is paused or
/// blocked, and when it has failed already. The exit code is 0 when the version before runs again and is healthy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet abort web
  fleet abort web --timeout 10m")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// How long to follow; the way back goes on when it has passed.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
}

/// Takes a deployment back.
///
/// # Errors
/// Failed (1) when the version before does not come back.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let job = nomad.read(&job::get(&stub.namespace, &stub.id)).await?.value;
    take_back(app, &job, args.timeout).await
}

/// Fails the deployment if it is under way, or comes to be, and follows until the version before runs again.
pub(crate) async fn take_back(app: &App, job: &Job, timeout: Option<Duration>) -> Result<ExitCode> {
    let permission = app.explicit();
    let mut narrator = Narrator::new(app);
    let until = timeout.map(|t| app.clock().now() + t);
    let options = Options { rollback: true, take_back: true, until, ..only_looking() };
    let mut tracker = Tracker::of(app, &permission, options, job).await?;
    let end = tracker.follow(Target::of(job), &mut narrator).await;
    let evidence = narrator.end();
    let end = end?;
    let mut report = Report::default();
    // Here going back is what was asked for.
    let end = match end {
        End::RolledBack { version, .. } => End::Healthy { version },
        other => other,
    };
    if end == (End::Healthy { version: job.version }) {
        let name = job_words(&job.namespace, &job.id);
        app.printer.note(&format!(
            "nothing of {} was under way, and nothing was taken back; to go back to an earlier version: fleet job revert {name}",
            job.id
        ));
    }
    report.add(job, end);
    report.finish(app, evidence, false)
}
