//! Canaries that are healthy by the servers' record: looked at, tried for as long as was asked, and promoted.

use std::time::Duration;

use super::{Decision, Milestone, Promotion, Step, StepNews};
use crate::model::rollout::gate::{GateAnswer, GatesVerdict};
use crate::model::rollout::look::HealthLook;
use crate::ops::deploy::end::End;

impl Step<'_> {
    /// By the servers' record the canaries are healthy: whoever promotes them, or says so, looks at them first, and again and
    /// again as long as they are tried.
    pub(super) fn canaries(&mut self, automatic: bool) -> Decision {
        if let Some(decision) = self.crashing() {
            return decision;
        }
        if self.memory.aborted.is_some() {
            return Decision::being_failed();
        }
        if self.memory.promoted {
            return Decision::Wait("the canaries are promoted".to_owned());
        }
        let soak = match self.policy.promotion {
            // What runs again was tried when it was new.
            _ if self.memory.rolling.is_some() && self.policy.promotes_what_comes_back() => {
                Some(Duration::ZERO)
            }
            Promotion::AsWritten if automatic => {
                return Decision::Wait(
                    "the canaries were found healthy and are promoted automatically".to_owned(),
                );
            }
            Promotion::AsWritten | Promotion::Manual => None,
            Promotion::WhenGatesHold(soak) => Some(soak),
        };
        if let Some(decision) = self.unwell(soak.is_some()) {
            return decision;
        }
        match (soak, &self.input.halfway) {
            (None, Some(half)) => Decision::Wait(format!("the other canaries wait for promotion; {half}")),
            (None, None) => {
                Decision::End(End::Pending { version: self.input.version, unseen: None, groups: Vec::new() })
            }
            (Some(soak), _) => self.promotion(soak),
        }
    }

    /// What to do about canaries that are not healthy at this moment, or were not looked at; none where they are healthy.
    fn unwell(&mut self, promotes: bool) -> Option<Decision> {
        let Some((_, look)) = self.memory.canaries.clone().filter(|(at, _)| self.input.is_fresh(*at)) else {
            return Some(Decision::AskCanaries);
        };
        let (version, memory) = (self.input.version, &mut *self.memory);
        // One that has crashed and runs again has not been healthy without interruption.
        if memory.crashes != self.input.crashes || !look.is_good() {
            memory.watchman.unhealthy();
        }
        memory.crashes = self.input.crashes;
        let since = memory.unwell.lasts(!look.is_good(), self.input.now);
        match look {
            HealthLook::Good(_) => {
                memory.told.remove(&Milestone::CanariesUnwell);
                memory.is_new(Milestone::CanariesReady).then_some(Decision::Tell(StepNews::CanariesReady))
            }
            HealthLook::Bad { why } => {
                memory.told.remove(&Milestone::CanariesReady);
                if memory.is_new(Milestone::CanariesUnwell) {
                    return Some(Decision::Tell(StepNews::CanariesUnwell(why)));
                }
                Some(match since >= self.policy.patience() {
                    false => {
                        Decision::Wait(format!("the canaries were found healthy and are not now: {why}"))
                    }
                    true if promotes => {
                        Decision::Fail { why: format!("its canaries are not healthy: {why}") }
                    }
                    true => Decision::End(End::CanariesUnwell { version, why }),
                })
            }
            HealthLook::NotKnown { why } => Some(match since >= self.policy.unseen_for {
                false => Decision::Wait(format!("whether the canaries are healthy now is not known: {why}")),
                true if promotes => Decision::End(End::CanariesNotKnown { version, why }),
                true => Decision::End(End::Pending { version, unseen: Some(why), groups: Vec::new() }),
            }),
        }
    }

    /// The canaries are healthy at this moment: whether they are promoted.
    fn promotion(&mut self, soak: Duration) -> Decision {
        let (now, memory) = (self.input.now, &mut *self.memory);
        let due = memory.asked_at.is_none_or(|at| now.duration_since(at).unsigned_abs() >= self.policy.every);
        if self.policy.gated && due && memory.rolling.is_none() {
            return Decision::AskGates;
        }
        let verdict = memory.watchman.judge(now, soak, &memory.answers);
        // A no that was counted is not counted again; it still is no yes.
        for (_, answer) in &mut memory.answers {
            if let GateAnswer::Fail(why) = answer {
                *answer = GateAnswer::Unknown(why.clone());
            }
        }
        match verdict {
            GatesVerdict::Hold(why) => Decision::Wait(why),
            GatesVerdict::Abort(why) => Decision::Fail { why },
            GatesVerdict::Promote => Decision::Promote,
        }
    }
}
