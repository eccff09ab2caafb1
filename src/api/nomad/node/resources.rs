//! What a node offers, and what of it is reserved.

use serde::Deserialize;

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
    /// Lowest dynamic port.
    pub min_dynamic_port: u16,
    /// Highest dynamic port.
    pub max_dynamic_port: u16,
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
