//! Requests at the edges of routes: where two proxies that were meant to do the same do not.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::Chars;

use crate::model::ingress::nginx::answer::sendable;
use crate::model::ingress::request::Request;
use crate::model::ingress::route::{Host, Route, Site, Subject, Test};

/// A host that comes to most routes of a site: one that no condition over hosts picks out, where there is one.
fn usual_host(site: &Site) -> String {
    let mut hosts: Vec<String> = site.hosts.iter().map(sample_host).collect();
    hosts.extend(site.default.then(|| "unknown.test".to_owned()));
    let picked = |host: &String| {
        let request = Request::get(site.port, host, "/");
        let mut over_hosts =
            site.routes.iter().flat_map(|r| &r.conditions).filter(|c| c.subject == Subject::Host);
        over_hosts.any(|c| c.holds(&request) != Some(false))
    };
    let plain = hosts.iter().find(|host| !picked(host)).or(hosts.first());
    plain.cloned().unwrap_or_else(|| "nobody.test".to_owned())
}

/// Requests at the edges of a site's routes.
#[must_use]
pub fn probes(site: &Site) -> Vec<Request> {
    let host = usual_host(site);
    let mut paths: BTreeSet<String> =
        ["/", "/unknown", "/a/b", "//", "/index.php", "/a.png"].map(str::to_owned).into();
    for seed in site.routes.iter().flat_map(seeds).filter(|s| s.starts_with('/')) {
        // No request line holds a space.
        let spelled = around(&seed).into_iter().filter(|path| path.starts_with('/') && path.is_ascii());
        paths.extend(spelled.map(|path| sendable(&path)));
    }
    let mut requests: Vec<Request> = paths.iter().map(|p| Request::get(site.port, &host, p)).collect();
    requests.extend(paths.iter().take(40).map(|p| Request::get(site.port, &host, &format!("{p}?q=1"))));
    requests.extend(site.routes.iter().filter_map(|route| that_fulfils(site.port, &host, route)));
    let post = |path: &String| Request { method: "POST".to_owned(), ..Request::get(site.port, &host, path) };
    requests.extend(paths.iter().take(20).map(post));
    requests
}

/// The paths a route speaks of.
fn seeds(route: &Route) -> Vec<String> {
    let mut seeds = vec![route.path.prefix.clone()];
    seeds.extend(route.path.exact.clone());
    for pattern in &route.path.patterns {
        let beginning = pattern.literal_beginning();
        let begin = if beginning.is_empty() { &route.path.prefix } else { &beginning };
        seeds.push(sample(&pattern.source, begin));
        seeds.extend(pattern.except.clone());
    }
    seeds
}

/// A path, those next to it, and its other spellings.
fn around(seed: &str) -> [String; 14] {
    let mut shorter = seed.to_owned();
    shorter.pop();
    let slashed = seed.trim_end_matches('/');
    [
        seed.to_owned(),
        format!("{seed}x"),
        format!("{seed}/"),
        format!("{slashed}/x/y"),
        format!("{slashed}/a%20b"),
        shorter,
        slashed.to_owned(),
        seed.to_ascii_uppercase(),
        format!("/{seed}"),
        format!("/x/..{seed}"),
        format!("/x/..%2F{}", &seed[1..]),
        format!("{slashed}/a.png"),
        format!("{slashed}/a.php"),
        escaped_letter(seed),
    ]
}

/// A request with what a route asks beside the path.
fn that_fulfils(port: u16, host: &str, route: &Route) -> Option<Request> {
    if route.conditions.is_empty() || !route.path.patterns.is_empty() {
        return None;
    }
    let path = route.path.exact.clone().unwrap_or_else(|| {
        format!("{}x", if route.path.prefix.is_empty() { "/" } else { &route.path.prefix })
    });
    let mut request = Request::get(port, host, &path);
    let mut conditions = route.conditions.iter();
    conditions.all(|c| fulfil(&mut request, &c.subject, &c.test)).then_some(request)
}

fn fulfil(request: &mut Request, subject: &Subject, test: &Test) -> bool {
    let value = match test {
        Test::Is(text) | Test::IsAnyCase(text) => text.clone(),
        Test::OneOf(all) => all.first().cloned().unwrap_or_default(),
        Test::Finds(source, _) => sample(source, ""),
        Test::Truthy => "1".to_owned(),
    };
    match subject {
        Subject::Method => request.method = value,
        Subject::Header(name) => request.headers.push((name.clone(), value)),
        Subject::Cookie(name) => request.headers.push(("cookie".to_owned(), format!("a=b; {name}={value}"))),
        Subject::Argument(name) => request.target = format!("{}?{name}={value}", request.target),
        Subject::Host if value.contains(char::is_alphanumeric) => request.host = value,
        Subject::Host | Subject::Other(_) => return false,
    }
    true
}

fn escaped_letter(path: &str) -> String {
    match path.char_indices().find(|(_, c)| c.is_ascii_alphabetic()) {
        Some((at, c)) => format!("{}%{:02x}{}", &path[..at], u32::from(c), &path[at + 1..]),
        None => path.to_owned(),
    }
}

fn sample_host(host: &Host) -> String {
    match host {
        Host::Exact(name) => name.clone(),
        Host::EndsWith(end) => format!("a{end}"),
        Host::BeginsWith(begin) => format!("{begin}test"),
        Host::Pattern(pattern) => sample(&pattern.source, ""),
    }
}

/// A text an expression is likely to be found in.
fn sample(source: &str, begin: &str) -> String {
    let mut out = String::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '^' | '$' | '(' | ')' | '*' | '+' => {}
            '\\' => match chars.next() {
                Some('d') => out.push('7'),
                Some('w') => out.push('w'),
                Some('s') => out.push(' '),
                Some(c) => out.push(c),
                None => {}
            },
            '[' => {
                let class = up_to(&mut chars, &[']']);
                out.push(class.chars().find(char::is_ascii_alphanumeric).unwrap_or('x'));
            }
            '?' if out.is_empty() || matches!(chars.peek(), Some('<' | ':' | '!')) => {
                up_to(&mut chars, &['>', ':', '!']);
            }
            '?' => {}
            '{' => {
                let bound = up_to(&mut chars, &['}']);
                let count: usize = bound.split(',').next().and_then(|n| n.parse().ok()).unwrap_or(1);
                if let Some(last) = out.chars().last() {
                    out.extend(std::iter::repeat_n(last, count.saturating_sub(1).min(50)));
                }
            }
            // The first of several is enough.
            '|' => skip_the_group(&mut chars),
            '.' => out.push('x'),
            c => out.push(c),
        }
    }
    if begin.is_empty() || out.starts_with(begin) { out } else { format!("{begin}{out}") }
}

/// What stands before one of these, which is read too.
fn up_to(chars: &mut Peekable<Chars<'_>>, ends: &[char]) -> String {
    chars.by_ref().take_while(|c| !ends.contains(c)).collect()
}

/// Reads up to the parenthesis that closes the group, which is left.
fn skip_the_group(chars: &mut Peekable<Chars<'_>>) {
    let mut depth = 0;
    while let Some(next) = chars.peek() {
        match next {
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' => depth -= 1,
            _ => {}
        }
        chars.next();
    }
}
