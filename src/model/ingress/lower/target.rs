//! Where a request ends: handed on, sent elsewhere, answered.

use std::sync::Arc;

use super::follow::{groups_only, made, subject, substituted};
use super::{Followed, Lower, State, route};
use crate::model::ingress::nginx::site::{Kind, Location};
use crate::model::ingress::nginx::tree::Id;
use crate::model::ingress::nginx::value::{Piece, pieces};
use crate::model::ingress::pattern::{Pattern, escaped};
use crate::model::ingress::policy::Policies;
use crate::model::ingress::route::{
    Action, Condition, Forward, PathChange, PathMatch, PoolRef, QueryChange, Redirect, Route, Test,
};

/// A value that depends on a request, unfolded.
pub(super) struct Variant {
    pub(super) condition: Option<Condition>,
    /// Which paths, where the path decides.
    pub(super) path: Option<PathMatch>,
    /// In hundredths of a percent, where clients are split.
    pub(super) share: Option<u32>,
    pub(super) value: String,
    pub(super) from: Option<Id>,
}

/// The handlers that are not HTTP to another server.
const LOCAL: [(&str, &str); 12] = [
    ("fastcgi_pass", "speaks FastCGI"),
    ("uwsgi_pass", "speaks uwsgi"),
    ("scgi_pass", "speaks SCGI"),
    ("memcached_pass", "reads from memcached"),
    ("content_by_lua_block", "runs Lua"),
    ("content_by_lua_file", "runs Lua"),
    ("js_content", "runs JavaScript"),
    ("stub_status", "shows nginx's own figures"),
    ("empty_gif", "answers with a picture"),
    ("try_files", "serves files"),
    ("alias", "serves files"),
    ("root", "serves files"),
];

impl Lower<'_> {
    /// What a location does with a request that came this far.
    pub(super) fn content(&mut self, location: &Location, state: &State, routes: &mut Vec<Route>) {
        let config = self.sites.config;
        let mut levels: Vec<Id> = config.levels(state.level).collect();
        let end = levels.iter().position(|id| config.get(*id).name == "location").map_or(0, |at| at + 1);
        levels.truncate(end);
        for block in &levels {
            for name in ["proxy_pass", "grpc_pass"] {
                if let Some(pass) = config.named(Some(*block), name).next() {
                    let mut state = state.clone();
                    state.from.push(pass);
                    self.passed(location, &state, pass, routes);
                    return;
                }
            }
        }
        let local = levels.iter().chain([&self.server.id]).find_map(|block| {
            let found = LOCAL.iter().find(|(name, _)| config.named(Some(*block), name).next().is_some());
            found.map(|(_, what)| *what)
        });
        // Whatever it would serve, nobody may have it.
        if Policies::of(self.sites, state.level).allowed.is_some_and(|some| some.is_empty()) {
            routes.push(route(state.clone(), Action::Deny { status: 403 }));
            return;
        }
        let what = local.unwrap_or("serves files of the default root");
        routes.push(route(state.clone(), Action::Foreign(what.to_owned())));
    }

    fn passed(&mut self, location: &Location, state: &State, pass: Id, routes: &mut Vec<Route>) {
        let directive = self.sites.config.get(pass);
        let grpc = directive.name == "grpc_pass";
        let mut url = substituted(directive.arg(0), state);
        if grpc && !url.contains("://") {
            url = format!("grpc://{url}");
        }
        let variants = match self.unfolded(&url, 0) {
            Ok(variants) => variants,
            Err(why) => {
                let action = self.beyond(pass, why);
                routes.push(route(state.clone(), action));
                return;
            }
        };
        let computed = directive.arg(0).contains('$');
        let mut split: Option<Forward> = None;
        for variant in variants {
            let Some(state) = state.on(&variant) else { continue };
            match (forward(location, &state, &variant.value, computed), variant.share) {
                (Ok(forward), None) => {
                    let route = route(state, Action::Forward(forward));
                    routes.push(route);
                }
                (Ok(mut forward), Some(share)) => {
                    forward.pools.iter_mut().for_each(|(weight, _)| *weight = share);
                    match &mut split {
                        Some(all) => all.pools.extend(forward.pools),
                        None => split = Some(forward),
                    }
                }
                (Err(why), _) => {
                    let action = self.beyond(pass, why);
                    routes.push(route(state, action));
                }
            }
        }
        if let Some(forward) = split {
            let route = route(state.clone(), Action::Forward(forward));
            routes.push(route);
        }
    }

    /// A value for every way its variables can turn out.
    pub(super) fn unfolded(&self, text: &str, depth: u8) -> Result<Vec<Variant>, String> {
        let name = pieces(text).into_iter().find_map(|p| match p {
            Piece::Variable(name)
                if self.sites.maps.contains_key(&name) || self.sites.splits.contains_key(&name) =>
            {
                Some(name)
            }
            _ => None,
        });
        let Some(name) = name else {
            let value = text.to_owned();
            return Ok(vec![Variant { condition: None, path: None, share: None, value, from: None }]);
        };
        if depth > 2 {
            return Err("maps depend on each other too deeply".to_owned());
        }
        let filled =
            |value: &str| text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
        let config = self.sites.config;
        if let Some(split) = self.sites.splits.get(&name) {
            return self.shares(*split, filled);
        }
        let map = self.sites.maps[&name];
        let source = config.get(map).arg(0);
        let of_path = matches!(source, "$uri" | "$document_uri" | "${uri}");
        let subject = subject(source);
        if subject.is_none() && !of_path {
            return Err(format!("{source} is nothing a gateway can look at"));
        }
        let mut variants = Vec::new();
        for (id, test) in self.tests(map) {
            let value = config.get(id).arg(0);
            for inner in self.unfolded(&filled(value), depth + 1)? {
                if inner.condition.is_some() || inner.path.is_some() || inner.share.is_some() {
                    return Err("maps depend on each other".to_owned());
                }
                let (condition, path) = match &subject {
                    Some(subject) => {
                        let subject = subject.clone();
                        (Some(Condition { subject, test: test.clone(), not: false }), None)
                    }
                    None => (None, Some(path_of(&test)?)),
                };
                variants.push(Variant { condition, path, share: None, value: inner.value, from: Some(id) });
            }
        }
        let last = config.inside(Some(map)).iter().find(|id| config.get(**id).name == "default").copied();
        let value = last.map_or("", |id| config.get(id).arg(0));
        variants.push(Variant { condition: None, path: None, share: None, value: filled(value), from: last });
        Ok(variants)
    }

    /// The keys of a `map` in the order in which it asks them: texts, hosts with a wildcard the longest first, expressions.
    fn tests(&self, map: Id) -> Vec<(Id, Test)> {
        let config = self.sites.config;
        let entries = || config.inside(Some(map)).iter().map(|id| (*id, config.get(*id).name.as_str()));
        let hostnames = entries().any(|(_, name)| name == "hostnames");
        let (mut texts, mut wide, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for (id, key) in entries() {
            let host = |expression: String| Test::Finds(expression, true);
            match key {
                "default" | "hostnames" | "volatile" | "include" => {}
                key if key.starts_with("~*") => found.push((id, Test::Finds(key[2..].to_owned(), true))),
                key if key.starts_with('~') => found.push((id, Test::Finds(key[1..].to_owned(), false))),
                key if hostnames && key.starts_with("*.") => {
                    wide.push((1, key.len(), id, host(format!("^.+{}$", escaped(&key[1..])))));
                }
                key if hostnames && key.starts_with('.') => {
                    wide.push((1, key.len(), id, host(format!("^(?:.+\\.)?{}$", escaped(&key[1..])))));
                }
                key if hostnames && key.ends_with(".*") => {
                    let begin = escaped(&key[..key.len() - 1]);
                    wide.push((0, key.len(), id, host(format!("^{begin}.+$"))));
                }
                key => texts.push((id, Test::IsAnyCase(key.trim_start_matches('\\').to_owned()))),
            }
        }
        wide.sort_by_key(|(front, length, ..)| std::cmp::Reverse((*front, *length)));
        texts.into_iter().chain(wide.into_iter().map(|(_, _, id, test)| (id, test))).chain(found).collect()
    }

    fn shares(&self, split: Id, filled: impl Fn(&str) -> String) -> Result<Vec<Variant>, String> {
        let config = self.sites.config;
        let mut left = 10_000_u32;
        let mut variants = Vec::new();
        for id in config.inside(Some(split)) {
            let entry = config.get(*id);
            let share = match entry.name.strip_suffix('%') {
                Some(percent) => {
                    let (whole, part) = percent.split_once('.').unwrap_or((percent, ""));
                    let part: String = format!("{part}00").chars().take(2).collect();
                    let number =
                        |t: &str| t.parse::<u32>().map_err(|_| format!("{:?} is no share", entry.name));
                    (number(whole)? * 100 + number(&part)?).min(left)
                }
                None => left,
            };
            left -= share;
            variants.push(Variant {
                condition: None,
                path: None,
                share: Some(share),
                value: filled(entry.arg(0)),
                from: Some(*id),
            });
        }
        Ok(variants)
    }

    /// What a `return` does.
    pub(super) fn returned(&mut self, id: Id, state: &State) -> Action {
        let directive = self.sites.config.get(id);
        let (status, text) = match (directive.arg(0).parse::<u16>(), directive.args.len()) {
            (Ok(status), _) => (status, directive.args.get(1).map(|w| w.text.clone())),
            (Err(_), 1) => (302, Some(directive.arg(0).to_owned())),
            (Err(_), _) => return self.beyond(id, "the status is only known of a request"),
        };
        match (status, text) {
            (301 | 302 | 303 | 307 | 308, Some(text)) => {
                let all = pieces(&substituted(&text, state));
                match self.redirect_of(&all, status, None, state) {
                    Some(redirect) => Action::Redirect(redirect),
                    None => self.beyond(id, "where the client is sent is only known of a request"),
                }
            }
            (400..=443 | 445..=499, _) => Action::Deny { status },
            (status, body) => Action::Answer { status, body },
        }
    }

    /// An address to send a client to. Without an expression of its own, groups are those of the location.
    pub(super) fn redirect_of(
        &self,
        all: &[Piece],
        status: u16,
        pattern: Option<&Arc<Pattern>>,
        state: &State,
    ) -> Option<Redirect> {
        let text: String = all
            .iter()
            .map(|p| match p {
                Piece::Text(text) => text.clone(),
                Piece::Variable(name) => format!("${{{name}}}"),
            })
            .collect();
        let (scheme, host, port, rest) = match text.split_once("://") {
            None => (None, None, None, text.as_str()),
            Some((scheme, rest)) => {
                let scheme = match scheme {
                    "http" | "https" => Some(scheme.to_owned()),
                    "${scheme}" | "${http_x_forwarded_proto}" => None,
                    _ => return None,
                };
                let (host, rest) = rest.split_at(end_of_host(rest));
                let port = host.strip_prefix("${host}:").and_then(|port| port.parse::<u16>().ok());
                let host = match (host, port) {
                    ("${host}" | "${http_host}", _) | (_, Some(_)) => None,
                    ("${server_name}", _) => Some(self.first_name()?),
                    // `www.$host`: the proxy puts the client's own in.
                    (host, _) if host.matches('$').count() == 1 && host.ends_with("${host}") => {
                        Some(host.to_owned())
                    }
                    (host, _) if host.contains('$') => return None,
                    (host, _) => Some(host.to_owned()),
                };
                let scheme = match (scheme, &host) {
                    (None, Some(host)) if host.contains('$') => Some(self.scheme()?.to_owned()),
                    (scheme, _) => scheme,
                };
                (scheme, host, port, rest)
            }
        };
        let (path, query, raw) = match rest {
            "" => (PathChange::Set("/".to_owned()), QueryChange::Drop, false),
            "${request_uri}" => (PathChange::Keep, QueryChange::Keep, true),
            "${uri}${is_args}${args}" | "${uri}?${args}" => (PathChange::Keep, QueryChange::Keep, false),
            "${uri}" => (PathChange::Keep, QueryChange::Drop, false),
            rest => self.redirect_path(rest, pattern, state)?,
        };
        Some(Redirect { status, scheme, host, port, path, query, raw })
    }

    fn redirect_path(
        &self,
        rest: &str,
        pattern: Option<&Arc<Pattern>>,
        state: &State,
    ) -> Option<(PathChange, QueryChange, bool)> {
        for end in ["${request_uri}", "${uri}${is_args}${args}"] {
            if let Some(to) = rest.strip_suffix(end).filter(|to| to.starts_with('/') && !to.contains('$')) {
                let swap = PathChange::Swap { from: "/".to_owned(), to: format!("{to}/") };
                return Some((swap, QueryChange::Keep, end == "${request_uri}"));
            }
        }
        let (path, query) =
            match rest.strip_suffix("${is_args}${args}").or_else(|| rest.strip_suffix("?${args}")) {
                Some(path) => (path, QueryChange::Keep),
                None => (rest, QueryChange::Drop),
            };
        if !path.contains('$') {
            return Some((PathChange::Set(path.to_owned()), query, false));
        }
        let own = pattern.cloned().or_else(|| state.at.patterns.last().cloned());
        let own = match own {
            Some(own) => own,
            None => self.disguised(&state.at)?,
        };
        let pieces = groups_only(path, &own)?;
        if pieces.iter().any(|p| matches!(p, Piece::Variable(n) if n.parse::<usize>().is_err())) {
            return None;
        }
        Some((made(&own, &pieces), query, false))
    }

    /// The expression of the location, where it went into a prefix.
    fn disguised(&self, at: &PathMatch) -> Option<Arc<Pattern>> {
        let all = self.sites.locations(self.server);
        all.into_iter().find_map(|l| match &l.kind {
            Kind::Pattern(p) if p.as_prefix().as_deref() == Some(&at.prefix) => Some(Arc::clone(p)),
            _ => None,
        })
    }

    fn first_name(&self) -> Option<String> {
        let config = self.sites.config;
        let name = config.named(Some(self.server.id), "server_name").next()?;
        let name = config.get(name).arg(0);
        (!name.is_empty() && !name.starts_with(['~', '*', '.', '_'])).then(|| name.to_owned())
    }
}

/// Where the host of an address ends: at a slash, or at what holds a whole path: nginx's own, or a group behind a fixed name that
/// nothing of a name follows (`https://new.example.com$1`).
fn end_of_host(rest: &str) -> usize {
    let slash = rest.find('/').unwrap_or(rest.len());
    let path = ["${request_uri}", "${uri}"].iter().filter_map(|name| rest.find(name)).min();
    let group = rest.match_indices("${").map(|(at, _)| at).find(|at| {
        let after = rest[at + 2..].split_once('}');
        *at > 0
            && after.is_some_and(|(name, after)| {
                name.bytes().all(|b| b.is_ascii_digit())
                    && (after.is_empty() || after.starts_with(['$', '?']))
            })
    });
    [Some(slash), path, group].into_iter().flatten().min().unwrap_or(slash)
}

/// The paths a key of a `map` over the path stands for.
fn path_of(test: &Test) -> Result<PathMatch, String> {
    let pattern = match test {
        Test::IsAnyCase(text) => Pattern::new(&format!("^{}$", escaped(text)), true),
        Test::Finds(source, ignore_case) => Pattern::new(source, *ignore_case),
        _ => return Err("a key that is neither a text nor an expression".to_owned()),
    }?;
    if let Some(lacks) = pattern.not_re2() {
        return Err(format!("the expression has what RE2 lacks: {lacks}"));
    }
    Ok(PathMatch::pattern(&Arc::new(pattern)))
}

impl State {
    /// A request on which a value turns out so; none where no path does both, or the path is not the client's any more.
    pub(super) fn on(&self, variant: &Variant) -> Option<State> {
        let mut state = self.clone();
        if let Some(path) = &variant.path {
            if !matches!(state.path, Followed::Same) {
                return None;
            }
            state.at = super::both(&state.at, path)?;
        }
        state.from.extend(variant.from);
        state.conditions.extend(variant.condition.clone());
        Some(state)
    }
}

fn forward(location: &Location, state: &State, url: &str, computed: bool) -> Result<Forward, String> {
    let (scheme, rest) =
        url.split_once("://").ok_or_else(|| format!("{url:?} is only known of a request"))?;
    let at = rest.find(['/', '?']).or_else(|| rest.find("$request_uri")).or_else(|| rest.find("$uri"));
    let (authority, uri) = at.map_or((rest, ""), |at| (&rest[..at], &rest[at..]));
    if scheme.contains('$') || authority.contains('$') {
        return Err(format!("the address {url:?} is only known of a request"));
    }
    if authority.is_empty() {
        return Err("the address is empty: nothing that is followed here sets it".to_owned());
    }
    if authority.starts_with("unix:") {
        return Err("it speaks to a socket file, which is on one machine only".to_owned());
    }
    let pool = PoolRef { name: authority.to_owned(), scheme: scheme.to_owned() };
    let pools = vec![(10_000, pool)];
    let (own, args) = uri.split_once('?').map_or((uri, None), |(path, args)| (path, Some(args)));
    let (path, query) = match &state.path {
        Followed::Made { pattern, pieces } if !computed || uri.is_empty() || uri.contains("$uri") => {
            (made(pattern, pieces), state.query.clone())
        }
        _ if computed && !uri.is_empty() => with_variables(location, own, args)?,
        Followed::Made { .. } | Followed::Same if uri.is_empty() => (PathChange::Keep, state.query.clone()),
        Followed::Made { .. } | Followed::Same => {
            let query = args.map_or(state.query.clone(), |args| QueryChange::Prepend(args.to_owned()));
            let path = match &location.kind {
                Kind::Exact(_) => PathChange::Set(own.to_owned()),
                Kind::Prefix(from, _) => PathChange::Swap { from: from.clone(), to: own.to_owned() },
                _ => return Err("a path of its own has no place in such a location".to_owned()),
            };
            (path, query)
        }
    };
    Ok(Forward { pools, path, query })
}

/// The path of a `proxy_pass` with variables, wherever in it: it is sent as it turns out, and the query only where it is named.
fn with_variables(
    location: &Location,
    path: &str,
    args: Option<&str>,
) -> Result<(PathChange, QueryChange), String> {
    let whole = format!("{path}{}", args.map_or(String::new(), |a| format!("?{a}")));
    match whole.as_str() {
        "$request_uri" | "$uri$is_args$args" | "$uri?$args" => {
            return Ok((PathChange::Keep, QueryChange::Keep));
        }
        "$uri" => return Ok((PathChange::Keep, QueryChange::Drop)),
        _ => {}
    }
    let (path, query) = match (path.strip_suffix("$is_args$args"), args) {
        (Some(path), _) => (path, QueryChange::Keep),
        (None, Some("$args" | "$query_string")) => (path, QueryChange::Keep),
        (None, None) => (path, QueryChange::Drop),
        (None, Some(args)) => {
            let (own, drops) = args.strip_suffix("&$args").map_or((args, "?"), |own| (own, ""));
            if own.contains('$') {
                return Err(format!("the query {args:?} is only known of a request"));
            }
            (path, QueryChange::Prepend(format!("{own}{drops}")))
        }
    };
    let path = if path.is_empty() { "/" } else { path };
    let change = match &location.kind {
        _ if !path.contains('$') => PathChange::Set(path.to_owned()),
        Kind::Pattern(pattern) => {
            let pieces = groups_only(path, pattern)
                .ok_or_else(|| format!("the path {path:?} is only known of a request"))?;
            made(pattern, &pieces)
        }
        _ => return Err(format!("the path {path:?} is only known of a request")),
    };
    Ok((change, query))
}
