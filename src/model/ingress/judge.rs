//! The verdict on every directive, for every target (`ingress.md §C`).
//!
//! The match below has no arm that says nothing: what is not known is lost, and a reason to stop.

mod guards;
mod headers;
mod places;
mod pools;
mod quiet;
mod settings;

use std::collections::BTreeSet;

use super::lower::Unresolved;
use super::nginx::site::Sites;
use super::nginx::tree::{Config, Directive, Id};
use super::nginx::value;
use super::pool::Services;
use super::route::{Action, Route, Site};
use super::verdict::{Judgement, Risk, Statement, TARGETS, Verdict};
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
        JudgementInput { sites, routes, unresolved, services, asked }
    }

    fn config(&self) -> &'a Config {
        self.sites.config
    }

    /// The routes a directive had a part in.
    fn routes_from(&self, id: Id) -> impl Iterator<Item = &'a Route> {
        self.routes.iter().flat_map(|s| &s.routes).filter(move |r| r.from.contains(&id))
    }

    fn unresolved(&self, id: Id) -> Option<&'a str> {
        self.unresolved.iter().find(|u| u.at == id).map(|u| u.why.as_str())
    }

    /// The block a directive stands in.
    fn parent(&self, id: Id) -> Option<&'a Directive> {
        self.config().get(id).parent.map(|p| self.config().get(p))
    }

    fn is_in_asked(&self, id: Id) -> bool {
        self.config().levels(id).any(|level| self.asked.contains(&level))
    }

    /// The directives whose arguments hold a variable.
    fn users(&self, name: &str) -> Vec<Id> {
        let uses = |d: &Directive| d.texts().any(|text| value::variables(text).any(|v| v == name));
        self.config().all.iter().enumerate().filter(|(_, d)| uses(d)).map(|(at, _)| Id(at)).collect()
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
        if self.is_never_reached(id) {
            return Judgement::all(
                Irrelevant,
                "nginx never comes here: every name of this server is an earlier server's on its port, and it is not the default",
            );
        }
        match self.parent(id).map(|p| p.name.as_str()) {
            Some("map" | "geo" | "split_clients" | "charset_map" | "types" | "match") => {
                return self.entry(id);
            }
            Some("upstream") => return self.in_upstream(id),
            _ => {}
        }
        if config.is_within(id, "stream") {
            return self.in_stream(id);
        }
        self.by_name(id)
    }

    fn by_name(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        match directive.name.as_str() {
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
            "split_clients" => Judgement::split(
                differs("weighted service: a client keeps its side only by a cookie of Traefik's own"),
                differs("each request is decided anew; nginx gave the same client the same side"),
            ),
            "geo" => Judgement::split(
                lost("a value by address: ClientIP matchers have to be written by hand"),
                lost("no Consul form looks at addresses: keep it in the app or the WAF"),
            ),
            "proxy_set_header" | "grpc_set_header" => self.request_header(id),
            "add_header" => self.response_header(id),
            "proxy_hide_header" | "grpc_hide_header" => {
                Judgement::all(Carried, "the response header is removed")
            }
            "proxy_pass_header" | "grpc_pass_header" => Judgement::split(
                differs("Traefik passes what the app sends anyway"),
                lost("Envoy writes its own Server and Date"),
            ),
            name => guards::judge(self, id, name)
                .or_else(|| settings::judge(self, id, name))
                .or_else(|| quiet::judge(name))
                .unwrap_or_else(|| unknown(name)),
        }
    }

    fn include(&self, id: Id) -> Judgement {
        if self.config().empty_includes.contains(&id) {
            return Judgement::all(Irrelevant, "it matched no file here")
                .risky_for(&TARGETS, Risk::EmptyInclude);
        }
        Judgement::all(Irrelevant, "what it brings is judged line by line")
    }

    /// A line in the body of a table.
    fn entry(&self, id: Id) -> Judgement {
        let Some(parent) = self.config().get(id).parent else { return unknown("") };
        let directive = self.config().get(id);
        match self.config().get(parent).name.as_str() {
            "types" | "charset_map" => Judgement::all(Irrelevant, "the app says what it serves"),
            "match" => Judgement::all(Differs, "a check of the service in Nomad asks instead"),
            "split_clients" => Judgement::all(Carried, "the share becomes a weight"),
            "geo" => self.by_name(parent),
            _ => {
                let pattern = directive.name.strip_prefix("~*").or_else(|| directive.name.strip_prefix('~'));
                let lacks = pattern.and_then(|p| super::pattern::Pattern::new(p, false).ok()?.not_re2());
                if let Some(lacks) = lacks {
                    let note = format!("the expression has what RE2 lacks: {lacks}");
                    return Judgement::all(Lost, note).risky_where_lost(Risk::NotRe2);
                }
                self.map(parent)
            }
        }
    }

    fn map(&self, id: Id) -> Judgement {
        let config = self.config();
        let directive = config.get(id);
        let name = super::nginx::site::variable(directive.arg(1));
        let users = self.users(&name);
        let names: Vec<&str> = users.iter().map(|u| config.get(*u).name.as_str()).collect();
        let source = directive.arg(0);
        if source == "$http_upgrade" {
            return Judgement::all(Carried, "websockets pass without being asked for");
        }
        if names.iter().all(|n| matches!(*n, "log_format" | "access_log")) {
            let note = if names.is_empty() { "nothing uses it" } else { "only the log uses it" };
            return Judgement::all(Irrelevant, note);
        }
        let routing =
            users.iter().filter(|u| matches!(config.get(**u).name.as_str(), "proxy_pass" | "set" | "map"));
        let routing: Vec<_> = routing.collect();
        let resolved = routing.iter().all(|u| self.unresolved(**u).is_none());
        if !routing.is_empty() && resolved {
            return Judgement::all(Carried, "a route of its own for each value");
        }
        Judgement::all(Lost, "a value worked out for each request: the app has to do it")
    }

    fn set(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let name = super::nginx::site::variable(directive.arg(0));
        if self.users(&name).is_empty() {
            return Judgement::all(Irrelevant, "nothing uses it");
        }
        let constant = value::variables(directive.arg(1)).next().is_none();
        let beyond = self.users(&name).iter().any(|u| self.unresolved(*u).is_some());
        if (constant || self.routes_from(id).next().is_some()) && !beyond {
            return Judgement::all(Carried, "put in where it is used");
        }
        Judgement::all(Lost, "a value worked out for each request: the app has to do it")
    }

    fn condition(&self, id: Id) -> Judgement {
        if let Some(why) = self.unresolved(id) {
            return Judgement::all(Lost, why).risky_where_lost(Risk::NotResolved);
        }
        let denies = self.routes_from(id).any(|r| {
            matches!(r.action, Action::Deny { .. })
                && r.from.last().is_some_and(|l| self.is_directly_in(*l, id))
        });
        if denies {
            return Judgement::split(
                carried("a router of its own that lets nobody in"),
                lost("REFUSE: nothing in Consul turns such a request away"),
            );
        }
        let odd = self.routes_from(id).flat_map(|r| &r.conditions).any(|c| c.not);
        if odd {
            return Judgement::each(
                carried("a router of its own, before the plain one"),
                differs("an http-route cannot say \"not\": the cases are listed the other way round"),
                carried("a route of its own, before the plain one"),
            );
        }
        Judgement::all(Carried, "a route of its own, before the plain one; the last that holds wins")
    }

    fn is_directly_in(&self, inner: Id, block: Id) -> bool {
        self.config().get(inner).parent == Some(block)
    }

    fn in_stream(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        match directive.name.as_str() {
            "server" => Judgement::all(Carried, "a plain TCP route"),
            "listen" if directive.texts().any(|w| w == "udp") => Judgement::split(
                lost("a UDP router has to be written by hand"),
                lost("Consul's gateways carry no UDP"),
            ),
            "listen" if directive.texts().any(|w| w == "ssl") => Judgement::split(
                carried("TLS ends at the entry point"),
                differs("the listener needs a certificate entry of Consul's"),
            ),
            "listen" => Judgement::all(Carried, "a TCP listener on the same port"),
            "proxy_pass" => self.stream_pass(id),
            "upstream" => self.upstream(id),
            "proxy_connect_timeout" => Judgement::all(Carried, ""),
            "proxy_timeout" => {
                Judgement::all(Differs, "idle connections live as long as the new proxy lets them")
            }
            "ssl_preread" => Judgement::split(
                lost("a router with HostSNI has to be written by hand"),
                lost("Consul's gateways do not look at SNI here"),
            ),
            "include" => self.include(id),
            "allow" | "deny" | "limit_conn" | "ssl_verify_client" => {
                Judgement::all(Lost, "REFUSE: plain connections are not guarded by what is written here")
                    .risky_where_lost(Risk::LostGuard)
            }
            "limit_conn_zone" => Judgement::all(Lost, "plain connections are not counted"),
            name => quiet::judge(name)
                .or_else(|| settings::judge(self, id, name))
                .unwrap_or_else(|| unknown(name)),
        }
    }
}

fn unknown(name: &str) -> Judgement {
    Judgement::all(Lost, format!("nobody here knows {name}: look up what it does, then decide"))
        .risky_where_lost(Risk::UnknownDirective)
}
