//! What a gateway must know once an entry is written: the routes that the entry names, as Envoy tells them (`mesh.md §5`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::fields::{field, items, text, walk};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// What of a path a route looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// The whole of it.
    Exact(String),
    /// Its beginning.
    Prefix(String),
    /// An expression.
    Regex(String),
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Path::Exact(path) => write!(f, "the path {path}"),
            Path::Prefix(path) => write!(f, "the prefix {path}"),
            Path::Regex(regex) => write!(f, "the expression {regex}"),
        }
    }
}

/// The gateways a route is bound to, and the services an ingress gateway leads to.
#[must_use]
pub fn leads_to(gateway: &ConfigEntry) -> BTreeSet<String> {
    let whole = whole(gateway);
    let listeners = items(&whole, "Listeners");
    listeners.flat_map(|l| items(l, "Services")).map(|s| text(s, "Name").to_owned()).collect()
}

/// The gateways among these that must know an entry's routes: none where it has no routes of its own.
#[must_use]
pub fn gateways<'g>(entry: &ConfigEntry, ingress: &'g [ConfigEntry]) -> BTreeSet<String> {
    let whole = whole(entry);
    let leads = |g: &&'g ConfigEntry| {
        let services = leads_to(g);
        services.contains(entry.name()) || services.contains("*")
    };
    match entry.kind() {
        Some(Kind::HttpRoute) => items(&whole, "Parents").map(|p| text(p, "Name").to_owned()).collect(),
        Some(Kind::ServiceRouter) => ingress.iter().filter(leads).map(|g| g.name().to_owned()).collect(),
        _ => BTreeSet::new(),
    }
}

/// The paths an entry's routes look at.
#[must_use]
pub fn paths(entry: &ConfigEntry) -> BTreeSet<Path> {
    let whole = whole(entry);
    match entry.kind() {
        Some(Kind::ServiceRouter) => items(&whole, "Routes")
            .filter_map(|route| {
                let http = field(field(route, "Match"), "HTTP");
                let of = |name: &str| Some(text(http, name).to_owned()).filter(|t| !t.is_empty());
                let exact = of("PathExact").map(Path::Exact);
                exact
                    .or_else(|| of("PathPrefix").map(Path::Prefix))
                    .or_else(|| of("PathRegex").map(Path::Regex))
            })
            .collect(),
        Some(Kind::HttpRoute) => items(&whole, "Rules")
            .flat_map(|rule| items(rule, "Matches"))
            .filter_map(|m| {
                let path = field(m, "Path");
                let value = Some(text(path, "Value").to_owned()).filter(|t| !t.is_empty())?;
                Some(match text(path, "Match").to_lowercase().as_str() {
                    "exact" => Path::Exact(value),
                    "regex" => Path::Regex(value),
                    _ => Path::Prefix(value),
                })
            })
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// The paths that the routes of an Envoy look at, out of its `config_dump`.
#[must_use]
pub fn known(dump: &Value) -> BTreeSet<Path> {
    let mut found = BTreeSet::new();
    walk(dump, &mut |value| {
        let matched = field(value, "match");
        let of = |value: &Value, name: &str| Some(text(value, name).to_owned()).filter(|t| !t.is_empty());
        found.extend(of(matched, "path").map(Path::Exact));
        found.extend(of(matched, "prefix").map(Path::Prefix));
        found.extend(of(matched, "path_separated_prefix").map(Path::Prefix));
        found.extend(of(field(matched, "safe_regex"), "regex").map(Path::Regex));
    });
    found
}

fn whole(entry: &ConfigEntry) -> Value {
    Value::Object(entry.fields.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_entries_name_is_found_in_what_envoy_tells() {
        let entry = |value: Value| ConfigEntry::of(value).unwrap();
        let router = entry(json!({"Kind": "service-router", "Name": "site", "Routes": [
            {"Match": {"HTTP": {"PathExact": "/a"}}}, {"Match": {"HTTP": {"path_prefix": "/b"}}},
            {"Match": {"HTTP": {"PathRegex": "/c.*"}}}, {"Match": {"HTTP": {"Header": [{"Name": "x", "Exact": "y"}]}}}]}));
        let route = entry(
            json!({"Kind": "http-route", "Name": "site", "Parents": [{"Name": "apigw"}], "Rules": [
            {"Matches": [{"Path": {"Match": "exact", "Value": "/a"}}, {"Path": {"Match": "prefix", "Value": "/b"}},
                {"Path": {"Match": "regex", "Value": "/c.*"}}]}]}),
        );
        assert_eq!(paths(&router), paths(&route));
        let dump = json!({"configs": [{"route_config": {"virtual_hosts": [{"routes": [{"match": {"path": "/a"}},
            {"match": {"prefix": "/b"}}, {"match": {"safe_regex": {"regex": "/c.*"}}}]}]}}]});
        assert_eq!(known(&dump), paths(&route));
        let ingress = [
            entry(
                json!({"Kind": "ingress-gateway", "Name": "in", "Listeners": [{"Port": 1, "Services": [{"Name": "site"}]}]}),
            ),
            entry(json!({"Kind": "ingress-gateway", "Name": "other", "Listeners": []})),
        ];
        assert_eq!(gateways(&router, &ingress), BTreeSet::from(["in".to_owned()]));
        assert_eq!(gateways(&route, &ingress), BTreeSet::from(["apigw".to_owned()]));
        assert!(gateways(&ingress[0], &ingress).is_empty() && paths(&ingress[0]).is_empty());
    }
}
