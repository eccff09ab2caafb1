//! What Nomad's clients keep in Consul: registrations come and go with the tasks, and the agent beside a client runs
//! their checks, whether the client lives or not (`consul-api.md §2`).

use std::sync::Arc;

use crate::api::nomad::job::{Service as Declared, Task};
use crate::sandbox::consul::{CheckSpec, Consul, Mesh, Node as Agent, Registration, Status, VERSION};
use crate::sandbox::id::Id;
use crate::sandbox::placement::Machine;
use crate::sandbox::state::node::Node;
use crate::sandbox::world::World;
use crate::sandbox::world::clients::{Names, NodePower, Runner};

impl World {
    /// A node whose client finds a Consul agent beside it says so.
    pub(super) fn with_consul(&mut self, mut node: Node) -> Node {
        let Some(consul) = &mut self.consul else { return node };
        let mut machine = Machine::clone(&node.machine);
        let name = machine.name.clone();
        let facts = [
            ("consul.connect", "false"),
            ("consul.datacenter", consul.datacenter.as_str()),
            ("consul.dns.port", "8600"),
            ("consul.ft.namespaces", "false"),
            ("consul.grpc", "-1"),
            ("consul.server", "false"),
            ("consul.sku", "oss"),
            ("consul.version", VERSION),
            ("unique.consul.name", name.as_str()),
        ];
        machine.attributes.extend(facts.map(|(fact, value)| (fact.to_owned(), value.to_owned())));
        machine.computed_class = machine.class_of();
        let address = machine.addresses.first().map(|address| address.ip.clone()).unwrap_or_default();
        consul.join(Agent { name, id: node.id.to_string(), address, server: false });
        node.machine = Arc::new(machine);
        node
    }

    /// Whether the agent beside a node's client is there. Without it nothing is registered, and checks stay as they were.
    pub fn set_consul_agent(&mut self, node: Id, alive: bool) {
        let Some(name) = self.state.node(node).map(|node| node.machine.name.clone()) else { return };
        if let Some(consul) = &mut self.consul {
            consul.set_alive(&name, alive);
        }
        self.sync_consul(node);
    }

    /// Registers what runs now and takes out what does not; tells what the checks saw.
    pub(super) fn keep_in_consul(&mut self, runner: &mut Runner) {
        if self.consul.is_none() {
            return;
        }
        let node = runner.alloc.node_id;
        let Some(name) = self.state.node(node).map(|node| node.machine.name.clone()) else { return };
        if self.consul.as_ref().is_none_or(|consul| !consul.is_alive(&name)) {
            return;
        }
        let obeys = self.clients.nodes.get(&node).is_some_and(|client| client.power == NodePower::On);
        let wanted = if obeys { self.wanted_in_consul(runner, &name) } else { runner.in_consul.clone() };
        let Some(consul) = &mut self.consul else { return };
        if wanted != runner.in_consul {
            change(consul, &runner.in_consul, &wanted);
            runner.in_consul = wanted;
        }
        for (id, status, output) in runner.checks.iter().filter_map(|check| check.in_consul()) {
            consul.tell_check(&name, id, status, &output);
        }
    }

    /// Has a client, or the agent beside it, catch up after it was away.
    pub(super) fn sync_consul(&mut self, node: Id) {
        if self.consul.is_none() {
            return;
        }
        self.clear_consul(node);
        for alloc in self.clients.allocs_on(node) {
            if let Some(mut runner) = self.clients.take(alloc) {
                self.keep_in_consul(&mut runner);
                self.clients.put_back(alloc, runner);
            }
        }
    }

    /// Takes out what allocations of a node left behind that are over.
    fn clear_consul(&mut self, node: Id) {
        let obeys = self.clients.nodes.get(&node).is_some_and(|client| client.power == NodePower::On);
        let Some(name) = self.state.node(node).map(|node| node.machine.name.clone()) else { return };
        let Some(consul) = self.consul.as_mut().filter(|consul| obeys && consul.is_alive(&name)) else {
            return;
        };
        self.clients.left_in_consul.retain(|left| left.node != name || !consul.deregister(&name, &left.id));
    }

    /// The registrations an allocation is to have: those of the group until it is told to end, those of a task until
    /// that task is.
    fn wanted_in_consul(&self, runner: &Runner, name: &str) -> Vec<Registration> {
        let Some(group) = runner.alloc.task_group() else { return Vec::new() };
        if runner.waiting || runner.is_over() {
            return Vec::new();
        }
        let of_group = group.services.iter().map(|s| (s, None)).filter(|_| !runner.is_ending());
        let runs = |task: &&Task| runner.is_left_alone(&task.name);
        let of_tasks = group.tasks.iter().filter(runs);
        let of_tasks = of_tasks.flat_map(|task| task.services.iter().map(move |s| (s, Some(task))));
        of_group
            .chain(of_tasks)
            .filter(|(service, _)| service.provider != "nomad")
            .map(|(service, task)| self.in_consul(runner, service, task, name))
            .collect()
    }

    fn in_consul(
        &self,
        runner: &Runner,
        service: &Declared,
        task: Option<&Task>,
        node: &str,
    ) -> Registration {
        let alloc = &*runner.alloc;
        let names = Names { alloc, task, machine: runner.machine.as_deref() };
        let owner = task.map_or_else(|| format!("group-{}", alloc.group), |task| task.name.clone());
        let resolved = Declared { name: names.resolve(&service.name), ..service.clone() };
        let known = self.registration(runner, &resolved, &owner);
        let canary = alloc.is_canary() && !service.canary_meta.is_empty();
        let meta = if canary { &service.canary_meta } else { &service.meta };
        let mut meta: std::collections::BTreeMap<_, _> =
            meta.iter().map(|(key, value)| (key.clone(), names.resolve(value))).collect();
        meta.insert("external-source".to_owned(), "nomad".to_owned());
        let task = task.map_or(service.task_name.as_str(), |task| task.name.as_str());
        let checks = runner.checks.iter().filter(|check| check.is_of(&service.name, task));
        let checks = checks.filter_map(|check| {
            let kept = check.consul.as_ref()?;
            Some(CheckSpec {
                id: kept.id.clone(),
                name: names.resolve(check.name()),
                kind: kept.kind.clone(),
                status: Status::Critical,
                output: String::new(),
                notes: String::new(),
            })
        });
        Registration {
            node: node.to_owned(),
            id: known.id,
            name: resolved.name,
            tags: known.tags.iter().map(|tag| names.resolve(tag)).collect(),
            address: known.address,
            port: known.port,
            meta,
            checks: checks.collect(),
            mesh: Mesh::Outside,
        }
    }
}

/// Takes out what is not wanted any more, and puts in what is new or has changed.
fn change(consul: &mut Consul, had: &[Registration], wanted: &[Registration]) {
    for gone in had.iter().filter(|old| wanted.iter().all(|new| new.id != old.id)) {
        consul.deregister(&gone.node, &gone.id);
    }
    for news in wanted.iter().filter(|new| !had.contains(new)) {
        consul.register(news.clone());
    }
}
