//! `fleet job action …`

pub mod list;
pub mod run;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on the actions of jobs.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    List(list::Args),
    Run(Box<run::Args>),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::List(args) => list::run(&args, app).await.map(|()| ExitCode::Done),
            Command::Run(args) => run::run(&args, app).await,
        }
    }
}
