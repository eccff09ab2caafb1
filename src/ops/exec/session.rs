//! One command in one task, from its start to its proven end.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::api::Problem;
use crate::api::error::Error as ApiError;
use crate::api::http::Backoff;
use crate::api::nomad::exec::{self, ExecMessage, Output, start_failure};
use crate::error::{Error, Result};
use crate::ops::exec::launch::{Marker, SHELL};
use crate::ops::exec::liveness::Liveness;
use crate::ops::exec::{Access, Launch, Starter, TaskRef, task_end};

/// What goes to the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Bytes for its stdin.
    Stdin(Bytes),
    /// The end of its stdin.
    StdinEnd,
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
}

/// Where what goes to the command is taken from.
#[derive(Debug)]
pub struct InputStreams {
    /// Its stdin and terminal, taken as fast as the command reads.
    pub input: mpsc::Receiver<Input>,
    /// Signals by name, such as `INT`, taken at once.
    pub signals: mpsc::UnboundedReceiver<&'static str>,
}

impl InputStreams {
    /// For a command whose stdin comes from elsewhere; it gets no signals.
    #[must_use]
    pub fn fed_by(inputs: mpsc::Receiver<Input>) -> Self {
        InputStreams { input: inputs, signals: mpsc::unbounded_channel().1 }
    }

    /// For a command that gets these bytes and nothing else.
    #[must_use]
    pub fn of_bytes(stdin: Bytes) -> Self {
        let (send, inputs) = mpsc::channel(2);
        let stdin = (!stdin.is_empty()).then_some(Input::Stdin(stdin));
        for input in stdin.into_iter().chain([Input::StdinEnd]) {
            send.try_send(input).expect("there is room for two");
        }
        InputStreams::fed_by(inputs)
    }
}

/// An event of a command that runs in a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecEvent {
    /// Nomad was told to start it, and what is said now goes to it.
    Opened,
    /// Bytes of its stdout.
    Stdout(Bytes),
    /// Bytes of its stderr.
    Stderr(Bytes),
    /// It did not start, and is tried again: why.
    Retrying(String),
    /// A signal could not be passed on: why.
    SignalNotSent(String),
}

/// How long a task is waited for that no server reaches: 10 s after a server's restart (`nomad-api.md §6`).
const PATH_WITHIN: Duration = Duration::from_secs(30);
/// How long what became of the allocation may take to be told, where that would explain an end.
const EXPLAINED_WITHIN: Duration = Duration::from_secs(5);

/// A command in a task.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    /// Where.
    pub access: &'a Access,
    /// What.
    pub launch: &'a Launch,
}

/// Why one attempt came to nothing.
enum AttemptFailure {
    /// Nothing was started.
    NotStarted(ApiError),
    /// It was started, and perhaps runs on.
    ConnectionLost(ApiError),
    /// Its task ended: what happened.
    TaskEnded(String),
    /// Whoever is told does not want to hear more.
    Consumer(Error),
}

/// Who hears what comes of a command; an error ends the session.
pub type EventSink<'h> = &'h mut dyn FnMut(ExecEvent) -> Result<()>;

impl Session<'_> {
    /// Runs it to its end, by whoever can start it, and tries again as long as it did not start: the code it ended with, which only
    /// its exit frame tells. That the program is there must be known where a failed start would do harm (`program.rs`).
    ///
    /// # Errors
    /// As [`Session::run`].
    pub(super) async fn run_by(
        &self,
        mut by: Starter,
        inputs: &mut InputStreams,
        on_event: EventSink<'_>,
    ) -> Result<u8> {
        let begun = Instant::now();
        let (mut backoff, mut why) = (Backoff::default(), String::new());
        if self.launch.action.is_some() {
            by = Starter::Nomad;
        }
        loop {
            if by == Starter::Nomad
                && let Some(flag) = self.launch.needs_shell()
            {
                return Err(Error::transport(format!(
                    "{flag} needs a shell, and {} has none",
                    self.access.task_ref
                )));
            }
            let error = match self.attempt(by, inputs, on_event).await {
                Ok(code) => return self.code(code),
                Err(AttemptFailure::Consumer(error)) => return Err(error),
                Err(AttemptFailure::TaskEnded(words)) => return Err(ended(&words)),
                Err(AttemptFailure::ConnectionLost(error)) => return Err(self.broken(error).await),
                Err(AttemptFailure::NotStarted(error)) => error,
            };
            let missing = start_failure(&error.text);
            if by == Starter::Shell && missing.is_some() {
                by = Starter::Nomad;
            } else if let Some(code) = missing {
                on_event(ExecEvent::Stderr(
                    format!("fleet: {}: {}\n", self.launch.words[0], error.text).into(),
                ))?;
                return Ok(code);
            } else if error.is_passing() && begun.elapsed() < PATH_WITHIN {
                if error.text != why {
                    on_event(ExecEvent::Retrying(error.text.clone()))?;
                    why = error.text;
                }
                sleep(backoff.pause()).await;
            } else {
                return Err(self.explained(error).await);
            }
        }
    }

    async fn attempt(
        &self,
        by: Starter,
        inputs: &mut InputStreams,
        on_event: EventSink<'_>,
    ) -> Result<i64, AttemptFailure> {
        let nonce = fastrand::u64(..);
        let marked = by == Starter::Shell && !self.launch.tty;
        let Access { http, permission, task_ref } = self.access;
        let TaskRef { alloc_id, task, .. } = task_ref;
        let tty = self.launch.tty;
        let call = match (&self.launch.action, by) {
            (Some(action), _) => exec::action((alloc_id, task), action, tty),
            (None, Starter::Shell) => exec::command(alloc_id, task, tty, &self.launch.through_shell(nonce)),
            (None, Starter::Nomad) => exec::command(alloc_id, task, tty, &self.launch.words),
        };
        let opened = exec::open(http, permission, &call).await;
        let (input, output) = opened.map_err(AttemptFailure::NotStarted)?;
        on_event(ExecEvent::Opened).map_err(AttemptFailure::Consumer)?;
        let liveness = Liveness::new(!marked);
        let marker = if marked { Marker::new(nonce) } else { Marker::absent() };
        let end = if marked && self.launch.drain_stdin { Marker::of_end(nonce) } else { Marker::absent() };
        let mut listener = Listener { output, marker, end, open: 2, liveness: &liveness, started: false };
        let mut sending = pin!(liveness.send_input(input, self.launch.size, &mut inputs.input));
        let mut task_end = pin!(task_end::task_end(http, task_ref));
        let mut start_overdue = pin!(liveness.start_overdue(marked));
        let mut silence = pin!(liveness.silence(http));
        let mut signalling = FuturesUnordered::new();
        loop {
            tokio::select! {
                heard = listener.next(on_event) => if let Some(code) = heard? { return Ok(code) },
                never = &mut sending => match never {},
                Some(name) = inputs.signals.recv(), if !marked || liveness.pid.get().is_some() => signalling.push(self.signal(liveness.pid.get(), name)),
                Some(Err(why)) = signalling.next() => on_event(ExecEvent::SignalNotSent(why)).map_err(AttemptFailure::Consumer)?,
                words = &mut task_end => return Err(AttemptFailure::TaskEnded(words)),
                () = &mut start_overdue => {
                    let words = "it did not start within 30 s; the task may be wedged, as a task of the exec driver is by a \
                                 program that is not there";
                    return Err(AttemptFailure::ConnectionLost(listener.output.broken(words)));
                }
                () = &mut silence => {
                    return Err(AttemptFailure::ConnectionLost(listener.output.broken("no sign of life for 45 s")));
                }
            }
        }
    }

    /// Sends a signal from a session of its own, the only way there is.
    async fn signal(&self, pid: Option<u32>, name: &str) -> Result<(), String> {
        let pid = pid.ok_or("no shell started the command, so its process is not known")?;
        let launch = Launch::of([SHELL, "-c", &format!("kill -s {name} {pid}")]);
        let mut said = Vec::new();
        let mut on_event = |event: ExecEvent| {
            if let ExecEvent::Stderr(bytes) = event {
                said.extend_from_slice(&bytes);
            }
            Ok(())
        };
        let session = Session { launch: &launch, ..*self };
        let mut nothing = InputStreams::of_bytes(Bytes::new());
        let ran = Box::pin(session.run_by(Starter::Shell, &mut nothing, &mut on_event)).await;
        match ran.map_err(|e| e.to_string())? {
            0 => Ok(()),
            _ => Err(String::from_utf8_lossy(&said).trim().to_owned()),
        }
    }

    fn code(&self, code: i64) -> Result<u8> {
        u8::try_from(code).map_err(|_| {
            // A driver's placeholder for a command it could not start.
            Error::transport(format!(
                "the driver of {} reported {code}, which is not an exit code",
                self.access.task_ref
            ))
        })
    }

    /// The error when the connection broke under a running command.
    async fn broken(&self, error: ApiError) -> Error {
        let lost = matches!(error.problem, Problem::Broken | Problem::Timeout | Problem::Decode);
        let error = self.explained(error).await;
        if lost && error.causes().len() < 2 {
            return error.hint("the command may still be running: Nomad ends nothing when a connection ends");
        }
        error
    }

    /// The error with what happened to the allocation, where that explains it.
    async fn explained(&self, error: ApiError) -> Error {
        if error.is_denied() || error.problem == Problem::Connect {
            return failed(error);
        }
        let told = timeout(EXPLAINED_WITHIN, task_end::explanation(&self.access.http, &self.access.task_ref));
        match told.await.ok().flatten() {
            Some(words) => ended(&words).because(error.text),
            None => failed(error),
        }
    }
}

pub(super) fn failed(error: ApiError) -> Error {
    // Whoever has a code for a refusal tells it; the exec family's own verbs have none.
    let denied = error.is_denied();
    let error = Error::from(error);
    if denied { error } else { error.of_the_exec_family() }
}

fn ended(words: &str) -> Error {
    Error::transport("the command's exit code is unknown: its task ended").because(words)
}

/// The direction from the command.
struct Listener<'p> {
    output: Output,
    marker: Marker,
    /// Looks for the exit code, where a shell tells it.
    end: Marker,
    /// How many of its two streams have not ended.
    open: u8,
    liveness: &'p Liveness,
    started: bool,
}

impl Listener<'_> {
    /// What was held back of stderr, at its end.
    fn flush_stderr(&mut self) -> Bytes {
        let begun = self.end.feed(self.marker.finish());
        [begun, self.end.finish()].concat().into()
    }

    /// The next thing heard, passed on; the code when it is the end.
    async fn next(&mut self, on_event: EventSink<'_>) -> Result<Option<i64>, AttemptFailure> {
        let heard = match self.output.next().await {
            Ok(heard) => heard,
            // Nomad can lose the exit of a command that does not read its stdin. When all was heard and the code was told, its
            // end is known without.
            Err(_) if self.open == 0 && self.end.number().is_some() => {
                return Ok(self.end.number().map(i64::from));
            }
            // Words of Nomad's are a refusal; an end without words proves nothing.
            Err(error) if self.started || error.problem == Problem::Broken => {
                return Err(AttemptFailure::ConnectionLost(error));
            }
            Err(error) => return Err(AttemptFailure::NotStarted(error)),
        };
        self.liveness.received(heard == ExecMessage::Alive);
        let mut tell = |what: ExecEvent| on_event(what).map_err(AttemptFailure::Consumer);
        let (bytes, wrap): (Bytes, fn(Bytes) -> ExecEvent) = match heard {
            ExecMessage::Stdout(bytes) => (bytes, ExecEvent::Stdout),
            ExecMessage::Stderr(bytes) => (self.end.feed(self.marker.feed(bytes)), ExecEvent::Stderr),
            ExecMessage::StderrEnd => {
                self.open = self.open.saturating_sub(1);
                (self.flush_stderr(), ExecEvent::Stderr)
            }
            ExecMessage::Exited(code) => {
                let held = self.flush_stderr();
                if !held.is_empty() {
                    tell(ExecEvent::Stderr(held))?;
                }
                return Ok(Some(code));
            }
            ExecMessage::StdoutEnd => {
                self.open = self.open.saturating_sub(1);
                return Ok(None);
            }
            ExecMessage::Alive => return Ok(None),
        };
        if !self.started && (self.marker.is_done() || !bytes.is_empty()) {
            self.started = true;
            self.liveness.pid.set(self.marker.number());
            self.liveness.started.raise();
        }
        if self.marker.is_done() {
            self.liveness.pid.set(self.marker.number());
        }
        if self.end.number().is_some() {
            self.liveness.ended.raise();
        }
        if !bytes.is_empty() {
            tell(wrap(bytes))?;
        }
        Ok(None)
    }
}
