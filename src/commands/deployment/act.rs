//! `fleet deployment promote`, `fail`, `pause` and `resume`: on a deployment by its id.

use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{self, Job};
use crate::app::App;
use crate::commands::shared::rollout::{self, Promote};
use crate::commands::shared::update_gate::FloorArgs;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Promote the healthy canaries of a deployment, and follow it to its end.
///
/// Refuses when they are not healthy at this moment, or that is not known (exit code 7).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet deployment promote 5b1c
  fleet deployment promote 5b1c --group api")]
pub struct PromoteArgs {
    /// The deployment, by the beginning of its id.
    #[arg(value_name = "DEPLOYMENT", add = clap_complete::ArgValueCompleter::new(complete::deployments))]
    id: String,

    #[command(flatten)]
    how: Promote,
}

/// A deployment, for the verbs that take nothing else.
#[derive(Debug, clap::Args)]
pub struct DeploymentArgs {
    /// The deployment, by the beginning of its id.
    #[arg(value_name = "DEPLOYMENT", add = clap_complete::ArgValueCompleter::new(complete::deployments))]
    id: String,
}

/// A deployment, for the verbs that have the servers replace something.
#[derive(Debug, clap::Args)]
pub struct ReplacingArgs {
    /// The deployment, by the beginning of its id.
    #[arg(value_name = "DEPLOYMENT", add = clap_complete::ArgValueCompleter::new(complete::deployments))]
    id: String,

    #[command(flatten)]
    floor: FloorArgs,
}

async fn under_way(app: &App, id: &str) -> Result<(Job, Deployment)> {
    let nomad = app.nomad()?;
    let deployment = resolve::deployment(nomad, id).await?;
    if !deployment.status.is_active() {
        return Err(Error::refused(format!(
            "deployment {} of {} is {}",
            deployment.id, deployment.job_id, deployment.status
        ))
        .because(deployment.status_description));
    }
    let job = nomad.read(&job::get(&deployment.namespace, &deployment.job_id)).await?.value;
    Ok((job, deployment))
}

/// Promotes.
///
/// # Errors
/// Refused (7) when it is over or has nothing to promote; how it ended.
pub async fn promote(args: &PromoteArgs, app: &App) -> Result<ExitCode> {
    app.bound(args.how.timeout)?;
    let (job, deployment) = under_way(app, &args.id).await?;
    rollout::promote(app, &job, &deployment, &args.how).await
}

/// Fails a deployment and sees the version before healthy again.
///
/// # Errors
/// Refused (7) when it is over, or below the floor; failed (1) when the version before does not come back.
pub async fn fail(args: &ReplacingArgs, app: &App) -> Result<ExitCode> {
    let (job, _) = under_way(app, &args.id).await?;
    rollout::take_back(app, &job, None, args.floor).await
}

/// Pauses a deployment.
///
/// # Errors
/// Refused (7) when it is over.
pub async fn pause(args: &DeploymentArgs, app: &App) -> Result<()> {
    let (_, deployment) = under_way(app, &args.id).await?;
    rollout::pause(app, &deployment).await
}

/// Lets a paused deployment go on.
///
/// # Errors
/// Refused (7) when it is over, or below the floor.
pub async fn resume(args: &ReplacingArgs, app: &App) -> Result<()> {
    let (job, deployment) = under_way(app, &args.id).await?;
    rollout::resume(app, &job, &deployment, args.floor).await
}
