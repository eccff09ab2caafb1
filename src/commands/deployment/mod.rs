//! `fleet deployment …`

pub mod act;
pub mod list;
pub mod show;
#[cfg(test)]
mod tests;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on deployments.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    /// Fail a deployment, and wait until the last good version is healthy again.
    #[command(after_help = "Examples:\n  fleet deployment fail 5b1c")]
    Fail(act::ReplacingArgs),
    List(list::Args),
    /// Pause a deployment until it is resumed.
    #[command(after_help = "Examples:\n  fleet deployment pause 5b1c")]
    Pause(act::DeploymentArgs),
    Promote(act::PromoteArgs),
    /// Resume a paused deployment.
    #[command(after_help = "Examples:\n  fleet deployment resume 5b1c")]
    Resume(act::ReplacingArgs),
    Show(show::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Fail(args) => return act::fail(&args, app).await,
            Command::List(args) => list::run(&args, app).await?,
            Command::Pause(args) => act::pause(&args, app).await?,
            Command::Promote(args) => return act::promote(&args, app).await,
            Command::Resume(args) => act::resume(&args, app).await?,
            Command::Show(args) => show::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
