//! `fleet status --watch`: looks that follow the cluster's events, told on a screen or as changes.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

use super::changes::{self, Change};
use super::view::ClusterStatus;
use crate::app::App;
use crate::commands::shared::cluster::{self, AT_LATEST, ClusterObservation, Heard};
use crate::error::{Error, Result};
use crate::model::finding::Finding;
use crate::ui::{self, Board, duration_text};

/// A moment of the watch, for machines.
#[derive(Debug, Serialize)]
struct Moment<T: Serialize> {
    #[serde(rename = "at")]
    time: Timestamp,
    #[serde(flatten)]
    what: T,
}

/// What the watch tells beside findings that change.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum WatchNotice<'a> {
    Status(&'a ClusterStatus),
    /// The cluster, or the stream of its events, cannot be read.
    Lost {
        why: &'a str,
    },
    /// It can be read again.
    Healed,
}

/// The screen, where there is one, and what was last seen.
struct Watched<'a> {
    app: &'a App,
    board: Option<Board>,
    findings: Option<Vec<Finding>>,
    looked_at: Timestamp,
    lost: Option<String>,
    /// Why no events come; none while they do.
    deaf: Option<String>,
}

/// Watches until `q` or Ctrl-C.
///
/// # Errors
/// When the cluster cannot be read at the beginning; when stdout cannot be written.
pub(super) async fn run(app: &App) -> Result<()> {
    let (address, namespace) = (app.nomad()?.address(), app.list_namespace()?);
    let (again, (send, mut heard)) = (Notify::new(), mpsc::unbounded_channel());
    let mut source = pin!(cluster::follow(app, &again, |told| drop(send.send(told))));
    let board = Board::take(&app.printer)?;
    if let Some(board) = &board {
        board.head("looking…, q leaves")?;
    }
    let mut keys = board.is_some().then(ui::stdin);
    let looked_at = app.clock().now();
    let mut watched = Watched { app, board, findings: None, looked_at, lost: None, deaf: None };
    loop {
        // A look at a server that does not answer takes long, and the data ages meanwhile.
        let second = Instant::now() + Duration::from_secs(1);
        let ages = watched.board.is_some() && watched.findings.is_some();
        let told = tokio::select! {
            biased;
            () = leaves(&mut keys) => return Ok(()),
            Some(told) = heard.recv() => told,
            ended = &mut source => match ended? {},
            () = sleep_until(second), if ages => {
                watched.head()?;
                continue;
            }
        };
        match told {
            Heard::Seen(seen) => watched.take(*seen, address, namespace)?,
            Heard::Event(_) => watched.deaf = None,
            Heard::Deaf(why) => watched.deaf = why,
        }
        if app.printer.is_closed() {
            return Ok(());
        }
    }
}

/// Returns when `q`, Ctrl-C or Ctrl-D was pressed; never where there are no keys.
async fn leaves(keys: &mut Option<mpsc::Receiver<std::io::Result<Bytes>>>) {
    let Some(keys) = keys else { return std::future::pending().await };
    while let Some(Ok(piece)) = keys.recv().await {
        if piece.iter().any(|key| matches!(key, b'q' | b'Q' | 3 | 4)) {
            return;
        }
    }
}

impl Watched<'_> {
    /// Takes in what was seen and tells it.
    fn take(&mut self, seen: ClusterObservation, address: &str, namespace: &str) -> Result<()> {
        let now = self.app.clock().now();
        if let (Err(why), Err(_)) = (&seen.nodes, &seen.jobs) {
            // A token or an address that is wrong from the beginning is no lost connection.
            if self.findings.is_none() {
                return Err(why.clone().into());
            }
            let why = Error::from(why.clone()).to_string();
            return self.lose(&why, now);
        }
        self.heal(now)?;
        self.looked_at = now;
        let view = ClusterStatus::new(address, namespace, seen, (now, self.board.is_none()));
        if let Some(board) = &mut self.board {
            let content = self.app.printer.rendered(&view, board.width());
            let heading = heading(self.looked_at, now, self.lost.as_deref(), self.deaf.as_deref());
            board.show(&heading, &content)?;
        }
        let findings: Vec<Finding> = view.problems.iter().chain(&view.under_way).cloned().collect();
        let before = self.findings.replace(findings.clone());
        if self.board.is_some() {
            return Ok(());
        }
        let printer = &self.app.printer;
        match before {
            None if printer.is_machine() => {
                printer.event(&Moment { time: now, what: WatchNotice::Status(&view) })
            }
            None => printer.object(&view),
            Some(before) => changes::between(&before, &findings).into_iter().try_for_each(|change| {
                if printer.is_machine() {
                    return printer.event(&Moment { time: now, what: change });
                }
                printer.text(&format!("{now:.0} {}\n", line(&change)))
            }),
        }
    }

    fn lose(&mut self, why: &str, now: Timestamp) -> Result<()> {
        if self.lost.replace(why.to_owned()).is_some() {
            return self.head();
        }
        self.tell(&WatchNotice::Lost { why }, &format!("! lost: {why}; trying again"), now)
    }

    fn heal(&mut self, now: Timestamp) -> Result<()> {
        if self.lost.take().is_none() {
            return Ok(());
        }
        self.tell(&WatchNotice::Healed, "! connected again", now)
    }

    fn tell(&self, record: &WatchNotice<'_>, words: &str, now: Timestamp) -> Result<()> {
        let printer = &self.app.printer;
        if self.board.is_some() {
            return self.head();
        }
        if printer.is_machine() {
            return printer.event(&Moment { time: now, what: record });
        }
        printer.text(&format!("{now:.0} {}\n", ui::sanitize(words)))
    }

    /// Draws the heading anew, with the age the data has by now.
    fn head(&self) -> Result<()> {
        let Some(board) = &self.board else { return Ok(()) };
        let now = self.app.clock().now();
        board.head(&heading(self.looked_at, now, self.lost.as_deref(), self.deaf.as_deref()))
    }
}

/// How old the data is, and what stands between it and the present.
fn heading(looked_at: Timestamp, now: Timestamp, lost: Option<&str>, deaf: Option<&str>) -> String {
    let age = Duration::try_from(now.duration_since(looked_at)).unwrap_or_default();
    let age = Duration::from_secs(age.as_secs());
    let fault = match (lost, deaf) {
        (Some(why), _) => format!("  LOST: {}; trying again", ui::sanitize(why)),
        (None, Some(why)) => {
            format!("  no events ({}): looking every {}", ui::sanitize(why), duration_text(AT_LATEST))
        }
        (None, None) => String::new(),
    };
    format!("{} old, q leaves{fault}", duration_text(age))
}

/// A change in one line.
fn line(change: &Change<'_>) -> String {
    let (sign, finding) = match change {
        Change::Appeared(f) => ('+', f),
        Change::Changed(f) => ('~', f),
        Change::Gone(f) => ('-', f),
    };
    ui::sanitize(&format!("{sign} {} {}: {}", finding.severity, finding.about(), finding.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Kind, Severity};

    #[test]
    fn a_change_is_a_line_and_a_heading_tells_the_age() {
        let finding = Finding {
            severity: Severity::Critical,
            kind: Kind::JobDown,
            namespace: Some("ops".into()),
            subject: "web".into(),
            id: None,
            text: "0 of 2 running".into(),
            next: None,
        };
        assert_eq!(line(&Change::Appeared(&finding)), "+ critical job web (ops): 0 of 2 running");
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        assert_eq!(heading(at(0), at(12), None, None), "12s old, q leaves");
        let lost = heading(at(0), at(75), Some("connection refused"), None);
        assert_eq!(lost, "1m 15s old, q leaves  LOST: connection refused; trying again");
        let told = serde_json::to_value(Moment { time: at(0), what: Change::Gone(&finding) }).unwrap();
        assert_eq!((&told["event"], &told["finding"]["subject"]), (&"gone".into(), &"web".into()));
        let lost =
            serde_json::to_value(Moment { time: at(0), what: WatchNotice::Lost { why: "x" } }).unwrap();
        assert_eq!((&lost["event"], &lost["why"]), (&"lost".into(), &"x".into()));
    }
}
