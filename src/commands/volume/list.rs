//! `fleet volume list`

use serde::Serialize;

use super::find::{self, FoundVolume};
use crate::api::nomad::node;
use crate::api::nomad::volume::VolumeKind;
use crate::app::App;
use crate::commands::shared::listing;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ui::{Cell, Column, Tabular, Tone, bytes_text, column};

/// List volumes, those of hosts and those behind CSI plugins.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume list
  fleet volume list --type host
  fleet volume list -n db -o json")]
pub struct Args {
    /// Only those of this kind.
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    kind: Option<VolumeKind>,
}

/// A volume in a list.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    volume_id: String,
    name: String,
    namespace: String,
    #[serde(rename = "type")]
    kind: VolumeKind,
    plugin_id: String,
    /// Of a host volume.
    node_id: Option<String>,
    node_name: Option<String>,
    /// Whether an allocation can be placed with it now.
    ready: bool,
    /// Of a host volume: `pending`, `ready`, `unavailable`.
    state: Option<String>,
    capacity_bytes: Option<u64>,
    /// Of a CSI volume.
    readers: Option<u64>,
    writers: Option<u64>,
}

impl Row {
    pub(super) fn new(found: &FoundVolume, node_name: Option<String>) -> Self {
        let (kind, v) = (found.kind, &found.stub);
        let host = kind == VolumeKind::Host;
        let size = if host { v.capacity_bytes } else { v.capacity };
        Row {
            volume_id: v.id.clone(),
            name: v.name.clone(),
            namespace: v.namespace.clone(),
            kind,
            plugin_id: v.plugin_id.clone(),
            node_id: host.then(|| v.node_id.clone()),
            node_name,
            ready: v.is_ready(kind),
            state: host.then(|| v.state.clone()),
            capacity_bytes: Some(size).filter(|size| *size > 0),
            readers: (!host).then_some(v.current_readers),
            writers: (!host).then_some(v.current_writers),
        }
    }

    /// Its id.
    pub(super) fn id(&self) -> &str {
        &self.volume_id
    }

    /// Its state in words.
    pub(super) fn state(&self) -> Cell {
        match (&self.state, self.ready) {
            (Some(state), ready) => Cell::toned(state, if ready { Tone::Good } else { Tone::Warn }),
            (None, true) => Cell::toned("schedulable", Tone::Good),
            (None, false) => Cell::toned("not schedulable", Tone::Warn),
        }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("NAME").whole(),
        column("ID").whole(),
        column("TYPE"),
        column("STATE"),
        column("NAMESPACE").usual("default").rank(1),
        column("PLUGIN").rank(3),
        column("NODE").usual("-").rank(2),
        column("SIZE").usual("-").right().rank(4),
        column("READ BY").usual("-").right().rank(5),
        column("WRITTEN BY").usual("-").right().rank(5),
    ];

    fn cells(&self) -> Vec<Cell> {
        let number = |n: Option<u64>| n.map_or(Cell::Empty, Cell::Number);
        let node = match (&self.node_name, &self.node_id) {
            (Some(name), _) => Cell::text(name),
            (None, Some(id)) => Cell::Id(id.clone()),
            (None, None) => Cell::Empty,
        };
        let id = match self.kind {
            VolumeKind::Host => Cell::Id(self.volume_id.clone()),
            VolumeKind::Csi => Cell::text(&self.volume_id),
        };
        vec![
            Cell::text(&self.name),
            id,
            Cell::text(self.kind.name()),
            self.state(),
            Cell::text(&self.namespace),
            Cell::from(&self.plugin_id),
            node,
            self.capacity_bytes.map_or(Cell::Empty, |bytes| Cell::text(bytes_text(bytes))),
            number(self.readers),
            number(self.writers),
        ]
    }
}

/// Lists volumes.
///
/// # Errors
/// When neither kind can be listed; not found (3) for an unknown namespace. Exit code 4 where one of them is refused.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let namespace = app.list_namespace()?;
    let nodes = node::list();
    let (found, nodes) = tokio::join!(find::all(nomad, namespace), nomad.list(&nodes));
    let (mut found, errors) = found?;
    // Names of nodes are a courtesy.
    let nodes = nodes.map(|reply| reply.value).unwrap_or_default();
    found.retain(|f| args.kind.is_none_or(|kind| f.kind == kind));
    let name = |id: &str| nodes.iter().find(|n| n.id == id).map(|n| n.name.clone());
    let mut rows: Vec<Row> = found.iter().map(|f| Row::new(f, name(&f.stub.node_id))).collect();
    rows.sort_by(|a, b| (&a.namespace, &a.name, &a.volume_id).cmp(&(&b.namespace, &b.name, &b.volume_id)));
    listing::show(app, &rows, "no volumes").await?;
    // A list that lacks one kind is not all there is.
    let Some(error) = errors.first() else { return Ok(ExitCode::Done) };
    app.printer.warn(&format!("not everything is known: {error}"));
    Ok(error.exit_code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::volume::VolumeStub;
    use crate::ui::testing::screen;

    #[test]
    fn both_kinds_stand_in_one_table() {
        let host = VolumeStub {
            id: "13a2c756-f47a-d5b9-c7ca-6bd868c1c32e".to_owned(),
            name: "data".to_owned(),
            namespace: "default".to_owned(),
            plugin_id: "mkdir".to_owned(),
            node_id: "n".to_owned(),
            state: "pending".to_owned(),
            ..VolumeStub::default()
        };
        let csi = VolumeStub {
            id: "db".to_owned(),
            name: "db".to_owned(),
            namespace: "default".to_owned(),
            plugin_id: "ebs".to_owned(),
            schedulable: true,
            capacity: 10 << 30,
            current_writers: 1,
            ..VolumeStub::default()
        };
        let rows = [
            Row::new(&FoundVolume { kind: VolumeKind::Host, stub: host }, Some("c1".to_owned())),
            Row::new(&FoundVolume { kind: VolumeKind::Csi, stub: csi }, None),
        ];
        insta::assert_snapshot!(screen(100, |p| p.list(&rows, "")), @"
        NAME  ID        TYPE  STATE        PLUGIN  NODE      SIZE  READ BY  WRITTEN BY
        data  13a2c756  host  pending      mkdir   c1           -        -           -
        db    db        csi   schedulable  ebs     -     10.0 GiB        0           1
        ");
    }
}
