//! The self-check: what was emitted, interpreted, beside what nginx answers, over paths at the edges of every route.

mod probes;

use std::collections::BTreeMap;

use serde_json::Value;

pub use self::probes::probes;
use super::client::Client;
use super::interpret::{Outcome, consul, traefik};
use super::nginx::answer::{NginxAnswer, answer};
use super::nginx::site::Sites;
use super::nginx::tree::Id;
use super::pool::{Pool, Services};
use super::request::Request;
use super::route::{Action, Host, PathChange, PoolRef, QueryChange, Route, Site, Subject};
use super::verdict::Target;

/// A request that comes to something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The request.
    pub request: Request,
    /// What nginx does.
    pub nginx: String,
    /// What the new proxy does.
    pub emitted: String,
    /// Why that was to be expected; none when it was not.
    pub known: Option<String>,
    /// The directives it is about.
    pub about: Vec<Id>,
}

/// What the self-check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many requests were compared.
    pub requests: usize,
    /// How many came to the same.
    pub same: usize,
    /// Those that did not.
    pub mismatches: Vec<Mismatch>,
    /// How many could not be compared, for nginx's own answer is beyond this program.
    pub beyond: usize,
}

/// Compares what was emitted for a target with nginx over all probes.
#[must_use]
pub fn check(
    sites: &Sites<'_>,
    routes: &[Site],
    services: &Services,
    target: Target,
    emitted: &[Value],
) -> Checked {
    let mut checked = Checked::default();
    let mut pools: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for site in routes {
        for request in probes(site) {
            let expected = answer(sites, &request);
            if let NginxAnswer::Unknown(_) = expected {
                checked.beyond += 1;
                continue;
            }
            checked.requests += 1;
            let got = match target {
                Target::Traefik => traefik::answer(emitted.first().unwrap_or(&Value::Null), &request),
                Target::ApiGateway => consul::api(emitted, &request),
                Target::IngressGateway => consul::ingress(emitted, &request),
            };
            let expected_to = match &expected {
                NginxAnswer::Proxied(p) => pools
                    .entry(format!("{}://{}", p.scheme, p.pool))
                    .or_insert_with(|| members(sites, services, target, &p.scheme, &p.pool))
                    .clone(),
                _ => Vec::new(),
            };
            if agrees(&expected, &expected_to, &got) {
                checked.same += 1;
                continue;
            }
            let route = taken(sites, routes, &request);
            let known = why(&expected, &got, &request, route, target)
                .or_else(|| unguarded(sites, &expected))
                .or_else(|| hostless(site, target));
            let about = route.map(|r| r.from.clone()).unwrap_or_default();
            checked.mismatches.push(Mismatch {
                nginx: told(&expected),
                emitted: told_outcome(&got),
                known,
                about,
                request,
            });
        }
    }
    checked
}

/// Who may get a request for a pool, as the target names them.
#[must_use]
pub fn members(
    sites: &Sites<'_>,
    services: &Services,
    target: Target,
    scheme: &str,
    pool: &str,
) -> Vec<String> {
    let pool = Pool::of(sites, &PoolRef { name: pool.to_owned(), scheme: scheme.to_owned() });
    let all = pool.members.iter().filter(|m| !m.down).map(|m| m.address.clone());
    all.map(|address| match target {
        Target::Traefik => address,
        _ => services
            .at(&address)
            .map_or_else(|| format!("unmapped-{}", super::lower::slug(&address)), str::to_owned),
    })
    .collect()
}

fn agrees(expected: &NginxAnswer, expected_to: &[String], got: &Outcome) -> bool {
    match (expected, got) {
        (NginxAnswer::Proxied(p), Outcome::Forward { to, target }) => {
            !to.is_empty() && to.iter().all(|t| expected_to.contains(t)) && same_target(&p.target, target)
        }
        (NginxAnswer::Redirect { location, .. }, Outcome::Redirect { location: got, .. }) => {
            without_port(location) == without_port(got)
        }
        (NginxAnswer::Status { status, .. }, Outcome::Status(got)) => {
            status == got || (*status >= 400 && *got >= 400)
        }
        (NginxAnswer::Local(_), Outcome::Status(_)) => true,
        _ => false,
    }
}

/// Escapes that mean the same letter.
fn same_target(a: &str, b: &str) -> bool {
    // `?$args` without arguments leaves a mark that says nothing.
    let (a, b) = (a.strip_suffix('?').unwrap_or(a), b.strip_suffix('?').unwrap_or(b));
    a == b || a.replace("%20", " ") == b.replace("%20", " ")
}

/// nginx puts the port it listens on into a Location; scheme and port are the load balancer's affair.
fn without_port(location: &str) -> String {
    let Some((_, rest)) = location.split_once("://") else { return location.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    format!("{}{path}", super::nginx::site::bare_host(host))
}

/// The route a request takes in the neutral model.
#[must_use]
pub fn taken<'r>(sites: &Sites<'_>, routes: &'r [Site], request: &Request) -> Option<&'r Route> {
    let server = sites.server_of(request.port, &request.host)?.id;
    let site = routes.iter().find(|s| s.server == server && s.port == request.port)?;
    let path = super::request::normalised(request.raw_path(), true)?;
    site.routes.iter().find(|route| {
        route.path.matches(&path).unwrap_or(false)
            && route.conditions.iter().all(|c| c.holds(request).unwrap_or(false))
    })
}

/// Why a difference was to be expected: it is one that verdicts speak of.
#[must_use]
pub fn why(
    expected: &NginxAnswer,
    got: &Outcome,
    request: &Request,
    route: Option<&Route>,
    target: Target,
) -> Option<String> {
    let path = request.raw_path();
    let odd = path.contains("//") || path.contains("/.") || path.contains('%');
    if odd {
        return Some(match target {
            Target::Traefik => {
                "another spelling of the path: Traefik sends it normalised and keeps %2F".to_owned()
            }
            _ => "another spelling of the path: the gateway matches it as it is sent".to_owned(),
        });
    }
    let consul = target != Target::Traefik;
    if let (true, NginxAnswer::Status { status: 401 | 403, by: Some(_) }) = (consul, expected) {
        return Some("a guard that Consul does not have".to_owned());
    }
    let route = route?;
    match &route.action {
        Action::Redirect(_) if consul => return Some("no redirects in Consul".to_owned()),
        Action::Answer { .. } => return Some("static answers are not carried over".to_owned()),
        Action::Foreign(what) => return Some(what.clone()),
        Action::Deny { .. } if consul => return Some("a guard that Consul does not have".to_owned()),
        _ => {}
    }
    if let Action::Forward(forward) = &route.action {
        if !matches!(forward.query, QueryChange::Keep) {
            return Some("the query is handled differently".to_owned());
        }
        if consul && matches!(forward.path, PathChange::Template { .. }) {
            return Some("captures are not carried over".to_owned());
        }
        if consul && matches!(forward.path, PathChange::Set(_)) && route.path.exact.is_none() {
            return Some("what follows a prefix stays".to_owned());
        }
        if let (NginxAnswer::Proxied(p), Outcome::Forward { target, .. }) = (expected, got)
            && p.target.starts_with("//")
            && p.target[1..] == *target
        {
            return Some("a double slash at the beginning becomes one".to_owned());
        }
        if let (PathChange::Swap { to, .. } | PathChange::Set(to), NginxAnswer::Proxied(_)) =
            (&forward.path, expected)
            && !to.starts_with('/')
        {
            return Some("a path without a slash in front is not sent".to_owned());
        }
        if let Outcome::Status(400..=499) = got
            && matches!(expected, NginxAnswer::Proxied(_))
            && !consul
            && route.path.exact.is_none()
            && matches!(&forward.path, PathChange::Swap { to, .. } if to == "/")
        {
            return Some("Traefik answers 400 to a path that begins with two slashes".to_owned());
        }
    }
    if route.conditions.iter().any(|c| matches!(c.subject, Subject::Other(_)) || (c.not && consul)) {
        return Some("the condition cannot be asked".to_owned());
    }
    None
}

/// A guard that no gateway can ask, because nginx takes the client's address from the request.
fn unguarded(sites: &Sites<'_>, expected: &NginxAnswer) -> Option<String> {
    let NginxAnswer::Status { status: 403, by: Some(level) } = expected else { return None };
    let elsewhere = !matches!(Client::at(sites.config, *level), Client::Peer | Client::ProxyProtocol);
    elsewhere.then(|| "a guard by an address that nginx takes from the request".to_owned())
}

/// Why a site is not there at all: its hosts cannot be said.
fn hostless(site: &Site, target: Target) -> Option<String> {
    let said = site.default
        || site.hosts.iter().any(|host| match target {
            Target::Traefik => true,
            Target::ApiGateway => matches!(host, Host::Exact(_)),
            Target::IngressGateway => super::emit::consul_host(host).is_some(),
        });
    // The sample is of the first host; one that cannot be said answers as a stranger.
    let first = site.hosts.first().is_some_and(|host| match target {
        Target::Traefik => false,
        Target::ApiGateway => !matches!(host, Host::Exact(_)),
        Target::IngressGateway => super::emit::consul_host(host).is_none(),
    });
    (!said || (first && !site.default)).then(|| "its hosts cannot be said to this gateway".to_owned())
}

fn told(answer: &NginxAnswer) -> String {
    match answer {
        NginxAnswer::Proxied(p) => format!("{} gets {}", p.pool, p.target),
        NginxAnswer::Redirect { status, location } => format!("{status} to {location}"),
        NginxAnswer::Status { status, .. } => status.to_string(),
        NginxAnswer::Local(_) => "answers by itself".to_owned(),
        NginxAnswer::Unknown(why) => why.clone(),
    }
}

fn told_outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Forward { to, target } => format!("{} gets {target}", to.join(" or ")),
        Outcome::Redirect { status, location } => format!("{status} to {location}"),
        Outcome::Status(status) => status.to_string(),
    }
}
