//! What variables hold of a request.

use super::super::site::bare_host;
use super::super::tree::Directive;
use super::super::value::{Piece, pieces};
use super::{RequestState, escape_uri};
use crate::model::ingress::pattern::Pattern;
use crate::model::ingress::request::find_header;

impl RequestState<'_> {
    pub(super) fn value(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(&text),
                Piece::Variable(name) => out.push_str(&self.variable(&name)?),
            }
        }
        Some(out)
    }

    pub(super) fn variable(&self, name: &str) -> Option<String> {
        if let Some(value) = self.set.get(name).or_else(|| self.named.get(name)) {
            return Some(value.clone());
        }
        if let Ok(at) = name.parse::<usize>() {
            return Some(self.groups.get(at).cloned().unwrap_or_default());
        }
        let header = |name: &str| find_header(&self.request.headers, name).unwrap_or_default().to_owned();
        Some(match name {
            "uri" | "document_uri" => self.path.clone(),
            "request_uri" => self.request.target.clone(),
            "args" | "query_string" => self.args.clone(),
            "is_args" => if self.args.is_empty() { "" } else { "?" }.to_owned(),
            "host" => bare_host(&self.request.host),
            "http_host" => self.request.host.clone(),
            "scheme" => self.scheme().to_owned(),
            "https" => if self.scheme() == "https" { "on" } else { "" }.to_owned(),
            "request_method" => self.request.method.clone(),
            "server_port" => self.request.port.to_string(),
            "remote_addr" => self.request.peer.clone(),
            "server_name" => self.first_name(),
            "proxy_add_x_forwarded_for" => match header("x-forwarded-for") {
                list if list.is_empty() => self.request.peer.clone(),
                list => format!("{list}, {}", self.request.peer),
            },
            _ => {
                if let Some(name) = name.strip_prefix("http_") {
                    header(&name.replace('_', "-"))
                } else if let Some(name) = name.strip_prefix("cookie_") {
                    self.request.cookie(name).unwrap_or_default()
                } else if let Some(name) = name.strip_prefix("arg_") {
                    self.argument(name)
                } else if self.sites.maps.contains_key(name) {
                    return self.mapped(name);
                } else {
                    return self.sites.is_only_set(name).then(String::new);
                }
            }
        })
    }

    pub(super) fn argument(&self, name: &str) -> String {
        let found = self.args.split('&').filter_map(|pair| pair.split_once('='));
        let mut found =
            found.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned());
        found.next().unwrap_or_default()
    }

    /// A variable that a `map` sets.
    pub(super) fn mapped(&self, name: &str) -> Option<String> {
        let config = self.sites.config;
        let map = *self.sites.maps.get(name)?;
        let source = self.value(config.get(map).arg(0))?;
        let entries: Vec<_> = config.inside(Some(map)).iter().map(|id| config.get(*id)).collect();
        let value = |directive: &Directive| self.value(directive.arg(0));
        let plain = |d: &&&Directive| {
            !d.name.starts_with('~')
                && d.name != "default"
                && d.name.trim_start_matches('\\').eq_ignore_ascii_case(&source)
        };
        if let Some(found) = entries.iter().find(plain) {
            return value(found);
        }
        if entries.iter().any(|d| d.name == "hostnames") {
            let host = source.to_ascii_lowercase();
            // The longest wins, and one in front before one at the end.
            let rank = |d: &&&Directive| {
                let key = d.name.to_ascii_lowercase();
                let below = |end: &str| host.len() > end.len() && host.ends_with(end);
                match (
                    key.strip_prefix('*').or(key.strip_prefix('.').map(|_| key.as_str())),
                    key.strip_suffix('*'),
                ) {
                    (Some(end), _) if below(end) || key.strip_prefix('.') == Some(&host) => {
                        Some((1, key.len()))
                    }
                    (_, Some(begin)) if host.len() > begin.len() && host.starts_with(begin) => {
                        Some((0, key.len()))
                    }
                    _ => None,
                }
            };
            if let Some(found) = entries.iter().filter(|d| rank(d).is_some()).max_by_key(|d| rank(d)) {
                return value(found);
            }
        }
        for entry in entries.iter().filter(|d| d.name.starts_with('~')) {
            let (source_text, ignore_case) = match entry.name.strip_prefix("~*") {
                Some(text) => (text, true),
                None => (&entry.name[1..], false),
            };
            if Pattern::new(source_text, ignore_case).ok()?.finds(&source)? {
                return value(entry);
            }
        }
        entries.iter().find(|d| d.name == "default").map_or(Some(String::new()), |d| value(d))
    }

    pub(super) fn scheme(&self) -> &'static str {
        let tls = self.server.listens.iter().any(|l| l.port == self.request.port && l.tls);
        if tls { "https" } else { "http" }
    }

    pub(super) fn first_name(&self) -> String {
        let config = self.sites.config;
        let name = config.named(Some(self.server.id), "server_name").next();
        name.map_or(String::new(), |id| config.get(id).arg(0).to_owned())
    }

    /// An address for a Location: nginx puts its own port into it.
    pub(super) fn absolute(&self, to: &str, with_args: bool) -> String {
        let args = if with_args && !self.args.is_empty() { format!("?{}", self.args) } else { String::new() };
        let to = if with_args { format!("{}{args}", escape_uri(to)) } else { to.to_owned() };
        if !to.starts_with('/') {
            return to;
        }
        let scheme = self.scheme();
        let usual = if scheme == "https" { 443 } else { 80 };
        let port = if self.request.port == usual { String::new() } else { format!(":{}", self.request.port) };
        format!("{scheme}://{}{port}{to}", bare_host(&self.request.host))
    }
}
