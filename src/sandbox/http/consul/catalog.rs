//! `/v1/catalog/…`

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::{ConsulRequest, denied, read, types};
use crate::sandbox::consul::Table;
use crate::sandbox::consul::acl::Rights;
use crate::sandbox::consul::catalog::{Instance, Member};
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::world::requests::Refusal;

/// Whether a node has the metadata that was asked for.
fn has_meta(ask: &ConsulRequest<'_>) -> bool {
    let wanted = ask.request.query.all("node-meta");
    wanted
        .into_iter()
        .all(|pair| pair.split_once(':').unwrap_or((pair, "")) == ("consul-network-segment", ""))
}

pub(super) fn nodes(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let rights = ask.rights()?;
    let seen = has_meta(ask);
    let members = ask.consul.catalog.members.values();
    let members = members.filter(|member| seen && rights.read("node", &member.node.name));
    let rows = members.map(|member| member.json(&ask.consul.datacenter)).collect();
    let rows = ask.filtered(rows, &types::NODE)?;
    Ok(read(&rows.into(), ask.consul.indexes.of(&[Table::Nodes])))
}

pub(super) fn services(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let rights = ask.rights()?;
    let mut tags: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    if has_meta(ask) {
        for instance in ask.consul.catalog.members.values().flat_map(|member| member.services.values()) {
            let registration = &instance.registration;
            let known = tags.entry(&registration.name).or_default();
            known.extend(registration.tags.iter().map(String::as_str));
        }
    }
    tags.retain(|name, _| rights.read("service", name));
    Ok(read(&json!(tags), ask.consul.indexes.of(&[Table::Services])))
}

/// Takes a service out of the catalog. Nothing here registers it again: the agents of this Consul run no services of their own.
pub(super) fn deregister(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let body: Json = serde_json::from_slice(&ask.request.body)
        .map_err(|flaw| Refusal::new(400, format!("Request decode failed: {flaw}")))?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (node, id) = (text("Node"), text("ServiceID"));
    if node.is_empty() {
        return Err(Refusal::failed("Must provide node"));
    }
    let rights = ask.rights()?;
    if !rights.write("node", &node) {
        let there = ask.consul.catalog.member(&node).and_then(|member| member.services.get(&id));
        match there.map(|instance| &instance.registration.name) {
            None => return Err(Refusal::failed(format!("Unknown service ID '{id}'"))),
            Some(name) if !rights.write("service", name) => return Err(denied()),
            Some(_) => {}
        }
    }
    ask.consul.deregister(&node, &id);
    Ok(Reply::value(&json!(true)))
}

/// Whether an instance may be seen, and has all the tags that were asked for.
pub(super) fn is_meant(
    ask: &ConsulRequest<'_>,
    rights: &Rights,
    member: &Member,
    instance: &Instance,
) -> bool {
    let registration = &instance.registration;
    let tags = ask.request.query.all("tag");
    rights.read("node", &member.node.name)
        && rights.read("service", &registration.name)
        && tags.iter().all(|tag| registration.tags.iter().any(|own| own.eq_ignore_ascii_case(tag)))
        && has_meta(ask)
}

/// The index of an answer about a service; one that never was takes that of the tables it would be in.
pub(super) fn service_index(ask: &ConsulRequest<'_>, name: &str, tables: &[Table]) -> u64 {
    ask.consul.catalog.service_index(name).unwrap_or_else(|| ask.consul.indexes.of(tables))
}

pub(super) fn service(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let name = ask.named("service name")?;
    let rights = ask.rights()?;
    let consul = &*ask.consul;
    let meant = consul.catalog.instances(name).filter(|(m, i)| is_meant(ask, &rights, m, i));
    let rows = meant.map(|(member, instance)| instance.catalog_json(member, &consul.datacenter)).collect();
    let rows = ask.filtered(rows, &types::CATALOG_SERVICE)?;
    Ok(read(&rows.into(), service_index(ask, name, &[Table::Nodes, Table::Services])))
}

/// A node with its services by name, and the index of both.
fn of_node(ask: &ConsulRequest<'_>) -> Result<Option<(Json, Vec<Json>, u64)>, Refusal> {
    let name = ask.named("node name")?;
    let rights = ask.rights()?;
    let Some(member) = ask.consul.catalog.member(name) else {
        ask.filter(&types::SERVICE)?;
        return Ok(None);
    };
    let seen = member.services.values().filter(|i| rights.read("service", &i.registration.name));
    let services = ask.filtered(seen.map(Instance::json).collect(), &types::SERVICE)?;
    let index = ask.consul.indexes.of(&[Table::Nodes, Table::Services]);
    let node = if rights.read("node", name) { member.json(&ask.consul.datacenter) } else { Json::Null };
    Ok(Some((node, services, index)))
}

pub(super) fn node(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let Some((node, services, index)) = of_node(ask)? else { return Ok(read(&Json::Null, 1)) };
    if node.is_null() {
        return Ok(read(&Json::Null, index));
    }
    let by_id = services.into_iter().filter_map(|s| Some((s["ID"].as_str()?.to_owned(), s)));
    Ok(read(&json!({"Node": node, "Services": by_id.collect::<serde_json::Map<_, _>>()}), index))
}
