//! The states of an allocation's tasks and what happened to them (`nomad-api.md §5`).

use std::sync::Arc;

use crate::api::wire::Nanos;
use crate::sandbox::moment::Moment;

/// How many events a task keeps (`nomad-api.md` T32).
const EVENTS_KEPT: usize = 10;

/// Whether a task waits, runs or has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Not started, or between restarts.
    #[default]
    Pending,
    /// Running.
    Running,
    /// Ended for good.
    Dead,
}

impl Phase {
    /// As `State` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Pending => "pending",
            Phase::Running => "running",
            Phase::Dead => "dead",
        }
    }
}

/// The state of one task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskState {
    /// Waiting, running or ended.
    pub phase: Phase,
    /// Whether it ended badly.
    pub failed: bool,
    /// How often it was restarted.
    pub restarts: u64,
    /// When it was last restarted.
    pub last_restart: Option<Moment>,
    /// When it last started.
    pub started_at: Option<Moment>,
    /// When it ended for good.
    pub finished_at: Option<Moment>,
    /// The newest events, oldest first.
    pub events: Vec<TaskEvent>,
}

impl TaskState {
    /// Adds an event; the oldest make room. An event that fails the task marks it failed.
    pub fn record(&mut self, event: TaskEvent) {
        self.failed |= event.detail("fails_task").is_some();
        if event.kind == EventKind::Restarting {
            self.restarts += 1;
            self.last_restart = Some(event.time);
        }
        self.events.push(event);
        let surplus = self.events.len().saturating_sub(EVENTS_KEPT);
        self.events.drain(..surplus);
    }

    /// Whether it ended well.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.phase == Phase::Dead && !self.failed
    }
}

/// The tasks of an allocation by name, in order.
pub type TaskStates = Vec<(Arc<str>, TaskState)>;

/// What kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The client has it.
    Received,
    /// Its directory is built.
    Setup,
    /// It runs.
    Started,
    /// It ended.
    Terminated,
    /// It will be started again.
    Restarting,
    /// It will not.
    NotRestarting,
    /// Somebody asked for a restart.
    RestartSignaled,
    /// A signal is sent.
    Signaling,
    /// It is told to stop.
    Killing,
    /// It was stopped.
    Killed,
    /// Another task failed.
    SiblingFailed,
    /// The leader ended.
    LeaderDead,
    /// Only sidecars were left.
    MainDead,
    /// The driver could not start it.
    DriverFailure,
    /// What its driver is to do makes no sense.
    FailedValidation,
    /// The client could not make it ready.
    SetupFailure,
    /// Its stop waits for `shutdown_delay`.
    ShutdownDelay,
    /// Its stop does not wait for `shutdown_delay`.
    ShutdownDelaySkipped,
    /// The allocation did not become healthy.
    Unhealthy,
    /// The node came back.
    Reconnected,
}

impl EventKind {
    /// As `Type` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Received => "Received",
            EventKind::Setup => "Task Setup",
            EventKind::Started => "Started",
            EventKind::Terminated => "Terminated",
            EventKind::Restarting => "Restarting",
            EventKind::NotRestarting => "Not Restarting",
            EventKind::RestartSignaled => "Restart Signaled",
            EventKind::Signaling => "Signaling",
            EventKind::Killing => "Killing",
            EventKind::Killed => "Killed",
            EventKind::SiblingFailed => "Sibling Task Failed",
            EventKind::LeaderDead => "Leader Task Dead",
            EventKind::MainDead => "Main Tasks Dead",
            EventKind::DriverFailure => "Driver Failure",
            EventKind::FailedValidation => "Failed Validation",
            EventKind::SetupFailure => "Setup Failure",
            EventKind::ShutdownDelay => "Waiting for shutdown delay",
            EventKind::ShutdownDelaySkipped => "Skipping shutdown delay",
            EventKind::Unhealthy => "Alloc Unhealthy",
            EventKind::Reconnected => "Reconnected",
        }
    }
}

/// Something that happened to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskEvent {
    /// What.
    pub kind: EventKind,
    /// When.
    pub time: Moment,
    /// More on it, by Nomad's keys.
    pub details: Vec<(&'static str, String)>,
    /// Words of the client's own, which stand before those the kind implies.
    pub display: String,
}

/// Why a restart needs no words (`nomad-api.md §5`).
pub const WITHIN_POLICY: &str = "Restart within policy";

impl TaskEvent {
    /// An event without details.
    #[must_use]
    pub fn new(kind: EventKind, time: Moment) -> Self {
        TaskEvent { kind, time, details: Vec::new(), display: String::new() }
    }

    /// The same with one more detail.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.details.push((key, value.into()));
        self
    }

    /// The same in other words.
    #[must_use]
    pub fn saying(mut self, display: String) -> Self {
        self.display = display;
        self
    }

    /// A detail by its key.
    #[must_use]
    pub fn detail(&self, key: &str) -> Option<&str> {
        self.details.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str())
    }

    /// A detail that is a number; 0 when there is none.
    #[must_use]
    pub fn number(&self, key: &str) -> i64 {
        self.detail(key).and_then(|v| v.parse().ok()).unwrap_or(0)
    }

    /// The message, which some kinds also keep as a detail.
    #[must_use]
    pub fn message(&self) -> &str {
        self.detail("message").or_else(|| self.detail("exit_message")).unwrap_or("")
    }

    /// What people read, as the HTTP layer fills it in.
    #[must_use]
    pub fn display_message(&self) -> String {
        if !self.display.is_empty() {
            return self.display.clone();
        }
        let or = |key: &str, words: &str| self.detail(key).unwrap_or(words).to_owned();
        match self.kind {
            EventKind::Received => "Task received by client".to_owned(),
            EventKind::Started => "Task started by client".to_owned(),
            EventKind::Terminated => self.exit_words(),
            EventKind::Restarting => {
                let pause = format!("Task restarting in {}", Nanos(self.number("start_delay")));
                match self.detail("restart_reason") {
                    Some(reason) if reason != WITHIN_POLICY && !reason.is_empty() => {
                        format!("{reason} - {pause}")
                    }
                    _ => pause,
                }
            }
            EventKind::NotRestarting => or("restart_reason", "Task exceeded restart policy"),
            EventKind::RestartSignaled => or("restart_reason", "Task signaled to restart"),
            EventKind::Signaling => match self.detail("task_signal") {
                Some(signal) => format!("Task being sent signal {signal}"),
                None => "Task being sent a signal".to_owned(),
            },
            EventKind::Killing => match (self.detail("kill_reason"), self.detail("kill_timeout")) {
                (Some(reason), _) => reason.to_owned(),
                (None, Some(wait)) => format!("Sent interrupt. Waiting {wait} before force killing"),
                (None, None) => "Sent interrupt".to_owned(),
            },
            EventKind::Killed => or("kill_error", "Task successfully killed"),
            EventKind::SiblingFailed => match self.detail("failed_sibling") {
                Some(sibling) => format!("Task's sibling {sibling:?} failed"),
                None => "Task's sibling failed".to_owned(),
            },
            EventKind::LeaderDead => "Leader Task in Group dead".to_owned(),
            EventKind::MainDead => "Main tasks in the group died".to_owned(),
            EventKind::DriverFailure => or("driver_error", "Failed to start task"),
            EventKind::FailedValidation => or("validation_error", "Validation of task failed"),
            EventKind::SetupFailure => or("setup_error", "Task setup failed"),
            EventKind::Reconnected => "Client reconnected".to_owned(),
            EventKind::Setup
            | EventKind::ShutdownDelay
            | EventKind::ShutdownDelaySkipped
            | EventKind::Unhealthy => self.message().to_owned(),
        }
    }

    fn exit_words(&self) -> String {
        let mut words = format!("Exit Code: {}", self.number("exit_code"));
        if self.number("signal") != 0 {
            words += &format!(", Signal: {}", self.number("signal"));
        }
        if !self.message().is_empty() {
            words += &format!(", Exit Message: {:?}", self.message());
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(n: i64) -> Moment {
        Moment::from_nanos(n)
    }

    #[test]
    fn only_the_newest_ten_events_are_kept() {
        let mut state = TaskState::default();
        for n in 0..12 {
            state.record(TaskEvent::new(EventKind::Restarting, at(n)));
        }
        assert_eq!((state.events.len(), state.events[0].time, state.restarts), (10, at(2), 12));
        assert!(!state.failed);
        state.record(TaskEvent::new(EventKind::NotRestarting, at(20)).with("fails_task", "true"));
        assert!(state.failed);
    }

    #[test]
    fn events_are_told_in_nomads_words() {
        let event = |kind| TaskEvent::new(kind, at(0));
        let exit =
            event(EventKind::Terminated).with("exit_code", "3").with("signal", "9").with("exit_message", "x");
        assert_eq!(exit.display_message(), r#"Exit Code: 3, Signal: 9, Exit Message: "x""#);
        let again = event(EventKind::Restarting).with("start_delay", "15500000000");
        assert_eq!(
            again.clone().with("restart_reason", WITHIN_POLICY).display_message(),
            "Task restarting in 15.5s"
        );
        assert_eq!(again.with("restart_reason", "R").display_message(), "R - Task restarting in 15.5s");
        let killing = event(EventKind::Killing).with("kill_timeout", "5s");
        assert_eq!(killing.display_message(), "Sent interrupt. Waiting 5s before force killing");
    }
}
