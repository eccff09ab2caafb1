//! `fleet pool delete`

use serde::Serialize;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::{ALL_NAMESPACES, node, node_pool};
use crate::app::App;
use crate::commands::pool::show::{find, members};
use crate::commands::shared::complete;
use crate::commands::shared::deletion::{self, not_empty};
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Delete node pools that hold neither nodes nor live jobs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pool delete gpu
  fleet pool delete gpu --yes")]
pub struct Args {
    /// The pools.
    #[arg(value_name = "POOL", required = true, add = clap_complete::ArgValueCompleter::new(complete::pools))]
    names: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

#[derive(Debug, Serialize)]
struct Deleted {
    #[serde(rename = "node_pool")]
    pool: String,
}

impl Tabular for Deleted {
    const COLUMNS: &'static [Column] = &[column("DELETED").whole()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::toned(&self.pool, Tone::Good)]
    }
}

/// Deletes pools.
///
/// # Errors
/// Not found (3), refused (7) while something is in one.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    for name in &args.names {
        holds_nothing(name, app).await?;
    }
    deletion::delete_all(app, args.yes, ("node pool", &args.names), node_pool::get, node_pool::delete)
        .await?;
    let rows: Vec<Deleted> = args.names.iter().map(|name| Deleted { pool: name.clone() }).collect();
    app.printer.list(&rows, "nothing deleted")
}

/// Refuses while something is in the pool. The servers have the last word: what the token may not see they do.
async fn holds_nothing(name: &str, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    if find(nomad, name).await?.is_built_in() {
        return Err(Error::refused(format!("node pool {name} is built in and cannot be deleted")));
    }
    let nodes = node::list().filter(members(name).as_deref());
    let jobs = node_pool::jobs(name).namespace(ALL_NAMESPACES);
    let (nodes, jobs) = tokio::join!(nomad.list(&nodes), nomad.list(&jobs));
    let live = jobs?.value.into_iter().filter(|j| j.status != RunState::Dead);
    let in_the_way: Vec<String> = (nodes?.value.iter().map(|n| format!("node {} is in it", n.name)))
        .chain(live.map(|j| format!("job {} (namespace {}) is {}", j.id, j.namespace, j.status)))
        .collect();
    if in_the_way.is_empty() { Ok(()) } else { Err(not_empty(&format!("node pool {name}"), in_the_way)) }
}
