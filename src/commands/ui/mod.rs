//! `fleet ui`

mod child;
mod live;
mod picture;
mod rotations;
mod session;

use std::ffi::OsString;

use crate::app::App;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;

/// Show the cluster on the whole screen, live, and act on what is selected.
///
/// Five views: problems, jobs with their groups and allocations, nodes and what was placed on them, deployments that are under way or
/// wait for somebody, and rotations as they go on. The event stream says when to look again; the age of what is shown stands above it,
/// and a lost connection is said and taken up again. How an allocation does is what its tasks and checks say now.
///
/// `?` shows the keys, `/` filters, and `:` takes any command of fleet. What a key does is a command of fleet too: it runs on the
/// same terminal with its own questions, and the screen comes back after it. One that changes the cluster is shown first, and runs
/// when Enter is pressed.
///
/// It takes the requests of `fleet status --watch`, and a few for each thing that is opened, sixteen at most. Without a terminal
/// `fleet status --watch` tells the same in plain lines.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet ui
  fleet ui --namespace ops
  fleet --context prod ui")]
pub struct Args {
    /// As `nomad ui THING`: opens the page of a thing, as `fleet open THING` does.
    #[arg(value_name = "THING", hide = true, add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    thing: Option<String>,
}

/// Shows it until `q` or Ctrl-C.
///
/// # Errors
/// Usage (2) where there is no terminal; when the cluster cannot be read at the beginning.
pub async fn run(args: &Args, app: &App, invocation: &Invocation) -> Result<ExitCode> {
    if let Some(thing) = &args.thing {
        let words = ["open", thing.as_str()].map(OsString::from);
        let (_, global) = invocation.words_apart();
        let program = invocation.args.iter().take(1).cloned();
        let args = program.chain(global.into_iter().map(OsString::from)).chain(words).collect();
        let open = Invocation { args, ..invocation.clone() };
        return Ok((invocation.line.run)(&open, app.interrupts.clone()).await);
    }
    if let Some(why) = no_screen(app) {
        return Err(Error::usage("fleet ui draws a whole screen, and there is none")
            .because(why)
            .hint("fleet status --watch"));
    }
    Box::pin(session::run(app, invocation)).await?;
    Ok(ExitCode::Done)
}

/// Why there is no screen to draw on.
fn no_screen(app: &App) -> Option<&'static str> {
    let facts = app.printer.facts();
    match (facts.stdin_tty, facts.stdout_tty) {
        _ if app.printer.is_machine() => Some("-o asks for what a program reads"),
        (false, _) => Some("stdin is not a terminal"),
        (_, false) => Some("stdout is not a terminal"),
        _ if app.env.get("TERM") == Some("dumb") => Some("TERM is dumb: it knows no screen"),
        _ => None,
    }
}
