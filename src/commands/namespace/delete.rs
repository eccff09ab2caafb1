//! `fleet namespace delete`

use serde::Serialize;

use crate::api::http::Patience;
use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::{job, namespace, variable};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::namespace::show::find;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// How many of the things in the way are named.
const MOST_NAMED: usize = 10;

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
    let question = format!("Delete {}?", args.names.join(", "));
    let permission = app.confirm(args.yes, &question).await?;
    let nomad = app.nomad()?;
    let mut rows = Vec::new();
    for name in &args.names {
        let gone = async || match nomad.read(&namespace::get(name)).await {
            Ok(_) => Ok(None),
            Err(e) if e.is_not_found() => Ok(Some(())),
            Err(e) => Err(e),
        };
        settle(nomad, &permission, &namespace::delete(name), Patience::OPERATION, &gone).await?;
        if gone().await?.is_none() {
            return Err(Error::failed(format!(
                "namespace {name} is still there, although the servers took its deletion"
            )));
        }
        rows.push(Deleted { namespace: name.clone() });
    }
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
        return Err(refusal(name, live).hint(format!("fleet job stop '*' --namespace {name}")));
    }
    // Which variables there are a token may well not know.
    let variables =
        nomad.list(&variable::list("").namespace(name)).await.map(|r| r.value).unwrap_or_default();
    if !variables.is_empty() {
        let named = variables.iter().map(|v| format!("variable {}", v.path)).collect();
        return Err(refusal(name, named).hint(format!("fleet var list --namespace {name}")));
    }
    Ok(())
}

fn refusal(name: &str, in_the_way: Vec<String>) -> Error {
    let more = in_the_way.len().saturating_sub(MOST_NAMED);
    let error = Error::refused(format!("namespace {name} is not empty"));
    let error = in_the_way.into_iter().take(MOST_NAMED).fold(error, Error::because);
    if more > 0 { error.because(format!("and {more} more")) } else { error }
}
