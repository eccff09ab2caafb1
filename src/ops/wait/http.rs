//! Waiting for what an address answers.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use super::{LOOK, Subject};
use crate::api::http::Probe;
use crate::error::{Error, Result};
use crate::model::condition::ConditionState;

/// An answer that takes longer than this is none.
const WITHIN: Duration = Duration::from_secs(10);

/// The HTTP status that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedStatus {
    /// This one.
    Status(u16),
    /// Any of this hundred: 2 for 200 to 299.
    Class(u16),
}

impl WantedStatus {
    /// Reads `200` or `2xx`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(class) = text.strip_suffix("xx") {
            return class.parse().ok().filter(|c| (1..=5).contains(c)).map(WantedStatus::Class);
        }
        text.parse().ok().filter(|s| text.len() == 3 && (100..600).contains(s)).map(WantedStatus::Status)
    }

    fn holds(self, status: u16) -> bool {
        match self {
            WantedStatus::Status(wanted) => status == wanted,
            WantedStatus::Class(class) => status / 100 == class,
        }
    }
}

impl std::fmt::Display for WantedStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WantedStatus::Status(status) => write!(f, "{status}"),
            WantedStatus::Class(class) => write!(f, "{class}xx"),
        }
    }
}

/// An address. Redirects are not followed: they are answers.
pub struct HttpSubject {
    probe: Probe,
    url: String,
    wanted: WantedStatus,
    looked: bool,
}

impl HttpSubject {
    /// This status of this address.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(url: &str, wanted: WantedStatus) -> Result<Self> {
        let probe =
            Probe::new(WITHIN).map_err(|e| Error::failed("could not make an HTTP client").because(e))?;
        Ok(HttpSubject { probe, url: url.to_owned(), wanted, looked: false })
    }
}

impl Subject for HttpSubject {
    async fn changed(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.looked, true) {
            sleep(LOOK).await;
        }
        Ok(())
    }

    async fn standing(&mut self, _now: Timestamp) -> Result<ConditionState> {
        Ok(match self.probe.get(&self.url, &[]).await {
            Ok(answer) if self.wanted.holds(answer.status) => {
                ConditionState::Met(format!("it answers {}", answer.status))
            }
            Ok(answer) => {
                let to = answer.headers.iter().find(|(name, _)| name == "location");
                let to = to.map_or(String::new(), |(_, to)| format!(" and sends on to {to}"));
                ConditionState::NotYet(format!("it answers {}{to}", answer.status))
            }
            Err(why) => ConditionState::NotYet(format!("no answer: {why}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_or_a_class_of_them() {
        assert_eq!(WantedStatus::parse("200"), Some(WantedStatus::Status(200)));
        assert_eq!(WantedStatus::parse("2xx"), Some(WantedStatus::Class(2)));
        assert_eq!(
            (
                WantedStatus::parse("20"),
                WantedStatus::parse("600"),
                WantedStatus::parse("9xx"),
                WantedStatus::parse("x")
            ),
            (None, None, None, None)
        );
        assert!(
            WantedStatus::Class(2).holds(204)
                && !WantedStatus::Class(2).holds(301)
                && WantedStatus::Status(301).holds(301)
        );
    }
}
