//! Consul's config entries: an api-gateway with http-routes, or an ingress-gateway with a router for each site.

use serde_json::{Map, Value, json};

use super::order::{RulePath, padded};
use super::{Source, consul_host, plain_name};
use crate::model::ingress::lower::slug;
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value::go_duration;
use crate::model::ingress::pattern::{Pattern, escaped};
use crate::model::ingress::policy::Policies;
use crate::model::ingress::pool::{Member, Pool};
use crate::model::ingress::route::{
    Action, Condition, Forward, Host, PathChange, PathMatch, QueryChange, Route, Site, Subject, Test,
};

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
struct Rule {
    path: RulePath,
    methods: Vec<String>,
    /// As a service-router writes them.
    headers: Vec<Value>,
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
        let instead = route.instead.as_ref();
        let closed = match &route.action {
            Action::Forward(forward) => {
                if !self.sent(forward, &mut rule) {
                    // The rest of its location takes it where there is any; it must not come to another.
                    let base = site.routes[at + 1..].iter().any(|r| {
                        r.from.first() == route.from.first()
                            && r.path.patterns.is_empty()
                            && matches!(r.action, Action::Forward(_))
                    });
                    let captured = matches!(forward.path, PathChange::Template { .. });
                    if base || captured {
                        return;
                    }
                    true
                } else {
                    false
                }
            }
            Action::Redirect(_) => match instead {
                Some(forward) if self.sent(forward, &mut rule) => false,
                _ => return,
            },
            Action::Deny { .. } | Action::Foreign(_) => true,
            Action::Answer { .. } => return,
        };
        if closed {
            self.defaults.insert(NOBODY.to_owned(), "http".to_owned());
            rule.to = vec![(NOBODY.to_owned(), 1)];
            rule.rewrite = None;
            rule.policies = Policies::default();
            rules.push(rule);
            return;
        }
        // Envoy repeats whatever it is told to; only requests that change nothing may be.
        let statuses =
            rule.policies.retry.as_ref().is_some_and(|r| !r.statuses.is_empty() && !r.non_idempotent);
        if statuses && rule.methods.is_empty() {
            rules.push(Rule {
                path: rule.path.clone(),
                methods: SAFE.iter().map(|m| (*m).to_owned()).collect(),
                headers: rule.headers.clone(),
                query: rule.query.clone(),
                to: rule.to.clone(),
                rewrite: rule.rewrite.clone(),
                policies: rule.policies.clone(),
                retry: true,
                from: rule.from,
            });
        }
        rules.push(rule);
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
                RulePath::Prefix(own) | RulePath::Exact(own) => match own.strip_prefix(from.as_str()) {
                    Some(rest) => Some(rooted(&format!("{to}{rest}"))),
                    None => return false,
                },
                RulePath::Regex(_) => return false,
            },
            (PathChange::Set(path), None) if matches!(rule.path, RulePath::Exact(_)) => Some(rooted(path)),
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

    /// The services of a pool; an address nobody named gets a name that says so.
    fn services(&mut self, pool: &Pool, protocol: &str) -> Vec<(String, u32)> {
        let services = self.source.services;
        let name = |m: &Member| {
            services.at(&m.address).map_or_else(|| format!("unmapped-{}", slug(&m.address)), str::to_owned)
        };
        let mut found: Vec<(String, u32)> = Vec::new();
        for member in pool.main() {
            let name = name(member);
            match found.iter_mut().find(|(n, _)| *n == name) {
                Some((_, weight)) => *weight += member.weight,
                None => found.push((name, member.weight)),
            }
        }
        for (name, _) in &found {
            self.defaults.insert(name.clone(), protocol.to_owned());
        }
        found
    }

    /// What a pool says of all its members.
    fn resolver(&mut self, pool: &Pool, policies: &Policies) {
        let config = self.source.sites.config;
        let services: Vec<String> = self.services(pool, "http").into_iter().map(|(n, _)| n).collect();
        let backup =
            pool.backup().next().and_then(|m| self.source.services.at(&m.address)).map(str::to_owned);
        let balancer = pool.id.and_then(|block| {
            let has = |name: &str| config.named(Some(block), name).next();
            if has("least_conn").or_else(|| has("least_time")).is_some() {
                return Some(json!({"Policy": "least_request"}));
            }
            if has("random").is_some() {
                return Some(json!({"Policy": "random"}));
            }
            let policy = |policy: Value| json!({"Policy": "maglev", "HashPolicies": [policy]});
            let of_peer = || policy(json!({"Field": "header", "FieldValue": "x-forwarded-for"}));
            if has("ip_hash").is_some() {
                return Some(of_peer());
            }
            if let Some(sticky) = has("sticky").filter(|id| config.get(*id).arg(0) == "cookie") {
                let name = config.get(sticky).arg(1).to_owned();
                let cookie = json!({"Session": true, "Path": "/"});
                return Some(policy(json!({"Field": "cookie", "FieldValue": name, "CookieConfig": cookie})));
            }
            let over = config.get(has("hash")?).arg(0);
            if matches!(over, "$remote_addr" | "$binary_remote_addr") {
                return Some(of_peer());
            }
            if let Some(name) = over.strip_prefix("$cookie_") {
                return Some(policy(json!({"Field": "cookie", "FieldValue": name})));
            }
            if let Some(name) = over.strip_prefix("$http_") {
                return Some(policy(json!({"Field": "header", "FieldValue": name.replace('_', "-")})));
            }
            over.strip_prefix("$arg_")
                .map(|name| policy(json!({"Field": "query_parameter", "FieldValue": name})))
        });
        if backup.is_none() && balancer.is_none() && policies.connect.is_none() {
            return;
        }
        if let Some(backup) = &backup {
            self.defaults.insert(backup.clone(), "http".to_owned());
        }
        for service in services {
            let entry = self
                .resolvers
                .entry(service.clone())
                .or_insert_with(|| json!({"Kind": "service-resolver", "Name": service}));
            if let Some(balancer) = &balancer {
                entry["LoadBalancer"] = balancer.clone();
            }
            if let Some(connect) = policies.connect {
                entry["ConnectTimeout"] = json!(go_duration(connect));
            }
            if let Some(backup) = backup.as_ref().filter(|b| **b != service) {
                entry["Failover"] = json!({"*": {"Service": backup}});
            }
        }
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

    fn splitter(&mut self, services: &[(String, u32)]) -> String {
        let name = format!(
            "split-{}",
            services.iter().map(|(n, w)| format!("{n}-{w}")).collect::<Vec<_>>().join("-")
        );
        let name = plain_name(&name).chars().take(63).collect::<String>();
        let splits: Vec<Value> = percents(services)
            .into_iter()
            .map(|(service, weight)| json!({"Weight": weight, "Service": service}))
            .collect();
        self.defaults.insert(name.clone(), "http".to_owned());
        self.splitters
            .insert(name.clone(), json!({"Kind": "service-splitter", "Name": name, "Splits": splits}));
        name
    }

    fn streams(&mut self) -> Vec<(u16, String)> {
        let config = self.source.sites.config;
        let mut out = Vec::new();
        for stream in self.source.sites.streams.iter().filter(|s| !s.udp) {
            let address = match self.source.sites.upstreams.get(&format!("stream/{}", stream.target)) {
                Some(block) => {
                    config.named(Some(*block), "server").next().map(|m| config.get(m).arg(0).to_owned())
                }
                None => Some(stream.target.clone()),
            };
            let Some(address) = address.filter(|a| !a.contains('$')) else { continue };
            let service = self.source.services.at(&address);
            let service = service.map_or_else(|| format!("unmapped-{}", slug(&address)), str::to_owned);
            self.defaults.entry(service.clone()).or_insert_with(|| "tcp".to_owned());
            out.push((stream.port, service));
        }
        out
    }
}

/// Weights as Consul takes them: hundredths of a percent that come to exactly 100.
fn percents(services: &[(String, u32)]) -> Vec<(String, f64)> {
    let total: u64 = services.iter().map(|(_, w)| u64::from(*w)).sum::<u64>().max(1);
    let mut left = 10_000_u64;
    let last = services.len().saturating_sub(1);
    let mut out = Vec::new();
    for (at, (name, weight)) in services.iter().enumerate() {
        let share = if at == last { left } else { (u64::from(*weight) * 10_000 / total).min(left) };
        left -= share;
        out.push((name.clone(), f64::from(u32::try_from(share).unwrap_or(0)) / 100.0));
    }
    out
}

fn http_rule(rule: &Rule, path: &RulePath) -> Value {
    let (kind, text) = match path {
        RulePath::Exact(path) => ("exact", path),
        RulePath::Prefix(prefix) => ("prefix", prefix),
        RulePath::Regex(regex) => ("regex", regex),
    };
    let base = || {
        let mut found = json!({"Path": {"Match": kind, "Value": text}});
        let list = |all: &[Value]| all.iter().filter_map(route_match).collect::<Vec<_>>();
        if !rule.headers.is_empty() {
            found["Headers"] = json!(list(&rule.headers));
        }
        if !rule.query.is_empty() {
            found["Query"] = json!(list(&rule.query));
        }
        found
    };
    let matches: Vec<Value> = if rule.methods.is_empty() {
        vec![base()]
    } else {
        let with = |method: &String| {
            let mut found = base();
            found["Method"] = json!(method);
            found
        };
        rule.methods.iter().map(with).collect()
    };
    let services: Vec<Value> = match rule.to.as_slice() {
        [(only, _)] => vec![json!({"Name": only})],
        several => several.iter().map(|(name, weight)| json!({"Name": name, "Weight": weight})).collect(),
    };
    let mut out = json!({"Matches": matches, "Services": services});
    let mut filters = Map::new();
    if let Some(rewrite) = &rule.rewrite {
        filters.insert("URLRewrite".to_owned(), json!({"Path": rewrite}));
    }
    if rule.to[0].0 != NOBODY {
        let timeout = go_duration(rule.policies.read.unwrap_or(READ));
        filters.insert("TimeoutFilter".to_owned(), json!({"RequestTimeout": timeout}));
    }
    let retry: Map<String, Value> = retries(rule).into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    if !retry.is_empty() {
        filters.insert("RetryFilter".to_owned(), Value::Object(retry));
    }
    let (request, response) = header_changes(&rule.policies);
    if let Some(request) = request {
        filters.insert("Headers".to_owned(), json!([request]));
    }
    if !filters.is_empty() {
        out["Filters"] = Value::Object(filters);
    }
    if let Some(response) = response {
        out["ResponseFilters"] = json!({"Headers": [response]});
    }
    out
}

/// A match of a service-router as an http-route writes it.
fn route_match(value: &Value) -> Option<Value> {
    let name = value.get("Name")?;
    let kinds = [("Exact", "exact"), ("Regex", "regex"), ("Prefix", "prefix"), ("Suffix", "suffix")];
    for (ours, theirs) in kinds {
        if let Some(text) = value.get(ours) {
            return Some(json!({"Match": theirs, "Name": name, "Value": text}));
        }
    }
    Some(json!({"Match": "present", "Name": name}))
}

fn retries(rule: &Rule) -> Vec<(&'static str, Value)> {
    let Some(retry) = &rule.policies.retry else { return Vec::new() };
    let mut out = vec![
        ("NumRetries", json!(retry.tries.map_or(1, |n| n.saturating_sub(1)).max(1))),
        ("RetryOnConnectFailure", json!(true)),
    ];
    if rule.retry || (retry.non_idempotent && !retry.statuses.is_empty()) {
        let codes: Vec<u32> = retry.statuses.iter().filter_map(|s| s.parse().ok()).collect();
        out.push(("RetryOnStatusCodes", json!(codes)));
    }
    out
}

fn header_changes(policies: &Policies) -> (Option<Value>, Option<Value>) {
    let (removed, set): (Vec<_>, Vec<_>) = policies.request_headers.iter().partition(|(_, v)| v.is_empty());
    let mut request = Map::new();
    if !set.is_empty() {
        let set: Map<String, Value> = set.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
        request.insert("Set".to_owned(), Value::Object(set));
    }
    if !removed.is_empty() {
        request.insert("Remove".to_owned(), json!(removed.iter().map(|(k, _)| k).collect::<Vec<_>>()));
    }
    let mut response = Map::new();
    let cache = policies.cache_control.iter().map(|text| ("Cache-Control".to_owned(), json!(text)));
    let mut added: Map<String, Value> = cache.collect();
    added.extend(policies.response_headers.iter().map(|(k, v)| (k.clone(), json!(v))));
    if !added.is_empty() {
        response.insert("Add".to_owned(), Value::Object(added));
    }
    if !policies.hidden.is_empty() {
        response.insert("Remove".to_owned(), json!(policies.hidden));
    }
    let whole = |map: Map<String, Value>| (!map.is_empty()).then_some(Value::Object(map));
    (whole(request), whole(response))
}

/// A path that begins with a slash: Consul takes no other.
fn rooted(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn rule_path(path: &PathMatch) -> Option<RulePath> {
    if let Some(exact) = &path.exact {
        return Some(RulePath::Exact(exact.clone()));
    }
    let prefix = if path.prefix.is_empty() { "/" } else { &path.prefix };
    match path.patterns.as_slice() {
        [] => Some(RulePath::Prefix(prefix.to_owned())),
        [only] if only.is_sayable() => {
            let whole = if path.prefix.is_empty() { only.whole()? } else { only.whole_below(prefix)? };
            (!whole.is_empty()).then_some(RulePath::Regex(whole))
        }
        _ => None,
    }
}

/// Adds a condition to a rule; false when it cannot be asked.
fn asked(condition: &Condition, api: bool, rule: &mut Rule) -> bool {
    let whole = |source: &str, ignore_case: bool| {
        Pattern::new(source, ignore_case).ok().filter(Pattern::is_sayable)?.whole()
    };
    let cookie = |name: &str, value: &str| format!("(?:.*;\\s*)?{}={value}(?:;.*)?", escaped(name));
    let any_case = |text: &str| format!("(?i:{})", escaped(text));
    if condition.subject == Subject::Method {
        let is = |m: &str| match &condition.test {
            Test::Is(own) | Test::IsAnyCase(own) => own == m,
            Test::OneOf(all) => all.iter().any(|o| o == m),
            Test::Finds(source, i) => Pattern::new(source, *i).ok().and_then(|p| p.finds(m)).unwrap_or(false),
            Test::Truthy => true,
        };
        let methods = METHODS.into_iter().filter(|m| is(m) != condition.not).map(str::to_owned);
        rule.methods = methods.collect();
        return !rule.methods.is_empty();
    }
    if condition.not && api {
        return false;
    }
    let (list, mut entry) = match (&condition.subject, &condition.test) {
        (Subject::Header(name), Test::Is(text)) if !text.is_empty() => {
            ("h", json!({"Name": name, "Exact": text}))
        }
        (Subject::Header(name), Test::IsAnyCase(text)) => {
            ("h", json!({"Name": name, "Regex": any_case(text)}))
        }
        (Subject::Header(name), Test::Truthy) => ("h", json!({"Name": name, "Regex": "[^0].*|0.+"})),
        (Subject::Header(name), Test::Finds(source, i)) => match whole(source, *i) {
            Some(regex) => ("h", json!({"Name": name, "Regex": regex})),
            None => return false,
        },
        (Subject::Cookie(name), Test::Is(text)) => {
            ("h", json!({"Name": "cookie", "Regex": cookie(name, &escaped(text))}))
        }
        (Subject::Cookie(name), Test::IsAnyCase(text)) => {
            ("h", json!({"Name": "cookie", "Regex": cookie(name, &any_case(text))}))
        }
        (Subject::Cookie(name), Test::Truthy) => {
            ("h", json!({"Name": "cookie", "Regex": cookie(name, "(?:[^;0][^;]*|0[^;]+)")}))
        }
        (Subject::Cookie(name), Test::Finds(source, i)) => match whole(source, *i) {
            Some(regex) => {
                let inner = regex.replace(".*", "[^;]*");
                ("h", json!({"Name": "cookie", "Regex": cookie(name, &format!("(?:{inner})"))}))
            }
            None => return false,
        },
        (Subject::Argument(name), Test::Is(text)) if !text.is_empty() && !condition.not => {
            ("q", json!({"Name": name, "Exact": text}))
        }
        (Subject::Argument(name), Test::IsAnyCase(text)) if !condition.not => {
            ("q", json!({"Name": name, "Regex": any_case(text)}))
        }
        (Subject::Argument(name), Test::Truthy) if !condition.not => {
            ("q", json!({"Name": name, "Regex": "[^0].*|0.+"}))
        }
        (Subject::Argument(name), Test::Finds(source, i)) if !condition.not => match whole(source, *i) {
            Some(regex) => ("q", json!({"Name": name, "Regex": regex})),
            None => return false,
        },
        _ => return false,
    };
    if condition.not {
        entry["Invert"] = json!(true);
    }
    if list == "h" {
        rule.headers.push(entry);
    } else {
        rule.query.push(entry);
    }
    true
}
