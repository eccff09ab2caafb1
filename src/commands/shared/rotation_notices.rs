//! The turns of a rotation that somebody elsewhere is told: its start, a hold, a failure, its end.

use std::sync::Arc;

use serde::Serialize;

use crate::commands::shared::rotation_board::RotationBoard;
use crate::error::Result;
use crate::ops::notify::Notifier;
use crate::ops::observe::Observer;
use crate::ops::rotate::event::Event;
use crate::ops::rotate::history::Happening;
use crate::ui::Printer;

/// What is sent: the contract of `--notify-url` and of the stdin of `--notify-cmd`.
#[derive(Debug, PartialEq, Serialize)]
struct Notice<'a> {
    /// `start`, `hold`, `go-on`, `failure` or `end`.
    event: &'static str,
    rotation: &'a str,
    #[serde(rename = "at")]
    time: jiff::Timestamp,
    text: String,
    /// The name of the exit code, at the end.
    code: Option<&'a str>,
}

/// A board that tells others as well.
pub(crate) struct Notices {
    pub(crate) board: RotationBoard,
    printer: Arc<Printer>,
    notifier: Notifier,
    rotation: String,
}

impl Notices {
    /// Of the rotation of that name.
    pub(crate) fn new(
        board: RotationBoard,
        printer: &Arc<Printer>,
        notifier: Notifier,
        rotation: &str,
    ) -> Self {
        Notices { board, printer: Arc::clone(printer), notifier, rotation: rotation.to_owned() }
    }

    /// Waits until everything that is under way was told; the board is gone then.
    pub(crate) async fn finish(self) {
        let Notices { board, printer, mut notifier, .. } = self;
        drop(board);
        notifier.finish(|line| printer.note(line)).await.iter().for_each(|failure| printer.warn(failure));
    }
}

impl Observer<Happening> for Notices {
    fn record(&mut self, record: &Happening) -> Result<()> {
        self.board.record(record)?;
        if let Some(notice) = notice(record, &self.rotation) {
            let document = serde_json::to_value(&notice).unwrap_or_default();
            let variables = [
                ("FLEET_EVENT", notice.event.to_owned()),
                ("FLEET_ROTATION", self.rotation.clone()),
                ("FLEET_TEXT", notice.text.clone()),
            ];
            self.notifier.tell(&document, &variables);
        }
        Ok(())
    }

    fn waiting(&mut self, lines: &[String]) {
        self.notifier.failures().iter().for_each(|failure| self.printer.warn(failure));
        self.board.waiting(lines);
    }

    fn still(&mut self) {
        self.board.still();
    }
}

fn notice<'a>(record: &'a Happening, rotation: &'a str) -> Option<Notice<'a>> {
    let (event, text, code) = match &record.event {
        Event::Started { nodes, resumed, .. } => {
            let verb = if *resumed { "continues" } else { "begins" };
            let nodes = crate::model::words::count(nodes.len(), "node");
            ("start", format!("rotation {rotation} {verb}: {nodes}"), None)
        }
        Event::Held { reasons } => {
            ("hold", format!("rotation {rotation} is held: {}", reasons.join("; ")), None)
        }
        Event::Paused { by } => ("hold", format!("rotation {rotation} is {by}"), None),
        Event::HoldEnded { .. } | Event::Unpaused => ("go-on", format!("rotation {rotation} goes on"), None),
        Event::Stopped { reason, code } => {
            ("failure", format!("rotation {rotation} stopped: {reason}"), Some(code.as_str()))
        }
        Event::Finished { rotated, skipped, .. } => {
            let nodes = crate::model::words::count(rotated + skipped, "node");
            ("end", format!("rotation {rotation} finished: {rotated} of {nodes} rotated"), Some("done"))
        }
        _ => return None,
    };
    Some(Notice { event, rotation, time: record.time, text, code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_a_small_document_and_most_events_are_none() {
        let at = |event| Happening { time: jiff::Timestamp::UNIX_EPOCH, event };
        let stopped = at(Event::Stopped { reason: "no room".into(), code: "refused".into() });
        let told = serde_json::to_string(&notice(&stopped, "r-1").unwrap()).unwrap();
        insta::assert_snapshot!(told, @r#"{"event":"failure","rotation":"r-1","at":"1970-01-01T00:00:00Z","text":"rotation r-1 stopped: no room","code":"refused"}"#);
        let finished = Event::Finished { rotated: 2, skipped: 1, purpose: Default::default() };
        assert_eq!(notice(&at(finished), "r-1").unwrap().event, "end");
        assert_eq!(notice(&at(Event::Noticed { text: "x".into() }), "r-1"), None);
    }
}
