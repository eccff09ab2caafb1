//! What a shift looks at: the entries of the service, the instances of both sides, the gateways in front.

use std::collections::BTreeSet;

use futures_util::future::{join_all, try_join_all};
use serde_json::Value;

use super::on_traefiks;
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::consul::health::{self, CheckStatus, ServiceEntry};
use crate::api::consul::{catalog, discovery_chain};
use crate::api::http::Http;
use crate::api::traefik::Api;
use crate::error::{Error, Result};
use crate::model::traffic::fields::{items, text};
use crate::model::traffic::shift::{Entries, InFront, Shares, Side, split_subject, subsets};
use crate::model::traffic::{shift_route, weighted};
use crate::ops::traffic::entries;

/// A side as the mesh sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideSeen {
    /// Its service.
    pub service: String,
    /// The filter of its subset; empty for all instances.
    pub filter: String,
    /// Whether an instance with a warning gets no traffic.
    pub only_passing: bool,
    /// Envoy's name of it.
    pub cluster: String,
}

/// The instances of a side at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instances {
    /// Ids of proxies that get traffic.
    pub usable: BTreeSet<String>,
    /// Ids of proxies that get none, each with the check that keeps it out.
    pub failing: Vec<(String, String)>,
}

/// The entries, instances and gateways a shift is planned from, at one moment.
#[derive(Debug, Clone)]
pub struct ShiftSnapshot {
    /// The service's entries.
    pub entries: Entries,
    /// The side that gives.
    pub from: Side,
    /// The side that takes.
    pub to: Side,
    /// How the traffic is shared out now.
    pub shares: Shares,
    /// The gateways that lead to the service.
    pub in_front: InFront,
    /// The giving side in the mesh.
    pub from_seen: SideSeen,
    /// The taking side in the mesh.
    pub to_seen: SideSeen,
    /// Instances of the giving side.
    pub from_instances: Instances,
    /// Instances of the taking side.
    pub to_instances: Instances,
    /// The Traefiks that can be asked; empty where Envoys share it out, or nobody named one of those that read a file.
    pub traefiks: Vec<Api>,
}

impl ShiftSnapshot {
    /// A scene of these entries and nothing beside.
    #[cfg(test)]
    pub(super) fn of(entries: Entries) -> ShiftSnapshot {
        let side = |name: &str| Side::Service(name.to_owned());
        let seen = |name: &str| SideSeen {
            service: name.to_owned(),
            filter: String::new(),
            only_passing: false,
            cluster: name.to_owned(),
        };
        ShiftSnapshot {
            entries,
            from: side("old"),
            to: side("new"),
            shares: Shares { from: 10_000, to: 0 },
            in_front: InFront::default(),
            from_seen: seen("old"),
            to_seen: seen("new"),
            from_instances: Instances::default(),
            to_instances: Instances::default(),
            traefiks: Vec::new(),
        }
    }

    /// Whether Traefiks share it out, and not Envoys.
    #[must_use]
    pub fn by_traefik(&self) -> bool {
        self.entries.split_kind() == Kind::TraefikService
    }

    /// Whether the weights stand in a file of Traefik's.
    #[must_use]
    pub fn is_in_file(&self) -> bool {
        self.entries
            .route
            .as_ref()
            .is_some_and(|route| self.by_traefik() && weighted::file(route.name()).is_some())
    }

    /// Whether nobody can be asked what becomes of a write, and which instances there are: a file was named, and no Traefik.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.by_traefik() && self.traefiks.is_empty()
    }

    /// The instances of the taking side now.
    ///
    /// # Errors
    /// As [`instances`]; unreachable (5) when a Traefik does not answer.
    pub async fn to_instances_now(&self, consul: &Http) -> Result<Instances> {
        if self.by_traefik() {
            return on_traefiks::instances(&self.traefiks, &self.to_seen).await;
        }
        instances(consul, &self.to_seen).await
    }
}

/// Looks at a service and the two sides that are named; at one of Traefik through the APIs of these.
///
/// # Errors
/// Not found (3) when there is no such service or side; refused (7) when traffic cannot be moved between them; any error of a call.
pub async fn observe(
    consul: &Http,
    service: &str,
    from: &str,
    to: &str,
    traefiks: &[String],
) -> Result<ShiftSnapshot> {
    if service.starts_with(weighted::PREFIX) {
        return on_traefiks::observe(consul, service, from, to, traefiks).await;
    }
    let entries = read_entries(consul, service).await?;
    let (from, to) =
        (side(consul, service, &entries, from).await?, side(consul, service, &entries, to).await?);
    let shares = shares_between(&entries, service, &from, &to)?;
    protocol(consul, chain_of(&entries, service, &from)).await?;
    let in_front = in_front(consul, service, &entries).await?;
    let (from_seen, to_seen) =
        (seen(consul, service, &entries, &from).await?, seen(consul, service, &entries, &to).await?);
    let (from_instances, to_instances) =
        (instances(consul, &from_seen).await?, instances(consul, &to_seen).await?);
    let traefiks = Vec::new();
    Ok(ShiftSnapshot {
        entries,
        from,
        to,
        shares,
        in_front,
        from_seen,
        to_seen,
        from_instances,
        to_instances,
        traefiks,
    })
}

/// What two sides have of a service's traffic, where it can be moved between them.
///
/// # Errors
/// Usage (2) when they are the same; refused (7) when traffic cannot be moved between them.
pub(super) fn shares_between(entries: &Entries, service: &str, from: &Side, to: &Side) -> Result<Shares> {
    if from == to {
        return Err(Error::usage(format!("--from and --to are the same side, {from}")));
    }
    entries.shares(service, from, to).map_err(|why| {
        Error::refused(format!("the traffic of {service} cannot be moved from {from} to {to}"))
            .because(why)
            .hint(format!("`fleet config show {}` shows where it goes", split_subject(service)))
    })
}

/// The entries of a service, and the routes of API gateways that lead to it.
///
/// # Errors
/// Any error of a call.
pub async fn read_entries(consul: &Http, service: &str) -> Result<Entries> {
    if let Some(name) = service.strip_prefix(shift_route::PREFIX) {
        return read_route(consul, name).await;
    }
    if let Some(name) = service.strip_prefix(weighted::PREFIX) {
        return on_traefiks::read_entries(consul, name).await;
    }
    let kinds = [Kind::ServiceDefaults, Kind::ServiceResolver, Kind::ServiceSplitter, Kind::ServiceRouter];
    let mut read = try_join_all(kinds.map(|kind| entries::read(consul, kind, service))).await?.into_iter();
    let mut next = || read.next().flatten();
    let (defaults, resolver, splitter, router) = (next(), next(), next(), next());
    let http_routes = match entries::list(consul, &[Kind::HttpRoute]).await {
        Ok(listing) => listing.entries.into_iter().filter(|route| leads_to(route, service)).collect(),
        // Who may not see routes cannot have an API gateway's rewritten; what that hides is said by the plan.
        Err(e) if e.is_denied() => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    Ok(Entries { defaults, resolver, splitter, router, http_routes, ..Entries::default() })
}

/// An http-route that shares requests out by itself, and the resolvers of the services it names.
async fn read_route(consul: &Http, name: &str) -> Result<Entries> {
    let route = entries::read(consul, Kind::HttpRoute, name).await?.ok_or_else(|| {
        Error::not_found(format!("there is no http-route/{name}"))
            .hint("`fleet config list http-route` lists them")
    })?;
    let whole = Value::Object(route.fields.clone());
    let named: BTreeSet<&str> = items(&whole, "Rules")
        .flat_map(|rule| items(rule, "Services"))
        .map(|s| text(s, "Name"))
        .filter(|name| !name.is_empty())
        .collect();
    let read = named.into_iter().map(|service| entries::read(consul, Kind::ServiceResolver, service));
    let resolvers = try_join_all(read).await?.into_iter().flatten().collect();
    Ok(Entries { http_routes: vec![route.clone()], route: Some(route), resolvers, ..Entries::default() })
}

/// The service whose discovery chain tells of a side: a route is none, so there it is the side's own.
fn chain_of<'s>(entries: &Entries, own: &'s str, side: &'s Side) -> &'s str {
    if entries.route.is_some() { side.service(own) } else { own }
}

fn leads_to(route: &ConfigEntry, service: &str) -> bool {
    let whole = Value::Object(route.fields.clone());
    items(&whole, "Rules").any(|rule| items(rule, "Services").any(|s| text(s, "Name") == service))
}

/// What a name stands for: a subset of the service, else a service of its own.
async fn side(consul: &Http, service: &str, entries: &Entries, name: &str) -> Result<Side> {
    let known = subsets(entries.resolver.as_ref());
    if let Some(name) = name.strip_prefix("service:") {
        return Ok(Side::Service(name.to_owned()));
    }
    if known.iter().any(|subset| subset == name) {
        return Ok(Side::Subset(name.to_owned()));
    }
    let there = consul.read(&catalog::service(name)).await?;
    let resolver = entries::read(consul, Kind::ServiceResolver, name).await?;
    if !there.value.is_empty() || resolver.is_some() {
        return Ok(Side::Service(name.to_owned()));
    }
    let error = Error::not_found(if entries.route.is_some() {
        format!("there is no service {name}")
    } else {
        format!("{service} has no subset {name}, and there is no service {name}")
    });
    let error = if entries.route.is_some() {
        error
    } else if known.is_empty() {
        error.hint(format!(
            "`fleet config show service-resolver/{service}` shows its subsets; there are none yet"
        ))
    } else {
        error.hint(format!("its subsets are {}", known.join(", ")))
    };
    Err(if there.meta.filtered_by_acl {
        error.hint(
            "the token may not see every service: it needs service_prefix \"\" and node_prefix \"\" read",
        )
    } else {
        error
    })
}

/// A split needs a protocol of requests.
async fn protocol(consul: &Http, service: &str) -> Result<()> {
    let chain = consul.read(&discovery_chain::get(service)).await?.value.chain;
    if matches!(chain.protocol.as_str(), "http" | "http2" | "grpc") {
        return Ok(());
    }
    Err(Error::refused(format!("the traffic of {service} cannot be split"))
        .because(format!("its protocol is {}, and Consul splits requests of http, http2 and grpc only", chain.protocol))
        .hint(format!("set Protocol = \"http\" in service-defaults/{service} before it has traffic: that replaces listeners")))
}

async fn in_front(consul: &Http, service: &str, entries: &Entries) -> Result<InFront> {
    let mut found = InFront::default();
    let parents = entries.http_routes.iter().flat_map(|route| {
        let whole = Value::Object(route.fields.clone());
        items(&whole, "Parents").map(|p| text(p, "Name").to_owned()).collect::<Vec<_>>()
    });
    found.api = parents.collect::<BTreeSet<String>>().into_iter().collect();
    if entries.route.is_some() {
        return Ok(found);
    }
    let gateways = match entries::list(consul, &[Kind::IngressGateway]).await {
        Ok(listing) => listing.entries,
        Err(e) if e.is_denied() => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    let names: Vec<String> = gateways.iter().map(|g| g.name().to_owned()).collect();
    let asked =
        join_all(names.iter().map(async |name| consul.read(&catalog::gateway_services(name)).await)).await;
    for (name, answer) in names.iter().zip(asked) {
        match answer {
            Ok(reply) if reply.value.iter().any(|g| g.service.name == service || g.service.name == "*") => {
                found.ingress.push(name.clone());
            }
            Ok(_) => {}
            Err(e) if e.is_denied() => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(found)
}

/// A side as the service's chain names it; one that has no share yet is in no chain, so its own entries tell.
async fn seen(consul: &Http, own: &str, entries: &Entries, side: &Side) -> Result<SideSeen> {
    let service = side.service(own).to_owned();
    let own = chain_of(entries, own, side);
    let chain = consul.read(&discovery_chain::get(own)).await?.value.chain;
    let own_chain = match chain.target(&service, side.subset()) {
        Some(_) => None,
        None if service == own => None,
        None => Some(consul.read(&discovery_chain::get(&service)).await?.value.chain),
    };
    let target =
        own_chain.as_ref().unwrap_or(&chain).targets.values().find(|t| {
            t.service == service && (t.service_subset == side.subset() || side.subset().is_empty())
        });
    if let Some(target) = target {
        return Ok(SideSeen {
            service: target.service.clone(),
            filter: target.subset.filter.clone(),
            only_passing: target.subset.only_passing,
            cluster: target.name.clone(),
        });
    }
    let whole = entries.resolver.as_ref().map_or(Value::Null, |r| Value::Object(r.fields.clone()));
    let subset = crate::model::traffic::fields::field(
        crate::model::traffic::fields::field(&whole, "Subsets"),
        side.subset(),
    );
    // The rest of the name is the same for every target of this datacenter.
    let tail = chain.targets.values().next().map(|t| {
        let own = if t.service_subset.is_empty() {
            t.service.clone()
        } else {
            format!("{}.{}", t.service_subset, t.service)
        };
        t.name.strip_prefix(&own).unwrap_or_default().to_owned()
    });
    Ok(SideSeen {
        cluster: format!("{}.{service}{}", side.subset(), tail.unwrap_or_default()),
        filter: text(subset, "Filter").to_owned(),
        only_passing: crate::model::traffic::fields::field(subset, "OnlyPassing").as_bool().unwrap_or(false),
        service,
    })
}

/// The instances of a side now. Nomad's "healthy" comes up to 7 s before this (`mesh.md §0`).
///
/// # Errors
/// Any error of the call; refused (7) when the token may not see them: an empty list would be no answer.
pub async fn instances(consul: &Http, side: &SideSeen) -> Result<Instances> {
    let reply = consul.read(&health::connect(&side.service, &side.filter)).await?;
    if reply.meta.filtered_by_acl && reply.value.is_empty() {
        return Err(Error::new(crate::exit_code::ExitCode::Denied, format!("the token may not see the instances of {}", side.service))
            .because("Consul left them out of its answer")
            .hint("the token needs: service_prefix \"\" { policy = \"read\" } and node_prefix \"\" { policy = \"read\" }"));
    }
    let mut instances = Instances::default();
    for entry in reply.value {
        match keeps_out(&entry, side.only_passing) {
            None => drop(instances.usable.insert(entry.service.id)),
            Some(check) => instances.failing.push((entry.service.id, check)),
        }
    }
    Ok(instances)
}

fn keeps_out(entry: &ServiceEntry, only_passing: bool) -> Option<String> {
    let bad = |status: CheckStatus| {
        status == CheckStatus::Critical || only_passing && status == CheckStatus::Warning
    };
    entry.checks.iter().find(|c| bad(c.status)).map(|c| c.name.clone())
}
