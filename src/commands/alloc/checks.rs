//! `fleet alloc checks`

use serde::Serialize;

use crate::api::http::AskedNode;
use crate::app::App;
use crate::commands::alloc::acting::refuse_out_of_sight;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::redaction::Secrets;
use crate::ops::present_health::Sources;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Show what Nomad's checks of an allocation say at this moment.
///
/// Its client is asked, not the record of its deployment. Checks of services in Consul are Consul's: `fleet alloc show` counts both.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc checks c783f447
  fleet alloc checks c783f447 -o json")]
pub struct Args {
    /// The allocation, by its id or the beginning of it.
    #[arg(value_name = "ALLOC", add = clap_complete::ArgValueCompleter::new(complete::allocs))]
    alloc: String,
}

#[derive(Debug, Serialize)]
struct CheckRow {
    service: String,
    check: String,
    /// None for a service of the group.
    task: Option<String>,
    /// `success`, `failure` or `pending`.
    status: String,
    /// `healthiness`, or `readiness` where its failure does not hold an update.
    mode: String,
    output: String,
}

impl Tabular for CheckRow {
    const COLUMNS: &'static [Column] = &[
        column("SERVICE").whole(),
        column("CHECK").whole(),
        column("TASK").rank(2),
        column("STATUS"),
        column("MODE").rank(3),
        column("OUTPUT").rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let tone = match self.status.as_str() {
            "success" => Tone::Good,
            "failure" => Tone::Bad,
            _ => Tone::Warn,
        };
        vec![
            (&self.service).into(),
            (&self.check).into(),
            self.task.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::toned(&self.status, tone),
            (&self.mode).into(),
            Cell::text(self.output.trim()),
        ]
    }
}

/// Shows the checks.
///
/// # Errors
/// Not found (3); failed (1) when its client does not tell.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let alloc = resolve::alloc(nomad, &args.alloc).await?;
    refuse_out_of_sight(app, &alloc).await?;
    let told = Sources::new(nomad, None).nomad_checks(&alloc.id).await;
    let told = told.map_err(|why| {
        Error::failed(format!("could not read the checks of allocation {}", short(&alloc.id)))
            .because(why)
            .unanswered_by(AskedNode::OfAllocation(alloc.id.clone()))
    })?;
    let mut rows: Vec<CheckRow> = told
        .into_iter()
        .map(|c| CheckRow {
            service: c.service,
            check: c.check,
            task: Some(c.task).filter(|t| !t.is_empty()),
            status: c.status,
            mode: c.mode,
            output: Secrets::default().clean(&c.output),
        })
        .collect();
    rows.sort_by(|a, b| (&a.service, &a.check).cmp(&(&b.service, &b.check)));
    app.printer.list(&rows, "no checks of Nomad's")
}
