//! Whose turn it is: which acts come next, and which node is begun.

use crate::ops::migration::NodeRef;
use crate::ops::rotate::decide::view::View;
use crate::ops::rotate::decide::{Act, Decision, GoalNode, Phase, is_batch};
use crate::ops::rotate::options::Batch;
use crate::ops::rotate::plan::Strategy;

impl View<'_> {
    /// Chooses what to do; nothing new once too many nodes have failed, or when the run is to end.
    pub(super) fn choose(&self, decision: &mut Decision) {
        let failed = decision.problems().count();
        decision.exhausted = failed > self.input.options.failure_budget;
        if decision.exhausted || self.input.run.halting {
            return;
        }
        let marks = decision.phases.iter().filter(|(_, p)| *p == Phase::Unmarked);
        decision.acts = marks.map(|(n, _)| Act::Mark(n.clone())).collect();
        if !decision.acts.is_empty() {
            // Nothing moves before every node is out of the way, so that nothing moves twice.
            return;
        }
        let begin: Vec<Act> = self.next_nodes(&decision.phases).into_iter().map(Act::Begin).collect();
        if !begin.is_empty() {
            decision.acts = begin;
            return;
        }
        let mut acts = Vec::new();
        for (node, phase) in &decision.phases {
            let drained = self.input.run.drained.contains(&node.id);
            match phase {
                Phase::Emptying if self.input.strategy == Strategy::SupervisedDrain && !drained => {
                    acts.push(Act::Seal { node: node.clone(), force: false });
                }
                Phase::Unsealed => {
                    let force = self.input.options.batch == Some(Batch::Kill)
                        && self.residents(&node.id).iter().any(|a| is_batch(a));
                    acts.push(Act::Seal { node: node.clone(), force });
                }
                Phase::Verifying => acts.push(Act::Verify(node.clone())),
                _ => {}
            }
        }
        if self.input.strategy == Strategy::StepByStep {
            let stops = self.stops(decision);
            if !stops.is_empty() {
                acts.push(Act::Stop(stops));
            }
        }
        decision.acts = acts;
    }

    /// The nodes whose turn it is: as many at once as may be, of one failure domain.
    fn next_nodes(&self, phases: &[(NodeRef, Phase)]) -> Vec<NodeRef> {
        let most = self.input.options.max_parallel.of(self.input.nodes.len());
        let goals = || self.input.nodes.iter().zip(phases);
        let mut active: Vec<&GoalNode> =
            goals().filter(|(_, (_, p))| p.is_active()).map(|(goal, _)| goal).collect();
        let mut next = Vec::new();
        for (goal, (node, _)) in goals().filter(|(_, (_, p))| *p == Phase::Queued) {
            let beside = active.iter().all(|a| a.domain == goal.domain);
            if active.len() >= most || !beside {
                continue;
            }
            active.push(goal);
            next.push(node.clone());
        }
        next
    }
}
