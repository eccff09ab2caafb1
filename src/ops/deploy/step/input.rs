//! What a decision about a rollout is made from: what was asked for, and what is seen.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::rollout::{Counts, RolloutState};

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
    pub(super) fn promotes_what_comes_back(&self) -> bool {
        self.fails || self.rollback || matches!(self.promotion, Promotion::WhenGatesHold(_))
    }

    /// How long what was found healthy may be unhealthy before that counts.
    pub(super) fn patience(&self) -> Duration {
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
    /// How this run keeps the deployment paused, where it does.
    pub held: Option<HeldStep>,
    /// Whether everything that runs has been as it is for longer than it has to settle.
    pub long_so: bool,
    /// The time.
    pub now: Timestamp,
}

impl StepInput<'_> {
    /// Whether what was seen then still counts at this moment.
    pub(super) fn is_fresh(&self, at: Timestamp) -> bool {
        self.now.duration_since(at).unsigned_abs() < LOOK_EVERY
    }
}

/// How whoever follows a deployment keeps it paused: its next step would take a group below its floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldStep {
    /// It waits for this.
    Waits(String),
    /// It has waited for this as long as it may.
    InVain(String),
    /// Waiting does not help.
    GivenUp(String),
}

/// Whether a deployment is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It is under way, or paused.
    Active,
    /// It is over.
    Over,
}
