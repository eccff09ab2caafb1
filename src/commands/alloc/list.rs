//! `fleet alloc list`

use jiff::Timestamp;
use serde::Serialize;

use crate::model::ids::JobType;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::listing::Rows;
use crate::error::Result;
use crate::model::selector::Expression;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List allocations, the newest first.
///
/// Without --all or --status it lists those that run or are to run, and those that ended badly and have no replacement.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc list
  fleet alloc list --job web --node c1
  fleet alloc list --status failed --limit 20
  fleet alloc list --type batch --all -o json
  fleet alloc list --filter 'TaskStates.main.Restarts != 0'")]
pub struct Args {
    /// Allocations of this job; * and ? are wildcards.
    #[arg(long, value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Vec<String>,

    /// Allocations of this task group.
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,

    /// Allocations on this node, by name, pattern of names or beginning of the id.
    #[arg(long, value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: Vec<String>,

    /// Allocations in this state.
    #[arg(long, value_name = "STATUS", value_parser = ["pending", "running", "complete", "failed", "lost", "unknown"])]
    status: Vec<String>,

    /// Allocations of jobs of this type.
    #[arg(long = "type", value_name = "TYPE", value_parser = JobType::NAMES)]
    job_type: Vec<String>,

    #[command(flatten)]
    rows: Rows,
}

/// What is there or should be: alive, or ended badly without a replacement.
const PRESENT: &str = "(ClientStatus matches \"^(pending|running|unknown)$\" or \
     (ClientStatus == \"failed\" and DesiredStatus == \"run\" and NextAllocation == \"\") or \
     (ClientStatus == \"lost\" and NextAllocation == \"\"))";

impl Args {
    fn expression(&self) -> Option<String> {
        let present = self.status.is_empty() && !self.rows.all;
        Expression::default()
            .one_of("JobID", &self.job)
            .one_of("TaskGroup", &self.group)
            .one_of("ClientStatus", &self.status)
            .one_of("Job.Type", &self.job_type)
            .on_nodes(&self.node)
            .and(present.then(|| PRESENT.to_owned()))
            .and_also(self.rows.filter.as_deref())
            .text()
    }
}

/// A row of a list of allocations.
#[derive(Debug, Serialize)]
pub struct View {
    id: String,
    name: String,
    namespace: String,
    job_id: String,
    job_type: JobType,
    job_version: u64,
    group: String,
    node_id: String,
    node_name: String,
    status: ClientStatus,
    desired_status: DesiredStatus,
    desired_description: String,
    healthy: Option<bool>,
    canary: bool,
    replacement_id: Option<String>,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
}

impl From<AllocStub> for View {
    fn from(a: AllocStub) -> Self {
        View {
            healthy: a.healthy(),
            canary: a.is_canary(),
            id: a.id,
            name: a.name,
            namespace: a.namespace,
            job_id: a.job_id,
            job_type: a.job_type,
            job_version: a.job_version,
            group: a.task_group,
            node_id: a.node_id,
            node_name: a.node_name,
            status: a.client_status,
            desired_status: a.desired_status,
            desired_description: a.desired_description,
            replacement_id: Some(a.next_allocation).filter(|id| !id.is_empty()),
            created_at: a.create_time,
            modified_at: a.modify_time,
        }
    }
}

/// The state of an allocation in a word or two, with its tone.
#[must_use]
pub fn state(client: ClientStatus, desired: DesiredStatus) -> Cell {
    let stopping = desired != DesiredStatus::Run && !client.is_terminal();
    let (word, tone) = match client {
        _ if stopping => (format!("{client}, to stop"), Tone::Warn),
        ClientStatus::Running => (client.to_string(), Tone::Good),
        ClientStatus::Pending | ClientStatus::Unknown => (client.to_string(), Tone::Warn),
        ClientStatus::Failed | ClientStatus::Lost => (client.to_string(), Tone::Bad),
        ClientStatus::Complete => (client.to_string(), Tone::Dim),
    };
    Cell::toned(word, tone)
}

/// Health in a word, with its tone; nothing while undecided.
#[must_use]
pub fn health(healthy: Option<bool>, canary: bool) -> Cell {
    let (word, tone) = match healthy {
        Some(true) => ("healthy", Tone::Good),
        Some(false) => ("unhealthy", Tone::Bad),
        None if canary => ("canary", Tone::Plain),
        None => return Cell::Empty,
    };
    Cell::toned(if canary && healthy.is_some() { format!("canary, {word}") } else { word.to_owned() }, tone)
}

impl Tabular for View {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("NAME"),
        column("NAMESPACE").usual("default").rank(1),
        column("NODE"),
        column("STATUS").whole(),
        column("HEALTH").whole().rank(2),
        column("VERSION").right().rank(4),
        column("PLACED").right().rank(3),
        column("REPLACED BY").wide(),
        column("DESIRED").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let health = if self.status.is_terminal() { Cell::Empty } else { health(self.healthy, self.canary) };
        vec![
            Cell::Id(self.id.clone()),
            Cell::text(&self.name),
            Cell::text(&self.namespace),
            Cell::text(&self.node_name),
            state(self.status, self.desired_status),
            health,
            Cell::Number(self.job_version),
            Cell::Time(self.created_at),
            self.replacement_id.clone().map_or(Cell::Empty, Cell::Id),
            Cell::from(&self.desired_description),
        ]
    }
}

/// Lists allocations.
///
/// # Errors
/// When a name is unknown, the filter makes no sense, or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let expression = args.expression();
    args.rows
        .show::<_, View>(
            app,
            allocation::list(),
            expression.as_deref(),
            (&args.job, &args.node),
            "no allocations",
        )
        .await
}
