//! Namespaces and services: `/v1/namespaces`, `/v1/namespace/…`, `/v1/services`, `/v1/service/…`
//! (`nomad-api.md §9.1`, §9.3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::sandbox::http::access::denied;
use crate::sandbox::http::allocs::{service_rows, watch};
use crate::sandbox::http::call::{Call, WRONG_METHOD};
use crate::sandbox::http::paging::{Token, page};
use crate::sandbox::http::reply::{HandlerResult, Reply, json as to_json};
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::state::catalog::{Namespace, Service};
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::world::requests::Refusal;

static NAMESPACE: Shape = Shape {
    go: "structs.Namespace",
    fields: &[
        ("Name", FieldKind::Text),
        ("Description", FieldKind::Text),
        ("Quota", FieldKind::Text),
        ("Meta", FieldKind::Map("string")),
    ],
};

pub(super) fn namespaces(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.rights()?;
    let state = call.state();
    let visible = |n: &&Arc<Namespace>| n.name.starts_with(&options.prefix) && rights.sees_namespace(&n.name);
    let all: Vec<Arc<Namespace>> = state.catalog.namespaces.values().filter(visible).cloned().collect();
    let write = |namespace: &Arc<Namespace>, out: &mut Vec<u8>| out.extend(to_json(&**namespace));
    let index = state.indexes.table(Table::Namespaces);
    Ok(Reply::rows(all, write).read(index, vec![Scope::Table(Table::Namespaces)]))
}

pub(super) fn namespace(call: &mut Call<'_>) -> HandlerResult {
    let name = call.rest;
    if name.is_empty() {
        return Err(Refusal::new(400, "Missing Namespace Name"));
    }
    match call.request.method.as_str() {
        "GET" => query(call, name),
        "PUT" | "POST" => upsert(call, name),
        "DELETE" => {
            call.manages()?;
            let index = call.world.remove_namespace(name)?;
            Ok(Reply::empty().written(index))
        }
        _ => Err(Refusal::new(405, WRONG_METHOD)),
    }
}

pub(super) fn create_namespace(call: &mut Call<'_>) -> HandlerResult {
    call.only("PUT")?;
    upsert(call, "")
}

fn query(call: &Call<'_>, name: &str) -> HandlerResult {
    call.options()?;
    if !call.rights()?.sees_namespace(name) {
        return Err(denied());
    }
    let state = call.state();
    let watch = vec![Scope::Name(Table::Namespaces, name.into())];
    let table = state.indexes.table(Table::Namespaces);
    Ok(match state.catalog.namespaces.get(name) {
        Some(namespace) => Reply::value(&**namespace).read(namespace.modify_index, watch),
        None => Reply::text(404, "Namespace not found").read(table, watch),
    })
}

fn upsert(call: &mut Call<'_>, name: &str) -> HandlerResult {
    let input = call.request.json(&NAMESPACE)?;
    if !name.is_empty() && input.text("Name") != name {
        return Err(Refusal::new(400, "Namespace name does not match request path"));
    }
    call.manages()?;
    let value = |field: &str| Some(input.get(field).clone()).filter(|v: &Value| !v.is_null());
    let namespace = Namespace {
        capabilities: value("Capabilities"),
        consul_configuration: value("ConsulConfiguration"),
        create_index: 0,
        description: input.text("Description").to_owned(),
        hash: String::new(),
        meta: input.map("Meta"),
        modify_index: 0,
        name: input.text("Name").to_owned(),
        node_pool_configuration: value("NodePoolConfiguration"),
        optional_extra_claims: value("OptionalExtraClaims"),
        quota: input.text("Quota").to_owned(),
        required_extra_claims: value("RequiredExtraClaims"),
        vault_configuration: value("VaultConfiguration"),
    };
    let index = call.world.put_namespace(namespace)?;
    Ok(Reply::empty().written(index))
}

pub(super) fn services(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.rights()?;
    let wanted = options.namespace.as_str();
    if wanted != "*" && !rights.in_namespace(wanted, &["read-job"]) {
        return Err(denied());
    }
    let state = call.state();
    let mut found: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for service in state.catalog.services.values() {
        let here = wanted == "*" || service.namespace == wanted;
        if here && rights.in_namespace(&service.namespace, &["read-job"]) {
            let names = found.entry(&service.namespace).or_default();
            let tags = names.entry(&service.service_name).or_default();
            tags.extend(service.tags.iter().map(String::as_str));
        }
    }
    let shown: Vec<Value> = found
        .into_iter()
        .map(|(namespace, names)| {
            let services: Vec<Value> =
                names.into_iter().map(|(name, tags)| json!({"ServiceName": name, "Tags": tags})).collect();
            json!({"Namespace": namespace, "Services": services})
        })
        .collect();
    let index = state.indexes.table(Table::Services);
    Ok(Reply::value(&shown).read(index, watch(Table::Services, wanted)))
}

pub(super) fn service(call: &mut Call<'_>) -> HandlerResult {
    let parts: Vec<&str> = call.rest.split('/').collect();
    match parts[..] {
        [name] => {
            call.only("GET")?;
            if name.is_empty() {
                return Err(Refusal::new(400, "missing service name"));
            }
            registrations(call, name)
        }
        [_, id] => {
            call.only("DELETE")?;
            if id.is_empty() {
                return Err(Refusal::new(400, "missing service id"));
            }
            let namespace = call.request.namespace();
            call.may(namespace, &["submit-job"])?;
            let index = call.world.remove_service(namespace, id)?;
            Ok(Reply::empty().written(index))
        }
        _ => Err(Refusal::new(400, "invalid URI")),
    }
}

fn registrations(call: &Call<'_>, name: &str) -> HandlerResult {
    let options = call.options()?;
    call.may(&options.namespace, &["read-job"])?;
    let state = call.state();
    let here = |s: &&Arc<Service>| s.namespace == options.namespace && s.service_name == name;
    let found = state.catalog.services.values().filter(here);
    let page = page(found, &options, Token::NamespaceAndId, |_| true)?;
    let rows = match call.request.query.get("choose") {
        "" => page.rows,
        choice => choose(page.rows, choice)?,
    };
    let index = state.indexes.table(Table::Services);
    let watch = watch(Table::Services, &options.namespace);
    Ok(service_rows(rows).followed_by(page.next).read(index, watch))
}

/// A stable choice among registrations, another one for every key.
fn choose(mut rows: Vec<Arc<Service>>, choice: &str) -> Result<Vec<Arc<Service>>, Refusal> {
    let parts = choice.split_once('|').and_then(|(n, key)| Some((n.parse::<usize>().ok()?, key)));
    let words = "failed to choose services: Parameter must be in form '<number>|<key>'";
    let Some((number, key)) = parts.filter(|(_, key)| !key.is_empty()) else {
        return Err(Refusal::new(400, words));
    };
    rows.sort_by_cached_key(|service| crate::sandbox::state::acl::digest(&[key, &service.id]));
    rows.truncate(number);
    Ok(rows)
}
