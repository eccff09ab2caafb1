//! `fleet rotation show`

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::app::App;
use crate::commands::rotation::find;
use crate::commands::shared::rotation_state::RotationState;
use crate::error::Result;
use crate::model::ids::short;
use crate::ops::migration::lock;
use crate::ops::rotate::event::Outcome;
use crate::ops::rotate::store::Stored;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Show a rotation that has not ended: whether it is at work or paused, its nodes as they were and as they are, and what was on its way.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation list
  fleet rotation show r-1a2b3c4d")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "ROTATION")]
    name: String,
}

/// A rotation: its nodes and the allocations on their way.
#[derive(Debug, Serialize)]
pub(super) struct RotationView {
    rotation: String,
    what: String,
    user: String,
    host: String,
    started_at: Option<Timestamp>,
    #[serde(flatten)]
    state: RotationState,
    nodes: Vec<NodeRow>,
    /// Nodes that are not emptied and take no new work until the end.
    passed_over: Vec<PassedOverRow>,
    on_their_way: Vec<AllocRow>,
}

#[derive(Debug, Serialize)]
struct PassedOverRow {
    node_id: String,
    node_name: Option<String>,
    eligibility: Option<Eligibility>,
}

impl Tabular for PassedOverRow {
    const COLUMNS: &'static [Column] = &[column("NODE").whole(), column("IS")];

    fn cells(&self) -> Vec<Cell> {
        let name = self.node_name.as_deref().unwrap_or_else(|| short(&self.node_id));
        let is = self.eligibility.map_or(Cell::toned("gone", Tone::Dim), |is| Cell::text(is.to_string()));
        vec![Cell::text(name), is]
    }
}

#[derive(Debug, Serialize)]
struct NodeRow {
    node_id: String,
    node_name: Option<String>,
    #[serde(rename = "old_eligibility")]
    was: Option<Eligibility>,
    #[serde(rename = "eligibility")]
    is: Option<Eligibility>,
    draining: bool,
    rotated: bool,
    moved: usize,
}

#[derive(Debug, Serialize)]
struct AllocRow {
    alloc_id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    namespace: String,
    #[serde(rename = "replacement_alloc_id")]
    replacement_id: Option<String>,
    #[serde(rename = "replacement_node_name")]
    replacement_on: Option<String>,
}

impl Tabular for NodeRow {
    const COLUMNS: &'static [Column] =
        &[column("NODE").whole(), column("WAS"), column("IS"), column("ROTATED"), column("MOVED").right()];

    fn cells(&self) -> Vec<Cell> {
        let is = match (self.draining, self.is) {
            (true, _) => Cell::toned("draining", Tone::Warn),
            (false, Some(is)) => Cell::text(is.to_string()),
            (false, None) => Cell::toned("gone", Tone::Bad),
        };
        vec![
            self.node_name.as_ref().map_or_else(|| Cell::Id(self.node_id.clone()), Cell::text),
            self.was.map_or(Cell::Empty, |was| Cell::text(was.to_string())),
            is,
            Cell::text(if self.rotated { "yes" } else { "no" }),
            Cell::Number(self.moved as u64),
        ]
    }
}

impl Tabular for AllocRow {
    const COLUMNS: &'static [Column] =
        &[column("ALLOCATION"), column("ID").whole(), column("REPLACED BY").whole(), column("ON")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.name),
            Cell::Id(self.alloc_id.clone()),
            self.replacement_id.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
            self.replacement_on.as_ref().map_or(Cell::Empty, Cell::text),
        ]
    }
}

impl Describe for RotationView {
    fn describe(&self) -> Detail {
        Detail::new()
            .fields([
                ("rotation", Cell::text(&self.rotation)),
                ("state", self.state.cell(true)),
                ("by", Cell::text(format!("{}@{}", self.user, self.host))),
                ("since", Cell::Time(self.started_at)),
            ])
            .table("Nodes", &self.nodes)
            .table("Passed over: they take no new work until the end", &self.passed_over)
            .table("Counts that were raised for a second copy", &self.state.raised)
            .table("Told to go, and not seen well elsewhere", &self.on_their_way)
    }
}

/// What is known of it, on these nodes as they are now.
pub(super) fn view(stored: Stored, now: RotationState, nodes: &[NodeStub]) -> RotationView {
    let state = stored.state;
    let by_id: BTreeMap<&str, &NodeStub> = nodes.iter().map(|n| (n.id.as_str(), n)).collect();
    let row = |id: &String| {
        let stub = by_id.get(id.as_str());
        let moved = |m: &&crate::ops::rotate::event::Moved| m.from.id == *id && m.outcome == Outcome::Healthy;
        NodeRow {
            node_id: id.clone(),
            node_name: stub.map(|n| n.name.clone()),
            was: state.was.get(id).copied(),
            is: stub.map(|n| n.scheduling_eligibility),
            draining: stub.is_some_and(|n| n.drain),
            rotated: state.rotated.contains_key(id),
            moved: state.moved.values().filter(moved).count(),
        }
    };
    let told = state.on_their_way().map(|a| {
        let placed = state.placed.get(&a.id);
        AllocRow {
            alloc_id: a.id.clone(),
            name: a.name.clone(),
            namespace: a.namespace.clone(),
            replacement_id: placed.map(|(id, _)| id.clone()),
            replacement_on: placed.map(|(_, node)| node.name.clone()),
        }
    });
    let passed_over = state.passed_over.iter().map(|id| PassedOverRow {
        node_id: id.clone(),
        node_name: by_id.get(id.as_str()).map(|n| n.name.clone()),
        eligibility: by_id.get(id.as_str()).map(|n| n.scheduling_eligibility),
    });
    RotationView {
        passed_over: passed_over.collect(),
        nodes: state.nodes().into_iter().map(row).collect(),
        on_their_way: told.collect(),
        rotation: state.rotation.clone().unwrap_or_default(),
        what: stored.holder.what,
        user: stored.holder.user,
        host: stored.holder.host,
        started_at: state.begun,
        state: now,
    }
}

/// Shows it.
///
/// # Errors
/// Not found (3), or any API fault.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let stored = find(nomad, &args.name).await?;
    let claims = lock::read(nomad).await?.0;
    let nodes = nomad.list(&node::list()).await?.value;
    let state = RotationState::read(nomad, &claims, &stored.state, &nodes).await?;
    app.printer.object(&view(stored, state, &nodes))
}
