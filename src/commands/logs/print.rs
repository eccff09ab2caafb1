//! How lines of many logs look.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use regex::Regex;
use serde::Serialize;

use crate::app::App;
use crate::commands::shared::log_remarks::remark;
use crate::commands::shared::target::TaskPlace;
use crate::error::Result;
use crate::model::ids::short;
use crate::ops::logs::{Line, Lines, LogEnd, LogEvent, LogId, LostBytes, Stream};
use crate::ui::{self, Cell, Column, Printer, Tabular, Tone, column};

/// How lines are printed.
#[derive(Debug)]
pub(super) struct LineStyle {
    pub(super) raw: bool,
    pub(super) timestamps: bool,
    pub(super) grep: Option<Regex>,
    pub(super) highlight: Option<Regex>,
    pub(super) since: Option<Timestamp>,
    /// Whether there is one task only, whose lines need no origin.
    pub(super) alone: bool,
}

/// One log as it is printed.
#[derive(Debug)]
struct Log {
    id: LogId,
    lines: Lines,
    stats: Stats,
    /// Whether its lines are recent enough for --since; decided by the first line that has a time.
    young: bool,
    /// Whether any of its lines has told a time.
    dated: bool,
}

/// What was read of a log.
#[derive(Debug, Default, Serialize)]
struct Stats {
    log: String,
    stream: String,
    bytes: u64,
    lines: u64,
    gaps: u64,
    lost_bytes: u64,
    reconnects: u64,
    end: &'static str,
}

impl Tabular for Stats {
    const COLUMNS: &'static [Column] = &[
        column("LOG").whole(),
        column("STREAM"),
        column("BYTES").right(),
        column("LINES").right(),
        column("GAPS").right(),
        column("LOST BYTES").right(),
        column("RECONNECTS").right(),
        column("END"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let gaps = Cell::toned(self.gaps.to_string(), if self.gaps > 0 { Tone::Bad } else { Tone::Plain });
        vec![
            (&self.log).into(),
            (&self.stream).into(),
            Cell::Number(self.bytes),
            Cell::Number(self.lines),
            gaps,
            Cell::Number(self.lost_bytes),
            Cell::Number(self.reconnects),
            self.end.into(),
        ]
    }
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    Line {
        alloc_id: &'a str,
        task: &'a str,
        stream: Stream,
        #[serde(skip_serializing_if = "Option::is_none")]
        read_at: Option<Timestamp>,
        line: &'a str,
    },
    Gap {
        alloc_id: &'a str,
        task: &'a str,
        stream: Stream,
        lost_bytes: u64,
        lost_files: u64,
        /// Whether the number of lost bytes is exact.
        exact: bool,
    },
}

/// At most so many tasks without logs are named.
const MOST_SILENT: usize = 5;

/// Prints lines and gaps of logs.
pub(super) struct Print {
    printer: Arc<Printer>,
    style: LineStyle,
    /// When the first of what wrote the logs was placed, where that is known.
    oldest: Option<Timestamp>,
    /// Whether lines without a time may be older than was asked for, and that was not said yet.
    may_be_older: bool,
    logs: Vec<Log>,
    tasks: bool,
    /// Logs that cannot be read for now, and why.
    broken: BTreeMap<usize, String>,
    /// Lines of the piece at hand, which are written at once.
    text: Vec<u8>,
    /// What a machine was told.
    told: ui::JsonArray,
}

impl Print {
    /// `oldest` is when the first of what wrote the logs was placed, where that is known.
    pub(super) fn new(app: &App, style: LineStyle, oldest: Option<Timestamp>) -> Self {
        // What was placed since then wrote nothing before.
        let may_be_older = style.since.filter(|since| oldest.is_none_or(|oldest| oldest < *since)).is_some();
        Print {
            printer: Arc::clone(&app.printer),
            style,
            oldest,
            may_be_older,
            logs: Vec::new(),
            tasks: false,
            broken: BTreeMap::new(),
            text: Vec::new(),
            told: ui::JsonArray::default(),
        }
    }

    /// Ends the document of a machine: what was not read to its end has none.
    pub(super) fn end(&mut self) -> Result<()> {
        self.told.end(&self.printer)
    }

    /// Adds a log; its number is how many there were before.
    pub(super) fn add(&mut self, place: &TaskPlace, id: &LogId) {
        let label = format!("{} {}/{}", short(&id.alloc_id), place.alloc.name, id.task);
        self.tasks |= self.logs.iter().any(|l| l.id.alloc_id != id.alloc_id || l.id.task != id.task);
        let stats = Stats { log: label, stream: id.stream.to_string(), end: "open", ..Stats::default() };
        self.logs.push(Log {
            id: id.clone(),
            lines: Lines::default(),
            stats,
            young: self.style.since.is_none(),
            dated: false,
        });
    }

    pub(super) fn has_gaps(&self) -> bool {
        self.logs.iter().any(|l| l.stats.gaps > 0)
    }

    /// Says once that lines without a time may be older than what was asked for, and how old.
    fn say_how_old(&mut self) {
        let Some(since) = self.style.since.filter(|_| std::mem::take(&mut self.may_be_older)) else { return };
        let oldest = self.oldest.map(|at| format!(", as old as {at:.0}")).unwrap_or_default();
        self.printer.note(&format!(
            "Nomad dates files, not lines: lines without a time of their own may be older than {since:.0}{oldest}"
        ));
    }

    /// Notes which tasks had no log.
    pub(super) fn silence(&self) {
        let of = |log: &Log| (log.id.alloc_id.clone(), log.id.task.clone());
        let spoke: BTreeSet<_> = self.logs.iter().filter(|l| l.stats.bytes > 0).map(of).collect();
        let silent: BTreeSet<_> =
            self.logs.iter().filter(|l| !spoke.contains(&of(l))).map(|l| &l.stats.log).collect();
        for task in silent.iter().take(MOST_SILENT) {
            self.printer.note(&format!("{task}: no log yet"));
        }
        if silent.len() > MOST_SILENT {
            self.printer.note(&format!("nor of {} more", silent.len() - MOST_SILENT));
        }
    }

    pub(super) fn stats(&self) {
        let stats: Vec<&Stats> = self.logs.iter().map(|l| &l.stats).collect();
        self.printer.list_aside(&stats);
    }

    pub(super) fn piece(&mut self, at: usize, piece: LogEvent) -> Result<()> {
        self.take(at, piece)?;
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let written = self.printer.pass(&self.text);
        self.text.clear();
        written
    }

    fn take(&mut self, at: usize, piece: LogEvent) -> Result<()> {
        let log = &mut self.logs[at];
        match piece {
            LogEvent::Data(bytes) => {
                log.stats.bytes += bytes.len() as u64;
                let lines = log.lines.feed(&bytes);
                lines.iter().try_for_each(|line| self.line(at, line))
            }
            LogEvent::Gap(lost) => {
                log.stats.gaps += 1;
                log.stats.lost_bytes += lost.bytes;
                // The end of this line is lost: what follows belongs to another line.
                if let Some(line) = log.lines.finish() {
                    self.line(at, &line)?;
                }
                self.flush()?;
                self.gap(at, lost)
            }
            LogEvent::Broken(why) => {
                // Where nothing can be reached, that is said once.
                let told = self.broken.values().any(|said| *said == why) || self.printer.is_machine();
                if !told {
                    remark(&self.printer, &log.id, &LogEvent::Broken(why.clone()));
                }
                self.broken.insert(at, why);
                Ok(())
            }
            LogEvent::Resumed => {
                log.stats.reconnects += 1;
                if self.broken.remove(&at).is_some() && self.broken.is_empty() && !self.printer.is_machine() {
                    self.printer.note("logs that could not be read continue where they stopped");
                }
                Ok(())
            }
        }
    }

    pub(super) fn ended(&mut self, at: usize, how: Option<LogEnd>) -> Result<()> {
        let log = &mut self.logs[at];
        log.stats.end = match how {
            Some(LogEnd::ToTheEnd) => "complete",
            Some(LogEnd::Collected) => "collected",
            None => "broken",
        };
        if let Some(line) = log.lines.finish() {
            self.line(at, &line)?;
        }
        self.flush()
    }

    fn line(&mut self, at: usize, Line(line): &Line) -> Result<()> {
        let text = String::from_utf8_lossy(line);
        let log = &mut self.logs[at];
        if let Some(since) = self.style.since {
            // A line without a time belongs to the one before.
            match dated(&text) {
                Some(time) => (log.young, log.dated) = (time >= since, true),
                None if log.stats.lines == 0 => log.young = true,
                None => {}
            }
        }
        log.stats.lines += 1;
        if !log.young || self.style.grep.as_ref().is_some_and(|g| !g.is_match(&text)) {
            return Ok(());
        }
        if !log.dated {
            self.say_how_old();
        }
        let log = &self.logs[at];
        if self.printer.is_machine() {
            let LogId { alloc_id, task, stream } = &log.id;
            let read_at = self.style.timestamps.then(|| self.printer.now());
            let event = Event::Line { alloc_id, task, stream: *stream, read_at, line: &text };
            return self.told.tell(&self.printer, &event);
        }
        if self.style.raw && self.style.highlight.is_none() {
            self.text.extend_from_slice(line);
            self.text.push(b'\n');
            return Ok(());
        }
        let text = if self.style.raw { text.into_owned() } else { self.printer.foreign(&text) };
        let text = match &self.style.highlight {
            Some(regex) => {
                regex.replace_all(&text, |m: &regex::Captures<'_>| self.printer.mark(&m[0])).into_owned()
            }
            None => text,
        };
        let time = if self.style.timestamps { format!("{:.3} ", self.printer.now()) } else { String::new() };
        let line = format!("{}{time}{text}\n", self.origin(log));
        self.text.extend_from_slice(line.as_bytes());
        Ok(())
    }

    /// The origin before a line; empty when there is only one task.
    fn origin(&self, log: &Log) -> String {
        let mark = if log.id.stream == Stream::Stderr { "! " } else { "  " };
        let both = self.logs.iter().any(|l| l.id.stream != log.id.stream);
        if self.style.raw || (self.style.alone && !self.tasks && !both) {
            return String::new();
        }
        if self.style.alone && !self.tasks {
            return mark.to_owned();
        }
        let label = format!("{}/{}", short(&log.id.alloc_id), log.id.task);
        format!("{} {mark}", self.printer.origin(&label, &log.id.alloc_id))
    }

    fn gap(&mut self, at: usize, lost: LostBytes) -> Result<()> {
        let log = &self.logs[at];
        if self.printer.is_machine() {
            let LogId { alloc_id, task, stream } = &log.id;
            let LostBytes { bytes: lost_bytes, files: lost_files, unseen } = lost;
            let exact = !unseen && lost_files == 0;
            let event = Event::Gap { alloc_id, task, stream: *stream, lost_bytes, lost_files, exact };
            return self.told.tell(&self.printer, &event);
        }
        remark(&self.printer, &log.id, &LogEvent::Gap(lost));
        Ok(())
    }
}

/// The time a line begins with, perhaps in brackets.
fn dated(line: &str) -> Option<Timestamp> {
    let word = line.trim_start_matches(['[', '"', ' ']).split([' ', ']', '"', '\t']).next()?;
    word.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::dated;

    #[test]
    fn lines_may_begin_with_a_time() {
        for line in ["2026-11-21T11:00:00Z up", "[2026-11-21T11:00:00.5+02:00] up"] {
            assert!(dated(line).is_some(), "{line}");
        }
        assert!(dated("up at 2026-11-21T11:00:00Z").is_none() && dated("").is_none());
    }
}
