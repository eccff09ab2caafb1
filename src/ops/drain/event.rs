//! What happens while nodes drain, as it happens.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::node::NodeStatus;
use crate::model::drain_end::DrainEnd;
use crate::ops::drain::fate::AllocFate;
use crate::ops::migration::{AllocRef, NodeRef};

/// What happens while nodes drain.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Event {
    /// A node was told to drain.
    DrainStarted {
        /// The node.
        node: NodeRef,
    },
    /// A node could not be told.
    DrainNotStarted {
        /// The node.
        node: NodeRef,
        /// Why.
        reason: String,
    },
    /// Something became of an allocation.
    Alloc {
        /// The allocation.
        alloc: AllocRef,
        /// Its node.
        from: NodeRef,
        /// What became of it.
        #[serde(flatten)]
        fate: AllocFate,
    },
    /// The agent of a node that drains does not answer, or the servers count it as something else since.
    NodeSilent {
        /// The node.
        node: NodeRef,
        /// When its agent answered last, or was first asked in vain.
        silent_since: Timestamp,
        /// What the servers count it as.
        status: NodeStatus,
        /// Since when, by their clock; none while they count it as ready.
        status_since: Option<Timestamp>,
    },
    /// The agent of that node answers again.
    NodeAnswers {
        /// The node.
        node: NodeRef,
        /// How long it did not.
        seconds: f64,
    },
    /// The next nodes are not told yet.
    Held {
        /// What has to change first, in lines.
        reasons: Vec<String>,
    },
    /// The drain of a node ended.
    DrainEnded {
        /// The node.
        node: NodeRef,
        /// How.
        #[serde(flatten)]
        end: DrainEnd,
    },
}
