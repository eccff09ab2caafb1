//! `fleet pool …`

pub mod apply;
pub mod delete;
pub mod jobs;
pub mod list;
pub mod nodes;
pub mod show;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on node pools.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Apply(apply::Args),
    Delete(delete::Args),
    Jobs(jobs::Args),
    List(list::Args),
    Nodes(nodes::Args),
    Show(show::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Apply(args) => apply::run(&args, app).await?,
            Command::Delete(args) => delete::run(&args, app).await?,
            Command::Jobs(args) => jobs::run(&args, app).await?,
            Command::List(args) => list::run(&args, app).await?,
            Command::Nodes(args) => nodes::run(&args, app).await?,
            Command::Show(args) => show::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
