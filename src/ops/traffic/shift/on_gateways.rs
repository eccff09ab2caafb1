//! How the gateways themselves split a service, by the routes their Envoys tell.

use serde_json::Value;

use super::on_traefiks::on_traefiks;
use super::snapshot::ShiftSnapshot;
use crate::api::consul::config_entry::ConfigEntry;
use crate::model::traffic::fields::{field, items, text, walk};
use crate::model::traffic::shift::{ALL, Shares};
use crate::ops::traffic::witness::{Witness, Witnesses};

/// How every gateway that can be asked splits the service: none where it has these shares, else what it does instead, such as
/// `splits 90/10`. A gateway that names neither side does not lead to the service, and is not told of.
pub async fn on_gateways(
    witnesses: &Witnesses,
    snapshot: &ShiftSnapshot,
    shares: Shares,
) -> Vec<(String, Option<String>)> {
    if snapshot.by_traefik() {
        return on_traefiks(snapshot, shares).await;
    }
    let mut told = Vec::new();
    for gateway in witnesses.gateways().filter(|gateway| leads(gateway, snapshot)) {
        let Ok(routes) = gateway.admin.routes().await else {
            told.push((gateway.id.clone(), Some("does not answer".to_owned())));
            continue;
        };
        let hosts = hosts_of(&routes, snapshot, snapshot.in_front.api.contains(&gateway.of));
        let (from, to) = (&snapshot.from_seen.cluster, &snapshot.to_seen.cluster);
        let mut found: Vec<(i64, i64)> = hosts.iter().flat_map(|host| splits(host, from, to)).collect();
        if found.is_empty() && in_front(gateway, snapshot) {
            found.extend(undivided(&own_hosts(&hosts, snapshot), from, to));
        }
        // A rule that shares requests out is there, on every gateway its route is bound to.
        let bound = snapshot.entries.route.is_some() && snapshot.in_front.api.contains(&gateway.of);
        if bound && found.is_empty() && shares.from > 0 && shares.to > 0 {
            told.push((gateway.id.clone(), Some("splits nothing between them".to_owned())));
            continue;
        }
        if found.is_empty() {
            continue;
        }
        let wrong = found.into_iter().find(|has| !alike(*has, shares));
        told.push((gateway.id.clone(), wrong.map(|(from, to)| format!("splits {}", Shares { from, to }))));
    }
    told
}

/// Whether a gateway is known to lead to the service.
fn in_front(gateway: &Witness, snapshot: &ShiftSnapshot) -> bool {
    snapshot.in_front.ingress.iter().chain(&snapshot.in_front.api).any(|name| *name == gateway.of)
}

/// Whether a gateway is one of those in front; one of which only the address is known may be.
fn leads(gateway: &Witness, snapshot: &ShiftSnapshot) -> bool {
    let known = snapshot.in_front.ingress.iter().chain(&snapshot.in_front.api);
    let mut known = known.peekable();
    gateway.of.is_empty() || known.peek().is_none() || known.any(|name| *name == gateway.of)
}

/// The virtual hosts that the entry which shares out the traffic speaks of. Other entries may split between the same two sides, each
/// with weights of its own: an api-gateway's hosts are those of its routes, an ingress gateway names them after the service.
fn hosts_of<'r>(routes: &'r Value, snapshot: &ShiftSnapshot, is_api: bool) -> Vec<&'r Value> {
    let all: Vec<&Value> = items(routes, "configs")
        .flat_map(|config| items(field(config, "route_config"), "virtual_hosts"))
        .collect();
    if is_api || snapshot.entries.route.is_some() {
        let names: Vec<String> = snapshot.entries.http_routes.iter().flat_map(host_names).collect();
        // A route without hosts has all of them.
        let every = snapshot.entries.http_routes.iter().any(|route| host_names(route).is_empty());
        let is = |domain: &str| names.iter().any(|name| domain.split(':').next() == Some(name.as_str()));
        let of_it = |host: &&Value| every || strings(field(host, "domains")).iter().any(|d| is(d));
        return all.into_iter().filter(of_it).collect();
    }
    let name = snapshot.entries.splitter.as_ref().map(ConfigEntry::name);
    let own: Vec<&Value> = all.iter().filter(|host| name == Some(text(host, "name"))).copied().collect();
    // A router of another service leads here under that one's name.
    if own.is_empty() { all } else { own }
}

/// Those of them that are of nothing but the service: named after it, or with the host names of its routes.
fn own_hosts<'r>(hosts: &[&'r Value], snapshot: &ShiftSnapshot) -> Vec<&'r Value> {
    let routes = &snapshot.entries.http_routes;
    let names: Vec<String> = routes.iter().flat_map(host_names).collect();
    let any = routes.iter().any(|route| host_names(route).is_empty());
    let splitter = snapshot.entries.splitter.as_ref().map(ConfigEntry::name);
    let is = |domain: &str| {
        domain == "*" && any || names.iter().any(|name| domain.split(':').next() == Some(name.as_str()))
    };
    let own = |host: &&&Value| {
        splitter == Some(text(host, "name")) || strings(field(host, "domains")).iter().any(|d| is(d))
    };
    hosts.iter().filter(own).copied().collect()
}

/// What a gateway that shares nothing out between the two sides does: all of it goes to one. None where it names both, or neither:
/// that is no answer.
fn undivided(hosts: &[&Value], from: &str, to: &str) -> Option<(i64, i64)> {
    let mut names = (false, false);
    for host in hosts {
        walk(host, &mut |value| {
            let cluster = text(value, "cluster");
            names.0 |= cluster == from;
            names.1 |= cluster == to;
        });
    }
    match names {
        (true, false) => Some((ALL, 0)),
        (false, true) => Some((0, ALL)),
        _ => None,
    }
}

fn host_names(route: &ConfigEntry) -> Vec<String> {
    strings(field(&Value::Object(route.fields.clone()), "Hostnames"))
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Whether a split is the wanted one: Envoy's weights are parts of 10,000, which a route with more services scales down.
fn alike((from, to): (i64, i64), shares: Shares) -> bool {
    let (has, wants) = (from + to, shares.pool());
    if has == 0 || wants == 0 {
        return has == wants;
    }
    (from * wants - shares.from * has).abs() <= 2 * wants.max(has)
}

/// The weights of two clusters in every split that names one of them.
fn splits(routes: &Value, from: &str, to: &str) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    walk(routes, &mut |value| {
        let clusters = field(value, "weighted_clusters");
        if clusters.is_null() {
            return;
        }
        let weight = |name: &str| -> Option<i64> {
            let of: Vec<i64> = items(clusters, "clusters")
                .filter(|c| text(c, "name") == name)
                .map(|c| field(c, "weight").as_i64().unwrap_or(0))
                .collect();
            (!of.is_empty()).then(|| of.iter().sum())
        };
        if let (Some(from), Some(to)) = (weight(from), weight(to)) {
            found.push((from, to));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::traffic::shift::Entries;
    use serde_json::json;

    /// Seen on real gateways: an api-gateway's route shares out between two services, a splitter of an ingress gateway between the same.
    #[test]
    fn only_the_hosts_of_the_entry_are_looked_at() {
        let split = |name: &str, domain: &str, weights: (i64, i64)| {
            json!({"name": name, "domains": [domain, format!("{domain}:8080")], "routes": [{"route": {"weighted_clusters": {
                "clusters": [{"name": "old", "weight": weights.0}, {"name": "new", "weight": weights.1}]}}}]})
        };
        let dump = json!({"configs": [{"route_config": {"virtual_hosts": [
            split("apigw-http-1", "site.example.com", (90, 10)), split("apigw-http-2", "other.example.com", (100, 0))]}}]});
        let route = |hosts: Value| {
            ConfigEntry::of(json!({"Kind": "http-route", "Name": "site", "Hostnames": hosts})).unwrap()
        };
        let snapshot = |hosts: Value| {
            ShiftSnapshot::of(Entries {
                http_routes: vec![route(hosts.clone())],
                route: Some(route(hosts)),
                ..Entries::default()
            })
        };
        let seen = |snapshot: &ShiftSnapshot| -> Vec<(i64, i64)> {
            hosts_of(&dump, snapshot, true).into_iter().flat_map(|host| splits(host, "old", "new")).collect()
        };
        assert_eq!(seen(&snapshot(json!(["site.example.com"]))), [(90, 10)]);
        assert_eq!(seen(&snapshot(Value::Null)).len(), 2);
        let splitter = ConfigEntry::of(json!({"Kind": "service-splitter", "Name": "site"}));
        let ingress = json!({"configs": [{"route_config": {"virtual_hosts": [
            split("site", "site.example.com", (50, 50)), split("twin", "twin.example.com", (0, 100))]}}]});
        let snapshot = ShiftSnapshot::of(Entries { splitter, ..Entries::default() });
        let hosts = hosts_of(&ingress, &snapshot, false);
        assert_eq!(hosts.iter().map(|h| text(h, "name")).collect::<Vec<_>>(), ["site"]);
    }

    /// Seen on a real gateway that was cut off from Consul before there was a splitter.
    #[test]
    fn a_plain_route_to_one_side_is_all_of_it() {
        let host = |name: &str, cluster: &str| json!({"name": name, "domains": [format!("{name}.example.com"), "*"], "routes": [{"route": {"cluster": cluster}}]});
        let (web, other) = (host("web", "v1.web"), host("other", "v2.web"));
        let splitter = ConfigEntry::of(json!({"Kind": "service-splitter", "Name": "web"}));
        let snapshot = ShiftSnapshot::of(Entries { splitter, ..Entries::default() });
        let own = own_hosts(&[&web, &other], &snapshot);
        assert_eq!(own, [&web]);
        assert_eq!(undivided(&own, "v1.web", "v2.web"), Some((ALL, 0)));
        assert_eq!(undivided(&[&web, &other], "v1.web", "v2.web"), None);
        assert_eq!(undivided(&[&other], "v1.web", "v3.web"), None);
        assert!(
            !alike((ALL, 0), Shares { from: 0, to: ALL }) && alike((ALL, 0), Shares { from: ALL, to: 0 })
        );
    }

    #[test]
    fn what_a_gateway_splits_is_read_from_its_routes() {
        let dump = json!({"configs": [{"route_config": {"virtual_hosts": [
            {"routes": [{"match": {"prefix": "/pinned"}, "route": {"cluster": "v1.web"}},
                {"route": {"weighted_clusters": {"clusters": [{"name": "v1.web", "weight": 9000}, {"name": "v2.web", "weight": 1000}]}}}]},
            {"routes": [{"route": {"weighted_clusters": {"clusters": [{"name": "site-old", "weight": 10000}]}}}]}]}}]});
        let found = splits(&dump, "v1.web", "v2.web");
        assert_eq!(found, [(9000, 1000)]);
        let is = |from, to| alike(found[0], Shares { from, to });
        assert!(is(9000, 1000) && is(4500, 500) && !is(9500, 500) && !is(10_000, 0));
    }
}
