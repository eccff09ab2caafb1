//! Tells whoever watches what an operation does.

use std::sync::Arc;

use serde::Serialize;

use crate::error::Result;
use crate::ops::observe::{Observer, Record};
use crate::ui::{Narration, Printer, Tone};

/// The line an event is printed as for people; none for events that need no line.
type Sentence<E> = fn(&E) -> Option<(String, Tone)>;

/// Prints an operation's events: lines with a live display on a terminal, dated lines elsewhere, NDJSON on request. Dropping it
/// removes the live display.
pub(crate) struct Narrator<E> {
    story: Narration,
    sentence: Sentence<E>,
}

impl<E> Narrator<E> {
    /// Tells events in these sentences.
    pub(crate) fn new(printer: &Arc<Printer>, sentence: Sentence<E>) -> Self {
        Narrator { story: Narration::new(printer), sentence }
    }
}

impl<E: Serialize> Observer<Record<E>> for Narrator<E> {
    fn record(&mut self, record: &Record<E>) -> Result<()> {
        self.story.tell(record.time, record, (self.sentence)(&record.event))
    }

    fn waiting(&mut self, lines: &[String]) {
        self.story.waiting(lines);
    }
}
