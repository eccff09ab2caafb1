//! `/v1/nodes` and `/v1/node/…` (`nomad-api.md §2`).

use std::sync::Arc;

use serde::Serialize;

use crate::api::wire::Nanos;
use crate::sandbox::http::access::denied;
use crate::sandbox::http::call::Call;
use crate::sandbox::http::ids;
use crate::sandbox::http::paging::{Page, Token, page};
use crate::sandbox::http::reply::{HandlerResult, Reply, json};
use crate::sandbox::http::request::Input;
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::id::Id;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::node::Node;
use crate::sandbox::wire::fields::OmitEmpty;
use crate::sandbox::wire::{alloc, node};
use crate::sandbox::world::requests::{NodeChange, Refusal};

/// What is put before the words on a bad id of a node.
const LOOKUP: &str = "node lookup failed: ";

static DRAIN_SPEC: Shape = Shape {
    go: "api.DrainSpec",
    fields: &[("Deadline", FieldKind::Whole("time.Duration")), ("IgnoreSystemJobs", FieldKind::Flag)],
};
static DRAIN: Shape = Shape {
    go: "api.NodeUpdateDrainRequest",
    fields: &[
        ("NodeID", FieldKind::Text),
        ("DrainSpec", FieldKind::One(&DRAIN_SPEC)),
        ("MarkEligible", FieldKind::Flag),
        ("Meta", FieldKind::Map("string")),
    ],
};
static ELIGIBILITY: Shape = Shape {
    go: "structs.NodeUpdateEligibilityRequest",
    fields: &[("NodeID", FieldKind::Text), ("Eligibility", FieldKind::Text)],
};

/// The parts of the node list that were asked for.
pub(super) fn parts(call: &Call<'_>) -> Result<node::Parts, Refusal> {
    let flag = |name: &str| {
        let flag = call.request.query.flag(name);
        let words = |r: Refusal| Refusal::new(400, format!("Failed to parse node list fields: {}", r.text));
        flag.map(|flag| flag.unwrap_or(false)).map_err(words)
    };
    Ok(node::Parts { resources: flag("resources")?, os: flag("os")? })
}

/// A page of nodes as a list.
pub(super) fn rows(page: Page<Node>, parts: node::Parts) -> Reply {
    let write = move |node: &Arc<Node>, out: &mut Vec<u8>| {
        out.extend(json(&node::Stub::of(node, parts)));
    };
    Reply::rows(page.rows, write).followed_by(page.next)
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let parts = parts(call)?;
    if !call.rights()?.node(false) {
        return Err(denied());
    }
    let state = call.state();
    let digits = ids::prefix(&options.prefix, LOOKUP)?;
    let meant = state.nodes().filter(|node| node.id.starts_with(&digits));
    let page = page(meant, &options, Token::Id, |_| true)?;
    let index = state.indexes.table(Table::Nodes);
    Ok(rows(page, parts).read(index, vec![Scope::Table(Table::Nodes)]))
}

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    let path = call.rest;
    let sub = |suffix: &str| path.strip_suffix(suffix);
    if let Some(id) = sub("/evaluate") {
        return evaluate(call, id);
    }
    if let Some(id) = sub("/allocations") {
        return allocations(call, id);
    }
    if let Some(id) = sub("/drain") {
        return drain(call, id);
    }
    if let Some(id) = sub("/eligibility") {
        return eligibility(call, id);
    }
    if let Some(id) = sub("/purge") {
        return purge(call, id);
    }
    query(call, path)
}

fn query(call: &Call<'_>, id: &str) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    let rights = call.rights()?;
    if id.is_empty() {
        return Err(Refusal::failed("missing node ID"));
    }
    if !rights.node(false) {
        return Err(denied());
    }
    let id = ids::full(id, LOOKUP)?;
    let state = call.state();
    let table = state.indexes.table(Table::Nodes);
    match id.and_then(|id| state.node(id)) {
        Some(node) => {
            let watch = vec![Scope::Row(Table::Nodes, node.id)];
            Ok(Reply::value(&node::Full::of(node)).read(node.modify_index, watch))
        }
        None => Ok(Reply::text(404, "node not found").read(table, vec![Scope::Table(Table::Nodes)])),
    }
}

fn allocations(call: &Call<'_>, id: &str) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    let rights = call.rights()?;
    if !rights.node(false) {
        return Err(denied());
    }
    if id.is_empty() {
        return Err(Refusal::failed("missing node ID"));
    }
    let state = call.state();
    let id = Id::parse(id);
    let all: Vec<_> = id.iter().flat_map(|id| state.allocs_on(*id)).cloned().collect();
    let index = all.iter().map(|a| a.modify_index).max();
    let index = index.unwrap_or_else(|| state.indexes.table(Table::Allocs).max(1));
    let readable: Vec<_> =
        all.into_iter().filter(|a| rights.in_namespace(&a.job_key().namespace, &["read-job"])).collect();
    let watch = id.map_or(Scope::Table(Table::Allocs), |id| Scope::Node(Table::Allocs, id));
    let write = |alloc: &Arc<crate::sandbox::state::alloc::Alloc>, out: &mut Vec<u8>| {
        out.extend(json(&OmitEmpty(alloc::Full::of(alloc))));
    };
    Ok(Reply::rows(readable, write).read(index, vec![watch]))
}

/// The node a write names, found or not.
fn named(call: &Call<'_>, id: &str, missing: &str) -> Result<Id, Refusal> {
    if !call.rights()?.node(true) {
        return Err(denied());
    }
    if id.is_empty() {
        return Err(Refusal::failed(format!("missing node ID for {missing}")));
    }
    ids::full(id, LOOKUP)?.ok_or_else(|| Refusal::failed("node not found"))
}

/// What a change of a node's drain or eligibility answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Changed {
    eval_create_index: u64,
    #[serde(rename = "EvalIDs")]
    evals: Option<Vec<Id>>,
    index: u64,
    node_modify_index: u64,
}

fn changed(change: NodeChange) -> Reply {
    let NodeChange { evals, eval_index, node_index, index } = change;
    let evals = (!evals.is_empty()).then_some(evals);
    let reply = Changed { eval_create_index: eval_index, evals, index, node_modify_index: node_index };
    Reply::value(&reply).written(index)
}

/// What a heartbeat would answer, and an evaluation or a purge does.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Updated {
    eval_create_index: u64,
    #[serde(rename = "EvalIDs")]
    evals: Option<Vec<Id>>,
    features: u64,
    #[serde(rename = "HeartbeatTTL")]
    heartbeat_ttl: i64,
    index: u64,
    known_leader: bool,
    last_contact: u64,
    #[serde(rename = "LeaderRPCAddr")]
    leader_rpc_addr: String,
    next_token: &'static str,
    node_modify_index: u64,
    num_nodes: usize,
    scheduling_eligibility: &'static str,
    servers: Option<Vec<ServerInfo>>,
    signed_identity: Option<()>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ServerInfo {
    datacenter: &'static str,
    #[serde(rename = "RPCAdvertiseAddr")]
    rpc_advertise_addr: String,
    #[serde(rename = "RPCMajorVersion")]
    rpc_major_version: u8,
    #[serde(rename = "RPCMinorVersion")]
    rpc_minor_version: u8,
}

fn updated(change: NodeChange) -> Updated {
    let NodeChange { evals, eval_index, node_index, index } = change;
    Updated {
        eval_create_index: eval_index,
        evals: (!evals.is_empty()).then_some(evals),
        features: 0,
        heartbeat_ttl: 0,
        index,
        known_leader: false,
        last_contact: 0,
        leader_rpc_addr: String::new(),
        next_token: "",
        node_modify_index: node_index,
        num_nodes: 0,
        scheduling_eligibility: "",
        servers: None,
        signed_identity: None,
    }
}

fn evaluate(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let id = named(call, id, "evaluation")?;
    let change = call.world.evaluate_node(id)?;
    let index = change.index;
    let mut reply = updated(change);
    let rpc = |address: &str| format!("{address}:4647");
    let servers = &call.world.servers;
    reply.leader_rpc_addr = servers.leader().map(|s| rpc(&s.address)).unwrap_or_default();
    reply.num_nodes = call.world.state.nodes().count();
    let eligible = call.world.state.node(id).is_some_and(|node| node.eligible);
    reply.scheduling_eligibility = if eligible { "eligible" } else { "ineligible" };
    let info = servers.list.iter().map(|s| ServerInfo {
        datacenter: "dc1",
        rpc_advertise_addr: rpc(&s.address),
        rpc_major_version: 0,
        rpc_minor_version: 0,
    });
    reply.servers = Some(info.collect());
    Ok(Reply::value(&reply).written(index))
}

fn purge(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let id = named(call, id, "client deregistration")?;
    let change = call.world.forget_node(id)?;
    let index = change.index;
    Ok(Reply::value(&updated(change)).written(index))
}

fn drain(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = call.request.json(&DRAIN)?;
    let spec = input.get("DrainSpec");
    let spec = (!spec.is_null()).then(|| {
        let spec = Input(spec.clone());
        (Nanos(spec.number("Deadline")), spec.flag("IgnoreSystemJobs"))
    });
    let id = named(call, id, "drain update")?;
    let by = format!("token:{}", call.rights()?.accessor());
    let change = call.world.drain(id, spec, input.flag("MarkEligible"), input.map("Meta"), by)?;
    Ok(changed(change))
}

fn eligibility(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = call.request.json(&ELIGIBILITY)?;
    if !call.rights()?.node(true) {
        return Err(denied());
    }
    let eligibility = input.text("Eligibility");
    if !matches!(eligibility, "eligible" | "ineligible") {
        return Err(Refusal::failed(format!("invalid scheduling eligibility {eligibility:?}")));
    }
    let own = input.text("NodeID");
    let id = named(call, if own.is_empty() { id } else { own }, "setting scheduling eligibility")?;
    let change = call.world.mark_node(id, eligibility)?;
    Ok(changed(change))
}
