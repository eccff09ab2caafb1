//! A directory in a task kept like one here, over one session.

mod ignores;
mod remote_dir;
mod scan;
mod watch;

pub use ignores::Rules;
pub use remote_dir::{Applied, Interrupted, RemoteDir};
pub use scan::{Scan, Scanner};
pub use watch::Watcher;
