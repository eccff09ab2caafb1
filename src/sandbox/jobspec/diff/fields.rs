//! What differs between the fields of two blocks.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::Pair;
use crate::sandbox::jobspec::schema::{Kind, Presence, Struct};

/// What became of something. The order is the one Nomad sorts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) enum Change {
    Edited,
    Added,
    Deleted,
    None,
}

/// What became of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FieldDiff {
    name: String,
    old: String,
    new: String,
    #[serde(rename = "Type")]
    pub(super) change: Change,
    /// What the change leads to, which only the scheduler knows.
    annotations: (),
}

/// A block's fields as texts by their paths.
pub(super) type Flat = BTreeMap<String, String>;

impl FieldDiff {
    /// An unset field and an empty one are the same.
    pub(super) fn new(name: &str, old: &str, new: &str) -> FieldDiff {
        let change = match (old, new) {
            (old, new) if old == new => Change::None,
            ("", _) => Change::Added,
            (_, "") => Change::Deleted,
            _ => Change::Edited,
        };
        FieldDiff { name: name.to_owned(), old: old.to_owned(), new: new.to_owned(), change, annotations: () }
    }

    /// All fields, what became of them or not: unchanged ones are the context of the others.
    pub(super) fn all(old: &Flat, new: &Flat) -> Vec<FieldDiff> {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let value = |flat: &Flat, name: &String| flat.get(name).cloned().unwrap_or_default();
        names.into_iter().map(|name| FieldDiff::new(name, &value(old, name), &value(new, name))).collect()
    }

    /// The fields that differ.
    pub(super) fn differing(old: &Flat, new: &Flat) -> Vec<FieldDiff> {
        let mut fields = FieldDiff::all(old, new);
        fields.retain(|field| field.change != Change::None);
        fields
    }

    /// The fields of two blocks of one shape that differ.
    pub(super) fn changed(pair: &Pair<'_>, shape: &Struct, skip: &[&str]) -> Vec<FieldDiff> {
        FieldDiff::differing(&plain(pair.old, shape, skip), &plain(pair.new, shape, skip))
    }
}

/// The fields of a block without its inner blocks, its lists, and what may be missing.
pub(super) fn plain(block: Option<&Json>, shape: &Struct, skip: &[&str]) -> Flat {
    let mut flat = Flat::new();
    let Some(block) = block else { return flat };
    for field in shape.fields.iter().filter(|f| f.server == Presence::Plain) {
        let name = field.server_name();
        match (&block[name], field.kind) {
            (_, _) if skip.contains(&name) => {}
            (Json::Object(map), Kind::TextMap) => {
                flat.extend(map.iter().map(|(key, value)| (format!("{name}[{key}]"), text(value))));
            }
            (value, Kind::Text | Kind::Whole | Kind::Flag | Kind::Duration) => {
                let value = if value.is_null() { text(&field.kind.zero()) } else { text(value) };
                flat.insert(name.to_owned(), value);
            }
            _ => {}
        }
    }
    flat
}

/// Everything under a value; what is missing is `nil`.
pub(super) fn deep(value: Option<&Json>) -> Flat {
    let mut flat = Flat::new();
    if let Some(Json::Object(map)) = value {
        map.iter().for_each(|(key, value)| descend(key, value, &mut flat));
    }
    flat
}

/// Everything in a block of this shape.
pub(super) fn deep_block(block: Option<&Json>, shape: &Struct) -> Flat {
    let mut flat = Flat::new();
    let Some(block) = block else { return flat };
    for field in shape.fields.iter().filter(|f| f.server != Presence::Absent) {
        let (name, value) = (field.server_name(), &block[field.server_name()]);
        if !(value.is_null() && matches!(field.kind, Kind::TextMap | Kind::AnyMap | Kind::TextsMap)) {
            descend(name, value, &mut flat);
        }
    }
    flat
}

fn descend(path: &str, value: &Json, flat: &mut Flat) {
    match value {
        Json::Object(map) => {
            map.iter().for_each(|(key, value)| descend(&format!("{path}[{key}]"), value, flat));
        }
        Json::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| descend(&format!("{path}[{at}]"), value, flat));
        }
        value => {
            flat.insert(path.to_owned(), text(value));
        }
    }
}

/// A value as Go prints it.
fn text(value: &Json) -> String {
    match value {
        Json::Null => "nil".to_owned(),
        Json::String(text) => text.clone(),
        Json::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float_text(float),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// Go writes very large and very small floats with an exponent of two digits.
fn float_text(float: f64) -> String {
    let size = float.abs();
    if size == 0.0 || (1e-4..1e21).contains(&size) {
        return format!("{float}");
    }
    let text = format!("{float:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_go_writes_them() {
        assert_eq!(
            [512.0, 2.5, 1e6, 1e21, 1e-5, 0.0].map(float_text),
            ["512", "2.5", "1000000", "1e+21", "1e-05", "0"]
        );
    }
}
