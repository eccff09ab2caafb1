//! The lock of an operation that needs all of its jobs at once.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Holder, Lock, waits_for};
use crate::api::Permission;
use crate::api::http::Http;
use crate::error::Result;
use crate::model::ids::JobKey;

/// A lock on a fixed set of jobs, for an operation that needs all of them from its beginning to its end.
#[derive(Debug)]
pub struct Guard<'p> {
    lock: Lock,
    permission: &'p Permission,
    jobs: BTreeSet<JobKey>,
}

impl<'p> Guard<'p> {
    /// Of an operation on these jobs; it holds nothing yet.
    #[must_use]
    pub fn new(nomad: &Http, permission: &'p Permission, holder: Holder, jobs: BTreeSet<JobKey>) -> Self {
        let name =
            format!("{}-{:016x}", holder.what.split_whitespace().next().unwrap_or("op"), fastrand::u64(..));
        Guard { lock: Lock::new(nomad, &name, holder), permission, jobs }
    }

    /// The same, as a run of what has this name, so that it can be seen from its journal that somebody is at work on it.
    #[must_use]
    pub fn as_run_of(self, name: &str) -> Self {
        let lock = self.lock.named(&format!("{name}-{:08x}", fastrand::u32(..)));
        Guard { lock, ..self }
    }

    /// The name of its claim.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.lock.name
    }

    /// Claims what is not held yet, and keeps alive what is; whom it waits for, when it has to.
    ///
    /// # Errors
    /// Any API fault but a missing right.
    pub async fn keep(&mut self, now: Timestamp) -> Result<Vec<String>> {
        self.lock.claim(self.permission, &self.jobs, now).await?;
        let others = self.jobs.iter().filter(|job| !self.lock.holds(job, now));
        let line = |job: &JobKey| match self.lock.holder_of(job, now) {
            Some(holder) => waits_for(holder, job),
            None => format!("waiting for the lock on the cluster, for {job}"),
        };
        Ok(others.map(line).collect())
    }

    /// Why nothing protects against a second operator, when nothing does.
    #[must_use]
    pub fn unprotected(&self) -> Option<&str> {
        self.lock.unprotected()
    }

    /// Gives everything back.
    pub async fn release(&mut self, now: Timestamp) {
        self.lock.release(self.permission, now).await;
    }
}
