//! `fleet scaling …`

pub mod list;
pub mod show;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

/// Verbs on scaling policies.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    List(list::Args),
    Show(show::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::List(args) => list::run(&args, app).await,
            Command::Show(args) => show::run(&args, app).await,
        }
    }
}
