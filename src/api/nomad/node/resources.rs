//! What a node offers, and what of it is reserved.

use serde::Deserialize;

use crate::api::wire::nullable;

/// What a node offers.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeResources {
    /// Processor.
    pub cpu: NodeCpu,
    /// Memory.
    pub memory: NodeMemory,
    /// Disk.
    pub disk: NodeDisk,
    /// Devices such as GPUs, by their kind.
    #[serde(deserialize_with = "nullable")]
    pub devices: Vec<DeviceGroup>,
    /// Lowest dynamic port.
    pub min_dynamic_port: u16,
    /// Highest dynamic port.
    pub max_dynamic_port: u16,
}

/// Devices of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceGroup {
    /// Who makes them, such as `nvidia`.
    pub vendor: String,
    /// What they are, such as `gpu`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The model.
    pub name: String,
    /// Each of them.
    #[serde(deserialize_with = "nullable")]
    pub instances: Vec<Device>,
}

/// One device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Device {
    /// Whether it works.
    pub healthy: bool,
}

/// The processor of a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeCpu {
    /// MHz in all.
    pub cpu_shares: u64,
    /// Cores in all.
    pub total_cpu_cores: u32,
}

/// The memory of a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct NodeMemory {
    /// MiB in all.
    #[serde(rename = "MemoryMB", default)]
    pub mib: u64,
}

/// The disk of a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct NodeDisk {
    /// MiB in all.
    #[serde(rename = "DiskMB", default)]
    pub mib: u64,
}

/// What of a node is reserved for others than Nomad.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReservedResources {
    /// MHz.
    pub cpu: ReservedCpu,
    /// MiB.
    pub memory: NodeMemory,
    /// MiB.
    pub disk: NodeDisk,
}

/// Reserved processor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReservedCpu {
    /// MHz.
    pub cpu_shares: u64,
}
