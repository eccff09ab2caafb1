//! What a rotation would do, before it does anything.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::model::capacity::{Peak, percent};
use crate::model::group::GroupKey;
use crate::model::ids::short;
use crate::model::metric;
use crate::model::words;
use crate::ops::migration::forecast::Forecast;
use crate::ops::migration::{AllocRef, alloc_ref};
use crate::ops::rotate::blocker::{self, Blocker};
use crate::ops::rotate::options::{Batch, NodeService, Options, Replace, Singletons};
use crate::ops::rotate::plan::{NodePlan, Plan, Strategy};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The preview: the same for `--dry-run` and for the confirmation.
#[derive(Debug, Serialize)]
pub(super) struct Preview {
    event: &'static str,
    resumes: bool,
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
    /// What is done to each node once it is empty, in words.
    service: Option<String>,
    /// How many replacements are started first; none where nothing is replaced.
    replacements: Option<usize>,
    /// How many of them are started ahead at most; none where all are.
    surge: Option<usize>,
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
    available: u64,
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
    /// How many moves are not planned now, because one plan must not ask for more: each is asked about before its node is begun.
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

impl Tabular for NodeView {
    const COLUMNS: &'static [Column] = &[
        column("#").right(),
        column("NODE").whole(),
        column("CLASS").rank(1),
        column("MOVES").right(),
        column("BATCH").right().rank(2),
        column("SYSTEM").right().rank(3),
        column("NOTE"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let number = |n: usize| Cell::Number(n as u64);
        let note = self.note.as_ref().map_or(Cell::Empty, |n| Cell::toned(n, Tone::Warn));
        vec![
            number(self.position),
            Cell::text(&self.name),
            (&self.class).into(),
            number(self.moves),
            number(self.batch),
            number(self.system),
            note,
        ]
    }
}

impl Tabular for GroupView {
    const COLUMNS: &'static [Column] = &[
        column("SERVICE"),
        column("COUNT").right(),
        column("HEALTHY").right(),
        column("NEVER BELOW").right(),
        column("MOVES").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let healthy = if self.available < self.count { Tone::Warn } else { Tone::Plain };
        let floor = if self.floor == 0 { Tone::Warn } else { Tone::Plain };
        vec![
            Cell::text(self.group.to_string()),
            Cell::Number(self.count),
            Cell::toned(self.available.to_string(), healthy),
            Cell::toned(self.floor.to_string(), floor),
            Cell::Number(self.moves as u64),
        ]
    }
}

impl Preview {
    pub(super) fn new(
        plan: &Plan,
        options: &Options,
        holds: &[Blocker],
        forecast: &Forecast,
        resumes: bool,
    ) -> Self {
        let standing = blocker::standing(holds, options);
        let accepted = |h: &Blocker| !standing.contains(&h);
        Preview {
            event: "plan",
            resumes,
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
            service: options.service.as_ref().map(NodeService::words),
            replacements: match options.replace {
                Replace::No => None,
                Replace::Command { count, .. } => Some(count),
            },
            surge: match options.replace {
                Replace::No => None,
                Replace::Command { surge, .. } => surge,
            },
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
        let (count, available, floor) = (g.count, g.available, g.floor);
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

impl Describe for Preview {
    fn describe(&self) -> Detail {
        let mut facts = Vec::new();
        if self.resumes {
            facts.push((
                "Continues an earlier run of this rotation that was interrupted.".to_owned(),
                Tone::Strong,
            ));
        }
        if self.strategy == Strategy::SupervisedDrain {
            facts.push((
                "The token may not stop allocations (it lacks alloc-lifecycle): the server drains, watched, and its drain is cancelled at the first failure."
                    .to_owned(),
                Tone::Warn,
            ));
        }
        if let Some(count) = self.replacements {
            let all = words::count(count, "replacement node");
            let text = match self.surge {
                Some(surge) if surge < count => format!(
                    "{all} are started, {surge} at a time; when they have joined, as many old nodes are emptied."
                ),
                _ => format!("First, {all} {} started and waited for.", words::either(count, "is", "are")),
            };
            facts.push((text, Tone::Plain));
        }
        facts.extend(self.service.iter().map(|words| (format!("Then, {words}."), Tone::Plain)));
        let detail = Detail::new().lines(None, facts).table("Nodes, in this order", &self.nodes);
        let not_asked = self.not_asked.iter().map(|line| (line.clone(), Tone::Warn));
        let detail =
            detail.table("Services that move", &self.groups).lines(None, not_asked.collect::<Vec<_>>());
        let detail = detail.lines(None, self.not_moved_lines());
        detail.lines(Some("Forecast of the cluster's scheduler"), self.forecast_lines()).lines(
            self.holds.iter().any(|h| !h.accepted).then_some("Blocked by"),
            self.holds.iter().map(|h| match h.accepted {
                true => (format!("accepted: {}", h.text), Tone::Warn),
                false => (format!("{} ({})", h.text, h.way_out), Tone::Bad),
            }),
        )
    }
}

impl Preview {
    fn not_moved_lines(&self) -> Vec<(String, Tone)> {
        let mut lines = Vec::new();
        for (kind, what) in [
            ("batch", "Batch work, which Nomad does not move"),
            ("system", "System jobs, which stop with their node"),
        ] {
            let names: Vec<String> = self
                .not_moved
                .iter()
                .filter(|n| n.kind == kind)
                .map(|n| format!("{} on {}", n.alloc.name, n.node))
                .collect();
            if !names.is_empty() {
                lines.push((
                    format!("{what}: {}", names.join(", ")),
                    if kind == "batch" { Tone::Warn } else { Tone::Dim },
                ));
            }
        }
        lines
    }

    fn forecast_lines(&self) -> Vec<(String, Tone)> {
        let f = &self.forecast;
        let mut lines = vec![match f.verdict {
            "fits" if f.covered == 0 => ("nothing has to move".to_owned(), Tone::Good),
            "fits" => {
                (format!("{} of {} can be placed", f.covered, words::count(f.covered, "move")), Tone::Good)
            }
            "unknown" => (format!("not known: {}", f.unknown.as_deref().unwrap_or_default()), Tone::Warn),
            _ => (
                format!(
                    "{} cannot be placed",
                    words::count(f.losses.iter().map(|l| l.unplaced).sum::<u64>(), "move")
                ),
                Tone::Bad,
            ),
        }];
        if f.losses.is_empty() && self.nodes.iter().any(|n| n.action == Action::Rotate) {
            let takes = words::span(Duration::from_secs(self.expected_seconds));
            lines.push((
                format!("about {takes} when all goes well, batch work and waiting left out; each moves once"),
                Tone::Plain,
            ));
        }
        lines.extend(
            f.losses.iter().map(|l| (format!("  {} of {}: {}", l.unplaced, l.group, l.reason), Tone::Bad)),
        );
        let pushed: Vec<String> = f
            .preempts
            .iter()
            .map(|p| format!("{}/{} ({})", p.job_id, p.task_group, short(&p.alloc_id)))
            .collect();
        if !pushed.is_empty() {
            lines.push((format!("  it would push out: {}", pushed.join(", ")), Tone::Bad));
        }
        if f.not_planned > 0 {
            lines.push((
                format!(
                    "  {} beyond the first {} are not planned: each is asked about before its node is begun",
                    words::count(f.not_planned, "move"),
                    f.covered
                ),
                Tone::Warn,
            ));
        }
        lines.extend(f.pools.iter().flatten().map(pool_line));
        lines
    }
}

/// How full a pool gets, in words.
fn pool_line(peak: &Peak) -> (String, Tone) {
    let share = |used: u64, total: u64| match percent(Some(used), total) {
        Some(percent) => format!("{percent} %"),
        None => "?".to_owned(),
    };
    let full = peak.memory_mib_peak > peak.memory_mib_total || peak.cpu_mhz_peak > peak.cpu_mhz_total;
    let text = format!(
        "pool {}: memory {} of {} now, {} at the peak; CPU {} now, {} at the peak",
        peak.pool,
        share(peak.memory_mib_used, peak.memory_mib_total),
        words::count(peak.nodes, "node"),
        share(peak.memory_mib_peak, peak.memory_mib_total),
        share(peak.cpu_mhz_used, peak.cpu_mhz_total),
        share(peak.cpu_mhz_peak, peak.cpu_mhz_total),
    );
    (text, if full { Tone::Bad } else { Tone::Plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(moves: usize, action: Action) -> NodeView {
        NodeView {
            position: 1,
            id: String::new(),
            name: String::new(),
            class: String::new(),
            moves,
            batch: 0,
            system: 0,
            expected_seconds: 10,
            action,
            note: None,
        }
    }

    fn question(nodes: Vec<NodeView>, moves: usize) -> String {
        let group = GroupKey { namespace: "default".into(), job: "web".into(), group: "g".into() };
        let preview = Preview {
            event: "plan",
            resumes: false,
            strategy: Strategy::StepByStep,
            nodes,
            groups: vec![GroupView {
                group,
                count: 4,
                available: 4,
                floor: 3,
                moves,
                fate: AllocFate::Moves,
                no_home: 0,
            }],
            expected_seconds: 0,
            not_moved: Vec::new(),
            not_asked: Vec::new(),
            forecast: forecast_view(&Forecast::default()),
            holds: Vec::new(),
            service: None,
            replacements: None,
            surge: None,
        };
        preview.question()
    }

    #[test]
    fn the_question_counts_what_is_done_and_says_what_is_left() {
        let left = || node(3, Action::Leave);
        assert_eq!(
            question(vec![node(2, Action::Rotate), left(), left()], 2),
            "Rotate 1 node and move 2 allocations, and leave 2 nodes as they are, without new work?"
        );
        assert_eq!(
            question(vec![node(0, Action::Nothing), node(1, Action::Rotate), node(0, Action::Rotate)], 1),
            "Rotate 2 nodes and move 1 allocation?"
        );
        assert_eq!(question(vec![left()], 0), "Rotate nothing, and leave 1 node as it is, without new work?");
    }
}
