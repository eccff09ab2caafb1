//! Nodes: the rows of lists, and in full (`nomad-api.md §2.2`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::node::NodeStatus;
use crate::sandbox::go::null_if_empty;
use crate::sandbox::id::FOUNDING_KEY;
use crate::sandbox::id::Id;
use crate::sandbox::placement::Machine;
use crate::sandbox::state::node::{DrainStrategy, Driver, LastDrain, Node, NodeEvent};
use crate::sandbox::wire::fields::OmitEmpty;

/// Which parts a row of the node list has beside the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    /// What it offers.
    pub resources: bool,
    /// Its operating system.
    pub os: bool,
}

fn eligibility(node: &Node) -> &'static str {
    if node.eligible { "eligible" } else { "ineligible" }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct HostVolume<'a> {
    #[serde(rename = "ID")]
    id: &'static str,
    name: &'a str,
    path: String,
    read_only: bool,
}

fn host_volumes(machine: &Machine) -> BTreeMap<&str, HostVolume<'_>> {
    let volume = |(name, read_only): (&'_ String, &bool)| HostVolume {
        id: "",
        path: format!("/srv/{name}"),
        read_only: *read_only,
        name: "",
    };
    machine
        .host_volumes
        .iter()
        .map(|(name, read_only)| (name.as_str(), HostVolume { name, ..volume((name, read_only)) }))
        .collect()
}

/// A row of the node list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Stub<'a> {
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<BTreeMap<&'static str, &'a str>>,
    create_index: u64,
    datacenter: &'a str,
    drain: bool,
    drivers: &'a BTreeMap<String, Driver>,
    host_volumes: BTreeMap<&'a str, HostVolume<'a>>,
    #[serde(rename = "ID")]
    id: Id,
    last_drain: &'a Option<LastDrain>,
    modify_index: u64,
    name: &'a str,
    node_class: &'a str,
    node_pool: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_resources: Option<NodeResources<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reserved_resources: Option<ReservedResources>,
    scheduling_eligibility: &'static str,
    status: NodeStatus,
    status_description: &'static str,
    version: &'a str,
}

impl<'a> Stub<'a> {
    /// The row of a node.
    #[must_use]
    pub fn of(node: &'a Node, parts: Parts) -> Self {
        let machine = &node.machine;
        let http = node.fingerprint.http_addr.as_str();
        let os = || machine.attributes.get("os.name").map_or("", String::as_str);
        Stub {
            address: http.rsplit_once(':').map_or(http, |(host, _)| host),
            attributes: parts.os.then(|| BTreeMap::from([("os.name", os())])),
            create_index: node.create_index,
            datacenter: &machine.datacenter,
            drain: node.drain.is_some(),
            drivers: &node.fingerprint.drivers,
            host_volumes: host_volumes(machine),
            id: node.id,
            last_drain: &node.last_drain,
            modify_index: node.modify_index,
            name: &node.name,
            node_class: &machine.class,
            node_pool: &machine.pool,
            node_resources: parts.resources.then(|| NodeResources::of(machine)),
            reserved_resources: parts.resources.then(ReservedResources::default),
            scheduling_eligibility: eligibility(node),
            status: node.status,
            status_description: "",
            version: &node.fingerprint.version,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NodeResources<'a> {
    cpu: Cpu<'a>,
    devices: Option<()>,
    disk: Disk,
    max_dynamic_port: u16,
    memory: Memory,
    min_dynamic_port: u16,
    networks: Vec<OmitEmpty<Network<'a>>>,
    node_networks: Vec<NodeNetwork<'a>>,
    processors: Processors,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Cpu<'a> {
    cpu_shares: u64,
    reservable_cpu_cores: &'a [u16],
    total_cpu_cores: usize,
}

#[derive(Serialize, Default)]
struct Disk {
    #[serde(rename = "DiskMB")]
    disk: u64,
}

#[derive(Serialize, Default)]
struct Memory {
    #[serde(rename = "MemoryMB")]
    memory: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Network<'a> {
    #[serde(rename = "CIDR")]
    cidr: Cow<'a, str>,
    device: &'a str,
    #[serde(rename = "IP")]
    ip: &'a str,
    #[serde(rename = "MBits")]
    mbits: u32,
    mode: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NodeNetwork<'a> {
    addresses: Option<Vec<Address<'a>>>,
    device: &'a str,
    mac_address: &'a str,
    mode: &'a str,
    speed: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Address<'a> {
    address: &'a str,
    alias: &'a str,
    family: &'a str,
    gateway: &'a str,
    reserved_ports: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Processors {
    topology: Topology,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Topology {
    cores: Vec<Core>,
    distances: Option<()>,
    nodes: [u8; 1],
    override_total_compute: u64,
    override_withold_compute: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Core {
    base_speed: u64,
    disable: bool,
    grade: bool,
    guess_speed: u64,
    #[serde(rename = "ID")]
    id: u16,
    max_speed: u64,
    #[serde(rename = "NodeID")]
    node_id: u8,
    #[serde(rename = "SocketID")]
    socket_id: u8,
}

fn family(ip: &str) -> (&'static str, u8) {
    if ip.contains(':') { ("ipv6", 128) } else { ("ipv4", 32) }
}

impl<'a> NodeResources<'a> {
    fn of(machine: &'a Machine) -> Self {
        let bridge = OmitEmpty(Network { cidr: "".into(), device: "", ip: "", mbits: 0, mode: "bridge" });
        let host = machine.addresses.iter().map(|address| {
            let (_, bits) = family(&address.ip);
            let cidr = format!("{}/{bits}", address.ip).into();
            OmitEmpty(Network { cidr, device: "lo", ip: &address.ip, mbits: 1000, mode: "host" })
        });
        let addresses = machine.addresses.iter().map(|address| Address {
            address: &address.ip,
            alias: &address.alias,
            family: family(&address.ip).0,
            gateway: "",
            reserved_ports: "",
        });
        let cores = machine.cores.iter().map(|id| Core {
            base_speed: machine.core_mhz,
            disable: false,
            grade: true,
            guess_speed: 0,
            id: *id,
            max_speed: 0,
            node_id: 0,
            socket_id: 0,
        });
        NodeResources {
            cpu: Cpu {
                cpu_shares: machine.capacity.cpu,
                reservable_cpu_cores: &machine.cores,
                total_cpu_cores: machine.cores.len(),
            },
            devices: None,
            disk: Disk { disk: machine.capacity.disk },
            max_dynamic_port: *machine.dynamic_ports.end(),
            memory: Memory { memory: machine.capacity.memory },
            min_dynamic_port: *machine.dynamic_ports.start(),
            networks: std::iter::once(bridge).chain(host).collect(),
            node_networks: vec![
                NodeNetwork { addresses: None, device: "", mac_address: "", mode: "bridge", speed: 0 },
                NodeNetwork {
                    addresses: Some(addresses.collect()),
                    device: "lo",
                    mac_address: "",
                    mode: "host",
                    speed: 1000,
                },
            ],
            processors: Processors {
                topology: Topology {
                    cores: cores.collect(),
                    distances: None,
                    nodes: [0],
                    override_total_compute: machine.capacity.cpu,
                    override_withold_compute: 0,
                },
            },
        }
    }
}

/// What is reserved for others than Nomad: nothing.
#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
struct ReservedResources {
    cpu: ReservedCpu,
    disk: Disk,
    memory: Memory,
    networks: ReservedNetworks,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
struct ReservedCpu {
    cpu_shares: u64,
    reserved_cpu_cores: Option<()>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
struct ReservedNetworks {
    reserved_host_ports: &'static str,
}

type Nothing = BTreeMap<String, String>;

/// A node in full.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Full<'a> {
    attributes: &'a BTreeMap<String, String>,
    #[serde(rename = "CSIControllerPlugins")]
    csi_controller_plugins: Nothing,
    #[serde(rename = "CSINodePlugins")]
    csi_node_plugins: Nothing,
    cgroup_parent: &'static str,
    computed_class: &'a str,
    create_index: u64,
    datacenter: &'a str,
    drain: bool,
    drain_strategy: &'a Option<DrainStrategy>,
    drivers: &'a BTreeMap<String, Driver>,
    #[serde(serialize_with = "null_if_empty")]
    events: &'a [NodeEvent],
    #[serde(rename = "GCVolumesOnNodeGC")]
    gc_volumes_on_node_gc: bool,
    #[serde(rename = "HTTPAddr")]
    http_addr: &'a str,
    host_networks: Option<()>,
    host_volumes: BTreeMap<&'a str, HostVolume<'a>>,
    #[serde(rename = "ID")]
    id: Id,
    #[serde(rename = "IdentitySigningKeyID")]
    identity_signing_key_id: Id,
    last_alloc_update_index: u64,
    last_drain: &'a Option<LastDrain>,
    last_missed_heartbeat_index: u64,
    links: Nothing,
    meta: &'a BTreeMap<String, String>,
    modify_index: u64,
    name: &'a str,
    node_class: &'a str,
    node_max_allocs: usize,
    node_pool: &'a str,
    node_resources: NodeResources<'a>,
    reserved_resources: ReservedResources,
    scheduling_eligibility: &'static str,
    #[serde(rename = "SecretID")]
    secret_id: &'static str,
    status: NodeStatus,
    status_description: &'static str,
    status_updated_at: i64,
    #[serde(rename = "TLSEnabled")]
    tls_enabled: bool,
}

impl<'a> Full<'a> {
    /// A node in full.
    #[must_use]
    pub fn of(node: &'a Node) -> Self {
        let machine = &node.machine;
        Full {
            attributes: &machine.attributes,
            csi_controller_plugins: Nothing::new(),
            csi_node_plugins: Nothing::new(),
            cgroup_parent: "nomad.slice",
            computed_class: &machine.computed_class,
            create_index: node.create_index,
            datacenter: &machine.datacenter,
            drain: node.drain.is_some(),
            drain_strategy: &node.drain,
            drivers: &node.fingerprint.drivers,
            events: &node.events,
            gc_volumes_on_node_gc: false,
            http_addr: &node.fingerprint.http_addr,
            host_networks: None,
            host_volumes: host_volumes(machine),
            id: node.id,
            identity_signing_key_id: FOUNDING_KEY,
            last_alloc_update_index: node.last_alloc_update_index,
            last_drain: &node.last_drain,
            last_missed_heartbeat_index: node.last_missed_heartbeat_index,
            links: Nothing::new(),
            meta: &machine.meta,
            modify_index: node.modify_index,
            name: &node.name,
            node_class: &machine.class,
            node_max_allocs: machine.max_allocs,
            node_pool: &machine.pool,
            node_resources: NodeResources::of(machine),
            reserved_resources: ReservedResources::default(),
            scheduling_eligibility: eligibility(node),
            secret_id: "",
            status: node.status,
            status_description: "",
            status_updated_at: node.status_updated_at,
            tls_enabled: false,
        }
    }
}
