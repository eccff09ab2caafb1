//! What is wrong with an entry that Consul takes all the same (`mesh.md §0`, `§3`, `§5`).

mod formatter;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::formatter::formatter;
use super::fields::{field, hundredths, items, nanos, pairs, plain, text};
use super::re2;
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// How bad a flaw is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlawSeverity {
    /// It does not work, though Consul says `true`.
    Broken,
    /// It works, and may not do what was meant.
    Doubtful,
}

/// A flaw of a config entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// What it is called, for those who accept it.
    pub id: &'static str,
    /// How bad it is.
    pub gravity: FlawSeverity,
    /// The field, such as `Routes[0].Match.HTTP.PathRegex`; empty for the whole entry.
    pub path: String,
    /// One sentence without a full stop.
    pub text: String,
}

/// The names of all flaws, for those who accept one.
pub const IDS: [&str; 13] = [
    "bad-duration",
    "bad-filter",
    "bad-formatter",
    "bad-method",
    "bad-port",
    "bad-regex",
    "bad-weights",
    "empty-subset",
    "lost-policies",
    "moved-sessions",
    "read-only",
    "short-timeout",
    "wrong-protocol",
];

/// Finds the entry of a kind and name that there is, or will be.
pub type EntryLookup<'a> = &'a dyn Fn(Kind, &str) -> Option<&'a ConfigEntry>;

/// Looks an entry over.
#[must_use]
pub fn check(entry: &ConfigEntry, beside: EntryLookup<'_>) -> Vec<Flaw> {
    let mut found = Flaws(Vec::new());
    let whole = Value::Object(entry.content().fields);
    match entry.kind() {
        Some(Kind::ServiceSplitter) => found.splitter(entry.name(), &whole, beside),
        Some(Kind::ServiceRouter) => found.router(entry.name(), &whole, beside),
        Some(Kind::ServiceIntentions) => found.intentions(&whole),
        Some(Kind::HttpRoute) => found.http_route(&whole, beside),
        Some(Kind::IngressGateway | Kind::ApiGateway) => found.listeners(&whole),
        Some(kind) if kind.is_read_only() => {
            found.broken("read-only", "", "only Consul's own controller writes this kind".to_owned());
        }
        _ => {}
    }
    found.everywhere("", &whole);
    found.0
}

/// Whether a resolver keeps sessions on their instances.
#[must_use]
pub fn is_sticky(resolver: &ConfigEntry) -> bool {
    let whole = Value::Object(resolver.fields.clone());
    let balancer = field(&whole, "LoadBalancer");
    matches!(text(balancer, "Policy"), "maglev" | "ring_hash")
        && items(balancer, "HashPolicies").next().is_some()
}

/// Flaws that are collected.
struct Flaws(Vec<Flaw>);

impl Flaws {
    fn add(&mut self, id: &'static str, gravity: FlawSeverity, path: &str, text: String) {
        self.0.push(Flaw { id, gravity, path: path.to_owned(), text });
    }

    fn broken(&mut self, id: &'static str, path: &str, text: String) {
        self.add(id, FlawSeverity::Broken, path, text);
    }

    fn doubt(&mut self, id: &'static str, path: &str, text: String) {
        self.add(id, FlawSeverity::Doubtful, path, text);
    }

    fn splitter(&mut self, name: &str, whole: &Value, beside: EntryLookup<'_>) {
        let (mut sum, mut with_traffic) = (0, 0);
        for (at, split) in items(whole, "Splits").enumerate() {
            let path = format!("Splits[{at}].Weight");
            let given = field(split, "Weight");
            let weight = if given.is_null() { Some(0) } else { hundredths(given) };
            match weight {
                None => self.broken("bad-weights", &path, "the weight is no number".to_owned()),
                Some(weight) if !(0..=10_000).contains(&weight) => self.broken(
                    "bad-weights",
                    &path,
                    format!(
                        "a weight is between 0 and 100; Envoy rejects {given}, and every later change with it"
                    ),
                ),
                Some(weight) => {
                    sum += weight;
                    with_traffic += u32::from(weight > 0);
                    if given.as_f64().is_some_and(|w| w > 0.0) && weight == 0 {
                        self.doubt(
                            "bad-weights",
                            &path,
                            format!("{given} is less than 0.01 and counts as 0"),
                        );
                    }
                }
            }
        }
        if sum != 10_000 && self.0.iter().all(|f| f.gravity != FlawSeverity::Broken) {
            #[expect(clippy::cast_precision_loss, reason = "a sum of percentages")]
            let sum = sum as f64 / 100.0;
            self.broken("bad-weights", "Splits", format!("the weights add up to {sum}, not to 100"));
        }
        if with_traffic > 1
            && let Some(resolver) = beside(Kind::ServiceResolver, name)
            && is_sticky(resolver)
            && beside(Kind::ServiceRouter, name).is_none_or(|router| !pins(router))
        {
            self.doubt(
                "moved-sessions",
                "Splits",
                format!(
                    "the resolver of {name} keeps sessions on their instances, but the split is drawn anew for every request: at 90/10 26 % of sessions see both sides, at 50/50 75 %"
                ),
            );
        }
    }

    fn router(&mut self, name: &str, whole: &Value, beside: EntryLookup<'_>) {
        for (at, route) in items(whole, "Routes").enumerate() {
            let http = field(field(route, "Match"), "HTTP");
            let base = format!("Routes[{at}]");
            self.regex(&format!("{base}.Match.HTTP.PathRegex"), text(http, "PathRegex"));
            self.regexes(&format!("{base}.Match.HTTP.Header"), http, "Header");
            self.regexes(&format!("{base}.Match.HTTP.QueryParam"), http, "QueryParam");
            let destination = field(route, "Destination");
            let target = match text(destination, "Service") {
                "" => name,
                other => other,
            };
            self.long_enough(
                &format!("{base}.Destination.RequestTimeout"),
                field(destination, "RequestTimeout"),
                target,
                beside,
            );
        }
    }

    /// The gateway's timeout is one, the sidecar's the other; both are 15 s (`mesh.md §4`).
    fn long_enough(&mut self, path: &str, timeout: &Value, target: &str, beside: EntryLookup<'_>) {
        const USUAL: i64 = 15_000_000_000;
        let Some(wanted) = nanos(timeout).filter(|wanted| *wanted > USUAL || *wanted < 0) else { return };
        let local = beside(Kind::ServiceDefaults, target)
            .and_then(|entry| super::fields::of(&entry.fields, "LocalRequestTimeoutMs").as_i64())
            .map_or(USUAL, |ms| ms.saturating_mul(1_000_000));
        if local < wanted || wanted < 0 && local == USUAL {
            self.doubt(
                "short-timeout",
                path,
                format!(
                    "the sidecars of {target} end requests after {} s all the same; set LocalRequestTimeoutMs in service-defaults/{target} too, before there is traffic (it changes the sidecars' listeners)",
                    local / 1_000_000_000
                ),
            );
        }
    }

    fn intentions(&mut self, whole: &Value) {
        for (at, source) in items(whole, "Sources").enumerate() {
            for (n, permission) in items(source, "Permissions").enumerate() {
                let http = field(permission, "HTTP");
                let base = format!("Sources[{at}].Permissions[{n}].HTTP");
                self.regex(&format!("{base}.PathRegex"), text(http, "PathRegex"));
                self.regexes(&format!("{base}.Header"), http, "Header");
            }
        }
    }

    fn regexes(&mut self, base: &str, http: &Value, name: &str) {
        for (at, one) in items(http, name).enumerate() {
            self.regex(&format!("{base}[{at}].Regex"), text(one, "Regex"));
        }
    }

    fn http_route(&mut self, whole: &Value, beside: EntryLookup<'_>) {
        for (at, rule) in items(whole, "Rules").enumerate() {
            let base = format!("Rules[{at}]");
            for (n, one) in items(rule, "Matches").enumerate() {
                let path = field(one, "Path");
                if text(path, "Match") == "regex" {
                    self.regex(&format!("{base}.Matches[{n}].Path.Value"), text(path, "Value"));
                }
                for list in ["Headers", "Query"] {
                    for (k, header) in
                        items(one, list).enumerate().filter(|(_, h)| text(h, "Match") == "regex")
                    {
                        self.regex(&format!("{base}.Matches[{n}].{list}[{k}].Value"), text(header, "Value"));
                    }
                }
            }
            self.services(&base, rule, beside);
            let timeout = field(field(field(rule, "Filters"), "TimeoutFilter"), "RequestTimeout");
            if nanos(timeout) == Some(0) {
                self.doubt(
                    "short-timeout",
                    &format!("{base}.Filters.TimeoutFilter.RequestTimeout"),
                    "0s is the usual 15 s here, not unlimited".to_owned(),
                );
            }
        }
    }

    fn services(&mut self, base: &str, rule: &Value, beside: EntryLookup<'_>) {
        let services: Vec<&Value> = items(rule, "Services").collect();
        if services.len() < 2 {
            return;
        }
        for (n, service) in services.iter().enumerate() {
            let weight = field(service, "Weight");
            if weight.as_i64().is_some_and(|w| w <= 0) {
                self.broken(
                    "bad-weights",
                    &format!("{base}.Services[{n}].Weight"),
                    format!(
                        "weight {weight} counts as 1 here; leave {} out to give it nothing",
                        text(service, "Name")
                    ),
                );
            }
        }
        let path = format!("{base}.Services");
        if services.iter().any(|s| !field(s, "ResponseFilters").is_null())
            || !field(rule, "ResponseFilters").is_null()
        {
            self.doubt(
                "lost-policies",
                &path,
                "with two services a rule loses its ResponseFilters".to_owned(),
            );
        }
        let sticky = services.iter().map(|s| text(s, "Name"));
        let sticky = sticky.filter(|name| beside(Kind::ServiceResolver, name).is_some_and(is_sticky));
        if let Some(name) = sticky.into_iter().next() {
            self.doubt("moved-sessions", &path, format!(
                "with two services a rule loses the hash policy of {name}'s resolver: sessions move with every request"));
        }
    }

    fn listeners(&mut self, whole: &Value) {
        for (at, listener) in items(whole, "Listeners").enumerate() {
            let port = field(listener, "Port");
            if port.as_i64().is_none_or(|port| !(1..=65_535).contains(&port)) {
                self.broken(
                    "bad-port",
                    &format!("Listeners[{at}].Port"),
                    format!("{port} is no port; Consul takes it, and Envoy rejects the listener"),
                );
            }
        }
    }

    fn regex(&mut self, path: &str, pattern: &str) {
        if let Err(why) = re2::check(pattern) {
            self.broken("bad-regex", path, format!("Envoy does not take {pattern:?}: {why}; Consul stores it, every later change of the listener is then ignored, and after its next start the gateway answers 404 to every host"));
        }
    }

    /// What may stand in any kind: header values, durations, methods.
    fn everywhere(&mut self, path: &str, value: &Value) {
        match value {
            Value::Array(list) => {
                for (at, value) in list.iter().enumerate() {
                    self.everywhere(&format!("{path}[{at}]"), value);
                }
            }
            Value::Object(fields) => {
                for (key, inner) in fields {
                    let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    match plain(key).as_str() {
                        "requestheaders" | "responseheaders" => self.headers(&below, inner),
                        "headers" if !matches!(inner, Value::Array(list) if list.iter().any(|h| !field(h, "Match").is_null())) => {
                            for (at, one) in inner.as_array().into_iter().flatten().enumerate() {
                                self.headers(&format!("{below}[{at}]"), one);
                            }
                        }
                        "requesttimeout" | "connecttimeout" | "idletimeout" => self.duration(&below, inner),
                        "methods" => self.methods(&below, inner),
                        "meta" | "config" | "arguments" | "subsets" if !inner.is_object() => {}
                        "meta" | "config" | "arguments" => {}
                        _ => self.everywhere(&below, inner),
                    }
                }
            }
            _ => {}
        }
    }

    fn duration(&mut self, path: &str, value: &Value) {
        if let Some(nanos) = value.as_i64().filter(|nanos| (1..1_000_000).contains(nanos)) {
            self.broken(
                "bad-duration",
                path,
                format!("a bare number is nanoseconds: this is {nanos} ns; write \"{nanos}s\""),
            );
        }
    }

    fn methods(&mut self, path: &str, value: &Value) {
        const KNOWN: [&str; 9] =
            ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
        for method in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !KNOWN.contains(&method.to_uppercase().as_str()) {
                self.broken("bad-method", path, format!("{method:?} is no method"));
            }
        }
    }

    fn headers(&mut self, path: &str, value: &Value) {
        for action in ["Add", "Set"] {
            for (name, value) in pairs(value, action) {
                if let Err(why) = formatter(value.as_str().unwrap_or_default()) {
                    self.broken(
                        "bad-formatter",
                        &format!("{path}.{action}.{name}"),
                        format!("{why}; Envoy rejects the whole listener"),
                    );
                }
            }
        }
    }
}

/// Whether a router sends sessions that it knows by a cookie or a header to a subset: the split is not asked for them.
#[must_use]
pub fn pins(router: &ConfigEntry) -> bool {
    let whole = Value::Object(router.fields.clone());
    items(&whole, "Routes").any(|route| {
        let http = field(field(route, "Match"), "HTTP");
        items(http, "Header").next().is_some()
            && !text(field(route, "Destination"), "ServiceSubset").is_empty()
    })
}

#[cfg(test)]
mod tests;
