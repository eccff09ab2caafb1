//! `/v1/agent/…` and `/v1/acl/token/self`: the agent that is asked, a server that runs no services.

use serde_json::{Value as Json, json};

use super::{ConsulRequest, denied, read};
use crate::sandbox::consul::VERSION;
use crate::sandbox::consul::catalog::Member;
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::world::requests::Refusal;

/// A member as its agents know it.
fn gossip(member: &Member, datacenter: &str) -> Json {
    let node = &member.node;
    let mut tags = json!({"acls": "1", "build": format!("{VERSION}:"), "dc": datacenter, "id": node.id, "segment": "",
        "vsn": "2", "vsn_max": "3", "vsn_min": "2"});
    if let (true, Some(tags)) = (node.server, tags.as_object_mut()) {
        let more = [("ft_fs", "1"), ("port", "8300"), ("raft_vsn", "3"), ("wan_join_port", "8302")];
        tags.extend(more.map(|(name, value)| (name.to_owned(), json!(value))));
    }
    tags["role"] = json!(if node.server { "consul" } else { "node" });
    let alive = member.checks_of("").all(|check| check.spec.id != "serfHealth" || check.is_passing());
    json!({"Name": node.name, "Addr": node.address, "Port": 8301, "Tags": tags,
        "Status": if alive { 1 } else { 4 }, "ProtocolMin": 1, "ProtocolMax": 5, "ProtocolCur": 2,
        "DelegateMin": 2, "DelegateMax": 5, "DelegateCur": 4})
}

pub(super) fn own(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let consul = &*ask.consul;
    let name = &consul.agent;
    if !ask.rights()?.read("agent", name) {
        return Err(denied());
    }
    let member = consul.catalog.member(name);
    let id = member.map(|member| member.node.id.clone()).unwrap_or_default();
    let members = consul.catalog.members.len().to_string();
    let config = json!({"Datacenter": consul.datacenter, "NodeName": name, "NodeID": id, "Revision": "",
        "Server": true, "Version": VERSION});
    let stats = json!({"agent": {"check_monitors": "0", "check_ttls": "0", "checks": "0", "services": "0"},
        "build": {"prerelease": "", "revision": "", "version": VERSION},
        "consul": {"acl": "enabled", "bootstrap": "true", "known_datacenters": "1", "leader": "true", "server": "true"},
        "raft": {"applied_index": consul.version().to_string(), "state": "Leader", "num_peers": "0"},
        "serf_lan": {"members": members, "failed": "0", "left": "0"}});
    let member = member.map(|member| gossip(member, &consul.datacenter));
    Ok(Reply::value(&json!({"Config": config, "DebugConfig": {"NodeName": name, "ACLsEnabled": true},
        "Coord": {"Vec": [0, 0, 0, 0, 0, 0, 0, 0], "Error": 1.5, "Adjustment": 0, "Height": 0.00001},
        "Member": member, "Meta": {"consul-network-segment": ""}, "Stats": stats})))
}

pub(super) fn members(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let rights = ask.rights()?;
    let members = ask.consul.catalog.members.values();
    let seen = members.filter(|member| rights.read("node", &member.node.name));
    let rows: Vec<Json> = seen.map(|member| gossip(member, &ask.consul.datacenter)).collect();
    Ok(Reply::value(&rows))
}

pub(super) fn service(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    ask.rights()?;
    Ok(Reply::text(404, format!("unknown service ID: {}", ask.rest)))
}

/// Only what is registered here can be taken out here; its proxy goes with it.
pub(super) fn deregister(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let rights = ask.rights()?;
    let (agent, id) = (ask.consul.agent.clone(), ask.rest.to_owned());
    let here = ask.consul.catalog.member(&agent).and_then(|m| m.services.get(&id)).filter(|_| id != "consul");
    if let Some(name) = here.map(|i| i.registration.name.clone()) {
        if !rights.write("service", &name) {
            return Err(denied());
        }
        ask.consul.deregister(&agent, &format!("{id}-sidecar-proxy"));
        ask.consul.deregister(&agent, &id);
        return Ok(Reply::empty());
    }
    Err(Refusal::failed(format!("Unknown service {{{:?} {{}}}}", ask.rest)))
}

pub(super) fn token(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let tokens = ask.consul.tokens();
    if !tokens.enabled() {
        return Err(Refusal::new(401, "ACL support disabled"));
    }
    match tokens.get(&ask.request.token) {
        Some(token) => Ok(read(&token.json(), 6)),
        None => {
            let mut reply = Reply::text(403, "ACL not found");
            (reply.index, reply.leader) = (Some(6), Some(true));
            Ok(reply)
        }
    }
}
