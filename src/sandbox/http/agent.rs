//! The agent and the servers: `/v1/agent/…`, `/v1/status/…`, `/v1/regions`, `/v1/metrics` (`nomad-api.md §9.4`).

use serde_json::{Value, json};

use crate::sandbox::http::access::{NO_IDENTITY, Rights, denied};
use crate::sandbox::http::call::{Call, REGION, WRONG_METHOD};
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::id::Id;
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;
use crate::sandbox::world::servers::Server;

/// The version the cluster runs.
pub(super) const VERSION: &str = "2.0.5";
/// The configuration of the agent that answers.
const CONFIG: &str = include_str!("agent-config.json");

/// Rights, without asking whether the servers can be reached: the agent answers this itself.
fn own_rights(call: &Call<'_>) -> Result<Rights, Refusal> {
    let secret = &call.request.token;
    if !secret.is_empty() && Id::parse(secret).is_none() {
        let words = format!("ACL token not found or invalid workload identity: {NO_IDENTITY}");
        return Err(Refusal::failed(words));
    }
    Rights::of(&call.world.state, &call.request.token, call.world.now())
}

fn member(server: &Server) -> Value {
    let status = if server.alive { "alive" } else { "failed" };
    json!({"Addr": server.address, "DelegateCur": 4, "DelegateMax": 5, "DelegateMin": 2,
        "Name": format!("{}.{REGION}", server.name), "Port": 4648, "ProtocolCur": 2, "ProtocolMax": 5,
        "ProtocolMin": 1, "Status": status,
        "Tags": {"build": VERSION, "dc": "dc1", "expect": "3", "id": server.id, "port": "4647", "raft_vsn": "3",
            "region": REGION, "revision": "", "role": "nomad", "rpc_addr": server.address, "vsn": "1"}})
}

pub(super) fn own(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    if !own_rights(call)?.agent(false) {
        return Err(denied());
    }
    let config: Value = serde_json::from_str(CONFIG).unwrap_or_default();
    let world = &call.world;
    let index = world.state.indexes.latest().to_string();
    let servers = &world.servers;
    let leads = servers.answers_itself();
    let leader = servers.leader().map(|s| format!("{}:4647", s.address)).unwrap_or_default();
    let failed = servers.list.iter().filter(|s| !s.alive).count();
    let (state, term) = (if leads { "Leader" } else { "Follower" }, servers.term.to_string());
    let reply = json!({
        "config": config,
        "member": servers.list.first().map(member),
        "stats": {
            "nomad": {"bootstrap": "false", "known_regions": "1", "leader": leads.to_string(), "leader_addr": leader,
                "server": "true"},
            "raft": {"applied_index": index, "commit_index": index, "fsm_pending": "0", "last_contact": "0",
                "last_log_index": index, "last_log_term": term, "last_snapshot_index": "0",
                "last_snapshot_term": "0", "latest_configuration_index": "0", "logstore_backend": "boltdb",
                "num_peers": "2", "protocol_version": "3", "protocol_version_max": "3",
                "protocol_version_min": "0", "snapshot_version_max": "1", "snapshot_version_min": "0",
                "state": state, "term": term},
            "runtime": {"arch": "amd64", "cpu_count": "2", "goroutines": "100", "kernel.name": "linux",
                "max_procs": "2", "version": "go1.26.8"},
            "serf": {"coordinate_resets": "0", "encrypted": "false", "event_queue": "0", "event_time": "1",
                "failed": failed.to_string(), "health_score": "0", "intent_queue": "0", "left": "0",
                "member_time": "4", "members": servers.list.len().to_string(), "query_queue": "0",
                "query_time": "1"},
        },
    });
    Ok(Reply::value(&reply))
}

pub(super) fn members(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    if !own_rights(call)?.node(false) {
        return Err(denied());
    }
    let members: Vec<Value> = call.world.servers.list.iter().map(member).collect();
    Ok(Reply::value(
        &json!({"Members": members, "ServerDC": "dc1", "ServerName": "s1", "ServerRegion": REGION}),
    ))
}

pub(super) fn servers(call: &mut Call<'_>) -> HandlerResult {
    if !own_rights(call)?.agent(false) {
        return Err(denied());
    }
    // Only clients keep a list of servers.
    Err(Refusal::new(501, WRONG_METHOD))
}

pub(super) fn health(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    call.reach()?;
    let kind = call.request.query.get("type");
    match kind {
        "" | "server" => Ok(Reply::value(&json!({"server": {"message": "ok", "ok": true}}))),
        "client" => {
            // A server has no client to speak for. The status goes out before the type is named.
            let words = json!({"client": {"message": "client not enabled", "ok": false}});
            Err(Refusal::failed(words.to_string()))
        }
        _ => Ok(Reply::value(&json!({}))),
    }
}

pub(super) fn force_leave(call: &mut Call<'_>) -> HandlerResult {
    call.only("PUT")?;
    if !own_rights(call)?.agent(true) {
        return Err(denied());
    }
    if call.request.query.get("node").is_empty() {
        return Err(Refusal::new(400, "missing node to force leave"));
    }
    Ok(Reply::empty())
}

/// The gossip here is not encrypted, so no server has a key (`nomad-api.md §9.4`).
pub(super) fn gossip_keys(call: &mut Call<'_>) -> HandlerResult {
    if !own_rights(call)?.agent(true) {
        return Err(denied());
    }
    if !["list", "install", "use", "remove"].contains(&call.rest) {
        return Err(Refusal::new(404, "resource not found"));
    }
    let servers = call.world.servers.list.len();
    Err(Refusal::failed(format!("{servers}/{servers} nodes reported failure")))
}

/// Servers join by themselves; here nobody has to be told of another.
pub(super) fn join(call: &mut Call<'_>) -> HandlerResult {
    call.only("PUT")?;
    if !own_rights(call)?.agent(true) {
        return Err(denied());
    }
    let addresses = call.request.query.all("address");
    if addresses.is_empty() {
        return Err(Refusal::new(400, "missing address to join"));
    }
    Ok(Reply::value(&json!({"error": "", "num_joined": addresses.len()})))
}

pub(super) fn leader(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    call.reach()?;
    let address = call.world.servers.leader().map(|s| format!("{}:4647", s.address));
    Ok(Reply::value(&address.unwrap_or_default()))
}

pub(super) fn peers(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    call.reach()?;
    let peers: Vec<String> = call.world.servers.list.iter().map(|s| format!("{}:4647", s.address)).collect();
    Ok(Reply::value(&peers))
}

pub(super) fn regions(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    Ok(Reply::value(&[REGION]))
}

pub(super) fn metrics(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    if !own_rights(call)?.agent(false) {
        return Err(denied());
    }
    let now = call.world.now();
    let gauge = |name: &str, value: usize| json!({"Labels": {"host": "s1"}, "Name": name, "Value": value});
    let world: &World = call.world;
    let blocked = world.state.evals().by_id().filter(|e| e.status.to_string() == "blocked").count();
    let gauges = vec![
        gauge("nomad.nomad.blocked_evals.total_blocked", blocked),
        gauge("nomad.nomad.broker.total_pending", 0),
        gauge("nomad.nomad.broker.total_ready", 0),
        gauge("nomad.nomad.heartbeat.active", world.state.nodes().count()),
        gauge("nomad.nomad.plan.queue_depth", 0),
    ];
    let stamp = now.whole_second().timestamp().strftime("%Y-%m-%d %H:%M:%S +0000 UTC").to_string();
    Ok(Reply::value(&json!({"Counters": [], "Gauges": gauges, "Points": [], "PrecisionGauges": [],
        "Samples": [], "Timestamp": stamp})))
}
