//! Allocations: the rows of lists, and in full (`nomad-api.md §5`).

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::model::placement::{Metric, PortGrant, TaskGrant};
use crate::sandbox::id::{Id, or_empty};
use crate::sandbox::moment::Moment;
use crate::sandbox::state::alloc::{Alloc, Health, LastReschedule, RescheduleTracker, Transition};
use crate::sandbox::state::job::Job;
use crate::sandbox::wire::fields::OmitEmpty;
use crate::sandbox::wire::task::Tasks;

/// What is wanted of an allocation.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DesiredTransition {
    force_reschedule: Option<bool>,
    migrate: Option<bool>,
    migrate_disable_placement: Option<bool>,
    no_shutdown_delay: Option<bool>,
    reschedule: Option<bool>,
}

impl From<Transition> for DesiredTransition {
    fn from(t: Transition) -> Self {
        DesiredTransition {
            force_reschedule: t.force_reschedule,
            migrate: t.migrate,
            migrate_disable_placement: t.disable_placement,
            no_shutdown_delay: t.no_shutdown_delay,
            reschedule: t.reschedule,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeploymentStatus {
    canary: bool,
    healthy: Option<bool>,
    modify_index: u64,
    timestamp: Option<Moment>,
}

impl From<Health> for DeploymentStatus {
    fn from(h: Health) -> Self {
        let Health { healthy, timestamp, canary, modify_index } = h;
        DeploymentStatus { canary, healthy, modify_index, timestamp }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tracker {
    events: Vec<TrackerEvent>,
    last_reschedule: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrackerEvent {
    delay: i64,
    #[serde(rename = "PrevAllocID")]
    prev_alloc_id: Id,
    #[serde(rename = "PrevNodeID")]
    prev_node_id: Id,
    reschedule_time: i64,
}

impl From<&RescheduleTracker> for Tracker {
    fn from(tracker: &RescheduleTracker) -> Self {
        let events = tracker.events.iter().map(|e| TrackerEvent {
            delay: e.delay.0,
            prev_alloc_id: e.previous_alloc,
            prev_node_id: e.previous_node,
            reschedule_time: e.time.nanos(),
        });
        let last_reschedule = match tracker.last {
            LastReschedule::None => "",
            LastReschedule::Placed => "ok",
            LastReschedule::NoPlacement => "no placement",
        };
        Tracker { events: events.collect(), last_reschedule }
    }
}

fn null_if_empty<T: Serialize, S: Serializer>(list: &[T], s: S) -> Result<S::Ok, S::Error> {
    (!list.is_empty()).then_some(list).serialize(s)
}

/// Which parts a row of a list has beside the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The tasks' states.
    pub task_states: bool,
    /// What it was given.
    pub resources: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Parts { task_states: true, resources: false }
    }
}

/// A row of an allocation list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Stub<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    allocated_resources: Option<AllocatedResources<'a>>,
    client_description: &'a str,
    client_status: crate::api::nomad::allocation::ClientStatus,
    create_index: u64,
    create_time: i64,
    deployment_status: Option<DeploymentStatus>,
    desired_description: &'a str,
    desired_status: crate::api::nomad::allocation::DesiredStatus,
    desired_transition: DesiredTransition,
    #[serde(rename = "EvalID")]
    eval_id: Id,
    #[serde(rename = "FollowupEvalID", serialize_with = "or_empty")]
    followup_eval_id: Option<Id>,
    #[serde(rename = "ID")]
    id: Id,
    #[serde(rename = "JobID")]
    job_id: &'a str,
    job_type: &'static str,
    job_version: u64,
    modify_index: u64,
    modify_time: i64,
    name: &'a str,
    namespace: &'a str,
    #[serde(serialize_with = "or_empty")]
    next_allocation: Option<Id>,
    #[serde(rename = "NodeID")]
    node_id: Id,
    node_name: &'a str,
    #[serde(serialize_with = "null_if_empty")]
    preempted_allocations: &'a [Id],
    #[serde(serialize_with = "or_empty")]
    preempted_by_allocation: Option<Id>,
    reschedule_tracker: Option<Tracker>,
    task_group: &'a str,
    task_states: Option<Tasks<'a>>,
}

impl<'a> Stub<'a> {
    /// The row of an allocation.
    #[must_use]
    pub fn of(alloc: &'a Alloc, parts: Parts) -> Self {
        let key = alloc.job_key();
        Stub {
            allocated_resources: parts.resources.then(|| AllocatedResources::of(alloc)),
            client_description: alloc.client_description,
            client_status: alloc.client,
            create_index: alloc.create_index,
            create_time: alloc.create_time.nanos(),
            deployment_status: alloc.health.map(Into::into),
            desired_description: &alloc.desired_description,
            desired_status: alloc.desired,
            desired_transition: alloc.transition.into(),
            eval_id: alloc.eval_id,
            followup_eval_id: alloc.followup_eval,
            id: alloc.id,
            job_id: &key.id,
            job_type: alloc.job.kind().as_str(),
            job_version: alloc.job.version,
            modify_index: alloc.modify_index,
            modify_time: alloc.modify_time.nanos(),
            name: &alloc.name,
            namespace: &key.namespace,
            next_allocation: alloc.next,
            node_id: alloc.node_id,
            node_name: &alloc.node_name,
            preempted_allocations: &alloc.preempted,
            preempted_by_allocation: alloc.preempted_by,
            reschedule_tracker: alloc.reschedules.as_deref().map(Into::into),
            task_group: &alloc.group,
            task_states: (parts.task_states && !alloc.tasks.is_empty()).then_some(Tasks(&alloc.tasks)),
        }
    }
}

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
struct AllocatedResources<'a> {
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
    fn of(alloc: &'a Alloc) -> Self {
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
        known
            .map(|p| {
                OmitEmpty(Port {
                    host_network: "default",
                    ignore_collision: p.ignore_collision,
                    label: &p.label,
                    to: p.to,
                    value: p.value,
                })
            })
            .collect()
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
            let ports = grant.ports.iter().map(|p| {
                OmitEmpty(Port {
                    host_network: "default",
                    ignore_collision: p.ignore_collision,
                    label: &p.label,
                    to: p.to,
                    value: p.value,
                })
            });
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
struct OldResources<'a> {
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

fn old(grant: &TaskGrant) -> OldResources<'_> {
    OldResources {
        cpu: grant.cpu,
        memory: grant.memory,
        memory_max: grant.memory_max,
        ..OldResources::default()
    }
}

fn old_shared(alloc: &Alloc) -> OldResources<'_> {
    OldResources { disk: alloc.allotment.disk, networks: group_networks(alloc), ..OldResources::default() }
}

fn old_sum(alloc: &Alloc) -> OldResources<'_> {
    let mut sum = old_shared(alloc);
    for (_, task) in &alloc.allotment.tasks {
        sum.cpu += task.cpu;
        sum.memory += task.memory;
        let memory = i64::try_from(task.memory).unwrap_or(i64::MAX);
        sum.memory_max += if task.memory_max > 0 { task.memory_max } else { memory };
    }
    sum
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkStatus {
    address: &'static str,
    #[serde(rename = "AddressIPv6")]
    address_ipv6: &'static str,
    #[serde(rename = "DNS")]
    dns: Option<()>,
    interface_name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StateChange {
    field: u8,
    time: Moment,
    value: crate::api::nomad::allocation::ClientStatus,
}

/// An allocation in full; serialise it as [`OmitEmpty`].
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Full<'a> {
    alloc_modify_index: u64,
    alloc_states: Vec<StateChange>,
    allocated_resources: Option<AllocatedResources<'a>>,
    client_description: &'a str,
    client_status: crate::api::nomad::allocation::ClientStatus,
    create_index: u64,
    create_time: i64,
    #[serde(rename = "DeploymentID", serialize_with = "or_empty")]
    deployment_id: Option<Id>,
    deployment_status: Option<DeploymentStatus>,
    desired_description: &'a str,
    desired_status: crate::api::nomad::allocation::DesiredStatus,
    desired_transition: DesiredTransition,
    #[serde(rename = "EvalID")]
    eval_id: Id,
    #[serde(rename = "FollowupEvalID", serialize_with = "or_empty")]
    followup_eval_id: Option<Id>,
    #[serde(rename = "ID")]
    id: Id,
    job: Option<&'a Job>,
    #[serde(rename = "JobID")]
    job_id: &'a str,
    metrics: Option<&'a Metric>,
    modify_index: u64,
    modify_time: i64,
    name: &'a str,
    namespace: &'a str,
    network_status: Option<NetworkStatus>,
    #[serde(serialize_with = "or_empty")]
    next_allocation: Option<Id>,
    #[serde(rename = "NodeID")]
    node_id: Id,
    node_name: &'a str,
    preempted_allocations: &'a [Id],
    #[serde(serialize_with = "or_empty")]
    preempted_by_allocation: Option<Id>,
    #[serde(serialize_with = "or_empty")]
    previous_allocation: Option<Id>,
    reschedule_tracker: Option<Tracker>,
    resources: Option<OldResources<'a>>,
    shared_resources: Option<OldResources<'a>>,
    #[serde(rename = "SigningKeyID")]
    signing_key_id: &'static str,
    task_group: &'a str,
    task_resources: BTreeMap<&'a str, OldResources<'a>>,
    task_states: Option<Tasks<'a>>,
}

/// The key that signs the identities of tasks: there is one for the whole life of the cluster.
pub(super) const SIGNING_KEY: &str = "5a4d6b1e-0c2f-4a7b-9d3e-8f1a2b3c4d5e";

impl<'a> Full<'a> {
    /// An allocation in full.
    #[must_use]
    pub fn of(alloc: &'a Alloc) -> Self {
        let key = alloc.job_key();
        let network = NetworkStatus { address: "", address_ipv6: "", dns: None, interface_name: "" };
        let states = alloc.states.iter().map(|change| StateChange {
            field: 0,
            time: change.time,
            value: change.status,
        });
        Full {
            alloc_modify_index: alloc.alloc_modify_index,
            alloc_states: states.collect(),
            allocated_resources: Some(AllocatedResources::of(alloc)),
            client_description: alloc.client_description,
            client_status: alloc.client,
            create_index: alloc.create_index,
            create_time: alloc.create_time.nanos(),
            deployment_id: alloc.deployment_id,
            deployment_status: alloc.health.map(Into::into),
            desired_description: &alloc.desired_description,
            desired_status: alloc.desired,
            desired_transition: alloc.transition.into(),
            eval_id: alloc.eval_id,
            followup_eval_id: alloc.followup_eval,
            id: alloc.id,
            job: Some(&alloc.job),
            job_id: &key.id,
            metrics: Some(&alloc.metric),
            modify_index: alloc.modify_index,
            modify_time: alloc.modify_time.nanos(),
            name: &alloc.name,
            namespace: &key.namespace,
            network_status: alloc.reported.then_some(network),
            next_allocation: alloc.next,
            node_id: alloc.node_id,
            node_name: &alloc.node_name,
            preempted_allocations: &alloc.preempted,
            preempted_by_allocation: alloc.preempted_by,
            previous_allocation: alloc.previous,
            reschedule_tracker: alloc.reschedules.as_deref().map(Into::into),
            resources: Some(old_sum(alloc)),
            shared_resources: Some(old_shared(alloc)),
            signing_key_id: SIGNING_KEY,
            task_group: &alloc.group,
            task_resources: alloc.allotment.tasks.iter().map(|(name, grant)| (&**name, old(grant))).collect(),
            task_states: (!alloc.tasks.is_empty()).then_some(Tasks(&alloc.tasks)),
        }
    }
}
