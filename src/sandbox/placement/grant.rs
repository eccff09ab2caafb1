//! What an allocation is given on a machine, if it fits there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::machine::{Capacity, Machine};
use super::occupancy::{Footprint, Occupancy, Tenant};
use super::ports::{self, PortGrant};
use crate::api::nomad::job::{Resources, Task, TaskGroup};

/// A place: what an allocation is given and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The node's id.
    pub node_id: String,
    /// By task name.
    pub tasks: BTreeMap<String, TaskGrant>,
    /// MiB of disk.
    pub disk: u64,
    /// The group's ports.
    pub ports: Vec<PortGrant>,
    /// What all of it takes of the node.
    pub footprint: Footprint,
}

/// What a task is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskGrant {
    /// MHz.
    pub cpu: u64,
    /// Reserved cores.
    pub cores: Vec<u16>,
    /// MiB.
    pub memory: u64,
    /// MiB it may use beyond, -1 for no limit; 0 where oversubscription is off.
    pub memory_max: i64,
    /// Ports of the task's own network, which Nomad has deprecated.
    pub ports: Vec<PortGrant>,
}

/// Grants what the group asks for, or says what is exhausted in the words of `DimensionExhausted`.
pub(super) fn fit(
    machine: &Machine,
    occupancy: &Occupancy,
    group: &TaskGroup,
    tenant: &Tenant,
    memory_oversubscription: bool,
    rng: &mut fastrand::Rng,
) -> Result<Grant, Cow<'static, str>> {
    let network = |reason: String| Cow::Owned(format!("network: {reason}"));
    let mut held: Vec<PortGrant> = Vec::new();
    if let Some(ask) = group.networks.first() {
        held = ports::assign(machine, occupancy, &held, ask, rng).map_err(network)?;
    }
    let ports = held.clone();
    let mut cores: Vec<u16> = Vec::new();
    let mut tasks = BTreeMap::new();
    let mut peak = Peak::default();
    for task in &group.tasks {
        let ask = task.resources.clone().unwrap_or_default();
        let mut grant = task_grant(&ask, memory_oversubscription);
        if let Some(ask) = ask.networks.first() {
            grant.ports = ports::assign(machine, occupancy, &held, ask, rng).map_err(network)?;
            held.extend(grant.ports.iter().cloned());
        }
        if let Some(wanted) = ask.cores.filter(|n| *n > 0) {
            grant.cores = free_cores(machine, occupancy, &cores, wanted).ok_or(Cow::Borrowed("cores"))?;
            grant.cpu = machine.core_mhz * wanted;
            cores.extend(&grant.cores);
        }
        peak.add(task, &grant);
        tasks.insert(task.name.clone(), grant);
    }
    let disk = group.ephemeral_disk.as_ref().and_then(|d| d.size_mib).unwrap_or(300);
    let size = Capacity { disk, ..peak.size() };
    if let Some(dimension) = exhausted(machine, occupancy, size) {
        return Err(Cow::Borrowed(dimension));
    }
    let ports_held = held.into_iter().map(|p| (p.host_ip, p.value)).collect();
    let footprint = Footprint { tenant: tenant.clone(), size, cores, ports: ports_held };
    Ok(Grant { node_id: machine.id.clone(), tasks, disk, ports, footprint })
}

fn task_grant(ask: &Resources, memory_oversubscription: bool) -> TaskGrant {
    let secrets = ask.secrets_mib.unwrap_or(0);
    let memory_max = match ask.memory_max_mib.unwrap_or(0) {
        max if !memory_oversubscription || max == 0 => 0,
        max if max < 0 => -1,
        max => max.saturating_add(i64::try_from(secrets).unwrap_or(i64::MAX)),
    };
    TaskGrant {
        cpu: ask.cpu.unwrap_or(0),
        memory: ask.memory_mib.unwrap_or(0).saturating_add(secrets),
        memory_max,
        ..TaskGrant::default()
    }
}

fn free_cores(machine: &Machine, occupancy: &Occupancy, given: &[u16], wanted: u64) -> Option<Vec<u16>> {
    let free = machine.cores.iter().filter(|core| !occupancy.holds_core(**core) && !given.contains(core));
    let picked: Vec<u16> = free.copied().take(usize::try_from(wanted).ok()?).collect();
    (u64::try_from(picked.len()).ok()? == wanted).then_some(picked)
}

/// The first dimension that more of this size would exceed, in Nomad's order.
fn exhausted(machine: &Machine, occupancy: &Occupancy, more: Capacity) -> Option<&'static str> {
    let (all, used) = (machine.capacity, occupancy.used());
    if machine.max_allocs > 0 && occupancy.allocs() >= machine.max_allocs {
        return Some("max allocation exceeded");
    }
    if used.cpu.saturating_add(more.cpu) > all.cpu {
        return Some("cpu");
    }
    if used.memory.saturating_add(more.memory) > all.memory {
        return Some("memory");
    }
    (used.disk.saturating_add(more.disk) > all.disk).then_some("disk")
}

/// The most that tasks need at one time: those before the main ones, beside them, and after them never meet.
#[derive(Default)]
struct Peak {
    before: Capacity,
    main: Capacity,
    after: Capacity,
    /// Bandwidth of reserved cores, which nobody else gets in between.
    cores: u64,
}

impl Peak {
    fn add(&mut self, task: &Task, grant: &TaskGrant) {
        let mut size = Capacity { cpu: grant.cpu, memory: grant.memory, disk: 0 };
        if !grant.cores.is_empty() {
            self.cores += size.cpu;
            size.cpu = 0;
        }
        let sidecar = task.lifecycle.as_ref().is_some_and(|l| l.sidecar);
        let (before, main, after) = match task.lifecycle.as_ref().map(|l| l.hook.as_str()) {
            None | Some("poststart") => (false, true, false),
            Some("prestart") => (true, sidecar, false),
            Some(_) => (false, false, true),
        };
        for (phase, counts) in [(&mut self.before, before), (&mut self.main, main), (&mut self.after, after)]
        {
            if counts {
                phase.cpu = phase.cpu.saturating_add(size.cpu);
                phase.memory = phase.memory.saturating_add(size.memory);
            }
        }
    }

    fn size(&self) -> Capacity {
        let most = |of: fn(&Capacity) -> u64| of(&self.before).max(of(&self.main)).max(of(&self.after));
        Capacity { cpu: most(|c| c.cpu).saturating_add(self.cores), memory: most(|c| c.memory), disk: 0 }
    }
}
