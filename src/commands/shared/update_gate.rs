//! The gate before an update: whoever makes the servers replace a job's instances waits for those that are away already, and for
//! whoever moves the job by fleet.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::turn::{EVERY, TurnArgs, unseen_movers};
use crate::api::Permission;
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, job_words};
use crate::model::update_floor::{Decision, FloorAct};
use crate::ops::deploy::FloorPolicy;
use crate::ops::migration::lock::{self, Guard, Holder};
use crate::ops::update_gate::{self, PlannedGroups, UpdateGate};
use crate::ui::{Narration, duration_text};

/// What is done where an update would take a group below its floor.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct FloorArgs {
    #[command(flatten)]
    pub(crate) turn: TurnArgs,

    /// Go on at once although instances are away or not well and this takes a group below its floor, or somebody else moves the
    /// job.
    #[arg(long, help_heading = "Risks")]
    pub(crate) force_below_floor: bool,
}

impl FloorArgs {
    /// The same for what a rollout does by itself.
    pub(crate) fn policy(self) -> FloorPolicy {
        FloorPolicy { forced: self.force_below_floor, wait_at_most: self.turn.wait_lock, repairs: false }
    }
}

/// What is to be registered.
pub(crate) struct Update<'a> {
    /// The namespace.
    pub(crate) namespace: &'a str,
    /// The job's id.
    pub(crate) id: &'a str,
    /// The whole job as it will be.
    pub(crate) spec: &'a serde_json::Value,
    /// Until when it may take.
    pub(crate) until: Option<Timestamp>,
    /// Whether it is followed once it is registered.
    pub(crate) is_followed: bool,
    /// Whether the servers planned to replace something, when they were asked for it.
    pub(crate) replaces: bool,
    /// Whether what it waits for, and what nobody can look at, was said by [`foresee`] a moment ago.
    pub(crate) is_foreseen: bool,
}

/// The job as it ran a moment ago, and what the servers planned for its update then, where either is known.
pub(crate) type Fresh = (Option<Job>, Option<PlannedGroups>);

impl Update<'_> {
    /// The gate before it; none where nothing that has a floor is replaced.
    async fn gate(&self, app: &App, fresh: Fresh) -> Result<Option<UpdateGate>> {
        let clients = (app.nomad()?, app.consul()?);
        let update = update_gate::Update { namespace: self.namespace, id: self.id, spec: self.spec };
        UpdateGate::before_registering(clients, FloorAct::Update, update, fresh).await
    }
}

/// A gate that was passed. The job is held until it is released.
#[derive(Debug, Default)]
pub(crate) struct Passed<'p> {
    guard: Option<Guard<'p>>,
    /// Whether a group is below its floor, and what was let through repairs it.
    repairs: bool,
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
) -> Result<Passed<'p>> {
    match update.gate(app, (None, None)).await {
        Ok(gate) => through_any(app, permission, args, (gate, update.is_foreseen), update.until).await,
        Err(e) if e.code() != ExitCode::Denied => Err(e),
        // Whoever may only submit it, and follows nothing, goes on; that nobody looked is said.
        Err(_) if args.force_below_floor || !update.is_followed => {
            if update.replaces {
                app.printer.warn(&format!(
                    "{}: this token may not read it, so nobody looked whether the update takes it below its floor",
                    update.id
                ));
            }
            Ok(Passed::default())
        }
        Err(e) => Err(e
            .because("so neither its floor nor its deployment could be seen; nothing was changed")
            .hint("--detach registers it without a look, and does not follow it")),
    }
}

/// The same before a group gets a lower count.
///
/// # Errors
/// As for [`pass`].
pub(crate) async fn pass_fewer<'p>(
    app: &App,
    permission: &'p Permission,
    args: FloorArgs,
    (job, group, count): (&Job, &TaskGroup, u64),
    until: Option<Timestamp>,
) -> Result<Passed<'p>> {
    let gate = UpdateGate::before_fewer((app.nomad()?, app.consul()?), job, group, count);
    through_any(app, permission, args, (gate, false), until).await
}

/// The same before the canaries of these groups are promoted, of all where none is named.
///
/// # Errors
/// As for [`pass`].
pub(crate) async fn pass_promotion<'p>(
    app: &App,
    permission: &'p Permission,
    args: FloorArgs,
    (job, deployment, groups): (&Job, &Deployment, &[String]),
    until: Option<Timestamp>,
) -> Result<Passed<'p>> {
    let gate = UpdateGate::before_promotion((app.nomad()?, app.consul()?), job, deployment, groups);
    through_any(app, permission, args, (gate, false), until).await
}

/// The same before a paused deployment goes on.
///
/// # Errors
/// As for [`pass`].
pub(crate) async fn pass_resumption<'p>(
    app: &App,
    permission: &'p Permission,
    args: FloorArgs,
    (job, deployment): (&Job, &Deployment),
) -> Result<Passed<'p>> {
    let gate = UpdateGate::before_resumption((app.nomad()?, app.consul()?), job, deployment);
    through_any(app, permission, args, (gate, false), None).await
}

/// Through the gate, where there is one, and whether what nobody can look at was said before.
async fn through_any<'p>(
    app: &App,
    permission: &'p Permission,
    args: FloorArgs,
    (gate, is_foreseen): (Option<UpdateGate>, bool),
    until: Option<Timestamp>,
) -> Result<Passed<'p>> {
    match gate {
        Some(gate) => through(app, permission, args, (&gate, is_foreseen), until).await,
        None => Ok(Passed::default()),
    }
}

async fn through<'p>(
    app: &App,
    permission: &'p Permission,
    args: FloorArgs,
    (gate, is_foreseen): (&UpdateGate, bool),
    until: Option<Timestamp>,
) -> Result<Passed<'p>> {
    let job = gate.job();
    let begun = app.clock().now();
    let what = match gate.act() {
        FloorAct::Update | FloorAct::Return => format!("update of job {}", job.id),
        FloorAct::Fewer => format!("scaling of job {}", job.id),
        FloorAct::Promotion | FloorAct::Resumption | FloorAct::NextStep => {
            format!("deployment of job {}", job.id)
        }
    };
    let jobs = BTreeSet::from([JobKey::new(&*job.namespace, &*job.id)]);
    if let Some(unseen) = gate.unseen().filter(|_| !is_foreseen) {
        app.printer.warn(&format!("{}: {unseen}", job.id));
    }
    let mut guard = Guard::new(app.nomad()?, permission, Holder::here(what, app.env.user(), begun), jobs);
    match wait(app, gate, &mut guard, args, until).await {
        Ok(repairs) => Ok(Passed { guard: Some(guard), repairs }),
        Err(error) => {
            guard.release(app.clock().now()).await;
            Err(error)
        }
    }
}

/// Gives back what was held; whether what was let through is a repair.
pub(crate) async fn release(app: &App, passed: Passed<'_>) -> bool {
    if let Some(mut guard) = passed.guard {
        guard.release(app.clock().now()).await;
    }
    passed.repairs
}

/// What the update would wait for now, in lines: for whoever is to be asked about it.
///
/// # Errors
/// API errors.
pub(crate) async fn foresee(app: &App, update: &Update<'_>, fresh: Fresh) -> Result<Vec<String>> {
    let Some(gate) = update.gate(app, fresh).await? else { return Ok(Vec::new()) };
    let key = JobKey::new(update.namespace, update.id);
    let unseen = gate.unseen();
    let (look, claims) = tokio::join!(gate.look(Duration::ZERO, app.clock().now()), lock::read(app.nomad()?));
    let look = look?;
    let moving = match claims {
        Ok((claims, _)) => {
            let moving = claims.values().filter(|claim| !claim.has_ended() && claim.moves(&key));
            moving
                .map(|claim| format!("this would wait now for {}, which moves {key}", claim.holder))
                .collect()
        }
        Err(e) if e.is_denied() => {
            vec![unseen_movers(&key, &e.in_a_line())]
        }
        Err(e) => return Err(e.into()),
    };
    let waits = look.waits.iter().map(|why| format!("this would wait now: {why}"));
    let refused = look.refused.iter().map(|why| format!("this would be refused now: {why}"));
    Ok(unseen.into_iter().chain(moving).chain(waits).chain(refused).chain(look.repaired).collect())
}

/// Waits until the way is free; whether what goes on is a repair.
async fn wait(
    app: &App,
    gate: &UpdateGate,
    guard: &mut Guard<'_>,
    args: FloorArgs,
    until: Option<Timestamp>,
) -> Result<bool> {
    let mut orderly = app.interrupts.orderly();
    let mut story: Option<Narration> = None;
    let begun = app.clock().now();
    let mut last: Vec<String> = Vec::new();
    loop {
        let now = app.clock().now();
        let waited = now.duration_since(begun).unsigned_abs();
        // The time is over in the middle of an answer: what was seen before is what it waited for.
        let in_time = |e: Error, last: &[String]| match e.code() {
            ExitCode::TimedOut if !last.is_empty() => in_vain(None, last.to_vec(), false, waited),
            _ => e,
        };
        let look = gate.look(waited, now).await.map_err(|e| in_time(e, &last))?;
        let limit = args.turn.wait_lock;
        let is_over = limit.is_some_and(|most| waited >= most) || until.is_some_and(|until| now >= until);
        if let Some(said) = look.goes_at_once(args.force_below_floor) {
            said.iter().for_each(|line| app.printer.warn(&format!("{}: {line}", gate.job().id)));
            return Ok(!look.repaired.is_empty());
        }
        let others = others(app, gate, guard, now).await.map_err(|e| in_time(e, &last))?;
        let is_turn = !others.is_empty();
        let was_told = story.as_ref().map(|_| waited);
        let waits = match look.decide(others, is_over, was_told.is_some()) {
            Decision::Go => return Ok(false),
            Decision::Refuse(why) => return Err(refused(gate, why, was_told)),
            Decision::InVain(waits) => {
                let over = args.turn.in_vain(begun, now, &waits);
                return Err(in_vain(over, waits, is_turn, waited));
            }
            Decision::Wait(waits) => waits,
        };
        last.clone_from(&waits);
        let is_first = story.is_none();
        story.get_or_insert_with(|| Narration::new(&app.printer)).waiting(&waits);
        if is_first {
            app.printer.note(&format!("it goes on by itself then; {HINT}"));
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            interrupt = orderly.requested() => {
                return Err(interrupt.error("interrupted; nothing was changed"));
            }
        }
    }
}

const HINT: &str = "to go on all the same: --force-below-floor";

/// Claims the job; for whom it waits.
async fn others(app: &App, gate: &UpdateGate, guard: &mut Guard<'_>, now: Timestamp) -> Result<Vec<String>> {
    let was_protected = guard.unprotected().is_none();
    let others = guard.keep(now).await?;
    if let Some(why) = guard.unprotected().filter(|_| was_protected) {
        let key = JobKey::new(&*gate.job().namespace, &*gate.job().id);
        app.printer.note(&unseen_movers(&key, why));
    }
    Ok(others)
}

/// The error of what would take a group below its floor, after it was waited for so long.
fn refused(gate: &UpdateGate, why: Vec<String>, waited: Option<Duration>) -> Error {
    let job = gate.job();
    let what = format!("{} would take {} below its floor", gate.act(), job.id);
    let waited = waited.map(|waited| format!("it was waited for {} in vain", duration_text(waited)));
    let error = why.into_iter().chain(waited).fold(Error::refused(what), Error::because);
    let error = error.because("nothing was changed");
    let error = error.hint(format!("to find out why: fleet why {}", job_words(&job.namespace, &job.id)));
    let error = match gate.act() {
        FloorAct::Update => error.hint(BESIDE),
        FloorAct::Promotion
        | FloorAct::Resumption
        | FloorAct::Return
        | FloorAct::Fewer
        | FloorAct::NextStep => error,
    };
    error.hint(HINT)
}

/// How an update goes that takes nothing of what serves.
const BESIDE: &str = "with canaries, as many as the group has instances, the new ones come up beside what serves, and nothing is \
                      taken before they are healthy and promoted: canary in its update block";

/// The error where it is not waited any longer; `turn` is that of whoever waits for somebody else no longer, and `is_turn` whether it
/// is for somebody else.
fn in_vain(turn: Option<Error>, waits: Vec<String>, is_turn: bool, waited: Duration) -> Error {
    let after = duration_text(waited);
    let because = |error: Error| waits.into_iter().fold(error, Error::because);
    let error = match turn {
        Some(turn) if is_turn => turn.because("nothing was changed"),
        Some(_) => {
            let away = format!("instances are away, and were waited for in vain for {after}");
            let away = Error::new(ExitCode::TimedOut, away);
            because(away).because("nothing was changed")
        }
        None => because(Error::new(
            ExitCode::TimedOut,
            format!("timed out after {after}, before anything was changed"),
        )),
    };
    error.hint(HINT)
}
