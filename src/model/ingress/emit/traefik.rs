//! Traefik's file provider: every router with its own priority, in nginx's order.

mod middleware;
mod rule;
mod service;

use serde_json::{Map, Value, json};

use self::middleware::{ANYWHERE, headers, path_change, preflight, query_redirects, redirect_of};
pub use self::rule::can_ask;
use self::rule::{besides, rule, rule_of, ticked};
use super::Source;
use super::order::{Group, by_host};
use crate::model::ingress::client::Client;
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::own_request;
use crate::model::ingress::policy::{AtOnce, Criterion, Policies};
use crate::model::ingress::pool::Pool;
use crate::model::ingress::route::{Action, Forward, PoolRef, QueryChange, Route};

/// Nobody's address: who may come only from there may not come.
const NOBODY: &str = "255.255.255.255/32";
/// Traefik's own service that does nothing; behind a guard that lets nobody through it is never reached.
const NOTHING: &str = "noop@internal";

/// The dynamic configuration.
#[must_use]
pub fn dynamic(source: Source<'_>) -> Value {
    let mut out =
        Emitter { source, http: Sections::default(), routers: Vec::new(), besides: None, takes_all: false };
    let mut ports: Vec<u16> = source.routes.iter().map(|s| s.port).collect();
    ports.dedup();
    for port in ports {
        let sites: Vec<_> = source.routes.iter().filter(|s| s.port == port).collect();
        let mut open: Vec<Group<'_>> = Vec::new();
        for group in by_host(&sites) {
            out.besides = besides(&group, &open);
            out.takes_all = false;
            for route in &group.site.routes {
                out.route(&group, route);
            }
            if !out.takes_all && !group.hosts.is_empty() {
                open.push(group);
            }
        }
    }
    out.finish()
}

#[derive(Default)]
struct Sections {
    middlewares: Map<String, Value>,
    services: Map<String, Value>,
    transports: Map<String, Value>,
}

struct Emitter<'a> {
    source: Source<'a>,
    http: Sections,
    routers: Vec<(String, Value)>,
    /// The hosts of sites before this one that do not take every path. What they do not take is nobody's: without naming them it
    /// would come to this site.
    besides: Option<String>,
    /// Whether a router of this group takes whatever path is left.
    takes_all: bool,
}

impl Emitter<'_> {
    fn route(&mut self, group: &Group<'_>, route: &Route) {
        let mut conditions = Vec::new();
        for condition in &route.conditions {
            match rule_of(condition) {
                Some(rule) => conditions.push(rule),
                // A condition that cannot be asked must not open or close anything for all.
                None => return,
            }
        }
        if route.path.patterns.iter().any(|p| !p.is_sayable()) {
            return;
        }
        let rule = rule(&group.hosts, self.besides.as_deref(), &route.path, &conditions);
        let everything = route.path.exact.is_none()
            && matches!(route.path.prefix.as_str(), "" | "/")
            && route.path.patterns.is_empty();
        let takes_all = everything && conditions.is_empty();
        let name = format!("{}-route-{}", group.site.name, self.routers.len());
        let (service, middlewares) = match &route.action {
            Action::Forward(forward) => {
                let policies = Policies::of(self.source.sites, route.level);
                self.denied(group, route, &conditions, &policies);
                let Some(middlewares) = self.forward_middlewares(&name, route, forward, &policies) else {
                    self.push(group, &name, &rule, NOTHING, &[]);
                    self.takes_all |= takes_all;
                    return;
                };
                let service = self.service(forward, &policies);
                (self.mirrored(service, route), middlewares)
            }
            Action::Redirect(redirect) => {
                let Some(all) = redirect_of(route, redirect) else { return };
                let named = all.into_iter().enumerate();
                let names =
                    named.map(|(at, m)| self.middleware(&name, &format!("redirect{at}"), m)).collect();
                (NOTHING.to_owned(), names)
            }
            Action::Deny { status } => {
                let mut guard = json!({"ipAllowList": {"sourceRange": [NOBODY]}});
                if *status != 403 && can_reject_with(*status) {
                    guard["ipAllowList"]["rejectStatusCode"] = json!(status);
                }
                (NOTHING.to_owned(), vec![self.middleware(&name, "nobody", guard)])
            }
            // Where nothing else is served, what has no router is answered with 404 anyway.
            Action::Answer { .. } if route.is_everything() => return,
            Action::Answer { .. } if route.is_preflight() => {
                let policies = Policies::of(self.source.sites, route.level);
                // Without a fixed origin the application may know what to say.
                let Some(cors) = preflight(&policies) else { return };
                (NOTHING.to_owned(), vec![self.middleware(&name, "cors", cors)])
            }
            Action::Answer { .. } => (NOTHING.to_owned(), Vec::new()),
            // It must not come to another application by chance.
            Action::Foreign(_) => (NOTHING.to_owned(), Vec::new()),
        };
        self.push(group, &name, &rule, &service, &middlewares);
        self.takes_all |= takes_all;
    }

    /// Networks that may not come in get a router of their own, before the route: where it can tell them.
    fn denied(&mut self, group: &Group<'_>, route: &Route, conditions: &[String], policies: &Policies) {
        // A router sees the peer alone.
        if !policies.client.is_peer() {
            return;
        }
        for (network, before) in &policies.denied {
            let mut asked = conditions.to_vec();
            asked.push(format!("ClientIP({})", ticked(network)));
            asked.extend(before.iter().map(|net| format!("!ClientIP({})", ticked(net))));
            let name = format!("{}-{}", group.site.name, self.routers.len());
            let guard = json!({"ipAllowList": {"sourceRange": [NOBODY]}});
            let guard = self.middleware(&name, "nobody", guard);
            let rule = rule(&group.hosts, self.besides.as_deref(), &route.path, &asked);
            self.push(group, &name, &rule, NOTHING, &[guard]);
        }
    }

    fn push(&mut self, group: &Group<'_>, name: &str, rule: &str, service: &str, middlewares: &[String]) {
        let mut router = json!({
            "entryPoints": [format!("p{}", group.site.port)],
            "rule": rule,
            "priority": 0,
            "service": service,
        });
        if !middlewares.is_empty() {
            router["middlewares"] = json!(middlewares);
        }
        if group.site.tls {
            router["tls"] = json!({});
        }
        self.routers.push((name.to_owned(), router));
    }

    fn middleware(&mut self, router: &str, kind: &str, value: Value) -> String {
        // One that says the same is used again.
        if let Some((name, _)) = self.http.middlewares.iter().find(|(_, v)| **v == value) {
            return name.clone();
        }
        let name = format!("{router}-{kind}");
        self.http.middlewares.insert(name.clone(), value);
        name
    }

    /// What a request goes through on its way to an application, in order; none where something of it cannot be said.
    fn forward_middlewares(
        &mut self,
        name: &str,
        route: &Route,
        forward: &Forward,
        policies: &Policies,
    ) -> Option<Vec<String>> {
        // Pages come first: nginx gives them for what guards answer too.
        let pages = own_request::error_pages(self.source.sites, self.source.routes, route);
        let mut all: Vec<(String, Value)> =
            pages.iter().map(|page| ("errors".to_owned(), self.error_page(page))).collect();
        let mut add = |kind: &str, value: Value| all.push((kind.to_owned(), value));
        for (kind, guard) in self.guards(route, policies)? {
            add(kind, guard);
        }
        if let Some(retry) = self.retry(forward, policies) {
            add("retry", retry);
        }
        if let Some(headers) = headers(forward, policies, self.source) {
            add("headers", json!({"headers": headers}));
        }
        if policies.compressed {
            add("compress", json!({"compress": {}}));
        }
        if let QueryChange::Prepend(_) = &forward.query {
            let redirects =
                query_redirects(ANYWHERE, false, &route.path, &forward.path, &forward.query)?.into_iter();
            redirects.enumerate().for_each(|(at, redirect)| add(&format!("query{at}"), redirect));
        } else if let Some(change) = path_change(&forward.path) {
            add("path", change);
        }
        Some(all.into_iter().map(|(kind, value)| self.middleware(name, &kind, value)).collect())
    }

    /// What keeps requests out.
    fn guards(&self, route: &Route, policies: &Policies) -> Option<Vec<(&'static str, Value)>> {
        let mut all = Vec::new();
        if let Some(allowed) = &policies.allowed {
            let range = if allowed.is_empty() { vec![NOBODY.to_owned()] } else { allowed.clone() };
            let mut guard = json!({"ipAllowList": {"sourceRange": range}});
            if let Some(strategy) = policies.client.strategy() {
                guard["ipAllowList"]["ipStrategy"] = strategy;
            }
            // The address of somebody else lets in everybody or nobody.
            if allowed.is_empty() || !matches!(policies.client, Client::Other(_)) {
                all.push(("from", guard));
            }
        }
        if let Some((realm, file)) = &policies.basic {
            let users = self.source.users.get(file).cloned().unwrap_or_default();
            let auth = if users.is_empty() {
                json!({"basicAuth": {"usersFile": file, "realm": realm}})
            } else {
                json!({"basicAuth": {"users": users, "realm": realm}})
            };
            all.push(("basic", auth));
        }
        if let Some(asked) = &policies.asks {
            let address = self.address_of(asked, route.level)?;
            let mut forward = json!({"address": address});
            if !policies.handed_on.is_empty() {
                forward["authResponseHeaders"] = json!(policies.handed_on);
            }
            all.push(("asks", json!({"forwardAuth": forward})));
        }
        if let Some(rate) = &policies.rate {
            let mut limit = json!({"average": rate.average, "burst": rate.burst + 1});
            if rate.seconds != 1 {
                limit["period"] = json!(format!("{}s", rate.seconds));
            }
            if let Some(criterion) = &rate.counted_by {
                limit["sourceCriterion"] = criterion_of(criterion);
            } else if let Some(strategy) = policies.client.strategy() {
                limit["sourceCriterion"] = json!({"ipStrategy": strategy});
            }
            all.push(("rate", json!({"rateLimit": limit})));
        }
        if let Some(AtOnce { amount, counted_by }) = &policies.at_once {
            // Left to itself Traefik counts the requests of all clients of a host together.
            let by_address =
                || json!({"ipStrategy": policies.client.strategy().unwrap_or_else(|| json!({"depth": 0}))});
            let criterion = counted_by.as_ref().map_or_else(by_address, criterion_of);
            all.push(("at-once", json!({"inFlightReq": {"amount": amount, "sourceCriterion": criterion}})));
        }
        if let Some(limit) = policies.body_limit {
            all.push(("body", json!({"buffering": {"maxRequestBodyBytes": limit}})));
        }
        Some(all)
    }

    /// A try at another server: as many as were named, else once more where there is another.
    fn retry(&self, forward: &Forward, policies: &Policies) -> Option<Value> {
        let members: usize =
            forward.pools.iter().map(|(_, p)| Pool::of(self.source.sites, p).main().count()).sum();
        let (tries, statuses) = match &policies.retry {
            Some(retry) => {
                (retry.tries.unwrap_or(u32::try_from(members).unwrap_or(2)), retry.statuses.clone())
            }
            // nginx's default: error and timeout.
            None => (u32::try_from(members).unwrap_or(2), vec!["502".to_owned(), "504".to_owned()]),
        };
        if tries < 2 {
            return None;
        }
        let mut retry = json!({"attempts": tries});
        if !statuses.is_empty() {
            retry["status"] = json!(statuses);
        }
        if policies.retry.as_ref().is_some_and(|r| r.non_idempotent) {
            retry["retryNonIdempotentMethod"] = json!(true);
        }
        Some(json!({"retry": retry}))
    }

    /// The address of the service that is asked by a location.
    fn address_of(&self, asked: &str, level: Id) -> Option<String> {
        let config = self.source.sites.config;
        let server = config.levels(level).find(|id| config.get(*id).name == "server")?;
        let mut locations = config.named(Some(server), "location");
        let location = locations.find(|l| config.get(*l).args.last().is_some_and(|w| w.text == asked))?;
        let pass = config.named(Some(location), "proxy_pass").next()?;
        let url = config.get(pass).arg(0);
        // A variable in the query is for the service to read itself.
        let url = url.split('?').next().unwrap_or(url);
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        if authority.contains('$') || path.contains('$') {
            return None;
        }
        let pool = PoolRef { name: authority.to_owned(), scheme: scheme.to_owned() };
        let pool = Pool::of(self.source.sites, &pool);
        let member = pool.main().next()?;
        Some(format!("{scheme}://{}{}", member.address, if path.is_empty() { asked } else { path }))
    }

    fn finish(mut self) -> Value {
        let mut routers = Map::new();
        let count = self.routers.len();
        for (at, (name, mut router)) in self.routers.into_iter().enumerate() {
            router["priority"] = json!(10 * (count - at));
            routers.insert(name, router);
        }
        let mut http = Map::new();
        let sections = [
            ("routers", routers),
            ("services", std::mem::take(&mut self.http.services)),
            ("middlewares", std::mem::take(&mut self.http.middlewares)),
            ("serversTransports", std::mem::take(&mut self.http.transports)),
        ];
        for (name, section) in sections {
            if !section.is_empty() {
                http.insert(name.to_owned(), Value::Object(section));
            }
        }
        let mut all = Map::new();
        if !http.is_empty() {
            all.insert("http".to_owned(), Value::Object(http));
        }
        let streams = &self.source.sites.streams;
        if !streams.is_empty() {
            all.insert("tcp".to_owned(), tcp(self.source));
        }
        Value::Object(all)
    }
}

fn criterion_of(criterion: &Criterion) -> Value {
    match criterion {
        Criterion::Host => json!({"requestHost": true}),
        Criterion::Header(name) => json!({"requestHeaderName": name}),
    }
}

/// Whether the middleware that lets nobody in can answer with a status: Traefik takes those that have a name, and drops the router
/// of any other.
#[must_use]
pub fn can_reject_with(status: u16) -> bool {
    matches!(status, 400..=418 | 421..=426 | 428 | 429 | 431 | 451)
}

/// Plain connections: a router for each port, or for each name a client asks for by TLS.
fn tcp(source: Source<'_>) -> Value {
    let (mut routers, mut services, mut middlewares) = (Map::new(), Map::new(), Map::new());
    for stream in source.sites.streams.iter().filter(|s| !s.udp) {
        let name = format!("tcp-{}", stream.port);
        let mut guards = Vec::new();
        let mut guard = |kind: &str, value: Value| {
            let name = format!("{name}-{kind}");
            middlewares.insert(name.clone(), value);
            guards.push(name);
        };
        if let Some(allowed) = &stream.allowed {
            let range = if allowed.is_empty() { vec![NOBODY.to_owned()] } else { allowed.clone() };
            guard("from", json!({"ipAllowList": {"sourceRange": range}}));
        }
        if let Some(amount) = stream.at_once {
            guard("at-once", json!({"inFlightConn": {"amount": amount}}));
        }
        let named = stream.target.strip_prefix('$').and_then(|name| source.sites.names_of_tls(name));
        let by_name = named.is_some();
        let targets = named.unwrap_or_else(|| vec![("HostSNI(`*`)".to_owned(), stream.target.clone())]);
        let count = targets.len();
        for (at, (rule, target)) in targets.into_iter().enumerate() {
            if target.contains('$') {
                continue;
            }
            let name = if by_name { format!("{name}-{at}") } else { name.clone() };
            let mut router =
                json!({"entryPoints": [format!("p{}", stream.port)], "rule": rule, "service": name});
            if by_name {
                router["priority"] = json!(10 * (count - at));
                router["tls"] = json!({"passthrough": true});
            }
            if !guards.is_empty() {
                router["middlewares"] = json!(guards);
            }
            routers.insert(name.clone(), router);
            let reference = PoolRef { name: format!("stream/{target}"), scheme: "tcp".to_owned() };
            let members: Vec<Value> = if source.sites.upstreams.contains_key(&reference.name) {
                let pool = Pool::of(source.sites, &reference);
                pool.main().map(|m| json!({"address": m.address})).collect()
            } else {
                vec![json!({"address": target})]
            };
            services.insert(name, json!({"loadBalancer": {"servers": members}}));
        }
    }
    let mut all = json!({"routers": routers, "services": services});
    if !middlewares.is_empty() {
        all["middlewares"] = Value::Object(middlewares);
    }
    all
}
