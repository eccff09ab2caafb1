//! What to do next about a rollout: from what is seen and what was done to one decision. Pure; property-tested.

mod canaries;
mod failure;
mod input;
mod last_look;
mod memory;
#[cfg(test)]
mod tests;

pub use self::input::{Activity, HeldStep, Policy, Promotion, StepInput, UNWELL};
pub use self::memory::{Milestone, StepMemory};

use std::time::Duration;

use super::end::{End, Meanwhile};
use crate::model::rollout::{Nowhere, RolloutState, Unplaced};

/// How long nothing may move before it is said that nothing will: the servers take a moment to begin another try.
pub const QUIET: Duration = Duration::from_secs(5);

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Nothing but wait; for what.
    Wait(String),
    /// Say something that was not said before, then decide anew.
    Tell(StepNews),
    /// Ask the gates.
    AskGates,
    /// Ask how its allocations do at this moment.
    AskHealth,
    /// Ask how the canaries that wait for promotion do at this moment.
    AskCanaries,
    /// Ask which version before was good.
    AskGoodBefore,
    /// Promote the canaries.
    Promote,
    /// Fail the deployment.
    Fail {
        /// Why.
        why: String,
    },
    /// Make an earlier version the newest one again, and follow that.
    BringBack {
        /// Which.
        to: u64,
        /// Why.
        why: String,
    },
    /// The servers have brought an earlier version back, which is healthy by their record, or whose canaries are: follow that.
    FollowBack {
        /// Why.
        why: String,
    },
    /// It is over.
    End(End),
}

/// Something that has not been told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepNews {
    /// Something finds no place.
    Unplaced(Vec<Unplaced>),
    /// All canaries are healthy.
    CanariesReady,
    /// Canaries that were found healthy are not, and why.
    CanariesUnwell(String),
    /// It failed.
    Failed {
        /// Why.
        why: String,
        /// Whether the servers call its deployment failed.
        deployment_failed: bool,
    },
    /// The servers bring the version before back.
    RollingBack,
}

/// What to do next.
#[must_use]
pub fn decide(policy: &Policy, input: &StepInput<'_>, memory: &mut StepMemory) -> Decision {
    let decision = Step { policy, input, memory }.decision();
    match (&decision, policy.until) {
        (Decision::Wait(waits), Some(until)) if input.now >= until => Decision::End(End::TimedOut {
            version: input.version,
            waits: waits.clone(),
            meanwhile: match input.deployment {
                Some(_) if *input.state == RolloutState::Paused => Meanwhile::Paused,
                Some(Activity::Active) => Meanwhile::GoesOn,
                Some(Activity::Over) => Meanwhile::Over,
                None => Meanwhile::Nothing,
            },
        }),
        _ => decision,
    }
}

/// One decision about the version. The files of this folder make it, each for the states it is named after.
struct Step<'a> {
    policy: &'a Policy,
    input: &'a StepInput<'a>,
    memory: &'a mut StepMemory,
}

impl Step<'_> {
    fn decision(&mut self) -> Decision {
        if self.policy.take_back && self.goes_forward() && self.is_active() {
            return Decision::Fail { why: "by hand".to_owned() };
        }
        // What was paused to be failed is no deployment that somebody else paused.
        if let Some(why) = self.memory.held.clone().filter(|_| self.is_active()) {
            return Decision::Fail { why };
        }
        let (state, now, version) = (self.input.state, self.input.now, self.input.version);
        let blocked = self.memory.blocked.lasts(matches!(state, RolloutState::Blocked { .. }), now);
        let still = matches!(state, RolloutState::Stuck { .. } | RolloutState::Nowhere(_));
        let stuck = self.memory.stuck.lasts(still, now);
        let healthy = self.memory.healthy.lasts(*state == RolloutState::Healthy, now);
        self.memory.leave_all_but(state);
        let undeployed = self.input.deployment.is_none()
            && matches!(state, RolloutState::Progressing { .. } | RolloutState::Blocked { .. });
        let undeployed = self.memory.undeployed.lasts(undeployed, now);
        // Of a version that makes no deployment there is none to fail: going back is all that is left to do.
        if self.policy.take_back && self.goes_forward() && undeployed >= QUIET {
            return self.failed("taken back by hand before it was healthy");
        }
        match state {
            RolloutState::Gone => Decision::End(End::Gone),
            RolloutState::Stopped => Decision::End(End::Stopped),
            RolloutState::Superseded { by } => Decision::End(End::Superseded { by: *by }),
            RolloutState::Launcher(by) => Decision::End(End::Registered { version, by: *by }),
            // What was seen is from before it was failed.
            RolloutState::Paused if self.memory.aborted.is_some() => {
                Decision::Wait("the deployment is being failed".to_owned())
            }
            RolloutState::Paused => match self.input.held.clone() {
                Some(held) => self.held(held),
                None => Decision::End(End::Paused { version }),
            },
            RolloutState::Refused { why } | RolloutState::NotRunning { why } => self.failed(why),
            RolloutState::Failed { why, rollback } => self.failed_with(why, rollback),
            RolloutState::Stuck { why } if stuck >= QUIET => self.stuck(why, stuck),
            RolloutState::Nowhere(nowhere) if stuck >= QUIET => self.runs_nowhere(nowhere),
            RolloutState::Stuck { why } | RolloutState::Nowhere(Nowhere { why, .. }) => {
                Decision::Wait(why.clone())
            }
            RolloutState::Progressing { waits } => {
                self.crashing().unwrap_or_else(|| Decision::Wait(waits.clone()))
            }
            RolloutState::Blocked { unplaced } => self.no_room(unplaced, blocked),
            RolloutState::CanariesReady { automatic } => self.canaries(*automatic),
            RolloutState::Healthy => self.last_look(healthy),
        }
    }

    /// Whether the version that is followed is the one that was wanted, and was not given up.
    fn goes_forward(&self) -> bool {
        self.memory.aborted.is_none() && self.memory.rolling.is_none()
    }

    /// Whether its deployment is under way.
    fn is_active(&self) -> bool {
        self.input.deployment == Some(Activity::Active)
    }

    /// What to do when the tasks of the version crash too often; none where they do not. It holds as long as the version is
    /// followed, whatever the servers say of its deployment.
    fn crashing(&mut self) -> Option<Decision> {
        let why = self.input.crash.clone().filter(|_| self.goes_forward())?;
        if self.is_active() && self.policy.fails {
            return Some(Decision::Fail { why });
        }
        // Work that ends is tried again as often as its job says; nobody else watches over what stays.
        (!self.input.ends).then(|| self.failed(&why))
    }

    /// What to do about a deployment that this run has paused.
    fn held(&mut self, held: HeldStep) -> Decision {
        let version = self.input.version;
        if let Some(decision) = self.crashing() {
            return decision;
        }
        match held {
            HeldStep::Waits(waits) => Decision::Wait(waits),
            HeldStep::InVain(waits) => {
                Decision::End(End::TimedOut { version, waits, meanwhile: Meanwhile::Paused })
            }
            HeldStep::GivenUp(why) => Decision::End(End::Held { version, why }),
        }
    }

    fn no_room(&mut self, unplaced: &[Unplaced], since: Duration) -> Decision {
        if self.memory.is_new(Milestone::Unplaced) {
            return Decision::Tell(StepNews::Unplaced(unplaced.to_vec()));
        }
        if since >= self.policy.blocked_for {
            return Decision::End(End::Blocked { version: self.input.version, unplaced: unplaced.to_vec() });
        }
        let first =
            unplaced.first().map(|u| format!("{} of {} cannot be placed: {}", u.count, u.group, u.why));
        self.crashing().unwrap_or_else(|| Decision::Wait(first.unwrap_or_default()))
    }

    /// No node has an instance of what is to run on every node that fits it. That is no failure of the version, unless one is to
    /// take its place.
    fn runs_nowhere(&mut self, Nowhere { why, later }: &Nowhere) -> Decision {
        if self.policy.rollback || !self.goes_forward() {
            return self.failed(why);
        }
        let Some(before) = self.memory.good_before else { return Decision::AskGoodBefore };
        let back_to = before.version();
        Decision::End(End::Nowhere { version: self.input.version, why: why.clone(), later: *later, back_to })
    }
}
