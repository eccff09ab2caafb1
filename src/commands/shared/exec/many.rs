//! One command in many tasks: a few at a time, every line with its origin, every code told.

use std::cell::RefCell;

use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::app::App;
use crate::commands::shared::exec::Start;
use crate::commands::shared::target::{Place, why_unreached};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::short;
use crate::ops::exec::{ExecEvent, InputStreams, Launch, Session};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// How the commands are run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// How many at the same time.
    pub(super) parallel: usize,
    /// Whether the first failure ends it.
    pub(super) fail_fast: bool,
    /// Whether output is printed in one piece.
    pub(super) grouped: bool,
}

/// How the command ended in one task.
#[derive(Debug, Clone, Serialize)]
struct Outcome {
    alloc_id: String,
    name: String,
    node_name: String,
    task: String,
    /// The command's code; 125 when it is unknown; none when it was not started.
    exit_code: Option<u8>,
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stdout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stderr: Option<String>,
}

impl Tabular for Outcome {
    const COLUMNS: &'static [Column] = &[
        column("ALLOC").whole(),
        column("NAME"),
        column("TASK"),
        column("NODE").rank(1),
        column("EXIT").right(),
        column("ERROR").rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let exit = match self.exit_code {
            Some(0) => Cell::toned("0", Tone::Good),
            Some(code) => Cell::toned(code.to_string(), Tone::Bad),
            None => Cell::toned("not started", Tone::Warn),
        };
        vec![
            short(&self.alloc_id).into(),
            (&self.name).into(),
            (&self.task).into(),
            (&self.node_name).into(),
            exit,
            self.error.as_ref().map_or(Cell::Empty, Cell::from),
        ]
    }
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Output { alloc_id: &'a str, task: &'a str, stream: &'static str, line: &'a str },
    Ended(&'a Outcome),
}

/// Runs the command in every task, and returns the worst exit code.
pub(super) async fn run(
    app: &App,
    starts: Vec<Start>,
    unreached: &[AllocStub],
    options: Options,
) -> Result<ExitCode> {
    let stop = RefCell::new(false);
    let one = async |Start { place, launch }: Start| {
        if *stop.borrow() || app.printer.is_closed() {
            return outcome(&place, None, None, Capture::default());
        }
        let ended = in_one(app, &place, &launch, options.grouped).await;
        if options.fail_fast && ended.exit_code != Some(0) {
            *stop.borrow_mut() = true;
        }
        ended
    };
    let mut outcomes = Vec::new();
    let mut running = futures_util::stream::iter(starts).map(one).buffer_unordered(options.parallel);
    while let Some(ended) = running.next().await {
        if app.printer.wants_events() {
            app.printer.event(&Event::Ended(&ended))?;
        }
        outcomes.push(ended);
    }
    drop(running);
    for alloc in unreached {
        let left_out = not_reached(alloc);
        if app.printer.wants_events() {
            app.printer.event(&Event::Ended(&left_out))?;
        }
        outcomes.push(left_out);
    }
    outcomes.sort_by(|a, b| (&a.name, &a.alloc_id).cmp(&(&b.name, &b.alloc_id)));
    let worst = outcomes.iter().filter_map(|o| o.exit_code).max().unwrap_or(0);
    if app.printer.is_machine() {
        if !app.printer.wants_events() {
            app.printer.list(&outcomes, "")?;
        }
    } else {
        app.printer.list_aside(&outcomes);
    }
    if app.printer.is_closed() {
        return Err(Error::output_closed());
    }
    for alloc in unreached {
        let why = why_unreached(alloc);
        app.printer.warn(&format!("not in {} ({}), which is {why}", short(&alloc.id), alloc.name));
    }
    // What starts later has not run either, and is another instance; of these it is not known.
    if unreached.iter().any(|a| a.client_status == ClientStatus::Unknown) {
        return Ok(ExitCode::Of(worst.max(ExitCode::Transport.number())));
    }
    Ok(ExitCode::Of(worst))
}

async fn in_one(app: &App, place: &Place, launch: &Launch, grouped: bool) -> Outcome {
    let mut lines = Lines { app, place, out: Vec::new(), err: Vec::new(), kept: Capture::default(), grouped };
    let ran = async {
        let session = Session { access: &place.access(app), launch };
        let mut on_event = |event: ExecEvent| lines.take(event);
        session.run(&mut InputStreams::of_bytes(Bytes::new()), &mut on_event).await
    }
    .await;
    let flushed = lines.finish();
    let kept = std::mem::take(&mut lines.kept);
    match ran.and_then(|code| flushed.map(|()| code)) {
        Ok(code) => outcome(place, Some(code), None, kept),
        Err(error) => outcome(place, Some(ExitCode::Transport.number()), Some(&error), kept),
    }
}

fn outcome(place: &Place, exit_code: Option<u8>, error: Option<&Error>, kept: Capture) -> Outcome {
    Outcome {
        alloc_id: place.alloc.id.clone(),
        name: place.alloc.name.clone(),
        node_name: place.alloc.node_name.clone(),
        task: place.task.clone(),
        exit_code,
        error: error.map(ToString::to_string),
        stdout: kept.stdout,
        stderr: kept.stderr,
    }
}

/// What is told of an allocation in which nothing was started.
fn not_reached(alloc: &AllocStub) -> Outcome {
    Outcome {
        alloc_id: alloc.id.clone(),
        name: alloc.name.clone(),
        node_name: alloc.node_name.clone(),
        task: String::new(),
        exit_code: None,
        error: Some(why_unreached(alloc)),
        stdout: None,
        stderr: None,
    }
}

/// Output kept for the one JSON document at the end.
#[derive(Debug, Default)]
struct Capture {
    stdout: Option<String>,
    stderr: Option<String>,
}

/// The output of one place, in lines.
struct Lines<'a> {
    app: &'a App,
    place: &'a Place,
    out: Vec<u8>,
    err: Vec<u8>,
    kept: Capture,
    grouped: bool,
}

/// Longest line in bytes; longer ones are cut.
const LONGEST: usize = 64 * 1024;

impl Lines<'_> {
    fn take(&mut self, event: ExecEvent) -> Result<()> {
        match event {
            ExecEvent::Stdout(bytes) => self.out.extend_from_slice(&bytes),
            ExecEvent::Stderr(bytes) => self.err.extend_from_slice(&bytes),
            ExecEvent::Opened | ExecEvent::Retrying(_) | ExecEvent::SignalNotSent(_) => {}
        }
        if self.grouped || self.keeps() { Ok(()) } else { self.print(false) }
    }

    /// Whether everything is for one JSON document at the end.
    fn keeps(&self) -> bool {
        self.app.printer.is_machine() && !self.app.printer.wants_events()
    }

    fn finish(&mut self) -> Result<()> {
        if self.keeps() {
            let text =
                |bytes: &mut Vec<u8>| Some(String::from_utf8_lossy(&std::mem::take(bytes)).into_owned());
            self.kept = Capture { stdout: text(&mut self.out), stderr: text(&mut self.err) };
            return Ok(());
        }
        self.print(true)
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
        let (printer, alloc) = (&self.app.printer, &self.place.alloc);
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
