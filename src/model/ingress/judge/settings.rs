//! Times, errors, compression, TLS and the rest of what is set.

use super::{Carried, Differs, Irrelevant, Judgement, JudgementInput, Lost, Risk, carried, differs, lost};
use crate::model::ingress::nginx::tree::{Directive, Id};
use crate::model::ingress::own_request;
use crate::model::ingress::verdict::TARGETS;

pub(super) fn judge(bench: &JudgementInput<'_>, id: Id, name: &str) -> Option<Judgement> {
    let directive = bench.config().get(id);
    sending(directive, name).or_else(|| answers(bench, id, name)).or_else(|| tls(name))
}

/// How long, how often, and how much at a time something is sent to an application.
fn sending(directive: &Directive, name: &str) -> Option<Judgement> {
    let value = directive.arg(0);
    Some(match name {
        "proxy_read_timeout" | "grpc_read_timeout" => Judgement::split(
            differs(
                "responseHeaderTimeout bounds only the time to the first header byte; nginx the time between two reads",
            ),
            differs("RequestTimeout bounds the whole answer; nginx the time between two reads"),
        ),
        "proxy_send_timeout" | "grpc_send_timeout" => Judgement::split(
            differs(
                "Traefik bounds the whole upload (60 s at the entry point), nginx the time between two writes",
            ),
            differs("RequestTimeout bounds the whole exchange, nginx the time between two writes"),
        ),
        "proxy_connect_timeout" | "grpc_connect_timeout" => {
            Judgement::split(carried("dialTimeout"), carried("ConnectTimeout"))
        }
        "proxy_next_upstream" | "grpc_next_upstream" => next_upstream(directive.texts()),
        "proxy_next_upstream_tries" | "grpc_next_upstream_tries" => {
            Judgement::split(carried("retry.attempts"), carried("NumRetries, one less"))
        }
        "proxy_next_upstream_timeout" | "grpc_next_upstream_timeout" => {
            Judgement::all(Differs, "tries are bounded by their number only")
        }
        "proxy_request_buffering" if value == "off" => Judgement::all(Carried, "both new proxies stream"),
        "proxy_request_buffering" => Judgement::all(Irrelevant, "both new proxies stream"),
        _ => return None,
    })
}

/// What becomes of an answer on its way to the client.
fn answers(bench: &JudgementInput<'_>, id: Id, name: &str) -> Option<Judgement> {
    let value = bench.config().get(id).arg(0);
    Some(match name {
        "proxy_redirect" if value == "off" => Judgement::all(Carried, "nobody rewrites Location"),
        "proxy_redirect" => {
            Judgement::all(Lost, "no gateway rewrites Location: the app has to know its public address")
        }
        "error_page" => error_page(bench, id),
        "proxy_intercept_errors" if value == "off" => Judgement::all(Carried, "the app's own pages pass"),
        "grpc_intercept_errors" if value == "off" => Judgement::all(Carried, "the app's own pages pass"),
        "proxy_intercept_errors" | "grpc_intercept_errors" | "recursive_error_pages" => {
            Judgement::split(differs("errors middleware"), lost("no error pages in Consul"))
        }
        "gzip" | "brotli" | "zstd" if value == "off" => Judgement::all(Carried, "nothing is compressed"),
        "gzip" | "brotli" | "zstd" => Judgement::split(
            differs("compress middleware: ETag stays strong, Vary is always set"),
            lost("Consul does not compress"),
        ),
        _ if ["gzip_", "brotli_", "zstd_"].iter().any(|p| name.starts_with(p)) && name != "gzip_static" => {
            Judgement::split(
                differs("compress middleware has settings of its own"),
                lost("Consul does not compress"),
            )
        }
        "expires" if value == "off" => Judgement::all(Carried, ""),
        "expires" => {
            Judgement::all(Differs, "Cache-Control is set as a header; Expires, which holds a date, is not")
        }
        "mirror" if value == "off" => Judgement::all(Carried, ""),
        "mirror" => mirror(bench, id),
        "mirror_request_body" => {
            Judgement::split(carried("mirrorBody of the mirroring service"), lost("Consul mirrors nothing"))
        }
        "absolute_redirect" | "port_in_redirect" | "server_name_in_redirect" => Judgement::split(
            differs("Traefik's redirects take host and port from the request"),
            crate::model::ingress::verdict::Statement::new(Irrelevant, "no redirects in Consul"),
        ),
        "add_trailer" => Judgement::all(Lost, "no gateway adds trailers"),
        _ => return None,
    })
}

/// Certificates and protocols, towards clients and applications; and checks of these.
fn tls(name: &str) -> Option<Judgement> {
    Some(match name {
        "ssl_certificate" | "ssl_certificate_key" => Judgement::each(
            differs("name the files under tls.certificates by hand"),
            differs("a file-system-certificate entry (1.19) or inline-certificate"),
            lost("an ingress-gateway takes only Consul's own CA or SDS: end TLS at the load balancer"),
        ),
        "ssl_password_file" => Judgement::all(Lost, "the key must be without a password"),
        "ssl" => Judgement::split(carried("tls on the entry point"), differs("TLS on the listener")),
        "ssl_protocols" | "ssl_ciphers" => Judgement::split(
            differs("tls options, by hand"),
            differs("TLSMinVersion, CipherSuites: names of Envoy's"),
        ),
        _ if name.starts_with("proxy_ssl") || name.starts_with("grpc_ssl") => Judgement::split(
            differs("a serversTransport, by hand"),
            differs(
                "the mesh encrypts by its own certificates: the service speaks plain HTTP to its sidecar",
            ),
        ),
        "health_check" => Judgement::split(
            differs("healthCheck of the service, by hand"),
            differs("the checks in Consul decide"),
        ),
        "ssl_session_id_context" => Judgement::all(Irrelevant, ""),
        _ => return None,
    })
}

fn error_page(bench: &JudgementInput<'_>, id: Id) -> Judgement {
    let traefik = match own_request::error_page(bench.sites, bench.routes, id) {
        Err(why) => format!("errors middleware, by hand: {why}"),
        Ok(_) if bench.routes_with("error_page", id).all(|r| own_request::intercepts(bench.sites, r)) => {
            "errors middleware: the page comes from the same service and the status stays; what limits turn away is 429 in Traefik, not 503"
                .to_owned()
        }
        Ok(_) => "errors middleware, by hand where proxy_intercept_errors is not on: nginx leaves the app's own errors alone there, \
                  and Traefik cannot tell them from its own"
            .to_owned(),
    };
    Judgement::split(
        differs(&traefik),
        lost(
            "no error pages in Consul; without proxy_intercept_errors nginx only replaced its own 502 and 504",
        ),
    )
}

fn mirror(bench: &JudgementInput<'_>, id: Id) -> Judgement {
    let consul = lost("Consul mirrors nothing");
    let traefik = match own_request::mirror(bench.sites, bench.routes, id) {
        Err(why) => lost(&format!("a mirroring service, by hand: {why}")),
        Ok(_) if bench.routes_with("mirror", id).all(own_request::goes_as_it_came) => differs(
            "mirroring service: the copy goes out once the app has answered, with the headers that the app received",
        ),
        Ok(_) => lost(
            "a mirroring service, by hand: the copy would go out with the path as it was changed for the app",
        ),
    };
    Judgement::split(traefik, consul)
}

fn next_upstream<'w>(words: impl Iterator<Item = &'w str>) -> Judgement {
    let words: Vec<&str> = words.collect();
    if words == ["off"] {
        return Judgement::all(Carried, "nothing is tried twice");
    }
    let judgement = Judgement::split(
        carried("retry: attempts and status"),
        differs(
            "RetryOnConnectFailure; RetryOnStatusCodes only on a route of its own for methods that change nothing, for Envoy \
             would repeat POSTs",
        ),
    );
    if words.contains(&"non_idempotent") {
        return judgement.risky_for(&TARGETS, Risk::RepeatedPost);
    }
    judgement
}
