//! Writes to nodes: registration, state, eligibility, drains (`nomad-api.md §2`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::nomad::node::{DrainStatus, NodeStatus};
use crate::sandbox::id::Id;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::node::{DrainStrategy, LastDrain, Node, NodeEvent, happened};
use crate::sandbox::state::{Effect, Write};

/// What an operator asks of a drain.
#[derive(Debug, Clone)]
pub struct DrainRequest {
    /// How to drain; none cancels.
    pub strategy: Option<DrainStrategy>,
    /// Whether a cancelled node is eligible again.
    pub mark_eligible: bool,
    /// What to write into the last drain.
    pub meta: Option<BTreeMap<String, String>>,
    /// Whose it is.
    pub accessor: String,
}

impl Write<'_> {
    fn store_node(&mut self, mut node: Node) {
        node.modify_index = self.index;
        let id = node.id;
        self.touch(Scope::Table(Table::Nodes));
        self.touch(Scope::Row(Table::Nodes, id));
        self.state.occupancy.entry(id).or_default();
        self.state.nodes.insert(id, Arc::new(node));
        self.effect(Effect::Node(id));
    }

    /// Registers a node. One that is known keeps its eligibility, drain and events.
    pub fn register_node(&mut self, mut node: Node) {
        let id = node.id;
        if let Some(old) = self.state.node(id) {
            node.create_index = old.create_index;
            node.events.clone_from(&old.events);
            node.eligible = old.eligible;
            node.drain.clone_from(&old.drain);
            node.last_drain.clone_from(&old.last_drain);
            node.status = old.status;
            node.last_alloc_update_index = old.last_alloc_update_index;
            node.last_missed_heartbeat_index = old.last_missed_heartbeat_index;
        } else {
            node.create_index = self.index;
            // The event of a new node has no index yet (`nomad-api.md §2.2`).
            node.events = vec![NodeEvent::new(happened::REGISTERED, 0, self.now.whole_second())];
        }
        node.status_updated_at = self.now.seconds();
        let ready = node.status == NodeStatus::Ready;
        self.store_node(node);
        if ready {
            self.effect(Effect::Room(id));
        }
    }

    /// Changes a node's state.
    pub fn set_node_status(
        &mut self,
        id: Id,
        status: NodeStatus,
        event: Option<(&'static str, &'static str)>,
    ) {
        let Some(old) = self.state.node(id) else { return };
        let mut node = Node::clone(old);
        node.status = status;
        node.status_updated_at = self.now.seconds();
        if let Some(event) = event {
            node.record(NodeEvent::new(event, self.index, self.now));
        }
        if !old.unresponsive() && node.unresponsive() {
            node.last_missed_heartbeat_index = self.index;
        } else if old.status != NodeStatus::Ready && status == NodeStatus::Ready {
            node.last_missed_heartbeat_index = 0;
        }
        self.store_node(node);
        if status == NodeStatus::Ready {
            self.effect(Effect::Room(id));
        }
    }

    /// Marks a node eligible or not.
    pub fn set_eligibility(&mut self, id: Id, eligible: bool) {
        let Some(old) = self.state.node(id) else { return };
        let (was, mut node) = (old.eligible, Node::clone(old));
        let event = if eligible { happened::ELIGIBLE } else { happened::INELIGIBLE };
        node.record(NodeEvent::new(event, self.index, self.now));
        node.eligible = eligible;
        node.status_updated_at = self.now.seconds();
        self.store_node(node);
        if eligible && !was {
            self.effect(Effect::Room(id));
        }
    }

    /// Begins, changes or cancels a drain.
    pub fn set_drain(&mut self, id: Id, request: DrainRequest) {
        let Some(old) = self.state.node(id) else { return };
        let event = match (&old.drain, &request.strategy) {
            (None, Some(_)) => Some(happened::DRAIN_SET),
            (Some(_), Some(_)) => Some(happened::DRAIN_UPDATED),
            (Some(_), None) => Some(happened::DRAIN_DISABLED),
            (None, None) => None,
        };
        let was = old.eligible;
        let event = event.map(|e| NodeEvent::new(e, self.index, self.now));
        let mark_eligible = request.mark_eligible;
        self.change_drain(id, request, event, DrainStatus::Canceled);
        if mark_eligible && !was {
            self.effect(Effect::Room(id));
        }
    }

    /// Ends the drain of nodes; what forced the end is only in the event (`nomad-api.md §2.4`).
    pub fn complete_drains(&mut self, ids: &[Id], deadline_reached: bool) {
        for &id in ids {
            let mut event = NodeEvent::new(happened::DRAIN_COMPLETE, self.index, self.now);
            if deadline_reached {
                event.details = Some(BTreeMap::from([("deadline_reached", "true".to_owned())]));
            }
            let request =
                DrainRequest { strategy: None, mark_eligible: false, meta: None, accessor: String::new() };
            self.change_drain(id, request, Some(event), DrainStatus::Complete);
        }
    }

    fn change_drain(&mut self, id: Id, request: DrainRequest, event: Option<NodeEvent>, ended: DrainStatus) {
        let Some(old) = self.state.node(id) else { return };
        let mut node = Node::clone(old);
        node.status_updated_at = self.now.seconds();
        if let Some(event) = event {
            node.record(event);
        }
        let (before, now) = (node.drain.take(), self.now.whole_second());
        node.drain = request.strategy;
        if node.drain.is_some() {
            node.eligible = false;
        } else if request.mark_eligible {
            node.eligible = true;
        }
        if before.is_some() || node.drain.is_some() {
            let known = if before.is_some() { node.last_drain.take() } else { None };
            let started_at = before.as_ref().map_or(now, |drain| drain.started_at.whole_second());
            let mut last = known.unwrap_or(LastDrain {
                accessor: String::new(),
                meta: request.meta.clone(),
                started_at,
                status: DrainStatus::Draining,
                updated_at: now,
            });
            last.updated_at = now;
            if request.meta.as_ref().is_some_and(|meta| !meta.is_empty()) {
                last.meta = request.meta;
            }
            if !request.accessor.is_empty() {
                last.accessor = request.accessor;
            }
            last.status = if node.drain.is_some() { DrainStatus::Draining } else { ended };
            node.last_drain = Some(last);
        }
        self.store_node(node);
    }

    /// Forgets a node; its allocations stay until the scheduler sees that it is gone.
    pub fn remove_node(&mut self, id: Id) {
        if self.state.nodes.remove(&id).is_some() {
            self.touch(Scope::Table(Table::Nodes));
            self.touch(Scope::Row(Table::Nodes, id));
            self.effect(Effect::Node(id));
        }
    }
}
