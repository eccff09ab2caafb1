//! Saying what is waited for, before somebody believes that nothing happens.

use std::time::Duration;

/// How long the answer to a change may take until that is said.
pub(super) const CHANGE_UNANSWERED: Duration = Duration::from_secs(2);

/// Is told when an answer takes long.
pub trait SlowAnswers: std::fmt::Debug + Send + Sync {
    /// How long an answer may take until that is worth a word.
    fn after(&self) -> Duration;

    /// An answer from this URL is waited for, for so long already.
    fn waiting(&self, url: &str);

    /// The same of a change, which may be made although nobody says so: this is told as soon as a person would wonder.
    fn unanswered(&self, purpose: &str, url: &str);
}
