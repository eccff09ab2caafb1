//! Waiting for a node.

use jiff::Timestamp;

use super::Pair;
use crate::api::http::Http;
use crate::api::nomad::allocation::Allocation;
use crate::api::nomad::node::{self, Node};
use crate::error::Result;
use crate::model::condition::ConditionState;
use crate::model::condition::node::{NodeCondition, standing};
use crate::ops::sight;
use crate::ops::wait::Subject;

/// A node and what is on it.
pub struct NodeSubject {
    nomad: Http,
    both: Pair<Node, Vec<Allocation>>,
    condition: NodeCondition,
    was_draining: bool,
}

impl NodeSubject {
    /// A condition of this node.
    #[must_use]
    pub fn new(nomad: &Http, id: &str, condition: NodeCondition) -> Self {
        let both = Pair::new(nomad, node::get(id), node::allocations(id));
        NodeSubject { nomad: nomad.clone(), both, condition, was_draining: false }
    }
}

impl Subject for NodeSubject {
    async fn changed(&mut self) -> Result<()> {
        self.both.changed().await
    }

    async fn standing(&mut self, _now: Timestamp) -> Result<ConditionState> {
        let node = self.both.first();
        self.was_draining |= node.is_some_and(|n| n.drain_strategy.is_some());
        let allocs = self.both.second().map_or(&[][..], Vec::as_slice);
        let standing = standing(self.condition, node, allocs, self.was_draining);
        // What is on a node is told as far as the token may read its namespace.
        if let (ConditionState::Met(words), NodeCondition::Drained) = (&standing, self.condition)
            && let Some(why) = sight::hidden(&self.nomad, &["read-job"]).await
        {
            return Ok(ConditionState::NotKnown(format!("as far as is seen, {words}; {why}")));
        }
        Ok(standing)
    }
}
