//! What a step remembers for the next one.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::model::rollout::RolloutState;
use crate::model::rollout::back::GoodBefore;
use crate::model::rollout::gate::{GateAnswer, GateRecord};
use crate::model::rollout::look::HealthLook;
use crate::ops::ticker::Stall;

/// What has been told of a version: each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    /// Something finds no place.
    Unplaced,
    /// All canaries are healthy.
    CanariesReady,
    /// Canaries that were found healthy are not.
    CanariesUnwell,
    /// It failed.
    Failed,
    /// The servers bring the version before back.
    RollingBack,
}

/// What a step remembers for the next one.
#[derive(Debug, Clone, Default)]
pub struct StepMemory {
    /// Why this run failed the deployment on purpose.
    pub aborted: Option<String>,
    /// Why this run is to fail the deployment, which it paused until then.
    pub held: Option<String>,
    /// Why this run brings an earlier version back, which is now the one that is followed.
    pub rolling: Option<String>,
    /// Whether this run promoted the canaries.
    pub promoted: bool,
    /// What the gates said last, and when they were asked.
    pub answers: Vec<(String, GateAnswer)>,
    /// When they were asked.
    pub asked_at: Option<Timestamp>,
    /// What the last look at the present health showed, and when.
    pub look: Option<(Timestamp, HealthLook)>,
    /// What the last look at the canaries that wait for promotion showed, and when.
    pub canaries: Option<(Timestamp, HealthLook)>,
    /// How often their tasks had crashed then.
    pub(super) crashes: u64,
    /// What there is to go back to, once that was asked for.
    pub good_before: Option<GoodBefore>,
    pub(super) told: BTreeSet<Milestone>,
    pub(super) watchman: GateRecord,
    pub(super) blocked: Stall,
    pub(super) healthy: Stall,
    pub(super) unwell: Stall,
    pub(super) stuck: Stall,
    pub(super) undeployed: Stall,
}

impl StepMemory {
    /// The memory of a version that is brought back because another failed.
    #[must_use]
    pub fn rolling_back(why: String) -> Self {
        StepMemory { rolling: Some(why), ..StepMemory::default() }
    }

    pub(super) fn is_new(&mut self, milestone: Milestone) -> bool {
        self.told.insert(milestone)
    }

    /// Forgets what belongs to a state that the version is not in.
    pub(super) fn leave_all_but(&mut self, state: &RolloutState) {
        let waits = matches!(state, RolloutState::CanariesReady { .. });
        if !waits {
            self.watchman.unhealthy();
            self.canaries = None;
        }
        if *state != RolloutState::Healthy {
            self.look = None;
        }
        if !waits && *state != RolloutState::Healthy {
            self.unwell = Stall::default();
        }
    }
}
