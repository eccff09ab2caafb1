//! `/v1/operator/…` and `/v1/status/…`

use serde_json::json;

use super::{ConsulRequest, denied};
use crate::sandbox::consul::VERSION;
use crate::sandbox::consul::catalog::Member;
use crate::sandbox::http::reply::{HandlerResult, Reply};

fn servers<'a>(ask: &'a ConsulRequest<'_>) -> impl Iterator<Item = &'a Member> {
    ask.consul.catalog.members.values().filter(|member| member.node.server)
}

pub(super) fn leader(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let leader = servers(ask).next().map(|server| format!("{}:8300", server.node.address));
    Ok(Reply::value(&leader.unwrap_or_default()))
}

pub(super) fn peers(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    Ok(Reply::value(&servers(ask).map(|s| format!("{}:8300", s.node.address)).collect::<Vec<_>>()))
}

pub(super) fn raft(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    if !ask.rights()?.operator() {
        return Err(denied());
    }
    let server = |s: &Member| {
        json!({"ID": s.node.id, "Node": s.node.name, "Address": format!("{}:8300", s.node.address),
            "Leader": true, "ProtocolVersion": "3", "Voter": true})
    };
    Ok(Reply::value(&json!({"Servers": servers(ask).map(server).collect::<Vec<_>>(), "Index": 0})))
}

pub(super) fn health(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    if !ask.rights()?.operator() {
        return Err(denied());
    }
    let (index, since) = (ask.consul.version(), ask.consul.began());
    let server = |s: &Member| {
        json!({"ID": s.node.id, "Name": s.node.name, "Address": format!("{}:8300", s.node.address),
            "SerfStatus": "alive", "Version": VERSION, "Leader": true, "LastContact": "0s", "LastTerm": 2,
            "LastIndex": index, "Healthy": true, "Voter": true, "StableSince": since})
    };
    let servers: Vec<_> = servers(ask).map(server).collect();
    Ok(Reply::value(&json!({"Healthy": true, "FailureTolerance": 0, "Servers": servers})))
}
