//! Fields of config entries as Consul reads them: `service_subset`, `servicesubset` and `ServiceSubset` are the same field
//! (`consul-api.md §4`).

use serde_json::{Map, Value};

use crate::api::wire::parse_go_duration;

/// A name without case and underscores.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// A field of an object by Consul's name for it, in whatever spelling; null when it is not there.
#[must_use]
pub fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.as_object().map_or(&Value::Null, |object| of(object, name))
}

/// A field of an object by Consul's name for it, in whatever spelling; null when it is not there.
#[must_use]
pub fn of<'v>(object: &'v Map<String, Value>, name: &str) -> &'v Value {
    object.get(name).unwrap_or_else(|| {
        let wanted = plain(name);
        object.iter().find(|(key, _)| plain(key) == wanted).map_or(&Value::Null, |(_, value)| value)
    })
}

/// A text; empty when it is none.
#[must_use]
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    field(value, name).as_str().unwrap_or_default()
}

/// The elements of a list; none when it is no list.
pub fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    field(value, name).as_array().into_iter().flatten()
}

/// The pairs of an object; none when it is none.
pub fn pairs<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = (&'v String, &'v Value)> + use<'v> {
    field(value, name).as_object().into_iter().flatten()
}

/// Visits every object of a document, from the outside in.
pub fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(fields) => {
            visit(value);
            fields.values().for_each(|v| walk(v, visit));
        }
        Value::Array(list) => list.iter().for_each(|v| walk(v, visit)),
        _ => {}
    }
}

/// A length of time in nanoseconds: Go's words, or a number of nanoseconds; none when it is neither.
#[must_use]
pub fn nanos(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => parse_go_duration(text).map(|nanos| nanos.0),
        _ => None,
    }
}

/// A weight as Consul keeps it: in hundredths of a percent.
#[must_use]
pub fn hundredths(value: &Value) -> Option<i64> {
    let weight = value.as_f64().filter(|w| w.is_finite())?;
    #[expect(clippy::cast_possible_truncation, reason = "weights are percentages")]
    Some((weight * 100.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_found_in_every_spelling() {
        for key in ["ServiceSubset", "service_subset", "servicesubset", "SERVICE_SUBSET"] {
            assert_eq!(text(&json!({ key: "v1" }), "ServiceSubset"), "v1", "{key}");
        }
        assert!(field(&json!([]), "Name").is_null());
    }

    #[test]
    fn durations_are_words_or_nanoseconds() {
        assert_eq!(
            (nanos(&json!("15s")), nanos(&json!(15)), nanos(&json!("15"))),
            (Some(15_000_000_000), Some(15), None)
        );
    }
}
