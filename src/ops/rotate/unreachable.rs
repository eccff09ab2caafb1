//! What a rotation does while the servers cannot be asked: it says so, touches nothing, and goes on when they answer again.

use crate::api::http::Patience;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::words;
use crate::ops::rotate::rotation::{PATIENCE, Rotation, TICK};

/// How long one request is tried again before that is told: a leader change (≈ 5 s, `nomad-api.md §1.6a`) fits in.
pub(super) const FOR_ONE_REQUEST: Patience = Patience::VIEW;

impl Rotation<'_> {
    /// Waits for a moment after a fault that may pass by itself, and tells of the first one. Whoever calls it asks again.
    ///
    /// # Errors
    /// The fault itself, where it will not pass or has lasted too long; that time ran out or somebody interrupted meanwhile.
    pub(super) async fn wait_out(&mut self, fault: Error) -> Result<()> {
        if !fault.may_pass() || self.goal.store.is_taken() {
            return Err(fault);
        }
        let now = self.recorder.now();
        if self.unreachable_since.is_none() {
            let limit = words::span(PATIENCE.0);
            self.notice(format!("{fault}; nothing is touched, and it is tried again for {limit}"))?;
        }
        let since = *self.unreachable_since.get_or_insert(now);
        if let Some(halt) = self.halt() {
            return Err(halt.error("while the servers could not be asked").because(fault.to_string()));
        }
        if self.since(since) >= PATIENCE.0 {
            return Err(fault.because(format!("it was tried for {}", words::span(self.since(since)))));
        }
        self.recorder.still();
        tokio::time::sleep(TICK).await;
        Ok(())
    }

    /// Notes that the servers have answered, and tells it where they had not.
    pub(super) fn are_reached(&mut self) -> Result<()> {
        let Some(since) = self.unreachable_since.take() else { return Ok(()) };
        // Nobody saw whether anything moved meanwhile.
        self.last_progress = self.recorder.now();
        self.notice(format!("the servers answer again, after {}", words::span(self.since(since))))
    }

    /// Ends without asking anything more of servers that do not answer: what was begun is told as it was known last.
    pub(super) fn leave_unseen(&self, error: Error) -> Error {
        let error = match error.code() {
            ExitCode::Unreachable => error.because("how what was on its way does now is not known"),
            _ => error,
        };
        self.parting_words().into_iter().fold(error, Error::hint)
    }
}
