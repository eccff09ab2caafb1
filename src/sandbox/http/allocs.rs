//! `/v1/allocations` and `/v1/allocation/…` (`nomad-api.md §5`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::sandbox::http::access::{Rights, denied};
use crate::sandbox::http::call::{Call, WRONG_METHOD};
use crate::sandbox::http::client;
use crate::sandbox::http::ids;
use crate::sandbox::http::paging::shelf_page;
use crate::sandbox::http::reply::{HandlerResult, Reply, json};
use crate::sandbox::id::Id;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::catalog::Service;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::wire::alloc::{Full, Parts, Stub};
use crate::sandbox::wire::fields::OmitEmpty;
use crate::sandbox::world::requests::{AllocStop, Refusal};

/// What is put before the words on a bad id of an allocation.
pub(super) const LOOKUP: &str = "alloc lookup failed: ";

/// What an unknown sub-route answers.
pub(super) fn no_resource() -> Refusal {
    Refusal::new(404, "resource not found")
}

/// Allocations as a list.
pub(super) fn rows(allocs: Vec<Arc<Alloc>>, parts: Parts) -> Reply {
    let write = move |alloc: &Arc<Alloc>, out: &mut Vec<u8>| out.extend(json(&Stub::of(alloc, parts)));
    Reply::rows(allocs, write)
}

/// What a list of one namespace, or of all, waits for.
pub(super) fn watch(table: Table, namespace: &str) -> Vec<Scope> {
    vec![if namespace == "*" { Scope::Table(table) } else { Scope::Namespace(table, namespace.into()) }]
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let parts = Parts {
        resources: call.request.query.flag("resources")?.unwrap_or(false),
        task_states: call.request.query.flag("task_states")?.unwrap_or(true),
    };
    let rights = call.may(&options.namespace, &["read-job"])?;
    let state = call.state();
    let page = shelf_page(state.allocs(), &options, &rights, LOOKUP, |_| true)?;
    let index = state.indexes.table(Table::Allocs);
    let watch = watch(Table::Allocs, &options.namespace);
    Ok(rows(page.rows, parts).followed_by(page.next).read(index, watch))
}

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    let mut parts = call.rest.split('/');
    match (parts.next().unwrap_or(""), parts.next(), parts.next()) {
        (id, None, _) => query(call, id),
        (id, Some("checks"), None) => checks(call, id),
        (id, Some("stop"), None) => stop(call, id),
        (id, Some("services"), None) => services(call, id),
        _ => Err(no_resource()),
    }
}

fn query(call: &Call<'_>, id: &str) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    let rights = call.rights()?;
    let known = ids::full(id, LOOKUP)?;
    let state = call.state();
    match known.and_then(|id| state.alloc(id)) {
        Some(alloc) => {
            if !rights.in_namespace(&alloc.job_key().namespace, &["read-job"]) {
                return Err(unknown(id));
            }
            let watch = vec![Scope::Row(Table::Allocs, alloc.id)];
            Ok(Reply::value(&OmitEmpty(Full::of(alloc))).read(alloc.modify_index, watch))
        }
        None => {
            let watch = vec![Scope::Table(Table::Allocs)];
            Ok(Reply::text(404, "alloc not found").read(state.indexes.table(Table::Allocs), watch))
        }
    }
}

/// What an allocation answers that is not there, or not for everybody.
pub(super) fn unknown(id: &str) -> Refusal {
    Refusal::failed(format!("Unknown allocation {id:?}"))
}

/// The same refusal where an allocation that is not there is told by its status.
pub(super) fn missing(refusal: Refusal) -> Refusal {
    if refusal.text.starts_with("Unknown allocation") { Refusal::new(404, refusal.text) } else { refusal }
}

/// The allocation a request is about, with the rights to it checked in its own namespace.
pub(super) fn meant(call: &Call<'_>, id: &str, capability: &str) -> Result<(Arc<Alloc>, Rights), Refusal> {
    let rights = call.rights()?;
    if id.is_empty() {
        return Err(Refusal::failed("missing allocation ID"));
    }
    let known = ids::full(id, LOOKUP)?.and_then(|id| call.state().alloc(id)).cloned();
    let alloc = known.ok_or_else(|| unknown(id))?;
    if rights.in_namespace(&alloc.job_key().namespace, &[capability]) {
        Ok((alloc, rights))
    } else {
        Err(denied())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stopped {
    #[serde(rename = "EvalID")]
    eval: Id,
    index: u64,
}

fn stop(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let flag = |name: &str| call.request.query.flag(name).map(|f| f.unwrap_or(false));
    let stop = AllocStop { no_shutdown_delay: flag("no_shutdown_delay")?, reschedule: flag("reschedule")? };
    let missing = || Refusal::new(404, "allocation not found");
    let found = meant(call, id, "alloc-lifecycle");
    let (alloc, _) =
        found.map_err(|r| if r.text.starts_with("Unknown allocation") { missing() } else { r })?;
    let done = call.world.stop_alloc(alloc.id, stop).ok_or_else(missing)?;
    Ok(Reply::value(&Stopped { eval: done.eval, index: done.index }).written(done.index))
}

fn services(call: &Call<'_>, id: &str) -> HandlerResult {
    if !call.request.is_get() {
        return Err(Refusal::new(405, WRONG_METHOD));
    }
    let options = call.options()?;
    call.may(&options.namespace, &["read-job"])?;
    let state = call.state();
    let known = ids::full(id, LOOKUP)?.and_then(|id| state.alloc(id));
    let index = state.indexes.table(Table::Services);
    let watch = watch(Table::Services, &options.namespace);
    let Some(alloc) = known.filter(|a| *a.job_key().namespace == *options.namespace) else {
        return Ok(Reply::text(404, "allocation not found").read(0, watch));
    };
    let all = state.catalog.services.values().filter(|s| s.alloc_id == alloc.id).cloned().collect();
    Ok(service_rows(all).read(index, watch))
}

/// Registrations of services as a list.
pub(super) fn service_rows(services: Vec<Arc<Service>>) -> Reply {
    Reply::rows(services, |service: &Arc<Service>, out| out.extend(json(&**service)))
}

pub(super) fn checks(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (alloc, _) = meant(call, id, "read-job").map_err(missing)?;
    client::reach(call, alloc.node_id)?;
    let results = call.world.check_results(alloc.id);
    let by_id: BTreeMap<&str, _> = results.iter().map(|r| (r.id.as_str(), r)).collect();
    // A map nobody made is null.
    Ok(Reply::value(&(!by_id.is_empty()).then_some(by_id)))
}
