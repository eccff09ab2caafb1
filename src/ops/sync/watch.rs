//! Hears when something below a directory changes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

/// An editor writes a file in several steps: they are over when nothing was heard for so long.
const QUIET: Duration = Duration::from_millis(60);
/// But no longer than that: what is written to all the time is copied all the same.
const LONGEST: Duration = Duration::from_millis(400);
/// How often is looked where nobody tells.
const LOOK: Duration = Duration::from_secs(1);
/// How often is looked all the same: what a file system does elsewhere, it may not tell.
const ALL_THE_SAME: Duration = Duration::from_secs(30);

/// Tells when to look again.
#[derive(Debug)]
pub struct Watcher {
    told: Arc<Notify>,
    /// None where the system cannot watch: then time tells.
    watcher: Option<RecommendedWatcher>,
}

impl Watcher {
    /// Watches a directory and all below it; why it cannot, when it cannot.
    #[must_use]
    pub fn new(root: &Path) -> (Self, Option<String>) {
        let told = Arc::new(Notify::new());
        let tell = Arc::clone(&told);
        let heard = move |event: notify::Result<notify::Event>| {
            // Reading is no change; an error may hide one.
            let matters = event.map_or(true, |e| match e.kind {
                EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
                EventKind::Access(_) => false,
                _ => true,
            });
            if matters {
                tell.notify_one();
            }
        };
        let made = notify::recommended_watcher(heard)
            .and_then(|mut w| w.watch(root, RecursiveMode::Recursive).map(|()| w));
        match made {
            Ok(watcher) => (Watcher { told, watcher: Some(watcher) }, None),
            Err(e) => (Watcher { told, watcher: None }, Some(e.to_string())),
        }
    }

    /// Ends when something has changed and is quiet again, or it is time to look anyway.
    pub async fn changed(&self) {
        if self.watcher.is_none() {
            return sleep(LOOK).await;
        }
        if timeout(ALL_THE_SAME, self.told.notified()).await.is_err() {
            return;
        }
        let begun = Instant::now();
        while begun.elapsed() < LONGEST && timeout(QUIET, self.told.notified()).await.is_ok() {}
    }
}
