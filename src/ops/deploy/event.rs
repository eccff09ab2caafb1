//! What happens while a version is rolled out, as it happens.

use jiff::Timestamp;
use serde::Serialize;

use super::end::End;
use super::evidence::Evidence;
use crate::model::rollout::Unplaced;
use crate::model::rollout::gate::GateAnswer;
use crate::model::unseen_end::UnseenEnd;
use crate::ops::migration::AllocRef;

/// An event and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// When.
    #[serde(rename = "at")]
    pub time: Timestamp,
    /// The job.
    #[serde(rename = "job_id")]
    pub job: String,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Event {
    /// The version is registered.
    Registered {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Whether the reply was lost and it was found by reading back.
        found: bool,
    },
    /// Its deployment was made.
    DeploymentStarted {
        /// The deployment's full id.
        #[serde(rename = "deployment_id")]
        deployment: String,
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
    },
    /// An allocation was placed.
    Placed {
        /// The allocation.
        alloc: AllocRef,
        /// Its node's name.
        #[serde(rename = "node_name")]
        node: String,
        /// Whether it is a canary.
        canary: bool,
    },
    /// An allocation's health was decided.
    Health {
        /// The allocation.
        alloc: AllocRef,
        /// The verdict.
        healthy: bool,
    },
    /// An allocation ended badly.
    Crashed {
        /// The allocation.
        alloc: AllocRef,
        /// What is known of why.
        why: String,
    },
    /// Something finds no place.
    Unplaced {
        /// What.
        groups: Vec<Unplaced>,
    },
    /// All canaries are healthy.
    CanariesHealthy {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
    },
    /// Canaries that were found healthy are not so at this moment.
    CanariesUnhealthy {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Which, and why.
        why: String,
    },
    /// A gate was asked and says something else than before.
    Gate {
        /// The gate.
        gate: String,
        /// What it says.
        #[serde(flatten)]
        answer: GateAnswer,
    },
    /// The canaries were promoted.
    Promoted {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
    },
    /// Nothing of the new version is in the place of an instance on its node.
    Vacated {
        /// The allocation that was there.
        alloc: AllocRef,
        /// Its node's name.
        #[serde(rename = "node_name")]
        node: String,
        /// The version that goes on there; none where the instance was stopped.
        #[serde(rename = "old_job_version")]
        goes_on: Option<u64>,
        /// Why nothing is.
        why: String,
    },
    /// What of the present nobody has looked at before it was called good.
    Unseen {
        /// What, and why not.
        what: String,
    },
    /// What was lost with its node and replaced before this version, and may still run there.
    MayStillRun {
        /// Which, and where.
        not_seen: Vec<UnseenEnd>,
    },
    /// Promoting, or going back, waits: it would take a group below its floor now, or somebody else moves the job.
    HeldUp {
        /// What it waits for.
        why: String,
        /// Whether the deployment was paused meanwhile.
        paused: bool,
    },
    /// The deployment was paused by this run: its next step would take a group below its floor now.
    Paused {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Which group, and why.
        why: String,
    },
    /// The deployment goes on, which this run had paused.
    Resumed {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// How long it was paused, in seconds.
        held_for_s: u64,
        /// Whether somebody else let it go on; then it is not paused once more.
        by_others: bool,
    },
    /// Somebody else paused the deployment as well, which this run had paused: it stays so.
    PausedByOthers {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
    },
    /// The deployment was paused by an earlier run of fleet that is gone: this one goes on with it.
    PauseTakenUp {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Whose it was.
        by: String,
    },
    /// The deployment goes on though its next step takes a group below its floor: this run may not pause it.
    NotPaused {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Which group, and why.
        why: String,
        /// Why it may not.
        because: String,
    },
    /// Groups were below their floors while the version was deployed.
    WasBelowFloor {
        /// Which, and for how long, in words.
        groups: Vec<String>,
    },
    /// It was promoted, or taken back, all the same.
    FloorForced {
        /// What it would have waited for, or been refused for.
        why: Vec<String>,
    },
    /// The deployment was failed on purpose.
    Aborted {
        /// Why.
        why: String,
    },
    /// The version failed, and not its deployment: that was over before, or there was none.
    VersionFailed {
        /// The version.
        #[serde(rename = "job_version")]
        version: u64,
        /// Why.
        why: String,
        /// What the allocations have to say.
        evidence: Vec<Evidence>,
    },
    /// The deployment failed.
    DeploymentFailed {
        /// Why.
        why: String,
        /// What the allocations have to say.
        evidence: Vec<Evidence>,
    },
    /// An earlier version is brought back.
    RollingBack {
        /// The new version that repeats it, when it is known.
        #[serde(rename = "job_version")]
        version: Option<u64>,
        /// The groups that keep the counts they have now, in words.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        kept_counts: Vec<String>,
    },
    /// It is over.
    Ended {
        /// How.
        #[serde(flatten)]
        end: End,
    },
}

impl Event {
    /// What the allocations have to say, of a failure; none for what is no failure.
    #[must_use]
    pub fn failure_evidence(&self) -> Option<&[Evidence]> {
        match self {
            Event::VersionFailed { evidence, .. } | Event::DeploymentFailed { evidence, .. } => {
                Some(evidence)
            }
            _ => None,
        }
    }
}
