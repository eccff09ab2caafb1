//! `fleet promote`

use std::time::Duration;

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::rollout::{promote, under_way};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ui::duration;

/// Promote the healthy canaries of a job's deployment, and follow it to its end.
///
/// Reads back that every group is promoted. Refuses when the canaries are not healthy (exit code 7).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet promote web
  fleet promote web --group api
  fleet promote web --detach")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Promote only this group.
    #[arg(long, value_name = "GROUP", add = clap_complete::ArgValueCompleter::new(complete::groups))]
    group: Vec<String>,

    /// Do not follow.
    #[arg(long)]
    detach: bool,

    /// Stop following after this time; the deployment goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    timeout: Option<Duration>,
}

/// Promotes.
///
/// # Errors
/// Refused (7) when there is nothing to promote; how the deployment ended.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let (job, deployment) = under_way(app, &args.job).await?;
    promote(app, &job, &deployment, &args.group, (args.detach, args.timeout)).await
}
