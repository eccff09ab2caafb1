//! A rotation in which something is done to each node once it is empty: a few nodes at a time, from the first stop to the end of
//! what is done to them, before the next ones are begun.

use crate::api::nomad::node::Eligibility;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::migration::NodeRef;
use crate::ops::migration::live::Live;
use crate::ops::rotate::decide::{GoalNode, Phase};
use crate::ops::rotate::ending::together;
use crate::ops::rotate::options::{NodeService, Parallel, Replace};
use crate::ops::rotate::rotation::Rotation;
use crate::ops::rotate::service_step::ServiceStep;

impl Rotation<'_> {
    /// Empties the nodes batch by batch and does to each what was asked for. What went wrong with a node costs one of the failures
    /// that are allowed; the node stays empty and without new work.
    pub(super) async fn in_batches(&mut self, live: &mut Live) -> Result<()> {
        self.note_what_has_ended().await?;
        let all = self.goal.nodes.clone();
        let in_place = matches!(self.goal.options.service, Some(NodeService::InPlace { .. }));
        let (mut over, mut failed) = (Vec::new(), Vec::new());
        let mut halted = None;
        let open = all.iter().filter(|n| match self.recorder.memory.serviced.get(&n.node.id) {
            Some(ServiceStep::Done) => {
                over.push((n.node.clone(), Phase::Rotated));
                false
            }
            _ => true,
        });
        let at_once = self.goal.options.max_parallel.of(all.len());
        let most = match self.goal.options.replace {
            Replace::Command { surge: Some(surge), .. } => surge,
            _ => at_once,
        };
        let batches = batches(&open.cloned().collect::<Vec<_>>(), most);
        // A share is one of all nodes, not of those of one batch.
        self.goal.options.max_parallel = Parallel::Nodes(at_once);
        if !in_place {
            // What is about to end takes no new work, so that nothing moves twice. Nodes that stay do until their turn.
            self.mark_all(&all).await?;
        }
        for batch in batches {
            self.enter(batch, (over.len(), all.len()), in_place, live);
            let wrong = self.one_batch(live).await;
            over.append(&mut self.phases);
            let goes_on = wrong.iter().all(is_of_a_node)
                && failed.len() + wrong.len() <= self.goal.options.failure_budget
                && self.halt().is_none();
            if goes_on {
                for error in &wrong {
                    self.notice(format!("{error}; the rest goes on without it"))?;
                }
            } else if let Some(halt) = self.halt().filter(|_| wrong.is_empty()) {
                halted = Some(halt.error("between two nodes"));
            }
            failed.extend(wrong);
            if !goes_on {
                break;
            }
        }
        self.goal.nodes = all;
        self.phases = over;
        match halted {
            Some(halted) => Err(failed.iter().fold(halted, |error, other| error.because(other.to_string()))),
            None => together(failed).map_or(Ok(()), Err),
        }
    }

    async fn mark_all(&mut self, all: &[GoalNode]) -> Result<()> {
        let nodes = self.goal.selected.clone();
        let open = |n: &&GoalNode| {
            let now = nodes.iter().find(|stub| stub.id == n.node.id);
            now.is_some_and(|stub| stub.scheduling_eligibility == Eligibility::Eligible && !stub.drain)
        };
        let begun = |n: &&GoalNode| self.recorder.memory.serviced.contains_key(&n.node.id);
        let waiting = all.iter().filter(open).filter(|n| !begun(n));
        let waiting: Vec<NodeRef> = waiting.map(|n| n.node.clone()).collect();
        self.mark_nodes(&waiting).await.map(drop)
    }

    /// From now on these nodes are the whole goal.
    fn enter(&mut self, batch: Vec<GoalNode>, (before, of): (usize, usize), in_place: bool, live: &mut Live) {
        let ids = batch.iter().map(|n| n.node.id.clone()).collect();
        if in_place {
            self.doomed.clone_from(&ids);
            // Those of the batch before take work again, and what comes there is nobody's concern.
            self.run.marked.clear();
        }
        self.run.begun.clear();
        self.run.drained.clear();
        self.goal.nodes = batch;
        self.phases = Vec::new();
        self.before = None;
        self.place = Some((before, of));
        self.last_progress = self.recorder.now();
        let clock = self.recorder.clock();
        *live = Live::new(&self.nomad, clock, ids, self.jobs());
    }

    /// What went wrong with it, node by node; nothing where all went well.
    async fn one_batch(&mut self, live: &mut Live) -> Vec<Error> {
        // Where the command was begun, the node was empty then, and need not answer now.
        let begun = |n: &GoalNode| {
            let step = self.recorder.memory.serviced.get(&n.node.id);
            matches!(step, Some(ServiceStep::Begun { .. } | ServiceStep::Ended { .. }))
        };
        let (begun, rest): (Vec<GoalNode>, Vec<GoalNode>) =
            self.goal.nodes.clone().into_iter().partition(begun);
        let mut ready: Vec<NodeRef> = begun.into_iter().map(|n| n.node).collect();
        self.goal.nodes = rest;
        let emptied = match self.goal.nodes.is_empty() {
            true => Ok(()),
            false => self.reconcile(live).await,
        };
        let rotated = |p: &&(NodeRef, Phase)| p.1 == Phase::Rotated;
        ready.extend(self.phases.iter().filter(rotated).map(|(n, _)| n.clone()));
        self.phases.retain(|(_, p)| *p != Phase::Rotated);
        let goes_on = |e: &Error| is_of_a_node(e) && self.goal.options.failure_budget > 0;
        if emptied.as_ref().err().is_some_and(|e| !goes_on(e)) {
            // Nothing was done to those that are empty: they are not rotated.
            self.phases.extend(ready.into_iter().map(|n| (n, Phase::Verifying)));
            return emptied.err().into_iter().collect();
        }
        let serviced = self.service_all(&ready).await;
        emptied.err().into_iter().chain(serviced).collect()
    }

    /// All commands first, then the wait for all nodes: what takes long takes long once. What went wrong, node by node; what is no node's
    /// comes last, and ends it.
    async fn service_all(&mut self, nodes: &[NodeRef]) -> Vec<Error> {
        let (mut wrong, mut waiting) = (Vec::new(), Vec::new());
        for node in nodes {
            match self.begin_service(node).await {
                Ok(before) => waiting.push((node, before)),
                Err(error) => wrong.push(error),
            }
            if !wrong.iter().all(is_of_a_node) {
                return wrong;
            }
        }
        for (node, before) in waiting {
            match self.end_service(node, &before).await {
                Ok(()) => self.phases.push((node.clone(), Phase::Rotated)),
                Err(error) => wrong.push(error),
            }
            if !wrong.iter().all(is_of_a_node) {
                return wrong;
            }
        }
        wrong
    }
}

/// Whether the others can go on after it.
fn is_of_a_node(error: &Error) -> bool {
    matches!(error.code(), ExitCode::Failed | ExitCode::TimedOut)
}

/// As many nodes at once as may be, of one failure domain, in their order.
fn batches(nodes: &[GoalNode], most: usize) -> Vec<Vec<GoalNode>> {
    let mut batches: Vec<Vec<GoalNode>> = Vec::new();
    for node in nodes {
        let fits =
            |b: &&mut Vec<GoalNode>| b.len() < most && b.iter().all(|other| other.domain == node.domain);
        match batches.iter_mut().find(fits) {
            Some(batch) => batch.push(node.clone()),
            None => batches.push(vec![node.clone()]),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_of_one_domain_and_never_larger_than_allowed() {
        let node = |name: &str, domain: Option<&str>| GoalNode {
            node: NodeRef { id: name.into(), name: name.into() },
            domain: domain.map(str::to_owned),
            share: None,
        };
        let nodes = [
            node("a", Some("r1")),
            node("b", Some("r2")),
            node("c", Some("r1")),
            node("d", Some("r1")),
            node("e", Some("r2")),
        ];
        let names = |most| -> Vec<String> {
            let joined = |b: Vec<GoalNode>| b.iter().map(|n| n.node.name.clone()).collect::<String>();
            batches(&nodes, most).into_iter().map(joined).collect()
        };
        assert_eq!(names(1), ["a", "b", "c", "d", "e"]);
        assert_eq!(names(2), ["ac", "be", "d"]);
        assert_eq!(names(9), ["acd", "be"]);
        assert_eq!(batches(&[node("a", None), node("b", None)], 2).len(), 1);
    }
}
