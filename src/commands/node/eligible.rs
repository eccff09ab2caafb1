//! `fleet node eligible`

use crate::api::nomad::node::Eligibility;
use crate::app::App;
use crate::commands::node::change::ChangeDecision;
use crate::commands::node::eligibility;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};
use crate::model::ids::short;

/// Mark nodes eligible: they take new work again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node eligible c1
  fleet node eligible --class new")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,

    /// Show which nodes would change; change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Marks nodes eligible.
///
/// # Errors
/// When a node drains, or cannot be written.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    eligibility::set(app, &args.selection, Eligibility::Eligible, args.dry_run, |node| {
        node.drain.then(|| {
            ChangeDecision::Refused(Error::refused(format!("node {} is draining", node.name)).hint(format!(
                "`fleet node undrain {}` ends the drain and makes it eligible",
                short(&node.id)
            )))
        })
    })
    .await
}
