//! Reading config entries, and what only the cluster can say of those that are to be written.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::Value;

use crate::api::consul::config_entry::{self, ConfigEntry, Kind};
use crate::api::consul::{discovery_chain, health};
use crate::api::http::Http;
use crate::api::{self, Problem};
use crate::model::traffic::change::{Action, Change, Stored};
use crate::model::traffic::consequence;
use crate::model::traffic::fields::{field, hundredths, items, pairs, text};
use crate::model::traffic::lint::{Flaw, FlawSeverity};
use crate::ops::traffic::traefik;

/// Entries, and whether the token saw all of them.
#[derive(Debug, Default)]
pub struct Listing {
    /// What is there.
    pub entries: Vec<ConfigEntry>,
    /// Kinds that this Consul does not know.
    pub unknown: Vec<Kind>,
    /// Kinds of which the token may see some or none.
    pub filtered: Vec<Kind>,
}

/// Lists the entries of these kinds, side by side. A kind that this Consul is too old for is told and left out.
///
/// # Errors
/// Any `api::Error`.
pub async fn list(consul: &Http, kinds: &[Kind]) -> api::Result<Listing> {
    let asked =
        join_all(kinds.iter().map(async |kind| (*kind, consul.read(&config_entry::list(*kind)).await))).await;
    let mut listing = Listing::default();
    for (kind, answer) in asked {
        match answer {
            Ok(reply) => {
                if reply.meta.filtered_by_acl {
                    listing.filtered.push(kind);
                }
                listing.entries.extend(reply.value);
            }
            Err(e) if e.is_unknown_kind() || e.text.contains("Must provide") => {
                listing.unknown.push(kind);
            }
            // Who may see some kinds is shown these.
            Err(e)
                if e.problem == Problem::Denied
                    && kinds.len() > 1
                    && e.status == Some(403)
                    && !e.text.contains("ACL not found") =>
            {
                listing.filtered.push(kind);
            }
            Err(e) => return Err(e),
        }
    }
    Ok(listing)
}

/// One entry; none where there is none.
///
/// # Errors
/// Any other `api::Error`.
pub async fn read(consul: &Http, kind: Kind, name: &str) -> api::Result<Option<ConfigEntry>> {
    if kind == Kind::TraefikService {
        return traefik::read(consul, name).await;
    }
    match consul.read(&config_entry::get(kind, name)).await {
        Ok(reply) => Ok(Some(reply.value)),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
    }
}

/// What is stored of these entries and beside them: of every service they are about, what a split, a route and a timeout depend on.
///
/// # Errors
/// Any `api::Error` of an entry that is to change; what is only beside may be hidden from the token.
pub async fn stored(consul: &Http, wanted: &[ConfigEntry]) -> api::Result<Stored> {
    let own: BTreeSet<(Kind, String)> =
        wanted.iter().filter_map(|e| Some((e.kind()?, e.name().to_owned()))).collect();
    let services = wanted.iter().flat_map(|e| {
        crate::model::traffic::order::names(e)
            .into_iter()
            .chain([e.name()])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let about = [Kind::ServiceDefaults, Kind::ServiceResolver, Kind::ServiceSplitter, Kind::ServiceRouter];
    let of_services =
        |e: &ConfigEntry| matches!(e.kind(), Some(kind) if about.contains(&kind) || kind == Kind::HttpRoute);
    let beside: BTreeSet<(Kind, String)> = if wanted.iter().any(of_services) {
        services.flat_map(|s| about.map(|kind| (kind, s.clone()))).filter(|key| !own.contains(key)).collect()
    } else {
        BTreeSet::new()
    };
    let mut stored = Stored::new();
    let asked = own.iter().map(|key| (key, true)).chain(beside.iter().map(|key| (key, false)));
    let asked = join_all(asked.map(async |(key, own)| (key, own, read(consul, key.0, &key.1).await))).await;
    for (key, own, answer) in asked {
        match answer {
            Ok(Some(entry)) => drop(stored.insert(key.clone(), entry)),
            Ok(None) => {}
            Err(e) if !own && e.problem == Problem::Denied => {}
            Err(e) => return Err(e),
        }
    }
    Ok(stored)
}

/// Has Consul try what only it can judge: the filters of resolvers, and the protocols of the services that routes name.
///
/// # Errors
/// As `try_filters` and `try_protocols`.
pub async fn try_out(consul: &Http, changes: &mut [Change], stored: &Stored) -> api::Result<()> {
    try_filters(consul, changes, stored).await?;
    try_protocols(consul, changes).await
}

/// Has certificates that go tell which listeners name them: Consul deletes one whoever names it.
///
/// # Errors
/// Any `api::Error` other than that of a missing right.
pub async fn try_deletions(consul: &Http, changes: &mut [Change]) -> api::Result<()> {
    let goes = |c: &Change| {
        c.action == Action::Delete && matches!(c.kind, Kind::InlineCertificate | Kind::FileSystemCertificate)
    };
    if !changes.iter().any(goes) {
        return Ok(());
    }
    let mut gateways = match consul.read(&config_entry::list(Kind::ApiGateway)).await {
        Ok(reply) => reply.value,
        Err(e) if e.problem == Problem::Denied || e.is_unknown_kind() => return Ok(()),
        Err(e) => return Err(e),
    };
    // Gateways that are changed together with that are as they will be.
    let changed: Vec<&Change> = changes.iter().filter(|c| c.kind == Kind::ApiGateway).collect();
    gateways.retain(|g| changed.iter().all(|c| c.name != g.name()));
    gateways.extend(changed.iter().filter_map(|c| c.new.clone()));
    for change in changes.iter_mut().filter(|c| goes(c)) {
        let lost = consequence::of_lost_certificate(change.kind, &change.name, &gateways);
        if let Some(lost) = lost {
            change.consequences = vec![lost];
        }
    }
    Ok(())
}

/// Asks for the protocol of every service that a route names, or whose requests are split or routed. Consul takes a route whatever
/// its services speak, accepts it if the last of them speaks the right protocol, and otherwise takes it off its listener, which then
/// refuses connections (`mesh.md §5`); a splitter or router of a service that speaks tcp it refuses with 500.
///
/// # Errors
/// Any `api::Error` other than that of a missing right.
async fn try_protocols(consul: &Http, changes: &mut [Change]) -> api::Result<()> {
    let mut named: BTreeSet<String> = BTreeSet::new();
    for change in changes.iter().filter(|c| c.action != Action::Keep) {
        named.extend(change.new.iter().flat_map(|new| route_services(new).into_iter().map(|(_, name)| name)));
    }
    named.retain(|name| !is_changed(changes, name));
    let by_request = by_request(changes);
    let asked = join_all(named.union(&by_request).map(async |name| {
        let answer = consul.read(&discovery_chain::get(name)).await;
        (name.clone(), answer)
    }));
    let mut protocols: BTreeMap<String, String> = BTreeMap::new();
    for (name, answer) in asked.await {
        match answer {
            Ok(reply) => drop(protocols.insert(name, reply.value.chain.protocol)),
            Err(e) if e.problem == Problem::Denied => {}
            // A chain that does not compile is an entry that is stored and refused already; the route's condition will say so.
            Err(e) if e.status == Some(500) => {}
            Err(e) => return Err(e),
        }
    }
    for change in changes.iter_mut().filter(|c| c.action != Action::Keep) {
        let Some(new) = change.new.clone() else { continue };
        if splits_requests(change.kind)
            && by_request.contains(&change.name)
            && let Some(spoken) = protocols.get(&change.name).filter(|p| !OF_REQUESTS.contains(&p.as_str()))
        {
            change.flaws.push(Flaw {
                id: "wrong-protocol",
                gravity: FlawSeverity::Broken,
                path: String::new(),
                text: format!(
                    "{0} speaks {spoken} as Consul knows it, where there are no requests to split or route, and Consul refuses this; set Protocol = \"http\" in service-defaults/{0} first",
                    change.name
                ),
            });
        }
        let wanted = if change.kind == Kind::TcpRoute { "tcp" } else { "http" };
        for (path, name) in route_services(&new).into_iter().filter(|(_, name)| named.contains(name)) {
            let Some(spoken) = protocols.get(&name).filter(|spoken| *spoken != wanted) else { continue };
            change.flaws.push(Flaw {
                id: "wrong-protocol",
                gravity: FlawSeverity::Broken,
                path,
                text: format!(
                    "{name} speaks {spoken} as Consul knows it, and this route takes {wanted} only: it may be taken off its listener, which then refuses connections; set Protocol = \"{wanted}\" in service-defaults/{name}, if that is its name"
                ),
            });
        }
    }
    Ok(())
}

/// The protocols that have requests.
const OF_REQUESTS: [&str; 3] = ["http", "http2", "grpc"];

/// Whether entries of a kind lead single requests of a service.
fn splits_requests(kind: Kind) -> bool {
    matches!(kind, Kind::ServiceSplitter | Kind::ServiceRouter)
}

/// The services whose requests are to be split or routed, but for those whose protocol is changed together with that.
fn by_request(changes: &[Change]) -> BTreeSet<String> {
    let written = |c: &&Change| c.action != Action::Keep;
    let speaks_anew = |name: &str| {
        changes
            .iter()
            .filter(written)
            .any(|c| c.kind == Kind::ProxyDefaults || (c.kind == Kind::ServiceDefaults && c.name == name))
    };
    let new = changes.iter().filter(written).filter(|c| splits_requests(c.kind) && c.new.is_some());
    new.map(|c| c.name.clone()).filter(|name| !speaks_anew(name)).collect()
}

/// Whether what a service speaks is changed together with the route, so that Consul's present answer says nothing.
fn is_changed(changes: &[Change], service: &str) -> bool {
    let about = [Kind::ServiceDefaults, Kind::ServiceResolver, Kind::ServiceSplitter, Kind::ServiceRouter];
    changes
        .iter()
        .filter(|c| c.action != Action::Keep)
        .any(|c| c.kind == Kind::ProxyDefaults || about.contains(&c.kind) && c.name == service)
}

/// The services that a route names, each with the path of its name; none for other kinds.
fn route_services(entry: &ConfigEntry) -> Vec<(String, String)> {
    let whole = Value::Object(entry.fields.clone());
    let of = |base: &str, value: &Value| -> Vec<(String, String)> {
        let named = items(value, "Services").enumerate();
        named.map(|(n, s)| (format!("{base}Services[{n}].Name"), text(s, "Name").to_owned())).collect()
    };
    match entry.kind() {
        Some(Kind::HttpRoute) => {
            let rules = items(&whole, "Rules").enumerate();
            rules.flat_map(|(at, rule)| of(&format!("Rules[{at}]."), rule)).collect()
        }
        Some(Kind::TcpRoute) => of("", &whole),
        _ => Vec::new(),
    }
}

/// Has Consul try the filters of resolvers that are to be written: it stores any, and an instance list that fails to filter
/// leaves the gateway with its last configuration (`mesh.md §3`).
///
/// # Errors
/// Any `api::Error` other than that of a filter that makes no sense.
async fn try_filters(consul: &Http, changes: &mut [Change], stored: &Stored) -> api::Result<()> {
    let splitters: Vec<ConfigEntry> =
        changes.iter().filter(|c| c.kind == Kind::ServiceSplitter).filter_map(|c| c.new.clone()).collect();
    for change in changes.iter_mut() {
        let Some(new) = change.new.as_ref().filter(|_| change.kind == Kind::ServiceResolver) else {
            continue;
        };
        if change.action == Action::Keep {
            continue;
        }
        let whole = Value::Object(new.fields.clone());
        let splitter = splitters.iter().find(|s| s.name() == change.name);
        let splitter = splitter.or_else(|| stored.get(&(Kind::ServiceSplitter, change.name.clone())));
        for (subset, value) in pairs(&whole, "Subsets") {
            let filter = text(value, "Filter");
            let used = has_traffic(subset, &whole, splitter);
            if let Some(flaw) = filter_flaw(consul, &change.name, subset, filter, used).await? {
                change.flaws.push(flaw);
            }
        }
    }
    Ok(())
}

fn has_traffic(subset: &str, resolver: &Value, splitter: Option<&ConfigEntry>) -> bool {
    let Some(splitter) = splitter else { return text(resolver, "DefaultSubset") == subset };
    let whole = Value::Object(splitter.fields.clone());
    items(&whole, "Splits").any(|split| {
        let named = match text(split, "ServiceSubset") {
            "" => text(resolver, "DefaultSubset"),
            named => named,
        };
        named == subset && hundredths(field(split, "Weight")).is_some_and(|w| w > 0)
    })
}

async fn filter_flaw(
    consul: &Http,
    service: &str,
    subset: &str,
    filter: &str,
    used: bool,
) -> api::Result<Option<Flaw>> {
    let path = format!("Subsets.{subset}.Filter");
    let flaw = |id, gravity, text: String| Some(Flaw { id, gravity, path: path.clone(), text });
    Ok(match consul.read(&health::connect(service, filter)).await {
        Ok(reply) if reply.value.is_empty() => {
            let gravity = if used { FlawSeverity::Broken } else { FlawSeverity::Doubtful };
            let what =
                if used { "every request that goes there answers 503" } else { "nothing goes there yet" };
            flaw(
                "empty-subset",
                gravity,
                format!(
                    "no instance of {service} in the mesh that this token sees passes {filter:?}; {what}"
                ),
            )
        }
        Ok(_) => None,
        Err(e)
            if e.status == Some(500) && e.text.contains("filter")
                || e.text.contains("boolean expression") =>
        {
            flaw("bad-filter", FlawSeverity::Broken, format!("Consul cannot apply {filter:?}: {}", e.text))
        }
        Err(e) if e.problem == Problem::Denied => None,
        Err(e) => return Err(e),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::traffic::change::change;
    use serde_json::json;

    #[test]
    fn what_a_service_speaks_is_asked_unless_it_is_written_too() {
        let new = |value: Value| {
            let entry = ConfigEntry::of(value).unwrap();
            change(entry.kind().unwrap(), None, Some(entry), &Stored::new())
        };
        let splitter = new(json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 100}]}));
        let router = new(json!({"Kind": "service-router", "Name": "api"}));
        let defaults = new(json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http"}));
        let named = |changes: &[Change]| by_request(changes).into_iter().collect::<Vec<_>>();
        assert_eq!(named(&[splitter.clone(), router.clone()]), ["api", "web"]);
        assert_eq!(named(&[splitter, router, defaults]), ["api"]);
    }
}
