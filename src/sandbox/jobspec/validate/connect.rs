//! Groups of Consul's mesh: what their services need of the group's network.

use serde_json::Value as Json;

use super::{Errors, list, text};

/// Whether a proxy is put beside the tasks for a service.
pub(super) fn has_sidecar(service: &Json) -> bool {
    service["Connect"]["SidecarService"].is_object()
}

/// What makes the servers refuse a job before anything else of it is looked at.
pub(super) fn refusal(job: &Json) -> Option<String> {
    let exposed = |group: &&Json| {
        let with_path = |check: &Json| {
            let kind = matches!(text(&check["Type"]), "http" | "grpc");
            check["Expose"] == true && kind && text(&check["Path"]).starts_with('/')
        };
        let of = |service: &Json| has_sidecar(service) && list(&service["Checks"]).iter().any(with_path);
        list(&group["Services"]).iter().any(of)
    };
    let wrong =
        list(&job["TaskGroups"]).iter().filter(exposed).find_map(|g| wrong_network("expose check", g));
    wrong.map(|why| format!("error in job mutator expose-check: {why}"))
}

/// What the servers' look at the mesh finds, the first fault of each kind.
pub(super) fn errors(job: &Json, errors: &mut Errors) {
    let groups = || list(&job["TaskGroups"]).iter();
    let proxy = |group: &Json| {
        list(&group["Services"]).iter().find_map(|service| {
            if has_sidecar(service) {
                return wrong_network("sidecar", group);
            }
            let gateway = service["Connect"]["Gateway"].is_object();
            let wrong =
                gateway.then(|| outside(group, &["bridge", "host"], "\"bridge\", \"host\", or \"cni/*\""))?;
            wrong.map(|why| format!("connect gateway: {why}"))
        })
    };
    if let Some(wrong) = groups().find_map(proxy) {
        errors.add(wrong);
    }
    if let Some(wrong) = groups().find_map(exposure) {
        errors.add(wrong);
    }
}

/// What is wrong with the checks of a group that are to be exposed.
fn exposure(group: &Json) -> Option<String> {
    let services = list(&group["Services"]).iter();
    let exposed = services.flat_map(|service| {
        list(&service["Checks"])
            .iter()
            .filter(|check| check["Expose"] == true)
            .map(move |check| (service, check))
    });
    let all: Vec<(&Json, &Json)> = exposed.collect();
    if all.is_empty() {
        return of_tasks(group);
    }
    wrong_network("expose check", group).or_else(|| {
        let (service, check) = all.into_iter().find(|(service, _)| !has_sidecar(service))?;
        let path = [group, service, check].map(|of| text(&of["Name"])).join("->");
        Some(format!("exposed service check {path} requires use of sidecar_proxy"))
    })
}

/// Only services of the group have a proxy that could expose a check.
fn of_tasks(group: &Json) -> Option<String> {
    list(&group["Tasks"]).iter().find_map(|task| {
        list(&task["Services"]).iter().find_map(|service| {
            let check = list(&service["Checks"]).iter().find(|check| check["Expose"] == true)?;
            let [group, task, service, check] = [group, task, service, check].map(|of| text(&of["Name"]));
            Some(format!(
                "exposed service check {group}[{task}]->{service}->{check} is not a task-group service"
            ))
        })
    })
}

/// Proxies live in a network namespace of the group's own.
fn wrong_network(what: &str, group: &Json) -> Option<String> {
    outside(group, &["bridge"], "\"bridge\" or \"cni/*\"").map(|why| format!("connect {what}: {why}"))
}

/// What is wrong with a group's network, where it is to be the only one and of one of these modes, or made by a plugin.
fn outside(group: &Json, modes: &[&str], allowed: &str) -> Option<String> {
    let (name, networks) = (text(&group["Name"]), list(&group["Networks"]));
    let [network] = networks else {
        let count = networks.len();
        return Some(format!(
            "must have exactly one network for Consul Connect: group {name:?} has {count} networks"
        ));
    };
    let mode = text(&network["Mode"]);
    (!modes.contains(&mode) && !mode.starts_with("cni/")).then(|| {
        format!(
            "invalid network mode for Consul Connect: group {name:?} uses network mode {mode:?}; must be {allowed}"
        )
    })
}
