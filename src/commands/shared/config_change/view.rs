//! What would change, and what came of it.

use serde::Serialize;
use serde_json::Value;

use crate::model::traffic::change::{Action, Change};
use crate::model::traffic::consequence::Loss;
use crate::model::traffic::lint::FlawSeverity;
use crate::ops::traffic::load::{Counts, Tally};
use crate::ops::traffic::witness::Effect;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// A value in a word or a line.
#[must_use]
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What would change.
#[derive(Debug, Serialize)]
pub(super) struct Preview<'c> {
    pub(super) changes: &'c [Change],
    /// Why it would be refused, by the name under which it is accepted.
    pub(super) refused: Vec<Objection>,
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Objection {
    pub(super) accept: &'static str,
    pub(super) why: Vec<String>,
}

impl Describe for Preview<'_> {
    fn describe(&self) -> Detail {
        let mut detail = Detail::new();
        for change in self.changes {
            detail = changed(detail, change);
        }
        detail.lines(Some("Notes"), self.notes.iter().map(|n| (n.clone(), Tone::Plain)))
    }
}

/// An entry with what changes in it, what is wrong with it, and what writing it does.
fn changed(detail: Detail, change: &Change) -> Detail {
    let title = format!("{} {}", change.action, change.subject());
    if change.action == Action::Keep {
        return detail.lines(None, [(format!("{} says that already", change.subject()), Tone::Dim)]);
    }
    let mut lines: Vec<(String, Tone)> = Vec::new();
    for d in change.differences.iter().filter(|d| d.path != "Kind" && d.path != "Name") {
        if !d.old.is_null() {
            lines.push((format!("  - {}  {}", d.path, value(&d.old)), Tone::Bad));
        }
        if !d.new.is_null() {
            lines.push((format!("  + {}  {}", d.path, value(&d.new)), Tone::Good));
        }
    }
    for flaw in &change.flaws {
        let tone = if flaw.gravity == FlawSeverity::Broken { Tone::Bad } else { Tone::Warn };
        let place = if flaw.path.is_empty() { String::new() } else { format!("{}: ", flaw.path) };
        lines.push((format!("  {}: {place}{}", flaw.id, flaw.text), tone));
    }
    for c in &change.consequences {
        let (word, tone) = match c.loss {
            Loss::None => ("loses nothing", Tone::Dim),
            Loss::Unmeasured => ("unmeasured", Tone::Warn),
            Loss::Errors => ("failing-requests", Tone::Bad),
            Loss::CutLater => ("cut-connections, later", Tone::Bad),
            Loss::CutNow => ("cut-connections", Tone::Bad),
        };
        lines.push((format!("  {word}: {}", c.text), tone));
    }
    if lines.is_empty() {
        lines.push(("  nothing else".to_owned(), Tone::Dim));
    }
    detail.lines(Some(&title), lines)
}

/// The result of a change.
#[derive(Debug, Serialize)]
pub(super) struct ChangeOutcome {
    /// What it is called, for `fleet config apply --undo`; none where nothing had to be done or could be written down.
    pub(super) change_id: Option<String>,
    pub(super) entries: Vec<WrittenEntry>,
    /// Why it stopped; none when it is done and verified.
    pub(super) failure: Option<String>,
    /// What proxies made of it; none when none could be asked.
    pub(super) proxies: Option<Proxies>,
    /// What became of the connections that were watched.
    pub(super) connections: Option<WatchedConnections>,
    /// What `--undo` has to be given beside, as flags; none where it cannot put everything back: a private key is not kept.
    #[serde(skip)]
    pub(super) undo: Option<String>,
    /// The verb that takes it back.
    #[serde(skip)]
    pub(super) verb: String,
}

/// An entry, and whether it was written.
#[derive(Debug, Clone, Serialize)]
pub(super) struct WrittenEntry {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) action: Action,
    /// `written`, `deleted`, `kept`, `failed`, `unknown` when the write may have been done, `not-begun`.
    pub(super) outcome: &'static str,
    pub(super) modify_index: Option<u64>,
}

/// What the gateways have of a change.
#[derive(Debug, Serialize)]
pub(super) struct Proxies {
    pub(super) asked: Vec<String>,
    pub(super) silent: Vec<String>,
    /// Gateways of which no instance is registered.
    pub(super) unmanned: Vec<String>,
    /// What gateways should have by what was written, and do not have.
    pub(super) lacking: Vec<String>,
    #[serde(flatten)]
    pub(super) effect: Effect,
    /// When replaced listeners cut what is still open on them, in seconds after the write.
    #[serde(rename = "cut_after_seconds")]
    pub(super) cut_after_s: Option<u64>,
}

/// What became of the connections that were watched.
#[derive(Debug, Serialize)]
pub(super) struct WatchedConnections {
    pub(super) url: String,
    pub(super) connections: usize,
    /// Milliseconds after the load began at which the first entry was written.
    pub(super) written_at_ms: u64,
    /// How long it went on after the last write, in seconds.
    #[serde(rename = "watched_seconds")]
    pub(super) watched_s: f64,
    #[serde(flatten)]
    pub(super) tally: Tally,
    pub(super) lost: u64,
}

impl Tabular for WrittenEntry {
    const COLUMNS: &'static [Column] = &[column("ENTRY").whole(), column("OUTCOME"), column("INDEX")];

    fn cells(&self) -> Vec<Cell> {
        let tone = match self.outcome {
            "written" | "deleted" => Tone::Good,
            "kept" => Tone::Dim,
            "not-begun" => Tone::Warn,
            _ => Tone::Bad,
        };
        let index = self.modify_index.map_or(Cell::Empty, Cell::Number);
        vec![Cell::text(format!("{}/{}", self.kind, self.name)), Cell::toned(self.outcome, tone), index]
    }
}

struct CountRow<'t>(&'static str, &'t Counts);

impl Serialize for CountRow<'_> {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.1.serialize(s)
    }
}

impl Tabular for CountRow<'_> {
    const COLUMNS: &'static [Column] = &[
        column("CONNECTIONS").whole(),
        column("OPENED"),
        column("ANSWERED"),
        column("FAILED"),
        column("RESET"),
        column("CLOSED"),
        column("5XX"),
        column("4XX"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let c = self.1;
        let bad = |n: u64| if n > 0 { Cell::toned(n.to_string(), Tone::Bad) } else { Cell::Number(0) };
        vec![
            Cell::text(self.0),
            Cell::Number(c.opened),
            Cell::Number(c.answered),
            bad(c.failed),
            bad(c.reset),
            Cell::Number(c.closed),
            bad(c.server_errors),
            Cell::Number(c.client_errors),
        ]
    }
}

impl Describe for ChangeOutcome {
    fn describe(&self) -> Detail {
        let mut detail = Detail::new().table("Entries", &self.entries);
        if let Some(proxies) = &self.proxies {
            detail = detail.lines(Some("Proxies"), proxies.lines());
        }
        if let Some(watched) = &self.connections {
            let rows: Vec<CountRow<'_>> =
                watched.tally.kinds.iter().map(|(kind, c)| CountRow(kind, c)).collect();
            detail = detail.table("Watched connections", &rows);
            let first = watched.tally.losses.iter().take(5).map(|lost| {
                #[expect(clippy::cast_precision_loss, reason = "milliseconds of a run")]
                let after = (lost.at_ms as f64 - watched.written_at_ms as f64) / 1000.0;
                (format!("  {after:+.1} s  {}: {}", lost.kind, lost.what), Tone::Warn)
            });
            detail = detail.lines(
                Some("First losses, by the time of the write").filter(|_| !watched.tally.losses.is_empty()),
                first,
            );
            let words = match watched.lost {
                0 => (
                    format!("nothing was lost, until {:.0} s after the write", watched.watched_s),
                    Tone::Good,
                ),
                n => (format!("requests and connections lost: {n}"), Tone::Bad),
            };
            detail = detail.lines(None, [words]);
        }
        let change = self.change_id.as_ref().map(|id| {
            let back = match self.way_back() {
                Some(command) => format!("; `{command}` puts back what was there"),
                None => "; the private key that was there was not kept: the file that holds it puts it back"
                    .to_owned(),
            };
            (format!("change {id}{back}"), Tone::Dim)
        });
        detail.lines(None, change)
    }
}

impl ChangeOutcome {
    /// The command that puts back what was there, where there is one.
    pub(super) fn way_back(&self) -> Option<String> {
        let (id, undo) = (self.change_id.as_ref()?, self.undo.as_ref()?);
        Some(format!("fleet {} --undo={id}{undo}", self.verb))
    }
}

impl Proxies {
    fn lines(&self) -> Vec<(String, Tone)> {
        let mut lines = Vec::new();
        for id in &self.effect.rejected {
            lines.push((format!("{id} rejected it and goes on with what it had; every later change of that listener is ignored too"), Tone::Bad));
        }
        for id in &self.effect.replaced {
            let when = self.cut_after_s.map(|s| format!(" {s} s after the write")).unwrap_or_default();
            lines.push((
                format!("{id} replaced a listener: what is still open on the old one is cut{when}"),
                Tone::Warn,
            ));
        }
        for id in &self.effect.lost {
            lines.push((format!("{id} does not answer any more"), Tone::Bad));
        }
        for lack in &self.lacking {
            lines.push((lack.clone(), Tone::Bad));
        }
        let (took, unmoved): (Vec<&str>, Vec<&str>) = self
            .asked
            .iter()
            .map(String::as_str)
            .partition(|id| !self.effect.unmoved.iter().any(|u| u == id));
        if lines.is_empty() && !took.is_empty() {
            lines.push((format!("{} took it and replaced no listener", took.join(", ")), Tone::Good));
        }
        if !unmoved.is_empty() {
            lines.push((
                format!(
                    "nothing new came to {}: not concerned by it, as written already, or cut off from Consul",
                    unmoved.join(", ")
                ),
                Tone::Warn,
            ));
        }
        if !self.silent.is_empty() {
            lines.push((
                format!(
                    "what {} made of it is not known: no admin port answers (--envoy ID=HOST:PORT names one)",
                    self.silent.join(", ")
                ),
                Tone::Warn,
            ));
        }
        if !self.unmanned.is_empty() {
            let names = self.unmanned.join(", ");
            lines.push((
                format!(
                    "no instance of {names} is registered: what Envoy makes of it is known when one runs"
                ),
                Tone::Warn,
            ));
        }
        lines
    }
}
