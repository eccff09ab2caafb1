//! `fleet pool list`

use serde::Serialize;

use crate::api::nomad::node::{self, Eligibility, NodeStatus, NodeStub};
use crate::api::nomad::node_pool::{self, NodePool};
use crate::api::nomad::{ALL_NAMESPACES, job};
use crate::app::App;
use crate::error::Result;
use crate::model::job_counts::JobCounts;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the node pools, how many of their nodes take work, and what runs in them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pool list
  fleet pool list -o json")]
pub struct Args {}

/// A pool in a list.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(rename = "node_pool")]
    pool: String,
    description: String,
    /// All nodes of the pool; not known where the token may not list nodes.
    nodes: Option<u64>,
    /// Nodes that are ready and eligible.
    usable_nodes: Option<u64>,
    /// Not known where the token may not list jobs.
    #[serde(flatten)]
    counts: Option<JobCounts>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("POOL").whole(),
        column("NODES").right(),
        column("USABLE").right(),
        column("JOBS").right(),
        column("LIVE").right().rank(2),
        column("RUNNING").right().rank(1),
        column("DESCRIPTION").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let count =
            |of: fn(&JobCounts) -> u64| self.counts.as_ref().map_or(Cell::Empty, |c| Cell::Number(of(c)));
        let usable = match (self.usable_nodes, self.nodes) {
            (Some(usable), Some(nodes)) if usable < nodes => Cell::toned(usable.to_string(), Tone::Warn),
            (Some(usable), _) => Cell::Number(usable),
            (None, _) => Cell::Empty,
        };
        vec![
            Cell::text(&self.pool),
            self.nodes.map_or(Cell::Empty, Cell::Number),
            usable,
            count(|c| c.jobs),
            count(|c| c.live_jobs),
            count(|c| c.running_allocations),
            Cell::from(&self.description),
        ]
    }
}

/// Whether new work may be placed on the node.
pub(super) fn is_usable(node: &NodeStub) -> bool {
    node.status == NodeStatus::Ready && node.scheduling_eligibility == Eligibility::Eligible && !node.drain
}

/// Lists the pools.
///
/// # Errors
/// When Nomad does not answer or refuses the token.
pub async fn run(_args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let (pools, nodes, jobs) = (node_pool::list(), node::list(), job::list().namespace(ALL_NAMESPACES));
    let (pools, nodes, jobs) = tokio::join!(nomad.list(&pools), nomad.list(&nodes), nomad.list(&jobs));
    let (nodes, jobs) = (nodes.map(|reply| reply.value), jobs.map(|reply| reply.value));
    for e in [nodes.as_ref().err(), jobs.as_ref().err()].into_iter().flatten() {
        app.printer.warn(&format!("not everything is known: {e}"));
    }
    let row = |pool: NodePool| {
        // Every node is in the pool `all` too; a job is in the one that it names.
        let inside = |n: &&NodeStub| pool.name == "all" || n.node_pool == pool.name;
        let nodes = nodes.as_ref().ok().map(|nodes| nodes.iter().filter(inside));
        Row {
            nodes: nodes.clone().map(|nodes| nodes.count() as u64),
            usable_nodes: nodes.map(|nodes| nodes.filter(|n| is_usable(n)).count() as u64),
            counts: jobs
                .as_ref()
                .ok()
                .map(|jobs| JobCounts::of(jobs.iter().filter(|j| j.node_pool == pool.name))),
            pool: pool.name,
            description: pool.description,
        }
    };
    let rows: Vec<Row> = pools?.value.into_iter().map(row).collect();
    app.printer.list(&rows, "no node pools that this token may see")
}
