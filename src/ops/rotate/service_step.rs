//! The steps of what is done to a node once it is empty, as the journal keeps them.

use serde::{Deserialize, Serialize};

use crate::model::expectation::NodeFacts;

/// How far the command for a node has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum ServiceStep {
    /// The command is about to be run; what the node was before.
    Begun {
        /// What was known of it.
        before: NodeFacts,
    },
    /// The command ended well, or went down with the machine.
    Ended {
        /// What was known of the node before.
        before: NodeFacts,
    },
    /// How it ended is not known, which was told; it may be run again.
    NotKnown {
        /// What was known of the node before.
        before: NodeFacts,
    },
    /// It failed, and may be run again.
    Failed,
    /// All is done.
    Done,
}
