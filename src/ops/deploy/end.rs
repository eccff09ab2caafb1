//! How following a rollout ended.

mod next_steps;

pub(crate) use self::next_steps::way_out;

use serde::{Serialize, Serializer};

use crate::api::nomad::job::LaunchedBy;
use crate::exit_code::ExitCode;
use crate::model::deployment_health;
use crate::model::rollout::{Counts, Later, Unplaced};
use crate::model::unseen_end::UnseenEnd;

/// What follows a failure that nobody rolls back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Nothing that is to be told.
    Nothing,
    /// There is no version to go back to.
    NothingBefore,
    /// A version before it was good, and was not brought back.
    NotBroughtBack(u64),
    /// The version before it that was good is the same: there is nothing to bring back.
    SameAs(u64),
    /// What ended is not tried again by anybody.
    NotTriedAgain,
    /// What somebody else says of it.
    Words(String),
}

impl std::fmt::Display for After {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            After::Nothing => Ok(()),
            After::NothingBefore => f.write_str("there is no earlier good version"),
            After::NotBroughtBack(version) => write!(f, "version {version} was not rolled back to"),
            After::SameAs(version) => write!(
                f,
                "it is the same as version {version}, the last good one, so there is nothing to roll back to"
            ),
            After::NotTriedAgain => f.write_str("nothing of it is tried again by itself"),
            After::Words(words) => f.write_str(words),
        }
    }
}

impl Serialize for After {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// How it ended. Each has a sentence and an exit code of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum End {
    /// Everything of the version runs and is healthy.
    Healthy {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Where nothing was to be done: how many are healthy, of how many.
        #[serde(skip_serializing_if = "Option::is_none")]
        unchanged: Option<Counts>,
    },
    /// It was work that has an end, and has ended well.
    Finished {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// How many ended well, of how many.
        #[serde(flatten)]
        counts: Counts,
        /// Whether it had ended before, and nothing ran now.
        unchanged: bool,
    },
    /// The version is registered, and no instances of it are wanted: every count is 0.
    Idle {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
    },
    /// By the servers' records it is healthy; whether it is so now could not be found out.
    NotKnown {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Why not.
        why: String,
    },
    /// The version is as it should be; of what is not to run with it something may still do.
    NotSeenToStop {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// What is on nodes that are away.
        not_seen: Vec<UnseenEnd>,
    },
    /// It is registered; it starts others by time or by dispatch.
    Registered {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// What has it start others.
        #[serde(rename = "launched_by")]
        by: LaunchedBy,
    },
    /// The canaries are healthy and wait for somebody to promote them.
    Pending {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Why it is not known whether they are healthy now, where it is not.
        #[serde(rename = "not_known", skip_serializing_if = "Option::is_none")]
        unseen: Option<String>,
        /// The groups whose canaries these are, where others are promoted already.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        groups: Vec<String>,
    },
    /// Canaries that wait for somebody to promote them were found healthy, and are not now.
    CanariesUnwell {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Which, and why.
        why: String,
    },
    /// Canaries were not promoted: by the servers' records they are healthy; whether they are so now could not be found out.
    CanariesNotKnown {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Why not.
        why: String,
    },
    /// Somebody halted the deployment.
    Paused {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
    },
    /// This run paused the deployment, since its next step would take a group below its floor, and waiting does not help.
    Held {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Which group, and why.
        why: String,
    },
    /// It failed, and an earlier version runs again, healthy.
    RolledBack {
        /// Why it failed.
        why: String,
        /// The version that runs now.
        #[serde(rename = "job_version")]
        version: u64,
    },
    /// It failed.
    Failed {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Whether the servers call its deployment failed. They do not where it was over, or there was none.
        deployment_failed: bool,
        /// Why.
        why: String,
        /// What became of the version before, or becomes of this one.
        after: After,
        /// The version that could be brought back, when there is one that was good.
        back_to: Option<u64>,
    },
    /// The job is to have an instance on every node it fits, and no node has one.
    Nowhere {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Why.
        why: String,
        /// What becomes of it by itself.
        later: Later,
        /// The version that could be brought back, when there is one that was good.
        back_to: Option<u64>,
    },
    /// What is left finds no place, and waiting has not helped.
    Blocked {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// What finds no place.
        unplaced: Vec<Unplaced>,
    },
    /// Somebody stopped the job.
    Stopped,
    /// Somebody purged the job.
    Gone,
    /// Another version took its place.
    Superseded {
        /// The version there is now.
        by: u64,
    },
    /// Time passed.
    TimedOut {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// What it waited for.
        waits: String,
        /// What becomes of its deployment.
        #[serde(skip)]
        meanwhile: Meanwhile,
    },
    /// Its canaries were not promoted, or it was not taken back, since that would take a group below its floor.
    BelowFloor {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Whether it was to be promoted; else it was to be taken back.
        promotes: bool,
        /// Which group, and why.
        why: String,
        /// What becomes of its deployment.
        #[serde(rename = "deployment")]
        meanwhile: Meanwhile,
    },
}

/// What becomes of a deployment that is not followed any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meanwhile {
    /// It goes on.
    GoesOn,
    /// It goes on, and its canaries were to be promoted by this run.
    Unpromoted,
    /// It is paused.
    Paused,
    /// It is over.
    Over,
    /// There is none, or it is not known of any.
    Nothing,
}

impl End {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        match self {
            End::Healthy { .. } | End::Finished { .. } | End::Idle { .. } | End::Registered { .. } => {
                ExitCode::Done
            }
            End::Pending { .. } | End::Paused { .. } => ExitCode::Pending,
            End::RolledBack { .. } => ExitCode::RolledBack,
            End::BelowFloor { .. } | End::Held { .. } => ExitCode::Refused,
            End::Failed { .. }
            | End::Nowhere { .. }
            | End::CanariesUnwell { .. }
            | End::Stopped
            | End::Gone
            | End::Superseded { .. } => ExitCode::Failed,
            End::Blocked { .. }
            | End::TimedOut { .. }
            | End::NotSeenToStop { .. }
            | End::NotKnown { .. }
            | End::CanariesNotKnown { .. } => ExitCode::TimedOut,
        }
    }

    /// Whether it is what was wanted.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.code() == ExitCode::Done
    }

    /// What happened, in a sentence that names the job.
    #[must_use]
    pub fn sentence(&self, job: &str) -> String {
        match self {
            End::Healthy { version, unchanged: None } => {
                format!("{job}: version {version} runs and is healthy")
            }
            End::Healthy { unchanged: Some(Counts { good, wanted }), .. } => {
                format!("{job}: nothing to do: {good} of {wanted} healthy")
            }
            End::Finished { version, counts: Counts { good, wanted }, unchanged: false } => {
                format!("{job}: version {version} has ended well, {good} of {wanted}")
            }
            End::Finished { version, counts: Counts { good, wanted }, unchanged: true } => format!(
                "{job}: nothing to do, and nothing ran: version {version} had ended well before, {good} of {wanted}"
            ),
            End::Idle { version } => {
                format!("{job}: version {version} is registered; no instances are wanted")
            }
            End::NotKnown { version, .. } => {
                format!("{job}: whether version {version} is healthy now is not known")
            }
            End::NotSeenToStop { version, .. } => format!(
                "{job}: version {version} is in place; not everything that is not to run with it is known to have stopped"
            ),
            End::Registered { version, by: LaunchedBy::Time } => {
                format!("{job}: version {version} is registered; its runs start by time")
            }
            End::Registered { version, by: LaunchedBy::Dispatch } => {
                format!("{job}: version {version} is registered; its runs start when it is dispatched")
            }
            End::Pending { version, unseen: None, groups } => format!(
                "{job}: the canaries of {}version {version} are healthy and wait for promotion",
                deployment_health::of_groups(groups)
            ),
            End::Pending { version, unseen: Some(why), groups } => format!(
                "{job}: the canaries of {}version {version} wait for promotion; whether they are healthy now is not known: {why}",
                deployment_health::of_groups(groups)
            ),
            End::CanariesUnwell { version, .. } => {
                format!("{job}: the canaries of version {version} were found healthy and are not now")
            }
            End::CanariesNotKnown { version, .. } => format!(
                "{job}: the canaries of version {version} were not promoted: whether they are healthy now is not known"
            ),
            End::Paused { version } => format!("{job}: the deployment of version {version} is paused"),
            End::Held { version, .. } => format!(
                "{job}: the deployment of version {version} is paused: its next step would take it below its floor"
            ),
            End::RolledBack { version, .. } => {
                format!(
                    "{job}: failed and rolled back: the last good version runs again and is healthy, as version {version}"
                )
            }
            End::Failed { deployment_failed: true, .. } => format!("{job}: the deployment failed"),
            End::Failed { version, .. } => format!("{job}: version {version} failed"),
            End::Nowhere { version, .. } => {
                format!("{job}: version {version} is registered and runs nowhere")
            }
            End::Blocked { .. } => format!("{job}: not everything can be placed"),
            End::Stopped => format!("{job}: the job is stopped, so nothing is deployed"),
            End::Gone => format!("{job}: the job was purged while it was deployed"),
            End::Superseded { by } => format!("{job}: replaced by version {by} before it was finished"),
            End::TimedOut { meanwhile: Meanwhile::GoesOn | Meanwhile::Unpromoted, .. } => {
                format!("{job}: timed out; the deployment goes on")
            }
            End::TimedOut { meanwhile: Meanwhile::Paused, .. } => {
                format!("{job}: timed out; its deployment is paused")
            }
            End::TimedOut { .. } => format!("{job}: timed out"),
            End::BelowFloor { version, promotes: true, .. } => format!(
                "{job}: the canaries of version {version} were not promoted: that would take it below its floor"
            ),
            End::BelowFloor { version, promotes: false, .. } => {
                format!("{job}: version {version} was not rolled back: that would take it below its floor")
            }
        }
    }
}
