//! `fleet alloc stats`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::alloc_client::{self, TaskUsage};
use crate::api::nomad::allocation::{self, AllocatedTask};
use crate::app::App;
use crate::commands::alloc::acting::refuse_out_of_sight;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::ui::{Cell, Column, Tabular, Tone, bytes_text, column};

/// Show what the tasks of an allocation use at this moment, beside what they were given.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc stats c783f447
  fleet alloc stats c783f447 -o json")]
pub struct Args {
    /// The allocation, by its id or the beginning of it.
    #[arg(value_name = "ALLOC", add = clap_complete::ArgValueCompleter::new(complete::allocs))]
    alloc: String,
}

#[derive(Debug, Serialize)]
struct UsageRow {
    task: String,
    cpu_mhz: f64,
    cpu_given_mhz: u64,
    /// All that counts against the limit where the driver measures it, else what is resident.
    memory_bytes: u64,
    memory_given_bytes: u64,
    /// None where the driver does not measure it.
    memory_most_bytes: Option<u64>,
    throttled_ns: u64,
    measured_at: Option<Timestamp>,
}

impl UsageRow {
    fn of(task: String, usage: &TaskUsage, given: Option<&AllocatedTask>) -> Self {
        let (cpu, memory) = (&usage.resource_usage.cpu_stats, &usage.resource_usage.memory_stats);
        UsageRow {
            task,
            cpu_mhz: cpu.total_ticks,
            cpu_given_mhz: given.map_or(0, |g| g.cpu.cpu_shares),
            memory_bytes: memory.bytes(),
            memory_given_bytes: given.map_or(0, |g| g.memory.mib) << 20,
            memory_most_bytes: Some(memory.max_usage).filter(|most| *most > 0),
            throttled_ns: cpu.throttled_time,
            measured_at: usage.timestamp,
        }
    }
}

/// So much of what was given is worth a look.
const NEARLY_ALL: f64 = 0.9;

impl Tabular for UsageRow {
    const COLUMNS: &'static [Column] = &[
        column("TASK").whole(),
        column("CPU").right(),
        column("GIVEN").right(),
        column("MEMORY").right(),
        column("GIVEN").right(),
        column("MOST").right().rank(1),
        column("MEASURED").rank(2),
    ];

    #[expect(clippy::cast_precision_loss, reason = "a share is compared")]
    fn cells(&self) -> Vec<Cell> {
        let near = |used: f64, given: u64| given > 0 && used >= given as f64 * NEARLY_ALL;
        let tone = |near: bool| if near { Tone::Warn } else { Tone::Plain };
        vec![
            (&self.task).into(),
            Cell::toned(format!("{:.0} MHz", self.cpu_mhz), tone(near(self.cpu_mhz, self.cpu_given_mhz))),
            Cell::text(format!("{} MHz", self.cpu_given_mhz)),
            Cell::toned(
                bytes_text(self.memory_bytes),
                tone(near(self.memory_bytes as f64, self.memory_given_bytes)),
            ),
            Cell::text(bytes_text(self.memory_given_bytes)),
            self.memory_most_bytes.map_or(Cell::Empty, |most| Cell::text(bytes_text(most))),
            Cell::Time(self.measured_at),
        ]
    }
}

/// Shows what an allocation uses.
///
/// # Errors
/// Not found (3), also when it has ended and uses nothing.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let alloc = resolve::alloc(nomad, &args.alloc).await?;
    refuse_out_of_sight(app, &alloc).await?;
    let (full, usage) = (allocation::get(&alloc.id), alloc_client::stats(&alloc.id));
    let (full, usage) = tokio::join!(nomad.read(&full), nomad.read(&usage));
    let (full, usage) = (full?.value, usage?.value);
    let given = |task: &str| full.allocated_resources.as_ref().and_then(|r| r.tasks.get(task));
    let rows: Vec<UsageRow> =
        usage.tasks.into_iter().map(|(task, u)| UsageRow::of(task.clone(), &u, given(&task))).collect();
    app.printer.list(&rows, "nothing of it was measured yet, or its driver measures nothing")
}
