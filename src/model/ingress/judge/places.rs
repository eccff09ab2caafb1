//! Where requests come in and where they go: listen, names, locations, targets, rewrites.

use super::{Carried, Differs, Irrelevant, Judgement, JudgementInput, Lost, Risk, carried, differs, lost};
use crate::model::ingress::nginx::site::{Kind, Name, kind_of};
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value;
use crate::model::ingress::pattern::Pattern;
use crate::model::ingress::policy::Policies;
use crate::model::ingress::route::{Action, Forward, PathChange, QueryChange};
use crate::model::ingress::verdict::{Statement, Target};

const CONSUL: [Target; 2] = [Target::ApiGateway, Target::IngressGateway];

impl JudgementInput<'_> {
    pub(super) fn listen(&self, id: Id) -> Judgement {
        let judgement = self.listener(id);
        let Some(note) = self.of_its_address(id) else { return judgement };
        crate::model::ingress::verdict::TARGETS.into_iter().fold(judgement, |all, target| {
            if all.of(target).verdict == Carried { all.in_place(target, differs(note)) } else { all }
        })
    }

    /// What the address of a listener says beside its port.
    fn of_its_address(&self, id: Id) -> Option<&'static str> {
        let mut all = self.sites.servers.iter().flat_map(|s| &s.listens);
        let own = all.clone().find(|l| l.id == id)?;
        let address = own.address.as_deref().filter(|a| !matches!(*a, "*" | "0.0.0.0" | "[::]"))?;
        if address == "localhost" || address == "[::1]" || address.starts_with("127.") {
            return Some(
                "only this machine could reach it; the new proxy listens for everybody: leave this port out of it, or guard it",
            );
        }
        let others = all.any(|l| l.port == own.port && l.address != own.address);
        others.then_some(
            "nginx tells servers on this port apart by the address first; the new proxy listens on all and goes by the host",
        )
    }

    fn listener(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let has = |word: &str| directive.texts().skip(1).any(|w| w == word);
        if directive.arg(0).starts_with("unix:") {
            return Judgement::all(Lost, "a socket file is on one machine only");
        }
        if has("quic") {
            return Judgement::split(
                differs("http3 on the entry point"),
                lost("Consul's gateways carry no QUIC"),
            );
        }
        if has("proxy_protocol") {
            return Judgement::split(
                differs("set proxyProtocol.trustedIPs on the entry point by hand"),
                lost("Consul's gateways do not read the PROXY protocol: turn it off at the load balancer"),
            );
        }
        if has("ssl") {
            return Judgement::split(
                carried("tls on the entry point, or at the load balancer"),
                differs("the listener needs a certificate, or TLS ends at the load balancer"),
            );
        }
        if has("default_server") || has("default") {
            return Judgement::each(
                carried("catch-all router"),
                carried("route without Hostnames"),
                carried("Hosts [\"*\"]"),
            );
        }
        Judgement::all(Carried, "keep the port (target group unchanged) or merge by host: your decision")
    }

    pub(super) fn server_name(&self, id: Id) -> Judgement {
        let Some(server) = self.sites.servers.iter().find(|s| Some(s.id) == self.config().get(id).parent)
        else {
            return Judgement::all(Carried, "");
        };
        let texts: Vec<&str> = self.config().get(id).texts().collect();
        let mut worst: Option<Judgement> = None;
        for name in &server.names {
            let judgement = self.name(name, &texts);
            let badness = |j: &Judgement| Target::sum(j);
            if worst.as_ref().is_none_or(|w| badness(w) < badness(&judgement)) {
                worst = Some(judgement);
            }
        }
        worst.unwrap_or_else(|| Judgement::all(Irrelevant, ""))
    }

    fn name(&self, name: &Name, _texts: &[&str]) -> Judgement {
        let wildcard = "http-route refuses wildcards (500): put the wildcard on a listener of its own port";
        match name {
            Name::Exact(_) => Judgement::all(Carried, ""),
            Name::Nobody(_) => Judgement::all(Irrelevant, "a name no host has"),
            Name::EndsWith(end) => {
                Judgement::each(carried("HostRegexp"), lost(wildcard), carried(&format!("Hosts *{end}")))
                    .risky_for(&[Target::ApiGateway], Risk::WildcardHost)
            }
            Name::Below(below) => Judgement::each(
                carried("HostRegexp"),
                lost(wildcard),
                carried(&format!("Hosts {below}, *.{below}")),
            )
            .risky_for(&[Target::ApiGateway], Risk::WildcardHost),
            Name::BeginsWith(_) => {
                Judgement::split(carried("HostRegexp"), lost("Consul's wildcards stand only in front"))
                    .risky_for(&CONSUL, Risk::WildcardHost)
            }
            Name::Pattern(pattern) => {
                if let Some(lacks) = pattern.not_re2() {
                    return Judgement::all(Lost, format!("the expression has what RE2 lacks: {lacks}"))
                        .risky_where_lost(Risk::NotRe2);
                }
                let used = pattern.names().iter().any(|(n, _)| !self.users(n).is_empty());
                let traefik = if used {
                    differs("HostRegexp, but a captured host part cannot be used in a header or path")
                } else {
                    carried("HostRegexp")
                };
                let ingress = match crate::model::ingress::emit::wider(pattern) {
                    Some(host) => differs(&format!("{host} is wider")),
                    None => lost("Consul knows no expressions over hosts"),
                };
                Judgement::each(
                    traefik,
                    lost("http-route knows neither wildcards nor expressions over hosts"),
                    ingress,
                )
                .risky_where_lost(Risk::WildcardHost)
            }
        }
    }

    pub(super) fn location(&self, id: Id) -> Judgement {
        let config = self.config();
        let Some(kind) = kind_of(config, id) else {
            return Judgement::all(Lost, "it is written in a way nginx itself refuses")
                .risky_where_lost(Risk::NotResolved);
        };
        if self.asked.contains(&id) {
            return Judgement::split(carried("address of forwardAuth"), lost("nothing asks a service first"));
        }
        if let Kind::Named(_) = kind {
            return Judgement::all(Lost, "no proxy goes to a route by itself");
        }
        let closed = |r: &crate::model::ingress::route::Route| {
            r.is_everything() && matches!(r.action, Action::Deny { .. })
        };
        if self.routes_from(id).any(closed) {
            return Judgement::split(
                carried("deny by ipAllowList"),
                differs("closed as a whole: 503, and no spelling of a path gets by"),
            );
        }
        let denied = config
            .named(Some(id), "return")
            .filter(|r| !self.is_behind_unresolved(*r))
            .any(|r| config.get(r).arg(0).parse::<u16>().is_ok_and(|s| (400..500).contains(&s) && s != 444));
        if denied {
            return Judgement::split(
                carried("deny by ipAllowList"),
                lost(
                    "REFUSE: without it the path becomes public, and other spellings (//x, /y/../x, %xx) reach it even when a \
                     route covers it",
                ),
            )
            .risky_where_lost(Risk::LostGuard);
        }
        match &kind {
            Kind::Pattern(pattern) => self.location_of(id, pattern),
            Kind::Prefix(prefix, false) if self.is_below_a_stop(id, prefix) => Judgement::split(
                carried("rule \"prefix && regex\" for each regex before the plain prefix"),
                differs("needs a decision: regexes are tried here although a shorter ^~ matches too"),
            ),
            Kind::Prefix(prefix, _) => {
                let swaps = self.routes_from(id).any(|r| r.instead.is_some());
                let note = match prefix.strip_suffix('/') {
                    Some(bare) if swaps => format!(
                        "plus the redirect {bare} → {prefix} (Traefik redirectRegex; Consul: the exact path is routed, no redirect)"
                    ),
                    _ if prefix == "/" => String::new(),
                    Some(_) => String::new(),
                    None => format!("string prefix: {prefix}X matches too"),
                };
                Judgement::all(Carried, note)
            }
            _ => Judgement::all(Carried, ""),
        }
    }

    fn location_of(&self, id: Id, pattern: &Pattern) -> Judgement {
        if let Some(lacks) = pattern.not_re2() {
            let note = if pattern.is_sayable() {
                format!(
                    "{lacks} is not in RE2/Go: Envoy rejects the whole update, Traefik drops the router; what is written instead \
                     says the same with a rule for each excluded prefix"
                )
            } else {
                format!("{lacks} is not in RE2/Go: Envoy rejects the whole update, Traefik drops the router")
            };
            return Judgement::all(Lost, note).risky_where_lost(Risk::NotRe2);
        }
        let nested = self.config().get(id).parent.is_some_and(|p| self.config().get(p).name == "location");
        if self
            .routes_from(id)
            .any(|r| matches!(forward(r).map(|f| &f.path), Some(PathChange::Template { .. })))
        {
            return Judgement::split(carried("PathRegexp and replacePathRegex"), lost("captures"))
                .risky_where_lost(Risk::Captures);
        }
        if pattern.whole().is_none() {
            return Judgement::split(
                carried("PathRegexp"),
                lost("an anchor in the middle: Envoy wants the whole path matched"),
            )
            .risky_where_lost(Risk::NotResolved);
        }
        if nested {
            return Judgement::split(
                carried("rule \"prefix && regex\""),
                differs("needs a decision: it is only tried where the location around it is the longest"),
            );
        }
        let note = match pattern.as_prefix() {
            Some(_) => "a plain prefix in disguise".to_owned(),
            None => format!("RE2: {}", pattern.whole().unwrap_or_default()),
        };
        Judgement::all(Carried, note)
    }

    fn is_below_a_stop(&self, id: Id, prefix: &str) -> bool {
        let config = self.config();
        let around = config.get(id).parent;
        let siblings = config.named(around, "location");
        let stops = siblings.filter_map(|s| match kind_of(config, s)? {
            Kind::Prefix(text, true) => Some(text),
            _ => None,
        });
        let shorter = stops.into_iter().any(|s| prefix.len() > s.len() && prefix.starts_with(&s));
        let has_patterns =
            config.named(around, "location").any(|s| matches!(kind_of(config, s), Some(Kind::Pattern(_))));
        shorter && has_patterns
    }

    pub(super) fn proxy_pass(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let url = directive.arg(0);
        if self.is_in_asked(id) {
            return if value::variables(url).next().is_some() {
                Judgement::all(
                    Differs,
                    "variable in the address: the service that is asked must read the header itself",
                )
            } else {
                Judgement::all(Carried, "")
            };
        }
        if let Some(why) = self.unresolved(id) {
            return Judgement::all(Lost, why).risky_where_lost(Risk::NotResolved);
        }
        let forwards: Vec<&Forward> = self.routes_from(id).filter_map(forward).collect();
        let judgement = self.forwarded(id, &forwards);
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let authority = rest.split('/').next().unwrap_or_default();
        if !authority.contains('$') {
            return self.mapped(judgement, authority, scheme);
        }
        let pools = forwards.iter().flat_map(|f| &f.pools);
        pools.fold(judgement, |all, (_, pool)| self.mapped(all, &pool.name, &pool.scheme))
    }

    fn forwarded(&self, id: Id, forwards: &[&Forward]) -> Judgement {
        let url = self.config().get(id).arg(0);
        if forwards.iter().any(|f| matches!(f.query, QueryChange::Prepend(_))) && url.contains('?') {
            return Judgement::each(
                lost("replacePathRegex cannot write a query"),
                lost("PrefixRewrite with a query works only for requests without one"),
                differs("PrefixRewrite with a query works only for requests without one"),
            );
        }
        // The path of a rewrite is that line's affair.
        let own = url.split_once("://").is_some_and(|(_, rest)| rest.contains('/') && rest.contains('$'));
        if own && forwards.iter().any(|f| matches!(f.path, PathChange::Template { .. })) {
            return Judgement::split(
                differs(
                    "replacePathRegex keeps escapes; nginx sends them decoded (a space breaks the request line)",
                ),
                lost("captures"),
            );
        }
        if own && forwards.iter().any(|f| f.query == QueryChange::Drop) {
            return Judgement::all(
                Differs,
                "nginx drops the query here (bug of the old config, often unnoticed): the new proxy keeps it",
            );
        }
        if forwards.iter().any(|f| f.pools.len() > 1) {
            return Judgement::all(Differs, "the share is a weight: each request is decided anew");
        }
        if url.starts_with("https://") || url.starts_with("grpcs://") {
            return Judgement::split(
                carried("the service's address with https"),
                differs("the mesh encrypts: the service speaks plain HTTP to its sidecar"),
            );
        }
        let literal = !url.contains('$') && self.pool_named(url).is_none();
        if literal && self.loses_host(id) {
            let address =
                url.split_once("://").map_or(url, |(_, rest)| rest.split('/').next().unwrap_or(rest));
            return Judgement::all(Differs, format!("Host was {address} (no Host line in this location)"));
        }
        Judgement::all(Carried, "")
    }

    fn pool_named(&self, url: &str) -> Option<Id> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        self.sites.upstreams.get(rest.split('/').next()?).copied()
    }

    /// Whether a Host that is set around a block is switched off in it.
    pub(super) fn loses_host(&self, id: Id) -> bool {
        let config = self.config();
        let Some(block) = config.get(id).parent else { return false };
        let own: Vec<Id> = config.in_force(block, "proxy_set_header");
        let is_host = |id: &Id| config.get(*id).arg(0).eq_ignore_ascii_case("host");
        let Some(level) = own.first().and_then(|first| config.get(*first).parent) else { return false };
        let around =
            config.get(level).parent.map(|p| config.in_force(p, "proxy_set_header")).unwrap_or_default();
        !own.iter().any(is_host) && around.iter().any(is_host)
    }

    pub(super) fn rewrite(&self, id: Id) -> Judgement {
        if let Some(why) = self.unresolved(id) {
            let risk = if why.contains("RE2") { Risk::NotRe2 } else { Risk::NotResolved };
            return Judgement::all(Lost, why).risky_where_lost(risk);
        }
        if self.is_behind_unresolved(id) {
            return behind_unresolved();
        }
        let directive = self.config().get(id);
        let (text, flag) = (directive.arg(1), directive.arg(2));
        let away = ["http://", "https://", "$scheme"].iter().any(|s| text.starts_with(s));
        if away || matches!(flag, "redirect" | "permanent") {
            let drops = if text.ends_with('?') { " that drops the query" } else { "" };
            let code = if flag == "permanent" {
                "301 for GET, 308 for others"
            } else {
                "302 for GET, 307 for others"
            };
            return Judgement::split(
                carried(&format!("redirectRegex{drops} ({code})")),
                lost("no redirects in Consul: a rule of the load balancer, or the app"),
            );
        }
        if text.trim_end_matches('?').contains('?') {
            return self.rewrite_with_query(id);
        }
        if self.routes_from(id).next().is_none() {
            if let Some(why) = self.never_entered(id).or_else(|| self.in_unasked(id)) {
                return Judgement::all(Lost, why);
            }
            return Judgement::all(Irrelevant, "no request comes to it");
        }
        let Ok(pattern) = Pattern::new(directive.arg(0), false) else {
            return Judgement::all(Lost, "the expression is no good").risky_where_lost(Risk::NotRe2);
        };
        let groups: Vec<String> = value::variables(text).collect();
        let swaps = |r: &crate::model::ingress::route::Route| {
            matches!(forward(r).map(|f| &f.path), Some(PathChange::Swap { .. }))
        };
        let prefix = pattern.as_prefix().is_some() && (groups.is_empty() || groups == ["1"]);
        if prefix || self.routes_from(id).all(swaps) {
            let note = if flag == "break" {
                "prefix swap: Traefik replacePathRegex, Consul PrefixRewrite"
            } else {
                "resolved statically: what it becomes is routed to where that path goes"
            };
            return Judgement::all(Carried, note);
        }
        let exact = self.routes_from(id).all(|r| r.path.exact.is_some());
        if groups.is_empty() && exact {
            return Judgement::all(Carried, "Traefik replacePath, Consul an exact match with PrefixRewrite");
        }
        if groups.is_empty() {
            return Judgement::split(
                carried("replacePath, whatever the path was"),
                lost("PrefixRewrite keeps what follows the prefix"),
            )
            .risky_where_lost(Risk::Captures);
        }
        Judgement::split(
            differs("a router of its own, with and without what it matches"),
            lost("regex capture"),
        )
        .risky_where_lost(Risk::Captures)
    }

    /// A rewrite that makes a query of the path.
    fn rewrite_with_query(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let traefik = lost(
            "replacePathRegex cannot write a query (the ? is escaped): redirectRegex changes what the client sees; keep nginx for \
             this path, teach the app, or a Traefik plugin",
        );
        let groups: Vec<String> = value::variables(directive.arg(1)).collect();
        let prefix = Pattern::new(directive.arg(0), false).is_ok_and(|p| p.as_prefix().is_some());
        let exact = self.routes_from(id).all(|r| r.path.exact.is_some());
        // PrefixRewrite puts one text before what is left of the path, and nothing else.
        if !(prefix && (groups.is_empty() || groups == ["1"]) || exact && groups.is_empty()) {
            return Judgement::split(traefik, lost("regex capture"))
                .risky_for(&[Target::ApiGateway, Target::IngressGateway], Risk::Captures);
        }
        let note = "PrefixRewrite with a query works only for requests without one of their own and without %2F or +";
        Judgement::each(traefik, lost(note), differs(note))
    }

    /// Whether a `rewrite` stands before a directive in its block that cannot be followed, so that nothing is known to come to it.
    fn is_behind_unresolved(&self, id: Id) -> bool {
        let config = self.config();
        let before = config.inside(config.get(id).parent).iter().take_while(|other| **other != id);
        let mut rewrites = before.filter(|other| config.get(**other).name == "rewrite");
        rewrites.any(|other| self.unresolved(*other).is_some()) && self.routes_from(id).next().is_none()
    }

    pub(super) fn returned(&self, id: Id) -> Judgement {
        if let Some(why) = self.unresolved(id) {
            return Judgement::all(Lost, why).risky_where_lost(Risk::NotResolved);
        }
        if self.is_behind_unresolved(id) {
            return behind_unresolved();
        }
        let directive = self.config().get(id);
        let status = directive.arg(0).parse::<u16>().unwrap_or(302);
        match status {
            301 | 302 | 303 | 307 | 308 => Judgement::split(
                match status {
                    301 | 302 => carried("redirectRegex"),
                    308 => differs("redirectRegex: 301 for GET, 308 for others"),
                    303 => differs("redirectRegex: 302 for GET, 307 for others, which keeps their method"),
                    _ => differs("redirectRegex: 302 for GET, 307 for others"),
                },
                lost("no redirects in Consul: a rule of the load balancer (#{path}?#{query}), or the app"),
            ),
            444 => Judgement::all(Differs, "404 instead of a closed connection"),
            400..=499 => {
                let whole = self.routes_from(id).any(crate::model::ingress::route::Route::is_everything);
                let consul = if whole {
                    differs(&format!("the whole site is closed: 503 instead of {status}"))
                } else {
                    lost("REFUSE: nothing turns it away")
                };
                Judgement::split(turned_away(status, directive.arg(1)), consul)
                    .risky_where_lost(Risk::LostGuard)
            }
            200..=299 if self.routes_from(id).any(crate::model::ingress::route::Route::is_preflight) => {
                self.preflight(id)
            }
            _ => Judgement::all(Lost, "static answers: a small service"),
        }
    }

    /// Whether the headers on every route of a browser's question are fixed texts.
    pub(super) fn answers_preflights(&self, id: Id) -> bool {
        let mut routes = self.routes_from(id).filter(|r| r.is_preflight());
        routes.all(|r| {
            let set = Policies::of(self.sites, r.level).response_headers;
            set.iter().any(|(name, _)| name.eq_ignore_ascii_case("access-control-allow-origin"))
        })
    }

    /// A `return` that answers a browser that asks first.
    fn preflight(&self, id: Id) -> Judgement {
        let consul = lost("no static answers in Consul: the request goes to the app, which has to answer it");
        if self.answers_preflights(id) {
            let traefik = "the headers middleware answers browsers that ask first with 200, from the Access-Control headers here";
            return Judgement::split(differs(traefik), consul);
        }
        Judgement::split(
            lost(
                "the request goes to the app: name the origins in a headers middleware (accessControlAllowOriginListRegex)",
            ),
            consul,
        )
    }
}

/// How Traefik turns a request away.
fn turned_away(status: u16, text: &str) -> Statement {
    if !crate::model::ingress::emit::traefik::can_reject_with(status) {
        return differs(&format!("deny by ipAllowList answers 403 instead of {status}"));
    }
    if !text.is_empty() {
        return differs(&format!(
            "deny by ipAllowList with the same status; its text is the status's name, not {text:?}"
        ));
    }
    carried(&format!(
        "deny by ipAllowList{}",
        if status == 403 { ", with an empty body" } else { ", with the same status" }
    ))
}

fn behind_unresolved() -> Judgement {
    Judgement::all(
        Lost,
        "the rewrite before it cannot be followed: what comes to this is only known of a request",
    )
    .risky_where_lost(Risk::NotResolved)
}

fn forward(route: &crate::model::ingress::route::Route) -> Option<&Forward> {
    if let Action::Forward(forward) = &route.action { Some(forward) } else { None }
}

impl Target {
    /// How much is lost over all targets.
    fn sum(judgement: &Judgement) -> usize {
        let weight = |say: &Statement| match say.verdict {
            Irrelevant => 0,
            Carried => 1,
            Differs => 4,
            Lost => 16,
        };
        crate::model::ingress::verdict::TARGETS.iter().map(|t| weight(judgement.of(*t))).sum()
    }
}
