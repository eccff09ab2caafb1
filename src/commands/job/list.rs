//! `fleet job list`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::job::{self, JobStatus};
use crate::app::App;
use crate::commands::complete;
use crate::commands::listing::Rows;
use crate::error::Result;
use crate::model::job_health::{Instance, Tally};
use crate::model::selector::Expression;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List jobs with how many of their allocations run.
///
/// Jobs that a periodic or parameterized job made are listed with --all only.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job list
  fleet job list 'web-*' --type service
  fleet job list --status dead
  fleet job list --filter 'Meta.team == \"search\"' -o json")]
pub struct Args {
    /// Jobs by id; * and ? are wildcards.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    jobs: Vec<String>,

    /// Jobs of this type.
    #[arg(long = "type", value_name = "TYPE", value_parser = ["service", "batch", "system", "sysbatch"])]
    kind: Vec<String>,

    /// Jobs in this state.
    #[arg(long, value_name = "STATUS", value_parser = ["pending", "running", "dead"])]
    status: Vec<String>,

    /// Jobs of this node pool.
    #[arg(long, value_name = "POOL")]
    pool: Vec<String>,

    #[command(flatten)]
    rows: Rows,
}

impl Args {
    fn expression(&self) -> Option<String> {
        Expression::default()
            .one_of("ID", &self.jobs)
            .one_of("Type", &self.kind)
            .one_of("Status", &self.status)
            .one_of("NodePool", &self.pool)
            .and_also(self.rows.filter.as_deref())
            .text()
    }
}

#[derive(Debug, Serialize)]
pub(super) struct View {
    id: String,
    namespace: String,
    #[serde(rename = "type")]
    kind: String,
    pool: String,
    priority: i64,
    status: String,
    stopped: bool,
    version: u64,
    /// Sum of the groups' counts; of a system job how many an eligible node gets.
    wanted: u64,
    running: u64,
    healthy: u64,
    pending: u64,
    /// States of the jobs it made; none for a job that makes none.
    children: Option<Children>,
    deployment_status: Option<String>,
    unpromoted_canaries: bool,
    submitted_at: Option<Timestamp>,
}

#[derive(Debug, Default, Serialize)]
struct Children {
    pending: usize,
    running: usize,
    dead: usize,
}

impl From<JobStatus> for View {
    fn from(j: JobStatus) -> Self {
        let tally = Tally::of(j.allocs.iter().map(Instance::from));
        let count = |states: &[String], state: &str| states.iter().filter(|s| *s == state).count();
        let children = j.child_statuses.as_ref().map(|states| Children {
            pending: count(states, "pending"),
            running: count(states, "running"),
            dead: count(states, "dead"),
        });
        View {
            id: j.id,
            namespace: j.namespace,
            kind: j.kind,
            pool: j.node_pool,
            priority: j.priority,
            status: j.status,
            stopped: j.stop,
            version: j.version,
            wanted: j.group_count_sum,
            running: tally.running,
            healthy: tally.healthy,
            pending: tally.pending,
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

impl View {
    fn running_cell(&self) -> Cell {
        if let Some(children) = &self.children {
            return Cell::text(format!("{} children", children.running));
        }
        if self.stopped || self.kind == "system" || self.kind == "sysbatch" {
            return Cell::Number(self.running);
        }
        let short = self.kind == "service" && self.running < self.wanted;
        let tone = match (short, self.running) {
            (true, 0) => Tone::Bad,
            (true, _) => Tone::Warn,
            (false, _) => Tone::Plain,
        };
        Cell::toned(format!("{}/{}", self.running, self.wanted), tone)
    }

    fn deployment_cell(&self) -> Cell {
        let Some(status) = &self.deployment_status else { return Cell::Empty };
        match status.as_str() {
            _ if self.unpromoted_canaries => Cell::toned("awaits promotion", Tone::Warn),
            "failed" => Cell::toned(status, Tone::Bad),
            "paused" => Cell::toned(status, Tone::Warn),
            "running" => Cell::text(status),
            _ => Cell::toned(status, Tone::Dim),
        }
    }
}

impl Tabular for View {
    const COLUMNS: &'static [Column] = &[
        column("JOB"),
        column("NAMESPACE").usual("default").rank(1),
        column("TYPE").whole().rank(3),
        column("STATUS").whole(),
        column("RUNNING").right(),
        column("HEALTHY").right().rank(4),
        column("DEPLOYMENT").rank(2),
        column("VERSION").right().rank(6),
        column("SUBMITTED").right().rank(5),
        column("POOL").wide(),
        column("PRIORITY").right().wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let status = if self.stopped {
            Cell::toned(format!("{}, stopped", self.status), Tone::Dim)
        } else {
            Cell::text(&self.status)
        };
        let watched = matches!(self.kind.as_str(), "service" | "system") && self.children.is_none();
        vec![
            Cell::text(&self.id),
            Cell::text(&self.namespace),
            Cell::text(&self.kind),
            status,
            self.running_cell(),
            if watched { Cell::Number(self.healthy) } else { Cell::Empty },
            self.deployment_cell(),
            Cell::Number(self.version),
            Cell::Time(self.submitted_at),
            Cell::text(&self.pool),
            Cell::text(self.priority.to_string()),
        ]
    }
}

/// Lists jobs.
///
/// # Errors
/// When a job is unknown, the filter makes no sense, or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let list = job::statuses();
    let list = if args.rows.all { list.query("include_children", "true") } else { list };
    // This list comes with the last changed first, unlike the others.
    let mut views: Vec<View> =
        args.rows.fetch(app, list, args.expression().as_deref(), (&args.jobs, &[])).await?;
    views.sort_by(|a, b| (&a.namespace, &a.id).cmp(&(&b.namespace, &b.id)));
    app.printer.list(&views, "no jobs")
}
