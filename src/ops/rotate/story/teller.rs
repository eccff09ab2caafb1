//! Gathers the story, event by event.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Comparison, End, MoveStory, NodeState, NodeStory, Span, Story, away, seconds};
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::rotate::event::{Event, Foreseen, Moved, Outcome};
use crate::ops::rotate::history::Happening;

/// What is known so far.
#[derive(Default)]
pub(super) struct Teller {
    begun: Option<Timestamp>,
    last: Option<Timestamp>,
    runs: usize,
    cut_short: usize,
    end: Option<(End, Option<(String, String)>)>,
    foreseen: Option<Foreseen>,
    nodes: Vec<NodeStory>,
    moves: Vec<MoveStory>,
    by_alloc: BTreeMap<String, usize>,
}

impl Teller {
    pub(super) fn learn(&mut self, Happening { time, event }: &Happening) {
        let time = *time;
        self.begun.get_or_insert(time);
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        self.learn_of_node(event, time);
        match event {
            Event::Started { nodes, .. } => self.begin(nodes),
            Event::Foreseen(foreseen) => drop(self.foreseen.get_or_insert_with(|| foreseen.clone())),
            Event::AllocStopped { alloc, node, evidence } => {
                let of = self.move_of(alloc, node);
                of.stopped_at.get_or_insert(time);
                of.evidence = of.evidence.or(*evidence);
            }
            Event::ReplacementPlaced { alloc, replacement, node } => {
                self.learn_placed(alloc, (replacement, node), time);
            }
            Event::AllocMoved(moved) => self.learn_moved(moved, time),
            Event::Stopped { reason, code } => {
                self.end = Some((End::Stopped, Some((reason.clone(), code.clone()))));
                self.close(time);
            }
            Event::Finished { rotated, .. } => self.finish(*rotated, time),
            _ => {}
        }
    }

    fn begin(&mut self, nodes: &[NodeRef]) {
        self.cut_short += usize::from(self.runs > 0 && self.end.is_none());
        self.runs += 1;
        self.end = None;
        for node in nodes {
            self.node(node);
        }
    }

    fn finish(&mut self, rotated: usize, time: Timestamp) {
        // A run that was cut short may have rotated nodes without a word; the end counts them.
        let told = self.nodes.iter().filter(|n| n.state == NodeState::Rotated).count();
        if rotated > told {
            for node in self.nodes.iter_mut().filter(|n| !n.state.is_end()) {
                node.state = NodeState::Rotated;
            }
        }
        self.end = Some((End::Finished, None));
        self.close(time);
    }

    /// What an event says of the state a node is in.
    fn learn_of_node(&mut self, event: &Event, time: Timestamp) {
        match event {
            Event::NodeIneligible { node, .. } => self.turn(node, NodeState::Waiting, time),
            Event::NodeStarted { node, .. } => self.turn(node, NodeState::Emptying, time),
            Event::BatchAwaited { node, .. } => self.turn(node, NodeState::AwaitingBatch, time),
            Event::DrainStarted { node, .. } => self.turn(node, NodeState::Sealing, time),
            Event::NodeEmptied { node, .. } => self.turn(node, NodeState::Empty, time),
            Event::NodeRelieved { node, seconds } | Event::NodeRotated { node, seconds } => {
                self.turn(node, NodeState::Rotated, time);
                self.node(node).seconds = Some(*seconds);
            }
            Event::CommandStarted { node, .. } => self.turn(node, NodeState::Changing, time),
            Event::CommandEnded { node, failed, .. } => {
                self.turn(node, NodeState::Returning, time);
                self.node(node).reason.clone_from(failed);
            }
            Event::NodeSkipped { node, reason } => {
                self.turn(node, NodeState::LeftOut, time);
                self.node(node).reason = Some(reason.clone());
            }
            Event::NodeRestored { node, .. } if self.node(node).state != NodeState::Rotated => {
                self.turn(node, NodeState::Restored, time);
            }
            _ => {}
        }
    }

    fn learn_placed(&mut self, alloc: &AllocRef, (replacement, node): (&String, &NodeRef), time: Timestamp) {
        let of = match self.by_alloc.get(&alloc.id).copied() {
            Some(at) => &mut self.moves[at],
            None => self.move_of(alloc, &NodeRef { id: String::new(), name: "?".to_owned() }),
        };
        of.placed_at = Some(time);
        of.replacement_id = Some(replacement.clone());
        of.to_node_name = Some(node.name.clone());
    }

    fn learn_moved(&mut self, moved: &Moved, time: Timestamp) {
        let of = self.move_of(&moved.alloc, &moved.from);
        if of.stopped_at.is_none() && moved.seconds > 0.0 && moved.seconds.is_finite() {
            // Its stop was left out, or the server's: the event tells how long ago it was.
            let ago = jiff::SignedDuration::from_millis((moved.seconds * 1000.0) as i64);
            of.stopped_at = time.checked_sub(ago).ok();
        }
        of.from_node_name.clone_from(&moved.from.name);
        // It may have ended before it was told: while nobody looked.
        let took = jiff::SignedDuration::try_from_secs_f64(moved.seconds).unwrap_or_default();
        let ended = of.stopped_at.filter(|_| moved.seconds > 0.0).and_then(|at| at.checked_add(took).ok());
        of.ended_at = Some(ended.map_or(time, |ended| ended.min(time)));
        of.upper_bound = moved.upper_bound;
        of.outcome = Some(moved.outcome);
        of.reason.clone_from(&moved.reason);
        if let Some(to) = &moved.to {
            of.to_node_name = Some(to.name.clone());
        }
        of.replacement_id = moved.replacement.clone().or(of.replacement_id.take());
    }

    fn node(&mut self, node: &NodeRef) -> &mut NodeStory {
        let at = match self.nodes.iter().position(|n| n.node_id == node.id) {
            Some(at) => at,
            None => {
                self.nodes.push(NodeStory {
                    node_id: node.id.clone(),
                    node_name: node.name.clone(),
                    state: NodeState::Untouched,
                    reason: None,
                    foreseen_moves: None,
                    foreseen_seconds: None,
                    moves: 0,
                    seconds: None,
                    spans: Vec::new(),
                });
                self.nodes.len() - 1
            }
        };
        &mut self.nodes[at]
    }

    /// A node enters a state.
    fn turn(&mut self, node: &NodeRef, state: NodeState, time: Timestamp) {
        let node = self.node(node);
        if let Some(open) = node.spans.last_mut().filter(|s| s.until.is_none()) {
            open.until = Some(time);
        }
        node.state = state;
        if !state.is_end() {
            node.spans.push(Span { state, from: time, until: None });
        }
    }

    /// Nothing lasts longer than the rotation.
    fn close(&mut self, time: Timestamp) {
        for span in self.nodes.iter_mut().filter_map(|n| n.spans.last_mut()) {
            span.until.get_or_insert(time);
        }
    }

    fn move_of(&mut self, alloc: &AllocRef, from: &NodeRef) -> &mut MoveStory {
        let at = *self.by_alloc.entry(alloc.id.clone()).or_insert(self.moves.len());
        if at == self.moves.len() {
            self.moves.push(MoveStory {
                alloc_id: alloc.id.clone(),
                name: alloc.name.clone(),
                group: alloc.group(),
                from_node_name: from.name.clone(),
                to_node_name: None,
                replacement_id: None,
                stopped_at: None,
                placed_at: None,
                ended_at: None,
                upper_bound: false,
                outcome: None,
                reason: None,
                evidence: None,
            });
        }
        &mut self.moves[at]
    }

    pub(super) fn story(mut self, rotation: &str, left_out: usize) -> Story {
        let foreseen = self.foreseen.take();
        for node in &mut self.nodes {
            let of_node =
                |m: &&MoveStory| m.from_node_name == node.node_name && m.outcome == Some(Outcome::Healthy);
            node.moves = self.moves.iter().filter(of_node).count();
            let known = foreseen.iter().flat_map(|f| &f.nodes).find(|n| n.node.id == node.node_id);
            node.foreseen_moves = known.map(|n| n.moves);
            node.foreseen_seconds = known.and_then(|n| n.seconds);
        }
        let groups = away::groups(&self.moves, foreseen.as_ref(), self.last);
        let (state, end) = self.end.unwrap_or((End::Open, None));
        let (reason, code) = end.unzip();
        let well = self.moves.iter().filter(|m| m.outcome == Some(Outcome::Healthy)).count();
        let took = self.begun.zip(self.last).map(|(from, until)| seconds(from, until));
        let forecast = foreseen.map(|f| Comparison {
            foreseen_moves: f.nodes.iter().map(|n| n.moves).sum(),
            moves: well,
            other_moves: self.moves.len() - well,
            asked: f.asked,
            without_place: f.without_place,
            unknown: f.unknown,
            foreseen_seconds: f.seconds,
            seconds: took,
        });
        Story {
            rotation: rotation.to_owned(),
            state,
            reason,
            code,
            begun_at: self.begun,
            last_at: self.last,
            runs: self.runs,
            cut_short: self.cut_short,
            nodes: self.nodes,
            moves: self.moves,
            groups,
            forecast,
            left_out,
        }
    }
}
