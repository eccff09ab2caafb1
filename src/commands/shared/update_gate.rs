//! The gate before an update: whoever makes the servers replace a job's instances waits for those that are away already, and for
//! whoever moves the job by fleet.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::turn::{EVERY, TurnArgs};
use crate::api::Permission;
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::job::{self, Job, TaskGroup};
use crate::api::nomad::plan;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, job_words};
use crate::model::metric;
use crate::model::present_health::PresentHealth;
use crate::model::update_floor::{Answer, PlannedStep, UpdatedGroup};
use crate::ops::migration::lock::{self, Guard, Holder};
use crate::ops::present_health::Sources;
use crate::ui::Narration;

/// What is done where an update would take a group below its floor.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct FloorArgs {
    #[command(flatten)]
    pub(crate) turn: TurnArgs,

    /// Go on at once although instances are away or not well and the update takes a group below its floor, or somebody else moves the
    /// job.
    #[arg(long, help_heading = "Risks")]
    pub(crate) force_below_floor: bool,
}

/// What is to be registered.
pub(crate) struct Update<'a> {
    /// The namespace.
    pub(crate) namespace: &'a str,
    /// The job's id.
    pub(crate) id: &'a str,
    /// The whole job as it will be.
    pub(crate) spec: &'a Value,
    /// Until when it may take.
    pub(crate) until: Option<Timestamp>,
}

/// An update of a running service, before it is carried out.
struct Gate<'a> {
    app: &'a App,
    nomad: Http,
    /// As it runs.
    job: Job,
    /// As it will be.
    after: Job,
    /// Of the groups of which something is replaced.
    steps: BTreeMap<String, PlannedUpdate>,
}

/// What the servers plan for a group.
struct PlannedUpdate {
    replaced: u64,
    in_place: u64,
    /// Why some find no place.
    unplaced: Option<String>,
}

/// How the way is.
struct Look {
    /// What is waited for.
    waits: Vec<String>,
    /// What falls below its floor with nobody to say that it is right.
    refused: Vec<String>,
    /// What is repaired.
    repaired: Vec<String>,
}

/// Waits until the update leaves every group at its floor, or is what repairs it, and holds the job against whoever moves work by
/// fleet meanwhile. What is returned has to be released once the update is registered; none where nothing is replaced.
///
/// # Errors
/// Refused (7), timed out (6), interrupted (130): nothing was changed then. API errors.
pub(crate) async fn pass<'p>(
    app: &App,
    permission: &'p Permission,
    args: FloorArgs,
    update: &Update<'_>,
) -> Result<Option<Guard<'p>>> {
    let Some(gate) = Gate::of(app, update).await? else { return Ok(None) };
    let key = JobKey::new(update.namespace, update.id);
    let begun = app.clock().now();
    let holder = Holder::here(format!("update of job {}", update.id), app.env.user(), begun);
    let mut guard = Guard::new(&gate.nomad, permission, holder, BTreeSet::from([key]));
    match gate.wait(&mut guard, args, update.until).await {
        Ok(()) => Ok(Some(guard)),
        Err(error) => {
            guard.release(app.clock().now()).await;
            Err(error)
        }
    }
}

/// Gives back what was held.
pub(crate) async fn release(app: &App, guard: Option<Guard<'_>>) {
    if let Some(mut guard) = guard {
        guard.release(app.clock().now()).await;
    }
}

/// What the update would wait for now, in lines: for whoever is to be asked about it.
///
/// # Errors
/// API errors.
pub(crate) async fn foresee(app: &App, update: &Update<'_>) -> Result<Vec<String>> {
    let Some(gate) = Gate::of(app, update).await? else { return Ok(Vec::new()) };
    let key = JobKey::new(update.namespace, update.id);
    let look = gate.look(Duration::ZERO).await?;
    let claims = lock::read_visible(&gate.nomad).await?;
    let moving = claims.values().filter(|claim| !claim.has_ended() && claim.moves(&key));
    let moving = moving.map(|claim| format!("this would wait now for {}, which moves {key}", claim.holder));
    let waits = look.waits.iter().map(|why| format!("this would wait now: {why}"));
    let refused = look.refused.iter().map(|why| format!("this would be refused now: {why}"));
    Ok(moving.chain(waits).chain(refused).chain(look.repaired).collect())
}

impl<'a> Gate<'a> {
    /// None where nothing that has a floor is replaced.
    async fn of(app: &'a App, update: &Update<'_>) -> Result<Option<Self>> {
        let nomad = app.nomad()?.with_patience(Patience::OPERATION);
        let job = match nomad.read(&job::get(update.namespace, update.id)).await {
            Ok(reply) => reply.value,
            // Nothing is replaced of a new job; what may not be read is registered by whoever does not follow it.
            Err(e) if e.is_not_found() || e.is_denied() => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        if job.stop || job.job_type.ends() || job.job_type.is_per_node() {
            return Ok(None);
        }
        let planned = nomad.ask(&plan::plan(update.namespace, update.id, update.spec)).await?.value;
        let of_group = |name: &String| planned.failed_groups.get(name).map(metric::explain);
        let updates = planned.annotations.updates.iter().filter(|(_, u)| u.destructive_update > 0);
        let steps: BTreeMap<String, PlannedUpdate> = updates
            .map(|(name, u)| {
                let (replaced, in_place) = (u.destructive_update, u.in_place_update);
                (name.clone(), PlannedUpdate { replaced, in_place, unplaced: of_group(name) })
            })
            .collect();
        if steps.is_empty() {
            return Ok(None);
        }
        let after: Job = serde_json::from_value(update.spec.clone())
            .map_err(|e| Error::failed("could not read the job").because(e.to_string()))?;
        Ok(Some(Gate { app, nomad, job, after, steps }))
    }

    async fn wait(&self, guard: &mut Guard<'_>, args: FloorArgs, until: Option<Timestamp>) -> Result<()> {
        let mut orderly = self.app.interrupts.orderly();
        let mut story: Option<Narration> = None;
        let begun = self.app.clock().now();
        let hint = || "to go on all the same: --force-below-floor";
        loop {
            let now = self.app.clock().now();
            let mut look = self.look(now.duration_since(begun).unsigned_abs()).await?;
            if args.force_below_floor {
                look.waits.iter().chain(&look.refused).for_each(|line| self.warn(line));
                return Ok(());
            }
            // Whoever moves what is broken waits for its repair himself.
            if look.waits.is_empty() && look.refused.is_empty() && !look.repaired.is_empty() {
                look.repaired.iter().for_each(|line| self.warn(line));
                return Ok(());
            }
            let others = guard.keep(now).await?;
            let is_turn = !others.is_empty();
            look.waits.splice(0..0, others);
            if look.waits.is_empty() && look.refused.is_empty() {
                return Ok(());
            }
            if look.waits.is_empty() {
                let what = format!("the update would take {} below its floor", self.job.id);
                let error = look.refused.into_iter().fold(Error::refused(what), Error::because);
                let words = job_words(&self.job.namespace, &self.job.id);
                let error = error.because("nothing was changed").hint(format!("`fleet why {words}`"));
                return Err(error.hint(hint()));
            }
            if let Some(turn) = args.turn.in_vain(begun, now, &look.waits) {
                let away =
                    || Error::new(ExitCode::TimedOut, "instances are away, and were waited for in vain");
                let error = if is_turn {
                    turn
                } else {
                    look.waits.iter().fold(away(), |error, why| error.because(why.clone()))
                };
                return Err(error.because("nothing was changed").hint(hint()));
            }
            if until.is_some_and(|until| now >= until) {
                let error = Error::new(ExitCode::TimedOut, "timed out before anything was changed");
                return Err(look.waits.into_iter().fold(error, Error::because).hint(hint()));
            }
            let is_first = story.is_none();
            story.get_or_insert_with(|| Narration::new(&self.app.printer)).waiting(&look.waits);
            if is_first {
                self.app.printer.note(&format!("it goes on by itself then; {}", hint()));
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                interrupt = orderly.requested() => {
                    return Err(interrupt.error("interrupted; nothing was changed"));
                }
            }
        }
    }

    fn warn(&self, line: &str) {
        self.app.printer.warn(&format!("{}: {line}", self.job.id));
    }

    /// Asks how the instances do at this moment.
    async fn look(&self, waited: Duration) -> Result<Look> {
        let allocs = allocation::of_job(&self.job.namespace, &self.job.id);
        let allocs = self.nomad.list(&allocs).await?.value;
        let concerned: Vec<AllocStub> = allocs
            .iter()
            .filter(|a| self.steps.contains_key(&a.task_group) && !a.is_terminal())
            .cloned()
            .collect();
        let now = self.app.clock().now();
        let sources = Sources::at_hand(&self.nomad, self.app.consul()?);
        let health: BTreeMap<String, PresentHealth> = sources.of_job(&self.job, &concerned, now).await;
        let mut look = Look { waits: Vec::new(), refused: Vec::new(), repaired: Vec::new() };
        for (name, planned) in &self.steps {
            let Some(groups) = self.groups(name) else { continue };
            let PlannedUpdate { replaced, in_place, ref unplaced } = *planned;
            let step = PlannedStep { replaced, in_place, unplaced: unplaced.as_deref() };
            match UpdatedGroup::of(groups, step, &allocs, &health, now).answer(waited) {
                Answer::Go => {}
                Answer::Repair(why) => look.repaired.push(why),
                Answer::Wait(why) => look.waits.push(why),
                Answer::Refuse(why) => look.refused.push(why),
            }
        }
        Ok(look)
    }

    /// A group before and after; none where the update brings or takes it.
    fn groups(&self, name: &str) -> Option<(&TaskGroup, &TaskGroup)> {
        Some((self.job.group(name)?, self.after.group(name)?))
    }
}
