//! What is healthy by the servers' record: it has to stay so for a while, and to be so when it is looked at.

use std::time::Duration;

use super::{Decision, Step};
use crate::model::rollout::Counts;
use crate::model::rollout::look::HealthLook;
use crate::ops::deploy::end::End;

impl Step<'_> {
    /// By the servers' record everything is healthy, for so long.
    pub(super) fn last_look(&mut self, healthy: Duration) -> Decision {
        // Its deployment was over before it could be failed: that does not make good what it was to be failed for.
        if let Some(why) = self.memory.aborted.clone() {
            return if self.is_active() { Decision::being_failed() } else { self.failed(&why) };
        }
        if let Some(decision) = self.crashing() {
            return decision;
        }
        if let Some(counts) = self.input.finished {
            return Decision::End(self.finished(counts));
        }
        if let Some(waits) = self.settling(healthy) {
            return Decision::Wait(waits);
        }
        if self.input.idle {
            return Decision::End(self.runs(Counts::default()));
        }
        match self.memory.look.clone().filter(|(at, _)| self.input.is_fresh(*at)) {
            Some((_, look)) => self.looked(look),
            None => Decision::AskHealth,
        }
    }

    /// What it waits for before the last look.
    fn settling(&self, healthy: Duration) -> Option<String> {
        let (input, settle) = (self.input, self.policy.settle);
        if input.stopping > 0 {
            let were = if input.stopping == 1 { "was" } else { "were" };
            return Some(format!("{} that {were} told to stop still run", input.stopping));
        }
        if input.idle || input.long_so || healthy >= settle {
            return None;
        }
        let left = (settle - healthy).as_secs_f64().ceil();
        Some(match &input.flapping {
            Some(why) => format!("it was found healthy and is not now: {why}"),
            None => format!("it was found healthy; the last look is in {left} s"),
        })
    }

    /// What the last look showed, and what follows.
    fn looked(&mut self, look: HealthLook) -> Decision {
        let unwell = self.memory.unwell.lasts(!look.is_good(), self.input.now);
        let patience = self.policy.patience();
        // Nothing was registered, and nothing will ever tell.
        let is_vain = self.policy.unchanged && self.policy.unseen_for.is_zero();
        match look {
            HealthLook::Good(counts) => Decision::End(self.runs(counts)),
            HealthLook::Bad { why } if unwell >= patience => self.failed(&why),
            HealthLook::Bad { why } => Decision::Wait(format!("it was found healthy and is not now: {why}")),
            HealthLook::NotKnown { why } if unwell >= patience || is_vain => {
                Decision::End(End::NotKnown { version: self.input.version, why })
            }
            HealthLook::NotKnown { why } => {
                Decision::Wait(format!("whether it is healthy now is not known: {why}"))
            }
        }
    }

    /// The good end of a version that runs.
    fn runs(&mut self, counts: Counts) -> End {
        let version = self.input.version;
        self.came_back().unwrap_or(match counts.wanted {
            0 => End::Idle { version },
            _ => End::Healthy { version, unchanged: self.policy.unchanged.then_some(counts) },
        })
    }

    /// The good end of a version that has finished its work.
    fn finished(&mut self, counts: Counts) -> End {
        let (version, unchanged) = (self.input.version, self.policy.unchanged || !self.input.ran);
        self.came_back().unwrap_or(End::Finished { version, counts, unchanged })
    }

    /// The good end of an earlier version that was brought back; none where the version is the one that was wanted.
    fn came_back(&mut self) -> Option<End> {
        let why = self.memory.rolling.take()?;
        Some(End::RolledBack { why, version: self.input.version })
    }
}
