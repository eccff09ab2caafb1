//! What is asked of a command that has run.

use std::process::Child;

use crate::binary::Ran;

/// It ended well.
pub(crate) fn ok(ran: &Ran) -> &Ran {
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

/// It ended with this exit code, and told this on stderr.
pub(crate) fn code(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran}");
    assert!(ran.err.contains(says), "{says:?} is not in\n{ran}");
}

/// What one that was started in the background has come to.
pub(crate) fn ended(child: Child) -> Ran {
    Ran::of(&child.wait_with_output().unwrap())
}
