//! What was told to go is followed to its end, also where something goes wrong meanwhile that ends the run.

use crate::error::{Error, Result};
use crate::ops::migration::live::Live;
use crate::ops::rotate::decide::Decision;
use crate::ops::rotate::rotation::Rotation;

/// What is said once, when nothing new is begun any more.
const FOLLOWING: &str = "something went wrong; following what is under way to its end";

impl Rotation<'_> {
    /// Does what was decided; whether anything came of it. What goes wrong with it ends the run once nothing is under way any more.
    ///
    /// # Errors
    /// That the servers cannot be asked, or that another run has taken the rotation: then nothing can be followed here.
    pub(super) async fn act_or_follow(&mut self, live: &mut Live, decision: &Decision) -> Result<bool> {
        match self.act(live, decision).await {
            Err(error) if !error.may_pass() && !self.goal.store.is_taken() => {
                self.failure.get_or_insert(error);
                self.run.failed = true;
                // What became of it is seen first: some of it may be under way. What cannot be seen ends the next round.
                drop(live.refresh(&self.jobs()).await);
                Ok(true)
            }
            acted => acted,
        }
    }

    /// What has gone wrong, once nothing of what is under way can come to a good end by waiting; none where nothing has, or while
    /// something can.
    pub(super) fn failed_at_last(&mut self, decision: &Decision) -> Result<Option<Error>> {
        if self.failure.is_none() && !(decision.exhausted && decision.in_flight) {
            return Ok(None);
        }
        if decision.in_flight {
            self.notice_once(FOLLOWING)?;
            let stalled = self.stalled(decision);
            return Ok(self.failure.take_if(|_| stalled.is_some()).map(|failure| {
                stalled.into_iter().fold(failure, |error, why| error.because(why.to_string()))
            }));
        }
        match self.awaits_checks(decision) {
            true => Ok(None),
            false => Ok(self.failure.take()),
        }
    }
    /// The error that ends the run while something is followed: what went wrong first is told first.
    pub(super) fn with_failure(&mut self, error: Error) -> Error {
        match self.failure.take() {
            Some(failure) => failure.because(error.to_string()),
            None => error,
        }
    }
}
