//! From nginx's configuration to routes: what nginx works out for each request is worked out once, without one.
//!
//! nginx searches: exact, then the longest prefix, then expressions in order, then those nested in what it found, and looks
//! again when a path was rewritten. A proxy has a flat list. So every location becomes an entry of that list, at its place
//! (`ingress.md §D`), its rewrites are followed symbolically, and every `if`, `map` and share is a variant before its base.

mod flatten;
mod follow;
mod target;

pub(in crate::model::ingress) use self::follow::subject;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::nginx::site::{Kind, Listen, Location, Name, Server, Sites, variable};
use super::nginx::tree::Id;
use super::nginx::value::Piece;
use super::pattern::Pattern;
use super::route::{Action, Condition, Host, PathChange, PathMatch, QueryChange, Redirect, Route, Site};

/// Variants of one location; what has more is not resolved.
const MOST_VARIANTS: usize = 64;
/// Steps through one server.
const MOST_STEPS: usize = 20_000;
/// How often nginx looks again for a location before it answers 500.
const MOST_CYCLES: u8 = 10;

/// What could not be worked out, where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// The directive.
    pub at: Id,
    /// A sentence.
    pub why: String,
}

/// The sites of a configuration, and what of it could not be worked out.
#[must_use]
pub fn lower(sites: &Sites<'_>) -> (Vec<Site>, Vec<Unresolved>) {
    let mut out = Vec::new();
    let mut unresolved = Vec::new();
    for port in sites.ports() {
        let alone = sites.on(port).count() == 1;
        for (server, listen) in sites.on(port) {
            let mut lower = Lower { sites, server, unresolved: Vec::new(), steps: MOST_STEPS };
            let routes = lower.routes();
            for found in lower.unresolved {
                if !unresolved.contains(&found) {
                    unresolved.push(found);
                }
            }
            out.push(site(sites, server, listen, port, alone, routes));
        }
    }
    first_come(&mut out);
    let mut names = Vec::new();
    for site in &mut out {
        let base = site.name.clone();
        let mut count = 1;
        while names.contains(&site.name) {
            count += 1;
            site.name = format!("{base}-{count}");
        }
        names.push(site.name.clone());
    }
    (out, unresolved)
}

/// A name is the first server's that has it on a port, and nginx warns of the others: `conflicting server name … ignored`. A server
/// that is left without a name and is not the default gets no request.
fn first_come(sites: &mut Vec<Site>) {
    let mut taken: Vec<(u16, String)> = Vec::new();
    for site in sites.iter_mut() {
        site.hosts.retain(|host| {
            let key = (site.port, host.shown());
            let free = !taken.contains(&key);
            if free {
                taken.push(key);
            }
            free
        });
    }
    sites.retain(|site| site.default || !site.hosts.is_empty());
}

fn site(
    sites: &Sites<'_>,
    server: &Server,
    listen: &Listen,
    port: u16,
    alone: bool,
    routes: Vec<Route>,
) -> Site {
    let mut hosts = Vec::new();
    for name in &server.names {
        match name {
            Name::Exact(name) => hosts.push(Host::Exact(name.clone())),
            Name::EndsWith(end) => hosts.push(Host::EndsWith(end.clone())),
            Name::Below(name) => {
                hosts.extend([Host::Exact(name.clone()), Host::EndsWith(format!(".{name}"))]);
            }
            Name::BeginsWith(begin) => hosts.push(Host::BeginsWith(begin.clone())),
            Name::Pattern(pattern) => hosts.push(Host::Pattern(Arc::clone(pattern))),
            Name::Nobody(_) => {}
        }
    }
    let default = sites.default_on(port).is_some_and(|d| d.id == server.id);
    let first = hosts.iter().find_map(|h| if let Host::Exact(name) = h { Some(slug(name)) } else { None });
    let name = match (alone, first) {
        (true, _) => format!("site-{port}"),
        (false, Some(host)) => format!("site-{port}-{host}"),
        (false, None) if default => format!("site-{port}-default"),
        (false, None) => format!("site-{port}-other"),
    };
    Site { name, port, tls: listen.tls, server: server.id, hosts, default, routes }
}

/// A name as DNS and both proxies take it.
#[must_use]
pub fn slug(text: &str) -> String {
    let dashed: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let parts: Vec<&str> = dashed.split('-').filter(|p| !p.is_empty()).collect();
    let joined = parts.join("-");
    joined.chars().take(50).collect::<String>().trim_end_matches('-').to_owned()
}

/// An entry of the flat list: which paths come to which location.
#[derive(Debug, Clone)]
struct Candidate<'a> {
    path: PathMatch,
    location: &'a Location,
    /// Whether it is there only to add the slash at the end.
    adds_slash: bool,
}

/// A path that is followed without a request.
#[derive(Debug, Clone)]
enum Followed {
    /// The client's.
    Same,
    /// Made of groups of an expression over the client's.
    Made { pattern: Arc<Pattern>, pieces: Vec<Piece> },
}

/// A request that is followed without one.
#[derive(Debug, Clone)]
struct State {
    /// Which of the client's paths are followed.
    at: PathMatch,
    path: Followed,
    query: QueryChange,
    set: BTreeMap<String, String>,
    conditions: Vec<Condition>,
    level: Id,
    from: Vec<Id>,
    cycles: u8,
}

/// Where a block leaves a request.
#[derive(Debug, Clone)]
enum Flow {
    On,
    Break,
    Last,
    Done(Action),
}

struct Lower<'a> {
    sites: &'a Sites<'a>,
    server: &'a Server,
    unresolved: Vec<Unresolved>,
    /// Steps that are left: what branches without end is given up.
    steps: usize,
}

impl Lower<'_> {
    fn routes(&mut self) -> Vec<Route> {
        let server = self.server;
        let start = State {
            at: PathMatch::default(),
            path: Followed::Same,
            query: QueryChange::Keep,
            set: self.unset(),
            conditions: Vec::new(),
            level: server.id,
            from: vec![server.id],
            cycles: 0,
        };
        let candidates = flatten::candidates(self.sites, server);
        let mut routes = Vec::new();
        let ends = self.execute(server.id, start);
        for (state, flow) in ends {
            match (flow, &state.path) {
                (Flow::Done(action), _) => routes.push(route(state, action)),
                (_, Followed::Made { .. }) => self.look_again(&candidates, state, &mut routes),
                (_, Followed::Same) => self.all_locations(&candidates, &state, &mut routes),
            }
        }
        routes
    }

    /// The variables that are empty until a `set` gives them something.
    fn unset(&self) -> BTreeMap<String, String> {
        let sets = self.sites.config.all.iter().filter(|d| d.name == "set").map(|d| variable(d.arg(0)));
        sets.filter(|name| self.sites.is_only_set(name)).map(|name| (name, String::new())).collect()
    }

    fn all_locations(&mut self, candidates: &[Candidate<'_>], state: &State, routes: &mut Vec<Route>) {
        for candidate in candidates {
            let Some(at) = both(&state.at, &candidate.path) else { continue };
            let state = State { at, ..state.clone() };
            self.enter(candidates, candidate, state, routes);
        }
        let block = self.server.id;
        let config = self.sites.config;
        let has_root =
            ["root", "try_files"].iter().any(|name| config.named(Some(block), name).next().is_some());
        if has_root && !candidates.iter().any(|c| c.path.is_all() && !c.adds_slash) {
            let action = Action::Foreign("serves files".to_owned());
            routes.push(route(state.clone(), action));
        }
    }

    /// Follows a request into a location.
    fn enter(
        &mut self,
        candidates: &[Candidate<'_>],
        candidate: &Candidate<'_>,
        mut state: State,
        routes: &mut Vec<Route>,
    ) {
        let location = candidate.location;
        if !self.step(location.id) {
            return;
        }
        state.level = location.id;
        state.from.insert(0, location.id);
        if candidate.adds_slash {
            self.add_slash(location, state, routes);
            return;
        }
        let internal = self.sites.config.named(Some(location.id), "internal").next();
        if let (Some(internal), Followed::Same) = (internal, &state.path) {
            state.from.push(internal);
            let route = route(state, Action::Deny { status: 404 });
            routes.push(route);
            return;
        }
        let before = matches!(state.path, Followed::Made { .. });
        let count = routes.len();
        for (state, flow) in self.execute(location.id, state) {
            if routes.len() - count > MOST_VARIANTS {
                self.give_up(location.id, format!("more than {MOST_VARIANTS} variants"));
                return;
            }
            let changed = matches!(state.path, Followed::Made { .. }) && !before;
            match flow {
                Flow::Done(action) => {
                    let route = route(state, action);
                    routes.push(route);
                }
                Flow::Last => self.look_again(candidates, state, routes),
                Flow::On if changed => self.look_again(candidates, state, routes),
                Flow::On | Flow::Break => self.content(location, &state, routes),
            }
        }
    }

    /// `location /x/` that proxies answers `/x` with a redirect; a proxy without redirects can serve it as `/x/`.
    fn add_slash(&mut self, location: &Location, state: State, routes: &mut Vec<Route>) {
        let Kind::Prefix(own, _) = &location.kind else { return };
        let mut real = Vec::new();
        let as_asked = State { at: PathMatch::exact(own), ..state.clone() };
        // What cannot be worked out here is told where the location itself is followed.
        let told = self.unresolved.clone();
        for (after, flow) in self.execute(location.id, as_asked) {
            let plain = after.conditions == state.conditions && matches!(after.path, Followed::Same);
            if plain && matches!(flow, Flow::On | Flow::Break) {
                self.content(location, &after, &mut real);
            }
        }
        self.unresolved = told;
        let instead = real.into_iter().next().and_then(|route| match route.action {
            Action::Forward(mut forward) => {
                forward.path = match forward.path {
                    PathChange::Keep => PathChange::Set(own.clone()),
                    PathChange::Swap { from, to } => {
                        PathChange::Set(format!("{to}{}", &own[from.len().min(own.len())..]))
                    }
                    other => other,
                };
                Some(forward)
            }
            _ => None,
        });
        let action = Action::Redirect(Redirect {
            status: 301,
            scheme: None,
            host: None,
            port: None,
            path: PathChange::Set(own.clone()),
            query: QueryChange::Keep,
            raw: false,
        });
        let mut route = route(state, action);
        route.instead = instead;
        routes.push(route);
    }

    /// Takes a step; false when there were too many.
    fn step(&mut self, at: Id) -> bool {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            self.give_up(at, "it branches more often than can be followed");
        }
        self.steps > 0
    }

    fn give_up(&mut self, at: Id, why: impl Into<String>) {
        let found = Unresolved { at, why: why.into() };
        if !self.unresolved.contains(&found) {
            self.unresolved.push(found);
        }
    }

    /// An action that stands for what could not be worked out.
    fn beyond(&mut self, at: Id, why: impl Into<String>) -> Action {
        let why = why.into();
        self.give_up(at, why.clone());
        Action::Foreign(why)
    }
}

/// A route of a request that was followed to its end.
fn route(state: State, action: Action) -> Route {
    let State { at, conditions, level, mut from, .. } = state;
    let mut seen = Vec::new();
    from.retain(|id| {
        !seen.contains(id) && {
            seen.push(*id);
            true
        }
    });
    Route { path: at, conditions, action, level, from, instead: None }
}

/// Paths that match both; none when there are none.
fn both(a: &PathMatch, b: &PathMatch) -> Option<PathMatch> {
    let mut path = match (&a.exact, &b.exact) {
        (Some(x), Some(y)) if x != y => return None,
        (Some(x), _) => (b.matches(x) != Some(false)).then(|| a.clone())?,
        (None, Some(y)) => (a.matches(y) != Some(false)).then(|| b.clone())?,
        (None, None) => b.below(&a.prefix)?,
    };
    for pattern in a.patterns.iter().chain(&b.patterns) {
        if !path.patterns.iter().any(|p| Arc::ptr_eq(p, pattern)) {
            path = path.and_pattern(pattern);
        }
    }
    Some(path)
}
