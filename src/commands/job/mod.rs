//! `fleet job …`

pub mod diff;
pub mod history;
pub mod inspect;
mod instances;
pub mod list;
pub mod plan;
pub mod show;
#[cfg(test)]
mod tests;
pub mod validate;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on jobs.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Diff(diff::Args),
    History(history::Args),
    Inspect(inspect::Args),
    List(list::Args),
    Plan(plan::Args),
    Show(show::Args),
    Validate(validate::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Diff(args) => return diff::run(&args, app).await,
            Command::History(args) => history::run(&args, app).await?,
            Command::Inspect(args) => inspect::run(&args, app).await?,
            Command::List(args) => list::run(&args, app).await?,
            Command::Plan(args) => return plan::run(&args, app).await,
            Command::Show(args) => show::run(&args, app).await?,
            Command::Validate(args) => validate::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
