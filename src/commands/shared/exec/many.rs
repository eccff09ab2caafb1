//! One command in many tasks: a few at a time, every line with its origin, every code told.

use std::cell::RefCell;

use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::app::App;
use crate::commands::shared::exec::CommandInTask;
use crate::commands::shared::exec::attach::pour;
use crate::commands::shared::exec::lines::{Lines, Printed};
use crate::commands::shared::target::{TaskPlace, why_unreached};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::short;
use crate::ops::exec::{ExecEvent, Input, InputStreams, Launch, Session};
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
    /// Whether stdin is passed on; only to one alone.
    pub(super) stdin: bool,
    /// Whether there is only one, whose failure is an error of its own.
    pub(super) alone: bool,
}

/// How the command ended in one task.
#[derive(Debug, Clone, Serialize)]
struct TaskOutcome {
    alloc_id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    node_name: String,
    task: String,
    /// The command's code; 125 when it is unknown; none when it was not started.
    exit_code: Option<u8>,
    error: Option<String>,
    #[serde(flatten)]
    printed: Option<Printed>,
    /// The error itself, where there is one.
    #[serde(skip)]
    failed: Option<Error>,
}

impl Tabular for TaskOutcome {
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

/// How the command ended in one task, as it happens.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    Ended(&'a TaskOutcome),
}

/// Runs the command in every task, and returns the worst exit code.
pub(super) async fn run(
    app: &App,
    starts: Vec<CommandInTask>,
    unreached: &[AllocStub],
    options: Options,
) -> Result<ExitCode> {
    let stop = RefCell::new(false);
    let one = async |CommandInTask { place, launch }: CommandInTask| {
        if *stop.borrow() || app.printer.is_closed() {
            return outcome(&place, None, None, None);
        }
        let ended = in_one(app, &place, launch, options).await;
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
    if options.alone
        && let Some(failed) = outcomes.iter_mut().find_map(|o| o.failed.take())
    {
        return Err(failed);
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

async fn in_one(app: &App, place: &TaskPlace, mut launch: Launch, options: Options) -> TaskOutcome {
    launch.drain_stdin = options.stdin && launch.action.is_none();
    let mut lines = Lines::new(&app.printer, place, options.grouped);
    let ran = async {
        let session = Session { access: &place.access(app), launch: &launch };
        let (send, input) = mpsc::channel(2);
        let mut input = InputStreams::fed_by(input);
        let mut on_event = |event: ExecEvent| lines.take(event);
        let running = session.run(&mut input, &mut on_event);
        let feeding = async {
            if options.stdin {
                return pour(&send).await;
            }
            drop(send.send(Input::StdinEnd).await);
            std::future::pending().await
        };
        tokio::select! {
            code = running => code,
            error = feeding => Err(error),
        }
    }
    .await;
    let printed = lines.finish();
    let (printed, unprinted) = match printed {
        Ok(printed) => (printed, None),
        Err(error) => (None, Some(error)),
    };
    match (ran, unprinted) {
        (Ok(code), None) => outcome(place, Some(code), None, printed),
        (Err(error), _) | (Ok(_), Some(error)) => {
            outcome(place, Some(ExitCode::Transport.number()), Some(error), printed)
        }
    }
}

fn outcome(
    place: &TaskPlace,
    exit_code: Option<u8>,
    failed: Option<Error>,
    printed: Option<Printed>,
) -> TaskOutcome {
    TaskOutcome {
        alloc_id: place.alloc.id.clone(),
        name: place.alloc.name.clone(),
        node_name: place.alloc.node_name.clone(),
        task: place.task.clone(),
        exit_code,
        error: failed.as_ref().map(ToString::to_string),
        printed,
        failed,
    }
}

/// What is told of an allocation in which nothing was started.
fn not_reached(alloc: &AllocStub) -> TaskOutcome {
    TaskOutcome {
        alloc_id: alloc.id.clone(),
        name: alloc.name.clone(),
        node_name: alloc.node_name.clone(),
        task: String::new(),
        exit_code: None,
        error: Some(why_unreached(alloc)),
        printed: None,
        failed: None,
    }
}
