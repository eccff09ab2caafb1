//! `fleet config delete`

use super::subject;
use crate::app::App;
use crate::commands::shared::config_change::{self, ChangeArgs};
use crate::commands::shared::consul;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::change::{self, Stored};
use crate::ops::traffic::entries;

/// Delete config entries, those that others depend on last. What was there is kept: `fleet config apply --undo` puts it back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet config delete service-splitter/web
  fleet config delete service-router/web service-splitter/web service-resolver/web --dry-run
  fleet config delete http-route/old --accept failing-requests --yes")]
pub struct Args {
    /// The entries.
    #[arg(value_name = "KIND/NAME", required = true)]
    subjects: Vec<String>,

    #[command(flatten)]
    change: ChangeArgs,
}

/// Deletes entries.
///
/// # Errors
/// Not found (3); refused (7); failed (1) when another entry depends on one.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let http = consul::needed(app)?;
    let mut gone = Vec::new();
    for (kind, name) in subject::read(&args.subjects)? {
        if kind.is_read_only() {
            return Err(Error::refused(format!("{kind}/{name} is written by Consul alone")));
        }
        let found = entries::read(&http, kind, &name).await?;
        gone.push(found.ok_or_else(|| {
            Error::not_found(format!("there is no {kind}/{name}; nothing was deleted"))
                .hint(format!("`fleet config list {kind}` lists what there is"))
        })?);
    }
    let changes = change::deleting(gone, &Stored::new());
    config_change::run(args.change.asked_by("config apply"), app, &http, changes).await
}
