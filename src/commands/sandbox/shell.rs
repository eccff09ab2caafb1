//! `fleet sandbox shell`

use crate::app::App;
use crate::commands::sandbox::cluster::{ClusterArgs, SimulatedAccess, state_dir};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Open your shell with NOMAD_ADDR and NOMAD_TOKEN set to the embedded fleet; leaving the shell ends it.
///
/// The exit code is the shell's own.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet sandbox shell
  fleet sandbox shell --scenario flaky --speed 10")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Opens the shell and waits for its end.
///
/// # Errors
/// When the embedded fleet or the shell cannot start, or the shell is killed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let (_cluster, reach) = args.cluster.start(SimulatedAccess::default(), &app.env).await?;
    let state = state_dir()?;
    let _child = app.interrupts.left_to_child();
    app.printer.note(&format!("{}; exit ends it", args.cluster.story()));
    let env = reach.environment(&app.env, state.path());
    let shell = app.env.get("SHELL").filter(|s| !s.is_empty()).unwrap_or("/bin/sh").to_owned();
    let mut command = tokio::process::Command::new(&shell);
    command.env_clear().envs(env.iter()).kill_on_drop(true);
    let status = command.status().await;
    let status =
        status.map_err(|e| Error::failed(format!("could not run {shell}")).because(e.to_string()))?;
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(code) => Ok(ExitCode::Of(code)),
        None => Err(Error::failed(format!("{shell} ended by a signal")).because(status.to_string())),
    }
}
