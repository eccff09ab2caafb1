//! `/v1/deployments` and `/v1/deployment/…` (`nomad-api.md §3.6`).

use std::sync::Arc;

use serde::Serialize;

use crate::sandbox::http::access::denied;
use crate::sandbox::http::allocs::{self, watch};
use crate::sandbox::http::call::Call;
use crate::sandbox::http::ids;
use crate::sandbox::http::paging::shelf_page;
use crate::sandbox::http::reply::{HandlerResult, Reply, json};
use crate::sandbox::http::request::Input;
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::id::{Id, or_empty};
use crate::sandbox::state::Groups;
use crate::sandbox::state::deployment::Deployment;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::wire::alloc::Parts;
use crate::sandbox::wire::deployment::Deployment as Shown;
use crate::sandbox::world::requests::{DeploymentChange, HealthDecision, Refusal};

/// What is put before the words on a bad id of a deployment.
const LOOKUP: &str = "deployment lookup failed: ";

static PROMOTION: Shape = Shape {
    go: "structs.DeploymentPromoteRequest",
    fields: &[("DeploymentID", FieldKind::Text), ("All", FieldKind::Flag), ("Groups", FieldKind::Texts)],
};
static PAUSE: Shape = Shape {
    go: "structs.DeploymentPauseRequest",
    fields: &[("DeploymentID", FieldKind::Text), ("Pause", FieldKind::Flag)],
};
static HEALTH: Shape = Shape {
    go: "structs.DeploymentAllocHealthRequest",
    fields: &[
        ("DeploymentID", FieldKind::Text),
        ("HealthyAllocationIDs", FieldKind::Texts),
        ("UnhealthyAllocationIDs", FieldKind::Texts),
    ],
};
static UNBLOCKING: Shape =
    Shape { go: "structs.DeploymentUnblockRequest", fields: &[("DeploymentID", FieldKind::Text)] };

/// Deployments as a list.
pub(super) fn rows(deployments: Vec<Arc<Deployment>>) -> Reply {
    Reply::rows(deployments, |deployment: &Arc<Deployment>, out| out.extend(json(&Shown::of(deployment))))
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.may(&options.namespace, &["read-job"])?;
    let state = call.state();
    let page = shelf_page(state.deployments(), &options, &rights, "", |_| true)?;
    let index = state.indexes.table(Table::Deployments);
    let watch = watch(Table::Deployments, &options.namespace);
    Ok(rows(page.rows).followed_by(page.next).read(index, watch))
}

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    let path = call.rest;
    let (verb, id) = path.split_once('/').unwrap_or(("", path));
    match verb {
        "allocations" => allocations(call, id),
        "fail" => fail(call, id),
        "pause" => pause(call, id),
        "promote" => promote(call, id),
        "allocation-health" => decide(call, id),
        "unblock" => unblock(call, id),
        _ => query(call, path),
    }
}

fn query(call: &Call<'_>, id: &str) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.may(&options.namespace, &["read-job"])?;
    if id.is_empty() {
        return Err(Refusal::failed("missing deployment ID"));
    }
    let id = ids::full(id, LOOKUP)?;
    let state = call.state();
    let found = id.and_then(|id| state.deployment(id));
    match found.filter(|d| rights.in_namespace(&d.job.namespace, &["read-job"])) {
        Some(deployment) => {
            let watch = vec![Scope::Row(Table::Deployments, deployment.id)];
            Ok(Reply::value(&Shown::of(deployment)).read(deployment.modify_index, watch))
        }
        None => {
            let watch = vec![Scope::Table(Table::Deployments)];
            let index = state.indexes.table(Table::Deployments);
            Ok(Reply::text(404, "deployment not found").read(index, watch))
        }
    }
}

fn allocations(call: &Call<'_>, id: &str) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.may(&options.namespace, &["read-job"])?;
    let id = ids::full(id, "")?;
    let state = call.state();
    let found = id.and_then(|id| state.deployment(id));
    let all: Vec<_> = found.into_iter().flat_map(|d| state.allocs_of_deployment(d)).cloned().collect();
    if all.iter().any(|a| !rights.in_namespace(&a.job_key().namespace, &["read-job"])) {
        return Err(denied());
    }
    let watch = id.map_or(Scope::Table(Table::Allocs), |id| Scope::Owner(Table::Allocs, id));
    Ok(allocs::rows(all, Parts::default()).read(state.indexes.table(Table::Allocs), vec![watch]))
}

/// The deployment a write is about, if the rights allow.
fn steered(call: &Call<'_>, id: &str, capability: &str) -> Result<Id, Refusal> {
    let rights = call.rights()?;
    if id.is_empty() {
        return Err(Refusal::failed("missing deployment ID"));
    }
    let found = ids::full(id, LOOKUP)?.and_then(|id| call.state().deployment(id));
    let deployment = found.ok_or_else(|| Refusal::failed("deployment not found"))?;
    if rights.in_namespace(&deployment.job.namespace, &["submit-job", capability]) {
        Ok(deployment.id)
    } else {
        Err(denied())
    }
}

/// The body of a write, which repeats the id of the path.
fn input(call: &Call<'_>, id: &str, shape: &Shape) -> Result<Input, Refusal> {
    let input = call.request.json(shape)?;
    match input.text("DeploymentID") {
        "" => Err(Refusal::new(400, "DeploymentID must be specified")),
        given if given != id => Err(Refusal::new(400, "Deployment ID does not match")),
        _ => Ok(input),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Changed {
    deployment_modify_index: u64,
    eval_create_index: u64,
    #[serde(rename = "EvalID", serialize_with = "or_empty")]
    eval: Option<Id>,
    index: u64,
    reverted_job_version: Option<u64>,
}

fn changed(change: DeploymentChange) -> HandlerResult {
    let DeploymentChange { eval, index, reverted } = change;
    let reply = Changed {
        deployment_modify_index: index,
        eval_create_index: if eval.is_some() { index } else { 0 },
        eval,
        index,
        reverted_job_version: reverted,
    };
    Ok(Reply::value(&reply).written(index))
}

fn fail(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let id = steered(call, id, "fail-deployment")?;
    changed(call.world.fail_by_hand(id)?)
}

fn pause(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = input(call, id, &PAUSE)?;
    let id = steered(call, id, "pause-deployment")?;
    changed(call.world.pause_deployment(id, input.flag("Pause"))?)
}

fn promote(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = input(call, id, &PROMOTION)?;
    let id = steered(call, id, "promote-deployment")?;
    let groups = if input.flag("All") { Groups::All } else { Groups::Named(input.texts("Groups")) };
    changed(call.world.promote_by_hand(id, &groups)?)
}

fn decide(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = input(call, id, &HEALTH)?;
    let listed = |field: &str| -> Result<Vec<Id>, Refusal> {
        let unknown = |text: &str| Refusal::failed(format!("unknown alloc {text:?}"));
        input.texts(field).iter().map(|text| Id::parse(text).ok_or_else(|| unknown(text))).collect()
    };
    let decision = HealthDecision {
        healthy: listed("HealthyAllocationIDs")?,
        unhealthy: listed("UnhealthyAllocationIDs")?,
    };
    if decision.healthy.is_empty() && decision.unhealthy.is_empty() {
        call.rights()?;
        return Err(Refusal::failed("must specify at least one healthy/unhealthy allocation ID"));
    }
    let id = steered(call, id, "set-alloc-health-deployment")?;
    changed(call.world.decide_by_hand(id, &decision)?)
}

fn unblock(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    input(call, id, &UNBLOCKING)?;
    let id = steered(call, id, "unblock-deployment")?;
    changed(call.world.unblock_deployment(id)?)
}
