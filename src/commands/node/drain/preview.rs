//! What a drain would do, before it does anything.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Args, groups_at_stake, ids};
use crate::api::http::Http;
use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::app::App;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::group::GroupKey;
use crate::model::ids::JobType;
use crate::model::metric;
use crate::model::redaction::Secrets;
use crate::model::words;
use crate::ops::drain::options::{Deadline, Options};
use crate::ops::drain::target::{Action, Target};
use crate::ops::migration::forecast::{self, ForecastInput};
use crate::ops::migration::lock::Claims;
use crate::ops::migration::snapshot::Snapshot;
use crate::ops::rotate::blocker::{self, Blocker};
use crate::ops::rotate::options::{self as rotation, Batch, OnFailure, Parallel, Replace, Risk, Singletons};
use crate::ops::rotate::pace::Pace;
use crate::ops::rotate::plan::{self, Plan, Strategy};
use crate::ops::rotate::recorder::RecoveredState;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration_text};

/// What keeps the next nodes from being drained.
pub(super) struct Hold {
    /// In lines.
    pub(super) lines: Vec<String>,
    /// Whether no waiting changes it.
    pub(super) is_final: bool,
}

/// The preview: the same for `--dry-run` and for the confirmation.
#[derive(Debug, Serialize)]
pub(super) struct Preview {
    event: &'static str,
    #[serde(rename = "deadline_seconds")]
    deadline_s: Option<u64>,
    force: bool,
    ignore_system: bool,
    nodes: Vec<NodeRow>,
    losses: Vec<Loss>,
    forecast_unknown: Option<String>,
    risks: Vec<RiskRow>,
    #[serde(skip)]
    targets: Vec<Target>,
    #[serde(skip)]
    away_while_moving: Vec<String>,
    /// Nodes that are left out as decided, and why.
    #[serde(skip)]
    left_out: Vec<String>,
}

#[derive(Debug, Serialize)]
struct NodeRow {
    #[serde(rename = "node_id")]
    id: String,
    #[serde(rename = "node_name")]
    name: String,
    class: String,
    #[serde(flatten)]
    action: Action,
    services: usize,
    batch: usize,
    system: usize,
}

impl Tabular for NodeRow {
    const COLUMNS: &'static [Column] = &[
        column("NODE").whole(),
        column("CLASS").rank(1),
        column("SERVICES").right(),
        column("BATCH").right(),
        column("SYSTEM").right().rank(2),
        column("WHAT").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let what = match &self.action {
            Action::Drain => Cell::text("drains"),
            Action::Follow { by, .. } => {
                Cell::toned(format!("already draining, by {by}: only followed"), Tone::Warn)
            }
            Action::Update { by, .. } => {
                Cell::toned(format!("already draining, by {by}: its settings change"), Tone::Warn)
            }
            Action::Nothing => Cell::toned("empty and ineligible: nothing to do", Tone::Dim),
        };
        vec![
            Cell::text(&self.name),
            Cell::from(&self.class),
            Cell::Number(self.services as u64),
            Cell::Number(self.batch as u64),
            Cell::Number(self.system as u64),
            what,
        ]
    }
}

/// What would find no place on the nodes that stay.
#[derive(Debug, Serialize)]
struct Loss {
    #[serde(flatten)]
    group: GroupKey,
    unplaced: u64,
    why: String,
}

impl Tabular for Loss {
    const COLUMNS: &'static [Column] =
        &[column("SERVICE"), column("UNPLACED").right(), column("WHY").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.group.to_string()),
            Cell::toned(self.unplaced.to_string(), Tone::Bad),
            Cell::text(&self.why),
        ]
    }
}

#[derive(Debug, Serialize)]
struct RiskRow {
    #[serde(flatten)]
    hold: Blocker,
    text: String,
    accepted: bool,
    way_out: String,
    /// Who has it in hand by `fleet` and is waited for, in words; none where nobody has.
    waits_for: Option<String>,
}

impl Tabular for RiskRow {
    const COLUMNS: &'static [Column] =
        &[column("RISK").wraps(), column("ACCEPTED").whole(), column("OPTION").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let (word, tone) = if self.accepted { ("yes", Tone::Plain) } else { ("no", Tone::Bad) };
        if let Some(by) = self.waits_for.as_ref().filter(|_| !self.accepted) {
            let waits = Cell::text(format!("waits for {by}"));
            return vec![Cell::text(&self.text), Cell::toned(word, Tone::Warn), waits];
        }
        vec![Cell::text(&self.text), Cell::toned(word, tone), Cell::text(&self.way_out)]
    }
}

impl Preview {
    /// Looks at what would leave the nodes, whether it finds a place, and what would take a service below its floor.
    pub(super) async fn make(
        args: &Args,
        app: &App,
        snapshot: &Snapshot,
        selected: &[NodeStub],
        options: Options,
    ) -> Result<Self> {
        let mut rotation = rotation_options(args);
        let mut plan = plan(snapshot, selected, &rotation);
        let away_while_moving = singletons_to_ask_about(args, app, &plan);
        if !away_while_moving.is_empty() {
            rotation.singletons = Singletons::Gap;
            plan = self::plan(snapshot, selected, &rotation);
        }
        let kept: Vec<&NodeStub> = selected.iter().filter(|n| !is_skipped(&plan, &n.id)).collect();
        let mut targets = Vec::new();
        for node in &kept {
            let is_like =
                options.explicit && node.drain && is_drained_like(app.nomad()?, node, options).await?;
            let options = Options { explicit: options.explicit && !is_like, ..options };
            targets.push(target(snapshot, node, options));
        }
        let holds = holds(snapshot, selected, &plan, &rotation, &targets);
        let leaving: Vec<_> = plan.to_empty().flat_map(|n| &n.moves).collect();
        let doomed = ids(selected);
        let input = ForecastInput {
            jobs: &snapshot.jobs,
            allocs: &snapshot.allocs,
            doomed: &doomed,
            survivors: &plan.survivors,
            marked: false,
        };
        let forecast = forecast::ask(app.nomad()?, input, &leaving).await?;
        let force = options.deadline == Deadline::Now;
        let losses = forecast.losses.iter().map(|l| Loss {
            group: l.group.clone(),
            unplaced: l.unplaced,
            why: metric::explain(&l.metric),
        });
        Ok(Preview {
            event: "plan",
            deadline_s: match options.deadline {
                Deadline::After(d) => Some(d.as_secs()),
                Deadline::Never | Deadline::Now => None,
            },
            force,
            ignore_system: options.ignore_system,
            nodes: kept.iter().zip(&targets).map(|(stub, target)| node_row(stub, target)).collect(),
            losses: losses.collect(),
            forecast_unknown: forecast.unknown,
            risks: holds.into_iter().map(|hold| risk_row(hold, args, force)).collect(),
            targets,
            away_while_moving,
            left_out: left_out(&plan),
        })
    }

    /// Takes in what nodes were before somebody closed them who was ended in the middle: they were taken out of work, and did not stand
    /// idle.
    pub(super) fn remember(&mut self, before: &BTreeMap<String, Eligibility>) {
        let took_work = |t: &&mut Target| before.get(&t.node.id) == Some(&Eligibility::Eligible);
        for target in self.targets.iter_mut().filter(took_work) {
            target.was_ineligible = false;
            if target.action == Action::Nothing {
                target.action = Action::Drain;
            }
        }
        for (row, target) in self.nodes.iter_mut().zip(&self.targets) {
            row.action = target.action.clone();
        }
    }

    /// Notes who has in hand by `fleet` what speaks against it: the claims are those of before it was looked at and of after.
    pub(super) fn note_turns(&mut self, claims: &[&Claims]) {
        for risk in &mut self.risks {
            risk.waits_for = claims.iter().find_map(|claims| risk.hold.in_hand_of(claims, ""));
        }
    }

    /// What is asked once it was shown.
    pub(super) fn question(&self) -> String {
        let written = self.targets.iter().filter(|t| t.is_written());
        let names: Vec<&str> = written.map(|t| t.node.name.as_str()).collect();
        let nodes = match names.len() {
            1..=8 => format!("Drain {}?", names.join(", ")),
            n => format!("Drain these {}?", words::count(n, "node")),
        };
        match self.away_while_moving.join(", ").as_str() {
            "" => nodes,
            services => format!(
                "These services have one instance and will be down while they move: {services}. {nodes}"
            ),
        }
    }

    /// The nodes that are left out as decided, each with its reason.
    pub(super) fn left_out(&self) -> Vec<String> {
        self.left_out.clone()
    }

    pub(super) fn into_targets(self) -> Vec<Target> {
        self.targets
    }

    /// The services with a single instance that the question was about.
    pub(super) fn away_while_moving(&self) -> BTreeSet<String> {
        self.away_while_moving.iter().cloned().collect()
    }

    /// What speaks against it at this moment; none where nothing does. `agreed` are the services that may be away while they move.
    pub(super) fn hold(&self, agreed: &BTreeSet<String>) -> Option<Hold> {
        let standing: Vec<&RiskRow> = self.risks.iter().filter(|r| !r.accepted).collect();
        let unasked = self.away_while_moving.iter().filter(|service| !agreed.contains(*service));
        let unasked = unasked.map(|service| format!("{service} has one instance and is down while it moves"));
        let lasts = |r: &&RiskRow| {
            matches!(r.hold, Blocker::Singleton { .. } | Blocker::MayNotDrain | Blocker::NothingLeft)
        };
        let unasked: Vec<String> = unasked.collect();
        let is_final = !unasked.is_empty() || standing.iter().any(lasts);
        let lines: Vec<String> = standing.iter().map(|r| r.text.clone()).chain(unasked).collect();
        (!lines.is_empty()).then_some(Hold { lines, is_final })
    }

    /// Refuses risks that were not accepted, before anybody was waited for: what somebody has in hand is not refused yet.
    pub(super) fn refuse_at_first(&self, selection: &NodeSelection) -> Result<()> {
        self.refuse_those(selection, |risk| risk.waits_for.is_none())
    }

    /// Refuses risks that were not accepted.
    pub(super) fn refuse(&self, selection: &NodeSelection) -> Result<()> {
        self.refuse_those(selection, |_| true)
    }

    fn refuse_those(&self, selection: &NodeSelection, counts: impl Fn(&RiskRow) -> bool) -> Result<()> {
        let standing: Vec<&RiskRow> = self.risks.iter().filter(|r| !r.accepted && counts(r)).collect();
        if standing.is_empty() {
            return Ok(());
        }
        let denied = standing.iter().any(|r| r.hold == Blocker::MayNotDrain);
        let code = if denied { ExitCode::Denied } else { ExitCode::Refused };
        let error = Error::new(code, "the drain was not started; nothing was changed");
        let error = standing.iter().map(|r| r.text.clone()).fold(error, Error::because);
        let ways: BTreeSet<&str> = standing.iter().map(|r| r.way_out.as_str()).collect();
        let error = ways.into_iter().map(str::to_owned).fold(error, Error::hint);
        if denied {
            return Err(error);
        }
        let same = format!("fleet rotate-nodes {}", selection.words());
        Err(error.hint(format!("to move services without going below their floor: {same}")))
    }

    fn how(&self) -> Cell {
        if self.force {
            return Cell::toned("now: everything is stopped at once", Tone::Bad);
        }
        Cell::text(match self.deadline_s {
            Some(s) => format!(
                "{}; whatever still runs then is stopped, even without a replacement. Batch work is not restarted",
                duration_text(std::time::Duration::from_secs(s))
            ),
            None => "none; waits for batch work to finish".to_owned(),
        })
    }
}

impl Describe for Preview {
    fn describe(&self) -> Detail {
        let system = if self.ignore_system { Cell::text("stay") } else { Cell::Empty };
        let how = if self.targets.iter().any(Target::is_written) { self.how() } else { Cell::Empty };
        let unknown = self.forecast_unknown.as_ref();
        let unknown =
            unknown.map(|why| (format!("not known whether everything can be placed: {why}"), Tone::Warn));
        Detail::new()
            .fields([("deadline", how), ("system jobs", system)])
            .table("Nodes", &self.nodes)
            .table("Cannot be placed on the remaining nodes", &self.losses)
            .lines(None, unknown)
            .table("Risks", &self.risks)
    }
}

/// Those that nothing is done to, as decided. One that is down is to take no work either when it is back.
fn left_out(plan: &Plan) -> Vec<String> {
    let reason = |n: &plan::NodePlan| Some(format!("{}: {}", n.node.name, n.skip.as_ref()?));
    plan.nodes.iter().filter(|n| !n.is_down).filter_map(reason).collect()
}

fn node_row(stub: &NodeStub, target: &Target) -> NodeRow {
    NodeRow {
        id: stub.id.clone(),
        name: stub.name.clone(),
        class: stub.node_class.clone(),
        action: target.action.clone(),
        services: target.count(&[JobType::Service]),
        batch: target.count(&[JobType::Batch, JobType::Sysbatch]),
        system: target.count(&[JobType::System]),
    }
}

fn risk_row(hold: Blocker, args: &Args, force: bool) -> RiskRow {
    let risk = risk(&hold);
    let named = risk.is_some_and(|r| args.accept.contains(&r));
    let way_out = match (&hold, risk) {
        (_, Some(risk)) => format!("--accept {risk}"),
        (Blocker::Singleton { .. }, _) => "--singletons gap, or --singletons skip".to_owned(),
        (Blocker::NothingLeft, _) => "select fewer nodes, or --force".to_owned(),
        _ => "use a token that may".to_owned(),
    };
    // --force accepts every risk; a missing right cannot be accepted.
    let accepted = named || (force && hold != Blocker::MayNotDrain);
    RiskRow { text: hold.text(), accepted, way_out, hold, waits_for: None }
}

/// The risk whose name lifts a hold.
fn risk(hold: &Blocker) -> Option<Risk> {
    match hold {
        // Nothing moves until the deadline, and then everything at once.
        Blocker::NothingMayMove { .. } => Some(Risk::MaxParallel),
        other => other.risk(),
    }
}

/// A drain is held to the same floors as a rotation.
fn rotation_options(args: &Args) -> rotation::Options {
    rotation::Options {
        secrets: Secrets::default(),
        replace: Replace::No,
        service: None,
        singletons: args.singletons.unwrap_or(if args.force { Singletons::Gap } else { Singletons::Refuse }),
        batch: Some(Batch::Wait),
        on_failure: OnFailure::Stop,
        min_healthy: None,
        floors: BTreeMap::new(),
        max_parallel: Parallel::Nodes(1),
        pace: Pace::default(),
        failure_budget: 0,
        settle: std::time::Duration::ZERO,
        soak: std::time::Duration::ZERO,
        insist: false,
        accept: BTreeSet::new(),
        ignore_system: args.ignore_system,
        timeout: None,
        wait_lock: None,
        destination: None,
    }
}

fn plan(snapshot: &Snapshot, selected: &[NodeStub], options: &rotation::Options) -> Plan {
    let mut plan = plan::make(snapshot, selected, options, "", &RecoveredState::default());
    // Here the server drains whatever the token may do.
    plan.strategy = Strategy::SupervisedDrain;
    plan
}

fn is_skipped(plan: &Plan, id: &str) -> bool {
    plan.nodes.iter().any(|n| n.node.id == id && n.skip.is_some() && !n.is_down)
}

/// Whether a node is drained already just as it would be told: that goes on, with the deadline it has.
async fn is_drained_like(nomad: &Http, node: &NodeStub, options: Options) -> Result<bool> {
    let strategy = nomad.read(&node::get(&node.id)).await?.value.drain_strategy;
    Ok(strategy.is_none_or(|strategy| options.is_like(&strategy)))
}

fn target(snapshot: &Snapshot, node: &NodeStub, options: Options) -> Target {
    let here = snapshot.allocs.iter().filter(|a| a.node_id == node.id && !a.client_status.is_terminal());
    Target::new(node, here.cloned().collect(), options)
}

/// What blocks the drain of the nodes that would be written.
fn holds(
    snapshot: &Snapshot,
    selected: &[NodeStub],
    plan: &Plan,
    options: &rotation::Options,
    targets: &[Target],
) -> Vec<Blocker> {
    if !targets.iter().any(Target::is_written) {
        return Vec::new();
    }
    let at_stake = groups_at_stake(snapshot, targets);
    let matters = |hold: &Blocker| match hold {
        // Shown with the node itself.
        Blocker::ForeignDrain { .. } => false,
        // What is unhealthy itself leaves nothing behind.
        Blocker::Unhealthy { group, .. } | Blocker::HealthNotKnown { group, .. } => at_stake.contains(group),
        _ => true,
    };
    blocker::find(snapshot, selected, plan, options, "", &RecoveredState::default())
        .into_iter()
        .filter(matters)
        .collect()
}

/// The services with a single instance that the one question is also about: on a terminal, where the command line says nothing
/// of them. Elsewhere the answer must be on the command line.
fn singletons_to_ask_about(args: &Args, app: &App, plan: &Plan) -> Vec<String> {
    let answered = args.singletons.is_some() || args.dry_run || args.force || args.yes;
    if answered || !app.printer.may_ask() {
        return Vec::new();
    }
    plan.singletons().iter().map(ToString::to_string).collect()
}
