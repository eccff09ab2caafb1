//! `fleet config history`

use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::commands::shared::config_change::{undo, view};
use crate::commands::shared::consul;
use crate::error::Result;
use crate::model::traffic::difference::{Difference, between};
use crate::ops::traffic::history::{Recorded, Saved};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// List the changes of config entries that were made from this machine, the newest first, or show one of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet config history
  fleet config history c-4f1d2a90
  fleet config history -o json")]
pub struct Args {
    /// A change; `last` for the newest that was not taken back.
    #[arg(value_name = "CHANGE")]
    change: Option<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    change_id: String,
    at: Timestamp,
    entries: Vec<String>,
    /// The verb that made it.
    verb: String,
    outcome: &'static str,
    undoes: Option<String>,
    undone_by: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("CHANGE").whole(), column("AGE"), column("OUTCOME"), column("ENTRIES").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let tone = match self.outcome {
            "written" => Tone::Good,
            "undone" | "undo" => Tone::Dim,
            _ => Tone::Bad,
        };
        vec![
            Cell::text(&self.change_id),
            Cell::Time(Some(self.at)),
            Cell::toned(self.outcome, tone),
            Cell::text(self.entries.join(" ")),
        ]
    }
}

/// A recorded change, and the entries it touched.
#[derive(Debug, Serialize)]
struct HistoryView {
    #[serde(flatten)]
    row: Row,
    failure: Option<String>,
    changes: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    kind: &'static str,
    name: String,
    written: bool,
    differences: Vec<Difference>,
}

impl Describe for HistoryView {
    fn describe(&self) -> Detail {
        let mut detail = Detail::new().fields([
            ("Change", Cell::toned(&self.row.change_id, Tone::Strong)),
            ("Time", Cell::Time(Some(self.row.at))),
            ("Made by", Cell::text(format!("fleet {}", self.row.verb))),
            ("Outcome", Cell::text(self.row.outcome)),
            ("Undoes", Cell::text(self.row.undoes.clone().unwrap_or_default())),
            ("Undone by", Cell::text(self.row.undone_by.clone().unwrap_or_default())),
            ("Failure", Cell::toned(self.failure.clone().unwrap_or_default(), Tone::Bad)),
        ]);
        for entry in &self.changes {
            let unsure = if entry.written { "" } else { " (not known to have been written)" };
            let lines =
                entry.differences.iter().filter(|d| d.path != "Kind" && d.path != "Name").flat_map(|d| {
                    let old = (!d.old.is_null())
                        .then(|| (format!("  - {}  {}", d.path, view::value(&d.old)), Tone::Bad));
                    let new = (!d.new.is_null())
                        .then(|| (format!("  + {}  {}", d.path, view::value(&d.new)), Tone::Good));
                    old.into_iter().chain(new)
                });
            detail = detail.lines(Some(&format!("{}/{}{unsure}", entry.kind, entry.name)), lines);
        }
        detail
    }
}

/// Lists changes, or shows one.
///
/// # Errors
/// Not found (3); refused (7) when the journal is damaged.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let http = consul::needed(app)?;
    if let Some(which) = &args.change {
        let recorded = undo::chosen(app, &http, which, None)?;
        let changes = recorded.entries.iter().map(entry).collect();
        return app.printer.object(&HistoryView {
            row: row(&recorded),
            failure: recorded.failure.clone(),
            changes,
        });
    }
    let mut rows: Vec<Row> = undo::all(app, &http)?.iter().map(row).collect();
    rows.reverse();
    app.printer.list(&rows, "no change was made from this machine")
}

fn row(recorded: &Recorded) -> Row {
    let outcome = match recorded {
        r if r.undone_by.is_some() => "undone",
        r if r.failure.is_some() => "failed",
        r if !r.ended => "unfinished",
        r if r.undoes.is_some() => "undo",
        _ => "written",
    };
    Row {
        change_id: recorded.id.clone(),
        at: recorded.time,
        entries: recorded.entries.iter().map(|e| format!("{}/{}", e.kind, e.name)).collect(),
        verb: recorded.verb.clone(),
        outcome,
        undoes: recorded.undoes.clone(),
        undone_by: recorded.undone_by.clone(),
    }
}

fn entry(saved: &Saved) -> Entry {
    Entry {
        kind: saved.kind.name(),
        name: saved.name.clone(),
        written: saved.written,
        differences: between(saved.old.as_ref(), saved.new.as_ref()),
    }
}
