//! Waiting until nobody moves a job, for a write that has whoever moves it wait from then on: what is registered makes a deployment.

use jiff::Timestamp;
use tokio::time::sleep;

use super::{Claim, LAPSE, RETRY, job_name, read};
use crate::api::http::Http;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::ids::JobKey;

/// Who waits for its turn with a job.
pub struct Turn<'a> {
    /// The client.
    pub nomad: &'a Http,
    /// The job.
    pub job: &'a JobKey,
    /// The clock.
    pub clock: &'a SharedClock,
    /// Ctrl-C.
    pub orderly: &'a mut Orderly,
    /// When waiting ends.
    pub until: Option<Timestamp>,
}

impl Turn<'_> {
    /// Waits as long as another operation of `fleet` moves instances of the job: both at once would take it below its floor. `tell` is
    /// told whom it waits for, each once. One request where nobody does; a token that may not read the claims waits for nobody.
    ///
    /// # Errors
    /// Timed out (6), interrupted (130, 143); nothing was changed then.
    pub async fn come(self, mut tell: impl FnMut(&str)) -> Result<()> {
        let mut seen: Option<(String, u64, Timestamp)> = None;
        let mut told = String::new();
        loop {
            let Ok((claims, _)) = read(self.nomad).await else { return Ok(()) };
            let name = job_name(self.job);
            let other = claims.iter().find(|(_, claim)| claim.covers(&name) && !claim.has_ended());
            let Some((operation, claim)) = other else { return Ok(()) };
            let now = self.clock.now();
            let since = match &seen {
                Some((known, beat, since)) if known == operation && *beat == claim.beat => *since,
                _ => now,
            };
            seen = Some((operation.clone(), claim.beat, since));
            if now.duration_since(since).unsigned_abs() >= LAPSE {
                return Ok(());
            }
            let line = waits_for(claim, self.job);
            if line != told {
                tell(&line);
                told.clone_from(&line);
            }
            if self.until.is_some_and(|until| now >= until) {
                let error = Error::new(ExitCode::TimedOut, "timed out; nothing was changed");
                return Err(error.because(line));
            }
            tokio::select! {
                by = self.orderly.requested() => return Err(by.error("interrupted; nothing was changed").because(line)),
                () = sleep(RETRY) => {}
            }
        }
    }
}

fn waits_for(claim: &Claim, job: &JobKey) -> String {
    format!("waiting for {}, which moves {job}", claim.holder)
}
