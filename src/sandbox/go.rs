//! How Go reads and words things, where clients see it.

use serde_json::Value;

use crate::api::wire::{Nanos, parse_go_duration};

/// Reads a duration.
///
/// # Errors
/// In Go's words.
pub(crate) fn duration(text: &str) -> Result<Nanos, String> {
    parse_go_duration(text).ok_or_else(|| {
        let unsigned = text.trim_start_matches(['-', '+']);
        let number = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        if number == 0 {
            return format!("time: invalid duration {text:?}");
        }
        let rest = &unsigned[number..];
        let unit = &rest[..rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len())];
        if unit.is_empty() {
            format!("time: missing unit in duration {text:?}")
        } else {
            format!("time: unknown unit {unit:?} in duration {text:?}")
        }
    })
}

/// What Go calls a JSON value that does not fit.
#[must_use]
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What Go takes for a boolean.
#[must_use]
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_duration_is_told_as_go_tells_it() {
        assert_eq!(duration("1m30s"), Ok(Nanos::from_secs(90)));
        assert_eq!(duration("soon").unwrap_err(), r#"time: invalid duration "soon""#);
        assert_eq!(duration("15").unwrap_err(), r#"time: missing unit in duration "15""#);
        assert_eq!(duration("2d").unwrap_err(), r#"time: unknown unit "d" in duration "2d""#);
    }
}
