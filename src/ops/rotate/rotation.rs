//! A rotation under way: what every part of it shares.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::api::permission::Permission;
use crate::error::Error;
use crate::exit_code::ExitCode;
use crate::interrupts::{Interrupt, Orderly};
use crate::model::group::GroupKey;
use crate::model::ids::JobKey;
use crate::model::rollout::gate::PassesInARow;
use crate::model::unseen_end::UnseenEnd;
use crate::ops::migration::agents::Agents;
use crate::ops::migration::live::ClusterPicture;
use crate::ops::migration::lock::{Holder, Lock};
use crate::ops::migration::progress::Progress;
use crate::ops::migration::{AllocRef, META_WAS, NodeRef};
use crate::ops::rotate::control::Pause;
use crate::ops::rotate::decide::{GoalNode, Phase, RunState, StepInput};
use crate::ops::rotate::event::{Event, Foreseen, Purpose};
use crate::ops::rotate::gaps::Gaps;
use crate::ops::rotate::history::History;
use crate::ops::rotate::options::Options;
use crate::ops::rotate::plan::{META_KEY, META_ROTATION, Strategy};
use crate::ops::rotate::recorder::{Intent, Recorder, Replacement};
use crate::ops::rotate::store::Store;
use crate::ops::rotate::unreachable::FOR_ONE_REQUEST;

/// How long a passing fault of the API is waited out in the middle of a rotation.
pub(super) const PATIENCE: Patience = Patience::OPERATION;
/// How often what is waited for is looked at and told again.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// What a rotation works with.
pub struct Means<'a> {
    /// The client of Nomad.
    pub nomad: Http,
    /// The client of Consul, where there is one.
    pub consul: Option<Http>,
    /// The permission the confirmed plan gave.
    pub permission: Permission,
    /// Journal and observer.
    pub recorder: Recorder<'a>,
    /// Ctrl-C.
    pub orderly: Orderly,
}

/// What a rotation is to reach.
#[derive(Debug)]
pub struct Goal {
    /// The rotation's name.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Tells this rotation's drains from others'.
    pub key: String,
    /// What the operator decided.
    pub options: Options,
    /// How allocations leave.
    pub strategy: Strategy,
    /// The nodes, in the order they are emptied.
    pub nodes: Vec<GoalNode>,
    /// The nodes as they were selected.
    pub selected: Vec<NodeStub>,
    /// What each was before, by id.
    pub was: BTreeMap<String, Eligibility>,
    /// Nodes that are not emptied and take no new work until the end.
    pub aside: Vec<NodeRef>,
    /// What an earlier run that left no journal may have told to go, by node.
    pub leaving: BTreeMap<String, Vec<AllocRef>>,
    /// Those that an earlier run finished, by id.
    pub done: BTreeSet<String>,
    /// Nodes that take no work now, by id.
    pub idle: BTreeSet<String>,
    /// Index of the list of nodes that the plan was made from.
    pub index: u64,
    /// When the whole must be done.
    pub deadline: Option<Timestamp>,
    /// Who runs it, for the lock.
    pub holder: Holder,
    /// Holders of the lock of which it is known that they do not live any more.
    pub dead: BTreeSet<String>,
    /// The journal on the cluster.
    pub store: Store,
    /// What happens, on the cluster.
    pub history: History,
    /// What was foreseen.
    pub foreseen: Foreseen,
    /// The words of the command line, the program's name first.
    pub command_line: Vec<String>,
}

/// Everything a part needs.
pub struct Rotation<'a> {
    pub(super) nomad: Http,
    pub(super) consul: Option<Http>,
    pub(super) permission: Permission,
    /// Journal and observer.
    pub recorder: Recorder<'a>,
    pub(super) orderly: Orderly,
    pub(super) goal: Goal,
    pub(super) run: RunState,
    pub(super) lock: Lock,
    /// The nodes that are given up, by id.
    pub(super) doomed: BTreeSet<String>,
    /// What was seen to take an allocation's place, by the id of that one.
    pub(super) placed: BTreeMap<String, String>,
    /// Replacements that are well: index of their last change, so that one that changes is not taken for settled.
    pub(super) well: BTreeMap<String, (u64, Timestamp)>,
    /// What was told last.
    pub(super) seen: BTreeMap<String, Progress>,
    pub(super) phases: Vec<(NodeRef, Phase)>,
    /// When each allocation was first seen leaving.
    pub(super) left_at: BTreeMap<String, Timestamp>,
    /// When something last moved on.
    pub(super) last_progress: Timestamp,
    /// When each node was begun.
    pub(super) begun_at: BTreeMap<String, Timestamp>,
    /// Batch work that was seen on nodes that are emptied, by node.
    pub(super) batch: BTreeMap<String, BTreeMap<String, AllocStub>>,
    /// How many of each group were well right before this run stopped the first of it.
    pub(super) well_before: BTreeMap<GroupKey, u64>,
    /// What was amiss before, so that only what is new counts against a node.
    pub(super) before: Option<ProblemsBefore>,
    /// When a node was looked at first when it was empty, and last.
    pub(super) verifying: BTreeMap<String, (Timestamp, Timestamp)>,
    /// The job index at which it was asked last whose a raised count is, by group.
    pub(super) judged: BTreeMap<GroupKey, u64>,
    /// Why a node is not found well yet.
    pub(super) unwell: BTreeMap<String, Vec<String>>,
    /// What has to be known if the run is ended at once.
    pub(super) still_ineligible: Option<String>,
    /// When checks were read last.
    pub(super) checked_at: Option<Timestamp>,
    /// How long nothing is asked of them after that, unless something is decided by it.
    pub(super) checked_at_most_every: Duration,
    /// When the gates were asked last, and how often in a row all of them have held.
    pub(super) asked_gates: Option<(Timestamp, PassesInARow)>,
    /// What each gate said last.
    pub(super) gates_told: BTreeMap<String, (String, String)>,
    /// Since when groups with one instance have been away, and for how long they were, by what left.
    pub(super) gaps: Gaps,
    /// How long each node was expected to take when it was begun.
    pub(super) expected: BTreeMap<String, Duration>,
    /// What was told once and need not be told again.
    pub(super) noticed: BTreeSet<String>,
    /// What may still run on nodes that are down, by node.
    pub(super) in_doubt: BTreeMap<String, Vec<UnseenEnd>>,
    /// How many nodes were before those of the goal now, and how many there are in all; none where the goal is all of them.
    pub(super) place: Option<(usize, usize)>,
    /// What went wrong, while what is under way is followed to its end.
    pub(super) failure: Option<Error>,
    /// Who asked for a pause, while somebody does.
    pub(super) paused: Option<Pause>,
    /// Since when nothing more can be stopped, and whether that was told.
    pub(super) held: Option<(Timestamp, bool)>,
    /// Whether the agents of the nodes in hand answer.
    pub(super) agents: Agents,
    /// Since when nothing is done because others move the same services.
    pub(super) others_since: Option<Timestamp>,
    /// Since when the servers could not be asked, while that lasts.
    pub(super) unreachable_since: Option<Timestamp>,
}

/// What was amiss before a node was begun, so that only what is new counts against it.
#[derive(Debug, Clone, Default)]
pub(super) struct ProblemsBefore {
    /// Ids of evaluations that wait for room.
    pub(super) blocked: BTreeSet<String>,
    /// Ids of deployments that have failed.
    pub(super) failed: BTreeSet<String>,
}

/// Why a rotation stops although nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    Interrupt(Interrupt),
    Timeout,
}

impl Halt {
    /// What is said while the step under way is finished.
    pub(super) fn notice(self) -> &'static str {
        match self {
            Halt::Interrupt(_) => "finishing the step under way; Ctrl-C again leaves at once",
            Halt::Timeout => "--timeout passed; finishing the step under way; Ctrl-C twice leaves at once",
        }
    }

    pub(super) fn error(self, what: &str) -> Error {
        match self {
            Halt::Interrupt(interrupt) => interrupt.error(format!("interrupted {what}")),
            Halt::Timeout => Error::new(ExitCode::TimedOut, format!("--timeout passed {what}")),
        }
    }
}

/// Runs of one rotation on one machine follow each other and are one holder; those on two machines are two.
fn lock_name(recorder: &Recorder<'_>, goal: &Goal) -> String {
    format!("{}-{}", goal.name, recorder.memory.owner.as_deref().unwrap_or("0"))
}

/// The nodes whose replacements have joined, as earlier runs have seen it.
fn replaced(recorder: &Recorder<'_>, goal: &Goal) -> BTreeSet<String> {
    let memory = &recorder.memory;
    match memory.replacement {
        Replacement::Joined if memory.replacing.is_empty() => {
            goal.selected.iter().map(|n| n.id.clone()).collect()
        }
        _ => memory.replaced.clone(),
    }
}

impl<'a> Rotation<'a> {
    /// A rotation that is about to begin, or to go on where the recorder remembers it.
    #[must_use]
    pub fn new(means: Means<'a>, goal: Goal) -> Self {
        let Means { nomad, consul, permission, recorder, orderly } = means;
        let nomad = nomad.with_patience(FOR_ONE_REQUEST);
        let verified = goal.done.iter().cloned().chain(recorder.memory.rotated.keys().cloned()).collect();
        let replaced = replaced(&recorder, &goal);
        Rotation {
            lock: Lock::new(&nomad, &lock_name(&recorder, &goal), goal.holder.clone())
                .after(goal.dead.clone()),
            doomed: goal.nodes.iter().map(|n| n.node.id.clone()).collect(),
            placed: recorder.memory.successors(),
            well: BTreeMap::new(),
            seen: BTreeMap::new(),
            phases: Vec::new(),
            left_at: BTreeMap::new(),
            last_progress: recorder.now(),
            begun_at: BTreeMap::new(),
            batch: BTreeMap::new(),
            before: None,
            verifying: BTreeMap::new(),
            judged: BTreeMap::new(),
            unwell: BTreeMap::new(),
            still_ineligible: None,
            checked_at: None,
            checked_at_most_every: Duration::ZERO,
            asked_gates: None,
            gates_told: BTreeMap::new(),
            gaps: Gaps::default(),
            expected: BTreeMap::new(),
            noticed: BTreeSet::new(),
            in_doubt: BTreeMap::new(),
            run: RunState {
                verified,
                replaced,
                surged: recorder.memory.surged.clone(),
                ..RunState::default()
            },
            place: None,
            failure: None,
            paused: None,
            held: None,
            others_since: None,
            unreachable_since: None,
            agents: Agents::new(&nomad),
            well_before: BTreeMap::new(),
            nomad,
            consul,
            permission,
            recorder,
            orderly,
            goal,
        }
    }

    /// The permission it was given, for another one.
    #[must_use]
    pub fn into_permission(self) -> Permission {
        self.permission
    }

    /// What the next step is decided from.
    pub(super) fn input<'i>(&'i self, picture: &'i ClusterPicture) -> StepInput<'i> {
        StepInput {
            nodes: &self.goal.nodes,
            picture,
            tracked: &self.recorder.memory.emptied,
            created: &self.recorder.memory.created,
            placed: &self.placed,
            options: &self.goal.options,
            strategy: self.goal.strategy,
            key: &self.goal.key,
            run: &self.run,
            now: self.recorder.now(),
        }
    }

    /// The nodes that were found rotated at the last look, by id.
    #[must_use]
    pub fn rotated(&self) -> BTreeSet<String> {
        self.phases.iter().filter(|(_, p)| *p == Phase::Rotated).map(|(n, _)| n.id.clone()).collect()
    }

    /// Whether the rotation should stop at the next safe place.
    pub(super) fn halt(&self) -> Option<Halt> {
        if let Some(interrupt) = self.orderly.now() {
            return Some(Halt::Interrupt(interrupt));
        }
        self.goal.deadline.filter(|at| self.recorder.now() >= *at).map(|_| Halt::Timeout)
    }

    /// What a drain of this rotation is marked with.
    pub(super) fn mark(&self, node: &NodeRef) -> BTreeMap<String, String> {
        let message = format!("fleet rotate-nodes, rotation {}", self.goal.name);
        let mut mark = BTreeMap::from([
            ("message".to_owned(), message),
            (META_KEY.to_owned(), self.goal.key.clone()),
            (META_ROTATION.to_owned(), self.goal.name.clone()),
        ]);
        if self.recorder.memory.was.get(&node.id) == Some(&Eligibility::Ineligible) {
            mark.insert(META_WAS.to_owned(), "ineligible".to_owned());
        }
        mark
    }

    /// Writes down on the cluster what is in mind; before anything of it is done.
    pub(super) async fn save(&mut self) -> crate::error::Result<()> {
        let Goal { store, holder, .. } = &mut self.goal;
        store.save(&self.permission, &self.recorder.memory, holder).await?;
        if !self.recorder.memory.kept && self.goal.store.is_kept() {
            self.recorder.intend(Intent::Kept)?;
        }
        if let Some(why) = self.goal.store.unkept().map(str::to_owned) {
            self.notice_once(&format!("only this machine can go on with this rotation: its journal is not kept on the cluster, {why}"))?;
        }
        Ok(())
    }

    /// Writes down on the cluster what happened; at once, or when it is time.
    pub(super) async fn keep_history(&mut self, at_once: bool) -> crate::error::Result<()> {
        let now = self.recorder.now();
        let Goal { history, holder, name, .. } = &mut self.goal;
        let happened = &self.recorder.outcome().happened;
        let why = history.save(&self.permission, name, (holder, happened), (now, at_once)).await;
        // Where the journal is not kept either, that was said.
        match why.filter(|_| self.goal.store.unkept().is_none()) {
            Some(why) => {
                self.notice_once(&format!("no other machine can follow or report this rotation: {why}"))
            }
            None => Ok(()),
        }
    }

    /// Shows that the rotation lives, while nothing of it moves.
    pub(super) async fn beat(&mut self) -> crate::error::Result<()> {
        let now = self.recorder.now();
        self.lock.claim(&self.permission, &BTreeSet::new(), now).await
    }

    /// Everything that was to leave the nodes of the goal.
    pub(super) fn tracked(&self) -> impl Iterator<Item = &AllocRef> {
        let emptied = &self.recorder.memory.emptied;
        self.goal.nodes.iter().filter_map(|n| emptied.get(&n.node.id)).flatten()
    }

    /// The jobs of everything on the nodes and of everything that left them.
    pub(super) fn jobs(&self) -> BTreeSet<JobKey> {
        self.tracked().map(AllocRef::job_key).collect()
    }

    /// Tells of something that does not stop the rotation.
    pub(super) fn notice(&mut self, text: impl Into<String>) -> crate::error::Result<()> {
        self.recorder.emit(Event::Noticed { text: text.into() })
    }

    /// The same, and only once.
    pub(super) fn notice_once(&mut self, text: &str) -> crate::error::Result<()> {
        if self.noticed.insert(text.to_owned()) { self.notice(text) } else { Ok(()) }
    }

    /// How long ago the node was begun, by this run or by the one it goes on with.
    pub(super) fn seconds_since_its_begin(&self, node: &NodeRef) -> f64 {
        let told = || {
            let mut happened = self.recorder.memory.happened.iter().rev();
            happened.find_map(|record| match &record.event {
                Event::NodeStarted { node: begun, .. } if begun.id == node.id => Some(record.time),
                _ => None,
            })
        };
        let begun = self.begun_at.get(&node.id).copied().or_else(told);
        begun.map_or(0.0, |at| self.since(at).as_secs_f64())
    }

    /// How long ago that was.
    pub(super) fn since(&self, at: Timestamp) -> Duration {
        Duration::try_from(self.recorder.now().duration_since(at)).unwrap_or_default()
    }
}
