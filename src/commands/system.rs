//! `fleet system gc` and `fleet system reconcile`

use clap::Subcommand;

use crate::api::nomad::operator;
use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on the servers' housekeeping.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Have the servers forget dead jobs, ended allocations and evaluations, and nodes that are down.
    ///
    /// What is forgotten cannot be looked at, restarted or reverted to any more. The servers do it after they answered; a
    /// job or an allocation that something still needs stays.
    #[command(after_help = "Examples:\n  fleet system gc\n  fleet system gc --yes")]
    Gc {
        /// Go ahead without asking.
        #[arg(long, short)]
        yes: bool,
    },
    /// Have the servers count the allocations of every job anew, where a summary is wrong.
    #[command(after_help = "Examples:\n  fleet system reconcile")]
    Reconcile,
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Refused (7), or refused rights (4).
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        let nomad = app.nomad()?;
        // Both may be done twice: there is nothing to settle.
        match self {
            Command::Gc { yes } => {
                let permission = app.confirm(yes, "Have the servers forget everything that is over?").await?;
                nomad.write(&permission, &operator::collect_garbage()).await?;
                app.printer.note("asked for; the servers collect garbage from now on");
            }
            Command::Reconcile => {
                nomad.write(&app.explicit(), &operator::reconcile_summaries()).await?;
                app.printer.note("asked for; the servers count the allocations of every job anew");
            }
        }
        Ok(ExitCode::Done)
    }
}
