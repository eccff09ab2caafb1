//! What differs between two answers, and what never counts.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SideAnswer;

/// A difference between the answers of both sides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// What: `status`, `location`, `body`, `set-cookie`, `header x-y`.
    pub what: String,
    /// On the old side.
    pub old: String,
    /// On the new side.
    pub new: String,
}

/// What differs between two answers of the same side: it says nothing about the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noise {
    what: BTreeSet<String>,
    masked_body: bool,
}

/// Headers each proxy writes as it likes, or that say when and by whom.
const IGNORED: &[&str] = &[
    "date",
    "age",
    "server",
    "via",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "content-encoding",
    "x-request-id",
    "traceparent",
    "tracestate",
    "x-real-ip",
    "x-amzn-trace-id",
    "x-correlation-id",
    "accept-ranges",
    "alt-svc",
];

static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|\b[0-9a-fA-F]{16,}\b|\d+").expect("the pattern is constant")
});

/// What differs between two answers, apart from noise.
#[must_use]
pub fn compare(old: &SideAnswer, new: &SideAnswer, noise: &Noise, host: Option<&str>) -> Vec<Difference> {
    let mut out = Vec::new();
    let mut add = |what: &str, a: String, b: String| {
        if a != b && !noise.what.contains(what) {
            out.push(Difference { what: what.to_owned(), old: a, new: b });
        }
    };
    add("status", old.status.to_string(), new.status.to_string());
    let location = |side: &SideAnswer| side.header("location").map(|l| relative(l, host)).unwrap_or_default();
    add("location", location(old), location(new));
    add("content-type", content_type(old), content_type(new));
    let cookies = |side: &SideAnswer| {
        let mut all: Vec<String> = side.all("set-cookie").map(cookie).collect();
        all.sort();
        all.join(" | ")
    };
    add("set-cookie", cookies(old), cookies(new));
    add("vary", as_set(old, "vary"), as_set(new, "vary"));
    let etag = |side: &SideAnswer| {
        side.header("etag").map(|e| e.trim_start_matches("W/").to_owned()).unwrap_or_default()
    };
    add("etag", etag(old), etag(new));
    let special = ["location", "content-type", "set-cookie", "vary", "etag"];
    let names: BTreeSet<&str> = old.headers.iter().chain(&new.headers).map(|(n, _)| n.as_str()).collect();
    for name in names {
        if special.contains(&name) || IGNORED.contains(&name) || name.starts_with("x-envoy-") {
            continue;
        }
        let all = |side: &SideAnswer| {
            if SETS.contains(&name) {
                return as_set(side, name);
            }
            let mut values: Vec<&str> = side.all(name).collect();
            values.sort_unstable();
            values.join(", ")
        };
        add(&format!("header {name}"), all(old), all(new));
    }
    // The page of an error is each proxy's own, where none of the app's comes.
    let own_pages = is_own_page(old) && is_own_page(new) && old.status == new.status;
    let differs = out.iter().any(|d| d.what == "status");
    if !own_pages && !differs && !noise.what.contains("body") {
        let (a, b) = (body(old, noise.masked_body), body(new, noise.masked_body));
        if a != b {
            out.push(Difference { what: "body".to_owned(), old: excerpt(&a, &b), new: excerpt(&b, &a) });
        }
    }
    out
}

/// What two answers of the same side say about themselves: what differs between them is noise.
#[must_use]
pub fn noise(first: &SideAnswer, second: &SideAnswer) -> Noise {
    let none = Noise::default();
    let mut noise = Noise::default();
    for difference in compare(first, second, &none, None) {
        if difference.what == "body" {
            // Numbers and names that change from one answer to the next.
            noise.masked_body = true;
        } else {
            noise.what.insert(difference.what);
        }
    }
    if noise.masked_body && body(first, true) != body(second, true) {
        noise.what.insert("body".to_owned());
    }
    noise
}

impl Noise {
    /// What is not compared, in words.
    #[must_use]
    pub fn shown(&self) -> Vec<String> {
        let mut all: Vec<String> = self.what.iter().cloned().collect();
        if self.masked_body && !self.what.contains("body") {
            all.push("numbers and names in the body".to_owned());
        }
        all
    }
}

/// A Location without what is only the proxy's view of itself: scheme, host and port where they are the request's own.
#[must_use]
pub fn relative(location: &str, host: Option<&str>) -> String {
    let Some((scheme, rest)) = location.split_once("://") else { return location.to_owned() };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let bare = super::super::nginx::site::bare_host;
    let own = host.is_some_and(|h| bare(h) == bare(authority));
    if own && scheme == "http" { path.to_owned() } else { format!("{scheme}://{}{path}", bare(authority)) }
}

/// Headers whose values are a set: neither order, nor case, nor how they are spread over lines means anything.
const SETS: [&str; 5] = [
    "cache-control",
    "allow",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
];

fn as_set(side: &SideAnswer, name: &str) -> String {
    let all = side.all(name).flat_map(|v| v.split(',')).map(|v| v.trim().to_ascii_lowercase());
    all.filter(|v| !v.is_empty()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

fn content_type(side: &SideAnswer) -> String {
    let text = side.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let mut parts: Vec<&str> = text.split(';').map(str::trim).filter(|p| !p.is_empty()).collect();
    if parts.len() > 1 {
        parts[1..].sort_unstable();
    }
    if is_own_page(side) { String::new() } else { parts.join("; ") }
}

/// A cookie's name and attributes; its value is somebody's.
fn cookie(text: &str) -> String {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().and_then(|p| p.split('=').next()).unwrap_or_default().to_owned();
    let mut attributes: Vec<String> = parts
        .map(|p| {
            let (key, value) = p.split_once('=').unwrap_or((p, ""));
            let key = key.to_ascii_lowercase();
            match key.as_str() {
                "expires" => key,
                _ if value.is_empty() => key,
                _ => format!("{key}={}", value.to_ascii_lowercase()),
            }
        })
        .collect();
    attributes.sort();
    std::iter::once(name).chain(attributes).collect::<Vec<_>>().join("; ")
}

/// Whether a proxy wrote the page by itself.
fn is_own_page(side: &SideAnswer) -> bool {
    if side.status < 300 {
        return false;
    }
    let text = String::from_utf8_lossy(&side.body);
    let text = text.trim();
    let pages = [
        "no healthy upstream",
        "404 page not found",
        "Bad Gateway",
        "Service Unavailable",
        "Gateway Timeout",
        "Forbidden",
        "Not Found",
        "401 Unauthorized",
        "Found",
        "Moved Permanently",
    ];
    text.is_empty()
        || (text.contains("<hr><center>nginx") || text.contains("<hr><center>openresty"))
        || pages.contains(&text)
        || text.starts_with("upstream connect error")
}

fn body(side: &SideAnswer, masked: bool) -> String {
    let text = String::from_utf8_lossy(&side.body);
    let plain = match serde_json::from_str::<Value>(&text) {
        // The order of keys and spaces mean nothing.
        Ok(value) if value.is_object() || value.is_array() => value.to_string(),
        _ => text.replace("\r\n", "\n").trim_end().to_owned(),
    };
    if masked { NAMES.replace_all(&plain, "{}").into_owned() } else { plain }
}

/// A text around where it stops being the other.
fn excerpt(text: &str, other: &str) -> String {
    let same = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(20);
    let part: String = text.chars().skip(from).take(80).collect();
    let dots = if from > 0 { "…" } else { "" };
    format!("{dots}{}", part.replace('\n', "⏎"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> SideAnswer {
        SideAnswer {
            status,
            headers: headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            body: body.as_bytes().to_vec(),
            cut: false,
        }
    }

    fn what(old: &SideAnswer, new: &SideAnswer) -> Vec<String> {
        compare(old, new, &Noise::default(), Some("a.b")).into_iter().map(|d| d.what).collect()
    }

    #[test]
    fn what_each_proxy_does_as_it_likes_is_no_difference() {
        let old = answer(
            301,
            &[("server", "nginx"), ("date", "x"), ("location", "http://a.b:8081/x/")],
            "<hr><center>nginx/1.22.1</center>",
        );
        let new = answer(
            301,
            &[("server", "envoy"), ("x-envoy-upstream-service-time", "1"), ("location", "http://a.b/x/")],
            "Moved Permanently",
        );
        assert_eq!(what(&old, &new), Vec::<String>::new());
        let old = answer(
            200,
            &[("etag", "W/\"1\""), ("vary", "Accept, Origin"), ("content-type", "text/html;charset=UTF-8")],
            "{\"a\":1,\"b\":2}",
        );
        let new = answer(
            200,
            &[
                ("etag", "\"1\""),
                ("vary", "origin"),
                ("vary", "accept"),
                ("content-type", "text/html; charset=utf-8"),
            ],
            "{ \"b\": 2, \"a\": 1 }",
        );
        assert_eq!(what(&old, &new), Vec::<String>::new());
        let cached = |values: &[&str]| {
            let headers: Vec<_> = values.iter().map(|value| ("cache-control", *value)).collect();
            answer(200, &headers, "")
        };
        assert_eq!(
            what(&cached(&["public, max-age=60"]), &cached(&["Max-Age=60", "public"])),
            Vec::<String>::new()
        );
        assert_eq!(what(&cached(&["public, max-age=60"]), &cached(&["public"])), ["header cache-control"]);
        let cookie = |text: &str| answer(200, &[("set-cookie", text)], "");
        assert_eq!(
            what(&cookie("s=1; Path=/; HttpOnly"), &cookie("s=2; httponly; path=/")),
            Vec::<String>::new()
        );
        assert_eq!(what(&cookie("s=1; Path=/; HttpOnly"), &cookie("s=2; Path=/")), ["set-cookie"]);
    }

    #[test]
    fn what_matters_is_one() {
        let base = answer(200, &[("x-a", "1"), ("cache-control", "no-store")], "hello");
        assert_eq!(
            what(&base, &answer(404, &[("x-a", "1"), ("cache-control", "no-store")], "hello")),
            ["status"]
        );
        assert_eq!(what(&base, &answer(200, &[("cache-control", "no-store")], "hello")), ["header x-a"]);
        assert_eq!(
            what(&base, &answer(200, &[("x-a", "1"), ("cache-control", "no-store")], "hallo")),
            ["body"]
        );
    }

    #[test]
    fn what_differs_on_one_side_is_noise() {
        let first = answer(200, &[("x-time", "1")], "now 12:01, id 0f8fad5b-d9cb-469f-a165-70867728950e");
        let second = answer(200, &[("x-time", "2")], "now 12:02, id 1f8fad5b-d9cb-469f-a165-70867728950e");
        let noise = noise(&first, &second);
        let new = answer(200, &[("x-time", "9")], "now 13:44, id 2f8fad5b-d9cb-469f-a165-70867728950e");
        assert_eq!(compare(&first, &new, &noise, None), []);
        let other = answer(200, &[("x-time", "9")], "later 13:44, id 2f8fad5b-d9cb-469f-a165-70867728950e");
        assert_eq!(compare(&first, &other, &noise, None).len(), 1);
        assert_eq!(noise.shown(), ["header x-time", "numbers and names in the body"]);
    }
}
