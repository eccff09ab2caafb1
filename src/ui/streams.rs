//! stdout, stderr and what is known of the terminal behind them.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::config::Environment;

/// What is known of the three streams; replaced in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalFacts {
    /// Whether stdin is a terminal.
    pub stdin_tty: bool,
    /// Whether stdout is a terminal.
    pub stdout_tty: bool,
    /// Whether stderr is a terminal.
    pub stderr_tty: bool,
    /// Columns of the terminal; none when there is none, or it does not know.
    pub width: Option<u16>,
    /// Whether the locale can show more than ASCII.
    pub unicode: bool,
}

impl TerminalFacts {
    /// The facts of this process. `COLUMNS` wins over the terminal's own size.
    #[must_use]
    pub fn of_process(env: &Environment) -> Self {
        let columns = env.get("COLUMNS").and_then(|c| c.parse().ok()).filter(|&c| c > 0_u16);
        // A terminal that nobody told its size, as that of `expect`, says 0.
        let size = || comfy_table_width().filter(|&columns| columns > 0);
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| env.get(name));
        TerminalFacts {
            stdin_tty: io::stdin().is_terminal(),
            stdout_tty: io::stdout().is_terminal(),
            stderr_tty: io::stderr().is_terminal(),
            // A terminal nobody gave a size says 0.
            width: columns.or_else(size).filter(|&c| c > 0),
            unicode: locale.is_some_and(|l| {
                let l = l.to_ascii_lowercase();
                l.contains("utf-8") || l.contains("utf8")
            }),
        }
    }
}

/// The table library knows how to ask every platform for the width.
fn comfy_table_width() -> Option<u16> {
    comfy_table::Table::new().width()
}

/// A stream that was closed before anything could be written to it: that is said, where a reader that has gone is not.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("it is closed"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The two streams a run writes to.
pub struct Streams {
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
    /// What is known of them.
    pub facts: TerminalFacts,
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl Streams {
    /// The streams of this process; stdout may have been closed when it began.
    #[must_use]
    pub fn of_process(env: &Environment, stdout_closed: bool) -> Self {
        let out: Box<dyn Write + Send> = match stdout_closed {
            true => Box::new(Closed),
            false => Box::new(io::BufWriter::with_capacity(64 * 1024, io::stdout())),
        };
        Streams::new(out, Box::new(io::stderr()), TerminalFacts::of_process(env))
    }

    /// Streams of other kinds.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, facts: TerminalFacts) -> Self {
        Streams { out: Mutex::new(out), err: Mutex::new(err), facts }
    }

    /// stdout; hold it only while writing.
    pub fn out(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// stderr; hold it only while writing.
    pub fn err(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        self.err.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
