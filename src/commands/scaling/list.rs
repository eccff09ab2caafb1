//! `fleet scaling list`

use serde::Serialize;

use crate::api::nomad::scaling::{self, PolicyStub};
use crate::app::App;
use crate::commands::shared::{complete, listing, resolve};
use crate::error::Result;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the scaling policies of jobs, which an autoscaler goes by.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet scaling list
  fleet scaling list --job web -o json")]
pub struct Args {
    /// Only those of this job.
    #[arg(long, value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Option<String>,

    /// Only those of this type: horizontal, vertical_cpu or vertical_mem.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
}

/// A scaling policy.
#[derive(Debug, Serialize)]
pub(super) struct PolicyRow {
    policy_id: String,
    namespace: String,
    job_id: String,
    group: String,
    task: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    enabled: bool,
}

impl From<PolicyStub> for PolicyRow {
    fn from(stub: PolicyStub) -> Self {
        let of = |name: &str| stub.target.get(name).cloned().unwrap_or_default();
        PolicyRow {
            namespace: of("Namespace"),
            job_id: of("Job"),
            group: of("Group"),
            task: stub.target.get("Task").cloned(),
            policy_id: stub.id,
            kind: stub.kind,
            enabled: stub.enabled,
        }
    }
}

impl Tabular for PolicyRow {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("JOB"),
        column("NAMESPACE").usual("default").rank(1),
        column("GROUP"),
        column("TASK").usual("-"),
        column("TYPE").rank(2),
        column("ENABLED"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (enabled, tone) = if self.enabled { ("yes", Tone::Good) } else { ("no", Tone::Dim) };
        vec![
            Cell::Id(self.policy_id.clone()),
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::text(&self.group),
            self.task.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::text(&self.kind),
            Cell::toned(enabled, tone),
        ]
    }
}

/// Lists scaling policies.
///
/// # Errors
/// Not found (3) for an unknown job or namespace.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let key = match &args.job {
        Some(job) => Some(resolve::job(nomad, app.list_namespace()?, job).await?),
        None => None,
    };
    let namespace = key.as_ref().map_or(app.list_namespace()?, |key| &*key.namespace);
    let call = scaling::policies()
        .namespace(namespace)
        .query_opt("job", key.as_ref().map(|key| key.id.clone()))
        .query_opt("type", args.kind.clone());
    let mut rows: Vec<PolicyRow> = nomad.list(&call).await?.value.into_iter().map(PolicyRow::from).collect();
    // The servers take the job for the beginning of an id.
    rows.retain(|row| key.as_ref().is_none_or(|key| *row.job_id == *key.id));
    listing::show(app, &rows, "no scaling policies").await
}
