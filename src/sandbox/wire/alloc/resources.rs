//! What an allocation was given, in the new form and in the old one.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::sandbox::go::null_if_empty;
use crate::sandbox::placement::{PortGrant, TaskGrant};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::wire::fields::OmitEmpty;

/// A port of an allocation, empty fields left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PortMapping<'a> {
    #[serde(rename = "HostIP")]
    host_ip: &'a str,
    ignore_collision: bool,
    label: &'a str,
    to: i32,
    value: u16,
}

fn mapping(port: &PortGrant) -> OmitEmpty<PortMapping<'_>> {
    OmitEmpty(PortMapping {
        host_ip: &port.host_ip,
        ignore_collision: port.ignore_collision,
        label: &port.label,
        to: port.to,
        value: port.value,
    })
}

/// A port of a network, empty fields left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Port<'a> {
    host_network: &'static str,
    ignore_collision: bool,
    label: &'a str,
    to: i32,
    value: u16,
}

impl<'a> Port<'a> {
    fn of(grant: &'a PortGrant) -> OmitEmpty<Self> {
        OmitEmpty(Port {
            host_network: "default",
            ignore_collision: grant.ignore_collision,
            label: &grant.label,
            to: grant.to,
            value: grant.value,
        })
    }
}

/// A network of an allocation, empty fields left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Network<'a> {
    device: &'static str,
    dynamic_ports: Vec<OmitEmpty<Port<'a>>>,
    #[serde(rename = "IP")]
    ip: &'a str,
    mode: &'a str,
    reserved_ports: Vec<OmitEmpty<Port<'a>>>,
}

/// What an allocation was given.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AllocatedResources<'a> {
    shared: Shared<'a>,
    task_lifecycles: Lifecycles<'a>,
    tasks: TaskResources<'a>,
}

#[derive(Serialize)]
struct Shared<'a> {
    #[serde(rename = "DiskMB")]
    disk: u64,
    #[serde(rename = "Networks")]
    networks: Option<Vec<OmitEmpty<Network<'a>>>>,
    #[serde(rename = "Ports")]
    ports: Option<Vec<OmitEmpty<PortMapping<'a>>>>,
}

impl<'a> AllocatedResources<'a> {
    pub(super) fn of(alloc: &'a Alloc) -> Self {
        AllocatedResources {
            shared: Shared {
                disk: alloc.allotment.disk,
                networks: group_networks(alloc),
                ports: (!alloc.allotment.ports.is_empty())
                    .then(|| alloc.allotment.ports.iter().map(mapping).collect()),
            },
            task_lifecycles: Lifecycles(alloc),
            tasks: TaskResources(alloc),
        }
    }
}

/// The networks of the group with the numbers its ports were given.
fn group_networks(alloc: &Alloc) -> Option<Vec<OmitEmpty<Network<'_>>>> {
    let networks = &alloc.task_group()?.networks;
    if networks.is_empty() {
        return None;
    }
    let granted = |label: &str| alloc.allotment.ports.iter().find(|p| p.label == label);
    let ports = |wanted: &'_ [crate::api::nomad::job::Port]| -> Vec<OmitEmpty<Port<'_>>> {
        let known = wanted.iter().filter_map(|port| granted(&port.label));
        known.map(Port::of).collect()
    };
    let shown = networks.iter().map(|network| {
        let ip = alloc.allotment.ports.first().map_or("", |p| p.host_ip.as_str());
        OmitEmpty(Network {
            device: "",
            dynamic_ports: ports(&network.dynamic_ports),
            ip,
            mode: &network.mode,
            reserved_ports: ports(&network.reserved_ports),
        })
    });
    Some(shown.collect())
}

struct Lifecycles<'a>(&'a Alloc);

impl Serialize for Lifecycles<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let tasks = self.0.task_group().map_or(&[][..], |g| &g.tasks);
        let mut map = s.serialize_map(Some(tasks.len()))?;
        for task in tasks {
            let lifecycle = task.lifecycle.as_ref().map(|l| Lifecycle { hook: &l.hook, sidecar: l.sidecar });
            map.serialize_entry(&task.name, &lifecycle)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Lifecycle<'a> {
    hook: &'a str,
    sidecar: bool,
}

struct TaskResources<'a>(&'a Alloc);

impl Serialize for TaskResources<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let tasks = &self.0.allotment.tasks;
        let mut map = s.serialize_map(Some(tasks.len()))?;
        for (name, grant) in tasks {
            map.serialize_entry(&**name, &TaskResource::of(grant))?;
        }
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TaskResource<'a> {
    cpu: Cpu<'a>,
    devices: Option<()>,
    memory: Memory,
    networks: Option<Vec<OmitEmpty<Network<'a>>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Cpu<'a> {
    cpu_shares: u64,
    #[serde(serialize_with = "null_if_empty")]
    reserved_cores: &'a [u16],
}

#[derive(Serialize)]
struct Memory {
    #[serde(rename = "MemoryMB")]
    memory: u64,
    #[serde(rename = "MemoryMaxMB")]
    max: i64,
}

impl<'a> TaskResource<'a> {
    fn of(grant: &'a TaskGrant) -> Self {
        let networks = (!grant.ports.is_empty()).then(|| {
            let ports = grant.ports.iter().map(Port::of);
            vec![OmitEmpty(Network {
                device: "",
                dynamic_ports: ports.collect(),
                ip: &grant.ports[0].host_ip,
                mode: "host",
                reserved_ports: Vec::new(),
            })]
        });
        TaskResource {
            cpu: Cpu { cpu_shares: grant.cpu, reserved_cores: &grant.cores },
            devices: None,
            memory: Memory { memory: grant.memory, max: grant.memory_max },
            networks,
        }
    }
}

/// Resources in the old form, which Nomad still shows.
#[derive(Serialize, Default)]
pub(super) struct OldResources<'a> {
    #[serde(rename = "CPU")]
    cpu: u64,
    #[serde(rename = "Cores")]
    cores: usize,
    #[serde(rename = "Devices")]
    devices: Option<()>,
    #[serde(rename = "DiskMB")]
    disk: u64,
    #[serde(rename = "IOPS")]
    iops: u64,
    #[serde(rename = "MemoryMB")]
    memory: u64,
    #[serde(rename = "MemoryMaxMB")]
    memory_max: i64,
    #[serde(rename = "NUMA")]
    numa: Option<()>,
    #[serde(rename = "Networks")]
    networks: Option<Vec<OmitEmpty<Network<'a>>>>,
    #[serde(rename = "SecretsMB")]
    secrets: u64,
}

impl<'a> OldResources<'a> {
    /// Of one task.
    pub(super) fn of(grant: &TaskGrant) -> Self {
        OldResources {
            cpu: grant.cpu,
            memory: grant.memory,
            memory_max: grant.memory_max,
            ..OldResources::default()
        }
    }

    /// Of what the tasks share.
    pub(super) fn shared(alloc: &'a Alloc) -> Self {
        OldResources {
            disk: alloc.allotment.disk,
            networks: group_networks(alloc),
            ..OldResources::default()
        }
    }

    /// Of all together.
    pub(super) fn sum(alloc: &'a Alloc) -> Self {
        let mut sum = OldResources::shared(alloc);
        for (_, task) in &alloc.allotment.tasks {
            sum.cpu += task.cpu;
            sum.memory += task.memory;
            let memory = i64::try_from(task.memory).unwrap_or(i64::MAX);
            sum.memory_max += if task.memory_max > 0 { task.memory_max } else { memory };
        }
        sum
    }
}
