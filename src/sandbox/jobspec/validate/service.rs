//! Services and their checks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::{Errors, connect, group, list, shown, text, whole};

const SECOND: i64 = 1_000_000_000;

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:[a-z0-9]|[a-z0-9][a-z0-9\-]{0,61}[a-z0-9])$").expect("a constant pattern compiles")
});

static VARIABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\$\{[^}]*\}").expect("a constant pattern compiles"));

/// A group's services.
pub(super) fn of_group(group: &Json) -> Errors {
    let mut errors = Errors::default();
    let tasks: Vec<&str> = list(&group["Tasks"]).iter().map(|task| text(&task["Name"])).collect();
    let mut providers = BTreeSet::new();
    let mut seen: BTreeMap<(String, String, String), u32> = BTreeMap::new();
    let mut count = |owner: &str, service: &Json| {
        let key =
            (owner.to_owned(), text(&service["Name"]).to_owned(), text(&service["PortLabel"]).to_owned());
        *seen.entry(key).or_default() += 1;
    };
    for task in list(&group["Tasks"]) {
        let name = text(&task["Name"]);
        for service in list(&task["Services"]) {
            for (kind, owner) in [("Service", service)]
                .into_iter()
                .chain(list(&service["Checks"]).iter().map(|check| ("Check", check)))
            {
                let of = text(&owner["TaskName"]);
                if !of.is_empty() && of != name {
                    let (item, what) = (text(&owner["Name"]), kind.to_lowercase());
                    errors.add(format!(
                        "{kind} {item} is invalid: may only specify task the {what} belongs to, got {of:?}"
                    ));
                }
            }
            count(name, service);
            providers.insert(text(&service["Provider"]).to_owned());
        }
    }
    for (at, service) in list(&group["Services"]).iter().enumerate() {
        count("group", service);
        providers.insert(text(&service["Provider"]).to_owned());
        let name = text(&service["Name"]);
        let own = self::errors(service);
        if !own.0.is_empty() {
            errors.nest(&format!("Service[{at}] {name} validation failed"), &own);
            continue;
        }
        if service["AddressMode"] == "driver" {
            errors.add(format!(
                "service {name:?} cannot use address_mode=\"driver\", only services defined in a \"task\" block can \
                 use this mode"
            ));
        }
        for check in list(&service["Checks"]) {
            let of = text(&check["TaskName"]);
            if !of.is_empty() && !tasks.contains(&of) {
                errors
                    .add(format!("Check {} invalid: refers to non-existent task {of}", text(&check["Name"])));
            }
        }
    }
    let twice: Vec<String> = seen
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|((owner, name, port), _)| {
            let port = if port.is_empty() { String::new() } else { format!(":{port}") };
            format!("{owner}->{name}{port}")
        })
        .collect();
    errors.when(!twice.is_empty(), format!("Services are not unique: [{}]", twice.join(" ")));
    let mixed = "Multiple service providers used: task group services must use the same provider";
    errors.when(providers.len() > 1, mixed);
    errors
}

/// Script checks of group services need a task to run in.
pub(super) fn script_checks(group: &Json) -> Errors {
    let mut errors = Errors::default();
    for service in list(&group["Services"]).iter().filter(|s| text(&s["TaskName"]).is_empty()) {
        for check in list(&service["Checks"]) {
            if check["Type"] == "script" && text(&check["TaskName"]).is_empty() {
                errors.add(format!(
                    "Service [{}]->{} or Check {} must specify task parameter",
                    text(&group["Name"]),
                    text(&service["Name"]),
                    text(&check["Name"])
                ));
            }
        }
    }
    errors
}

/// A task's services.
pub(super) fn of_task(group: &Json, task: &Json) -> Errors {
    let mut errors = Errors::default();
    let services = list(&task["Services"]);
    // Ports that services ask for, and who asks.
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (at, service) in services.iter().enumerate() {
        let (name, port) = (text(&service["Name"]), text(&service["PortLabel"]));
        errors.nest(&format!("service[{at}] {name:?} validation failed"), &self::errors(service));
        let again = services[..at]
            .iter()
            .any(|other| text(&other["Name"]) == name && text(&other["PortLabel"]) == port);
        errors.when(again, format!("service {name:?} is duplicate"));
        let numeric = service["AddressMode"] == "driver" && port.parse::<i64>().is_ok();
        if !port.is_empty() && !numeric {
            wanted.entry(port).or_default().insert(name);
        }
        if service["AddressMode"] == "alloc" {
            errors.add(format!(
                "service {name:?} cannot use address_mode=\"alloc\", only services defined in a \"group\" block can use \
                 this mode"
            ));
        }
        if service["Connect"].is_object() {
            errors.add(format!(
                "service {name:?} cannot have \"connect\" block, only services defined in a \"group\" block can"
            ));
        }
        for check in list(&service["Checks"]) {
            if let Some(port) = named_port(service, check, &mut errors) {
                wanted.entry(port).or_default().insert(name);
            }
        }
    }
    let networks = || list(&group["Networks"]).iter().chain(list(&task["Resources"]["Networks"]));
    let known: BTreeSet<&str> = networks().flat_map(group::ports).map(|port| text(&port["Label"])).collect();
    for (port, names) in wanted.into_iter().filter(|(port, _)| !known.contains(port)) {
        let all: Vec<&str> = names.into_iter().collect();
        errors.add(format!("port label {port:?} referenced by services {} does not exist", all.join(", ")));
    }
    errors
}

/// The label of the port that a check of a task's service looks at; none when it needs none, or names it by its number.
fn named_port<'j>(service: &'j Json, check: &'j Json, errors: &mut Errors) -> Option<&'j str> {
    let (mode, title) = (text(&check["AddressMode"]), text(&check["Name"]));
    if mode == "alloc" {
        errors.add(format!(
            "check {:?} cannot use address_mode=\"alloc\", only checks defined in a \"group\" service block can use this mode",
            text(&service["Name"])
        ));
    }
    if !needs_port(check) {
        return None;
    }
    let port = [check, service].into_iter().map(|of| text(&of["PortLabel"])).find(|port| !port.is_empty());
    let Some(port) = port else {
        errors.add(format!("check {title:?} is missing a port"));
        return None;
    };
    match port.parse::<i64>() {
        Err(_) => return Some(port),
        Ok(number) if mode != "driver" => errors.add(format!(
            "check {title:?} cannot use a numeric port {number} without setting address_mode=\"driver\""
        )),
        Ok(number) => errors.when(number <= 0, format!("check {title:?} has invalid numeric port {number}")),
    }
    None
}

fn needs_port(check: &Json) -> bool {
    matches!(text(&check["Type"]), "tcp" | "http" | "grpc")
}

fn errors(service: &Json) -> Errors {
    let mut errors = Errors::default();
    let name = text(&service["Name"]);
    if !NAME.is_match(&VARIABLE.replace_all(name, "ENV-VAR")) {
        errors.add(format!(
            "Service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes and must \
             be no longer than 63 characters: {name:?}"
        ));
    }
    match text(&service["AddressMode"]) {
        "" | "auto" => {}
        "host" | "driver" | "alloc" | "alloc_ipv6" => {
            let address = !text(&service["Address"]).is_empty();
            errors.when(address, "Service address_mode must be \"auto\" if address is set");
        }
        other => errors
            .add(format!("Service address_mode must be \"auto\", \"host\", or \"driver\"; not {other:?}")),
    }
    let on_update = text(&service["OnUpdate"]);
    if !matches!(on_update, "" | "ignore" | "require_healthy" | "ignore_warnings") {
        errors.add(format!(
            "Service on_update must be \"require_healthy\", \"ignore_warnings\", or \"ignore\"; not {on_update:?}"
        ));
    }
    let provider = text(&service["Provider"]);
    if !matches!(provider, "consul" | "nomad") {
        errors.add(format!("Service provider must be \"consul\", or \"nomad\"; not {provider:?}"));
    }
    for check in list(&service["Checks"]) {
        let title = text(&check["Name"]);
        if needs_port(check) && text(&service["PortLabel"]).is_empty() && text(&check["PortLabel"]).is_empty()
        {
            errors.add(format!(
                "Check {title} invalid: check requires a port but neither check nor service {name:?} have a port"
            ));
        } else if check["Type"] == "tcp" && connect::has_sidecar(service) {
            errors
                .add(format!("Check {title} invalid: tcp checks are not valid for Connect enabled services"));
        } else if let Some(error) = check_error(check, provider) {
            errors.add(if provider == "nomad" { error } else { format!("Check {title} invalid: {error}") });
        }
    }
    if provider == "nomad" && service["Connect"].is_object() {
        errors.add("Service with provider nomad cannot include Connect blocks");
    }
    errors
}

/// The first thing that is wrong with a check.
fn check_error(check: &Json, provider: &str) -> Option<String> {
    let kind = text(&check["Type"]).to_lowercase();
    let allowed: &[&str] =
        if provider == "nomad" { &["tcp", "http"] } else { &["grpc", "tcp", "http", "script"] };
    if !allowed.contains(&kind.as_str()) {
        return Some(format!("invalid check type ({kind:?}), must be one of {}", allowed.join(", ")));
    }
    match kind.as_str() {
        "http" if text(&check["Path"]).is_empty() => return Some("http type must have http path".to_owned()),
        "http" if text(&check["Path"]).contains("://") => {
            return Some("http type must have relative http path".to_owned());
        }
        "script" if text(&check["Command"]).is_empty() => {
            return Some("script type must have a valid script path".to_owned());
        }
        _ => {}
    }
    match whole(&check["Interval"]) {
        0 => return Some("missing required value interval. Interval cannot be less than 1s".to_owned()),
        short if short < SECOND => {
            return Some(format!("interval ({}) cannot be lower than 1s", shown(&check["Interval"])));
        }
        _ => {}
    }
    match whole(&check["Timeout"]) {
        0 => return Some("missing required value timeout. Timeout cannot be less than 1s".to_owned()),
        short if short < SECOND => {
            return Some(format!(
                "timeout ({}) is lower than required minimum timeout 1s",
                shown(&check["Timeout"])
            ));
        }
        _ => {}
    }
    let initial = text(&check["InitialStatus"]);
    if !matches!(initial, "" | "passing" | "warning" | "critical") {
        return Some(format!(
            "invalid initial check state ({initial}), must be one of \"passing\", \"warning\", \"critical\" or empty"
        ));
    }
    let on_update = text(&check["OnUpdate"]);
    if !matches!(on_update, "" | "ignore" | "require_healthy" | "ignore_warnings") {
        return Some(format!(
            "on_update must be \"require_healthy\", \"ignore_warnings\", or \"ignore\"; got {on_update:?}"
        ));
    }
    restart_conflict(check, on_update).or_else(|| {
        let wrong = match provider {
            "nomad" => "expose may only be set for Consul service checks",
            _ if matches!(kind.as_str(), "http" | "grpc") => return None,
            _ => "expose may only be set on HTTP or gRPC checks",
        };
        (check["Expose"] == true).then(|| wrong.to_owned())
    })
}

fn restart_conflict(check: &Json, on_update: &str) -> Option<String> {
    let restart = &check["CheckRestart"];
    if !restart.is_object() {
        return None;
    }
    if on_update == "ignore" {
        return Some("on_update value \"ignore\" is not compatible with check_restart".to_owned());
    }
    if on_update == "ignore_warnings" && restart["IgnoreWarnings"] != true {
        return Some(
            "on_update value \"ignore_warnings\" not supported with check_restart ignore_warnings value \"false\""
                .to_owned(),
        );
    }
    let (limit, grace) = (whole(&restart["Limit"]), whole(&restart["Grace"]));
    let mut errors = Errors::default();
    errors.when(limit < 0, format!("limit must be greater than or equal to 0 but found {limit}"));
    errors.when(grace < 0, format!("grace period must be greater than or equal to 0 but found {grace}"));
    (!errors.0.is_empty()).then(|| super::all_errors(&errors.0))
}
