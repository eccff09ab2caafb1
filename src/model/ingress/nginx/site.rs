//! What a configuration serves: its servers, their names and locations, its pools and its tables of values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::tree::{Config, Id};
use super::value::Piece;
use crate::model::ingress::pattern::Pattern;

/// A configuration understood as far as routing goes.
#[derive(Debug, Clone)]
pub struct Sites<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Its servers for HTTP, in order.
    pub servers: Vec<Server>,
    /// Its servers for plain connections.
    pub streams: Vec<Stream>,
    /// Pools by name; those of `stream` after a `stream/`.
    pub upstreams: BTreeMap<String, Id>,
    /// `map` by the variable it sets.
    pub maps: BTreeMap<String, Id>,
    /// `split_clients` by the variable it sets.
    pub splits: BTreeMap<String, Id>,
}

/// A `server`.
#[derive(Debug, Clone)]
pub struct Server {
    /// The block.
    pub id: Id,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Which hosts it serves, as they are named.
    pub names: Vec<Name>,
    /// Its locations, in order.
    pub locations: Vec<Location>,
}

/// A `server` of `stream`.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The block.
    pub id: Id,
    /// Where it listens.
    pub port: u16,
    /// The argument of its `proxy_pass`.
    pub target: String,
    /// Whether it carries datagrams.
    pub udp: bool,
    /// Networks that may connect, where only some may and nothing else is said.
    pub allowed: Option<Vec<String>>,
    /// How many connections an address may have at once.
    pub at_once: Option<u32>,
}

/// A `listen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// The directive; the server where nothing was said and 80 is meant.
    pub id: Id,
    /// The address, as it was said.
    pub address: Option<String>,
    /// The port.
    pub port: u16,
    /// `default_server`
    pub default: bool,
    /// `ssl`
    pub tls: bool,
}

/// A name of a server.
#[derive(Debug, Clone)]
pub enum Name {
    /// In lower case.
    Exact(String),
    /// `*.x`: what every host it stands for ends with, the dot included.
    EndsWith(String),
    /// `.x`: the host and what is below it, without the dot.
    Below(String),
    /// `x.*`: what every host begins with, the dot included.
    BeginsWith(String),
    /// `~…`
    Pattern(Arc<Pattern>),
    /// `_`, `""`: a name no host has.
    Nobody(String),
}

/// A `location`.
#[derive(Debug, Clone)]
pub struct Location {
    /// The block.
    pub id: Id,
    /// What it is for.
    pub kind: Kind,
    /// Those in it.
    pub nested: Vec<Location>,
}

/// What a location is for.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `= /x`
    Exact(String),
    /// `/x`, and whether no expression is tried once it is chosen (`^~`).
    Prefix(String, bool),
    /// `~`, `~*`
    Pattern(Arc<Pattern>),
    /// `@x`
    Named(String),
}

impl<'a> Sites<'a> {
    /// Understands a configuration.
    #[must_use]
    pub fn new(config: &'a Config) -> Self {
        let mut sites = Sites {
            config,
            servers: Vec::new(),
            streams: Vec::new(),
            upstreams: BTreeMap::new(),
            maps: BTreeMap::new(),
            splits: BTreeMap::new(),
        };
        for (at, directive) in config.all.iter().enumerate() {
            let id = Id(at);
            let stream = config.is_within(id, "stream");
            let elsewhere = config.is_within(id, "mail");
            match directive.name.as_str() {
                _ if elsewhere => {}
                "upstream" if directive.block => {
                    let kind = if stream { "stream/" } else { "" };
                    sites.upstreams.insert(format!("{kind}{}", directive.arg(0)), id);
                }
                "map" if directive.block => {
                    sites.maps.insert(variable(directive.arg(1)), id);
                }
                "split_clients" if directive.block => {
                    sites.splits.insert(variable(directive.arg(1)), id);
                }
                "server" if directive.block && stream => sites.streams.extend(stream_of(config, id)),
                "server" if directive.block => sites.servers.push(server_of(config, id)),
                _ => {}
            }
        }
        sites
    }

    /// The servers of a port, in order, with how each listens there.
    pub fn on(&self, port: u16) -> impl Iterator<Item = (&Server, &Listen)> {
        self.servers.iter().filter_map(move |s| Some((s, s.listens.iter().find(|l| l.port == port)?)))
    }

    /// The ports somebody listens on, each once.
    #[must_use]
    pub fn ports(&self) -> Vec<u16> {
        let mut ports = Vec::new();
        for port in self.servers.iter().flat_map(|s| &s.listens).map(|l| l.port) {
            if !ports.contains(&port) {
                ports.push(port);
            }
        }
        ports
    }

    /// The server that gets what no other is named for.
    #[must_use]
    pub fn default_on(&self, port: u16) -> Option<&Server> {
        let chosen = self.on(port).find(|(_, l)| l.default).or_else(|| self.on(port).next());
        chosen.map(|(server, _)| server)
    }

    /// The server of a host: exact names before `*.x` before `x.*` before expressions, the longest first; port, case and a
    /// final dot do not matter.
    #[must_use]
    pub fn server_of(&self, port: u16, host: &str) -> Option<&Server> {
        let host = bare_host(host);
        let rank = |name: &Name| -> Option<(u8, usize)> {
            match name {
                Name::Exact(own) => (*own == host).then_some((0, 0)),
                Name::Below(own) if *own == host => Some((0, 0)),
                Name::Below(own) => (host.len() > own.len() + 1 && host.ends_with(&format!(".{own}")))
                    .then(|| (1, usize::MAX - own.len())),
                Name::EndsWith(end) => (host.len() > end.len() && host.ends_with(end.as_str()))
                    .then(|| (1, usize::MAX - end.len())),
                Name::BeginsWith(begin) => (host.len() > begin.len() && host.starts_with(begin.as_str()))
                    .then(|| (2, usize::MAX - begin.len())),
                Name::Pattern(pattern) => pattern.finds(&host).unwrap_or(false).then_some((3, 0)),
                Name::Nobody(_) => None,
            }
        };
        let ranked = self
            .on(port)
            .filter_map(|(server, _)| Some((server.names.iter().filter_map(rank).min()?, server)));
        let best = ranked.min_by_key(|(rank, _)| *rank).map(|(_, server)| server);
        best.or_else(|| self.default_on(port))
    }

    /// A value whose variables are all set once in the configuration, to a text; none where a request has a say in it.
    #[must_use]
    pub fn constant(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        for piece in super::value::pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(&text),
                Piece::Variable(name) => {
                    let mut sets =
                        self.config.all.iter().filter(|d| d.name == "set" && variable(d.arg(0)) == name);
                    let only = sets.next().filter(|d| super::value::variables(d.arg(1)).next().is_none())?;
                    if sets.next().is_some() {
                        return None;
                    }
                    out.push_str(only.arg(1));
                }
            }
        }
        Some(out)
    }

    /// Whether `set` alone gives a variable its value: until it does, the variable is empty.
    #[must_use]
    pub fn is_only_set(&self, name: &str) -> bool {
        // nginx has these itself, and lets them be set.
        if matches!(name, "args" | "limit_rate") {
            return false;
        }
        let mut is_set = false;
        for directive in &self.config.all {
            let is = |at: usize| directive.args.get(at).is_some_and(|word| variable(&word.text) == name);
            match directive.name.as_str() {
                "set" => is_set |= is(0),
                "auth_request_set" if is(0) => return false,
                "map" | "split_clients" if is(1) => return false,
                "geo" if is(directive.args.len().saturating_sub(1)) => return false,
                other
                    if is(0)
                        && (other.contains("_by_lua")
                            || other.starts_with("js_")
                            || other.starts_with("perl_")) =>
                {
                    return false;
                }
                _ => {}
            }
        }
        is_set
    }

    /// Where connections go by the name a client asks for by TLS (`map $ssl_preread_server_name`): the rule of a router and the
    /// target, whatever is left last. None where a variable is set otherwise.
    #[must_use]
    pub fn names_of_tls(&self, name: &str) -> Option<Vec<(String, String)>> {
        let map = *self.maps.get(name)?;
        if variable(self.config.get(map).arg(0)) != "ssl_preread_server_name" {
            return None;
        }
        let entries = || self.config.inside(Some(map)).iter().map(|id| self.config.get(*id));
        let hostnames = entries().any(|d| d.name == "hostnames");
        let (mut named, mut wide, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries() {
            let target = entry.arg(0).to_owned();
            if target.contains('$') {
                return None;
            }
            match entry.name.as_str() {
                "hostnames" | "volatile" => {}
                "default" => rest.push(("HostSNI(`*`)".to_owned(), target)),
                key if key.starts_with('~') => {
                    let (source, ignore_case) = match key.strip_prefix("~*") {
                        Some(source) => (source, true),
                        None => (&key[1..], false),
                    };
                    let pattern = Pattern::new(source, ignore_case).ok().filter(|p| p.not_re2().is_none())?;
                    wide.push((format!("HostSNIRegexp(`{}`)", pattern.searching()), target));
                }
                key if hostnames && key.starts_with(['*', '.']) => {
                    let end = crate::model::ingress::pattern::escaped(key.trim_start_matches('*'));
                    let (begin, end) = match key.strip_prefix('.') {
                        Some(_) => ("^(?:.+\\.)?", end.trim_start_matches("\\.")),
                        None => ("^.+", end.as_str()),
                    };
                    wide.insert(0, (format!("HostSNIRegexp(`{begin}{end}$`)"), target));
                }
                key => named.push((format!("HostSNI(`{key}`)"), target)),
            }
        }
        Some(named.into_iter().chain(wide).chain(rest).collect())
    }

    /// The locations of a server, those within others too.
    #[must_use]
    pub fn locations<'s>(&self, server: &'s Server) -> Vec<&'s Location> {
        fn all<'s>(locations: &'s [Location], out: &mut Vec<&'s Location>) {
            for location in locations {
                out.push(location);
                all(&location.nested, out);
            }
        }
        let mut out = Vec::new();
        all(&server.locations, &mut out);
        out
    }
}

/// A host as nginx compares it.
#[must_use]
pub fn bare_host(host: &str) -> String {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    without_port.trim_end_matches('.').to_ascii_lowercase()
}

/// The name of a variable without its sign.
#[must_use]
pub fn variable(text: &str) -> String {
    let name = text.strip_prefix('$').unwrap_or(text);
    name.trim_start_matches('{').trim_end_matches('}').to_owned()
}

fn stream_of(config: &Config, id: Id) -> Option<Stream> {
    let listen = config.named(Some(id), "listen").next()?;
    let target = config.named(Some(id), "proxy_pass").next()?;
    let (_, port) = address(config.get(listen).arg(0))?;
    let udp = config.get(listen).texts().any(|w| w == "udp");
    let rules: Vec<_> = config
        .levels(id)
        .map(|level| {
            let inside = config.inside(Some(level)).iter().map(|at| config.get(*at));
            inside.filter(|d| matches!(d.name.as_str(), "allow" | "deny")).collect::<Vec<_>>()
        })
        .find(|rules| !rules.is_empty())
        .unwrap_or_default();
    let allowed = match rules.split_last() {
        Some((last, some))
            if last.name == "deny" && last.arg(0) == "all" && some.iter().all(|d| d.name == "allow") =>
        {
            Some(some.iter().map(|d| d.arg(0).to_owned()).collect())
        }
        _ => None,
    };
    let at_once = config.setting(id, "limit_conn").and_then(|d| d.arg(1).parse().ok());
    Some(Stream { id, port, target: config.get(target).arg(0).to_owned(), udp, allowed, at_once })
}

fn server_of(config: &Config, id: Id) -> Server {
    let listen = |at: Id| {
        let directive = config.get(at);
        let (address, port) = address(directive.arg(0))?;
        let has = |word: &str| directive.texts().skip(1).any(|w| w == word);
        Some(Listen {
            id: at,
            address,
            port,
            default: has("default_server") || has("default"),
            tls: has("ssl"),
        })
    };
    let mut listens: Vec<Listen> = config.named(Some(id), "listen").filter_map(listen).collect();
    // `listen [::]:80` beside `listen 80` is the same port again.
    let mut seen = Vec::new();
    listens.retain(|l| {
        !seen.contains(&l.port) && {
            seen.push(l.port);
            true
        }
    });
    if listens.is_empty() && config.named(Some(id), "listen").next().is_none() {
        listens.push(Listen { id, address: None, port: 80, default: false, tls: false });
    }
    let names = config
        .named(Some(id), "server_name")
        .flat_map(|at| config.get(at).texts().map(name_of).collect::<Vec<_>>());
    Server { id, listens, names: names.collect(), locations: locations_of(config, id) }
}

/// Address and port of a `listen`; none for a socket file.
#[must_use]
pub fn address(text: &str) -> Option<(Option<String>, u16)> {
    if text.starts_with("unix:") {
        return None;
    }
    if let Ok(port) = text.parse() {
        return Some((None, port));
    }
    match text.rsplit_once(':') {
        Some((address, port)) if !address.is_empty() && !port.contains(']') => {
            Some((Some(address.to_owned()), port.parse().ok()?))
        }
        _ => Some((Some(text.to_owned()), 80)),
    }
}

fn name_of(text: &str) -> Name {
    let lower = text.to_ascii_lowercase();
    if let Some(source) = text.strip_prefix('~') {
        return match Pattern::new(source, true) {
            Ok(pattern) => Name::Pattern(Arc::new(pattern)),
            Err(_) => Name::Nobody(text.to_owned()),
        };
    }
    if let Some(end) = lower.strip_prefix('*') {
        return Name::EndsWith(end.to_owned());
    }
    if let Some(below) = lower.strip_prefix('.') {
        return Name::Below(below.to_owned());
    }
    if let Some(begin) = lower.strip_suffix('*') {
        return Name::BeginsWith(begin.to_owned());
    }
    if lower.is_empty() || !lower.contains(|c: char| c.is_ascii_alphanumeric()) {
        return Name::Nobody(lower);
    }
    Name::Exact(lower)
}

fn locations_of(config: &Config, block: Id) -> Vec<Location> {
    let location =
        |id: Id| Some(Location { id, kind: kind_of(config, id)?, nested: locations_of(config, id) });
    config.named(Some(block), "location").filter_map(location).collect()
}

/// What a location is for; none where it is written wrongly.
#[must_use]
pub fn kind_of(config: &Config, id: Id) -> Option<Kind> {
    let directive = config.get(id);
    let (sign, text) = match directive.args.as_slice() {
        [sign, text] => (sign.text.as_str(), text.text.as_str()),
        [word] => {
            // The sign may touch what it is for.
            let signs = ["~*", "^~", "~", "="];
            let sign = signs.into_iter().find(|s| word.text.starts_with(s)).unwrap_or("");
            (sign, &word.text[sign.len()..])
        }
        _ => return None,
    };
    Some(match sign {
        "=" => Kind::Exact(text.to_owned()),
        "^~" => Kind::Prefix(text.to_owned(), true),
        "~" | "~*" => Kind::Pattern(Arc::new(Pattern::new(text, sign == "~*").ok()?)),
        "" if text.starts_with('@') => Kind::Named(text.to_owned()),
        "" => Kind::Prefix(text.to_owned(), false),
        _ => return None,
    })
}
