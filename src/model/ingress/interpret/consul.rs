//! Consul's gateways: Envoy's rules over config entries.

use serde_json::Value;

use super::Outcome;
use crate::model::ingress::nginx::site::bare_host;
use crate::model::ingress::pattern::compiled;
use crate::model::ingress::request::{Request, find_header};

/// What an ingress-gateway answers.
#[must_use]
pub fn ingress(entries: &[Value], request: &Request) -> Outcome {
    let of = |kind: &str| entries.iter().filter(|e| e["Kind"] == kind).collect::<Vec<_>>();
    let listeners =
        of("ingress-gateway").into_iter().flat_map(|g| g["Listeners"].as_array().into_iter().flatten());
    let Some(listener) = listeners.into_iter().find(|l| l["Port"] == request.port) else {
        return Outcome::Status(404);
    };
    let host = bare_host(&request.host);
    let rank = |pattern: &str| match pattern.strip_prefix('*') {
        Some("") => Some(usize::MAX),
        Some(end) => (host.len() > end.len() && host.ends_with(end)).then_some(usize::MAX / 2 - end.len()),
        None => (pattern == host).then_some(0),
    };
    let services = listener["Services"].as_array().into_iter().flatten();
    let ranked = services.filter_map(|service| {
        let hosts = service["Hosts"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Some((hosts.filter_map(rank).min()?, service["Name"].as_str()?))
    });
    let Some((_, site)) = ranked.min_by_key(|(rank, _)| *rank) else { return Outcome::Status(404) };
    router(entries, site, request)
}

/// What the router of a site answers.
#[must_use]
pub fn router(entries: &[Value], site: &str, request: &Request) -> Outcome {
    let mut routers = entries.iter().filter(|e| e["Kind"] == "service-router" && e["Name"] == site);
    let routes = routers.next().and_then(|r| r["Routes"].as_array()).cloned().unwrap_or_default();
    let path = request.raw_path();
    for route in &routes {
        let found = &route["Match"]["HTTP"];
        let text = |key: &str| found[key].as_str();
        let matched = match (text("PathExact"), text("PathPrefix"), text("PathRegex")) {
            (Some(exact), ..) => path == exact,
            (_, Some(prefix), _) => path.starts_with(prefix),
            (.., Some(regex)) => whole(regex, path),
            _ => true,
        };
        let list = |key: &str| found[key].as_array().cloned().unwrap_or_default();
        let methods = list("Methods");
        let asked = (methods.is_empty() || methods.iter().any(|m| m == request.method.as_str()))
            && list("Header").iter().all(|h| holds(h, header(request, h["Name"].as_str().unwrap_or(""))))
            && list("QueryParam")
                .iter()
                .all(|q| holds(q, argument(request, q["Name"].as_str().unwrap_or("")).as_deref()));
        if matched && asked {
            let to = &route["Destination"];
            let prefix = text("PathExact").or_else(|| text("PathPrefix"));
            return sent(
                entries,
                to["Service"].as_str().unwrap_or(site),
                to["PrefixRewrite"].as_str(),
                prefix,
                request,
            );
        }
    }
    // The catch-all goes to the site itself, which nobody runs.
    Outcome::Status(503)
}

/// What an api-gateway answers.
#[must_use]
pub fn api(entries: &[Value], request: &Request) -> Outcome {
    let of = |kind: &'static str| entries.iter().filter(move |e| e["Kind"] == kind);
    let listeners = of("api-gateway").flat_map(|g| g["Listeners"].as_array().into_iter().flatten());
    let Some(listener) = listeners.into_iter().find(|l| l["Port"] == request.port) else {
        return Outcome::Status(404);
    };
    let host = bare_host(&request.host);
    let on_it = |route: &&Value| {
        route["Parents"].as_array().is_some_and(|p| p.iter().any(|p| p["SectionName"] == listener["Name"]))
    };
    let named = |route: &Value| route["Hostnames"].as_array().cloned().unwrap_or_default();
    let routes: Vec<&Value> = of("http-route").filter(on_it).collect();
    let own: Vec<&Value> =
        routes.iter().copied().filter(|r| named(r).iter().any(|h| *h == host.as_str())).collect();
    let chosen =
        if own.is_empty() { routes.into_iter().filter(|r| named(r).is_empty()).collect() } else { own };
    rules(entries, &chosen, request)
}

/// What the rules of http-routes answer: sorted by the length of their path, then by how many headers and arguments they ask.
#[must_use]
pub fn rules(entries: &[Value], routes: &[&Value], request: &Request) -> Outcome {
    let mut all: Vec<(&Value, &Value)> = Vec::new();
    for route in routes {
        for rule in route["Rules"].as_array().into_iter().flatten() {
            all.extend(rule["Matches"].as_array().into_iter().flatten().map(|m| (m, rule)));
        }
    }
    let count = |m: &Value, key: &str| m[key].as_array().map_or(0, Vec::len);
    all.sort_by_key(|(m, _)| {
        let length = m["Path"]["Value"].as_str().map_or(0, str::len);
        // A method is a header of Envoy's.
        let headers = count(m, "Headers") + usize::from(m["Method"].is_string());
        std::cmp::Reverse((length, headers, count(m, "Query")))
    });
    let path = request.raw_path();
    for (found, rule) in all {
        let text = found["Path"]["Value"].as_str().unwrap_or("/");
        let kind = found["Path"]["Match"].as_str().unwrap_or("prefix");
        let matched = match kind {
            "exact" => path == text,
            "regex" => whole(text, path),
            _ => path.starts_with(text),
        };
        let list = |key: &str| found[key].as_array().cloned().unwrap_or_default();
        let asked = found["Method"].as_str().is_none_or(|m| m == request.method)
            && list("Headers")
                .iter()
                .all(|h| holds_kind(h, header(request, h["Name"].as_str().unwrap_or(""))))
            && list("Query")
                .iter()
                .all(|q| holds_kind(q, argument(request, q["Name"].as_str().unwrap_or("")).as_deref()));
        if matched && asked {
            let rewrite = rule["Filters"]["URLRewrite"]["Path"].as_str();
            let prefix = (kind != "regex").then_some(text);
            let services =
                rule["Services"].as_array().into_iter().flatten().filter_map(|s| s["Name"].as_str());
            let services: Vec<&str> = services.collect();
            return match services.as_slice() {
                [only] => sent(entries, only, rewrite, prefix, request),
                several => Outcome::Forward {
                    to: several.iter().map(|s| (*s).to_owned()).collect(),
                    target: rewritten(rewrite, prefix, request),
                },
            };
        }
    }
    Outcome::Status(404)
}

fn sent(
    entries: &[Value],
    service: &str,
    rewrite: Option<&str>,
    prefix: Option<&str>,
    request: &Request,
) -> Outcome {
    if service == crate::model::ingress::emit::consul::NOBODY {
        return Outcome::Status(503);
    }
    let splitter = entries.iter().find(|e| e["Kind"] == "service-splitter" && e["Name"] == service);
    let to = match splitter {
        Some(splitter) => {
            let splits = splitter["Splits"].as_array().into_iter().flatten();
            splits.filter_map(|s| Some(s["Service"].as_str()?.to_owned())).collect()
        }
        None => vec![service.to_owned()],
    };
    Outcome::Forward { to, target: rewritten(rewrite, prefix, request) }
}

fn rewritten(rewrite: Option<&str>, prefix: Option<&str>, request: &Request) -> String {
    handed_on(&routed(rewrite, prefix, request))
}

/// The gateway routes a path as it was sent; the sidecar behind it hands it on with its dots resolved, letters that need no escape
/// unescaped and backslashes turned, while `//` and `%2F` stay (`ingress.md §C`).
fn handed_on(target: &str) -> String {
    let (path, query) = target.find('?').map_or((target, ""), |at| target.split_at(at));
    let mut plain = Vec::new();
    let bytes = path.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = (byte == b'%').then(|| path.get(at + 1..at + 3)).flatten();
        let code = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code.filter(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_' | b'~')) {
            Some(letter) => {
                plain.push(letter);
                at += 3;
            }
            None => {
                plain.push(if byte == b'\\' { b'/' } else { byte });
                at += 1;
            }
        }
    }
    let plain = String::from_utf8_lossy(&plain).into_owned();
    let all: Vec<&str> = plain.split('/').skip(1).collect();
    let mut parts: Vec<&str> = Vec::new();
    for (at, part) in all.iter().enumerate() {
        let last = at + 1 == all.len();
        match *part {
            "." if last => parts.push(""),
            "." => {}
            ".." => {
                parts.pop();
                if last {
                    parts.push("");
                }
            }
            part => parts.push(part),
        }
    }
    format!("/{}{query}", parts.join("/"))
}

fn routed(rewrite: Option<&str>, prefix: Option<&str>, request: &Request) -> String {
    match (rewrite, prefix) {
        (Some(to), Some(prefix)) => {
            let rest = request.raw_path().strip_prefix(prefix).unwrap_or_default();
            let query = request.query();
            // `/x` swapped for `/` leaves `//rest` as it is.
            if query.is_empty() { format!("{to}{rest}") } else { format!("{to}{rest}?{query}") }
        }
        _ => request.target.clone(),
    }
}

fn whole(regex: &str, text: &str) -> bool {
    compiled(&format!("^(?:{regex})$")).is_some_and(|re| re.is_match(text))
}

fn argument(request: &Request, name: &str) -> Option<String> {
    let mut pairs =
        request.query().split('&').filter(|p| !p.is_empty()).map(|p| p.split_once('=').unwrap_or((p, "")));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// A header; the host is one, too.
fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    if name == ":authority" { Some(&request.host) } else { find_header(&request.headers, name) }
}

fn holds(asked: &Value, value: Option<&str>) -> bool {
    let inverted = asked["Invert"] == true;
    let is = match (asked["Exact"].as_str(), asked["Regex"].as_str(), value) {
        (None, None, value) => value.is_some(),
        // What is not there matches no value, and none inverted either (measured).
        (.., None) => return false,
        (Some(exact), _, Some(value)) => value == exact,
        (_, Some(regex), Some(value)) => whole(regex, value),
    };
    is != inverted
}

fn holds_kind(asked: &Value, value: Option<&str>) -> bool {
    let text = asked["Value"].as_str().unwrap_or("");
    match asked["Match"].as_str() {
        Some("exact") => value == Some(text),
        Some("regex") => value.is_some_and(|v| whole(text, v)),
        Some("prefix") => value.is_some_and(|v| v.starts_with(text)),
        Some("suffix") => value.is_some_and(|v| v.ends_with(text)),
        _ => value.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sidecar_hands_a_path_on_as_it_was_seen_to() {
        for (sent, handed) in [
            ("/a/b?x=/../y", "/a/b?x=/../y"),
            ("/x/../priv", "/priv"),
            ("/pub/./a/..", "/pub/"),
            ("/%70riv/%2e%2e/a", "/a"),
            ("/a//b%2Fc%20d", "/a//b%2Fc%20d"),
            ("/../x", "/x"),
            ("/a%zz%", "/a%zz%"),
            ("/", "/"),
        ] {
            assert_eq!(handed_on(sent), handed, "{sent}");
        }
    }
}
