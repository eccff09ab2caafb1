//! Who hears of what an operation does: a progress display, plain lines, NDJSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// An event and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record<E> {
    /// When.
    #[serde(rename = "at", alias = "time")]
    pub time: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: E,
}

/// Whoever watches an operation that tells of itself in records of type `R`.
pub trait Observer<R> {
    /// Something happened.
    ///
    /// # Errors
    /// When it cannot be told; the operation then stops rather than go on unseen.
    fn record(&mut self, record: &R) -> Result<()>;

    /// What is waited for right now; called often, and again when nothing changed.
    fn waiting(&mut self, lines: &[String]);

    /// Time passes, and what is asked was not answered yet: what shows a time is shown again.
    fn still(&mut self) {}
}
