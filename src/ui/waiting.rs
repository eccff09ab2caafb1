//! A word on an answer that takes long.

use std::sync::Arc;
use std::time::Duration;

use crate::api::http::SlowAnswers;
use crate::ui::{Printer, Tone};

/// When a person wonders whether anything happens.
const ON_A_TERMINAL: Duration = Duration::from_secs(2);
/// When a log may hear of it.
const IN_A_LOG: Duration = Duration::from_secs(10);

/// Tells what is waited for, on a line of its own.
#[derive(Debug)]
pub struct WaitingNote(pub Arc<Printer>);

impl SlowAnswers for WaitingNote {
    fn after(&self) -> Duration {
        if self.0.facts().stderr_tty { ON_A_TERMINAL } else { IN_A_LOG }
    }

    fn waiting(&self, url: &str) {
        if self.0.has_screen() {
            // There the age of what is shown says it.
            return;
        }
        self.0.say(&format!("waiting for {url}"), Tone::Dim);
    }

    fn unanswered(&self, purpose: &str, url: &str) {
        self.0.warn(&format!("no answer yet from {url}: asked to {purpose}, it may have done so"));
    }
}
