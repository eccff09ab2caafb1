//! `fleet pool jobs`

use serde::Serialize;

use crate::api::nomad::job::JobStub;
use crate::api::nomad::node_pool;
use crate::app::App;
use crate::commands::pool::show::find;
use crate::commands::shared::{complete, listing};
use crate::error::Result;
use crate::model::ids::JobType;
use crate::model::job_counts::JobCounts;
use crate::ui::{Cell, Column, Tabular, column};

/// List the jobs that are placed in a node pool.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet pool jobs gpu
  fleet pool jobs default --namespace ops -o json")]
pub struct Args {
    /// The pool.
    #[arg(value_name = "POOL", add = clap_complete::ArgValueCompleter::new(complete::pools))]
    name: String,
}

/// A job of the pool.
#[derive(Debug, Serialize)]
struct Row {
    job_id: String,
    namespace: String,
    #[serde(rename = "type")]
    kind: JobType,
    status: String,
    running_allocations: u64,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("JOB").whole(),
        column("NAMESPACE").usual("default"),
        column("TYPE"),
        column("STATUS"),
        column("RUNNING").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::text(self.kind.to_string()),
            Cell::text(&self.status),
            Cell::Number(self.running_allocations),
        ]
    }
}

/// Lists the jobs of the pool.
///
/// # Errors
/// Not found (3).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    find(nomad, &args.name).await?;
    let jobs = nomad.list(&node_pool::jobs(&args.name).namespace(app.list_namespace()?)).await?.value;
    let row = |j: JobStub| Row {
        running_allocations: JobCounts::of([&j]).running_allocations,
        job_id: j.id,
        namespace: j.namespace,
        kind: j.job_type,
        status: j.status.to_string(),
    };
    let rows: Vec<Row> = jobs.into_iter().map(row).collect();
    listing::show(app, &rows, &format!("no jobs in pool {}", args.name)).await
}
