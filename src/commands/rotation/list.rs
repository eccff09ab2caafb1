//! `fleet rotation list`

use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::commands::shared::listing;
use crate::error::Result;
use crate::ops::migration::lock;
use crate::ops::rotate::control;
use crate::ops::rotate::store::{self, Stored};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the rotations that have not ended, from whichever machine they were begun.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation list
  fleet rotation list -o json")]
pub struct Args {}

/// A rotation that has not ended.
#[derive(Debug, Serialize)]
struct Row {
    rotation: String,
    nodes: usize,
    rotated: usize,
    user: String,
    host: String,
    since: Option<Timestamp>,
    last: Option<Timestamp>,
    at_work: bool,
    /// Who wants a pause of it, and why.
    paused: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("ROTATION").whole(),
        column("NODES").right(),
        column("ROTATED").right(),
        column("BY"),
        column("STATE").whole(),
        column("SINCE").rank(1),
        column("LAST").rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let state = match (self.at_work, &self.paused) {
            (true, None) => Cell::toned("at work", Tone::Good),
            (true, Some(_)) => Cell::toned("paused", Tone::Warn),
            (false, _) => Cell::toned("left", Tone::Warn),
        };
        vec![
            Cell::text(&self.rotation),
            Cell::Number(self.nodes as u64),
            Cell::Number(self.rotated as u64),
            Cell::text(format!("{}@{}", self.user, self.host)),
            state,
            Cell::Time(self.since),
            Cell::Time(self.last),
        ]
    }
}

fn row(stored: Stored, claims: &lock::Claims, paused: Option<String>) -> Row {
    let rotation = stored.state.rotation.clone().unwrap_or_default();
    let at_work = lock::at_work(claims, &rotation);
    Row {
        nodes: stored.state.nodes().len(),
        rotated: stored.state.rotated.len(),
        user: stored.holder.user,
        host: stored.holder.host,
        since: stored.state.begun,
        last: stored.state.last,
        at_work,
        paused,
        rotation,
    }
}

/// Lists them.
///
/// # Errors
/// Any API fault.
pub async fn run(_: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let (claims, _) = lock::read(nomad).await?;
    let mut rows = Vec::new();
    for stored in store::all(nomad).await? {
        let paused = match &stored.state.rotation {
            Some(name) => control::read(nomad, name).await?.map(|pause| pause.to_string()),
            None => None,
        };
        rows.push(row(stored, &claims, paused));
    }
    listing::show(app, &rows, "no rotation is unfinished").await
}
