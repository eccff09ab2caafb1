//! How far a version of a job is on its way to running everywhere: judged from the job, its deployments, evaluations and
//! allocations together, because each of them alone misleads (`nomad-api.md §3.6`, §3.7).

pub mod back;
pub mod canary;
mod crash;
mod deployed;
mod failure;
pub mod gate;
pub mod look;
#[cfg(test)]
mod look_fixtures;
mod missing;
mod observation;
pub mod per_node;
mod standing;
#[cfg(test)]
mod tests;

pub use crash::{crash_count, crashes};
pub use look::Counts;
pub use observation::JobObservation;
pub use per_node::{Later, Nowhere};

use serde::Serialize;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::evaluation::{EvalStatus, Evaluation};
use crate::api::nomad::job::{Job, LaunchedBy, Update};

/// The version that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its namespace.
    pub namespace: String,
    /// The job's id.
    pub job: String,
    /// The version.
    pub version: u64,
    /// Index of its specification: what its deployment names.
    pub spec_index: u64,
    /// Index of the job's creation.
    pub create_index: u64,
}

impl Target {
    /// A job as it is registered now.
    #[must_use]
    pub fn of(job: &Job) -> Self {
        Target {
            namespace: job.namespace.clone(),
            job: job.id.clone(),
            version: job.version,
            spec_index: job.job_modify_index,
            create_index: job.create_index,
        }
    }
}

/// A group of which something found no place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unplaced {
    /// The group.
    pub group: String,
    /// How many.
    pub count: u64,
    /// Why.
    pub why: String,
}

/// How far a rollout is.
#[derive(Debug, Clone, PartialEq)]
pub enum RolloutState {
    /// The job does not exist any more.
    Gone,
    /// Somebody stopped the job.
    Stopped,
    /// Another version took its place.
    Superseded {
        /// The version there is now.
        by: u64,
    },
    /// The scheduler gave up.
    Refused {
        /// Why.
        why: String,
    },
    /// The job makes others by time or by dispatch; itself it runs nothing.
    Launcher(LaunchedBy),
    /// Under way; what it waits for.
    Progressing {
        /// What, in a sentence.
        waits: String,
    },
    /// What is left to place finds no place, and nothing else moves.
    Blocked {
        /// What finds no place.
        unplaced: Vec<Unplaced>,
    },
    /// By the servers' records all canaries are healthy.
    CanariesReady {
        /// Whether the servers promote them by themselves.
        automatic: bool,
    },
    /// Somebody halted the deployment.
    Paused,
    /// By the servers' records everything of the version runs and is healthy; or it was work that has ended well.
    Healthy,
    /// The job is to have an instance on every node it fits, the scheduler is through, and no node has one.
    Nowhere(Nowhere),
    /// Something is missing, and nothing is under way that could bring it: nobody tries it again.
    Stuck {
        /// What, and why.
        why: String,
    },
    /// Batch work that ended badly, or a version without a deployment that does not run.
    NotRunning {
        /// Why.
        why: String,
    },
    /// The deployment failed.
    Failed {
        /// The servers' words.
        why: String,
        /// What became of the version before.
        rollback: Rollback,
    },
}

/// What becomes of the version before when a deployment has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollback {
    /// The servers do not roll back; why, if they say.
    None(Option<String>),
    /// They do, and it goes on; what it waits for.
    Progressing(String),
    /// They do, and the canaries of this version, which were found healthy, wait for somebody to promote them.
    WaitsForPromotion(u64),
    /// It runs again, healthy, as this version.
    Done(u64),
    /// It failed too.
    Failed(String),
}

/// What was registered so many seconds ago, and is not being scheduled, the scheduler is through with.
const LONG_AGO: i64 = 60;

/// Where the rollout of a version is.
#[must_use]
pub fn look(target: &Target, seen: &JobObservation, now: jiff::Timestamp) -> RolloutState {
    let is_ours = |job: &&Job| target.create_index == 0 || job.create_index == target.create_index;
    match seen.job.as_ref().filter(is_ours) {
        Some(job) => {
            let rollout = Rollout { target, seen, job, now };
            rollout.with_retry(rollout.state())
        }
        None => RolloutState::Gone,
    }
}

/// The rollout of a version of a job that is there, as it is seen at one moment. The other files of this folder judge it.
#[derive(Clone, Copy)]
struct Rollout<'a> {
    target: &'a Target,
    seen: &'a JobObservation,
    job: &'a Job,
    now: jiff::Timestamp,
}

impl Rollout<'_> {
    fn state(&self) -> RolloutState {
        let deployment = self.seen.deployment(self.target);
        // A rollback is a newer version too, and no stranger.
        if let Some(d) = deployment.filter(|d| d.status == DeploymentStatus::Failed) {
            return self.failed(d);
        }
        if let Some(over) = self.given_up() {
            return over;
        }
        if let Some(by) = self.job.launched_by() {
            return RolloutState::Launcher(by);
        }
        let state = match deployment {
            Some(d) => self.deployed(d),
            None if self.seen.is_scheduling() => waits_for_the_scheduler(),
            None if makes_deployments(self.job) && !self.is_evaluated() => {
                RolloutState::Progressing { waits: "waiting for its deployment".to_owned() }
            }
            None => self.without_deployment(),
        };
        match per_node::nowhere(self.target, self.seen) {
            Some(_) if state == RolloutState::Healthy && !self.is_evaluated() && !self.is_old() => {
                waits_for_the_scheduler()
            }
            Some(nowhere) if state == RolloutState::Healthy && self.is_held_up() => {
                RolloutState::Progressing { waits: nowhere.why }
            }
            Some(nowhere) if state == RolloutState::Healthy => RolloutState::Nowhere(nowhere),
            _ => state,
        }
    }

    /// The same state, with when the servers try again what failed of it.
    fn with_retry(&self, state: RolloutState) -> RolloutState {
        let Some(retry) = self.seen.retry(self.target.version, self.now) else { return state };
        let told = |text: String| if text.is_empty() { retry.clone() } else { format!("{text}; {retry}") };
        match state {
            RolloutState::Progressing { waits } => RolloutState::Progressing { waits: told(waits) },
            RolloutState::Failed { why, rollback: rollback @ Rollback::None(_) } => {
                RolloutState::Failed { why: told(why), rollback }
            }
            state => state,
        }
    }

    /// Whether somebody stopped the job, which makes a version of its own, or another version took its place.
    fn given_up(&self) -> Option<RolloutState> {
        if self.job.stop {
            return Some(RolloutState::Stopped);
        }
        (self.job.version > self.target.version).then_some(RolloutState::Superseded { by: self.job.version })
    }

    /// Whether the scheduler is through with the registration.
    fn is_evaluated(&self) -> bool {
        let is_done = |e: &Evaluation| {
            e.create_index >= self.target.spec_index
                && !matches!(e.status, EvalStatus::Pending | EvalStatus::Blocked)
        };
        self.seen.evals.iter().any(is_done)
    }

    /// Whether an instance of a version before, where each node has one, is on a node that does not answer: the servers go on when it
    /// does (`nomad-api.md §3.6`).
    fn is_held_up(&self) -> bool {
        let older = per_node::in_place_still(self.target, self.seen);
        older.iter().any(|a| a.client_status != ClientStatus::Running)
    }

    /// Whether the version was registered long ago: its evaluation may have been collected.
    fn is_old(&self) -> bool {
        self.job.submit_time.is_some_and(|at| self.now.duration_since(at).as_secs() > LONG_AGO)
    }
}

fn waits_for_the_scheduler() -> RolloutState {
    RolloutState::Progressing { waits: "waiting for the scheduler".to_owned() }
}

/// Whether registering a version of the job makes a deployment: not for batch work, and not with `max_parallel = 0`.
fn makes_deployments(job: &Job) -> bool {
    let rolls = |u: &Update| u.max_parallel > 0;
    job.job_type.has_deployments() && job.task_groups.iter().any(|g| g.update.as_ref().is_some_and(rolls))
}
