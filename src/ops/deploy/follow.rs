//! Following a version from its registration to its end: look, decide (`step.rs`), act, until one of the ends is reached.

use std::collections::BTreeMap;
use std::time::Duration;

use super::act;
use super::end::{End, way_out};
use super::event::{Event, Record};
use super::evidence;
use super::gates::Gate;
use super::step::{Activity, Decision, Policy, Promotion, StepInput, StepMemory, StepNews, UNWELL, decide};
use super::watch::JobWatch;
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::node;
use crate::api::permission::Permission;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::{Interrupt, Orderly};
use crate::model::deployment_health;
use crate::model::ids::{job_words, short};
use crate::model::job_diff::Secrets;
use crate::model::present_health;
use crate::model::rollout::gate::GateAnswer;
use crate::model::rollout::{self, RolloutState, Target, look};
use crate::model::unseen_end::{UnseenEnd, in_words};
use crate::model::words;
use crate::ops::migration::alloc_ref;
use crate::ops::observe::Observer;
use crate::ops::present_health::{MOST_NODES, Sources};
use crate::ops::unseen_end;

/// How long something has to stay healthy before the last look where nobody said how long; at least.
const SETTLE: Duration = Duration::from_secs(10);
/// How long to wait for room where neither the operator nor the job says.
const BLOCKED_FOR: Duration = Duration::from_secs(600);

/// How many crashes fail a deployment where nobody says how many.
pub const MOST_CRASHES: u64 = 3;

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
    /// How long it has to stay healthy before the last look. The longest of 10 s and the job's `min_healthy_time` when none.
    pub settle: Option<Duration>,
    /// Whether to bring the version before back when the servers do not.
    pub rollback: bool,
    /// Whether to fail the version's deployment, which may only be about to be made, instead of waiting for it.
    pub take_back: bool,
    /// Whether this run registered nothing: what has happened already is not told as if it happened now, and what has long been
    /// so need not settle.
    pub joined: bool,
    /// Whether nothing was to be done at all, so that what is healthy was so before.
    pub unchanged: bool,
    /// Whether a deployment whose tasks crash too often is failed, and not only left.
    pub fails: bool,
    /// Where nothing was registered but something was asked for: the index of that. What is placed later is news.
    pub since: Option<u64>,
    /// When waiting ends.
    pub until: Option<jiff::Timestamp>,
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

/// The allocations that were told of, so that only what is new is told.
#[derive(Default)]
struct ToldAllocs {
    begun: bool,
    /// Whether this run joined when no deployment was under way: what the servers found may be long ago.
    found_over: bool,
    deployment: Option<String>,
    /// By id: its health, and whether it had failed.
    allocs: BTreeMap<String, (Option<bool>, bool)>,
    /// How often each had crashed when this run began with it, by its id.
    crashes_before: BTreeMap<String, u64>,
    /// Whether any of them has run since this run began.
    ran: bool,
}

/// How to go on after an act.
enum AfterAct {
    /// Decide again.
    Decide,
    /// Look again first.
    Look(String),
    End(End),
}

impl Follow<'_> {
    /// Follows to an end. Ctrl-C ends following, not the rollout.
    ///
    /// # Errors
    /// Interrupted (130), or an API fault that outlasts all patience.
    pub async fn run(&mut self) -> Result<End> {
        self.nomad = self.nomad.with_patience(Patience::OPERATION);
        match self.steps().await {
            // An answer did not come before the time was over.
            Err(e) if e.code() == ExitCode::TimedOut => {
                let (version, waits) = (self.target.version, e.to_string());
                let end = End::TimedOut { version, waits, goes_on: false };
                self.tell(Event::Ended { end: end.clone() })?;
                Ok(end)
            }
            ended => ended,
        }
    }

    async fn steps(&mut self) -> Result<End> {
        let mut watch = JobWatch::new(&self.nomad, &self.target.namespace, &self.target.job);
        let (mut memory, mut told) = (StepMemory::default(), ToldAllocs::default());
        loop {
            let all = tokio::select! {
                all = watch.next() => all?,
                interrupt = self.orderly.requested() => return Err(self.left_alone(interrupt)),
            };
            if !all {
                continue;
            }
            watch.seen.sight(self.clock.now());
            self.tell_allocs(&watch, &mut told)?;
            let waits = loop {
                let decision = self.decide(&watch, &told, &mut memory);
                match self.carry_out(decision, &watch, &mut memory, &mut told).await? {
                    AfterAct::Decide => {}
                    AfterAct::Look(waits) => break waits,
                    AfterAct::End(end) => return self.end(end, &watch).await,
                }
            };
            self.observer.waiting(&self.lines(&watch, &waits));
        }
    }

    /// What is to be done next about what is seen.
    fn decide(&self, watch: &JobWatch, told: &ToldAllocs, memory: &mut StepMemory) -> Decision {
        let (seen, now) = (&watch.seen, self.clock.now());
        let state = look(&self.target, seen, now);
        let policy = self.policy(watch);
        let most = self.options.most_crashes;
        let deployment = seen.deployment(&self.target);
        let input = StepInput {
            version: self.target.version,
            crash: most.and_then(|most| rollout::crashes(&self.target, seen, most, &told.crashes_before)),
            deployment: deployment
                .map(|d| if d.status.is_active() { Activity::Active } else { Activity::Over }),
            ends: seen.job.as_ref().is_some_and(|job| job.job_type.ends()),
            finished: (state == RolloutState::Healthy).then(|| look::finished(&self.target, seen)).flatten(),
            // Who only looks does not say that it did not run.
            ran: told.ran || (self.options.joined && self.options.since.is_none()),
            idle: seen.job.as_ref().is_some_and(look::wants_nothing),
            flapping: look::flapping(&self.target, seen, now),
            halfway: deployment.and_then(deployment_health::halfway),
            stopping: seen.stopping(),
            crashes: seen.allocs_of(self.target.version).map(rollout::crash_count).sum(),
            long_so: self.options.joined && look::unmoved_for(&self.target, seen, now) >= policy.settle,
            state: &state,
            now,
        };
        decide(&policy, &input, memory)
    }

    fn policy(&self, watch: &JobWatch) -> Policy {
        let o = &self.options;
        let longest =
            watch.seen.job.iter().flat_map(|job| &job.task_groups).filter_map(|g| g.update.as_ref());
        let longest = longest.map(|u| u.min_healthy_time.duration()).max().unwrap_or_default();
        // As long as the servers give progress: they start that clock only with the first placement.
        let deadline = watch.seen.deployment(&self.target).and_then(|d| {
            let all = d.task_groups.values().map(|g| g.progress_deadline.duration());
            all.max().filter(|d| !d.is_zero())
        });
        let blocked_for = o.blocked_for.or(deadline).unwrap_or(BLOCKED_FOR);
        let promotes = matches!(o.promotion, Promotion::WhenGatesHold(_));
        Policy {
            promotion: o.promotion,
            gated: !o.gates.is_empty(),
            every: o.every,
            blocked_for,
            unseen_for: match self.is_blind(watch) {
                true => Duration::ZERO,
                // A node may come back.
                false if promotes => blocked_for,
                false => UNWELL,
            },
            settle: o.settle.unwrap_or_else(|| longest.max(SETTLE)),
            rollback: o.rollback,
            take_back: o.take_back,
            unchanged: o.unchanged,
            fails: o.fails,
            until: o.until,
        }
    }

    /// Whether checks of the job are in Consul, and nobody said where that is.
    fn is_blind(&self, watch: &JobWatch) -> bool {
        let groups = watch.seen.job.iter().flat_map(|job| &job.task_groups);
        self.consul.is_none() && groups.flat_map(present_health::checked_by_consul).next().is_some()
    }

    async fn carry_out(
        &mut self,
        decision: Decision,
        watch: &JobWatch,
        memory: &mut StepMemory,
        told: &mut ToldAllocs,
    ) -> Result<AfterAct> {
        let deployment = watch.seen.deployment(&self.target);
        match decision {
            Decision::Wait(waits) => return Ok(AfterAct::Look(waits)),
            Decision::End(end) => return Ok(AfterAct::End(end)),
            Decision::Tell(news) => self.tell_news(news, watch).await?,
            Decision::AskGates => self.ask_gates(watch, memory).await?,
            Decision::AskHealth => {
                let is_old = self.options.unchanged || (told.found_over && memory.rolling.is_none());
                let looked = self.look_now(watch, is_old).await;
                memory.look = Some((self.clock.now(), looked));
            }
            Decision::AskCanaries => {
                let looked = self.look_at_canaries(watch).await;
                memory.canaries = Some((self.clock.now(), looked));
            }
            Decision::AskGoodBefore => {
                memory.good_before = Some(match &watch.seen.job {
                    Some(job) => act::good_before(&self.nomad, job, &watch.seen).await?,
                    None => None,
                });
            }
            Decision::Promote => {
                let Some(deployment) = deployment else { return Ok(AfterAct::Look(String::new())) };
                match act::promote(&self.nomad, self.permission, deployment, &[]).await? {
                    act::Promotion::Done => {
                        memory.promoted = true;
                        self.tell(Event::Promoted { version: self.target.version })?;
                        return Ok(AfterAct::Look("the canaries are promoted".to_owned()));
                    }
                    act::Promotion::TooEarly => {
                        return Ok(AfterAct::Look(
                            "the servers do not see enough healthy canaries yet".to_owned(),
                        ));
                    }
                }
            }
            Decision::Fail { why } => {
                if let Some(deployment) = deployment {
                    act::fail(&self.nomad, self.permission, deployment).await?;
                }
                self.tell(Event::Aborted { why: why.clone() })?;
                memory.aborted = Some(why);
                return Ok(AfterAct::Look("the deployment is being failed".to_owned()));
            }
            Decision::BringBack { to, why } => {
                let Some(job) = &watch.seen.job else { return Ok(AfterAct::End(End::Gone)) };
                let (now, kept_counts) = act::roll_back(&self.nomad, self.permission, job, to).await?;
                self.tell(Event::RollingBack { version: Some(now.version), kept_counts })?;
                self.target = Target::of(&now);
                (*memory, *told) =
                    (StepMemory::rolling_back(why), ToldAllocs { begun: true, ..ToldAllocs::default() });
                (self.options.joined, self.options.unchanged) = (false, false);
                return Ok(AfterAct::Look(format!("rolling back to version {to}")));
            }
            Decision::FollowBack { why } => {
                let Some(job) = &watch.seen.job else { return Ok(AfterAct::End(End::Gone)) };
                self.target = Target::of(job);
                (*memory, *told) = (StepMemory::rolling_back(why), ToldAllocs::default());
                (self.options.joined, self.options.unchanged) = (true, false);
                return Ok(AfterAct::Look("the last good version comes back".to_owned()));
            }
        }
        Ok(AfterAct::Decide)
    }

    async fn tell_news(&mut self, news: StepNews, watch: &JobWatch) -> Result<()> {
        let version = self.target.version;
        let event = match news {
            StepNews::Unplaced(groups) => Event::Unplaced { groups },
            StepNews::CanariesReady => Event::CanariesHealthy { version },
            StepNews::CanariesUnwell(why) => {
                Event::CanariesUnhealthy { version, why: self.secrets.clean(&why) }
            }
            StepNews::RollingBack => {
                Event::RollingBack { version: Some(version + 1), kept_counts: Vec::new() }
            }
            StepNews::Failed { why, deployment_failed } => {
                let why = self.secrets.clean(&why);
                let evidence = evidence::gather(&self.nomad, &self.target, &watch.seen, &self.secrets).await;
                match deployment_failed {
                    true => Event::DeploymentFailed { why, evidence },
                    false => Event::VersionFailed { version, why, evidence },
                }
            }
        };
        self.tell(event)
    }

    /// Says how it ended, and what of it nobody would see otherwise.
    async fn end(&mut self, end: End, watch: &JobWatch) -> Result<End> {
        let end = self.in_full(self.unless_unseen(end, watch).await?, watch).await;
        if end.is_good() {
            self.tell_vacated(watch).await?;
            self.tell_unseen(watch)?;
            self.tell_may_still_run(watch).await?;
        }
        self.tell(Event::Ended { end: end.clone() })?;
        Ok(end)
    }

    /// The same end with what else is to be said of it: what may still run where nobody sees it, and whose canaries wait.
    async fn in_full(&self, end: End, watch: &JobWatch) -> End {
        match end {
            End::TimedOut { version, waits, goes_on } => {
                // What was lost and replaced may run twice.
                let unseen = unseen_end::among(&self.nomad, &watch.seen.allocs).await.unwrap_or_default();
                let parts = [Some(waits).filter(|waits| !waits.is_empty()), in_words(&unseen)];
                let waits = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
                End::TimedOut { version, waits, goes_on }
            }
            End::Pending { version, unseen, .. } => {
                let groups = watch.seen.deployment(&self.target).map(deployment_health::behind);
                End::Pending { version, unseen, groups: groups.unwrap_or_default() }
            }
            end => end,
        }
    }

    /// The same end, unless something that is not to run with the version may still do.
    async fn unless_unseen(&self, end: End, watch: &JobWatch) -> Result<End> {
        let (End::Healthy { version, .. } | End::Finished { version, .. } | End::Idle { version }) = end
        else {
            return Ok(end);
        };
        let in_doubt: Vec<AllocStub> = watch.seen.out_of_sight(&self.target).cloned().collect();
        if unseen_end::among(&self.nomad, &in_doubt).await?.is_empty() {
            return Ok(end);
        }
        let not_seen = self.may_still_run(watch).await?;
        Ok(End::NotSeenToStop { version, not_seen })
    }

    /// Instances of a job for every node that were not replaced on their node by this version.
    async fn tell_vacated(&mut self, watch: &JobWatch) -> Result<()> {
        let gone: Vec<AllocStub> = look::vacated(&self.target, &watch.seen).into_iter().cloned().collect();
        for alloc in gone {
            let why = match self.nomad.read(&node::get(&alloc.node_id)).await {
                Ok(reply) => reply.value.why_no_new_work(),
                Err(e) if e.is_not_found() => Some("it is gone".to_owned()),
                Err(e) => Some(format!("it could not be asked: {e}")),
            };
            // The job may have been told not to run there any more.
            let why = why.unwrap_or_else(|| "the job does not fit it any more".to_owned());
            let goes_on = (alloc.desired_status == DesiredStatus::Run).then_some(alloc.job_version);
            self.tell(Event::Vacated {
                alloc: alloc_ref(&alloc),
                node: alloc.node_name.clone(),
                goes_on,
                why,
            })?;
        }
        Ok(())
    }

    /// All of the job that is not to run and may still do.
    async fn may_still_run(&self, watch: &JobWatch) -> Result<Vec<UnseenEnd>> {
        let born = watch.seen.job.as_ref().map_or(0, |job| job.create_index);
        let own: Vec<AllocStub> =
            watch.seen.allocs.iter().filter(|a| a.create_index >= born).cloned().collect();
        Ok(unseen_end::among(&self.nomad, &own).await?)
    }

    /// What was lost before this version took over: it is no part of this rollout, and may run all the same.
    async fn tell_may_still_run(&mut self, watch: &JobWatch) -> Result<()> {
        let not_seen = self.may_still_run(watch).await?;
        match not_seen.is_empty() {
            true => Ok(()),
            false => self.tell(Event::MayStillRun { not_seen }),
        }
    }

    /// What of the present nobody has looked at.
    fn tell_unseen(&mut self, watch: &JobWatch) -> Result<()> {
        let Some(job) = &watch.seen.job else { return Ok(()) };
        let own: Vec<AllocStub> = look::that_count(&self.target, &watch.seen).cloned().collect();
        if own.is_empty() {
            return Ok(());
        }
        if self.is_blind(watch) {
            self.tell(Event::Unseen {
                what: "its checks in Consul: CONSUL_HTTP_ADDR is not set".to_owned(),
            })?;
        }
        let silent = self.sources(false).silent_nodes(|a| job.group(&a.task_group), &own);
        if let Some(more) = silent.len().checked_sub(MOST_NODES).filter(|more| *more > 0) {
            let what = format!(
                "{} without checks to tell: {MOST_NODES} others were asked",
                words::count(more, "node")
            );
            self.tell(Event::Unseen { what })?;
        }
        Ok(())
    }

    /// Who is asked how allocations do. What Consul says has been heard by the servers while they watched over the deployment;
    /// where this run cannot hear it, that is told at the end; where `is_old`, they may have heard it long ago.
    fn sources(&self, is_old: bool) -> Sources {
        let sources = Sources::new(&self.nomad, self.consul.as_ref());
        if self.consul.is_none() && !is_old { sources.without_consul() } else { sources }
    }

    /// How the canaries that wait for promotion do at this moment. Their record may be old: without Consul nothing tells of
    /// checks there.
    async fn look_at_canaries(&self, watch: &JobWatch) -> look::HealthLook {
        let seen = &watch.seen;
        let (Some(job), Some(deployment)) = (&seen.job, seen.deployment(&self.target)) else {
            return look::HealthLook::NotKnown { why: "its deployment is gone".to_owned() };
        };
        let sources = Sources::new(&self.nomad, self.consul.as_ref());
        sources.look_at_canaries(job, deployment, &seen.allocs, &[], self.clock.now()).await
    }

    /// How the allocations do at this moment; `is_old` is whether the servers' record may be.
    async fn look_now(&self, watch: &JobWatch, is_old: bool) -> look::HealthLook {
        let seen = &watch.seen;
        let Some(job) = &seen.job else {
            return look::HealthLook::NotKnown { why: "the job is gone".to_owned() };
        };
        let own: Vec<AllocStub> = look::that_count(&self.target, seen).cloned().collect();
        let health = self.sources(is_old).of_job(job, &own, self.clock.now()).await;
        look::judge(&self.target, seen, &health)
    }

    /// Asks the gates.
    async fn ask_gates(&mut self, watch: &JobWatch, memory: &mut StepMemory) -> Result<()> {
        memory.asked_at = Some(self.clock.now());
        let mut answers: Vec<(String, GateAnswer)> = Vec::new();
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

    fn tell(&mut self, event: Event) -> Result<()> {
        let record = Record { time: self.clock.now(), job: self.target.job.clone(), event };
        self.observer.record(&record)
    }

    /// Tells what happened to deployments and allocations since the last look.
    fn tell_allocs(&mut self, watch: &JobWatch, told: &mut ToldAllocs) -> Result<()> {
        let version = self.target.version;
        // What a run finds when it joins has not happened now.
        let history = self.options.joined && !std::mem::replace(&mut told.begun, true);
        if history {
            let deployment = watch.seen.deployment(&self.target);
            told.found_over = deployment.is_none_or(|d| !d.status.is_active());
        }
        if let Some(d) = watch.seen.deployment(&self.target)
            && told.deployment.as_ref() != Some(&d.id)
        {
            told.deployment = Some(d.id.clone());
            if d.status.is_active() || !history {
                self.tell(Event::DeploymentStarted { deployment: d.id.clone(), version })?;
            }
        }
        let spec_index = self.target.spec_index;
        let own: Vec<AllocStub> = watch.seen.allocs_of(version).cloned().collect();
        for a in own {
            // What was there before this run did anything has not been placed now.
            let old = match (history, self.options.since) {
                (true, None) => true,
                (true, Some(since)) => a.create_index <= since,
                (false, _) => a.create_index < spec_index,
            };
            let is_first = !told.allocs.contains_key(&a.id);
            told.ran |= (is_first && !old) || !a.client_status.is_terminal();
            if is_first && old {
                told.crashes_before.entry(a.id.clone()).or_insert_with(|| rollout::crash_count(&a));
            }
            // Of what is out of sight, or runs what was started before the version, nothing new is known.
            if a.client_status == ClientStatus::Unknown || look::is_old_code(&a, spec_index) {
                continue;
            }
            let crashed = a.client_status == ClientStatus::Failed;
            let known = told.allocs.insert(a.id.clone(), (a.healthy(), crashed));
            if is_first && old && history {
                continue;
            }
            self.tell_alloc(watch, &a, known, is_first && old)?;
        }
        Ok(())
    }

    /// Tells what is new of an allocation; of one that `is_old` and was not `known` only that its health was decided anew.
    fn tell_alloc(
        &mut self,
        watch: &JobWatch,
        a: &AllocStub,
        known: Option<(Option<bool>, bool)>,
        is_old: bool,
    ) -> Result<()> {
        if known.is_none() && !is_old {
            let (node, canary) = (a.node_name.clone(), a.is_canary());
            self.tell(Event::Placed { alloc: alloc_ref(a), node, canary })?;
        }
        let (was_healthy, was_crashed) = known.unwrap_or_default();
        // The servers' verdict is a moment's: what is restarted again and again is not healthy.
        let flaps = || !present_health::flapping_tasks(a, self.clock.now()).is_empty();
        let news = a.healthy().filter(|healthy| a.healthy() != was_healthy && !(*healthy && flaps()));
        if let Some(healthy) = news {
            self.tell(Event::Health { alloc: alloc_ref(a), healthy })?;
        }
        if a.client_status == ClientStatus::Failed && !was_crashed && !is_old {
            let why = a.task_states.iter().find_map(|(name, task)| watch.seen.trouble(a, name, task));
            let why = self.secrets.clean(&why.unwrap_or_else(|| a.client_description.clone()));
            self.tell(Event::Crashed { alloc: alloc_ref(a), why })?;
        }
        Ok(())
    }

    /// The tree of the version: its groups, their allocations, and what is waited for.
    fn lines(&self, watch: &JobWatch, waits: &str) -> Vec<String> {
        let mut lines = vec![format!("{} version {}: {waits}", self.target.job, self.target.version)];
        let Some(d) = watch.seen.deployment(&self.target) else { return lines };
        let allocs: Vec<AllocStub> = watch.seen.allocs_of(self.target.version).cloned().collect();
        lines.extend(self.group_lines(d, &allocs));
        lines
    }

    fn group_lines(&self, d: &Deployment, allocs: &[AllocStub]) -> Vec<String> {
        let mut lines = Vec::new();
        let deadlines = deployment_health::deadlines(d, &deployment_health::canaries(d, allocs));
        // The deployment's own number keeps counting what has ended, or is out of sight, since.
        let stands = |a: &AllocStub| {
            a.client_status == ClientStatus::Running
                && !a.is_terminal()
                && a.healthy() == Some(true)
                && !look::is_old_code(a, self.target.spec_index)
        };
        for (name, g) in &d.task_groups {
            let left = deadlines.get(name).map(|at| {
                let seconds = at.duration_since(self.clock.now()).as_secs().max(0);
                format!("; fails after {seconds} s without progress")
            });
            let own = allocs.iter().filter(|a| a.task_group == *name);
            let (healthy, wanted) = (own.filter(|a| stands(a)).count() as u64, g.desired_total);
            let healthy = healthy.min(wanted);
            lines.push(format!("  {name}: {healthy} of {wanted} found healthy{}", left.unwrap_or_default()));
            let living = allocs.iter().filter(|a| a.task_group == *name && !a.is_terminal());
            lines.extend(living.take(6).map(alloc_line));
        }
        lines
    }

    fn left_alone(&self, interrupt: Interrupt) -> Error {
        let t = &self.target;
        let name = job_words(&t.namespace, &t.job);
        interrupt
            .error(format!(
                "interrupted; the deployment of version {} of {} goes on without fleet",
                t.version, t.job
            ))
            .hint(format!("to follow it again: fleet deploy {name}"))
            .hint(way_out(t.version, &name))
    }
}

fn alloc_line(a: &AllocStub) -> String {
    let restarts: u64 = a.task_states.values().map(|t| t.restarts).sum();
    let health = match a.healthy() {
        _ if a.client_status == ClientStatus::Unknown => "health not known",
        Some(true) => "found healthy",
        Some(false) => "found unhealthy",
        None => "health pending",
    };
    let canary = if a.is_canary() { ", canary" } else { "" };
    let again = if restarts > 0 { format!(", {}", words::count(restarts, "restart")) } else { String::new() };
    format!("    {} on {}: {}, {health}{canary}{again}", short(&a.id), a.node_name, a.client_status)
}
