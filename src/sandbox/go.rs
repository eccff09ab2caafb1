//! How Go reads and words things, where clients see it.

use std::num::{IntErrorKind, ParseIntError};

use serde::{Serialize, Serializer};
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

/// Reads a boolean.
///
/// # Errors
/// In Go's words.
pub(crate) fn flag(text: &str) -> Result<bool, String> {
    boolean(text).ok_or_else(|| format!("strconv.ParseBool: parsing {text:?}: invalid syntax"))
}

/// Reads a whole number.
///
/// # Errors
/// In Go's words.
pub(crate) fn signed(text: &str) -> Result<i64, String> {
    text.parse().map_err(|e| unread("ParseInt", text, &e))
}

/// Reads a whole number that is not negative.
///
/// # Errors
/// In Go's words.
pub(crate) fn unsigned(text: &str) -> Result<u64, String> {
    // Rust takes a sign where Go does not.
    let plain = text.strip_prefix('+').map_or(text, |_| "+");
    plain.parse().map_err(|e| unread("ParseUint", text, &e))
}

fn unread(function: &str, text: &str, e: &ParseIntError) -> String {
    let why = match e.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "value out of range",
        _ => "invalid syntax",
    };
    format!("strconv.{function}: parsing {text:?}: {why}")
}

/// Writes a list as Go does that never made one of nothing.
pub(crate) fn null_if_empty<T: Serialize, S: Serializer>(list: &[T], s: S) -> Result<S::Ok, S::Error> {
    (!list.is_empty()).then_some(list).serialize(s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_told_as_go_tells_it() {
        assert_eq!((signed("+5"), signed("-5"), unsigned("5")), (Ok(5), Ok(-5), Ok(5)));
        for (text, why) in [
            ("", "invalid syntax"),
            ("+5", "invalid syntax"),
            ("-5", "invalid syntax"),
            ("99999999999999999999", "value out of range"),
        ] {
            assert_eq!(unsigned(text).unwrap_err(), format!("strconv.ParseUint: parsing {text:?}: {why}"));
        }
        let huge = "strconv.ParseInt: parsing \"-99999999999999999999\": value out of range";
        assert_eq!(signed("-99999999999999999999").unwrap_err(), huge);
    }

    #[test]
    fn what_is_no_duration_is_told_as_go_tells_it() {
        assert_eq!(duration("1m30s"), Ok(Nanos::from_secs(90)));
        assert_eq!(duration("soon").unwrap_err(), r#"time: invalid duration "soon""#);
        assert_eq!(duration("15").unwrap_err(), r#"time: missing unit in duration "15""#);
        assert_eq!(duration("2d").unwrap_err(), r#"time: unknown unit "d" in duration "2d""#);
    }
}
