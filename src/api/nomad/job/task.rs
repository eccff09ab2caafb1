//! What a group runs and what it needs for that: tasks, networks, services, volumes (`nomad-api.md §3`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::placement::{Affinity, Constraint};
use super::policy::RestartPolicy;
use crate::api::wire::{Nanos, nullable};

/// A task.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Task {
    /// Its name in the group.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The driver that runs it.
    #[serde(deserialize_with = "nullable")]
    pub driver: String,
    /// The driver's own settings.
    #[serde(deserialize_with = "nullable")]
    pub config: serde_json::Map<String, Value>,
    /// Environment variables.
    #[serde(deserialize_with = "nullable")]
    pub env: BTreeMap<String, String>,
    /// What it is given.
    pub resources: Option<Resources>,
    /// What every node must satisfy.
    #[serde(deserialize_with = "nullable")]
    pub constraints: Vec<Constraint>,
    /// What nodes are preferred.
    #[serde(deserialize_with = "nullable")]
    pub affinities: Vec<Affinity>,
    /// Its services.
    #[serde(deserialize_with = "nullable")]
    pub services: Vec<Service>,
    /// Restart policy of its own.
    pub restart_policy: Option<RestartPolicy>,
    /// How long it may take to end after the kill signal.
    pub kill_timeout: Option<Nanos>,
    /// How long to wait between deregistration and the kill signal.
    pub shutdown_delay: Option<Nanos>,
    /// Whether the group ends with it.
    #[serde(deserialize_with = "nullable")]
    pub leader: bool,
    /// When it runs beside the main tasks.
    pub lifecycle: Option<Lifecycle>,
    /// Secrets it reads through a provider of the node.
    #[serde(deserialize_with = "nullable")]
    pub secrets: Vec<Secret>,
    /// Commands that may be run in it by name.
    #[serde(deserialize_with = "nullable")]
    pub actions: Vec<Action>,
}

/// A command that may be run in a task by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// The program.
    pub command: String,
    /// The program's arguments.
    #[serde(deserialize_with = "nullable")]
    pub args: Vec<String>,
    /// The task it runs in; empty in the specification of that task.
    pub task_name: String,
    /// The group of that task; empty in the specification.
    pub task_group_name: String,
}

impl Action {
    /// The program and its arguments.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        [&self.command].into_iter().chain(&self.args).cloned().collect()
    }
}

/// A secret a task reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Secret {
    /// The provider that must be on the node.
    #[serde(deserialize_with = "nullable")]
    pub provider: String,
}

/// When a task runs beside the main tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Lifecycle {
    /// `prestart`, `poststart` or `poststop`.
    #[serde(deserialize_with = "nullable")]
    pub hook: String,
    /// Whether it runs as long as the main tasks.
    #[serde(deserialize_with = "nullable")]
    pub sidecar: bool,
}

/// What a task is given.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Resources {
    /// MHz.
    #[serde(rename = "CPU")]
    pub cpu: Option<u64>,
    /// Reserved cores.
    pub cores: Option<u64>,
    /// MiB.
    #[serde(rename = "MemoryMB")]
    pub memory_mib: Option<u64>,
    /// MiB it may use when the node has room; -1 for no limit.
    #[serde(rename = "MemoryMaxMB")]
    pub memory_max_mib: Option<i64>,
    /// MiB of its secrets directory, beside its memory.
    #[serde(rename = "SecretsMB")]
    pub secrets_mib: Option<u64>,
    /// Networks of the task itself (deprecated by Nomad, still accepted).
    #[serde(deserialize_with = "nullable")]
    pub networks: Vec<Network>,
    /// Devices it asks for.
    #[serde(deserialize_with = "nullable")]
    pub devices: Vec<Value>,
}

impl Resources {
    /// How many MiB of memory are too much; none when nothing is, or the servers' configuration decides.
    #[must_use]
    pub fn memory_limit(&self) -> Option<u64> {
        self.memory_mib.filter(|_| self.memory_max_mib.is_none_or(|most| most == 0))
    }
}

/// The disk of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EphemeralDisk {
    /// MiB.
    #[serde(rename = "SizeMB")]
    pub size_mib: Option<u64>,
    /// Whether the next allocation should come back to it.
    pub sticky: Option<bool>,
    /// Whether its data moves along.
    pub migrate: Option<bool>,
}

/// A network of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Network {
    /// `host`, `bridge`, …
    #[serde(deserialize_with = "nullable")]
    pub mode: String,
    /// Ports with fixed numbers.
    #[serde(deserialize_with = "nullable")]
    pub reserved_ports: Vec<Port>,
    /// Ports the scheduler chooses.
    #[serde(deserialize_with = "nullable")]
    pub dynamic_ports: Vec<Port>,
}

/// A port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Port {
    /// Its label in the job.
    pub label: String,
    /// The fixed number; 0 for dynamic ones.
    pub value: u16,
    /// The port inside the network namespace.
    pub to: i32,
    /// The node's network it is on.
    pub host_network: String,
    /// Whether a static port may be taken although it is in use.
    #[serde(deserialize_with = "nullable")]
    pub ignore_collision: bool,
}

/// A service that is registered while the allocation runs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Service {
    /// Its name; may hold runtime variables.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The port, by label or number.
    #[serde(deserialize_with = "nullable")]
    pub port_label: String,
    /// `nomad` or `consul`.
    #[serde(deserialize_with = "nullable")]
    pub provider: String,
    /// Tags.
    #[serde(deserialize_with = "nullable")]
    pub tags: Vec<String>,
    /// Tags while it is a canary.
    #[serde(deserialize_with = "nullable")]
    pub canary_tags: Vec<String>,
    /// Metadata, for Consul.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// Metadata while it is a canary.
    #[serde(deserialize_with = "nullable")]
    pub canary_meta: BTreeMap<String, String>,
    /// The task it belongs to, for a group's service.
    #[serde(deserialize_with = "nullable")]
    pub task_name: String,
    /// Health checks.
    #[serde(deserialize_with = "nullable")]
    pub checks: Vec<ServiceCheck>,
    /// The address that is registered instead of the allocation's.
    #[serde(deserialize_with = "nullable")]
    pub address: String,
}

/// A health check of a service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceCheck {
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// `http`, `tcp`, `script` or `grpc`.
    #[serde(rename = "Type", deserialize_with = "nullable")]
    pub kind: String,
    /// The port it asks, by its label; the service's own when empty.
    #[serde(deserialize_with = "nullable")]
    pub port_label: String,
    /// `http` or `https`; `http` when empty.
    #[serde(deserialize_with = "nullable")]
    pub protocol: String,
    /// The path of an HTTP check.
    #[serde(deserialize_with = "nullable")]
    pub path: String,
    /// How often it runs.
    #[serde(deserialize_with = "nullable")]
    pub interval: Nanos,
    /// What a failure does to an update: `require_healthy`, `ignore_warnings` or `ignore`.
    #[serde(deserialize_with = "nullable")]
    pub on_update: String,
}

/// A volume of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Volume {
    /// `host` or `csi`.
    #[serde(rename = "Type", deserialize_with = "nullable")]
    pub kind: String,
    /// The volume on the node.
    #[serde(deserialize_with = "nullable")]
    pub source: String,
    /// Whether it may not be written.
    #[serde(deserialize_with = "nullable")]
    pub read_only: bool,
    /// Whether every allocation has a volume of its own, named with its index.
    #[serde(deserialize_with = "nullable")]
    pub per_alloc: bool,
    /// Whether an allocation comes back to the volume it had.
    #[serde(deserialize_with = "nullable")]
    pub sticky: bool,
}
