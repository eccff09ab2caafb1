//! What Go expects of a request's body, and its words on a value that does not fit.
//!
//! Nomad decodes bodies into Go types: names in any case, unknown ones passed over, and the first value of another type
//! refused with the place it was to go to.

use serde_json::Value;

use crate::sandbox::go;

/// What a field takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum FieldKind {
    /// Text.
    Text,
    /// Text of a type of its own.
    Word(&'static str),
    /// A boolean.
    Flag,
    /// A whole number of a type, such as `uint64`.
    Whole(&'static str),
    /// A list of texts.
    Texts,
    /// A map of texts, whose values are of this type.
    Map(&'static str),
    /// A map of anything.
    AnyMap,
    /// Bytes, in base64.
    Bytes,
    /// A struct.
    One(&'static Shape),
    /// A list of structs.
    Many(&'static Shape),
}

/// A Go struct.
#[derive(Debug)]
pub(super) struct Shape {
    /// Its type, with its package.
    pub go: &'static str,
    /// Its fields; those of an embedded struct with its name before theirs, as in `Alias.Name`.
    pub fields: &'static [(&'static str, FieldKind)],
}

impl Shape {
    /// Whether a body fits.
    ///
    /// # Errors
    /// In Go's words when it does not.
    pub(super) fn check(&self, body: &Value) -> Result<(), String> {
        match body {
            Value::Object(_) | Value::Null => self.check_at(body, ""),
            other => {
                Err(format!("json: cannot unmarshal {} into Go value of type {}", go::kind(other), self.go))
            }
        }
    }

    fn check_at(&self, object: &Value, path: &str) -> Result<(), String> {
        let given = object.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        for (name, value) in given {
            let own = |field: &str| field.rsplit('.').next().unwrap_or_default().to_owned();
            let field = self.fields.iter().find(|(field, _)| own(field).eq_ignore_ascii_case(name));
            if let Some((field, is)) = field {
                let path = if path.is_empty() { (*field).to_owned() } else { format!("{path}.{field}") };
                is.check(value, self.bare(), &path)?;
            }
        }
        Ok(())
    }

    /// The type without its package; anonymous ones have no name.
    fn bare(&self) -> &'static str {
        if self.go.starts_with("struct ") { "" } else { self.go.rsplit('.').next().unwrap_or("") }
    }
}

impl FieldKind {
    fn go(self) -> String {
        match self {
            FieldKind::Text => "string".to_owned(),
            FieldKind::Word(name) | FieldKind::Whole(name) => name.to_owned(),
            FieldKind::Flag => "bool".to_owned(),
            FieldKind::Texts => "[]string".to_owned(),
            FieldKind::Map(value) => format!("map[string]{value}"),
            FieldKind::AnyMap => "map[string]interface {}".to_owned(),
            FieldKind::Bytes => "[]uint8".to_owned(),
            FieldKind::One(shape) => shape.go.to_owned(),
            FieldKind::Many(shape) => format!("[]{}", shape.go),
        }
    }

    fn check(self, value: &Value, of: &str, path: &str) -> Result<(), String> {
        let wrong = |value: &Value, wanted: &str| {
            let found = match (self, value) {
                (FieldKind::Whole(_), Value::Number(number)) => format!("number {number}"),
                _ => go::kind(value).to_owned(),
            };
            Err(format!("json: cannot unmarshal {found} into Go struct field {of}.{path} of type {wanted}"))
        };
        let fits = match (self, value) {
            (FieldKind::Text | FieldKind::Word(_) | FieldKind::Bytes, Value::String(_))
            | (FieldKind::Flag, Value::Bool(_))
            | (FieldKind::AnyMap, Value::Object(_)) => true,
            (FieldKind::Whole(kind), Value::Number(number)) => {
                if kind.starts_with('u') {
                    number.is_u64()
                } else {
                    number.is_i64()
                }
            }
            (FieldKind::Texts, Value::Array(list)) => match list.iter().find(|item| !item.is_string()) {
                Some(item) => return wrong(item, "string"),
                None => true,
            },
            (FieldKind::Map(_), Value::Object(map)) => {
                match map.values().find(|item| !item.is_string() && !item.is_null()) {
                    Some(item) => return wrong(item, "string"),
                    None => true,
                }
            }
            (FieldKind::One(shape), Value::Object(_)) => return shape.check_at(value, path),
            (FieldKind::Many(shape), Value::Array(list)) => {
                if let Some(item) = list.iter().find(|item| !item.is_object() && !item.is_null()) {
                    return wrong(item, shape.go);
                }
                return list.iter().try_for_each(|item| shape.check_at(item, path));
            }
            _ => false,
        };
        if fits { Ok(()) } else { wrong(value, &self.go()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_of_another_type_is_told_with_the_place_it_was_to_go_to() {
        static SPEC: Shape = Shape {
            go: "api.DrainSpec",
            fields: &[("Deadline", FieldKind::Whole("time.Duration")), ("IgnoreSystemJobs", FieldKind::Flag)],
        };
        static DRAIN: Shape = Shape {
            go: "api.NodeUpdateDrainRequest",
            fields: &[
                ("DrainSpec", FieldKind::One(&SPEC)),
                ("Meta", FieldKind::Map("string")),
                ("Groups", FieldKind::Texts),
            ],
        };
        for (body, words) in [
            (json!([]), "array into Go value of type api.NodeUpdateDrainRequest"),
            (
                json!({"DrainSpec": 5}),
                "number into Go struct field NodeUpdateDrainRequest.DrainSpec of type api.DrainSpec",
            ),
            (
                json!({"drainspec": {"Deadline": "1h"}}),
                "string into Go struct field DrainSpec.DrainSpec.Deadline of type time.Duration",
            ),
            (
                json!({"DrainSpec": {"Deadline": 1.5}}),
                "number 1.5 into Go struct field DrainSpec.DrainSpec.Deadline of type time.Duration",
            ),
            (
                json!({"Meta": {"a": 1}}),
                "number into Go struct field NodeUpdateDrainRequest.Meta of type string",
            ),
            (
                json!({"Meta": 1}),
                "number into Go struct field NodeUpdateDrainRequest.Meta of type map[string]string",
            ),
            (
                json!({"Groups": ["a", 1]}),
                "number into Go struct field NodeUpdateDrainRequest.Groups of type string",
            ),
        ] {
            assert_eq!(DRAIN.check(&body).unwrap_err(), format!("json: cannot unmarshal {words}"));
        }
        let fine = json!({"DrainSpec": {"Deadline": -1, "Other": []}, "Meta": {"a": "b"}, "groups": null, "More": 1});
        assert_eq!(DRAIN.check(&fine), Ok(()));
    }
}
