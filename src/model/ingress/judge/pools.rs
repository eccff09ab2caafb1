//! Pools and their members.

use super::{
    Carried, Irrelevant, Judgement, JudgementInput, Lost, Risk, carried, differs, lost, quiet, settings,
    unknown,
};
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::pool::with_port;
use crate::model::ingress::route::Action;
use crate::model::ingress::verdict::{Statement, Target};

const CONSUL: [Target; 2] = [Target::ApiGateway, Target::IngressGateway];

impl JudgementInput<'_> {
    /// What a pool is for, where that is not HTTP.
    fn not_for_http(&self, block: Id) -> Option<Judgement> {
        let config = self.config();
        let name = config.get(block).arg(0);
        if self.routes.iter().flat_map(|s| &s.routes).any(|r| match &r.action {
            Action::Forward(forward) => forward.pools.iter().any(|(_, pool)| pool.name == name),
            _ => false,
        }) {
            return None;
        }
        for (pass, speaks) in [
            ("fastcgi_pass", "FastCGI"),
            ("uwsgi_pass", "uwsgi"),
            ("scgi_pass", "SCGI"),
            ("memcached_pass", "memcached's protocol"),
        ] {
            if config.all.iter().any(|d| d.name == pass && d.arg(0) == name) {
                return Some(Judgement::all(
                    Lost,
                    format!("its servers speak {speaks}, which no gateway does"),
                ));
            }
        }
        let named = |text: &str| {
            let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
            rest.split(['/', '$', ':']).next() == Some(name)
        };
        let mentioned = config.all.iter().any(|d| d.name != "upstream" && d.texts().any(named));
        (!mentioned).then(|| Judgement::all(Irrelevant, "nothing is handed to it"))
    }

    pub(super) fn upstream(&self, id: Id) -> Judgement {
        if let Some(judgement) = self.not_for_http(id) {
            return judgement;
        }
        let config = self.config();
        let members = config.named(Some(id), "server").map(|m| with_port(config.get(m).arg(0), "http"));
        let unmapped: Vec<String> = members.filter(|m| self.services.at(m).is_none()).collect();
        let note = match unmapped.as_slice() {
            [] => String::new(),
            all => format!("name of a real service must be given (map {})", all.join(", ")),
        };
        Judgement::all(Carried, note)
    }

    pub(super) fn stream_pass(&self, id: Id) -> Judgement {
        let target = self.config().get(id).arg(0);
        if target.contains('$') {
            if self.sites.names_of_tls(&crate::model::ingress::nginx::site::variable(target)).is_some() {
                return Judgement::split(
                    carried("a TCP router with HostSNI for each name"),
                    lost("Consul's gateways do not look at SNI here"),
                )
                .risky_where_lost(Risk::NotResolved);
            }
            return Judgement::all(Lost, "the address is only known of a connection")
                .risky_where_lost(Risk::NotResolved);
        }
        self.mapped(Judgement::all(Carried, ""), target, "http")
    }

    /// The same, a reason to stop where an address is no service.
    pub(super) fn mapped(&self, judgement: Judgement, address: &str, scheme: &str) -> Judgement {
        let is_pool = |kind: &str| self.sites.upstreams.contains_key(&format!("{kind}{address}"));
        if is_pool("") || is_pool("stream/") || self.services.at(&with_port(address, scheme)).is_some() {
            return judgement;
        }
        judgement.risky_for(&CONSUL, Risk::UnmappedUpstream)
    }

    pub(super) fn in_upstream(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        if let Some(block) = directive.parent
            && let Some(judgement) = self.not_for_http(block)
        {
            return judgement;
        }
        if self.config().is_within(id, "stream")
            && let Some(judgement) = self.of_connections(id)
        {
            return judgement;
        }
        match directive.name.as_str() {
            "server" => self.member(id),
            "least_conn" | "least_time" | "random" => Judgement::split(
                differs(
                    "strategy p2c, which knows no weights: where servers weigh differently, round robin by weight",
                ),
                carried("least_request, or random"),
            ),
            "ip_hash" => Judgement::split(
                lost("hrw hashes the peer, which is the load balancer: a sticky cookie instead"),
                carried("maglev over X-Forwarded-For; sessions move once"),
            )
            .risky_where_lost(Risk::Stickiness),
            "hash" => hash(directive.arg(0)),
            "sticky" => match directive.arg(0) {
                "cookie" => Judgement::split(
                    differs("a sticky cookie of Traefik's own: existing sessions move once"),
                    carried("a cookie of Envoy's; sessions move once"),
                ),
                _ => Judgement::all(Lost, "neither routes nor learned sessions can be said")
                    .risky_where_lost(Risk::Stickiness),
            },
            "include" => self.include(id),
            "state" | "ntlm" | "queue" => Judgement::all(Lost, "nginx Plus only"),
            name => super::guards::judge(self, id, name)
                .or_else(|| settings::judge(self, id, name))
                .or_else(|| quiet::judge(name, directive.arg(0)))
                .unwrap_or_else(|| unknown(name)),
        }
    }

    /// What a pool of plain connections cannot have.
    fn of_connections(&self, id: Id) -> Option<Judgement> {
        let directive = self.config().get(id);
        let has =
            |word: &str| directive.texts().skip(1).any(|w| w == word || w.starts_with(&format!("{word}=")));
        Some(match directive.name.as_str() {
            "least_conn" | "least_time" | "random" => Judgement::split(
                lost("connections go round, whatever each server has"),
                carried("least_request, or random"),
            ),
            "hash" | "ip_hash" => {
                Judgement::all(Lost, "plain connections have nothing to hash but an address nobody looks at")
                    .risky_where_lost(Risk::Stickiness)
            }
            "server" if has("down") => return None,
            "server" if has("backup") => Judgement::split(
                lost("no failover between plain connections: the server is left out"),
                differs("the resolver's Failover needs a service of its own"),
            ),
            "server" if has("weight") => Judgement::split(
                lost("servers of plain connections weigh the same"),
                lost("instances weigh the same: weights are between services, by a splitter"),
            ),
            "server" if has("max_fails") || has("fail_timeout") => Judgement::split(
                lost("a server that fails is not left out: nothing watches plain connections"),
                differs("PassiveHealthCheck of the gateway; the first failing connection is seen"),
            ),
            _ => return None,
        })
    }

    fn member(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let address = directive.arg(0);
        let option = |name: &str| directive.texts().find_map(|w| w.strip_prefix(name)?.strip_prefix('='));
        let has = |name: &str| directive.texts().skip(1).any(|w| w == name);
        if address.starts_with("unix:") {
            return Judgement::all(
                Lost,
                "a socket file is on one machine only: let the service listen on a port",
            )
            .risky_where_lost(Risk::NotResolved);
        }
        let judgement = if option("service").is_some() || address.starts_with('_') {
            Judgement::split(
                lost("a server asks DNS for its ports (SRV): Traefik asks its Consul Catalog provider, or name the servers"),
                carried("the catalog knows the ports"),
            )
            .risky_where_lost(Risk::NotResolved)
        } else if has("down") {
            return Judgement::all(Irrelevant, "nobody is sent there");
        } else if option("weight").is_some_and(|w| w != "1") {
            Judgement::split(
                carried("weight is per server, by the file provider only"),
                lost("instances weigh the same: weights are between services, by a splitter"),
            )
        } else if has("backup") {
            Judgement::split(
                carried("failover service"),
                differs("the resolver's Failover needs a service of its own"),
            )
        } else if option("slow_start").is_some() {
            Judgement::all(Lost, "no slow start: the instance gets its share at once")
        } else if option("max_conns").is_some() {
            Judgement::split(
                lost("no bound for a single server"),
                differs("MaxConnections of the gateway, for the whole service"),
            )
        } else if option("max_fails").is_some_and(|n| n != "0")
            || (option("fail_timeout").is_some() && option("max_fails").is_none())
        {
            Judgement::split(
                carried("passiveHealthCheck; the first failing request is seen unless it is retried"),
                differs("PassiveHealthCheck of the gateway; the first failing request is seen"),
            )
        } else {
            Judgement::all(Carried, "")
        };
        let address = with_port(address, "http");
        if self.services.at(&address).is_some() {
            judgement
        } else {
            judgement.risky_for(&CONSUL, Risk::UnmappedUpstream)
        }
    }
}

fn hash(over: &str) -> Judgement {
    match over {
        "$remote_addr" | "$binary_remote_addr" => Judgement::split(
            lost("hrw hashes the peer, which is the load balancer: a sticky cookie instead"),
            carried("maglev over X-Forwarded-For; sessions move once"),
        )
        .risky_where_lost(Risk::Stickiness),
        over if over.starts_with("$cookie_") => Judgement::split(
            differs("a sticky cookie of Traefik's own: existing sessions move once"),
            carried("maglev over the cookie; sessions move once"),
        ),
        over if over.starts_with("$http_") || over.starts_with("$arg_") => Judgement::split(
            lost("Traefik hashes nothing but the peer"),
            carried("maglev; clients move once"),
        )
        .risky_where_lost(Risk::Stickiness),
        _ => Judgement::each(
            lost("Traefik hashes nothing but the peer"),
            lost("Consul hashes headers, cookies, arguments and addresses only"),
            Statement::new(Lost, "Consul hashes headers, cookies, arguments and addresses only"),
        )
        .risky_where_lost(Risk::Stickiness),
    }
}
