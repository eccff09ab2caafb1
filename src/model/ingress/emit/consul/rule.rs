//! Rules of both gateways: which paths and what else they ask, and what is done to a request.

use serde_json::{Map, Value, json};

use super::super::order::RulePath;
use super::{METHODS, NOBODY, READ, Rule};
use crate::model::ingress::nginx::value::go_duration;
use crate::model::ingress::pattern::{Pattern, escaped};
use crate::model::ingress::policy::Policies;
use crate::model::ingress::route::{Condition, PathMatch, Subject, Test};

pub(super) fn http_rule(rule: &Rule, path: &RulePath) -> Value {
    let (kind, text) = match path {
        RulePath::Exact(path) => ("exact", path),
        RulePath::Prefix(prefix) => ("prefix", prefix),
        RulePath::Regex(regex) => ("regex", regex),
    };
    let base = || {
        let mut found = json!({"Path": {"Match": kind, "Value": text}});
        let list = |all: &[Value]| all.iter().filter_map(route_match).collect::<Vec<_>>();
        if !rule.headers.is_empty() {
            found["Headers"] = json!(list(&rule.headers));
        }
        if !rule.query.is_empty() {
            found["Query"] = json!(list(&rule.query));
        }
        found
    };
    let matches: Vec<Value> = if rule.methods.is_empty() {
        vec![base()]
    } else {
        let with = |method: &String| {
            let mut found = base();
            found["Method"] = json!(method);
            found
        };
        rule.methods.iter().map(with).collect()
    };
    let services: Vec<Value> = match rule.to.as_slice() {
        [(only, _)] => vec![json!({"Name": only})],
        several => several.iter().map(|(name, weight)| json!({"Name": name, "Weight": weight})).collect(),
    };
    let mut out = json!({"Matches": matches, "Services": services});
    let mut filters = Map::new();
    if let Some(rewrite) = &rule.rewrite {
        filters.insert("URLRewrite".to_owned(), json!({"Path": rewrite}));
    }
    if rule.to[0].0 != NOBODY {
        let timeout = go_duration(rule.policies.read.unwrap_or(READ));
        filters.insert("TimeoutFilter".to_owned(), json!({"RequestTimeout": timeout}));
    }
    let retry: Map<String, Value> = retries(rule).into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    if !retry.is_empty() {
        filters.insert("RetryFilter".to_owned(), Value::Object(retry));
    }
    let (request, response) = header_changes(&rule.policies);
    if let Some(request) = request {
        filters.insert("Headers".to_owned(), json!([request]));
    }
    if !filters.is_empty() {
        out["Filters"] = Value::Object(filters);
    }
    if let Some(response) = response {
        out["ResponseFilters"] = json!({"Headers": [response]});
    }
    out
}

/// A match of a service-router as an http-route writes it.
pub(super) fn route_match(value: &Value) -> Option<Value> {
    let name = value.get("Name")?;
    let kinds = [("Exact", "exact"), ("Regex", "regex"), ("Prefix", "prefix"), ("Suffix", "suffix")];
    for (ours, theirs) in kinds {
        if let Some(text) = value.get(ours) {
            return Some(json!({"Match": theirs, "Name": name, "Value": text}));
        }
    }
    Some(json!({"Match": "present", "Name": name}))
}

pub(super) fn retries(rule: &Rule) -> Vec<(&'static str, Value)> {
    let Some(retry) = &rule.policies.retry else { return Vec::new() };
    let mut out = vec![
        ("NumRetries", json!(retry.tries.map_or(1, |n| n.saturating_sub(1)).max(1))),
        ("RetryOnConnectFailure", json!(true)),
    ];
    if rule.retry || (retry.non_idempotent && !retry.statuses.is_empty()) {
        let codes: Vec<u32> = retry.statuses.iter().filter_map(|s| s.parse().ok()).collect();
        out.push(("RetryOnStatusCodes", json!(codes)));
    }
    out
}

pub(super) fn header_changes(policies: &Policies) -> (Option<Value>, Option<Value>) {
    let (removed, set): (Vec<_>, Vec<_>) = policies.request_headers.iter().partition(|(_, v)| v.is_empty());
    let mut request = Map::new();
    if !set.is_empty() {
        let set: Map<String, Value> = set.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
        request.insert("Set".to_owned(), Value::Object(set));
    }
    if !removed.is_empty() {
        request.insert("Remove".to_owned(), json!(removed.iter().map(|(k, _)| k).collect::<Vec<_>>()));
    }
    let mut response = Map::new();
    let cache = policies.cache_control.iter().map(|text| ("Cache-Control".to_owned(), json!(text)));
    let mut added: Map<String, Value> = cache.collect();
    added.extend(policies.response_headers.iter().map(|(k, v)| (k.clone(), json!(v))));
    if !added.is_empty() {
        response.insert("Add".to_owned(), Value::Object(added));
    }
    if !policies.hidden.is_empty() {
        response.insert("Remove".to_owned(), json!(policies.hidden));
    }
    let whole = |map: Map<String, Value>| (!map.is_empty()).then_some(Value::Object(map));
    (whole(request), whole(response))
}

/// A path that begins with a slash: Consul takes no other.
pub(super) fn rooted(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

pub(super) fn rule_path(path: &PathMatch) -> Option<RulePath> {
    if let Some(exact) = &path.exact {
        return Some(RulePath::Exact(exact.clone()));
    }
    let prefix = if path.prefix.is_empty() { "/" } else { &path.prefix };
    match path.patterns.as_slice() {
        [] => Some(RulePath::Prefix(prefix.to_owned())),
        [only] if only.is_sayable() => {
            let whole = if path.prefix.is_empty() { only.whole()? } else { only.whole_below(prefix)? };
            (!whole.is_empty()).then_some(RulePath::Regex(whole))
        }
        _ => None,
    }
}

/// Adds a condition to a rule; false when it cannot be asked.
pub(super) fn asked(condition: &Condition, api: bool, rule: &mut Rule) -> bool {
    let whole = |source: &str, ignore_case: bool| {
        Pattern::new(source, ignore_case).ok().filter(Pattern::is_sayable)?.whole()
    };
    let cookie = |name: &str, value: &str| format!("(?:.*;\\s*)?{}={value}(?:;.*)?", escaped(name));
    let any_case = |text: &str| format!("(?i:{})", escaped(text));
    if condition.subject == Subject::Method {
        let is = |m: &str| match &condition.test {
            Test::Is(own) | Test::IsAnyCase(own) => own == m,
            Test::OneOf(all) => all.iter().any(|o| o == m),
            Test::Finds(source, i) => Pattern::new(source, *i).ok().and_then(|p| p.finds(m)).unwrap_or(false),
            Test::Truthy => true,
        };
        let methods = METHODS.into_iter().filter(|m| is(m) != condition.not).map(str::to_owned);
        rule.methods = methods.collect();
        return !rule.methods.is_empty();
    }
    if condition.not && api {
        return false;
    }
    let (list, mut entry) = match (&condition.subject, &condition.test) {
        (Subject::Header(name), Test::Is(text)) if !text.is_empty() => {
            ("h", json!({"Name": name, "Exact": text}))
        }
        (Subject::Header(name), Test::IsAnyCase(text)) => {
            ("h", json!({"Name": name, "Regex": any_case(text)}))
        }
        (Subject::Header(name), Test::Truthy) => ("h", json!({"Name": name, "Regex": "[^0].*|0.+"})),
        (Subject::Header(name), Test::Finds(source, i)) => match whole(source, *i) {
            Some(regex) => ("h", json!({"Name": name, "Regex": regex})),
            None => return false,
        },
        (Subject::Cookie(name), Test::Is(text)) => {
            ("h", json!({"Name": "cookie", "Regex": cookie(name, &escaped(text))}))
        }
        (Subject::Cookie(name), Test::IsAnyCase(text)) => {
            ("h", json!({"Name": "cookie", "Regex": cookie(name, &any_case(text))}))
        }
        (Subject::Cookie(name), Test::Truthy) => {
            ("h", json!({"Name": "cookie", "Regex": cookie(name, "(?:[^;0][^;]*|0[^;]+)")}))
        }
        (Subject::Cookie(name), Test::Finds(source, i)) => match whole(source, *i) {
            Some(regex) => {
                let inner = regex.replace(".*", "[^;]*");
                ("h", json!({"Name": "cookie", "Regex": cookie(name, &format!("(?:{inner})"))}))
            }
            None => return false,
        },
        (Subject::Argument(name), Test::Is(text)) if !text.is_empty() && !condition.not => {
            ("q", json!({"Name": name, "Exact": text}))
        }
        (Subject::Argument(name), Test::IsAnyCase(text)) if !condition.not => {
            ("q", json!({"Name": name, "Regex": any_case(text)}))
        }
        (Subject::Argument(name), Test::Truthy) if !condition.not => {
            ("q", json!({"Name": name, "Regex": "[^0].*|0.+"}))
        }
        (Subject::Argument(name), Test::Finds(source, i)) if !condition.not => match whole(source, *i) {
            Some(regex) => ("q", json!({"Name": name, "Regex": regex})),
            None => return false,
        },
        _ => return false,
    };
    if condition.not {
        entry["Invert"] = json!(true);
    }
    if list == "h" {
        rule.headers.push(entry);
    } else {
        rule.query.push(entry);
    }
    true
}
