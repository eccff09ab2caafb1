//! What happens to what runs, as rows of a plan.

use serde::Serialize;

use crate::api::nomad::plan::DesiredUpdates;
use crate::model::rollout::per_node::Vacated;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// What happens to a group.
#[derive(Debug, Serialize)]
pub struct Effect {
    /// The group.
    pub group: String,
    /// Left alone.
    pub stay: u64,
    /// Changed without a restart.
    pub in_place: u64,
    /// Replaced by new ones.
    pub replaced: u64,
    /// Started beside the others to be tried.
    pub canaries: u64,
    /// Started.
    pub started: u64,
    /// Stopped.
    pub stopped: u64,
    /// Moved to other nodes.
    pub moved: u64,
    /// Of other jobs, stopped to make room.
    pub preempted: u64,
}

impl Effect {
    /// Of a system job the servers count what stays, is changed and is replaced among what is placed too.
    pub(super) fn new(group: &str, u: &DesiredUpdates, is_system: bool) -> Self {
        let again = if is_system { u.ignore + u.destructive_update + u.in_place_update } else { 0 };
        Effect {
            group: group.to_owned(),
            stay: u.ignore,
            in_place: u.in_place_update,
            replaced: u.destructive_update,
            canaries: u.canary,
            started: u.place.saturating_sub(again),
            stopped: u.stop,
            moved: u.migrate,
            preempted: u.preemptions,
        }
    }

    pub(super) fn moves(&self) -> bool {
        self.replaced + self.canaries + self.started + self.stopped + self.moved > 0
    }
}

impl Tabular for Effect {
    const COLUMNS: &'static [Column] = &[
        column("GROUP"),
        column("STAY").right(),
        column("IN PLACE").right(),
        column("REPLACED").right(),
        column("CANARIES").right(),
        column("STARTED").right(),
        column("STOPPED").right(),
        column("MOVED").right().rank(1),
        column("PREEMPTED").right().rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let warn = |n: u64| Cell::toned(n.to_string(), if n > 0 { Tone::Warn } else { Tone::Plain });
        vec![
            Cell::text(&self.group),
            Cell::Number(self.stay),
            Cell::Number(self.in_place),
            warn(self.replaced),
            Cell::Number(self.canaries),
            Cell::Number(self.started),
            warn(self.stopped),
            warn(self.moved),
            warn(self.preempted),
        ]
    }
}

/// What would find no place.
#[derive(Debug, Serialize)]
pub struct Unplaced {
    /// The group.
    pub group: String,
    /// How many of it.
    pub count: u64,
    /// Why.
    pub why: String,
}

impl Tabular for Unplaced {
    const COLUMNS: &'static [Column] = &[column("GROUP"), column("UNPLACED").right(), column("WHY").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.group), Cell::toned(self.count.to_string(), Tone::Bad), Cell::text(&self.why)]
    }
}

/// What would have to make room.
#[derive(Debug, Serialize)]
pub struct Preempted {
    #[serde(rename = "job_id")]
    pub(super) job: String,
    pub(super) group: String,
    #[serde(rename = "alloc_id")]
    pub(super) allocation: String,
}

impl Tabular for Preempted {
    const COLUMNS: &'static [Column] = &[column("JOB"), column("GROUP"), column("ALLOCATION").whole()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.job), Cell::text(&self.group), Cell::Id(self.allocation.clone())]
    }
}

impl Tabular for Vacated {
    const COLUMNS: &'static [Column] = &[column("INSTANCE"), column("NODE"), column("WHY").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::toned(&self.alloc_name, Tone::Warn), Cell::text(&self.node_name), Cell::text(&self.why)]
    }
}
