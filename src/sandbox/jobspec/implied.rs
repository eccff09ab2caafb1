//! Constraints that a job implies: what its signals, services, networks and secrets need of a node.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

/// How an implied constraint is found to be there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExistingMatch {
    /// The very same constraint.
    Whole,
    /// Any constraint on the same attribute: the job's own wins.
    Left,
    /// Not at all: it is added again.
    Never,
}

/// Adds the implied constraints to a job in the server's form.
pub(super) fn constrain(job: &mut Json) {
    let providers = secret_providers(job);
    for group in job["TaskGroups"].as_array_mut().into_iter().flatten() {
        let mut implied: Vec<(ExistingMatch, Json)> = Vec::new();
        if let Some(constraint) = partition(&group["Consul"]) {
            implied.push((ExistingMatch::Never, constraint));
        }
        let mut add = |known, left: &str, operand: &str, right: &str| {
            implied.push((known, json!({"LTarget": left, "Operand": operand, "RTarget": right})));
        };
        for task in list(&group["Tasks"]) {
            if task["Vault"].is_object() {
                add(ExistingMatch::Left, "${attr.vault.version}", "semver", ">= 0.6.1");
            }
        }
        for provider in &providers {
            add(ExistingMatch::Left, &format!("${{attr.plugins.secrets.{provider}.version}}"), "is_set", "");
        }
        let signals = signals(group);
        if !signals.is_empty() {
            let all: Vec<&str> = signals.iter().map(String::as_str).collect();
            add(ExistingMatch::Whole, "${attr.os.signals}", "set_contains", &all.join(","));
        }
        let native: Vec<&Json> = services(group).filter(|s| s["Provider"] == "nomad").collect();
        if !native.is_empty() {
            add(ExistingMatch::Whole, "${attr.nomad.service_discovery}", "=", "true");
        }
        if native.iter().any(|s| !list(&s["Checks"]).is_empty()) {
            add(ExistingMatch::Whole, "${attr.nomad.version}", "semver", ">= 1.4.0");
        }
        if list(&group["Services"]).iter().any(in_consul) {
            add(ExistingMatch::Left, "${attr.consul.version}", "semver", ">= 1.8.0");
        }
        if list(&group["Networks"]).iter().any(|n| n["Mode"] == "bridge") {
            for plugin in ["bridge", "firewall", "host-local", "loopback", "portmap"] {
                add(
                    ExistingMatch::Left,
                    &format!("${{attr.plugins.cni.version.{plugin}}}"),
                    "semver",
                    ">= 0.4.0",
                );
            }
        }
        // Several identities need clients that know of them.
        if has_identities(group) {
            add(ExistingMatch::Never, "${attr.nomad.version}", "semver", ">= 1.7.0-a");
        }
        for (known, constraint) in implied {
            impose(group, known, constraint);
        }
        for task in group["Tasks"].as_array_mut().into_iter().flatten() {
            if let Some(constraint) = partition(&task["Consul"]) {
                impose(task, ExistingMatch::Never, constraint);
            }
            if list(&task["Services"]).iter().any(in_consul) {
                let consul =
                    json!({"LTarget": "${attr.consul.version}", "Operand": "semver", "RTarget": ">= 1.8.0"});
                impose(task, ExistingMatch::Left, consul);
            }
        }
    }
}

/// The partition that a `consul` block asks for.
fn partition(consul: &Json) -> Option<Json> {
    let partition = consul["Partition"].as_str().filter(|name| !name.is_empty())?;
    let attribute = match consul["Cluster"].as_str() {
        Some("default" | "") | None => "${attr.consul.partition}".to_owned(),
        Some(cluster) => format!("${{attr.consul.{cluster}.partition}}"),
    };
    Some(json!({"LTarget": attribute, "Operand": "=", "RTarget": partition}))
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn in_consul(service: &Json) -> bool {
    service["Provider"] == "consul"
}

fn services(group: &Json) -> impl Iterator<Item = &Json> {
    list(&group["Services"]).iter().chain(list(&group["Tasks"]).iter().flat_map(|t| list(&t["Services"])))
}

fn secret_providers(job: &Json) -> BTreeSet<String> {
    let tasks = list(&job["TaskGroups"]).iter().flat_map(|g| list(&g["Tasks"]));
    let secrets = tasks.flat_map(|task| list(&task["Secrets"]));
    secrets.filter_map(|secret| secret["Provider"].as_str()).map(str::to_owned).collect()
}

/// Signals that clients must be able to send.
fn signals(group: &Json) -> BTreeSet<String> {
    let mut signals = BTreeSet::new();
    let mut add = |signal: &Json| {
        if let Some(signal) = signal.as_str().filter(|s| !s.is_empty()) {
            signals.insert(signal.to_owned());
        }
    };
    for task in list(&group["Tasks"]) {
        add(&task["KillSignal"]);
        if task["Vault"]["ChangeMode"] == "signal" {
            add(&task["Vault"]["ChangeSignal"]);
        }
        for template in list(&task["Templates"]) {
            if template["ChangeMode"] == "signal" {
                add(&template["ChangeSignal"]);
            }
        }
    }
    signals
}

fn has_identities(group: &Json) -> bool {
    let tasks = || list(&group["Tasks"]).iter();
    tasks().any(|task| !list(&task["Identities"]).is_empty())
        || services(group).any(|service| service["Identity"].is_object())
}

fn impose(holder: &mut Json, known: ExistingMatch, constraint: Json) {
    let constraints = list(&holder["Constraints"]);
    let there = constraints.iter().any(|c| match known {
        ExistingMatch::Whole => *c == constraint,
        ExistingMatch::Left => c["LTarget"] == constraint["LTarget"],
        ExistingMatch::Never => false,
    });
    if there {
        return;
    }
    match holder["Constraints"].as_array_mut() {
        Some(list) => list.push(constraint),
        None => holder["Constraints"] = json!([constraint]),
    }
}
