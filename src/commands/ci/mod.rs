//! `fleet ci …`, and what `fleet deploy --ci` resolves.

pub mod env;
pub mod stop;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs of pipelines.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Env(env::Args),
    Stop(stop::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Env(args) => env::run(&args, app)?,
            Command::Stop(args) => return stop::run(&args, app).await,
        }
        Ok(ExitCode::Done)
    }
}
