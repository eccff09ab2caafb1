//! How a rollout is followed: what was asked for, and what a step decides by.

use std::time::Duration;

use super::{FloorPolicy, Follow, ToldAllocs};
use crate::model::deployment_health;
use crate::model::present_health;
use crate::model::rollout::{self, RolloutState, look, per_node};
use crate::ops::deploy::gates::Gate;
use crate::ops::deploy::step::{
    Activity, Decision, Policy, Promotion, StepInput, StepMemory, UNWELL, decide,
};
use crate::ops::deploy::watch::JobWatch;

/// How long something has to stay healthy before the last look where nobody said how long; at least.
const SETTLE: Duration = Duration::from_secs(10);
/// How long to wait for room where neither the operator nor the job says.
const BLOCKED_FOR: Duration = Duration::from_secs(600);

/// How many crashes fail a deployment where nobody says how many.
pub const MOST_CRASHES: u64 = 3;

/// How to follow.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who promotes.
    pub promotion: Promotion,
    /// What is asked before promoting.
    pub gates: Vec<Gate>,
    /// How often gates are asked.
    pub every: Duration,
    /// How many crashes fail the deployment; none means never.
    pub most_crashes: Option<u64>,
    /// How long to wait for room; Nomad itself waits for ever. The progress deadline when none.
    pub blocked_for: Option<Duration>,
    /// How long it has to stay healthy before the last look. The longest of 10 s and the job's `min_healthy_time` when none.
    pub settle: Option<Duration>,
    /// Whether to bring the version before back when the servers do not.
    pub rollback: bool,
    /// Whether to fail the version's deployment, which may only be about to be made, instead of waiting for it.
    pub take_back: bool,
    /// Whether this run registered nothing: what has happened already is not told as if it happened now, and what has long been
    /// so need not settle.
    pub joined: bool,
    /// Whether nothing was to be done at all, so that what is healthy was so before.
    pub unchanged: bool,
    /// Whether a deployment whose tasks crash too often is failed, and not only left.
    pub fails: bool,
    /// Where nothing was registered but something was asked for: the index of that. What is placed later is news.
    pub since: Option<u64>,
    /// When waiting ends.
    pub until: Option<jiff::Timestamp>,
    /// What is done where promoting or going back would take a group below its floor.
    pub floor: FloorPolicy,
    /// Whether the deployment is paused as long as its next step would take a group below its floor.
    pub holds: bool,
}

impl Options {
    /// Whether this run promotes whatever canaries are healthy: whoever follows again says so again. Gates it would have to name.
    #[must_use]
    pub fn promotes_without_gates(&self) -> bool {
        matches!(self.promotion, Promotion::WhenGatesHold(_)) && self.gates.is_empty()
    }
}

impl Follow<'_> {
    /// What is to be done next about what is seen.
    pub(super) fn decide(&self, watch: &JobWatch, told: &ToldAllocs, memory: &mut StepMemory) -> Decision {
        let (seen, now) = (&watch.seen, self.clock.now());
        let state = look(&self.target, seen, now);
        let policy = self.policy(watch);
        let most = self.options.most_crashes;
        let deployment = seen.deployment(&self.target);
        let input = StepInput {
            version: self.target.version,
            crash: most.and_then(|most| rollout::crashes(&self.target, seen, most, &told.crashes_before)),
            deployment: deployment
                .map(|d| if d.status.is_active() { Activity::Active } else { Activity::Over }),
            ends: seen.job.as_ref().is_some_and(|job| job.job_type.ends()),
            finished: (state == RolloutState::Healthy).then(|| look::finished(&self.target, seen)).flatten(),
            // Who only looks does not say that it did not run.
            ran: told.ran || (self.options.joined && self.options.since.is_none()),
            idle: seen.job.as_ref().is_some_and(per_node::wants_nothing),
            flapping: look::flapping(&self.target, seen, now),
            halfway: deployment.and_then(deployment_health::halfway),
            stopping: seen.stopping(),
            crashes: seen.allocs_of(self.target.version).map(rollout::crash_count).sum(),
            long_so: self.options.joined && look::unmoved_for(&self.target, seen, now) >= policy.settle,
            held: self.floor.steps.how(deployment),
            state: &state,
            now,
        };
        decide(&policy, &input, memory)
    }

    fn policy(&self, watch: &JobWatch) -> Policy {
        let o = &self.options;
        let longest =
            watch.seen.job.iter().flat_map(|job| &job.task_groups).filter_map(|g| g.update.as_ref());
        let longest = longest.map(|u| u.min_healthy_time.duration()).max().unwrap_or_default();
        // As long as the servers give progress: they start that clock only with the first placement.
        let deadline = watch.seen.deployment(&self.target).and_then(|d| {
            let all = d.task_groups.values().map(|g| g.progress_deadline.duration());
            all.max().filter(|d| !d.is_zero())
        });
        let blocked_for = o.blocked_for.or(deadline).unwrap_or(BLOCKED_FOR);
        let promotes = matches!(o.promotion, Promotion::WhenGatesHold(_));
        Policy {
            promotion: o.promotion,
            gated: !o.gates.is_empty(),
            every: o.every,
            blocked_for,
            unseen_for: match self.is_blind(watch) {
                true => Duration::ZERO,
                // A node may come back.
                false if promotes => blocked_for,
                false => UNWELL,
            },
            settle: o.settle.unwrap_or_else(|| longest.max(SETTLE)),
            rollback: o.rollback,
            take_back: o.take_back,
            unchanged: o.unchanged,
            fails: o.fails,
            until: o.until,
        }
    }

    /// Whether checks of the job are in Consul, and nobody said where that is.
    pub(super) fn is_blind(&self, watch: &JobWatch) -> bool {
        let groups = watch.seen.job.iter().flat_map(|job| &job.task_groups);
        self.consul.is_none() && groups.flat_map(present_health::checked_by_consul).next().is_some()
    }
}
