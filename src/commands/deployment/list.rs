//! `fleet deployment list`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::listing::Rows;
use crate::error::Result;
use crate::model::selector::Expression;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List deployments, the newest first.
///
/// Without --all or --status it lists those that are under way or paused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet deployment list
  fleet deployment list --job web --all --limit 5
  fleet deployment list --status failed -o json")]
pub struct Args {
    /// Deployments of this job; * and ? are wildcards.
    #[arg(long, value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Vec<String>,

    /// Deployments in this state.
    #[arg(long, value_name = "STATUS", value_parser = ["running", "paused", "failed", "successful", "cancelled"])]
    status: Vec<String>,

    #[command(flatten)]
    rows: Rows,
}

impl Args {
    fn expression(&self) -> Option<String> {
        let active = self.status.is_empty() && !self.rows.all;
        let active = active.then(|| "Status not matches \"^(failed|successful|cancelled)$\"".to_owned());
        Expression::default()
            .one_of("JobID", &self.job)
            .one_of("Status", &self.status)
            .and(active)
            .and_also(self.rows.filter.as_deref())
            .text()
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct View {
    id: String,
    namespace: String,
    job_id: String,
    job_version: u64,
    status: DeploymentStatus,
    status_description: String,
    desired: u64,
    placed: u64,
    healthy: u64,
    unhealthy: u64,
    unpromoted_canaries: bool,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
}

impl From<Deployment> for View {
    fn from(d: Deployment) -> Self {
        let sum = |of: fn(&deployment::DeploymentGroup) -> u64| d.task_groups.values().map(of).sum();
        View {
            desired: sum(|g| g.desired_total),
            placed: sum(|g| g.placed_allocs),
            healthy: sum(|g| g.healthy_allocs),
            unhealthy: sum(|g| g.unhealthy_allocs),
            unpromoted_canaries: d.has_unpromoted_canaries(),
            id: d.id,
            namespace: d.namespace,
            job_id: d.job_id,
            job_version: d.job_version,
            status: d.status,
            status_description: d.status_description,
            created_at: d.create_time,
            modified_at: d.modify_time,
        }
    }
}

/// The tone of a deployment's state.
#[must_use]
pub fn tone(status: DeploymentStatus) -> Tone {
    match status {
        DeploymentStatus::Running => Tone::Plain,
        DeploymentStatus::Successful => Tone::Good,
        DeploymentStatus::Failed => Tone::Bad,
        DeploymentStatus::Paused | DeploymentStatus::Other => Tone::Warn,
        DeploymentStatus::Cancelled => Tone::Dim,
    }
}

impl Tabular for View {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("JOB"),
        column("NAMESPACE").usual("default").rank(1),
        column("VERSION").right().rank(3),
        column("STATUS").whole(),
        column("HEALTHY").right().rank(2),
        column("BEGAN").right().rank(4),
        column("SAYS").rank(5),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Id(self.id.clone()),
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::Number(self.job_version),
            Cell::toned(self.status.to_string(), tone(self.status)),
            Cell::text(format!("{}/{}", self.healthy, self.desired)),
            Cell::Time(self.created_at),
            Cell::from(&self.status_description),
        ]
    }
}

/// Lists deployments.
///
/// # Errors
/// When a job is unknown, the filter makes no sense, or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let expression = args.expression();
    let none = if expression.is_some() {
        "no such deployments; --all shows those that are over"
    } else {
        "no deployments"
    };
    args.rows.show::<_, View>(app, deployment::list(), expression.as_deref(), (&args.job, &[]), none).await
}
