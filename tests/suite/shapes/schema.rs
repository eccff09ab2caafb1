//! What JSON values of one type have in common, learnt from examples.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Objects whose keys are data.
const MAPS: &[&str] = &[
    "Attributes",
    "ClassEligibility",
    "ClassExhausted",
    "ClassFiltered",
    "ConstraintFiltered",
    "Details",
    "DesiredTGUpdates",
    "DimensionExhausted",
    "Drivers",
    "Env",
    "FailedTGAllocs",
    "HostNetworks",
    "HostVolumes",
    "Items",
    "Links",
    "Matches",
    "Meta",
    "NodesAvailable",
    "QueuedAllocations",
    "ResourcesExhausted",
    "Scores",
    "Summary",
    "Tags",
    "TaskLifecycles",
    "TaskResources",
    "TaskStates",
    "Truncations",
    "Updates",
];

/// Values of any shape.
const OPAQUE: &[&str] = &["Config", "config", "stats"];

/// Objects of this name are maps in deployments and scale states, and lists elsewhere.
const MAPS_WHERE_NO_LISTS: &[&str] = &["TaskGroups", "Tasks"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Type {
    Null,
    Flag,
    Number,
    Text,
    List,
    Object,
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Flag,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::Text,
        Value::Array(_) => Type::List,
        Value::Object(_) => Type::Object,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// What is known of a type.
#[derive(Debug, Default)]
pub(super) struct Schema {
    types: BTreeSet<Type>,
    /// How many objects were seen.
    objects: usize,
    /// The fields, and how many objects had each.
    fields: BTreeMap<String, (usize, Schema)>,
    /// Whether an empty value was seen.
    empty: bool,
    /// What lists and maps hold.
    inner: Option<Box<Schema>>,
}

fn is_map(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    MAPS.contains(&last) || MAPS_WHERE_NO_LISTS.contains(&last)
}

/// Whether an object leaves out every field that is empty (`nomad-api.md §0`).
fn omits(what: &str, at: &str) -> bool {
    let port = ["Networks[]", "DynamicPorts[]", "ReservedPorts[]", "Ports[]"];
    (at.is_empty() && ["allocation", "evaluation"].contains(&what))
        || port.iter().any(|end| at.ends_with(end))
}

fn is_opaque(name: &str) -> bool {
    OPAQUE.contains(&name.rsplit('.').next().unwrap_or(name))
}

impl Schema {
    /// Learns from an example; a list is an example of what it holds.
    pub(super) fn learn(&mut self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| self.learn_at(value, "")),
            value => self.learn_at(value, ""),
        }
    }

    fn learn_at(&mut self, value: &Value, at: &str) {
        self.types.insert(type_of(value));
        self.empty |= is_empty(value);
        match value {
            Value::Array(list) => {
                let at = format!("{at}[]");
                list.iter().for_each(|v| self.inner.get_or_insert_default().learn_at(v, &at));
            }
            Value::Object(_) if is_opaque(at) => {}
            Value::Object(fields) if is_map(at) => {
                let at = format!("{at}.*");
                fields.values().for_each(|v| self.inner.get_or_insert_default().learn_at(v, &at));
            }
            Value::Object(fields) => {
                self.objects += 1;
                for (name, value) in fields {
                    let (seen, schema) = self.fields.entry(name.clone()).or_default();
                    *seen += 1;
                    schema.learn_at(value, &format!("{at}.{name}"));
                }
            }
            _ => {}
        }
    }

    /// Complains of what differs from everything learnt.
    pub(super) fn check(&self, value: &Value, what: &str, complaints: &mut Vec<String>) {
        match value {
            Value::Array(list) => list.iter().for_each(|v| self.check_at(v, "", what, complaints)),
            value => self.check_at(value, "", what, complaints),
        }
    }

    fn check_at(&self, value: &Value, at: &str, what: &str, complaints: &mut Vec<String>) {
        let only_null = self.types.iter().all(|t| *t == Type::Null);
        let is = type_of(value);
        let may_be_null = self.types.contains(&Type::List) || self.types.contains(&Type::Object);
        if !(self.types.contains(&is) || only_null || is == Type::Null && may_be_null) {
            complaints.push(format!("{what}{at}: {value} where {:?} was recorded", self.types));
            return;
        }
        let inner = |value: &Value, at: &str, complaints: &mut Vec<String>| {
            if let Some(inner) = &self.inner {
                inner.check_at(value, at, what, complaints);
            }
        };
        match value {
            Value::Array(list) => list.iter().for_each(|v| inner(v, &format!("{at}[]"), complaints)),
            Value::Object(_) if is_opaque(at) => {}
            Value::Object(fields) if is_map(at) => {
                fields.values().for_each(|v| inner(v, &format!("{at}.*"), complaints));
            }
            Value::Object(fields) if self.objects > 0 => self.check_fields(fields, at, what, complaints),
            _ => {}
        }
    }

    fn check_fields(
        &self,
        fields: &serde_json::Map<String, Value>,
        at: &str,
        what: &str,
        complaints: &mut Vec<String>,
    ) {
        for (name, (seen, schema)) in &self.fields {
            let always = *seen == self.objects;
            match fields.get(name) {
                None if always && !omits(what, at) => complaints.push(format!("{what}{at}: no {name}")),
                None => {}
                Some(value) if !always && is_empty(value) && !schema.empty => {
                    complaints
                        .push(format!("{what}{at}.{name}: an empty {value} is left out on a real Nomad"));
                }
                Some(value) => schema.check_at(value, &format!("{at}.{name}"), what, complaints),
            }
        }
        for name in fields.keys().filter(|name| !self.fields.contains_key(*name)) {
            complaints.push(format!("{what}{at}: {name} = {} was never recorded", fields[name]));
        }
    }
}
