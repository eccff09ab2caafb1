//! How a task behaves: what its own declaration says, in the fields of Nomad's `mock_driver`.
//!
//! Tasks of other drivers run until they are stopped.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::api::nomad::job::Task;
use crate::api::wire::parse_go_duration;
use crate::model::placement::Machine;
use crate::sandbox::state::alloc::Alloc;

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Exit {
    pub(super) code: i64,
    pub(super) signal: i64,
    pub(super) message: Option<String>,
}

impl Exit {
    pub(super) fn is_success(&self) -> bool {
        self.code == 0 && self.signal == 0 && self.message.is_none()
    }
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
            return Behaviour { killed: Exit { code, signal, message: None }, ..Behaviour::default() };
        }
        let names = Names { alloc, task, machine };
        match names.mock(&task.config) {
            Ok(behaviour) => behaviour,
            Err(error) => Behaviour { start_error: Some((error, false)), ..Behaviour::default() },
        }
    }
}

/// What `${…}` stands for in a task's configuration.
struct Names<'a> {
    alloc: &'a Alloc,
    task: &'a Task,
    machine: Option<&'a Machine>,
}

impl Names<'_> {
    fn mock(&self, config: &serde_json::Map<String, Value>) -> Result<Behaviour, String> {
        let text = |field: &str| match config.get(field) {
            Some(Value::String(text)) => self.resolve(text),
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
        let exit =
            Exit { code: number("exit_code"), signal: number("exit_signal"), message: some("exit_err_msg") };
        let recoverable = text("start_error_recoverable") == "true";
        Ok(Behaviour {
            start_block_for: wait("start_block_for")?,
            start_error: some("start_error").map(|error| (error, recoverable)),
            run_for: Some(wait("run_for")?),
            exit: exit.clone(),
            kill_after: wait("kill_after")?,
            killed: exit,
            signal_error: some("signal_error"),
        })
    }

    /// Replaces every `${…}`; what is unknown stays as it is.
    fn resolve(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
        let Some((name, after)) = rest.split_once('}') else { return text.to_owned() };
        let value = self.value(name.trim()).unwrap_or_else(|| format!("${{{name}}}"));
        format!("{before}{value}{}", self.resolve(after))
    }

    fn value(&self, name: &str) -> Option<String> {
        let name = name.strip_prefix("env[\"").and_then(|n| n.strip_suffix("\"]")).unwrap_or(name);
        let key = self.alloc.job_key();
        match name {
            "NOMAD_ALLOC_ID" => Some(self.alloc.id.to_string()),
            "NOMAD_ALLOC_NAME" => Some(self.alloc.name.to_string()),
            "NOMAD_ALLOC_INDEX" => Some(self.alloc.index().to_string()),
            "NOMAD_TASK_NAME" => Some(self.task.name.clone()),
            "NOMAD_GROUP_NAME" => Some(self.alloc.group.to_string()),
            "NOMAD_JOB_ID" => Some(key.id.to_string()),
            "NOMAD_JOB_NAME" => Some(self.alloc.job.spec.typed.name.clone()),
            "NOMAD_NAMESPACE" => Some(key.namespace.to_string()),
            _ => {
                let meta = name.strip_prefix("NOMAD_META_");
                meta.and_then(|m| self.meta(m)).or_else(|| self.task.env.get(name).cloned()).or_else(|| {
                    let target = format!("${{{name}}}");
                    self.machine.and_then(|m| m.value(&target)).map(str::to_owned)
                })
            }
        }
    }

    fn meta(&self, key: &str) -> Option<String> {
        let group = self.alloc.task_group().map(|g| &g.meta);
        let layers: [Option<&BTreeMap<String, String>>; 2] = [group, Some(&self.alloc.job.spec.typed.meta)];
        layers.into_iter().flatten().find_map(|meta| meta.get(key)).cloned()
    }
}
