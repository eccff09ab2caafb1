//! What runs on a machine, as far as it decides about more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::machine::Capacity;

/// Whose an allocation is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant {
    /// Namespace of the job.
    pub namespace: Arc<str>,
    /// Id of the job.
    pub job: Arc<str>,
    /// The task group.
    pub group: Arc<str>,
}

/// What one allocation takes of its machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Whose it is.
    pub tenant: Tenant,
    /// MHz, MiB and MiB; the bandwidth of reserved cores included.
    pub size: Capacity,
    /// Reserved cores.
    pub cores: Vec<u16>,
    /// Ports by address.
    pub ports: Vec<(String, u16)>,
}

/// Everything that runs on a machine and is not yet ended there: an allocation that was told to stop takes its room
/// until its client says it is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occupancy {
    used: Capacity,
    cores: BTreeSet<u16>,
    /// By address, and how many hold each port: several where collisions are ignored.
    ports: BTreeMap<String, BTreeMap<u16, u32>>,
    tenants: BTreeMap<Tenant, u32>,
    allocs: usize,
}

impl Occupancy {
    /// Adds an allocation.
    pub fn add(&mut self, footprint: &Footprint) {
        let Footprint { tenant, size, cores, ports } = footprint;
        self.used.cpu += size.cpu;
        self.used.memory += size.memory;
        self.used.disk += size.disk;
        self.cores.extend(cores);
        for (ip, port) in ports {
            if !self.ports.contains_key(ip) {
                self.ports.insert(ip.clone(), BTreeMap::new());
            }
            if let Some(held) = self.ports.get_mut(ip) {
                *held.entry(*port).or_insert(0) += 1;
            }
        }
        *self.tenants.entry(tenant.clone()).or_insert(0) += 1;
        self.allocs += 1;
    }

    /// Takes away an allocation that was added.
    pub fn remove(&mut self, footprint: &Footprint) {
        let Footprint { tenant, size, cores, ports } = footprint;
        self.used.cpu = self.used.cpu.saturating_sub(size.cpu);
        self.used.memory = self.used.memory.saturating_sub(size.memory);
        self.used.disk = self.used.disk.saturating_sub(size.disk);
        for core in cores {
            self.cores.remove(core);
        }
        for (ip, port) in ports {
            if let Some(held) = self.ports.get_mut(ip) {
                release_one(held, port);
            }
        }
        release_one(&mut self.tenants, tenant);
        self.allocs = self.allocs.saturating_sub(1);
    }

    /// What is used.
    #[must_use]
    pub fn used(&self) -> Capacity {
        self.used
    }

    /// How many allocations there are.
    #[must_use]
    pub fn allocs(&self) -> usize {
        self.allocs
    }

    /// How many allocations of a job there are, of one group or of all.
    #[must_use]
    pub fn count(&self, namespace: &str, job: &str, group: Option<&str>) -> u32 {
        self.matching(|t| {
            &*t.namespace == namespace && &*t.job == job && group.is_none_or(|g| &*t.group == g)
        })
    }

    /// How many allocations of a job and group there are, whatever their namespace: what Nomad's anti-affinity counts.
    pub(super) fn namesakes(&self, job: &str, group: &str) -> u32 {
        self.matching(|t| &*t.job == job && &*t.group == group)
    }

    fn matching(&self, wanted: impl Fn(&Tenant) -> bool) -> u32 {
        self.tenants.iter().filter(|(tenant, _)| wanted(tenant)).map(|(_, count)| count).sum()
    }

    pub(super) fn holds_port(&self, ip: &str, port: u16) -> bool {
        self.ports.get(ip).is_some_and(|held| held.contains_key(&port))
    }

    pub(super) fn holds_core(&self, core: u16) -> bool {
        self.cores.contains(&core)
    }
}

fn release_one<K: Ord>(held: &mut BTreeMap<K, u32>, key: &K) {
    if let Some(count) = held.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            held.remove(key);
        }
    }
}
