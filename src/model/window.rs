//! Windows of maintenance: the times of the week in which work may be moved.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// How many days are looked ahead and back; a window comes again every week.
const LOOK: i64 = 9;
/// More windows than this in a row are taken for one without end.
const MOST_JOINED: usize = 32;

/// Days of the week on which a stretch of time begins, such as `Mon-Fri 22:00-05:00 Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    text: String,
    /// By the number of the day, Monday first.
    days: [bool; 7],
    from: Minutes,
    to: Minutes,
    zone: TimeZone,
}

/// Minutes since midnight; 1440 is the end of the day.
type Minutes = u16;

const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const DAY: Minutes = 24 * 60;

impl Window {
    /// Reads `[DAYS ]HH:MM-HH:MM[ ZONE]`: days like `Mon-Fri` or `Sat,Sun`, every day unless said otherwise; a zone like
    /// `Europe/Berlin`, UTC unless said otherwise. A stretch that ends before it begins ends on the next day.
    ///
    /// # Errors
    /// What cannot be made sense of.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let at = words
            .iter()
            .position(|word| word.contains(':'))
            .ok_or("expected [DAYS ]HH:MM-HH:MM[ ZONE], such as 'Mon-Fri 22:00-05:00 Europe/Berlin'")?;
        let (days, zone) = (&words[..at], &words[at + 1..]);
        let (from, to) = words[at]
            .split_once('-')
            .ok_or_else(|| format!("{:?} is not a stretch of time; expected HH:MM-HH:MM", words[at]))?;
        let (from, to) = (minutes(from)?, minutes(to)?);
        if from == to || from == DAY {
            return Err(format!("{:?} is empty; a whole day is 00:00-24:00", words[at]));
        }
        let zone = match zone {
            [] | ["UTC"] => TimeZone::UTC,
            [name] => TimeZone::get(name).map_err(|_| format!("{name:?} is not a time zone"))?,
            more => return Err(format!("{:?} is not a time zone", more.join(" "))),
        };
        Ok(Window { text: text.to_owned(), days: parse_days(&days.join(","))?, from, to, zone })
    }

    /// The stretch that begins on this day, if one does.
    fn on(&self, day: Date) -> Option<(Timestamp, Timestamp)> {
        let number = usize::try_from(day.weekday().to_monday_zero_offset()).ok()?;
        if !self.days[number] {
            return None;
        }
        let end_day = if self.to <= self.from || self.to == DAY { day.tomorrow().ok()? } else { day };
        let begin = self.moment(day, self.from)?;
        let end = self.moment(end_day, self.to % DAY)?;
        (begin < end).then_some((begin, end))
    }

    /// A time that the clocks leave out is the moment of their jump; of two the first.
    fn moment(&self, day: Date, minutes: Minutes) -> Option<Timestamp> {
        let time =
            Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()?;
        let moment = self.zone.to_ambiguous_timestamp(day.to_datetime(time));
        match moment.offset() {
            AmbiguousOffset::Gap { .. } => {
                let before = moment.earlier().ok()?;
                self.zone.following(before).next().map(|jump| jump.timestamp())
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => moment.earlier().ok(),
        }
    }

    /// Every stretch that may matter for this moment, in order.
    fn around(&self, now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let today = self.zone.to_datetime(now).date();
        (-2..=LOOK).filter_map(|days| self.on(today.checked_add(days.days()).ok()?)).collect()
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn minutes(text: &str) -> Result<Minutes, String> {
    let bad = || format!("{text:?} is not a time; expected HH:MM, up to 24:00");
    let (hours, minutes) = text.split_once(':').ok_or_else(bad)?;
    if minutes.len() != 2 || hours.is_empty() || hours.len() > 2 {
        return Err(bad());
    }
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse::<Minutes>().ok()).flatten();
    let (hours, minutes) = (number(hours).ok_or_else(bad)?, number(minutes).ok_or_else(bad)?);
    let all = hours * 60 + minutes;
    if minutes > 59 || all > DAY { Err(bad()) } else { Ok(all) }
}

fn parse_days(text: &str) -> Result<[bool; 7], String> {
    if text.is_empty() {
        return Ok([true; 7]);
    }
    let number = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let is_day = |day: &&str| **day == lower || (lower.len() == 3 && day.starts_with(&lower));
        NAMES
            .iter()
            .position(is_day)
            .ok_or_else(|| format!("{name:?} is not a day of the week; expected Mon, Tue, … or Mon-Fri"))
    };
    let mut days = [false; 7];
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        // Sat-Mon goes over the end of the week.
        let mut day = first;
        loop {
            days[day] = true;
            if day == last {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Ok(days)
}

/// When the present stretch ends: of those that overlap or touch the last one. None outside of every window.
#[must_use]
pub fn closes(windows: &[Window], now: Timestamp) -> Option<Timestamp> {
    let all: Vec<(Timestamp, Timestamp)> = windows.iter().flat_map(|w| w.around(now)).collect();
    let mut end = all.iter().filter(|(from, to)| *from <= now && now < *to).map(|(_, to)| *to).max()?;
    for _ in 0..MOST_JOINED {
        match all.iter().filter(|(from, to)| *from <= end && *to > end).map(|(_, to)| *to).max() {
            Some(later) => end = later,
            None => return Some(end),
        }
    }
    Some(end)
}

/// When a stretch begins the next time that is at least so long; none when no stretch is.
#[must_use]
pub fn opens(windows: &[Window], after: Timestamp, at_least: Duration) -> Option<Timestamp> {
    let mut begins: Vec<Timestamp> = windows
        .iter()
        .flat_map(|w| w.around(after))
        .map(|(from, _)| from)
        .filter(|from| *from > after)
        .collect();
    begins.sort_unstable();
    begins.into_iter().find(|from| closes(windows, *from).is_some_and(|to| lasts(*from, to) >= at_least))
}

/// How long something that begins now may take; none outside of every window.
#[must_use]
pub fn left(windows: &[Window], now: Timestamp) -> Option<Duration> {
    closes(windows, now).map(|to| lasts(now, to))
}

fn lasts(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn window(text: &str) -> Window {
        Window::parse(text).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_night_of_a_workday_ends_on_the_next_morning() {
        let w = [window("Mon-Fri 22:00-05:00 Europe/Berlin")];
        // 2026-11-27 is a Friday; Berlin is one hour ahead of UTC.
        assert_eq!(closes(&w, at("2026-11-27T20:59:00Z")), None);
        assert_eq!(closes(&w, at("2026-11-27T21:00:00Z")), Some(at("2026-11-28T04:00:00Z")));
        assert_eq!(closes(&w, at("2026-11-28T03:59:59Z")), Some(at("2026-11-28T04:00:00Z")));
        assert_eq!(closes(&w, at("2026-11-28T04:00:00Z")), None);
        assert_eq!(closes(&w, at("2026-11-28T22:00:00Z")), None, "Saturday night is not named");
        assert_eq!(opens(&w, at("2026-11-28T04:00:00Z"), Duration::ZERO), Some(at("2026-11-30T21:00:00Z")));
    }

    #[test]
    fn windows_that_touch_are_one_and_a_night_of_a_changed_clock_is_shorter() {
        let w = [window("22:00-24:00"), window("00:00-02:00")];
        assert_eq!(closes(&w, at("2026-11-27T23:00:00Z")), Some(at("2026-11-28T02:00:00Z")));
        // On 2026-03-29 the clocks of Berlin jump from 2:00 to 3:00.
        let w = [window("Sat 22:00-05:00 Europe/Berlin")];
        assert_eq!(left(&w, at("2026-03-28T21:00:00Z")), Some(Duration::from_secs(6 * 3600)));
        // On 2026-10-25 they go back: an hour more.
        assert_eq!(left(&w, at("2026-10-24T20:00:00Z")), Some(Duration::from_secs(8 * 3600)));
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_is_the_moment_of_their_jump() {
        // At 01:00 UTC it is 03:00 in Berlin, and 02:00 never was.
        let jump = "2026-03-29T01:00:00Z";
        let ends = |text: &str, now: &str| closes(&[window(text)], at(now)).map(|end| end.to_string());
        let berlin = |hours: &str| format!("Sun {hours} Europe/Berlin");
        assert_eq!(ends(&berlin("02:30-03:15"), jump).as_deref(), Some("2026-03-29T01:15:00Z"));
        assert_eq!(ends(&berlin("01:30-02:30"), "2026-03-29T00:45:00Z").as_deref(), Some(jump));
        assert_eq!(ends(&berlin("01:30-02:30"), jump), None, "it is 03:00 there");
        assert_eq!(ends(&berlin("02:10-02:40"), "2026-03-29T01:10:00Z"), None);
        // Midnight itself may be left out, as in Beirut on this day.
        let beirut = "Sun 00:00-04:00 Asia/Beirut";
        assert_eq!(ends(beirut, "2026-03-28T22:00:00Z").as_deref(), Some("2026-03-29T01:00:00Z"));
    }

    #[test]
    fn what_takes_longer_than_a_window_never_begins() {
        let w = [window("01:00-02:00"), window("Sun 10:00-14:00")];
        let hours = |n: u64| Duration::from_secs(n * 3600);
        assert_eq!(opens(&w, at("2026-11-27T00:00:00Z"), hours(2)), Some(at("2026-11-29T10:00:00Z")));
        assert_eq!(opens(&w, at("2026-11-27T00:00:00Z"), hours(5)), None);
    }

    #[test]
    fn what_is_no_window_says_why() {
        for bad in [
            "",
            "22:00",
            "22-05",
            "Mon",
            "Mon-Fri",
            "Foo 22:00-05:00",
            "25:00-26:00",
            "22:61-23:00",
            "22:00-22:00",
            "24:00-05:00",
            "22:00-05:00 Nowhere/Else",
            "22:00-05:00 UTC now",
            "Monx 1:00-2:00",
            "1:0-2:00",
        ] {
            assert!(Window::parse(bad).is_err(), "{bad}");
        }
        for good in
            ["Sat,Sun 00:00-24:00", "saturday-Monday 1:00-2:00 UTC", "22:00-05:00", "Mon, Wed 22:00-05:00"]
        {
            assert!(Window::parse(good).is_ok(), "{good}");
        }
    }

    fn any_window() -> impl Strategy<Value = Window> {
        let zones = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"];
        let days = ["", "Mon-Fri ", "Sat,Sun ", "Fri-Mon ", "Wed "];
        (0_usize..5, 0_u16..1440, 0_u16..=1440, 0_usize..5).prop_filter_map(
            "empty",
            move |(day, from, to, zone)| {
                let time = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
                Window::parse(&format!("{}{}-{} {}", days[day], time(from), time(to), zones[zone])).ok()
            },
        )
    }

    proptest! {
        /// Open means that it closes later and is open until then; closed means that it opens later and not before.
        #[test]
        fn open_and_closed_follow_each_other(
            windows in prop::collection::vec(any_window(), 1..4),
            second in 1_700_000_000_i64..1_900_000_000,
            between in 0.0_f64..1.0,
        ) {
            let now = Timestamp::from_second(second).unwrap();
            let inside = |from: Timestamp, to: Timestamp| from + lasts(from, to).mul_f64(between);
            match closes(&windows, now) {
                Some(end) => {
                    prop_assert!(end > now);
                    let then = inside(now, end);
                    // One that never closes is looked ahead no further than some days.
                    let endless = lasts(now, end) > Duration::from_secs(6 * 24 * 3600);
                    if then < end {
                        let closes = closes(&windows, then);
                        prop_assert!(closes == Some(end) || (endless && closes > Some(end)), "{closes:?} {end}");
                    }
                    prop_assert_eq!(left(&windows, now), Some(lasts(now, end)));
                }
                None => {
                    let next = opens(&windows, now, Duration::ZERO);
                    prop_assert!(next.is_some(), "a window comes every week");
                    let next = next.unwrap();
                    prop_assert!(next > now && closes(&windows, next).is_some());
                    let then = inside(now, next);
                    if then < next {
                        prop_assert_eq!(closes(&windows, then), None);
                    }
                }
            }
        }
    }
}
