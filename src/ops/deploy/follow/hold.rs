//! Holding the deployment that is followed: the servers take its next instance as soon as the one they placed last is healthy, whatever
//! has gone bad meanwhile. As long as that would take a group below its floor, whoever follows it keeps it paused.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;

use super::Follow;
use super::claimed::Keeper;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{self, Deployment, DeploymentGroup, DeploymentStatus};
use crate::api::nomad::job::Job;
use crate::api::nomad::registration;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::update_floor::{Hold, StepTerms, Steps, UpdateLook, is_promoted_by_servers};
use crate::ops::deploy::act;
use crate::ops::deploy::event::Event;
use crate::ops::deploy::step::HeldStep;
use crate::ops::deploy::watch::JobWatch;
use crate::ops::migration::lock::Sightings;
use crate::ops::update_gate::UpdateGate;

/// How often it is looked; less often where a look takes long, so that it takes a quarter of the time at most.
const EVERY: Duration = Duration::from_secs(1);
const OF_ITS_TIME: u32 = 4;
/// However long it takes, it is looked again after this.
const AT_LEAST_EVERY: Duration = Duration::from_secs(8);

/// A look that is under way, and when it began.
type Looking = LocalBoxFuture<'static, (Timestamp, UpdateLook)>;

/// What is remembered of the steps of the deployment that is followed.
#[derive(Default)]
pub(super) struct StepHold {
    /// What the steps are measured by beside what is seen; none before that was asked for.
    counts_before: Option<BTreeMap<String, u64>>,
    takes_back: bool,
    steps: Steps,
    looking: Option<Looking>,
    /// When the last look began, and how long it took.
    looked: Option<(Timestamp, Duration)>,
    pub(super) held: Option<Held>,
    /// The index of the deployment when this run let it go on: what was seen before is not news of somebody who paused it.
    resumed_at: u64,
    /// Whether it is left alone: this run may not pause it, or somebody let go on what this run had paused, or paused it as well.
    pub(super) is_left: bool,
    /// Who else keeps it paused.
    pub(super) keeper: Option<Keeper>,
    pub(super) sightings: Sightings,
}

impl std::fmt::Debug for StepHold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StepHold")
            .field("held", &self.held)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

/// A deployment that this run has paused.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) since: Timestamp,
    /// Its index, and how far its groups were, when it was seen last.
    index: u64,
    groups: BTreeMap<String, DeploymentGroup>,
    how: HeldStep,
}

impl Held {
    pub(super) fn new(deployment: &Deployment, since: Timestamp, why: String) -> Self {
        let (index, groups) = (deployment.modify_index, as_counted(deployment));
        Held { since, index, groups, how: HeldStep::Waits(why) }
    }

    /// Whether somebody paused it once more: it was written to, and nothing of what its allocations do to it has changed.
    fn is_paused_by_others(&self, now: &Deployment) -> bool {
        now.status == DeploymentStatus::Paused
            && now.modify_index > self.index
            && as_counted(now) == self.groups
    }

    fn see(&mut self, now: &Deployment) {
        if now.modify_index > self.index {
            (self.index, self.groups) = (now.modify_index, as_counted(now));
        }
    }
}

/// How far the groups are, without what a pause may change of itself.
fn as_counted(deployment: &Deployment) -> BTreeMap<String, DeploymentGroup> {
    let counted = |g: &DeploymentGroup| DeploymentGroup { require_progress_by: None, ..g.clone() };
    deployment.task_groups.iter().map(|(name, g)| (name.clone(), counted(g))).collect()
}

impl StepHold {
    /// Of a version that is followed from now on, which begins as a repair, or takes another one back.
    pub(super) fn begin(is_repair: bool, takes_back: bool) -> Self {
        StepHold { steps: Steps::begin(is_repair), takes_back, ..StepHold::default() }
    }

    /// Whether this run keeps the deployment paused.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// What keeps the deployment paused, where this run does.
    pub(super) fn why(&self) -> Option<&str> {
        self.held.as_ref().map(|held| match &held.how {
            HeldStep::Waits(why) | HeldStep::InVain(why) | HeldStep::GivenUp(why) => why.as_str(),
        })
    }

    /// How it is held, for the next decision.
    pub(super) fn how(&self, deployment: Option<&Deployment>) -> Option<HeldStep> {
        if let Some(held) = &self.held {
            return Some(held.how.clone());
        }
        if let Some(keeper) = &self.keeper {
            return Some(HeldStep::Waits(format!("its deployment is paused {}", keeper.by)));
        }
        let is_old = deployment.is_some_and(|d| d.modify_index < self.resumed_at);
        is_old.then(|| HeldStep::Waits("the deployment goes on".to_owned()))
    }

    /// The groups that were below their floors, each in a sentence.
    pub(super) fn below(&self) -> Vec<String> {
        self.steps.below()
    }

    /// The end of the look that is under way; never where there is none.
    pub(super) async fn look_done(&mut self) -> (Timestamp, UpdateLook) {
        match &mut self.looking {
            Some(looking) => {
                let done = looking.await;
                self.looking = None;
                done
            }
            None => std::future::pending().await,
        }
    }
}

impl Follow<'_> {
    /// Begins a look at the next step of the deployment, where it is time for one.
    pub(super) async fn begin_step_look(&mut self, watch: &JobWatch) -> Result<()> {
        let now = self.clock.now();
        let seen = &watch.seen;
        let Some((job, deployment)) = seen.job.as_ref().zip(seen.deployment(&self.target)) else {
            return Ok(());
        };
        // What a deployment under way comes to was not so before.
        self.options.unchanged &= !deployment.status.is_active();
        self.leave_what_is_over(deployment).await?;
        self.look_for_keeper(deployment, now).await?;
        self.keep_claim(deployment, now).await?;
        if !self.holds_steps() || job.version != self.target.version || !self.is_time_to_look(now) {
            return Ok(());
        }
        let goes_on = deployment.status == DeploymentStatus::Running;
        if !goes_on && !self.floor.steps.is_held() {
            return Ok(());
        }
        let Some(gate) = self.step_gate(job, deployment).await? else { return Ok(()) };
        let hold = &mut self.floor.steps;
        if gate.takes_nothing(&seen.allocs, now) && !hold.is_held() {
            return Ok(());
        }
        let held_for = hold.held.as_ref().map_or(Duration::ZERO, |held| passed(held.since, now));
        let allocs: Vec<AllocStub> = seen.allocs.clone();
        hold.looked = Some((now, Duration::ZERO));
        hold.looking = Some(Box::pin(async move { (now, gate.glance(&allocs, held_for, now).await) }));
        Ok(())
    }

    /// Whether the steps of the deployment are held where they would take a group below its floor: not by who only looks on, and not
    /// those of a version that is being failed.
    pub(super) fn holds_steps(&self) -> bool {
        let fails = self.options.take_back && !self.floor.steps.takes_back;
        self.options.holds && !self.options.floor.forced && !fails
    }

    fn is_time_to_look(&self, now: Timestamp) -> bool {
        let hold = &self.floor.steps;
        let due = |(begun, took): (Timestamp, Duration)| {
            passed(begun, now) >= EVERY.max(took.saturating_mul(OF_ITS_TIME).min(AT_LEAST_EVERY))
        };
        hold.looking.is_none() && hold.looked.is_none_or(due)
    }

    /// What looks at the next step of a deployment; none where it takes nothing that has a floor.
    async fn step_gate(&mut self, job: &Job, deployment: &Deployment) -> Result<Option<UpdateGate>> {
        let terms = self.step_terms(job).await?;
        let clients = (&self.nomad, self.consul.as_ref());
        Ok(UpdateGate::before_next_step(clients, job, deployment, terms))
    }

    /// What the steps are measured by beside what is seen. The counts of the version before are asked for once.
    async fn step_terms(&mut self, job: &Job) -> Result<StepTerms> {
        if self.floor.steps.counts_before.is_none() {
            self.floor.steps.counts_before = Some(self.counts_before(job).await?);
        }
        let hold = &self.floor.steps;
        Ok(StepTerms {
            counts_before: hold.counts_before.clone().unwrap_or_default(),
            enough: hold.steps.enough().clone(),
            takes_back: hold.takes_back,
        })
    }

    /// The counts of the version before, by group; none where the token may not see it.
    async fn counts_before(&self, job: &Job) -> Result<BTreeMap<String, u64>> {
        let kept = match self.nomad.read(&registration::versions(&job.namespace, &job.id)).await {
            Ok(reply) => reply.value.versions,
            Err(e) if e.is_denied() => return Ok(BTreeMap::new()),
            Err(e) => return Err(e.into()),
        };
        let before = kept.into_iter().map(|v| v.job).filter(|v| v.version < job.version && !v.stop);
        let groups = before.max_by_key(|v| v.version).map(|v| v.task_groups).unwrap_or_default();
        Ok(groups.into_iter().map(|g| (g.name.clone(), g.count())).collect())
    }

    /// Pauses the deployment, or lets it go on, by what a look showed.
    pub(super) async fn hold_step(
        &mut self,
        (begun, look): (Timestamp, UpdateLook),
        watch: &JobWatch,
    ) -> Result<()> {
        let now = self.clock.now();
        self.floor.steps.looked = Some((begun, passed(begun, now)));
        let Some((job, deployment)) = watch.seen.job.as_ref().zip(watch.seen.deployment(&self.target)) else {
            return Ok(());
        };
        let begins = self.floor.steps.steps.note(&look, begun);
        if begins || self.floor.steps.is_left {
            return Ok(());
        }
        let held = self.floor.steps.held.clone();
        let held_for = held.as_ref().map(|held| passed(held.since, now));
        let is_over = self.options.floor.wait_at_most.zip(held_for).is_some_and(|(most, held)| held >= most)
            || self.options.until.is_some_and(|until| now >= until);
        // Whoever lets it go on asks first whether somebody else moves the job.
        let others = match held.is_some() && look.is_clear() {
            true => self.hold(job, now).await?,
            false => Vec::new(),
        };
        let how = match look.hold(held_for, others, is_over) {
            Hold::Leave => return Ok(()),
            Hold::Pause(why) => return self.pause_step(why.join("; "), deployment).await,
            Hold::Resume => {
                let held_for = held_for.unwrap_or_default();
                // That look stands on what was seen before it: the servers go on with what is there now.
                return match self.is_clear_now(job, deployment, held_for).await? {
                    true => self.resume_step(deployment, held_for).await,
                    false => Ok(()),
                };
            }
            Hold::Stay(why) => HeldStep::Waits(why.join("; ")),
            Hold::InVain(why) => HeldStep::InVain(why.join("; ")),
            Hold::GiveUp(why) => HeldStep::GivenUp(why.join("; ")),
        };
        if let Some(held) = &mut self.floor.steps.held {
            held.how = how;
        }
        Ok(())
    }

    /// Whether the next step leaves every group at its floor, by a look at what runs at this moment.
    async fn is_clear_now(&mut self, job: &Job, deployment: &Deployment, held_for: Duration) -> Result<bool> {
        let Some(gate) = self.step_gate(job, deployment).await? else { return Ok(true) };
        Ok(gate.look(held_for, self.clock.now()).await?.is_clear())
    }

    async fn pause_step(&mut self, why: String, deployment: &Deployment) -> Result<()> {
        if deployment.status != DeploymentStatus::Running {
            return Ok(());
        }
        // Whoever sees it paused sees by whom.
        if !self.may_pause(deployment, self.clock.now()).await? {
            return Ok(());
        }
        let paused = act::pause_unless_over(&self.nomad, self.permission, deployment, true).await;
        if !matches!(paused, Ok(true)) {
            self.let_go().await;
        }
        match paused {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(e) if e.code() == ExitCode::Denied => {
                self.floor.steps.is_left = true;
                let because = e.hints().iter().fold(e.to_string(), |text, hint| format!("{text}; {hint}"));
                return self.tell(Event::NotPaused { version: self.target.version, why, because });
            }
            Err(e) => return Err(e),
        }
        let since = self.clock.now();
        let now = self.nomad.read(&deployment::get(&deployment.id)).await?.value;
        self.floor.steps.held = Some(Held::new(&now, since, why.clone()));
        self.tell(Event::Paused { version: self.target.version, why })
    }

    async fn resume_step(&mut self, deployment: &Deployment, held_for: Duration) -> Result<()> {
        let now = self.nomad.read(&deployment::get(&deployment.id)).await?.value;
        self.leave_what_is_over(&now).await?;
        if !self.floor.steps.is_held() {
            return Ok(());
        }
        let resumed = act::pause_unless_over(&self.nomad, self.permission, deployment, false).await;
        self.let_go().await;
        resumed?;
        let now = self.nomad.read(&deployment::get(&deployment.id)).await?.value;
        (self.floor.steps.held, self.floor.steps.resumed_at) = (None, now.modify_index);
        let (version, held_for_s) = (self.target.version, held_for.as_secs());
        self.tell(Event::Resumed { version, held_for_s, by_others: false })?;
        // The servers do not promote by themselves what became healthy while it was paused.
        if now.has_unpromoted_canaries()
            && is_promoted_by_servers(&now)
            && act::promote(&self.nomad, self.permission, &now, &[]).await? == act::Promotion::Done
        {
            self.tell(Event::Promoted { version })?;
        }
        Ok(())
    }

    /// Leaves a deployment that is over, that somebody let go on, which is not paused once more against him, or that somebody paused as
    /// well, which he lets go on.
    async fn leave_what_is_over(&mut self, deployment: &Deployment) -> Result<()> {
        let Some(held) = &mut self.floor.steps.held else { return Ok(()) };
        let by_others = held.is_paused_by_others(deployment);
        if deployment.modify_index <= held.index {
            return Ok(());
        }
        if deployment.status == DeploymentStatus::Paused && !by_others {
            held.see(deployment);
            return Ok(());
        }
        let held_for_s = passed(held.since, self.clock.now()).as_secs();
        (self.floor.steps.held, self.floor.steps.looking) = (None, None);
        self.let_go().await;
        if !deployment.status.is_active() {
            return Ok(());
        }
        self.floor.steps.is_left = true;
        let version = self.target.version;
        match by_others {
            true => self.tell(Event::PausedByOthers { version }),
            false => self.tell(Event::Resumed { version, held_for_s, by_others: true }),
        }
    }
}

/// Time since then; none of a clock that was set back.
fn passed(since: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(since).try_into().unwrap_or(Duration::ZERO)
}
