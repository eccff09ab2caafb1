//! What the JSON of both products has in common: nulls for empty lists, two forms of "no time", integers of nanoseconds.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

/// A duration as Nomad writes it: an integer of nanoseconds, negative where that means something (a forced drain).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nanos(pub i64);

impl Nanos {
    /// So many whole seconds.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Nanos(seconds * 1_000_000_000)
    }

    /// As a duration; negative counts as zero.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0).unwrap_or(0))
    }
}

impl std::fmt::Display for Nanos {
    /// As Go writes durations: `1h2m3.5s`, `300ms`, `471.854µs`, `0s`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ns = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = |unit: u64| {
            let digits = unit.ilog10() as usize;
            let text = format!("{}.{:0digits$}", ns / unit, ns % unit);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let (minutes, under) = (ns / 60_000_000_000, ns % 60_000_000_000);
        match ns {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{sign}{ns}ns"),
            1_000..1_000_000 => write!(f, "{sign}{}µs", fraction(1_000)),
            1_000_000..1_000_000_000 => write!(f, "{sign}{}ms", fraction(1_000_000)),
            _ => {
                let seconds = format!("{}.{:09}", under / 1_000_000_000, under % 1_000_000_000);
                let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
                match (minutes / 60, minutes % 60) {
                    (0, 0) => write!(f, "{sign}{seconds}s"),
                    (0, m) => write!(f, "{sign}{m}m{seconds}s"),
                    (h, m) => write!(f, "{sign}{h}h{m}m{seconds}s"),
                }
            }
        }
    }
}

impl From<Duration> for Nanos {
    fn from(d: Duration) -> Self {
        Nanos(i64::try_from(d.as_nanos()).unwrap_or(i64::MAX))
    }
}

/// `null` as the default value: Nomad sends it for nil lists, maps and strings (`nomad-api.md §0`).
pub(crate) fn nullable<'de, D, T>(d: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// A time that may be missing: `null` since 1.8, the year 1 before.
pub(crate) fn time<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<std::borrow::Cow<'_, str>>::deserialize(d)? else { return Ok(None) };
    if text.is_empty() || text.starts_with("0001-01-01T00:00:00") {
        return Ok(None);
    }
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// A moment given as integer nanoseconds since 1970; 0 is none.
pub(crate) fn unix_nanos<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
    let ns = Option::<i64>::deserialize(d)?.unwrap_or(0);
    Ok((ns > 0).then(|| Timestamp::from_nanosecond(i128::from(ns)).ok()).flatten())
}

/// A moment given as integer seconds since 1970; 0 is none.
pub(crate) fn unix_seconds<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
    let s = Option::<i64>::deserialize(d)?.unwrap_or(0);
    Ok((s > 0).then(|| Timestamp::from_second(s).ok()).flatten())
}

/// A duration given as a Go string (`"51.4ms"`) or as integer nanoseconds (`nomad-api.md §0`).
pub(crate) fn go_duration<'de, D: Deserializer<'de>>(d: D) -> Result<Nanos, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(i64),
    }
    match Option::<Either>::deserialize(d)? {
        None => Ok(Nanos(0)),
        Some(Either::Number(ns)) => Ok(Nanos(ns)),
        Some(Either::Text(text)) => parse_go_duration(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("not a duration: {text:?}"))),
    }
}

/// Parses a Go duration such as `1h2m3.5s`, `300ms`, `471.854µs` or `0`.
#[must_use]
pub fn parse_go_duration(text: &str) -> Option<Nanos> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Nanos(0));
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit_len = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match &rest[..unit_len] {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        total += number * unit;
        rest = &rest[unit_len..];
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and 292 years are enough")]
    Some(Nanos((sign * total).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "nullable")]
        list: Vec<u8>,
        #[serde(default, deserialize_with = "time")]
        at: Option<Timestamp>,
    }

    #[test]
    fn nulls_absences_and_both_zero_times() {
        for text in ["{}", r#"{"list":null,"at":null}"#, r#"{"list":[],"at":"0001-01-01T00:00:00Z"}"#] {
            let s: Sample = serde_json::from_str(text).unwrap();
            assert!(s.list.is_empty() && s.at.is_none(), "{text}");
        }
        let s: Sample = serde_json::from_str(r#"{"at":"2026-11-21T10:48:48.884917359Z"}"#).unwrap();
        assert_eq!(s.at.unwrap().as_second(), 1_795_258_128);
    }

    #[test]
    fn durations_are_written_as_go_writes_them() {
        for text in
            ["0s", "5s", "1m0s", "30m0s", "1h2m3.5s", "300ms", "1.5ms", "471.854µs", "12ns", "-1s", "24h0m0s"]
        {
            let ns = parse_go_duration(text).unwrap();
            assert_eq!(ns.to_string(), text);
        }
    }

    #[test]
    fn go_durations() {
        let cases = [
            ("15s", 15_000_000_000),
            ("1h2m3.5s", 3_723_500_000_000),
            ("51.472397ms", 51_472_397),
            ("471.854µs", 471_854),
            ("-1s", -1_000_000_000),
            ("0", 0),
            ("0s", 0),
        ];
        for (text, ns) in cases {
            assert_eq!(parse_go_duration(text), Some(Nanos(ns)), "{text}");
        }
        for text in ["", "15", "s", "1x", "-", "1.2.3s"] {
            assert_eq!(parse_go_duration(text), None, "{text}");
        }
    }
}
