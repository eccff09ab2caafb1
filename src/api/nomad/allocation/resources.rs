//! What an allocation is given.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::nomad::job::Lifecycle;
use crate::api::wire::nullable;

/// What an allocation is given.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AllocatedResources {
    /// By task.
    #[serde(deserialize_with = "nullable")]
    pub tasks: BTreeMap<String, AllocatedTask>,
    /// By task, when it runs beside the main tasks; none for main tasks.
    #[serde(deserialize_with = "nullable")]
    pub task_lifecycles: BTreeMap<String, Option<Lifecycle>>,
    /// For the whole group.
    #[serde(deserialize_with = "nullable")]
    pub shared: AllocatedShared,
}

/// What a task is given.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AllocatedTask {
    /// Processor.
    pub cpu: AllocatedCpu,
    /// Memory.
    pub memory: AllocatedMemory,
}

/// Processor given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AllocatedCpu {
    /// MHz.
    pub cpu_shares: u64,
    /// Cores that are its own.
    #[serde(deserialize_with = "nullable")]
    pub reserved_cores: Vec<u16>,
}

/// Memory given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct AllocatedMemory {
    /// MiB.
    #[serde(rename = "MemoryMB", default)]
    pub mib: u64,
    /// MiB it may use when the node has room; 0 when that is not more, -1 for no limit.
    #[serde(rename = "MemoryMaxMB", default)]
    pub max_mib: i64,
}

impl AllocatedMemory {
    /// How many MiB are too much; none when nothing is.
    #[must_use]
    pub fn limit(self) -> Option<u64> {
        match self.max_mib {
            0 => Some(self.mib),
            most => u64::try_from(most).ok(),
        }
    }
}

/// What a group's tasks share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct AllocatedShared {
    /// Disk in MiB.
    #[serde(rename = "DiskMB", default)]
    pub disk_mib: u64,
    /// Ports.
    #[serde(rename = "Ports", default, deserialize_with = "nullable")]
    pub ports: Vec<AllocatedPort>,
}

/// A port of an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocatedPort {
    /// Its label in the job.
    #[serde(default)]
    pub label: String,
    /// The port on the node.
    #[serde(default)]
    pub value: u16,
    /// The port in the task's network namespace; 0 when the same.
    #[serde(default)]
    pub to: i32,
    /// The node's address it is bound on.
    #[serde(rename = "HostIP", default)]
    pub host_ip: String,
}
