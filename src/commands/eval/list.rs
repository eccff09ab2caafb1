//! `fleet eval list`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::evaluation::{self, EvalStatus, Evaluation};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::listing::Rows;
use crate::error::Result;
use crate::model::ids::JobType;
use crate::model::selector::Expression;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List evaluations, the newest first.
///
/// Without --all or --status: those that are pending, blocked or failed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet eval list
  fleet eval list --status blocked
  fleet eval list --job web --all --limit 10
  fleet eval list --filter 'TriggeredBy == \"node-drain\"' --all -o json")]
pub struct Args {
    /// Only evaluations of this job; * and ? are wildcards.
    #[arg(long, value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Vec<String>,

    /// Only evaluations with this status.
    #[arg(long, value_name = "STATUS", value_parser = ["pending", "blocked", "complete", "failed", "canceled"])]
    status: Vec<String>,

    /// Only evaluations of jobs of this type.
    #[arg(long = "type", value_name = "TYPE", value_parser = JobType::NAMES)]
    job_type: Vec<String>,

    #[command(flatten)]
    rows: Rows,
}

impl Args {
    fn expression(&self) -> Option<String> {
        let open = self.status.is_empty() && !self.rows.all;
        let open = open.then(|| "Status not matches \"^(complete|canceled)$\"".to_owned());
        Expression::default()
            .one_of("JobID", &self.job)
            .one_of("Status", &self.status)
            .one_of("Type", &self.job_type)
            .and(open)
            .and_also(self.rows.filter.as_deref())
            .text()
    }
}

/// A row of a list of evaluations.
#[derive(Debug, Serialize)]
pub(super) struct EvalRow {
    #[serde(rename = "eval_id")]
    id: String,
    namespace: String,
    job_id: String,
    job_type: JobType,
    triggered_by: String,
    priority: i64,
    status: EvalStatus,
    status_description: String,
    unplaced: u64,
    node_id: Option<String>,
    deployment_id: Option<String>,
    blocked_eval_id: Option<String>,
    wait_until: Option<Timestamp>,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
}

impl From<Evaluation> for EvalRow {
    fn from(e: Evaluation) -> Self {
        let given = |id: String| Some(id).filter(|id| !id.is_empty());
        EvalRow {
            unplaced: e.failed_groups.values().map(evaluation::PlacementMetric::unplaced).sum(),
            id: e.id,
            namespace: e.namespace,
            job_id: e.job_id,
            job_type: e.job_type,
            triggered_by: e.triggered_by,
            priority: e.priority,
            status: e.status,
            status_description: e.status_description,
            node_id: given(e.node_id),
            deployment_id: given(e.deployment_id),
            blocked_eval_id: given(e.blocked_eval),
            wait_until: e.wait_until,
            created_at: e.create_time,
            modified_at: e.modify_time,
        }
    }
}

/// The tone of an evaluation's state.
#[must_use]
pub fn tone(status: EvalStatus) -> Tone {
    match status {
        EvalStatus::Pending | EvalStatus::Unknown => Tone::Plain,
        EvalStatus::Blocked => Tone::Warn,
        EvalStatus::Complete => Tone::Good,
        EvalStatus::Failed => Tone::Bad,
        EvalStatus::Canceled => Tone::Dim,
    }
}

impl Tabular for EvalRow {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("JOB"),
        column("NAMESPACE").usual("default").rank(1),
        column("TYPE").rank(5),
        column("TRIGGERED BY").rank(2),
        column("STATUS").whole(),
        column("UNPLACED").right().rank(3),
        column("MADE").right().rank(4),
        column("NODE").wide(),
        column("DEPLOYMENT").wide(),
        column("SAYS").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let id = |id: &Option<String>| id.clone().map_or(Cell::Empty, Cell::Id);
        let unplaced = match self.unplaced {
            0 => Cell::Empty,
            n => Cell::toned(n.to_string(), Tone::Warn),
        };
        vec![
            Cell::Id(self.id.clone()),
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::text(self.job_type.name()),
            Cell::text(&self.triggered_by),
            Cell::toned(self.status.to_string(), tone(self.status)),
            unplaced,
            Cell::Time(self.created_at),
            id(&self.node_id),
            id(&self.deployment_id),
            Cell::from(&self.status_description),
        ]
    }
}

/// Lists evaluations.
///
/// # Errors
/// When a job is unknown, the filter makes no sense, or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let expression = args.expression();
    let none = if expression.is_some() {
        "no open evaluations; --all includes finished ones"
    } else {
        "no evaluations"
    };
    args.rows.show::<_, EvalRow>(app, evaluation::list(), expression.as_deref(), (&args.job, &[]), none).await
}
