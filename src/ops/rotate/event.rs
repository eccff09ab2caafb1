//! What happens in a rotation, as it happens. Progress display, plain lines, NDJSON and the journal read the same events.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::nomad::node::{Eligibility, NodeStatus};
use crate::model::group::GroupKey;
use crate::ops::migration::{AllocRef, NodeRef};

/// How the move of an allocation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Its replacement runs healthy on another node.
    Healthy,
    /// It ended, and its job wants no replacement.
    NotWanted,
    /// It finished its work.
    Finished,
    /// It was stopped, and its work is not started again.
    Killed,
    /// Its node was lost.
    Lost,
    /// It was stopped, and its replacement was not found well when the run ended.
    Unfinished,
}

/// What happens in a rotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Event {
    /// It begins, or goes on where an earlier run was ended.
    Started {
        /// The rotation's name.
        rotation: String,
        /// The nodes, in order.
        nodes: Vec<NodeRef>,
        /// Whether an earlier run began it.
        resumed: bool,
        /// What it is for.
        #[serde(default)]
        purpose: Purpose,
    },
    /// What was foreseen before anything was touched.
    Foreseen(Foreseen),
    /// A node takes no new work from now on.
    NodeIneligible {
        /// The node.
        node: NodeRef,
        /// What it was before.
        was: Eligibility,
    },
    /// The command that starts replacements runs.
    ReplacementsStarted {
        /// Its words.
        command: Vec<String>,
    },
    /// The command said something.
    CommandOutput {
        /// A line of it.
        line: String,
    },
    /// So many newcomers can stand in for the old nodes.
    ReplacementsJoined {
        /// How many can.
        ready: usize,
        /// How many must.
        wanted: usize,
        /// Newcomers that cannot, and why.
        unlike: Vec<String>,
        /// How those that can differ from what they stand in for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differences: Vec<String>,
    },
    /// A node is next.
    NodeStarted {
        /// The node.
        node: NodeRef,
        /// Its place in the order, from 1.
        position: usize,
        /// How many there are.
        of: usize,
        /// How many allocations have to move.
        moves: usize,
    },
    /// An allocation was told to stop; its replacement has a place.
    AllocStopped {
        /// The allocation.
        alloc: AllocRef,
        /// Its node.
        node: NodeRef,
        /// What allowed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<StopEvidence>,
    },
    /// The replacement of an allocation was placed.
    ReplacementPlaced {
        /// The allocation that leaves.
        alloc: AllocRef,
        /// Id of its replacement.
        replacement: String,
        /// Where the replacement was placed.
        node: NodeRef,
    },
    /// The move of an allocation ended.
    AllocMoved(Moved),
    /// Batch work on the node has to finish first.
    BatchAwaited {
        /// The node.
        node: NodeRef,
        /// What still runs.
        allocs: Vec<AllocRef>,
    },
    /// The node drains: what is left on it goes, and nothing comes back.
    DrainStarted {
        /// The node.
        node: NodeRef,
        /// Whether the server moves the services, watched, because the token may not stop allocations.
        supervised: bool,
    },
    /// The drain was cancelled, so that nothing more leaves the node.
    DrainCancelled {
        /// The node.
        node: NodeRef,
    },
    /// A gate says something else than before.
    GateAnswered {
        /// The gate.
        gate: String,
        /// `pass`, `fail` or `unknown`.
        verdict: String,
        /// Why, when it does not pass.
        why: String,
    },
    /// A second copy of a single instance is started.
    CountRaised {
        /// Its group.
        group: GroupKey,
        /// The count until then.
        from: u64,
        /// The count from now on.
        to: u64,
    },
    /// A group whose count was raised has its own count again, or somebody else decided about it.
    CountRestored {
        /// The group.
        group: GroupKey,
        /// The count from now on.
        count: u64,
        /// Whether somebody else set that one, and it was left.
        #[serde(default)]
        by_others: bool,
    },
    /// The node is empty, everything that left it was found well, and something is still to be done to it.
    NodeEmptied {
        /// The node.
        node: NodeRef,
        /// How long it took.
        seconds: f64,
    },
    /// Everything that was to leave the node was found well elsewhere; the rest stays.
    NodeRelieved {
        /// The node.
        node: NodeRef,
        /// How long it took.
        seconds: f64,
    },
    /// The node is empty, everything that left it was found well, and what was to be done to it is done.
    NodeRotated {
        /// The node.
        node: NodeRef,
        /// How long it took.
        seconds: f64,
    },
    /// The agent of a node in hand does not answer, or the servers count it as something else since.
    NodeSilent {
        /// The node.
        node: NodeRef,
        /// When its agent answered last, or was first asked in vain.
        silent_since: Timestamp,
        /// What the servers count it as.
        status: NodeStatus,
        /// Since when, by their clock; none while they count it as ready.
        status_since: Option<Timestamp>,
        /// When something last moved on in this rotation.
        last_progress_at: Timestamp,
        /// Until when it is waited for, unless something moves on before; none where there is no limit.
        waited_until: Option<Timestamp>,
    },
    /// The agent of that node answers again.
    NodeAnswers {
        /// The node.
        node: NodeRef,
        /// How long it did not.
        seconds: f64,
    },
    /// The node stays as it is, without new work.
    NodeSkipped {
        /// The node.
        node: NodeRef,
        /// Why.
        reason: String,
    },
    /// Nothing more can be stopped for now, and why.
    Held {
        /// What keeps the allocations where they are.
        reasons: Vec<String>,
    },
    /// That is over.
    HoldEnded {
        /// How long it lasted.
        seconds: f64,
    },
    /// Somebody asked for a pause: nothing new is begun.
    Paused {
        /// Who, and why.
        by: String,
    },
    /// The pause is over.
    Unpaused,
    /// A command is run for an empty node.
    CommandStarted {
        /// The node.
        node: NodeRef,
        /// Its words.
        command: Vec<String>,
        /// The how many-th try it is, from 1.
        attempt: u32,
    },
    /// It has ended.
    CommandEnded {
        /// The node.
        node: NodeRef,
        /// How long it took.
        seconds: f64,
        /// Why it failed, when it did.
        failed: Option<String>,
        /// The last lines it said.
        tail: Vec<String>,
    },
    /// The node is back and changed as expected.
    NodeBack {
        /// The node.
        node: NodeRef,
        /// How long that took since its command ended.
        seconds: f64,
        /// What differs, in words.
        changes: Vec<String>,
    },
    /// The agent of a node that was to be ended is gone.
    NodeGone {
        /// The node.
        node: NodeRef,
        /// How long that took since its command ended.
        seconds: f64,
    },
    /// The cluster has forgotten the node.
    NodePurged {
        /// The node.
        node: NodeRef,
    },
    /// Something was noticed that does not stop the rotation.
    Noticed {
        /// What.
        text: String,
    },
    /// The node got back the eligibility it had.
    NodeRestored {
        /// The node.
        node: NodeRef,
        /// What it is again.
        eligibility: Eligibility,
    },
    /// Nodes that are not emptied take no new work until the end, so that what moves goes to its destination.
    PassedOver {
        /// The nodes.
        nodes: Vec<NodeRef>,
    },
    /// These take work again.
    PassedOverRestored {
        /// The nodes.
        nodes: Vec<NodeRef>,
    },
    /// The rotation stopped before its end.
    Stopped {
        /// Why.
        reason: String,
        /// The exit code's name.
        code: String,
    },
    /// Everything was rotated, or left out as decided.
    Finished {
        /// Nodes rotated.
        rotated: usize,
        /// Nodes left out.
        skipped: usize,
        /// What it was for.
        #[serde(default)]
        purpose: Purpose,
    },
}

/// What work is moved for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Nodes are emptied.
    #[default]
    Rotation,
    /// Some of it moves to emptier nodes.
    Rebalance,
}

/// What was foreseen before anything was touched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Foreseen {
    /// How many allocations were to leave each node, in order.
    pub nodes: Vec<NodeMoves>,
    /// The groups that were to move.
    pub groups: Vec<GroupFloor>,
    /// Of how many moves the cluster's scheduler was asked.
    pub asked: u64,
    /// How many of them it could not place.
    pub without_place: u64,
    /// Why nobody knows, where nobody does.
    pub unknown: Option<String>,
    /// How long the whole was to take, in seconds, where that was estimated.
    pub seconds: Option<f64>,
}

/// How many allocations were to leave a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeMoves {
    /// The node.
    pub node: NodeRef,
    /// How many.
    pub moves: usize,
    /// How long that was to take, in seconds, where that was estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}

/// A group as it was before it moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupFloor {
    /// The group.
    pub group: GroupKey,
    /// How many allocations it wanted.
    pub count: u64,
    /// The fewest that were to be available.
    pub floor: u64,
}

/// What allowed to stop an allocation at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopEvidence {
    /// How many of its group were available before.
    pub available: u64,
    /// How many the group wants.
    pub count: u64,
    /// The fewest that have to be available.
    pub floor: u64,
}

/// How an allocation moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The allocation that left.
    pub alloc: AllocRef,
    /// Its group.
    pub group: GroupKey,
    /// Where it ran.
    pub from: NodeRef,
    /// Id of what replaced it.
    pub replacement: Option<String>,
    /// Where that runs.
    pub to: Option<NodeRef>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, where that has to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of a service with one instance: seconds during which none of it was available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_seconds: Option<f64>,
    /// Seconds between its stop and the end; 0 where nobody saw it leave.
    pub seconds: f64,
    /// Whether it may have taken less: nobody looked when it ended, and Nomad does not tell either.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub upper_bound: bool,
    /// Whether it was still running when a deadline ended the drain.
    pub killed_at_deadline: bool,
}

#[cfg(test)]
impl Moved {
    /// One that took a second, for tests.
    pub(super) fn in_a_second(
        alloc: &AllocRef,
        from: &NodeRef,
        replacement: Option<String>,
        outcome: Outcome,
    ) -> Self {
        Moved {
            alloc: alloc.clone(),
            group: alloc.group(),
            from: from.clone(),
            replacement,
            to: None,
            outcome,
            reason: None,
            gap_seconds: None,
            seconds: 1.0,
            upper_bound: false,
            killed_at_deadline: false,
        }
    }
}
