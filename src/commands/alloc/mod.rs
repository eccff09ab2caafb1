//! `fleet alloc …`

mod acting;
pub mod cat;
pub mod checks;
mod file_target;
pub mod list;
pub mod ls;
pub mod restart;
pub mod schedule;
pub mod show;
pub mod signal;
pub mod stat;
pub mod stats;
pub mod stop;
pub mod tail;
#[cfg(test)]
mod tests;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

/// Verbs on allocations.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Cat(cat::Args),
    Checks(checks::Args),
    List(list::Args),
    Ls(ls::Args),
    Pause(schedule::PauseArgs),
    Restart(restart::Args),
    Resume(schedule::ResumeArgs),
    Show(show::Args),
    Signal(signal::Args),
    Stat(stat::Args),
    Stats(stats::Args),
    Stop(stop::Args),
    Tail(tail::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Cat(args) => cat::run(&args, app).await,
            Command::Checks(args) => checks::run(&args, app).await,
            Command::List(args) => list::run(&args, app).await,
            Command::Ls(args) => ls::run(&args, app).await,
            Command::Pause(args) => schedule::pause(&args, app).await,
            Command::Restart(args) => restart::run(&args, app).await,
            Command::Resume(args) => schedule::resume(&args, app).await,
            Command::Show(args) => show::run(&args, app).await,
            Command::Signal(args) => signal::run(&args, app).await,
            Command::Stat(args) => stat::run(&args, app).await,
            Command::Stats(args) => stats::run(&args, app).await,
            Command::Stop(args) => stop::run(&args, app).await,
            Command::Tail(args) => tail::run(&args, app).await,
        }
    }
}
