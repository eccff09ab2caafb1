//! How many jobs there are and how much of them runs, by whatever they are grouped by: namespaces, node pools.

use serde::Serialize;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::job::JobStub;
use crate::model::words::count;

/// Jobs and allocations of a namespace or a node pool, as the servers' own counts have them (`nomad-api.md §3.1`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct JobCounts {
    /// All jobs the servers still know.
    pub jobs: u64,
    /// Jobs that are not dead.
    pub live_jobs: u64,
    /// Allocations that run.
    pub running_allocations: u64,
}

impl JobCounts {
    /// Counts these jobs.
    #[must_use]
    pub fn of<'a>(jobs: impl IntoIterator<Item = &'a JobStub>) -> Self {
        let mut counts = JobCounts::default();
        for job in jobs {
            counts.jobs += 1;
            counts.live_jobs += u64::from(job.status != RunState::Dead);
            let groups = job.job_summary.iter().flat_map(|s| s.summary.values());
            counts.running_allocations += groups.map(|g| g.running).sum::<u64>();
        }
        counts
    }

    /// The counts in words.
    #[must_use]
    pub fn words(&self) -> String {
        let (jobs, running) =
            (count(self.jobs, "job"), count(self.running_allocations, "running allocation"));
        format!("{jobs}, {} of them live, {running}", self.live_jobs)
    }
}
