//! The full screen of a terminal for a view that answers to keys: taken, lent to a command for a while, and given back on every way
//! out, also by a panic.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt as _;
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};

use crate::error::{Error, Result};
use crate::ui::prompt::forget_keys;
use crate::ui::terminal::{RawMode, SCREEN_TAKEN, give_back_before_a_panic_is_told};
use crate::ui::{Printer, Streams};

/// The alternate screen, empty and without a cursor; what is pasted comes as such, so that it is not taken for keys.
const TAKE: &str = "\x1b[?1049h\x1b[2J\x1b[?25l\x1b[?2004h";
/// For so long the reader of keys may need to end.
const READER_ENDS: Duration = Duration::from_millis(20);

/// The full screen. Dropping it gives the terminal back as it was.
pub struct Screen {
    printer: Arc<Printer>,
    terminal: Terminal<CrosstermBackend<Out>>,
    /// None while the terminal is lent.
    held: Option<(RawMode, EventStream)>,
}

/// Writes to stdout through the one owner of it: what is drawn stays in its buffer until the flush.
struct Out(Arc<Streams>);

impl io::Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.out().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.out().flush()
    }
}

fn terminal(printer: &Printer) -> Result<Terminal<CrosstermBackend<Out>>> {
    Terminal::new(CrosstermBackend::new(Out(Arc::clone(printer.streams())))).map_err(|e| refused(&e))
}

/// Throws away what was typed, read already or not.
fn forget_typed() {
    forget_keys();
    while crossterm::event::poll(READER_ENDS).unwrap_or(false) && crossterm::event::read().is_ok() {}
}

fn refused(e: &io::Error) -> Error {
    Error::failed("could not use the terminal").because(e.to_string())
}

impl Screen {
    /// Takes the screen of a terminal that is there.
    ///
    /// # Errors
    /// When the terminal refuses it.
    pub fn take(printer: &Arc<Printer>) -> Result<Self> {
        give_back_before_a_panic_is_told();
        let mut screen = Screen { printer: Arc::clone(printer), terminal: terminal(printer)?, held: None };
        screen.take_back()?;
        Ok(screen)
    }

    /// Takes it again after it was lent, and forgets what was typed meanwhile and what stood there.
    ///
    /// # Errors
    /// When the terminal refuses it.
    pub fn take_back(&mut self) -> Result<()> {
        let raw = RawMode::enter().map_err(|e| refused(&e))?;
        SCREEN_TAKEN.store(true, Ordering::Relaxed);
        self.printer.begin_screen();
        forget_typed();
        self.held = Some((raw, EventStream::new()));
        // A new one draws all of it: to clear the old one the terminal would have to tell where its cursor is.
        self.terminal = terminal(&self.printer)?;
        self.printer.text(TAKE)
    }

    /// Gives the terminal back as it was, for a command that needs it: nobody else reads its keys.
    pub fn lend(&mut self) {
        let Some((raw, keys)) = self.held.take() else { return };
        drop(keys);
        // What was typed ahead was not typed for the command.
        forget_typed();
        if !SCREEN_TAKEN.swap(false, Ordering::Relaxed) {
            // A panic gave it back before it was told.
            raw.tidy();
        } else {
            drop(raw);
        }
        self.printer.end_screen();
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        self.terminal.size().map_or((80, 24), |size| (size.width, size.height))
    }

    /// Draws what has changed.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> Result<()> {
        self.terminal.draw(paint).map(drop).map_err(|e| refused(&e))
    }

    /// The next key, paste or change of size.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn event(&mut self) -> Result<Event> {
        let Some((_, events)) = &mut self.held else { return std::future::pending().await };
        match events.next().await {
            Some(Ok(event)) => Ok(event),
            Some(Err(e)) => Err(refused(&e)),
            None => Err(Error::failed("the terminal is gone")),
        }
    }

    /// Waits on the lent terminal until Enter is pressed, or another key with which one leaves.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn wait_for_enter(&mut self, words: &str) -> Result<()> {
        self.printer.text("\n")?;
        crossterm::terminal::enable_raw_mode().map_err(|e| refused(&e))?;
        let _raw = RawAgain;
        forget_typed();
        let mut events = EventStream::new();
        // Only now: an Enter that answers these words must not be among what is forgotten.
        self.printer.text(words)?;
        while let Some(event) = events.next().await {
            match event.map_err(|e| refused(&e))? {
                Event::Key(key) if is_pressed(&key) && leaves(&key) => return Ok(()),
                _ => {}
            }
        }
        Err(Error::failed("the terminal is gone"))
    }

    /// Puts this process in the background as the shell's Ctrl-Z does; the screen is taken again when it is brought back.
    ///
    /// # Errors
    /// When the terminal refuses it.
    pub fn suspend(&mut self) -> Result<()> {
        self.lend();
        crate::ui::suspend();
        self.take_back()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.lend();
    }
}

/// Ends a raw mode that wrote nothing to the screen.
struct RawAgain;

impl Drop for RawAgain {
    fn drop(&mut self) {
        // A failure here cannot be reported.
        drop(crossterm::terminal::disable_raw_mode());
    }
}

/// Whether a key was pressed; some terminals tell when it is let go too.
#[must_use]
pub fn is_pressed(key: &KeyEvent) -> bool {
    key.kind != KeyEventKind::Release
}

fn leaves(key: &KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Enter | KeyCode::Esc | KeyCode::Char('q' | ' ') => true,
        KeyCode::Char('c' | 'd' | 'm' | 'j') => control,
        _ => false,
    }
}
