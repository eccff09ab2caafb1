//! `fleet namespace delete`

use serde::Serialize;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::{job, namespace, variable};
use crate::app::App;
use crate::commands::namespace::show::find;
use crate::commands::shared::complete;
use crate::commands::shared::deletion::{self, not_empty};
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Delete namespaces that hold nothing any more.
///
/// A namespace with live jobs or variables is refused, and they are named.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet namespace delete ops
  fleet namespace delete ops --yes")]
pub struct Args {
    /// The namespaces.
    #[arg(value_name = "NAMESPACE", required = true, add = clap_complete::ArgValueCompleter::new(complete::namespaces))]
    names: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

#[derive(Debug, Serialize)]
struct Deleted {
    namespace: String,
}

impl Tabular for Deleted {
    const COLUMNS: &'static [Column] = &[column("DELETED").whole()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::toned(&self.namespace, Tone::Good)]
    }
}

/// Deletes namespaces.
///
/// # Errors
/// Not found (3), refused (7) while something is in one.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    for name in &args.names {
        find(app.nomad()?, name).await?;
        is_empty(name, app).await?;
    }
    deletion::delete_all(app, args.yes, ("namespace", &args.names), namespace::get, namespace::delete)
        .await?;
    let rows: Vec<Deleted> = args.names.iter().map(|name| Deleted { namespace: name.clone() }).collect();
    app.printer.list(&rows, "nothing deleted")
}

/// Refuses while something is in the namespace. The servers have the last word: what the token may not see they do.
async fn is_empty(name: &str, app: &App) -> Result<()> {
    if name == "default" {
        return Err(Error::refused("the namespace default cannot be deleted"));
    }
    let nomad = app.nomad()?;
    let jobs = nomad.list(&job::list().namespace(name)).await?.value;
    let live: Vec<_> = jobs
        .iter()
        .filter(|j| j.status != RunState::Dead)
        .map(|j| format!("job {} is {}", j.id, j.status))
        .collect();
    if !live.is_empty() {
        return Err(not_empty(&format!("namespace {name}"), live)
            .hint(format!("fleet job stop '*' --namespace {name}")));
    }
    // Which variables there are a token may well not know.
    let variables =
        nomad.list(&variable::list("").namespace(name)).await.map(|r| r.value).unwrap_or_default();
    if !variables.is_empty() {
        let named = variables.iter().map(|v| format!("variable {}", v.path)).collect();
        return Err(
            not_empty(&format!("namespace {name}"), named).hint(format!("fleet var list --namespace {name}"))
        );
    }
    Ok(())
}
