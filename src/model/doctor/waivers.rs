//! Findings that somebody accepted: with a reason, and not for ever.
//!
//! ```toml
//! [[waiver]]
//! code = "FD103"
//! subject = "job cron-*"          # * and ? are patterns; all subjects when left out
//! namespace = "ops"               # all namespaces when left out
//! reason = "restarts are fine at night"
//! expires = "2027-01-31"
//! ```

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::doctor::{Fault, of};

/// A file of waivers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Waivers {
    /// The waivers.
    pub waiver: Vec<Waiver>,
}

/// A waiver: which findings are accepted, and why.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The code it is for.
    pub code: String,
    /// The subjects it is for; all when left out. `*` and `?` are patterns.
    pub subject: Option<String>,
    /// The namespace it is for; all when left out.
    pub namespace: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day it holds.
    pub expires: Date,
}

impl Waivers {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it is no good.
    pub fn parse(text: &str) -> Result<Self, String> {
        let all: Waivers = toml::from_str(text).map_err(|e| e.to_string())?;
        for w in &all.waiver {
            if of(&w.code).is_none() {
                return Err(format!("there is no check {}", w.code));
            }
            if w.reason.trim().is_empty() {
                return Err(format!("the waiver of {} has no reason", w.code));
            }
        }
        Ok(all)
    }

    /// The waiver that holds for a fault today.
    #[must_use]
    pub fn of(&self, fault: &Fault, today: Date) -> Option<&Waiver> {
        self.waiver.iter().find(|w| w.expires >= today && w.fits(fault))
    }

    /// Those that hold no longer.
    pub fn expired(&self, today: Date) -> impl Iterator<Item = &Waiver> {
        self.waiver.iter().filter(move |w| w.expires < today)
    }
}

impl Waiver {
    fn fits(&self, fault: &Fault) -> bool {
        let subject = self.subject.as_deref().is_none_or(|pattern| {
            let text = regex::escape(pattern).replace("\\*", ".*").replace("\\?", ".");
            regex::Regex::new(&format!("^({text})$")).is_ok_and(|r| r.is_match(&fault.subject))
        });
        let namespace = self.namespace.is_none() || self.namespace == fault.namespace;
        subject && namespace && self.code.eq_ignore_ascii_case(fault.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_holds_for_its_subjects_until_its_last_day() {
        let all = Waivers::parse(
            "[[waiver]]\ncode = \"FD103\"\nsubject = \"job cron-*\"\nreason = \"fine\"\nexpires = \"2026-01-31\"\n",
        )
        .unwrap();
        let fault = |subject: &str| Fault::new("FD103", subject, "").within("default");
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(all.of(&fault("job cron-a"), day("2026-01-31")).is_some());
        assert!(all.of(&fault("job web"), day("2026-01-31")).is_none());
        assert!(all.of(&fault("job cron-a"), day("2026-02-01")).is_none());
        assert_eq!(all.expired(day("2026-02-01")).count(), 1);
    }

    #[test]
    fn a_waiver_without_reason_or_of_no_check_is_refused() {
        let one = |code: &str, reason: &str| {
            Waivers::parse(&format!(
                "[[waiver]]\ncode = \"{code}\"\nreason = \"{reason}\"\nexpires = \"2026-01-31\"\n"
            ))
        };
        assert_eq!(one("FD999", "x").unwrap_err(), "there is no check FD999");
        assert_eq!(one("FD103", " ").unwrap_err(), "the waiver of FD103 has no reason");
        assert!(Waivers::parse("[[waiver]]\ncode = \"FD103\"\nreason = \"x\"\n").is_err());
    }
}
