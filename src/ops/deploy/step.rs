//! What to do next about a rollout: from what is seen and what was done to one decision. Pure; property-tested.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::end::{After, End};
use crate::model::rollout::gate::{GateAnswer, GateRecord, GatesVerdict};
use crate::model::rollout::look::HealthLook;
use crate::model::rollout::{Counts, Nowhere, Rollback, RolloutState, Unplaced};
use crate::ops::ticker::Stall;

/// How long nothing may move before it is said that nothing will: the servers take a moment to begin another try.
pub const QUIET: Duration = Duration::from_secs(5);
/// How long what was healthy by record may be unhealthy, or not known, at the last look; at least.
pub const UNWELL: Duration = Duration::from_secs(20);
/// How often the present health is asked for once it is time to.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Who promotes healthy canaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promotion {
    /// The servers, if the file says so; else somebody, later.
    AsWritten,
    /// Somebody, later.
    Manual,
    /// This run, once every gate has held for this long.
    WhenGatesHold(Duration),
}

/// What a decision is bound to.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Who promotes.
    pub promotion: Promotion,
    /// Whether anything is asked before promoting.
    pub gated: bool,
    /// How often gates are asked.
    pub every: Duration,
    /// How long to wait for room.
    pub blocked_for: Duration,
    /// How long to wait for canaries of which it is not known whether they are healthy; none where nothing will ever tell.
    pub unseen_for: Duration,
    /// How long it has to be healthy before the last look.
    pub settle: Duration,
    /// Whether to bring the version before back when the servers do not.
    pub rollback: bool,
    /// Whether to fail the version's deployment instead of waiting for it.
    pub take_back: bool,
    /// Whether nothing was registered: what is found healthy has been so before.
    pub unchanged: bool,
    /// Whether a deployment whose tasks crash too often is failed, and not only left.
    pub fails: bool,
    /// When waiting ends.
    pub until: Option<Timestamp>,
}

impl Policy {
    /// Whether the canaries of a version that comes back are promoted here: not by who only looks on.
    fn promotes_what_comes_back(&self) -> bool {
        self.fails || self.rollback || matches!(self.promotion, Promotion::WhenGatesHold(_))
    }

    /// How long what was found healthy may be unhealthy before that counts.
    fn patience(&self) -> Duration {
        self.settle.max(UNWELL)
    }
}

/// What is seen of the rollout at this moment.
#[derive(Debug, Clone)]
pub struct StepInput<'a> {
    /// The version that is followed.
    pub version: u64,
    /// Where it is.
    pub state: &'a RolloutState,
    /// Why its tasks are said to crash, when they do too often.
    pub crash: Option<String>,
    /// Whether a deployment of it is there, and whether it is under way.
    pub deployment: Option<Activity>,
    /// Whether its work has an end.
    pub ends: bool,
    /// What ended well, of work that has an end and has come to it.
    pub finished: Option<Counts>,
    /// Whether anything of the version has run since this run began; also where that cannot be told.
    pub ran: bool,
    /// Whether no instance is wanted at all.
    pub idle: bool,
    /// Which task was restarted so often lately that it is not well, whatever the record says.
    pub flapping: Option<String>,
    /// A group whose canaries are promoted and which is not whole yet, in words.
    pub halfway: Option<String>,
    /// How many allocations were told to stop and still run.
    pub stopping: u64,
    /// How often its tasks have crashed so far.
    pub crashes: u64,
    /// Whether everything that runs has been as it is for longer than it has to settle.
    pub long_so: bool,
    /// The time.
    pub now: Timestamp,
}

impl StepInput<'_> {
    /// Whether the servers call the deployment failed: what fails after it was over, or had none, failed without it.
    fn deployment_failed(&self) -> bool {
        matches!(self.state, RolloutState::Failed { .. })
    }
}

/// Whether a deployment is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It is under way, or paused.
    Active,
    /// It is over.
    Over,
}

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
    crashes: u64,
    /// The version that could be brought back, once that was asked for; none where there is none.
    pub good_before: Option<Option<u64>>,
    told: BTreeSet<Milestone>,
    watchman: GateRecord,
    blocked: Stall,
    healthy: Stall,
    unwell: Stall,
    stuck: Stall,
}

impl StepMemory {
    /// The memory of a version that is brought back because another failed.
    #[must_use]
    pub fn rolling_back(why: String) -> Self {
        StepMemory { rolling: Some(why), ..StepMemory::default() }
    }

    fn is_new(&mut self, milestone: Milestone) -> bool {
        self.told.insert(milestone)
    }

    /// Forgets what belongs to a state that the version is not in.
    fn leave_all_but(&mut self, state: &RolloutState) {
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
pub fn decide(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory) -> Decision {
    let decision = by_state(policy, s, memory);
    match (&decision, policy.until) {
        (Decision::Wait(waits), Some(until)) if s.now >= until => Decision::End(End::TimedOut {
            version: s.version,
            waits: waits.clone(),
            goes_on: s.deployment == Some(Activity::Active),
        }),
        _ => decision,
    }
}

fn by_state(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory) -> Decision {
    let free = memory.aborted.is_none() && memory.rolling.is_none();
    if policy.take_back && free && s.deployment == Some(Activity::Active) {
        return Decision::Fail { why: "by hand".to_owned() };
    }
    let blocked = memory.blocked.lasts(matches!(s.state, RolloutState::Blocked { .. }), s.now);
    let still = matches!(s.state, RolloutState::Stuck { .. } | RolloutState::Nowhere(_));
    let stuck = memory.stuck.lasts(still, s.now);
    let healthy = memory.healthy.lasts(*s.state == RolloutState::Healthy, s.now);
    memory.leave_all_but(s.state);
    let version = s.version;
    match s.state {
        RolloutState::Gone => Decision::End(End::Gone),
        RolloutState::Stopped => Decision::End(End::Stopped),
        RolloutState::Superseded { by } => Decision::End(End::Superseded { by: *by }),
        RolloutState::Launcher => Decision::End(End::Registered { version }),
        RolloutState::Paused => Decision::End(End::Paused { version }),
        RolloutState::Refused { why } | RolloutState::NotRunning { why } => {
            failed(policy, s, memory, why, &Rollback::None(None))
        }
        RolloutState::Failed { why, rollback } => failed(policy, s, memory, why, rollback),
        // What waits for a promotion that cannot come is taken back by whoever was to promote it.
        RolloutState::Stuck { why }
            if stuck >= QUIET
                && s.deployment == Some(Activity::Active)
                && matches!(policy.promotion, Promotion::WhenGatesHold(_))
                && memory.rolling.is_none() =>
        {
            match &memory.aborted {
                None => Decision::Fail { why: why.clone() },
                // The servers take a moment to say that it has.
                Some(_) if stuck < QUIET + UNWELL => {
                    Decision::Wait("the deployment is being failed".to_owned())
                }
                Some(_) => failed(policy, s, memory, why, &Rollback::None(None)),
            }
        }
        RolloutState::Stuck { why } if stuck >= QUIET => {
            failed(policy, s, memory, why, &Rollback::None(None))
        }
        RolloutState::Nowhere(nowhere) if stuck >= QUIET => runs_nowhere(policy, s, memory, nowhere),
        RolloutState::Stuck { why } | RolloutState::Nowhere(Nowhere { why, .. }) => {
            Decision::Wait(why.clone())
        }
        RolloutState::Progressing { waits } => {
            broken(policy, s, memory).unwrap_or_else(|| Decision::Wait(waits.clone()))
        }
        RolloutState::Blocked { unplaced } => no_room(policy, s, memory, unplaced, blocked),
        RolloutState::CanariesReady { automatic } => canaries(policy, s, memory, *automatic),
        RolloutState::Healthy => last_look(policy, s, memory, healthy),
    }
}

/// What to do when the tasks of the version crash too often; none where they do not. It holds as long as the version is
/// followed, whatever the servers say of its deployment.
fn broken(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory) -> Option<Decision> {
    let why = s.crash.clone().filter(|_| memory.aborted.is_none() && memory.rolling.is_none())?;
    match s.deployment {
        Some(Activity::Active) if policy.fails => Some(Decision::Fail { why }),
        // Work that ends is tried again as often as its job says; nobody else watches over what stays.
        _ if !s.ends => Some(failed(policy, s, memory, &why, &Rollback::None(None))),
        _ => None,
    }
}

fn no_room(
    policy: &Policy,
    s: &StepInput<'_>,
    memory: &mut StepMemory,
    unplaced: &[Unplaced],
    since: Duration,
) -> Decision {
    if memory.is_new(Milestone::Unplaced) {
        return Decision::Tell(StepNews::Unplaced(unplaced.to_vec()));
    }
    if since >= policy.blocked_for {
        return Decision::End(End::Blocked { version: s.version, unplaced: unplaced.to_vec() });
    }
    let first = unplaced.first().map(|u| format!("{} of {} cannot be placed: {}", u.count, u.group, u.why));
    broken(policy, s, memory).unwrap_or_else(|| Decision::Wait(first.unwrap_or_default()))
}

/// No node has an instance of what is to run on every node that fits it. That is no failure of the version, unless one is to take
/// its place.
fn runs_nowhere(
    policy: &Policy,
    s: &StepInput<'_>,
    memory: &mut StepMemory,
    Nowhere { why, later }: &Nowhere,
) -> Decision {
    if policy.rollback || memory.rolling.is_some() || memory.aborted.is_some() {
        return failed(policy, s, memory, why, &Rollback::None(None));
    }
    let Some(back_to) = memory.good_before else { return Decision::AskGoodBefore };
    Decision::End(End::Nowhere { version: s.version, why: why.clone(), later: *later, back_to })
}

/// By the servers' record the canaries are healthy: whoever promotes them, or says so, looks at them first, and again and again
/// as long as they are tried.
fn canaries(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory, automatic: bool) -> Decision {
    if let Some(decision) = broken(policy, s, memory) {
        return decision;
    }
    if memory.aborted.is_some() {
        return Decision::Wait("the deployment is being failed".to_owned());
    }
    if memory.promoted {
        return Decision::Wait("the canaries are promoted".to_owned());
    }
    let soak = match policy.promotion {
        // What runs again was tried when it was new.
        _ if memory.rolling.is_some() && policy.promotes_what_comes_back() => Some(Duration::ZERO),
        Promotion::AsWritten if automatic => {
            return Decision::Wait(
                "the canaries were found healthy and are promoted automatically".to_owned(),
            );
        }
        Promotion::AsWritten | Promotion::Manual => None,
        Promotion::WhenGatesHold(soak) => Some(soak),
    };
    if let Some(decision) = unwell(policy, s, memory, soak.is_some()) {
        return decision;
    }
    match (soak, &s.halfway) {
        (None, Some(half)) => Decision::Wait(format!("the other canaries wait for promotion; {half}")),
        (None, None) => Decision::End(End::Pending { version: s.version, unseen: None, groups: Vec::new() }),
        (Some(soak), _) => promotion(policy, s, memory, soak),
    }
}

/// What to do about canaries that are not healthy at this moment, or were not looked at; none where they are healthy.
fn unwell(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory, promotes: bool) -> Option<Decision> {
    let Some((_, look)) = memory.canaries.clone().filter(|(at, _)| is_fresh(*at, s.now)) else {
        return Some(Decision::AskCanaries);
    };
    // One that has crashed and runs again has not been healthy without interruption.
    if memory.crashes != s.crashes || !look.is_good() {
        memory.watchman.unhealthy();
    }
    memory.crashes = s.crashes;
    let since = memory.unwell.lasts(!look.is_good(), s.now);
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
            Some(match since >= policy.patience() {
                false => Decision::Wait(format!("the canaries were found healthy and are not now: {why}")),
                true if promotes => Decision::Fail { why: format!("its canaries are not healthy: {why}") },
                true => Decision::End(End::CanariesUnwell { version: s.version, why }),
            })
        }
        HealthLook::NotKnown { why } => Some(match since >= policy.unseen_for {
            false => Decision::Wait(format!("whether the canaries are healthy now is not known: {why}")),
            true if promotes => Decision::End(End::CanariesNotKnown { version: s.version, why }),
            true => Decision::End(End::Pending { version: s.version, unseen: Some(why), groups: Vec::new() }),
        }),
    }
}

/// The canaries are healthy at this moment: whether they are promoted.
fn promotion(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory, soak: Duration) -> Decision {
    let due = memory.asked_at.is_none_or(|at| s.now.duration_since(at).unsigned_abs() >= policy.every);
    if policy.gated && due && memory.rolling.is_none() {
        return Decision::AskGates;
    }
    let verdict = memory.watchman.judge(s.now, soak, &memory.answers.clone());
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

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).unsigned_abs() < LOOK_EVERY
}

/// By the servers' record everything is healthy: it has to stay so for a while, and to be so when it is looked at.
fn last_look(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory, healthy: Duration) -> Decision {
    // Its deployment was over before it could be failed: that does not make good what it was to be failed for.
    if let Some(why) = memory.aborted.clone() {
        return match s.deployment {
            Some(Activity::Active) => Decision::Wait("the deployment is being failed".to_owned()),
            _ => failed(policy, s, memory, &why, &Rollback::None(None)),
        };
    }
    if let Some(decision) = broken(policy, s, memory) {
        return decision;
    }
    if let Some(finished) = s.finished {
        return Decision::End(good(policy, s, memory, GoodEnd::Finished(finished)));
    }
    if s.stopping > 0 {
        let n = s.stopping;
        return Decision::Wait(format!(
            "{n} that {} told to stop still run",
            if n == 1 { "was" } else { "were" }
        ));
    }
    if s.idle {
        return Decision::End(good(policy, s, memory, GoodEnd::Runs(Counts::default())));
    }
    if healthy < policy.settle && !s.long_so {
        let left = (policy.settle - healthy).as_secs_f64().ceil();
        return Decision::Wait(match &s.flapping {
            Some(why) => format!("it was found healthy and is not now: {why}"),
            None => format!("it was found healthy; the last look is in {left} s"),
        });
    }
    let Some((_, look)) = memory.look.clone().filter(|(at, _)| is_fresh(*at, s.now)) else {
        return Decision::AskHealth;
    };
    let unwell = memory.unwell.lasts(!look.is_good(), s.now);
    let patience = policy.patience();
    match look {
        HealthLook::Good(counts) => Decision::End(good(policy, s, memory, GoodEnd::Runs(counts))),
        HealthLook::Bad { why } if unwell >= patience => {
            failed(policy, s, memory, &why, &Rollback::None(None))
        }
        HealthLook::Bad { why } => Decision::Wait(format!("it was found healthy and is not now: {why}")),
        // Nothing was registered, and nothing will ever tell.
        HealthLook::NotKnown { why }
            if unwell >= patience || (policy.unchanged && policy.unseen_for.is_zero()) =>
        {
            Decision::End(End::NotKnown { version: s.version, why })
        }
        HealthLook::NotKnown { why } => {
            Decision::Wait(format!("whether it is healthy now is not known: {why}"))
        }
    }
}

/// A good end: the version runs, or has finished its work.
#[derive(Clone, Copy)]
enum GoodEnd {
    Runs(Counts),
    Finished(Counts),
}

fn good(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory, good: GoodEnd) -> End {
    let version = s.version;
    if let Some(why) = memory.rolling.take() {
        return End::RolledBack { why, version };
    }
    let unchanged = policy.unchanged;
    match good {
        GoodEnd::Runs(Counts { wanted: 0, .. }) => End::Idle { version },
        GoodEnd::Runs(counts) => End::Healthy { version, unchanged: unchanged.then_some(counts) },
        GoodEnd::Finished(counts) => End::Finished { version, counts, unchanged: unchanged || !s.ran },
    }
}

fn failed(
    policy: &Policy,
    s: &StepInput<'_>,
    memory: &mut StepMemory,
    why: &str,
    rollback: &Rollback,
) -> Decision {
    let (version, deployment_failed) = (s.version, s.deployment_failed());
    // What this run failed on purpose it knows more of than the servers.
    let why = memory.aborted.clone().unwrap_or_else(|| why.to_owned());
    if memory.is_new(Milestone::Failed) {
        return Decision::Tell(StepNews::Failed { why, deployment_failed });
    }
    if let Some(first) = memory.rolling.take() {
        let after = After::Words(format!("the rollback failed: {why}"));
        return Decision::End(End::Failed { version, deployment_failed, why: first, after, back_to: None });
    }
    match rollback {
        Rollback::Done(_) | Rollback::WaitsForPromotion(_) => Decision::FollowBack { why },
        Rollback::Failed(after) => {
            let after = After::Words(format!("the rollback failed too: {after}"));
            Decision::End(End::Failed { version, deployment_failed, why, after, back_to: None })
        }
        Rollback::Progressing(_) if memory.is_new(Milestone::RollingBack) => {
            Decision::Tell(StepNews::RollingBack)
        }
        Rollback::Progressing(waits) => Decision::Wait(format!("rolling back: {waits}")),
        Rollback::None(reason) => nobody_rolls_back(policy, s, memory, (why, reason.as_deref())),
    }
}

fn nobody_rolls_back(
    policy: &Policy,
    s: &StepInput<'_>,
    memory: &StepMemory,
    (why, reason): (String, Option<&str>),
) -> Decision {
    let Some(before) = memory.good_before else { return Decision::AskGoodBefore };
    let (version, deployment_failed) = (s.version, s.deployment_failed());
    if policy.rollback {
        return match before {
            Some(to) => Decision::BringBack { to, why },
            None => {
                let after = After::NothingBefore;
                Decision::End(End::Failed { version, deployment_failed, why, after, back_to: None })
            }
        };
    }
    // What is over for good by itself may be begun anew; what failed while it was rolled out may be taken back.
    let over = matches!(s.state, RolloutState::Stuck { .. } | RolloutState::NotRunning { .. });
    let after = match (reason, before) {
        (Some(reason), _) => After::Words(reason.to_owned()),
        _ if over && s.deployment != Some(Activity::Active) => After::NotTriedAgain,
        (None, Some(version)) => After::NotBroughtBack(version),
        (None, None) if s.deployment.is_some() => After::NothingBefore,
        // Of work without deployments no version is known to be good.
        (None, None) => After::Nothing,
    };
    Decision::End(End::Failed { version, deployment_failed, why, after, back_to: before })
}

#[cfg(test)]
mod tests;
