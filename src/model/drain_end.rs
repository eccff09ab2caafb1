//! How the drain of a node ended: `complete` alone proves nothing (`nomad-api.md` T14). Pure.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::api::nomad::node::{DrainStatus, Node, NodeStatus};

/// How the drain of a node ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum DrainEnd {
    /// Everything left in its own time.
    Complete,
    /// The deadline came, and what was left was stopped whether it was replaced or not.
    Forced,
    /// Somebody ended it.
    Cancelled {
        /// Who: a cancellation puts its own identity in place of the beginner's.
        by: String,
    },
    /// The node stopped answering.
    Lost {
        /// What shows it.
        why: String,
    },
    /// The node is no longer known.
    Gone,
}

impl std::fmt::Display for DrainEnd {
    /// What is to be said of the node.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DrainEnd::Complete => f.write_str("the drain is complete"),
            DrainEnd::Forced => f.write_str("the drain reached its deadline; what still ran was stopped"),
            DrainEnd::Cancelled { by } => write!(f, "the drain was cancelled by {by}"),
            DrainEnd::Lost { why } => write!(f, "the node was lost: {why}"),
            DrainEnd::Gone => f.write_str("the node is no longer known"),
        }
    }
}

/// How the drain that began at `since` ended; none while it goes on.
#[must_use]
pub fn of(node: &Node, since: Option<Timestamp>) -> Option<DrainEnd> {
    if node.drain_strategy.is_some() {
        return None;
    }
    let last = node.last_drain.as_ref();
    // Its end is noted to the second only.
    let until = last.and_then(|d| d.updated_at).map(|at| at + SignedDuration::from_secs(1));
    let during = |at: Option<Timestamp>| {
        at.is_some_and(|at| since.is_none_or(|since| at >= since) && until.is_none_or(|until| at <= until))
    };
    let events = || node.events.iter().filter(|e| during(e.timestamp));
    // A crash ends a drain as well, and the node may be back already (§2.4, 9.).
    if let Some(missed) = events().find(|e| e.message.contains("heartbeat missed")) {
        return Some(DrainEnd::Lost { why: missed.message.clone() });
    }
    let gone = matches!(node.status, NodeStatus::Down | NodeStatus::Disconnected);
    if gone && during(node.status_updated_at) {
        return Some(DrainEnd::Lost { why: format!("its status is {}", node.status) });
    }
    if last.is_some_and(|d| d.status == DrainStatus::Canceled) {
        let by = last.map(|d| d.accessor_id.as_str()).filter(|by| !by.is_empty()).unwrap_or("somebody");
        return Some(DrainEnd::Cancelled { by: by.to_owned() });
    }
    // The only trace of a forced end (§2.4, 7.).
    let forced = events().any(|e| e.details.get("deadline_reached").is_some_and(|v| v == "true"));
    Some(if forced { DrainEnd::Forced } else { DrainEnd::Complete })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;

    #[test]
    fn the_four_ends_are_told_apart() {
        let of_recording = |name: &str| {
            let node: Node = body(name);
            of(&node, node.last_drain.as_ref().and_then(|d| d.started_at))
        };
        assert_eq!(of_recording("node-draining"), None);
        assert_eq!(of_recording("node-drained"), Some(DrainEnd::Forced));
        assert!(
            matches!(of_recording("node-drain-cancelled"), Some(DrainEnd::Cancelled { by }) if by.starts_with("token:"))
        );
        assert!(matches!(of_recording("node-down"), Some(DrainEnd::Lost { .. })));
    }

    #[test]
    fn what_happened_before_or_afterwards_is_not_held_against_it() {
        let mut node: Node = body("node-drained");
        assert_eq!(of(&node, "2026-11-21T10:48:50Z".parse().ok()), Some(DrainEnd::Complete));
        node.events.clear();
        assert_eq!(of(&node, None), Some(DrainEnd::Complete));
        // It died a day after it was drained.
        node.status = NodeStatus::Down;
        node.status_updated_at = "2026-11-22T10:48:50Z".parse().ok();
        assert_eq!(of(&node, None), Some(DrainEnd::Complete));
    }

    #[test]
    fn a_node_that_came_back_was_lost_all_the_same() {
        let mut node: Node = body("node-down");
        node.status = NodeStatus::Ready;
        assert!(matches!(of(&node, None), Some(DrainEnd::Lost { why }) if why == "Node heartbeat missed"));
        // Its events may have been pushed out by newer ones.
        node.status = NodeStatus::Down;
        node.events.clear();
        assert!(matches!(of(&node, None), Some(DrainEnd::Lost { why }) if why == "its status is down"));
    }
}
