//! nginx's search as a flat list.

use std::sync::Arc;

use super::Candidate;
use crate::model::ingress::nginx::site::{Kind, Location, Server, Sites};
use crate::model::ingress::pattern::Pattern;
use crate::model::ingress::route::PathMatch;

/// A prefix and which expressions are tried once it is the longest.
struct Prefix<'a> {
    text: &'a str,
    location: &'a Location,
    tried: Vec<&'a Location>,
    stops: bool,
}

fn patterns(level: &[Location]) -> impl Iterator<Item = &Location> {
    level.iter().filter(|l| matches!(l.kind, Kind::Pattern(_)))
}

/// Every location at its place: exact ones; the slashes that are added; prefixes that do not leave the decision to the
/// server's expressions, each after those that are tried for it; the server's expressions; plain prefixes.
pub(super) fn candidates<'a>(sites: &Sites<'_>, server: &'a Server) -> Vec<Candidate<'a>> {
    let mut exact = Vec::new();
    let mut prefixes = Vec::new();
    collect(&server.locations, &[], &mut exact, &mut prefixes);
    let base: Vec<_> = patterns(&server.locations).map(|l| l.id).collect();
    prefixes.sort_by_key(|p| std::cmp::Reverse(p.text.len()));
    let is_own = |p: &Prefix<'_>| p.stops || p.tried.iter().map(|l| l.id).ne(base.iter().copied());
    let own: Vec<&str> = prefixes.iter().filter(|p| is_own(p)).map(|p| p.text).collect();
    let decides = |p: &Prefix<'_>| own.iter().any(|o| p.text.starts_with(o));

    let mut out: Vec<Candidate<'a>> = Vec::new();
    for location in exact {
        if let Kind::Exact(path) = &location.kind
            && !out.iter().any(|c| c.path.exact.as_ref() == Some(path))
        {
            out.push(Candidate { path: PathMatch::exact(path), location, adds_slash: false });
        }
    }
    for prefix in &prefixes {
        let Some(path) = prefix.text.strip_suffix('/').filter(|p| !p.is_empty()) else { continue };
        let taken = out.iter().any(|c| c.path.exact.as_deref() == Some(path));
        if !taken && proxies(sites, prefix.location) {
            out.push(Candidate { path: PathMatch::exact(path), location: prefix.location, adds_slash: true });
        }
    }
    for prefix in prefixes.iter().filter(|p| decides(p)) {
        for location in &prefix.tried {
            with_pattern(&PathMatch::prefix(prefix.text), location, &mut out);
        }
        out.push(Candidate {
            path: PathMatch::prefix(prefix.text),
            location: prefix.location,
            adds_slash: false,
        });
    }
    for location in patterns(&server.locations) {
        with_pattern(&PathMatch::default(), location, &mut out);
    }
    for prefix in prefixes.iter().filter(|p| !decides(p)) {
        out.push(Candidate {
            path: PathMatch::prefix(prefix.text),
            location: prefix.location,
            adds_slash: false,
        });
    }
    out
}

fn proxies(sites: &Sites<'_>, location: &Location) -> bool {
    let handlers = ["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"];
    handlers.iter().any(|name| sites.config.named(Some(location.id), name).next().is_some())
}

fn collect<'a>(
    level: &'a [Location],
    around: &[(&'a [Location], bool)],
    exact: &mut Vec<&'a Location>,
    prefixes: &mut Vec<Prefix<'a>>,
) {
    for location in level {
        match &location.kind {
            Kind::Exact(_) => exact.push(location),
            Kind::Prefix(text, stop) => {
                let mut chain = around.to_vec();
                chain.push((level, *stop));
                let mut tried: Vec<&Location> = patterns(&location.nested).collect();
                for (level, stops) in chain.iter().rev() {
                    if !stops {
                        tried.extend(patterns(level));
                    }
                }
                prefixes.push(Prefix { text, location, tried, stops: *stop });
                collect(&location.nested, &chain, exact, prefixes);
            }
            Kind::Pattern(_) | Kind::Named(_) => {}
        }
    }
}

/// A location of an expression below a path, after those nested in it.
fn with_pattern<'a>(path: &PathMatch, location: &'a Location, out: &mut Vec<Candidate<'a>>) {
    let Kind::Pattern(pattern) = &location.kind else { return };
    let Some(path) = narrowed(path, pattern) else { return };
    for nested in &location.nested {
        match &nested.kind {
            Kind::Exact(own) if path.matches(own) != Some(false) => {
                out.push(Candidate { path: PathMatch::exact(own), location: nested, adds_slash: false });
            }
            Kind::Prefix(own, _) => {
                if let Some(path) = path.below(own) {
                    out.push(Candidate { path, location: nested, adds_slash: false });
                }
            }
            Kind::Pattern(_) => with_pattern(&path, nested, out),
            _ => {}
        }
    }
    out.push(Candidate { path, location, adds_slash: false });
}

fn narrowed(path: &PathMatch, pattern: &Arc<Pattern>) -> Option<PathMatch> {
    pattern.may_match_below(&path.prefix).then(|| path.clone().and_pattern(pattern))
}
