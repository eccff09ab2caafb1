//! What the doctor looks at only where it is asked to.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;
use tokio::time::Instant;

use super::{Examined, Scope};
use crate::api::Error as ApiError;
use crate::api::consul::config_entry::{self, ConfigEntry};
use crate::api::consul::{catalog, health, kv};
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::job::Job;
use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::api::nomad::service::CheckResult;
use crate::api::nomad::{acl, agent, operator, variable};
use crate::model::doctor::consul::Registered;
use crate::model::doctor::fleet_wide::{self, Look};
use crate::model::doctor::templates::{self, Name};
use crate::model::doctor::{Fault, Object, cluster, consul};
use crate::model::ids::short;
use crate::model::services::Registry;
use crate::model::words::count;
use crate::ops::present_health::{Sources, checked_by};
use crate::ops::services::{Registries, ServiceSelection};
use crate::ops::sign_of_life::{self, Unheard, WITHIN};

/// Agents asked side by side.
const AT_ONCE: usize = 32;

/// Looks at what was asked for; what was not is told, with what it costs. Nomad's instances in Consul, whether they have a check
/// or not, where these were to be looked at.
pub(super) async fn look(
    nomad: &Http,
    consul_http: Option<&Http>,
    nodes: Option<&[NodeStub]>,
    scope: Scope<'_>,
    seen: &mut Examined,
) -> BTreeSet<Registered> {
    let mut registered = BTreeSet::new();
    let deep = scope.deep;
    let mut left = Vec::new();
    if deep.rights {
        rights(nomad, seen).await;
    } else {
        left.push("tokens and the rights of whoever has none: --rights, two requests");
    }
    if deep.servers {
        servers(nomad, seen).await;
    } else {
        left.push("autopilot's settings and raft: --servers, three requests");
    }
    if deep.every_node {
        every_node(nomad, nodes.unwrap_or_default(), scope, seen).await;
    } else {
        left.push("the agents, clocks and disks of the nodes: --every-node, one request for each");
    }
    if deep.every_service {
        every_service(nomad, scope, seen).await;
        if let Some(consul) = consul_http {
            registered = in_consul(consul, seen).await;
        }
    } else {
        left.push(match consul_http {
            None => "instances in Nomad's registry: --every-service, one request for each service",
            Some(_) => {
                "instances in Nomad's registry, and in Consul without a check: --every-service, one request for each service"
            }
        });
    }
    if deep.every_check {
        Box::pin(own_checks(nomad, scope, seen)).await;
    } else {
        left.push(
            "the checks that Nomad's clients run: --every-check, one request for each allocation with such",
        );
    }
    match consul_http {
        Some(consul) if deep.entries => entries(consul, seen).await,
        Some(_) => left.push("what Consul's config entries name: --entries, nine requests"),
        None => {}
    }
    if !left.is_empty() {
        seen.left_out.extend(left.into_iter().map(str::to_owned));
        seen.left_out.push("all of it: `fleet doctor --all`".to_owned());
    }
    registered
}

/// What Nomad's clients say of the checks that they run themselves: one request, and one for each allocation that has such.
async fn own_checks(nomad: &Http, scope: Scope<'_>, seen: &mut Examined) {
    let filter = checked_by("nomad");
    let call = allocation::list().namespace(scope.namespace).filter(Some(&filter));
    let listed = nomad.list(&call).await.map(|r| r.value);
    let Some(allocs) = seen.take("the allocations with checks of Nomad's", listed) else { return };
    let sources = Sources::new(nomad, None);
    let ask = |alloc: AllocStub| {
        let sources = &sources;
        async move {
            let told = sources.nomad_checks(&alloc.id).await;
            (alloc, told)
        }
    };
    let asked = stream::iter(allocs).map(ask);
    let told: Vec<(AllocStub, Result<Vec<CheckResult>, String>)> =
        asked.buffer_unordered(AT_ONCE).collect().await;
    let unheard: Vec<&String> = told.iter().filter_map(|(_, told)| told.as_ref().err()).collect();
    if let Some(first) = unheard.first() {
        let of = count(unheard.len(), "allocation");
        seen.failed.push(format!("Nomad's checks of {of}: {first}"));
    }
    for (alloc, results) in &told {
        seen.faults.extend(results.iter().flat_map(|results| consul::failing(alloc, results)));
    }
}

/// Tokens, and what whoever has none may do. Where ACLs are off there are neither: that is a finding of its own.
async fn rights(nomad: &Http, seen: &mut Examined) {
    let (tokens, anonymous) = (acl::tokens(), acl::policy_text("anonymous"));
    let (tokens, anonymous) = tokio::join!(nomad.list(&tokens), nomad.read(&anonymous));
    if tokens.as_ref().is_err_and(ApiError::is_acl_disabled) {
        return;
    }
    match anonymous {
        Err(e) if e.is_not_found() => {}
        answer => {
            if let Some(policy) = seen.take("the policy anonymous", answer.map(|r| r.value)) {
                seen.faults.extend(cluster::of_anonymous(&policy.rules));
            }
        }
    }
    if let Some(tokens) = seen.take("the tokens", tokens.map(|r| r.value)) {
        seen.faults.extend(cluster::of_tokens(tokens.iter().map(|t| (t.name.as_str(), t.expiration_time))));
    }
}

/// Autopilot's settings, and whether raft and the gossip know the same servers.
async fn servers(nomad: &Http, seen: &mut Examined) {
    let (settings, raft, members) =
        (operator::autopilot_configuration(), operator::raft_configuration(), agent::members());
    let (settings, raft, members) =
        tokio::join!(nomad.read(&settings), nomad.read(&raft), nomad.read(&members));
    let settings = seen.take("autopilot's settings", settings.map(|r| r.value));
    seen.faults.extend(settings.iter().filter_map(fleet_wide::of_autopilot));
    let raft = seen.take("raft", raft.map(|r| r.value));
    let members = seen.take("the gossip", members.map(|r| r.value));
    if let (Some(raft), Some(members)) = (raft, members) {
        seen.faults.extend(fleet_wide::of_raft(&raft, &members));
    }
}

/// What the agent of each ready node tells of it. Clocks are compared among each other: one that is asked later tells a later time.
async fn every_node(nomad: &Http, nodes: &[NodeStub], scope: Scope<'_>, seen: &mut Examined) {
    let patient = nomad.with_patience(Patience(WITHIN));
    let began = Instant::now();
    let ask = |node: &NodeStub| {
        let (id, name, nomad) = (node.id.clone(), node.name.clone(), &patient);
        async move {
            let asked = sign_of_life::ask(nomad, &id).await;
            let passed = jiff::SignedDuration::try_from(began.elapsed()).unwrap_or_default();
            let told = match asked {
                Ok(stats) => Ok(stats),
                Err(Unheard::Refused(why)) => return Err(why),
                Err(Unheard::Silent(why)) => Err(why),
            };
            let ahead = told.as_ref().ok().and_then(|stats| stats.timestamp).map(|at| {
                at.duration_since(scope.now.checked_add(passed).unwrap_or(scope.now)).as_secs_f64()
            });
            Ok(Look { name, told, ahead_seconds: ahead })
        }
    };
    let ready: Vec<&NodeStub> = nodes.iter().filter(|n| n.status == NodeStatus::Ready).collect();
    let all: Vec<Result<Look, String>> =
        stream::iter(ready).map(ask).buffer_unordered(AT_ONCE).collect().await;
    let (looks, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    if let Some(Err(why)) = refused.into_iter().next() {
        seen.failed.push(format!("the agents of the nodes: {why}"));
    }
    let looks: Vec<Look> = looks.into_iter().flatten().collect();
    seen.faults.extend(fleet_wide::of_looks(&looks));
}

/// Instances in Nomad's registry behind which nothing stands.
async fn every_service(nomad: &Http, scope: Scope<'_>, seen: &mut Examined) {
    let read = match Registries::new(nomad, None, scope.namespace).read(ServiceSelection::All, 0).await {
        Ok(read) => read,
        Err(e) => {
            seen.failed.push(format!("the services: {e}"));
            return;
        }
    };
    let stale = read.instances.iter().filter(|i| i.registry == Registry::Nomad && i.stale.is_some());
    for instance in stale {
        let alloc_id = instance.alloc_id.clone().unwrap_or_default();
        let text = format!("has an instance whose allocation {} is gone", short(&alloc_id));
        let object = Object::Instance { service: instance.service.clone(), alloc_id: alloc_id.clone() };
        let fault = Fault::new("FD305", format!("service {}", instance.service), text)
            .within(instance.namespace.as_deref().unwrap_or("default"))
            .next("fleet doctor --fix FD305")
            .object(object);
        seen.faults.push(fault);
    }
}

/// Nomad's instances in Consul, of every service there.
async fn in_consul(consul_http: &Http, seen: &mut Examined) -> BTreeSet<Registered> {
    let names = consul_http.read(&catalog::services()).await.map(|r| r.value);
    let Some(names) = seen.take("Consul's services", names) else { return BTreeSet::new() };
    let ask = |name: String| async move { consul_http.read(&health::service(&name)).await.map(|r| r.value) };
    let all: Vec<_> = stream::iter(names.into_keys()).map(ask).buffer_unordered(AT_ONCE).collect().await;
    let all: crate::api::Result<Vec<_>> = all.into_iter().collect();
    let entries = seen.take("the instances in Consul", all).unwrap_or_default();
    entries.iter().flatten().filter_map(Registered::of_entry).collect()
}

/// What Consul's config entries name. A kind that a Consul does not know has no entries there.
async fn entries(consul_http: &Http, seen: &mut Examined) {
    let names = catalog::services();
    let Some(names) = seen.take("Consul's services", consul_http.read(&names).await.map(|r| r.value)) else {
        return;
    };
    let ask = |kind| async move { consul_http.read(&config_entry::list(kind)).await };
    let all: Vec<_> = stream::iter(consul::NAMING).map(ask).buffered(consul::NAMING.len()).collect().await;
    let mut known: Vec<ConfigEntry> = Vec::new();
    for answer in all {
        match answer {
            Ok(reply) => known.extend(reply.value),
            Err(e) if e.status == Some(400) => {}
            Err(e) => {
                seen.take::<()>("Consul's config entries", Err(e));
                return;
            }
        }
    }
    let services: BTreeSet<String> = names.into_keys().collect();
    seen.faults.extend(consul::of_entries(&known, &services));
}

/// What the templates of jobs wait for: two requests and one for each that is not listed, and none where no template names
/// anything.
pub(super) async fn templates(
    nomad: &Http,
    consul_http: Option<&Http>,
    specs: &[(Job, Value)],
    namespace: &str,
    seen: &mut Examined,
) {
    let uses: Vec<templates::Use> =
        specs.iter().filter(|(job, _)| !job.stop).flat_map(|(_, spec)| templates::uses(spec)).collect();
    let names_variables = uses.iter().any(|u| matches!(u.name, Name::Variable(_)));
    let names_keys = uses.iter().any(|u| matches!(u.name, Name::Key(_)));
    let variables = if names_variables {
        let call = variable::list("").namespace(namespace);
        let all = seen.take("the variables that templates read", nomad.list(&call).await.map(|r| r.value));
        all.map(|all| all.into_iter().map(|v| (v.namespace, v.path)).collect::<BTreeSet<_>>())
    } else {
        None
    };
    let keys = match consul_http {
        Some(consul_http) if names_keys => match consul_http.read(&kv::keys()).await {
            Err(e) if e.is_not_found() => Some(BTreeSet::new()),
            answer => seen
                .take("the keys that templates read", answer.map(|r| r.value))
                .map(|all| all.into_iter().collect()),
        },
        None if names_keys => {
            seen.left_out
                .push("the keys of Consul that templates read: CONSUL_HTTP_ADDR is not set".to_owned());
            None
        }
        _ => None,
    };
    let missing = templates::unlisted(&uses, variables.as_ref(), keys.as_ref());
    for u in missing {
        // A list leaves out what the token may not see; only the object itself tells that it is not there.
        let absent = match (&u.name, consul_http) {
            (Name::Variable(path), _) => absent(nomad.read(&variable::get(&u.namespace, path)).await),
            (Name::Key(key), Some(consul_http)) => absent(consul_http.read(&kv::get(key)).await),
            (Name::Key(_), None) => Ok(false),
        };
        match absent {
            Ok(true) => seen.faults.push(templates::unwritten(u)),
            Ok(false) => {}
            Err(e) => {
                seen.take::<()>(&u.name.to_string(), Err(e));
            }
        }
    }
}

/// Whether an object is known not to be there.
fn absent<T>(answer: crate::api::Result<crate::api::http::Reply<T>>) -> crate::api::Result<bool> {
    match answer {
        Ok(_) => Ok(false),
        Err(e) if e.is_not_found() => Ok(true),
        Err(e) => Err(e),
    }
}
