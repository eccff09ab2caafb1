//! Middlewares: headers, and what becomes of a path or of a client that is sent elsewhere.

use serde_json::{Map, Value, json};

use super::super::Source;
use crate::model::ingress::nginx::answer::{escape_uri, sendable};
use crate::model::ingress::pattern::escaped;
use crate::model::ingress::policy::{HostSent, Policies};
use crate::model::ingress::route::{Forward, PathChange, PathMatch, QueryChange, Redirect, Route};

pub(super) fn headers(forward: &Forward, policies: &Policies, source: Source<'_>) -> Option<Value> {
    let mut request = Map::new();
    match &policies.host {
        HostSent::Public => {}
        HostSent::Fixed(host) => drop(request.insert("Host".to_owned(), json!(host))),
        HostSent::Pool => {
            if let [(_, only)] = forward.pools.as_slice()
                && source.sites.upstreams.contains_key(&only.name)
            {
                request.insert("Host".to_owned(), json!(only.name));
            }
        }
    }
    for (name, value) in &policies.request_headers {
        request.insert(name.clone(), json!(value));
    }
    let mut response = Map::new();
    for name in &policies.hidden {
        response.insert(name.clone(), json!(""));
    }
    for (name, value) in &policies.response_headers {
        response.insert(name.clone(), json!(value));
    }
    if let Some(text) = &policies.cache_control {
        response.entry("Cache-Control".to_owned()).or_insert_with(|| json!(text));
    }
    let mut headers = Map::new();
    if !request.is_empty() {
        headers.insert("customRequestHeaders".to_owned(), Value::Object(request));
    }
    if !response.is_empty() {
        headers.insert("customResponseHeaders".to_owned(), Value::Object(response));
    }
    (!headers.is_empty()).then_some(Value::Object(headers))
}

/// What answers a browser that asks before it sends something to another site: Traefik does so by itself, from what it is told of
/// origins, methods and headers. None where the origin is not a fixed text.
pub(super) fn preflight(policies: &Policies) -> Option<Value> {
    let find = |name: &str| {
        let mut all = policies.response_headers.iter();
        all.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    };
    let list = |text: &str| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>();
    let mut cors = Map::new();
    cors.insert("accessControlAllowOriginList".to_owned(), json!([find("access-control-allow-origin")?]));
    for (header, key) in [
        ("access-control-allow-methods", "accessControlAllowMethods"),
        ("access-control-allow-headers", "accessControlAllowHeaders"),
    ] {
        if let Some(text) = find(header) {
            cors.insert(key.to_owned(), json!(list(text)));
        }
    }
    if let Some(seconds) = find("access-control-max-age").and_then(|text| text.parse::<u32>().ok()) {
        cors.insert("accessControlMaxAge".to_owned(), json!(seconds));
    }
    if find("access-control-allow-credentials") == Some("true") {
        cors.insert("accessControlAllowCredentials".to_owned(), json!(true));
    }
    Some(json!({"headers": cors}))
}

pub(super) fn path_change(change: &PathChange) -> Option<Value> {
    match change {
        PathChange::Keep => None,
        PathChange::Set(path) => Some(json!({"replacePath": {"path": path}})),
        PathChange::Swap { from, to } => {
            let bare = from.trim_end_matches('/');
            // Traefik answers 400 to a path that begins with two slashes; stripping a prefix never makes one.
            if to == "/" && !bare.is_empty() {
                return Some(json!({"stripPrefix": {"prefixes": [bare]}}));
            }
            let regex = format!("^{}(.*)$", escaped(from));
            let replacement = if to.ends_with('$') { format!("{to}${{1}}") } else { format!("{to}$1") };
            Some(json!({"replacePathRegex": {"regex": regex, "replacement": replacement}}))
        }
        PathChange::Template { pattern, template } => {
            Some(json!({"replacePathRegex": {"regex": pattern.grouped(), "replacement": template}}))
        }
    }
}

/// The beginning of an address, its scheme and host kept.
pub(super) const ANYWHERE: (&str, &str) = ("^(https?://[^/]+)", "${1}");

/// A rewrite that writes a query, as redirects: with a query of the client's own and without. What must be hidden from
/// clients cannot be said.
pub(super) fn query_redirects(
    (begin, host): (&str, &str),
    permanent: bool,
    asked: &PathMatch,
    path: &PathChange,
    query: &QueryChange,
) -> Option<Vec<Value>> {
    let QueryChange::Prepend(own) = query else { return None };
    let (own, drops) = own.strip_suffix('?').map_or((own.as_str(), false), |own| (own, true));
    let (body, groups, to) = match path {
        PathChange::Swap { from, to } => (format!("{}([^?]*)", escaped(from)), 1, format!("{to}$1")),
        // The group is the rest of the path, behind the prefix that is asked for.
        PathChange::Set(to) if asked.patterns.is_empty() => {
            let asked = asked.exact.as_deref().unwrap_or(&asked.prefix);
            (format!("{}([^?]*)", escaped(asked)), 1, to.clone())
        }
        PathChange::Set(to) => {
            let source = asked.patterns.last()?.grouped();
            let body = source.strip_prefix('^')?.trim_end_matches('$').replace(".*", "[^?]*");
            (body.clone(), body.matches('(').count() - body.matches("(?:").count(), to.clone())
        }
        PathChange::Template { pattern, template } => {
            let source = pattern.grouped();
            let body = source.strip_prefix('^')?.trim_end_matches('$').replace(".*", "[^?]*");
            (body.clone(), body.matches('(').count() - body.matches("(?:").count(), template.clone())
        }
        PathChange::Keep => return None,
    };
    let target = shifted(&format!("{to}?{own}"));
    let next = groups + 2;
    let one = |regex: String, replacement: String| json!({"redirectRegex": {"regex": regex, "replacement": replacement, "permanent": permanent}});
    if drops {
        return Some(vec![one(format!("{begin}{body}(?:\\?.*)?$"), format!("{host}{target}"))]);
    }
    Some(vec![
        one(format!("{begin}{body}\\?(.+)$"), format!("{host}{target}&${{{next}}}")),
        one(format!("{begin}{body}\\??$"), format!("{host}{target}")),
    ])
}

/// The groups of a template, one further: the first is the scheme and the host.
pub(super) fn shifted(template: &str) -> String {
    use crate::model::ingress::nginx::value::{Piece, pieces};
    let all = pieces(template).into_iter().map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(name) => match name.parse::<u32>() {
            Ok(group) => format!("${{{}}}", group + 1),
            Err(_) => format!("${{{name}}}"),
        },
    });
    all.collect()
}

pub(super) fn redirect_of(route: &Route, redirect: &Redirect) -> Option<Vec<Value>> {
    let permanent = matches!(redirect.status, 301 | 308);
    let keeps_all = matches!(redirect.path, PathChange::Keep) && redirect.query == QueryChange::Keep;
    if let (Some(scheme), None, true) = (&redirect.scheme, &redirect.host, keeps_all) {
        let mut to = json!({"scheme": scheme, "permanent": permanent});
        if let Some(port) = redirect.port {
            to["port"] = json!(port.to_string());
        }
        return Some(vec![json!({"redirectScheme": to})]);
    }
    let port = redirect.port.map(|port| format!(":{port}")).unwrap_or_default();
    let (begin, host) = match (&redirect.scheme, &redirect.host) {
        (None, None) if redirect.port.is_some() => {
            ("^(https?://[^/:]+)(?::[0-9]+)?", format!("${{1}}{port}"))
        }
        (None, None) => (ANYWHERE.0, ANYWHERE.1.to_owned()),
        (Some(scheme), None) => ("^https?://([^/:]+)(?::[0-9]+)?", format!("{scheme}://${{1}}{port}")),
        // The one group is the client's own host, where more stands before it.
        (Some(scheme), Some(host)) if host.contains("${host}") => {
            ("^https?://([^/:]+)(?::[0-9]+)?", format!("{scheme}://{}", host.replace("${host}", "${1}")))
        }
        (scheme, Some(host)) => {
            ("^(https?)://[^/]+", format!("{}://{host}", scheme.as_deref().unwrap_or("${1}")))
        }
    };
    if let QueryChange::Prepend(_) = redirect.query {
        return query_redirects((begin, &host), permanent, &route.path, &redirect.path, &redirect.query);
    }
    let keeps = redirect.query == QueryChange::Keep;
    let (body, to) = match &redirect.path {
        PathChange::Keep if keeps => ("(.*)$".to_owned(), "${2}".to_owned()),
        PathChange::Keep => ("([^?]*).*$".to_owned(), "${2}".to_owned()),
        PathChange::Set(path) => {
            // The address is matched as the client sent it.
            let asked = route.path.exact.as_ref().map_or("[^?]*".to_owned(), |p| escaped(&escape_uri(p)));
            let path = sendable(path);
            if keeps {
                (format!("{asked}(\\?.*)?$"), format!("{path}${{2}}"))
            } else {
                (format!("{asked}.*$"), path)
            }
        }
        PathChange::Swap { from, to } => {
            let (from, to) = (escaped(&escape_uri(from)), sendable(to));
            if keeps {
                (format!("{from}(.*)$"), format!("{to}${{2}}"))
            } else {
                (format!("{from}([^?]*).*$"), format!("{to}${{2}}"))
            }
        }
        PathChange::Template { pattern, template } => {
            let source = pattern.grouped();
            let source = source.strip_prefix('^')?.trim_end_matches('$').replace(".*", "[^?]*");
            let groups = source.matches('(').count() - source.matches("(?:").count();
            let to = shifted(template);
            if keeps {
                (format!("{source}(\\?.*)?$"), format!("{to}${{{}}}", groups + 2))
            } else {
                (format!("{source}.*$"), to)
            }
        }
    };
    Some(vec![json!({"redirectRegex": {
        "regex": format!("{begin}{body}"), "replacement": format!("{host}{to}"), "permanent": permanent}})])
}
