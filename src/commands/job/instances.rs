//! The allocations in a description of a job.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::commands::shared::alloc::{health_now, state};
use crate::model::ids::short;
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::redaction::Secrets;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// How many allocations are shown on a screen, below the rest of a description.
const MOST: usize = 15;

/// The allocations of a job, the newest first.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Instances {
    rows: Vec<Row>,
    #[serde(skip)]
    shown: usize,
}

/// An allocation and the last thing that happened to it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    #[serde(rename = "alloc_id")]
    id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    group: String,
    node_id: String,
    node_name: String,
    job_version: u64,
    status: ClientStatus,
    desired_status: DesiredStatus,
    /// What was found when it was deployed or moved.
    healthy: Option<bool>,
    /// How it does at this moment; none for what is over.
    now: Option<PresentHealth>,
    canary: bool,
    created_at: Option<Timestamp>,
    last_event: Option<LastEvent>,
}

#[derive(Debug, Serialize)]
struct LastEvent {
    at: Option<Timestamp>,
    task: String,
    event: String,
    message: String,
}

impl Instances {
    /// All allocations for machines; for a screen only those that are alive or failed lately.
    pub(super) fn new(allocs: Vec<AllocStub>, present: &BTreeMap<String, PresentHealth>, all: bool) -> Self {
        let row = |a: AllocStub| {
            let now = present.get(&a.id).filter(|_| !a.is_terminal()).cloned();
            Row { now, ..Row::from(a) }
        };
        let mut rows: Vec<Row> = allocs.into_iter().map(row).collect();
        if all {
            return Instances { shown: rows.len(), rows };
        }
        // The newest come first; among them what is over goes last.
        rows.sort_by_key(|r| r.status.is_terminal());
        Instances { shown: rows.len().min(MOST), rows }
    }

    /// Those that are to run and are not healthy at this moment, or of which it is not known, with every reason.
    pub(super) fn not_well(&self) -> Vec<(String, Tone)> {
        let unwell = self.rows.iter().filter_map(|r| Some((r, r.now.as_ref()?)));
        let unwell = unwell.filter(|(_, now)| now.verdict != HealthVerdict::Healthy);
        let told = unwell.take(MOST).flat_map(|(row, now)| {
            let tone = if now.verdict == HealthVerdict::Unhealthy { Tone::Bad } else { Tone::Warn };
            let say = move |why: &String| (format!("{} ({}): {why}", row.name, short(&row.id)), tone);
            now.reasons.iter().map(say).collect::<Vec<_>>()
        });
        told.collect()
    }

    /// The allocations shown on a screen.
    pub(super) fn shown(&self) -> &[Row] {
        &self.rows[..self.shown]
    }

    /// The title, which says how many are not shown.
    pub(super) fn title(&self) -> String {
        match self.rows.len() - self.shown {
            0 => "Allocations".to_owned(),
            n => format!("Allocations ({n} more: -o wide, or fleet alloc list)"),
        }
    }
}

impl From<AllocStub> for Row {
    fn from(a: AllocStub) -> Self {
        let events =
            a.task_states.iter().flat_map(|(task, state)| state.events.iter().map(move |e| (task, e)));
        let last = events.max_by_key(|(_, e)| e.time).map(|(task, e)| LastEvent {
            at: e.time,
            task: task.clone(),
            event: e.kind.clone(),
            message: Secrets::default().clean(&e.display_message),
        });
        Row {
            healthy: a.healthy(),
            now: None,
            canary: a.is_canary(),
            id: a.id,
            name: a.name,
            group: a.task_group,
            node_id: a.node_id,
            node_name: a.node_name,
            job_version: a.job_version,
            status: a.client_status,
            desired_status: a.desired_status,
            created_at: a.create_time,
            last_event: last,
        }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("NAME").tail(),
        column("NODE"),
        column("STATUS").whole(),
        column("HEALTH").whole().rank(2),
        column("VERSION").right().rank(3),
        column("PLACED").right().rank(5),
        column("LAST EVENT").rank(4),
    ];

    fn cells(&self) -> Vec<Cell> {
        let record = (self.healthy, self.canary);
        let health = health_now(self.now.as_ref(), record, self.status, self.desired_status);
        let last = self.last_event.as_ref().map_or(Cell::Empty, |e| {
            Cell::text(if e.message.is_empty() {
                e.event.clone()
            } else {
                format!("{}: {}", e.event, e.message)
            })
        });
        vec![
            Cell::Id(self.id.clone()),
            Cell::text(&self.name),
            Cell::text(&self.node_name),
            state(self.status, self.desired_status),
            health,
            Cell::Number(self.job_version),
            Cell::Time(self.created_at),
            last,
        ]
    }
}
