//! The rules of routers: hosts, paths and what else must hold.

use super::super::order::Group;
use crate::model::ingress::pattern::{Pattern, escaped};
use crate::model::ingress::route::{Condition, Host, PathMatch, Subject, Test};

/// The hosts of earlier sites that would come to this one.
pub(super) fn besides(group: &Group<'_>, open: &[Group<'_>]) -> Option<String> {
    let others = open.iter().filter(|other| other.site.server != group.site.server).flat_map(|o| &o.hosts);
    let met: Vec<String> = others
        .filter(|other| group.hosts.is_empty() || group.hosts.iter().any(|host| host.meets(other)))
        .map(|other| of_host(other))
        .collect();
    match met.as_slice() {
        [] => None,
        [one] => Some(format!("!{one}")),
        several => Some(format!("!({})", several.join(" || "))),
    }
}

pub(super) fn of_host(host: &Host) -> String {
    match host {
        Host::Exact(name) => format!("Host({})", ticked(name)),
        other => format!("HostRegexp({})", ticked(&other.expression())),
    }
}

/// A text in a rule.
pub(super) fn ticked(text: &str) -> String {
    if text.contains('`') {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("`{text}`")
    }
}

pub(super) fn rule(
    hosts: &[&Host],
    besides: Option<&str>,
    path: &PathMatch,
    conditions: &[String],
) -> String {
    let mut parts = Vec::new();
    let named: Vec<String> = hosts.iter().map(|host| of_host(host)).collect();
    if !named.is_empty() {
        parts.push((named.join(" || "), named.len() > 1));
    }
    parts.extend(besides.map(|hosts| (hosts.to_owned(), false)));
    if let Some(exact) = &path.exact {
        parts.push((format!("Path({})", ticked(exact)), false));
    } else if !matches!(path.prefix.as_str(), "" | "/") {
        parts.push((format!("PathPrefix({})", ticked(&path.prefix)), false));
    }
    for pattern in &path.patterns {
        parts.push((format!("PathRegexp({})", ticked(&pattern.searching())), false));
        parts.extend(pattern.except.iter().map(|p| (format!("!PathPrefix({})", ticked(p)), false)));
    }
    parts.extend(conditions.iter().map(|c| (c.clone(), false)));
    match parts.as_slice() {
        [] => "PathPrefix(`/`)".to_owned(),
        [(only, _)] => only.clone(),
        several => several
            .iter()
            .map(|(text, grouped)| if *grouped { format!("({text})") } else { text.clone() })
            .collect::<Vec<_>>()
            .join(" && "),
    }
}

/// Whether Traefik can ask this.
#[must_use]
pub fn can_ask(condition: &Condition) -> bool {
    rule_of(condition).is_some()
}

pub(super) fn rule_of(condition: &Condition) -> Option<String> {
    let text = match (&condition.subject, &condition.test) {
        (Subject::Method, test) => of_method(test),
        (Subject::Header(name), test) => of_header(name, test),
        (Subject::Cookie(name), test) => of_cookie(name, test),
        (Subject::Argument(name), test) => of_argument(name, test),
        (Subject::Host, Test::Is(name) | Test::IsAnyCase(name)) => Some(format!("Host({})", ticked(name))),
        (Subject::Host, Test::Finds(source, _)) => Some(format!("HostRegexp({})", regex(source, true)?)),
        _ => None,
    }?;
    Some(match (condition.not, text.strip_prefix('!')) {
        (false, _) => text,
        (true, Some(text)) => text.to_owned(),
        (true, None) => format!("!{text}"),
    })
}

/// An expression that is searched for; none where RE2 lacks something of it.
fn regex(source: &str, ignore_case: bool) -> Option<String> {
    let pattern = Pattern::new(source, ignore_case).ok()?;
    pattern.not_re2().is_none().then(|| ticked(&pattern.searching()))
}

/// A text, whatever its case.
fn any_case(text: &str) -> String {
    ticked(&format!("(?i)^{}$", escaped(text)))
}

/// Neither empty nor "0".
const TRUTHY: &str = "`^(?:[^0]|0.)`";

fn of_method(test: &Test) -> Option<String> {
    let one = |method: &str| format!("Method({})", ticked(method));
    let some = |all: Vec<String>| (!all.is_empty()).then(|| format!("({})", all.join(" || ")));
    match test {
        Test::Is(method) | Test::IsAnyCase(method) => Some(one(method)),
        Test::OneOf(all) => some(all.iter().map(|m| one(m)).collect()),
        Test::Finds(source, _) => {
            let pattern = Pattern::new(source, false).ok()?;
            let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];
            some(known.into_iter().filter(|m| pattern.finds(m) == Some(true)).map(one).collect())
        }
        Test::Truthy => None,
    }
}

fn of_header(name: &str, test: &Test) -> Option<String> {
    let header = ticked(name);
    Some(match test {
        Test::Is(text) | Test::IsAnyCase(text) if text.is_empty() => format!("!HeaderRegexp({header}, `.`)"),
        Test::Is(text) => format!("Header({header}, {})", ticked(text)),
        Test::IsAnyCase(text) => format!("HeaderRegexp({header}, {})", any_case(text)),
        Test::Finds(source, i) => {
            let found = format!("HeaderRegexp({header}, {})", regex(source, *i)?);
            // What is not sent has the empty text.
            let empty = Pattern::new(source, *i).ok()?.finds("")?;
            if empty { format!("(!HeaderRegexp({header}, `.`) || {found})") } else { found }
        }
        Test::Truthy => format!("HeaderRegexp({header}, {TRUTHY})"),
        Test::OneOf(_) => return None,
    })
}

fn of_cookie(name: &str, test: &Test) -> Option<String> {
    let cookie = |value: &str| {
        let whole = ticked(&format!("(?:^|;\\s*){}={value}(?:;|$)", escaped(name)));
        format!("HeaderRegexp(`cookie`, {whole})")
    };
    Some(match test {
        Test::Is(text) | Test::IsAnyCase(text) if text.is_empty() => format!("!{}", cookie("[^;]+")),
        Test::Is(text) => cookie(&escaped(text)),
        Test::IsAnyCase(text) => cookie(&format!("(?i:{})", escaped(text))),
        Test::Truthy => cookie("(?:[^;0][^;]*|0[^;]+)"),
        Test::Finds(source, i) => {
            let pattern = Pattern::new(source, *i).ok()?;
            if pattern.not_re2().is_some() || pattern.finds("")? {
                return None;
            }
            cookie(&format!("(?:{})", pattern.whole()?.replace(".*", "[^;]*")))
        }
        Test::OneOf(_) => return None,
    })
}

fn of_argument(name: &str, test: &Test) -> Option<String> {
    let argument = ticked(name);
    Some(match test {
        Test::Is(text) | Test::IsAnyCase(text) if text.is_empty() => format!("!QueryRegexp({argument}, `.`)"),
        Test::Is(text) => format!("Query({argument}, {})", ticked(text)),
        Test::IsAnyCase(text) => format!("QueryRegexp({argument}, {})", any_case(text)),
        Test::Finds(source, i) => {
            if Pattern::new(source, *i).ok()?.finds("")? {
                return None;
            }
            format!("QueryRegexp({argument}, {})", regex(source, *i)?)
        }
        Test::Truthy => format!("QueryRegexp({argument}, {TRUTHY})"),
        Test::OneOf(_) => return None,
    })
}
