//! `fleet namespace list`

use serde::Serialize;

use crate::api::nomad::namespace::{self, Namespace};
use crate::api::nomad::{ALL_NAMESPACES, job};
use crate::app::App;
use crate::error::Result;
use crate::model::job_counts::JobCounts;
use crate::ui::{Cell, Column, Tabular, column};

/// List the namespaces your token may see, and what runs in each.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet namespace list
  fleet namespace list -o json")]
pub struct Args {}

/// A namespace in a list.
#[derive(Debug, Serialize)]
struct Row {
    namespace: String,
    description: String,
    quota: Option<String>,
    /// Not known where the token may not list jobs.
    #[serde(flatten)]
    counts: Option<JobCounts>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("NAMESPACE").whole(),
        column("JOBS").right(),
        column("LIVE").right(),
        column("RUNNING").right(),
        column("QUOTA").usual("").rank(1),
        column("DESCRIPTION").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let count =
            |of: fn(&JobCounts) -> u64| self.counts.as_ref().map_or(Cell::Empty, |c| Cell::Number(of(c)));
        vec![
            Cell::text(&self.namespace),
            count(|c| c.jobs),
            count(|c| c.live_jobs),
            count(|c| c.running_allocations),
            self.quota.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::from(&self.description),
        ]
    }
}

/// Lists the namespaces.
///
/// # Errors
/// When Nomad does not answer or refuses the token.
pub async fn run(_args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let (namespaces, jobs) = (namespace::list(), job::list().namespace(ALL_NAMESPACES));
    let (namespaces, jobs) = tokio::join!(nomad.list(&namespaces), nomad.list(&jobs));
    let jobs = jobs.map(|reply| reply.value);
    if let Err(e) = &jobs {
        app.printer.warn(&format!("what runs in them is not known: {e}"));
    }
    let row = |n: Namespace| Row {
        counts: jobs.as_ref().ok().map(|jobs| JobCounts::of(jobs.iter().filter(|j| j.namespace == n.name))),
        namespace: n.name,
        description: n.description,
        quota: Some(n.quota).filter(|q| !q.is_empty()),
    };
    let rows: Vec<Row> = namespaces?.value.into_iter().map(row).collect();
    app.printer.list(&rows, "no namespaces that this token may see")
}
