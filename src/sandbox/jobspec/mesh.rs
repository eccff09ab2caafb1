//! What the servers put into groups of Consul's mesh: a proxy beside the tasks and its port, or a gateway.

use serde_json::{Value as Json, json};

use super::canonical;
use super::schema::task::TASK;

const SECOND: i64 = 1_000_000_000;

/// The arguments of every Envoy that the servers add.
const ENVOY: [&str; 7] = [
    "-c",
    "${NOMAD_SECRETS_DIR}/envoy_bootstrap.json",
    "-l",
    "${meta.connect.log_level}",
    "--concurrency",
    "${meta.connect.proxy_concurrency}",
    "--disable-hot-restart",
];

/// Adds them to a canonical job of the API. What is there already, as in a job that was stored before, stays as it is.
pub(super) fn complete(job: &mut Json) {
    for group in job["TaskGroups"].as_array_mut().into_iter().flatten() {
        let bridge = group["Networks"][0]["Mode"] == "bridge";
        let (mut tasks, mut ports) = (Vec::new(), Vec::new());
        for service in group["Services"].as_array_mut().into_iter().flatten() {
            let Some((kind, image)) = proxy(&service["Connect"]) else { continue };
            let name = service["Name"].as_str().unwrap_or_default().to_owned();
            let label = format!("{kind}-{name}");
            if kind == "connect-proxy" {
                upstreams(&mut service["Connect"]["SidecarService"]);
                ports.push(json!({"Label": label, "Value": 0, "To": -1, "HostNetwork": "default", "IgnoreCollision": false}));
            } else {
                gateway(&mut service["Connect"]["Gateway"], bridge);
            }
            tasks.push(task(&label, &format!("{kind}:{name}"), image, &service["Connect"]["SidecarTask"]));
        }
        let restart = group["RestartPolicy"].clone();
        for mut task in tasks {
            let known = |t: &Json| t["Name"] == task["Name"];
            if !list(&group["Tasks"]).iter().any(known) {
                canonical::task(&mut task, "", &restart);
                push(&mut group["Tasks"], task);
            }
        }
        let Some(network) = group["Networks"].get_mut(0) else { continue };
        for port in ports {
            let known = |p: &Json| p["Label"] == port["Label"];
            if !list(&network["DynamicPorts"]).iter().any(known) {
                push(&mut network["DynamicPorts"], port);
            }
        }
    }
}

/// The kind of task that a `connect` block asks for, and the image it runs.
fn proxy(connect: &Json) -> Option<(&'static str, &'static str)> {
    const GATEWAY: &str = "${meta.connect.gateway_image}";
    let gateway = &connect["Gateway"];
    if connect["SidecarService"].is_object() {
        return Some(("connect-proxy", "${meta.connect.sidecar_image}"));
    }
    [("Ingress", "connect-ingress"), ("Terminating", "connect-terminating"), ("Mesh", "connect-mesh")]
        .into_iter()
        .find(|(key, _)| gateway[*key].is_object())
        .map(|(_, kind)| (kind, GATEWAY))
}

/// The task, with what the job says of it in `sidecar_task`.
fn task(name: &str, kind: &str, image: &str, own: &Json) -> Json {
    let mut task = json!({"Name": name, "Kind": kind, "Driver": "docker",
        "Config": {"image": image, "args": ENVOY},
        "ShutdownDelay": 5 * SECOND, "KillTimeout": 5 * SECOND,
        "LogConfig": {"MaxFiles": 2, "MaxFileSizeMB": 2, "Disabled": false},
        "Resources": {"CPU": 250, "MemoryMB": 128},
        "Constraints": [
            {"LTarget": "${attr.consul.version}", "Operand": "semver", "RTarget": ">= 1.8.0"},
            {"LTarget": "${attr.consul.grpc}", "Operand": ">", "RTarget": "0"}]});
    if kind.starts_with("connect-proxy:") {
        task["Lifecycle"] = json!({"Hook": "prestart", "Sidecar": true});
    }
    for (key, value) in own.as_object().into_iter().flatten() {
        let empty = value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
        if !empty && key != "Name" {
            task[key] = value.clone();
        }
    }
    TASK.complete(&task)
}

/// What the servers note of an upstream's way that the job does not say.
fn upstreams(sidecar: &mut Json) {
    let all = sidecar.get_mut("Proxy").and_then(|proxy| proxy.get_mut("Upstreams"));
    for upstream in all.and_then(Json::as_array_mut).into_iter().flatten() {
        if upstream["MeshGateway"].is_null() {
            upstream["MeshGateway"] = json!({"Mode": ""});
        }
    }
}

/// In a network of its own a gateway listens on every address, for each service of its listeners.
fn gateway(gateway: &mut Json, bridge: bool) {
    if !gateway["Proxy"].is_object() {
        gateway["Proxy"] = json!({"ConnectTimeout": 5 * SECOND});
    }
    let mut addresses = serde_json::Map::new();
    for listener in list(&gateway["Ingress"]["Listeners"]) {
        for service in list(&listener["Services"]) {
            let name = service["Name"].as_str().unwrap_or_default().to_owned();
            addresses.insert(name, json!({"Address": "0.0.0.0", "Port": listener["Port"]}));
        }
    }
    if bridge && !addresses.is_empty() {
        gateway["Proxy"]["EnvoyGatewayNoDefaultBind"] = json!(true);
        gateway["Proxy"]["EnvoyGatewayBindAddresses"] = Json::Object(addresses);
    }
}

fn push(into: &mut Json, value: Json) {
    match into.as_array_mut() {
        Some(all) => all.push(value),
        None => *into = json!([value]),
    }
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}
