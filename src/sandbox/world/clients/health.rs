//! When a client calls an allocation healthy (`nomad-api.md §2.4`, §3.6).

use std::time::Duration;

use crate::api::nomad::job::TaskGroup;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::task::Phase;
use crate::sandbox::world::clients::task::{Role, TaskRunner};

/// What is watched of an allocation until its health is decided.
#[derive(Debug)]
pub(super) struct HealthWatch {
    /// Grows with every watch, so that late callbacks are known.
    pub(super) turn: u64,
    /// Whether a deployment wants to know, or only a migration.
    pub(super) deployment: bool,
    /// By when it must be healthy.
    pub(super) deadline: Moment,
    /// How long it must do well.
    pub(super) min_healthy: Duration,
    /// Whether its checks must pass too.
    pub(super) checks: bool,
    started: Option<Moment>,
    tasks_healthy: bool,
    checks_good_since: Option<Moment>,
}

/// What a look at an allocation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing yet.
    Open,
    /// Its tasks have just come up: look again after `min_healthy`.
    Wait,
    /// Decided.
    Healthy(bool),
}

/// When health must be decided, and by what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    pub(super) deadline: Duration,
    pub(super) min_healthy: Duration,
    pub(super) checks: bool,
}

impl Terms {
    /// The terms of a deployment or of a migration; none where somebody decides by hand.
    pub(super) fn of(group: &TaskGroup, deployment: bool) -> Option<Self> {
        if deployment {
            let update =
                group.update.as_ref().filter(|u| u.max_parallel > 0 && u.health_check != "manual")?;
            return Some(Terms {
                deadline: update.healthy_deadline.duration(),
                min_healthy: update.min_healthy_time.duration(),
                checks: update.health_check == "checks",
            });
        }
        let Some(migrate) = &group.migrate else {
            return Some(Terms {
                deadline: Duration::from_secs(300),
                min_healthy: Duration::from_secs(10),
                checks: true,
            });
        };
        Some(Terms {
            deadline: migrate.healthy_deadline.duration(),
            min_healthy: migrate.min_healthy_time.duration(),
            checks: migrate.health_check == "checks",
        })
    }
}

impl HealthWatch {
    pub(super) fn new(turn: u64, terms: Terms, deployment: bool, has_checks: bool, now: Moment) -> Self {
        HealthWatch {
            turn,
            deployment,
            deadline: now + terms.deadline,
            min_healthy: terms.min_healthy,
            checks: terms.checks && has_checks,
            started: None,
            tasks_healthy: false,
            checks_good_since: None,
        }
    }

    /// Looks at the tasks after one of them changed.
    pub(super) fn look(&mut self, tasks: &[TaskRunner]) -> Verdict {
        let mut latest = None;
        let mut pending = false;
        for task in tasks {
            let state = &task.state;
            let done_once = task.role == Role::PoststartOnce && state.succeeded();
            if task.role == Role::Poststop || done_once {
                continue;
            }
            if state.failed || (state.finished_at.is_some() && task.role != Role::PrestartOnce) {
                return Verdict::Healthy(false);
            }
            pending |= state.phase == Phase::Pending;
            latest = latest.max(state.started_at);
        }
        let latest = latest.filter(|_| !pending);
        if latest == self.started {
            return Verdict::Open;
        }
        self.started = latest;
        self.tasks_healthy = false;
        if latest.is_some() { Verdict::Wait } else { Verdict::Open }
    }

    /// `min_healthy` has passed since the tasks came up at `since`.
    pub(super) fn tasks_lasted(&mut self, since: Moment) -> Verdict {
        if self.started != Some(since) {
            return Verdict::Open;
        }
        self.tasks_healthy = true;
        if self.checks { Verdict::Open } else { Verdict::Healthy(true) }
    }

    pub(super) fn started(&self) -> Option<Moment> {
        self.started
    }

    /// Looks at the checks: they must pass for `min_healthy` on end, and the tasks must have come up by then.
    pub(super) fn checks_look(&mut self, passing: bool, now: Moment) -> Verdict {
        if !passing {
            self.checks_good_since = None;
            return Verdict::Open;
        }
        let since = *self.checks_good_since.get_or_insert(now);
        if now < since + self.min_healthy {
            return Verdict::Open;
        }
        if self.tasks_healthy {
            return Verdict::Healthy(true);
        }
        self.checks_good_since = None;
        Verdict::Open
    }

    /// Why it is not healthy at its deadline, task by task, in the client's words.
    pub(super) fn complaint(&self, task: &TaskRunner, group: &TaskGroup) -> Option<String> {
        let update = group.update.clone().unwrap_or_default();
        let state = &task.state;
        if state.failed {
            return Some("Unhealthy because of failed task".to_owned());
        }
        match state.phase {
            Phase::Pending => {
                Some(format!("Task not running by healthy_deadline of {}", update.healthy_deadline))
            }
            Phase::Dead if matches!(task.role, Role::Main) || task.role.is_sidecar() => {
                Some("Unhealthy because of dead task".to_owned())
            }
            Phase::Running if state.started_at.is_some_and(|at| at + self.min_healthy > self.deadline) => {
                Some(format!(
                    "Task not running for min_healthy_time of {} by healthy_deadline of {}",
                    update.min_healthy_time, update.healthy_deadline
                ))
            }
            _ => None,
        }
    }
}
