//! A weighted service of Traefik, kept in Consul's key/value store where Traefik's provider for Consul reads it, keys such as
//! `traefik/http/services/app/weighted/services/0/name` and `…/0/weight`; or in a file of its file provider ([`in_file`]).
//!
//! Its weights are read and written as an entry of the kind `traefik-service`, with one rule that names the services, so that they
//! are moved, compared and put back like those of an http-route. A service without a weight has 1, and one with 0 gets nothing.

pub mod in_file;
mod located;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::fields::{field, items, text};
use super::shift::{Objection, Pin, Risk, Side};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// What a weighted service of Traefik is called where a service could be meant: `traefik/NAME`, `traefik/NAME@ROOT` where the keys
/// are not below `traefik`, or `traefik/NAME@/PATH.yml` where it is in a file.
pub const PREFIX: &str = "traefik/";
/// The root below which Traefik looks unless told otherwise.
const ROOT: &str = "traefik";

/// The service and the file of a name; none where it is kept in Consul's keys.
#[must_use]
pub fn file(name: &str) -> Option<(&str, &Path)> {
    let (service, path) = place(name);
    let path = Path::new(path);
    in_file::Syntax::of(path).map(|_| (service, path))
}

/// Traefik's name of the provider that a service comes from.
#[must_use]
pub fn provider(name: &str) -> &'static str {
    if file(name).is_some() { "file" } else { "consul" }
}

/// The service and the root of a name.
#[must_use]
pub fn place(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, ROOT))
}

/// The key below which everything of a service is, with its last slash.
#[must_use]
pub fn prefix(name: &str) -> String {
    let (service, root) = place(name);
    format!("{}/http/services/{service}/", root.trim_matches('/'))
}

/// A key of a service, taken apart.
enum Part {
    Name(u32),
    Weight(u32),
    Other,
}

fn part(below: &str) -> Part {
    let words: Vec<&str> = below.split('/').collect();
    match words.as_slice() {
        [weighted, services, at, last]
            if weighted.eq_ignore_ascii_case("weighted") && services.eq_ignore_ascii_case("services") =>
        {
            match (at.parse(), last.to_ascii_lowercase().as_str()) {
                (Ok(at), "name") => Part::Name(at),
                (Ok(at), "weight") => Part::Weight(at),
                _ => Part::Other,
            }
        }
        _ => Part::Other,
    }
}

/// The entry of a service from its keys: what stands below its prefix, and the values.
///
/// # Errors
/// Why these are no weights: it is another kind of service, a weight is no number, a place has no name.
pub fn entry(name: &str, keys: &BTreeMap<String, String>) -> Result<ConfigEntry, String> {
    let (mut names, mut weights) = (BTreeMap::new(), BTreeMap::new());
    for (key, value) in keys {
        let Some(below) = key.strip_prefix(&prefix(name)) else { continue };
        match part(below) {
            Part::Name(at) => drop(names.insert(at, value.trim().to_owned())),
            Part::Weight(at) => {
                let weight: i64 =
                    value.trim().parse().map_err(|_| format!("{key} is {value:?}, no whole number"))?;
                weights.insert(at, weight);
            }
            Part::Other => {}
        }
    }
    if names.is_empty() {
        return Err(format!("{}weighted/services/ names no service", prefix(name)));
    }
    if let Some(at) = weights.keys().find(|at| !names.contains_key(at)) {
        return Err(format!("{}weighted/services/{at} has a weight and no name", prefix(name)));
    }
    let services: Vec<Value> = names
        .iter()
        .map(|(at, name)| json!({"Name": name, "Weight": weights.get(at).copied().unwrap_or(1)}))
        .collect();
    let whole = json!({"Kind": Kind::TraefikService.name(), "Name": name, "Rules": [{"Services": services}]});
    ConfigEntry::of(whole).ok_or_else(|| "it is no entry".to_owned())
}

/// The keys that say what an entry says, where they are not the same already: each with its value, or none where the key goes.
#[must_use]
pub fn changes(new: &ConfigEntry, keys: &BTreeMap<String, String>) -> BTreeMap<String, Option<String>> {
    let base = prefix(new.name());
    let mut places: BTreeMap<String, u32> = BTreeMap::new();
    let mut of_place: BTreeMap<u32, BTreeMap<&str, &String>> = BTreeMap::new();
    for (key, value) in keys {
        match key.strip_prefix(&base).map(part) {
            Some(Part::Name(at)) => {
                places.insert(value.trim().to_owned(), at);
                of_place.entry(at).or_default().insert("name", key);
            }
            Some(Part::Weight(at)) => drop(of_place.entry(at).or_default().insert("weight", key)),
            _ => {}
        }
    }
    let mut next = of_place.keys().next_back().map_or(0, |at| at + 1);
    let mut wanted: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut kept: Vec<u32> = Vec::new();
    let whole = Value::Object(new.fields.clone());
    for service in items(&whole, "Rules").flat_map(|rule| items(rule, "Services")) {
        let (name, weight) = (text(service, "Name"), field(service, "Weight").as_i64().unwrap_or(1));
        let at = places.get(name).copied().unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        kept.push(at);
        let place = of_place.get(&at);
        let key = |what: &str| {
            let known = place.and_then(|p| p.get(what)).map(|key| (*key).clone());
            known.unwrap_or_else(|| format!("{base}weighted/services/{at}/{what}"))
        };
        // A weight of 1 may go without saying.
        if weight != 1 || place.is_some_and(|p| p.contains_key("weight")) || place.is_none() {
            wanted.insert(key("weight"), Some(weight.to_string()));
        }
        wanted.insert(key("name"), Some(name.to_owned()));
    }
    for key in of_place.iter().filter(|(at, _)| !kept.contains(at)).flat_map(|(_, keys)| keys.values()) {
        wanted.insert((*key).clone(), None);
    }
    wanted.retain(|key, value| keys.get(key).map(|v| v.trim()) != value.as_deref());
    wanted
}

/// Whether the keys of a service bind sessions to the side that answered first.
#[must_use]
pub fn is_sticky(name: &str, keys: &BTreeMap<String, String>) -> bool {
    let base = format!("{}weighted/sticky", prefix(name));
    keys.keys().any(|key| key.to_ascii_lowercase().starts_with(&base.to_ascii_lowercase()))
}

/// What speaks against moving its weights.
pub(super) fn objections(
    name: &str,
    sticky: bool,
    from: &Side,
    to: &Side,
    pin: Option<&Pin>,
) -> Vec<Objection> {
    let mut found = Vec::new();
    for side in [from, to] {
        if let Side::Subset(subset) = side {
            found.push(Objection::firm(format!(
                "a service of Traefik shares out to services, and {subset} is a subset"
            )));
        }
    }
    if pin.is_some() {
        found.push(Objection::firm(format!(
            "Traefik keeps sessions by a cookie of its own: set {} instead of --pin",
            match file(name) {
                Some((service, _)) => format!("http.services.{service}.weighted.sticky.cookie.name"),
                None => format!("{}weighted/sticky/cookie/name", prefix(name)),
            }
        )));
    }
    if sticky {
        found.push(Objection::of(
            Risk::SessionsMove,
            format!(
                "sessions stay on {from} while it has a weight; at the last step it has none, and all that are left change side at once"
            ),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| (format!("traefik/http/services/app/{k}"), (*v).to_owned())).collect()
    }

    #[test]
    fn keys_are_read_as_weights_and_only_what_changes_is_written() {
        let keys = keys(&[
            ("weighted/services/0/name", "blue"),
            ("weighted/services/0/weight", "90"),
            ("weighted/services/2/Name", "other@file"),
            ("weighted/sticky/cookie/name", "side"),
        ]);
        let known = entry("app", &keys).unwrap();
        assert_eq!(
            known.fields["Rules"],
            json!([{"Services": [{"Name": "blue", "Weight": 90}, {"Name": "other@file", "Weight": 1}]}])
        );
        assert!(is_sticky("app", &keys));
        assert!(changes(&known, &keys).is_empty());
        let moved = ConfigEntry::of(json!({"Kind": "traefik-service", "Name": "app", "Rules": [{"Services": [
            {"Name": "blue", "Weight": 0}, {"Name": "green", "Weight": 90}, {"Name": "other@file", "Weight": 1}]}]}))
        .unwrap();
        let set = |value: &str| Some(value.to_owned());
        let at = |key: &str| format!("traefik/http/services/app/weighted/services/{key}");
        assert_eq!(
            changes(&moved, &keys),
            BTreeMap::from([
                (at("0/weight"), set("0")),
                (at("3/name"), set("green")),
                (at("3/weight"), set("90"))
            ])
        );
        // What was added goes when it is put back.
        let mut after = keys.clone();
        for (key, value) in changes(&moved, &keys) {
            after.insert(key, value.unwrap());
        }
        assert_eq!(
            changes(&known, &after),
            BTreeMap::from([(at("0/weight"), set("90")), (at("3/name"), None), (at("3/weight"), None)])
        );
    }

    #[test]
    fn what_are_no_weights_is_said() {
        assert!(entry("app", &keys(&[("loadbalancer/servers/0/url", "http://a")])).is_err());
        assert!(
            entry("app", &keys(&[("weighted/services/0/name", "a"), ("weighted/services/0/weight", "x")]))
                .is_err()
        );
        assert!(entry("app", &keys(&[("weighted/services/0/weight", "1")])).is_err());
        assert_eq!(prefix("app@edge/one/"), "edge/one/http/services/app/");
        assert_eq!(file("app@edge/one"), None);
        assert_eq!(file("app@/etc/t@x/a.yml"), Some(("app", Path::new("/etc/t@x/a.yml"))));
    }
}
