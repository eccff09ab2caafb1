//! How the cluster is run: `/v1/operator/…`, `/v1/system/…` (`nomad-api.md §9.4`).

use serde::Serialize;
use serde_json::json;

use crate::api::wire::Nanos;
use crate::sandbox::go;
use crate::sandbox::http::access::denied;
use crate::sandbox::http::agent::VERSION;
use crate::sandbox::http::call::{Call, REGION, WRONG_METHOD};
use crate::sandbox::http::reply::{Content, HandlerResult, Reply};
use crate::sandbox::http::request::{Input, field};
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::catalog::{Preemption, SchedulerConfig};
use crate::sandbox::world::requests::Refusal;
use crate::sandbox::world::servers::Leadership;

static PREEMPTION: Shape = Shape {
    go: "api.PreemptionConfig",
    fields: &[
        ("BatchSchedulerEnabled", FieldKind::Flag),
        ("ServiceSchedulerEnabled", FieldKind::Flag),
        ("SysBatchSchedulerEnabled", FieldKind::Flag),
        ("SystemSchedulerEnabled", FieldKind::Flag),
    ],
};
static SCHEDULER: Shape = Shape {
    go: "api.SchedulerConfiguration",
    fields: &[
        ("SchedulerAlgorithm", FieldKind::Word("api.SchedulerAlgorithm")),
        ("PreemptionConfig", FieldKind::One(&PREEMPTION)),
        ("MemoryOversubscriptionEnabled", FieldKind::Flag),
        ("RejectJobRegistration", FieldKind::Flag),
        ("PauseEvalBroker", FieldKind::Flag),
        ("NodeLimitForFeasibilityChecks", FieldKind::Whole("int")),
    ],
};
static AUTOPILOT: Shape = Shape { go: "api.AutopilotConfiguration", fields: &[] };

/// A server's health. Nomad orders these fields by hand.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Health {
    last_contact: String,
    #[serde(rename = "ID")]
    id: Id,
    name: String,
    address: String,
    serf_status: &'static str,
    version: &'static str,
    leader: bool,
    last_term: u64,
    last_index: u64,
    healthy: bool,
    voter: bool,
    stable_since: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Healths {
    failure_tolerance: usize,
    healthy: bool,
    leader: String,
    servers: Vec<Health>,
    voters: Vec<Id>,
}

pub(super) fn health(call: &mut Call<'_>) -> HandlerResult {
    if !call.request.is_get() {
        return Err(Refusal::new(404, WRONG_METHOD));
    }
    call.options()?;
    if !call.rights()?.operator(false) {
        return Err(denied());
    }
    let (now, began) = (call.world.now(), call.world.began);
    let index = call.state().indexes.latest();
    let servers = &call.world.servers;
    let shown: Vec<Health> = servers
        .list
        .iter()
        .enumerate()
        .map(|(n, server)| {
            let leads = servers.leadership == Leadership::By(n);
            let contact = if leads || !server.alive { Nanos(0) } else { Nanos(38_831_786) };
            Health {
                last_contact: contact.to_string(),
                id: server.id,
                name: format!("{}.{REGION}", server.name),
                address: format!("{}:4647", server.address),
                serf_status: if server.alive { "alive" } else { "failed" },
                version: VERSION,
                leader: leads,
                last_term: if server.alive { servers.term } else { 0 },
                last_index: if server.alive { index } else { 0 },
                healthy: server.alive,
                voter: !server.alive || server.votes(now, began),
                stable_since: server.since.whole_second(),
            }
        })
        .collect();
    let healthy = shown.iter().all(|s| s.healthy);
    let live = shown.iter().filter(|s| s.healthy && s.voter).count();
    let voters: Vec<Id> = shown.iter().filter(|s| s.voter).map(|s| s.id).collect();
    let tolerance = live.saturating_sub(voters.len() / 2 + 1);
    let leader = servers.leader().map(|s| s.id.to_string()).unwrap_or_default();
    let body = Healths { failure_tolerance: tolerance, healthy, leader, servers: shown, voters };
    let mut reply = Reply::value(&body);
    if !healthy {
        // The status goes out before the agent names the type.
        reply.status = 429;
        if let Content::Json(bytes) = reply.content {
            reply.content = Content::Other("text/plain; charset=utf-8", bytes);
        }
    }
    Ok(reply)
}

/// How autopilot works. Nomad orders these fields by hand.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Autopilot {
    last_contact_threshold: &'static str,
    server_stabilization_time: &'static str,
    cleanup_dead_servers: bool,
    max_trailing_logs: u64,
    min_quorum: u64,
    enable_redundancy_zones: bool,
    disable_upgrade_migration: bool,
    enable_custom_upgrades: bool,
    create_index: u64,
    modify_index: u64,
}

pub(super) fn autopilot(call: &mut Call<'_>) -> HandlerResult {
    match call.request.method.as_str() {
        "GET" => {
            call.options()?;
            if !call.rights()?.operator(false) {
                return Err(denied());
            }
            Ok(Reply::value(&Autopilot {
                last_contact_threshold: "200ms",
                server_stabilization_time: "10s",
                cleanup_dead_servers: true,
                max_trailing_logs: 250,
                min_quorum: 0,
                enable_redundancy_zones: false,
                disable_upgrade_migration: false,
                enable_custom_upgrades: false,
                create_index: 4,
                modify_index: 4,
            }))
        }
        "PUT" => {
            if !call.rights()?.operator(true) {
                return Err(denied());
            }
            call.request.json(&AUTOPILOT)?;
            Ok(Reply::value(&true))
        }
        _ => Err(Refusal::new(404, WRONG_METHOD)),
    }
}

pub(super) fn raft(call: &mut Call<'_>) -> HandlerResult {
    let path = call.rest;
    if path.starts_with("configuration") {
        configuration(call)
    } else if path.starts_with("peer") {
        remove_peer(call)
    } else if path.starts_with("transfer-leadership") {
        transfer(call)
    } else {
        Err(Refusal::new(404, WRONG_METHOD))
    }
}

fn configuration(call: &Call<'_>) -> HandlerResult {
    if !call.request.is_get() {
        let mut reply = Reply::empty();
        reply.status = 405;
        return Ok(reply);
    }
    call.options()?;
    call.manages()?;
    let (now, began) = (call.world.now(), call.world.began);
    let servers = &call.world.servers;
    let peers: Vec<_> = servers
        .list
        .iter()
        .enumerate()
        .map(|(n, server)| {
            json!({"Address": format!("{}:4647", server.address), "ID": server.id,
                "Leader": servers.leadership == Leadership::By(n), "Node": format!("{}.{REGION}", server.name),
                "RaftProtocol": "3", "Voter": !server.alive || server.votes(now, began)})
        })
        .collect();
    Ok(Reply::value(&json!({"Index": 0, "Servers": peers})))
}

fn remove_peer(call: &mut Call<'_>) -> HandlerResult {
    if call.request.method != "DELETE" {
        return Err(Refusal::new(404, WRONG_METHOD));
    }
    let query = &call.request.query;
    if query.first("address").is_some() {
        let words = "Removing a peer by address is not supported in the current raft protocol version";
        return Err(Refusal::new(400, words));
    }
    let Some(id) = query.first("id") else {
        return Err(Refusal::new(400, "Must specify the peer's ID to remove"));
    };
    call.manages()?;
    let known = call.world.servers.list.iter().position(|s| s.id.to_string() == id);
    let Some(at) = known.filter(|at| *at != 0) else {
        return Err(Refusal::failed(format!("id {id:?} was not found in the Raft configuration")));
    };
    call.world.servers.list.remove(at);
    if let Leadership::By(n) = call.world.servers.leadership {
        let leads = if n == at { 0 } else { n - usize::from(n > at) };
        call.world.servers.leadership = Leadership::By(leads);
    }
    Ok(Reply::empty())
}

fn transfer(call: &mut Call<'_>) -> HandlerResult {
    call.only("PUT")?;
    let query = &call.request.query;
    let (id, address) = (query.first("id"), query.first("address"));
    let bad = |words: &str| Err(Refusal::new(400, words));
    let wanted = match (id, address) {
        (None, None) => return bad("must specify id or address"),
        (Some(_), Some(_)) => return bad("must specify either id or address"),
        (Some(""), None) => return bad("id must be non-empty"),
        (None, Some("")) => return bad("address must be non-empty"),
        (Some(id), None) => ("id", id),
        (None, Some(address)) => ("address", address),
    };
    call.manages()?;
    let servers = &call.world.servers;
    let is_it = |server: &crate::sandbox::world::servers::Server| match wanted {
        ("id", id) => server.id.to_string() == id,
        (_, address) => format!("{}:4647", server.address) == address,
    };
    let Some(to) = servers.list.iter().position(is_it) else {
        let words = format!("{} {:?} was not found in the Raft configuration", wanted.0, wanted.1);
        return Err(Refusal::new(400, words));
    };
    let Leadership::By(from) = servers.leadership else { return Err(Refusal::failed("no leader")) };
    let peer =
        |n: usize| servers.list.get(n).map(|s| json!({"Address": format!("{}:4647", s.address), "ID": s.id}));
    let reply = json!({"Err": null, "From": peer(from), "Noop": from == to, "To": peer(to)});
    if from != to {
        call.world.transfer_leadership(to);
    }
    Ok(Reply::value(&reply))
}

pub(super) fn scheduler(call: &mut Call<'_>) -> HandlerResult {
    match call.request.method.as_str() {
        "GET" => {
            call.options()?;
            if !call.rights()?.operator(false) {
                return Err(denied());
            }
            let config = &call.state().catalog.scheduler;
            let index = config.modify_index;
            let body = json!({"Index": index, "KnownLeader": true, "LastContact": 0, "NextToken": "",
                "SchedulerConfig": config});
            Ok(Reply::value(&body).read(index, Vec::new()))
        }
        "PUT" | "POST" => configure_scheduler(call),
        _ => Err(Refusal::new(405, WRONG_METHOD)),
    }
}

fn configure_scheduler(call: &mut Call<'_>) -> HandlerResult {
    let words = |words: String| Refusal::new(400, format!("Error parsing scheduler config: {words}"));
    let input = call.request.shaped(&SCHEDULER).map_err(words)?;
    let preemption = Input(field(&input.0, "PreemptionConfig").clone());
    let config = SchedulerConfig {
        create_index: 0,
        memory_oversubscription_enabled: input.flag("MemoryOversubscriptionEnabled"),
        modify_index: 0,
        node_limit_for_feasibility_checks: input.number("NodeLimitForFeasibilityChecks"),
        pause_eval_broker: input.flag("PauseEvalBroker"),
        preemption_config: Preemption {
            batch_scheduler_enabled: preemption.flag("BatchSchedulerEnabled"),
            service_scheduler_enabled: preemption.flag("ServiceSchedulerEnabled"),
            sys_batch_scheduler_enabled: preemption.flag("SysBatchSchedulerEnabled"),
            system_scheduler_enabled: preemption.flag("SystemSchedulerEnabled"),
        },
        reject_job_registration: input.flag("RejectJobRegistration"),
        scheduler_algorithm: input.text("SchedulerAlgorithm").to_owned(),
    };
    let cas = match call.request.query.first("cas") {
        None => None,
        Some(text) => Some(
            go::unsigned(text)
                .map_err(|flaw| Refusal::new(400, format!("Error parsing cas value: {flaw}")))?,
        ),
    };
    if !call.rights()?.operator(true) {
        return Err(denied());
    }
    let (updated, index) = call.world.configure_scheduler(config, cas)?;
    Ok(Reply::value(&json!({"Index": index, "Updated": updated})).written(index))
}

pub(super) fn collect_garbage(call: &mut Call<'_>) -> HandlerResult {
    if call.request.method != "PUT" {
        return Err(Refusal::new(405, WRONG_METHOD));
    }
    call.options()?;
    call.manages()?;
    call.world.collect_garbage();
    Ok(Reply::empty())
}

pub(super) fn reconcile_summaries(call: &mut Call<'_>) -> HandlerResult {
    if call.request.method != "PUT" {
        return Err(Refusal::new(405, WRONG_METHOD));
    }
    call.options()?;
    call.manages().map(|_| Reply::empty())
}
