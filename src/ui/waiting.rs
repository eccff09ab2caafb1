//! A word on an answer that takes long.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::api::http::{AskedNode, SlowAnswers};
use crate::ui::{Printer, Tone};

/// When a person wonders whether anything happens.
const ON_A_TERMINAL: Duration = Duration::from_secs(2);
/// When a log may hear of it.
const IN_A_LOG: Duration = Duration::from_secs(10);
/// For how long the same is not said again of a node.
const SAID_ONCE_IN: Duration = Duration::from_secs(300);
/// For how long nothing of the kind is said again: much is asked at a time.
const SAID_ONE_IN: Duration = Duration::from_secs(5);

/// Tells what is waited for, on a line of its own.
#[derive(Debug)]
pub struct WaitingNote {
    printer: Arc<Printer>,
    /// What was said of nodes, and when.
    said: Mutex<BTreeMap<String, Instant>>,
}

impl WaitingNote {
    /// One that tells there.
    #[must_use]
    pub fn on(printer: Arc<Printer>) -> Self {
        WaitingNote { printer, said: Mutex::default() }
    }

    /// Whether this was not said a moment ago.
    fn is_news(&self, words: &str) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let again = said
            .iter()
            .any(|(other, at)| at.elapsed() < if other == words { SAID_ONCE_IN } else { SAID_ONE_IN });
        if !again {
            said.insert(words.to_owned(), Instant::now());
        }
        !again
    }
}

impl SlowAnswers for WaitingNote {
    fn after(&self) -> Duration {
        if self.printer.facts().stderr_tty { ON_A_TERMINAL } else { IN_A_LOG }
    }

    fn waiting(&self, url: &str) {
        if self.printer.has_screen() {
            // There the age of what is shown says it.
            return;
        }
        self.printer.say(&format!("waiting for {url}"), Tone::Dim);
    }

    fn trying_again(&self, why: &str) {
        let words = format!("{why}; trying again");
        if !self.printer.has_screen() && self.is_news(&words) {
            self.printer.say(&words, Tone::Dim);
        }
    }

    fn waiting_for_node(&self, node: &AskedNode, why: Option<&str>) {
        let words = match why {
            None => format!("waiting for {node}, which does not answer yet"),
            Some(why) => format!("{node} is not reached: {why}; trying again"),
        };
        if !self.printer.has_screen() && self.is_news(&words) {
            self.printer.say(&words, Tone::Dim);
        }
    }

    fn unanswered(&self, purpose: &str, url: &str) {
        self.printer.warn(&format!("no answer yet from {url}: asked to {purpose}, it may have done so"));
    }
}
