//! Single instances that are never away: a second copy first, then the move, then the job's own count again
//! (`nomad-api.md §12.4`, rule 4).

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::model::group::{GroupKey, is_leaving};
use crate::model::second_copy;
use crate::ops::migration::progress::Progress;
use crate::ops::migration::{NodeRef, alloc_ref};
use crate::ops::rotate::decide::view::StepFacts;
use crate::ops::rotate::decide::{Act, Decision, Phase, Problem, is_there};
use crate::ops::rotate::options::Singletons;

impl StepFacts<'_> {
    /// What raises and lowers counts now. A count is raised while the only instance waits to leave, and lowered when nothing of
    /// the group is on a node that is given up any more, and one more than wanted is well elsewhere.
    pub(super) fn surges(&self, decision: &mut Decision) -> Vec<Act> {
        let mut acts = Vec::new();
        for (node, phase) in &decision.phases {
            let waiting = self.tracked(&node.id).filter(|(_, p)| **p == Progress::Waiting);
            if *phase != Phase::Emptying || self.input.options.singletons != Singletons::Surge {
                continue;
            }
            for (alloc, _) in waiting {
                let key = alloc.group();
                if self.rules.get(&key).is_none_or(|r| r.count != 1) {
                    continue;
                }
                match self.kept_by_others(&key) {
                    Some(why) => drop(decision.holds.insert(why)),
                    None => acts.push(Act::Raise(key)),
                }
            }
        }
        acts.extend(self.lowers(decision));
        acts
    }

    fn lowers(&self, decision: &mut Decision) -> Vec<Act> {
        let mut acts = Vec::new();
        for (key, count) in &self.input.run.surged {
            if self.input.run.unsurgeable.contains_key(key) || self.has_failed(key) {
                acts.push(Act::Lower(key.clone()));
                continue;
            }
            if self.progress_of(key).any(|p| !p.is_good()) {
                continue;
            }
            if !self.is_raised(key) {
                // It was lowered already, or somebody else decided about it: there is nothing to take back.
                acts.push(Act::Lower(key.clone()));
                continue;
            }
            if let Some(step) = self.second_copy_under_way(key) {
                decision.steps.insert(step);
                continue;
            }
            let copies: Vec<&AllocStub> = self.index.of_group(key).collect();
            if self.available(&copies) <= *count {
                decision.holds.insert(format!("the second copy of {key} stays until both are healthy"));
            } else if let Some(why) = self.kept_by_others(key) {
                decision.holds.insert(why);
            } else {
                acts.push(Act::Lower(key.clone()));
            }
        }
        acts
    }

    /// Whether the count of the group is what this rotation has made of it. Whoever else registers the job decides about it, with another
    /// number or with the same.
    pub(super) fn is_raised(&self, key: &GroupKey) -> bool {
        let run = self.input.run;
        let raised = run.surged.get(key).map(|own| own + 1);
        raised.is_some() && self.rules.get(key).map(|r| r.count) == raised && !run.overruled.contains(key)
    }

    /// Whether the second copy will not get well, while the first one still stands where it was.
    fn has_failed(&self, key: &GroupKey) -> bool {
        let nodes = self.input.nodes.iter().map(|n| &n.node);
        let mut problems = nodes.filter_map(|n| self.failed_surge(n));
        problems.any(|p| matches!(p, Problem::SurgeFailed(alloc, _) if alloc.group() == *key))
    }

    fn progress_of(&self, key: &GroupKey) -> impl Iterator<Item = &Progress> {
        let goals = self.input.nodes.iter().filter_map(|n| self.input.tracked.get(&n.node.id)).flatten();
        goals.filter(move |a| a.group() == *key).filter_map(|a| self.progress.get(&a.id))
    }

    /// Whether the second copy of something on this node will not get well by waiting.
    pub(super) fn failed_surge(&self, node: &NodeRef) -> Option<Problem> {
        let waiting = self.tracked(&node.id).filter(|(_, p)| **p == Progress::Waiting);
        waiting.into_iter().find_map(|(alloc, _)| {
            let key = alloc.group();
            if let Some(why) = self.input.run.unsurgeable.get(&key) {
                return Some(Problem::SurgeFailed(alloc.clone(), why.clone()));
            }
            if !self.input.run.surged.contains_key(&key) {
                return None;
            }
            let why = self.input.picture.unplaced.get(&key).map(|why| format!("it cannot be placed: {why}"));
            let failed = |a: &&AllocStub| {
                let unhealthy = is_there(a) && a.healthy() == Some(false);
                let dead = a.client_status == ClientStatus::Failed && a.next_allocation.is_empty();
                a.node_id != node.id && !is_leaving(a) && (unhealthy || dead)
            };
            let why = why.or_else(|| {
                let bad = self.index.of_group(&key).find(failed)?;
                Some(format!("{} on {} is not healthy", bad.name, bad.node_name))
            })?;
            Some(Problem::SurgeFailed(alloc.clone(), why))
        })
    }

    /// Why the only instance of a service on the node cannot have a second copy beside it.
    pub(super) fn cannot_surge(&self, residents: &[&AllocStub]) -> Option<Problem> {
        if self.input.options.singletons != Singletons::Surge {
            return None;
        }
        residents.iter().filter(|a| self.is_single(a)).find_map(|alloc| {
            let document = self.input.picture.jobs.get(&GroupKey::of(alloc).job_key())?;
            let why = second_copy::forbidden(&document.job, &alloc.task_group)?;
            Some(Problem::CannotSurge(alloc_ref(alloc), why))
        })
    }
}
