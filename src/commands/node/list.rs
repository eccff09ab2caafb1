//! `fleet node list`

use serde::Serialize;

use crate::api::nomad::node::{Eligibility, NodeStatus, NodeStub};
use crate::app::App;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::Result;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List nodes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node list
  fleet node list --class old --datacenter 'eu-*'
  fleet node list --meta rack=r1 -o json
  fleet node list --filter 'Drivers.docker.Healthy == false'")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,
}

#[derive(Debug, Serialize)]
pub(super) struct NodeRow {
    #[serde(rename = "node_id")]
    id: String,
    #[serde(rename = "node_name")]
    name: String,
    datacenter: String,
    #[serde(rename = "node_pool")]
    pool: String,
    class: String,
    status: NodeStatus,
    eligibility: Eligibility,
    draining: bool,
    version: String,
    address: String,
}

impl From<NodeStub> for NodeRow {
    fn from(n: NodeStub) -> Self {
        NodeRow {
            id: n.id,
            name: n.name,
            datacenter: n.datacenter,
            pool: n.node_pool,
            class: n.node_class,
            status: n.status,
            eligibility: n.scheduling_eligibility,
            draining: n.drain,
            version: n.version,
            address: n.address,
        }
    }
}

impl Tabular for NodeRow {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("NAME"),
        column("STATUS").whole(),
        column("ELIGIBILITY").whole(),
        column("DC").rank(2),
        column("POOL").rank(3),
        column("CLASS").rank(1),
        column("VERSION").rank(4),
        column("ADDRESS").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let status = match self.status {
            NodeStatus::Ready => Tone::Good,
            NodeStatus::Initializing => Tone::Warn,
            NodeStatus::Down | NodeStatus::Disconnected | NodeStatus::Unknown => Tone::Bad,
        };
        let (eligibility, tone) = match (self.draining, self.eligibility) {
            (true, _) => ("draining".to_owned(), Tone::Warn),
            (false, Eligibility::Ineligible) => ("ineligible".to_owned(), Tone::Warn),
            (false, Eligibility::Eligible) => ("eligible".to_owned(), Tone::Plain),
        };
        vec![
            Cell::Id(self.id.clone()),
            Cell::text(&self.name),
            Cell::toned(self.status.to_string(), status),
            Cell::toned(eligibility, tone),
            (&self.datacenter).into(),
            (&self.pool).into(),
            (&self.class).into(),
            (&self.version).into(),
            (&self.address).into(),
        ]
    }
}

/// Lists nodes.
///
/// # Errors
/// When the selection is no good or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nodes = args.selection.resolve(app.nomad()?, false).await?;
    let views: Vec<NodeRow> = nodes.into_iter().map(NodeRow::from).collect();
    app.printer.list(&views, "no nodes")
}
