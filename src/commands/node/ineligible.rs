//! `fleet node ineligible`

use crate::api::nomad::node::Eligibility;
use crate::app::App;
use crate::commands::node::change::ChangeDecision;
use crate::commands::node::eligibility;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::Result;

/// Mark nodes ineligible: they take no new work, and what runs on them stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node ineligible c1
  fleet node ineligible --nomad-version 1.9.0 --dry-run")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,

    /// Show which nodes would change; change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Marks nodes ineligible.
///
/// # Errors
/// When a node cannot be written.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    eligibility::set(app, &args.selection, Eligibility::Ineligible, args.dry_run, |node| {
        node.drain.then(|| ChangeDecision::Already("draining, so it takes no new work".to_owned()))
    })
    .await
}
