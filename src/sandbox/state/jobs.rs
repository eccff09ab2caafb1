//! Writes to jobs: versions, states, summaries (`nomad-api.md §3`).

use std::sync::Arc;

use crate::sandbox::state::catalog::Submission;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::job::{Job, JobKey, JobStatus, Kind, VersionTag};
use crate::sandbox::state::summary::Summary;
use crate::sandbox::state::{State, Write};

/// How many versions of a job are kept, tagged ones aside.
const VERSIONS_KEPT: usize = 6;

impl State {
    /// The state a job has by what there is of it (`nomad-api.md §3.5`).
    #[must_use]
    pub fn derived_status(&self, job: &Job) -> JobStatus {
        if job.kind() == Kind::System || job.spec.is_parent() {
            return if job.stop { JobStatus::Dead } else { JobStatus::Running };
        }
        let key = job.key();
        if self.deployments.of_job(key).any(|d| d.active()) || self.allocs.of_job(key).any(|a| !a.terminal())
        {
            return JobStatus::Running;
        }
        let mut evals = self.evals.of_job(key).peekable();
        let had_one = evals.peek().is_some();
        if evals.any(|e| !e.terminal()) || !(had_one || job.stop) {
            JobStatus::Pending
        } else {
            JobStatus::Dead
        }
    }
}

impl Write<'_> {
    /// Registers a job: a new version of it, or its first. A version that comes back brings its source along.
    pub fn register(&mut self, mut job: Job, source: Option<Submission>) -> Arc<Job> {
        let key = job.key().clone();
        let mut source = source;
        job.job_modify_index = self.index;
        if let Some(existing) = self.state.job(&key)
            && job.version <= existing.version
        {
            source = source.or_else(|| self.state.catalog.submission(&key, job.version).cloned());
            job.version = existing.version + 1;
        }
        let job = self.put_job(job);
        if let Some(source) = source {
            self.put_submission(&key, Submission { version: job.version, ..source });
        }
        job
    }

    /// Puts a job in as its current version, whatever its version is.
    fn put_job(&mut self, mut job: Job) -> Arc<Job> {
        let key = job.key().clone();
        job.modify_index = self.index;
        let existing = self.state.job(&key).cloned();
        job.create_index = existing.as_ref().map_or(self.index, |old| old.create_index);
        job.status = self.state.derived_status(&job);
        let job = Arc::new(job);
        self.count_groups(&job);
        if existing.is_none() {
            self.count_child(&job, None);
        }
        self.keep_version(&job);
        self.store_job(&job);
        job
    }

    fn store_job(&mut self, job: &Arc<Job>) {
        self.touch(Scope::Table(Table::Jobs));
        self.touch(Scope::Namespace(Table::Jobs, job.key().namespace.clone()));
        self.touch(Scope::Job(Table::Jobs, job.key().clone()));
        self.state.jobs.insert(job.key().clone(), Arc::clone(job));
    }

    fn count_groups(&mut self, job: &Job) {
        let summary = self.state.summaries.entry(job.key().clone());
        let is_new = matches!(summary, std::collections::btree_map::Entry::Vacant(_));
        let summary = Arc::make_mut(summary.or_insert_with(|| Arc::new(Summary::new(job.key(), self.index))));
        if summary.add_groups(job) || is_new {
            summary.modify_index = self.index;
            self.touch_summary(job.key());
        }
    }

    pub(super) fn touch_summary(&mut self, key: &JobKey) {
        self.touch(Scope::Table(Table::JobSummaries));
        self.touch(Scope::Job(Table::JobSummaries, key.clone()));
    }

    /// Counts a job at the one that made it.
    fn count_child(&mut self, job: &Job, from: Option<JobStatus>) {
        if job.spec.typed.parent_id.is_empty() {
            return;
        }
        let parent = JobKey::new(&job.key().namespace, &job.spec.typed.parent_id);
        if let Some(summary) = self.state.summaries.get_mut(&parent) {
            let summary = Arc::make_mut(summary);
            summary.children.moved(from, job.status);
            summary.modify_index = self.index;
            self.touch_summary(&parent);
        }
    }

    fn keep_version(&mut self, job: &Arc<Job>) {
        let versions = self.state.versions.entry(job.key().clone()).or_default();
        match versions.iter_mut().find(|kept| kept.version == job.version) {
            Some(kept) => *kept = Arc::clone(job),
            None => versions.insert(0, Arc::clone(job)),
        }
        versions.sort_by_key(|kept| std::cmp::Reverse(kept.version));
        let untagged: Vec<u64> = versions.iter().filter(|v| v.tag.is_none()).map(|v| v.version).collect();
        if untagged.len() > VERSIONS_KEPT {
            // The newest stable version is what a rollback needs: the one before it goes instead.
            let stable = versions.iter().find(|v| v.stable && v.tag.is_none()).map(|v| v.version);
            let last =
                if stable == Some(untagged[VERSIONS_KEPT]) { VERSIONS_KEPT - 1 } else { VERSIONS_KEPT };
            versions.retain(|v| v.version != untagged[last]);
        }
        self.touch(Scope::Table(Table::JobVersions));
        self.touch(Scope::Job(Table::JobVersions, job.key().clone()));
    }

    /// Marks a version as one that works, or not.
    pub fn set_stable(&mut self, key: &JobKey, version: u64, stable: bool) {
        if let Some(job) = self.state.version(key, version).filter(|job| job.stable != stable) {
            let mut job = Job::clone(job);
            job.stable = stable;
            self.put_job(job);
        }
    }

    /// Names a version, or takes its name.
    pub fn set_tag(&mut self, key: &JobKey, version: u64, tag: Option<VersionTag>) {
        let Some(job) = self.state.version(key, version) else { return };
        let mut job = Job::clone(job);
        job.tag = tag;
        job.modify_index = self.index;
        let job = Arc::new(job);
        if self.state.job(key).is_some_and(|current| current.version == version) {
            self.store_job(&job);
        }
        self.keep_version(&job);
    }

    /// Brings a job's state up to date with what there is of it; `forced` knows better.
    pub(super) fn refresh_status(&mut self, key: &JobKey, forced: Option<JobStatus>) {
        let Some(job) = self.state.job(key) else { return };
        let status = forced.unwrap_or_else(|| self.state.derived_status(job));
        if status == job.status {
            return;
        }
        let (from, mut job) = (job.status, Job::clone(job));
        job.status = status;
        job.modify_index = self.index;
        let job = Arc::new(job);
        self.store_job(&job);
        self.count_child(&job, Some(from));
        self.keep_version(&job);
    }

    /// Stops a job: its specification stays, marked.
    pub fn stop_job(&mut self, key: &JobKey) {
        if let Some(job) = self.state.job(key) {
            let mut job = Job::clone(job);
            job.stop = true;
            job.submit_time = self.now;
            self.register(job, None);
        }
    }

    /// Forgets a job with its versions, deployments, allocations and counts; its pending evaluations end. Its clients
    /// stop the tasks when they see that the allocations are gone.
    pub fn purge_job(&mut self, key: &JobKey) {
        let Some(job) = self.state.jobs.remove(key) else { return };
        self.touch(Scope::Table(Table::Jobs));
        self.touch(Scope::Namespace(Table::Jobs, key.namespace.clone()));
        self.touch(Scope::Job(Table::Jobs, key.clone()));
        if job.status != JobStatus::Dead {
            let mut dead = Job::clone(&job);
            dead.status = JobStatus::Dead;
            self.count_child(&dead, Some(job.status));
        }
        self.state.versions.remove(key);
        self.touch(Scope::Table(Table::JobVersions));
        self.touch(Scope::Job(Table::JobVersions, key.clone()));
        self.state.summaries.remove(key);
        self.touch_summary(key);
        self.forget_deployments(key);
        self.state.catalog.forget_job(key);
        self.touch(Scope::Table(Table::ScalingEvents));
        self.end_pending_evals(key);
        self.forget_allocs(key);
    }
}
