//! A rotation under way: what every phase of it shares.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::AllocStub;
use crate::api::permission::Permission;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::{Interrupt, Orderly};
use crate::model::group::GroupKey;
use crate::ops::rotate::event::{Event, NodeRef};
use crate::ops::rotate::forecast::Ground;
use crate::ops::rotate::options::Options;
use crate::ops::rotate::plan::{self, GroupPlan, META_KEY, META_ROTATION, NodePlan};
use crate::ops::rotate::recorder::Recorder;
use crate::ops::rotate::scene::{JobDocument, JobKey};

/// How long a passing fault of the API is waited out in the middle of a rotation.
pub(super) const PATIENCE: Patience = Patience::OPERATION;
/// How often what is waited for is told again.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// Everything a phase needs.
pub struct Rotation<'a> {
    /// The client of Nomad.
    pub nomad: Http,
    /// The client of Consul, where there is one.
    pub consul: Option<Http>,
    /// The permission the confirmed plan gave.
    pub permission: Permission,
    /// What the operator decided.
    pub options: Options,
    /// Tells this rotation's drains from others'.
    pub key: String,
    /// The rotation's name.
    pub name: String,
    /// Journal and observer.
    pub recorder: Recorder<'a>,
    /// Ctrl-C.
    pub orderly: Orderly,
    /// The jobs that move, read again before every step.
    pub jobs: BTreeMap<JobKey, JobDocument>,
    /// The nodes that are given up, by id.
    pub doomed: BTreeSet<String>,
    /// Ready and eligible nodes that stay, by id.
    pub survivors: Vec<String>,
    /// When the whole must be done.
    pub deadline: Option<Timestamp>,
    /// What was told once and need not be told again.
    pub noticed: BTreeSet<String>,
}

/// Why a rotation stops although nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    Interrupt(Interrupt),
    Timeout,
}

impl Halt {
    pub(super) fn error(self, what: &str) -> Error {
        match self {
            Halt::Interrupt(interrupt) => interrupt.error(format!("interrupted {what}")),
            Halt::Timeout => Error::new(ExitCode::TimedOut, format!("--timeout passed {what}")),
        }
    }
}

impl Rotation<'_> {
    /// Whether the rotation should stop at the next safe place.
    pub(super) fn halt(&self) -> Option<Halt> {
        if let Some(interrupt) = self.orderly.now() {
            return Some(Halt::Interrupt(interrupt));
        }
        self.deadline.filter(|at| self.recorder.now() >= *at).map(|_| Halt::Timeout)
    }

    /// Stops here when it should stop.
    pub(super) fn go_on(&self, what: &str) -> Result<()> {
        self.halt().map_or(Ok(()), |halt| Err(halt.error(what)))
    }

    /// The ground forecasts stand on once the old nodes are ineligible.
    pub(super) fn ground<'g>(&'g self, allocs: &'g [AllocStub]) -> Ground<'g> {
        Ground { jobs: &self.jobs, allocs, doomed: &self.doomed, survivors: &self.survivors, marked: true }
    }

    /// What a drain of this rotation is marked with.
    pub(super) fn mark(&self) -> BTreeMap<String, String> {
        let message = format!("fleet rotate-nodes, rotation {}", self.name);
        BTreeMap::from([
            ("message".to_owned(), message),
            (META_KEY.to_owned(), self.key.clone()),
            (META_ROTATION.to_owned(), self.name.clone()),
        ])
    }

    /// The group's plan from its job as it is known now; none when the job or the group is gone.
    pub(super) fn group(&self, key: &GroupKey, allocs: &[AllocStub]) -> Option<GroupPlan> {
        let document = self.jobs.get(&(key.namespace.clone(), key.job.clone()))?;
        let available = crate::model::group::available(allocs.iter().filter(|a| key.owns(a)));
        plan::group_plan(document, key, available, &self.options)
    }

    /// The jobs of the service allocations that leave a node, or that an earlier run told to.
    pub(super) fn jobs_of(&self, node: &NodePlan) -> BTreeSet<JobKey> {
        let here = node.moves.iter().chain(&node.leaving).map(|a| (a.namespace.clone(), a.job_id.clone()));
        let known =
            self.recorder.memory.unfinished(&node.node.id).map(|a| (a.namespace.clone(), a.job.clone()));
        here.chain(known).collect()
    }

    /// Tells of something that does not stop the rotation.
    pub(super) fn notice(&mut self, text: impl Into<String>) -> Result<()> {
        self.recorder.emit(Event::Noticed { text: text.into() })
    }
}

/// Names of nodes in a sentence.
pub(super) fn names<'n>(nodes: impl IntoIterator<Item = &'n NodeRef>) -> String {
    nodes.into_iter().map(|n| n.name.as_str()).collect::<Vec<_>>().join(" ")
}
