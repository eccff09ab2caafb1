//! What can be waited for of a node.

use super::{ConditionState, one_of};
use crate::api::nomad::allocation::{Allocation, ClientStatus};
use crate::api::nomad::node::{DrainStatus, Eligibility, Node, NodeStatus};
use crate::model::ids::JobType;
use crate::model::words;

/// A condition of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeCondition {
    /// Its heartbeats arrive.
    Ready,
    /// It takes new work.
    Eligible,
    /// It takes no new work.
    Ineligible,
    /// Its drain is over and nothing but system work is left on it.
    Drained,
    /// Its heartbeats are missed.
    Down,
    /// It is not registered any more.
    Gone,
}

/// The conditions there are, by their words.
pub const WORDS: &[(&str, NodeCondition)] = &[
    ("ready", NodeCondition::Ready),
    ("eligible", NodeCondition::Eligible),
    ("ineligible", NodeCondition::Ineligible),
    ("drained", NodeCondition::Drained),
    ("down", NodeCondition::Down),
    ("gone", NodeCondition::Gone),
];

impl NodeCondition {
    /// Reads one.
    ///
    /// # Errors
    /// Which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_of(text, WORDS, "")
    }
}

impl std::fmt::Display for NodeCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(WORDS.iter().find(|(_, c)| c == self).map_or("", |(word, _)| word))
    }
}

/// How a condition of a node stands; `was_draining` when a drain was seen under way before.
#[must_use]
pub fn standing(
    condition: NodeCondition,
    node: Option<&Node>,
    allocs: &[Allocation],
    was_draining: bool,
) -> ConditionState {
    let Some(node) = node else {
        return match condition {
            NodeCondition::Gone => ConditionState::Met("it is not registered".to_owned()),
            _ => ConditionState::Never("it is not registered any more: somebody purged it".to_owned()),
        };
    };
    let draining = node.drain_strategy.is_some();
    let is = if draining {
        format!("{}, draining", node.status)
    } else {
        format!("{}, {}", node.status, node.scheduling_eligibility)
    };
    let met = |so: bool| {
        if so {
            ConditionState::Met(format!("it is {is}"))
        } else {
            ConditionState::NotYet(format!("it is {is}"))
        }
    };
    match condition {
        NodeCondition::Ready => met(node.status == NodeStatus::Ready),
        NodeCondition::Eligible => met(node.is_schedulable()),
        NodeCondition::Ineligible => met(node.scheduling_eligibility == Eligibility::Ineligible),
        NodeCondition::Down => met(matches!(node.status, NodeStatus::Down | NodeStatus::Disconnected)),
        NodeCondition::Gone => ConditionState::NotYet(format!("it is still registered ({is})")),
        NodeCondition::Drained => drained(node, allocs, was_draining),
    }
}

fn drained(node: &Node, allocs: &[Allocation], was_draining: bool) -> ConditionState {
    let living = || allocs.iter().filter(|a| !a.client_status.is_terminal());
    let kind = |a: &&Allocation| a.job.as_ref().map(|j| j.job_type);
    let work: Vec<&Allocation> = living().filter(|a| kind(a) != Some(JobType::System)).collect();
    let left = |n: usize| {
        let first = work.first().map_or(String::new(), |a| format!(", such as {}", a.name));
        format!("{} {} still on it{first}", words::count(n, "allocation"), words::either(n, "is", "are"))
    };
    if node.drain_strategy.is_some() {
        return ConditionState::NotYet(if work.is_empty() {
            "the drain is not over".to_owned()
        } else {
            format!("it drains: {}", left(work.len()))
        });
    }
    let ended = node.last_drain.as_ref().map(|d| d.status);
    if node.scheduling_eligibility == Eligibility::Eligible {
        let words = if was_draining {
            "the drain was cancelled or is over, and it takes new work again"
        } else {
            "nobody drains it: it takes new work"
        };
        return if was_draining {
            ConditionState::Never(words.to_owned())
        } else {
            ConditionState::NotYet(words.to_owned())
        };
    }
    if was_draining && ended == Some(DrainStatus::Canceled) {
        return ConditionState::Never("the drain was cancelled".to_owned());
    }
    if !work.is_empty() {
        // What was told to stop at the end of a drain is ending.
        let goes = work.iter().any(|a| a.client_status == ClientStatus::Unknown);
        let words = format!("nobody drains it, and {}", left(work.len()));
        return if goes { ConditionState::NotKnown(words) } else { ConditionState::NotYet(words) };
    }
    if node.status != NodeStatus::Ready {
        return ConditionState::NotKnown(format!(
            "it is {}: what may still run there cannot be seen",
            node.status
        ));
    }
    let system = living().count();
    let beside = if system == 0 {
        String::new()
    } else {
        format!(", {} of system jobs stay", words::count(system, "allocation"))
    };
    ConditionState::Met(format!("nothing is left on it{beside}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn node(more: &Value) -> Node {
        let mut row = json!({"ID": "n", "Name": "c1", "Status": "ready", "SchedulingEligibility": "eligible", "ModifyIndex": 1});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(row).unwrap()
    }

    fn alloc(kind: &str, client: &str) -> Allocation {
        serde_json::from_value(json!({"ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
            "DesiredStatus": "run", "ClientStatus": client, "ModifyIndex": 1, "Job": {"ID": "web", "Type": kind}}))
        .unwrap()
    }

    #[test]
    fn states_are_what_the_servers_say() {
        let of = |condition: NodeCondition, more: &Value| standing(condition, Some(&node(more)), &[], false);
        assert_eq!(of(NodeCondition::Ready, &json!({})), ConditionState::Met("it is ready, eligible".into()));
        assert_eq!(
            of(NodeCondition::Down, &json!({})),
            ConditionState::NotYet("it is ready, eligible".into())
        );
        assert!(matches!(of(NodeCondition::Down, &json!({"Status": "down"})), ConditionState::Met(_)));
        assert!(matches!(of(NodeCondition::Eligible, &json!({"Status": "down"})), ConditionState::NotYet(_)));
        assert!(matches!(standing(NodeCondition::Ready, None, &[], false), ConditionState::Never(_)));
        assert!(matches!(standing(NodeCondition::Gone, None, &[], false), ConditionState::Met(_)));
    }

    #[test]
    fn a_node_is_drained_when_nothing_but_system_work_is_on_it() {
        let ineligible = json!({"SchedulingEligibility": "ineligible"});
        let draining = json!({"SchedulingEligibility": "ineligible",
            "DrainStrategy": {"Deadline": 0, "IgnoreSystemJobs": false}});
        let of = |more: &Value, allocs: &[Allocation], was: bool| {
            standing(NodeCondition::Drained, Some(&node(more)), allocs, was)
        };
        let (service, system) = (alloc("service", "running"), alloc("system", "running"));
        assert_eq!(
            of(&draining, std::slice::from_ref(&service), true),
            ConditionState::NotYet("it drains: 1 allocation is still on it, such as web.g[0]".into())
        );
        assert_eq!(
            of(&ineligible, &[system], true),
            ConditionState::Met("nothing is left on it, 1 allocation of system jobs stay".into())
        );
        // A drain that says complete while its last work is still there is not over.
        assert!(matches!(of(&ineligible, &[service], true), ConditionState::NotYet(_)));
        assert!(matches!(of(&json!({}), &[], true), ConditionState::Never(_)));
        assert!(matches!(of(&json!({}), &[], false), ConditionState::NotYet(_)));
        let down = json!({"SchedulingEligibility": "ineligible", "Status": "down"});
        assert!(matches!(of(&down, &[], true), ConditionState::NotKnown(_)));
    }
}
