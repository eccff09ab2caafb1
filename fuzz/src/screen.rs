//! Text of others on a screen: names, messages, lines of logs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use fleet::clock::SystemClock;
use fleet::config::Environment;
use fleet::ui::{Cell, Column, OutputFlags, Printer, Streams, Tabular, TerminalFacts, column, sanitize};
use serde::Serialize;

/// A stream that keeps what is written.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize)]
struct Row(String);

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("NAME").whole(),
        column("STATUS").rank(2),
        column("MESSAGE").folds(),
        column("AGE").right().rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let pieces: Vec<&str> = self.0.splitn(3, '|').collect();
        let piece = |at: usize| Cell::text(pieces.get(at).copied().unwrap_or_default());
        vec![piece(0), piece(1), piece(2), Cell::text("3h")]
    }
}

/// What moves a cursor, clears a screen, rings or reorders text.
fn drives(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text of others drives no terminal: not as it is, not in a table of whatever width, and of a line only its colours pass, which
/// end with it.
pub fn foreign_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let once = sanitize(&text);
    assert!(!once.contains(drives) && !once.contains('\n'), "{once:?}");
    assert_eq!(sanitize(&once), once, "made safe twice it is the same");
    let width = u16::from(bytes.first().copied().unwrap_or(80)) + 1;
    let rows: Vec<Row> = text.lines().take(8).map(|line| Row(line.to_owned())).collect();
    for stdout_tty in [true, false] {
        let sink = Sink::default();
        let facts = TerminalFacts {
            stdin_tty: false,
            stdout_tty,
            stderr_tty: false,
            width: stdout_tty.then_some(width),
            unicode: true,
        };
        let streams = Arc::new(Streams::new(Box::new(sink.clone()), Box::new(io::sink()), facts));
        let env = Environment::from_pairs([("NO_COLOR", "1")]);
        let printer = Printer::new(streams, &OutputFlags::default(), &env, Arc::new(SystemClock));
        printer.list(&rows, "nothing").expect("a sink takes everything");
        let shown = sink.0.lock().expect("nobody panicked with it").clone();
        let shown = String::from_utf8(shown).expect("text is written");
        assert!(!shown.contains(|c| drives(c) && (stdout_tty || c != '\t')), "{shown:?}");
        if stdout_tty {
            for line in text.lines() {
                let line = printer.foreign(line);
                assert!(!line.contains(|c| drives(c) && c != '\t'), "{line:?}");
            }
        }
    }
}
