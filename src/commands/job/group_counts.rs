//! How many of a group's allocations are how.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::TaskGroup;
use crate::commands::shared::unplaced::Unplaced;
use crate::model::job_health::{Instance, Tally};
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// A group, by how its allocations are.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    group: String,
    /// How many it wants; of a system job how many an eligible node gets.
    wanted: u64,
    #[serde(flatten)]
    tally: Tally,
    /// Of how many that run it is not known whether they are healthy at this moment.
    not_known: u64,
    unplaced: u64,
    /// How many are on a disconnected node and not to run any more.
    #[serde(skip)]
    unseen: u64,
    #[serde(skip)]
    counted: bool,
}

impl Group {
    /// Counts the group's own among these allocations. `counted` is whether the job wants a number of them, and not one on each
    /// node; `waits` tells of an evaluation whether it still waits.
    pub(super) fn of(
        g: &TaskGroup,
        allocs: &[AllocStub],
        unplaced: &[Unplaced],
        present: &BTreeMap<String, PresentHealth>,
        counted: bool,
        waits: impl Fn(&str) -> bool,
    ) -> Self {
        let own = || allocs.iter().filter(|a| a.task_group == g.name);
        let instance = |a: &AllocStub| {
            let record = Instance::from(a).retried_when(waits(&a.followup_eval_id));
            match present.get(&a.id) {
                Some(now) => Instance { healthy: now.healthy(), ..record },
                None => record,
            }
        };
        let not_known = |a: &&AllocStub| {
            let runs = a.client_status == ClientStatus::Running && !a.is_terminal();
            runs && present.get(&a.id).is_some_and(|now| now.verdict == HealthVerdict::NotKnown)
        };
        let is_unseen = |a: &&AllocStub| {
            a.client_status == ClientStatus::Unknown && a.desired_status != DesiredStatus::Run
        };
        Group {
            group: g.name.clone(),
            wanted: g.count(),
            tally: Tally::of(own().map(instance)),
            not_known: own().filter(not_known).count() as u64,
            unplaced: unplaced.iter().filter(|u| u.group == g.name).map(|u| u.count).sum(),
            unseen: own().filter(is_unseen).count() as u64,
            counted,
        }
    }
}

impl Tabular for Group {
    const COLUMNS: &'static [Column] = &[
        column("GROUP"),
        column("WANTED").right(),
        column("RUNNING").right(),
        column("HEALTHY").right(),
        column("UNHEALTHY").right().rank(2),
        column("NOT KNOWN").right().usual("0"),
        column("PENDING").right().rank(1),
        column("UNKNOWN").right().usual("0"),
        column("FAILED").right(),
        column("UNPLACED").right(),
        column("STOPPING").right().rank(3),
        column("CANARIES").right().rank(1),
        column("COMPLETE").right().rank(4),
    ];

    fn cells(&self) -> Vec<Cell> {
        let t = &self.tally;
        let bad = |n: u64, tone: Tone| Cell::toned(n.to_string(), if n > 0 { tone } else { Tone::Plain });
        let short = self.counted && t.running < self.wanted;
        vec![
            Cell::text(&self.group),
            if self.counted { Cell::Number(self.wanted) } else { Cell::text("per node") },
            Cell::toned(t.running.to_string(), if short { Tone::Warn } else { Tone::Plain }),
            Cell::Number(t.healthy),
            bad(t.unhealthy + t.unhealthy_canaries, Tone::Bad),
            bad(self.not_known, Tone::Warn),
            bad(t.pending, Tone::Warn),
            bad(t.disconnected + self.unseen, Tone::Warn),
            bad(t.failed + t.retrying + t.lost, Tone::Bad),
            bad(self.unplaced, Tone::Bad),
            bad(t.stopping, Tone::Warn),
            canaries(t),
            Cell::Number(t.complete),
        ]
    }
}

/// How many canaries run, and how many of them are healthy.
fn canaries(t: &Tally) -> Cell {
    if t.canaries == 0 {
        return Cell::Number(0);
    }
    let tone = if t.healthy_canaries < t.canaries { Tone::Warn } else { Tone::Good };
    Cell::toned(format!("{}/{}", t.healthy_canaries, t.canaries), tone)
}
