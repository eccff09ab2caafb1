//! The neutral model: what is served where, without a proxy's own words.
//!
//! A site is an ordered list of routes; the first that matches is taken. Each knows the directives it comes from and the
//! block whose settings are in force for it.

use std::sync::Arc;

use super::nginx::tree::Id;
use super::pattern::{Pattern, escaped};

/// A server on a port.
#[derive(Debug, Clone)]
pub struct Site {
    /// A name for what is emitted of it: the port, and the first host where a port has several.
    pub name: String,
    /// The port it listens on.
    pub port: u16,
    /// Whether it speaks TLS there.
    pub tls: bool,
    /// The `server`.
    pub server: Id,
    /// Which hosts it serves.
    pub hosts: Vec<Host>,
    /// Whether it gets what no other is named for.
    pub default: bool,
    /// In the order they are tried.
    pub routes: Vec<Route>,
}

/// A host a site serves.
#[derive(Debug, Clone)]
pub enum Host {
    /// This one.
    Exact(String),
    /// Those that end so, the dot included.
    EndsWith(String),
    /// Those that begin so, the dot included.
    BeginsWith(String),
    /// Those in which this is found.
    Pattern(Arc<Pattern>),
}

/// A route.
#[derive(Debug, Clone)]
pub struct Route {
    /// Which paths.
    pub path: PathMatch,
    /// What else must hold.
    pub conditions: Vec<Condition>,
    /// What is done.
    pub action: Action,
    /// The block whose settings are in force.
    pub level: Id,
    /// The directives it comes from, the location first.
    pub from: Vec<Id>,
    /// What a proxy without redirects can do in place of adding the slash at the end of a path.
    pub instead: Option<Forward>,
}

/// Which paths: all that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct PathMatch {
    /// Exactly this.
    pub exact: Option<String>,
    /// Beginning so; empty for all.
    pub prefix: String,
    /// In which all of these are found.
    pub patterns: Vec<Arc<Pattern>>,
}

/// What else must hold of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What is looked at.
    pub subject: Subject,
    /// What it must be.
    pub test: Test,
    /// Whether it must not be.
    pub not: bool,
}

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The method.
    Method,
    /// A header, in lower case with dashes.
    Header(String),
    /// A cookie.
    Cookie(String),
    /// An argument of the query.
    Argument(String),
    /// The host.
    Host,
    /// What no proxy can look at, as the configuration says it.
    Other(String),
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// This.
    Is(String),
    /// This, whatever its case.
    IsAnyCase(String),
    /// One of these.
    OneOf(Vec<String>),
    /// Found in it; ignoring case or not.
    Finds(String, bool),
    /// Neither empty nor "0".
    Truthy,
}

/// What is done with a request.
#[derive(Debug, Clone)]
pub enum Action {
    /// It is handed to a pool.
    Forward(Forward),
    /// The client is sent elsewhere.
    Redirect(Redirect),
    /// Answered by the proxy.
    Answer {
        /// The status.
        status: u16,
        /// The body, where one is given.
        body: Option<String>,
    },
    /// Nobody may come here: a status from 401 to 403, or `deny all`.
    Deny {
        /// The status.
        status: u16,
    },
    /// Files are served, another protocol spoken, or what it does cannot be said; and what it is.
    Foreign(String),
}

/// How a request is handed on.
#[derive(Debug, Clone)]
pub struct Forward {
    /// The pools and the share of each, in hundredths of a percent; one as a rule.
    pub pools: Vec<(u32, PoolRef)>,
    /// What becomes of its path.
    pub path: PathChange,
    /// What becomes of its query.
    pub query: QueryChange,
}

/// A pool as `proxy_pass` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolRef {
    /// The name of an `upstream`, or an address.
    pub name: String,
    /// `http`, `https`, `grpc`, `grpcs`.
    pub scheme: String,
}

/// What becomes of a path.
#[derive(Debug, Clone)]
pub enum PathChange {
    /// Nothing.
    Keep,
    /// Its beginning is swapped.
    Swap {
        /// What it begins with.
        from: String,
        /// What it begins with afterwards.
        to: String,
    },
    /// It becomes this.
    Set(String),
    /// It is made of groups of an expression.
    Template {
        /// The expression.
        pattern: Arc<Pattern>,
        /// `$1` stands for a group.
        template: String,
    },
}

/// What becomes of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryChange {
    /// Nothing.
    Keep,
    /// It is dropped.
    Drop,
    /// Arguments are put before it; `$1` stands for a group of the path's expression.
    Prepend(String),
}

/// Where a client is sent.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The status.
    pub status: u16,
    /// The scheme; none for the client's own.
    pub scheme: Option<String>,
    /// The host; none for the client's own.
    pub host: Option<String>,
    /// The port that is put behind the client's own host.
    pub port: Option<u16>,
    /// The path.
    pub path: PathChange,
    /// The query.
    pub query: QueryChange,
    /// Whether the client's path is sent as it came, not normalised.
    pub raw: bool,
}

impl Route {
    /// Whether it takes every request of its site.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.conditions.is_empty() && self.path.is_all()
    }

    /// Whether it answers a browser that asks before it sends something to another site (`OPTIONS`).
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        let asks = |c: &Condition| {
            c.subject == Subject::Method
                && !c.not
                && match &c.test {
                    Test::Is(method) | Test::IsAnyCase(method) => method == "OPTIONS",
                    Test::Finds(source, _) => source.trim_matches(['^', '$', '(', ')']) == "OPTIONS",
                    _ => false,
                }
        };
        matches!(self.action, Action::Answer { status: 200..=299, .. }) && self.conditions.iter().any(asks)
    }
}

impl PathMatch {
    /// Paths that begin so.
    #[must_use]
    pub fn prefix(prefix: &str) -> Self {
        PathMatch { prefix: prefix.to_owned(), ..PathMatch::default() }
    }

    /// This path.
    #[must_use]
    pub fn exact(path: &str) -> Self {
        PathMatch { exact: Some(path.to_owned()), ..PathMatch::default() }
    }

    /// Paths in which this is found.
    #[must_use]
    pub fn pattern(pattern: &Arc<Pattern>) -> Self {
        PathMatch::default().and_pattern(pattern)
    }

    /// The same, with this found in it too. What is a prefix in disguise becomes one.
    #[must_use]
    pub fn and_pattern(mut self, pattern: &Arc<Pattern>) -> Self {
        match (&self.exact, pattern.as_prefix()) {
            (None, Some(own)) if own.starts_with(&self.prefix) => self.prefix = own,
            (None, Some(own)) if self.prefix.starts_with(&own) => {}
            (Some(path), _) if pattern.finds(path) == Some(true) => {}
            (None, None) if pattern.as_exact().is_some_and(|path| self.matches(&path) == Some(true)) => {
                return PathMatch { exact: pattern.as_exact(), ..PathMatch::default() };
            }
            _ => self.patterns.push(Arc::clone(pattern)),
        }
        self
    }

    /// Whether every path matches.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.exact.is_none() && matches!(self.prefix.as_str(), "" | "/") && self.patterns.is_empty()
    }

    /// Whether a path matches; none when that is beyond this program.
    #[must_use]
    pub fn matches(&self, path: &str) -> Option<bool> {
        let plain = self.exact.as_ref().is_none_or(|e| e == path) && path.starts_with(&self.prefix);
        if !plain {
            return Some(false);
        }
        for pattern in &self.patterns {
            if !pattern.finds(path)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The paths that match both; none when there are none.
    #[must_use]
    pub fn below(&self, prefix: &str) -> Option<PathMatch> {
        let mut narrowed = self.clone();
        if let Some(path) = &self.exact {
            return path.starts_with(prefix).then_some(narrowed);
        }
        if prefix.starts_with(&self.prefix) {
            prefix.clone_into(&mut narrowed.prefix);
        } else if !self.prefix.starts_with(prefix) {
            return None;
        }
        narrowed.patterns.iter().all(|p| p.may_match_below(&narrowed.prefix)).then_some(narrowed)
    }

    /// As it is told.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut parts = Vec::new();
        if let Some(path) = &self.exact {
            parts.push(format!("= {path}"));
        } else if !self.prefix.is_empty() {
            parts.push(self.prefix.clone());
        }
        parts.extend(
            self.patterns.iter().map(|p| format!("~{} {}", if p.ignore_case { "*" } else { "" }, p.source)),
        );
        if parts.is_empty() { "/".to_owned() } else { parts.join(" & ") }
    }
}

impl Condition {
    /// Whether it holds of a request; none when this program cannot tell.
    #[must_use]
    pub fn holds(&self, request: &super::request::Request) -> Option<bool> {
        let value = match &self.subject {
            Subject::Method => request.method.clone(),
            Subject::Header(name) => {
                super::request::find_header(&request.headers, name).unwrap_or_default().to_owned()
            }
            Subject::Cookie(name) => request.cookie(name).unwrap_or_default(),
            Subject::Argument(name) => {
                let mut pairs = request.query().split('&').filter_map(|p| p.split_once('='));
                pairs.find(|(k, _)| k.eq_ignore_ascii_case(name)).map_or(String::new(), |(_, v)| v.to_owned())
            }
            Subject::Host => super::nginx::site::bare_host(&request.host),
            Subject::Other(_) => return None,
        };
        let is = match &self.test {
            Test::Is(text) => value == *text,
            Test::IsAnyCase(text) => value.eq_ignore_ascii_case(text),
            Test::OneOf(all) => all.contains(&value),
            Test::Finds(source, ignore_case) => Pattern::new(source, *ignore_case).ok()?.finds(&value)?,
            Test::Truthy => !matches!(value.as_str(), "" | "0"),
        };
        Some(is != self.not)
    }

    /// As it is told.
    #[must_use]
    pub fn shown(&self) -> String {
        let subject = match &self.subject {
            Subject::Method => "method".to_owned(),
            Subject::Header(name) => format!("header {name}"),
            Subject::Cookie(name) => format!("cookie {name}"),
            Subject::Argument(name) => format!("argument {name}"),
            Subject::Host => "host".to_owned(),
            Subject::Other(text) => text.clone(),
        };
        let not = if self.not { "!" } else { "" };
        match &self.test {
            Test::Is(text) | Test::IsAnyCase(text) => format!("{subject} {not}= {text}"),
            Test::OneOf(all) => format!("{subject} {not}= {}", all.join("|")),
            Test::Finds(text, _) => format!("{subject} {not}~ {text}"),
            Test::Truthy => format!("{not}{subject}"),
        }
    }
}

impl Action {
    /// In a few words.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Action::Forward(forward) => {
                let pools = forward.pools.iter().map(|(_, p)| p.name.as_str()).collect::<Vec<_>>().join(", ");
                let path = match &forward.path {
                    PathChange::Keep => String::new(),
                    PathChange::Swap { from, to } => format!(", {from} → {to}"),
                    PathChange::Set(path) => format!(", path {path}"),
                    PathChange::Template { template, .. } => format!(", path {template}"),
                };
                let query = match &forward.query {
                    QueryChange::Keep => String::new(),
                    QueryChange::Drop => ", query dropped".to_owned(),
                    QueryChange::Prepend(text) => format!(", query {text}"),
                };
                format!("to {pools}{path}{query}")
            }
            Action::Redirect(redirect) => format!("redirect {}", redirect.status),
            Action::Answer { status: 444, .. } => "closes the connection".to_owned(),
            Action::Answer { status, .. } => format!("answers {status}"),
            Action::Deny { status } => format!("denies with {status}"),
            Action::Foreign(what) => what.clone(),
        }
    }
}

impl Host {
    /// As an expression over the whole host in lower case, as RE2 writes it.
    #[must_use]
    pub fn expression(&self) -> String {
        match self {
            Host::Exact(name) => format!("^{}$", escaped(name)),
            Host::EndsWith(end) => format!("^.+{}$", escaped(end)),
            Host::BeginsWith(begin) => format!("^{}.+$", escaped(begin)),
            Host::Pattern(pattern) => pattern.searching(),
        }
    }

    /// Whether a host can be of both; when that cannot be told, it can.
    #[must_use]
    pub fn meets(&self, other: &Host) -> bool {
        match (self, other) {
            (Host::Exact(a), Host::Exact(b)) => a == b,
            (Host::Exact(name), Host::EndsWith(end)) | (Host::EndsWith(end), Host::Exact(name)) => {
                name.ends_with(end.as_str())
            }
            (Host::Exact(name), Host::BeginsWith(begin)) | (Host::BeginsWith(begin), Host::Exact(name)) => {
                name.starts_with(begin.as_str())
            }
            (Host::EndsWith(a), Host::EndsWith(b)) => a.ends_with(b.as_str()) || b.ends_with(a.as_str()),
            (Host::BeginsWith(a), Host::BeginsWith(b)) => {
                a.starts_with(b.as_str()) || b.starts_with(a.as_str())
            }
            _ => true,
        }
    }

    /// As it is told.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Host::Exact(name) => name.clone(),
            Host::EndsWith(end) => format!("*{end}"),
            Host::BeginsWith(begin) => format!("{begin}*"),
            Host::Pattern(pattern) => format!("~{}", pattern.source),
        }
    }
}
