//! `fleet pool delete`

use serde::Serialize;

use crate::api::http::Patience;
use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::{ALL_NAMESPACES, node, node_pool};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::pool::show::{find, members};
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// How many of the things in the way are named.
const MOST_NAMED: usize = 10;

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
    let permission = app.confirm(args.yes, &format!("Delete {}?", args.names.join(", "))).await?;
    let nomad = app.nomad()?;
    let mut rows = Vec::new();
    for name in &args.names {
        let gone = async || match nomad.read(&node_pool::get(name)).await {
            Ok(_) => Ok(None),
            Err(e) if e.is_not_found() => Ok(Some(())),
            Err(e) => Err(e),
        };
        settle(nomad, &permission, &node_pool::delete(name), Patience::OPERATION, gone).await?;
        if gone().await?.is_none() {
            return Err(Error::failed(format!(
                "node pool {name} is still there, although the servers took its deletion"
            )));
        }
        rows.push(Deleted { pool: name.clone() });
    }
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
    if in_the_way.is_empty() {
        return Ok(());
    }
    let more = in_the_way.len().saturating_sub(MOST_NAMED);
    let error = Error::refused(format!("node pool {name} is not empty"));
    let error = in_the_way.into_iter().take(MOST_NAMED).fold(error, Error::because);
    Err(if more > 0 { error.because(format!("and {more} more")) } else { error })
}
