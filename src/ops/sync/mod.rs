//! A directory in a task kept like one here, over one session.

mod copy;
mod ignores;
mod scan;
mod watch;

pub use copy::{Applied, Copy, Left};
pub use ignores::Rules;
pub use scan::{Scan, Scanner};
pub use watch::Watcher;
