//! A job in the list: from its allocations, or from counts that the servers keep.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::api::nomad::job::{GroupSummary, JobStatus, JobStub};
use crate::model::ids::JobType;
use crate::model::job_health::{Instance, Tally};
use crate::model::words;
use crate::ui::{Cell, Column, Tabular, Tone, column};

#[derive(Debug, Serialize)]
pub(crate) struct JobRow {
    #[serde(rename = "job_id")]
    pub(super) id: String,
    pub(super) namespace: String,
    job_type: JobType,
    #[serde(rename = "node_pool")]
    pool: String,
    priority: i64,
    status: RunState,
    stopped: bool,
    /// None where it is not known.
    #[serde(rename = "job_version")]
    version: Option<u64>,
    /// Sum of the groups' counts; of a system job how many an eligible node gets. None where it is not known.
    wanted: Option<u64>,
    pub(super) running: u64,
    /// How many of those that run were found healthy, when they were deployed; none when allocations were not read.
    found_healthy: Option<u64>,
    pending: u64,
    /// How many are on nodes that are away: whether they run is not seen. None where that could not be asked.
    pub(super) not_seen: Option<u64>,
    /// States of its child jobs; none for a job that is neither periodic nor parameterized.
    children: Option<Children>,
    deployment_status: Option<DeploymentStatus>,
    unpromoted_canaries: bool,
    submitted_at: Option<Timestamp>,
}

#[derive(Debug, Default, Serialize)]
struct Children {
    pending: u64,
    running: u64,
    dead: u64,
}

impl From<JobStatus> for JobRow {
    fn from(j: JobStatus) -> Self {
        let tally = Tally::of(j.allocs.iter().map(Instance::from));
        let count =
            |states: &[RunState], state: RunState| states.iter().filter(|s| **s == state).count() as u64;
        let children = j.child_statuses.as_ref().map(|states| Children {
            pending: count(states, RunState::Pending),
            running: count(states, RunState::Running),
            dead: count(states, RunState::Dead),
        });
        JobRow {
            id: j.id,
            namespace: j.namespace,
            job_type: j.job_type,
            pool: j.node_pool,
            priority: j.priority,
            status: j.status,
            stopped: j.stop,
            version: Some(j.version),
            wanted: Some(j.group_count_sum),
            running: tally.running,
            found_healthy: Some(tally.healthy),
            pending: tally.pending,
            not_seen: None,
            children,
            unpromoted_canaries: j
                .latest_deployment
                .as_ref()
                .is_some_and(|d| d.is_active && d.requires_promotion),
            deployment_status: j.latest_deployment.map(|d| d.status),
            submitted_at: j.submit_time,
        }
    }
}

impl JobRow {
    /// By the counts of a job's allocations and its latest deployment.
    pub(crate) fn of_counts(j: &JobStub, latest: Option<&Deployment>) -> Self {
        let summary = j.job_summary.clone().unwrap_or_default();
        let sum = |count: fn(&GroupSummary) -> u64| summary.summary.values().map(count).sum();
        // Only a deployment of just this specification, and of each of its groups, tells what the counts are.
        let rolled_out = latest.filter(|d| d.job_spec_modify_index == j.job_modify_index);
        let counts =
            rolled_out.filter(|d| !d.status.is_active() && d.task_groups.keys().eq(summary.summary.keys()));
        let makes_others = (j.periodic || j.parameterized_job).then(|| summary.children.unwrap_or_default());
        JobRow {
            id: j.id.clone(),
            namespace: j.namespace.clone(),
            job_type: j.job_type,
            pool: j.node_pool.clone(),
            priority: j.priority,
            status: j.status,
            stopped: j.stop,
            version: rolled_out.map(|d| d.job_version),
            wanted: counts.map(|d| d.task_groups.values().map(|g| g.desired_total).sum()),
            running: sum(|g| g.running),
            found_healthy: None,
            pending: sum(|g| g.starting),
            not_seen: None,
            children: makes_others.map(|c| Children { pending: c.pending, running: c.running, dead: c.dead }),
            unpromoted_canaries: latest.is_some_and(Deployment::has_unpromoted_canaries),
            deployment_status: latest.map(|d| d.status),
            submitted_at: j.submit_time,
        }
    }

    /// Whether it is known how many instances are missing.
    pub(crate) fn is_clear(&self) -> bool {
        self.job_type != JobType::Service || self.stopped || self.children.is_some() || self.wanted.is_some()
    }

    fn running_cell(&self) -> Cell {
        if let Some(children) = &self.children {
            return Cell::text(words::count(children.running, "run"));
        }
        if self.stopped || self.job_type.is_per_node() {
            return Cell::Number(self.running);
        }
        let Some(wanted) = self.wanted else { return Cell::Number(self.running) };
        let short = self.job_type == JobType::Service && self.running < wanted;
        let tone = match (short, self.running) {
            (true, 0) => Tone::Bad,
            (true, _) => Tone::Warn,
            (false, _) => Tone::Plain,
        };
        Cell::toned(format!("{}/{wanted}", self.running), tone)
    }

    fn not_seen_cell(&self) -> Cell {
        match self.not_seen {
            Some(0) | None => Cell::Number(0),
            Some(n) => Cell::toned(n.to_string(), Tone::Warn),
        }
    }

    fn deployment_cell(&self) -> Cell {
        let Some(status) = self.deployment_status else { return Cell::Empty };
        let tone = match status {
            _ if self.unpromoted_canaries => return Cell::toned("awaits promotion", Tone::Warn),
            DeploymentStatus::Failed => Tone::Bad,
            DeploymentStatus::Paused => Tone::Warn,
            DeploymentStatus::Running => Tone::Plain,
            _ => Tone::Dim,
        };
        Cell::toned(status.to_string(), tone)
    }
}

impl Tabular for JobRow {
    const COLUMNS: &'static [Column] = &[
        column("JOB"),
        column("NAMESPACE").usual("default").rank(1),
        column("TYPE").whole().rank(4),
        column("STATUS").whole(),
        column("RUNNING").whole().right(),
        column("FOUND HEALTHY").right().usual("-").rank(3),
        column("NOT SEEN").right().usual("0").rank(1),
        column("DEPLOYMENT").whole().rank(2),
        column("VERSION").right().usual("-").rank(6),
        column("SUBMITTED").right().rank(5),
        column("POOL").wide(),
        column("PRIORITY").right().wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let status = if self.stopped {
            Cell::toned(format!("{}, stopped", self.status), Tone::Dim)
        } else {
            Cell::text(self.status.to_string())
        };
        let watched = self.job_type.has_deployments() && self.children.is_none();
        let number = |n: Option<u64>| n.map_or(Cell::Empty, Cell::Number);
        vec![
            Cell::text(&self.id),
            Cell::text(&self.namespace),
            Cell::text(self.job_type.name()),
            status,
            self.running_cell(),
            number(self.found_healthy.filter(|_| watched)),
            self.not_seen_cell(),
            self.deployment_cell(),
            number(self.version),
            Cell::Time(self.submitted_at),
            Cell::text(&self.pool),
            Cell::text(self.priority.to_string()),
        ]
    }
}
