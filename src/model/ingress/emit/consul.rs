//! Consul's config entries: an api-gateway with http-routes, or an ingress-gateway with a router for each site.

mod rule;
mod service;

use serde_json::{Map, Value, json};

pub use self::rule::can_ask;
use self::rule::{alternatives, asked, header_changes, http_rule, retries, rooted, rule_path};
use super::order::{RulePath, padded};
use super::{Source, consul_host};
use crate::model::ingress::nginx::answer::{escape_uri, sendable};
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value::go_duration;
use crate::model::ingress::policy::Policies;
use crate::model::ingress::pool::Pool;
use crate::model::ingress::route::{Action, Forward, Host, PathChange, PathMatch, QueryChange, Route, Site};

/// The gateway's name.
pub const GATEWAY: &str = "gateway";
/// A service nobody runs: what is sent there is answered with 503.
pub const NOBODY: &str = "fleet-closed";
/// nginx's own bound between two reads; without one Envoy cuts every answer at 15 s.
const READ: u64 = 60_000;
/// Methods after which nothing has changed.
const SAFE: [&str; 6] = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"];
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];

/// Entries in the order they are to be written, and the directives whose rules the api-gateway would try too late.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    /// The entries.
    pub entries: Vec<Value>,
    /// What cannot be brought into order.
    pub misplaced: Vec<Id>,
}

/// A rule of either gateway.
#[derive(Clone)]
struct Rule {
    path: RulePath,
    methods: Vec<String>,
    /// As a service-router writes them.
    headers: Vec<Value>,
    /// Which of the headers may as well be absent.
    or_absent: Vec<usize>,
    query: Vec<Value>,
    /// Services and weights.
    to: Vec<(String, u32)>,
    /// The path's beginning becomes this.
    rewrite: Option<String>,
    policies: Policies,
    retry: bool,
    from: Id,
}

/// The entries of an ingress-gateway.
#[must_use]
pub fn ingress(source: Source<'_>) -> Entries {
    let mut out = EntryEmitter::new(source);
    let mut routers = Vec::new();
    let mut listeners: Vec<Value> = Vec::new();
    for site in source.routes {
        let hosts: Vec<String> = if site.default {
            vec!["*".to_owned()]
        } else {
            site.hosts.iter().filter_map(consul_host).collect()
        };
        let rules = out.rules(site, false);
        if hosts.is_empty() || rules.is_empty() {
            continue;
        }
        let routes: Vec<Value> = rules.iter().map(|rule| out.router_route(rule)).collect();
        routers.push(json!({"Kind": "service-router", "Name": site.name, "Routes": routes}));
        out.defaults.insert(site.name.clone(), "http".to_owned());
        let service = json!({"Name": site.name, "Hosts": hosts});
        match listeners.iter_mut().find(|l| l["Port"] == json!(site.port)) {
            Some(listener) => {
                if let Some(services) = listener["Services"].as_array_mut() {
                    services.push(service);
                }
            }
            None => listeners.push(json!({"Port": site.port, "Protocol": "http", "Services": [service]})),
        }
    }
    for (port, service) in out.streams() {
        listeners.push(json!({"Port": port, "Protocol": "tcp", "Services": [{"Name": service}]}));
    }
    let gateway = json!({"Kind": "ingress-gateway", "Name": GATEWAY, "Listeners": listeners});
    let tail = if listeners.is_empty() { Vec::new() } else { vec![gateway] };
    out.finish(routers.into_iter().chain(tail))
}

/// The entries of an api-gateway.
#[must_use]
pub fn api(source: Source<'_>) -> Entries {
    let mut out = EntryEmitter::new(source);
    let mut routes = Vec::new();
    let mut listeners: Vec<Value> = Vec::new();
    let mut misplaced = Vec::new();
    for site in source.routes {
        let hosts: Vec<&str> = site
            .hosts
            .iter()
            .filter_map(|h| if let Host::Exact(name) = h { Some(name.as_str()) } else { None })
            .collect();
        let rules = out.rules(site, true);
        if (hosts.is_empty() && !site.default) || rules.is_empty() {
            continue;
        }
        let paths: Vec<RulePath> = rules.iter().map(|r| r.path.clone()).collect();
        let rewritten: Vec<bool> = rules.iter().map(|r| r.rewrite.is_some()).collect();
        let ordered = padded(&paths, &rewritten);
        misplaced.extend(ordered.misplaced.iter().map(|at| rules[*at].from));
        let listener = format!("l{}", site.port);
        if !listeners.iter().any(|l| l["Name"] == json!(listener)) {
            listeners.push(json!({"Name": listener, "Port": site.port, "Protocol": "http"}));
        }
        let rules: Vec<Value> =
            rules.into_iter().zip(ordered.paths).map(|(rule, path)| http_rule(&rule, &path)).collect();
        let mut route = json!({
            "Kind": "http-route",
            "Name": site.name,
            "Parents": [{"Kind": "api-gateway", "Name": GATEWAY, "SectionName": listener}],
            "Rules": rules,
        });
        if !site.default {
            route["Hostnames"] = json!(hosts);
        }
        routes.push(route);
    }
    for (port, service) in out.streams() {
        let name = format!("l{port}");
        routes.push(json!({
            "Kind": "tcp-route", "Name": format!("tcp-{port}"),
            "Parents": [{"Kind": "api-gateway", "Name": GATEWAY, "SectionName": name}],
            "Services": [{"Name": service}],
        }));
        listeners.push(json!({"Name": name, "Port": port, "Protocol": "tcp"}));
    }
    let gateway = json!({"Kind": "api-gateway", "Name": GATEWAY, "Listeners": listeners});
    let head = if listeners.is_empty() { Vec::new() } else { vec![gateway] };
    let mut entries = out.finish(head.into_iter().chain(routes));
    entries.misplaced = misplaced;
    entries
}

/// Writes the entries of one gateway.
struct EntryEmitter<'a> {
    source: Source<'a>,
    /// Protocol by service.
    defaults: std::collections::BTreeMap<String, String>,
    resolvers: Map<String, Value>,
    splitters: Map<String, Value>,
}

impl<'a> EntryEmitter<'a> {
    fn new(source: Source<'a>) -> Self {
        EntryEmitter { source, defaults: Default::default(), resolvers: Map::new(), splitters: Map::new() }
    }

    fn finish(self, rest: impl Iterator<Item = Value>) -> Entries {
        let defaults = self
            .defaults
            .iter()
            .map(|(name, protocol)| json!({"Kind": "service-defaults", "Name": name, "Protocol": protocol}));
        let mut entries: Vec<Value> = defaults.collect();
        entries.extend(self.resolvers.into_iter().map(|(_, v)| v));
        entries.extend(self.splitters.into_iter().map(|(_, v)| v));
        entries.extend(rest);
        Entries { entries, misplaced: Vec::new() }
    }

    /// The rules of a site, in order.
    fn rules(&mut self, site: &Site, api: bool) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (at, route) in site.routes.iter().enumerate() {
            let own = &route.path.prefix;
            let excluded = route.path.patterns.iter().flat_map(|p| p.except.clone());
            let excluded: Vec<String> =
                excluded.filter(|e| e.starts_with(own) || own.starts_with(e)).collect();
            // An expression that rules prefixes out: what comes to them anyway goes before it.
            for prefix in excluded {
                self.without(site, at + 1, &prefix, api, &mut rules);
            }
            self.rule(route, &route.path, site, at, api, &mut rules);
        }
        rules
    }

    fn without(&mut self, site: &Site, from: usize, prefix: &str, api: bool, rules: &mut Vec<Rule>) {
        for (at, route) in site.routes.iter().enumerate().skip(from) {
            let Some(path) = route.path.below(prefix) else { continue };
            if path.patterns.iter().any(|p| p.except.iter().any(|e| prefix.starts_with(e))) {
                continue;
            }
            let all = path.exact.is_none() && path.prefix == prefix && path.patterns.is_empty();
            self.rule(route, &path, site, at, api, rules);
            if all && route.conditions.is_empty() {
                return;
            }
        }
    }

    fn rule(
        &mut self,
        route: &Route,
        path: &PathMatch,
        site: &Site,
        at: usize,
        api: bool,
        rules: &mut Vec<Rule>,
    ) {
        let Some(path) = rule_path(path) else { return };
        let mut rule = Rule {
            path,
            methods: Vec::new(),
            headers: Vec::new(),
            or_absent: Vec::new(),
            query: Vec::new(),
            to: Vec::new(),
            rewrite: None,
            policies: Policies::of(self.source.sites, route.level),
            retry: false,
            from: route.from.first().copied().unwrap_or(site.server),
        };
        for condition in &route.conditions {
            if !asked(condition, api, &mut rule) {
                return;
            }
        }
        let Some(closed) = self.is_closed(route, site, at, &mut rule) else { return };
        if closed {
            self.defaults.insert(NOBODY.to_owned(), "http".to_owned());
            rule.to = vec![(NOBODY.to_owned(), 1)];
            rule.rewrite = None;
            rule.policies = Policies::default();
            rules.extend(alternatives(rule));
            return;
        }
        // Envoy repeats whatever it is told to; only requests that change nothing may be.
        let statuses =
            rule.policies.retry.as_ref().is_some_and(|r| !r.statuses.is_empty() && !r.non_idempotent);
        if statuses && rule.methods.is_empty() {
            rules.extend(alternatives(Rule {
                methods: SAFE.iter().map(|m| (*m).to_owned()).collect(),
                retry: true,
                ..rule.clone()
            }));
        }
        rules.extend(alternatives(rule));
    }

    /// Whether a rule leads nowhere, for what its route does has no form; none where there is better no rule at all.
    fn is_closed(&mut self, route: &Route, site: &Site, at: usize, rule: &mut Rule) -> Option<bool> {
        let config = self.source.sites.config;
        Some(match &route.action {
            // Methods that only some clients may use are for nobody here.
            Action::Forward(_) if config.get(route.level).name == "limit_except" => true,
            Action::Forward(forward) if self.sent(forward, rule) => false,
            Action::Forward(forward) => {
                // The rest of its location takes it where there is any; it must not come to another.
                let base = site.routes[at + 1..].iter().any(|r| {
                    r.from.first() == route.from.first()
                        && r.path.patterns.is_empty()
                        && matches!(r.action, Action::Forward(_))
                });
                let captured = matches!(forward.path, PathChange::Template { .. });
                (!base && !captured).then_some(true)?
            }
            Action::Redirect(_) => match &route.instead {
                Some(forward) if self.sent(forward, rule) => false,
                _ => return None,
            },
            Action::Deny { .. } | Action::Foreign(_) => true,
            // Where nothing else is served, what has no rule is answered with 404 or 503 anyway; and the application may know what
            // to say to a browser that asks first.
            Action::Answer { .. } if route.is_everything() || route.is_preflight() => return None,
            Action::Answer { .. } => true,
        })
    }

    /// Where a request goes; false when it cannot be said.
    fn sent(&mut self, forward: &Forward, rule: &mut Rule) -> bool {
        let regex = matches!(rule.path, RulePath::Regex(_));
        let query = match &forward.query {
            QueryChange::Prepend(own) if !own.ends_with('?') => Some(own.clone()),
            QueryChange::Prepend(_) => return false,
            _ => None,
        };
        rule.rewrite = match (&forward.path, query) {
            (PathChange::Keep, None) => None,
            (PathChange::Swap { from, to }, None) if from == to => None,
            (PathChange::Swap { from, to }, None) => match &rule.path {
                RulePath::Prefix(own) | RulePath::Exact(own) => match own.strip_prefix(&escape_uri(from)) {
                    Some(rest) => Some(rooted(&format!("{}{rest}", sendable(to)))),
                    None => return false,
                },
                RulePath::Regex(_) => return false,
            },
            (PathChange::Set(path), None) if matches!(rule.path, RulePath::Exact(_)) => {
                Some(rooted(&sendable(path)))
            }
            // `/get?file=$1` is a prefix too: the rest of the path comes last.
            (PathChange::Set(path), Some(own)) if !regex => match own.strip_suffix("$1") {
                Some(own) => Some(format!("{path}?{own}")),
                None => return false,
            },
            _ => return false,
        };
        for (share, reference) in &forward.pools {
            let pool = Pool::of(self.source.sites, reference);
            let protocol = if reference.scheme.starts_with("grpc") { "grpc" } else { "http" };
            let mut services = self.services(&pool, protocol);
            if forward.pools.len() > 1 {
                let total: u32 = services.iter().map(|(_, w)| *w).sum();
                services.iter_mut().for_each(|(_, w)| *w = *w * share / total.max(1));
            }
            rule.to.extend(services);
            self.resolver(&pool, &rule.policies);
        }
        !rule.to.is_empty()
    }

    /// A route of a service-router. Several services are a splitter under a name of their own.
    fn router_route(&mut self, rule: &Rule) -> Value {
        let mut http = Map::new();
        let (kind, text) = match &rule.path {
            RulePath::Exact(path) => ("PathExact", path),
            RulePath::Prefix(prefix) => ("PathPrefix", prefix),
            RulePath::Regex(regex) => ("PathRegex", regex),
        };
        http.insert(kind.to_owned(), json!(text));
        for (key, all) in [("Header", &rule.headers), ("QueryParam", &rule.query)] {
            if !all.is_empty() {
                http.insert(key.to_owned(), json!(all));
            }
        }
        if !rule.methods.is_empty() {
            http.insert("Methods".to_owned(), json!(rule.methods));
        }
        let service = match rule.to.as_slice() {
            [(only, _)] => only.clone(),
            several => self.splitter(several),
        };
        let mut to = json!({"Service": service});
        if let Some(rewrite) = &rule.rewrite {
            to["PrefixRewrite"] = json!(rewrite);
        }
        if rule.to[0].0 != NOBODY {
            to["RequestTimeout"] = json!(go_duration(rule.policies.read.unwrap_or(READ)));
        }
        for (key, value) in retries(rule) {
            to[key] = value;
        }
        let (request, response) = header_changes(&rule.policies);
        for (key, changes) in [("RequestHeaders", request), ("ResponseHeaders", response)] {
            if let Some(changes) = changes {
                to[key] = changes;
            }
        }
        json!({"Match": {"HTTP": http}, "Destination": to})
    }
}
