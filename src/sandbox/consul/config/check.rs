//! What Consul refuses, in its words (`consul-api.md §5`, `mesh.md §3`).

use serde_json::{Map, Value as Json};

use super::Entries;
use super::chain::compile;

type Checked = Result<(), String>;

fn text<'v>(value: &'v Json, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn list<'v>(fields: &'v Map<String, Json>, name: &str) -> &'v [Json] {
    fields.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// Looks at an entry by itself, and puts it into Consul's own words.
pub(super) fn entry(kind: &str, name: &str, fields: &mut Map<String, Json>) -> Checked {
    if name.is_empty() && !matches!(kind, "proxy-defaults" | "mesh") {
        return Err("Name is required".to_owned());
    }
    match kind {
        "proxy-defaults" if name != "global" => {
            Err(format!("invalid name ({name:?}), only \"global\" is supported"))
        }
        "service-defaults" => defaults(fields),
        "service-splitter" => splitter(name, fields),
        "service-router" => router(name, fields),
        "service-resolver" => resolver(fields),
        "ingress-gateway" => ingress(fields),
        "bound-api-gateway" => Err("Permission denied: only writeable by controller".to_owned()),
        "api-gateway" if list(fields, "Listeners").is_empty() => {
            Err("api gateway must have at least one listener".to_owned())
        }
        "api-gateway" => api_gateway(fields),
        "http-route" => {
            match list(fields, "Hostnames").iter().filter_map(Json::as_str).find(|h| h.contains('*')) {
                Some(host) => Err(format!("host {host:?} must not be a wildcard")),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Listeners of one port share their protocol.
fn api_gateway(fields: &Map<String, Json>) -> Checked {
    let listeners = list(fields, "Listeners");
    for (at, one) in listeners.iter().enumerate() {
        let before = listeners[..at].iter().find(|other| other["Port"] == one["Port"]);
        if let Some(other) = before.filter(|other| other["Protocol"] != one["Protocol"]) {
            let (other, one) = (text(other, "Name"), text(one, "Name"));
            return Err(format!("listeners {other:?} and {one:?} cannot be merged"));
        }
    }
    Ok(())
}

fn defaults(fields: &mut Map<String, Json>) -> Checked {
    for empty in ["TransparentProxy", "MeshGateway", "Expose"] {
        fields.entry(empty).or_insert_with(|| Json::Object(Map::new()));
    }
    let Some(protocol) = fields.get_mut("Protocol") else { return Ok(()) };
    let lower = protocol.as_str().map_or_else(|| protocol.to_string(), str::to_lowercase);
    if !matches!(lower.as_str(), "" | "tcp" | "http" | "http2" | "grpc") {
        return Err(format!("1 error occurred:\n\t* invalid value for protocol: {lower}\n\n"));
    }
    *protocol = lower.into();
    Ok(())
}

fn splitter(name: &str, fields: &Map<String, Json>) -> Checked {
    let splits = list(fields, "Splits");
    if splits.is_empty() {
        return Err("no splits configured".to_owned());
    }
    let mut seen = Vec::new();
    let mut sum = 0.0;
    for split in splits {
        let service = match text(split, "Service") {
            "" => name,
            named => named,
        };
        let destination = (service.to_owned(), text(split, "ServiceSubset").to_owned());
        if seen.contains(&destination) {
            let (service, subset) = destination;
            return Err(format!(
                "split destination occurs more than once: service={service:?}, subset={subset:?}, namespace=\"\", partition=\"\""
            ));
        }
        seen.push(destination);
        sum += split["Weight"].as_f64().unwrap_or(0.0);
    }
    if (sum - 100.0).abs() > 0.001 {
        return Err(format!("the sum of all split weights must be 100, not {sum:.6}"));
    }
    Ok(())
}

fn router(_: &str, fields: &mut Map<String, Json>) -> Checked {
    const METHODS: [&str; 9] =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    let routes = fields.get_mut("Routes").and_then(Json::as_array_mut);
    for (at, route) in routes.into_iter().flatten().enumerate() {
        let http = &mut route["Match"]["HTTP"];
        let paths =
            ["PathExact", "PathPrefix", "PathRegex"].map(|p| http[p].as_str().unwrap_or_default().to_owned());
        if paths.iter().filter(|p| !p.is_empty()).count() > 1 {
            return Err(format!(
                "Route[{at}] should only contain at most one of PathExact, PathPrefix, or PathRegex"
            ));
        }
        for (kind, path) in ["PathExact", "PathPrefix"].iter().zip(&paths) {
            if !path.is_empty() && !path.starts_with('/') {
                return Err(format!("Route[{at}] {kind} doesn't start with '/': {path:?}"));
            }
        }
        for method in http["Methods"].as_array_mut().into_iter().flatten() {
            let upper = method.as_str().unwrap_or_default().to_uppercase();
            if !METHODS.contains(&upper.as_str()) {
                return Err(format!("Route[{at}] Methods contains an invalid method {upper:?}"));
            }
            *method = upper.into();
        }
        let destination = &mut route["Destination"];
        let rewrites = destination["PrefixRewrite"].as_str().is_some_and(|p| !p.is_empty());
        if rewrites && paths[0].is_empty() && paths[1].is_empty() {
            return Err(format!(
                "Route[{at}] cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix"
            ));
        }
        // Looking at what is not there must not leave it there.
        tidy(route);
    }
    Ok(())
}

/// Takes out what indexing put in.
fn tidy(route: &mut Json) {
    if let Some(http) = route["Match"]["HTTP"].as_object_mut() {
        http.retain(|_, v| !v.is_null());
    }
    if route["Match"]["HTTP"].is_null() {
        route.as_object_mut().into_iter().for_each(|r| drop(r.remove("Match")));
    }
    let destination = route.get_mut("Destination").and_then(Json::as_object_mut);
    let empty = destination.is_none_or(|d| {
        d.retain(|_, v| !v.is_null());
        false
    });
    if empty {
        route.as_object_mut().into_iter().for_each(|r| drop(r.remove("Destination")));
    }
}

fn resolver(fields: &Map<String, Json>) -> Checked {
    let empty = Map::new();
    let object = |name: &str| fields.get(name).and_then(Json::as_object).unwrap_or(&empty);
    let subsets = object("Subsets");
    for (name, subset) in subsets {
        let filter = text(subset, "Filter");
        if !filter.is_empty()
            && let Err(flaw) = crate::sandbox::filter::Filter::parse(filter)
        {
            return Err(format!("Filter for subset {name:?} is not a valid expression: {flaw}"));
        }
    }
    let default = fields.get("DefaultSubset").and_then(Json::as_str).unwrap_or_default();
    if !default.is_empty() && !subsets.contains_key(default) {
        return Err(format!("DefaultSubset {default:?} is not a valid subset"));
    }
    let redirect = fields.get("Redirect").and_then(Json::as_object);
    let failover = object("Failover");
    if redirect.is_some() && !failover.is_empty() {
        return Err("Redirect and Failover cannot both be set".to_owned());
    }
    if redirect.is_some_and(|r| r.values().all(|v| v.as_str().is_none_or(str::is_empty))) {
        return Err("Redirect is empty".to_owned());
    }
    for (subset, to) in failover {
        if subset != "*" && !subsets.contains_key(subset) {
            return Err(format!("Bad Failover[{subset:?}]: not a valid subset"));
        }
        let (service, other) = (text(to, "Service"), text(to, "ServiceSubset"));
        if service.is_empty() && other.is_empty() && to["Datacenters"].is_null() && to["Targets"].is_null() {
            return Err(format!(
                "Bad Failover[{subset:?}] one of Service, ServiceSubset, Namespace, Targets, SamenessGroup, or Datacenters is required"
            ));
        }
        if service.is_empty() && !other.is_empty() && !subsets.contains_key(other) {
            return Err(format!(
                "Bad Failover[{subset:?}].ServiceSubset {other:?} is not a valid subset of \"\""
            ));
        }
    }
    balancer(fields.get("LoadBalancer").unwrap_or(&Json::Null))
}

fn balancer(balancer: &Json) -> Checked {
    let policy = text(balancer, "Policy");
    let policies = balancer["HashPolicies"].as_array().map_or(&[][..], Vec::as_slice);
    let bad = |words: String| Err(format!("Bad LoadBalancer configuration: {words}"));
    if !policies.is_empty() && !matches!(policy, "maglev" | "ring_hash") {
        return bad(format!("HashPolicies specified for non-hash-based Policy: {policy:?}"));
    }
    for hash in policies {
        let cookie = &hash["CookieConfig"];
        if cookie["Session"] == true && !cookie["TTL"].is_null() {
            return bad("a session cookie cannot have an associated TTL".to_owned());
        }
    }
    Ok(())
}

fn ingress(fields: &mut Map<String, Json>) -> Checked {
    fields.entry("TLS").or_insert_with(|| serde_json::json!({"Enabled": false}));
    let mut ports = Vec::new();
    let listeners = fields.get_mut("Listeners").and_then(Json::as_array_mut);
    for listener in listeners.into_iter().flatten() {
        let port = listener["Port"].as_i64().unwrap_or(0);
        if ports.contains(&port) {
            return Err(format!("port {port} declared on two listeners"));
        }
        ports.push(port);
        let protocol = match text(listener, "Protocol") {
            "" => "tcp".to_owned(),
            named => named.to_lowercase(),
        };
        let services = listener["Services"].as_array().cloned().unwrap_or_default();
        if services.is_empty() {
            return Err(format!("No service declared for listener with port {port}"));
        }
        if protocol == "tcp" && services.len() > 1 {
            return Err(format!(
                "Multiple services per listener are only supported for L7 protocols, 'http', 'grpc' and 'http2' (listener on port {port})"
            ));
        }
        listener_services(port, &protocol, &services)?;
        listener["Protocol"] = protocol.into();
    }
    Ok(())
}

fn listener_services(port: i64, protocol: &str, services: &[Json]) -> Checked {
    let (mut names, mut hosts) = (Vec::new(), Vec::new());
    for service in services {
        let name = text(service, "Name");
        if names.contains(&name) {
            return Err(format!("Service {name} cannot be added multiple times (listener on port {port})"));
        }
        names.push(name);
        for host in service["Hosts"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if protocol == "tcp" {
                return Err(format!(
                    "Associating hosts to a service is not supported for the tcp protocol (listener on port {port})"
                ));
            }
            if hosts.contains(&host) {
                return Err(format!(
                    "Hosts must be unique within a specific listener (listener on port {port})"
                ));
            }
            if host.trim_start_matches('*').contains('*')
                || host.starts_with('*') && host != "*" && !host.starts_with("*.")
            {
                return Err(format!(
                    "Host {host:?} is not valid, a wildcard specifier is only allowed as the leftmost label"
                ));
            }
            hosts.push(host);
        }
    }
    Ok(())
}

/// Looks at what an entry does together with the others: every chain that it has a part in must compile, and every listener must
/// speak its services' protocol.
pub(super) fn together(kind: &str, name: &str, after: &Entries) -> Checked {
    if !matches!(
        kind,
        "service-defaults"
            | "service-resolver"
            | "service-splitter"
            | "service-router"
            | "proxy-defaults"
            | "ingress-gateway"
    ) {
        return Ok(());
    }
    let mut chains: Vec<&str> = vec![name];
    for kind in ["service-router", "service-splitter", "service-resolver"] {
        chains.extend(after.names(kind).filter(|n| *n != name));
    }
    chains.dedup();
    if kind != "ingress-gateway" && kind != "proxy-defaults" {
        for chain in chains {
            compile(chain, after)?;
        }
    }
    for gateway in after.names("ingress-gateway") {
        let Some(fields) = after.get("ingress-gateway", gateway) else { continue };
        for listener in list(fields, "Listeners") {
            let wanted = text(listener, "Protocol");
            let services = listener["Services"].as_array().into_iter().flatten().map(|s| text(s, "Name"));
            for service in services.filter(|s| *s != "*") {
                let has = compile(service, after).map(|chain| chain.protocol)?;
                if has != wanted {
                    return Err(format!(
                        "service {service:?} has protocol {has:?}, which does not match defined listener protocol {wanted:?}"
                    ));
                }
            }
        }
    }
    Ok(())
}
