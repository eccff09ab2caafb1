//! `fleet var cp`, `diff` and `rm`

use serde::Serialize;

use super::store;
use crate::api::error::Problem;
use crate::api::http::Patience;
use crate::api::nomad::variable;
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::var_items::{Edit, Items};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Copy a variable to another path.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var cp nomad/jobs/web nomad/jobs/web-copy
  fleet var cp nomad/jobs/web nomad/jobs/web-copy --force")]
pub struct CpArgs {
    /// Path of the source.
    #[arg(value_name = "FROM")]
    from: String,

    /// Path of the copy.
    #[arg(value_name = "TO")]
    to: String,

    /// Replace an existing variable.
    #[arg(long)]
    force: bool,
}

/// Copies a variable.
///
/// # Errors
/// Not found (3); refused (7) when something is there.
pub async fn cp(args: &CpArgs, app: &App) -> Result<()> {
    let (items, _) = store::read_existing(app, &args.from).await?;
    let base = store::read(app, &args.to).await?;
    if base.1 > 0 && !args.force {
        return Err(
            Error::refused(format!("variable {} already exists", args.to)).hint("--force replaces it")
        );
    }
    let edit = Edit::between(&base.0, &items);
    let changed = store::change(app, &app.explicit(), &args.to, base, &edit).await?;
    app.printer.object(&changed)
}

/// Show which keys of two variables differ; values only with --show-secrets.
///
/// The exit code is 0 when they are the same and 8 when they differ.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var diff nomad/jobs/web nomad/jobs/web-copy")]
pub struct DiffArgs {
    /// The first variable.
    #[arg(value_name = "OLD")]
    old: String,

    /// The second variable.
    #[arg(value_name = "NEW")]
    new: String,

    /// Show values too.
    #[arg(long)]
    show_secrets: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    key: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("KEY").whole(), column("CHANGE"), column("OLD").wraps(), column("NEW").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let tone = match self.change {
            "added" => Tone::Good,
            "deleted" => Tone::Bad,
            _ => Tone::Warn,
        };
        let value = |v: &Option<String>| v.as_ref().map_or(Cell::Empty, Cell::from);
        vec![Cell::text(&self.key), Cell::toned(self.change, tone), value(&self.old), value(&self.new)]
    }
}

/// Compares two variables.
///
/// # Errors
/// Not found (3).
pub async fn diff(args: &DiffArgs, app: &App) -> Result<ExitCode> {
    let (old, _) = store::read_existing(app, &args.old).await?;
    let (new, _) = store::read_existing(app, &args.new).await?;
    let edit = Edit::between(&old, &new);
    let value = |items: &Items, key: &str| items.get(key).filter(|_| args.show_secrets).cloned();
    let row =
        |key: &String, change| Row { key: key.clone(), change, old: value(&old, key), new: value(&new, key) };
    let set = edit.set.keys().map(|k| row(k, if old.contains_key(k) { "edited" } else { "added" }));
    let mut rows: Vec<Row> = set.chain(edit.unset.iter().map(|k| row(k, "deleted"))).collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    app.printer.list(&rows, "they are the same")?;
    Ok(if rows.is_empty() { ExitCode::Done } else { ExitCode::Pending })
}

/// Delete variables.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var rm nomad/jobs/web-copy --yes")]
pub struct RmArgs {
    /// Paths of the variables.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

#[derive(Debug, Serialize)]
struct Removed {
    path: String,
    namespace: String,
}

impl Tabular for Removed {
    const COLUMNS: &'static [Column] = &[column("DELETED").whole(), column("NAMESPACE").usual("default")];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.path), Cell::text(&self.namespace)]
    }
}

/// Deletes variables.
///
/// # Errors
/// Not found (3), not confirmed (7), changed meanwhile (7).
pub async fn rm(args: &RmArgs, app: &App) -> Result<()> {
    let space = store::namespace(app)?.to_owned();
    let mut known = Vec::new();
    for path in &args.paths {
        known.push((path, store::read_existing(app, path).await?.1));
    }
    let permission = app.confirm(args.yes, &format!("Delete {}?", args.paths.join(", "))).await?;
    let nomad = app.nomad()?;
    let mut rows = Vec::new();
    for (path, index) in known {
        let gone = async || match nomad.read(&variable::get(&space, path)).await {
            Ok(_) => Ok(None),
            Err(e) if e.is_not_found() => Ok(Some(())),
            Err(e) => Err(e),
        };
        let call = variable::delete(&space, path, Some(index));
        settle(nomad, &permission, &call, Patience::OPERATION, gone).await.map_err(|e| match e.problem {
            Problem::Conflict => Error::refused(format!(
                "variable {path} was changed meanwhile or is locked; it was not deleted"
            )),
            _ => e.into(),
        })?;
        rows.push(Removed { path: path.clone(), namespace: space.clone() });
    }
    app.printer.list(&rows, "nothing deleted")
}
