//! Plain connections: what stands in `stream`.

use super::{Carried, Differs, Irrelevant, Judgement, JudgementInput, Lost, Risk, carried, differs, lost};
use super::{quiet, settings, unknown};
use crate::model::ingress::nginx::tree::Id;

impl JudgementInput<'_> {
    pub(super) fn in_stream(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let around = self.config().levels(id).find(|level| self.config().get(*level).name == "server");
        let stream = self.sites.streams.iter().find(|s| Some(s.id) == around);
        let udp = stream.is_some_and(|s| s.udp);
        match directive.name.as_str() {
            "map" => self.map_of_connections(id),
            "server" | "proxy_pass" if udp => Judgement::split(
                lost("a UDP router has to be written by hand"),
                lost("Consul's gateways carry no UDP"),
            ),
            "server" => Judgement::all(Carried, "a plain TCP route"),
            "listen" if directive.texts().any(|w| w == "udp") => Judgement::split(
                lost("a UDP router has to be written by hand"),
                lost("Consul's gateways carry no UDP"),
            ),
            "listen" if directive.texts().any(|w| w == "proxy_protocol") => Judgement::split(
                differs("set proxyProtocol.trustedIPs on the entry point by hand"),
                lost("Consul's gateways do not read the PROXY protocol: turn it off at the load balancer"),
            ),
            "set_real_ip_from" => Judgement::split(
                differs("set proxyProtocol.trustedIPs on the entry point by hand"),
                lost("Consul's gateways see the load balancer's address"),
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
            "ssl_preread" if directive.arg(0) == "off" => Judgement::all(Carried, ""),
            "ssl_preread" => Judgement::split(
                carried("HostSNI, with the encryption left as it is"),
                lost("Consul's gateways do not look at SNI here"),
            ),
            "return" => Judgement::all(Lost, "static answers: a small service"),
            "include" => self.include(id),
            "allow" if directive.arg(0) == "all" => Judgement::all(Irrelevant, "everybody may"),
            "allow" | "deny" if stream.is_some_and(|s| s.allowed.is_some()) => Judgement::split(
                carried("ipAllowList of the TCP router"),
                lost("REFUSE: plain connections are not guarded by what is written here"),
            )
            .risky_where_lost(Risk::LostGuard),
            "limit_conn" => Judgement::split(
                carried("inFlightConn of the TCP router"),
                lost("REFUSE: plain connections are not counted"),
            )
            .risky_where_lost(Risk::LostGuard),
            "allow" | "deny" | "ssl_verify_client" => {
                Judgement::all(Lost, "REFUSE: plain connections are not guarded by what is written here")
                    .risky_where_lost(Risk::LostGuard)
            }
            "limit_conn_zone" => Judgement::split(
                carried("counted by the peer's address"),
                lost("plain connections are not counted"),
            ),
            name => quiet::judge(name, directive.arg(0))
                .or_else(|| settings::judge(self, id, name))
                .unwrap_or_else(|| unknown(name)),
        }
    }

    /// A `map` of `stream`, and a line in it: only one over the name a client asks for by TLS has a form.
    pub(super) fn map_of_connections(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        let name = crate::model::ingress::nginx::site::variable(directive.arg(1));
        if self.last_users(&name, 0).iter().all(|u| self.config().get(*u).name != "proxy_pass") {
            return Judgement::all(Irrelevant, "no connection is handed on by it");
        }
        if self.sites.names_of_tls(&name).is_some() {
            return Judgement::split(
                carried("a TCP router with HostSNI for each name"),
                lost("Consul's gateways do not look at SNI here"),
            );
        }
        Judgement::all(Lost, "a value worked out for each connection")
    }
}
