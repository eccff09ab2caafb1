//! Time arithmetic and formats.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::hcl::Value;
use super::{Args, Failure, Result, fail};
use crate::api::wire::parse_go_duration;

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "timeadd" => timeadd(args),
        "formatdate" => formatdate(args),
        _ => return None,
    })
}

fn timestamp(args: Args<'_>, index: usize, name: &'static str) -> Result<Timestamp> {
    let text = args.text(index, name)?;
    text.parse()
        .map_err(|_| Failure::Argument(index, name, format!("not a valid RFC3339 timestamp: {text:?}")))
}

fn timeadd(args: Args<'_>) -> Result {
    let args = args.exactly(&["timestamp", "duration"])?;
    let at = timestamp(args, 0, "timestamp")?;
    let text = args.text(1, "duration")?;
    let Some(duration) = parse_go_duration(&text) else {
        return fail(format!("time: invalid duration {text:?}"));
    };
    let sum = at.as_nanosecond() + i128::from(duration.0);
    match Timestamp::from_nanosecond(sum) {
        Ok(sum) => Ok(Value::Text(sum.to_string())),
        Err(e) => fail(e.to_string()),
    }
}

/// Letters repeated stand for parts of the date; text in single quotes stands for itself.
fn formatdate(args: Args<'_>) -> Result {
    let args = args.exactly(&["format", "time"])?;
    let at = timestamp(args, 1, "time")?.to_zoned(TimeZone::UTC);
    let pattern = args.text(0, "format")?;
    let mut text = String::new();
    let mut rest = pattern.as_str();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let Some((quoted, after)) = rest[1..].split_once('\'') else {
                return fail("unterminated literal '");
            };
            text.push_str(quoted);
            rest = after;
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(first).len();
        let (part, after) = rest.split_at(run);
        rest = after;
        let strftime = match part {
            "YYYY" => "%Y",
            "YY" => "%y",
            "MMMM" => "%B",
            "MMM" => "%b",
            "MM" => "%m",
            "M" => "%-m",
            "DD" => "%d",
            "D" => "%-d",
            "EEEE" => "%A",
            "EEE" => "%a",
            "hh" => "%H",
            "h" => "%-H",
            "HH" => "%I",
            "H" => "%-I",
            "AA" => "%p",
            "aa" => "%P",
            "mm" => "%M",
            "m" => "%-M",
            "ss" => "%S",
            "s" => "%-S",
            "Z" => "Z",
            "ZZZ" => "UTC",
            "ZZZZ" => "+0000",
            "ZZZZZ" => "+00:00",
            _ if first.is_ascii_alphabetic() => {
                return fail(format!("invalid date format verb {part:?}"));
            }
            other => {
                text.push_str(other);
                continue;
            }
        };
        text.push_str(&at.strftime(strftime).to_string());
    }
    Ok(Value::Text(text))
}
