//! The order in which entries are written, so that Consul takes each of them (`consul-api.md §4`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::fields::plain;
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// Puts entries into the order in which they can be written: by kind, and within a kind what others name before them.
pub fn for_writing(entries: &mut Vec<ConfigEntry>) {
    entries.sort_by(|a, b| (a.kind(), a.name()).cmp(&(b.kind(), b.name())));
    let mut sorted: Vec<ConfigEntry> = Vec::with_capacity(entries.len());
    let mut left = std::mem::take(entries);
    while !left.is_empty() {
        // The first whose names of the same kind are written already; a circle is written as it stands.
        let waits: BTreeSet<(Option<Kind>, String)> =
            left.iter().map(|e| (e.kind(), e.name().to_owned())).collect();
        let free = |e: &ConfigEntry| {
            names(e).iter().all(|name| *name == e.name() || !waits.contains(&(e.kind(), (*name).to_owned())))
        };
        let first = left[0].kind();
        let at = left.iter().take_while(|e| e.kind() == first).position(free).unwrap_or(0);
        sorted.push(left.remove(at));
    }
    *entries = sorted;
}

/// The services an entry names.
#[must_use]
pub fn names(entry: &ConfigEntry) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (key, value) in &entry.fields {
        if !matches!(key.as_str(), "Name" | "Kind" | "Meta") {
            walk(key, value, &mut found);
        }
    }
    found
}

fn walk<'v>(key: &str, value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::String(text) if matches!(plain(key).as_str(), "service" | "name") && !text.is_empty() => {
            found.insert(text);
        }
        Value::Array(list) => list.iter().for_each(|value| walk(key, value, found)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| walk(key, value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_others_name_comes_first() {
        let mut entries: Vec<ConfigEntry> = [
            json!({"Kind": "http-route", "Name": "web"}),
            json!({"Kind": "service-splitter", "Name": "a", "Splits": [{"Weight": 100, "Service": "b"}]}),
            json!({"Kind": "service-splitter", "Name": "b", "Splits": [{"Weight": 100, "ServiceSubset": "v1"}]}),
            json!({"Kind": "ingress-gateway", "Name": "in"}),
            json!({"Kind": "service-resolver", "Name": "b"}),
            json!({"Kind": "service-resolver", "Name": "c", "Redirect": {"Service": "d"}}),
            json!({"Kind": "service-resolver", "Name": "d", "Redirect": {"Service": "c"}}),
            json!({"Kind": "service-defaults", "Name": "z"}),
        ]
        .into_iter()
        .filter_map(ConfigEntry::of)
        .collect();
        for_writing(&mut entries);
        let order: Vec<String> = entries.iter().map(|e| format!("{}/{}", e.kind_name(), e.name())).collect();
        assert_eq!(
            order,
            [
                "service-defaults/z",
                "service-resolver/b",
                "service-resolver/c",
                "service-resolver/d",
                "service-splitter/b",
                "service-splitter/a",
                "ingress-gateway/in",
                "http-route/web",
            ]
        );
    }
}
