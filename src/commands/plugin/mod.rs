//! `fleet plugin list` and `show`

use clap::Subcommand;
use serde::Serialize;

use crate::api::nomad::alloc_status::ClientStatus;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::volume::{self, PluginStub};
use crate::app::App;
use crate::commands::shared::listing;
use crate::error::{Error, Result};
use crate::model::suggest;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Verbs on CSI plugins.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    List(ListArgs),
    Show(ShowArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::List(_) => {
                let all = app.nomad()?.list(&volume::plugins()).await?.value;
                let rows: Vec<Row> = all.into_iter().map(Row::from).collect();
                listing::told(app, &rows, "no CSI plugins").await
            }
            Command::Show(args) => show(&args, app).await,
        }
    }
}

/// List the CSI plugins, and on how many nodes they are well.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet plugin list")]
pub struct ListArgs {}

/// Show a CSI plugin, and the allocations that run it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet plugin show ebs
  fleet plugin show ebs -o json")]
pub struct ShowArgs {
    /// The plugin.
    #[arg(value_name = "PLUGIN")]
    plugin: String,
}

/// A plugin in a list.
#[derive(Debug, Serialize)]
struct Row {
    plugin_id: String,
    provider: String,
    controller_required: bool,
    controllers_healthy: u64,
    controllers_expected: u64,
    nodes_healthy: u64,
    nodes_expected: u64,
}

impl From<PluginStub> for Row {
    fn from(p: PluginStub) -> Self {
        Row {
            plugin_id: p.id,
            provider: p.provider,
            controller_required: p.controller_required,
            controllers_healthy: p.controllers_healthy,
            controllers_expected: p.controllers_expected,
            nodes_healthy: p.nodes_healthy,
            nodes_expected: p.nodes_expected,
        }
    }
}

impl Row {
    fn controllers(&self) -> Cell {
        match (self.controller_required, self.controllers_healthy, self.controllers_expected) {
            (false, _, 0) => Cell::toned("needs none", Tone::Dim),
            (_, healthy, expected) => share(healthy, expected),
        }
    }
}

fn share(healthy: u64, expected: u64) -> Cell {
    let tone = if healthy > 0 && healthy >= expected { Tone::Good } else { Tone::Bad };
    Cell::toned(format!("{healthy} of {expected}"), tone)
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("ID").whole(), column("PROVIDER").rank(1), column("CONTROLLERS"), column("NODES")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.plugin_id),
            Cell::from(&self.provider),
            self.controllers(),
            share(self.nodes_healthy, self.nodes_expected),
        ]
    }
}

/// A plugin.
#[derive(Debug, Serialize)]
struct PluginDetail {
    #[serde(flatten)]
    row: Row,
    version: String,
    allocations: Vec<PluginAlloc>,
}

/// An allocation that runs a plugin.
#[derive(Debug, Serialize)]
struct PluginAlloc {
    alloc_id: String,
    job_id: String,
    node_name: String,
    status: ClientStatus,
}

impl From<AllocStub> for PluginAlloc {
    fn from(a: AllocStub) -> Self {
        PluginAlloc { alloc_id: a.id, job_id: a.job_id, node_name: a.node_name, status: a.client_status }
    }
}

impl Tabular for PluginAlloc {
    const COLUMNS: &'static [Column] =
        &[column("ALLOC").whole(), column("JOB"), column("NODE"), column("STATUS")];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Id(self.alloc_id.clone()),
            Cell::text(&self.job_id),
            Cell::text(&self.node_name),
            Cell::text(self.status.to_string()),
        ]
    }
}

impl Describe for PluginDetail {
    fn describe(&self) -> Detail {
        Detail::new()
            .fields([
                ("plugin", Cell::text(&self.row.plugin_id)),
                ("provider", Cell::from(&self.row.provider)),
                ("version", Cell::from(&self.version)),
                ("controllers", self.row.controllers()),
                ("nodes", share(self.row.nodes_healthy, self.row.nodes_expected)),
            ])
            .table("Allocations", &self.allocations)
    }
}

async fn show(args: &ShowArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let plugin = match nomad.read(&volume::plugin(&args.plugin)).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => {
            let error = Error::not_found(format!("there is no CSI plugin {:?}", args.plugin));
            let all = nomad.list(&volume::plugins()).await.map(|reply| reply.value).unwrap_or_default();
            return Err(match suggest::nearest(&args.plugin, all.iter().map(|p| p.id.as_str())) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("fleet plugin list shows those there are"),
            });
        }
        Err(e) => return Err(e.into()),
    };
    app.printer.object(&PluginDetail {
        row: Row::from(plugin.stub),
        version: plugin.version,
        allocations: plugin.allocations.into_iter().map(PluginAlloc::from).collect(),
    })
}
