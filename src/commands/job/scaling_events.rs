//! `fleet job scaling-events`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::scaling;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List what scaled a job, the newest first: by whom it says it was, from how many to how many.
///
/// Nomad keeps the newest 20 or so of each group.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job scaling-events web
  fleet job scaling-events web --group api -o json")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Only those of this group.
    #[arg(long, value_name = "GROUP", add = clap_complete::ArgValueCompleter::new(complete::groups))]
    group: Option<String>,
}

/// Something that scaled a group.
#[derive(Debug, Serialize)]
struct Row {
    at: Option<Timestamp>,
    group: String,
    /// None for a mere message.
    count: Option<i64>,
    previous_count: i64,
    error: bool,
    message: String,
    eval_id: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("TIME"),
        column("GROUP"),
        column("COUNT").whole(),
        column("EVAL").rank(1),
        column("MESSAGE").folds(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let count = match self.count {
            Some(count) => Cell::text(format!("{} → {count}", self.previous_count)),
            None => Cell::Empty,
        };
        vec![
            Cell::Time(self.at),
            Cell::text(&self.group),
            count,
            self.eval_id.clone().map_or(Cell::Empty, Cell::Id),
            Cell::toned(&self.message, if self.error { Tone::Bad } else { Tone::Plain }),
        ]
    }
}

/// Lists what scaled a job.
///
/// # Errors
/// Not found (3).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let key = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let scale = nomad.read(&scaling::of_job(&key.namespace, &key.id)).await?.value;
    if let Some(group) = args.group.as_ref().filter(|g| !scale.task_groups.contains_key(*g)) {
        let known: Vec<&str> = scale.task_groups.keys().map(String::as_str).collect();
        return Err(crate::error::Error::not_found(format!("job {} has no group {group:?}", key.id))
            .hint(format!("it has: {}", known.join(", "))));
    }
    let mut rows: Vec<Row> = Vec::new();
    for (group, own) in scale.task_groups {
        if args.group.as_ref().is_none_or(|g| *g == group) {
            rows.extend(own.events.into_iter().map(|event| Row {
                at: event.time,
                group: group.clone(),
                count: event.count,
                previous_count: event.previous_count,
                error: event.error,
                message: event.message,
                eval_id: event.eval_id.filter(|id| !id.is_empty()),
            }));
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    app.printer.list(&rows, &format!("nothing scaled job {} that is still known", key.id))
}
