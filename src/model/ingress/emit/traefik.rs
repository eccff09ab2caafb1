//! Traefik's file provider: every router with its own priority, in nginx's order.

use serde_json::{Map, Value, json};

use super::order::{Group, by_host};
use super::{Source, plain_name};
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value::go_duration;
use crate::model::ingress::pattern::Pattern;
use crate::model::ingress::policy::{HostSent, Policies};
use crate::model::ingress::pool::Pool;
use crate::model::ingress::route::{
    Action, Condition, Forward, Host, PathChange, PathMatch, PoolRef, QueryChange, Redirect, Route, Subject,
    Test,
};

/// Nobody's address: who may come only from there may not come.
const NOBODY: &str = "255.255.255.255/32";
/// Traefik's own service that does nothing; behind a guard that lets nobody through it is never reached.
const NOTHING: &str = "noop@internal";

/// The dynamic configuration.
#[must_use]
pub fn dynamic(source: Source<'_>) -> Value {
    let mut out = Emitter { source, http: Sections::default(), routers: Vec::new() };
    let mut ports: Vec<u16> = source.routes.iter().map(|s| s.port).collect();
    ports.dedup();
    for port in ports {
        let sites: Vec<_> = source.routes.iter().filter(|s| s.port == port).collect();
        for group in by_host(&sites) {
            for route in &group.site.routes {
                out.route(&group, route);
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
        let rule = rule(&group.hosts, &route.path, &conditions);
        let name = format!("{}-route-{}", group.site.name, self.routers.len());
        let (service, middlewares) = match &route.action {
            Action::Forward(forward) => {
                let policies = Policies::of(self.source.sites, route.level);
                self.denied(group, route, &conditions, &policies);
                let Some(middlewares) = self.forward_middlewares(&name, route, forward, &policies) else {
                    self.push(group, &name, &rule, NOTHING, &[]);
                    return;
                };
                (self.service(forward, &policies), middlewares)
            }
            Action::Redirect(redirect) => {
                let Some(all) = redirect_of(route, redirect) else { return };
                let named = all.into_iter().enumerate();
                let names =
                    named.map(|(at, m)| self.middleware(&name, &format!("redirect{at}"), m)).collect();
                (NOTHING.to_owned(), names)
            }
            Action::Deny { .. } => {
                let guard = json!({"ipAllowList": {"sourceRange": [NOBODY]}});
                (NOTHING.to_owned(), vec![self.middleware(&name, "nobody", guard)])
            }
            Action::Answer { .. } => return,
            // It must not come to another application by chance.
            Action::Foreign(_) => (NOTHING.to_owned(), Vec::new()),
        };
        self.push(group, &name, &rule, &service, &middlewares);
    }

    /// Networks that may not come in get a router of their own, before the route.
    fn denied(&mut self, group: &Group<'_>, route: &Route, conditions: &[String], policies: &Policies) {
        for (network, before) in &policies.denied {
            let mut asked = conditions.to_vec();
            asked.push(format!("ClientIP({})", ticked(network)));
            asked.extend(before.iter().map(|net| format!("!ClientIP({})", ticked(net))));
            let name = format!("{}-{}", group.site.name, self.routers.len());
            let guard = json!({"ipAllowList": {"sourceRange": [NOBODY]}});
            let guard = self.middleware(&name, "nobody", guard);
            let rule = rule(&group.hosts, &route.path, &asked);
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

    fn forward_middlewares(
        &mut self,
        name: &str,
        route: &Route,
        forward: &Forward,
        policies: &Policies,
    ) -> Option<Vec<String>> {
        let mut all = Vec::new();
        let mut add = |out: &mut Self, kind: &str, value: Value| all.push(out.middleware(name, kind, value));
        if let Some(allowed) = &policies.allowed {
            let range = if allowed.is_empty() { vec![NOBODY.to_owned()] } else { allowed.clone() };
            add(self, "from", json!({"ipAllowList": {"sourceRange": range}}));
        }
        if let Some((realm, file)) = &policies.basic {
            let users = self.source.users.get(file).cloned().unwrap_or_default();
            let auth = if users.is_empty() {
                json!({"basicAuth": {"usersFile": file, "realm": realm}})
            } else {
                json!({"basicAuth": {"users": users, "realm": realm}})
            };
            add(self, "basic", auth);
        }
        if let Some(asked) = &policies.asks {
            let address = self.address_of(asked, route.level)?;
            add(self, "asks", json!({"forwardAuth": {"address": address}}));
        }
        if let Some(rate) = &policies.rate {
            let mut limit = json!({"average": rate.average, "burst": rate.burst + 1});
            if rate.seconds != 1 {
                limit["period"] = json!(format!("{}s", rate.seconds));
            }
            add(self, "rate", json!({"rateLimit": limit}));
        }
        if let Some(amount) = policies.at_once {
            add(self, "at-once", json!({"inFlightReq": {"amount": amount}}));
        }
        if let Some(limit) = policies.body_limit {
            add(self, "body", json!({"buffering": {"maxRequestBodyBytes": limit}}));
        }
        if let Some(retry) = self.retry(forward, policies) {
            add(self, "retry", retry);
        }
        if let Some(headers) = headers(forward, policies, self.source) {
            add(self, "headers", json!({"headers": headers}));
        }
        if policies.compressed {
            add(self, "compress", json!({"compress": {}}));
        }
        if let QueryChange::Prepend(_) = &forward.query {
            for (at, redirect) in
                query_redirects(ANYWHERE, false, &route.path, &forward.path, &forward.query)?
                    .into_iter()
                    .enumerate()
            {
                add(self, &format!("query{at}"), redirect);
            }
            return Some(all);
        }
        if let Some(change) = path_change(&forward.path) {
            add(self, "path", change);
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

    fn service(&mut self, forward: &Forward, policies: &Policies) -> String {
        match forward.pools.as_slice() {
            [(_, only)] => self.pool(only, policies),
            several => {
                let names: Vec<(u32, String)> =
                    several.iter().map(|(w, p)| (*w, self.pool(p, policies))).collect();
                let name =
                    format!("split-{}", names.iter().map(|(_, n)| n.as_str()).collect::<Vec<_>>().join("-"));
                let weighted: Vec<Value> =
                    names.iter().map(|(w, n)| json!({"name": n, "weight": w})).collect();
                let cookie = json!({"cookie": {"name": format!("{name}-side")}});
                self.http
                    .services
                    .insert(name.clone(), json!({"weighted": {"services": weighted, "sticky": cookie}}));
                name
            }
        }
    }

    fn pool(&mut self, reference: &PoolRef, policies: &Policies) -> String {
        let pool = Pool::of(self.source.sites, reference);
        let mut name = plain_name(&pool.name);
        let transport = self.transport(policies);
        if let Some(transport) = &transport {
            name = format!("{name}-{transport}");
        }
        let by_address = policies.host == HostSent::Pool && pool.id.is_none();
        if by_address {
            name.push_str("-own-host");
        }
        let scheme = match reference.scheme.as_str() {
            "grpc" => "h2c",
            "grpcs" => "https",
            other => other,
        };
        let balancer = |members: Vec<Value>| {
            let mut balancer = json!({"servers": members});
            if let Some(transport) = &transport {
                balancer["serversTransport"] = json!(transport);
            }
            if by_address {
                balancer["passHostHeader"] = json!(false);
            }
            balancer
        };
        let server = |member: &crate::model::ingress::pool::Member| {
            let mut server = json!({"url": format!("{scheme}://{}", member.address)});
            if member.weight != 1 {
                server["weight"] = json!(member.weight);
            }
            server
        };
        let mut main = balancer(pool.main().map(server).collect());
        self.of_the_block(&pool, &mut main);
        let backup: Vec<Value> = pool.backup().map(server).collect();
        if backup.is_empty() {
            self.http.services.insert(name.clone(), json!({"loadBalancer": main}));
            return name;
        }
        let (first, second) = (format!("{name}-main"), format!("{name}-backup"));
        self.http.services.insert(first.clone(), json!({"loadBalancer": main}));
        self.http.services.insert(second.clone(), json!({"loadBalancer": balancer(backup)}));
        let failover = json!({"service": first, "fallback": second, "errors": {"status": ["502", "504"]}});
        self.http.services.insert(name.clone(), json!({"failover": failover}));
        name
    }

    /// What an `upstream` says of all its members.
    fn of_the_block(&self, pool: &Pool, balancer: &mut Value) {
        let config = self.source.sites.config;
        let fails =
            pool.main().filter_map(|m| Some((m.max_fails.filter(|n| *n > 0)?, m.fail_timeout))).next();
        if let Some((most, window)) = fails {
            let window = go_duration(window.unwrap_or(10_000));
            balancer["passiveHealthCheck"] = json!({"failureWindow": window, "maxFailedAttempts": most});
        }
        let Some(block) = pool.id else { return };
        let has = |name: &str| config.named(Some(block), name).next();
        if has("least_conn").or_else(|| has("random")).or_else(|| has("least_time")).is_some() {
            balancer["strategy"] = json!("p2c");
        }
        let sticky = has("sticky")
            .filter(|id| config.get(*id).arg(0) == "cookie")
            .map(|id| config.get(id).arg(1).to_owned());
        let over =
            has("hash").and_then(|id| Some(config.get(id).arg(0).strip_prefix("$cookie_")?.to_owned()));
        let of_peer = has("ip_hash").is_some()
            || has("hash")
                .is_some_and(|id| matches!(config.get(id).arg(0), "$remote_addr" | "$binary_remote_addr"));
        let cookie = sticky
            .or_else(|| over.map(|c| format!("{c}_side")))
            .or_else(|| of_peer.then(|| format!("{}_side", plain_name(&pool.name))));
        if let Some(cookie) = cookie {
            balancer["sticky"] = json!({"cookie": {"name": cookie, "httpOnly": true}});
        }
    }

    fn transport(&mut self, policies: &Policies) -> Option<String> {
        if policies.connect.is_none() && policies.read.is_none() {
            return None;
        }
        let mut timeouts = Map::new();
        let mut name = "t".to_owned();
        for (key, short, millis) in
            [("dialTimeout", "c", policies.connect), ("responseHeaderTimeout", "r", policies.read)]
        {
            if let Some(millis) = millis {
                let text = go_duration(millis);
                name.push_str(&format!("-{short}{text}"));
                timeouts.insert(key.to_owned(), json!(text));
            }
        }
        self.http.transports.insert(name.clone(), json!({"forwardingTimeouts": timeouts}));
        Some(name)
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

fn tcp(source: Source<'_>) -> Value {
    let (mut routers, mut services) = (Map::new(), Map::new());
    for stream in source.sites.streams.iter().filter(|s| !s.udp) {
        let name = format!("tcp-{}", stream.port);
        let config = source.sites.config;
        let members: Vec<Value> = match source.sites.upstreams.get(&format!("stream/{}", stream.target)) {
            Some(block) => config
                .named(Some(*block), "server")
                .map(|m| json!({"address": config.get(m).arg(0)}))
                .collect(),
            None => vec![json!({"address": stream.target})],
        };
        routers.insert(
            name.clone(),
            json!({"entryPoints": [format!("p{}", stream.port)], "rule": "HostSNI(`*`)", "service": name}),
        );
        services.insert(name, json!({"loadBalancer": {"servers": members}}));
    }
    json!({"routers": routers, "services": services})
}

/// A text in a rule.
fn ticked(text: &str) -> String {
    if text.contains('`') {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("`{text}`")
    }
}

fn rule(hosts: &[&Host], path: &PathMatch, conditions: &[String]) -> String {
    let mut parts = Vec::new();
    let named: Vec<String> = hosts
        .iter()
        .map(|host| match host {
            Host::Exact(name) => format!("Host({})", ticked(name)),
            other => format!("HostRegexp({})", ticked(&other.expression())),
        })
        .collect();
    if !named.is_empty() {
        parts.push((named.join(" || "), named.len() > 1));
    }
    if let Some(exact) = &path.exact {
        parts.push((format!("Path({})", ticked(exact)), false));
    } else if !matches!(path.prefix.as_str(), "" | "/") {
        parts.push((format!("PathPrefix({})", ticked(&path.prefix)), false));
    }
    for pattern in &path.patterns {
        parts.push((format!("PathRegexp({})", ticked(&pattern.searching())), false));
        parts.extend(pattern.except.iter().map(|p| (format!("!PathPrefix({})", ticked(p)), false)));
    }
    parts.extend(conditions.iter().map(|c| (c.clone(), false)));
    match parts.as_slice() {
        [] => "PathPrefix(`/`)".to_owned(),
        [(only, _)] => only.clone(),
        several => several
            .iter()
            .map(|(text, grouped)| if *grouped { format!("({text})") } else { text.clone() })
            .collect::<Vec<_>>()
            .join(" && "),
    }
}

fn rule_of(condition: &Condition) -> Option<String> {
    let regex = |source: &str, ignore_case: bool| {
        let pattern = Pattern::new(source, ignore_case).ok()?;
        (pattern.not_re2().is_none()).then(|| ticked(&pattern.searching()))
    };
    let any_case = |text: &str| ticked(&format!("(?i)^{}$", super::super::pattern::escaped(text)));
    let cookie = |name: &str, value: &str| {
        ticked(&format!("(?:^|;\\s*){}={value}(?:;|$)", super::super::pattern::escaped(name)))
    };
    let escaped = super::super::pattern::escaped;
    let text = match (&condition.subject, &condition.test) {
        (Subject::Method, Test::Is(m) | Test::IsAnyCase(m)) => format!("Method({})", ticked(m)),
        (Subject::Method, Test::OneOf(all)) => {
            let all: Vec<String> = all.iter().map(|m| format!("Method({})", ticked(m))).collect();
            format!("({})", all.join(" || "))
        }
        (Subject::Method, Test::Finds(source, _)) => {
            let pattern = Pattern::new(source, false).ok()?;
            let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];
            let all: Vec<String> = known
                .into_iter()
                .filter(|m| pattern.finds(m) == Some(true))
                .map(|m| format!("Method({})", ticked(m)))
                .collect();
            if all.is_empty() {
                return None;
            }
            format!("({})", all.join(" || "))
        }
        (Subject::Header(name), Test::Is(text)) if text.is_empty() => {
            return Some(format!(
                "{}HeaderRegexp({}, `.`)",
                if condition.not { "" } else { "!" },
                ticked(name)
            ));
        }
        (Subject::Header(name), Test::Is(text)) => format!("Header({}, {})", ticked(name), ticked(text)),
        (Subject::Header(name), Test::IsAnyCase(text)) => {
            format!("HeaderRegexp({}, {})", ticked(name), any_case(text))
        }
        (Subject::Header(name), Test::Finds(source, i)) => {
            format!("HeaderRegexp({}, {})", ticked(name), regex(source, *i)?)
        }
        (Subject::Header(name), Test::Truthy) => format!("HeaderRegexp({}, `^(?:[^0]|0.)`)", ticked(name)),
        (Subject::Cookie(name), Test::Is(text)) => {
            format!("HeaderRegexp(`cookie`, {})", cookie(name, &escaped(text)))
        }
        (Subject::Cookie(name), Test::IsAnyCase(text)) => {
            format!("HeaderRegexp(`cookie`, {})", cookie(name, &format!("(?i:{})", escaped(text))))
        }
        (Subject::Cookie(name), Test::Truthy) => {
            format!("HeaderRegexp(`cookie`, {})", cookie(name, "(?:[^;0][^;]*|0[^;]+)"))
        }
        (Subject::Cookie(name), Test::Finds(source, i)) => {
            let pattern = Pattern::new(source, *i).ok()?;
            let whole = pattern.whole()?.replace(".*", "[^;]*");
            format!("HeaderRegexp(`cookie`, {})", cookie(name, &format!("(?:{whole})")))
        }
        (Subject::Argument(name), Test::Is(text)) if !text.is_empty() => {
            format!("Query({}, {})", ticked(name), ticked(text))
        }
        (Subject::Argument(name), Test::IsAnyCase(text)) => {
            format!("QueryRegexp({}, {})", ticked(name), any_case(text))
        }
        (Subject::Argument(name), Test::Finds(source, i)) => {
            format!("QueryRegexp({}, {})", ticked(name), regex(source, *i)?)
        }
        (Subject::Argument(name), Test::Truthy) => format!("QueryRegexp({}, `^(?:[^0]|0.)`)", ticked(name)),
        (Subject::Host, Test::Is(name) | Test::IsAnyCase(name)) => format!("Host({})", ticked(name)),
        (Subject::Host, Test::Finds(source, _)) => format!("HostRegexp({})", regex(source, true)?),
        _ => return None,
    };
    Some(if condition.not { format!("!{text}") } else { text })
}

fn headers(forward: &Forward, policies: &Policies, source: Source<'_>) -> Option<Value> {
    let mut request = Map::new();
    match &policies.host {
        HostSent::Public => {}
        HostSent::Fixed(host) => drop(request.insert("Host".to_owned(), json!(host))),
        HostSent::Pool => {
            if let [(_, only)] = forward.pools.as_slice()
                && source.sites.upstreams.contains_key(&only.name)
            {
                request.insert("Host".to_owned(), json!(only.name));
            }
        }
    }
    for (name, value) in &policies.request_headers {
        request.insert(name.clone(), json!(value));
    }
    let mut response = Map::new();
    for name in &policies.hidden {
        response.insert(name.clone(), json!(""));
    }
    for (name, value) in &policies.response_headers {
        response.insert(name.clone(), json!(value));
    }
    if let Some(text) = &policies.cache_control {
        response.entry("Cache-Control".to_owned()).or_insert_with(|| json!(text));
    }
    let mut headers = Map::new();
    if !request.is_empty() {
        headers.insert("customRequestHeaders".to_owned(), Value::Object(request));
    }
    if !response.is_empty() {
        headers.insert("customResponseHeaders".to_owned(), Value::Object(response));
    }
    (!headers.is_empty()).then_some(Value::Object(headers))
}

fn path_change(change: &PathChange) -> Option<Value> {
    match change {
        PathChange::Keep => None,
        PathChange::Set(path) => Some(json!({"replacePath": {"path": path}})),
        PathChange::Swap { from, to } => {
            let bare = from.trim_end_matches('/');
            // Traefik answers 400 to a path that begins with two slashes; stripping a prefix never makes one.
            if to == "/" && !bare.is_empty() {
                return Some(json!({"stripPrefix": {"prefixes": [bare]}}));
            }
            let regex = format!("^{}(.*)$", super::super::pattern::escaped(from));
            let replacement = if to.ends_with('$') { format!("{to}${{1}}") } else { format!("{to}$1") };
            Some(json!({"replacePathRegex": {"regex": regex, "replacement": replacement}}))
        }
        PathChange::Template { pattern, template } => {
            Some(json!({"replacePathRegex": {"regex": pattern.grouped(), "replacement": template}}))
        }
    }
}

/// The beginning of an address, its scheme and host kept.
const ANYWHERE: (&str, &str) = ("^(https?://[^/]+)", "${1}");

/// A rewrite that writes a query, as redirects: with a query of the client's own and without. What must be hidden from
/// clients cannot be said.
fn query_redirects(
    (begin, host): (&str, &str),
    permanent: bool,
    asked: &PathMatch,
    path: &PathChange,
    query: &QueryChange,
) -> Option<Vec<Value>> {
    let QueryChange::Prepend(own) = query else { return None };
    let (own, drops) = own.strip_suffix('?').map_or((own.as_str(), false), |own| (own, true));
    let (body, groups, to) = match path {
        PathChange::Swap { from, to } => {
            (format!("{}([^?]*)", super::super::pattern::escaped(from)), 1, format!("{to}$1"))
        }
        // The group is the rest of the path, behind the prefix that is asked for.
        PathChange::Set(to) if asked.patterns.is_empty() => {
            let asked = asked.exact.as_deref().unwrap_or(&asked.prefix);
            (format!("{}([^?]*)", super::super::pattern::escaped(asked)), 1, to.clone())
        }
        PathChange::Set(to) => {
            let source = asked.patterns.last()?.grouped();
            let body = source.strip_prefix('^')?.trim_end_matches('$').replace(".*", "[^?]*");
            (body.clone(), body.matches('(').count() - body.matches("(?:").count(), to.clone())
        }
        PathChange::Template { pattern, template } => {
            let source = pattern.grouped();
            let body = source.strip_prefix('^')?.trim_end_matches('$').replace(".*", "[^?]*");
            (body.clone(), body.matches('(').count() - body.matches("(?:").count(), template.clone())
        }
        PathChange::Keep => return None,
    };
    let target = shifted(&format!("{to}?{own}"));
    let next = groups + 2;
    let one = |regex: String, replacement: String| json!({"redirectRegex": {"regex": regex, "replacement": replacement, "permanent": permanent}});
    if drops {
        return Some(vec![one(format!("{begin}{body}(?:\\?.*)?$"), format!("{host}{target}"))]);
    }
    Some(vec![
        one(format!("{begin}{body}\\?(.+)$"), format!("{host}{target}&${{{next}}}")),
        one(format!("{begin}{body}\\??$"), format!("{host}{target}")),
    ])
}

/// The groups of a template, one further: the first is the scheme and the host.
fn shifted(template: &str) -> String {
    use crate::model::ingress::nginx::value::{Piece, pieces};
    let all = pieces(template).into_iter().map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(name) => match name.parse::<u32>() {
            Ok(group) => format!("${{{}}}", group + 1),
            Err(_) => format!("${{{name}}}"),
        },
    });
    all.collect()
}

fn redirect_of(route: &Route, redirect: &Redirect) -> Option<Vec<Value>> {
    let permanent = matches!(redirect.status, 301 | 308);
    let keeps_all = matches!(redirect.path, PathChange::Keep) && redirect.query == QueryChange::Keep;
    if let (Some(scheme), None, true) = (&redirect.scheme, &redirect.host, keeps_all) {
        return Some(vec![json!({"redirectScheme": {"scheme": scheme, "permanent": permanent}})]);
    }
    let (begin, host) = match (&redirect.scheme, &redirect.host) {
        (None, None) => (ANYWHERE.0, ANYWHERE.1.to_owned()),
        (Some(scheme), None) => ("^https?://([^/:]+)(?::[0-9]+)?", format!("{scheme}://${{1}}")),
        (scheme, Some(host)) => {
            ("^(https?)://[^/]+", format!("{}://{host}", scheme.as_deref().unwrap_or("${1}")))
        }
    };
    if let QueryChange::Prepend(_) = redirect.query {
        return query_redirects((begin, &host), permanent, &route.path, &redirect.path, &redirect.query);
    }
    let keeps = redirect.query == QueryChange::Keep;
    let (body, to) = match &redirect.path {
        PathChange::Keep if keeps => ("(.*)$".to_owned(), "${2}".to_owned()),
        PathChange::Keep => ("([^?]*).*$".to_owned(), "${2}".to_owned()),
        PathChange::Set(path) => {
            let asked =
                route.path.exact.as_ref().map_or("[^?]*".to_owned(), |p| super::super::pattern::escaped(p));
            if keeps {
                (format!("{asked}(\\?.*)?$"), format!("{path}${{2}}"))
            } else {
                (format!("{asked}.*$"), path.clone())
            }
        }
        PathChange::Swap { from, to } => {
            let from = super::super::pattern::escaped(from);
            if keeps {
                (format!("{from}(.*)$"), format!("{to}${{2}}"))
            } else {
                (format!("{from}([^?]*).*$"), format!("{to}${{2}}"))
            }
        }
        PathChange::Template { pattern, template } => {
            let source = pattern.grouped();
            let source = source.strip_prefix('^')?.trim_end_matches('$').replace(".*", "[^?]*");
            let groups = source.matches('(').count() - source.matches("(?:").count();
            let to = shifted(template);
            if keeps {
                (format!("{source}(\\?.*)?$"), format!("{to}${{{}}}", groups + 2))
            } else {
                (format!("{source}.*$"), to)
            }
        }
    };
    Some(vec![json!({"redirectRegex": {
        "regex": format!("{begin}{body}"), "replacement": format!("{host}{to}"), "permanent": permanent}})])
}
