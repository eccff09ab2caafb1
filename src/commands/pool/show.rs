//! `fleet pool show`

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::node_pool::{self, NodePool};
use crate::api::nomad::{ALL_NAMESPACES, node, quoted};
use crate::app::App;
use crate::commands::pool::list::is_usable;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::model::job_counts::JobCounts;
use crate::model::suggest;
use crate::ui::{Cell, Describe, Detail};

/// Show a node pool: its nodes, its jobs, its scheduler settings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pool show default
  fleet pool show gpu -o json")]
pub struct Args {
    /// The pool.
    #[arg(value_name = "POOL", add = clap_complete::ArgValueCompleter::new(complete::pools))]
    name: String,
}

/// A node pool.
#[derive(Debug, Serialize)]
struct PoolDetail {
    #[serde(rename = "node_pool")]
    pool: String,
    description: String,
    meta: BTreeMap<String, String>,
    scheduler: Option<Value>,
    modify_index: u64,
    /// Not known where the token may not list nodes.
    nodes: Option<u64>,
    usable_nodes: Option<u64>,
    /// Not known where the token may not list jobs.
    #[serde(flatten)]
    counts: Option<JobCounts>,
}

impl Describe for PoolDetail {
    fn describe(&self) -> Detail {
        let meta: Vec<_> = self.meta.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let nodes = match (self.usable_nodes, self.nodes) {
            (Some(usable), Some(all)) => format!("{usable} of {all} take new work"),
            _ => "not known: the token may not list nodes".to_owned(),
        };
        let runs = match &self.counts {
            Some(c) => c.words(),
            None => "not known: the token may not list its jobs".to_owned(),
        };
        let scheduler = self.scheduler.as_ref().filter(|s| !s.is_null());
        Detail::new().fields([
            ("pool", Cell::text(&self.pool)),
            ("description", Cell::from(&self.description)),
            ("nodes", Cell::text(nodes)),
            ("runs", Cell::text(runs)),
            ("meta", Cell::text(meta.join(", "))),
            ("scheduler", scheduler.map_or(Cell::Empty, |s| Cell::text(s.to_string()))),
        ])
    }
}

/// The pool of that name.
///
/// # Errors
/// Not found (3), with the nearest name.
pub(super) async fn find(nomad: &Http, name: &str) -> Result<NodePool> {
    match nomad.read(&node_pool::get(name)).await {
        Ok(reply) => Ok(reply.value),
        Err(e) if e.is_not_found() => {
            let error = Error::not_found(format!("there is no node pool {name:?}"));
            let all = nomad.list(&node_pool::list()).await.map(|reply| reply.value).unwrap_or_default();
            Err(match suggest::nearest(name, all.iter().map(|p| p.name.as_str())) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("`fleet pool list` shows the node pools there are"),
            })
        }
        Err(e) => Err(e.into()),
    }
}

/// Nomad's filter for the nodes of a pool; none for `all`, which holds every node.
pub(super) fn members(pool: &str) -> Option<String> {
    (pool != "all").then(|| format!("NodePool == {}", quoted(pool)))
}

/// Shows the pool.
///
/// # Errors
/// Not found (3).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = find(nomad, &args.name).await?;
    let nodes = node::list().filter(members(&args.name).as_deref());
    let jobs = node_pool::jobs(&args.name).namespace(ALL_NAMESPACES);
    let (nodes, jobs) = tokio::join!(nomad.list(&nodes), nomad.list(&jobs));
    let nodes = nodes.ok().map(|reply| reply.value);
    app.printer.object(&PoolDetail {
        pool: found.name,
        description: found.description,
        meta: found.meta,
        scheduler: found.scheduler_configuration,
        modify_index: found.modify_index,
        nodes: nodes.as_ref().map(|nodes| nodes.len() as u64),
        usable_nodes: nodes.map(|nodes| nodes.iter().filter(|n| is_usable(n)).count() as u64),
        counts: jobs.ok().map(|reply| JobCounts::of(&reply.value)),
    })
}
