//! `fleet sandbox run`

use std::ffi::OsString;

use crate::app::App;
use crate::commands::sandbox::cluster::{ClusterArgs, SimulatedAccess, state_dir};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;

/// Run one fleet command against the embedded fleet, and exit with its exit code.
///
/// A simulated cluster starts on loopback inside this process, the command runs against it, and both end together. Nothing
/// of your own clusters, contexts or variables is used.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet sandbox run -- status
  fleet sandbox run -- rotate-nodes --class old --singletons gap --batch wait --yes
  fleet sandbox run --scenario full -- rotate-nodes --class old --dry-run
  fleet sandbox run --speed 20 --fault 'PUT /v1/node/*/drain nth=1 drop-reply' -- node drain c1 --yes")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,

    /// The command and its arguments, without `fleet`.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command.
///
/// # Errors
/// When the embedded fleet cannot start.
pub async fn run(args: &Args, app: &App, invocation: &Invocation) -> Result<ExitCode> {
    let (cluster, reach) = args.cluster.start(SimulatedAccess::default(), &app.env).await?;
    let state = state_dir()?;
    app.printer.note(&args.cluster.story());
    // A command that was pasted from a hint names the program too.
    let command = args.command.iter().skip_while(|word| *word == "fleet").cloned();
    let inner = Invocation {
        args: std::iter::once(OsString::from("fleet")).chain(command).collect(),
        env: reach.environment(&app.env, state.path()),
        streams: std::sync::Arc::clone(&invocation.streams),
        clock: cluster.clock(&invocation.clock),
        line: invocation.line,
    };
    Ok((inner.line.run)(&inner, app.interrupts.clone()).await)
}
