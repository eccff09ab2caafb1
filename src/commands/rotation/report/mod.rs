//! `fleet rotation report`

mod html;
mod markdown;
mod page;
mod timeline;

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::commands::rotation::{RotationRecord, told};
use crate::error::{Error, Result};
use crate::ops::rotate::history::Happening;
use crate::ops::rotate::story::{self, End, GroupStory, MoveStory, NodeState, NodeStory, Story};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration_text};

use page::{at_most, decisions, headline, seconds_text, summary};

/// Report a rotation, also after its end: its nodes and allocations in time, how few of each service were left, what was foreseen
/// and what came, and every decision with its evidence.
///
/// The 20 newest rotations are kept on the cluster. Of a long one the details of what went well may be left out there, which is
/// said; the machine that ran it has them all.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation report
  fleet rotation report r-1a2b3c4d --html rotation.html
  fleet rotation report r-1a2b3c4d --md
  fleet rotation report r-1a2b3c4d -o json")]
pub struct Args {
    /// Its name [default: the newest].
    #[arg(value_name = "ROTATION")]
    name: Option<String>,

    /// Write a page for a browser into this file: one file, that needs nothing else.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Write Markdown, for a ticket or a chat.
    #[arg(long, conflicts_with = "html")]
    md: bool,
}

/// What happened, with what it was decided by.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DecisionRow {
    at: Timestamp,
    what: String,
    why: Option<String>,
}

/// The report as a document.
#[derive(Debug, Serialize)]
struct ReportView {
    by: Option<String>,
    #[serde(flatten)]
    story: Story,
    decisions: Vec<DecisionRow>,
}

impl ReportView {
    fn new(told: &RotationRecord) -> Self {
        let events: &[Happening] = &told.events;
        ReportView {
            by: told.holder.as_ref().map(|h| format!("{}@{}", h.user, h.host)),
            story: story::tell(&told.rotation, events, told.left_out),
            decisions: decisions(events),
        }
    }
}

/// Reports it.
///
/// # Errors
/// Not found (3), or any API fault; failed (1) when the file cannot be written.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let told = told(app, args.name.as_deref()).await?;
    let report = ReportView::new(&told);
    if let Some(file) = &args.html {
        let page = html::page(&report, app.clock().now());
        std::fs::write(file, page).map_err(|e| {
            Error::failed(format!("could not write {}", file.display())).because(e.to_string())
        })?;
        app.printer.note(&format!("{} is written: {}", file.display(), headline(&report.story)));
        return Ok(());
    }
    if args.md {
        return app.printer.text(&markdown::page(&report));
    }
    app.printer.object(&report)
}

fn state_tone(state: NodeState) -> Tone {
    match state {
        NodeState::Rotated => Tone::Good,
        NodeState::Untouched | NodeState::Waiting => Tone::Plain,
        _ => Tone::Warn,
    }
}

impl Tabular for NodeStory {
    const COLUMNS: &'static [Column] = &[
        column("NODE").whole(),
        column("STATE").whole(),
        column("FORESEEN").right().rank(1),
        column("MOVED").right(),
        column("TOOK").right(),
        column("NOTE").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.node_name),
            Cell::toned(self.state.words(), state_tone(self.state)),
            self.foreseen_moves.map_or(Cell::Empty, |n| Cell::Number(n as u64)),
            Cell::Number(self.moves as u64),
            self.seconds.map_or(Cell::Empty, |s| Cell::text(seconds_text(s))),
            self.reason.as_ref().map_or(Cell::Empty, Cell::text),
        ]
    }
}

impl Tabular for GroupStory {
    const COLUMNS: &'static [Column] = &[
        column("SERVICE"),
        column("COUNT").right(),
        column("NEVER BELOW").right(),
        column("MOVED").right(),
        column("MOST AWAY").right(),
        column("LONGEST MOVE").right().rank(1),
        column("GAP").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let number = |n: Option<u64>| n.map_or(Cell::Empty, Cell::Number);
        let gap = match self.gap_seconds {
            0.0 => Cell::toned("none", Tone::Good),
            s => Cell::toned(at_most(s, self.upper_bound), Tone::Warn),
        };
        vec![
            Cell::text(self.group.to_string()),
            number(self.count),
            number(self.floor),
            Cell::Number(self.moves as u64),
            Cell::Number(self.most_away),
            Cell::text(at_most(self.longest_seconds, self.upper_bound)),
            gap,
        ]
    }
}

impl Tabular for MoveStory {
    const COLUMNS: &'static [Column] = &[
        column("ALLOCATION"),
        column("FROM").whole(),
        column("TO").whole(),
        column("OUTCOME").whole(),
        column("TOOK").right(),
        column("OLD ID").rank(2),
        column("NEW ID").rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (outcome, tone) = page::outcome(self.outcome);
        vec![
            Cell::text(&self.name),
            Cell::text(&self.from_node_name),
            self.to_node_name.as_ref().map_or(Cell::Empty, Cell::text),
            Cell::toned(outcome, tone),
            self.seconds().map_or(Cell::Empty, |s| Cell::text(at_most(s, self.upper_bound))),
            Cell::Id(self.alloc_id.clone()),
            self.replacement_id.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
        ]
    }
}

impl Tabular for DecisionRow {
    const COLUMNS: &'static [Column] = &[column("AT").whole(), column("WHAT").wraps(), column("WHY").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(page::clock(self.at)),
            Cell::text(&self.what),
            self.why.as_ref().map_or(Cell::Empty, Cell::text),
        ]
    }
}

impl Describe for ReportView {
    fn describe(&self) -> Detail {
        let story = &self.story;
        let tone = match story.state {
            End::Finished => Tone::Good,
            End::Open => Tone::Warn,
            End::Stopped => Tone::Bad,
        };
        let took = story.begun_at.zip(story.last_at);
        let took = took.map(|(from, until)| duration_text(until.duration_since(from).unsigned_abs()));
        Detail::new()
            .fields([
                ("rotation", Cell::text(&story.rotation)),
                ("state", Cell::toned(headline(story), tone)),
                ("by", self.by.as_ref().map_or(Cell::Empty, Cell::text)),
                ("begun", Cell::Time(story.begun_at)),
                ("took", took.map_or(Cell::Empty, Cell::text)),
            ])
            .lines(Some("Forecast and reality"), page::comparison(story).map(|line| (line, Tone::Plain)))
            .table("Nodes", &story.nodes)
            .table("Services, by what was moved here", &story.groups)
            .table("Allocations", &story.moves)
            .table("What happened, and why (UTC)", &self.decisions)
            .lines(None, summary(story).map(|line| (line, Tone::Warn)))
    }
}

#[cfg(test)]
mod tests;
