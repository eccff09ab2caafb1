//! `fleet rotation list`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::node;
use crate::app::App;
use crate::commands::shared::listing;
use crate::commands::shared::rotation_state::{RaisedCount, RotationState};
use crate::error::Result;
use crate::ops::migration::lock;
use crate::ops::rotate::store::{self, Stored};
use crate::ui::{Cell, Column, Tabular, column};

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
    /// What it is, in words: a rotation, or a rebalance.
    what: String,
    nodes: usize,
    rotated: usize,
    user: String,
    host: String,
    started_at: Option<Timestamp>,
    last_event_at: Option<Timestamp>,
    #[serde(flatten)]
    state: RotationState,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("ROTATION").whole(),
        column("WHAT").rank(3),
        column("NODES").right(),
        column("ROTATED").right(),
        column("BY"),
        column("STATE").whole(),
        column("SINCE").rank(1),
        column("LAST").rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.rotation),
            Cell::text(self.what.split(' ').next().unwrap_or_default()),
            Cell::Number(self.nodes as u64),
            Cell::Number(self.rotated as u64),
            Cell::text(format!("{}@{}", self.user, self.host)),
            self.state.cell(false),
            Cell::Time(self.started_at),
            Cell::Time(self.last_event_at),
        ]
    }
}

fn row(stored: Stored, state: RotationState) -> Row {
    let rotation = stored.state.rotation.clone().unwrap_or_default();
    Row {
        what: stored.holder.what.clone(),
        nodes: stored.state.nodes().len(),
        rotated: stored.state.rotated.len(),
        user: stored.holder.user,
        host: stored.holder.host,
        started_at: stored.state.begun,
        last_event_at: stored.state.last,
        state,
        rotation,
    }
}

/// Lists them.
///
/// # Errors
/// Any API fault.
pub async fn run(_: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let (claims, _) = lock::read(nomad).await.map_err(|e| store::with_rights(e.into()))?;
    let all = store::all(nomad).await.map_err(store::with_rights)?;
    let nodes = if all.is_empty() { Vec::new() } else { nomad.list(&node::list()).await?.value };
    let mut rows = Vec::new();
    for stored in all {
        let state = RotationState::read(nomad, &claims, &stored.state, &nodes).await?;
        rows.push(row(stored, state));
    }
    listing::show(app, &rows, "no rotation is unfinished").await?;
    for row in rows.iter().filter(|row| !row.state.at_work) {
        let note = |raised: &RaisedCount| app.printer.note(&format!("{}: {}", row.rotation, raised.line()));
        row.state.raised.iter().for_each(note);
    }
    for row in &rows {
        let Some(why) = &row.state.given_up else { continue };
        let name = &row.rotation;
        let to = match row.state.raised.is_empty() {
            true => "to forget it",
            false => "to take its second copies away and forget it",
        };
        app.printer.note(&format!("{name} {why}; {to}: fleet rotation rollback {name}"));
    }
    Ok(())
}
