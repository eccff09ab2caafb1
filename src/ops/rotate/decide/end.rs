//! Whether waiting can still bring something home, and whether everything is as it was asked.

use crate::api::nomad::node::NodeStatus;
use crate::ops::migration::NodeRef;
use crate::ops::migration::progress::Progress;
use crate::ops::rotate::decide::view::StepFacts;
use crate::ops::rotate::decide::{Decision, Phase};
use crate::ops::rotate::plan::Strategy;

impl StepFacts<'_> {
    /// Whether waiting can still bring something home. What was on a node that does not answer cannot be waited for.
    pub(super) fn in_flight(&self, phases: &[(NodeRef, Phase)]) -> bool {
        let answers = |id: &str| {
            self.node(id).is_some_and(|n| {
                !matches!(n.status, NodeStatus::Disconnected | NodeStatus::Down | NodeStatus::Unknown)
            })
        };
        let moving = |node: &NodeRef| self.tracked(&node.id).any(|(_, p)| p.is_under_way());
        let supervised = self.input.strategy == Strategy::SupervisedDrain;
        phases.iter().any(|(node, phase)| {
            let open = matches!(phase, Phase::Emptying | Phase::Failed(_)) && moving(node) && !supervised;
            answers(&node.id) && open
        })
    }

    /// Whether everything is as it was asked, and has been for long enough.
    pub(super) fn finish(&self, decision: &mut Decision) {
        let over = decision.phases.iter().all(|(_, p)| p.is_over());
        // A node that failed is left alone, with what is still on it.
        let sound = decision.phases.iter().filter(|(_, p)| !matches!(p, Phase::Failed(_)));
        let well = sound.flat_map(|(n, _)| self.tracked(&n.id)).all(|(_, p)| p.is_good());
        // What was told to go is followed to its end, whatever its node is by then.
        if !over || !well || decision.in_flight || !decision.acts.is_empty() {
            return;
        }
        if !self.input.run.surged.is_empty() {
            return;
        }
        let settle = self.input.options.settle;
        let replacements = || {
            self.progress.values().filter_map(|p| match p {
                Progress::Moved { replacement } => Some(replacement),
                _ => None,
            })
        };
        let left = |id: &String| match self.input.run.well_since.get(id) {
            Some(since) => settle.saturating_sub(self.since(*since)),
            None => settle,
        };
        let left = replacements().map(left).max().unwrap_or_default();
        decision.settling = Some(left);
        let failing = replacements().filter_map(|id| self.input.run.failing.get(id));
        let unseen = replacements().filter_map(|id| self.input.run.unseen.get(id));
        decision.holds.extend(failing.chain(unseen).cloned());
        decision.done = left.is_zero() && decision.holds.is_empty();
    }
}
