//! What happens while nodes drain, as it happens.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::drain_end::End;
use crate::ops::drain::fate::Fate;
use crate::ops::rotate::event::{AllocRef, NodeRef};

/// An event and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// When.
    pub time: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

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
        fate: Fate,
    },
    /// The drain of a node ended.
    DrainEnded {
        /// The node.
        node: NodeRef,
        /// How.
        #[serde(flatten)]
        end: End,
    },
}

/// Whoever watches.
pub trait Observer {
    /// Something happened.
    ///
    /// # Errors
    /// When it cannot be told.
    fn record(&mut self, record: &Record) -> crate::error::Result<()>;

    /// What is waited for right now; called often, and again when nothing changed.
    fn waiting(&mut self, lines: &[String]);
}
