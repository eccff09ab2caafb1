//! What comes from nginx: its configuration, its expressions, its logs.

use std::collections::BTreeSet;

use fleet::model::ingress::judge::JudgementInput;
use fleet::model::ingress::lower::lower;
use fleet::model::ingress::nginx::site::Sites;
use fleet::model::ingress::nginx::tree::{Config, Id};
use fleet::model::ingress::pattern::{Pattern, compiled};
use fleet::model::ingress::pool::Services;
use fleet::model::ingress::report::{MigrationRequest, migrate};
use fleet::model::ingress::verdict::{TARGETS, Target, Verdict};
use fleet::model::ingress::verify::access_log;
use fleet::model::traffic::lint::{FlawSeverity, check};
use fleet::model::traffic::{document, re2};
use serde_json::Value;

/// A configuration, where it is one; what is refused is so with a line of its own.
fn read(text: &str) -> Option<Config> {
    match Config::of_text("nginx.conf", text) {
        Ok(config) => Some(config),
        Err(e) => {
            assert!(e.line.is_none_or(|line| line as usize <= text.lines().count() + 1), "{e:?}");
            None
        }
    }
}

/// An nginx configuration is refused with a line of its own, or every directive of it has a verdict, and one that is lost says why.
pub fn nginx_conf(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(config) = read(&text) else { return };
    let sites = Sites::new(&config);
    let (routes, unresolved) = lower(&sites);
    let services = Services::default();
    let bench = JudgementInput::new(&sites, &routes, &unresolved, &services);
    for at in 0..config.all.len() {
        let judgement = bench.judge(Id(at));
        for target in TARGETS {
            let said = judgement.of(target);
            assert!(
                said.verdict != Verdict::Lost || !said.note.is_empty(),
                "{} is lost, and nobody says why",
                config.get(Id(at)).shown()
            );
        }
    }
}

/// A migration is worked out to its end, and what is emitted holds together: every name stands for something, every expression is one
/// of RE2's, and nothing is written that Consul takes and no proxy does.
pub fn nginx_migration(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(config) = read(&text) else { return };
    let wanted = MigrationRequest { targets: TARGETS.to_vec(), ..MigrationRequest::default() };
    let migration = migrate(&config, &wanted);
    assert_eq!(migration.report.directives.len(), config.all.len());
    for (target, emitted) in &migration.emitted {
        for document in &emitted.documents {
            match target {
                Target::Traefik => traefik_holds_together(document),
                _ => consul_takes(document),
            }
        }
    }
}

fn traefik_holds_together(dynamic: &Value) {
    let http = &dynamic["http"];
    let mut priorities = BTreeSet::new();
    for (name, router) in http["routers"].as_object().into_iter().flatten() {
        assert!(priorities.insert(router["priority"].as_u64()), "{name} has the priority of another router");
        let service = router["service"].as_str().unwrap_or_default();
        assert!(service == "noop@internal" || http["services"][service].is_object(), "{name}: {service}?");
        for middleware in router["middlewares"].as_array().into_iter().flatten() {
            let middleware = middleware.as_str().unwrap_or_default();
            assert!(http["middlewares"][middleware].is_object(), "{name}: {middleware}?");
        }
        let rule = router["rule"].as_str().unwrap_or_default();
        for matcher in ["PathRegexp(`", "HostRegexp(`"] {
            for piece in rule.split(matcher).skip(1) {
                let regex = piece.split('`').next().unwrap_or_default();
                assert_eq!(re2::check(regex), Ok(()), "{rule}");
            }
        }
    }
    for (name, middleware) in http["middlewares"].as_object().into_iter().flatten() {
        for kind in ["redirectRegex", "replacePathRegex"] {
            if let Some(regex) = middleware[kind]["regex"].as_str() {
                assert_eq!(re2::check(regex), Ok(()), "{name}");
            }
        }
    }
    for (name, service) in http["services"].as_object().into_iter().flatten() {
        for place in ["/mirroring/service", "/failover/service", "/failover/fallback"] {
            let other = service.pointer(place).and_then(Value::as_str);
            assert!(other.is_none_or(|o| http["services"][o].is_object()), "{name}: {place}?");
        }
    }
}

fn consul_takes(entry: &Value) {
    let entries = document::read(&entry.to_string()).expect("what is emitted can be read again");
    for entry in entries {
        let flaws = check(&entry, &|_, _| None);
        let broken = flaws.iter().find(|f| f.gravity == FlawSeverity::Broken && f.id != "wrong-protocol");
        assert!(broken.is_none(), "{}/{}: {broken:?}", entry.kind_name(), entry.name());
    }
}

/// An expression of nginx's matches the same in every form in which it is written for a proxy. The first line is the expression, the
/// second a path.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (source, path) = text.split_once('\n').unwrap_or((&text, "/a/b.png"));
    // No path of a request line has any of these.
    let path: String = path.chars().filter(|c| !c.is_control()).collect();
    for ignore_case in [false, true] {
        let Ok(pattern) = Pattern::new(source, ignore_case) else { continue };
        let Some(found) = pattern.finds(&path) else { continue };
        let searching = compiled(&pattern.searching());
        let except = pattern.except.iter().any(|p| path.starts_with(p.as_str()));
        if re2::check(&pattern.searching()).is_ok()
            && let Some(regex) = searching
        {
            assert_eq!(
                regex.is_match(&path) && !except,
                found,
                "{source:?} in {path:?}: {}",
                pattern.searching()
            );
        }
        let whole = |text: &str| compiled(&format!("^(?:{text})$")).map(|r| r.is_match(&path) && !except);
        if let Some(answer) = pattern.whole().and_then(|text| whole(&text)) {
            assert_eq!(answer, found, "{source:?} over all of {path:?}: {:?}", pattern.whole());
        }
        for end in (0..=path.len().min(12)).filter(|at| path.is_char_boundary(*at)) {
            let below = pattern.whole_below(&path[..end]);
            let answer = match below.as_deref() {
                Some("") => Some(false),
                Some(text) => whole(text),
                None => None,
            };
            if let Some(answer) = answer {
                assert_eq!(answer, found, "{source:?} below {:?} in {path:?}: {below:?}", &path[..end]);
            }
        }
        if let Some(prefix) = pattern.as_prefix() {
            assert_eq!(path.starts_with(&prefix), found, "{source:?} is no prefix {prefix:?} of {path:?}");
        }
        assert!(
            !found || ignore_case || path.starts_with(&pattern.literal_beginning()),
            "{source:?}, {path:?}"
        );
    }
}

/// A line of an access log is no request, or one that can be sent again and holds nobody's identity.
pub fn access_log_line(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(logged) = access_log::line(&text, access_log::LogLimits::default()) {
        let asked = logged.asked;
        assert!(
            asked.target.starts_with('/') && asked.target.bytes().all(|b| (0x21..0x7f).contains(&b)),
            "{asked:?}"
        );
        assert!(asked.headers.iter().all(|(name, _)| name.starts_with("accept")), "{asked:?}");
        assert!(
            asked.method.bytes().all(|b| b.is_ascii_uppercase()) && !asked.method.is_empty(),
            "{asked:?}"
        );
        // Whatever a client once sent as a header's value must not become a second header.
        let values = asked.headers.iter().map(|(_, value)| value).chain(&asked.host);
        assert!(values.into_iter().all(|v| !v.contains(['\r', '\n', '\0'])), "{asked:?}");
    }
}
