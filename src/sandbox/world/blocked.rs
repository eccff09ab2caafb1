//! Evaluations that wait for room: one for each job, re-queued when a node may help (`nomad-api.md §4`).

use std::collections::BTreeMap;

use crate::sandbox::id::Id;
use crate::sandbox::state::eval::Eval;
use crate::sandbox::state::job::{JobKey, Kind};
use crate::sandbox::world::World;

/// What a blocked evaluation waits for.
#[derive(Debug, Clone)]
struct Waiting {
    eval: Id,
    /// Which computed classes may help; unknown ones may.
    classes: BTreeMap<String, bool>,
    /// Whether any node may help.
    escaped: bool,
    /// The node a system job waits for.
    node: Option<Id>,
}

/// Blocked evaluations by job.
#[derive(Debug, Default)]
pub(super) struct Blocked {
    jobs: BTreeMap<JobKey, Waiting>,
}

impl Blocked {
    /// Has an evaluation wait; gives the one that waited for the job before.
    pub(super) fn put(&mut self, eval: &Eval) -> Option<Id> {
        let node = eval.node_id.filter(|_| matches!(eval.kind, Kind::System | Kind::Sysbatch));
        let waiting = Waiting { eval: eval.id, classes: eval.classes.clone(), escaped: eval.escaped, node };
        self.jobs.insert(eval.job.clone(), waiting).map(|before| before.eval).filter(|id| *id != eval.id)
    }

    /// Everything of the job was placed.
    pub(super) fn untrack(&mut self, job: &JobKey) {
        self.jobs.remove(job);
    }

    fn take(&mut self, class: &str, node: Id) -> Vec<Id> {
        let helped = |w: &Waiting| w.escaped || w.node == Some(node) || w.classes.get(class) != Some(&false);
        let jobs: Vec<JobKey> =
            self.jobs.iter().filter(|(_, w)| helped(w)).map(|(job, _)| job.clone()).collect();
        jobs.iter().filter_map(|job| self.jobs.remove(job)).map(|w| w.eval).collect()
    }
}

impl World {
    /// Has a new blocked evaluation wait; an older one of the job is cancelled.
    pub(super) fn block(&mut self, id: Id) {
        let Some(eval) = self.state.eval(id).cloned() else { return };
        if let Some(duplicate) = self.blocked.put(&eval) {
            let words = |e: &Eval| format!("existing blocked evaluation exists for job \"{}\"", e.job.id);
            self.cancel_evals(&[duplicate], words);
        }
    }

    /// A node may take more than before: whoever it may help is queued again.
    pub(super) fn unblock(&mut self, node: Id) {
        let Some(class) = self.state.node(node).map(|n| n.machine.computed_class.clone()) else { return };
        for eval in self.blocked.take(&class, node) {
            self.enqueue(eval);
        }
    }
}
