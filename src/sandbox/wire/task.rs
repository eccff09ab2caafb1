//! Tasks' states and events as lists and allocations show them.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::sandbox::moment::Moment;
use crate::sandbox::state::task::{TaskEvent, TaskState, TaskStates};

/// The tasks of an allocation by name; `null` before the client's first report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tasks<'a>(pub(super) &'a TaskStates);

impl Serialize for Tasks<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            return s.serialize_none();
        }
        let mut map = s.serialize_map(Some(self.0.len()))?;
        for (name, state) in self.0 {
            map.serialize_entry(&**name, &Task::of(state))?;
        }
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Task<'a> {
    events: Events<'a>,
    failed: bool,
    finished_at: Option<Moment>,
    last_restart: Option<Moment>,
    paused: &'static str,
    restarts: u64,
    started_at: Option<Moment>,
    state: &'static str,
}

impl<'a> Task<'a> {
    fn of(state: &'a TaskState) -> Self {
        Task {
            events: Events(&state.events),
            failed: state.failed,
            finished_at: state.finished_at,
            last_restart: state.last_restart,
            paused: "",
            restarts: state.restarts,
            started_at: state.started_at,
            state: state.phase.as_str(),
        }
    }
}

struct Events<'a>(&'a [TaskEvent]);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            return s.serialize_none();
        }
        s.collect_seq(self.0.iter().map(Event::of))
    }
}

/// An event with the scalars Nomad keeps beside its details for older clients.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    details: BTreeMap<&'static str, &'a str>,
    disk_limit: i64,
    display_message: String,
    download_error: &'a str,
    driver_error: &'a str,
    driver_message: &'a str,
    exit_code: i64,
    failed_sibling: &'a str,
    fails_task: bool,
    generic_source: &'static str,
    kill_error: &'a str,
    kill_reason: &'a str,
    kill_timeout: i64,
    message: &'a str,
    restart_reason: &'a str,
    setup_error: &'a str,
    signal: i64,
    start_delay: i64,
    task_signal: &'a str,
    task_signal_reason: &'a str,
    time: i64,
    #[serde(rename = "Type")]
    kind: &'static str,
    validation_error: &'a str,
    vault_error: &'static str,
}

impl<'a> Event<'a> {
    fn of(event: &'a TaskEvent) -> Self {
        let text = |key| event.detail(key).unwrap_or("");
        Event {
            details: event.details.iter().map(|(key, value)| (*key, value.as_str())).collect(),
            disk_limit: 0,
            display_message: event.display_message(),
            download_error: "",
            driver_error: text("driver_error"),
            driver_message: "",
            exit_code: event.number("exit_code"),
            failed_sibling: text("failed_sibling"),
            fails_task: event.detail("fails_task").is_some(),
            generic_source: "",
            kill_error: text("kill_error"),
            kill_reason: text("kill_reason"),
            kill_timeout: crate::api::wire::parse_go_duration(text("kill_timeout")).unwrap_or_default().0,
            message: event.message(),
            restart_reason: text("restart_reason"),
            setup_error: text("setup_error"),
            signal: event.number("signal"),
            start_delay: event.number("start_delay"),
            task_signal: text("task_signal"),
            task_signal_reason: text("task_signal_reason"),
            time: event.time.nanos(),
            kind: event.kind.as_str(),
            validation_error: "",
            vault_error: "",
        }
    }
}
