//! `fleet config …`

pub mod apply;
pub mod delete;
pub mod diff;
mod files;
pub mod history;
pub mod list;
pub mod show;
mod subject;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on config entries.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Apply(Box<apply::Args>),
    Delete(Box<delete::Args>),
    Diff(diff::Args),
    History(history::Args),
    List(list::Args),
    Show(show::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Apply(args) => return apply::run(&args, app).await,
            Command::Delete(args) => return delete::run(&args, app).await,
            Command::Diff(args) => return diff::run(&args, app).await,
            Command::History(args) => history::run(&args, app)?,
            Command::List(args) => list::run(&args, app).await?,
            Command::Show(args) => show::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
