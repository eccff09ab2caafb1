//! The whole screen of a terminal, drawn again in place.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::words;
use crate::ui::detail::pieces;
use crate::ui::{Printer, RawMode, Resizes};

/// Columns that mark what changed.
const GUTTER: u16 = 2;
/// What a screen is drawn for that tells no size.
const USUAL: (u16, u16) = (80, 24);

/// The whole screen. Dropping it, on every way out, gives the terminal back as it was.
pub struct Board {
    printer: Arc<Printer>,
    /// Whose drop leaves the screen and its modes.
    _raw: RawMode,
    before: Option<HashSet<String>>,
    lines: Vec<String>,
}

impl Board {
    /// Takes the screen; none where stdin or stdout is no terminal.
    ///
    /// # Errors
    /// When the terminal refuses it.
    pub fn take(printer: &Arc<Printer>) -> Result<Option<Self>> {
        let facts = printer.facts();
        if !facts.stdin_tty || !facts.stdout_tty || printer.is_machine() {
            return Ok(None);
        }
        let refused = |e: io::Error| Error::failed("could not take the terminal").because(e.to_string());
        let raw = RawMode::enter().map_err(refused)?;
        printer.text("\x1b[?1049h\x1b[?25l")?;
        Ok(Some(Board { printer: Arc::clone(printer), _raw: raw, before: None, lines: Vec::new() }))
    }

    /// Columns there are for content.
    #[must_use]
    pub fn width(&self) -> u16 {
        Resizes::now().unwrap_or(USUAL).0.saturating_sub(GUTTER).max(20)
    }

    /// Shows new content below a heading; lines that were not there before are marked.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn show(&mut self, heading: &str, content: &str) -> Result<()> {
        let before = self.before.take();
        self.lines = marked(before.as_ref(), content);
        self.before = Some(content.lines().map(str::to_owned).collect());
        self.head(heading)
    }

    /// Shows another heading above the same content.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn head(&self, heading: &str) -> Result<()> {
        let rows = usize::from(Resizes::now().unwrap_or(USUAL).1);
        // As far from the edge as the marked lines below it.
        let broken = pieces(heading, Some(self.width()));
        let heading: Vec<String> = broken.iter().map(|line| format!("  {line}")).collect();
        self.printer.text(&drawn(&heading, &self.lines, rows))
    }
}

/// The content's lines, those that are new with a mark in front.
fn marked(before: Option<&HashSet<String>>, content: &str) -> Vec<String> {
    let mark = |line: &str| {
        let new = !line.is_empty() && before.is_some_and(|before| !before.contains(line));
        format!("{} {line}", if new { '>' } else { ' ' })
    };
    content.lines().map(mark).collect()
}

/// What is written to draw it on so many rows. What does not fit is counted.
fn drawn(heading: &[String], lines: &[String], rows: usize) -> String {
    let room = rows.saturating_sub(1 + heading.len()).max(1);
    let mut all = heading.to_vec();
    if lines.len() <= room {
        all.extend(lines.iter().cloned());
    } else {
        all.extend(lines[..room - 1].iter().cloned());
        all.push(format!("  … {} more", words::count(lines.len() - room + 1, "line")));
    }
    // In raw mode a line feed does not go back to the first column.
    let body: String = all.iter().map(|line| format!("{line}\x1b[K\r\n")).collect();
    format!("\x1b[H{body}\x1b[J")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_lines_are_marked_and_what_does_not_fit_is_counted() {
        assert_eq!(marked(None, "a\nb"), ["  a", "  b"]);
        let before = HashSet::from(["a".to_owned()]);
        assert_eq!(marked(Some(&before), "a\n\nb"), ["  a", "  ", "> b"]);
        let lines: Vec<String> = (0..5).map(|n| n.to_string()).collect();
        assert_eq!(
            drawn(&["h".to_owned()], &lines, 9),
            "\x1b[Hh\x1b[K\r\n0\x1b[K\r\n1\x1b[K\r\n2\x1b[K\r\n3\x1b[K\r\n4\x1b[K\r\n\x1b[J"
        );
        assert_eq!(
            drawn(&["h".to_owned()], &lines, 5),
            "\x1b[Hh\x1b[K\r\n0\x1b[K\r\n1\x1b[K\r\n  … 3 lines more\x1b[K\r\n\x1b[J"
        );
        assert_eq!(
            drawn(&["a".to_owned(), "b".to_owned()], &lines, 5),
            "\x1b[Ha\x1b[K\r\nb\x1b[K\r\n0\x1b[K\r\n  … 4 lines more\x1b[K\r\n\x1b[J"
        );
    }
}
