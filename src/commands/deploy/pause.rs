//! `fleet pause` and `fleet resume`

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::rollout::{self, under_way};
use crate::commands::shared::update_gate::FloorArgs;
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
///
/// Waits where the servers would take a group below its floor with that, since instances are away; where waiting does not help it is
/// refused (exit code 7).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet resume web")]
pub struct ResumeArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    #[command(flatten)]
    floor: FloorArgs,
}

/// Pauses a deployment.
///
/// # Errors
/// Refused (7) when none is under way.
pub async fn pause(args: &PauseArgs, app: &App) -> Result<()> {
    let (_, deployment) = under_way(app, &args.job).await?;
    rollout::pause(app, &deployment).await
}

/// Resumes a deployment.
///
/// # Errors
/// Refused (7) when none is under way, or below the floor.
pub async fn resume(args: &ResumeArgs, app: &App) -> Result<()> {
    let (job, deployment) = under_way(app, &args.job).await?;
    rollout::resume(app, &job, &deployment, args.floor).await
}
