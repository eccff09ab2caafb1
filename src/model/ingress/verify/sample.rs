//! Which of a log's requests are worth sending: some of every kind, none twice.

use std::collections::{BTreeMap, BTreeSet};

use super::access_log::Logged;
use super::{Origin, SentRequest};

/// What is left out, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Methods that change something.
    pub unsafe_methods: usize,
    /// Queries with what looks like a secret.
    pub secrets: usize,
    /// Of a kind there was enough of.
    pub alike: usize,
}

/// How a sample of requests is chosen.
#[derive(Debug, Clone)]
pub struct SampleChoice {
    /// The methods that may be sent.
    pub methods: Vec<String>,
    /// Requests of each kind.
    pub each: usize,
    /// Whether queries with secrets may be sent.
    pub secrets: bool,
}

/// A path with what is only a name in it taken out: numbers, UUIDs, hashes.
#[must_use]
pub fn shape(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let is_name = |part: &str| {
        let long_hex = part.len() >= 8
            && part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
            && part.bytes().any(|b| b.is_ascii_digit());
        (!part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())) || long_hex
    };
    path.split('/').map(|part| if is_name(part) { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

/// Chooses from a log: by host, route, status class and whether there is a query, the newest of each kind, every shape once.
#[must_use]
pub fn choose(
    logged: &[Logged],
    choice: &SampleChoice,
    route: impl Fn(&SentRequest) -> String,
) -> (Vec<SentRequest>, Skipped) {
    let mut skipped = Skipped::default();
    let mut shapes: BTreeSet<(Option<String>, String, String, u16, bool)> = BTreeSet::new();
    let mut kinds: BTreeMap<(Option<String>, String, String, u16, bool), usize> = BTreeMap::new();
    let mut chosen = Vec::new();
    for entry in logged.iter().rev() {
        let asked = &entry.asked;
        if !choice.methods.contains(&asked.method) {
            skipped.unsafe_methods += 1;
            continue;
        }
        if asked.holds_secrets() && !choice.secrets {
            skipped.secrets += 1;
            continue;
        }
        let (class, query) = (entry.status / 100, asked.target.contains('?'));
        let shaped = (asked.host.clone(), asked.method.clone(), shape(&asked.target), class, query);
        let kind = (asked.host.clone(), asked.method.clone(), route(asked), class, query);
        let count = kinds.entry(kind).or_default();
        if *count >= choice.each || !shapes.insert(shaped) {
            skipped.alike += 1;
            continue;
        }
        *count += 1;
        chosen.push(asked.clone());
    }
    chosen.reverse();
    (chosen, skipped)
}

/// Other spellings of a path, and its neighbours.
#[must_use]
pub fn spellings(asked: &SentRequest) -> Vec<SentRequest> {
    let (path, query) = asked
        .target
        .split_once('?')
        .map_or((asked.target.as_str(), String::new()), |(p, q)| (p, format!("?{q}")));
    let bare = path.trim_end_matches('/');
    let inner = path.strip_prefix('/').unwrap_or(path);
    let mut all = vec![
        format!("/{path}{query}"),
        format!("/x/..{path}{query}"),
        format!("{bare}/{query}"),
        format!("{bare}x{query}"),
    ];
    if !bare.is_empty() {
        all.push(format!("{bare}{query}"));
        all.push(format!("/x/..%2F{inner}{query}"));
        if let Some((at, c)) = path.char_indices().find(|(_, c)| c.is_ascii_alphabetic()) {
            all.push(format!("{}%{:02X}{}{query}", &path[..at], u32::from(c), &path[at + 1..]));
        }
    }
    all.retain(|t| *t != asked.target);
    all.sort();
    all.dedup();
    let probe = |target: String| SentRequest {
        target,
        origin: Origin::Probe,
        method: "GET".to_owned(),
        ..asked.clone()
    };
    all.into_iter().map(probe).collect()
}

/// Requests of a file: `METHOD TARGET [HOST]` in a line, or a JSON object with `method`, `target`, `host` and `headers`.
///
/// # Errors
/// The line that is neither.
pub fn of_file(text: &str) -> Result<Vec<SentRequest>, String> {
    let mut out = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |why: &str| format!("line {}: {why}: {line}", at + 1);
        if line.starts_with('{') {
            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Line {
                #[serde(default)]
                method: Option<String>,
                target: String,
                #[serde(default)]
                host: Option<String>,
                #[serde(default)]
                headers: BTreeMap<String, String>,
            }
            let read: Line = serde_json::from_str(line).map_err(|e| wrong(&e.to_string()))?;
            out.push(SentRequest {
                method: read.method.unwrap_or_else(|| "GET".to_owned()),
                target: read.target,
                host: read.host,
                headers: read.headers.into_iter().map(|(k, v)| (k.to_ascii_lowercase(), v)).collect(),
                origin: Origin::File,
            });
        } else {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (method, target, host) = match words.as_slice() {
                [target] if target.starts_with('/') => ("GET", *target, None),
                [method, target] => (*method, *target, None),
                [method, target, host] => (*method, *target, Some((*host).to_owned())),
                _ => return Err(wrong("neither METHOD TARGET [HOST] nor JSON")),
            };
            out.push(SentRequest {
                method: method.to_owned(),
                target: target.to_owned(),
                host,
                headers: Vec::new(),
                origin: Origin::File,
            });
        }
        if !out.last().is_some_and(|a| a.target.starts_with('/')) {
            return Err(wrong("a target begins with /"));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::access_log::{LogLimits, line};
    use super::*;

    #[test]
    fn some_of_every_kind_and_none_twice() {
        let entry = |request: &str, status: u16| {
            line(&format!("1.1.1.1 - - [x] \"{request} HTTP/1.1\" {status} 1"), LogLimits::default()).unwrap()
        };
        let log = [
            entry("GET /user/1", 200),
            entry("GET /user/22", 200),
            entry("GET /user/3?x=1", 200),
            entry("GET /user/4", 404),
            entry("POST /user/1", 200),
            entry("GET /a?access_token=1", 200),
            entry("GET /o/0f8fad5b-d9cb-469f-a165-70867728950e", 200),
        ];
        let choice = SampleChoice { methods: vec!["GET".into()], each: 5, secrets: false };
        let (chosen, skipped) = choose(&log, &choice, |a| shape(&a.target));
        let targets: Vec<&str> = chosen.iter().map(|a| a.target.as_str()).collect();
        assert_eq!(
            targets,
            ["/user/22", "/user/3?x=1", "/user/4", "/o/0f8fad5b-d9cb-469f-a165-70867728950e"]
        );
        assert_eq!(skipped, Skipped { unsafe_methods: 1, secrets: 1, alike: 1 });
    }

    #[test]
    fn a_file_of_requests() {
        let all =
            of_file("# x\n/a\nHEAD /b?q example.com\n{\"target\": \"/c\", \"headers\": {\"X-A\": \"1\"}}\n")
                .unwrap();
        assert_eq!(
            all.iter().map(SentRequest::shown).collect::<Vec<_>>(),
            ["GET /a", "HEAD /b?q (host example.com)", "GET /c"]
        );
        assert!(
            of_file("GET").unwrap_err().contains("line 1")
                && of_file("{\"target\":\"x\"}").is_err()
                && of_file("{\"y\":1}").is_err()
        );
    }
}
