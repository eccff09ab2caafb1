//! Volumes of hosts (Nomad 1.10) and behind CSI plugins, who claims them, and the plugins (`nomad-api.md §9.4`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::http::{Get, Write, segment};
use crate::api::nomad::allocation::AllocStub;
use crate::api::wire::{nullable, unix_nanos};

/// What keeps a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum VolumeKind {
    /// A directory of one node.
    Host,
    /// A CSI plugin.
    Csi,
}

impl VolumeKind {
    /// Its name in paths and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            VolumeKind::Host => "host",
            VolumeKind::Csi => "csi",
        }
    }

    fn needs(self, act: &str) -> String {
        match (self, act) {
            (VolumeKind::Host, "list") => "namespace capability \"host-volume-read\"".to_owned(),
            (VolumeKind::Host, act) => format!("namespace capability \"host-volume-{act}\""),
            (VolumeKind::Csi, "list") => "namespace capability \"csi-list-volume\"".to_owned(),
            (VolumeKind::Csi, "read") => "namespace capability \"csi-read-volume\"".to_owned(),
            (VolumeKind::Csi, _) => "namespace capability \"csi-write-volume\"".to_owned(),
        }
    }

    fn path(self, id: &str) -> String {
        format!("/v1/volume/{}/{}", self.name(), segment(id))
    }
}

/// The volumes of one kind; without a kind Nomad answers with none (T29).
#[must_use]
pub fn list(kind: VolumeKind) -> Get<Vec<VolumeStub>> {
    Get::new("/v1/volumes", format!("list the {} volumes", kind.name()))
        .needs(kind.needs("list"))
        .query("type", kind.name())
}

/// One volume.
#[must_use]
pub fn get(kind: VolumeKind, namespace: &str, id: &str) -> Get<Volume> {
    Get::new(kind.path(id), format!("read volume {id}")).needs(kind.needs("read")).namespace(namespace)
}

/// Has a volume made where it is kept, and registers it.
#[must_use]
pub fn create(kind: VolumeKind, namespace: &str, volume: &Value) -> Write<Value> {
    let id = volume["ID"].as_str().unwrap_or_default();
    let call = match kind {
        VolumeKind::Host => {
            Write::put("/v1/volume/host/create", "create the volume").body(&json!({"Volume": volume}))
        }
        VolumeKind::Csi => Write::put(format!("{}/create", kind.path(id)), format!("create volume {id}"))
            .body(&json!({"Volumes": [volume]})),
    };
    call.needs(kind.needs("create")).namespace(namespace)
}

/// Registers a volume that is there already.
#[must_use]
pub fn register(kind: VolumeKind, namespace: &str, volume: &Value) -> Write<Value> {
    let id = volume["ID"].as_str().unwrap_or_default();
    let call = match kind {
        VolumeKind::Host => {
            Write::put("/v1/volume/host/register", "register the volume").body(&json!({"Volume": volume}))
        }
        VolumeKind::Csi => {
            Write::put(kind.path(id), format!("register volume {id}")).body(&json!({"Volumes": [volume]}))
        }
    };
    call.needs(kind.needs("register")).namespace(namespace)
}

/// Deletes a volume with what is in it.
#[must_use]
pub fn delete(kind: VolumeKind, namespace: &str, id: &str) -> Write<IgnoredAny> {
    Write::delete(format!("{}/delete", kind.path(id)), format!("delete volume {id}"))
        .needs(kind.needs("delete"))
        .namespace(namespace)
}

/// Has the servers forget a CSI volume, which stays where it is kept; with `force` also one that is claimed.
#[must_use]
pub fn deregister(namespace: &str, id: &str, force: bool) -> Write<IgnoredAny> {
    Write::delete(VolumeKind::Csi.path(id), format!("deregister volume {id}"))
        .needs(VolumeKind::Csi.needs("write"))
        .namespace(namespace)
        .query_opt("force", force.then_some("true"))
}

/// Takes a CSI volume from a node that no longer uses it.
#[must_use]
pub fn detach(namespace: &str, id: &str, node_id: &str) -> Write<IgnoredAny> {
    Write::delete(
        format!("{}/detach", VolumeKind::Csi.path(id)),
        format!("detach volume {id} from node {node_id}"),
    )
    .needs(VolumeKind::Csi.needs("write"))
    .namespace(namespace)
    .query("node", node_id)
}

/// Which groups of jobs hold host volumes for good, so that their allocations stay with them (Nomad 1.10).
#[must_use]
pub fn claims() -> Get<Vec<Claim>> {
    Get::new("/v1/volumes/claims", "list the claims on host volumes").needs(VolumeKind::Host.needs("read"))
}

/// Ends the claim of a group on a host volume; its next allocation may take another.
#[must_use]
pub fn delete_claim(namespace: &str, id: &str) -> Write<IgnoredAny> {
    Write::delete(format!("/v1/volumes/claim/{}", segment(id)), format!("delete volume claim {id}"))
        .needs(VolumeKind::Host.needs("delete"))
        .namespace(namespace)
}

/// The snapshots of volumes that a CSI plugin keeps.
#[must_use]
pub fn snapshots(plugin_id: &str) -> Get<Snapshots> {
    Get::new("/v1/volumes/snapshot", format!("list the snapshots of plugin {plugin_id}"))
        .needs("namespace capability \"csi-list-volume\"")
        .query("plugin_id", plugin_id)
}

/// Makes a snapshot of a CSI volume.
#[must_use]
pub fn create_snapshot(
    namespace: &str,
    volume_id: &str,
    name: &str,
    secrets: &BTreeMap<String, String>,
    parameters: &BTreeMap<String, String>,
) -> Write<Snapshots> {
    let one =
        json!({"SourceVolumeID": volume_id, "Name": name, "Secrets": secrets, "Parameters": parameters});
    Write::put("/v1/volumes/snapshot", format!("make a snapshot of volume {volume_id}"))
        .needs(VolumeKind::Csi.needs("write"))
        .namespace(namespace)
        .body(&json!({"Snapshots": [one]}))
}

/// Deletes a snapshot that a CSI plugin keeps.
#[must_use]
pub fn delete_snapshot(plugin_id: &str, snapshot_id: &str) -> Write<IgnoredAny> {
    Write::delete("/v1/volumes/snapshot", format!("delete snapshot {snapshot_id}"))
        .needs(VolumeKind::Csi.needs("write"))
        .query("plugin_id", plugin_id)
        .query("snapshot_id", snapshot_id)
}

/// The CSI plugins.
#[must_use]
pub fn plugins() -> Get<Vec<PluginStub>> {
    Get::new("/v1/plugins", "list the CSI plugins").needs("plugin { policy = \"list\" }").query("type", "csi")
}

/// One CSI plugin.
#[must_use]
pub fn plugin(id: &str) -> Get<Plugin> {
    Get::new(format!("/v1/plugin/csi/{}", segment(id)), format!("read CSI plugin {id}"))
        .needs("plugin { policy = \"read\" }")
}

/// A row of a list of volumes, of either kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VolumeStub {
    /// The id: that of a host volume is a UUID, that of a CSI volume a name.
    #[serde(rename = "ID")]
    pub id: String,
    /// The name jobs ask for.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// The plugin that keeps it.
    #[serde(rename = "PluginID")]
    pub plugin_id: String,
    /// The node of a host volume.
    #[serde(rename = "NodeID")]
    pub node_id: String,
    /// Of a host volume: `pending`, `ready`, `unavailable`.
    pub state: String,
    /// Of a CSI volume: whether it can be placed with now.
    pub schedulable: bool,
    /// Bytes of a host volume; 0 where it was not measured.
    pub capacity_bytes: u64,
    /// Bytes of a CSI volume.
    pub capacity: u64,
    /// Of a CSI volume: how many read it now.
    pub current_readers: u64,
    /// Of a CSI volume: how many write it now.
    pub current_writers: u64,
}

impl VolumeStub {
    /// Whether an allocation can be placed with it now.
    #[must_use]
    pub fn is_ready(&self, kind: VolumeKind) -> bool {
        match kind {
            VolumeKind::Host => self.state == "ready",
            VolumeKind::Csi => self.schedulable,
        }
    }
}

/// A volume, of either kind.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Volume {
    /// What a list says of it.
    #[serde(flatten)]
    pub stub: VolumeStub,
    /// Where a host volume is.
    pub host_path: String,
    /// The pool of the node of a host volume.
    pub node_pool: String,
    /// What a CSI plugin calls it.
    #[serde(rename = "ExternalID")]
    pub external_id: String,
    /// How it may be used.
    #[serde(deserialize_with = "nullable")]
    pub requested_capabilities: Vec<Capability>,
    /// How it is used now.
    pub access_mode: String,
    /// How it is attached now.
    pub attachment_mode: String,
    /// Ids of the allocations that read it, as keys.
    #[serde(deserialize_with = "nullable")]
    pub read_allocs: BTreeMap<String, IgnoredValue>,
    /// Ids of the allocations that write it, as keys.
    #[serde(deserialize_with = "nullable")]
    pub write_allocs: BTreeMap<String, IgnoredValue>,
    /// The allocations that have it.
    #[serde(deserialize_with = "nullable")]
    pub allocations: Vec<AllocStub>,
    /// When a host volume was made.
    #[serde(deserialize_with = "unix_nanos")]
    pub create_time: Option<Timestamp>,
}

/// A field that is not decoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IgnoredValue;

impl<'de> Deserialize<'de> for IgnoredValue {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(d).map(|_| IgnoredValue)
    }
}

/// How a volume may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Capability {
    /// Such as `single-node-writer`.
    pub access_mode: String,
    /// `file-system` or `block-device`.
    pub attachment_mode: String,
}

/// A group's claim on a host volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Claim {
    /// The full id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The namespace.
    pub namespace: String,
    /// The job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Its group.
    pub task_group_name: String,
    /// The allocation that claimed it.
    #[serde(rename = "AllocID")]
    pub alloc_id: String,
    /// The volume.
    #[serde(rename = "VolumeID")]
    pub volume_id: String,
    /// Its name.
    pub volume_name: String,
}

/// Snapshots of volumes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Snapshots {
    /// The snapshots.
    #[serde(deserialize_with = "nullable")]
    pub snapshots: Vec<Snapshot>,
}

/// A snapshot of a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Snapshot {
    /// What the plugin calls it.
    #[serde(rename = "ID")]
    pub id: String,
    /// The plugin's id of the volume.
    #[serde(rename = "ExternalSourceVolumeID")]
    pub external_volume_id: String,
    /// Nomad's id of the volume, where it is known.
    #[serde(rename = "SourceVolumeID")]
    pub volume_id: String,
    /// Bytes.
    pub size_bytes: u64,
    /// Seconds since 1970.
    pub create_time: i64,
    /// Whether it can be used.
    pub is_ready: bool,
}

/// A row of the list of CSI plugins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PluginStub {
    /// The id.
    #[serde(rename = "ID")]
    pub id: String,
    /// What it calls itself.
    pub provider: String,
    /// Whether it takes a controller.
    pub controller_required: bool,
    /// Controllers that are well.
    pub controllers_healthy: u64,
    /// Controllers there should be.
    pub controllers_expected: u64,
    /// Nodes on which it is well.
    pub nodes_healthy: u64,
    /// Nodes on which it should be.
    pub nodes_expected: u64,
}

/// A CSI plugin.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Plugin {
    /// What a list says of it.
    #[serde(flatten)]
    pub stub: PluginStub,
    /// Its version.
    pub version: String,
    /// The allocations that run it.
    #[serde(deserialize_with = "nullable")]
    pub allocations: Vec<AllocStub>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_volumes_are_read() {
        let host = r#"{"CapacityBytes":7,"CreateTime":1795993945383403007,"HostPath":"/x","ID":"13a2c756-f47a-d5b9-c7ca-6bd868c1c32e","Name":"data","Namespace":"default","NodeID":"n","NodePool":"default","PluginID":"mkdir","RequestedCapabilities":[{"AccessMode":"single-node-single-writer","AttachmentMode":"file-system"}],"State":"ready"}"#;
        let host: Volume = serde_json::from_str(host).unwrap();
        assert_eq!(
            (host.stub.state.as_str(), host.stub.capacity_bytes, host.allocations.len()),
            ("ready", 7, 0)
        );
        let csi = r#"{"ID":"db","Name":"db","Namespace":"default","PluginID":"ebs","Schedulable":true,"ReadAllocs":{},"WriteAllocs":{"a1":null},"Allocations":null,"CurrentWriters":1}"#;
        let csi: Volume = serde_json::from_str(csi).unwrap();
        assert!(csi.stub.schedulable && csi.write_allocs.contains_key("a1"));
    }
}
