//! `fleet pool nodes`

use serde::Serialize;

use crate::api::nomad::node;
use crate::app::App;
use crate::commands::pool::list::is_usable;
use crate::commands::pool::show::{find, members};
use crate::commands::shared::complete;
use crate::error::Result;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the nodes of a pool.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pool nodes gpu
  fleet pool nodes default -o json")]
pub struct Args {
    /// The pool.
    #[arg(value_name = "POOL", add = clap_complete::ArgValueCompleter::new(complete::pools))]
    name: String,
}

/// A node of the pool.
#[derive(Debug, Serialize)]
struct Row {
    node_id: String,
    node_name: String,
    datacenter: String,
    class: String,
    status: node::NodeStatus,
    /// Whether new work may be placed on it.
    usable: bool,
    version: String,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("NAME").whole(),
        column("STATUS"),
        column("TAKES WORK"),
        column("DC").rank(1),
        column("CLASS").rank(2),
        column("VERSION").rank(3),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (word, tone) = if self.usable { ("yes", Tone::Good) } else { ("no", Tone::Warn) };
        vec![
            Cell::Id(self.node_id.clone()),
            Cell::text(&self.node_name),
            Cell::text(self.status.to_string()),
            Cell::toned(word, tone),
            Cell::from(&self.datacenter),
            Cell::from(&self.class),
            Cell::from(&self.version),
        ]
    }
}

/// Lists the nodes of the pool.
///
/// # Errors
/// Not found (3).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    find(nomad, &args.name).await?;
    let nodes = nomad.list(&node::list().filter(members(&args.name).as_deref())).await?.value;
    let row = |n: node::NodeStub| Row {
        usable: is_usable(&n),
        node_id: n.id,
        node_name: n.name,
        datacenter: n.datacenter,
        class: n.node_class,
        status: n.status,
        version: n.version,
    };
    let rows: Vec<Row> = nodes.into_iter().map(row).collect();
    app.printer.list(&rows, &format!("no nodes in pool {}", args.name))
}
