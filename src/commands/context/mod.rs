//! `fleet context …`

pub mod add;
mod change;
pub mod edit;
pub mod exec;
pub mod init;
pub mod lift;
pub mod list;
pub mod remove;
pub mod show;
pub mod use_in_shell;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on contexts.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Add(Box<add::Args>),
    Edit(Box<edit::Args>),
    Exec(exec::Args),
    Init(Box<init::Args>),
    Lift(lift::Args),
    List(list::Args),
    Remove(remove::RemoveArgs),
    Rename(remove::RenameArgs),
    Show(show::Args),
    Use(remove::UseArgs),
    UseInShell(use_in_shell::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Add(args) => add::run(&args, app).await?,
            Command::Edit(args) => edit::run(&args, app).await?,
            Command::Exec(args) => return exec::run(&args, app).await,
            Command::Init(args) => init::run(&args, app).await?,
            Command::Lift(args) => lift::run(&args, app).await?,
            Command::List(args) => list::run(&args, app)?,
            Command::Remove(args) => remove::remove(&args, app).await?,
            Command::Rename(args) => remove::rename(&args, app)?,
            Command::Show(args) => show::run(&args, app)?,
            Command::Use(args) => remove::use_it(&args, app)?,
            Command::UseInShell(args) => use_in_shell::run(&args, app)?,
        }
        Ok(ExitCode::Done)
    }
}
