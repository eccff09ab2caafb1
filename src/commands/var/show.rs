//! `fleet var get` and `fleet var list`

use serde::Serialize;

use super::store;
use crate::api::nomad::variable::{self, VariableMeta};
use crate::app::App;
use crate::commands::shared::listing;
use crate::error::{Error, Result};
use crate::model::var_items::{self, Items};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, column};

/// Show a variable's items, secrets included: as KEY=VALUE lines that `fleet var put` accepts, or one value as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var get nomad/jobs/web
  fleet var get nomad/jobs/web db_password
  fleet var get nomad/jobs/web -o json")]
pub struct GetArgs {
    /// Path of the variable.
    #[arg(value_name = "PATH")]
    path: String,

    /// Only the value of this key, without a newline added.
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

/// A variable and its items.
#[derive(Debug, Serialize)]
struct VariableView {
    path: String,
    namespace: String,
    modify_index: u64,
    items: Items,
}

impl Describe for VariableView {
    fn describe(&self) -> Detail {
        Detail::new().fields([("variable", Cell::text(&self.path))])
    }
}

/// Shows a variable.
///
/// # Errors
/// Not found (3).
pub async fn get(args: &GetArgs, app: &App) -> Result<()> {
    let (items, modify_index) = store::read_existing(app, &args.path).await?;
    if let Some(key) = &args.key {
        let value = items.get(key).ok_or_else(|| {
            let keys: Vec<&str> = items.keys().map(String::as_str).collect();
            Error::not_found(format!("variable {} has no key {key:?}", args.path))
                .hint(format!("it has: {}", keys.join(", ")))
        })?;
        return app.printer.text(value);
    }
    if !app.printer.is_machine() {
        return app.printer.text(&var_items::write(&items));
    }
    let namespace = store::namespace(app)?.to_owned();
    app.printer.object(&VariableView { path: args.path.clone(), namespace, modify_index, items })
}

/// List variables, without their items.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var list
  fleet var list nomad/jobs")]
pub struct ListArgs {
    /// Only paths that begin with this.
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
}

#[derive(Debug, Serialize)]
struct Row {
    path: String,
    namespace: String,
    modify_index: u64,
    /// Shown to management tokens only.
    locked: bool,
}

impl From<VariableMeta> for Row {
    fn from(v: VariableMeta) -> Self {
        Row { path: v.path, namespace: v.namespace, modify_index: v.modify_index, locked: v.lock.is_some() }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("PATH").whole(),
        column("NAMESPACE").usual("default"),
        column("LOCK"),
        column("INDEX").right().wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let lock = if self.locked { Cell::text("locked") } else { Cell::Empty };
        vec![Cell::text(&self.path), Cell::text(&self.namespace), lock, Cell::Number(self.modify_index)]
    }
}

/// Lists variables.
///
/// # Errors
/// API errors.
pub async fn list(args: &ListArgs, app: &App) -> Result<()> {
    let call = variable::list(&args.prefix).namespace(app.list_namespace()?);
    let rows: Vec<Row> = app.nomad()?.list(&call).await?.value.into_iter().map(Row::from).collect();
    listing::show(app, &rows, "no variables").await
}
