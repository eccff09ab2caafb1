//! A version that has failed: told once, then rolled back by whoever does that, or left.

use std::time::Duration;

use super::{Decision, Milestone, Promotion, QUIET, Step, StepNews, UNWELL};
use crate::model::rollout::back::GoodBefore;
use crate::model::rollout::{Rollback, RolloutState};
use crate::ops::deploy::end::{After, End};

impl Step<'_> {
    /// It has failed, and the servers do not roll back.
    pub(super) fn failed(&mut self, why: &str) -> Decision {
        self.failed_with(why, &Rollback::None(None))
    }

    /// It has failed, and this becomes of the version before.
    pub(super) fn failed_with(&mut self, why: &str, rollback: &Rollback) -> Decision {
        // What this run failed on purpose it knows more of than the servers.
        let why = self.memory.aborted.clone().unwrap_or_else(|| why.to_owned());
        if self.memory.is_new(Milestone::Failed) {
            return Decision::Tell(StepNews::Failed { why, deployment_failed: self.deployment_failed() });
        }
        if let Some(first) = self.memory.rolling.take() {
            return self.end_failed(first, After::Words(format!("the rollback failed: {why}")), None);
        }
        match rollback {
            Rollback::Done(_) | Rollback::WaitsForPromotion(_) => Decision::FollowBack { why },
            Rollback::Failed(after) => {
                self.end_failed(why, After::Words(format!("the rollback failed too: {after}")), None)
            }
            Rollback::Progressing(_) if self.memory.is_new(Milestone::RollingBack) => {
                Decision::Tell(StepNews::RollingBack)
            }
            Rollback::Progressing(waits) => Decision::Wait(format!("rolling back: {waits}")),
            Rollback::None(reason) => self.nobody_rolls_back(why, reason.as_deref()),
        }
    }

    /// Something is missing, and for so long nothing was under way that could bring it. What waits for a promotion that cannot
    /// come is taken back by whoever was to promote it.
    pub(super) fn stuck(&mut self, why: &str, stuck: Duration) -> Decision {
        let takes_back = self.is_active()
            && matches!(self.policy.promotion, Promotion::WhenGatesHold(_))
            && self.memory.rolling.is_none();
        match self.memory.aborted.is_some() {
            false if takes_back => Decision::Fail { why: why.to_owned() },
            // The servers take a moment to say that it has.
            true if takes_back && stuck < QUIET + UNWELL => Decision::being_failed(),
            _ => self.failed(why),
        }
    }

    fn nobody_rolls_back(&mut self, why: String, reason: Option<&str>) -> Decision {
        let Some(before) = self.memory.good_before else { return Decision::AskGoodBefore };
        if self.policy.rollback {
            return match before {
                GoodBefore::Version(to) => Decision::BringBack { to, why },
                GoodBefore::SameAs(version) => self.end_failed(why, After::SameAs(version), None),
                GoodBefore::None => self.end_failed(why, After::NothingBefore, None),
            };
        }
        // What is over for good by itself may be begun anew; what failed while it was rolled out may be taken back.
        let over = matches!(self.input.state, RolloutState::Stuck { .. } | RolloutState::NotRunning { .. });
        let after = match (reason, before) {
            // The servers may say that they do not go back for that.
            (_, GoodBefore::SameAs(version)) => After::SameAs(version),
            (Some(reason), _) => After::Words(reason.to_owned()),
            _ if over && !self.is_active() => After::NotTriedAgain,
            (None, GoodBefore::Version(version)) => After::NotBroughtBack(version),
            (None, GoodBefore::None) if self.input.deployment.is_some() => After::NothingBefore,
            // Of work without deployments no version is known to be good.
            (None, GoodBefore::None) => After::Nothing,
        };
        self.end_failed(why, after, before.version())
    }

    fn end_failed(&self, why: String, after: After, back_to: Option<u64>) -> Decision {
        let (version, deployment_failed) = (self.input.version, self.deployment_failed());
        Decision::End(End::Failed { version, deployment_failed, why, after, back_to })
    }

    /// Whether the servers call the deployment failed: what fails after it was over, or had none, failed without it.
    fn deployment_failed(&self) -> bool {
        matches!(self.input.state, RolloutState::Failed { .. })
    }
}

impl Decision {
    /// Waits for the servers to say that the deployment has failed.
    pub(super) fn being_failed() -> Self {
        Decision::Wait("the deployment is being failed".to_owned())
    }
}
