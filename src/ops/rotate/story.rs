//! What a rotation came to, told from its events: when each node was in which state, how each allocation moved, how few of a
//! group were left meanwhile, and how that compares with what was foreseen. Pure.

mod away;
mod teller;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;

use crate::model::group::GroupKey;
use crate::ops::rotate::event::{Outcome, StopEvidence};
use crate::ops::rotate::history::Happening;

use teller::Teller;

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
