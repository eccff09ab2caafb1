//! Rules of both gateways: which paths and what else they ask, and what is done to a request.

use serde_json::{Map, Value, json};

use super::super::order::RulePath;
use super::{METHODS, NOBODY, READ, Rule};
use crate::model::ingress::nginx::answer::escape_uri;
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
    // Envoy matches the path as it is sent: what clients escape is escaped here.
    if let Some(exact) = &path.exact {
        return Some(RulePath::Exact(escape_uri(exact)));
    }
    let prefix = if path.prefix.is_empty() { "/" } else { &path.prefix };
    match path.patterns.as_slice() {
        [] => Some(RulePath::Prefix(escape_uri(prefix))),
        [only] if only.is_sayable() => {
            let whole = if path.prefix.is_empty() { only.whole()? } else { only.whole_below(prefix)? };
            (!whole.is_empty()).then_some(RulePath::Regex(whole))
        }
        _ => None,
    }
}

/// What a condition asks, as Envoy can ask it.
enum Question {
    /// One of these methods.
    Methods(Vec<String>),
    /// A header, and whether its absence answers the same.
    Header(Value, bool),
    /// An argument of the query.
    Argument(Value),
}

/// Whether a gateway can ask this.
#[must_use]
pub fn can_ask(condition: &Condition, api: bool) -> bool {
    question(condition, api).is_some()
}

/// Adds a condition to a rule; false when it cannot be asked.
pub(super) fn asked(condition: &Condition, api: bool, rule: &mut Rule) -> bool {
    match question(condition, api) {
        Some(Question::Methods(methods)) => rule.methods = methods,
        Some(Question::Header(entry, or_absent)) => {
            if or_absent {
                rule.or_absent.push(rule.headers.len());
            }
            rule.headers.push(entry);
        }
        Some(Question::Argument(entry)) => rule.query.push(entry),
        None => return false,
    }
    true
}

/// The rules that say what one says: a header that is absent fails an inverted match too, so its absence is a rule of its own
/// (measured: Envoy 1.40 behind Consul 1.21.4).
pub(super) fn alternatives(rule: Rule) -> Vec<Rule> {
    let mut all = vec![rule];
    for at in all[0].or_absent.clone() {
        let absent: Vec<Rule> = all
            .iter()
            .map(|rule| {
                let mut absent = rule.clone();
                absent.headers[at] =
                    json!({"Name": rule.headers[at]["Name"], "Present": true, "Invert": true});
                absent
            })
            .collect();
        all.extend(absent);
    }
    all
}

/// What a value must be, as an expression over the whole of it; none where that cannot be said.
fn value_expression(test: &Test) -> Option<String> {
    Some(match test {
        Test::Is(text) => escaped(text),
        Test::IsAnyCase(text) => format!("(?i:{})", escaped(text)),
        Test::OneOf(all) => all.iter().map(|text| escaped(text)).collect::<Vec<_>>().join("|"),
        Test::Finds(source, ignore_case) => {
            let pattern = Pattern::new(source, *ignore_case).ok().filter(|p| p.not_re2().is_none())?;
            // What is not there has the empty text, which such an expression finds, and Envoy does not.
            (pattern.finds("") == Some(false)).then(|| pattern.whole())??
        }
        Test::Truthy => "[^0].*|0.+".to_owned(),
    })
}

fn question(condition: &Condition, api: bool) -> Option<Question> {
    let not = condition.not;
    if condition.subject == Subject::Method {
        let is = |m: &str| match &condition.test {
            Test::Is(own) | Test::IsAnyCase(own) => own == m,
            Test::OneOf(all) => all.iter().any(|o| o == m),
            Test::Finds(source, i) => Pattern::new(source, *i).ok().and_then(|p| p.finds(m)).unwrap_or(false),
            Test::Truthy => true,
        };
        let methods: Vec<String> = METHODS.into_iter().filter(|m| is(m) != not).map(str::to_owned).collect();
        return (!methods.is_empty()).then_some(Question::Methods(methods));
    }
    let is_empty = matches!(&condition.test, Test::Is(text) | Test::IsAnyCase(text) if text.is_empty());
    if is_empty {
        let Subject::Header(name) = &condition.subject else { return None };
        // A header without a value is nearly never sent: that it is there stands for its having one.
        return match (not, api) {
            (true, _) => Some(Question::Header(json!({"Name": name, "Present": true}), false)),
            (false, false) => {
                Some(Question::Header(json!({"Name": name, "Present": true, "Invert": true}), false))
            }
            (false, true) => None,
        };
    }
    if not && api {
        return None;
    }
    let value = value_expression(&condition.test)?;
    let (mut entry, or_absent) = match (&condition.subject, &condition.test) {
        (Subject::Header(name), Test::Is(text)) => (json!({"Name": name, "Exact": text}), not),
        (Subject::Header(name), _) => (json!({"Name": name, "Regex": value}), not),
        (Subject::Host, _) => (
            // Port, case and a final dot do not matter to nginx.
            json!({"Name": ":authority", "Regex": format!("(?i:{value})\\.?(?::[0-9]+)?")}),
            false,
        ),
        (Subject::Cookie(name), _) => {
            let value =
                value.replace(".*", "[^;]*").replace("|0.+", "|0[^;]+").replace("[^0][^;]*", "[^;0][^;]*");
            let regex = format!("(?:.*;\\s*)?{}=(?:{value})(?:;.*)?", escaped(name));
            (json!({"Name": "cookie", "Regex": regex}), not)
        }
        (Subject::Argument(_), _) if not => return None,
        (Subject::Argument(name), Test::Is(text)) => {
            return Some(Question::Argument(json!({"Name": name, "Exact": text})));
        }
        (Subject::Argument(name), _) => {
            return Some(Question::Argument(json!({"Name": name, "Regex": value})));
        }
        (Subject::Method | Subject::Other(_), _) => return None,
    };
    if not {
        entry["Invert"] = json!(true);
    }
    Some(Question::Header(entry, or_absent))
}
