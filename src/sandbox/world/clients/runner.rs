//! One allocation at its client: its tasks in their order, its health; how it ends is in `ending.rs`.

mod ending;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::allocation::ClientStatus;
use crate::sandbox::consul::Registration;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Machine;
use crate::sandbox::state::Report;
use crate::sandbox::state::alloc::{Alloc, Health};
use crate::sandbox::state::job::Kind;
use crate::sandbox::state::task::{EventKind, Phase, TaskEvent, TaskStates};
use crate::sandbox::world::clients::behaviour::{Behaviour, ProcessEnd};
use crate::sandbox::world::clients::checks::Check;
use crate::sandbox::world::clients::health::{HealthWatch, Terms, Verdict};
use crate::sandbox::world::clients::task::{Role, Step, TaskRunner, Wait};
use ending::Killing;

/// How often the client looks at the checks of an allocation whose health is open.
const CHECK_LOOK: Duration = Duration::from_millis(500);

/// What an allocation at its client waits for. The numbers say whose turn it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timer {
    /// A step of the task with this number.
    Task(usize, u64),
    /// The tasks came up at this moment and have lasted since.
    Lasted(u64, Moment),
    /// The group's `shutdown_delay` is over.
    Delayed,
    /// The health must be decided.
    HealthDeadline(u64),
    /// The checks are looked at.
    CheckLook(u64),
    /// The check with this number is run.
    Check(usize),
}

/// Which tasks may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Prestart,
    Main,
    Poststart,
    Rest,
    Poststop,
}

/// What a runner is called with.
pub(super) struct Call<'a> {
    pub(super) now: Moment,
    pub(super) rng: &'a mut fastrand::Rng,
    /// What the runner waits for from now on.
    pub(super) timers: Vec<(Duration, Timer)>,
}

/// An allocation at its client.
#[derive(Debug)]
pub(in crate::sandbox::world) struct Runner {
    pub(in crate::sandbox::world) alloc: Arc<Alloc>,
    /// The node, unless the servers forgot it.
    pub(in crate::sandbox::world) machine: Option<Arc<Machine>>,
    pub(super) tasks: Vec<TaskRunner>,
    /// Whether it still waits for the allocation it replaces.
    pub(in crate::sandbox::world) waiting: bool,
    /// Whether it never turns healthy, whatever it does.
    cursed: bool,
    stage: Stage,
    killing: Option<Killing>,
    delay_shutdown: bool,
    /// Whether the group's `shutdown_delay` has begun.
    delaying: bool,
    health: Option<Health>,
    watch: Option<HealthWatch>,
    watches: u64,
    pub(in crate::sandbox::world) checks: Vec<Check>,
    /// What the servers were told last.
    pub(super) told: Option<(ClientStatus, Option<bool>)>,
    /// Its registered services, by their ids.
    pub(in crate::sandbox::world) registered: BTreeSet<String>,
    /// What it keeps in Consul.
    pub(in crate::sandbox::world) in_consul: Vec<Registration>,
}

impl Runner {
    /// An allocation the client has just been given.
    pub(super) fn new(alloc: Arc<Alloc>, machine: Option<Arc<Machine>>, cursed: bool, now: Moment) -> Self {
        let group = alloc.task_group().cloned().unwrap_or_default();
        let tasks = group
            .tasks
            .iter()
            .map(|task| {
                let behaviour = Behaviour::of(task, &alloc, machine.as_deref());
                let mut runner = TaskRunner::new(task, alloc.job.kind(), behaviour, now);
                runner.record(TaskEvent::new(EventKind::Received, now));
                runner
            })
            .collect();
        Runner {
            alloc,
            machine,
            tasks,
            waiting: true,
            cursed,
            stage: Stage::Prestart,
            killing: None,
            delay_shutdown: true,
            delaying: false,
            health: None,
            watch: None,
            watches: 0,
            checks: Vec::new(),
            told: None,
            registered: BTreeSet::new(),
            in_consul: Vec::new(),
        }
    }

    /// Goes on with an allocation as the servers know it; they may want it to stop or to show its health again. Whether
    /// there is anything to tell.
    pub(super) fn restore(&mut self, call: &mut Call<'_>) -> bool {
        self.waiting = false;
        self.stage = Stage::Rest;
        self.health = self.alloc.health.filter(|h| h.healthy.is_some());
        self.told = Some((self.alloc.client, self.alloc.healthy()));
        let alloc = Arc::clone(&self.alloc);
        for (name, state) in &alloc.tasks {
            if let Some(at) = self.tasks.iter().position(|t| t.name == *name) {
                let wait = self.tasks[at].restore(state.clone(), call.now);
                self.wait_for(at, wait, call);
            }
        }
        self.begin_checks(call);
        if alloc.server_terminal() {
            self.kill(call);
        } else {
            self.watch_health(call);
            self.look_at_health(call);
        }
        alloc.server_terminal()
    }

    fn wait_for(&self, task: usize, wait: Wait, call: &mut Call<'_>) {
        if let Some(wait) = wait {
            call.timers.push((wait, Timer::Task(task, self.tasks[task].turn)));
        }
    }

    /// What it replaces has ended: it begins.
    pub(super) fn begin(&mut self, call: &mut Call<'_>) {
        self.waiting = false;
        self.watch_health(call);
        self.begin_checks(call);
        self.follow_up(call);
    }

    fn begin_checks(&mut self, call: &mut Call<'_>) {
        if let Some(group) = self.alloc.task_group() {
            self.checks = Check::all(&self.alloc, group, self.machine.as_deref(), call.now);
        }
        for (at, check) in self.checks.iter().enumerate() {
            call.timers.push((check.interval.duration() / 2, Timer::Check(at)));
        }
    }

    /// Begins to watch its health, unless it is decided or nobody asks.
    fn watch_health(&mut self, call: &mut Call<'_>) {
        self.watch = None;
        let tracked = matches!(self.alloc.job.kind(), Kind::Service | Kind::System);
        if !tracked || self.health.is_some_and(|h| h.healthy.is_some()) {
            return;
        }
        let deployment = self.alloc.deployment_id.is_some();
        let Some(group) = self.alloc.task_group() else { return };
        let Some(terms) = Terms::of(group, deployment) else { return };
        let has_checks = group.all_services().any(|s| !s.checks.is_empty());
        self.watches += 1;
        let watch = HealthWatch::new(self.watches, terms, deployment, has_checks, call.now);
        call.timers.push((terms.deadline, Timer::HealthDeadline(watch.turn)));
        if watch.checks {
            call.timers.push((CHECK_LOOK, Timer::CheckLook(watch.turn)));
        }
        self.watch = Some(watch);
    }

    /// What it waited for is there. Whether anything of it changed.
    pub(super) fn on(&mut self, timer: &Timer, call: &mut Call<'_>) -> bool {
        match timer {
            Timer::Task(at, turn) => {
                let Some(task) = self.tasks.get_mut(*at).filter(|t| t.turn == *turn) else { return false };
                let wait = task.proceed(call.now, call.rng);
                self.wait_for(*at, wait, call);
                self.follow_up(call);
                return true;
            }
            Timer::Lasted(turn, since) => {
                let verdict = self.watch.as_mut().filter(|w| w.turn == *turn).map(|w| w.tasks_lasted(*since));
                return self.settle_health(verdict, call);
            }
            Timer::Delayed => {
                if self.killing == Some(Killing::Delayed) {
                    self.killing = Some(Killing::Leader);
                }
                self.follow_up(call);
                return true;
            }
            Timer::HealthDeadline(turn) => {
                let due = self.watch.as_ref().is_some_and(|w| w.turn == *turn);
                return self.settle_health(due.then_some(Verdict::Healthy(false)), call);
            }
            Timer::CheckLook(turn) => {
                let passing = self.tasks_run() && self.checks.iter().all(Check::allows);
                let Some(watch) = self.watch.as_mut().filter(|w| w.turn == *turn) else { return false };
                let verdict = watch.checks_look(passing, call.now);
                call.timers.push((CHECK_LOOK, Timer::CheckLook(*turn)));
                return self.settle_health(Some(verdict), call);
            }
            Timer::Check(at) => {
                let running = self.tasks_run();
                if self.killing.is_none()
                    && let Some(check) = self.checks.get_mut(*at)
                {
                    check.run(running, call.now);
                    call.timers.push((check.interval.duration(), Timer::Check(*at)));
                }
            }
        }
        false
    }

    /// The process of a task's run came to nothing by itself. Whether anything of it changed.
    pub(super) fn left(
        &mut self,
        task: &str,
        began: Option<Moment>,
        how: &ProcessEnd,
        call: &mut Call<'_>,
    ) -> bool {
        let meant = |t: &TaskRunner| *t.name == *task && t.state.started_at == began;
        let Some(at) = self.tasks.iter().position(meant) else { return false };
        let Some(wait) = self.tasks[at].left(how, call.now, call.rng) else { return false };
        self.wait_for(at, wait, call);
        self.follow_up(call);
        true
    }

    fn tasks_run(&self) -> bool {
        let main = |t: &&TaskRunner| t.role == Role::Main;
        self.tasks.iter().filter(main).all(|t| t.state.phase == Phase::Running)
    }

    /// Draws the consequences of a changed task: the end of others, the turn of the next, the health.
    fn follow_up(&mut self, call: &mut Call<'_>) {
        if self.waiting {
            return;
        }
        self.end_with_others(call);
        self.go_on_killing(call);
        self.open_gates(call);
        self.look_at_health(call);
    }

    /// Lets the tasks start whose turn has come.
    fn open_gates(&mut self, call: &mut Call<'_>) {
        loop {
            let next = self.next_stage();
            if next == self.stage {
                break;
            }
            self.stage = next;
        }
        for at in 0..self.tasks.len() {
            let task = &self.tasks[at];
            if task.step == Step::Waiting && self.may_start(task.role) {
                let wait = self.tasks[at].start();
                self.wait_for(at, wait, call);
            }
        }
    }

    fn may_start(&self, role: Role) -> bool {
        match role {
            Role::PrestartOnce => self.stage == Stage::Prestart,
            Role::PrestartSidecar => self.stage < Stage::Poststop,
            Role::Main => (Stage::Main..Stage::Poststop).contains(&self.stage),
            Role::PoststartOnce => self.stage == Stage::Poststart,
            Role::PoststartSidecar => matches!(self.stage, Stage::Poststart | Stage::Rest),
            Role::Poststop => self.stage == Stage::Poststop,
        }
    }

    fn next_stage(&self) -> Stage {
        let all = |role: Role, done: fn(&TaskRunner) -> bool| {
            self.tasks.iter().filter(|t| t.role == role).all(done)
        };
        if self.tasks.iter().filter(|t| t.role != Role::Poststop).all(TaskRunner::is_dead) {
            return Stage::Poststop;
        }
        let runs = |t: &TaskRunner| t.state.phase == Phase::Running;
        match self.stage {
            Stage::Prestart
                if all(Role::PrestartOnce, |t| t.state.succeeded()) && all(Role::PrestartSidecar, runs) =>
            {
                Stage::Main
            }
            Stage::Main if all(Role::Main, |t| t.state.phase != Phase::Pending) => Stage::Poststart,
            Stage::Poststart if all(Role::PoststartOnce, TaskRunner::is_dead) => Stage::Rest,
            stage => stage,
        }
    }

    fn look_at_health(&mut self, call: &mut Call<'_>) {
        let verdict = self.watch.as_mut().map(|watch| watch.look(&self.tasks));
        let verdict = verdict.filter(|v| !(self.cursed && *v == Verdict::Wait));
        self.settle_health(verdict, call);
    }

    /// Decides on the health, or waits on. Whether it was decided.
    fn settle_health(&mut self, verdict: Option<Verdict>, call: &mut Call<'_>) -> bool {
        match verdict {
            None | Some(Verdict::Open) => false,
            Some(Verdict::Wait) => {
                if let Some(watch) = &self.watch
                    && let Some(since) = watch.started()
                {
                    call.timers.push((watch.min_healthy, Timer::Lasted(watch.turn, since)));
                }
                false
            }
            Some(Verdict::Healthy(healthy)) => {
                let Some(watch) = self.watch.take() else { return false };
                let told = Health { healthy: Some(healthy), timestamp: Some(call.now), ..Health::default() };
                self.health = Some(told);
                if !healthy && watch.deployment && !self.alloc.server_terminal() {
                    let group = self.alloc.task_group().cloned().unwrap_or_default();
                    for task in &mut self.tasks {
                        if let Some(words) = watch.complaint(task, &group) {
                            let event = TaskEvent::new(EventKind::Unhealthy, call.now).with("message", words);
                            task.record(event);
                        }
                    }
                }
                true
            }
        }
    }

    /// The servers changed the allocation.
    pub(super) fn update(&mut self, alloc: Arc<Alloc>, call: &mut Call<'_>) {
        let stops = !self.alloc.terminal() && alloc.terminal();
        if alloc.transition.no_shutdown_delay == Some(true) {
            self.delay_shutdown = false;
            self.go_on_killing(call);
        }
        let redeployed = alloc.deployment_id != self.alloc.deployment_id;
        self.alloc = alloc;
        if let Some(group) = self.alloc.task_group() {
            for task in &group.tasks {
                if let Some(runner) = self.tasks.iter_mut().find(|t| *t.name == *task.name) {
                    runner.update(task);
                }
            }
        }
        if stops {
            self.kill(call);
        } else if !self.alloc.terminal() && !self.waiting {
            if redeployed {
                self.health = None;
            }
            self.watch_health(call);
            self.look_at_health(call);
        }
    }

    /// Restarts a task, or all that run.
    pub(super) fn restart(
        &mut self,
        task: Option<&str>,
        words: &str,
        call: &mut Call<'_>,
    ) -> Result<(), String> {
        let mut any = false;
        for at in 0..self.tasks.len() {
            if task.is_none_or(|name| *self.tasks[at].name == *name)
                && let Some(wait) = self.tasks[at].restart(words, call.now)
            {
                any = true;
                self.wait_for(at, wait, call);
            }
        }
        if !any && task.is_some() {
            return Err("Task not running".to_owned());
        }
        Ok(())
    }

    /// The state of the whole, as the client tells it.
    pub(super) fn status(&self) -> (ClientStatus, &'static str) {
        let any = |phase: Phase| self.tasks.iter().any(|t| t.state.phase == phase);
        if self.tasks.iter().any(|t| t.is_dead() && t.state.failed) {
            (ClientStatus::Failed, "Failed tasks")
        } else if any(Phase::Running) {
            (ClientStatus::Running, "Tasks are running")
        } else if any(Phase::Pending) {
            (ClientStatus::Pending, "No tasks have started")
        } else {
            (ClientStatus::Complete, "All tasks have completed")
        }
    }

    /// Whether a task of it runs.
    pub(in crate::sandbox::world) fn runs(&self, task: &str) -> bool {
        self.tasks.iter().any(|t| *t.name == *task && t.state.phase == Phase::Running)
    }

    /// Whether a task of it has not been told to end yet: it waits for its `shutdown_delay`, or for the end of others.
    pub(in crate::sandbox::world) fn is_left_alone(&self, task: &str) -> bool {
        self.tasks.iter().any(|t| *t.name == *task && t.step == Step::Running)
    }

    /// Whether nothing of it will happen any more.
    pub(in crate::sandbox::world) fn is_over(&self) -> bool {
        self.tasks.iter().all(TaskRunner::is_dead)
    }

    /// What the client tells the servers.
    pub(super) fn report(&self, now: Moment) -> Report {
        let (status, description) = self.status();
        let mut health = self.health;
        let undecided = health.is_none_or(|h| h.healthy.is_none());
        if status == ClientStatus::Failed && self.alloc.deployment_id.is_some() && undecided {
            health = Some(Health { healthy: Some(false), ..Health::default() });
        }
        let mut tasks: TaskStates =
            self.tasks.iter().map(|t| (Arc::clone(&t.name), t.state.clone())).collect();
        tasks.sort_by(|a, b| a.0.cmp(&b.0));
        if status.is_terminal() {
            for (_, task) in &mut tasks {
                task.finished_at.get_or_insert(now);
            }
        }
        Report { id: self.alloc.id, status, description, tasks, health }
    }

    /// Whether it was told to stop, or ends with one of its tasks.
    pub(in crate::sandbox::world) fn is_ending(&self) -> bool {
        self.killing.is_some()
    }

    pub(super) fn healthy(&self) -> Option<bool> {
        self.health.and_then(|h| h.healthy)
    }
}
