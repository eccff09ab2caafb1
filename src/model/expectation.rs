//! What has to have changed on a node after a command was run for it: a later kernel, another version of Nomad, a boot.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of a node at a moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeFacts {
    /// What the node said of itself under the names that are looked at, such as `attr.kernel.version`.
    pub values: BTreeMap<String, String>,
    /// When the agent registered last, in seconds since 1970.
    pub registered_at: Option<Timestamp>,
    /// When the machine was booted; none while nobody can tell.
    pub booted_at: Option<Timestamp>,
}

/// A condition a node must meet when it is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expectation {
    /// Nothing but that the node is ready.
    Nothing,
    /// The machine was booted since.
    Reboot,
    /// The agent has registered again since.
    Restart,
    /// A value is this one.
    Is(String, String),
    /// A value is another one than this.
    IsNot(String, String),
    /// A value is another one than before.
    Changed(String),
}

/// The clocks of two machines may differ by this, in seconds.
const CLOCK_SKEW: f64 = 5.0;

impl Expectation {
    /// Reads `reboot`, `restart`, `nothing`, `KEY=VALUE`, `KEY!=VALUE` or `KEY!=old`, where KEY is `attr.…`, `meta.…`, or
    /// `nomad.version` for the attribute of that name.
    ///
    /// # Errors
    /// What it should look like.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "nothing" => return Ok(Expectation::Nothing),
            "reboot" => return Ok(Expectation::Reboot),
            "restart" => return Ok(Expectation::Restart),
            _ => {}
        }
        let wrong = || {
            "expected reboot, restart, nothing, KEY=VALUE, KEY!=VALUE or KEY!=old, with attr.NAME, meta.NAME or nomad.version as KEY"
                .to_owned()
        };
        if let Some((key, value)) = text.split_once("!=") {
            let key = key_of(key).ok_or_else(wrong)?;
            return Ok(match value {
                "old" => Expectation::Changed(key),
                "" => return Err(wrong()),
                value => Expectation::IsNot(key, value.to_owned()),
            });
        }
        let (key, value) = text.split_once('=').filter(|(_, value)| !value.is_empty()).ok_or_else(wrong)?;
        Ok(Expectation::Is(key_of(key).ok_or_else(wrong)?, value.to_owned()))
    }

    /// The name of the value it looks at, when it looks at one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Expectation::Is(key, _) | Expectation::IsNot(key, _) | Expectation::Changed(key) => Some(key),
            _ => None,
        }
    }

    /// The version of Nomad that is expected, when one is.
    #[must_use]
    pub fn nomad_version(&self) -> Option<&str> {
        match self {
            Expectation::Is(key, value) if key == NOMAD_VERSION => Some(value),
            _ => None,
        }
    }

    /// What is missing; nothing when it is so.
    #[must_use]
    pub fn missing(&self, before: &NodeFacts, now: &NodeFacts) -> Option<String> {
        let value = |facts: &'_ NodeFacts, key: &str| facts.values.get(key).cloned();
        let shown = |value: Option<String>| value.map_or_else(|| "not set".to_owned(), |v| format!("{v:?}"));
        match self {
            Expectation::Nothing => None,
            Expectation::Reboot => match (before.booted_at, now.booted_at) {
                (_, None) => Some("when it was booted is not known yet".to_owned()),
                (None, _) => Some("when it was booted before is not known, so nobody can tell".to_owned()),
                (Some(before), Some(now)) => {
                    let later = now.duration_since(before).as_secs_f64();
                    (later < CLOCK_SKEW).then(|| "it was not booted again".to_owned())
                }
            },
            Expectation::Restart => (now.registered_at <= before.registered_at)
                .then(|| "its agent has not registered again".to_owned()),
            Expectation::Is(key, wanted) => {
                let now = value(now, key);
                (now.as_ref() != Some(wanted)).then(|| format!("{key} is {}, not {wanted:?}", shown(now)))
            }
            Expectation::IsNot(key, other) => match value(now, key) {
                None => Some(format!("{key} is not set")),
                Some(now) => (now == *other).then(|| format!("{key} is still {now:?}")),
            },
            Expectation::Changed(key) => match (value(before, key), value(now, key)) {
                (_, None) => Some(format!("{key} is not set")),
                (before, now) => (before == now).then(|| format!("{key} is still {}", shown(now))),
            },
        }
    }
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expectation::Nothing => f.write_str("nothing"),
            Expectation::Reboot => f.write_str("reboot"),
            Expectation::Restart => f.write_str("restart"),
            Expectation::Is(key, value) => write!(f, "{key}={value}"),
            Expectation::IsNot(key, value) => write!(f, "{key}!={value}"),
            Expectation::Changed(key) => write!(f, "{key}!=old"),
        }
    }
}

/// The attribute with the version of a node's agent.
pub const NOMAD_VERSION: &str = "attr.nomad.version";

fn key_of(text: &str) -> Option<String> {
    if text == "nomad.version" {
        return Some(NOMAD_VERSION.to_owned());
    }
    let name = text.strip_prefix("attr.").or_else(|| text.strip_prefix("meta."))?;
    (!name.is_empty()).then(|| text.to_owned())
}

/// Compares versions such as `1.9.0`, `2.0.0-beta.1` and `1.9.0+ent` by their numbers; one before a release is older than it.
/// None when one is no version.
#[must_use]
pub fn compare_versions(a: &str, b: &str) -> Option<Ordering> {
    let read = |text: &str| -> Option<([u64; 3], bool)> {
        let text = text.trim().trim_start_matches('v');
        let text = text.split('+').next().unwrap_or(text);
        let (numbers, pre) = text.split_once('-').map_or((text, false), |(n, _)| (n, true));
        let mut parts = numbers.split('.').map(|n| n.parse::<u64>().ok());
        let version = [parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?];
        Some((version, !pre))
    };
    Some(read(a)?.cmp(&read(b)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    fn facts(values: &[(&str, &str)], registered: i64, booted: i64) -> NodeFacts {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        NodeFacts { values, registered_at: at(registered), booted_at: at(booted) }
    }

    #[test]
    fn an_expectation_is_read_as_it_is_written() {
        for text in [
            "reboot",
            "restart",
            "nothing",
            "attr.kernel.version!=old",
            "meta.image=7",
            "attr.os.version!=22.04",
            "attr.nomad.version=2.0.6",
        ] {
            assert_eq!(Expectation::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Expectation::parse("nomad.version=2.0.6").unwrap().nomad_version(), Some("2.0.6"));
        for bad in ["", "kernel", "kernel.version!=old", "attr.=x", "attr.x=", "attr.x!=", "=x"] {
            assert!(Expectation::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_known_is_never_as_expected() {
        let before = facts(&[("attr.kernel.version", "6.1")], 100, 50);
        let cases = [
            ("attr.kernel.version!=old", facts(&[], 200, 150), Some("attr.kernel.version is not set")),
            ("attr.kernel.version!=old", before.clone(), Some("attr.kernel.version is still \"6.1\"")),
            ("attr.kernel.version!=old", facts(&[("attr.kernel.version", "6.2")], 100, 50), None),
            ("meta.a!=1", facts(&[], 100, 50), Some("meta.a is not set")),
            ("meta.a=1", facts(&[], 100, 50), Some("meta.a is not set, not \"1\"")),
            ("reboot", NodeFacts::default(), Some("when it was booted is not known yet")),
            ("reboot", facts(&[], 900, 52), Some("it was not booted again")),
            ("reboot", facts(&[], 100, 150), None),
            ("restart", facts(&[], 100, 150), Some("its agent has not registered again")),
            ("restart", facts(&[], 101, 50), None),
            ("nothing", NodeFacts::default(), None),
        ];
        for (text, now, missing) in cases {
            assert_eq!(
                Expectation::parse(text).unwrap().missing(&before, &now).as_deref(),
                missing,
                "{text}"
            );
        }
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let cases = [
            ("1.9.0", "1.10.0", Some(Ordering::Less)),
            ("2.0.6", "2.0.5", Some(Ordering::Greater)),
            ("2.0.6+ent", "2.0.6", Some(Ordering::Equal)),
            ("2.0.0-beta.1", "2.0.0", Some(Ordering::Less)),
            ("v2.0", "2.0.0", Some(Ordering::Equal)),
            ("two", "2.0.0", None),
        ];
        for (a, b, ordering) in cases {
            assert_eq!(compare_versions(a, b), ordering, "{a} {b}");
        }
    }
}
