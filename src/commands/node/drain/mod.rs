//! `fleet node drain`

mod kept;
mod narrate;
mod open_ends;
mod preview;
mod report;
#[cfg(test)]
mod tests;
mod waves;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::{self, NodeStatus, NodeStub};
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::closed_before;
use crate::commands::shared::in_time::in_time;
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::still_ineligible;
use crate::commands::shared::turn::{self, Turn, TurnArgs};
use crate::error::{Error, Result};
use crate::model::group::GroupKey;
use crate::model::ids::{JobKey, JobType};
use crate::ops::drain::event::Event;
use crate::ops::drain::options::{Deadline, Options};
use crate::ops::drain::target::{Action, Target};
use crate::ops::drain::{Follow, Followed, start};
use crate::ops::migration::lock::{self, Guard, Holder};
use crate::ops::migration::snapshot::{self, Snapshot};
use crate::ops::migration::{NodeRef, names};
use crate::ops::observe::{Observer as _, Record};
use crate::ops::rotate::options::{Parallel, Risk, Singletons};
use crate::ui::duration;

use crate::commands::shared::narrator::Narrator;
use kept::Kept;
use narrate::sentence;
use open_ends::every_end_was_seen;
use preview::Preview;
use report::Report;
use waves::Waves;

/// Drain nodes: the servers move what runs on them, and fleet follows until it is healthy again.
///
/// The nodes and what would leave them are shown first. Services move as their migrate blocks allow, a few at a time; batch work
/// may finish until the deadline, is then stopped, and is not restarted; system jobs end last. Unlike with rotate-nodes, the
/// servers act on their own: they stop instances without looking for room first. What would take a service below its floor is
/// therefore refused until you accept it by name.
///
/// A node that is already draining is only followed, unless you change how it drains. The exit code is 0 only when every drain was
/// complete and every service has healthy replacements; 1 when a drain was cancelled, forced by its deadline or lost its node, or
/// when a replacement is missing or unhealthy. Ctrl-C stops following, not the drain.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node drain c1
  fleet node drain --class old --dry-run
  fleet node drain c1 c2 --deadline 30m --message 'kernel update' --yes
  fleet node drain c1 --no-deadline --detach --yes
  fleet node drain --class old --max-parallel 2 --yes
  fleet node drain c1 --wait-lock 10m --yes
  fleet node drain c1 --singletons gap --accept active-deployment")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,

    /// Stop whatever still runs after this time, even without a replacement [default: 1h].
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with_all = ["no_deadline", "force"])]
    deadline: Option<Duration>,

    /// Set no deadline: batch work is never stopped.
    #[arg(long, conflicts_with = "force")]
    no_deadline: bool,

    /// Stop everything at once: services may be down until they are replaced, and batch work is lost.
    #[arg(long)]
    force: bool,

    /// Leave system jobs running.
    #[arg(long)]
    ignore_system: bool,

    /// How many nodes drain at once, as a number or a share of the selected ones [default: all]; the others take no new work meanwhile, and
    /// are not begun when something went wrong.
    #[arg(long, value_name = "N|N%", value_parser = Parallel::parse, conflicts_with = "detach")]
    max_parallel: Option<Parallel>,

    /// Reason, shown to everyone who looks at the node.
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,

    /// What to do with services that have one instance: accept that they are down while they move, leave their nodes out, or refuse.
    #[arg(long, value_name = "HOW", value_enum)]
    singletons: Option<Singletons>,

    /// Accept this risk.
    #[arg(long, value_name = "RISK", value_enum)]
    accept: Vec<Risk>,

    #[command(flatten)]
    turn: TurnArgs,

    /// Show what would happen; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// Do not follow the drains.
    #[arg(long)]
    detach: bool,

    /// Stop following after this time; the drains go on [default: the deadline plus 15 minutes].
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    timeout: Option<Duration>,
}

/// How long replacements may take to become healthy once no drain is running and nothing changes any more.
const SETTLING: Duration = Duration::from_secs(15 * 60);

impl Args {
    fn options(&self) -> Options {
        let deadline = match (self.force, self.no_deadline) {
            (true, _) => Deadline::Now,
            (_, true) => Deadline::Never,
            _ => Deadline::After(self.deadline.unwrap_or(Duration::from_secs(3600))),
        };
        let explicit = self.force || self.no_deadline || self.deadline.is_some() || self.ignore_system;
        Options { deadline, ignore_system: self.ignore_system, explicit }
    }

    /// How long to follow at most; none means until the drains end.
    fn follow_for(&self) -> Option<Duration> {
        self.timeout.or(match self.options().deadline {
            Deadline::After(d) => Some(d + SETTLING),
            Deadline::Now => Some(SETTLING),
            Deadline::Never => None,
        })
    }
}

/// Drains nodes.
///
/// # Errors
/// Refused (7), failed (1), timed out (6), interrupted (130).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if args.singletons == Some(Singletons::Surge) {
        return Err(Error::usage(
            "a drain is carried out by the servers, which start no second copies first",
        )
        .hint(format!("fleet rotate-nodes {} --singletons surge", args.selection.words())));
    }
    let nomad = app.nomad()?;
    let options = args.options();
    let seen = async {
        let selected = args.selection.resolve_targets(nomad).await?;
        for node in selected.iter().filter(|n| n.status == NodeStatus::Down) {
            app.printer.warn(&format!(
                "node {} is down: nothing moves off a node that does not answer; what ran there is replaced without a drain",
                node.name
            ));
        }
        let before = lock::read_visible(nomad).await?;
        let snapshot = look(app, nomad, &selected).await?;
        let mut preview = Preview::make(args, app, &snapshot, &selected, options).await?;
        let were = closed_before::by_others(app, nomad, "", &selected).await?;
        preview.remember(&were);
        preview.note_turns(&[&before, &lock::read_visible(nomad).await?]);
        Ok::<_, Error>((selected, snapshot, preview, were))
    };
    let (selected, snapshot, preview, were) = in_time(args.timeout, Box::pin(seen)).await?;
    if args.dry_run || app.printer.wants_events() {
        app.printer.object(&preview)?;
    } else {
        app.printer.aside(&preview);
    }
    if args.dry_run {
        turn::say_others(app, nomad, "", &selected).await?;
    }
    preview.refuse_at_first(&args.selection)?;
    if args.dry_run {
        return Ok(());
    }
    let (question, mut left_out) = (preview.question(), preview.left_out());
    let mut targets = preview.into_targets();
    if targets.iter().all(|t| t.action == Action::Nothing) {
        if !targets.is_empty() {
            app.printer.note("nothing to do: these nodes are empty and ineligible");
        }
        app.printer.object(&Report::new(&targets, &[], &[], false))?;
        return every_end_was_seen(nomad, &selected, &snapshot.allocs, &left_out).await;
    }
    let mut narrator = Narrator::new(&app.printer, sentence);
    let (failed, ended, mut guard, permission);
    if targets.iter().any(Target::is_written) {
        permission = app.confirm(args.yes, &question).await?;
        let jobs = services_of(&targets);
        Box::pin(Turn::new(app, nomad, args.turn).await_others("", &selected, &jobs)).await?;
        let kept = Kept::of(args, app, nomad, &targets).await?;
        let own = guard_of(app, &permission, &targets)?;
        guard = Some(match &kept {
            Some(kept) => own.as_run_of(&kept.name),
            None => own,
        });
        if let Some(guard) = &mut guard {
            await_turn(args, app, guard, &mut narrator).await?;
        }
        // The world waited neither for the answer nor for others.
        let snapshot = in_time(args.timeout, Box::pin(look(app, nomad, &selected))).await?;
        let now = selected.iter().map(|n| snapshot.nodes.iter().find(|s| s.id == n.id).unwrap_or(n).clone());
        let now: Vec<NodeStub> = now.collect();
        let mut preview = Preview::make(args, app, &snapshot, &now, options).await?;
        preview.remember(&were);
        preview.refuse(&args.selection)?;
        let is_fresh = preview.question() == question || args.yes;
        if preview.question() != question {
            app.printer.note("this has changed since the question was put");
            app.printer.aside(&preview);
            app.confirm(args.yes, &preview.question()).await?;
        }
        let agreed = preview.away_while_moving();
        left_out = preview.left_out();
        targets = preview.into_targets();
        let draining = Waves {
            args,
            app,
            permission: &permission,
            options,
            targets: &targets,
            nodes: &now,
            agreed,
            is_fresh,
        };
        (failed, ended) = Box::pin(draining.run(kept, guard.as_mut(), &mut narrator)).await?;
    } else {
        (failed, guard) = (Vec::new(), None);
        ended = match args.detach {
            true => Ok(Vec::new()),
            false => Box::pin(follow(args, app, &targets, &failed, None, &mut narrator)).await,
        };
    }
    if let Some(guard) = &mut guard {
        guard.release(app.clock().now()).await;
    }
    drop(narrator);
    let (followed, cut) = match ended {
        Ok(followed) => (followed, None),
        Err((followed, error)) => (followed, Some(error)),
    };
    let report = Report::new(&targets, &failed, &followed, options.deadline == Deadline::Now);
    if !app.printer.wants_events() {
        app.printer.object(&report)?;
    }
    if args.detach {
        let names = names(targets.iter().map(|t| &t.node), &snapshot.nodes);
        app.printer
            .note(&format!("to follow: fleet node drain {names}; to stop it: fleet node undrain {names}"));
    }
    if let Some(error) = cut {
        return Err(error);
    }
    report.verdict(args.detach)?;
    if args.detach {
        return Ok(());
    }
    still_ineligible::say(app, nomad, &ids(&selected)).await;
    every_end_was_seen(nomad, &selected, &snapshot.allocs, &left_out).await
}

fn ids(nodes: &[NodeStub]) -> BTreeSet<String> {
    nodes.iter().map(|n| n.id.clone()).collect()
}

/// A node whose drain could not be started, and why.
type NotTold = (NodeRef, Error);

/// What was followed, also when it was cut short.
type Ended = Result<Vec<Followed>, (Vec<Followed>, Error)>;

/// Starts the drains; returns those that could not be started.
async fn write(
    args: &Args,
    app: &App,
    permission: &Permission,
    targets: &[Target],
    marks: &BTreeMap<String, String>,
    narrator: &mut Narrator<Event>,
) -> Result<Vec<NotTold>> {
    let nomad = app.nomad()?;
    let told = start(nomad, permission, targets, args.options(), args.message.as_deref(), marks).await;
    let mut failed = Vec::new();
    for (target, result) in told {
        let node = target.node.clone();
        let event = match result {
            Ok(()) => Event::DrainStarted { node },
            Err(e) => {
                let error = Error::from(e);
                let reason = error.to_string();
                failed.push((node.clone(), error));
                Event::DrainNotStarted { node, reason }
            }
        };
        narrator.record(&Record { time: app.clock().now(), event })?;
    }
    Ok(failed)
}

/// Follows every node that drains. An error carries what was seen until then.
async fn follow(
    args: &Args,
    app: &App,
    targets: &[Target],
    failed: &[NotTold],
    guard: Option<&mut Guard<'_>>,
    narrator: &mut Narrator<Event>,
) -> Ended {
    let none = |e: Error| (Vec::new(), e);
    let orderly = app.interrupts.orderly();
    let nomad = app.nomad().map_err(none)?.with_patience(Patience::OPERATION);
    let drains = |t: &&Target| t.action != Action::Nothing && !failed.iter().any(|(n, _)| *n == t.node);
    let draining: Vec<&Target> = targets.iter().filter(drains).collect();
    let nodes: BTreeSet<String> = draining.iter().map(|t| t.node.id.clone()).collect();
    // Something may have been placed between the preview and the drain.
    let snapshot = Box::pin(snapshot::observe(&nomad, &nodes, &jobs_of(&draining))).await.map_err(none)?;
    let mut followed = Vec::new();
    for target in draining {
        followed.push(track(&nomad, target, &snapshot, args.ignore_system).await.map_err(none)?);
    }
    let mut follow = Follow {
        nomad,
        nodes: followed,
        patience: SETTLING,
        guard,
        until: args.follow_for().map(|t| app.clock().now() + t),
        observer: narrator,
        clock: Arc::clone(app.clock()),
        orderly,
    };
    let ended = follow.run().await;
    let nodes = follow.nodes;
    ended.map(|()| nodes.clone()).map_err(|e| (nodes, e))
}

/// The jobs of which something would be moved.
fn services_of(targets: &[Target]) -> BTreeSet<JobKey> {
    let written = targets.iter().filter(|t| t.is_written()).flat_map(|t| &t.allocs);
    written.filter(|a| a.job_type == JobType::Service).map(JobKey::of).collect()
}

/// Keeps others away from the services on the nodes while they drain.
fn guard_of<'p>(app: &App, permission: &'p Permission, targets: &[Target]) -> Result<Guard<'p>> {
    let jobs = services_of(targets);
    let names: Vec<&str> = targets.iter().map(|t| t.node.name.as_str()).collect();
    let holder = Holder::of_drain(&names, app.env.user(), app.clock().now());
    Ok(Guard::new(app.nomad()?, permission, holder, jobs))
}

/// Waits until nobody else moves the same services.
async fn await_turn(
    args: &Args,
    app: &App,
    guard: &mut Guard<'_>,
    narrator: &mut Narrator<Event>,
) -> Result<()> {
    let (begun, mut orderly) = (app.clock().now(), app.interrupts.orderly());
    loop {
        let waits = guard.keep(app.clock().now()).await?;
        if waits.is_empty() {
            break;
        }
        narrator.waiting(&waits);
        let ended = tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => args.turn.in_vain(begun, app.clock().now(), &waits),
            interrupt = orderly.requested() => Some(interrupt.error("interrupted while waiting for its turn")),
        };
        if let Some(error) = ended {
            guard.release(app.clock().now()).await;
            return Err(error.because("nothing was drained"));
        }
    }
    if let Some(why) = guard.unprotected() {
        app.printer.warn(&format!(
            "nothing keeps a second operator from moving the same services at the same time: {why}"
        ));
    }
    Ok(())
}

fn jobs_of(targets: &[&Target]) -> BTreeSet<JobKey> {
    targets.iter().flat_map(|t| &t.allocs).map(JobKey::of).collect()
}

async fn track(nomad: &Http, target: &Target, snapshot: &Snapshot, ignore_system: bool) -> Result<Followed> {
    let now = nomad.read(&node::get(&target.node.id)).await?.value;
    let here =
        snapshot.allocs.iter().filter(|a| a.node_id == target.node.id && !a.client_status.is_terminal());
    let tracked: BTreeMap<String, AllocStub> =
        target.allocs.iter().chain(here).map(|a| (a.id.clone(), a.clone())).collect();
    Ok(Followed {
        node: target.node.clone(),
        since: now.last_drain.as_ref().and_then(|d| d.started_at),
        force_at: now.drain_strategy.and_then(|s| s.force_deadline),
        // A drain that has ended already was the one just written.
        ignore_system: now.drain_strategy.map_or(ignore_system, |s| s.ignore_system_jobs),
        tracked,
        fates: BTreeMap::new(),
        end: None,
    })
}

/// What runs on the nodes now, and what checks say of it.
async fn look(app: &App, nomad: &Http, selected: &[NodeStub]) -> Result<Snapshot> {
    let (nodes, none, now) = (ids(selected), BTreeSet::new(), app.clock().now());
    Box::pin(snapshot::observe_with_checks(nomad, app.consul()?, &nodes, &none, now)).await
}

/// The groups of which something available is on these nodes.
fn groups_at_stake(snapshot: &Snapshot, targets: &[Target]) -> BTreeSet<GroupKey> {
    let available = |a: &&AllocStub| snapshot.checks.is_available(a);
    targets.iter().flat_map(|t| &t.allocs).filter(available).map(GroupKey::of).collect()
}
