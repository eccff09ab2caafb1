//! Registrations of Nomad's own services: they come and go with the tasks (`nomad-api.md §9.1`).

use std::collections::BTreeSet;

use crate::api::nomad::job::Service as Declared;
use crate::sandbox::state::catalog::Service;
use crate::sandbox::world::World;
use crate::sandbox::world::clients::{Names, Runner};

impl World {
    /// Registers what runs now and takes out what does not.
    pub(super) fn keep_registered(&mut self, runner: &mut Runner) {
        let wanted = self.services_of(runner);
        let ids: BTreeSet<String> = wanted.iter().map(|s| s.id.clone()).collect();
        if ids == runner.registered {
            return;
        }
        let gone: BTreeSet<String> = runner.registered.difference(&ids).cloned().collect();
        let news: Vec<Service> = wanted.into_iter().filter(|s| !runner.registered.contains(&s.id)).collect();
        runner.registered = ids;
        if !news.is_empty() {
            let mut write = self.write();
            for service in news {
                write.register_service(service);
            }
        }
        if !gone.is_empty() {
            self.write().drop_services(|service| gone.contains(&service.id));
        }
    }

    fn services_of(&self, runner: &Runner) -> Vec<Service> {
        let alloc = &runner.alloc;
        let Some(group) = alloc.task_group() else { return Vec::new() };
        if runner.waiting || runner.is_ending() || runner.is_over() {
            return Vec::new();
        }
        let of_group = group.services.iter().map(|s| (s, format!("group-{}", group.name)));
        let of_tasks = group
            .tasks
            .iter()
            .filter(|t| runner.runs(&t.name))
            .flat_map(|t| t.services.iter().map(|s| (s, t.name.clone())));
        of_group
            .chain(of_tasks)
            .filter(|(service, _)| service.provider == "nomad")
            .map(|(service, owner)| self.registration(runner, service, &owner))
            .collect()
    }

    pub(super) fn registration(&self, runner: &Runner, service: &Declared, owner: &str) -> Service {
        let alloc = &runner.alloc;
        let names = Names { alloc, task: None, machine: runner.machine.as_deref() };
        let task_ports = alloc.allotment.tasks.iter().flat_map(|(_, task)| &task.ports);
        let port = alloc.allotment.ports.iter().chain(task_ports).find(|p| p.label == service.port_label);
        let node = self.state.node(alloc.node_id);
        let own_address = || node.and_then(|n| n.machine.addresses.first()).map(|a| a.ip.clone());
        let address = port.map(|p| p.host_ip.clone()).or_else(own_address).unwrap_or_default();
        let canary = alloc.is_canary() && !service.canary_tags.is_empty();
        let key = alloc.job_key();
        Service {
            address: if service.address.is_empty() { address } else { names.resolve(&service.address) },
            alloc_id: alloc.id,
            create_index: 0,
            datacenter: node.map(|n| n.machine.datacenter.clone()).unwrap_or_default(),
            id: format!("_nomad-task-{}-{owner}-{}-{}", alloc.id, service.name, service.port_label),
            job_id: key.id.to_string(),
            modify_index: 0,
            namespace: key.namespace.to_string(),
            node_id: alloc.node_id,
            port: port.map_or_else(|| service.port_label.parse().unwrap_or(0), |p| p.value),
            service_name: service.name.clone(),
            tags: if canary { service.canary_tags.clone() } else { service.tags.clone() },
        }
    }
}
