//! How commands in tasks are attached, and how many run at a time: the same for whatever is run.

use crate::api::nomad::allocation::AllocStub;
use crate::app::App;
use crate::commands::shared::exec::Attach;
use crate::commands::shared::exec::many;
use crate::commands::shared::target::TaskPlace;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::exec::Launch;

/// How a command is attached to this process, or how several run side by side.
#[derive(Debug, clap::Args)]
pub(crate) struct ExecFlags {
    /// Pass stdin to the command; without -i its stdin is empty.
    #[arg(long, short = 'i')]
    stdin: bool,

    /// Give the command a terminal [default: when stdin and stdout are one].
    #[arg(long, short = 't', conflicts_with = "no_tty")]
    tty: bool,

    /// Do not give the command a terminal.
    #[arg(long, short = 'T')]
    no_tty: bool,

    /// Run in every matching task, not only the best one.
    #[arg(long, help_heading = "Several targets")]
    pub(crate) all: bool,

    /// With several targets, run in at most N at the same time.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64), help_heading = "Several targets")]
    parallel: u16,

    /// Start no more after the first failure.
    #[arg(long, help_heading = "Several targets")]
    fail_fast: bool,

    /// Print the output of each target in one piece when it ends, instead of line by line.
    #[arg(long, help_heading = "Several targets")]
    group_output: bool,
}

/// A command and the task it is to run in.
pub(crate) struct CommandInTask {
    /// Where.
    pub(crate) place: TaskPlace,
    /// What.
    pub(crate) launch: Launch,
}

impl ExecFlags {
    /// Whether the command gets a terminal.
    ///
    /// # Errors
    /// Usage (2) when several are to share a terminal or stdin.
    pub(crate) fn terminal(&self, app: &App, many: bool) -> Result<bool> {
        let facts = app.printer.facts();
        if many && (self.tty || self.stdin) {
            return Err(
                Error::usage("several targets cannot share a terminal or stdin").hint("leave -i and -t out")
            );
        }
        if app.printer.is_machine() && self.tty {
            return Err(Error::usage("what a terminal shows is no document").hint("leave -t or -o out"));
        }
        let by_itself = !many && !self.no_tty && !app.printer.is_machine();
        Ok(self.tty || (by_itself && facts.stdin_tty && facts.stdout_tty))
    }

    /// Runs one command with this process's streams, or many with the origin before each line; a machine gets what both print as a
    /// list of how each ended. Allocations that are not reached are shown as not started, and then success everywhere else is no success.
    ///
    /// # Errors
    /// As [`Attach::run`].
    pub(crate) async fn run(
        &self,
        app: &App,
        mut starts: Vec<CommandInTask>,
        unreached: &[AllocStub],
        many: bool,
    ) -> Result<ExitCode> {
        if !many
            && !app.printer.is_machine()
            && let Some(CommandInTask { place, launch }) = starts.pop()
        {
            let stdin = self.stdin || launch.tty;
            return Attach { app, place: &place, launch, stdin }.run().await;
        }
        let options = many::Options {
            stdin: self.stdin,
            alone: !many,
            parallel: usize::from(self.parallel),
            fail_fast: self.fail_fast,
            grouped: self.group_output,
        };
        many::run(app, starts, unreached, options).await
    }
}
