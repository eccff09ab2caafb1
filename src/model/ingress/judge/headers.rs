//! Headers to the application and to the client.

use super::{Carried, Differs, Irrelevant, Judgement, JudgementInput, Lost, carried, differs, lost};
use crate::model::ingress::client::Client;
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value;

const ALB: &str = "only when the load balancer's network is in forwardedHeaders.trustedIPs, else the client's list is dropped";

impl JudgementInput<'_> {
    /// The names that lines of a level switch off without repeating them: lists are replaced, not merged.
    pub(super) fn hidden_by(&self, id: Id) -> Vec<String> {
        let config = self.config();
        let directive = config.get(id);
        let Some(block) = directive.parent else { return Vec::new() };
        let name = |id: &Id| config.get(*id).arg(0).to_ascii_lowercase();
        let own: Vec<String> = config.named(Some(block), &directive.name).map(|id| name(&id)).collect();
        let Some(around) = config.get(block).parent else { return Vec::new() };
        let inherited = config.in_force(around, &directive.name);
        inherited.iter().map(name).filter(|n| !own.contains(n)).collect()
    }

    pub(super) fn request_header(&self, id: Id) -> Judgement {
        let config = self.config();
        let directive = config.get(id);
        let (name, text) = (directive.arg(0).to_ascii_lowercase(), directive.arg(1));
        let variables: Vec<String> = value::variables(text).collect();
        match name.as_str() {
            "upgrade" => return Judgement::all(Carried, "websockets pass without being asked for"),
            "connection" if text.is_empty() || text == "close" || text == "keep-alive" => {
                return Judgement::all(Irrelevant, "both proxies pool connections");
            }
            "connection" => return Judgement::all(Carried, "websockets pass without being asked for"),
            "accept-encoding" if text.is_empty() => {
                return Judgement::split(
                    carried(
                        "the client's is removed, and Traefik asks the app for gzip in its own name: an app that compresses has to be told not to",
                    ),
                    carried("the request header is removed"),
                );
            }
            _ if text.is_empty() => return Judgement::all(Carried, "the request header is removed"),
            "host" => return self.host(text),
            _ => {}
        }
        let client = Client::at(config, directive.parent.unwrap_or(id));
        if let Some(judgement) = self.of_the_proxy(&name, text, &client) {
            return judgement;
        }
        if self.is_in_asked(id) && variables.iter().any(|v| v == "request_uri") {
            return Judgement::split(
                differs("Traefik sends X-Forwarded-Uri to the service that is asked"),
                lost("nothing sends it"),
            );
        }
        let own = format!("http_{}", name.replace('-', "_"));
        if variables == [own] {
            return Judgement::all(Carried, "the client's header passes anyway");
        }
        if let Some(header) = self.header_of_asked(text) {
            return Judgement::split(
                if header.eq_ignore_ascii_case(&name) {
                    carried("authResponseHeaders of forwardAuth")
                } else {
                    differs(&format!("authResponseHeaders of forwardAuth: it arrives as {header}"))
                },
                lost("nothing asks a service first"),
            );
        }
        if !variables.iter().all(|v| self.is_constant(v)) {
            return Judgement::all(
                Lost,
                format!("{text} is only known of a request; the app can work it out from Host and path"),
            );
        }
        match self.hidden_by(id).as_slice() {
            [] => Judgement::all(Carried, ""),
            hidden => Judgement::all(
                Differs,
                format!("this line switches OFF all inherited proxy_set_header here: {}", hidden.join(", ")),
            ),
        }
    }

    /// What a proxy says by itself of where a request comes from.
    fn of_the_proxy(&self, name: &str, text: &str, client: &Client) -> Option<Judgement> {
        let has_variable = value::variables(text).next().is_some();
        Some(match name {
            "x-forwarded-for" if text == "$remote_addr" && *client != Client::Peer => Judgement::all(
                Differs,
                "nginx replaced the list by the client's address, as set_real_ip_from has it; the app gets the whole list and has to know whom to trust",
            ),
            "x-forwarded-for" if text == "$remote_addr" => Judgement::all(
                Differs,
                "nginx replaced the list by the peer's address (the load balancer's); decide what the app should see",
            ),
            "x-forwarded-for" => Judgement::split(
                differs(ALB),
                differs(
                    "Consul's gateways append nothing: the app sees the load balancer's header unchanged",
                ),
            ),
            "x-forwarded-proto" if self.sites.constant(text).is_some() => {
                Judgement::all(Carried, "the request header is set to the same text")
            }
            "x-forwarded-proto" => Judgement::all(
                Differs,
                "behind a load balancer nginx said its own scheme; the new proxy passes on what it is told (Traefik: only \
                     from trustedIPs)",
            ),
            "x-real-ip" if *client != Client::Peer && text.contains("$remote_addr") => Judgement::split(
                differs(
                    "nginx sent the client's address (set_real_ip_from); Traefik sends that of whoever connected, the load balancer's: the app should read X-Forwarded-For",
                ),
                lost("Envoy does not: the app should read X-Forwarded-For"),
            ),
            "x-real-ip" => Judgement::split(
                differs("Traefik sets X-Real-Ip itself, to the peer's address"),
                lost("Envoy does not: the app should read X-Forwarded-For"),
            ),
            "x-forwarded-host" | "x-forwarded-port" | "x-forwarded-server" if has_variable => {
                Judgement::split(
                    differs("Traefik sets it itself"),
                    lost("Envoy does not: the app can read Host"),
                )
            }
            "x-request-id" if has_variable => {
                Judgement::split(lost("Traefik makes no identities"), differs("Envoy makes one of its own"))
            }
            _ => return None,
        })
    }

    /// Whether a variable is set to a text without variables, once.
    pub(super) fn is_constant(&self, name: &str) -> bool {
        self.sites.constant(&format!("${name}")).is_some()
    }

    /// The header of the service that is asked, where a value is one (`auth_request_set $user $upstream_http_x_user`).
    fn header_of_asked(&self, text: &str) -> Option<String> {
        let name = text.strip_prefix('$')?;
        let mut sets = self.config().all.iter().filter(|d| d.name == "auth_request_set");
        let set = sets.find(|d| d.arg(0).strip_prefix('$') == Some(name))?;
        crate::model::ingress::policy::header_of_answer(set.arg(1))
    }

    fn host(&self, text: &str) -> Judgement {
        match text {
            // Where ports tell services apart, clients name the port in Host.
            "$host" if self.sites.ports().len() > 1 => Judgement::all(
                Differs,
                "port in Host is kept by Traefik/Envoy, nginx drops it; case is kept, nginx lower-cases",
            ),
            "$host" | "$http_host" => Judgement::all(Carried, "the public Host passes"),
            "$host:$server_port" | "$http_host:$server_port" => {
                Judgement::all(Differs, "Host passes as the client sent it, with its own port or none")
            }
            "$proxy_host" => Judgement::split(
                carried("passHostHeader: false"),
                lost("Envoy cannot change Host: the app sees the public one"),
            ),
            "$server_name" => Judgement::all(Differs, "Host passes as the client sent it"),
            text if value::variables(text).all(|v| self.is_constant(&v)) => Judgement::split(
                carried("customRequestHeaders: Host"),
                lost("Envoy cannot change Host: the app sees the public one"),
            ),
            _ => Judgement::all(Lost, "the Host is only known of a request"),
        }
    }

    pub(super) fn response_header(&self, id: Id) -> Judgement {
        let directive = self.config().get(id);
        if directive.arg(0).eq_ignore_ascii_case("access-control-allow-origin")
            && self.sites.constant(directive.arg(1)).is_none()
        {
            return Judgement::split(
                lost("a headers middleware by hand: accessControlAllowOriginListRegex names the origins"),
                lost("the value is only known of a request: the app has to name the origin"),
            );
        }
        if !value::variables(directive.arg(1)).all(|v| self.is_constant(&v)) {
            return Judgement::all(Lost, format!("{} is only known of a request", directive.arg(1)));
        }
        let always = directive.arg(2) == "always";
        match (self.hidden_by(id).as_slice(), always) {
            ([], true) => Judgement::all(Carried, ""),
            ([], false) => Judgement::all(
                Differs,
                "nginx adds it only on 200,201,204,206,301-304,307,308; the new proxies on every status",
            ),
            (hidden, _) => Judgement::all(
                Differs,
                format!("this line switches OFF all inherited add_header here: {}", hidden.join(", ")),
            ),
        }
    }
}
