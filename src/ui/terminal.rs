//! The terminal handed to somebody else: raw while a guard lives, and usable again whatever happened.

use std::io::{self, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal;

/// Escape codes that undo what a killed program may leave behind: alternate screen, hidden cursor, colours, mouse reports, bracketed
/// paste, an unfinished line.
pub(super) const CLEAN: &[u8] =
    b"\x1b[?1049l\x1b[?25h\x1b[0m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\r\n";

/// Whether a whole screen is taken at this moment: a panic has to give it back before it can be read.
pub(super) static SCREEN_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode; dropping it, also by a panic or a signal, gives the old mode back.
#[derive(Debug)]
pub struct RawMode {
    /// Whether the program on the other side ended by itself, and so left the terminal as it found it.
    tidy: bool,
}

impl RawMode {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none.
    pub fn enter() -> io::Result<Self> {
        give_back_before_a_panic_is_told();
        terminal::enable_raw_mode()?;
        Ok(RawMode { tidy: false })
    }

    /// Notes that the program ended by itself, so its terminal needs no clean-up.
    pub fn tidy(mut self) {
        self.tidy = true;
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        if !self.tidy {
            let mut out = io::stdout().lock();
            drop(out.write_all(CLEAN).and_then(|()| out.flush()));
        }
        // A failure here cannot be reported.
        drop(terminal::disable_raw_mode());
    }
}

/// A panic is told on the screen and in the mode that one comes back to, not on a screen that is about to vanish; what is given
/// away ends at the panic, and drops nothing.
pub(super) fn give_back_before_a_panic_is_told() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let screen = SCREEN_TAKEN.swap(false, Ordering::Relaxed);
            if screen || terminal::is_raw_mode_enabled().unwrap_or(false) {
                let mut out = io::stdout().lock();
                drop(out.write_all(CLEAN).and_then(|()| out.flush()));
                drop(terminal::disable_raw_mode());
            }
            tell(panic);
        }));
    });
}

/// Reports changes of the terminal's size.
#[derive(Debug)]
pub struct Resizes {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

impl Resizes {
    /// Listens from now on.
    #[must_use]
    pub fn new() -> Self {
        Resizes {
            #[cfg(unix)]
            signals: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::window_change()).ok(),
        }
    }

    /// Columns and rows now.
    #[must_use]
    pub fn now() -> Option<(u16, u16)> {
        terminal::size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0)
    }

    /// Columns and rows at the next change.
    pub async fn next(&mut self) -> (u16, u16) {
        loop {
            self.changed().await;
            if let Some(size) = Self::now() {
                return size;
            }
        }
    }

    #[cfg(unix)]
    async fn changed(&mut self) {
        match &mut self.signals {
            Some(signals) => drop(signals.recv().await),
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    async fn changed(&mut self) {
        std::future::pending().await
    }
}

impl Default for Resizes {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts this process in the background as the shell's Ctrl-Z does, with the terminal in its old mode; raw again when it is
/// brought back.
pub fn suspend() {
    drop(terminal::disable_raw_mode());
    #[cfg(unix)]
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
    drop(terminal::enable_raw_mode());
}
