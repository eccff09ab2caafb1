//! Cron expressions as Nomad reads them: what is meant, what is refused and in which words.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// How many days ahead a launch is looked for.
const HORIZON: i32 = 366 * 5;

/// A cron expression: second, minute, hour, day of the month, month, day of the week, year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    seconds: BTreeSet<i16>,
    minutes: BTreeSet<i16>,
    hours: BTreeSet<i16>,
    days: Days,
    months: BTreeSet<i16>,
    weekdays: Weekdays,
    years: BTreeSet<i16>,
}

/// Which days of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Days {
    any: bool,
    of_month: BTreeSet<i16>,
    /// The last day.
    last: bool,
    /// The last day from Monday to Friday.
    last_workday: bool,
    /// The days from Monday to Friday that are nearest to these, in the same month.
    workdays: BTreeSet<i16>,
}

/// Which days of a week, Sunday is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Weekdays {
    any: bool,
    of_week: BTreeSet<i16>,
    /// The last of a month.
    last: BTreeSet<i16>,
    /// The so-manieth of a month.
    nth: BTreeSet<(i16, i16)>,
}

/// What a field may hold.
struct Field {
    name: &'static str,
    low: i16,
    high: i16,
    /// Names of its numbers from the lowest on, as short as may be; they may be written out.
    names: &'static [&'static str],
}

const SECOND: Field = Field { name: "second", low: 0, high: 59, names: &[] };
const MINUTE: Field = Field { name: "minute", low: 0, high: 59, names: &[] };
const HOUR: Field = Field { name: "hour", low: 0, high: 23, names: &[] };
const DAY: Field = Field { name: "day-of-month", low: 1, high: 31, names: &[] };
const MONTH: Field = Field {
    name: "month",
    low: 1,
    high: 12,
    names: &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
};
const WEEKDAY: Field = Field {
    name: "day-of-week",
    low: 0,
    high: 6,
    names: &["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
};
const YEAR: Field = Field { name: "year", low: 1970, high: 2099, names: &[] };

const SHORT: [(&str, &str); 6] = [
    ("@yearly", "0 0 0 1 1 * *"),
    ("@annually", "0 0 0 1 1 * *"),
    ("@monthly", "0 0 0 1 * * *"),
    ("@weekly", "0 0 0 * * 0 *"),
    ("@daily", "0 0 0 * * * *"),
    ("@hourly", "0 0 * * * * *"),
];

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// In the words of the servers.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = SHORT.iter().fold(text.to_owned(), |text, (short, long)| text.replace(short, long));
        let mut fields: Vec<&str> = text.split_whitespace().take(7).collect();
        // Five fields begin with the minute, six end with the year.
        match fields.len() {
            0..5 => return Err("missing field(s)".to_owned()),
            5 => fields = [&["0"], &fields[..], &["*"]].concat(),
            6 => fields.insert(0, "0"),
            _ => {}
        }
        Ok(Cron {
            seconds: SECOND.plain(fields[0])?,
            minutes: MINUTE.plain(fields[1])?,
            hours: HOUR.plain(fields[2])?,
            days: Days::parse(fields[3])?,
            months: MONTH.plain(fields[4])?,
            weekdays: Weekdays::parse(fields[5])?,
            years: YEAR.plain(fields[6])?,
        })
    }

    /// Whether a day of the month or of the week is meant; when both are limited either will do.
    fn meets_day(&self, date: Date) -> bool {
        match (self.days.any, self.weekdays.any) {
            (true, true) => true,
            (true, false) => self.weekdays.meet(date),
            (false, true) => self.days.meet(date),
            (false, false) => self.days.meet(date) || self.weekdays.meet(date),
        }
    }

    /// The first fitting second after this moment.
    #[must_use]
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let start = Timestamp::from_second(after.as_second() + 1).ok()?;
        let start = zone.to_datetime(start);
        let mut date = start.date();
        for _ in 0..HORIZON {
            let midnight = date.at(0, 0, 0, 0);
            let fits = self.years.contains(&date.year())
                && self.months.contains(&i16::from(date.month()))
                && self.meets_day(date);
            if fits && let Some(time) = self.time_of_day(if date == start.date() { start } else { midnight })
            {
                let at = zone.to_timestamp(time).ok()?;
                return Timestamp::from_second(at.as_second()).ok();
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

impl Days {
    fn parse(text: &str) -> Result<Self, String> {
        let mut days = Days::default();
        for (entry, written) in DAY.entries(text)? {
            match entry {
                Some(Entry::All) => days.any = true,
                Some(Entry::Numbers(numbers)) => days.of_month.extend(numbers),
                None if written.eq_ignore_ascii_case("l") => days.last = true,
                None if written.eq_ignore_ascii_case("lw") => days.last_workday = true,
                None => {
                    let number = written.strip_suffix(['w', 'W']).and_then(|number| DAY.number(number));
                    days.workdays.insert(number.ok_or_else(|| DAY.error(written))?);
                }
            }
        }
        Ok(days)
    }

    fn meet(&self, date: Date) -> bool {
        let (day, last) = (i16::from(date.day()), i16::from(date.days_in_month()));
        self.of_month.contains(&day)
            || (self.last && day == last)
            || (self.last_workday && day == workday(date, last))
            || self.workdays.iter().any(|wanted| *wanted <= last && day == workday(date, *wanted))
    }
}

/// The day from Monday to Friday nearest to a day of the month, in the same month.
fn workday(month: Date, day: i16) -> i16 {
    let at = month.first_of_month().checked_add(i64::from(day - 1).days()).unwrap_or(month);
    let last = i16::from(month.days_in_month());
    match at.weekday() {
        Weekday::Saturday if day > 1 => day - 1,
        Weekday::Saturday => day + 2,
        Weekday::Sunday if day < last => day + 1,
        Weekday::Sunday => day - 2,
        _ => day,
    }
}

impl Weekdays {
    fn parse(text: &str) -> Result<Self, String> {
        let mut weekdays = Weekdays::default();
        for (entry, written) in WEEKDAY.entries(text)? {
            match entry {
                Some(Entry::All) => weekdays.any = true,
                Some(Entry::Numbers(numbers)) => weekdays.of_week.extend(numbers),
                None => {
                    let lower = written.to_ascii_lowercase();
                    let last = lower.strip_suffix('l').and_then(|day| WEEKDAY.number(day));
                    let nth = lower.split_once('#').and_then(|(day, nth)| {
                        let nth = nth.parse().ok().filter(|n| (1..=5).contains(n))?;
                        Some((WEEKDAY.number(day)?, nth))
                    });
                    match (last, nth) {
                        (Some(day), _) => drop(weekdays.last.insert(day)),
                        (None, Some(nth)) => drop(weekdays.nth.insert(nth)),
                        (None, None) => return Err(WEEKDAY.error(written)),
                    }
                }
            }
        }
        Ok(weekdays)
    }

    fn meet(&self, date: Date) -> bool {
        let day = i16::from(date.weekday().to_sunday_zero_offset());
        let nth = (i16::from(date.day()) - 1) / 7 + 1;
        let last = date.days_in_month() - date.day() < 7;
        self.of_week.contains(&day) || (last && self.last.contains(&day)) || self.nth.contains(&(day, nth))
    }
}

/// One of several things in a field.
enum Entry {
    All,
    Numbers(Vec<i16>),
}

impl Field {
    fn error(&self, written: &str) -> String {
        format!("syntax error in {} field: '{written}'", self.name)
    }

    /// A field that has nothing but numbers.
    fn plain(&self, text: &str) -> Result<BTreeSet<i16>, String> {
        let mut numbers = BTreeSet::new();
        for (entry, written) in self.entries(text)? {
            match entry {
                Some(Entry::All) => return Ok((self.low..=self.high).collect()),
                Some(Entry::Numbers(more)) => numbers.extend(more),
                None => return Err(self.error(written)),
            }
        }
        Ok(numbers)
    }

    /// What stands between the commas, with how it is written; none for what is no number.
    fn entries<'t>(&self, text: &'t str) -> Result<Vec<(Option<Entry>, &'t str)>, String> {
        let written: Vec<&str> = text.split(',').filter(|part| !part.is_empty()).collect();
        if written.is_empty() {
            return Err(format!("{} field: missing directive", self.name));
        }
        written.into_iter().map(|part| Ok((self.entry(part)?, part))).collect()
    }

    fn entry(&self, written: &str) -> Result<Option<Entry>, String> {
        let (range, step) = match written.split_once('/') {
            Some((range, step)) if !step.is_empty() && step.chars().all(|c| c.is_ascii_digit()) => {
                (range, Some(step))
            }
            Some(_) => return Ok(None),
            None => (written, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => match (self.number(first), self.number(last)) {
                // A week may end on a Sunday.
                (Some(first), Some(0)) if self.name == WEEKDAY.name => (first, self.high),
                (Some(first), Some(last)) => (first, last),
                _ => return Ok(None),
            },
            None if matches!(range, "*" | "?") && step.is_none() => return Ok(Some(Entry::All)),
            None if range == "*" => (self.low, self.high),
            None => match (self.number(range), step) {
                (Some(number), None) => (number, number),
                (Some(number), Some(_)) => (number, self.high),
                (None, _) => return Ok(None),
            },
        };
        let every = match step {
            None => 1,
            Some(step) => {
                let every = step.parse::<i16>().ok().filter(|every| (1..=self.high).contains(every));
                every.ok_or_else(|| format!("invalid interval {}", written.to_ascii_lowercase()))?
            }
        };
        let every = usize::try_from(every).unwrap_or(1);
        Ok(Some(Entry::Numbers((first..=last).step_by(every).collect())))
    }

    /// A number or its name; Sunday is also 7.
    fn number(&self, word: &str) -> Option<i16> {
        let word = word.to_ascii_lowercase();
        let named = self.names.iter().position(|name| *name == word || name[..3] == word);
        if let Some(at) = named {
            return i16::try_from(at).ok().map(|at| at + self.low);
        }
        let digits = if self.name == YEAR.name { 4..=4 } else { 1..=2 };
        if !digits.contains(&word.len()) || !word.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let number = word.parse().ok()?;
        if self.name == WEEKDAY.name && number == 7 {
            return Some(0);
        }
        (self.low..=self.high).contains(&number).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused_in_the_servers_words() {
        for (spec, says) in [
            ("", "missing field(s)"),
            ("* * *", "missing field(s)"),
            ("61 * * * *", "syntax error in minute field: '61'"),
            ("* 24 * * *", "syntax error in hour field: '24'"),
            ("x,1 * * * *", "syntax error in minute field: 'x'"),
            ("*/0 * * * *", "invalid interval */0"),
            ("* */24 * * *", "invalid interval */24"),
            (", * * * *", "minute field: missing directive"),
            ("* * 32 * *", "syntax error in day-of-month field: '32'"),
            ("* * 0W * *", "syntax error in day-of-month field: '0W'"),
            ("* * * Janu *", "syntax error in month field: 'Janu'"),
            ("* * * * 5#6", "syntax error in day-of-week field: '5#6'"),
            ("* * * * * 99", "syntax error in year field: '99'"),
        ] {
            assert_eq!(Cron::parse(spec), Err(says.to_owned()), "{spec}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9*/,?#LlWwa-c@ -]{0,24}") {
            drop(Cron::parse(&text));
        }
    }
}
