//! `fleet config show`

use serde::Serialize;

use super::subject;
use crate::api::consul::config_entry::{Condition, ConfigEntry, Kind};
use crate::app::App;
use crate::commands::shared::config_change::view;
use crate::commands::shared::consul;
use crate::error::{Error, Result};
use crate::model::traffic::difference::{between, without_secrets};
use crate::ops::traffic::entries;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Show a config entry as it is stored, and what Consul's controllers say of it. Private keys are not shown.
///
/// `-o json` writes what `fleet config apply` reads.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet config show service-splitter/web
  fleet config show proxy-defaults
  fleet config show http-route/web -o json")]
pub struct Args {
    /// The entry.
    #[arg(value_name = "KIND/NAME", required = true, num_args = 1..=2)]
    subject: Vec<String>,
}

/// A config entry.
#[derive(Debug, Serialize)]
struct ConfigEntryView {
    kind: Kind,
    name: String,
    modify_index: u64,
    conditions: Vec<Said>,
    entry: ConfigEntry,
}

#[derive(Debug, Serialize)]
struct Said {
    condition: String,
    status: String,
    reason: String,
    message: String,
    #[serde(skip)]
    bad: bool,
}

impl From<Condition> for Said {
    fn from(c: Condition) -> Self {
        Said { bad: c.is_bad(), condition: c.kind, status: c.status, reason: c.reason, message: c.message }
    }
}

impl Tabular for Said {
    const COLUMNS: &'static [Column] =
        &[column("CONDITION").whole(), column("STATUS"), column("SAYS").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let tone = if self.bad { Tone::Bad } else { Tone::Good };
        vec![
            Cell::text(&self.condition),
            Cell::toned(&self.status, tone),
            Cell::text(format!("{}: {}", self.reason, self.message)),
        ]
    }
}

#[derive(Debug, Serialize)]
struct Line {
    field: String,
    value: String,
}

impl Tabular for Line {
    const COLUMNS: &'static [Column] = &[column("FIELD").whole(), column("VALUE").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.field), Cell::text(&self.value)]
    }
}

impl Describe for ConfigEntryView {
    fn describe(&self) -> Detail {
        let lines: Vec<Line> = between(None, Some(&self.entry))
            .into_iter()
            .filter(|d| d.path != "Kind" && d.path != "Name")
            .map(|d| Line { value: view::value(&d.new), field: d.path })
            .collect();
        Detail::new()
            .fields([
                ("Kind", Cell::text(self.kind.name())),
                ("Name", Cell::toned(&self.name, Tone::Strong)),
                ("Index", Cell::Number(self.modify_index)),
            ])
            .table("Conditions", &self.conditions)
            .table("Fields", &lines)
    }
}

/// Shows an entry.
///
/// # Errors
/// Not found (3); usage (2) for a kind that there is not.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let named = subject::read(&args.subject)?;
    let [(kind, name)] = named.as_slice() else {
        return Err(Error::usage("one entry at a time"));
    };
    let found = entries::read(&consul::needed(app)?, *kind, name).await?;
    let entry = found.ok_or_else(|| {
        Error::not_found(format!("there is no {kind}/{name}"))
            .hint(format!("`fleet config list {kind}` lists what there is"))
    })?;
    app.printer.object(&ConfigEntryView {
        kind: *kind,
        name: entry.name().to_owned(),
        modify_index: entry.modify_index(),
        conditions: entry.conditions().into_iter().map(Said::from).collect(),
        entry: without_secrets(&entry.content()),
    })
}
