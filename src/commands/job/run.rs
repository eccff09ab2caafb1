//! `fleet job run`

use crate::app::App;
use crate::commands::deploy;
use crate::commands::shared::jobfile::JobFile;
use crate::commands::shared::rollout::Follow;
use crate::commands::shared::update_gate::FloorArgs;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Register a job file without asking, and follow it: as `fleet deploy FILE --yes`, without further options.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job run web.nomad.hcl
  fleet job run web.nomad.hcl --detach")]
pub struct Args {
    #[command(flatten)]
    job: JobFile,

    #[command(flatten)]
    follow: Follow,

    #[command(flatten)]
    floor: FloorArgs,
}

/// Registers a job file.
///
/// # Errors
/// As `fleet deploy`.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let deploy = deploy::Args::plain(&args.job.file, &args.job.variables, &args.follow, args.floor);
    Box::pin(deploy::run(&deploy, app)).await
}
