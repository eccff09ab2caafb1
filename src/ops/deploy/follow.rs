//! Following a version from its registration to its end: look, decide, act, until one of the ends is reached.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::act;
use super::end::{End, NOTHING_BEFORE};
use super::event::{Event, Record};
use super::evidence;
use super::gates::Gate;
use super::watch::JobWatch;
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::permission::Permission;
use crate::clock::SharedClock;
use crate::error::Result;
use crate::interrupts::{Interrupt, Orderly};
use crate::model::deployment_health;
use crate::model::ids::job_words;
use crate::model::job_diff::Secrets;
use crate::model::rollout::gate::{Answer, Verdict, Watchman};
use crate::model::rollout::{self, Rollback, State, Target};
use crate::model::words;
use crate::ops::migration::alloc_ref;
use crate::ops::observe::Observer;

/// Who promotes healthy canaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promotion {
    /// The servers, if the file says so; else somebody, later.
    AsWritten,
    /// Somebody, later.
    Manual,
    /// This run, once every gate has held for this long.
    WhenGatesHold(Duration),
}

/// How to follow.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who promotes.
    pub promotion: Promotion,
    /// What is asked before promoting.
    pub gates: Vec<Gate>,
    /// How often gates are asked.
    pub every: Duration,
    /// How many crashes fail the deployment; none means never.
    pub most_crashes: Option<u64>,
    /// How long to wait for room; Nomad itself waits for ever. The progress deadline when none.
    pub blocked_for: Option<Duration>,
    /// Whether to bring the version before back when the servers do not.
    pub rollback: bool,
    /// Whether to fail the version's deployment, which may only be about to be made, instead of waiting for it.
    pub take_back: bool,
    /// When waiting ends.
    pub until: Option<Timestamp>,
}

/// A rollout under way.
pub struct Follow<'a> {
    /// The client.
    pub nomad: Http,
    /// The client of Consul, when there is one.
    pub consul: Option<Http>,
    /// Permission to promote, fail and roll back.
    pub permission: &'a Permission,
    /// The version.
    pub target: Target,
    /// How.
    pub options: Options,
    /// What must not be shown.
    pub secrets: Secrets,
    /// Hears what happens.
    pub observer: &'a mut dyn Observer<Record>,
    /// The clock.
    pub clock: SharedClock,
    /// Ctrl-C.
    pub orderly: Orderly,
}

/// What is remembered from one look to the next.
#[derive(Default)]
struct Memory {
    deployment: Option<String>,
    allocs: BTreeMap<String, (Option<bool>, bool)>,
    blocked_since: Option<Timestamp>,
    told_unplaced: bool,
    told_ready: bool,
    told_failed: bool,
    told_rollback: bool,
    aborted: Option<String>,
    promoted: bool,
    watchman: Watchman,
    answers: Vec<(String, Answer)>,
    asked_at: Option<Timestamp>,
    /// Why an earlier version is being brought back by this run.
    rolling: Option<String>,
}

/// What to do after a look.
enum Next {
    Wait(String),
    End(End),
}

impl Follow<'_> {
    /// Follows to an end. Ctrl-C ends following, not the rollout.
    ///
    /// # Errors
    /// Interrupted (130), or an API fault that outlasts all patience.
    pub async fn run(&mut self) -> Result<End> {
        self.nomad = self.nomad.with_patience(Patience::OPERATION);
        let mut watch = JobWatch::new(&self.nomad, &self.target.namespace, &self.target.job);
        let mut memory = Memory::default();
        loop {
            let all = tokio::select! {
                all = watch.next() => all?,
                interrupt = self.orderly.requested() => return Err(self.left_alone(interrupt)),
            };
            if !all {
                continue;
            }
            let now = self.clock.now();
            watch.seen.sight(now);
            self.tell_allocs(&watch, &mut memory)?;
            let state = rollout::look(&self.target, &watch.seen, now);
            let waits = match self.decide(&state, &watch, &mut memory).await? {
                Next::End(end) => {
                    self.tell(Event::Ended { end: end.clone() })?;
                    return Ok(end);
                }
                Next::Wait(waits) => waits,
            };
            self.observer.waiting(&self.lines(&watch, &waits));
            if self.options.until.is_some_and(|until| now >= until) {
                let end = End::TimedOut { waits };
                self.tell(Event::Ended { end: end.clone() })?;
                return Ok(end);
            }
        }
    }

    async fn decide(&mut self, state: &State, watch: &JobWatch, memory: &mut Memory) -> Result<Next> {
        if self.options.take_back
            && memory.aborted.is_none()
            && memory.rolling.is_none()
            && let Some(deployment) = watch.seen.deployment(&self.target).filter(|d| d.status.is_active())
        {
            return self.abort(deployment, "by hand".to_owned(), memory).await;
        }
        if !matches!(state, State::Blocked { .. }) {
            memory.blocked_since = None;
        }
        if !matches!(state, State::CanariesReady { .. }) {
            memory.watchman.unhealthy();
        }
        let version = self.target.version;
        Ok(match state {
            State::Gone => Next::End(End::Gone),
            State::Stopped => Next::End(End::Stopped),
            State::Superseded { by } => Next::End(End::Superseded { by: *by }),
            State::Launcher => Next::End(End::Registered { version }),
            State::Refused { why } | State::NotRunning { why } => {
                self.failed(why, &Rollback::None(None), watch, memory).await?
            }
            State::Paused => Next::End(End::Paused { version }),
            State::Healthy => Next::End(match memory.rolling.take() {
                Some(why) => End::RolledBack { why, version },
                None => End::Healthy { version },
            }),
            State::Failed { why, rollback } => self.failed(why, rollback, watch, memory).await?,
            State::Blocked { unplaced } => {
                if !std::mem::replace(&mut memory.told_unplaced, true) {
                    self.tell(Event::Unplaced { groups: unplaced.clone() })?;
                }
                let since = *memory.blocked_since.get_or_insert(self.clock.now());
                let waited = self.clock.now().duration_since(since).unsigned_abs();
                if waited >= self.patience_with_blocked(watch) {
                    Next::End(End::Blocked { unplaced: unplaced.clone() })
                } else {
                    let first = unplaced
                        .first()
                        .map(|u| format!("{} of {} cannot be placed: {}", u.count, u.group, u.why));
                    self.break_or(first.unwrap_or_default(), watch, memory).await?
                }
            }
            State::Progressing { waits } => self.break_or(waits.clone(), watch, memory).await?,
            State::CanariesReady { automatic } => self.canaries(*automatic, watch, memory).await?,
        })
    }

    /// Goes on waiting unless the version's tasks crash.
    async fn break_or(&mut self, waits: String, watch: &JobWatch, memory: &mut Memory) -> Result<Next> {
        let most = self.options.most_crashes.filter(|_| memory.rolling.is_none() && memory.aborted.is_none());
        let Some(why) = most.and_then(|most| rollout::crashes(&self.target, &watch.seen, most)) else {
            return Ok(Next::Wait(waits));
        };
        match watch.seen.deployment(&self.target) {
            Some(deployment) if deployment.status.is_active() => self.abort(deployment, why, memory).await,
            // Work that ends is tried again as often as its job says; nobody else watches over what stays.
            None if watch.seen.job.as_ref().is_some_and(|job| !job.job_type.ends()) => {
                self.failed(&why, &Rollback::None(None), watch, memory).await
            }
            _ => Ok(Next::Wait(waits)),
        }
    }

    async fn abort(&mut self, deployment: &Deployment, why: String, memory: &mut Memory) -> Result<Next> {
        act::fail(&self.nomad, self.permission, deployment).await?;
        self.tell(Event::Aborted { why: why.clone() })?;
        memory.aborted = Some(why);
        Ok(Next::Wait("the deployment is being failed".to_owned()))
    }

    async fn canaries(&mut self, automatic: bool, watch: &JobWatch, memory: &mut Memory) -> Result<Next> {
        let version = self.target.version;
        if !std::mem::replace(&mut memory.told_ready, true) {
            self.tell(Event::CanariesHealthy { version })?;
        }
        if let Next::Wait(_) = self.break_or(String::new(), watch, memory).await?
            && memory.aborted.is_some()
        {
            return Ok(Next::Wait("the deployment is being failed".to_owned()));
        }
        let soak = match self.options.promotion {
            _ if memory.rolling.is_some() => Duration::ZERO,
            Promotion::AsWritten if automatic => {
                return Ok(Next::Wait("the canaries are healthy and are promoted automatically".to_owned()));
            }
            Promotion::AsWritten | Promotion::Manual => return Ok(Next::End(End::Pending { version })),
            Promotion::WhenGatesHold(soak) => soak,
        };
        if memory.promoted {
            return Ok(Next::Wait("the canaries are promoted".to_owned()));
        }
        self.ask_gates(watch, memory).await?;
        let now = self.clock.now();
        let Some(deployment) = watch.seen.deployment(&self.target) else {
            return Ok(Next::Wait(String::new()));
        };
        match memory.watchman.judge(now, soak, &memory.answers.clone()) {
            Verdict::Hold(why) => Ok(Next::Wait(why)),
            Verdict::Abort(why) => self.abort(deployment, why, memory).await,
            Verdict::Promote => match act::promote(&self.nomad, self.permission, deployment, &[]).await? {
                act::Promotion::Done => {
                    memory.promoted = true;
                    self.tell(Event::Promoted { version })?;
                    Ok(Next::Wait("the canaries are promoted".to_owned()))
                }
                act::Promotion::TooEarly => {
                    Ok(Next::Wait("the servers do not see enough healthy canaries yet".to_owned()))
                }
            },
        }
    }

    /// Asks the gates when it is time to, and forgets answers that were judged already: each counts once.
    async fn ask_gates(&mut self, watch: &JobWatch, memory: &mut Memory) -> Result<()> {
        let now = self.clock.now();
        let due =
            memory.asked_at.is_none_or(|at| now.duration_since(at).unsigned_abs() >= self.options.every);
        let rolling = memory.rolling.is_some();
        if !due || rolling || self.options.gates.is_empty() {
            // A no that was counted is not counted again; it still is no yes.
            for (_, answer) in &mut memory.answers {
                if let Answer::Fail(why) = answer {
                    *answer = Answer::Unknown(why.clone());
                }
            }
            return Ok(());
        }
        memory.asked_at = Some(now);
        let mut answers = Vec::new();
        for gate in self.options.gates.clone() {
            let answer = gate.ask(self.consul.as_ref(), &self.target, &watch.seen).await;
            let name = gate.name();
            if !memory.answers.iter().any(|(n, a)| *n == name && *a == answer) {
                self.tell(Event::Gate { gate: name.clone(), answer: answer.clone() })?;
            }
            answers.push((name, answer));
        }
        memory.answers = answers;
        Ok(())
    }

    async fn failed(
        &mut self,
        why: &str,
        rollback: &Rollback,
        watch: &JobWatch,
        memory: &mut Memory,
    ) -> Result<Next> {
        // What this run failed on purpose it knows more of than the servers.
        let why = memory.aborted.clone().unwrap_or_else(|| why.to_owned());
        if !std::mem::replace(&mut memory.told_failed, true) {
            let evidence = evidence::gather(&self.nomad, &self.target, &watch.seen, &self.secrets).await;
            self.tell(Event::DeploymentFailed { why: why.clone(), evidence })?;
        }
        if let Some(first) = memory.rolling.take() {
            return Ok(Next::End(End::Failed {
                why: first,
                after: format!("the rollback failed: {why}"),
                back_to: None,
            }));
        }
        match rollback {
            Rollback::Done(version) => Ok(Next::End(End::RolledBack { why, version: *version })),
            Rollback::Failed(after) => {
                let after = format!("the rollback failed too: {after}");
                Ok(Next::End(End::Failed { why, after, back_to: None }))
            }
            Rollback::Progressing(waits) => {
                if !std::mem::replace(&mut memory.told_rollback, true) {
                    self.tell(Event::RollingBack { version: Some(self.target.version + 1) })?;
                }
                Ok(Next::Wait(format!("rolling back: {waits}")))
            }
            Rollback::None(reason) if !self.options.rollback => {
                let back_to = match &watch.seen.job {
                    Some(job) => act::stable_before(&self.nomad, job).await?,
                    None => None,
                };
                let deployed = watch.seen.deployment(&self.target).is_some();
                let after = match (reason, back_to) {
                    (Some(reason), _) => reason.clone(),
                    (None, Some(version)) => format!("version {version} was not rolled back to"),
                    (None, None) if deployed => NOTHING_BEFORE.to_owned(),
                    // Of work without deployments no version is known to be good.
                    (None, None) => String::new(),
                };
                Ok(Next::End(End::Failed { why, after, back_to }))
            }
            Rollback::None(_) => self.bring_back(why, watch, memory).await,
        }
    }

    /// Brings the newest good version back, and goes on with following that.
    async fn bring_back(&mut self, why: String, watch: &JobWatch, memory: &mut Memory) -> Result<Next> {
        let Some(job) = &watch.seen.job else { return Ok(Next::End(End::Gone)) };
        let Some(stable) = act::stable_before(&self.nomad, job).await? else {
            let after = NOTHING_BEFORE.to_owned();
            return Ok(Next::End(End::Failed { why, after, back_to: None }));
        };
        let now = act::revert(&self.nomad, self.permission, job, stable).await?;
        self.tell(Event::RollingBack { version: Some(now.version) })?;
        self.target = Target::of(&now);
        *memory = Memory { rolling: Some(why), ..Memory::default() };
        Ok(Next::Wait(format!("rolling back to version {stable}")))
    }

    fn tell(&mut self, event: Event) -> Result<()> {
        let record = Record { time: self.clock.now(), job: self.target.job.clone(), event };
        self.observer.record(&record)
    }

    /// Tells what happened to deployments and allocations since the last look.
    fn tell_allocs(&mut self, watch: &JobWatch, memory: &mut Memory) -> Result<()> {
        let version = self.target.version;
        if let Some(d) = watch.seen.deployment(&self.target)
            && memory.deployment.as_ref() != Some(&d.id)
        {
            memory.deployment = Some(d.id.clone());
            self.tell(Event::DeploymentStarted { deployment: d.id.clone(), version })?;
        }
        let own: Vec<AllocStub> = watch.seen.allocs_of(version).cloned().collect();
        for a in own {
            let crashed = a.client_status == ClientStatus::Failed;
            let known = memory.allocs.insert(a.id.clone(), (a.healthy(), crashed));
            if known.is_none() {
                let event =
                    Event::Placed { alloc: alloc_ref(&a), node: a.node_name.clone(), canary: a.is_canary() };
                self.tell(event)?;
            }
            let (was_healthy, was_crashed) = known.unwrap_or_default();
            if let Some(healthy) = a.healthy().filter(|_| a.healthy() != was_healthy) {
                self.tell(Event::Health { alloc: alloc_ref(&a), healthy })?;
            }
            if crashed && !was_crashed {
                let why = a.task_states.iter().find_map(|(name, task)| watch.seen.trouble(&a, name, task));
                let why = self.secrets.clean(&why.unwrap_or_else(|| a.client_description.clone()));
                self.tell(Event::Crashed { alloc: alloc_ref(&a), why })?;
            }
        }
        Ok(())
    }

    /// Without a word, as long as the servers give progress: they start that clock only with the first placement.
    fn patience_with_blocked(&self, watch: &JobWatch) -> Duration {
        const USUAL: Duration = Duration::from_secs(600);
        let deadline = watch.seen.deployment(&self.target).and_then(|d| {
            let all = d.task_groups.values().map(|g| g.progress_deadline.duration());
            all.max().filter(|d| !d.is_zero())
        });
        self.options.blocked_for.or(deadline).unwrap_or(USUAL)
    }

    /// The tree of the version: its groups, their allocations, and what is waited for.
    fn lines(&self, watch: &JobWatch, waits: &str) -> Vec<String> {
        let mut lines = vec![format!("{} version {}: {waits}", self.target.job, self.target.version)];
        let Some(d) = watch.seen.deployment(&self.target) else { return lines };
        let allocs: Vec<AllocStub> = watch.seen.allocs_of(self.target.version).cloned().collect();
        let deadlines = deployment_health::deadlines(d, &deployment_health::canaries(d, &allocs));
        for (name, g) in &d.task_groups {
            let left = deadlines.get(name).map(|at| {
                let seconds = at.duration_since(self.clock.now()).as_secs().max(0);
                format!("; fails after {seconds} s without progress")
            });
            lines.push(format!(
                "  {name}: {} of {} healthy{}",
                g.healthy_allocs.min(g.desired_total),
                g.desired_total,
                left.unwrap_or_default()
            ));
            for a in allocs.iter().filter(|a| a.task_group == *name && !a.is_terminal()).take(6) {
                let restarts: u64 = a.task_states.values().map(|t| t.restarts).sum();
                let health = match a.healthy() {
                    Some(true) => "healthy",
                    Some(false) => "unhealthy",
                    None => "health pending",
                };
                let canary = if a.is_canary() { ", canary" } else { "" };
                let again = if restarts > 0 {
                    format!(", {}", words::count(restarts, "restart"))
                } else {
                    String::new()
                };
                let short = crate::model::ids::short(&a.id);
                lines.push(format!(
                    "    {short} on {}: {}, {health}{canary}{again}",
                    a.node_name, a.client_status
                ));
            }
        }
        lines
    }

    fn left_alone(&self, interrupt: Interrupt) -> crate::error::Error {
        let t = &self.target;
        let name = job_words(&t.namespace, &t.job);
        interrupt
            .error(format!(
                "interrupted; the deployment of version {} of {} goes on without fleet",
                t.version, t.job
            ))
            .hint(format!("to follow it again: fleet deploy {name}"))
            .hint(format!("to roll it back: fleet abort {name}"))
    }
}
