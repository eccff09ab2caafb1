//! `fleet util …`: what the project generates from its own command line.

pub mod completions;
pub mod man;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

/// Generators.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// Runs the generator.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn run(self, app: &App, root: clap::Command) -> Result<()> {
        match self {
            Command::Completions(args) => completions::run(&args, app, root),
            Command::Man(args) => man::run(&args, app, root),
        }
    }
}
