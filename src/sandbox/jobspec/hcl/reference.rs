//! Following a path into a value: `.name`, `[index]`, splats.

use std::ops::Range;

use super::diagnostic::Diagnostics;
use super::value::Value;

/// `.name`.
pub(super) fn attribute(
    value: &Value,
    name: &str,
    range: Range<usize>,
    diags: &mut Diagnostics,
) -> Option<Value> {
    let detail = match value {
        Value::Object(map) => match map.get(name) {
            Some(found) => return Some(found.clone()),
            None => format!("This object does not have an attribute named {name:?}."),
        },
        Value::List(_) => {
            "This value is a tuple, so it does not have any attributes of its own. Use an index such as [0] to \
             access one of its elements."
                .to_owned()
        }
        Value::Set(_) => "This value is a set, so it does not have any attributes of its own.".to_owned(),
        Value::Null => {
            diags.add(
                range,
                "Attempt to get attribute from null value",
                "This value is null, so it does not have any attributes.",
            );
            return None;
        }
        _ => format!("Can't access attributes on a primitive-typed value ({}).", value.type_name()),
    };
    diags.add(range, "Unsupported attribute", detail);
    None
}

/// `[key]`.
pub(super) fn index(
    value: &Value,
    key: &Value,
    range: Range<usize>,
    diags: &mut Diagnostics,
) -> Option<Value> {
    let missing = "The given key does not identify an element in this collection value.";
    let detail = match value {
        Value::List(list) => {
            let at = key.to_number().ok().and_then(super::value::Number::whole);
            match at.and_then(|at| usize::try_from(at).ok()).and_then(|at| list.get(at)) {
                Some(found) => return Some(found.clone()),
                None => missing.to_owned(),
            }
        }
        Value::Object(map) => match key.to_text().ok().and_then(|key| map.get(&key).cloned()) {
            Some(found) => return Some(found),
            None => missing.to_owned(),
        },
        Value::Set(_) => {
            "Elements of a set are identified only by their value and don't have any separate index or key to select \
             with, so it's only possible to perform operations across all elements of the set."
                .to_owned()
        }
        Value::Null => "This value is null, so it does not have any indices.".to_owned(),
        _ => "This value does not have any indices.".to_owned(),
    };
    diags.add(range, "Invalid index", detail);
    None
}

/// The elements a splat goes over: those of a list or set, none of null, else the value itself.
pub(super) fn splat(value: Value) -> Vec<Value> {
    match value {
        Value::List(list) | Value::Set(list) => list,
        Value::Null => Vec::new(),
        other => vec![other],
    }
}
