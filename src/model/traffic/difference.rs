//! In what two config entries differ, as Consul would see it: spelling, order of keys, what is empty and what Consul puts into
//! its own words make no difference (`consul-api.md §4`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::{hundredths, nanos, plain};
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::wire::Nanos;

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Where it is, such as `Splits[0].Weight`.
    pub path: String,
    /// What it was; null when it is new.
    pub old: Value,
    /// What it is to be; null when it goes.
    pub new: Value,
}

/// Fields whose keys are somebody's own words.
const OWN_WORDS: [&str; 9] =
    ["meta", "subsets", "failover", "config", "add", "set", "arguments", "nodemeta", "jsonformat"];
/// Secrets of entries.
const SECRETS: [&str; 1] = ["privatekey"];
/// What stands for a secret.
pub const HIDDEN: &str = "(hidden)";

/// In what two entries differ, in the order of their fields; every field of the new one when there was none.
#[must_use]
pub fn between(old: Option<&ConfigEntry>, new: Option<&ConfigEntry>) -> Vec<Difference> {
    let (was, is) = (old.is_some(), new.is_some());
    let (old, new) = (flat(old), flat(new));
    let mut paths: Vec<&Vec<Step>> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    let differs = |path: &&Vec<Step>| old.get(*path).map(|l| &l.meant) != new.get(*path).map(|l| &l.meant);
    // A weight that an entry does not name is 0; where there is no entry there is no weight.
    let nothing = |path: &[Step], there: bool| match path.last() {
        Some(Step::Key(key)) if there && key == "weight" => Value::from(0),
        _ => Value::Null,
    };
    let told = |path: &Vec<Step>| Difference {
        path: name(path, old.get(path).or(new.get(path))),
        old: old.get(path).map_or_else(|| nothing(path, was), |leaf| leaf.shown.clone()),
        new: new.get(path).map_or_else(|| nothing(path, is), |leaf| leaf.shown.clone()),
    };
    paths.into_iter().filter(differs).map(told).collect()
}

/// Whether two entries say the same to Consul.
#[must_use]
pub fn same(one: &ConfigEntry, other: &ConfigEntry) -> bool {
    between(Some(one), Some(other)).is_empty()
}

/// An entry with stars where its secrets are.
#[must_use]
pub fn without_secrets(entry: &ConfigEntry) -> ConfigEntry {
    let mut entry = entry.clone();
    for (key, value) in &mut entry.fields {
        if SECRETS.contains(&plain(key).as_str()) {
            *value = HIDDEN.into();
        }
    }
    entry
}

/// Whether an entry holds a secret.
#[must_use]
pub fn has_secrets(entry: &ConfigEntry) -> bool {
    entry.fields.keys().any(|key| SECRETS.contains(&plain(key).as_str()))
}

/// A step of a path: by key, or by place in a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    Place(usize),
}

struct Leaf {
    /// The value as it is compared.
    meant: Value,
    /// The value as it is written.
    shown: Value,
    /// The keys of the path as they are written.
    keys: Vec<String>,
}

fn flat(entry: Option<&ConfigEntry>) -> BTreeMap<Vec<Step>, Leaf> {
    let mut leaves = BTreeMap::new();
    if let Some(entry) = entry {
        let mut content = Value::Object(entry.content().fields);
        if entry.kind() == Some(Kind::HttpRoute) {
            weigh(&mut content);
        }
        let mut walk = Walk { leaves: &mut leaves, path: Vec::new(), keys: Vec::new() };
        walk.visit(&content, false);
    }
    leaves
}

/// A service of an http-route without a weight, or with 0, has 1 (`mesh.md §0`): Consul stores it so.
fn weigh(route: &mut Value) {
    for rule in list(route, "rules") {
        for service in list(rule, "services").iter_mut().filter_map(Value::as_object_mut) {
            let key = service.keys().find(|key| plain(key) == "weight").cloned();
            let key = key.unwrap_or_else(|| "Weight".to_owned());
            if service.get(&key).and_then(Value::as_i64).is_none_or(|weight| weight == 0) {
                service.insert(key, 1.into());
            }
        }
    }
}

fn list<'v>(value: &'v mut Value, name: &str) -> &'v mut [Value] {
    let fields = value.as_object_mut().into_iter().flatten();
    let found = fields.filter(|(key, _)| plain(key) == name).find_map(|(_, value)| value.as_array_mut());
    found.map_or(&mut [], Vec::as_mut_slice)
}

struct Walk<'l> {
    leaves: &'l mut BTreeMap<Vec<Step>, Leaf>,
    path: Vec<Step>,
    keys: Vec<String>,
}

impl Walk<'_> {
    /// `own` says that the keys right here are somebody's own words.
    fn visit(&mut self, value: &Value, own: bool) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    let step = if own { key.clone() } else { plain(key) };
                    self.keys.push(key.clone());
                    self.path.push(Step::Key(step.clone()));
                    self.visit(value, !own && OWN_WORDS.contains(&step.as_str()));
                    self.path.pop();
                    self.keys.pop();
                }
            }
            Value::Array(list) => {
                for (at, value) in list.iter().enumerate() {
                    self.path.push(Step::Place(at));
                    self.visit(value, false);
                    self.path.pop();
                }
            }
            leaf => self.leaf(leaf),
        }
    }

    fn leaf(&mut self, value: &Value) {
        let Some(Step::Key(key)) = self.path.iter().rev().find(|step| matches!(step, Step::Key(_))) else {
            return;
        };
        let Some(meant) = meant(key, value) else { return };
        let shown = match value {
            _ if SECRETS.contains(&key.as_str()) => HIDDEN.into(),
            // Consul answers with bare nanoseconds where a length of time was written.
            Value::Number(_) if is_duration(key) => {
                nanos(value).map_or_else(|| value.clone(), |n| Nanos(n).to_string().into())
            }
            value => value.clone(),
        };
        self.leaves.insert(self.path.clone(), Leaf { meant, shown, keys: self.keys.clone() });
    }
}

/// A value as Consul means it; none where it is the same as nothing.
fn meant(key: &str, value: &Value) -> Option<Value> {
    let nothing = match value {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::String(text) => {
            text.is_empty() || (matches!(key, "namespace" | "partition") && text == "default")
        }
        Value::Number(n) => n.as_f64() == Some(0.0),
        _ => false,
    };
    if nothing {
        return None;
    }
    Some(match (key, value) {
        ("weight", value) => hundredths(value).map_or_else(|| value.clone(), Value::from),
        ("protocol", Value::String(text)) if text.eq_ignore_ascii_case("tcp") => return None,
        ("protocol", Value::String(text)) => text.to_lowercase().into(),
        ("methods" | "method", Value::String(text)) => text.to_uppercase().into(),
        (key, value) if is_duration(key) => match nanos(value) {
            Some(0) => return None,
            Some(nanos) => nanos.into(),
            None => value.clone(),
        },
        (_, value) => value.clone(),
    })
}

fn is_duration(key: &str) -> bool {
    matches!(
        key,
        "connecttimeout" | "requesttimeout" | "idletimeout" | "ttl" | "interval" | "baseejectiontime"
    )
}

fn name(path: &[Step], leaf: Option<&Leaf>) -> String {
    let mut keys = leaf.map(|leaf| leaf.keys.iter()).into_iter().flatten();
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(_) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(keys.next().map_or("", String::as_str));
            }
            Step::Place(at) => out.push_str(&format!("[{at}]")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(value: Value) -> ConfigEntry {
        ConfigEntry::of(value).unwrap()
    }

    #[test]
    fn what_consul_puts_in_its_own_words_makes_no_difference() {
        let written = entry(json!({"Kind": "service-router", "Name": "web", "routes": [{"match": {"http": {
            "methods": ["get"], "path_prefix": "/"}}, "destination": {"service": "web", "request_timeout": "60s",
            "prefix_rewrite": ""}}], "meta": {}}));
        let stored = entry(json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {
            "PathPrefix": "/", "Methods": ["GET"]}}, "Destination": {"Service": "web", "Namespace": "default",
            "Partition": "default", "RequestTimeout": "1m0s"}}], "Hash": 5, "ModifyIndex": 8}));
        assert_eq!(between(Some(&written), Some(&stored)), []);
        let split = |weight: Value| {
            entry(json!({"Kind": "service-splitter", "Name": "w", "Splits": [{"Weight": weight}]}))
        };
        assert!(same(&split(json!(33.333)), &split(json!(33.33))));
        assert!(!same(&split(json!(33.33)), &split(json!(33.34))));
    }

    #[test]
    fn what_differs_is_named_by_its_place() {
        let old = entry(
            json!({"Kind": "service-resolver", "Name": "w", "Subsets": {"v1": {"Filter": "a"}, "V1": {"Filter": "b"}},
            "DefaultSubset": "v1"}),
        );
        let new = entry(json!({"Kind": "service-resolver", "Name": "w", "Subsets": {"v1": {"Filter": "c"}},
            "ConnectTimeout": "10s"}));
        let told: Vec<String> = between(Some(&old), Some(&new))
            .iter()
            .map(|d| format!("{} {} {}", d.path, d.old, d.new))
            .collect();
        assert_eq!(
            told,
            [
                "ConnectTimeout null \"10s\"",
                "DefaultSubset \"v1\" null",
                "Subsets.V1.Filter \"b\" null",
                "Subsets.v1.Filter \"a\" \"c\"",
            ]
        );
    }

    #[test]
    fn a_private_key_is_compared_and_not_shown() {
        let key = |key: &str| entry(json!({"Kind": "inline-certificate", "Name": "c", "PrivateKey": key}));
        let found = between(Some(&key("one")), Some(&key("two")));
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].old, &found[0].new), (&json!(HIDDEN), &json!(HIDDEN)));
        assert!(has_secrets(&key("x")));
        assert!(!format!("{:?}", without_secrets(&key("topsecret"))).contains("topsecret"));
    }

    /// Seen on Consul 1.21.4: every http-route without weights was written, and then told to read differently.
    #[test]
    fn a_service_of_a_route_without_a_weight_has_1() {
        let route = |services: Value| {
            let rules = serde_json::json!([{ "Services": services }]);
            ConfigEntry::of(serde_json::json!({"Kind": "http-route", "Name": "site", "Rules": rules}))
                .unwrap()
        };
        let stored = route(serde_json::json!([{"Name": "web", "Weight": 1}, {"Name": "old", "Weight": 1}]));
        assert!(same(&route(serde_json::json!([{"Name": "web"}, {"Name": "old", "weight": 0}])), &stored));
        assert!(!same(&route(serde_json::json!([{"Name": "web"}, {"Name": "old", "Weight": 2}])), &stored));
        let created = between(None, Some(&route(serde_json::json!([{"Name": "web"}]))));
        let weight = created.iter().find(|d| d.path.ends_with("Weight")).unwrap();
        assert_eq!((&weight.old, &weight.new), (&Value::Null, &json!(1)), "nothing weighed 0 before");
    }
}
