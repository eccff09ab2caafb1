//! `fleet node …`

mod change;
pub mod config;
pub mod drain;
mod eligibility;
pub mod eligible;
pub mod gc;
pub mod identity;
pub mod ineligible;
pub mod intro_token;
pub mod list;
pub mod meta;
mod outcome;
pub mod purge;
pub mod rebalance;
pub mod show;
pub mod stats;
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
    /// See which servers running clients know, and tell them others.
    #[command(subcommand)]
    Config(config::Command),
    Drain(Box<drain::Args>),
    Eligible(eligible::Args),
    Gc(Box<gc::Args>),
    /// Look at the identities by which nodes authenticate to the servers, and renew them.
    #[command(subcommand)]
    Identity(identity::Command),
    Ineligible(ineligible::Args),
    IntroToken(intro_token::Args),
    List(list::Args),
    /// Show metadata of nodes, and change it while they run.
    #[command(subcommand)]
    Meta(meta::Command),
    Purge(Box<purge::Args>),
    Rebalance(Box<rebalance::Args>),
    Show(show::Args),
    Stats(Box<stats::Args>),
    Undrain(undrain::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Config(command) => command.run(app).await,
            Command::Drain(args) => Box::pin(drain::run(&args, app)).await,
            Command::Eligible(args) => eligible::run(&args, app).await,
            Command::Gc(args) => gc::run(&args, app).await,
            Command::Identity(command) => command.run(app).await,
            Command::Ineligible(args) => ineligible::run(&args, app).await,
            Command::IntroToken(args) => intro_token::run(&args, app).await,
            Command::List(args) => list::run(&args, app).await,
            Command::Meta(command) => command.run(app).await,
            Command::Purge(args) => purge::run(&args, app).await,
            Command::Rebalance(args) => Box::pin(rebalance::run(&args, app)).await,
            Command::Show(args) => show::run(&args, app).await,
            Command::Stats(args) => stats::run(&args, app).await,
            Command::Undrain(args) => undrain::run(&args, app).await,
        }
    }
}
