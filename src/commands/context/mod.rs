//! `fleet context …`

pub mod list;
pub mod show;
pub mod use_in_shell;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

/// Verbs on contexts.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    List(list::Args),
    Show(show::Args),
    UseInShell(use_in_shell::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub fn run(self, app: &App) -> Result<()> {
        match self {
            Command::List(args) => list::run(&args, app),
            Command::Show(args) => show::run(&args, app),
            Command::UseInShell(args) => use_in_shell::run(&args, app),
        }
    }
}
