//! One task at its client: prepared, started, restarted by policy, stopped (`nomad-api.md §5`).

use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::job::{RestartPolicy, Task};
use crate::api::wire::Nanos;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::job::Kind;
use crate::sandbox::state::task::{EventKind, Phase, TaskEvent, TaskState, WITHIN_POLICY};
use crate::sandbox::world::clients::behaviour::{Behaviour, Exit, ProcessEnd};

/// How long the client takes to build a task's directory.
const BUILD: Duration = Duration::from_millis(8);
/// How long hooks and driver take to start a task.
const START: Duration = Duration::from_millis(60);
/// How long a process takes to end when it is told to.
const STOP: Duration = Duration::from_millis(2);
/// How long the longest `kill_timeout` may be.
const MAX_KILL_TIMEOUT: Nanos = Nanos::from_secs(30);
/// The kill timeout of tasks that name none.
const KILL_TIMEOUT: Nanos = Nanos::from_secs(5);

/// When a task runs beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    PrestartOnce,
    PrestartSidecar,
    Main,
    PoststartOnce,
    PoststartSidecar,
    Poststop,
}

impl Role {
    fn of(task: &Task) -> Self {
        let Some(lifecycle) = &task.lifecycle else { return Role::Main };
        match (lifecycle.hook.as_str(), lifecycle.sidecar) {
            ("prestart", false) => Role::PrestartOnce,
            ("prestart", true) => Role::PrestartSidecar,
            ("poststart", false) => Role::PoststartOnce,
            ("poststart", true) => Role::PoststartSidecar,
            ("poststop", _) => Role::Poststop,
            _ => Role::Main,
        }
    }

    pub(super) fn is_sidecar(self) -> bool {
        matches!(self, Role::PrestartSidecar | Role::PoststartSidecar)
    }
}

/// Where a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Its turn has not come.
    Waiting,
    /// Its directory is being built.
    Preparing,
    /// Its driver is starting it.
    Launching,
    /// It runs.
    Running,
    /// It is to stop after `shutdown_delay`.
    Delaying,
    /// It was told to stop.
    Stopping,
    /// It will be started again.
    Resting,
    /// It is over.
    Over,
}

/// What a task waits for; the world calls back with it.
pub(super) type Wait = Option<Duration>;

/// A task at its client.
#[derive(Debug)]
pub(super) struct TaskRunner {
    pub(super) name: Arc<str>,
    pub(super) role: Role,
    pub(super) leader: bool,
    pub(super) state: TaskState,
    pub(super) step: Step,
    /// Grows with every step, so that late callbacks are known.
    pub(super) turn: u64,
    behaviour: Behaviour,
    kill_timeout: Nanos,
    shutdown_delay: Duration,
    policy: RestartPolicy,
    restarts_on_success: bool,
    killed: bool,
    /// Whether somebody asked for a restart: the next end is no failure.
    restart_asked: bool,
    built: bool,
    /// Starts in the present interval, and when it began.
    attempts: u64,
    interval_began: Moment,
}

impl TaskRunner {
    pub(super) fn new(task: &Task, kind: Kind, behaviour: Behaviour, now: Moment) -> Self {
        let role = Role::of(task);
        let by_kind = matches!(kind, Kind::Service | Kind::System);
        let restarts_on_success = match role {
            Role::Main => by_kind,
            Role::PrestartSidecar | Role::PoststartSidecar => true,
            Role::PrestartOnce | Role::PoststartOnce | Role::Poststop => false,
        };
        let mut runner = TaskRunner {
            name: task.name.as_str().into(),
            role,
            leader: task.leader,
            state: TaskState::default(),
            step: Step::Waiting,
            turn: 0,
            behaviour,
            kill_timeout: KILL_TIMEOUT,
            shutdown_delay: Duration::ZERO,
            policy: RestartPolicy::default(),
            restarts_on_success,
            killed: false,
            restart_asked: false,
            built: false,
            attempts: 0,
            interval_began: now,
        };
        runner.update(task);
        runner
    }

    /// Takes over what may change while the task runs.
    pub(super) fn update(&mut self, task: &Task) {
        self.kill_timeout = task.kill_timeout.unwrap_or(KILL_TIMEOUT).min(MAX_KILL_TIMEOUT);
        self.shutdown_delay = task.shutdown_delay.unwrap_or_default().duration();
        self.policy = task.restart_policy.clone().unwrap_or_default();
    }

    /// Goes on with a task as the servers know it: the client came back, or it ran before anybody looked.
    pub(super) fn restore(&mut self, state: TaskState, now: Moment) -> Wait {
        self.built = true;
        self.step = match state.phase {
            Phase::Pending => Step::Waiting,
            Phase::Running => Step::Running,
            Phase::Dead => Step::Over,
        };
        let started = state.started_at;
        self.state = state;
        let run_for = self.behaviour.run_for.filter(|_| self.step == Step::Running)?;
        Some((started.unwrap_or(now) + run_for).since(now))
    }

    pub(super) fn is_dead(&self) -> bool {
        self.state.phase == Phase::Dead
    }

    /// Sends it a signal.
    pub(super) fn signal(&mut self, signal: &str, now: Moment) -> Result<(), String> {
        if self.step != Step::Running {
            return Err("Task not running".to_owned());
        }
        self.record(TaskEvent::new(EventKind::Signaling, now).with("signal", signal));
        self.behaviour.signal_error.clone().map_or(Ok(()), Err)
    }

    fn enter(&mut self, step: Step) {
        self.step = step;
        self.turn += 1;
    }

    pub(super) fn record(&mut self, event: TaskEvent) {
        self.state.record(event);
    }

    /// Its turn has come.
    pub(super) fn start(&mut self) -> Wait {
        self.enter(Step::Preparing);
        Some(if self.built { Duration::ZERO } else { BUILD })
    }

    /// What it waited for is there.
    pub(super) fn proceed(&mut self, now: Moment, rng: &mut fastrand::Rng) -> Wait {
        match self.step {
            Step::Waiting | Step::Over => None,
            Step::Preparing => {
                if !self.built {
                    self.built = true;
                    self.record(
                        TaskEvent::new(EventKind::Setup, now).with("message", "Building Task Directory"),
                    );
                }
                self.enter(Step::Launching);
                Some(START + self.behaviour.start_block_for)
            }
            Step::Launching => self.launched(now, rng),
            Step::Running => {
                let exit = self.behaviour.exit.clone();
                self.ended(&exit, now, rng)
            }
            Step::Delaying => Some(self.tell_to_stop()),
            Step::Stopping => {
                let exit = self.behaviour.killed.clone();
                self.ended(&exit, now, rng)
            }
            Step::Resting => self.start(),
        }
    }

    fn launched(&mut self, now: Moment, rng: &mut fastrand::Rng) -> Wait {
        if let Some((error, recoverable)) = self.behaviour.start_error.clone() {
            self.record(TaskEvent::new(EventKind::DriverFailure, now).with("driver_error", error));
            return self.restart_or_fail(None, recoverable, now, rng);
        }
        self.state.phase = Phase::Running;
        self.state.started_at = Some(now);
        self.record(TaskEvent::new(EventKind::Started, now));
        self.enter(Step::Running);
        if self.killed { Some(self.begin_stop(now, false)) } else { self.behaviour.run_for }
    }

    fn ended(&mut self, exit: &Exit, now: Moment, rng: &mut fastrand::Rng) -> Wait {
        let mut event = TaskEvent::new(EventKind::Terminated, now)
            .with("exit_code", exit.code.to_string())
            .with("signal", exit.signal.to_string())
            .with("oom_killed", exit.oom_killed.to_string());
        if let Some(message) = &exit.message {
            event = event.with("exit_message", message.clone());
        }
        self.record(event);
        if self.killed {
            self.record(TaskEvent::new(EventKind::Killed, now));
            return self.die(now);
        }
        self.restart_or_fail(Some(exit), true, now, rng)
    }

    /// The process behind it has ended by itself, or could not be started. Whether that matters: one that was told to end is
    /// over in its own time.
    pub(super) fn left(&mut self, how: &ProcessEnd, now: Moment, rng: &mut fastrand::Rng) -> Option<Wait> {
        if self.step != Step::Running {
            return None;
        }
        Some(match how {
            ProcessEnd::Exited { code, signal } => {
                self.ended(&Exit { code: *code, signal: *signal, ..Exit::default() }, now, rng)
            }
            ProcessEnd::Unstartable(error) => {
                self.record(
                    TaskEvent::new(EventKind::DriverFailure, now).with("driver_error", error.clone()),
                );
                self.restart_or_fail(None, false, now, rng)
            }
            ProcessEnd::Invalid(error) => {
                self.record(
                    TaskEvent::new(EventKind::FailedValidation, now).with("validation_error", error.clone()),
                );
                self.restart_or_fail(None, false, now, rng)
            }
        })
    }

    /// What the restart policy says to an end, or to a start that failed.
    fn restart_or_fail(
        &mut self,
        exit: Option<&Exit>,
        recoverable: bool,
        now: Moment,
        rng: &mut fastrand::Rng,
    ) -> Wait {
        if self.killed {
            return self.die(now);
        }
        if std::mem::take(&mut self.restart_asked) {
            return self.rest(Duration::ZERO, "", now);
        }
        let done = exit.is_some_and(Exit::is_success) && !self.restarts_on_success;
        if self.policy.attempts == 0 {
            return if done {
                self.die(now)
            } else {
                self.give_up("Policy allows no restarts".to_owned(), now)
            };
        }
        if now > self.interval_began + self.policy.interval {
            self.attempts = 0;
            self.interval_began = now;
        }
        self.attempts += 1;
        if done {
            return self.die(now);
        }
        if !recoverable {
            return self.give_up("Error was unrecoverable".to_owned(), now);
        }
        if self.attempts <= self.policy.attempts {
            let delay = self.policy.delay.0.max(1);
            let jitter = rng.i64(0..delay) / 4;
            return self.rest(Nanos(delay + jitter).duration(), WITHIN_POLICY, now);
        }
        if self.policy.mode == "fail" {
            let Nanos(interval) = self.policy.interval;
            let words = format!(
                "Exceeded allowed attempts {} in interval {} and mode is \"fail\"",
                self.policy.attempts,
                Nanos(interval)
            );
            return self.give_up(words, now);
        }
        let pause = (self.interval_began + self.policy.interval).since(now);
        self.rest(pause, "Exceeded allowed attempts, applying a delay", now)
    }

    fn rest(&mut self, pause: Duration, reason: &str, now: Moment) -> Wait {
        let event = TaskEvent::new(EventKind::Restarting, now)
            .with("restart_reason", reason)
            .with("start_delay", pause.as_nanos().to_string());
        self.record(event);
        self.state.phase = Phase::Pending;
        self.enter(Step::Resting);
        Some(pause)
    }

    fn give_up(&mut self, reason: String, now: Moment) -> Wait {
        let event = TaskEvent::new(EventKind::NotRestarting, now)
            .with("restart_reason", reason)
            .with("fails_task", "true");
        self.record(event);
        self.die(now)
    }

    fn die(&mut self, now: Moment) -> Wait {
        self.state.phase = Phase::Dead;
        self.state.finished_at.get_or_insert(now);
        self.enter(Step::Over);
        None
    }

    /// The task is to end. `delay` says whether its `shutdown_delay` is waited for.
    pub(super) fn kill(&mut self, delay: bool, now: Moment) -> Wait {
        if self.killed {
            return None;
        }
        self.killed = true;
        if self.state.finished_at.is_none() {
            let wait = self.kill_timeout.to_string();
            self.record(TaskEvent::new(EventKind::Killing, now).with("kill_timeout", wait));
        }
        match self.step {
            // A start cannot be interrupted: it is stopped when it is through.
            Step::Launching | Step::Over | Step::Delaying | Step::Stopping => None,
            Step::Waiting | Step::Preparing | Step::Resting => self.die(now),
            Step::Running => Some(self.begin_stop(now, delay)),
        }
    }

    fn begin_stop(&mut self, now: Moment, delay: bool) -> Duration {
        if self.shutdown_delay.is_zero() {
            return self.tell_to_stop();
        }
        let wait = Nanos::from(self.shutdown_delay);
        if !delay {
            let words = format!("Skipping shutdown_delay of {wait} before killing the task.");
            self.record(TaskEvent::new(EventKind::ShutdownDelaySkipped, now).saying(words));
            return self.tell_to_stop();
        }
        let words = format!("Waiting for shutdown_delay of {wait} before killing the task.");
        self.record(TaskEvent::new(EventKind::ShutdownDelay, now).saying(words));
        self.state.phase = Phase::Pending;
        self.enter(Step::Delaying);
        self.shutdown_delay
    }

    fn tell_to_stop(&mut self) -> Duration {
        self.enter(Step::Stopping);
        self.behaviour.kill_after + STOP
    }

    /// Somebody asked for a restart; whether the task runs at all.
    pub(super) fn restart(&mut self, words: &str, now: Moment) -> Option<Wait> {
        if self.step != Step::Running {
            return None;
        }
        self.restart_asked = true;
        self.record(TaskEvent::new(EventKind::RestartSignaled, now).with("restart_reason", words));
        Some(Some(self.tell_to_stop()))
    }
}
