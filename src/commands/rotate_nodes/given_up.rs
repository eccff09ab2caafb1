//! Whether an earlier run of the same rotation is taken up again, or was given up.

use std::time::Duration;

use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::app::App;
use crate::model::words;
use crate::ops::rotate::recorder::RecoveredState;

/// What was left longer ago than this is not taken up without a word: nobody remembers what was decided then.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// The state of an earlier run that is taken up; of one that was given up only what the nodes were before it.
pub(super) fn or_taken_up(app: &App, selected: &[NodeStub], memory: RecoveredState) -> RecoveredState {
    let Some(rotation) = memory.rotation.clone() else { return memory };
    if is_of_others(selected.iter().map(|n| &*n.id), &memory) {
        app.printer.note(&format!("rotation {rotation} was of nodes that are gone; a new one begins"));
        return RecoveredState::default();
    }
    let Some(why) = why_given_up(app, selected, &memory) else { return memory };
    app.printer.note(&format!("rotation {rotation} {why}; a new one begins"));
    // A node that is still marked by it gets back what it was before all that.
    // So does one that only took no work meanwhile.
    let marked = |id: &String| {
        let stub = selected.iter().find(|n| n.id == *id);
        memory.passed_over.contains(id)
            || stub.is_some_and(|n| n.scheduling_eligibility == Eligibility::Ineligible)
    };
    let was = memory.was.iter().filter(|(id, _)| marked(id)).map(|(id, was)| (id.clone(), *was)).collect();
    RecoveredState {
        was,
        passed_over: memory.passed_over,
        surged: memory.surged,
        ..RecoveredState::default()
    }
}

/// Whether an earlier run had none of these nodes: the cluster was set up anew under the same address and names.
fn is_of_others<'n>(mut selected: impl Iterator<Item = &'n str>, memory: &RecoveredState) -> bool {
    !memory.was.is_empty() && !selected.any(|id| memory.was.contains_key(id))
}

fn why_given_up(app: &App, selected: &[NodeStub], memory: &RecoveredState) -> Option<String> {
    let undone: Vec<&str> = selected
        .iter()
        .filter(|n| n.scheduling_eligibility == Eligibility::Eligible)
        .filter(|n| memory.marked.contains(&n.id) && !memory.serviced.contains_key(&n.id))
        .map(|n| n.name.as_str())
        .collect();
    if !undone.is_empty() {
        let take = words::either(undone.len(), "takes", "take");
        return Some(format!("was given up: {} {take} new work again", words::first_few(&undone, ", ")));
    }
    let last = memory.last.or(memory.begun)?;
    let age = Duration::try_from(app.clock().now().duration_since(last)).unwrap_or_default();
    (age > STALE).then(|| format!("was left {} h ago", age.as_secs() / 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_that_was_set_up_anew_is_another_one() {
        let memory = RecoveredState {
            was: [("a".to_owned(), Eligibility::Eligible)].into(),
            ..RecoveredState::default()
        };
        assert!(is_of_others(["b"].into_iter(), &memory));
        assert!(!is_of_others(["b", "a"].into_iter(), &memory));
        assert!(!is_of_others(["b"].into_iter(), &RecoveredState::default()));
    }
}
