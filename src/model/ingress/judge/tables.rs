//! Values that are looked up: `map`, `geo`, `split_clients`, `types`; and `set`.

use super::{
    Carried, Differs, FORWARDED, Irrelevant, Judgement, JudgementInput, Lost, Risk, Target, differs,
    is_of_load_balancer, lost, unknown,
};
use crate::model::ingress::client::{Client, behind};
use crate::model::ingress::nginx::site::variable;
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::pattern::Pattern;

impl JudgementInput<'_> {
    /// A line in the body of a table.
    pub(super) fn entry(&self, id: Id) -> Judgement {
        let Some(parent) = self.config().get(id).parent else { return unknown("") };
        let directive = self.config().get(id);
        match self.config().get(parent).name.as_str() {
            "types" | "charset_map" => Judgement::all(Irrelevant, "the app says what it serves"),
            "match" => Judgement::all(Differs, "a check of the service in Nomad asks instead"),
            "split_clients" => {
                let whole = self.split_clients(parent);
                match whole.of(Target::Traefik).verdict {
                    Differs => Judgement::all(Carried, "the share becomes a weight"),
                    _ => whole,
                }
            }
            "geo" | "geoip2" => self.by_name(parent),
            _ if self.config().is_within(id, "stream") => self.map_of_connections(parent),
            _ => {
                let pattern = directive.name.strip_prefix("~*").or_else(|| directive.name.strip_prefix('~'));
                let lacks = pattern.and_then(|p| Pattern::new(p, false).ok()?.not_re2());
                if let Some(lacks) = lacks {
                    let note = format!("the expression has what RE2 lacks: {lacks}");
                    return Judgement::all(Lost, note).risky_where_lost(Risk::NotRe2);
                }
                self.map(parent)
            }
        }
    }

    /// A value by address. `ClientIP` in a rule of Traefik looks at whoever connected.
    pub(super) fn geo(&self, id: Id) -> Judgement {
        let geo = self.config().get(id);
        let name = variable(geo.args.last().map_or("", |word| word.text.as_str()));
        let traefik = match behind(self.config(), id, &name) {
            Some(Client::ProxyProtocol) => {
                "a value by address: ClientIP matchers have to be written by hand, and proxyProtocol.trustedIPs of the entry point be set".to_owned()
            }
            Some(Client::Peer) | None => {
                "a value by address: ClientIP matchers have to be written by hand; they look at the peer, as nginx does here".to_owned()
            }
            Some(elsewhere) => format!(
                "a value by address, and nginx takes it from {}: ClientIP matchers look at whoever connected, never at a header",
                match &elsewhere {
                    Client::Other(what) => what,
                    _ => "X-Forwarded-For (set_real_ip_from)",
                }
            ),
        };
        Judgement::split(
            lost(&traefik),
            lost("no Consul form looks at addresses: keep it in the app or the WAF"),
        )
    }

    /// Whether nothing but the log uses a variable.
    pub(super) fn is_only_logged(&self, name: &str) -> bool {
        let users = self.last_users(name, 0);
        users.iter().all(|u| matches!(self.config().get(*u).name.as_str(), "log_format" | "access_log"))
    }

    pub(super) fn split_clients(&self, id: Id) -> Judgement {
        let config = self.config();
        let name = variable(config.get(id).arg(1));
        if self.is_only_logged(&name) {
            return Judgement::all(Irrelevant, "nothing but the log uses it");
        }
        let users = self.last_users(&name, 0);
        let weighs = |id: &&Id| {
            let hands_on = matches!(config.get(**id).name.as_str(), "proxy_pass" | "grpc_pass");
            hands_on && self.unresolved(**id).is_none()
        };
        let mut others: Vec<&str> =
            users.iter().filter(|u| !weighs(u)).map(|u| config.get(*u).name.as_str()).collect();
        others.sort_unstable();
        others.dedup();
        let others = others.join(", ");
        if !users.iter().any(|u| weighs(&u)) {
            return Judgement::all(
                Lost,
                format!("a share is only a weight between services: what {others} makes of it is lost"),
            );
        }
        let also =
            if others.is_empty() { String::new() } else { format!("; what {others} makes of it is lost") };
        Judgement::split(
            differs(&format!(
                "weighted service: a client keeps its side only by a cookie of Traefik's own{also}"
            )),
            differs(&format!("each request is decided anew; nginx gave the same client the same side{also}")),
        )
    }

    pub(super) fn map(&self, id: Id) -> Judgement {
        let config = self.config();
        let directive = config.get(id);
        let name = variable(directive.arg(1));
        let users = self.last_users(&name, 0);
        let names: Vec<&str> = users.iter().map(|u| config.get(*u).name.as_str()).collect();
        let source = directive.arg(0);
        if source == "$http_upgrade" {
            return Judgement::all(Carried, "websockets pass without being asked for");
        }
        if names.iter().all(|n| matches!(*n, "log_format" | "access_log")) {
            let note = if names.is_empty() { "nothing uses it" } else { "only the log uses it" };
            return Judgement::all(Irrelevant, note);
        }
        let routes = |id: &Id| {
            matches!(
                config.get(*id).name.as_str(),
                "proxy_pass" | "grpc_pass" | "set" | "if" | "return" | "rewrite"
            )
        };
        let routing: Vec<&Id> = users.iter().filter(|u| routes(u)).collect();
        let resolved = !routing.is_empty() && routing.iter().all(|u| self.unresolved(**u).is_none());
        let mut others: Vec<&str> =
            users.iter().filter(|u| !routes(u)).map(|u| config.get(*u).name.as_str()).collect();
        others.sort_unstable();
        others.dedup();
        let entries = config.inside(Some(id)).to_vec();
        if resolved && others.is_empty() {
            let carried = Judgement::all(Carried, "a route of its own for each value");
            let forwarded =
                crate::model::ingress::lower::subject(source).is_some_and(|s| is_of_load_balancer(&s));
            let carried =
                if forwarded { carried.in_place(Target::Traefik, differs(FORWARDED)) } else { carried };
            return entries.into_iter().fold(carried, |all, entry| self.where_asked(entry, source, all));
        }
        if resolved {
            let others = others.join(", ");
            return Judgement::all(
                Differs,
                format!("a route of its own for each value; what {others} makes of it is lost"),
            );
        }
        let others = if others.is_empty() { String::new() } else { format!(" (for {})", others.join(", ")) };
        Judgement::all(Lost, format!("a value worked out for each request{others}: the app has to do it"))
    }

    pub(super) fn set(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let name = variable(directive.arg(0));
        let users = self.last_users(&name, 0);
        let log = |id: &Id| matches!(self.config().get(*id).name.as_str(), "log_format" | "access_log");
        if users.iter().all(log) {
            let note = if users.is_empty() { "nothing uses it" } else { "only the log uses it" };
            return Judgement::all(Irrelevant, note);
        }
        let constant = self.sites.constant(&format!("${name}")).is_some();
        let in_headers = users.iter().any(|u| self.config().get(*u).name.ends_with("_header"));
        let beyond = users.iter().any(|u| self.unresolved(*u).is_some());
        if (constant || self.routes_from(id).next().is_some()) && !beyond && (constant || !in_headers) {
            return Judgement::all(Carried, "put in where it is used");
        }
        Judgement::all(Lost, "a value worked out for each request: the app has to do it")
    }
}
