//! A printer whose streams are read back: what a view looks like on a screen of a given width, or in a pipe.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::clock::FixedClock;
use crate::config::Environment;
use crate::error::Result;
use crate::ui::{Format, OutputFlags, Printer, Streams, TerminalFacts};

/// When it is in these tests: a minute after the recordings in `tests/fixtures` were made.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T11:10:00Z".parse().expect("a valid time")
}

/// A stream that keeps what is written.
#[derive(Clone, Default)]
pub(crate) struct Sink(pub(crate) Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What comes out on a terminal of this width, or in a pipe: stdout and stderr, without colour.
pub(crate) fn printed(
    width: Option<u16>,
    flags: &OutputFlags,
    write: impl FnOnce(&Printer) -> Result<()>,
) -> (String, String) {
    let (out, err) = (Sink::default(), Sink::default());
    let tty = width.is_some();
    let facts = TerminalFacts { stdin_tty: false, stdout_tty: tty, stderr_tty: tty, width, unicode: true };
    let streams = Arc::new(Streams::new(Box::new(out.clone()), Box::new(err.clone()), facts));
    let env = Environment::from_pairs([("NO_COLOR", "1")]);
    write(&Printer::new(streams, flags, &env, Arc::new(FixedClock(now())))).unwrap();
    (out.text(), err.text())
}

/// stdout on a terminal of this width.
pub(crate) fn screen(width: u16, write: impl FnOnce(&Printer) -> Result<()>) -> String {
    printed(Some(width), &OutputFlags::default(), write).0
}

/// stdout in this format, in a pipe.
pub(crate) fn formatted(format: Format, write: impl FnOnce(&Printer) -> Result<()>) -> String {
    printed(None, &OutputFlags { output: Some(format), ..OutputFlags::default() }, write).0
}
