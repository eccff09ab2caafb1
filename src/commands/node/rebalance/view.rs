//! How full the nodes are before and after, and what moves.

use serde::Serialize;

use crate::commands::node::rebalance::snapshot::RebalanceSnapshot;
use crate::model::capacity::{Amount, percent};
use crate::model::rebalance::{self, Move, Place};
use crate::model::words;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The plan of a rebalance, or what it came to.
#[derive(Debug, Serialize)]
pub(super) struct RebalanceView {
    pub(super) event: &'static str,
    nodes: Vec<NodeRow>,
    pub(super) moves: Vec<MoveRow>,
    /// By how much the fullest and the emptiest differ, in per cent of what a node offers.
    spread_percent: u64,
    /// The same afterwards; in a plan, as far as the scheduler chooses the emptiest.
    spread_percent_after: u64,
}

/// A node.
#[derive(Debug, Serialize)]
struct NodeRow {
    node_id: String,
    node_name: String,
    #[serde(rename = "node_pool")]
    pool: String,
    memory_percent: Option<u64>,
    memory_percent_after: Option<u64>,
    cpu_percent: Option<u64>,
    cpu_percent_after: Option<u64>,
}

/// An allocation that moves.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MoveRow {
    pub(super) alloc_id: String,
    pub(super) alloc_name: String,
    pub(super) from_node_name: String,
    /// In a plan, the emptiest node; the scheduler decides.
    pub(super) to_node_name: Option<String>,
}

impl Tabular for NodeRow {
    const COLUMNS: &'static [Column] = &[
        column("NODE").whole(),
        column("POOL").rank(1),
        column("MEMORY").right(),
        column("AFTER").right(),
        column("CPU").right(),
        column("AFTER").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let share = |n: Option<u64>| n.map_or(Cell::Empty, |n| Cell::text(format!("{n} %")));
        vec![
            Cell::text(&self.node_name),
            Cell::text(&self.pool),
            share(self.memory_percent),
            share(self.memory_percent_after),
            share(self.cpu_percent),
            share(self.cpu_percent_after),
        ]
    }
}

impl Tabular for MoveRow {
    const COLUMNS: &'static [Column] =
        &[column("ALLOCATION"), column("FROM").whole(), column("TO").whole(), column("ID").rank(1)];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.alloc_name),
            Cell::text(&self.from_node_name),
            self.to_node_name.as_ref().map_or(Cell::Empty, Cell::text),
            Cell::Id(self.alloc_id.clone()),
        ]
    }
}

impl Describe for RebalanceView {
    fn describe(&self) -> Detail {
        let after = self.spread_percent_after;
        let before = words::count(self.spread_percent, "point");
        let text = match (self.event, self.moves.len()) {
            ("plan", 0) => format!("the fullest and the emptiest node differ by {before}; nothing moves"),
            ("plan", n) => format!(
                "{}: the fullest and the emptiest node differ by {before}, and by about {after} afterwards",
                words::count(n, "move")
            ),
            (_, n) => format!(
                "{}: the fullest and the emptiest node differed by {before}, and by {after} now",
                words::count(n, "move")
            ),
        };
        Detail::new()
            .table("Nodes", &self.nodes)
            .table("Moves", &self.moves)
            .lines(None, [(text, Tone::Strong)])
    }
}

fn points(places: &[Place]) -> u64 {
    (rebalance::spread(places) * 100.0).round() as u64
}

fn rows(snapshot: &RebalanceSnapshot, before: &[Place], after: &[Place]) -> Vec<NodeRow> {
    let used = |all: &[Place], id: &str| all.iter().find(|p| p.id == id).map(|p| (p.used, p.offered));
    let memory = |of: Option<(Amount, Amount)>| {
        of.and_then(|(used, offered)| percent(Some(used.memory_mib), offered.memory_mib))
    };
    let cpu = |of: Option<(Amount, Amount)>| {
        of.and_then(|(used, offered)| percent(Some(used.cpu_mhz), offered.cpu_mhz))
    };
    let row = |n: &crate::api::nomad::node::NodeStub| NodeRow {
        node_id: n.id.clone(),
        node_name: n.name.clone(),
        pool: n.node_pool.clone(),
        memory_percent: memory(used(before, &n.id)),
        memory_percent_after: memory(used(after, &n.id)),
        cpu_percent: cpu(used(before, &n.id)),
        cpu_percent_after: cpu(used(after, &n.id)),
    };
    let mut rows: Vec<NodeRow> = snapshot.nodes.iter().map(row).collect();
    rows.sort_by(|a, b| (&a.pool, &a.node_name).cmp(&(&b.pool, &b.node_name)));
    rows
}

impl RebalanceView {
    /// What is planned.
    pub(super) fn plan(snapshot: &RebalanceSnapshot, moves: &[Move]) -> Self {
        let mut after = snapshot.places.clone();
        for one in moves {
            let takes =
                snapshot.movable.iter().find(|m| m.id == one.alloc).map(|m| m.takes).unwrap_or_default();
            for place in &mut after {
                if place.id == one.from {
                    place.used.memory_mib = place.used.memory_mib.saturating_sub(takes.memory_mib);
                    place.used.cpu_mhz = place.used.cpu_mhz.saturating_sub(takes.cpu_mhz);
                } else if place.id == one.to {
                    place.used += takes;
                }
            }
        }
        let name = |id: &str| snapshot.node(id).map(|n| n.name.clone());
        let row = |one: &Move| MoveRow {
            alloc_id: one.alloc.clone(),
            alloc_name: snapshot.alloc(&one.alloc).map(|a| a.name.clone()).unwrap_or_default(),
            from_node_name: name(&one.from).unwrap_or_default(),
            to_node_name: name(&one.to),
        };
        RebalanceView {
            event: "plan",
            nodes: rows(snapshot, &snapshot.places, &after),
            moves: moves.iter().map(row).collect(),
            spread_percent: points(&snapshot.places),
            spread_percent_after: points(&after),
        }
    }

    /// What it came to: how full the nodes were at first, what moved, and how full they are now.
    pub(super) fn result(before: &[Place], moves: Vec<MoveRow>, now: &RebalanceSnapshot) -> Self {
        RebalanceView {
            event: "result",
            nodes: rows(now, before, &now.places),
            moves,
            spread_percent: points(before),
            spread_percent_after: points(&now.places),
        }
    }
}
