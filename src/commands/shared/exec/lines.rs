//! What a command in a task prints: lines with their origin for people, one event a line or one document for machines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::commands::shared::target::TaskPlace;
use crate::error::Result;
use crate::ops::exec::ExecEvent;
use crate::ui::Printer;

/// All that a command printed. What is no text is in Base64, under a key that says so: not a byte is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Printed {
    #[serde(skip_serializing_if = "Option::is_none")]
    stdout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stdout_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stderr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stderr_base64: Option<String>,
}

impl Printed {
    fn of(stdout: Vec<u8>, stderr: Vec<u8>) -> Self {
        let told = |bytes: Vec<u8>| match String::from_utf8(bytes) {
            Ok(text) => (Some(text), None),
            Err(e) => (None, Some(STANDARD.encode(e.as_bytes()))),
        };
        let ((stdout, stdout_base64), (stderr, stderr_base64)) = (told(stdout), told(stderr));
        Printed { stdout, stdout_base64, stderr, stderr_base64 }
    }
}

/// One line of what a command printed.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    Output { alloc_id: &'a str, task: &'a str, stream: &'static str, line: &'a str },
}

/// The output of one place.
pub(crate) struct Lines<'a> {
    printer: &'a Printer,
    place: &'a TaskPlace,
    out: Vec<u8>,
    err: Vec<u8>,
    grouped: bool,
}

/// Longest line in bytes; longer ones are cut.
const LONGEST: usize = 64 * 1024;

impl<'a> Lines<'a> {
    /// Nothing yet; `grouped` keeps all of it until the end.
    pub(crate) fn new(printer: &'a Printer, place: &'a TaskPlace, grouped: bool) -> Self {
        Lines { printer, place, out: Vec::new(), err: Vec::new(), grouped }
    }

    /// Takes what a session tells.
    pub(super) fn take(&mut self, event: ExecEvent) -> Result<()> {
        match event {
            ExecEvent::Stdout(bytes) => self.push(false, &bytes),
            ExecEvent::Stderr(bytes) => self.push(true, &bytes),
            ExecEvent::Opened | ExecEvent::Retrying(_) | ExecEvent::SignalNotSent(_) => Ok(()),
        }
    }

    /// Takes a piece of stdout, or of stderr.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn push(&mut self, is_err: bool, bytes: &[u8]) -> Result<()> {
        let held = if is_err { &mut self.err } else { &mut self.out };
        held.extend_from_slice(bytes);
        if self.grouped || self.keeps() { Ok(()) } else { self.print(false) }
    }

    /// Whether everything is for one JSON document at the end.
    fn keeps(&self) -> bool {
        self.printer.is_machine() && !self.printer.wants_events()
    }

    /// Prints what is left, or hands over all of it for the document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(&mut self) -> Result<Option<Printed>> {
        if self.keeps() {
            return Ok(Some(Printed::of(std::mem::take(&mut self.out), std::mem::take(&mut self.err))));
        }
        self.print(true).map(|()| None)
    }

    fn print(&mut self, all: bool) -> Result<()> {
        for (stream, is_err) in [("stdout", false), ("stderr", true)] {
            loop {
                let held = if is_err { &mut self.err } else { &mut self.out };
                let end = held.iter().position(|b| *b == b'\n').map(|at| at + 1);
                let cut =
                    end.or_else(|| ((all && !held.is_empty()) || held.len() > LONGEST).then_some(held.len()));
                let Some(cut) = cut else { break };
                let line: Vec<u8> = held.drain(..cut).collect();
                self.line(stream, line.strip_suffix(b"\n").unwrap_or(&line))?;
            }
        }
        Ok(())
    }

    fn line(&self, stream: &'static str, line: &[u8]) -> Result<()> {
        let (printer, alloc) = (self.printer, &self.place.alloc);
        if printer.wants_events() {
            let line = String::from_utf8_lossy(line);
            return printer.event(&Event::Output {
                alloc_id: &alloc.id,
                task: &self.place.task,
                stream,
                line: &line,
            });
        }
        let mut text = format!("{} ", self.place.label()).into_bytes();
        text.extend_from_slice(line);
        text.push(b'\n');
        if stream == "stderr" {
            printer.pass_err(&text);
            return Ok(());
        }
        printer.pass_or_end(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_kept_as_they_are() {
        let printed = Printed::of(b"a\n".to_vec(), vec![0xff, 0x0a]);
        let json = serde_json::to_string(&printed).unwrap();
        assert_eq!(json, r#"{"stdout":"a\n","stderr_base64":"/wo="}"#);
    }
}
