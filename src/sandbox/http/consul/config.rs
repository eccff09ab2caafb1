//! `/v1/config/…`, `/v1/discovery-chain/…` and `/v1/catalog/gateway-services/…`, as Consul 1.21.4 answers them.

use serde_json::{Value as Json, json};

use super::{ConsulRequest, read};
use crate::sandbox::consul::Table;
use crate::sandbox::consul::config::{KINDS, chain, decode};
use crate::sandbox::go;
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::world::requests::Refusal;

/// A right that is missing, in the words of 1.21.
fn lacks(ask: &ConsulRequest<'_>, right: &str, on: &str) -> Refusal {
    let who = match ask.consul.tokens().get(&ask.request.token) {
        Some(token) => format!("token with AccessorID '{}' lacks permission", token.accessor()),
        None => "anonymous token lacks permission".to_owned(),
    };
    let on = if on.is_empty() { String::new() } else { format!(" on {on:?}") };
    let rest = if ask.request.token.is_empty() {
        ". The anonymous token is used implicitly when a request does not specify a token."
    } else {
        ""
    };
    Refusal::new(403, format!("Permission denied: {who} '{right}'{on}{rest}"))
}

/// Whether the request may write an entry of a kind.
fn may_write(ask: &ConsulRequest<'_>, kind: &str, name: &str) -> Result<(), Refusal> {
    let rights = ask.rights()?;
    match kind {
        "service-defaults" | "service-resolver" | "service-router" | "service-splitter" => {
            if rights.write("service", name) { Ok(()) } else { Err(lacks(ask, "service:write", name)) }
        }
        "service-intentions" if rights.write("intention", name) => Ok(()),
        "service-intentions" => Err(lacks(ask, "intention:write", name)),
        _ if rights.write_mesh() => Ok(()),
        _ => Err(lacks(ask, "mesh:write", "")),
    }
}

/// Whether the request may see an entry of a kind.
fn may_read(ask: &ConsulRequest<'_>, kind: &str, name: &str) -> Result<bool, Refusal> {
    let rights = ask.rights()?;
    Ok(match kind {
        "proxy-defaults" | "mesh" => true,
        "http-route" | "tcp-route" | "inline-certificate" | "file-system-certificate" | "jwt-provider" => {
            rights.read_mesh()
        }
        _ => rights.read("service", name),
    })
}

fn index(ask: &ConsulRequest<'_>) -> u64 {
    ask.consul.indexes.of(&[Table::Configs])
}

/// `cas`, where it is named.
fn check_index(ask: &ConsulRequest<'_>) -> Result<Option<u64>, Refusal> {
    match ask.request.query.first("cas") {
        None => Ok(None),
        Some(text) => go::unsigned(text).map(Some).map_err(Refusal::failed),
    }
}

pub(super) fn put(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let (kind, name, fields) =
        decode(&ask.request.body).map_err(|(status, words)| Refusal::new(status, words))?;
    let index = check_index(ask)?;
    may_write(ask, &kind, &name)?;
    let stored = ask.consul.put_config(&kind, &name, fields, index);
    stored.map(|stored| Reply::value(&stored)).map_err(|(status, words)| Refusal::new(status, words))
}

pub(super) fn any(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let (kind, name) = ask.rest.split_once('/').unwrap_or((ask.rest, ""));
    let (kind, name) = (kind.to_owned(), name.to_owned());
    let delete = ask.request.method == "DELETE";
    if !kind.is_empty() && !KINDS.contains(&kind.as_str()) {
        return Err(Refusal::new(
            if delete { 400 } else { 500 },
            format!("invalid config entry kind: {kind}"),
        ));
    }
    if delete {
        let index = check_index(ask)?;
        may_write(ask, &kind, &name)?;
        let gone = ask.consul.delete_config(&kind, &name, index);
        let gone = gone.map_err(|(status, words)| Refusal::new(status, words))?;
        return Ok(if index.is_some() { Reply::value(&gone) } else { Reply::value(&json!({})) });
    }
    if name.is_empty() { list(ask, &kind) } else { one(ask, &kind, &name) }
}

fn one(ask: &ConsulRequest<'_>, kind: &str, name: &str) -> HandlerResult {
    if !may_read(ask, kind, name)? {
        return Err(match kind {
            "http-route"
            | "tcp-route"
            | "inline-certificate"
            | "file-system-certificate"
            | "jwt-provider" => lacks(ask, "mesh:read", ""),
            _ => lacks(ask, "service:read", name),
        });
    }
    match ask.consul.configs.get(kind, name) {
        Some(stored) => Ok(read(&stored.json(), index(ask))),
        None => {
            let mut reply = Reply::text(404, format!("Config entry not found for {kind:?} / {name:?}"));
            (reply.index, reply.leader) = (Some(index(ask).max(1)), Some(true));
            Ok(reply)
        }
    }
}

fn list(ask: &ConsulRequest<'_>, kind: &str) -> HandlerResult {
    let (mut rows, mut hidden) = (Vec::new(), false);
    for ((kind, name), stored) in ask.consul.configs.of_kind(kind) {
        if may_read(ask, kind, name)? {
            rows.push(stored.json());
        } else {
            hidden = true;
        }
    }
    let reply = read(&Json::Array(rows), index(ask));
    Ok(if hidden { reply.header("x-consul-results-filtered-by-acls", "true") } else { reply })
}

pub(super) fn discovery_chain(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    if ask.rest.is_empty() {
        return Err(Refusal::new(400, "Missing chain name"));
    }
    if !ask.rights()?.read("service", ask.rest) {
        return Err(lacks(ask, "service:read", ask.rest));
    }
    let compiled = chain::compile(ask.rest, &ask.consul.configs.entries()).map_err(Refusal::failed)?;
    let json = compiled.json(ask.rest, &ask.consul.datacenter, &ask.consul.trust_domain);
    Ok(read(&json, index(ask)))
}

pub(super) fn gateway_services(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let gateway = ask.named("gateway name")?;
    if !ask.rights()?.read("service", gateway) {
        return Err(lacks(ask, "service:read", gateway));
    }
    let mut rows = Vec::new();
    let entry =
        ask.consul.configs.get("ingress-gateway", gateway).map(crate::sandbox::consul::config::Stored::json);
    for listener in entry.iter().flat_map(|e| e["Listeners"].as_array().into_iter().flatten()) {
        for service in listener["Services"].as_array().into_iter().flatten() {
            let mut row = json!({"Gateway": {"Name": gateway}, "Service": {"Name": service["Name"]}, "GatewayKind": "ingress-gateway",
                "Port": listener["Port"], "Protocol": listener["Protocol"], "CreateIndex": index(ask), "ModifyIndex": index(ask)});
            if service["Hosts"].is_array() {
                row["Hosts"] = service["Hosts"].clone();
            }
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| row["Service"]["Name"].as_str().unwrap_or_default().to_owned());
    Ok(read(&Json::Array(rows), index(ask)))
}
