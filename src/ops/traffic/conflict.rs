//! Entries that somebody else changes at the same time.

use crate::error::Error;
use crate::model::traffic::change::Change;

/// The error for an entry that somebody else changed since it was read.
pub(super) fn changed_meanwhile(change: &Change) -> Error {
    Error::refused(format!("somebody else changed {} meanwhile; it was not written", change.subject()))
        .hint("run it again to see what would change now")
}
