//! What a table shows, by meaning: a person gets ages, colours and rounded sizes, a machine gets exact values.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::ids::short;
use crate::ui::text::sanitize;
use crate::ui::time::{duration_text, relative_text};

/// What a text says about the state it names. The words say it too, so the meaning survives without colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// Emphasized.
    Strong,
    /// As it should be.
    Good,
    /// Needs attention.
    Warn,
    /// Wrong.
    Bad,
    /// Less important.
    Dim,
}

impl Tone {
    /// The escape code that begins it; empty for plain.
    #[must_use]
    pub fn ansi(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Strong => "\x1b[1m",
            Tone::Good => "\x1b[32m",
            Tone::Warn => "\x1b[33m",
            Tone::Bad => "\x1b[1;31m",
            Tone::Dim => "\x1b[2m",
        }
    }

    /// The text in its colour, where colours are wanted.
    #[must_use]
    pub(crate) fn paint(self, text: &str, color: bool) -> String {
        let code = self.ansi();
        if color && !code.is_empty() && !text.is_empty() {
            format!("{code}{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A value in a table or a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String, Tone),
    /// A number.
    Number(u64),
    /// A moment: an age for people, RFC 3339 for machines.
    Time(Option<Timestamp>),
    /// A length of time: rounded for people, seconds with three decimals for machines.
    Duration(Option<Duration>),
    /// MiB: rounded with a unit for people, the number for machines.
    Mebibytes(u64),
    /// Per cent of a whole: with a bar for people, the number for machines.
    Share(u64, Tone),
    /// A UUID: its first 8 digits for people, all of it for machines and `-o wide`.
    Id(String),
    /// Nothing to say.
    Empty,
}

impl Cell {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into(), Tone::Plain)
    }

    /// Words with a tone.
    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Cell::Text(text.into(), tone)
    }

    /// The tone of the value.
    #[must_use]
    pub fn tone(&self) -> Tone {
        match self {
            Cell::Text(_, tone) | Cell::Share(_, tone) => *tone,
            _ => Tone::Plain,
        }
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty | Cell::Time(None) | Cell::Duration(None) => true,
            Cell::Text(text, _) | Cell::Id(text) => text.is_empty(),
            Cell::Time(Some(_))
            | Cell::Duration(Some(_))
            | Cell::Number(_)
            | Cell::Mebibytes(_)
            | Cell::Share(..) => false,
        }
    }

    /// For people who asked for everything: ids whole, times exact.
    #[must_use]
    pub fn wide(&self, now: Timestamp) -> String {
        match self {
            Cell::Id(id) if !id.is_empty() => id.clone(),
            Cell::Time(Some(_)) => self.plain(),
            other => other.human(now),
        }
    }

    /// For people who look at one object: ids whole, times exact and as an age.
    #[must_use]
    pub fn detailed(&self, now: Timestamp) -> String {
        match self {
            Cell::Time(Some(_)) => format!("{} ({})", self.human(now), self.plain()),
            other => other.wide(now),
        }
    }

    /// For people.
    #[must_use]
    pub fn human(&self, now: Timestamp) -> String {
        match self {
            Cell::Text(text, _) => sanitize(text),
            Cell::Number(n) => n.to_string(),
            Cell::Time(at) => at.map_or_else(|| "-".to_owned(), |at| relative_text(at, now)),
            Cell::Duration(d) => d.map_or_else(|| "-".to_owned(), duration_text),
            Cell::Mebibytes(mib) => mebibytes_text(*mib),
            Cell::Share(percent, _) => format!("{} {percent:>3}", bar(*percent)),
            Cell::Id(id) if !id.is_empty() => short(id).to_owned(),
            Cell::Id(_) | Cell::Empty => "-".to_owned(),
        }
    }

    /// For machines; empty where there is nothing to say.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Cell::Text(text, _) => sanitize(text),
            Cell::Id(id) => id.clone(),
            Cell::Number(n) | Cell::Mebibytes(n) | Cell::Share(n, _) => n.to_string(),
            Cell::Time(at) => at.map(|at| format!("{at:.0}")).unwrap_or_default(),
            Cell::Duration(d) => d.map(|d| format!("{:.3}", d.as_secs_f64())).unwrap_or_default(),
            Cell::Empty => String::new(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Cell::Empty } else { Cell::text(text) }
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// A share as a bar of five places, each of them worth a fifth, and `+` a tenth.
fn bar(percent: u64) -> String {
    const PLACES: usize = 5;
    let tenths = usize::try_from(percent.saturating_add(4) / 10).unwrap_or(usize::MAX).min(2 * PLACES);
    let mut bar = "#".repeat(tenths / 2) + if tenths % 2 == 1 { "+" } else { "" };
    bar.extend(std::iter::repeat_n('.', PLACES - bar.len()));
    bar
}

fn mebibytes_text(mib: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let (gib, tib) = (mib as f64 / 1024.0, mib as f64 / 1024.0 / 1024.0);
    match mib {
        0..1024 => format!("{mib} MiB"),
        1024..1_048_576 => format!("{gib:.1} GiB"),
        _ => format!("{tib:.1} TiB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_bar_for_people_and_a_number_for_machines() {
        let all: Vec<String> = [0, 3, 9, 50, 95, 100, 180].into_iter().map(bar).collect();
        assert_eq!(all, [".....", ".....", "+....", "##+..", "####+", "#####", "#####"]);
        let cell = Cell::Share(9, Tone::Plain);
        assert_eq!(
            (cell.human(Timestamp::UNIX_EPOCH), cell.plain()),
            ("+....   9".to_owned(), "9".to_owned())
        );
    }

    #[test]
    fn people_and_machines_read_the_same_value_differently() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let at = Cell::Time(Some(Timestamp::from_second(999_940).unwrap()));
        assert_eq!((at.human(now).as_str(), at.plain().as_str()), ("1m ago", "1970-01-12T13:45:40Z"));
        let size = Cell::Mebibytes(4096);
        assert_eq!((size.human(now).as_str(), size.plain().as_str()), ("4.0 GiB", "4096"));
        let long = Cell::Duration(Some(Duration::from_millis(83_250)));
        assert_eq!((long.human(now).as_str(), long.plain().as_str()), ("1m 23s", "83.250"));
        assert_eq!((Cell::from("").human(now).as_str(), Cell::from("").plain().as_str()), ("-", ""));
    }
}
