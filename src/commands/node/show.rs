//! `fleet node show`

pub(super) mod view;

use crate::api::nomad::node;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use view::NodeDetail;

/// Show a node: its status, its drain, its resources, and what runs on it.
///
/// -o wide adds attributes and metadata.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node show c1
  fleet node show c783f447 -o wide
  fleet node show c1 -o json")]
pub struct Args {
    /// The node, by its name or the beginning of its id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: String,
}

impl Args {
    /// To show this one.
    pub(crate) fn of(node: String) -> Self {
        Args { node }
    }
}

/// Shows a node.
///
/// # Errors
/// When there is no such node, or several.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let id = resolve::node(nomad, &args.node).await?.id;
    let (node, allocs) = (node::get(&id), node::allocations(&id));
    let (node, allocs) = tokio::try_join!(nomad.read(&node), nomad.list(&allocs))?;
    app.printer.object(&NodeDetail::new(node.value, &allocs.value, app.printer.is_wide()))
}
