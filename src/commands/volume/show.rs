//! `fleet volume show`

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::find;
use super::list::Row;
use crate::api::nomad::alloc_status::ClientStatus;
use crate::api::nomad::node::{self, NodeStatus, NodeStub};
use crate::api::nomad::volume::{self, Volume, VolumeKind};
use crate::app::App;
use crate::error::Result;
use crate::model::words;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, bytes_text, column};

/// Show a volume: where it is, how it may be used, who has it, and which claims on it are stuck.
///
/// A claim is stuck when its allocation is over, or its node is gone, and the volume is held all the same: no other allocation
/// can have it then.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume show data
  fleet volume show 13a2c756
  fleet volume show db --type csi -o json")]
pub struct Args {
    /// The volume, by its name, its id or the beginning of that.
    #[arg(value_name = "VOLUME")]
    volume: String,

    /// Only one of this kind.
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    kind: Option<VolumeKind>,
}

/// A volume.
#[derive(Debug, Serialize)]
struct VolumeDetail {
    #[serde(flatten)]
    row: Row,
    external_id: Option<String>,
    host_path: Option<String>,
    node_pool: Option<String>,
    capabilities: Vec<String>,
    created_at: Option<Timestamp>,
    claims: Vec<ClaimRow>,
    #[serde(skip)]
    head: Vec<(&'static str, Cell)>,
}

/// Who has the volume.
#[derive(Debug, Serialize)]
struct ClaimRow {
    alloc_id: String,
    /// Not known where the servers have forgotten the allocation.
    job_id: Option<String>,
    group: Option<String>,
    node_name: Option<String>,
    status: Option<ClientStatus>,
    /// Not known of what has no claim of its own, as the volumes of hosts.
    writes: Option<bool>,
    /// Why it holds the volume although nothing uses it.
    stuck: Option<String>,
}

impl Tabular for ClaimRow {
    const COLUMNS: &'static [Column] = &[
        column("ALLOC").whole(),
        column("JOB"),
        column("GROUP").rank(1),
        column("NODE"),
        column("STATUS"),
        column("WRITES").rank(2),
        column("STUCK").usual("-").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let text = |text: &Option<String>| text.as_ref().map_or(Cell::Empty, Cell::from);
        vec![
            Cell::Id(self.alloc_id.clone()),
            text(&self.job_id),
            text(&self.group),
            text(&self.node_name),
            self.status.map_or(Cell::Empty, |s| Cell::text(s.to_string())),
            self.writes.map_or(Cell::Empty, |writes| Cell::text(if writes { "yes" } else { "no" })),
            self.stuck.as_ref().map_or(Cell::Empty, |why| Cell::toned(why, Tone::Bad)),
        ]
    }
}

/// Who has the volume, and whose claim is stuck.
fn claims_on(volume: &Volume, nodes: &[NodeStub]) -> Vec<ClaimRow> {
    let listed = volume.allocations.iter().map(|a| a.id.as_str());
    let held = volume.read_allocs.keys().chain(volume.write_allocs.keys()).map(String::as_str);
    let ids: BTreeSet<&str> = listed.chain(held).collect();
    let is_held = |id: &str| volume.read_allocs.contains_key(id) || volume.write_allocs.contains_key(id);
    let row = |id: &str| {
        let alloc = volume.allocations.iter().find(|a| a.id == id);
        let node = alloc.and_then(|a| nodes.iter().find(|n| n.id == a.node_id));
        let stuck = match alloc {
            _ if !is_held(id) => None,
            None => Some("the servers know its allocation no longer".to_owned()),
            Some(a) if a.client_status.is_terminal() => Some("its allocation is over".to_owned()),
            Some(_) if nodes.is_empty() => None,
            Some(_) => match node {
                None => Some("its node is gone".to_owned()),
                Some(n) if n.status == NodeStatus::Down => Some(format!("node {} is down", n.name)),
                Some(_) => None,
            },
        };
        ClaimRow {
            alloc_id: id.to_owned(),
            job_id: alloc.map(|a| a.job_id.clone()),
            group: alloc.map(|a| a.task_group.clone()),
            node_name: alloc.map(|a| a.node_name.clone()),
            status: alloc.map(|a| a.client_status),
            writes: is_held(id).then(|| volume.write_allocs.contains_key(id)),
            stuck,
        }
    };
    ids.into_iter().map(row).collect()
}

impl Describe for VolumeDetail {
    fn describe(&self) -> Detail {
        let stuck = self.claims.iter().filter(|c| c.stuck.is_some()).count();
        let hint = (stuck > 0).then(|| {
            (
                format!(
                    "{} stuck; `fleet volume detach {} NODE` ends those on a node",
                    words::count(stuck, "claim"),
                    crate::model::ids::shell_word(self.row.id())
                ),
                Tone::Warn,
            )
        });
        Detail::new().fields(self.head.clone()).table("Claims", &self.claims).lines(None, hint)
    }
}

/// Shows a volume.
///
/// # Errors
/// Not found (3) or several (2).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = find::one(nomad, app.list_namespace()?, &args.volume, args.kind).await?;
    let (call, nodes) = (volume::get(found.kind, &found.stub.namespace, &found.stub.id), node::list());
    let (volume, nodes) = tokio::join!(nomad.read(&call), nomad.list(&nodes));
    let volume = volume?.value;
    let nodes = nodes.map(|reply| reply.value).unwrap_or_default();
    let node_name = nodes.iter().find(|n| n.id == volume.stub.node_id).map(|n| n.name.clone());
    let found = find::FoundVolume { kind: found.kind, stub: volume.stub.clone() };
    let row = Row::new(&found, node_name.clone());
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let capabilities = volume.requested_capabilities.iter();
    let capabilities: Vec<String> =
        capabilities.map(|c| format!("{} as {}", c.access_mode, c.attachment_mode)).collect();
    let size = if found.kind == VolumeKind::Host { volume.stub.capacity_bytes } else { volume.stub.capacity };
    let head = vec![
        ("name", Cell::text(&volume.stub.name)),
        ("id", Cell::text(&volume.stub.id)),
        ("namespace", Cell::from(&volume.stub.namespace)),
        ("type", Cell::text(found.kind.name())),
        ("plugin", Cell::from(&volume.stub.plugin_id)),
        ("state", row.state()),
        ("node", node_name.as_ref().map_or(Cell::Empty, Cell::from)),
        ("pool", Cell::from(&volume.node_pool)),
        ("path", Cell::from(&volume.host_path)),
        ("external id", Cell::from(&volume.external_id)),
        ("size", if size > 0 { Cell::text(bytes_text(size)) } else { Cell::Empty }),
        ("may be used", Cell::text(capabilities.join(", "))),
        ("made", Cell::Time(volume.create_time)),
    ];
    app.printer.object(&VolumeDetail {
        claims: claims_on(&volume, &nodes),
        row,
        external_id: given(&volume.external_id),
        host_path: given(&volume.host_path),
        node_pool: given(&volume.node_pool),
        capabilities,
        created_at: volume.create_time,
        head,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_without_a_living_allocation_is_stuck() {
        let volume: Volume = serde_json::from_str(
            r#"{"ID":"db","Name":"db","Namespace":"default","ReadAllocs":{"a3":null},"WriteAllocs":{"a1":null,"a2":null},
            "Allocations":[
              {"ID":"a1","JobID":"db","TaskGroup":"g","NodeID":"n1","NodeName":"c1","ClientStatus":"running","DesiredStatus":"run","Name":"db.g[0]","Namespace":"default","JobType":"service","EvalID":"","CreateIndex":1,"ModifyIndex":1},
              {"ID":"a2","JobID":"db","TaskGroup":"g","NodeID":"n2","NodeName":"c2","ClientStatus":"complete","DesiredStatus":"stop","Name":"db.g[1]","Namespace":"default","JobType":"service","EvalID":"","CreateIndex":1,"ModifyIndex":1}]}"#,
        )
        .unwrap();
        let node: NodeStub = serde_json::from_value(serde_json::json!({"ID": "n1", "Name": "c1",
            "SchedulingEligibility": "eligible", "Status": "ready", "ModifyIndex": 7}))
        .unwrap();
        let found = claims_on(&volume, std::slice::from_ref(&node));
        let told: Vec<_> =
            found.iter().map(|c| (c.alloc_id.as_str(), c.writes, c.stuck.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("a1", Some(true), None),
                ("a2", Some(true), Some("its allocation is over")),
                ("a3", Some(false), Some("the servers know its allocation no longer"))
            ]
        );
        let down = NodeStub { status: NodeStatus::Down, ..node };
        assert_eq!(claims_on(&volume, &[down])[0].stuck.as_deref(), Some("node c1 is down"));
    }
}
