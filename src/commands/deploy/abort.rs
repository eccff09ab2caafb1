//! `fleet abort`

use std::time::Duration;

use crate::api::nomad::job;
use crate::app::App;
use crate::commands::shared::rollout::take_back;
use crate::commands::shared::update_gate::FloorArgs;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ui::duration;

/// Abort a deployment: fail it, roll back to the last good version, and wait until that is healthy.
///
/// Works in every state: while canaries are tried or wait for promotion, while instances are replaced, when the deployment is
/// paused or blocked, and when it has failed already. The exit code is 0 when the last good version runs again and is healthy.
///
/// Where going back at once would take a group below its floor, since instances start or are away, the deployment is paused until they
/// are back; where waiting does not help it is refused (exit code 7), and the deployment stays paused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet abort web
  fleet abort web --timeout 10m
  fleet abort web --force-below-floor")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Stop following after this time; the rollback goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    #[command(flatten)]
    floor: FloorArgs,
}

/// Takes a deployment back.
///
/// # Errors
/// Failed (1) when the version before does not come back; refused (7) below the floor.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    app.bound(args.timeout)?;
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let job = nomad.read(&job::get(&stub.namespace, &stub.id)).await?.value;
    take_back(app, &job, args.timeout, args.floor).await
}
