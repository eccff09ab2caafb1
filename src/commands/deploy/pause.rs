//! `fleet pause` and `fleet resume`

use super::promote::under_way;
use crate::api::nomad::allocation;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::app::App;
use crate::commands::deployment::show::View;
use crate::commands::shared::complete;
use crate::error::Result;
use crate::ops::deploy::act;

/// Halt the deployment of a job: nothing more is replaced until it is resumed, and it does not time out meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pause web")]
pub struct PauseArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// Let a halted deployment of a job go on, with a new progress deadline.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet resume web")]
pub struct ResumeArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// Halts a deployment.
///
/// # Errors
/// Refused (7) when none is under way.
pub async fn pause(args: &PauseArgs, app: &App) -> Result<()> {
    let (_, deployment) = under_way(app, &args.job).await?;
    set(app, &deployment, true).await
}

/// Lets a deployment go on.
///
/// # Errors
/// Refused (7) when none is under way.
pub async fn resume(args: &ResumeArgs, app: &App) -> Result<()> {
    let (_, deployment) = under_way(app, &args.job).await?;
    set(app, &deployment, false).await
}

/// Halts a deployment or lets it go on, and shows it as it is then.
pub(crate) async fn set(app: &App, deployment: &Deployment, pause: bool) -> Result<()> {
    let nomad = app.nomad()?;
    let already = (deployment.status == DeploymentStatus::Paused) == pause;
    if !already {
        act::pause(nomad, &app.explicit(), deployment, pause).await?;
    }
    let (now, allocs) = (
        crate::api::nomad::deployment::get(&deployment.id),
        allocation::of_deployment(&deployment.id),
    );
    let (now, allocs) = tokio::try_join!(nomad.read(&now), nomad.list(&allocs))?;
    app.printer.object(&View::new(now.value, &allocs.value, app.printer.shows_all()))
}
