//! When periodic jobs start: cron expressions as Nomad reads them.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::sandbox::moment::Moment;

/// How many days ahead a launch is looked for.
const HORIZON: i32 = 366 * 5;

/// When a periodic job with this `Periodic` block starts next; never for one that is disabled.
pub(super) fn next_launch(periodic: &Value, after: Moment) -> Option<Moment> {
    if !periodic["Enabled"].as_bool().unwrap_or(false) {
        return None;
    }
    let one = periodic["Spec"].as_str().filter(|spec| !spec.is_empty());
    let many = periodic["Specs"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let specs: Vec<&str> = one.map_or_else(|| many.collect(), |one| vec![one]);
    if periodic["SpecType"] == "_internal_test" {
        let times = specs.iter().flat_map(|s| s.split(',')).filter_map(|t| t.trim().parse::<i64>().ok());
        return times.map(|s| Moment::from_nanos(s * 1_000_000_000)).find(|at| *at > after);
    }
    let zone = periodic["TimeZone"].as_str().filter(|name| !name.is_empty() && *name != "UTC");
    let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    specs.into_iter().filter_map(|spec| Cron::parse(spec)?.next(after, &zone)).min()
}

/// A cron expression: second, minute, hour, day of the month, month, day of the week, year.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cron {
    seconds: BTreeSet<i16>,
    minutes: BTreeSet<i16>,
    hours: BTreeSet<i16>,
    days: BTreeSet<i16>,
    last_day: bool,
    months: BTreeSet<i16>,
    weekdays: BTreeSet<i16>,
    years: BTreeSet<i16>,
    any_day: bool,
    any_weekday: bool,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Cron {
    fn parse(text: &str) -> Option<Self> {
        let text = match text.trim() {
            "@annually" | "@yearly" => "0 0 0 1 1 * *",
            "@monthly" => "0 0 0 1 * * *",
            "@weekly" => "0 0 0 * * 0 *",
            "@daily" => "0 0 0 * * * *",
            "@hourly" => "0 0 * * * * *",
            other => other,
        };
        let mut fields: Vec<&str> = text.split_whitespace().collect();
        // Five fields begin with the minute, six end with the year.
        match fields.len() {
            5 => fields = [&["0"], &fields[..], &["*"]].concat(),
            6 => fields.insert(0, "0"),
            7 => {}
            _ => return None,
        }
        let weekdays = field(fields[5], 0, 7, &WEEKDAYS)?.into_iter().map(|day| day % 7).collect();
        let last_day = fields[3].eq_ignore_ascii_case("l");
        Some(Cron {
            seconds: field(fields[0], 0, 59, &[])?,
            minutes: field(fields[1], 0, 59, &[])?,
            hours: field(fields[2], 0, 23, &[])?,
            days: if last_day { BTreeSet::new() } else { field(fields[3], 1, 31, &[])? },
            last_day,
            months: field(fields[4], 1, 12, &MONTHS)?,
            weekdays,
            years: field(fields[6], 1970, 2099, &[])?,
            any_day: matches!(fields[3], "*" | "?"),
            any_weekday: matches!(fields[5], "*" | "?"),
        })
    }

    /// Whether a day of the month or of the week is meant; when both are limited either will do.
    fn meets_day(&self, at: DateTime) -> bool {
        let last = self.last_day && at.date() == at.date().last_of_month();
        let by_month = last || self.days.contains(&i16::from(at.day()));
        let by_week = self.weekdays.contains(&weekday(at.weekday()));
        match (self.any_day, self.any_weekday) {
            (true, _) => by_week,
            (false, true) => by_month,
            (false, false) => by_month || by_week,
        }
    }

    fn next(&self, after: Moment, zone: &TimeZone) -> Option<Moment> {
        let start = Timestamp::from_second(after.seconds() + 1).ok()?;
        let start = zone.to_datetime(start);
        let mut date = start.date();
        for _ in 0..HORIZON {
            let midnight = date.at(0, 0, 0, 0);
            let fits = self.years.contains(&date.year())
                && self.months.contains(&i16::from(date.month()))
                && self.meets_day(midnight);
            if fits && let Some(time) = self.time_of_day(if date == start.date() { start } else { midnight })
            {
                let at = zone.to_timestamp(time).ok()?;
                return Some(Moment::from_nanos(at.as_second() * 1_000_000_000));
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    /// The first fitting time of a day at or after this one.
    fn time_of_day(&self, from: DateTime) -> Option<DateTime> {
        for &hour in self.hours.range(i16::from(from.hour())..) {
            let same_hour = hour == i16::from(from.hour());
            let first = if same_hour { i16::from(from.minute()) } else { 0 };
            for &minute in self.minutes.range(first..) {
                let same_minute = same_hour && minute == i16::from(from.minute());
                let first = if same_minute { i16::from(from.second()) } else { 0 };
                if let Some(&second) = self.seconds.range(first..).next() {
                    let narrow = |n: i16| i8::try_from(n).unwrap_or(0);
                    return Some(from.date().at(narrow(hour), narrow(minute), narrow(second), 0));
                }
            }
        }
        None
    }
}

fn weekday(day: Weekday) -> i16 {
    i16::from(day.to_sunday_zero_offset())
}

/// The numbers a field means.
fn field(text: &str, low: i16, high: i16, names: &[&str]) -> Option<BTreeSet<i16>> {
    let number = |word: &str| {
        let word = word.to_ascii_lowercase();
        let named =
            names.iter().position(|name| word.starts_with(name)).and_then(|at| i16::try_from(at).ok());
        // Months are named from 1, weekdays from 0.
        let named = named.map(|at| if names.len() == 12 { at + 1 } else { at });
        named.or_else(|| word.parse().ok()).filter(|n| (low..=high).contains(n))
    };
    let mut numbers = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or(Some((part, 1)), |(range, step)| {
            step.parse::<usize>().ok().filter(|s| *s > 0).map(|step| (range, step))
        })?;
        let stepped = part.contains('/');
        let (first, last) = match range {
            "*" | "?" => (low, high),
            range => match range.split_once('-') {
                Some((first, last)) => (number(first)?, number(last)?),
                None => (number(range)?, if stepped { high } else { number(range)? }),
            },
        };
        numbers.extend((first..=last).step_by(step));
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn next(spec: &str, zone: &str, after: &str) -> String {
        let after: Timestamp = after.parse().unwrap();
        let block = json!({"Enabled": true, "SpecType": "cron", "Spec": spec, "TimeZone": zone});
        next_launch(&block, after.into()).unwrap().to_string()
    }

    #[test]
    fn expressions_name_the_next_moment() {
        for (spec, expected) in [
            ("*/15 * * * *", "2026-11-21T10:15:00Z"),
            ("@daily", "2026-11-22T00:00:00Z"),
            ("@weekly", "2026-11-22T00:00:00Z"),
            ("30 4 1 1 *", "2027-01-01T04:30:00Z"),
            ("0 12 * * MON-FRI", "2026-11-23T12:00:00Z"),
            ("0 0 13 * 5", "2026-11-27T00:00:00Z"),
            ("0 0 L * *", "2026-11-30T00:00:00Z"),
            ("*/10 * * * * * *", "2026-11-21T10:03:10Z"),
            ("3 10 * * * 2030", "2030-01-01T10:03:00Z"),
        ] {
            assert_eq!(next(spec, "UTC", "2026-11-21T10:03:00Z"), expected, "{spec}");
        }
    }

    #[test]
    fn nonsense_never_starts() {
        for spec in ["", "x", "61 * * * *", "* * *", "*/0 * * * *"] {
            assert_eq!(Cron::parse(spec), None, "{spec}");
        }
        let disabled = json!({"Enabled": false, "Spec": "* * * * *"});
        assert_eq!(next_launch(&disabled, Moment::from_nanos(0)), None);
    }
}
