//! Telling what goes on for a long time: lines with a live display on a terminal, dated lines elsewhere.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::error::Result;
use crate::ui::{Live, Printer, Tone};

/// How often a log that is not a terminal is told what the run is waiting for.
const REMINDER: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);

/// The story of a long operation on stderr. Dropping it removes the live display.
pub struct Narration {
    printer: Arc<Printer>,
    live: Option<Live>,
    last_line: Option<Timestamp>,
}

impl Narration {
    /// A story with nothing told yet.
    #[must_use]
    pub fn new(printer: &Arc<Printer>) -> Self {
        let live = printer.may_animate().then(|| Live::new(printer));
        Narration { printer: Arc::clone(printer), live, last_line: None }
    }

    /// Whether what goes on is shown live, so that a few more lines cost nothing.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Reports what happened at that time: the record where NDJSON is wanted, the lines elsewhere.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn tell(
        &mut self,
        at: Timestamp,
        record: &impl Serialize,
        lines: impl IntoIterator<Item = (String, Tone)>,
    ) -> Result<()> {
        if self.printer.wants_events() {
            return self.printer.event(record);
        }
        for (text, tone) in lines {
            self.line(at, &text, tone);
        }
        Ok(())
    }

    /// Tells a line of what happened at that time.
    pub fn line(&mut self, at: Timestamp, text: &str, tone: Tone) {
        self.last_line = Some(at);
        if self.live.is_some() {
            self.printer.say(text, tone);
        } else {
            self.printer.say(&format!("{at:.0} {text}"), tone);
        }
    }

    /// Shows what the run is waiting for: live on a terminal, now and then in a log.
    pub fn waiting(&mut self, lines: &[String]) {
        if let Some(live) = &mut self.live {
            live.show(lines);
            return;
        }
        let now = self.printer.now();
        let quiet = self.last_line.is_none_or(|at| now.duration_since(at) >= REMINDER);
        if quiet && !self.printer.wants_events() && !lines.is_empty() {
            // Those that say it by themselves do not say it twice.
            let text = lines.iter().map(|l| l.trim()).map(|l| l.strip_prefix("waiting for ").unwrap_or(l));
            let text = text.collect::<Vec<_>>().join("; ");
            self.line(now, &format!("waiting: {text}"), Tone::Dim);
        }
    }
}
