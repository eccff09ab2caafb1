//! How the jobs that a job has started are shown.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::job::JobStub;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// A job that this one has started.
#[derive(Debug, Serialize)]
pub(super) struct Child {
    #[serde(rename = "job_id")]
    id: String,
    status: RunState,
    stopped: bool,
    running: u64,
    failed: u64,
    started_at: Option<Timestamp>,
}

impl From<&JobStub> for Child {
    fn from(stub: &JobStub) -> Self {
        let groups = || stub.job_summary.iter().flat_map(|s| s.summary.values());
        Child {
            id: stub.id.clone(),
            status: stub.status,
            stopped: stub.stop,
            running: groups().map(|g| g.running).sum(),
            failed: groups().map(|g| g.failed).sum(),
            started_at: stub.submit_time,
        }
    }
}

impl Tabular for Child {
    const COLUMNS: &'static [Column] = &[
        column("JOB").whole(),
        column("STATUS").whole(),
        column("RUNNING").right(),
        column("FAILED").right(),
        column("STARTED").right().rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let status = if self.stopped { format!("{}, stopped", self.status) } else { self.status.to_string() };
        let tone = |n: u64| if n > 0 { Tone::Bad } else { Tone::Plain };
        vec![
            Cell::text(&self.id),
            Cell::text(status),
            Cell::Number(self.running),
            Cell::toned(self.failed.to_string(), tone(self.failed)),
            Cell::Time(self.started_at),
        ]
    }
}

/// How many children fit a screen below the rest of a description.
pub(super) const MOST_CHILDREN: usize = 10;
