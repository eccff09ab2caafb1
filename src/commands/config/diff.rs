//! `fleet config diff`

use serde::Serialize;
use serde_json::Value;

use super::files;
use crate::app::App;
use crate::commands::shared::config_change::view;
use crate::commands::shared::consul;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::traffic::change::{self, Action, Change};
use crate::ops::traffic::entries;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Show in what files of config entries differ from what Consul has. Spelling, order and what Consul adds make no difference.
///
/// The exit code is 0 when nothing differs and 8 when something does.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet config diff splitter.hcl
  fleet config diff mesh/ -o json")]
pub struct Args {
    /// Files of entries in HCL or JSON, folders of them, or - for stdin.
    #[arg(value_name = "FILE", required = true, value_hint = clap::ValueHint::AnyPath)]
    files: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    kind: &'static str,
    name: String,
    action: Action,
    path: String,
    old: Value,
    new: Value,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("ENTRY").whole(), column("FIELD").whole(), column("STORED").wraps(), column("FILE").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let tone = if self.action == Action::Create { Tone::Good } else { Tone::Warn };
        vec![
            Cell::text(format!("{}/{}", self.kind, self.name)),
            Cell::toned(&self.path, tone),
            Cell::text(view::value(&self.old)),
            Cell::text(view::value(&self.new)),
        ]
    }
}

/// Compares files with what is stored.
///
/// # Errors
/// Usage (2) for files that cannot be read; any error of the call.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let http = consul::needed(app)?;
    let wanted = files::read(&args.files).await?;
    let stored = entries::stored(&http, &wanted).await?;
    let changes = change::writing(wanted, &stored);
    let rows: Vec<Row> = changes.iter().flat_map(rows).collect();
    app.printer.list(&rows, "nothing differs")?;
    Ok(if rows.is_empty() { ExitCode::Done } else { ExitCode::Pending })
}

fn rows(change: &Change) -> impl Iterator<Item = Row> + use<'_> {
    let whole = |path: &str| !matches!(path, "Kind" | "Name") || change.differences.len() <= 2;
    change.differences.iter().filter(move |d| whole(&d.path)).map(|d| Row {
        kind: change.kind.name(),
        name: change.name.clone(),
        action: change.action,
        path: d.path.clone(),
        old: d.old.clone(),
        new: d.new.clone(),
    })
}
