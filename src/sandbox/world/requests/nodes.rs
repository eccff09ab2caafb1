//! Draining, marking, evaluating and forgetting nodes (`nomad-api.md §2`).

use std::collections::BTreeMap;

use crate::api::wire::Nanos;
use crate::sandbox::id::Id;
use crate::sandbox::state::DrainRequest;
use crate::sandbox::state::node::DrainStrategy;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;

/// What came of a change of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeChange {
    /// The evaluations it made.
    pub evals: Vec<Id>,
    /// Their index; 0 when there are none.
    pub eval_index: u64,
    /// Index of the node.
    pub node_index: u64,
    /// Index of the write; 0 when nothing was to be done.
    pub index: u64,
}

fn not_found() -> Refusal {
    Refusal::failed("node not found")
}

impl World {
    /// Begins, changes or cancels a drain. `spec` is its deadline and whether system jobs stay; none cancels.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn drain(
        &mut self,
        id: Id,
        spec: Option<(Nanos, bool)>,
        mark_eligible: bool,
        meta: Option<BTreeMap<String, String>>,
        accessor: String,
    ) -> Result<NodeChange, Refusal> {
        let node = self.state.node(id).cloned().ok_or_else(not_found)?;
        let strategy = spec.map(|(deadline, ignore_system_jobs)| DrainStrategy {
            deadline,
            force_deadline: (deadline.0 > 0).then(|| self.now + deadline),
            ignore_system_jobs,
            started_at: node.drain.as_ref().map_or(self.now, |drain| drain.started_at),
        });
        let becomes_eligible = !node.eligible && mark_eligible && strategy.is_none();
        let mut write = self.write();
        let index = write.index;
        write.set_drain(id, DrainRequest { strategy, mark_eligible, meta, accessor });
        let mut change = NodeChange { node_index: index, index, ..NodeChange::default() };
        if becomes_eligible {
            (change.evals, change.eval_index) = self.node_evals(&node, index);
        }
        Ok(change)
    }

    /// Marks a node eligible or not.
    ///
    /// # Errors
    /// When there is no such node, it drains, or the mark is none.
    pub fn mark_node(&mut self, id: Id, eligibility: &str) -> Result<NodeChange, Refusal> {
        let eligible = match eligibility {
            "eligible" => true,
            "ineligible" => false,
            other => return Err(Refusal::failed(format!("invalid scheduling eligibility {other:?}"))),
        };
        let node = self.state.node(id).cloned().ok_or_else(not_found)?;
        if node.drain.is_some() && eligible {
            let words = "can not set node's scheduling eligibility to eligible while it is draining";
            return Err(Refusal::failed(words));
        }
        if node.eligible == eligible {
            return Ok(NodeChange::default());
        }
        let mut write = self.write();
        let index = write.index;
        write.set_eligibility(id, eligible);
        let mut change = NodeChange { index, ..NodeChange::default() };
        if eligible {
            (change.evals, change.eval_index) = self.node_evals(&node, index);
        }
        Ok(change)
    }

    /// Has the scheduler look at everything that has to do with a node.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn evaluate_node(&mut self, id: Id) -> Result<NodeChange, Refusal> {
        let node = self.state.node(id).cloned().ok_or_else(not_found)?;
        let (evals, eval_index) = self.node_evals(&node, node.modify_index);
        Ok(NodeChange { evals, eval_index, index: eval_index, ..NodeChange::default() })
    }

    /// Forgets a node; one that lives registers again.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn forget_node(&mut self, id: Id) -> Result<NodeChange, Refusal> {
        let node = self.state.node(id).cloned().ok_or_else(not_found)?;
        let (index, eval_index, evals) = self.purge_node(&node);
        Ok(NodeChange { evals, eval_index, node_index: index, index })
    }
}
