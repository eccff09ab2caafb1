//! What keeps people out, and what keeps them from doing too much.

use super::{Carried, Differs, Irrelevant, Judgement, JudgementInput, Lost, Risk, carried, differs, lost};
use crate::model::ingress::client::Client;
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::policy::Criterion;

const REFUSE: &str = "REFUSE: nothing in Consul does this; it would be open";

fn kept_by_traefik(note: &str) -> Judgement {
    Judgement::split(carried(note), lost(REFUSE)).risky_where_lost(Risk::LostGuard)
}

fn nearly_kept(note: &str) -> Judgement {
    Judgement::split(differs(note), lost(REFUSE)).risky_where_lost(Risk::LostGuard)
}

fn gone(note: &str) -> Judgement {
    Judgement::all(Lost, format!("REFUSE: {note}")).risky_where_lost(Risk::LostGuard)
}

pub(super) fn judge(bench: &JudgementInput<'_>, id: Id, name: &str) -> Option<Judgement> {
    let value = bench.config().get(id).arg(0);
    access(bench, id, name)
        .or_else(|| identity(name, value, bench.config().get(id).arg(1)))
        .or_else(|| limits(bench, id, name))
        .or_else(|| checks_of_its_own(name, value))
        .or_else(|| reading(bench, id, name))
}

/// Who may come from where, and with which method.
fn access(bench: &JudgementInput<'_>, id: Id, name: &str) -> Option<Judgement> {
    let value = bench.config().get(id).arg(0);
    let in_methods = bench.parent(id).is_some_and(|p| p.name == "limit_except");
    Some(match name {
        "deny" if in_methods && value == "all" => {
            Judgement::all(Carried, "the other methods are turned away")
        }
        "allow" | "deny"
            if in_methods && bench.parent_id(id).is_some_and(|p| bench.unresolved(p).is_some()) =>
        {
            gone("only some clients may use the other methods: here that is not asked")
        }
        "allow" | "deny" if in_methods => {
            let traefik = by_address(bench, id, name == "deny");
            let of_traefik = traefik.of(super::Target::Traefik).clone();
            if of_traefik.verdict == Lost {
                return Some(traefik);
            }
            Judgement::split(of_traefik, lost("nobody may use the other methods: 503"))
        }
        "allow" if value == "all" => Judgement::all(Irrelevant, "everybody may"),
        "allow" | "deny" => by_address(bench, id, name == "deny" && value != "all"),
        "satisfy" if value == "all" => Judgement::all(Carried, "every guard is asked"),
        "satisfy" => gone("\"any\" cannot be said: both guards together are stricter, one alone is weaker"),
        "limit_except" if bench.unresolved(id).is_some() => gone(bench.unresolved(id).unwrap_or_default()),
        "limit_except" => Judgement::split(
            carried("a Method matcher; GET implies HEAD"),
            differs(
                "the other methods get 503 instead of 403, and other spellings of the path are not covered",
            ),
        ),
        "internal" if bench.is_in_asked(id) => Judgement::all(Carried, "only the proxy itself asks it"),
        "internal" => {
            Judgement::all(Lost, "no proxy goes to a route by itself; the path is closed to clients")
        }
        "proxy_pass_request_body" if value == "off" && bench.is_in_asked(id) => {
            Judgement::all(Carried, "the body is not sent to the service that is asked")
        }
        "proxy_pass_request_body" | "proxy_pass_request_headers" if value == "on" => {
            Judgement::all(Carried, "as anywhere")
        }
        "proxy_pass_request_body" => Judgement::all(Lost, "no gateway drops the body"),
        _ => return None,
    })
}

/// A guard that asks where the client is. Whom nginx takes for the client decides whether Traefik can ask it: ipAllowList takes an
/// address from X-Forwarded-For, where it is told to, and `ClientIP`, which networks that are shut out need, never does.
fn by_address(bench: &JudgementInput<'_>, id: Id, shuts_out: bool) -> Judgement {
    let block = bench.parent_id(id).unwrap_or(id);
    match Client::at(bench.config(), block) {
        Client::Peer => kept_by_traefik(
            "ipAllowList; behind a load balancer set its depth, or it sees that one's address",
        ),
        Client::ProxyProtocol => nearly_kept(
            "ipAllowList; set proxyProtocol.trustedIPs of the entry point by hand, or it sees the load balancer's address",
        ),
        Client::Forwarded { .. } if shuts_out => gone(
            "a router that shuts out a network looks at the peer, and set_real_ip_from makes nginx look at X-Forwarded-For: say who may come in instead (allow … deny all)",
        ),
        Client::Forwarded { .. } => nearly_kept(
            "ipAllowList with ipStrategy: the address in X-Forwarded-For, as set_real_ip_from has it; who is not of forwardedHeaders.trustedIPs is turned away, in nginx it counted by its own address",
        ),
        Client::Other(what) => gone(&format!(
            "nginx takes the client's address from {what}, and no guard of a gateway looks there"
        )),
    }
}

/// Who somebody is: passwords, tokens, certificates.
fn identity(name: &str, value: &str, second: &str) -> Option<Judgement> {
    Some(match name {
        "auth_basic" | "auth_request" | "auth_jwt" if value == "off" => {
            Judgement::all(Carried, "nobody is asked here")
        }
        "auth_basic" => kept_by_traefik("basicAuth"),
        "auth_basic_user_file" => nearly_kept("only hashes of bcrypt, MD5 (apr1) and SHA1 are taken"),
        "auth_request" => nearly_kept(
            "forwardAuth: the answer of the service that is asked goes to the client as it is (302, 401 with its body); nginx \
             made 500 of everything but 401 and 403",
        ),
        "auth_request_set" if second == "$upstream_http_set_cookie" => Judgement::split(
            lost(
                "addAuthCookiesToResponse of forwardAuth hands cookies to the client: name them there by hand",
            ),
            lost("nothing asks a service first"),
        ),
        "auth_request_set" if crate::model::ingress::policy::header_of_answer(second).is_none() => {
            Judgement::all(
                Lost,
                format!("{second} of the service that is asked is not handed on: only its headers are"),
            )
        }
        "auth_request_set" => Judgement::split(
            differs("authResponseHeaders names the headers to copy"),
            lost("nothing asks a service first"),
        ),
        "auth_jwt" | "auth_jwt_key_file" | "auth_jwt_require" | "auth_oidc" => {
            gone("tokens are not checked: in the app, or a service asked by forwardAuth")
        }
        "ssl_verify_client" if value == "off" => {
            Judgement::all(Irrelevant, "nobody is asked for a certificate")
        }
        "ssl_verify_client" => {
            gone("client certificates are not asked for: write tls options with clientAuth by hand")
        }
        "ssl_client_certificate" | "ssl_trusted_certificate" => Judgement::split(
            differs("name the file in tls options by hand: clientAuth.caFiles"),
            lost("no client certificates in Consul's gateways"),
        ),
        "ssl_verify_depth" => {
            Judgement::split(differs("the depth is not bounded"), lost("no client certificates"))
        }
        "ssl_ocsp" if value == "off" => Judgement::all(Irrelevant, "nobody is asked for a certificate"),
        "ssl_ocsp" => gone("revoked certificates would be let in"),
        "ssl_ocsp_cache" | "ssl_ocsp_responder" => {
            Judgement::all(Lost, "no certificate of a client is looked up")
        }
        "ssl_crl" => gone("revoked certificates would be let in"),
        "ssl_reject_handshake" => Judgement::split(
            differs("sniStrict: unknown names are rejected"),
            lost("unknown names get the gateway's certificate and 404"),
        ),
        _ => return None,
    })
}

/// How often, how many at once, how large.
fn limits(bench: &JudgementInput<'_>, id: Id, name: &str) -> Option<Judgement> {
    let value = bench.config().get(id).arg(0);
    Some(match name {
        "limit_req" | "limit_conn" if is_only_tried(bench, id, name) => {
            Judgement::all(Irrelevant, "a trial: nginx counts, and turns nobody away")
        }
        "limit_req" if answers_429(bench, id, name) => nearly_kept("rateLimit; its burst is one more"),
        "limit_req" => nearly_kept("rateLimit answers 429, nginx 503; its burst is one more"),
        "limit_conn" if answers_429(bench, id, name) => kept_by_traefik("inFlightReq"),
        "limit_conn" => nearly_kept("inFlightReq answers 429, nginx 503"),
        "limit_req_dry_run" | "limit_conn_dry_run" => {
            Judgement::all(Irrelevant, "says whether what is counted here is also turned away")
        }
        "limit_req_zone" | "limit_conn_zone" if !value.contains("remote_addr") => Judgement::split(
            differs(&match Criterion::of(value) {
                Some(Criterion::Host) => {
                    "sourceCriterion.requestHost: counted by the host that is asked for".to_owned()
                }
                Some(Criterion::Header(name)) => {
                    format!(
                        "sourceCriterion.requestHeaderName {name}: those without it are counted together, in nginx not at all"
                    )
                }
                None => format!("counted by the peer's address, not by {value}: set sourceCriterion by hand"),
            }),
            lost("no limits in Consul"),
        ),
        "limit_req_zone" | "limit_conn_zone" => {
            Judgement::split(differs(counted_by(bench, value)), lost("no limits in Consul"))
        }
        "limit_req_status" | "limit_conn_status" if value == "429" => {
            Judgement::split(carried("Traefik answers 429"), lost("no limits in Consul"))
        }
        "limit_req_status" | "limit_conn_status" => {
            Judgement::split(differs("Traefik answers 429"), lost("no limits in Consul"))
        }
        "client_max_body_size" if value == "0" => Judgement::all(Carried, "no limit here, none there"),
        "client_max_body_size" => Judgement::split(
            differs("buffering.maxRequestBodyBytes: the same limit, but the body is buffered"),
            lost("no limit in Consul: enforce it in the app"),
        )
        .risky_where_lost(Risk::BodyLimit),
        _ => return None,
    })
}

/// Whether a limit only counts (`limit_req_dry_run`).
fn is_only_tried(bench: &JudgementInput<'_>, id: Id, name: &str) -> bool {
    let level = bench.parent_id(id).unwrap_or(id);
    bench.config().setting(level, &format!("{name}_dry_run")).is_some_and(|d| d.arg(0) == "on")
}

/// Whether a limit answers as Traefik does (`limit_req_status`).
fn answers_429(bench: &JudgementInput<'_>, id: Id, name: &str) -> bool {
    let level = bench.parent_id(id).unwrap_or(id);
    bench.config().setting(level, &format!("{name}_status")).is_some_and(|d| d.arg(0) == "429")
}

/// What Traefik counts by, where nginx counts by the client's address.
fn counted_by(bench: &JudgementInput<'_>, key: &str) -> &'static str {
    let config = bench.config();
    let others = config.all.iter().enumerate().filter(|(_, d)| d.name == "set_real_ip_from");
    let mut clients = others.filter_map(|(at, _)| Some(Client::at(config, config.get(Id(at)).parent?)));
    match (key.contains("realip_remote_addr"), clients.find(|client| *client != Client::Peer)) {
        (true, _) | (_, None) => {
            "counted by the peer's address; behind a load balancer set sourceCriterion.ipStrategy"
        }
        (_, Some(Client::Forwarded { .. })) => {
            "counted by the address in X-Forwarded-For, as set_real_ip_from has it (ipStrategy)"
        }
        (_, Some(Client::ProxyProtocol)) => {
            "counted by the peer's address: set proxyProtocol.trustedIPs of the entry point by hand, or all clients of a load balancer are counted together"
        }
        (_, Some(_)) => {
            "counted by the peer's address, and nginx takes another: all clients of a load balancer are counted together"
        }
    }
}

/// What nginx or a script in it looks at in a request before it lets it in.
fn checks_of_its_own(name: &str, value: &str) -> Option<Judgement> {
    Some(match name {
        "valid_referers" => gone("no gateway looks at whether a Referer is valid"),
        "secure_link" | "secure_link_md5" | "secure_link_secret" => {
            gone("no gateway checks signed links: the app has to")
        }
        _ if (name.contains("access_by_lua") || name.contains("rewrite_by_lua")) => {
            gone("what this script keeps out or rewrites is not known here: look into it")
        }
        "js_access" => gone("what this script keeps out is not known here: look into it"),
        _ if name.starts_with("balancer_by_lua") => {
            Judgement::all(Lost, "a script chooses the server").risky_where_lost(Risk::NotResolved)
        }
        "modsecurity" if value == "off" => Judgement::all(Carried, "off here, and there"),
        "modsecurity" | "modsecurity_rules" | "modsecurity_rules_file" | "modsecurity_rules_remote" => {
            gone("no firewall of applications: the WAF in front")
        }
        _ => return None,
    })
}

/// How a request is read: whose address it has, how its path and its headers are spelled.
fn reading(bench: &JudgementInput<'_>, id: Id, name: &str) -> Option<Judgement> {
    let value = bench.config().get(id).arg(0);
    Some(match name {
        "set_real_ip_from" | "real_ip_header" | "real_ip_recursive" => Judgement::split(
            match bench.parent_id(id).map(|block| Client::at(bench.config(), block)) {
                Some(Client::ProxyProtocol) => differs(
                    "proxyProtocol.trustedIPs of the entry point, by hand; then every guard and header goes by that address",
                ),
                Some(Client::Other(what)) => lost(&format!(
                    "Traefik never takes the client's address from {what}: that header passes, and the app has to know whom to trust"
                )),
                _ => differs(
                    "forwardedHeaders.trustedIPs: X-Forwarded-For is kept, X-Real-Ip stays the peer's",
                ),
            },
            lost("Consul's gateways take client headers as they are: the app has to know whom to trust"),
        ),
        "merge_slashes" if value == "off" => Judgement::split(
            differs("sanitizePath: false, for the whole entry point; then /../ is not resolved either"),
            differs("the gateway merges none anyway, and resolves no dots"),
        ),
        "merge_slashes" => Judgement::all(Irrelevant, "the default"),
        "underscores_in_headers" if value == "on" => Judgement::all(Carried, "such headers pass"),
        "underscores_in_headers" => Judgement::all(Differs, "such headers pass in the new proxy"),
        _ => return None,
    })
}
