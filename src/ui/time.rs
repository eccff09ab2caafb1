//! Times and durations as people read them.

use std::time::Duration;

use jiff::Timestamp;

/// Reads a duration such as `90s`, `5m`, `1h30m` or `250ms` from the command line; days may come first, as in `7d` or `1d12h`.
///
/// # Errors
/// When it has another form or is negative.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a duration such as 90s, 5m, 1h30m or 7d".to_owned();
    let (days, rest) = match text.split_once('d') {
        Some((days, rest)) => (days.parse::<u32>().map_err(|_| wrong())?, rest),
        None => (0, text),
    };
    let days = Duration::from_secs(u64::from(days) * 86_400);
    if rest.is_empty() && !text.is_empty() {
        return Ok(days);
    }
    match crate::api::wire::parse_go_duration(rest) {
        Some(d) if d.0 >= 0 => Ok(days.saturating_add(d.duration())),
        _ => Err(wrong()),
    }
}

/// A duration in at most two units: `340ms`, `12s`, `3m 05s`, `2h 10m`, `5d 3h`.
#[must_use]
pub fn duration_text(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0 if d.subsec_millis() > 0 => format!("{}ms", d.subsec_millis()),
        0..10 if d.subsec_millis() >= 50 => format!("{:.1}s", d.as_secs_f64()),
        0..60 => format!("{s}s"),
        60..3600 => format!("{}m {:02}s", s / 60, s % 60),
        3600..86_400 => format!("{}h {:02}m", s / 3600, s % 3600 / 60),
        _ => format!("{}d {}h", s / 86_400, s % 86_400 / 3600),
    }
}

/// How long ago, in one unit: `12s ago`; `in 3m` for the future, `now` within a second.
#[must_use]
pub fn relative_text(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let unit = |s: i64| match s {
        0..60 => format!("{s}s"),
        60..3600 => format!("{}m", s / 60),
        3600..172_800 => format!("{}h", s / 3600),
        _ => format!("{}d", s / 86_400),
    };
    match seconds {
        -1..=1 => "now".to_owned(),
        s if s > 0 => format!("{} ago", unit(s)),
        s => format!("in {}", unit(-s)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_may_come_first() {
        assert_eq!(duration("7d"), Ok(Duration::from_secs(7 * 86_400)));
        assert_eq!(duration("1d12h"), Ok(Duration::from_secs(36 * 3600)));
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        for wrong in ["", "d", "-1d", "1.5d", "1d-2h", "5", "one day", "2dd"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_at_most_two_units() {
        let cases = [
            (Duration::from_millis(340), "340ms"),
            (Duration::from_millis(3250), "3.2s"),
            (Duration::from_secs(9), "9s"),
            (Duration::from_secs(59), "59s"),
            (Duration::from_secs(185), "3m 05s"),
            (Duration::from_secs(7800), "2h 10m"),
            (Duration::from_secs(5 * 86_400 + 3 * 3600), "5d 3h"),
            (Duration::ZERO, "0s"),
        ];
        for (d, text) in cases {
            assert_eq!(duration_text(d), text);
        }
    }

    #[test]
    fn ages_and_futures() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let at = |s: i64| Timestamp::from_second(1_000_000 - s).unwrap();
        let cases = [
            (0, "now"),
            (12, "12s ago"),
            (180, "3m ago"),
            (7200, "2h ago"),
            (400_000, "4d ago"),
            (-90, "in 1m"),
        ];
        for (ago, text) in cases {
            assert_eq!(relative_text(at(ago), now), text);
        }
    }
}
