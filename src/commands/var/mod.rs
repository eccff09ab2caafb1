//! `fleet var …`

pub mod change;
pub mod copy;
pub mod edit;
pub mod init;
pub mod lock;
pub mod show;
mod store;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on variables.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Cp(copy::CpArgs),
    Diff(copy::DiffArgs),
    Edit(edit::Args),
    Get(show::GetArgs),
    Init(init::InitArgs),
    List(show::ListArgs),
    Lock(lock::Args),
    Put(change::PutArgs),
    Rm(copy::RmArgs),
    Set(change::SetArgs),
    Unset(change::UnsetArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Cp(args) => copy::cp(&args, app).await?,
            Command::Diff(args) => return copy::diff(&args, app).await,
            Command::Edit(args) => edit::run(&args, app).await?,
            Command::Get(args) => show::get(&args, app).await?,
            Command::Init(args) => init::run(&args, app)?,
            Command::List(args) => show::list(&args, app).await?,
            Command::Lock(args) => return lock::run(&args, app).await,
            Command::Put(args) => change::put(&args, app).await?,
            Command::Rm(args) => copy::rm(&args, app).await?,
            Command::Set(args) => change::set(&args, app).await?,
            Command::Unset(args) => change::unset(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
