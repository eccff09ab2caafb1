//! The preview for people.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Action, Continued, GroupView, NodeView, Preview};
use crate::model::capacity::{Peak, percent};
use crate::model::ids::short;
use crate::model::words;
use crate::ops::migration::forecast::MOST_NODES_FOR_PEAKS;
use crate::ops::rotate::plan::Strategy;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

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
        let healthy = match self.available {
            Some(n) if n >= self.count => Cell::Number(n),
            Some(n) => Cell::toned(n.to_string(), Tone::Warn),
            None => Cell::toned("not known", Tone::Warn),
        };
        let floor = if self.floor == 0 { Tone::Warn } else { Tone::Plain };
        vec![
            Cell::text(self.group.to_string()),
            Cell::Number(self.count),
            healthy,
            Cell::toned(self.floor.to_string(), floor),
            Cell::Number(self.moves as u64),
        ]
    }
}

impl Describe for Preview {
    fn describe(&self) -> Detail {
        let mut facts = Vec::new();
        facts.extend(self.continues.iter().flat_map(Continued::lines));
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
        if !self.passed_over.is_empty() {
            let (all, shown) = (words::count(self.passed_over.len(), "other node"), &self.passed_over);
            let more = if shown.len() > 8 { ", …" } else { "" };
            let list = shown.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
            let takes = words::either(shown.len(), "takes", "take");
            facts.push((format!("Until the end, {all} {takes} no new work: {list}{more}."), Tone::Warn));
        }
        facts.extend(self.service.iter().map(|words| (format!("Then, {words}."), Tone::Plain)));
        let detail = Detail::new().lines(None, facts).table("Nodes, in this order", &self.nodes);
        let not_asked = self.not_asked.iter().map(|line| (line.clone(), Tone::Warn));
        let detail =
            detail.table("Services that move", &self.groups).lines(None, not_asked.collect::<Vec<_>>());
        let detail = detail.lines(None, self.not_moved_lines());
        let detail = detail.lines(Some("Forecast of the cluster's scheduler"), self.forecast_lines());
        let detail = detail.lines((!self.waits.is_empty()).then_some("Waits for"), self.wait_lines());
        detail.lines(
            self.holds.iter().any(|h| !h.accepted).then_some("Blocked by"),
            self.holds.iter().map(|h| match h.accepted {
                true => (format!("accepted: {}", h.text), Tone::Warn),
                false => (format!("{} ({})", h.text, h.way_out), Tone::Bad),
            }),
        )
    }
}

impl Preview {
    /// Whom it waits for, each with what that one has in hand.
    fn wait_lines(&self) -> Vec<(String, Tone)> {
        let mut waits: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for wait in &self.waits {
            waits.entry(&wait.waits_for).or_default().push(&wait.text);
        }
        let line = |(by, what): (&str, Vec<&str>)| (format!("{by} ({})", what.join("; ")), Tone::Warn);
        waits.into_iter().map(line).collect()
    }

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
                    "  {} beyond the first {} {} not asked about now: each is before its node is begun",
                    words::count(f.not_planned, "move"),
                    f.covered,
                    words::either(f.not_planned, "is", "are"),
                ),
                Tone::Warn,
            ));
        }
        lines.extend(f.pools.iter().flatten().map(pool_line));
        if f.pools.is_none() && f.covered > 0 {
            let text =
                format!("how full each pool gets is not added up on more than {MOST_NODES_FOR_PEAKS} nodes");
            lines.push((text, Tone::Dim));
        }
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
