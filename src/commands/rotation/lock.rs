//! `fleet rotation lock`

use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::error::Result;
use crate::ops::migration::lock;
use crate::ops::rotate::store;
use crate::ui::{Cell, Column, Tabular, column};

/// Show who moves work now, and which jobs others have to leave alone meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation lock
  fleet rotation lock -o json")]
pub struct Args {}

/// What one operation holds.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    what: String,
    user: String,
    host: String,
    #[serde(rename = "held_since")]
    since: Timestamp,
    jobs: Vec<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("NAME").whole(),
        column("WHAT"),
        column("BY"),
        column("SINCE").rank(1),
        column("JOBS").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let jobs = match self.jobs.is_empty() {
            true => Cell::Empty,
            false => Cell::text(self.jobs.join(", ")),
        };
        vec![
            Cell::text(&self.name),
            Cell::text(&self.what),
            Cell::text(format!("{}@{}", self.user, self.host)),
            Cell::Time(Some(self.since)),
            jobs,
        ]
    }
}

/// Shows them.
///
/// # Errors
/// Any API fault.
pub async fn run(_: &Args, app: &App) -> Result<()> {
    let (claims, _) = lock::read(app.nomad()?).await.map_err(|e| store::with_rights(e.into()))?;
    let row = |(name, claim): (String, lock::Claim)| Row {
        name,
        what: claim.holder.what,
        user: claim.holder.user,
        host: claim.holder.host,
        since: claim.holder.since,
        jobs: claim.jobs.into_iter().collect(),
    };
    let rows: Vec<Row> = claims.into_iter().map(row).collect();
    app.printer.list(&rows, "nobody moves work by fleet now")
}
