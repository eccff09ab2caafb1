//! The verdict on every directive, for every target (`ingress.md §C`).
//!
//! The match below has no arm that says nothing: what is not known is lost, and a reason to stop.

mod guards;
mod headers;
mod places;
mod pools;
mod quiet;
mod settings;
mod streams;
mod tables;

use std::collections::BTreeSet;

use super::lower::Unresolved;
use super::nginx::site::Sites;
use super::nginx::tree::{Config, Directive, Id};
use super::nginx::value;
use super::own_request;
use super::pool::Services;
use super::route::{Action, Condition, Route, Site, Subject, Test};
use super::verdict::{Judgement, Risk, Statement, TARGETS, Target, Verdict};
use Verdict::{Carried, Differs, Irrelevant, Lost};

/// What verdicts are made from.
#[derive(Debug)]
pub struct JudgementInput<'a> {
    /// The configuration, understood.
    pub sites: &'a Sites<'a>,
    /// What it comes to.
    pub routes: &'a [Site],
    /// What could not be worked out.
    pub unresolved: &'a [Unresolved],
    /// What the operator said of addresses.
    pub services: &'a Services,
    /// Locations that are asked whether a request may pass.
    pub asked: BTreeSet<Id>,
    /// Locations Traefik asks by itself for pages of errors, or sends copies through.
    pub own: BTreeSet<Id>,
}

fn carried(note: &str) -> Statement {
    Statement::new(Carried, note)
}

fn differs(note: &str) -> Statement {
    Statement::new(Differs, note)
}

fn lost(note: &str) -> Statement {
    Statement::new(Lost, note)
}

impl<'a> JudgementInput<'a> {
    /// Gathers what verdicts are made from.
    #[must_use]
    pub fn new(
        sites: &'a Sites<'a>,
        routes: &'a [Site],
        unresolved: &'a [Unresolved],
        services: &'a Services,
    ) -> Self {
        let config = sites.config;
        let asks = config.all.iter().filter(|d| d.name == "auth_request").map(|d| d.arg(0));
        let asks: BTreeSet<&str> = asks.collect();
        let asked = config.all.iter().enumerate().filter(|(_, d)| {
            d.name == "location" && d.args.last().is_some_and(|w| asks.contains(w.text.as_str()))
        });
        let asked = asked.map(|(at, _)| Id(at)).collect();
        let own = own_locations(sites, routes);
        JudgementInput { sites, routes, unresolved, services, asked, own }
    }

    fn config(&self) -> &'a Config {
        self.sites.config
    }

    /// The routes a directive had a part in.
    fn routes_from(&self, id: Id) -> impl Iterator<Item = &'a Route> {
        self.routes.iter().flat_map(|s| &s.routes).filter(move |r| r.from.contains(&id))
    }

    /// The routes to an application for which a line is in force.
    fn routes_with(&self, name: &'a str, id: Id) -> impl Iterator<Item = &'a Route> {
        let all =
            self.routes.iter().flat_map(|s| &s.routes).filter(|r| matches!(r.action, Action::Forward(_)));
        all.filter(move |r| self.config().in_force(r.level, name).contains(&id))
    }

    fn unresolved(&self, id: Id) -> Option<&'a str> {
        self.unresolved.iter().find(|u| u.at == id).map(|u| u.why.as_str())
    }

    fn parent_id(&self, id: Id) -> Option<Id> {
        self.config().get(id).parent
    }

    /// The block a directive stands in.
    fn parent(&self, id: Id) -> Option<&'a Directive> {
        self.config().get(id).parent.map(|p| self.config().get(p))
    }

    fn is_in_asked(&self, id: Id) -> bool {
        self.config().levels(id).any(|level| self.asked.contains(&level))
    }

    /// The directives whose arguments hold a variable, that which sets it left out.
    fn users(&self, name: &str) -> Vec<Id> {
        let uses = |d: &Directive| {
            let sets = match d.name.as_str() {
                "set" | "auth_request_set" | "js_set" | "perl_set" => Some(0),
                "map" | "split_clients" => Some(1),
                "geo" => d.args.len().checked_sub(1),
                _ => None,
            };
            let texts = d.texts().enumerate().filter(|(at, _)| Some(*at) != sets);
            texts.flat_map(|(_, text)| value::variables(text)).any(|v| v == name)
        };
        self.config().all.iter().enumerate().filter(|(_, d)| uses(d)).map(|(at, _)| Id(at)).collect()
    }

    /// The same, with those of a table in place of the table that hands the value on.
    fn last_users(&self, name: &str, depth: u8) -> Vec<Id> {
        let mut out = Vec::new();
        for id in self.users(name) {
            let directive = self.config().get(id);
            let table = match (directive.name.as_str(), self.parent(id)) {
                ("map", _) => Some(directive),
                (_, Some(parent)) if parent.name == "map" => Some(parent),
                _ => None,
            };
            match table {
                Some(table) if depth < 5 => {
                    out.extend(self.last_users(&super::nginx::site::variable(table.arg(1)), depth + 1));
                }
                _ => out.push(id),
            }
        }
        out
    }

    /// Why a target cannot tell the requests of a directive from others: it cannot ask what a route of it asks of this.
    fn unasked(&self, id: Id, target: Target, subject: &Subject) -> Option<(String, Risk)> {
        let can = |condition: &Condition| match target {
            Target::Traefik => super::emit::traefik::can_ask(condition),
            Target::ApiGateway => super::emit::consul::can_ask(condition, true),
            Target::IngressGateway => super::emit::consul::can_ask(condition, false),
        };
        let mut conditions =
            self.routes_from(id).flat_map(|r| &r.conditions).filter(|c| c.subject == *subject);
        let condition = conditions.find(|c| !can(c))?;
        let lacks = match &condition.test {
            Test::Finds(source, _) => super::pattern::Pattern::new(source, false).ok()?.not_re2(),
            _ => None,
        };
        Some(match lacks {
            Some(lacks) => (format!("the expression has what RE2 lacks: {lacks}"), Risk::NotRe2),
            None => (format!("it cannot ask for \"{}\"", condition.shown()), Risk::NotResolved),
        })
    }

    /// A judgement, lost wherever the target cannot tell the requests from others. `text` is what the directive looks at.
    fn where_asked(&self, id: Id, text: &str, judgement: Judgement) -> Judgement {
        let table = value::variables(text).find_map(|name| self.sites.maps.get(&name));
        let text = table.map_or(text, |map| self.config().get(*map).arg(0));
        let Some(subject) = super::lower::subject(text) else { return judgement };
        TARGETS.into_iter().fold(judgement, |all, target| match self.unasked(id, target, &subject) {
            Some((why, risk)) => all.lost_for(target, why, Some(risk)),
            None => all,
        })
    }

    /// Whether a directive is of a server that gets no request.
    fn is_never_reached(&self, id: Id) -> bool {
        let config = self.config();
        let server = config.levels(id).find(|level| config.get(*level).name == "server");
        server.is_some_and(|server| {
            self.sites.ports().into_iter().any(|port| self.sites.on(port).any(|(s, _)| s.id == server))
                && self.routes.iter().all(|site| site.server != server)
        })
    }

    /// Whether a directive is of a server for requests that name no host (`server_name ""`).
    fn serves_the_nameless(&self, id: Id) -> bool {
        let config = self.config();
        let server = config.levels(id).find(|level| config.get(*level).name == "server");
        let mut names = server.into_iter().flat_map(|server| config.named(Some(server), "server_name"));
        names.any(|name| config.get(name).texts().any(str::is_empty))
    }

    /// The verdict on a directive.
    #[must_use]
    pub fn judge(&self, id: Id) -> Judgement {
        let config = self.config();
        let directive = config.get(id);
        if config.is_within(id, "mail") || directive.name == "mail" {
            return Judgement::all(Lost, "mail is not carried: keep nginx for it");
        }
        if config.is_within(id, "events") || directive.name == "events" {
            return Judgement::all(Irrelevant, "how processes handle connections belongs to the proxy");
        }
        if self.is_never_reached(id) && self.serves_the_nameless(id) {
            return Judgement::all(
                Irrelevant,
                "only a request without a Host comes here, which the new proxy turns away by itself",
            );
        }
        if self.is_never_reached(id) {
            return Judgement::all(
                Irrelevant,
                "nginx never comes here: every name of this server is an earlier server's on its port, and it is not the default",
            );
        }
        match self.parent(id).map(|p| p.name.as_str()) {
            Some("map" | "geo" | "geoip2" | "split_clients" | "charset_map" | "types" | "match") => {
                return self.entry(id);
            }
            // Blocks of modules that are lost as a whole.
            Some(block @ ("otel_exporter" | "mgmt" | "oidc_provider" | "acme_issuer")) => {
                let around = config.get(id).parent.unwrap_or(id);
                return if block == "mgmt" {
                    Judgement::all(Irrelevant, "belongs to nginx itself")
                } else {
                    self.by_name(around)
                };
            }
            Some("upstream") => return self.in_upstream(id),
            _ => {}
        }
        if config.is_within(id, "stream") {
            return self.in_stream(id);
        }
        if let Some(judgement) = self.in_own(id) {
            return judgement;
        }
        let judgement = self.by_name(id);
        if let Some(why) = self.in_unasked(id) {
            // What keeps somebody out on a condition that nobody asks keeps nobody out.
            let guards = TARGETS.into_iter().any(|target| judgement.of(target).risk == Some(Risk::LostGuard));
            return without(judgement, why, guards.then_some(Risk::LostGuard));
        }
        match self.never_entered(id) {
            Some(why) => without(judgement, why, None),
            None => judgement,
        }
    }

    /// Why nothing of what stands in an `if` is carried over: its condition cannot be asked.
    fn in_unasked(&self, id: Id) -> Option<&'static str> {
        let config = self.config();
        let around = config.get(id).parent?;
        let mut blocks = config.levels(around).filter(|level| config.get(*level).name == "if");
        blocks.any(|block| self.unresolved(block).is_some()).then_some(
            "no route asks for the condition around it: what comes to this is only known of a request",
        )
    }

    /// Why nothing of what stands in a location is carried over: no request comes into it, or it serves what no gateway does.
    fn never_entered(&self, id: Id) -> Option<&'static str> {
        let config = self.config();
        let name = config.get(id).name.as_str();
        let around = config.get(id).parent?;
        let location = config.levels(around).find(|level| config.get(*level).name == "location")?;
        if self.is_in_asked(location) || matches!(name, "location" | "internal" | "include") {
            return None;
        }
        if matches!(super::nginx::site::kind_of(config, location), Some(super::nginx::site::Kind::Named(_))) {
            return Some(
                "no proxy goes to a named location by itself: an errors middleware can name its service by hand",
            );
        }
        let inside: Vec<&Route> =
            self.routes.iter().flat_map(|s| &s.routes).filter(|r| r.from.contains(&location)).collect();
        let internal = config.named(Some(location), "internal").next().is_some();
        if internal && !inside.iter().any(|r| matches!(r.action, Action::Forward(_) | Action::Redirect(_))) {
            return Some("clients do not come here, and no proxy goes to a route by itself");
        }
        let foreign = !inside.is_empty() && inside.iter().all(|r| matches!(r.action, Action::Foreign(_)));
        foreign.then_some("the path is kept closed: whatever serves it from now on has to do this")
    }

    /// What stands in a location that only nginx itself goes to, where Traefik does so too.
    fn in_own(&self, id: Id) -> Option<Judgement> {
        let config = self.config();
        let location = config.levels(id).find(|level| config.get(*level).name == "location")?;
        if !self.own.contains(&location) || config.named(Some(location), "internal").next().is_none() {
            return None;
        }
        let directive = config.get(id);
        let traefik = match directive.name.as_str() {
            "include" => return None,
            "location" | "internal" => carried("only the proxy itself goes there"),
            "proxy_pass" | "proxy_pass_request_body" | "proxy_connect_timeout" | "proxy_read_timeout" => {
                carried("")
            }
            "proxy_set_header" if directive.arg(1).is_empty() => {
                differs("the headers are those of the request it belongs to")
            }
            name if name.ends_with("_header") => lost("the headers are those of the request it belongs to"),
            _ => return None,
        };
        Some(Judgement::split(traefik, lost("nothing in Consul goes to a route by itself")))
    }

    fn by_name(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        match directive.name.as_str() {
            "http" if self.leaves_bodies_to_nginx(id) => Judgement::all(
                Irrelevant,
                "container; without client_max_body_size nginx takes bodies up to 1 MiB, the new proxy any: that bound is gone",
            ),
            "http" | "stream" => Judgement::all(Irrelevant, "container"),
            "server" => Judgement::all(Carried, ""),
            "upstream" => self.upstream(id),
            "include" => self.include(id),
            "listen" => self.listen(id),
            "server_name" => self.server_name(id),
            "location" => self.location(id),
            "proxy_pass" | "grpc_pass" => self.proxy_pass(id),
            "rewrite" => self.rewrite(id),
            "return" => self.returned(id),
            "if" => self.condition(id),
            "break" => Judgement::all(Carried, "the chain of rewrites is followed to its end"),
            "set" => self.set(id),
            "map" => self.map(id),
            "split_clients" => self.split_clients(id),
            "geo"
                if self.is_only_logged(&super::nginx::site::variable(
                    directive.args.last().map_or("", |word| word.text.as_str()),
                )) =>
            {
                Judgement::all(Irrelevant, "nothing but the log uses it")
            }
            "geo" => self.geo(id),
            "proxy_set_header" | "grpc_set_header" => self.request_header(id),
            "add_header" => self.response_header(id),
            "expires" if !super::policy::is_fixed_expiry(directive) => {
                Judgement::all(Lost, "when it expires is only known of an answer: the app has to say it")
            }
            "proxy_hide_header" | "grpc_hide_header"
                if matches!(directive.arg(0).to_ascii_lowercase().as_str(), "server" | "date") =>
            {
                Judgement::split(
                    carried("the response header is removed"),
                    differs("the app's is removed, and Envoy writes its own"),
                )
            }
            "proxy_hide_header" | "grpc_hide_header" => {
                Judgement::all(Carried, "the response header is removed")
            }
            "proxy_pass_header" | "grpc_pass_header" => Judgement::split(
                differs("Traefik passes what the app sends anyway"),
                lost("Envoy writes its own Server and Date"),
            ),
            name => guards::judge(self, id, name)
                .or_else(|| settings::judge(self, id, name))
                .or_else(|| quiet::judge(name, directive.arg(0)))
                .unwrap_or_else(|| unknown(name)),
        }
    }

    /// Whether nginx's own bound on bodies is in force for what it hands on.
    fn leaves_bodies_to_nginx(&self, http: Id) -> bool {
        let config = self.config();
        let hands_on = |d: &&Directive| matches!(d.name.as_str(), "proxy_pass" | "grpc_pass");
        config.named(Some(http), "client_max_body_size").next().is_none()
            && config.all.iter().any(|d| hands_on(&d))
    }

    fn include(&self, id: Id) -> Judgement {
        if self.config().empty_includes.contains(&id) {
            return Judgement::all(Irrelevant, "it matched no file here")
                .risky_for(&TARGETS, Risk::EmptyInclude);
        }
        Judgement::all(Irrelevant, "what it brings is judged line by line")
    }

    fn condition(&self, id: Id) -> Judgement {
        if let Some(why) = self.unresolved(id) {
            return Judgement::all(Lost, why).risky_where_lost(Risk::NotResolved);
        }
        let own = |r: &&Route| r.from.last().is_some_and(|l| self.is_directly_in(*l, id));
        let has = |of: fn(&Action) -> bool| self.routes_from(id).filter(own).any(|r| of(&r.action));
        let route = "a route of its own, before the plain one; the last that holds wins";
        let judgement = if has(|a| matches!(a, Action::Deny { .. })) {
            Judgement::split(
                carried("a router of its own that lets nobody in"),
                lost("REFUSE: nothing in Consul turns such a request away"),
            )
        } else if has(|a| matches!(a, Action::Redirect(_))) {
            Judgement::split(carried("a router of its own that redirects"), lost("no redirects in Consul"))
        } else if self.routes_from(id).filter(own).any(Route::is_preflight) {
            let consul = lost("no static answers in Consul: the app has to answer browsers that ask first");
            if self.answers_preflights(id) {
                let traefik = "a router of its own, which answers browsers that ask first from the Access-Control headers here";
                Judgement::split(differs(traefik), consul)
            } else {
                Judgement::split(lost("the origin is no fixed text: such a request goes to the app"), consul)
            }
        } else if has(|a| matches!(a, Action::Answer { status, .. } if *status != 444)) {
            Judgement::all(Lost, "what it answers is static: a small service")
        } else {
            Judgement::all(Carried, route)
        };
        let forwarded =
            self.routes_from(id).flat_map(|r| &r.conditions).any(|c| is_of_load_balancer(&c.subject));
        let judgement = if forwarded && judgement.of(Target::Traefik).verdict == Carried {
            judgement.in_place(Target::Traefik, differs(FORWARDED))
        } else {
            judgement
        };
        self.where_asked(id, self.config().get(id).arg(0), judgement)
    }

    fn is_directly_in(&self, inner: Id, block: Id) -> bool {
        self.config().get(inner).parent == Some(block)
    }
}

/// What becomes of what asks for that.
const FORWARDED: &str = "Traefik writes X-Forwarded headers itself unless they come from forwardedHeaders.trustedIPs: without the load balancer's network there, this holds or fails for every request";

/// Whether a condition looks at what a load balancer says.
fn is_of_load_balancer(subject: &Subject) -> bool {
    matches!(subject, Subject::Header(name) if name.starts_with("x-forwarded-") || name == "x-real-ip")
}

/// The locations Traefik goes to by itself on some route.
fn own_locations(sites: &Sites<'_>, routes: &[Site]) -> BTreeSet<Id> {
    let all = routes.iter().flat_map(|site| &site.routes).filter(|r| matches!(r.action, Action::Forward(_)));
    all.flat_map(|route| {
        let pages = own_request::error_pages(sites, routes, route).into_iter().map(|page| page.location);
        let copies = own_request::mirrors(sites, routes, route).into_iter().map(|copy| copy.location);
        pages.chain(copies).collect::<Vec<_>>()
    })
    .collect()
}

/// A judgement of what nobody comes to: nothing of it is carried over.
fn without(judgement: Judgement, why: &str, risk: Option<Risk>) -> Judgement {
    TARGETS.into_iter().fold(judgement, |all, target| match all.of(target).verdict {
        Irrelevant | Lost => all,
        Carried | Differs => all.lost_for(target, why, risk),
    })
}

fn unknown(name: &str) -> Judgement {
    Judgement::all(Lost, format!("nobody here knows {name}: look up what it does, then decide"))
        .risky_where_lost(Risk::UnknownDirective)
}
