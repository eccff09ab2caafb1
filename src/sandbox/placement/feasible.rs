//! Whether a group may run on a machine at all, whatever else runs there, and in what words it may not.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::machine::Machine;
use super::operand::Condition;
use super::ports;
use crate::api::nomad::job::{Constraint, Job, Network, TaskGroup, Volume};

/// A condition and the words it is counted under.
#[derive(Debug)]
struct Rule {
    condition: Condition,
    text: String,
}

impl Rule {
    fn all<'a>(constraints: impl Iterator<Item = &'a Constraint>) -> Vec<Rule> {
        constraints
            .map(|c| Rule {
                condition: Condition::new(&c.left, &c.operand, &c.right),
                text: format!("{} {} {}", c.left, c.operand, c.right),
            })
            .collect()
    }

    fn unmet<'a>(rules: &'a [Rule], machine: &Machine) -> Option<Cow<'a, str>> {
        rules.iter().find(|r| !r.condition.holds(machine)).map(|r| Cow::Borrowed(r.text.as_str()))
    }
}

fn escapes<'a>(mut constraints: impl Iterator<Item = &'a Constraint>) -> bool {
    constraints.any(|c| Condition::escapes_class(&c.left, &c.right))
}

/// What a job demands of every node.
#[derive(Debug)]
pub(super) struct JobRules {
    rules: Vec<Rule>,
    /// Whether nodes of one computed class may differ in it.
    pub(super) escaped: bool,
}

impl JobRules {
    pub(super) fn new(job: &Job) -> JobRules {
        JobRules { rules: Rule::all(job.constraints.iter()), escaped: escapes(job.constraints.iter()) }
    }

    pub(super) fn unmet(&self, machine: &Machine) -> Option<Cow<'_, str>> {
        Rule::unmet(&self.rules, machine)
    }
}

/// What a group demands of every node.
#[derive(Debug)]
pub(super) struct GroupRules {
    drivers: BTreeSet<String>,
    rules: Vec<Rule>,
    devices: bool,
    network: Option<Network>,
    secrets: BTreeSet<String>,
    volumes: BTreeMap<String, Volume>,
    /// Whether nodes of one computed class may differ in it.
    pub(super) escaped: bool,
}

impl GroupRules {
    pub(super) fn new(group: &TaskGroup) -> GroupRules {
        let constraints =
            || group.constraints.iter().chain(group.tasks.iter().flat_map(|task| &task.constraints));
        let resources = || group.tasks.iter().filter_map(|task| task.resources.as_ref());
        GroupRules {
            drivers: group.tasks.iter().map(|task| task.driver.clone()).collect(),
            rules: Rule::all(constraints()),
            devices: resources().any(|r| !r.devices.is_empty()),
            network: group.networks.first().cloned(),
            secrets: group.tasks.iter().flat_map(|t| &t.secrets).map(|s| s.provider.clone()).collect(),
            volumes: group.volumes.clone(),
            escaped: escapes(constraints()) || group.volumes.values().any(|v| v.kind == "csi"),
        }
    }

    /// Why the group may not run there, as far as the node itself decides.
    pub(super) fn unmet(&self, machine: &Machine) -> Option<Cow<'_, str>> {
        if !self.drivers.iter().all(|driver| machine.has_driver(driver)) {
            return Some(Cow::Borrowed("missing drivers"));
        }
        if let Some(text) = Rule::unmet(&self.rules, machine) {
            return Some(text);
        }
        // Machines here have no devices to offer.
        if self.devices {
            return Some(Cow::Borrowed("missing devices"));
        }
        if let Some(text) = self.unmet_network(machine) {
            return Some(text);
        }
        let has = |provider: &String| {
            machine.attributes.contains_key(&format!("plugins.secrets.{provider}.version"))
        };
        (!self.secrets.iter().all(has)).then_some(Cow::Borrowed("missing secrets provider"))
    }

    fn unmet_network(&self, machine: &Machine) -> Option<Cow<'_, str>> {
        let mode = self.network.as_ref().map_or("", |n| n.mode.as_str());
        let mode = if mode.is_empty() { "host" } else { mode };
        if mode == "none" {
            return None;
        }
        if !machine.network_modes.contains(mode) {
            return Some(Cow::Borrowed("missing network"));
        }
        let network = self.network.as_ref()?;
        let mut all = network.dynamic_ports.iter().chain(&network.reserved_ports);
        all.find_map(|port| ports::missing_network(machine, port)).map(Cow::Owned)
    }

    /// Why the group may not run there now: volumes, which come and go without a change of class.
    pub(super) fn unavailable(&self, machine: &Machine, alloc_name: &str) -> Option<Cow<'_, str>> {
        let suffix = alloc_name.rfind('[').map_or("", |at| &alloc_name[at..]);
        let source =
            |v: &Volume| if v.per_alloc { format!("{}{suffix}", v.source) } else { v.source.clone() };
        let fits = |v: &Volume| match machine.host_volumes.get(&source(v)) {
            // Volumes of the agent's configuration cannot be sticky.
            Some(read_only) => !v.sticky && (v.read_only || !read_only),
            None => false,
        };
        if !self.volumes.values().filter(|v| v.kind == "host").all(fits) {
            return Some(Cow::Borrowed("missing compatible host volumes"));
        }
        let csi: Vec<String> = self.volumes.values().filter(|v| v.kind == "csi").map(source).collect();
        (!csi.is_empty()).then(|| Cow::Owned(format!("missing CSI volume(s) {}", csi.join(", "))))
    }
}
