//! What a rotation came to: every allocation from where to where, healthy or not, how long.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;

use crate::commands::shared::rotation_words;
use crate::model::words;
use crate::ops::rotate::event::{Moved, Outcome};
use crate::ops::rotate::plan::Plan;
use crate::ops::rotate::recorder::RecoveredState;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The result of a rotation so far.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    rotation: Option<String>,
    nodes: Vec<NodeView>,
    moves: Vec<MoveView>,
    summary: Summary,
}

#[derive(Debug, Serialize)]
struct NodeView {
    #[serde(rename = "node_id")]
    id: String,
    #[serde(rename = "node_name")]
    name: String,
    state: &'static str,
    moved: usize,
    seconds: Option<f64>,
}

#[derive(Debug, Serialize)]
struct MoveView(Moved);

#[derive(Debug, Default, Serialize)]
struct Summary {
    rotated: usize,
    skipped: usize,
    left: usize,
    healthy: usize,
    lost: usize,
    killed: usize,
    unfinished: usize,
}

/// Allocations that were stopped and have no healthy replacement.
fn unfinished<'a>(plan: &'a Plan, memory: &'a RecoveredState) -> impl Iterator<Item = Moved> + 'a {
    let of_node = |n: &'a crate::ops::rotate::plan::NodePlan| {
        let told = memory.unfinished(&n.node.id).filter(|a| memory.stopped.contains_key(&a.id));
        told.map(|alloc| {
            let placed = memory.placed.get(&alloc.id);
            Moved {
                alloc: alloc.clone(),
                group: alloc.group(),
                reason: None,
                from: n.node.clone(),
                replacement: placed.map(|(id, _)| id.clone()),
                to: placed.map(|(_, node)| node.clone()),
                outcome: Outcome::Unfinished,
                gap_seconds: None,
                seconds: 0.0,
                upper_bound: false,
                killed_at_deadline: false,
            }
        })
    };
    plan.nodes.iter().flat_map(of_node)
}

impl Report {
    /// Of what the run remembers; `rotated` are the nodes that it found rotated at its end.
    pub(super) fn new(plan: &Plan, memory: &RecoveredState, rotated: &BTreeSet<String>) -> Self {
        let mut per_node: BTreeMap<&str, usize> = BTreeMap::new();
        for moved in memory.moved.values().filter(|m| m.outcome == Outcome::Healthy) {
            *per_node.entry(moved.from.id.as_str()).or_default() += 1;
        }
        let view = |n: &crate::ops::rotate::plan::NodePlan| {
            let seconds = memory.rotated.get(&n.node.id).copied();
            let state = match (n.done || rotated.contains(&n.node.id), &n.skip) {
                (true, _) => "rotated",
                (false, Some(_)) => "skipped",
                (false, None) => "left",
            };
            let moved = per_node.get(n.node.id.as_str()).copied().unwrap_or(0);
            NodeView { id: n.node.id.clone(), name: n.node.name.clone(), state, moved, seconds }
        };
        let nodes: Vec<NodeView> = plan.nodes.iter().map(view).collect();
        let of = |state: &str| nodes.iter().filter(|n| n.state == state).count();
        let ended = |outcome: Outcome| memory.moved.values().filter(|m| m.outcome == outcome).count();
        let summary = Summary {
            rotated: of("rotated"),
            skipped: of("skipped"),
            left: of("left"),
            healthy: ended(Outcome::Healthy),
            lost: ended(Outcome::Lost),
            killed: ended(Outcome::Killed),
            unfinished: unfinished(plan, memory).count(),
        };
        let arrived = memory.moved.values().filter(|m| m.outcome != Outcome::Unfinished).cloned();
        let all = arrived.chain(unfinished(plan, memory));
        let mut moves: Vec<MoveView> = all.map(MoveView).collect();
        moves.sort_by(|a, b| (&a.0.from.name, &a.0.alloc.name).cmp(&(&b.0.from.name, &b.0.alloc.name)));
        Report { rotation: memory.rotation.clone(), nodes, moves, summary }
    }
}

impl Tabular for NodeView {
    const COLUMNS: &'static [Column] = &[
        column("NODE").whole(),
        column("STATE").whole(),
        column("MOVED").right(),
        column("TOOK").right().unit("SECONDS"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let tone = match self.state {
            "rotated" => Tone::Good,
            "skipped" => Tone::Warn,
            _ => Tone::Bad,
        };
        let took = self.seconds.map(|s| Duration::from_secs_f64(s.max(0.0)));
        vec![
            Cell::text(&self.name),
            Cell::toned(self.state, tone),
            Cell::Number(self.moved as u64),
            Cell::Duration(took),
        ]
    }
}

impl Tabular for MoveView {
    const COLUMNS: &'static [Column] = &[
        column("ALLOCATION"),
        column("FROM").whole(),
        column("TO").whole(),
        column("OUTCOME").whole(),
        column("TOOK").right().unit("SECONDS"),
        column("OLD ID").rank(2),
        column("NEW ID").rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let m = &self.0;
        let (outcome, tone) = rotation_words::outcome(m.outcome);
        // Nothing of what has not arrived, and of what nobody saw leave.
        let known = m.outcome != Outcome::Unfinished && m.seconds > 0.0;
        let took = match m.upper_bound {
            true => Cell::text(rotation_words::took(m)),
            false => Cell::Duration(known.then(|| Duration::from_secs_f64(m.seconds))),
        };
        vec![
            Cell::text(&m.alloc.name),
            Cell::text(&m.from.name),
            m.to.as_ref().map_or(Cell::Empty, |n| Cell::text(&n.name)),
            Cell::toned(outcome, tone),
            took,
            Cell::Id(m.alloc.id.clone()),
            m.replacement.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
        ]
    }
}

impl Describe for Report {
    fn describe(&self) -> Detail {
        let s = &self.summary;
        let mut words = vec![format!("{} of {} rotated", s.rotated, words::count(self.nodes.len(), "node"))];
        let mut add = |n: usize, what: &str| {
            if n > 0 {
                words.push(format!("{n} {what}"));
            }
        };
        add(s.skipped, "left out");
        add(s.left, "not rotated");
        add(
            s.healthy,
            words::either(s.healthy, "allocation moved and healthy", "allocations moved and healthy"),
        );
        add(s.lost, words::either(s.lost, "allocation lost", "allocations lost"));
        add(s.killed, words::either(s.killed, "batch allocation killed", "batch allocations killed"));
        add(s.unfinished, "stopped and not seen healthy again");
        let tone = if s.left + s.lost + s.unfinished > 0 { Tone::Bad } else { Tone::Good };
        Detail::new()
            .table("Allocations", &self.moves)
            .table("Nodes", &self.nodes)
            .lines(None, [(words.join(", "), tone)])
    }
}
