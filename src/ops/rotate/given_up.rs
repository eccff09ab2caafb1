//! Whether a rotation that was left unfinished was given up by hand since: what it had closed takes work again, or others have
//! emptied it. Pure.

use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::model::words;
use crate::ops::rotate::decide::drained_by;
use crate::ops::rotate::plan::META_ROTATION;
use crate::ops::rotate::recorder::RecoveredState;
use crate::ops::rotate::service_step::ServiceStep;

/// By what a rotation that nobody is at work on was given up, as what has become of it; none where it still stands. `nodes` are those
/// of the cluster, or as many of them as are of interest.
#[must_use]
pub fn given_up(state: &RecoveredState, nodes: &[NodeStub]) -> Option<String> {
    let held = || nodes.iter().filter(|n| state.marked.contains(&n.id) && is_closed_by_it(state, &n.id));
    let undone = held().filter(|n| n.scheduling_eligibility == Eligibility::Eligible);
    let undone: Vec<&str> = undone.map(|n| n.name.as_str()).collect();
    if !undone.is_empty() {
        let take = words::either(undone.len(), "takes", "take");
        return Some(format!("was given up: {} {take} new work again", words::first_few(&undone, ", ")));
    }
    let rotated = |n: &&NodeStub| state.rotated.contains_key(&n.id);
    let (node, by) = held().filter(|n| !rotated(n)).find_map(|n| Some((n, emptied_since(state, n)?)))?;
    Some(format!("was given up: {} was emptied since by {by}", node.name))
}

/// The nodes that an unfinished rotation closed and has not given back, nor is done with.
#[must_use]
pub fn closed_by<'n>(state: &RecoveredState, selected: &'n [NodeStub]) -> Vec<&'n NodeStub> {
    if given_up(state, selected).is_some() {
        return Vec::new();
    }
    let holds = |n: &&NodeStub| {
        let is_open = n.scheduling_eligibility == Eligibility::Eligible;
        let is_done =
            state.rotated.contains_key(&n.id) || matches!(state.serviced.get(&n.id), Some(ServiceStep::Done));
        !is_open
            && !is_done
            && state.marked.contains(&n.id)
            && state.was.get(&n.id) == Some(&Eligibility::Eligible)
    };
    selected.iter().filter(holds).collect()
}

/// Whether the node takes no work as long as the rotation is as it was left. Where a command was begun for it that may have ended well,
/// it may take work again by what this rotation does last.
fn is_closed_by_it(state: &RecoveredState, id: &str) -> bool {
    matches!(state.serviced.get(id), None | Some(ServiceStep::Failed | ServiceStep::NotKnown { .. }))
}

/// Who has drained the node since something was last written down, when it was not this rotation.
#[must_use]
pub fn emptied_since(state: &RecoveredState, node: &NodeStub) -> Option<String> {
    let drain = node.last_drain.as_ref()?;
    let by = drain.meta.get(META_ROTATION);
    // The servers date the drain. Where they date the journal as well it does not matter what time it is here.
    let last = state.written_at.or(state.last);
    let later = drain.started_at.zip(last).is_some_and(|(started, last)| started > last);
    if !later || by == state.rotation.as_ref() {
        return None;
    }
    Some(by.map_or_else(|| drained_by(node), |rotation| format!("rotation {rotation}")))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::model::expectation::NodeFacts;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn node(id: &str, eligible: bool, drained: Option<(&str, i64)>) -> NodeStub {
        let drain = drained.map(|(rotation, second)| {
            let meta = if rotation.is_empty() { json!({}) } else { json!({ "fleet.rotation": rotation }) };
            json!({"Status": "complete", "StartedAt": at(second), "UpdatedAt": at(second), "AccessorID": "4711", "Meta": meta})
        });
        serde_json::from_value(json!({
            "ID": id, "Name": format!("name-{id}"), "Status": "ready", "NodePool": "default", "Datacenter": "dc1", "NodeClass": "",
            "SchedulingEligibility": if eligible { "eligible" } else { "ineligible" }, "Drain": false, "LastDrain": drain,
            "Address": "127.0.0.1", "Version": "2.0.5", "CreateIndex": 1, "ModifyIndex": 1,
        }))
        .unwrap()
    }

    fn left(step: Option<ServiceStep>) -> RecoveredState {
        RecoveredState {
            rotation: Some("r-1".into()),
            last: Some(at(100)),
            marked: ["a".to_owned()].into(),
            serviced: step.map(|step| ("a".to_owned(), step)).into_iter().collect(),
            ..RecoveredState::default()
        }
    }

    #[test]
    fn what_was_closed_and_takes_work_again_ends_it_also_where_its_command_failed() {
        let again = Some("was given up: name-a takes new work again".to_owned());
        assert_eq!(given_up(&left(None), &[node("a", true, None)]), again);
        assert_eq!(given_up(&left(Some(ServiceStep::Failed)), &[node("a", true, None)]), again);
        assert_eq!(given_up(&left(None), &[node("a", false, None)]), None);
        assert_eq!(given_up(&left(None), &[node("b", true, None)]), None, "none of its nodes");
    }

    #[test]
    fn what_it_may_have_given_back_itself_does_not_end_it() {
        let before = NodeFacts::default;
        for step in [
            ServiceStep::Begun { before: before() },
            ServiceStep::Ended { before: before() },
            ServiceStep::Done,
        ] {
            assert_eq!(given_up(&left(Some(step.clone())), &[node("a", true, None)]), None, "{step:?}");
        }
    }

    #[test]
    fn what_others_have_emptied_since_ends_it() {
        let by = |drained| given_up(&left(None), &[node("a", false, Some(drained))]);
        assert_eq!(
            by(("r-2", 101)).as_deref(),
            Some("was given up: name-a was emptied since by rotation r-2")
        );
        assert_eq!(by(("", 101)).as_deref(), Some("was given up: name-a was emptied since by 4711"));
        assert_eq!(by(("r-1", 101)), None, "its own drain");
        assert_eq!(by(("r-2", 99)), None, "before it was left");
        let done = RecoveredState { rotated: [("a".to_owned(), 1.0)].into(), ..left(None) };
        assert_eq!(given_up(&done, &[node("a", false, Some(("r-2", 101)))]), None, "it was done with it");
    }
}
