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
    let regex = |source: &str, ignore_case: bool| {
        let pattern = Pattern::new(source, ignore_case).ok()?;
        (pattern.not_re2().is_none()).then(|| ticked(&pattern.searching()))
    };
    let any_case = |text: &str| ticked(&format!("(?i)^{}$", escaped(text)));
    let cookie = |name: &str, value: &str| ticked(&format!("(?:^|;\\s*){}={value}(?:;|$)", escaped(name)));
    let text = match (&condition.subject, &condition.test) {
        (Subject::Method, Test::Is(m) | Test::IsAnyCase(m)) => format!("Method({})", ticked(m)),
        (Subject::Method, Test::OneOf(all)) => {
            let all: Vec<String> = all.iter().map(|m| format!("Method({})", ticked(m))).collect();
            format!("({})", all.join(" || "))
        }
        (Subject::Method, Test::Finds(source, _)) => {
            let pattern = Pattern::new(source, false).ok()?;
            let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];
            let all: Vec<String> = known
                .into_iter()
                .filter(|m| pattern.finds(m) == Some(true))
                .map(|m| format!("Method({})", ticked(m)))
                .collect();
            if all.is_empty() {
                return None;
            }
            format!("({})", all.join(" || "))
        }
        (Subject::Header(name), Test::Is(text) | Test::IsAnyCase(text)) if text.is_empty() => {
            return Some(format!(
                "{}HeaderRegexp({}, `.`)",
                if condition.not { "" } else { "!" },
                ticked(name)
            ));
        }
        (Subject::Header(name), Test::Is(text)) => format!("Header({}, {})", ticked(name), ticked(text)),
        (Subject::Header(name), Test::IsAnyCase(text)) => {
            format!("HeaderRegexp({}, {})", ticked(name), any_case(text))
        }
        (Subject::Header(name), Test::Finds(source, i)) => {
            let found = format!("HeaderRegexp({}, {})", ticked(name), regex(source, *i)?);
            // What is not sent has the empty text.
            let empty = Pattern::new(source, *i).ok()?.finds("")?;
            if empty { format!("(!HeaderRegexp({}, `.`) || {found})", ticked(name)) } else { found }
        }
        (Subject::Header(name), Test::Truthy) => format!("HeaderRegexp({}, `^(?:[^0]|0.)`)", ticked(name)),
        (Subject::Cookie(name), Test::Is(text) | Test::IsAnyCase(text)) if text.is_empty() => {
            format!("!HeaderRegexp(`cookie`, {})", cookie(name, "[^;]+"))
        }
        (Subject::Argument(name), Test::Is(text) | Test::IsAnyCase(text)) if text.is_empty() => {
            format!("!QueryRegexp({}, `.`)", ticked(name))
        }
        (Subject::Cookie(name), Test::Is(text)) => {
            format!("HeaderRegexp(`cookie`, {})", cookie(name, &escaped(text)))
        }
        (Subject::Cookie(name), Test::IsAnyCase(text)) => {
            format!("HeaderRegexp(`cookie`, {})", cookie(name, &format!("(?i:{})", escaped(text))))
        }
        (Subject::Cookie(name), Test::Truthy) => {
            format!("HeaderRegexp(`cookie`, {})", cookie(name, "(?:[^;0][^;]*|0[^;]+)"))
        }
        (Subject::Cookie(name), Test::Finds(source, i)) => {
            let pattern = Pattern::new(source, *i).ok()?;
            if pattern.not_re2().is_some() || pattern.finds("")? {
                return None;
            }
            let whole = pattern.whole()?.replace(".*", "[^;]*");
            format!("HeaderRegexp(`cookie`, {})", cookie(name, &format!("(?:{whole})")))
        }
        (Subject::Argument(name), Test::Is(text)) if !text.is_empty() => {
            format!("Query({}, {})", ticked(name), ticked(text))
        }
        (Subject::Argument(name), Test::IsAnyCase(text)) => {
            format!("QueryRegexp({}, {})", ticked(name), any_case(text))
        }
        (Subject::Argument(name), Test::Finds(source, i)) => {
            if Pattern::new(source, *i).ok()?.finds("")? {
                return None;
            }
            format!("QueryRegexp({}, {})", ticked(name), regex(source, *i)?)
        }
        (Subject::Argument(name), Test::Truthy) => format!("QueryRegexp({}, `^(?:[^0]|0.)`)", ticked(name)),
        (Subject::Host, Test::Is(name) | Test::IsAnyCase(name)) => format!("Host({})", ticked(name)),
        (Subject::Host, Test::Finds(source, _)) => format!("HostRegexp({})", regex(source, true)?),
        _ => return None,
    };
    Some(match (condition.not, text.strip_prefix('!')) {
        (false, _) => text,
        (true, Some(text)) => text.to_owned(),
        (true, None) => format!("!{text}"),
    })
}
