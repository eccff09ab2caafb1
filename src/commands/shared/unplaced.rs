//! What an evaluation could not place, and why.

use serde::Serialize;

use crate::api::nomad::evaluation::{Evaluation, PlacementMetric};
use crate::api::nomad::job::Job;
use crate::model::metric;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// The allocations of a group that could not be placed.
#[derive(Debug, Serialize)]
pub(crate) struct Unplaced {
    pub(crate) group: String,
    pub(crate) count: u64,
    why: String,
    nodes_evaluated: u64,
    nodes_filtered: u64,
    nodes_exhausted: u64,
}

impl Unplaced {
    /// What an evaluation could not place, by group; of a job that is known the drivers are named.
    pub(crate) fn of(evaluation: &Evaluation, job: Option<&Job>) -> Vec<Unplaced> {
        let drivers = |group: &str| {
            let group = job.and_then(|job| job.group(group));
            group.into_iter().flat_map(|g| g.tasks.iter().map(|t| t.driver.as_str()))
        };
        let one = |(group, m): (&String, &PlacementMetric)| Unplaced {
            group: group.clone(),
            count: m.unplaced(),
            why: metric::explain_of(m, drivers(group)),
            nodes_evaluated: m.nodes_evaluated,
            nodes_filtered: m.nodes_filtered,
            nodes_exhausted: m.nodes_exhausted,
        };
        evaluation.failed_groups.iter().map(one).collect()
    }
}

impl Tabular for Unplaced {
    const COLUMNS: &'static [Column] = &[
        column("GROUP"),
        column("NOT PLACED").right(),
        column("WHY").wraps(),
        column("NODES SEEN").right().wide(),
        column("RULED OUT").right().wide(),
        column("FULL").right().wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.group),
            Cell::toned(self.count.to_string(), Tone::Warn),
            Cell::text(&self.why),
            Cell::Number(self.nodes_evaluated),
            Cell::Number(self.nodes_filtered),
            Cell::Number(self.nodes_exhausted),
        ]
    }
}
