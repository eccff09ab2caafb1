//! What is written for each target.

pub mod consul;
pub mod nomad;
pub mod order;
pub mod traefik;
pub mod yaml;

use super::nginx::site::Sites;
use super::pattern::Pattern;
use super::pool::Services;
use super::route::{Host, Site};

/// What emitters are handed.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The configuration, understood.
    pub sites: &'a Sites<'a>,
    /// What it comes to.
    pub routes: &'a [Site],
    /// What addresses are.
    pub services: &'a Services,
    /// The users of files that `auth_basic_user_file` names, by the name.
    pub users: &'a std::collections::BTreeMap<String, Vec<String>>,
}

/// The host with a wildcard in front that stands for at least what an expression over hosts does: `^[a-z]+\.t\.example\.com$`
/// lies within `*.t.example.com`.
#[must_use]
pub fn wider(pattern: &Pattern) -> Option<String> {
    let body = pattern.source.strip_suffix('$')?;
    let mut tail = String::new();
    for c in body.chars().rev() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '\\' | '.') {
            tail.insert(0, c);
        } else {
            break;
        }
    }
    let at = tail.find("\\.")?;
    let host = tail[at..].replace("\\.", ".");
    let plain = !host.contains('\\') && host.len() > 1 && !host[1..].starts_with('.');
    plain.then(|| format!("*{host}").to_ascii_lowercase())
}

/// A host as Consul's ingress-gateway takes it.
#[must_use]
pub fn consul_host(host: &Host) -> Option<String> {
    match host {
        Host::Exact(name) => Some(name.clone()),
        Host::EndsWith(end) => Some(format!("*{end}")),
        Host::BeginsWith(_) => None,
        Host::Pattern(pattern) => wider(pattern),
    }
}

/// A name both proxies take.
#[must_use]
pub fn plain_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect()
}
