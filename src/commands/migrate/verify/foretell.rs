//! What a configuration foretells of a request: the route it takes, and how the new side will answer it differently.

use crate::commands::migrate::verify::NewSide;
use crate::error::{Error, Result};
use crate::model::ingress::check;
use crate::model::ingress::emit::{self, Source};
use crate::model::ingress::interpret::{Outcome, consul, traefik};
use crate::model::ingress::lower::lower;
use crate::model::ingress::nginx::answer::{NginxAnswer, answer};
use crate::model::ingress::nginx::site::Sites;
use crate::model::ingress::nginx::tree::Config;
use crate::model::ingress::policy::Policies;
use crate::model::ingress::pool::Services;
use crate::model::ingress::request::Request;
use crate::model::ingress::route::{Action, Route, Site};
use crate::model::ingress::verify::compare::{Noise, compare, relative};
use crate::model::ingress::verify::{Origin, SentRequest, SideAnswer};
use crate::ops::ingress::disk;

/// The configuration of nginx and what was emitted of it: from both, differences are foretold.
pub(super) struct Prediction {
    config: Config,
    port: u16,
    to: NewSide,
    services: Services,
    emitted: Vec<serde_json::Value>,
    routes: Vec<String>,
    probes: Vec<Request>,
}

fn label(config: &Config, site: &Site, route: &Route) -> String {
    let place = route.from.first().map(|id| config.place(*id)).unwrap_or_default();
    format!("{} {} ({place})", site.name, route.path.shown())
}

impl Prediction {
    pub(super) fn new(conf: &str, port: u16, to: NewSide, map: &[String]) -> Result<Self> {
        let config = disk::load(&[conf.to_owned()], &mut std::io::stdin().lock())?;
        let services = Services::parse(map).map_err(|e| Error::usage(format!("--map: {e}")))?;
        let (emitted, routes, probes) = {
            let sites = Sites::new(&config);
            let (all, _) = lower(&sites);
            if !all.iter().any(|s| s.port == port) {
                return Err(Error::usage(format!("{conf} has no server on port {port}"))
                    .hint("name the port of the configuration: --port PORT"));
            }
            let users = std::collections::BTreeMap::new();
            let source = Source { sites: &sites, routes: &all, services: &services, users: &users };
            let emitted = match to {
                NewSide::Traefik => vec![emit::traefik::dynamic(source)],
                NewSide::ApiGateway => emit::consul::api(source).entries,
                NewSide::IngressGateway => emit::consul::ingress(source).entries,
            };
            let here: Vec<&Site> = all.iter().filter(|s| s.port == port).collect();
            // What asks more than a path is for the operator's own requests.
            let plain = |r: &&Route| r.conditions.is_empty() && !matches!(r.action, Action::Foreign(_));
            let names = here.iter().flat_map(|s| s.routes.iter().filter(plain).map(|r| label(&config, s, r)));
            let probes = here.iter().flat_map(|s| check::probes(s)).filter(|r| r.method == "GET");
            (emitted, names.collect(), probes.collect())
        };
        let mut foretelling = Prediction { config, port, to, services, emitted, routes, probes };
        // A route nobody can come to is not asked for.
        let reachable: std::collections::BTreeSet<String> =
            foretelling.probes(None).iter().filter_map(|a| foretelling.route(a)).collect();
        foretelling.routes.retain(|r| reachable.contains(r));
        Ok(foretelling)
    }

    pub(super) fn routes(&self) -> Vec<String> {
        self.routes.clone()
    }

    pub(super) fn probes(&self, host: Option<&str>) -> Vec<SentRequest> {
        let asked = |r: &Request| SentRequest {
            method: r.method.clone(),
            target: r.target.clone(),
            host: Some(host.map_or_else(|| r.host.clone(), str::to_owned)),
            headers: r.headers.clone(),
            origin: Origin::Probe,
        };
        self.probes.iter().map(asked).collect()
    }

    fn request(&self, asked: &SentRequest) -> Request {
        Request {
            port: self.port,
            method: asked.method.clone(),
            target: asked.target.clone(),
            host: asked.host.clone().unwrap_or_else(|| "unknown.test".to_owned()),
            headers: asked.headers.clone(),
            peer: "127.0.0.1".to_owned(),
        }
    }

    /// The route a request takes.
    pub(super) fn route(&self, asked: &SentRequest) -> Option<String> {
        let sites = Sites::new(&self.config);
        let (all, _) = lower(&sites);
        let request = self.request(asked);
        let route = check::taken(&sites, &all, &request)?;
        let server = sites.server_of(self.port, &request.host)?.id;
        let site = all.iter().find(|s| s.server == server && s.port == self.port)?;
        Some(label(&self.config, site, route))
    }

    /// Why the new side answers otherwise, where it answers just as was foretold.
    pub(super) fn explains(&self, asked: &SentRequest, old: &SideAnswer, new: &SideAnswer) -> Option<String> {
        let sites = Sites::new(&self.config);
        let (all, _) = lower(&sites);
        let request = self.request(asked);
        let route = check::taken(&sites, &all, &request);
        let place = route.and_then(|r| r.from.first()).map(|id| self.config.place(*id)).unwrap_or_default();
        let outcome = match self.to {
            NewSide::Traefik => traefik::answer(self.emitted.first()?, &request),
            NewSide::ApiGateway => consul::api(&self.emitted, &request),
            NewSide::IngressGateway => consul::ingress(&self.emitted, &request),
        };
        let real = answer(&sites, &request);
        if let Some(why) = self.another_outcome((&real, &outcome), route, &request, (old, new)) {
            return Some(format!("{place}: {why}"));
        }
        // Headers that nginx adds to some statuses only.
        let route = route?;
        let policies = Policies::of(&sites, route.level);
        let host = asked.host.as_deref();
        let differences = compare(old, new, &Noise::default(), host);
        let added = |name: &str| {
            let own = policies.response_headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
            own && !matches!(old.status, 200 | 201 | 204 | 206 | 301..=304 | 307 | 308)
        };
        let all = differences.iter().all(|d| d.what.strip_prefix("header ").is_some_and(added));
        (all && !differences.is_empty())
            .then(|| format!("{place}: the new proxy adds the header on every status"))
    }

    fn another_outcome(
        &self,
        (real, outcome): (&NginxAnswer, &Outcome),
        route: Option<&Route>,
        request: &Request,
        (old, new): (&SideAnswer, &SideAnswer),
    ) -> Option<String> {
        let host = Some(request.host.as_str());
        let differs = |what: &str| compare(old, new, &Noise::default(), host).iter().any(|d| d.what == what);
        match (real, outcome) {
            (NginxAnswer::Redirect { .. }, Outcome::Redirect { location, .. }) => {
                let by_method =
                    matches!((old.status, new.status), (301, 308) | (302, 307) | (308, 301) | (307, 302));
                let same =
                    new.header("location").map(|l| relative(l, host)) == Some(relative(location, host));
                (same && !differs("location") && by_method)
                    .then(|| "another status for methods other than GET".to_owned())
            }
            (_, Outcome::Redirect { location, .. }) if (300..400).contains(&new.status) => {
                let same =
                    new.header("location").map(|l| relative(l, host)) == Some(relative(location, host));
                same.then(|| "the client is redirected".to_owned())
            }
            (NginxAnswer::Proxied(p), Outcome::Forward { target, .. }) if p.target != *target => {
                // The application gets another path, so anything it makes of it is foretold.
                Some(format!("the application gets {target} instead of {}", p.target))
            }
            (NginxAnswer::Proxied(p), Outcome::Forward { to, .. }) => {
                let members = check::members(
                    &Sites::new(&self.config),
                    &self.services,
                    self.to.target(),
                    &p.scheme,
                    &p.pool,
                );
                let told = check::why(real, outcome, request, route, self.to.target()).is_some();
                (told && !to.iter().any(|t| members.contains(t)))
                    .then(|| format!("{} answers instead of {}", to.join(", "), p.pool))
            }
            (NginxAnswer::Unknown(_), _) => None,
            (_, Outcome::Status(status)) => (*status == new.status && old.status != new.status)
                .then(|| format!("the new side answers {status} by itself")),
            (
                NginxAnswer::Status { .. } | NginxAnswer::Local(_) | NginxAnswer::Redirect { .. },
                Outcome::Forward { to, .. },
            ) => {
                (old.status != new.status).then(|| format!("{} answers, nginx did by itself", to.join(", ")))
            }
            _ => None,
        }
    }
}
