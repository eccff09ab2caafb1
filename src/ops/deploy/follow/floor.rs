//! The floor under what a rollout does by itself: it promotes canaries, fails a deployment that the servers then take back, and goes
//! back to an earlier version only where that leaves every group at its floor.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Follow;
use super::hold::StepHold;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::api::nomad::job::Job;
use crate::api::nomad::registration;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::ids::JobKey;
use crate::model::rollout::back;
use crate::model::update_floor::{Decision, FloorAct};
use crate::ops::deploy::act;
use crate::ops::deploy::end::{After, End, Meanwhile};
use crate::ops::deploy::event::Event;
use crate::ops::deploy::watch::JobWatch;
use crate::ops::migration::lock::{Guard, Holder};
use crate::ops::update_gate::{Update, UpdateGate};

/// How often it is asked whether the way is free.
const EVERY: Duration = Duration::from_secs(2);

/// What is done where an act would take a group below its floor.
#[derive(Debug, Clone, Copy, Default)]
pub struct FloorPolicy {
    /// Whether it is carried out all the same.
    pub forced: bool,
    /// How long the way is waited for; as long as it takes where nobody says.
    pub wait_at_most: Option<Duration>,
    /// Whether what is followed began with a group below its floor, to repair what is broken of it.
    pub repairs: bool,
}

/// What is remembered of an act that waits.
#[derive(Debug)]
pub struct FloorWatch<'p> {
    pub(super) user: String,
    pub(super) guard: Option<Guard<'p>>,
    since: Option<Timestamp>,
    /// When it was looked at last, and what it waited for.
    looked: Option<(Timestamp, String)>,
    /// Whether it was said that it waits.
    told: bool,
    /// Whether this run paused the deployment so that nothing more of it is replaced meanwhile.
    pub(super) paused: bool,
    /// What is remembered of the steps of the deployment.
    pub(super) steps: StepHold,
}

impl FloorWatch<'_> {
    /// For somebody of this name.
    #[must_use]
    pub fn new(user: String) -> Self {
        let steps = StepHold::default();
        FloorWatch { user, guard: None, since: None, looked: None, told: false, paused: false, steps }
    }
}

/// What has the servers replace something.
#[derive(Debug, Clone, Copy)]
pub(super) enum Move {
    /// The canaries are promoted.
    Promote,
    /// The deployment is failed, upon which the servers go back to the newest version that was good.
    Fail,
    /// This version is brought back.
    BringBack(u64),
}

/// Why an act is not carried out now.
#[derive(Debug, Clone)]
pub(super) enum HeldUp {
    /// It waits for this.
    Waits(String),
    /// It has waited for this as long as it may.
    InVain(String),
    /// It would take a group below its floor, and waiting does not help.
    Refused(String),
}

impl Follow<'_> {
    /// Whether an act has to wait for the floor, or must not be; none where the way is free. Then the job is held against whoever
    /// moves it by fleet until [`Follow::let_go`].
    pub(super) async fn held_up(&mut self, to: Move, watch: &JobWatch) -> Result<Option<HeldUp>> {
        let now = self.clock.now();
        let policy = self.options.floor;
        let fresh = self.floor.looked.as_ref();
        let fresh = fresh.filter(|(at, _)| now.duration_since(*at).unsigned_abs() < EVERY);
        if let Some((_, waits)) = fresh {
            return Ok(Some(HeldUp::Waits(waits.clone())));
        }
        let Some(gate) = self.gate(to, watch).await? else { return Ok(None) };
        let since = *self.floor.since.get_or_insert(now);
        let waited = now.duration_since(since).unsigned_abs();
        let look = gate.look(waited, now).await?;
        let is_over = policy.wait_at_most.is_some_and(|most| waited >= most)
            || self.options.until.is_some_and(|until| now >= until);
        if let Some(why) = look.goes_at_once(policy.forced) {
            if policy.forced && !why.is_empty() {
                self.tell(Event::FloorForced { why })?;
            }
            return Ok(None);
        }
        let others = self.hold(gate.job(), now).await?;
        Ok(match look.decide(others, is_over, !waited.is_zero()) {
            Decision::Go => None,
            Decision::Refuse(why) => Some(HeldUp::Refused(why.join("; "))),
            Decision::InVain(waits) => Some(HeldUp::InVain(waits.join("; "))),
            Decision::Wait(waits) => {
                let waits = waits.join("; ");
                self.floor.looked = Some((now, waits.clone()));
                Some(HeldUp::Waits(waits))
            }
        })
    }

    /// Says once what an act waits for.
    pub(super) fn tell_held_up(&mut self, waits: &str) -> Result<()> {
        let is_first = self.floor.since.is_some() && !self.floor.told;
        self.floor.told = true;
        match is_first {
            true => self.tell(Event::HeldUp { why: waits.to_owned(), paused: self.floor.paused }),
            false => Ok(()),
        }
    }

    /// Claims the job; for whom it waits.
    pub(super) async fn hold(&mut self, job: &Job, now: Timestamp) -> Result<Vec<String>> {
        let key = JobKey::new(&*job.namespace, &*job.id);
        let holder = || Holder::here(format!("deployment of job {}", job.id), self.floor.user.clone(), now);
        let mut guard = match self.floor.guard.take() {
            Some(guard) => guard,
            None => Guard::new(&self.nomad, self.permission, holder(), BTreeSet::from([key])),
        };
        let was_protected = guard.unprotected().is_none();
        let others = guard.keep(now).await;
        let unseen = guard.unprotected().filter(|_| was_protected).map(str::to_owned);
        self.floor.guard = Some(guard);
        if let Some(why) = unseen {
            self.tell(Event::Unseen { what: format!("who else moves it by fleet: {why}") })?;
        }
        others
    }

    /// Gives back what was held, once an act is carried out or given up.
    pub(super) async fn let_go(&mut self) {
        if let Some(mut guard) = self.floor.guard.take() {
            guard.release(self.clock.now()).await;
        }
        (self.floor.since, self.floor.looked, self.floor.told) = (None, None, false);
    }

    /// Halts the deployment while what takes it back waits: else it goes on replacing meanwhile. Whoever may not halt it waits all
    /// the same.
    pub(super) async fn halt(&mut self, deployment: &Deployment) -> Result<()> {
        if deployment.status == DeploymentStatus::Paused || self.floor.paused || self.floor.steps.is_held() {
            return Ok(());
        }
        match act::pause_unless_over(&self.nomad, self.permission, deployment, true).await {
            Ok(paused) => {
                self.floor.paused = paused;
                Ok(())
            }
            Err(e) if e.code() == ExitCode::Denied => Ok(()),
            Err(e) => Err(e),
        }
    }

    async fn gate(&mut self, to: Move, watch: &JobWatch) -> Result<Option<UpdateGate>> {
        let Some(job) = &watch.seen.job else { return Ok(None) };
        let clients = (&self.nomad, self.consul.as_ref());
        let back_to = match to {
            Move::Promote => {
                let deployment = watch.seen.deployment(&self.target);
                return Ok(deployment.and_then(|d| UpdateGate::before_promotion(clients, job, d, &[])));
            }
            Move::Fail => None,
            Move::BringBack(version) => Some(version),
        };
        let (namespace, id) = (job.namespace.as_str(), job.id.as_str());
        let kept = self.nomad.read(&registration::versions_raw(namespace, id)).await?.value;
        let Some(spec) = returning(&kept, job, back_to) else { return Ok(None) };
        let update = Update { namespace, id, spec: &spec };
        let fresh = (Some(job.clone()), None);
        match UpdateGate::before_registering(clients, FloorAct::Return, update, fresh).await {
            // Whoever may fail a deployment need not be allowed to plan a job.
            Err(e) if e.code() == ExitCode::Denied => {
                let what = format!("whether going back leaves every group at its floor: {e}");
                self.tell(Event::Unseen { what })?;
                Ok(None)
            }
            gate => gate,
        }
    }

    /// How a rollout ends where its way back, or a promotion, is held up for good; `why` is what it is taken back for.
    pub(super) fn held_up_end(&self, held: HeldUp, to: Move, why: Option<&str>, watch: &JobWatch) -> End {
        let version = self.target.version;
        let deployment = watch.seen.deployment(&self.target);
        let paused = self.floor.paused || deployment.is_some_and(|d| d.status == DeploymentStatus::Paused);
        let meanwhile = match deployment {
            _ if paused => Meanwhile::Paused,
            Some(d) if d.status.is_active() => Meanwhile::GoesOn,
            Some(_) => Meanwhile::Over,
            None => Meanwhile::Nothing,
        };
        let below = match held {
            HeldUp::Waits(waits) | HeldUp::InVain(waits) => {
                return End::TimedOut { version, waits, meanwhile };
            }
            HeldUp::Refused(below) => below,
        };
        let back_to = if let Move::BringBack(to) = to { Some(to) } else { None };
        match why.filter(|_| !self.options.take_back) {
            None => End::BelowFloor { version, promotes: matches!(to, Move::Promote), why: below, meanwhile },
            Some(why) => {
                let halted = if paused { "; its deployment is paused" } else { "" };
                let after = After::Words(format!("it was not rolled back: {below}{halted}"));
                End::Failed { version, deployment_failed: !paused, why: why.to_owned(), after, back_to }
            }
        }
    }
}

/// The whole job as going back registers it: this version, or the newest that was good, which the servers take as it was.
fn returning(kept: &Value, job: &Job, back_to: Option<u64>) -> Option<Value> {
    match back_to {
        Some(to) => act::returning(kept, job, to),
        None => {
            let to = back::newest_stable(kept, job.version)?;
            back::version(kept, to).map(act::as_registered)
        }
    }
}
