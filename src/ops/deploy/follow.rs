//! Following a version from its registration to its end: look, decide (`step.rs`), act, until one of the ends is reached.

mod board;
mod claimed;
mod floor;
mod hold;
mod looks;
mod terms;
mod told;

pub use self::floor::{FloorPolicy, FloorWatch};
pub use self::terms::{MOST_CRASHES, Options};

use self::floor::{HeldUp, Move};
use self::hold::StepHold;
use self::told::ToldAllocs;
use super::act;
use super::end::{After, End, Meanwhile, way_out};
use super::event::{Event, Record};
use super::step::{Decision, StepMemory};
use super::watch::JobWatch;
use crate::api::http::{Http, Patience};
use crate::api::nomad::deployment::Deployment;
use crate::api::permission::Permission;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::{Interrupt, Orderly};
use crate::model::deployment_health;
use crate::model::ids::job_words;
use crate::model::job_diff::Secrets;
use crate::model::rollout::back::GoodBefore;
use crate::model::rollout::{self, RolloutState, Target};
use crate::model::unseen_end::{UnseenEnd, in_words};
use crate::ops::observe::Observer;
use crate::ops::unseen_end;

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
    /// What is held while an act waits for the floor.
    pub floor: FloorWatch<'a>,
}

/// How to go on after an act.
enum AfterAct {
    /// Decide again.
    Decide,
    /// Look again first.
    Look(String),
    End(End),
}

impl AfterAct {
    fn look(waits: &str) -> Self {
        AfterAct::Look(waits.to_owned())
    }
}

impl Follow<'_> {
    /// Follows to an end. Ctrl-C ends following, not the rollout.
    ///
    /// # Errors
    /// Interrupted (130), or an API fault that outlasts all patience.
    pub async fn run(&mut self) -> Result<End> {
        self.nomad = self.nomad.with_patience(Patience::OPERATION);
        self.floor.steps = StepHold::begin(self.options.floor.repairs, false);
        let ended = self.steps().await;
        // What stays paused keeps its sign.
        if !self.floor.steps.is_held() {
            self.let_go().await;
        }
        match ended {
            // An answer did not come before the time was over.
            Err(e) if e.code() == ExitCode::TimedOut => {
                let (version, waits) = (self.target.version, e.to_string());
                let end = End::TimedOut { version, waits, meanwhile: Meanwhile::Nothing };
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
            let (all, look) = tokio::select! {
                all = watch.next() => (all?, None),
                look = self.floor.steps.look_done() => (true, Some(look)),
                interrupt = self.orderly.requested() => return Err(self.left_alone(interrupt)),
            };
            if !all {
                continue;
            }
            if let Some(look) = look {
                self.hold_step(look, &watch).await?;
            }
            self.begin_step_look(&watch).await?;
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

    async fn carry_out(
        &mut self,
        decision: Decision,
        watch: &JobWatch,
        memory: &mut StepMemory,
        told: &mut ToldAllocs,
    ) -> Result<AfterAct> {
        match decision {
            Decision::Wait(waits) => return Ok(AfterAct::Look(waits)),
            Decision::End(end) => return Ok(AfterAct::End(end)),
            Decision::Promote => return self.promote(watch, memory).await,
            Decision::Fail { why } => return self.fail(why, watch, memory).await,
            Decision::BringBack { to, why } => return self.bring_back((to, why), watch, memory, told).await,
            Decision::FollowBack { why } => return Ok(self.follow_back(why, watch, memory, told)),
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
                    Some(job) => match act::good_before(&self.nomad, job, &watch.seen).await {
                        Err(e) if e.code() == ExitCode::TimedOut => {
                            return self.failed_as_known(&e, watch, memory).map(AfterAct::End).ok_or(e);
                        }
                        before => before?,
                    },
                    None => GoodBefore::None,
                });
            }
        }
        Ok(AfterAct::Decide)
    }

    /// The end of a version that is known to have failed, where which one was good before could not be read in time.
    fn failed_as_known(&self, unread: &Error, watch: &JobWatch, memory: &StepMemory) -> Option<End> {
        let state = rollout::look(&self.target, &watch.seen, self.clock.now());
        let deployment_failed = matches!(state, RolloutState::Failed { .. });
        let why = match state {
            RolloutState::Failed { why, .. }
            | RolloutState::Stuck { why }
            | RolloutState::NotRunning { why }
            | RolloutState::Refused { why } => memory.aborted.clone().unwrap_or(why),
            _ => return None,
        };
        let after = After::Words(format!("whether there is an earlier good version is not known: {unread}"));
        let version = self.target.version;
        Some(End::Failed { version, deployment_failed, why, after, back_to: None })
    }

    async fn promote(&mut self, watch: &JobWatch, memory: &mut StepMemory) -> Result<AfterAct> {
        let Some(deployment) = watch.seen.deployment(&self.target) else { return Ok(AfterAct::look("")) };
        if let Some(held) = self.held_up(Move::Promote, watch).await? {
            return self.wait_or_end(held, Move::Promote, None, watch);
        }
        let promoted = act::promote(&self.nomad, self.permission, deployment, &[]).await;
        self.let_go().await;
        Ok(match promoted? {
            act::Promotion::Done => {
                memory.promoted = true;
                self.tell(Event::Promoted { version: self.target.version })?;
                AfterAct::look("the canaries are promoted")
            }
            act::Promotion::TooEarly => AfterAct::look("the servers do not see enough healthy canaries yet"),
        })
    }

    /// Fails the deployment. Where the servers go back then, nothing more of it is replaced while that waits.
    async fn fail(&mut self, why: String, watch: &JobWatch, memory: &mut StepMemory) -> Result<AfterAct> {
        if let Some(deployment) = watch.seen.deployment(&self.target) {
            if deployment.task_groups.values().any(|g| g.auto_revert)
                && let Some(held) = self.held_up(Move::Fail, watch).await?
            {
                self.halt(deployment).await?;
                memory.held = Some(why.clone());
                return self.wait_or_end(held, Move::Fail, Some(&why), watch);
            }
            let failed = act::fail(&self.nomad, self.permission, deployment).await;
            self.let_go().await;
            failed?;
        }
        (self.floor.paused, memory.held) = (false, None);
        self.tell(Event::Aborted { why: why.clone() })?;
        memory.aborted = Some(why);
        Ok(AfterAct::look("the deployment is being failed"))
    }

    /// Registers an earlier version again, and follows that.
    async fn bring_back(
        &mut self,
        (to, why): (u64, String),
        watch: &JobWatch,
        memory: &mut StepMemory,
        told: &mut ToldAllocs,
    ) -> Result<AfterAct> {
        let Some(job) = &watch.seen.job else { return Ok(AfterAct::End(End::Gone)) };
        if let Some(held) = self.held_up(Move::BringBack(to), watch).await? {
            return self.wait_or_end(held, Move::BringBack(to), Some(&why), watch);
        }
        let back = act::roll_back(&self.nomad, self.permission, job, to).await;
        self.let_go().await;
        let (now, kept_counts) = back?;
        if now.version == job.version {
            let (version, deployment_failed) = (job.version, watch.seen.deployment(&self.target).is_some());
            let after = After::SameAs(to);
            let end = End::Failed { version, deployment_failed, why, after, back_to: None };
            return Ok(AfterAct::End(end));
        }
        self.tell(Event::RollingBack { version: Some(now.version), kept_counts })?;
        self.target = Target::of(&now);
        (*memory, *told) = (StepMemory::rolling_back(why), ToldAllocs::from_its_begin());
        self.floor.steps = StepHold::begin(false, true);
        (self.options.joined, self.options.unchanged) = (false, false);
        Ok(AfterAct::Look(format!("rolling back to version {to}")))
    }

    /// What to do about an act that is held up.
    fn wait_or_end(
        &mut self,
        held: HeldUp,
        to: Move,
        why: Option<&str>,
        watch: &JobWatch,
    ) -> Result<AfterAct> {
        match held {
            HeldUp::Waits(waits) => {
                self.tell_held_up(&waits)?;
                Ok(AfterAct::Look(waits))
            }
            held => Ok(AfterAct::End(self.held_up_end(held, to, why, watch))),
        }
    }

    /// Follows the version that the servers have brought back.
    fn follow_back(
        &mut self,
        why: String,
        watch: &JobWatch,
        memory: &mut StepMemory,
        told: &mut ToldAllocs,
    ) -> AfterAct {
        let Some(job) = &watch.seen.job else { return AfterAct::End(End::Gone) };
        self.target = Target::of(job);
        (*memory, *told) = (StepMemory::rolling_back(why), ToldAllocs::default());
        self.floor.steps = StepHold::begin(false, true);
        (self.options.joined, self.options.unchanged) = (true, false);
        AfterAct::look("the last good version comes back")
    }

    /// Says how it ended, and what of it nobody would see otherwise.
    async fn end(&mut self, end: End, watch: &JobWatch) -> Result<End> {
        let mut end = self.in_full(end, watch).await;
        let mut not_seen = Vec::new();
        if end.is_good() {
            not_seen = self.may_still_run(watch).await?;
            end = self.unless_unseen(end, &not_seen, watch);
        }
        if end.is_good() {
            self.tell_vacated(watch).await?;
            self.tell_unseen(watch)?;
            if !not_seen.is_empty() {
                // It was lost before this version took over: it is no part of this rollout, and may run all the same.
                self.tell(Event::MayStillRun { not_seen })?;
            }
        }
        let below = self.floor.steps.below();
        if !below.is_empty() {
            self.tell(Event::WasBelowFloor { groups: below })?;
        }
        self.tell(Event::Ended { end: end.clone() })?;
        Ok(end)
    }

    /// The same end with what else is to be said of it: what may still run where nobody sees it, and whose canaries wait.
    async fn in_full(&self, end: End, watch: &JobWatch) -> End {
        match end {
            End::TimedOut { version, waits, meanwhile } => {
                // What was lost and replaced may run twice.
                let unseen = unseen_end::among(&self.nomad, &watch.seen.allocs).await.unwrap_or_default();
                let parts = [Some(waits).filter(|waits| !waits.is_empty()), in_words(&unseen)];
                let waits = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
                let deployment = watch.seen.deployment(&self.target);
                let canaries = deployment.is_some_and(Deployment::has_unpromoted_canaries);
                let meanwhile = match meanwhile {
                    Meanwhile::GoesOn if canaries && self.options.promotes_without_gates() => {
                        Meanwhile::Unpromoted
                    }
                    meanwhile => meanwhile,
                };
                End::TimedOut { version, waits, meanwhile }
            }
            End::Pending { version, unseen, .. } => {
                let groups = watch.seen.deployment(&self.target).map(deployment_health::behind);
                End::Pending { version, unseen, groups: groups.unwrap_or_default() }
            }
            end => end,
        }
    }

    /// The same end, unless something that is not to run with the version may still do.
    fn unless_unseen(&self, end: End, not_seen: &[UnseenEnd], watch: &JobWatch) -> End {
        let (End::Healthy { version, .. } | End::Finished { version, .. } | End::Idle { version }) = end
        else {
            return end;
        };
        let mut left_out = watch.seen.out_of_sight(&self.target);
        match left_out.any(|a| not_seen.iter().any(|unseen| unseen.alloc_id == a.id)) {
            true => End::NotSeenToStop { version, not_seen: not_seen.to_vec() },
            false => end,
        }
    }

    fn left_alone(&self, interrupt: Interrupt) -> Error {
        let t = &self.target;
        let name = job_words(&t.namespace, &t.job);
        if self.floor.paused || self.floor.steps.is_held() {
            let error = interrupt.error(format!(
                "interrupted; the deployment of version {} of {} is paused",
                t.version, t.job
            ));
            let why = self.floor.steps.why().map(str::to_owned);
            return why
                .into_iter()
                .fold(error, Error::because)
                .hint(way_out(t.version, &name))
                .hint(format!("to let it go on: fleet resume {name}"));
        }
        let promote = if self.options.promotes_without_gates() { " --promote" } else { "" };
        interrupt
            .error(format!(
                "interrupted; the deployment of version {} of {} goes on without fleet",
                t.version, t.job
            ))
            .hint(format!("to follow it again: fleet deploy {name}{promote}"))
            .hint(way_out(t.version, &name))
    }
}
