//! `fleet sandbox …`

mod cluster;
pub mod run;
pub mod shell;
pub mod up;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;

/// Verbs on the embedded fleet.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Run(run::Args),
    Shell(shell::Args),
    Up(up::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App, invocation: &Invocation) -> Result<ExitCode> {
        match self {
            Command::Run(args) => run::run(&args, app, invocation).await,
            Command::Shell(args) => shell::run(&args, app).await,
            Command::Up(args) => up::run(&args, app).await,
        }
    }
}
