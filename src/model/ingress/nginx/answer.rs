//! What nginx answers to a request: its own rules, run on the configuration as it stands.
//!
//! This is the judge of what is emitted, so it shares nothing with how routes are made: the path is normalised, the location
//! looked for, expressions run and rewritten paths looked up again, as nginx does (`ingress.md §C`, `consul-api.md §6`).

mod escape;
mod location;
mod variable;

use std::collections::BTreeMap;

use self::escape::escape_args;
pub use self::escape::{escape_uri, sendable};
use self::location::{LocationMatch, find};
use super::site::{Kind, Location, Server, Sites, bare_host, variable};
use super::tree::Id;
use super::value::{Piece, pieces};
use crate::model::ingress::pattern::Pattern;
use crate::model::ingress::request::{Request, find_header, normalised};

/// What nginx answers a request with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NginxAnswer {
    /// It is handed on.
    Proxied(Proxied),
    /// The client is sent elsewhere.
    Redirect {
        /// The status.
        status: u16,
        /// The absolute address.
        location: String,
    },
    /// nginx answers by itself.
    Status {
        /// The status; 444 closes the connection.
        status: u16,
        /// What says so; none where nothing does.
        by: Option<Id>,
    },
    /// A file is served, or another protocol spoken.
    Local(Id),
    /// It cannot be told here, and why.
    Unknown(String),
}

/// A request that is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxied {
    /// The pool, or the address, as `proxy_pass` names it.
    pub pool: String,
    /// The scheme it is spoken to with.
    pub scheme: String,
    /// The path and query the application receives.
    pub target: String,
    /// The Host it receives.
    pub host: String,
    /// The block whose settings are in force.
    pub level: Id,
}

/// The state of a request inside nginx.
struct RequestState<'a> {
    sites: &'a Sites<'a>,
    server: &'a Server,
    request: &'a Request,
    /// Normalised.
    path: String,
    args: String,
    /// Whether the path is no longer the client's.
    changed: bool,
    groups: Vec<String>,
    named: BTreeMap<String, String>,
    set: BTreeMap<String, String>,
    /// Whether the client's path had escapes.
    quoted: bool,
}

enum Flow {
    On,
    Break,
    Last,
    Done(NginxAnswer),
}

/// The answer of a configuration to a request.
#[must_use]
pub fn answer(sites: &Sites<'_>, request: &Request) -> NginxAnswer {
    let (raw, args) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let Some(server) = sites.server_of(request.port, &request.host) else {
        return NginxAnswer::Unknown(format!("nobody listens on port {}", request.port));
    };
    let merge = sites.config.setting(server.id, "merge_slashes").is_none_or(|d| d.arg(0) != "off");
    let Some(path) = normalised(raw, merge) else { return NginxAnswer::Status { status: 400, by: None } };
    let mut run = RequestState {
        sites,
        server,
        request,
        path,
        args: args.to_owned(),
        changed: false,
        groups: Vec::new(),
        named: BTreeMap::new(),
        set: BTreeMap::new(),
        quoted: raw.contains(['%', '+']),
    };
    let host = bare_host(&request.host);
    for name in &server.names {
        if let super::site::Name::Pattern(pattern) = name
            && run.matched(pattern, &host)
        {
            break;
        }
    }
    run.serve()
}

impl<'a> RequestState<'a> {
    fn serve(&mut self) -> NginxAnswer {
        let mut level = self.server.id;
        if let Flow::Done(answer) = self.execute(self.server.id, &mut level) {
            return answer;
        }
        for _ in 0..=10 {
            let server = self.server;
            let location = match find(&server.locations, &self.path, self.sites.config) {
                LocationMatch::Location(location) => location,
                LocationMatch::AddSlash(name) => {
                    let location = self.absolute(&name, true);
                    return NginxAnswer::Redirect { status: 301, location };
                }
                LocationMatch::Nothing => return self.without_location(),
                LocationMatch::Unknown(why) => return NginxAnswer::Unknown(why),
            };
            if let Kind::Pattern(pattern) = &location.kind {
                let path = self.path.clone();
                self.matched(pattern, &path);
            }
            if self.sites.config.named(Some(location.id), "internal").next().is_some() && !self.changed {
                return NginxAnswer::Status { status: 404, by: Some(location.id) };
            }
            let before = self.path.clone();
            let mut level = location.id;
            let flow = self.execute(location.id, &mut level);
            match flow {
                Flow::Done(answer) => return answer,
                Flow::Last => {}
                Flow::On if self.path != before => {}
                Flow::On | Flow::Break => return self.content(location, level),
            }
        }
        NginxAnswer::Status { status: 500, by: None }
    }

    /// Runs what rewrites in a block. `level` becomes the last `if` that was true.
    fn execute(&mut self, block: Id, level: &mut Id) -> Flow {
        let config = self.sites.config;
        for id in config.inside(Some(block)).to_vec() {
            let directive = config.get(id);
            match directive.name.as_str() {
                "set" => {
                    let Some(value) = self.value(directive.arg(1)) else {
                        return Flow::Done(unknown(directive.arg(1)));
                    };
                    self.set.insert(variable(directive.arg(0)), value);
                }
                "break" => return Flow::Break,
                "return" => return Flow::Done(self.returned(id)),
                "rewrite" => match self.rewrite(id) {
                    Flow::On => {}
                    flow => return flow,
                },
                "if" if directive.block => match self.holds(id) {
                    None => return Flow::Done(unknown(&directive.shown())),
                    Some(false) => {}
                    Some(true) => {
                        *level = id;
                        match self.execute(id, level) {
                            Flow::On => {}
                            flow => return flow,
                        }
                    }
                },
                _ => {}
            }
        }
        Flow::On
    }

    fn returned(&mut self, id: Id) -> NginxAnswer {
        let directive = self.sites.config.get(id);
        let (status, text) = match (directive.arg(0).parse::<u16>(), directive.args.len()) {
            (Ok(status), _) => (status, directive.arg(1)),
            (Err(_), 1) => (302, directive.arg(0)),
            (Err(_), _) => return unknown(&directive.shown()),
        };
        if !matches!(status, 301 | 302 | 303 | 307 | 308) || text.is_empty() {
            return NginxAnswer::Status { status, by: Some(id) };
        }
        match self.value(text) {
            Some(to) => NginxAnswer::Redirect { status, location: self.absolute(&to, false) },
            None => unknown(text),
        }
    }

    fn rewrite(&mut self, id: Id) -> Flow {
        let directive = self.sites.config.get(id);
        let Ok(pattern) = Pattern::new(directive.arg(0), false) else {
            return Flow::Done(unknown(directive.arg(0)));
        };
        let path = self.path.clone();
        match pattern.finds(&path) {
            None => return Flow::Done(unknown(directive.arg(0))),
            Some(false) => return Flow::On,
            Some(true) => drop(self.matched(&pattern, &path)),
        }
        let (flag, text) = (directive.arg(2), directive.arg(1));
        let away = ["http://", "https://", "$scheme"].iter().any(|s| text.starts_with(s));
        let redirect = away || matches!(flag, "redirect" | "permanent");
        let (text, keeps_args) = match text.strip_suffix('?') {
            Some(text) => (text, false),
            None => (text, true),
        };
        let Some(to) = self.replaced(text, redirect) else { return Flow::Done(unknown(text)) };
        let (to, own) = match to.split_once('?') {
            Some((to, own)) => (to.to_owned(), Some(own.to_owned())),
            None => (to, None),
        };
        let args = match (own, keeps_args && !self.args.is_empty()) {
            (Some(own), true) => format!("{own}&{}", self.args),
            (Some(own), false) => own,
            (None, true) => self.args.clone(),
            (None, false) => String::new(),
        };
        if redirect {
            let query = if args.is_empty() { String::new() } else { format!("?{args}") };
            let status = if flag == "permanent" { 301 } else { 302 };
            return Flow::Done(NginxAnswer::Redirect {
                status,
                location: self.absolute(&format!("{to}{query}"), false),
            });
        }
        (self.path, self.args, self.changed) = (to, args, true);
        match flag {
            "last" => Flow::Last,
            "break" => Flow::Break,
            _ => Flow::On,
        }
    }

    /// The replacement of a rewrite; groups are escaped where they go into a query or to the client.
    fn replaced(&self, text: &str, redirect: bool) -> Option<String> {
        let mut out = String::new();
        let mut in_args = false;
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => {
                    in_args |= text.contains('?');
                    out.push_str(&text);
                }
                Piece::Variable(name) => {
                    let value = self.variable(&name)?;
                    let group = name.bytes().all(|b| b.is_ascii_digit()) || self.named.contains_key(&name);
                    let escape = group && (in_args || redirect) && self.quoted;
                    out.push_str(&if escape { escape_args(&value) } else { value });
                }
            }
        }
        Some(out)
    }

    fn matched(&mut self, pattern: &Pattern, text: &str) -> bool {
        let Some(found) = pattern.captures(text) else { return false };
        self.groups = found.iter().map(|g| g.map_or(String::new(), |g| g.as_str().to_owned())).collect();
        for (name, at) in pattern.names() {
            let value = self.groups.get(at).cloned().unwrap_or_default();
            self.named.insert(name, value);
        }
        true
    }

    /// Whether the condition of an `if` holds.
    fn holds(&mut self, id: Id) -> Option<bool> {
        let directive = self.sites.config.get(id);
        let words: Vec<&str> = directive.texts().collect();
        match words.as_slice() {
            [one] => Some(!matches!(self.value(one)?.as_str(), "" | "0")),
            [left, sign, right] => {
                let left = self.value(left)?;
                match *sign {
                    "=" => Some(left == self.value(right)?),
                    "!=" => Some(left != self.value(right)?),
                    "~" | "~*" | "!~" | "!~*" => {
                        let pattern = Pattern::new(right, sign.ends_with('*')).ok()?;
                        let found = pattern.finds(&left)?;
                        if found && !sign.starts_with('!') {
                            self.matched(&pattern, &left);
                        }
                        Some(found != sign.starts_with('!'))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn without_location(&self) -> NginxAnswer {
        let config = self.sites.config;
        let files = ["root", "try_files"]
            .iter()
            .any(|name| config.named(Some(self.server.id), name).next().is_some());
        if files { NginxAnswer::Local(self.server.id) } else { NginxAnswer::Status { status: 404, by: None } }
    }

    fn content(&self, location: &Location, level: Id) -> NginxAnswer {
        let config = self.sites.config;
        if let Some(answer) = self.access(level) {
            return answer;
        }
        // An `if` without a target of its own has that of its location.
        let within = |id: &Id| matches!(config.get(*id).name.as_str(), "if" | "location");
        let levels = config.levels(level).take_while(within);
        let mut levels: Vec<Id> = levels.collect();
        let end =
            levels.iter().position(|id| config.get(*id).name == "location").map_or(levels.len(), |at| at + 1);
        levels.truncate(end);
        for block in levels {
            for name in ["proxy_pass", "grpc_pass"] {
                if let Some(pass) = config.named(Some(block), name).next() {
                    let url = config.get(pass).arg(0);
                    if name == "grpc_pass" && !url.contains("://") {
                        return self.proxied(location, level, &format!("grpc://{url}"));
                    }
                    return self.proxied(location, level, url);
                }
            }
        }
        NginxAnswer::Local(level)
    }

    /// What the guards of a block answer in place of the application.
    fn access(&self, level: Id) -> Option<NginxAnswer> {
        let config = self.sites.config;
        if let Some(limit) = config.named(Some(level), "limit_except").next() {
            let allowed: Vec<&str> = config.get(limit).texts().collect();
            let method = self.request.method.as_str();
            let is_allowed = allowed.contains(&method) || (method == "HEAD" && allowed.contains(&"GET"));
            if !is_allowed {
                return self.turned_away(limit);
            }
        }
        self.turned_away(level)
    }

    fn turned_away(&self, level: Id) -> Option<NginxAnswer> {
        let config = self.sites.config;
        if self.is_denied(level) {
            return Some(NginxAnswer::Status { status: 403, by: Some(level) });
        }
        if config.setting(level, "auth_basic").is_some_and(|d| d.arg(0) != "off")
            && find_header(&self.request.headers, "authorization").is_none()
        {
            return Some(NginxAnswer::Status { status: 401, by: Some(level) });
        }
        None
    }

    fn is_denied(&self, level: Id) -> bool {
        let config = self.sites.config;
        let mut rules = config.levels(level).map(|block| {
            let inside = config.inside(Some(block)).iter().copied();
            inside.filter(|id| matches!(config.get(*id).name.as_str(), "allow" | "deny")).collect::<Vec<_>>()
        });
        let Some(rules) = rules.find(|r| !r.is_empty()) else { return false };
        for rule in rules {
            let directive = config.get(rule);
            if directive.arg(0) == "all"
                || crate::model::ingress::request::is_in(&self.request.peer, directive.arg(0))
            {
                return directive.name == "deny";
            }
        }
        false
    }

    fn proxied(&self, location: &Location, level: Id, url: &str) -> NginxAnswer {
        let Some((scheme, rest)) = url.split_once("://") else {
            return match self.value(url).filter(|v| v.contains("://")) {
                Some(url) if !url.contains('$') => self.proxied(location, level, &url),
                _ => unknown(url),
            };
        };
        let (authority, uri) = match rest.find('/') {
            Some(at) => (&rest[..at], Some(&rest[at..])),
            None => match ["$request_uri", "${request_uri}", "$uri", "${uri}"]
                .iter()
                .filter_map(|name| rest.find(name))
                .min()
            {
                Some(at) if at > 0 => (&rest[..at], Some(&rest[at..])),
                _ => (rest, None),
            },
        };
        let Some(pool) = self.value(authority) else { return unknown(authority) };
        // Variables are put in first: the path may begin in one of them.
        let (pool, begun) = match pool.find(['/', '?']) {
            Some(at) if authority.contains('$') => (pool[..at].to_owned(), pool[at..].to_owned()),
            _ => (pool, String::new()),
        };
        let with_args =
            |path: String, args: &str| if args.is_empty() { path } else { format!("{path}?{args}") };
        let target = match uri {
            _ if !begun.is_empty() => {
                let Some(more) = self.value(uri.unwrap_or_default()) else {
                    return unknown(uri.unwrap_or_default());
                };
                let slash = if begun.starts_with('/') { "" } else { "/" };
                format!("{slash}{begun}{more}")
            }
            // Where variables are put in, the path is sent as it comes out, whatever the request's.
            Some(uri) if url.contains('$') => match self.value(uri) {
                Some(target) => target,
                None => return unknown(uri),
            },
            // A path that `rewrite … break` made goes before that of proxy_pass.
            _ if self.changed => with_args(escape_uri(&self.path), &self.args),
            None => self.request.target.clone(),
            Some(uri) => {
                let own = match &location.kind {
                    Kind::Exact(own) | Kind::Prefix(own, _) => own.len(),
                    _ => 0,
                };
                let rest = self.path.get(own..).unwrap_or_default();
                with_args(format!("{uri}{}", escape_uri(rest)), &self.args)
            }
        };
        let Some(host) = self.host_sent(level, &pool) else { return unknown("Host") };
        NginxAnswer::Proxied(Proxied { pool, scheme: scheme.to_owned(), target, host, level })
    }

    fn host_sent(&self, level: Id, pool: &str) -> Option<String> {
        let config = self.sites.config;
        let lines = config.in_force(level, "proxy_set_header");
        let own = lines.into_iter().map(|id| config.get(id)).find(|d| d.arg(0).eq_ignore_ascii_case("host"));
        match own {
            Some(directive) => self.value(directive.arg(1)),
            None => Some(pool.to_owned()),
        }
    }
}

fn unknown(what: &str) -> NginxAnswer {
    NginxAnswer::Unknown(format!("the value of {what:?} is not known here"))
}
