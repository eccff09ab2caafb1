//! `fleet promote`

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::rollout::{Promote, promote, under_way};
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Promote the healthy canaries of a job's deployment, and follow it to its end.
///
/// Looks at the canaries first: refuses when they are not healthy at this moment, or that is not known (exit code 7), whatever the
/// servers found before. Waits where the servers would take a group below its floor with that, since instances are away; where waiting
/// does not help it is refused (7). Reads back that every group is promoted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet promote web
  fleet promote web --group api
  fleet promote web --detach")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    #[command(flatten)]
    how: Promote,
}

/// Promotes.
///
/// # Errors
/// Refused (7) when there is nothing to promote, or the canaries are not healthy; how the deployment ended.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    app.bound(args.how.timeout)?;
    let (job, deployment) = under_way(app, &args.job).await?;
    promote(app, &job, &deployment, &args.how).await
}
