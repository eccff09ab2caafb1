//! `fleet util …`: what is not for people: what the project generates from its own command line, and what fleet does in tasks.

pub mod completions;
pub mod man;
pub mod relay;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Helpers.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Completions(completions::Args),
    Man(man::Args),
    Relay(relay::Args),
}

impl Command {
    /// Runs the helper.
    ///
    /// # Errors
    /// When a file cannot be written, or the other end of a line is none.
    pub async fn run(self, app: &App, root: clap::Command) -> Result<ExitCode> {
        match self {
            Command::Completions(args) => completions::run(&args, app, root)?,
            Command::Man(args) => man::run(&args, app, root)?,
            Command::Relay(args) => return relay::run(&args).await,
        }
        Ok(ExitCode::Done)
    }
}
