//! `fleet job history`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::plan::JobDiff;
use crate::api::nomad::registration::{self, Version};
use crate::app::App;
use crate::commands::shared::jobfile::secrets_of_versions;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::model::job_diff::{self, Difference, Secrets, lines};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the versions of a job, the newest first: when and by whom they were submitted, and what they changed.
///
/// A version is stable when a deployment of it succeeded; versions made by scaling or by a rollback are stable at once.
/// Secrets are not shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job history web
  fleet job history web -o json
  fleet job diff web 3 5")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

#[derive(Debug, Serialize)]
struct Row {
    version: u64,
    current: bool,
    stable: bool,
    stopped: bool,
    tag: Option<String>,
    submitted_at: Option<Timestamp>,
    /// Accessor of the token.
    submitted_by: Option<String>,
    changes: Vec<Difference>,
    /// Whether the version before is kept, so that the changes are known.
    compared: bool,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("VERSION").right(),
        column("STATE"),
        column("SUBMITTED"),
        column("BY").rank(2),
        column("TAG").usual("-").rank(1),
        column("CHANGES").folds(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let state = match (self.current, self.stopped, self.stable) {
            (true, true, _) => Cell::toned("current, stopped", Tone::Warn),
            (true, false, true) => Cell::toned("current, stable", Tone::Good),
            (true, false, false) => Cell::toned("current", Tone::Strong),
            (false, _, true) => Cell::text("stable"),
            (false, _, false) => Cell::toned("not stable", Tone::Dim),
        };
        vec![
            Cell::Number(self.version),
            state,
            Cell::Time(self.submitted_at),
            self.submitted_by.as_ref().map_or(Cell::Empty, |id| Cell::Id(id.clone())),
            self.tag.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::text(self.summary()),
        ]
    }
}

impl Row {
    fn new(version: &Version, diff: Option<&JobDiff>, current: bool, secrets: &Secrets) -> Self {
        let job = &version.job;
        Row {
            version: job.version,
            current,
            stable: job.stable,
            stopped: job.stop,
            tag: version.tag.as_ref().map(|t| t.name.clone()),
            submitted_at: job.submit_time,
            submitted_by: Some(version.token_id.clone()).filter(|id| !id.is_empty()),
            changes: diff.map(|d| job_diff::differences(d, secrets)).unwrap_or_default(),
            compared: diff.is_some(),
        }
    }

    /// The first changes in a line.
    fn summary(&self) -> String {
        const MOST: usize = 3;
        if !self.compared {
            return if self.version == 0 {
                "the first version"
            } else {
                "the version before it is no longer stored"
            }
            .to_owned();
        }
        // What the servers say of a task repeats what its fields say.
        let fields: Vec<&Difference> = self.changes.iter().filter(|d| d.effect.is_none()).collect();
        let shown: Vec<String> = fields.iter().take(MOST).map(|d| lines::one(d)).collect();
        match (shown.is_empty(), fields.len().saturating_sub(MOST)) {
            (true, _) => "only who submitted it".to_owned(),
            (false, 0) => shown.join("; "),
            (false, more) => format!("{}; and {more} more", shown.join("; ")),
        }
    }
}

/// Shows the versions of a job.
///
/// # Errors
/// When there is no such job.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let call = registration::versions_with_diffs(&stub.namespace, &stub.id, None);
    let found = nomad.read(&call).await?.value;
    let newest = found.versions.iter().map(|v| v.job.version).max();
    let kept = found.versions.iter().map(|v| v.job.version);
    let secrets = secrets_of_versions(app, &stub.namespace, &stub.id, kept).await?;
    let rows: Vec<Row> = found
        .versions
        .iter()
        .enumerate()
        .map(|(i, v)| Row::new(v, found.diffs.get(i), Some(v.job.version) == newest, &secrets))
        .collect();
    app.printer.list(&rows, "no versions")
}
