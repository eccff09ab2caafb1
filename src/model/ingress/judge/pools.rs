//! Pools and their members.

use super::{
    Carried, Irrelevant, Judgement, JudgementInput, Lost, Risk, carried, differs, lost, quiet, settings,
    unknown,
};
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::pool::with_port;
use crate::model::ingress::verdict::{Statement, Target};

const CONSUL: [Target; 2] = [Target::ApiGateway, Target::IngressGateway];

impl JudgementInput<'_> {
    pub(super) fn upstream(&self, id: Id) -> Judgement {
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
            name => settings::judge(self, id, name)
                .or_else(|| quiet::judge(name))
                .unwrap_or_else(|| unknown(name)),
        }
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
        let judgement = if has("down") {
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
