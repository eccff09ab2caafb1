//! What a rotation would do, before it does anything.

mod continued;
mod face;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::model::capacity::Peak;
use crate::model::group::GroupKey;
use crate::model::metric;
use crate::model::words;
use crate::ops::migration::forecast::Forecast;
use crate::ops::migration::{AllocRef, alloc_ref};
use crate::ops::rotate::blocker::{self, Blocker, Wait};
use crate::ops::rotate::options::{Batch, NodeService, Options, Replace, Singletons};
use crate::ops::rotate::plan::{NodePlan, Plan, Strategy};

pub(super) use continued::Continued;

/// The preview: the same for `--dry-run` and for the confirmation.
#[derive(Debug, Serialize)]
pub(super) struct Preview {
    event: &'static str,
    resumes: bool,
    /// The unfinished rotation that is gone on with.
    continues: Option<Continued>,
    #[serde(rename = "way")]
    strategy: Strategy,
    nodes: Vec<NodeView>,
    groups: Vec<GroupView>,
    /// Which checks were not asked, so that `available` goes by Nomad's record, and why.
    not_asked: Vec<String>,
    not_moved: Vec<NotMoved>,
    forecast: ForecastView,
    /// How long the whole is expected to take when all goes well, batch work and waiting left out.
    expected_seconds: u64,
    holds: Vec<HoldView>,
    /// What somebody else has in hand, and whom it waits for.
    waits: Vec<WaitView>,
    /// What is done to each node once it is empty, in words.
    service: Option<String>,
    /// How many replacements are started first; none where nothing is replaced.
    replacements: Option<usize>,
    /// How many of them are started ahead at most; none where all are.
    surge: Option<usize>,
    /// Nodes that are passed over and take no new work meanwhile, by name; only where a destination was named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<String>,
}

#[derive(Debug, Serialize)]
struct NodeView {
    position: usize,
    #[serde(rename = "node_id")]
    id: String,
    #[serde(rename = "node_name")]
    name: String,
    class: String,
    moves: usize,
    batch: usize,
    system: usize,
    expected_seconds: u64,
    action: Action,
    note: Option<String>,
}

/// What is done to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Action {
    /// It is emptied.
    Rotate,
    /// It is left as it is, without new work.
    Leave,
    /// An earlier run has rotated it.
    Nothing,
}

#[derive(Debug, Serialize)]
struct GroupView {
    #[serde(flatten)]
    group: GroupKey,
    count: u64,
    /// How many are available; none where that is not known of one of them.
    available: Option<u64>,
    floor: u64,
    moves: usize,
    /// What becomes of those that leave.
    fate: AllocFate,
    /// How many of them find no place.
    no_home: u64,
}

/// What becomes of an allocation that leaves its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum AllocFate {
    /// It moves, and enough of its group stay.
    Moves,
    /// A second copy comes first.
    Surges,
    /// Its service is away until the replacement is healthy.
    IsDownMeanwhile,
    /// Some of it finds no place.
    HasNoHome,
    /// It is waited for until it has finished.
    Waits,
    /// It is stopped, and its work is lost.
    Killed,
    /// It ends with its node.
    Stops,
    /// Nobody decided about it.
    Undecided,
}

/// What ends with its node, or stays with it.
#[derive(Debug, Serialize)]
struct NotMoved {
    kind: &'static str,
    fate: AllocFate,
    #[serde(rename = "node_name")]
    node: String,
    #[serde(flatten)]
    alloc: AllocRef,
}

#[derive(Debug, Serialize)]
struct ForecastView {
    verdict: &'static str,
    covered: u64,
    total: u64,
    /// How many moves are not asked about now, because they are too many: each is before its node is begun.
    not_planned: u64,
    unknown: Option<String>,
    losses: Vec<LossView>,
    /// Others that would have to make room.
    preempts: Vec<PreemptView>,
    /// How full the nodes that stay get; none on a cluster that is too large to add that up.
    pools: Option<Vec<Peak>>,
}

#[derive(Debug, Serialize)]
struct PreemptView {
    alloc_id: String,
    job_id: String,
    task_group: String,
}

#[derive(Debug, Serialize)]
struct LossView {
    #[serde(flatten)]
    group: GroupKey,
    unplaced: u64,
    reason: String,
}

#[derive(Debug, Serialize)]
struct HoldView {
    #[serde(flatten)]
    hold: Blocker,
    accepted: bool,
    text: String,
    way_out: String,
}

#[derive(Debug, Serialize)]
struct WaitView {
    #[serde(flatten)]
    hold: Blocker,
    text: String,
    waits_for: String,
}

impl Preview {
    pub(super) fn new(
        plan: &Plan,
        options: &Options,
        (holds, waits): (&[Blocker], &[Wait]),
        forecast: &Forecast,
        continues: Option<Continued>,
    ) -> Self {
        let standing = blocker::standing(holds, options);
        let accepted = |h: &Blocker| !standing.contains(&h);
        Preview {
            event: "plan",
            resumes: continues.is_some(),
            continues,
            strategy: plan.strategy,
            expected_seconds: expected(plan, options).as_secs(),
            nodes: nodes(plan),
            groups: groups(plan, options, forecast),
            not_asked: plan.not_asked.clone(),
            not_moved: not_moved(plan, options),
            forecast: forecast_view(forecast),
            holds: holds
                .iter()
                .map(|h| HoldView {
                    accepted: accepted(h),
                    text: h.text(),
                    way_out: h.way_out(),
                    hold: h.clone(),
                })
                .collect(),
            waits: waits
                .iter()
                .map(|w| WaitView {
                    text: w.blocker.text(),
                    waits_for: w.by.clone(),
                    hold: w.blocker.clone(),
                })
                .collect(),
            service: options.service.as_ref().map(NodeService::words),
            replacements: match options.replace {
                Replace::No => None,
                Replace::Command { count, .. } => Some(count),
            },
            surge: match options.replace {
                Replace::No => None,
                Replace::Command { surge, .. } => surge,
            },
            passed_over: plan.aside.iter().map(|n| n.name.clone()).collect(),
        }
        .with_consequences(options)
    }

    /// Adds to each node what was decided about its batch work.
    fn with_consequences(mut self, options: &Options) -> Self {
        for node in self.nodes.iter_mut().filter(|n| n.note.is_none() && n.batch > 0) {
            node.note = match options.batch {
                Some(Batch::Wait) => Some("its batch work is waited for".to_owned()),
                Some(Batch::Kill) => Some("its batch work is lost".to_owned()),
                Some(Batch::Skip) | None => None,
            };
        }
        self
    }

    /// How long the whole is expected to take, in seconds.
    pub(super) fn expected_seconds(&self) -> u64 {
        self.expected_seconds
    }

    pub(super) fn question(&self) -> String {
        let of = |action: Action| self.nodes.iter().filter(|n| n.action == action).count();
        let moves: usize = self.groups.iter().map(|g| g.moves).sum();
        let left = match of(Action::Leave) {
            0 => String::new(),
            n => {
                let them = words::either(n, "it is", "they are");
                format!(", and leave {} as {them}, without new work", words::count(n, "node"))
            }
        };
        match of(Action::Rotate) {
            0 => format!("Rotate nothing{left}?"),
            n => {
                let (nodes, moves) = (words::count(n, "node"), words::count(moves, "allocation"));
                format!("Rotate {nodes} and move {moves}{left}?")
            }
        }
    }
}

fn nodes(plan: &Plan) -> Vec<NodeView> {
    let view = |(i, n): (usize, &NodePlan)| NodeView {
        position: i + 1,
        id: n.node.id.clone(),
        name: n.node.name.clone(),
        class: n.class.clone(),
        moves: n.moves.len(),
        batch: n.batch.len(),
        system: n.system.len(),
        expected_seconds: plan.expected(n).as_secs(),
        action: match (&n.skip, n.done) {
            (Some(_), _) => Action::Leave,
            (None, true) => Action::Nothing,
            (None, false) => Action::Rotate,
        },
        note: match (&n.skip, n.done) {
            (Some(reason), _) => Some(format!("left out: {reason}")),
            (None, true) => Some("already rotated".to_owned()),
            (None, false) => None,
        },
    };
    plan.nodes.iter().enumerate().map(view).collect()
}

/// As many nodes at once as were decided, the slowest of them deciding; the first one alone where that was decided.
fn expected(plan: &Plan, options: &Options) -> Duration {
    let mut each: Vec<Duration> = plan.to_empty().map(|n| plan.expected(n)).collect();
    let at_once = options.max_parallel.of(plan.nodes.len()).max(1);
    let mut whole = options.settle;
    if let (Some(soak), true) = (options.pace.first_soak, at_once > 1 && !each.is_empty()) {
        whole += soak + each.remove(0);
    }
    whole + each.chunks(at_once).filter_map(|wave| wave.iter().max()).sum::<Duration>()
}

fn groups(plan: &Plan, options: &Options, forecast: &Forecast) -> Vec<GroupView> {
    let mut moves: BTreeMap<GroupKey, usize> = BTreeMap::new();
    for alloc in plan.to_empty().flat_map(|n| &n.moves) {
        *moves.entry(GroupKey::of(alloc)).or_default() += 1;
    }
    let view = |(group, moves): (GroupKey, usize)| {
        let g = plan.groups.get(&group)?;
        let lost = forecast.losses.iter().filter(|l| l.group == group).map(|l| l.unplaced).sum::<u64>();
        let fate = match (lost, options.singletons) {
            (1.., _) => AllocFate::HasNoHome,
            (_, Singletons::Surge) if g.count == 1 => AllocFate::Surges,
            _ if g.floor == 0 => AllocFate::IsDownMeanwhile,
            _ => AllocFate::Moves,
        };
        let available = g.not_known.is_none().then_some(g.available);
        let (count, floor) = (g.count, g.floor);
        Some(GroupView { count, available, floor, moves, fate, no_home: lost, group })
    };
    moves.into_iter().filter_map(view).collect()
}

fn not_moved(plan: &Plan, options: &Options) -> Vec<NotMoved> {
    let batch = match options.batch {
        Some(Batch::Wait) => AllocFate::Waits,
        Some(Batch::Kill) => AllocFate::Killed,
        Some(Batch::Skip) | None => AllocFate::Undecided,
    };
    let of = |kind: &'static str, node: &NodePlan| {
        let allocs = if kind == "system" { &node.system } else { &node.batch };
        let name = node.node.name.clone();
        let fate = if kind == "system" { AllocFate::Stops } else { batch };
        allocs
            .iter()
            .map(|a| NotMoved { kind, fate, node: name.clone(), alloc: alloc_ref(a) })
            .collect::<Vec<_>>()
    };
    plan.to_empty().flat_map(|n| [of("batch", n), of("system", n)]).flatten().collect()
}

fn forecast_view(forecast: &Forecast) -> ForecastView {
    let verdict = match (&forecast.unknown, forecast.losses.is_empty()) {
        (Some(_), _) => "unknown",
        (None, true) => "fits",
        (None, false) => "does-not-fit",
    };
    let loss = |l: &crate::model::forecast::Loss| LossView {
        group: l.group.clone(),
        unplaced: l.unplaced,
        reason: metric::explain(&l.metric),
    };
    ForecastView {
        verdict,
        covered: forecast.covered,
        total: forecast.total,
        unknown: forecast.unknown.clone(),
        losses: forecast.losses.iter().map(loss).collect(),
        not_planned: forecast.total - forecast.covered,
        preempts: forecast
            .preempted
            .values()
            .map(|a| PreemptView {
                alloc_id: a.id.clone(),
                job_id: a.job_id.clone(),
                task_group: a.task_group.clone(),
            })
            .collect(),
        pools: forecast.peaks.clone(),
    }
}
