//! `fleet node rebalance`

mod snapshot;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::api::http::{Http, Patience};
use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::rotation_board::RotationBoard;
use crate::commands::shared::turn::TurnArgs;
use crate::error::{Error, Result};
use crate::model::group::GroupKey;
use crate::model::metric;
use crate::model::rebalance::{self, Move, Place, Step, Wish};
use crate::model::redaction::Secrets;
use crate::model::words;
use crate::ops::journal;
use crate::ops::migration::NodeRef;
use crate::ops::migration::eligibility;
use crate::ops::migration::floors::MinHealthy;
use crate::ops::migration::forecast::{self, ForecastInput};
use crate::ops::migration::lock::{self, Holder};
use crate::ops::rotate::decide::GoalNode;
use crate::ops::rotate::event::{Foreseen, NodeMoves, Outcome, Purpose};
use crate::ops::rotate::history::History;
use crate::ops::rotate::options::{OnFailure, Options, Parallel, Replace, Singletons};
use crate::ops::rotate::pace::Pace;
use crate::ops::rotate::plan::Strategy;
use crate::ops::rotate::recorder::{Intent, Recorder, RecoveredState};
use crate::ops::rotate::store::{self, Store, Stored};
use crate::ops::rotate::{Goal, Means, Rotation};
use crate::ui::duration;

use snapshot::RebalanceSnapshot;
use view::{MoveRow, RebalanceView};

/// Move a few instances off the fullest nodes onto the emptiest, one step after the other, without taking any service below its floor.
///
/// After a scale-out new nodes stay empty, because nothing moves by itself. Each step chooses the moves that even out the nodes of a pool
/// and a datacenter the most, by what is allocated of memory and CPU. Meanwhile the nodes that are not to get anything take no new work;
/// afterwards they are what they were. Instances are stopped as rotate-nodes does it: each after a fresh check that its replacement has a
/// place, as many of a group as its floor allows, and each followed until its replacement is healthy. Where the replacement goes is decided
/// by the scheduler, so the next step is chosen from what is then.
///
/// Services with one instance, batch work, system jobs, canaries, jobs that are being deployed, and whatever has a volume or a sticky disk stay
/// where they are. Ctrl-C once finishes the step under way and gives the nodes back; the same command again does so after a crash.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node rebalance --dry-run
  fleet node rebalance --pool web --max-moves 5 --yes
  fleet node rebalance --class worker --within 20% --yes")]
pub struct Args {
    /// Move at most N instances.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    max_moves: u32,

    /// Nodes whose loads differ by no more than this are even enough.
    #[arg(long, value_name = "N%", value_parser = share, default_value = "10%")]
    within: f64,

    /// Keep at least N (or N%) instances of every group healthy, instead of what its migrate block allows.
    #[arg(long, value_name = "N|N%", value_parser = MinHealthy::parse)]
    min_healthy: Option<MinHealthy>,

    /// How long everything that moved must have been well, without a restart, before the next step.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s")]
    settle: Duration,

    /// Time the whole may take.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    #[command(flatten)]
    turn: TurnArgs,

    /// Show what would move; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    selection: NodeSelection,
}

fn share(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').and_then(|n| n.parse::<u32>().ok()).filter(|n| (1..=99).contains(n));
    number.map(|n| f64::from(n) / 100.0).ok_or_else(|| "expected a share from 1% to 99%".to_owned())
}

impl Args {
    fn options(&self, app: &App) -> Options {
        Options {
            secrets: Secrets::of_environment(app.env.iter()),
            replace: Replace::No,
            service: None,
            singletons: Singletons::Refuse,
            batch: None,
            on_failure: OnFailure::Restore,
            min_healthy: self.min_healthy,
            floors: BTreeMap::new(),
            max_parallel: Parallel::Percent(100),
            pace: Pace::default(),
            failure_budget: 0,
            settle: self.settle,
            soak: Duration::ZERO,
            insist: false,
            accept: BTreeSet::new(),
            ignore_system: true,
            timeout: self.timeout,
            wait_lock: self.turn.wait_lock,
            destination: None,
        }
    }

    fn key(&self, app: &App) -> Result<String> {
        let settings = app.settings()?;
        let region = settings.nomad.region.as_ref().map_or("", |r| r.value.as_str());
        Ok(journal::key(&["node-rebalance", region, &format!("{:?}", self.selection)]))
    }
}

/// Moves a few allocations.
///
/// # Errors
/// Refused (7), failed (1), timed out (6), interrupted (130).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let selected: BTreeSet<String> =
        args.selection.resolve(&nomad, false).await?.into_iter().map(|n| n.id).collect();
    let options = args.options(app);
    let key = args.key(app)?;
    let left = store::load(&nomad, &key).await?;
    let ours: BTreeSet<String> = left.iter().flat_map(|s| closed_by(&s.state)).collect();
    let snapshot = RebalanceSnapshot::read(app, &nomad, &selected, &options.floor_policy(), &ours).await?;
    let planner = Planner { nomad: &nomad, tolerance: args.within };
    let moves = planner.moves(&snapshot, args.max_moves as usize).await?;
    let preview = RebalanceView::plan(&snapshot, &moves);
    if args.dry_run || moves.is_empty() && left.is_none() {
        return app.printer.object(&preview);
    }
    if app.printer.wants_events() {
        app.printer.object(&preview)?;
    } else {
        app.printer.aside(&preview);
    }
    let question = format!("Move {}?", words::count(moves.len(), "allocation"));
    let permission = app.confirm(args.yes, &question).await?;
    let dead = match left {
        Some(left) => clear_up(app, &nomad, &permission, &left, ours).await?,
        None => BTreeSet::new(),
    };
    let mut run =
        Run { args, app, nomad: &nomad, permission: Some(permission), options, key, dead, moved: Vec::new() };
    let before = snapshot.places.clone();
    let ended = Box::pin(run.steps(&selected, &planner)).await;
    let (policy, none) = (run.options.floor_policy(), BTreeSet::new());
    let now = RebalanceSnapshot::read(app, &nomad, &selected, &policy, &none).await;
    let reached = match &now {
        Ok(now) => {
            let result = RebalanceView::result(&before, std::mem::take(&mut run.moved), now);
            app.printer.object(&result)?;
            rebalance::spread(&now.places) <= args.within
        }
        Err(_) => true,
    };
    ended?;
    now?;
    if !reached {
        app.printer.note(
            "they are not as even as was asked for; the same command again goes on, as far as more can move",
        );
    }
    Ok(())
}

/// Gives back the nodes that an earlier run has closed, once it is sure that it does not live; the holders of the lock that are
/// dead.
async fn clear_up(
    app: &App,
    nomad: &Http,
    permission: &Permission,
    left: &Stored,
    closed: BTreeSet<String>,
) -> Result<BTreeSet<String>> {
    app.printer.note("an earlier run was ended in the middle; its nodes are given back first");
    let rotation = left.state.rotation.as_deref().unwrap_or_default();
    let holder = format!("{rotation}-");
    let silence = lock::await_silence(nomad, &holder, app.clock(), |line| app.printer.note(line));
    let dead = silence.await.map_err(|e| {
        e.context("the same nodes are being evened out elsewhere").hint("fleet rotation list")
    })?;
    let others = store::nodes_of_others(nomad, rotation).await?;
    let closed = closed.into_iter().filter(|id| !others.contains_key(id)).collect();
    give_back(nomad, permission, &closed).await?;
    store::delete(nomad, permission, left).await?;
    Ok(dead)
}

/// The nodes that an earlier run closed and has not given back, by id.
fn closed_by(state: &RecoveredState) -> Vec<String> {
    let was_open = state.was.iter().filter(|(_, was)| **was == Eligibility::Eligible);
    was_open.map(|(id, _)| id.clone()).collect()
}

async fn give_back(nomad: &Http, permission: &Permission, nodes: &BTreeSet<String>) -> Result<()> {
    let now = nomad.list(&node::list()).await?.value;
    let closed = now
        .iter()
        .filter(|n| nodes.contains(&n.id) && !n.drain && n.scheduling_eligibility != Eligibility::Eligible);
    for node in closed {
        eligibility::set(nomad, permission, &node.id, Eligibility::Eligible).await?;
    }
    Ok(())
}

/// Chooses moves that the scheduler has a place for.
struct Planner<'a> {
    nomad: &'a Http,
    tolerance: f64,
}

impl Planner<'_> {
    async fn moves(&self, snapshot: &RebalanceSnapshot, most: usize) -> Result<Vec<Move>> {
        let wish = Wish { tolerance: self.tolerance, most_moves: most };
        let mut homeless: BTreeSet<GroupKey> = BTreeSet::new();
        loop {
            let movable: Vec<_> =
                snapshot.movable.iter().filter(|m| !homeless.contains(&m.group)).cloned().collect();
            let moves = rebalance::plan(&snapshot.places, &movable, wish);
            let Some(step) = rebalance::first_step(&snapshot.places, &movable, &moves, self.tolerance) else {
                return Ok(Vec::new());
            };
            let leaving: Vec<_> = step.moves.iter().filter_map(|m| snapshot.alloc(&m.alloc)).collect();
            let open: Vec<String> = open(snapshot, &step).map(|p| p.id.clone()).collect();
            let input = ForecastInput {
                jobs: &snapshot.cluster.jobs,
                allocs: &snapshot.cluster.allocs,
                doomed: &step.closed,
                survivors: &open,
                marked: false,
            };
            let forecast = forecast::ask(self.nomad, input, &leaving).await?;
            if let Some(why) = forecast.unknown {
                return Err(Error::refused("whether what leaves finds a place is not known").because(why));
            }
            if forecast.losses.is_empty() {
                return Ok(moves);
            }
            // What finds no place on the emptier nodes stays where it is.
            let before = homeless.len();
            homeless.extend(forecast.losses.iter().map(|l| l.group.clone()));
            if homeless.len() == before {
                let why = forecast.losses.first().map(|l| metric::explain(&l.metric)).unwrap_or_default();
                return Err(Error::refused("what leaves finds no place on the emptier nodes").because(why));
            }
        }
    }
}

fn open<'s>(snapshot: &'s RebalanceSnapshot, step: &Step) -> impl Iterator<Item = &'s Place> {
    snapshot.places.iter().filter(move |p| !step.closed.contains(&p.id)).collect::<Vec<_>>().into_iter()
}

/// A rebalance under way.
struct Run<'a> {
    args: &'a Args,
    app: &'a App,
    nomad: &'a Http,
    /// It goes from step to step.
    permission: Option<Permission>,
    options: Options,
    key: String,
    /// Holders of the lock of which it is known that they do not live any more.
    dead: BTreeSet<String>,
    /// What moved, and where to.
    moved: Vec<MoveRow>,
}

impl Run<'_> {
    /// Step after step, each chosen from what is then, until the nodes are even, nothing more helps, or as many have moved as may.
    async fn steps(&mut self, selected: &BTreeSet<String>, planner: &Planner<'_>) -> Result<()> {
        let deadline = self.options.timeout.map(|t| self.app.clock().now() + t);
        loop {
            let left = (self.args.max_moves as usize).saturating_sub(self.moved.len());
            let (policy, none) = (self.options.floor_policy(), BTreeSet::new());
            let snapshot = RebalanceSnapshot::read(self.app, self.nomad, selected, &policy, &none).await?;
            let moves = planner.moves(&snapshot, left).await?;
            let step = rebalance::first_step(&snapshot.places, &snapshot.movable, &moves, planner.tolerance);
            let Some(step) = step.filter(|_| left > 0) else { return Ok(()) };
            Box::pin(self.step(&snapshot, &step, deadline)).await?;
        }
    }

    async fn step(
        &mut self,
        snapshot: &RebalanceSnapshot,
        step: &Step,
        deadline: Option<jiff::Timestamp>,
    ) -> Result<()> {
        let app = self.app;
        let mut board = RotationBoard::new(&app.printer, Vec::new());
        let mut recorder =
            Recorder::new(None, RecoveredState::default(), &mut board, Arc::clone(app.clock()));
        recorder.intend(Intent::Own { owner: format!("{:08x}", fastrand::u32(..)) })?;
        let Some(permission) = self.permission.take() else {
            return Err(Error::refused("nobody said yes to another step"));
        };
        let means = Means {
            nomad: self.nomad.clone(),
            consul: app.consul()?.map(|c| c.with_patience(Patience::OPERATION)),
            permission,
            recorder,
            orderly: app.interrupts.orderly(),
        };
        let mut rotation = Rotation::new(means, self.goal(snapshot, step, deadline));
        let ended = Box::pin(rotation.run()).await;
        let arrived = rotation.recorder.outcome().moved.values().filter(|m| m.outcome == Outcome::Healthy);
        self.moved.extend(arrived.map(|m| MoveRow {
            alloc_id: m.alloc.id.clone(),
            alloc_name: m.alloc.name.clone(),
            from_node_name: m.from.name.clone(),
            to_node_name: m.to.as_ref().map(|n| n.name.clone()),
        }));
        self.permission = Some(rotation.into_permission());
        ended
    }

    /// A rotation that takes only what is to move from the nodes of the step.
    fn goal(&self, snapshot: &RebalanceSnapshot, step: &Step, deadline: Option<jiff::Timestamp>) -> Goal {
        let (app, now) = (self.app, self.app.clock().now());
        let name = format!("r-{:08x}", fastrand::u32(..));
        let share = |id: &str| -> BTreeSet<String> {
            step.moves.iter().filter(|m| m.from == id).map(|m| m.alloc.clone()).collect()
        };
        let closed: Vec<&NodeStub> = snapshot.nodes.iter().filter(|n| step.closed.contains(&n.id)).collect();
        let node = |n: &&NodeStub| NodeRef { id: n.id.clone(), name: n.name.clone() };
        let goal_node = |n: &&NodeStub| GoalNode { node: node(n), domain: None, share: Some(share(&n.id)) };
        let moves = |n: &&NodeStub| NodeMoves { node: node(n), moves: share(&n.id).len(), seconds: None };
        Goal {
            holder: Holder::here(format!("rebalance {name}"), app.env.user(), now),
            name,
            purpose: Purpose::Rebalance,
            key: self.key.clone(),
            options: self.options.clone(),
            strategy: Strategy::StepByStep,
            nodes: closed.iter().map(goal_node).collect(),
            selected: closed.iter().copied().cloned().collect(),
            was: closed.iter().map(|n| (n.id.clone(), Eligibility::Eligible)).collect(),
            aside: Vec::new(),
            leaving: BTreeMap::new(),
            done: BTreeSet::new(),
            idle: BTreeSet::new(),
            index: snapshot.cluster.index,
            deadline,
            store: Store::new(self.nomad, &self.key, 0),
            history: History::new(self.nomad, 0),
            foreseen: Foreseen { nodes: closed.iter().map(moves).collect(), ..Foreseen::default() },
            command_line: Vec::new(),
            dead: self.dead.clone(),
        }
    }
}
