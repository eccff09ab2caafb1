//! `fleet migrate nginx`: verdicts, what is emitted, and what nginx itself answers, over cases whose answers were recorded.

use std::path::{Path, PathBuf};

use fleet::model::ingress::check::check;
use fleet::model::ingress::emit::{self, Source};
use fleet::model::ingress::interpret::{Outcome, consul, traefik};
use fleet::model::ingress::lower::lower;
use fleet::model::ingress::nginx::answer::{NginxAnswer, answer};
use fleet::model::ingress::nginx::site::Sites;
use fleet::model::ingress::nginx::tree::Config;
use fleet::model::ingress::pool::Services;
use fleet::model::ingress::report::{MigrationRequest, migrate};
use fleet::model::ingress::request::Request;
use fleet::model::ingress::verdict::{TARGETS, Target};
use serde_json::Value;

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nginx/cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    cases
}

fn json(case: &Path, name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(case.join(name)).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn config(case: &Path) -> Config {
    Config::of_text("nginx.conf", &std::fs::read_to_string(case.join("nginx.conf")).unwrap()).unwrap()
}

/// `10.20.0.NN:8080` is the service `svc-NN`.
fn services() -> Services {
    let all: Vec<String> = (1..100).map(|n| format!("10.20.0.{n}:8080=svc-{n}")).collect();
    Services::parse(&all).unwrap()
}

fn name(case: &Path) -> String {
    case.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn verdicts_are_those_of_the_cases() {
    let mut wrong = Vec::new();
    for case in cases() {
        let config = config(&case);
        let wanted = MigrationRequest { targets: TARGETS.to_vec(), ..MigrationRequest::default() };
        let report = serde_json::to_value(migrate(&config, &wanted).report).unwrap();
        let ours = report["directives"].as_array().unwrap();
        let theirs = json(&case, "verdicts.json").unwrap();
        let theirs = theirs.as_array().unwrap();
        if ours.len() != theirs.len() {
            wrong.push(format!("{}: {} directives, not {}", name(&case), ours.len(), theirs.len()));
        }
        for (a, b) in ours.iter().zip(theirs) {
            let key =
                |v: &Value| (v["file"].clone(), v["line"].clone(), v["directive"].clone(), v["args"].clone());
            if key(a) != key(b) {
                wrong.push(format!("{}: {:?} is not {:?}", name(&case), key(a), key(b)));
            }
            for target in TARGETS.map(Target::name) {
                if a["verdict"][target] != b["verdict"][target] {
                    wrong.push(format!(
                        "{}:{} {} {} {target}: {} is not {}",
                        name(&case),
                        b["line"],
                        b["directive"],
                        b["args"],
                        a["verdict"][target],
                        b["verdict"][target]
                    ));
                }
                let refuse = b["note"][target].as_str().is_some_and(|n| n.contains("REFUSE"));
                let refused = a["refused"].as_array().unwrap().iter().any(|t| t == target);
                if refuse && !refused {
                    wrong.push(format!(
                        "{}:{} {} {target}: not refused",
                        name(&case),
                        b["line"],
                        b["directive"]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn request(of: &Value) -> Request {
    let headers = of["headers"].as_array().unwrap().iter();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    Request {
        port: u16::try_from(of["port"].as_u64().unwrap()).unwrap(),
        method: text(&of["method"]),
        target: text(&of["target"]),
        host: text(&of["host"]),
        headers: headers.map(|h| (text(&h[0]), text(&h[1]))).collect(),
        peer: "127.0.0.1".to_owned(),
    }
}

/// What depends on what the application answers, on time, or on a body.
fn is_beyond_the_rules(case: &str, asked: &Value, status: u64) -> bool {
    let text = asked["target"].as_str().unwrap();
    let auth = asked["headers"].as_array().unwrap().iter().any(|h| h[0] == "Authorization");
    (case.starts_with("07") && status >= 400)
        || (case.starts_with("08") && (text.starts_with("/sso") || status == 503 || auth))
}

#[test]
fn nginx_is_interpreted_as_it_was_measured() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in cases() {
        let config = config(&case);
        let sites = Sites::new(&config);
        for entry in json(&case, "oracle.json").unwrap().as_array().unwrap() {
            let asked = &entry["request"];
            let status = entry["response"]["status"].as_u64().unwrap_or(444);
            if is_beyond_the_rules(&name(&case), asked, status) {
                continue;
            }
            compared += 1;
            let got = answer(&sites, &request(asked));
            let upstream = &entry["upstream"];
            let location = entry["response"]["headers"]["location"].as_str();
            let agrees = match &got {
                NginxAnswer::Proxied(p) => {
                    let line = format!("{} {}", asked["method"].as_str().unwrap(), p.target);
                    let headers = upstream["headers"].as_array().cloned().unwrap_or_default();
                    let host = headers.iter().find(|h| h[0] == "Host").and_then(|h| h[1].as_str());
                    let tried = entry["upstreams_tried"].as_array().is_some_and(|t| !t.is_empty());
                    if upstream.is_null() {
                        tried
                    } else {
                        upstream["line"] == line.as_str() && host == Some(&p.host)
                    }
                }
                NginxAnswer::Redirect { status: s, location: l } => {
                    u64::from(*s) == status && location == Some(l)
                }
                NginxAnswer::Status { status: s, .. } => u64::from(*s) == status,
                NginxAnswer::Local(_) => status == 404,
                NginxAnswer::Unknown(_) => false,
            };
            if !agrees {
                wrong.push(format!(
                    "{}: {asked} → {got:?}, not {status} {upstream} {location:?}",
                    name(&case)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared > 100, "{compared}");
}

/// What a translation answers, in words that do not depend on names.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Forward { to, target } => {
            let mut to = to.clone();
            to.sort();
            to.dedup();
            format!("{} {target}", to.join(","))
        }
        Outcome::Redirect { status, location } => format!("{status} {location}"),
        Outcome::Status(status) if *status >= 400 => "refused".to_owned(),
        Outcome::Status(status) => status.to_string(),
    }
}

/// The same with the path as nginx reads it.
fn clean(told: &str) -> String {
    let (to, target) = told.split_once(' ').unwrap_or((told, ""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = fleet::model::ingress::request::normalised(path, true).unwrap_or_else(|| path.to_owned());
    format!("{to} {path}?{query}")
}

fn nginx_told(got: &NginxAnswer, sites: &Sites<'_>, target: Target) -> String {
    match got {
        NginxAnswer::Proxied(p) => {
            let reference =
                fleet::model::ingress::route::PoolRef { name: p.pool.clone(), scheme: "http".to_owned() };
            let pool = fleet::model::ingress::pool::Pool::of(sites, &reference);
            let mut to: Vec<String> = pool
                .members
                .iter()
                .filter(|m| !m.down)
                .map(|m| match target {
                    Target::Traefik => m.address.clone(),
                    _ => services().at(&m.address).unwrap().to_owned(),
                })
                .collect();
            to.sort();
            format!("{} {}", to.join(","), p.target)
        }
        NginxAnswer::Redirect { status, location } => format!("{status} {}", location.replace(":8081/", "/")),
        NginxAnswer::Status { .. } | NginxAnswer::Local(_) => "refused".to_owned(),
        NginxAnswer::Unknown(why) => why.clone(),
    }
}

/// Every request of the oracle and every probe comes to the same in our translation as in that of the case, or we are nearer to
/// nginx than it is.
#[test]
fn what_is_emitted_does_what_the_cases_do() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in cases() {
        let config = config(&case);
        let sites = Sites::new(&config);
        let (routes, _) = lower(&sites);
        let services = services();
        let users = [("htpasswd".to_owned(), vec!["u:x".to_owned()])].into();
        let source = Source { sites: &sites, routes: &routes, services: &services, users: &users };
        let mut requests: Vec<Request> = Vec::new();
        for entry in json(&case, "oracle.json").unwrap().as_array().unwrap() {
            requests.push(request(&entry["request"]));
        }
        requests.extend(routes.iter().flat_map(fleet::model::ingress::check::probes));
        for target in TARGETS {
            let theirs = match target {
                Target::Traefik => json(&case, "traefik.json").map(|v| v["dynamic"].clone()),
                _ => json(&case, "consul.json").map(|v| v["entries"].clone()),
            };
            let Some(theirs) = theirs else { continue };
            let ours = match target {
                Target::Traefik => vec![emit::traefik::dynamic(source)],
                Target::ApiGateway => emit::consul::api(source).entries,
                Target::IngressGateway => emit::consul::ingress(source).entries,
            };
            for request in &requests {
                let router = theirs["service-router"].as_array().cloned().unwrap_or_default();
                let rules: Vec<&Value> = theirs["http-route"].as_array().into_iter().flatten().collect();
                let site = format!("q{}", request.port);
                let (own, other) = match target {
                    Target::Traefik => {
                        (traefik::answer(&ours[0], request), traefik::answer(&theirs, request))
                    }
                    Target::IngressGateway => {
                        (consul::ingress(&ours, request), consul::router(&router, &site, request))
                    }
                    Target::ApiGateway => {
                        let here: Vec<&Value> =
                            rules.iter().copied().filter(|r| r["Name"] == site.as_str()).collect();
                        (consul::api(&ours, request), consul::rules(&[], &here, request))
                    }
                };
                compared += 1;
                let real = answer(&sites, request);
                let nearer = clean(&told(&own)) == clean(&nginx_told(&real, &sites, target))
                    || (matches!(
                        real,
                        NginxAnswer::Status { .. } | NginxAnswer::Local(_) | NginxAnswer::Redirect { .. }
                    ) && told(&own) == "refused");
                // `/x` for a location `/x/` is served as `/x/` where nobody can redirect.
                let slash = matches!(real, NginxAnswer::Redirect { .. }) && target != Target::Traefik;
                if told(&own) != told(&other) && !nearer && !slash {
                    wrong.push(format!(
                        "{} {}: {} {} → {}, theirs {}, nginx {}",
                        name(&case),
                        target.name(),
                        request.method,
                        request.target,
                        told(&own),
                        told(&other),
                        nginx_told(&real, &sites, target)
                    ));
                }
            }
        }
    }
    assert!(compared > 3000, "{compared}");
    assert!(wrong.is_empty(), "{} of {compared}: {:#?}", wrong.len(), &wrong[..wrong.len().min(60)]);
}

#[test]
fn the_self_check_finds_nothing_that_no_verdict_speaks_of() {
    let mut wrong = Vec::new();
    for case in cases() {
        let config = config(&case);
        let wanted = MigrationRequest {
            targets: TARGETS.to_vec(),
            services: services(),
            ..MigrationRequest::default()
        };
        for checked in migrate(&config, &wanted).report.self_check {
            assert!(checked.requests > 20, "{}", name(&case));
            for found in checked.differences.iter().filter(|d| d.because.is_none()) {
                wrong.push(format!("{} {}: {found:?}", name(&case), checked.target.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_self_check_finds_what_is_wrong() {
    let config = config(&cases()[2]);
    let sites = Sites::new(&config);
    let (routes, _) = lower(&sites);
    let (services, users) = (services(), std::collections::BTreeMap::new());
    let source = Source { sites: &sites, routes: &routes, services: &services, users: &users };
    let mut entries = emit::consul::ingress(source).entries;
    for entry in &mut entries {
        if entry["Kind"] == "service-router" {
            entry["Routes"].as_array_mut().unwrap().reverse();
        }
    }
    let checked = check(&sites, &routes, &services, Target::IngressGateway, &entries);
    assert!(checked.mismatches.iter().any(|m| m.known.is_none()));
}
