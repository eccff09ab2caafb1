//! Whose turn it is: which acts come next, and which node is begun.

use crate::ops::migration::NodeRef;
use crate::ops::rotate::decide::view::StepFacts;
use crate::ops::rotate::decide::{Act, Decision, GoalNode, Phase};
use crate::ops::rotate::options::Replace;
use crate::ops::rotate::plan::Strategy;

impl StepFacts<'_> {
    /// Chooses what to do; nothing new once too many nodes have failed, or when the run is to end, and nothing at all outside of
    /// every window.
    pub(super) fn choose(&self, decision: &mut Decision) {
        let failed = decision.problems().count();
        decision.exhausted = failed > self.input.options.failure_budget;
        if decision.exhausted || self.input.run.halting || self.input.run.failed {
            return;
        }
        let verify = decision.phases.iter().filter(|(_, p)| *p == Phase::Verifying);
        let verify: Vec<Act> = verify.map(|(n, _)| Act::Verify(n.clone())).collect();
        let over = decision.phases.iter().all(|(_, p)| p.is_over()) && self.input.run.surged.is_empty();
        if !over && !self.is_open(decision) {
            decision.acts = verify;
            return;
        }
        let marks = decision.phases.iter().filter(|(_, p)| *p == Phase::Unmarked);
        decision.acts = marks.map(|(n, _)| Act::Mark(n.clone())).collect();
        if !decision.acts.is_empty() {
            // Nothing moves before every node is out of the way, so that nothing moves twice.
            return;
        }
        let begin = self.next_nodes(decision);
        let gated = !begin.is_empty() && !self.input.options.pace.gates.is_empty();
        if !begin.is_empty() && (!gated || self.input.run.gates_passed) {
            decision.acts = match self.to_replace(&begin, decision) {
                wave if wave.is_empty() => begin.into_iter().map(Act::Begin).collect(),
                wave => vec![Act::Replace(wave)],
            };
            return;
        }
        let mut acts = verify;
        if gated {
            decision.holds.extend(self.input.run.gate_lines.iter().cloned());
            acts.push(Act::AskGates);
        }
        let seals = self.seals(decision);
        acts.extend(seals);
        acts.extend(self.surges(decision));
        if self.input.strategy == Strategy::StepByStep {
            let stops = self.stops(decision);
            if !stops.is_empty() {
                acts.push(Act::Stop(stops));
            }
        }
        decision.acts = acts;
    }

    /// Whether the node has a replacement, needs none, or may be given one now: where only so many are started ahead, the nodes that
    /// have theirs come first.
    fn may_begin(&self, node: &NodeRef, decision: &Decision) -> bool {
        let replaced = &self.input.run.replaced;
        match self.input.options.replace {
            Replace::No => true,
            Replace::Command { surge: None, .. } => true,
            Replace::Command { surge: Some(_), .. } => {
                let ahead = decision.phases.iter().any(|(n, p)| replaced.contains(&n.id) && !p.is_over());
                replaced.contains(&node.id) || !ahead
            }
        }
    }

    /// The nodes for which replacements are started before any of these is begun: all that wait, or as many as may be ahead.
    fn to_replace(&self, begin: &[NodeRef], decision: &Decision) -> Vec<NodeRef> {
        let Replace::Command { surge, .. } = self.input.options.replace else { return Vec::new() };
        let lacks = |node: &NodeRef| !self.input.run.replaced.contains(&node.id);
        if !begin.iter().any(lacks) {
            return Vec::new();
        }
        let waiting = decision.phases.iter().filter(|(n, p)| *p == Phase::Queued && lacks(n));
        waiting.map(|(n, _)| n.clone()).take(surge.unwrap_or(usize::MAX)).collect()
    }

    fn seals(&self, decision: &mut Decision) -> Vec<Act> {
        let mut acts = Vec::new();
        for (node, phase) in &decision.phases {
            let drained = self.input.run.drained.contains(&node.id);
            match phase {
                Phase::Emptying if self.input.strategy == Strategy::SupervisedDrain && !drained => {
                    match self.kept_from_the_servers(&node.id) {
                        None => acts.push(Act::Seal { node: node.clone(), force: false }),
                        Some(why) => drop(decision.holds.insert(why)),
                    }
                }
                Phase::Unsealed => {
                    acts.push(Act::Seal { node: node.clone(), force: self.kills(&node.id) });
                }
                _ => {}
            }
        }
        acts
    }

    /// The nodes whose turn it is: as many at once as may be, of one failure domain, and only where the window covers their end.
    fn next_nodes(&self, decision: &mut Decision) -> Vec<NodeRef> {
        let most = self.input.options.max_parallel.of(self.input.nodes.len());
        let goals = || self.input.nodes.iter().zip(&decision.phases);
        let mut active: Vec<&GoalNode> =
            goals().filter(|(_, (_, p))| p.is_active()).map(|(goal, _)| goal).collect();
        let (mut next, mut uncovered) = (Vec::new(), None);
        for (goal, (node, _)) in goals().filter(|(_, (_, p))| *p == Phase::Queued) {
            let beside = active.iter().all(|a| a.domain == goal.domain);
            if active.len() >= most || !beside || !self.may_begin(node, decision) {
                continue;
            }
            if let Err(why) = self.is_covered(node) {
                uncovered.get_or_insert(why);
                continue;
            }
            active.push(goal);
            next.push(node.clone());
        }
        decision.holds.extend(uncovered);
        self.before_the_others(next, decision)
    }
}
