//! `/v1/agent/service/register`: services, their sidecars and gateways beside those of Nomad's clients. The agent runs no checks
//! of these: they stay as they were registered.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{ConsulRequest, denied};
use crate::sandbox::consul::{CheckSpec, Mesh, Registration, Status};
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::world::requests::Refusal;

fn text<'v>(value: &'v Json, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn port(value: &Json) -> u16 {
    value["Port"].as_u64().and_then(|p| u16::try_from(p).ok()).unwrap_or(0)
}

/// The checks of a definition, those that begin as nothing else being critical.
fn checks(definition: &Json, id: &str, name: &str) -> Vec<CheckSpec> {
    let listed = definition["Checks"].as_array().cloned().unwrap_or_default();
    let one = Some(definition["Check"].clone()).filter(Json::is_object);
    let all: Vec<Json> = listed.into_iter().chain(one).collect();
    let alone = all.len() == 1;
    let spec = |(at, check): (usize, &Json)| {
        let kind =
            [("HTTP", "http"), ("TCP", "tcp"), ("TTL", "ttl"), ("AliasService", "alias"), ("GRPC", "grpc")];
        let kind = kind.iter().find(|(field, _)| !check[*field].is_null()).map_or("", |(_, kind)| kind);
        let status = match (text(check, "Status"), kind) {
            ("passing", _) | ("", "alias") => Status::Passing,
            ("warning", _) => Status::Warning,
            _ => Status::Critical,
        };
        CheckSpec {
            id: if alone { format!("service:{id}") } else { format!("service:{id}:{}", at + 1) },
            name: format!("Service '{name}' check"),
            kind: kind.to_owned(),
            status,
            output: String::new(),
            notes: String::new(),
        }
    };
    all.iter().enumerate().map(spec).collect()
}

fn texts(value: &Json) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

fn meta(value: &Json) -> BTreeMap<String, String> {
    let pairs = value.as_object().into_iter().flatten();
    pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// Registers a service with this agent.
pub(super) fn service(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let body: Json = serde_json::from_slice(&ask.request.body)
        .map_err(|flaw| Refusal::new(400, format!("Request decode failed: {flaw}")))?;
    let name = text(&body, "Name").to_owned();
    if name.is_empty() {
        return Err(Refusal::new(400, "Missing service name"));
    }
    if !ask.rights()?.write("service", &name) {
        return Err(denied());
    }
    let id = if text(&body, "ID").is_empty() { name.clone() } else { text(&body, "ID").to_owned() };
    let kind = text(&body, "Kind");
    let own = Registration {
        node: ask.consul.agent.clone(),
        id: id.clone(),
        tags: texts(&body["Tags"]),
        address: text(&body, "Address").to_owned(),
        port: port(&body),
        meta: meta(&body["Meta"]),
        checks: checks(&body, &id, &name),
        mesh: if kind.is_empty() { Mesh::Outside } else { Mesh::Gateway(kind.to_owned()) },
        name,
    };
    let sidecar = &body["Connect"]["SidecarService"];
    let sidecar = sidecar.is_object().then(|| beside(&own, sidecar));
    ask.consul.register(own);
    if let Some(sidecar) = sidecar {
        ask.consul.register(sidecar);
    }
    Ok(Reply::empty())
}

/// The sidecar of an instance, which takes its tags and metadata unless it has its own.
fn beside(own: &Registration, given: &Json) -> Registration {
    let (id, name) = (format!("{}-sidecar-proxy", own.id), format!("{}-sidecar-proxy", own.name));
    let local = text(&given["Proxy"], "LocalServiceAddress");
    Registration {
        node: own.node.clone(),
        tags: if given["Tags"].is_array() { texts(&given["Tags"]) } else { own.tags.clone() },
        address: if text(given, "Address").is_empty() {
            own.address.clone()
        } else {
            text(given, "Address").to_owned()
        },
        port: if port(given) == 0 { 21_000 } else { port(given) },
        meta: if given["Meta"].is_object() { meta(&given["Meta"]) } else { own.meta.clone() },
        checks: checks(given, &id, &name),
        mesh: Mesh::Sidecar {
            service: own.name.clone(),
            id: own.id.clone(),
            address: if local.is_empty() { "127.0.0.1".to_owned() } else { local.to_owned() },
            port: own.port,
        },
        id,
        name,
    }
}
