//! What a rotation came to, told from its events: when each node was in which state, how each allocation moved, how few of a
//! group were left meanwhile, and how that compares with what was foreseen. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::model::group::GroupKey;
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::rotate::event::{Event, Foreseen, Moved, Outcome, StopEvidence};
use crate::ops::rotate::history::Happening;

/// How far a rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Its end is not told: it goes on, or its process died.
    Open,
    /// It stopped before its end.
    Stopped,
    /// It reached its end.
    Finished,
}

/// The whole story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Story {
    /// The rotation's name.
    pub rotation: String,
    /// How far it is.
    pub state: End,
    /// Why it stopped, when it did.
    pub reason: Option<String>,
    /// The name of the exit code it stopped with.
    pub code: Option<String>,
    /// When it began.
    #[serde(rename = "started_at")]
    pub begun_at: Option<Timestamp>,
    /// When the last thing happened that is told.
    #[serde(rename = "last_event_at")]
    pub last_at: Option<Timestamp>,
    /// How often it was begun or taken up.
    pub runs: usize,
    /// How many of these runs were taken up by the next without having told their end: the last that they did may not be told.
    pub cut_short: usize,
    /// The nodes, in order.
    pub nodes: Vec<NodeStory>,
    /// The allocations, in the order in which they left.
    pub moves: Vec<MoveStory>,
    /// The groups they belong to.
    pub groups: Vec<GroupStory>,
    /// What was foreseen, and what came.
    pub forecast: Option<Comparison>,
    /// How many events are not told here, because they did not fit on the cluster.
    pub left_out: usize,
}

/// What a node is, or was for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeState {
    /// Nothing was done to it.
    Untouched,
    /// It takes no new work and waits its turn.
    Waiting,
    /// Services leave it.
    Emptying,
    /// Its batch work has to finish.
    AwaitingBatch,
    /// What is left on it is drained.
    Sealing,
    /// It is empty, and something is still to be done to it.
    Empty,
    /// A command runs for it.
    Changing,
    /// It is on its way back.
    Returning,
    /// It was found empty, and everything that left it well.
    Rotated,
    /// It was left as it is.
    LeftOut,
    /// It was given back what it was before.
    Restored,
}

impl NodeState {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            NodeState::Untouched => "not begun",
            NodeState::Waiting => "waiting",
            NodeState::Emptying => "emptying",
            NodeState::AwaitingBatch => "batch work",
            NodeState::Sealing => "sealing",
            NodeState::Empty => "empty",
            NodeState::Changing => "changing",
            NodeState::Returning => "returning",
            NodeState::Rotated => "rotated",
            NodeState::LeftOut => "left out",
            NodeState::Restored => "given back",
        }
    }

    fn is_end(self) -> bool {
        matches!(self, NodeState::Rotated | NodeState::LeftOut | NodeState::Restored)
    }
}

/// A state of a node and how long it lasted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Span {
    /// The state.
    pub state: NodeState,
    /// From when.
    #[serde(rename = "started_at")]
    pub from: Timestamp,
    /// Until when; none while it lasts.
    #[serde(rename = "ended_at")]
    pub until: Option<Timestamp>,
}

/// What became of a node.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeStory {
    /// Its full id.
    pub node_id: String,
    /// Its name.
    pub node_name: String,
    /// What it was at last.
    pub state: NodeState,
    /// Why, where that was told.
    pub reason: Option<String>,
    /// How many allocations were to leave it; none where that was not foreseen.
    pub foreseen_moves: Option<usize>,
    /// How long it was to take, in seconds; none where that was not foreseen.
    pub foreseen_seconds: Option<f64>,
    /// How many moved well.
    pub moves: usize,
    /// Seconds from its beginning until it was found rotated.
    pub seconds: Option<f64>,
    /// What it was meanwhile.
    pub spans: Vec<Span>,
}

/// How an allocation moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoveStory {
    /// Its full id.
    pub alloc_id: String,
    /// Its name.
    #[serde(rename = "alloc_name")]
    pub name: String,
    /// Its group.
    #[serde(flatten)]
    pub group: GroupKey,
    /// The name of the node it left.
    pub from_node_name: String,
    /// The name of the node its replacement runs on.
    pub to_node_name: Option<String>,
    /// Id of its replacement.
    #[serde(rename = "replacement_alloc_id")]
    pub replacement_id: Option<String>,
    /// When it was told to stop.
    pub stopped_at: Option<Timestamp>,
    /// When its replacement was placed.
    pub placed_at: Option<Timestamp>,
    /// When its move ended.
    pub ended_at: Option<Timestamp>,
    /// Whether it may have ended before: nobody looked then, and Nomad does not tell either.
    pub upper_bound: bool,
    /// How its move ended; none while it is on its way.
    pub outcome: Option<Outcome>,
    /// Why, where that was told.
    pub reason: Option<String>,
    /// What allowed to stop it.
    pub evidence: Option<StopEvidence>,
}

impl MoveStory {
    /// Seconds between its stop and the end of its move.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        Some(seconds(self.stopped_at?, self.ended_at?))
    }
}

/// How few of a group were left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupStory {
    /// The group.
    #[serde(flatten)]
    pub group: GroupKey,
    /// How many it wants; none where that is not told.
    pub count: Option<u64>,
    /// The fewest that had to be available.
    pub floor: Option<u64>,
    /// How many of it moved.
    pub moves: usize,
    /// The most that were away at the same moment.
    pub most_away: u64,
    /// Seconds in which at least one was away.
    pub away_seconds: f64,
    /// Seconds in which none of it was left.
    pub gap_seconds: f64,
    /// The longest of its moves, in seconds.
    pub longest_seconds: f64,
    /// Whether these seconds may have been fewer: nobody looked when a move ended.
    pub upper_bound: bool,
}

/// What was foreseen, and what came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// How many allocations were to move.
    pub foreseen_moves: usize,
    /// How many moved well.
    pub moves: usize,
    /// How many went another way.
    pub other_moves: usize,
    /// Of how many the cluster's scheduler was asked.
    pub asked: u64,
    /// How many of them it could not place.
    pub without_place: u64,
    /// Why nobody knew, where nobody did.
    pub unknown: Option<String>,
    /// How long it was to take, in seconds, where that was estimated.
    pub foreseen_seconds: Option<f64>,
    /// How long it took until now, in seconds.
    pub seconds: Option<f64>,
}

fn seconds(from: Timestamp, until: Timestamp) -> f64 {
    until.duration_since(from).as_secs_f64().max(0.0)
}

/// Tells it.
#[must_use]
pub fn tell(rotation: &str, events: &[Happening], left_out: usize) -> Story {
    let mut teller = Teller::default();
    for happening in events {
        teller.learn(happening);
    }
    teller.story(rotation, left_out)
}

#[derive(Default)]
struct Teller {
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
    fn learn(&mut self, Happening { time, event }: &Happening) {
        let time = *time;
        self.begun.get_or_insert(time);
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        match event {
            Event::Started { nodes, .. } => {
                self.cut_short += usize::from(self.runs > 0 && self.end.is_none());
                self.runs += 1;
                self.end = None;
                for node in nodes {
                    self.node(node);
                }
            }
            Event::Foreseen(foreseen) => drop(self.foreseen.get_or_insert_with(|| foreseen.clone())),
            Event::NodeIneligible { node, .. } => self.turn(node, NodeState::Waiting, time),
            Event::NodeStarted { node, .. } => self.turn(node, NodeState::Emptying, time),
            Event::BatchAwaited { node, .. } => self.turn(node, NodeState::AwaitingBatch, time),
            Event::DrainStarted { node, .. } => self.turn(node, NodeState::Sealing, time),
            Event::NodeRelieved { node, seconds } => {
                self.turn(node, NodeState::Rotated, time);
                self.node(node).seconds = Some(*seconds);
            }
            Event::NodeEmptied { node, .. } => self.turn(node, NodeState::Empty, time),
            Event::NodeRotated { node, seconds } => {
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
            Event::AllocStopped { alloc, node, evidence } => {
                let of = self.move_of(alloc, node);
                of.stopped_at.get_or_insert(time);
                of.evidence = of.evidence.or(*evidence);
            }
            Event::ReplacementPlaced { alloc, replacement, node } => {
                let at = self.by_alloc.get(&alloc.id).copied();
                let of = match at {
                    Some(at) => &mut self.moves[at],
                    None => self.move_of(alloc, &NodeRef { id: String::new(), name: "?".to_owned() }),
                };
                of.placed_at = Some(time);
                of.replacement_id = Some(replacement.clone());
                of.to_node_name = Some(node.name.clone());
            }
            Event::AllocMoved(moved) => self.learn_moved(moved, time),
            Event::Stopped { reason, code } => {
                self.end = Some((End::Stopped, Some((reason.clone(), code.clone()))));
                self.close(time);
            }
            Event::Finished { rotated, .. } => {
                // A run that was cut short may have rotated nodes without a word; the end counts them.
                let told = self.nodes.iter().filter(|n| n.state == NodeState::Rotated).count();
                if *rotated > told {
                    for node in self.nodes.iter_mut().filter(|n| !n.state.is_end()) {
                        node.state = NodeState::Rotated;
                    }
                }
                self.end = Some((End::Finished, None));
                self.close(time);
            }
            _ => {}
        }
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

    fn story(mut self, rotation: &str, left_out: usize) -> Story {
        let foreseen = self.foreseen.take();
        for node in &mut self.nodes {
            let of_node =
                |m: &&MoveStory| m.from_node_name == node.node_name && m.outcome == Some(Outcome::Healthy);
            node.moves = self.moves.iter().filter(of_node).count();
            let known = foreseen.iter().flat_map(|f| &f.nodes).find(|n| n.node.id == node.node_id);
            node.foreseen_moves = known.map(|n| n.moves);
            node.foreseen_seconds = known.and_then(|n| n.seconds);
        }
        let groups = groups(&self.moves, foreseen.as_ref(), self.last);
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

fn groups(moves: &[MoveStory], foreseen: Option<&Foreseen>, last: Option<Timestamp>) -> Vec<GroupStory> {
    let mut of: BTreeMap<&GroupKey, Vec<&MoveStory>> = BTreeMap::new();
    for story in moves {
        of.entry(&story.group).or_default().push(story);
    }
    let group = |(key, moves): (&GroupKey, Vec<&MoveStory>)| {
        let known = foreseen.into_iter().flat_map(|f| &f.groups).find(|g| g.group == *key);
        let evidence = moves.iter().find_map(|m| m.evidence);
        let count = evidence.map(|e| e.count).or(known.map(|k| k.count));
        let away = AwayCount::of(&moves, count, last);
        GroupStory {
            group: key.clone(),
            count,
            floor: evidence.map(|e| e.floor).or(known.map(|k| k.floor)),
            moves: moves.len(),
            most_away: away.most,
            away_seconds: away.some,
            gap_seconds: away.all,
            longest_seconds: moves.iter().filter_map(|m| m.seconds()).fold(0.0, f64::max),
            upper_bound: moves.iter().any(|m| m.upper_bound),
        }
    };
    of.into_iter().map(group).collect()
}

/// How many of a group were away at once, and for how long.
#[derive(Debug, Default, PartialEq)]
struct AwayCount {
    most: u64,
    /// Seconds with at least one away.
    some: f64,
    /// Seconds with as many away as the group wants.
    all: f64,
}

impl AwayCount {
    fn of(moves: &[&MoveStory], count: Option<u64>, last: Option<Timestamp>) -> Self {
        let mut edges: Vec<(Timestamp, i64)> = Vec::new();
        for (from, until) in moves.iter().filter_map(|m| Some((m.stopped_at?, m.ended_at.or(last)?))) {
            edges.extend([(from, 1), (until.max(from), -1)]);
        }
        // One that arrives makes room for one that leaves at the same moment.
        edges.sort_unstable();
        let (mut away, mut now, mut before) = (AwayCount::default(), 0_i64, None);
        for (time, change) in edges {
            let lasted = before.map_or(0.0, |before| seconds(before, time));
            if now > 0 {
                away.some += lasted;
            }
            if count.is_some_and(|count| count > 0 && now as u64 >= count) {
                away.all += lasted;
            }
            now += change;
            away.most = away.most.max(u64::try_from(now).unwrap_or(0));
            before = Some(time);
        }
        away
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::node::Eligibility;
    use crate::ops::rotate::event::{GroupFloor, NodeMoves};
    use proptest::prelude::*;

    fn at(second: i64, event: Event) -> Happening {
        Happening { time: Timestamp::from_second(1_000 + second).unwrap(), event }
    }

    fn node(name: &str) -> NodeRef {
        NodeRef { id: format!("id-{name}"), name: name.to_owned() }
    }

    fn alloc(index: usize) -> AllocRef {
        AllocRef {
            id: format!("a{index}"),
            name: format!("web.g[{index}]"),
            job: "web".into(),
            namespace: "default".into(),
        }
    }

    fn moved(index: usize, seconds: f64, outcome: Outcome) -> Event {
        Event::AllocMoved(Moved {
            alloc: alloc(index),
            group: alloc(index).group(),
            from: node("c1"),
            replacement: Some(format!("b{index}")),
            to: Some(node("c4")),
            outcome,
            gap_seconds: None,
            reason: None,
            seconds,
            upper_bound: false,
            killed_at_deadline: false,
        })
    }

    fn stopped(index: usize) -> Event {
        let evidence = Some(StopEvidence { available: 2, count: 2, floor: 1 });
        Event::AllocStopped { alloc: alloc(index), node: node("c1"), evidence }
    }

    fn foreseen() -> Event {
        let group = alloc(0).group();
        Event::Foreseen(Foreseen {
            nodes: vec![NodeMoves { node: node("c1"), moves: 2, seconds: Some(5.0) }],
            groups: vec![GroupFloor { group, count: 2, floor: 1 }],
            asked: 2,
            ..Foreseen::default()
        })
    }

    #[test]
    fn a_rotation_is_told_with_its_spans_its_moves_and_its_gaps() {
        let events = [
            at(
                0,
                Event::Started {
                    rotation: "r-1".into(),
                    nodes: vec![node("c1"), node("c2")],
                    resumed: false,
                    purpose: Default::default(),
                },
            ),
            at(0, foreseen()),
            at(1, Event::NodeIneligible { node: node("c1"), was: Eligibility::Eligible }),
            at(2, Event::NodeStarted { node: node("c1"), position: 1, of: 1, moves: 2 }),
            at(3, stopped(0)),
            at(4, Event::ReplacementPlaced { alloc: alloc(0), replacement: "b0".into(), node: node("c4") }),
            at(5, stopped(1)),
            at(8, moved(0, 5.0, Outcome::Healthy)),
            at(9, moved(1, 4.0, Outcome::Healthy)),
            at(10, Event::DrainStarted { node: node("c1"), supervised: false }),
            at(12, Event::NodeRotated { node: node("c1"), seconds: 10.0 }),
            at(12, Event::NodeSkipped { node: node("c2"), reason: "it is down".into() }),
            at(22, Event::Finished { rotated: 1, skipped: 1, purpose: Default::default() }),
        ];
        let story = tell("r-1", &events, 0);
        assert_eq!((story.state, story.runs, story.code.as_deref()), (End::Finished, 1, None));
        let spans: Vec<(NodeState, i64, i64)> = story.nodes[0]
            .spans
            .iter()
            .map(|s| (s.state, s.from.as_second() - 1_000, s.until.unwrap().as_second() - 1_000))
            .collect();
        assert_eq!(
            spans,
            [(NodeState::Waiting, 1, 2), (NodeState::Emptying, 2, 10), (NodeState::Sealing, 10, 12)]
        );
        assert_eq!((story.nodes[0].foreseen_moves, story.nodes[0].moves), (Some(2), 2));
        assert_eq!(
            (story.nodes[1].state, story.nodes[1].reason.as_deref()),
            (NodeState::LeftOut, Some("it is down"))
        );
        let group = &story.groups[0];
        assert_eq!((group.most_away, group.count, group.floor), (2, Some(2), Some(1)));
        assert_eq!((group.away_seconds, group.gap_seconds, group.longest_seconds), (6.0, 3.0, 5.0));
        let forecast = story.forecast.unwrap();
        assert_eq!((forecast.foreseen_moves, forecast.moves, forecast.seconds), (2, 2, Some(22.0)));
    }

    #[test]
    fn a_move_whose_stop_was_left_out_is_told_by_its_end_and_one_that_goes_on_has_none() {
        let events = [at(0, foreseen()), at(9, moved(0, 4.0, Outcome::Healthy)), at(10, stopped(1))];
        let story = tell("r-1", &events, 7);
        assert_eq!(story.moves[0].seconds(), Some(4.0));
        assert_eq!((story.moves[1].outcome, story.moves[1].seconds()), (None, None));
        assert_eq!((story.state, story.left_out), (End::Open, 7));
        assert_eq!(story.groups[0].most_away, 1);
    }

    #[test]
    fn what_ended_while_nobody_looked_is_told_by_its_own_time_or_as_what_it_is_at_most() {
        let late = |upper_bound, seconds| match moved(0, seconds, Outcome::Healthy) {
            Event::AllocMoved(moved) => Event::AllocMoved(Moved { upper_bound, ..moved }),
            event => event,
        };
        for (upper_bound, seconds) in [(false, 4.0), (true, 600.0)] {
            let events = [at(0, foreseen()), at(3, stopped(0)), at(603, late(upper_bound, seconds))];
            let story = tell("r-1", &events, 0);
            assert_eq!((story.moves[0].seconds(), story.moves[0].upper_bound), (Some(seconds), upper_bound));
            let group = &story.groups[0];
            assert_eq!((group.longest_seconds, group.upper_bound), (seconds, upper_bound));
        }
    }

    #[test]
    fn what_was_stopped_and_taken_up_again_is_open_until_its_next_end() {
        let started = |resumed| Event::Started {
            rotation: "r-1".into(),
            nodes: vec![node("c1")],
            resumed,
            purpose: Default::default(),
        };
        let halt = Event::Stopped { reason: "interrupted".into(), code: "interrupted".into() };
        let mut events = vec![at(0, started(false)), at(5, halt)];
        assert_eq!(tell("r-1", &events, 0).code.as_deref(), Some("interrupted"));
        events.push(at(60, started(true)));
        let story = tell("r-1", &events, 0);
        assert_eq!((story.state, story.runs, story.code), (End::Open, 2, None));
        assert_eq!(story.cut_short, 0, "its end was told");
    }

    #[test]
    fn a_node_that_a_killed_run_rotated_without_a_word_is_rotated_at_the_end() {
        let started = |resumed| Event::Started {
            rotation: "r-1".into(),
            nodes: vec![node("c1"), node("c2")],
            resumed,
            purpose: Default::default(),
        };
        let begun = |name| Event::NodeStarted { node: node(name), position: 1, of: 2, moves: 0 };
        let mut events = vec![
            at(0, started(false)),
            at(1, begun("c1")),
            at(50, started(true)),
            at(51, begun("c2")),
            at(52, Event::NodeRotated { node: node("c2"), seconds: 1.0 }),
        ];
        assert_eq!(tell("r-1", &events, 0).nodes[0].state, NodeState::Emptying);
        events.push(at(60, Event::Finished { rotated: 2, skipped: 0, purpose: Default::default() }));
        let story = tell("r-1", &events, 0);
        assert_eq!((story.runs, story.cut_short), (2, 1));
        assert!(story.nodes.iter().all(|n| n.state == NodeState::Rotated), "{:?}", story.nodes);
    }

    proptest! {
        /// Whatever order events come in, no state lasts a negative time, and no gap is longer than the time something was away.
        #[test]
        fn a_story_never_contradicts_itself(steps in prop::collection::vec((0_i64..100, 0_usize..8, 0_usize..4), 0..60)) {
            let event = |kind: usize, index: usize| match kind {
                0 => stopped(index),
                1 => moved(index, 3.0, Outcome::Healthy),
                2 => Event::NodeStarted { node: node("c1"), position: 1, of: 1, moves: 2 },
                3 => Event::NodeIneligible { node: node("c2"), was: Eligibility::Eligible },
                4 => Event::NodeRotated { node: node("c1"), seconds: 1.0 },
                5 => Event::Started { rotation: "r-1".into(), nodes: vec![node("c1")], resumed: true, purpose: Default::default() },
                6 => Event::Stopped { reason: String::new(), code: "failed".into() },
                _ => Event::ReplacementPlaced { alloc: alloc(index), replacement: "x".into(), node: node("c5") },
            };
            let events: Vec<Happening> = steps.iter().map(|(t, kind, index)| at(*t, event(*kind, *index))).collect();
            let story = tell("r-1", &events, 0);
            for group in &story.groups {
                prop_assert!(group.gap_seconds <= group.away_seconds);
                prop_assert!(group.most_away as usize <= group.moves);
            }
            for node in &story.nodes {
                let open = node.spans.iter().filter(|s| s.until.is_none()).count();
                prop_assert!(open <= 1);
            }
        }
    }
}
