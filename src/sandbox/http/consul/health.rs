//! `/v1/health/…`

use serde_json::{Value as Json, json};

use super::catalog::{is_meant, service_index};
use super::{ConsulRequest, read, types};
use crate::sandbox::consul::acl::Rights;
use crate::sandbox::consul::catalog::Check;
use crate::sandbox::consul::{Status, Table};
use crate::sandbox::go;
use crate::sandbox::http::reply::HandlerResult;
use crate::sandbox::world::requests::Refusal;

fn sees(rights: &Rights, check: &Check) -> bool {
    let service = check.service_name.as_str();
    rights.read("node", &check.node) && (service.is_empty() || rights.read("service", service))
}

/// Checks as of an index.
fn list<'c>(ask: &ConsulRequest<'_>, checks: impl Iterator<Item = &'c Check>, index: u64) -> HandlerResult {
    let rights = ask.rights()?;
    let rows = checks.filter(|check| sees(&rights, check)).map(Check::json).collect();
    Ok(read(&ask.filtered(rows, &types::CHECK)?.into(), index))
}

pub(super) fn state(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let state = ask.named("check state")?;
    let meant = |check: &&Check| state == "any" || check.spec.status.name() == state;
    list(ask, ask.consul.catalog.checks().filter(meant), ask.consul.indexes.of(&[Table::Checks]))
}

/// The checks of a node; of one that is not there none.
pub(super) fn node(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let name = ask.named("node name")?;
    let own = |check: &&Check| check.node == name;
    list(ask, ask.consul.catalog.checks().filter(own), ask.consul.indexes.of(&[Table::Checks]))
}

/// Instances with their checks, those that pass alone where that was asked for.
fn entries(ask: &ConsulRequest<'_>, name: &str, mesh: bool) -> HandlerResult {
    let passing = match ask.request.query.first("passing") {
        None => false,
        Some("") => true,
        Some(given) => go::boolean(given).ok_or_else(|| Refusal::new(400, "Invalid value for ?passing"))?,
    };
    let rights = ask.rights()?;
    let consul = &*ask.consul;
    let instances: Vec<_> =
        if mesh { consul.catalog.sidecars(name).collect() } else { consul.catalog.instances(name).collect() };
    let mut rows = Vec::new();
    for (member, instance) in instances.into_iter().filter(|(m, i)| is_meant(ask, &rights, m, i)) {
        let checks: Vec<&Check> = member.verdict(&instance.registration.id).collect();
        if passing && checks.iter().any(|check| check.spec.status != Status::Passing) {
            continue;
        }
        let checks: Vec<Json> = checks.into_iter().map(Check::json).collect();
        let node = member.json(&consul.datacenter);
        rows.push(json!({"Node": node, "Service": instance.json(), "Checks": checks}));
    }
    let index = service_index(ask, name, &[Table::Nodes, Table::Services, Table::Checks]);
    Ok(read(&ask.filtered(rows, &types::ENTRY)?.into(), index))
}

pub(super) fn service(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let name = ask.named("service name")?;
    entries(ask, name, false)
}

/// The instances of a service in the mesh. Who may not see the service is not even told how things stand.
pub(super) fn connect(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let name = ask.named("service name")?;
    let seen = ask.rights()?.read("service", name);
    let mut reply = entries(ask, name, true)?;
    if !seen {
        (reply.index, reply.leader) = (Some(1), Some(false));
    }
    Ok(reply)
}
