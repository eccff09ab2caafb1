//! How a task behaves: what its own declaration says, in the fields of Nomad's `mock_driver`.
//!
//! Tasks of other drivers run until they are stopped.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::api::nomad::job::Task;
use crate::api::wire::parse_go_duration;
use crate::sandbox::placement::Machine;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::world::clients::names::Names;

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Exit {
    pub(super) code: i64,
    pub(super) signal: i64,
    pub(super) message: Option<String>,
    /// Whether it was ended for want of memory.
    pub(super) oom_killed: bool,
}

impl Exit {
    pub(super) fn is_success(&self) -> bool {
        self.code == 0 && self.signal == 0 && self.message.is_none()
    }
}

/// How a real process behind a task came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) enum ProcessEnd {
    /// It ended by itself.
    Exited {
        /// Its exit code.
        code: i64,
        /// The signal that ended it; 0 for none.
        signal: i64,
    },
    /// It was never there: why, in the driver's words.
    Unstartable(String),
    /// What its driver is to do makes no sense: why, in the client's words.
    Invalid(String),
}

/// What a task does when it is started and stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Behaviour {
    /// How long its start takes.
    pub(super) start_block_for: Duration,
    /// Why it does not start, and whether it is worth another try.
    pub(super) start_error: Option<(String, bool)>,
    /// How long it runs; for ever when none.
    pub(super) run_for: Option<Duration>,
    /// How it ends by itself.
    pub(super) exit: Exit,
    /// How long it goes on after it was told to stop.
    pub(super) kill_after: Duration,
    /// How it ends when it was told to stop.
    pub(super) killed: Exit,
    /// What the driver says to a signal.
    pub(super) signal_error: Option<String>,
}

/// The interrupt other drivers send: exit code and signal.
const INTERRUPTED: (i64, i64) = (130, 2);

impl Behaviour {
    /// The behaviour a task declares, its references to the node resolved.
    pub(super) fn of(task: &Task, alloc: &Alloc, machine: Option<&Machine>) -> Self {
        if task.driver != "mock_driver" {
            let (code, signal) = INTERRUPTED;
            let killed = Exit { code, signal, ..Exit::default() };
            return Behaviour { killed, ..Behaviour::default() };
        }
        match Behaviour::mock(&task.config, &Names { alloc, task: Some(task), machine }) {
            Ok(behaviour) => behaviour,
            Err(error) => Behaviour { start_error: Some((error, false)), ..Behaviour::default() },
        }
    }

    /// What the configuration of a `mock_driver` task says.
    fn mock(config: &Map<String, Value>, names: &Names<'_>) -> Result<Self, String> {
        let text = |field: &str| match config.get(field) {
            Some(Value::String(text)) => names.resolve(text),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(flag)) => flag.to_string(),
            _ => String::new(),
        };
        let wait = |field: &str| match text(field).as_str() {
            "" => Ok(Duration::ZERO),
            given => parse_go_duration(given).map(crate::api::wire::Nanos::duration).ok_or_else(|| {
                format!("{field} {given} not a valid duration: time: invalid duration {given:?}")
            }),
        };
        // Numbers that came as JSON are kept as floats.
        let number = |field: &str| {
            let text = text(field);
            text.strip_suffix(".0").unwrap_or(&text).parse().unwrap_or(0)
        };
        let some = |field: &str| Some(text(field)).filter(|t| !t.is_empty());
        let exit = Exit {
            code: number("exit_code"),
            signal: number("exit_signal"),
            message: some("exit_err_msg"),
            // A word of ours: no driver of Nomad's runs out of memory on request.
            oom_killed: text("exit_oom_killed") == "true",
        };
        let recoverable = text("start_error_recoverable") == "true";
        Ok(Behaviour {
            start_block_for: wait("start_block_for")?,
            start_error: some("start_error").map(|error| (error, recoverable)),
            run_for: Some(wait("run_for")?),
            exit: exit.clone(),
            kill_after: wait("kill_after")?,
            killed: Exit { oom_killed: false, ..exit },
            signal_error: some("signal_error"),
        })
    }
}
