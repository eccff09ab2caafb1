//! Traefik: the rules of routers, and what middlewares do to a path.

use serde_json::Value;

use super::Outcome;
use crate::model::ingress::nginx::site::bare_host;
use crate::model::ingress::pattern::compiled;
use crate::model::ingress::request::{Request, find_header, is_in};

/// What Traefik answers.
#[must_use]
pub fn answer(dynamic: &Value, request: &Request) -> Outcome {
    let Some(path) = cleaned(request.raw_path()) else { return Outcome::Status(400) };
    let entry = format!("p{}", request.port);
    let Some(routers) = dynamic["http"]["routers"].as_object() else { return Outcome::Status(404) };
    let on_it = routers
        .values()
        .filter(|r| r["entryPoints"].as_array().is_some_and(|all| all.iter().any(|e| *e == entry.as_str())));
    let seen = RequestFacts { request, path: &path };
    let matching = on_it.filter(|r| r["rule"].as_str().is_some_and(|rule| Rule::new(rule).holds(&seen)));
    let Some(router) = matching.max_by_key(|r| r["priority"].as_i64().unwrap_or(0)) else {
        return Outcome::Status(404);
    };
    let names = router["middlewares"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut path = path.clone();
    for name in names {
        let middleware = &dynamic["http"]["middlewares"][name];
        if let Some(range) = middleware["ipAllowList"]["sourceRange"].as_array() {
            if !range.iter().filter_map(Value::as_str).any(|net| is_in(&request.peer, net)) {
                return Outcome::Status(403);
            }
        } else if middleware["basicAuth"].is_object()
            && find_header(&request.headers, "authorization").is_none()
        {
            return Outcome::Status(401);
        } else if let Some(outcome) = redirected(middleware, request, &path) {
            return outcome;
        } else if let Some(to) = middleware["replacePath"]["path"].as_str() {
            to.clone_into(&mut path);
        } else if let Some(prefixes) = middleware["stripPrefix"]["prefixes"].as_array() {
            let rest = prefixes
                .iter()
                .filter_map(Value::as_str)
                .find_map(|p| path.strip_prefix(p))
                .map(str::to_owned);
            if let Some(rest) = rest {
                path = if rest.starts_with('/') { rest } else { format!("/{rest}") };
            }
        } else if let (Some(regex), Some(to)) = (
            middleware["replacePathRegex"]["regex"].as_str(),
            middleware["replacePathRegex"]["replacement"].as_str(),
        ) {
            if let Some(regex) = compiled(regex) {
                path = regex.replace(&path, go_template(to).as_str()).into_owned();
            }
            if path.starts_with("//") {
                return Outcome::Status(400);
            }
        }
    }
    let service = router["service"].as_str().unwrap_or_default();
    if service == "noop@internal" {
        return Outcome::Status(418);
    }
    let query = request.query();
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    Outcome::Forward { to: servers(dynamic, service, 0), target }
}

/// `$1x` is group 1 and a text in Go only when braced; ours are braced where it matters.
fn go_template(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '$' && chars.peek().is_some_and(char::is_ascii_digit) {
            out.push('{');
            while let Some(d) = chars.next_if(char::is_ascii_digit) {
                out.push(d);
            }
            out.push('}');
        }
    }
    out
}

fn redirected(middleware: &Value, request: &Request, path: &str) -> Option<Outcome> {
    let query = request.query();
    let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let url = format!("http://{}{target}", request.host);
    let permanent = |of: &Value| if of["permanent"] == true { 301 } else { 302 };
    let scheme = &middleware["redirectScheme"];
    if let Some(name) = scheme["scheme"].as_str() {
        let location = format!("{name}://{}{target}", bare_host(&request.host));
        return Some(Outcome::Redirect { status: permanent(scheme), location });
    }
    let redirect = &middleware["redirectRegex"];
    let regex = compiled(redirect["regex"].as_str()?)?;
    if !regex.is_match(&url) {
        return None;
    }
    let to = go_template(redirect["replacement"].as_str()?);
    Some(Outcome::Redirect {
        status: permanent(redirect),
        location: regex.replace(&url, to.as_str()).into_owned(),
    })
}

fn servers(dynamic: &Value, service: &str, depth: u8) -> Vec<String> {
    let found = &dynamic["http"]["services"][service];
    if depth > 3 {
        return Vec::new();
    }
    if let Some(all) = found["loadBalancer"]["servers"].as_array() {
        let urls = all.iter().filter_map(|s| s["url"].as_str());
        return urls.map(|u| u.split_once("://").map_or(u, |(_, a)| a).to_owned()).collect();
    }
    // Answers of those that get copies are seen by nobody.
    if let Some(main) = found["mirroring"]["service"].as_str() {
        return servers(dynamic, main, depth + 1);
    }
    if let Some(main) = found["failover"]["service"].as_str() {
        let mut all = servers(dynamic, main, depth + 1);
        all.extend(
            found["failover"]["fallback"]
                .as_str()
                .map(|f| servers(dynamic, f, depth + 1))
                .unwrap_or_default(),
        );
        return all;
    }
    let weighted = found["weighted"]["services"].as_array().into_iter().flatten();
    weighted.filter_map(|s| s["name"].as_str()).flat_map(|name| servers(dynamic, name, depth + 1)).collect()
}

/// A path as the entry point makes it: dots resolved, slashes merged, escapes of plain letters decoded; an escaped slash stays.
fn cleaned(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let digits: String = chars.by_ref().take(2).collect();
        let code = u8::from_str_radix(&digits, 16).ok()?;
        if code.is_ascii_alphanumeric() || matches!(code, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(code));
        } else {
            text.push('%');
            text.push_str(&digits);
        }
    }
    let mut parts: Vec<&str> = Vec::new();
    let all: Vec<&str> = text.split('/').collect();
    for part in &all {
        match *part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let ends = matches!(all.last(), Some(&("" | "." | ".."))) && !parts.is_empty();
    Some(format!("/{}{}", parts.join("/"), if ends { "/" } else { "" }))
}

/// The parts of a request that a rule looks at.
struct RequestFacts<'a> {
    request: &'a Request,
    path: &'a str,
}

/// A rule, read by descent.
struct Rule<'a> {
    rest: &'a str,
}

impl<'a> Rule<'a> {
    fn new(text: &'a str) -> Self {
        Rule { rest: text }
    }

    fn holds(mut self, seen: &RequestFacts<'_>) -> bool {
        self.any(seen)
    }

    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, text: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn any(&mut self, seen: &RequestFacts<'_>) -> bool {
        let mut holds = self.all(seen);
        while self.eat("||") {
            holds |= self.all(seen);
        }
        holds
    }

    fn all(&mut self, seen: &RequestFacts<'_>) -> bool {
        let mut holds = self.one(seen);
        while self.eat("&&") {
            holds &= self.one(seen);
        }
        holds
    }

    fn one(&mut self, seen: &RequestFacts<'_>) -> bool {
        if self.eat("!") {
            return !self.one(seen);
        }
        if self.eat("(") {
            let holds = self.any(seen);
            self.eat(")");
            return holds;
        }
        let end = self.rest.find('(').unwrap_or(self.rest.len());
        let name = self.rest[..end].trim().to_owned();
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        let mut args = Vec::new();
        while !self.eat(")") {
            if self.rest.is_empty() {
                break;
            }
            args.push(self.text());
            self.eat(",");
        }
        matcher(&name, &args, seen)
    }

    fn text(&mut self) -> String {
        self.skip();
        let Some(quote) = self.rest.chars().next() else { return String::new() };
        let inner = &self.rest[quote.len_utf8()..];
        let end = inner.find(quote).unwrap_or(inner.len());
        self.rest = inner.get(end + quote.len_utf8()..).unwrap_or_default();
        inner[..end].to_owned()
    }
}

fn matcher(name: &str, args: &[String], seen: &RequestFacts<'_>) -> bool {
    let arg = |at: usize| args.get(at).map_or("", String::as_str);
    let found = |regex: &str, text: &str| compiled(regex).is_some_and(|re| re.is_match(text));
    let host = bare_host(&seen.request.host);
    let argument = |name: &str| {
        let mut pairs = seen.request.query().split('&').map(|p| p.split_once('=').unwrap_or((p, "")));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    };
    match name {
        "Path" => seen.path == arg(0),
        "PathPrefix" => seen.path.starts_with(arg(0)),
        "PathRegexp" => found(arg(0), seen.path),
        "Host" => args.iter().any(|a| host.eq_ignore_ascii_case(a)),
        "HostRegexp" => found(&format!("(?i){}", arg(0)), &host),
        "Method" => seen.request.method == arg(0),
        "Header" => find_header(&seen.request.headers, arg(0)) == Some(arg(1)),
        "HeaderRegexp" => find_header(&seen.request.headers, arg(0)).is_some_and(|v| found(arg(1), v)),
        "Query" => argument(arg(0)).as_deref() == Some(arg(1)),
        "QueryRegexp" => argument(arg(0)).is_some_and(|v| found(arg(1), &v)),
        "ClientIP" => is_in(&seen.request.peer, arg(0)),
        _ => false,
    }
}
