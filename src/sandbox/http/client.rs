//! `/v1/client/…`: what the nodes' own agents are asked (`nomad-api.md §2.1`, §5).

use serde_json::json;

use crate::sandbox::go;
use crate::sandbox::http::access::denied;
use crate::sandbox::http::allocs::{self, meant, missing, no_resource};
use crate::sandbox::http::call::Call;
use crate::sandbox::http::ids;
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::http::request::field;
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::id::Id;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::world::NodePower;
use crate::sandbox::world::requests::Refusal;

static RESTART: Shape = Shape {
    go: "struct { TaskName string; AllTasks bool }",
    fields: &[("TaskName", FieldKind::Text), ("AllTasks", FieldKind::Flag)],
};
static SIGNAL: Shape = Shape {
    go: "structs.AllocSignalRequest",
    fields: &[("Task", FieldKind::Text), ("Signal", FieldKind::Text)],
};
static METADATA: Shape = Shape {
    go: "structs.NodeMetaApplyRequest",
    fields: &[("NodeID", FieldKind::Text), ("Meta", FieldKind::Map("*string"))],
};

/// What the servers say of a node they have no connection to.
fn unreachable() -> Refusal {
    Refusal::new(404, "No path to node")
}

pub(super) fn reach(call: &Call<'_>, node: Id) -> Result<(), Refusal> {
    match call.world.node_power(node) {
        Some(NodePower::On) => Ok(()),
        _ => Err(unreachable()),
    }
}

pub(super) fn allocation(call: &mut Call<'_>) -> HandlerResult {
    let mut parts = call.rest.split('/');
    let reply = match (parts.next().unwrap_or(""), parts.next(), parts.next()) {
        (id, Some("checks"), None) => allocs::checks(call, id),
        (id, Some("stats"), None) => stats(call, id),
        (id, Some("restart"), None) => restart(call, id),
        (id, Some("signal"), None) => signal(call, id),
        (id, Some("gc"), None) => collect(call, id),
        (_, Some("exec"), None) => Err(no_socket(call)),
        (_, Some("pause"), None) => Err(Refusal::failed("Enterprise only")),
        _ => Err(no_resource()),
    };
    Ok(from_client(reply))
}

/// Whoever asks for the change of protocol, as exec and actions need it, does not come to a handler.
pub(super) fn no_socket(call: &Call<'_>) -> Refusal {
    let query = &call.request.query;
    let command = query.first("command").map_or(Err("unexpected end of JSON input".to_owned()), words);
    let words = match (command, query.get("tty")) {
        (Err(flaw), _) if call.request.path.ends_with("/exec") => {
            format!("failed to marshal command into json: {flaw}")
        }
        (_, tty) if !tty.is_empty() && go::flag(tty).is_err() => {
            format!("tty value is not a boolean: {}", go::flag(tty).err().unwrap_or_default())
        }
        _ => "websocket connection not found in context".to_owned(),
    };
    Refusal::failed(words)
}

/// Whether this is a list of words in JSON; the flaw is in Go's words where it is at the beginning, as it mostly is.
fn words(command: &str) -> Result<(), String> {
    if serde_json::from_str::<Vec<String>>(command).is_ok() {
        return Ok(());
    }
    Err(match command.trim_start().chars().next() {
        None => "unexpected end of JSON input".to_owned(),
        Some(c) => format!("invalid character '{c}' looking for beginning of value"),
    })
}

/// An answer or a refusal as the agent passes it on from a client: nothing says that encodings were negotiated.
fn from_client(answer: HandlerResult) -> Reply {
    let reply = answer.unwrap_or_else(|refusal| Reply::text(refusal.status, refusal.text));
    reply.header("Vary", "Origin")
}

/// What a client itself refuses, as a server passes it on.
fn relayed(mut refusal: Refusal) -> Refusal {
    refusal.text.insert_str(0, "rpc error: ");
    refusal
}

/// The allocation a request is about, at a node that answers.
fn on_client(call: &Call<'_>, id: &str, capability: &str) -> Result<std::sync::Arc<Alloc>, Refusal> {
    let (alloc, _) = meant(call, id, capability).map_err(missing)?;
    reach(call, alloc.node_id)?;
    Ok(alloc)
}

fn stats(call: &Call<'_>, id: &str) -> HandlerResult {
    let alloc = on_client(call, id, "read-job")?;
    if alloc.client_terminal() {
        return Err(Refusal::new(404, format!("Unknown allocation {id:?}")));
    }
    // The mock driver measures nothing, and neither does the sandbox.
    Ok(Reply::value(&json!({
        "ResourceUsage": {
            "CpuStats": {"Measured": null, "Percent": 0.0, "SystemMode": 0.0, "ThrottledPeriods": 0,
                "ThrottledTime": 0, "TotalTicks": 0.0, "UserMode": 0.0},
            "DeviceStats": [],
            "MemoryStats": {"Cache": 0, "KernelMaxUsage": 0, "KernelUsage": 0, "MappedFile": 0, "MaxUsage": 0,
                "Measured": null, "RSS": 0, "Swap": 0, "Usage": 0},
        },
        "Tasks": {},
        "Timestamp": 0,
    })))
}

fn restart(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (task, all) = match call.request.shaped(&RESTART) {
        Ok(input) => (input.text("TaskName").to_owned(), input.flag("AllTasks")),
        Err(words) if call.request.body.is_empty() || words == "EOF" => (String::new(), false),
        Err(words) => return Err(Refusal::failed(words)),
    };
    let alloc = on_client(call, id, "alloc-lifecycle")?;
    let task = Some(task.as_str()).filter(|t| !t.is_empty());
    call.world.restart_alloc(alloc.id, task, all).map_err(relayed)?;
    Ok(Reply::value(&json!({"Index": 0})))
}

fn signal(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let words = |words: String| Refusal::new(400, format!("Failed to decode body: {words}"));
    let input = call.request.shaped(&SIGNAL).map_err(words)?;
    let alloc = on_client(call, id, "alloc-lifecycle")?;
    let task = Some(input.text("Task")).filter(|t| !t.is_empty());
    call.world.signal_alloc(alloc.id, task, input.text("Signal")).map_err(relayed)?;
    Ok(Reply::value(&json!({"Index": 0})))
}

fn collect(call: &Call<'_>, id: &str) -> HandlerResult {
    let alloc = on_client(call, id, "submit-job")?;
    if alloc.client_terminal() {
        return Ok(Reply::empty());
    }
    Err(relayed(Refusal::failed("No such allocation on client, or allocation not eligible for GC")))
}

/// The node a request names, if the rights allow and it answers.
fn node(call: &Call<'_>, write: bool) -> Result<Id, Refusal> {
    call.options()?;
    let text = call.request.query.get("node_id");
    if text.is_empty() {
        return Err(Refusal::new(400, "No local Node and node_id not provided"));
    }
    if !call.rights()?.node(write) {
        return Err(denied());
    }
    let known = ids::full(text, "node lookup failed: ")?.filter(|id| call.state().node(*id).is_some());
    let id = known.ok_or_else(|| Refusal::new(404, format!("Unknown node {text}")))?;
    reach(call, id)?;
    Ok(id)
}

pub(super) fn collect_all(call: &mut Call<'_>) -> HandlerResult {
    let id = node(call, true)?;
    call.world.collect_on_node(id);
    Ok(Reply::empty())
}

pub(super) fn node_stats(call: &mut Call<'_>) -> HandlerResult {
    Ok(from_client(node(call, false).map(|id| Reply::value(&host_stats(call, id)))))
}

/// What a host measures of itself: as busy as the work it was given.
fn host_stats(call: &Call<'_>, id: Id) -> serde_json::Value {
    let state = call.state();
    let Some(node) = state.node(id) else { return serde_json::Value::Null };
    let (mut cpu, mut memory) = (0.0, 0_u64);
    for alloc in state.allocs_on(id).filter(|a| !a.client_terminal()) {
        cpu += f64::from(u32::try_from(alloc.allotment.size.cpu).unwrap_or(u32::MAX));
        memory += alloc.allotment.size.memory * 1024 * 1024;
    }
    let machine = &node.machine;
    let total_cpu = f64::from(u32::try_from(machine.capacity.cpu).unwrap_or(u32::MAX)).max(1.0);
    let busy = (cpu / total_cpu * 100.0).min(100.0);
    let total = machine.capacity.memory * 1024 * 1024;
    let now = call.world.now();
    let cores_count = f64::from(u32::try_from(machine.cores.len()).unwrap_or(1)).max(1.0);
    let cores: Vec<_> = machine
        .cores
        .iter()
        .map(|core| {
            json!({"CPU": format!("cpu{core}"), "Idle": 100.0 - busy, "System": busy * 0.2, "TotalPercent": busy,
                "TotalTicks": cpu / cores_count, "User": busy * 0.8})
        })
        .collect();
    let disk_size = machine.capacity.disk * 1024 * 1024;
    json!({
        "AllocDirStats": disk("", "", disk_size),
        "CPU": cores,
        "CPUTicksConsumed": cpu,
        "DeviceStats": null,
        "DiskStats": [disk("/dev/sda1", "/", disk_size)],
        "Memory": {"Available": total.saturating_sub(memory), "Free": total.saturating_sub(memory), "Total": total,
            "Used": memory},
        "Timestamp": now.nanos(),
        "Uptime": now.since(node.fingerprint.started_at).as_secs(),
    })
}

fn disk(device: &str, mountpoint: &str, size: u64) -> serde_json::Value {
    let used = size / 5;
    json!({"Available": size - used, "Device": device, "InodesUsedPercent": 2.0, "Mountpoint": mountpoint,
        "Size": size, "Used": used, "UsedPercent": 20.0})
}

pub(super) fn metadata(call: &mut Call<'_>) -> HandlerResult {
    let answer = show_or_change_metadata(call);
    Ok(from_client(answer))
}

/// A key that is no dotted identifier.
fn bad_key(input: &serde_json::Value) -> Option<String> {
    let is_part = |part: &str| {
        let mut letters = part.chars();
        letters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && letters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    };
    let meta = field(input, "Meta");
    meta.as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key)
        .find(|key| !key.split('.').all(is_part))
        .cloned()
}

fn show_or_change_metadata(call: &mut Call<'_>) -> HandlerResult {
    if !call.request.is_get() {
        call.only("POST")?;
    }
    let id = node(call, !call.request.is_get())?;
    if !call.request.is_get() {
        let input = call.request.json(&METADATA)?;
        if let Some(key) = bad_key(&input.0) {
            let words = format!("{key:?} is invalid; metadata keys must be valid dotted hcl identifiers");
            return Err(Refusal::new(400, words));
        }
        if field(&input.0, "Meta").as_object().is_none_or(serde_json::Map::is_empty) {
            return Err(Refusal::new(400, "missing required Meta object"));
        }
        let given = field(&input.0, "Meta").as_object().cloned().unwrap_or_default();
        call.world.set_node_meta(id, &given);
    }
    let (fixed, changed) = call.world.node_meta(id);
    let merged = call.state().node(id).map(|n| n.machine.meta.clone()).unwrap_or_default();
    Ok(Reply::value(&json!({"Dynamic": changed, "Meta": merged, "Static": fixed})))
}
