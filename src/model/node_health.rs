//! What is to be said of a node.

use jiff::Timestamp;

use crate::api::nomad::node::{DrainStatus, Eligibility, LastDrain, Node, NodeEvent, NodeStatus, NodeStub};
use crate::model::finding::{Finding, Kind, Severity};
use crate::model::ids::shell_word;

/// What an operator should know of a node; none when it is ready and takes work.
#[must_use]
pub fn finding(node: &NodeStub) -> Option<Finding> {
    let (severity, kind, text) = match node.status {
        NodeStatus::Down => (Severity::Critical, Kind::NodeDown, "down: heartbeats missed".to_owned()),
        NodeStatus::Disconnected => {
            let text = "disconnected: its allocations are waited for".to_owned();
            (Severity::Critical, Kind::NodeDisconnected, text)
        }
        NodeStatus::Initializing => {
            (Severity::Warning, Kind::NodeInitializing, "registered, not ready yet".to_owned())
        }
        NodeStatus::Unknown => (
            Severity::Warning,
            Kind::NodeInitializing,
            "in a status this version of fleet does not know".to_owned(),
        ),
        NodeStatus::Ready if node.drain => {
            let by = node.last_drain.as_ref().map(|d| format!(" by {}", whose(d))).unwrap_or_default();
            (Severity::Note, Kind::NodeDraining, format!("being drained{by}"))
        }
        NodeStatus::Ready if node.scheduling_eligibility == Eligibility::Ineligible => {
            let drained = node.last_drain.as_ref().is_some_and(|d| d.status == DrainStatus::Complete);
            let after = if drained { " after a finished drain" } else { "" };
            (Severity::Note, Kind::NodeIneligible, format!("ineligible{after}"))
        }
        NodeStatus::Ready => return None,
    };
    Some(Finding {
        severity,
        kind,
        namespace: None,
        subject: node.name.clone(),
        id: Some(node.id.clone()),
        text,
        next: Some(format!("fleet why --kind node {}", shell_word(&node.name))),
    })
}

/// Since when a node is in its state. The servers note that a silent node missed its heartbeats again and again, and each time as if
/// its state began then: it is the first of that unbroken row that tells, as far back as its newest events reach. Marks and drains are
/// no news of its agent, and are dated as if its state began with them too (`nomad-api.md §2.2`).
#[must_use]
pub fn since(node: &Node) -> Option<Timestamp> {
    let silent = matches!(node.status, NodeStatus::Down | NodeStatus::Disconnected);
    let by_hand =
        |e: &&NodeEvent| e.message.contains("marked as") || e.message.to_lowercase().contains("drain");
    let of_agent = node.events.iter().rev().filter(|e| !by_hand(e));
    let missed = of_agent.take_while(|e| silent && e.message.contains("heartbeat missed"));
    missed.filter_map(|e| e.timestamp).chain(node.status_updated_at).min()
}

/// Whether a drain of a node may have moved what was there between these two moments: it is under way, or it began before the second and
/// ended after the first. The servers keep the last drain alone, to the second.
#[must_use]
pub fn may_have_drained(node: &Node, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    let Some(drain) = &node.last_drain else { return node.drain_strategy.is_some() };
    let began_later = |to: Timestamp| drain.started_at.is_some_and(|at| at.as_second() > to.as_second());
    let ended_before = |from: Timestamp| drain.updated_at.is_some_and(|at| at.as_second() < from.as_second());
    !to.is_some_and(began_later) && (node.drain_strategy.is_some() || !from.is_some_and(ended_before))
}

/// Who drains or drained a node, and what they wrote there.
#[must_use]
pub fn whose(drain: &LastDrain) -> String {
    let who = if drain.accessor_id.is_empty() { "someone" } else { &drain.accessor_id };
    match drain.meta.get("message") {
        Some(message) => format!("{who} ({message})"),
        None => who.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;

    #[test]
    fn a_node_that_is_ready_and_takes_work_is_nothing_to_say_of() {
        let mut nodes: Vec<NodeStub> = body("nodes-list");
        nodes.retain(NodeStub::is_schedulable);
        assert!(!nodes.is_empty());
        assert!(nodes.iter().all(|n| finding(n).is_none()));
    }

    #[test]
    fn a_node_is_silent_since_the_first_heartbeat_it_missed() {
        let event = |message: &str, second: u32| serde_json::json!({"Message": message, "Subsystem": "Cluster", "Timestamp": format!("2026-01-01T00:00:{second:02}Z")});
        let node = |status: &str| -> Node {
            serde_json::from_value(serde_json::json!({"ID": "n1", "Name": "c1", "HTTPAddr": "10.0.0.1:4646", "Status": status,
                "SchedulingEligibility": "eligible", "ModifyIndex": 1, "StatusUpdatedAt": 1_767_225_645, "Events": [
                    event("Node heartbeat missed", 1), event("Node reregistered by heartbeat", 5),
                    event("Node heartbeat missed", 9), event("Node marked as ineligible for scheduling", 20),
                    event("Node heartbeat missed", 27), event("Node drain strategy set", 30), event("Node heartbeat missed", 45)]}))
            .unwrap()
        };
        assert_eq!(since(&node("disconnected")), "2026-01-01T00:00:09Z".parse().ok());
        assert_eq!(since(&node("ready")), "2026-01-01T00:00:45Z".parse().ok());
    }

    #[test]
    fn only_a_drain_that_was_under_way_meanwhile_may_have_moved_something() {
        let node = |drain: serde_json::Value| -> Node {
            serde_json::from_value(serde_json::json!({"ID": "n1", "Name": "c1", "Status": "ready",
                "SchedulingEligibility": "eligible", "ModifyIndex": 1, "LastDrain": drain}))
            .unwrap()
        };
        let drained = |from: &str, to: &str| {
            let drain = serde_json::json!({"Status": "complete", "StartedAt": "2026-01-01T00:01:00Z",
                "UpdatedAt": "2026-01-01T00:02:00Z"});
            let at = |clock: &str| format!("2026-01-01T{clock}Z").parse().ok();
            may_have_drained(&node(drain), at(from), at(to))
        };
        assert!(drained("00:00:00", "00:01:30") && drained("00:01:30", "00:05:00"));
        assert!(!drained("00:00:00", "00:00:30") && !drained("00:03:00", "00:05:00"));
        assert!(!may_have_drained(&node(serde_json::Value::Null), None, None));
    }

    #[test]
    fn every_other_node_is() {
        let mut nodes: Vec<NodeStub> = body("nodes-draining");
        nodes.retain(|n| !n.is_schedulable());
        assert!(!nodes.is_empty());
        for node in &nodes {
            assert!(finding(node).is_some(), "{}", node.name);
        }
        let draining = nodes.iter().find(|n| n.drain).and_then(finding).unwrap();
        assert_eq!((draining.severity, draining.kind), (Severity::Note, Kind::NodeDraining));
        assert!(draining.text.starts_with("being drained by token:"), "{}", draining.text);
        let mut dead = nodes[0].clone();
        dead.status = NodeStatus::Down;
        assert_eq!(finding(&dead).unwrap().severity, Severity::Critical);
    }
}
