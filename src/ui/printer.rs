//! The one printer: it owns stdout and stderr, and every decision about how to write to them.

mod remarks;

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::MultiProgress;
use serde::Serialize;

use crate::clock::SharedClock;
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::model::redaction::Secrets;
use crate::ui::fold::FoldSyntax;
use crate::ui::plain::{self, Plain};
use crate::ui::table::Layout;
use crate::ui::{Describe, Format, OutputFlags, Streams, Tabular, table};

/// So many bytes are kept of what is told behind a full screen.
const MOST_BEHIND: usize = 16 * 1024;

/// Owns both streams. Results go to stdout; notes, warnings, progress and errors to stderr.
#[derive(Debug)]
pub struct Printer {
    streams: Arc<Streams>,
    clock: SharedClockDebug,
    format: Option<Format>,
    headers: bool,
    quiet: bool,
    verbose: bool,
    ci: bool,
    page: Option<FoldSyntax>,
    color_out: bool,
    color_err: bool,
    /// Set when the reader of stdout is gone (closed pipe): nothing more is written there.
    closed: AtomicBool,
    live: Mutex<Option<MultiProgress>>,
    /// What was said while a full screen was drawn; none while there is no such screen.
    behind: Mutex<Option<String>>,
    /// What `--quiet` held back, where somebody may be asked about it.
    held_back: Mutex<String>,
    /// The flags that a command must have to mean the same cluster, and the verbs that make words a command; none without such
    /// flags.
    cluster: Option<(String, Vec<String>)>,
    /// What the environment has under the names of secrets: no message tells it.
    secrets: Secrets,
}

/// By hand, because a clock has no `Debug`.
struct SharedClockDebug(SharedClock);

impl std::fmt::Debug for SharedClockDebug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl Printer {
    /// A printer on these streams.
    #[must_use]
    pub fn new(streams: Arc<Streams>, flags: &OutputFlags, env: &Environment, clock: SharedClock) -> Self {
        let facts = streams.facts;
        Printer {
            clock: SharedClockDebug(clock),
            format: flags.output,
            headers: !flags.no_headers,
            quiet: flags.quiet,
            verbose: flags.verbose > 0,
            ci: env.is_ci(),
            page: FoldSyntax::of(env),
            color_out: flags.color.decide(env, facts.stdout_tty),
            color_err: flags.color.decide(env, facts.stderr_tty),
            closed: AtomicBool::new(false),
            live: Mutex::new(None),
            behind: Mutex::new(None),
            held_back: Mutex::default(),
            cluster: None,
            secrets: Secrets::of_environment(env.iter()),
            streams,
        }
    }

    /// The same, where commands that are told are to be pasted with these flags.
    #[must_use]
    pub fn on_cluster(self, flags: String, verbs: impl FnOnce() -> Vec<String>) -> Self {
        let cluster = (!flags.is_empty()).then(|| (flags, verbs()));
        Printer { cluster, ..self }
    }

    /// Whether results are for a program, which must not get anything else.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        matches!(self.format, Some(Format::Json | Format::JsonLines))
    }

    /// Whether events are wanted as they happen, one JSON object per line.
    #[must_use]
    pub fn wants_events(&self) -> bool {
        self.format == Some(Format::JsonLines)
    }

    /// Whether everything is shown, however long it is: to machines, to pipes, and to whoever asked for it.
    #[must_use]
    pub fn shows_all(&self) -> bool {
        !self.streams.facts.stdout_tty || !matches!(self.format, None | Some(Format::Table))
    }

    /// Whether lines of logs are wanted as they are.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.format == Some(Format::Raw)
    }

    /// Whether measurements are wanted.
    #[must_use]
    pub fn is_prometheus(&self) -> bool {
        self.format == Some(Format::Prometheus)
    }

    /// Whether more than usual was asked for.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.format == Some(Format::Wide)
    }

    /// Whether stderr is a terminal that something may be redrawn on.
    #[must_use]
    pub fn may_animate(&self) -> bool {
        self.streams.facts.stderr_tty && !self.quiet && !self.verbose && !self.ci
    }

    /// Whether more than ASCII can be shown.
    #[must_use]
    pub fn unicode(&self) -> bool {
        self.streams.facts.unicode
    }

    /// Whether results are coloured.
    #[must_use]
    pub fn colors(&self) -> bool {
        self.color_out
    }

    /// Whether a full screen is drawn, behind which nobody reads what is told beside the result.
    #[must_use]
    pub fn has_screen(&self) -> bool {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Notes that a full screen is drawn: what is told beside the result is kept for when it is gone.
    pub(super) fn begin_screen(&self) {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    }

    /// Notes that the full screen is gone, and tells what was kept.
    pub(super) fn end_screen(&self) {
        let behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.pass_err(behind.unwrap_or_default().as_bytes());
    }

    /// Whether stdout is a terminal.
    #[must_use]
    pub fn stdout_is_terminal(&self) -> bool {
        self.streams.facts.stdout_tty
    }

    /// The streams, for a second printer with other flags.
    #[must_use]
    pub fn streams(&self) -> &Arc<Streams> {
        &self.streams
    }

    /// Whether the reader of stdout is gone (closed pipe).
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Writes a list; `none` is what a person reads when it is empty, such as "no nodes".
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn list<T: Tabular>(&self, rows: &[T], none: &str) -> Result<()> {
        match self.format {
            Some(Format::Json) => return self.json(rows),
            Some(Format::JsonLines) => return rows.iter().try_for_each(|row| self.event(row)),
            _ => {}
        }
        if rows.is_empty() {
            self.note(none);
            return Ok(());
        }
        let cells: Vec<_> = rows.iter().map(Tabular::cells).collect();
        let text = match self.layout() {
            Some(layout) => table::render(T::COLUMNS, &cells, layout),
            None => plain::render_narrow(T::COLUMNS, cells, self.plain()),
        };
        self.write(text.as_bytes())
    }

    /// Writes one object.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn object<T: Describe>(&self, object: &T) -> Result<()> {
        match self.format {
            Some(Format::Json) => self.json(object),
            Some(Format::JsonLines) => self.event(object),
            _ => {
                let detail = object.describe();
                let text = match self.layout() {
                    Some(layout) => detail.human(layout),
                    None => detail.plain(self.plain()),
                };
                self.write(text.as_bytes())
            }
        }
    }

    /// What an object looks like on a screen of this width.
    #[must_use]
    pub fn rendered<T: Describe>(&self, object: &T, width: u16) -> String {
        let wide = self.format == Some(Format::Wide);
        let (headers, color, unicode) = (self.headers, self.color_out, self.streams.facts.unicode);
        object.describe().human(Layout {
            width: Some(width),
            wide,
            headers,
            color,
            unicode,
            now: self.clock.0.now(),
        })
    }

    /// Describes an object to a person beside the result: on stderr, and under `--quiet` only before a question.
    pub fn aside<T: Describe>(&self, object: &T) {
        self.beside_result(&object.describe().human(self.aside_layout()));
    }

    /// Shows a list to a person beside the result: on stderr, and under `--quiet` only before a question.
    pub fn list_aside<T: Tabular>(&self, rows: &[T]) {
        let cells: Vec<_> = rows.iter().map(Tabular::cells).collect();
        self.beside_result(&table::render(T::COLUMNS, &cells, self.aside_layout()));
    }

    fn aside_layout(&self) -> Layout {
        let facts = self.streams.facts;
        Layout {
            width: facts.width.filter(|_| facts.stderr_tty),
            wide: false,
            headers: self.headers,
            color: self.color_err,
            unicode: facts.unicode,
            now: self.clock.0.now(),
        }
    }

    /// Writes one JSON document that has no other face; the caller knows that a machine reads.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn document(&self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        if self.wants_events() { self.event(value) } else { self.json(value) }
    }

    /// Writes one JSON object on a line of its own, at once.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn event(&self, event: &(impl Serialize + ?Sized)) -> Result<()> {
        self.write(&encode(serde_json::to_vec(event))?)
    }

    /// Writes text to stdout as it is: generated files, help pages, export lines.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn text(&self, text: &str) -> Result<()> {
        self.write(text.as_bytes())
    }

    /// Passes on another program's stdout unchanged.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn pass(&self, bytes: &[u8]) -> Result<()> {
        self.write(bytes)
    }

    /// As [`Printer::pass`], for verbs that do nothing but pass on: a closed pipe ends them.
    ///
    /// # Errors
    /// When stdout cannot be written, or whoever read it has gone (141).
    pub fn pass_or_end(&self, bytes: &[u8]) -> Result<()> {
        self.pass(bytes)?;
        if self.is_closed() { Err(Error::output_closed()) } else { Ok(()) }
    }

    /// Passes on another program's stderr unchanged.
    pub fn pass_err(&self, bytes: &[u8]) {
        self.around_live(|| {
            let mut err = self.streams.err();
            drop(err.write_all(bytes));
            drop(err.flush());
        });
    }

    /// A foreign line made safe to show: its colours stay where colours are wanted, and no other escape code passes.
    #[must_use]
    pub fn foreign(&self, line: &str) -> String {
        if self.streams.facts.stdout_tty {
            crate::ui::text::keep_colors(line, self.color_out)
        } else {
            line.to_owned()
        }
    }

    /// Text that stands out.
    #[must_use]
    pub fn mark(&self, text: &str) -> String {
        if self.color_out { format!("\x1b[1;7m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// An origin in a colour that is always the same for the same key.
    #[must_use]
    pub fn origin(&self, text: &str, key: &str) -> String {
        const COLORS: [u8; 6] = [32, 33, 34, 35, 36, 31];
        if !self.color_out {
            return text.to_owned();
        }
        let sum = key.bytes().fold(0_u32, |sum, b| sum.wrapping_mul(31).wrapping_add(u32::from(b)));
        format!("\x1b[{}m{text}\x1b[0m", COLORS[sum as usize % COLORS.len()])
    }

    /// What is known of the terminal.
    #[must_use]
    pub fn facts(&self) -> crate::ui::TerminalFacts {
        self.streams.facts
    }

    /// Writes what the command line's parser has to say of a mistake, styled by itself.
    pub(crate) fn usage(&self, text: &str) {
        self.err(text);
    }

    /// Whether what goes to stdout is coloured.
    #[must_use]
    pub fn colors_stdout(&self) -> bool {
        self.color_out
    }

    fn json(&self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.write(&encode(serde_json::to_vec_pretty(value))?)
    }

    fn plain(&self) -> Plain {
        Plain { headers: self.headers, color: self.color_out }
    }

    /// How to lay out for a person; none for a pipe.
    fn layout(&self) -> Option<Layout> {
        let facts = self.streams.facts;
        let aligned = facts.stdout_tty || matches!(self.format, Some(Format::Table | Format::Wide));
        aligned.then(|| Layout {
            width: facts.width.filter(|_| facts.stdout_tty),
            wide: self.format == Some(Format::Wide),
            headers: self.headers,
            color: self.color_out,
            unicode: facts.unicode,
            now: self.clock.0.now(),
        })
    }

    /// The page of a pipeline that folds parts of its log; none when nothing but results is written there.
    pub(super) fn fold_syntax(&self) -> Option<FoldSyntax> {
        self.page.filter(|_| !self.quiet && !self.is_machine())
    }

    /// The present moment, by the clock results are dated with.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.0.now()
    }

    /// Writes a line of the request log.
    pub(crate) fn log(&self, line: &str) {
        self.err(line);
    }

    /// An error here is dropped: when stderr is gone there is nowhere to report it.
    fn err(&self, text: &str) {
        let text = self.secrets.mask(text);
        if let Some(behind) = &mut *self.behind.lock().unwrap_or_else(PoisonError::into_inner) {
            // What was told last is what matters when the screen is gone.
            if behind.len() > MOST_BEHIND {
                behind.clear();
            }
            behind.push_str(&text);
            return;
        }
        self.pass_err(text.as_bytes());
    }

    fn write(&self, bytes: &[u8]) -> Result<()> {
        if self.is_closed() {
            return Ok(());
        }
        let written = self.around_live(|| {
            let mut out = self.streams.out();
            out.write_all(bytes).and_then(|()| out.flush())
        });
        match written {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {
                self.closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(e) => Err(Error::failed("could not write to stdout").because(e.to_string())),
            Ok(()) => Ok(()),
        }
    }

    /// Removes the live lines while something is written, and draws them again.
    fn around_live<R>(&self, write: impl FnOnce() -> R) -> R {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match live {
            Some(live) => live.suspend(write),
            None => write(),
        }
    }

    pub(crate) fn set_live(&self, live: Option<MultiProgress>) {
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = live;
    }
}

fn encode(json: serde_json::Result<Vec<u8>>) -> Result<Vec<u8>> {
    let mut json = json.map_err(|e| Error::failed("could not encode the result").because(e.to_string()))?;
    json.push(b'\n');
    Ok(json)
}

#[cfg(test)]
mod tests;
