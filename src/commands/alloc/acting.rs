//! What verbs that act on one allocation share: the floor of its group, and the wait for what follows.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::job::{self, Job, TaskGroup};
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::turn::unseen_movers;
use crate::commands::shared::{resolve, target};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::group::default_floor;
use crate::model::ids::{JobKey, short};
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::words;
use crate::ops::migration::lock::{Guard, Holder};
use crate::ops::present_health::Sources;
use crate::ops::ticker::{Stall, Watched, Woken};
use crate::ui::Narration;

/// How often it is looked when nothing is heard.
const TICK: Duration = Duration::from_secs(1);
/// How long whoever else moves the job is waited for.
const TURN_WITHIN: Duration = Duration::from_secs(10);
/// How long an instance is well before it counts, where its group has no update block.
const STEADY: Duration = Duration::from_secs(5);

/// Refuses what the client of an allocation is asked for where nothing is heard of that, and says what runs instead.
///
/// # Errors
/// Failed (1) when its node is disconnected or down.
pub(super) async fn refuse_out_of_sight(app: &App, alloc: &AllocStub) -> Result<()> {
    if !matches!(alloc.client_status, ClientStatus::Unknown | ClientStatus::Lost) {
        return Ok(());
    }
    target::refuse_if_silent(app, &alloc.job_id, std::slice::from_ref(alloc)).await
}

/// An allocation that a verb acts on, its job, and the client to do it with.
pub(super) struct AllocAction<'a> {
    pub(super) app: &'a App,
    /// Patient with passing faults.
    pub(super) nomad: Http,
    /// As it was found.
    pub(super) alloc: AllocStub,
    /// Its job, as it is now.
    pub(super) job: Job,
}

/// How the wait for an allocation stands after one look.
pub(super) enum WaitState {
    /// What is waited for has not come: what it waits for.
    Waiting(String),
    /// This one is to be well.
    Here(Box<AllocStub>),
    /// Nothing will come any more: why.
    Nothing(String),
}

/// How a wait ended.
pub(super) enum WaitEnd {
    /// This one is well.
    Well(Box<AllocStub>),
    /// Nothing was to be waited for: why.
    Nothing(String),
}

impl<'a> AllocAction<'a> {
    /// Finds the allocation by the beginning of its id, and reads its job. The whole may take as long as `within`.
    pub(super) async fn on(app: &'a App, text: &str, within: Duration) -> Result<Self> {
        app.bound(Some(within))?;
        let nomad = app.nomad()?.with_patience(Patience::OPERATION);
        let alloc = resolve::alloc_to_act_on(&nomad, text).await?;
        Self::of(app, alloc).await
    }

    /// The same of an allocation that was found.
    pub(super) async fn of(app: &'a App, alloc: AllocStub) -> Result<Self> {
        let nomad = app.nomad()?.with_patience(Patience::OPERATION);
        let job = nomad.read(&job::get(&alloc.namespace, &alloc.job_id)).await?.value;
        Ok(AllocAction { app, nomad, alloc, job })
    }

    pub(super) fn group(&self) -> Option<&TaskGroup> {
        self.job.group(&self.alloc.task_group)
    }

    /// How messages call it.
    pub(super) fn label(&self) -> String {
        format!("{} ({}, on {})", short(&self.alloc.id), self.alloc.name, self.alloc.node_name)
    }

    /// Refuses what its client is to do where nothing is heard of that.
    pub(super) async fn refuse_out_of_sight(&self) -> Result<()> {
        refuse_out_of_sight(self.app, &self.alloc).await
    }

    /// The allocations of its job, as they are now.
    pub(super) async fn all(&self) -> Result<Vec<AllocStub>> {
        Ok(self.nomad.list(&allocation::of_job(&self.alloc.namespace, &self.alloc.job_id)).await?.value)
    }

    /// Refuses to take the group below its floor, unless it was said how many may be away. Those that do not run, or are not known to be
    /// well at this moment, are away already. Only services have a floor.
    pub(super) async fn hold_the_floor(&self, max_unavailable: Option<u64>) -> Result<()> {
        let Some(group) =
            self.group().filter(|_| !self.job.job_type.ends() && !self.job.job_type.is_per_node())
        else {
            return Ok(());
        };
        let mut others = self.all().await?;
        others.retain(|a| a.task_group == self.alloc.task_group && a.id != self.alloc.id);
        others.retain(|a| {
            a.client_status == ClientStatus::Running && a.desired_status == allocation::DesiredStatus::Run
        });
        let health = self.sources()?.of_job(&self.job, &others, self.app.clock().now()).await;
        let how = |a: &AllocStub| health.get(&a.id).map(|h| h.verdict);
        let well = others.iter().filter(|a| how(a) == Some(HealthVerdict::Healthy)).count();
        let unseen = others.iter().find(|a| how(a) == Some(HealthVerdict::NotKnown));
        let allowed = max_unavailable.unwrap_or(group.count() - default_floor(group).min(group.count()));
        let away = group.count().saturating_sub(well as u64);
        if away <= allowed {
            return Ok(());
        }
        let error = Error::refused(format!(
            "group {} of {} would have {well} of {} at work meanwhile{}, below its floor",
            group.name,
            self.job.id,
            words::count(group.count(), "instance"),
            if unseen.is_some() { " that are known to be" } else { "" }
        ));
        let why = unseen.map(|a| {
            let reason = health.get(&a.id).map_or("", PresentHealth::reason);
            format!("how {} on {} is now is not known: {reason}", a.name, a.node_name)
        });
        let error = why.into_iter().fold(error, Error::because);
        Err(error.hint(format!("--max-unavailable {away} says that this is all right")))
    }

    /// Holds the job against others that move it by `fleet`, and looks at the floor once more: two at once would each see what the other is
    /// about to take away. Whoever holds it longer than a moment, such as a rotation, is told of and goes by the floor as well.
    ///
    /// # Errors
    /// Refused (7) below the floor, interrupted (130).
    pub(super) async fn in_turn<'p>(
        &self,
        permission: &'p Permission,
        what: &str,
        max_unavailable: Option<u64>,
    ) -> Result<Guard<'p>> {
        let (app, begun) = (self.app, self.app.clock().now());
        let key = JobKey::new(&*self.job.namespace, &*self.job.id);
        let holder = Holder::here(format!("{what} of job {}", self.job.id), app.env.user(), begun);
        let mut guard = Guard::new(&self.nomad, permission, holder, BTreeSet::from([key.clone()]));
        let mut orderly = app.interrupts.orderly();
        let mut others = guard.keep(begun).await?;
        while !others.is_empty() && app.clock().now().duration_since(begun).unsigned_abs() < TURN_WITHIN {
            tokio::select! {
                () = tokio::time::sleep(TICK) => others = guard.keep(app.clock().now()).await?,
                by = orderly.requested() => {
                    guard.release(app.clock().now()).await;
                    return Err(by.error("interrupted; nothing was changed"));
                }
            }
        }
        match guard.unprotected() {
            Some(why) => app.printer.note(&unseen_movers(&key, why)),
            None => others.iter().for_each(|line| app.printer.note(&format!("not {line}"))),
        }
        match self.hold_the_floor(max_unavailable).await {
            Ok(()) => Ok(guard),
            Err(e) => {
                guard.release(app.clock().now()).await;
                Err(e)
            }
        }
    }

    fn sources(&self) -> Result<Sources> {
        Ok(Sources::new(&self.nomad, self.app.consul()?))
    }

    /// Waits until what `look` points at has been well for as long as its group asks.
    ///
    /// # Errors
    /// Timed out (6), interrupted (130): `going_on` says what goes on.
    pub(super) async fn until_well(
        &self,
        going_on: &str,
        within: Duration,
        mut look: impl AsyncFnMut(&[AllocStub]) -> Result<WaitState>,
    ) -> Result<WaitEnd> {
        let steady =
            self.group().and_then(|g| g.update.as_ref()).map_or(STEADY, |u| u.min_healthy_time.duration());
        let (sources, mut story) = (self.sources()?, Narration::new(&self.app.printer));
        let mut orderly = self.app.interrupts.orderly();
        let call = allocation::of_job(&self.alloc.namespace, &self.alloc.job_id);
        let mut watched = Watched::new(&self.nomad, call, TICK);
        let (mut latest, mut well_for) = (None::<Vec<AllocStub>>, Stall::default());
        let until = self.app.clock().now() + within;
        loop {
            match watched.next(&mut orderly).await? {
                Woken::State(all) => latest = Some(all),
                Woken::Tick => {}
                Woken::Interrupted(interrupt) => {
                    return Err(self.see(interrupt.error(format!("interrupted; {going_on}"))));
                }
            }
            let Some(latest) = &latest else { continue };
            let now = self.app.clock().now();
            let waits_for = match look(latest).await? {
                WaitState::Nothing(why) => return Ok(WaitEnd::Nothing(why)),
                WaitState::Waiting(why) => {
                    well_for.lasts(false, now);
                    why
                }
                WaitState::Here(alloc) => {
                    let health = sources.of_job(&self.job, std::slice::from_ref(&*alloc), now).await;
                    let health = health.get(&alloc.id);
                    let well = health.and_then(PresentHealth::healthy) == Some(true);
                    if well_for.lasts(well, now) >= steady && well {
                        return Ok(WaitEnd::Well(alloc));
                    }
                    let reason = health.map_or("", |h| h.reason());
                    let id = short(&alloc.id);
                    match (well, reason) {
                        (true, _) => format!("{id} is well, for a moment"),
                        (false, "") => format!("{id} is not well"),
                        (false, reason) => format!("{id} is not well: {reason}"),
                    }
                }
            };
            story.waiting(std::slice::from_ref(&waits_for));
            if now >= until {
                let error = Error::new(ExitCode::TimedOut, format!("not done in time; {going_on}"));
                return Err(self.see(error.because(waits_for)));
            }
        }
    }

    /// The error with the command that shows what there is now.
    pub(super) fn see(&self, error: Error) -> Error {
        error.hint(format!(
            "fleet job show {}",
            crate::model::ids::job_words(&self.alloc.namespace, &self.alloc.job_id)
        ))
    }
}
