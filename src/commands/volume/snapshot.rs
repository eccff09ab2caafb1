//! `fleet volume snapshot list`, `create` and `delete`

use std::collections::BTreeMap;

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use super::find;
use crate::api::nomad::volume::{self, Snapshot, VolumeKind};
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, bytes_text, column};

/// Verbs on snapshots that CSI plugins keep of volumes.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Create(CreateArgs),
    Delete(DeleteArgs),
    List(ListArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Create(args) => create(&args, app).await,
            Command::Delete(args) => delete(&args, app).await,
            Command::List(args) => {
                let rows = rows(app.nomad()?.read(&volume::snapshots(&args.plugin)).await?.value.snapshots);
                app.printer.list(&rows, &format!("plugin {} keeps no snapshots", args.plugin))
            }
        }
    }
}

/// List the snapshots that a CSI plugin keeps.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume snapshot list --plugin ebs")]
pub struct ListArgs {
    /// The plugin.
    #[arg(long, value_name = "PLUGIN")]
    plugin: String,
}

/// Have a CSI plugin make a snapshot of a volume.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume snapshot create db
  fleet volume snapshot create db --name before-migration --parameter tier=cold")]
pub struct CreateArgs {
    /// The volume, by its name, its id or the beginning of that.
    #[arg(value_name = "VOLUME")]
    volume: String,

    /// The name of the snapshot.
    #[arg(long, value_name = "NAME", default_value = "")]
    name: String,

    /// What the plugin is told.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    parameter: Vec<(String, String)>,
}

/// Have a CSI plugin delete a snapshot.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume snapshot delete snap-12345 --plugin ebs")]
pub struct DeleteArgs {
    /// The snapshot, by the id the plugin gave it.
    #[arg(value_name = "SNAPSHOT")]
    snapshot: String,

    /// The plugin.
    #[arg(long, value_name = "PLUGIN")]
    plugin: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    pair.map(|(key, value)| (key.to_owned(), value.to_owned())).ok_or_else(|| "expected KEY=VALUE".to_owned())
}

/// A snapshot.
#[derive(Debug, Serialize)]
struct Row {
    snapshot_id: String,
    volume_id: Option<String>,
    external_volume_id: String,
    size_bytes: u64,
    created_at: Option<Timestamp>,
    ready: bool,
}

fn rows(snapshots: Vec<Snapshot>) -> Vec<Row> {
    let row = |s: Snapshot| Row {
        snapshot_id: s.id,
        volume_id: Some(s.volume_id).filter(|id| !id.is_empty()),
        external_volume_id: s.external_volume_id,
        size_bytes: s.size_bytes,
        created_at: Timestamp::from_second(s.create_time).ok().filter(|_| s.create_time > 0),
        ready: s.is_ready,
    };
    snapshots.into_iter().map(row).collect()
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("SNAPSHOT").whole(),
        column("VOLUME").usual("-"),
        column("EXTERNAL VOLUME").rank(1),
        column("SIZE").right(),
        column("MADE").right(),
        column("READY"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (ready, tone) = if self.ready { ("yes", Tone::Good) } else { ("not yet", Tone::Warn) };
        vec![
            Cell::text(&self.snapshot_id),
            self.volume_id.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::from(&self.external_volume_id),
            Cell::text(bytes_text(self.size_bytes)),
            Cell::Time(self.created_at),
            Cell::toned(ready, tone),
        ]
    }
}

async fn create(args: &CreateArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = find::one(nomad, app.list_namespace()?, &args.volume, Some(VolumeKind::Csi)).await?;
    let parameters: BTreeMap<String, String> = args.parameter.iter().cloned().collect();
    let none = BTreeMap::new();
    let call = volume::create_snapshot(&found.stub.namespace, &found.stub.id, &args.name, &none, &parameters);
    let made = nomad.write(&app.explicit(), &call).await.map_err(|e| {
        let lost = e.is_ambiguous();
        let hint = format!(
            "it may be there all the same: fleet volume snapshot list --plugin {}",
            found.stub.plugin_id
        );
        if lost { Error::from(e).hint(hint) } else { e.into() }
    })?;
    let rows = rows(made.value.snapshots);
    app.printer.list(&rows, "")?;
    if rows.is_empty() {
        return Err(Error::failed(format!("plugin {} told of no snapshot", found.stub.plugin_id)));
    }
    if let Some(row) = rows.iter().find(|row| !row.ready) {
        app.printer.warn(&format!("snapshot {} is not ready to be used yet", row.snapshot_id));
    }
    Ok(())
}

async fn delete(args: &DeleteArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let is_there = async || {
        let all = nomad.read(&volume::snapshots(&args.plugin)).await?.value.snapshots;
        Ok::<_, crate::api::Error>(all.iter().any(|s| s.id == args.snapshot))
    };
    if !is_there().await? {
        return Err(Error::not_found(format!(
            "plugin {} keeps no snapshot {:?}",
            args.plugin, args.snapshot
        )));
    }
    let permission = app.confirm(args.yes, &format!("Delete snapshot {}?", args.snapshot)).await?;
    match nomad.write(&permission, &volume::delete_snapshot(&args.plugin, &args.snapshot)).await {
        Err(e) if !e.is_ambiguous() => return Err(e.into()),
        _ => {}
    }
    if is_there().await? {
        return Err(Error::failed(format!(
            "plugin {} keeps snapshot {} all the same",
            args.plugin, args.snapshot
        )));
    }
    app.printer.object(&DeletedSnapshot {
        snapshot_id: args.snapshot.clone(),
        plugin_id: args.plugin.clone(),
        result: "deleted",
    })
}

/// A snapshot that is no more.
#[derive(Debug, Serialize)]
struct DeletedSnapshot {
    snapshot_id: String,
    plugin_id: String,
    result: &'static str,
}

impl Describe for DeletedSnapshot {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("snapshot", Cell::text(&self.snapshot_id)),
            ("plugin", Cell::text(&self.plugin_id)),
            ("result", Cell::text(self.result)),
        ])
    }
}
