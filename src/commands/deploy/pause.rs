//! `fleet pause` and `fleet resume`

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::rollout::{set_paused, under_way};
use crate::error::Result;

/// Pause a deployment: nothing more is replaced until it is resumed, and it does not time out meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pause web")]
pub struct PauseArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// Resume a paused deployment, with a new progress deadline.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet resume web")]
pub struct ResumeArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// Pauses a deployment.
///
/// # Errors
/// Refused (7) when none is under way.
pub async fn pause(args: &PauseArgs, app: &App) -> Result<()> {
    let (_, deployment) = under_way(app, &args.job).await?;
    set_paused(app, &deployment, true).await
}

/// Resumes a deployment.
///
/// # Errors
/// Refused (7) when none is under way.
pub async fn resume(args: &ResumeArgs, app: &App) -> Result<()> {
    let (_, deployment) = under_way(app, &args.job).await?;
    set_paused(app, &deployment, false).await
}
