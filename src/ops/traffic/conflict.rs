//! What is said when somebody else was there first.

use crate::error::Error;
use crate::model::traffic::change::Change;

/// An entry that is not as it was when the change was worked out.
pub(super) fn changed(change: &Change) -> Error {
    Error::refused(format!("somebody else changed {} meanwhile; it was not written", change.subject()))
        .hint("run it again to see what would change now")
}
