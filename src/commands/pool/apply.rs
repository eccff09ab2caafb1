//! `fleet pool apply`

use crate::api::nomad::node_pool;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::spec::{self, SpecFlags, SpecKind};
use crate::error::{Error, Result};
use crate::model::spec_file::NODE_POOL;

/// Create a node pool or change it. What you do not name stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pool apply gpu --description 'Machines with a GPU'
  fleet pool apply -f gpu.hcl
  fleet pool apply gpu --meta team=ml --dry-run")]
pub struct Args {
    /// The pool; the file may name it instead.
    #[arg(value_name = "POOL", required_unless_present = "file", add = clap_complete::ArgValueCompleter::new(complete::pools))]
    name: Option<String>,

    #[command(flatten)]
    spec: SpecFlags,
}

/// Stores the pool and reads it back.
///
/// # Errors
/// Usage (2), refused (7) for the built-in pools, refused rights (4), API errors.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if let Some(name) = args.name.as_deref().filter(|name| matches!(*name, "all" | "default")) {
        return Err(Error::refused(format!("node pool {name} is built in and cannot be changed")));
    }
    let kind = SpecKind {
        noun: "node pool",
        key: "node_pool",
        spelling: &NODE_POOL,
        read: node_pool::get_spec,
        store: node_pool::put,
    };
    spec::apply(app, &kind, args.name.as_deref(), &args.spec, []).await
}
