//! Evaluations: what makes the scheduler look at a job (`nomad-api.md §4`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::api::nomad::evaluation::EvalStatus;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Metric;
use crate::sandbox::state::job::{JobKey, Kind};

/// Why an evaluation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are Nomad's own, §4 lists them")]
pub enum Trigger {
    JobRegister,
    JobDeregister,
    PeriodicJob,
    NodeDrain,
    NodeUpdate,
    AllocStop,
    DeploymentWatcher,
    AllocFailure,
    AllocReschedule,
    QueuedAllocs,
    Preemption,
    JobScaling,
    MaxDisconnectTimeout,
    Reconnect,
}

/// How often each thing is to be done for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own, §3.4 lists them")]
pub struct DesiredUpdates {
    pub canary: u64,
    pub destructive_update: u64,
    pub disconnect: u64,
    pub ignore: u64,
    pub in_place_update: u64,
    pub migrate: u64,
    pub place: u64,
    pub preemptions: u64,
    pub reconnect: u64,
    pub reschedule_later: u64,
    pub reschedule_now: u64,
    pub stop: u64,
}

/// An evaluation.
#[derive(Debug, Clone)]
pub struct Eval {
    /// Its id.
    pub id: Id,
    /// The job to look at.
    pub job: JobKey,
    /// The scheduler.
    pub kind: Kind,
    /// Higher ones go first.
    pub priority: i64,
    /// Why it was made.
    pub trigger: Trigger,
    /// Index of the job when it was made; 0 where nobody noted it.
    pub job_modify_index: u64,
    /// The node that made it necessary.
    pub node_id: Option<Id>,
    /// Index of that node.
    pub node_modify_index: u64,
    /// The latest deployment of the job, its own or not (T4).
    pub deployment_id: Option<Id>,
    /// Waiting, blocked or ended.
    pub status: EvalStatus,
    /// Why.
    pub status_description: String,
    /// Not before.
    pub wait_until: Option<Moment>,
    /// What follows it.
    pub next: Option<Id>,
    /// What it follows.
    pub previous: Option<Id>,
    /// What waits for room for it.
    pub blocked: Option<Id>,
    /// What found no room, by group.
    pub failed: BTreeMap<String, Arc<Metric>>,
    /// What was to be done, by group; none before it ran.
    pub annotations: Option<BTreeMap<String, DesiredUpdates>>,
    /// Which computed classes may help a blocked one.
    pub classes: BTreeMap<String, bool>,
    /// Whether any change of a node may help a blocked one.
    pub escaped: bool,
    /// Not placed, by group.
    pub queued: BTreeMap<String, u64>,
    /// Index of the state it saw.
    pub snapshot_index: u64,
    /// Index of its creation.
    pub create_index: u64,
    /// Index of its last change.
    pub modify_index: u64,
    /// When it was made.
    pub create_time: Moment,
    /// When it last changed.
    pub modify_time: Moment,
}

impl Eval {
    /// A pending evaluation of a job.
    #[must_use]
    pub fn pending(id: Id, job: JobKey, kind: Kind, priority: i64, trigger: Trigger, now: Moment) -> Self {
        Eval {
            id,
            job,
            kind,
            priority,
            trigger,
            job_modify_index: 0,
            node_id: None,
            node_modify_index: 0,
            deployment_id: None,
            status: EvalStatus::Pending,
            status_description: String::new(),
            wait_until: None,
            next: None,
            previous: None,
            blocked: None,
            failed: BTreeMap::new(),
            annotations: None,
            classes: BTreeMap::new(),
            escaped: false,
            queued: BTreeMap::new(),
            snapshot_index: 0,
            create_index: 0,
            modify_index: 0,
            create_time: now,
            modify_time: now,
        }
    }

    /// Whether it is over.
    #[must_use]
    pub fn terminal(&self) -> bool {
        matches!(self.status, EvalStatus::Complete | EvalStatus::Failed | EvalStatus::Canceled)
    }
}
