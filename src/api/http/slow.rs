//! Saying what is waited for, before somebody believes that nothing happens.

use std::time::Duration;

/// Is told when an answer takes long.
pub trait SlowAnswers: std::fmt::Debug + Send + Sync {
    /// How long an answer may take until that is worth a word.
    fn after(&self) -> Duration;

    /// An answer from this URL is waited for, for so long already.
    fn waiting(&self, url: &str);
}
