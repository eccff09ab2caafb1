//! `fleet operator snapshot …`

pub mod restore;
pub mod save;
pub mod schedule;

use std::path::PathBuf;

use clap::Subcommand;

use crate::app::App;
use crate::commands::shared::snapshot::archive;
use crate::error::Result;

/// Verbs on snapshots.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    #[command(visible_alias = "verify")]
    Inspect(InspectArgs),
    Restore(restore::Args),
    Save(save::Args),
    Schedule(schedule::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Inspect(args) => app.printer.object(&archive::read(&args.file)?),
            Command::Restore(args) => restore::run(&args, app).await,
            Command::Save(args) => save::run(&args, app).await,
            Command::Schedule(args) => schedule::run(&args, app),
        }
    }
}

/// Look into a snapshot file: every sum in it is compared, and a cut or altered file is told.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator snapshot inspect backup.snap
  fleet operator snapshot verify backup.snap -o json")]
pub struct InspectArgs {
    /// The file.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
}
