//! `/v1/node/pools` and `/v1/node/pool/…` (`nomad-api.md §2.1`).

use std::sync::Arc;

use crate::sandbox::http::access::denied;
use crate::sandbox::http::call::Call;
use crate::sandbox::http::jobs::{job_rows, with_meta};
use crate::sandbox::http::nodes;
use crate::sandbox::http::paging::{Token, page};
use crate::sandbox::http::reply::{HandlerResult, Reply, json};
use crate::sandbox::http::request::field;
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::state::catalog::NodePool;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::world::requests::Refusal;

static POOL: Shape = Shape {
    go: "struct { NodeIdentityTTL interface {}; *structs.Alias }",
    fields: &[
        ("Alias.Name", FieldKind::Text),
        ("Alias.Description", FieldKind::Text),
        ("Alias.Meta", FieldKind::Map("string")),
    ],
};

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    if call.request.is_put() {
        return upsert(call, "");
    }
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.rights()?;
    let catalog = &call.state().catalog;
    let meant = catalog.pools.values().filter(|pool| pool.name.starts_with(&options.prefix));
    let page = page(meant, &options, Token::Id, |pool: &NodePool| rights.pool(&pool.name, "read"))?;
    let write = |pool: &Arc<NodePool>, out: &mut Vec<u8>| out.extend(json(&**pool));
    let index = call.state().indexes.table(Table::NodePools);
    Ok(Reply::rows(page.rows, write).followed_by(page.next).read(index, vec![Scope::Table(Table::NodePools)]))
}

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    let path = call.rest;
    if let Some(name) = path.strip_suffix("/nodes") {
        return members(call, name);
    }
    if let Some(name) = path.strip_suffix("/jobs") {
        return jobs(call, name);
    }
    match call.request.method.as_str() {
        "GET" => query(call, path),
        "PUT" | "POST" => upsert(call, path),
        "DELETE" => remove(call, path),
        _ => call.only("GET").map(|()| Reply::empty()),
    }
}

fn query(call: &Call<'_>, name: &str) -> HandlerResult {
    call.options()?;
    if !call.rights()?.pool(name, "read") {
        return Err(denied());
    }
    let state = call.state();
    let watch = vec![Scope::Name(Table::NodePools, name.into())];
    let table = state.indexes.table(Table::NodePools);
    Ok(match state.catalog.pools.get(name) {
        Some(pool) => Reply::value(&**pool).read(pool.modify_index, watch),
        None => Reply::text(404, "node pool not found").read(table, watch),
    })
}

fn members(call: &Call<'_>, name: &str) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let parts = nodes::parts(call)?;
    if !options.prefix.is_empty() {
        return Err(Refusal::new(400, "prefix argument not allowed"));
    }
    let rights = call.rights()?;
    if !rights.node(false) || !rights.pool(name, "read") {
        return Err(denied());
    }
    let state = call.state();
    let meant = state.nodes().filter(|node| name == "all" || node.machine.pool == name);
    let page = page(meant, &options, Token::Id, |_| true)?;
    let index = state.indexes.table(Table::Nodes);
    Ok(nodes::rows(page, parts).read(index, vec![Scope::Table(Table::Nodes)]))
}

fn jobs(call: &Call<'_>, name: &str) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    if !options.prefix.is_empty() {
        return Err(Refusal::new(400, "prefix argument not allowed"));
    }
    let meta = with_meta(call)?;
    let rights = call.rights()?;
    let reads = |namespace: &str| rights.in_namespace(namespace, &["read-job"]);
    if !reads(&options.namespace) || !rights.pool(name, "read") {
        return Err(denied());
    }
    let state = call.state();
    let here = |namespace: &str| options.namespace == "*" || options.namespace == namespace;
    let meant = state
        .jobs()
        .filter(|job| (name == "all" || job.spec.typed.node_pool == name) && here(&job.key().namespace));
    let page = page(meant, &options, Token::NamespaceAndId, |job| reads(&job.key().namespace))?;
    let index = state.indexes.table(Table::Jobs).max(state.indexes.table(Table::JobSummaries));
    let watch = vec![Scope::Table(Table::Jobs), Scope::Table(Table::JobSummaries)];
    Ok(job_rows(state, page, meta).read(index, watch))
}

fn upsert(call: &mut Call<'_>, name: &str) -> HandlerResult {
    let input = call.request.json(&POOL)?;
    if !name.is_empty() && input.text("Name") != name {
        return Err(Refusal::new(400, "Node pool name does not match request path"));
    }
    if !call.rights()?.pool(input.text("Name"), "write") {
        return Err(denied());
    }
    let configuration = input.get("SchedulerConfiguration");
    let pool = NodePool {
        create_index: 0,
        description: input.text("Description").to_owned(),
        hash: None,
        meta: input.map("Meta"),
        modify_index: 0,
        name: input.text("Name").to_owned(),
        node_identity_ttl: field(&input.0, "NodeIdentityTTL").as_i64().unwrap_or(0),
        scheduler_configuration: (!configuration.is_null()).then(|| configuration.clone()),
    };
    let index = call.world.put_pool(pool)?;
    Ok(Reply::empty().written(index))
}

fn remove(call: &mut Call<'_>, name: &str) -> HandlerResult {
    if !call.rights()?.pool(name, "delete") {
        return Err(denied());
    }
    if name.is_empty() {
        return Err(Refusal::new(400, "node pool name is empty"));
    }
    let index = call.world.remove_pool(name)?;
    Ok(Reply::empty().written(index))
}
