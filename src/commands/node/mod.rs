//! `fleet node …`

mod change;
pub mod drain;
mod eligibility;
pub mod eligible;
pub mod ineligible;
pub mod list;
pub mod show;
#[cfg(test)]
mod tests;
pub mod undrain;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

/// Verbs on nodes.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Drain(Box<drain::Args>),
    Eligible(eligible::Args),
    Ineligible(ineligible::Args),
    List(list::Args),
    Show(show::Args),
    Undrain(undrain::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Drain(args) => Box::pin(drain::run(&args, app)).await,
            Command::Eligible(args) => eligible::run(&args, app).await,
            Command::Ineligible(args) => ineligible::run(&args, app).await,
            Command::List(args) => list::run(&args, app).await,
            Command::Show(args) => show::run(&args, app).await,
            Command::Undrain(args) => undrain::run(&args, app).await,
        }
    }
}
