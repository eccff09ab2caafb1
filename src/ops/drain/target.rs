//! What a drain would do to each selected node. Pure.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::model::ids::JobType;
use crate::model::node_health::whose;
use crate::ops::drain::options::Options;
use crate::ops::migration::NodeRef;

/// What is done to a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Action {
    /// It is told to drain.
    Drain,
    /// It drains already, and goes on as it was told.
    Follow {
        /// Who told it.
        by: String,
        /// Since when.
        since: Option<Timestamp>,
    },
    /// It drains already, and is told anew how.
    Update {
        /// Who told it before.
        by: String,
        /// Since when.
        since: Option<Timestamp>,
    },
    /// It is empty and takes no new work.
    Nothing,
}

/// A node and what is done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The node.
    pub node: NodeRef,
    /// What is done to it.
    pub action: Action,
    /// Whether it took no work before.
    pub was_ineligible: bool,
    /// When its last drain began, before anything is written.
    pub drained_before: Option<Timestamp>,
    /// What has not ended on it.
    pub allocs: Vec<AllocStub>,
}

impl Target {
    /// What is to be done to a node on which these allocations are.
    #[must_use]
    pub fn new(node: &NodeStub, allocs: Vec<AllocStub>, options: Options) -> Self {
        let last = node.last_drain.as_ref();
        let by = || last.map_or_else(|| "somebody".to_owned(), whose);
        let since = last.and_then(|d| d.started_at);
        let leaves = |a: &AllocStub| !(options.ignore_system && a.job_type == JobType::System);
        let action = if node.drain && options.explicit {
            Action::Update { by: by(), since }
        } else if node.drain {
            Action::Follow { by: by(), since }
        } else if node.scheduling_eligibility == Eligibility::Ineligible && !allocs.iter().any(leaves) {
            Action::Nothing
        } else {
            Action::Drain
        };
        Target {
            node: NodeRef { id: node.id.clone(), name: node.name.clone() },
            action,
            was_ineligible: !node.drain && node.scheduling_eligibility == Eligibility::Ineligible,
            drained_before: since,
            allocs,
        }
    }

    /// Whether the node is written to.
    #[must_use]
    pub fn is_written(&self) -> bool {
        matches!(self.action, Action::Drain | Action::Update { .. })
    }

    /// How many allocations of these types are on it.
    #[must_use]
    pub fn count(&self, types: &[JobType]) -> usize {
        self.allocs.iter().filter(|a| types.contains(&a.job_type)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;
    use crate::ops::drain::options::Deadline;

    const PLAIN: Options = Options { deadline: Deadline::Never, ignore_system: false, explicit: false };

    fn node(name: &str) -> NodeStub {
        body::<Vec<NodeStub>>("nodes-draining").into_iter().find(|n| n.name == name).unwrap()
    }

    fn alloc(job_type: JobType) -> AllocStub {
        let mut alloc: AllocStub = body::<Vec<AllocStub>>("job-allocations").remove(0);
        alloc.job_type = job_type;
        alloc
    }

    #[test]
    fn a_drain_of_somebody_else_is_followed_and_only_changed_when_told_to() {
        let Action::Follow { by, .. } = Target::new(&node("c1"), vec![], PLAIN).action else { panic!() };
        assert!(by.starts_with("token:"), "{by}");
        let told = Options { explicit: true, ..PLAIN };
        assert!(matches!(Target::new(&node("c1"), vec![], told).action, Action::Update { .. }));
    }

    #[test]
    fn an_empty_node_without_new_work_needs_no_drain() {
        let mut idle = node("c4");
        assert_eq!(Target::new(&idle, vec![], PLAIN).action, Action::Drain);
        idle.scheduling_eligibility = Eligibility::Ineligible;
        assert_eq!(Target::new(&idle, vec![], PLAIN).action, Action::Nothing);
        assert_eq!(Target::new(&idle, vec![alloc(JobType::System)], PLAIN).action, Action::Drain);
        let spared = Options { ignore_system: true, ..PLAIN };
        assert_eq!(Target::new(&idle, vec![alloc(JobType::System)], spared).action, Action::Nothing);
    }
}
