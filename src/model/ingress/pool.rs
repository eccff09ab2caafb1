//! Pools: the members of an `upstream`, and which service each is.

use std::collections::BTreeMap;

use super::nginx::site::Sites;
use super::nginx::tree::Id;
use super::nginx::value;
use super::route::PoolRef;

/// What an operator says a fixed address is.
#[derive(Debug, Clone, Default)]
pub struct Services(BTreeMap<String, String>);

/// A pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The name of the `upstream`, or the address.
    pub name: String,
    /// The `upstream`; none for an address.
    pub id: Option<Id>,
    /// Its members in order.
    pub members: Vec<Member>,
}

/// A member of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Host and port, the port always given.
    pub address: String,
    /// Its share beside the others.
    pub weight: u32,
    /// Only when no other is left.
    pub backup: bool,
    /// Never.
    pub down: bool,
    /// How many failures take it out; none where nothing was said.
    pub max_fails: Option<u32>,
    /// For how long, in milliseconds.
    pub fail_timeout: Option<u64>,
    /// The directive; none for an address.
    pub id: Option<Id>,
}

impl Services {
    /// What was said as `HOST:PORT=SERVICE`.
    ///
    /// # Errors
    /// What is not of that form.
    pub fn parse(all: &[String]) -> Result<Self, String> {
        let mut services = BTreeMap::new();
        for text in all {
            let said = text.split_once('=').filter(|(a, s)| !a.is_empty() && !s.is_empty());
            let (address, service) = said.ok_or_else(|| format!("{text:?} is not HOST:PORT=SERVICE"))?;
            services.insert(with_port(address, "http"), service.to_owned());
        }
        Ok(Services(services))
    }

    /// The service at an address. `web.service.consul` says it by itself.
    #[must_use]
    pub fn at<'s>(&'s self, address: &'s str) -> Option<&'s str> {
        self.0.get(address).map(String::as_str).or_else(|| in_consul(address))
    }

    /// Addresses and services, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(a, s)| (a.as_str(), s.as_str()))
    }
}

/// The service a name of Consul's DNS stands for: `web.service.consul`, `web.service.dc1.consul`. With a tag in front it is only a
/// part of a service.
fn in_consul(address: &str) -> Option<&str> {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let (name, rest) = host.split_once(".service.")?;
    let ends = rest == "consul" || rest.strip_suffix(".consul").is_some_and(|dc| !dc.contains('.'));
    (ends && !name.is_empty() && !name.contains('.')).then_some(name)
}

/// An address with its port.
#[must_use]
pub fn with_port(address: &str, scheme: &str) -> String {
    let usual = if matches!(scheme, "https" | "grpcs") { 443 } else { 80 };
    match address.rsplit_once(':') {
        Some((_, port)) if port.bytes().all(|b| b.is_ascii_digit()) => address.to_owned(),
        _ => format!("{address}:{usual}"),
    }
}

impl Pool {
    /// The pool a `proxy_pass` names.
    #[must_use]
    pub fn of(sites: &Sites<'_>, reference: &PoolRef) -> Self {
        let Some(id) = sites.upstreams.get(&reference.name).copied() else {
            let member = Member {
                address: with_port(&reference.name, &reference.scheme),
                weight: 1,
                backup: false,
                down: false,
                max_fails: None,
                fail_timeout: None,
                id: None,
            };
            return Pool { name: reference.name.clone(), id: None, members: vec![member] };
        };
        let members = sites.config.named(Some(id), "server").map(|at| member(sites, at, &reference.scheme));
        Pool { name: reference.name.clone(), id: Some(id), members: members.collect() }
    }

    /// Those that are used while they are well.
    pub fn main(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|m| !m.backup && !m.down)
    }

    /// Those that step in.
    pub fn backup(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|m| m.backup && !m.down)
    }

    /// The services of some members and the weight of each, or the addresses that are none.
    ///
    /// # Errors
    /// The addresses nobody said a service of.
    pub fn services<'m>(
        members: impl Iterator<Item = &'m Member>,
        services: &Services,
    ) -> Result<Vec<(String, u32)>, Vec<String>> {
        let (mut found, mut unknown): (Vec<(String, u32)>, Vec<String>) = (Vec::new(), Vec::new());
        for member in members {
            match services.at(&member.address) {
                None => unknown.push(member.address.clone()),
                Some(service) => match found.iter_mut().find(|(s, _)| s == service) {
                    Some((_, weight)) => *weight += member.weight,
                    None => found.push((service.to_owned(), member.weight)),
                },
            }
        }
        if unknown.is_empty() { Ok(found) } else { Err(unknown) }
    }
}

fn member(sites: &Sites<'_>, at: Id, scheme: &str) -> Member {
    let directive = sites.config.get(at);
    let option = |name: &str| {
        directive.texts().find_map(|w| w.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let has = |name: &str| directive.texts().skip(1).any(|w| w == name);
    Member {
        address: with_port(directive.arg(0), scheme),
        weight: option("weight").and_then(|w| w.parse().ok()).unwrap_or(1),
        backup: has("backup"),
        down: has("down"),
        max_fails: option("max_fails").and_then(|w| w.parse().ok()),
        fail_timeout: option("fail_timeout").and_then(|w| value::millis(&w)),
        id: Some(at),
    }
}
