//! `fleet volume …`

pub mod claims;
pub mod create;
pub mod delete;
mod find;
pub mod init;
pub mod list;
pub mod show;
pub mod snapshot;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on volumes.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    /// List the claims of groups on host volumes, and end one.
    #[command(subcommand)]
    Claim(claims::Command),
    Create(create::CreateArgs),
    Delete(delete::DeleteArgs),
    Deregister(delete::DeregisterArgs),
    Detach(delete::DetachArgs),
    Init(init::Args),
    List(list::Args),
    Register(create::RegisterArgs),
    Show(show::Args),
    /// List, make and delete snapshots that CSI plugins keep of volumes.
    #[command(subcommand)]
    Snapshot(snapshot::Command),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Claim(command) => command.run(app).await?,
            Command::Create(args) => create::create(&args, app).await?,
            Command::Delete(args) => delete::delete(&args, app).await?,
            Command::Deregister(args) => delete::deregister(&args, app).await?,
            Command::Detach(args) => delete::detach(&args, app).await?,
            Command::Init(args) => init::run(&args, app)?,
            Command::List(args) => return list::run(&args, app).await,
            Command::Register(args) => create::register(&args, app).await?,
            Command::Show(args) => show::run(&args, app).await?,
            Command::Snapshot(command) => command.run(app).await?,
        }
        Ok(ExitCode::Done)
    }
}
