//! Jobs, their versions and their deployments in one table.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::job::JobBrief;
use crate::commands::shared::cluster::AllocTotals;
use crate::model::ids::{JobKey, JobType};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// How many run of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Running {
    job_version: u64,
    running: u64,
}

/// What a deployment waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Waits {
    /// Its canaries are healthy, and somebody has to promote them.
    Promotion,
    /// Its canaries have to become healthy.
    Canaries,
    /// Somebody paused it.
    Resumption,
    /// Allocations have to become healthy.
    Health,
}

impl Waits {
    fn words(self) -> (&'static str, Tone) {
        match self {
            Waits::Promotion => ("promotion", Tone::Warn),
            Waits::Canaries => ("healthy canaries", Tone::Plain),
            Waits::Resumption => ("resumption", Tone::Warn),
            Waits::Health => ("health", Tone::Plain),
        }
    }
}

/// The latest deployment of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Rollout {
    deployment_id: String,
    job_version: u64,
    status: DeploymentStatus,
    waits_for: Option<Waits>,
    /// Since when it waits; none where that is not known.
    waits_since: Option<Timestamp>,
}

/// A job with what runs of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct JobLine {
    job_id: String,
    namespace: String,
    job_type: JobType,
    /// The current version.
    job_version: u64,
    /// When it was submitted; a rollback keeps the time of the version it copies.
    submitted_at: Option<Timestamp>,
    /// The sum of the counts of its groups; none where nodes decide.
    wanted: Option<u64>,
    running: u64,
    /// How many run of each version.
    versions: Vec<Running>,
    deployment: Option<Rollout>,
}

impl JobLine {
    /// Whether something goes on with its versions, or went wrong with the last of them.
    pub(super) fn is_unsettled(&self) -> bool {
        let open = self.deployment.as_ref().is_some_and(|d| {
            d.waits_for.is_some()
                || (d.status == DeploymentStatus::Failed && d.job_version == self.job_version)
        });
        open || self.versions.len() > 1 || self.versions.iter().any(|v| v.job_version != self.job_version)
    }
}

/// Every job that wants something or still has it, by its name. Children are as their parents are.
pub(super) fn lines(jobs: &[JobBrief], work: &AllocTotals) -> Vec<JobLine> {
    let mut all: Vec<JobLine> = jobs.iter().filter_map(|job| line(job, work)).collect();
    all.sort_by(|a, b| (&a.namespace, &a.job_id).cmp(&(&b.namespace, &b.job_id)));
    all
}

fn line(job: &JobBrief, work: &AllocTotals) -> Option<JobLine> {
    let key = JobKey::new(&*job.namespace, &*job.id);
    static NONE: BTreeMap<u64, u64> = BTreeMap::new();
    let versions = work.versions.get(&key).unwrap_or(&NONE);
    if job.child_statuses.is_some() || (job.stop && versions.is_empty()) {
        return None;
    }
    let deployment = job.latest_deployment.as_ref().map(|d| {
        // One that has failed for good does not get healthy any more.
        let failed = work.tallies.get(&key).is_some_and(|t| t.failed_canaries > 0);
        let canaries = work.canaries_since.get(&key).copied().filter(|_| !failed);
        let by_hand = d.requires_promotion && !d.all_auto_promote;
        let (waits_for, waits_since) = match (d.is_active, d.status) {
            (false, _) => (None, None),
            (_, DeploymentStatus::Paused) => (Some(Waits::Resumption), None),
            _ if by_hand => match canaries.flatten() {
                Some(since) => (Some(Waits::Promotion), Some(since)),
                None => (Some(Waits::Canaries), job.submit_time),
            },
            _ => (Some(Waits::Health), job.submit_time),
        };
        Rollout {
            deployment_id: d.id.clone(),
            job_version: d.job_version,
            status: d.status,
            waits_for,
            waits_since,
        }
    });
    Some(JobLine {
        job_id: job.id.clone(),
        namespace: job.namespace.clone(),
        job_type: job.job_type,
        job_version: job.version,
        submitted_at: job.submit_time,
        wanted: (!job.job_type.is_per_node()).then_some(job.group_count_sum),
        running: versions.values().sum(),
        versions: versions.iter().map(|(v, n)| Running { job_version: *v, running: *n }).collect(),
        deployment,
    })
}

impl Tabular for &JobLine {
    const COLUMNS: &'static [Column] = &[
        column("JOB").wraps(),
        column("NAMESPACE").usual("default").rank(2),
        column("VERSION").right(),
        column("RUNNING").whole(),
        column("DEPLOYMENT").rank(1),
        column("WAITS FOR"),
        column("SINCE").whole(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let each = match self.versions.as_slice() {
            [] => "0".to_owned(),
            [one] if one.job_version == self.job_version => one.running.to_string(),
            several => several
                .iter()
                .map(|v| format!("{} of v{}", v.running, v.job_version))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let each = match self.wanted {
            Some(wanted) if self.versions.len() < 2 => format!("{each} ({wanted} wanted)"),
            _ => each,
        };
        let deployment = self.deployment.as_ref();
        let status = deployment.map_or(Cell::Empty, |d| {
            let tone = if d.status == DeploymentStatus::Failed { Tone::Bad } else { Tone::Plain };
            Cell::toned(format!("v{} {}", d.job_version, d.status), tone)
        });
        let waits = deployment.and_then(|d| d.waits_for).map_or(Cell::Empty, |w| {
            let (words, tone) = w.words();
            Cell::toned(words, tone)
        });
        vec![
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::Number(self.job_version),
            Cell::text(each),
            status,
            waits,
            Cell::Time(deployment.and_then(|d| d.waits_since)),
        ]
    }
}
