//! How Go reads and words things, where clients see it.

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
