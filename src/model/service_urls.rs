//! Where a service is reached from outside: what the tags of Traefik, fabio and Caddy say, and the gateways of a Consul.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use crate::api::consul::config_entry::ConfigEntry;

/// What makes an address lead to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UrlSource {
    /// A tag that is an address.
    Tag,
    /// A router of Traefik.
    Traefik,
    /// A route of fabio.
    Fabio,
    /// A site of Caddy.
    Caddy,
    /// An ingress gateway of Consul.
    IngressGateway,
    /// An API gateway of Consul.
    ApiGateway,
    /// The instance's own port.
    Port,
}

impl std::fmt::Display for UrlSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            UrlSource::Tag => "tag",
            UrlSource::Traefik => "traefik",
            UrlSource::Fabio => "fabio",
            UrlSource::Caddy => "caddy",
            UrlSource::IngressGateway => "ingress gateway",
            UrlSource::ApiGateway => "API gateway",
            UrlSource::Port => "port",
        })
    }
}

/// An address and who leads there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Url {
    /// The address.
    pub url: String,
    /// Who leads there.
    pub via: UrlSource,
}

fn url(via: UrlSource, url: String) -> Url {
    Url { url, via }
}

/// The addresses in a service's tags.
#[must_use]
pub fn of_tags<'t>(tags: impl IntoIterator<Item = &'t str>) -> Vec<Url> {
    let tags: Vec<&str> = tags.into_iter().collect();
    let mut found: BTreeSet<Url> = BTreeSet::new();
    for tag in &tags {
        if tag.starts_with("http://") || tag.starts_with("https://") {
            found.extend(tag.split_whitespace().next().map(|t| url(UrlSource::Tag, t.to_owned())));
        } else if let Some(route) = tag.strip_prefix("urlprefix-") {
            found.extend(fabio(route).map(|u| url(UrlSource::Fabio, u)));
        } else if let Some(sites) = caddy(tag) {
            found.extend(sites.into_iter().map(|u| url(UrlSource::Caddy, u)));
        }
    }
    if !tags.contains(&"traefik.enable=false") {
        found.extend(traefik(&tags).into_iter().map(|u| url(UrlSource::Traefik, u)));
    }
    found.into_iter().collect()
}

/// `host/path opts`, or `:port` and `/path`, which name no host.
fn fabio(route: &str) -> Option<String> {
    let mut words = route.split_whitespace();
    let host = words.next()?;
    if host.starts_with('/') || host.starts_with(':') {
        return None;
    }
    let proto = words.find_map(|option| option.strip_prefix("proto="));
    Some(match proto {
        Some("tcp" | "tcp+sni") => format!("tcp://{}", host.trim_end_matches('/')),
        _ => format!("https://{host}"),
    })
}

/// The sites of a tag `caddy=host, host` or `caddy_1=…`; snippets and matchers are none.
fn caddy(tag: &str) -> Option<Vec<String>> {
    let (key, value) = tag.split_once('=')?;
    let number = key.strip_prefix("caddy")?;
    if !number.is_empty() && !number.strip_prefix('_').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let sites = value.split([',', ' ']).map(str::trim).filter(|site| !site.is_empty());
    let address = |site: &str| match site {
        s if s.starts_with('(') || s.starts_with(':') || s.starts_with('*') => None,
        s if s.contains("://") => Some(s.to_owned()),
        s => Some(format!("https://{s}")),
    };
    Some(sites.filter_map(address).collect())
}

/// What the rules of Traefik's HTTP routers name.
fn traefik(tags: &[&str]) -> Vec<String> {
    let mut routers: BTreeMap<&str, (Option<&str>, bool)> = BTreeMap::new();
    for tag in tags {
        let Some((key, value)) = tag.strip_prefix("traefik.http.routers.").and_then(|t| t.split_once('='))
        else {
            continue;
        };
        let Some((router, option)) = key.split_once('.') else { continue };
        let entry = routers.entry(router).or_default();
        match option {
            "rule" => entry.0 = Some(value),
            "tls" => entry.1 |= value != "false",
            "entrypoints" | "entryPoints" => {
                entry.1 |= value.split(',').any(|e| matches!(e.trim(), "https" | "websecure"));
            }
            other => entry.1 |= other.starts_with("tls."),
        }
    }
    let rules =
        routers.into_values().filter_map(|(rule, tls)| Some((rule?, if tls { "https" } else { "http" })));
    rules.flat_map(|(rule, scheme)| of_rule(rule, scheme)).collect()
}

/// Each alternative of a rule with its hosts and its path. Hosts by pattern and what is negated name no address.
fn of_rule(rule: &str, scheme: &str) -> Vec<String> {
    static MATCHER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(!?)\s*\b(Host|PathPrefix|Path)\(([^)]*)\)").ok());
    let Some(matcher) = MATCHER.as_ref() else { return Vec::new() };
    let quoted = |list: &str| -> Vec<String> {
        let parts = list.split(',').map(|part| part.trim().trim_matches(['`', '"', '\'']));
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let mut all = Vec::new();
    for alternative in rule.split("||") {
        let (mut hosts, mut paths) = (Vec::new(), Vec::new());
        for found in matcher.captures_iter(alternative).filter(|c| c[1].is_empty()) {
            match &found[2] {
                "Host" => hosts.extend(quoted(&found[3])),
                _ => paths.extend(quoted(&found[3])),
            }
        }
        if paths.is_empty() {
            paths.push("/".to_owned());
        }
        for host in &hosts {
            all.extend(paths.iter().map(|path| format!("{scheme}://{host}{path}")));
        }
    }
    all
}

/// What the gateways of a Consul offer of a service: by its `ingress-gateway`, `api-gateway` and `http-route` entries.
#[must_use]
pub fn of_gateways(service: &str, entries: &[ConfigEntry]) -> Vec<Url> {
    let mut found: BTreeSet<Url> = BTreeSet::new();
    for entry in entries {
        match entry.kind_name() {
            "ingress-gateway" => found.extend(ingress(service, entry)),
            "http-route" => found.extend(route(service, entry, entries)),
            _ => {}
        }
    }
    found.into_iter().collect()
}

fn items<'v>(value: Option<&'v Value>, field: &str) -> &'v [Value] {
    value.and_then(|v| v.get(field)).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn address(scheme: &str, host: &str, port: u64, path: &str) -> String {
    let usual = matches!((scheme, port), ("http", 80) | ("https", 443));
    let port = if usual || host.contains(':') || port == 0 { String::new() } else { format!(":{port}") };
    format!("{scheme}://{host}{port}{path}")
}

fn ingress(service: &str, entry: &ConfigEntry) -> Vec<Url> {
    let all_tls = entry.fields.get("TLS").and_then(|t| t.get("Enabled")) == Some(&Value::Bool(true));
    let listeners = entry.fields.get("Listeners").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut found = Vec::new();
    for listener in listeners {
        let port = listener["Port"].as_u64().unwrap_or(0);
        let tls = all_tls || listener["TLS"]["Enabled"] == Value::Bool(true);
        let http = text(listener, "Protocol") != "tcp";
        let scheme = match (http, tls) {
            (true, true) => "https",
            (true, false) => "http",
            (false, _) => "tcp",
        };
        for offered in items(Some(listener), "Services") {
            let name = text(offered, "Name");
            if name != service && name != "*" {
                continue;
            }
            let hosts: Vec<&str> = items(Some(offered), "Hosts").iter().filter_map(Value::as_str).collect();
            // Without hosts it is Consul's own name.
            let own = format!("{service}.ingress.consul");
            let hosts = if hosts.is_empty() { vec![own.as_str()] } else { hosts };
            let path = if http { "/" } else { "" };
            found
                .extend(hosts.iter().map(|h| url(UrlSource::IngressGateway, address(scheme, h, port, path))));
        }
    }
    found
}

fn route(service: &str, entry: &ConfigEntry, entries: &[ConfigEntry]) -> Vec<Url> {
    let whole = Value::Object(entry.fields.clone());
    let rules: Vec<&Value> = items(Some(&whole), "Rules")
        .iter()
        .filter(|rule| items(Some(rule), "Services").iter().any(|s| text(s, "Name") == service))
        .collect();
    let mut paths: Vec<&str> = rules
        .iter()
        .flat_map(|rule| items(Some(rule), "Matches"))
        .filter_map(|m| m["Path"]["Value"].as_str())
        .collect();
    if paths.is_empty() && !rules.is_empty() {
        paths.push("/");
    }
    let mut found = Vec::new();
    for parent in items(Some(&whole), "Parents") {
        let gateway =
            entries.iter().find(|e| e.kind_name() == "api-gateway" && e.name() == text(parent, "Name"));
        let Some(gateway) = gateway else { continue };
        let section = text(parent, "SectionName");
        let listeners =
            gateway.fields.get("Listeners").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for listener in listeners.iter().filter(|l| section.is_empty() || text(l, "Name") == section) {
            let tls = !items(listener.get("TLS"), "Certificates").is_empty();
            let scheme = if tls { "https" } else { "http" };
            let mut hosts: Vec<&str> =
                items(Some(&whole), "Hostnames").iter().filter_map(Value::as_str).collect();
            if hosts.is_empty() {
                hosts.extend(Some(text(listener, "Hostname")).filter(|h| !h.is_empty() && *h != "*"));
            }
            let port = listener["Port"].as_u64().unwrap_or(0);
            for host in hosts {
                found
                    .extend(paths.iter().map(|p| url(UrlSource::ApiGateway, address(scheme, host, port, p))));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn texts(urls: Vec<Url>) -> Vec<String> {
        urls.into_iter().map(|u| format!("{} {}", u.via, u.url)).collect()
    }

    #[test]
    fn tags_of_proxies_are_addresses() {
        let of = |tags: &[&str]| texts(of_tags(tags.iter().copied()));
        assert_eq!(of(&["https://a.example.com/x extra"]), ["tag https://a.example.com/x"]);
        assert_eq!(
            of(&[
                "urlprefix-a.example.com/ strip=/x",
                "urlprefix-/x",
                "urlprefix-:80",
                "urlprefix-db:1234 proto=tcp"
            ]),
            ["fabio https://a.example.com/", "fabio tcp://db:1234"]
        );
        assert_eq!(
            of(&[
                "caddy=a.example.com, http://b.example.com",
                "caddy_1=c.example.com",
                "caddy.reverse_proxy={{upstreams}}",
                "caddy=(snippet)"
            ]),
            ["caddy http://b.example.com", "caddy https://a.example.com", "caddy https://c.example.com"]
        );
        assert!(of(&["web", "v1", "a=b"]).is_empty());
    }

    #[test]
    fn traefiks_rules_name_hosts_and_paths() {
        let of = |tags: &[&str]| texts(of_tags(tags.iter().copied()));
        let rule = "traefik.http.routers.web.rule=(Host(`a.example.com`) && PathPrefix(`/api`)) || Host(`b.example.com`, `c.example.com`)";
        assert_eq!(
            of(&[rule, "traefik.http.routers.web.tls=true"]),
            [
                "traefik https://a.example.com/api",
                "traefik https://b.example.com/",
                "traefik https://c.example.com/"
            ]
        );
        assert_eq!(
            of(&[
                "traefik.http.routers.w.rule=Host(`a.example.com`) && !Path(`/no`)",
                "traefik.http.routers.w.entrypoints=web"
            ]),
            ["traefik http://a.example.com/"]
        );
        assert_eq!(
            of(&[
                "traefik.http.routers.w.rule=Host(`a.example.com`)",
                "traefik.http.routers.w.tls.certresolver=le"
            ]),
            ["traefik https://a.example.com/"]
        );
        assert!(of(&["traefik.http.routers.w.rule=HostRegexp(`.+`)"]).is_empty());
        assert!(of(&[rule, "traefik.enable=false"]).is_empty());
    }

    #[test]
    fn gateways_offer_services_by_their_entries() {
        let entries: Vec<ConfigEntry> = [
            json!({"Kind": "ingress-gateway", "Name": "in", "Listeners": [
                {"Port": 8080, "Protocol": "http", "Services": [{"Name": "web", "Hosts": ["web.example.com"]}]},
                {"Port": 443, "Protocol": "http", "TLS": {"Enabled": true}, "Services": [{"Name": "*"}]},
                {"Port": 5432, "Protocol": "tcp", "Services": [{"Name": "db"}]}]}),
            json!({"Kind": "api-gateway", "Name": "api", "Listeners": [
                {"Name": "l", "Port": 443, "Protocol": "http", "TLS": {"Certificates": [{"Name": "c"}]}}]}),
            json!({"Kind": "http-route", "Name": "r", "Hostnames": ["api.example.com"], "Parents": [{"Name": "api", "SectionName": "l"}],
                "Rules": [{"Matches": [{"Path": {"Match": "prefix", "Value": "/v1"}}], "Services": [{"Name": "web"}]},
                    {"Services": [{"Name": "other"}]}]}),
        ]
        .into_iter()
        .filter_map(ConfigEntry::of)
        .collect();
        assert_eq!(
            texts(of_gateways("web", &entries)),
            [
                "ingress gateway http://web.example.com:8080/",
                "API gateway https://api.example.com/v1",
                "ingress gateway https://web.ingress.consul/"
            ]
        );
        assert_eq!(
            texts(of_gateways("db", &entries)).last().unwrap(),
            "ingress gateway tcp://db.ingress.consul:5432"
        );
    }
}
