//! Who hears of what happens: the journal first, then whoever watches.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::nomad::node::Eligibility;
use crate::clock::SharedClock;
use crate::error::Result;
use crate::model::group::GroupKey;
use crate::model::ids::JobKey;
use crate::ops::journal::Journal;
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::observe::{Observer, Record};
use crate::ops::rotate::event::{Event, Moved, Outcome};
use crate::ops::rotate::service_step::ServiceStep;

/// What is on disk before the cluster is touched, so that a killed run can be taken up again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "intent", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Intent {
    /// A rotation begins.
    Begin {
        /// Its name.
        rotation: String,
        /// Nodes that register after this index are newcomers.
        index: u64,
        /// When it began.
        time: Timestamp,
        /// Nodes that took no work then, by id: one that does later has joined like a newcomer.
        #[serde(default)]
        idle: BTreeSet<String>,
        /// The words of the command line, the program's name first, by which any machine can go on with it.
        #[serde(default)]
        command_line: Vec<String>,
    },
    /// This is how the runs on this machine are told from those on others.
    Own {
        /// A random name.
        owner: String,
    },
    /// A node will be marked.
    Mark {
        /// Its id.
        node: String,
        /// What it is until then.
        was: Eligibility,
    },
    /// The command that starts replacements will be run.
    Replace {
        /// Its words.
        #[serde(default)]
        command: Vec<String>,
        /// Ids of the nodes that it starts replacements for; empty where they are all of them.
        #[serde(default)]
        nodes: BTreeSet<String>,
    },
    /// Replacements of some nodes have joined, and the others may be asked for.
    Joined {
        /// Ids of the old nodes.
        nodes: BTreeSet<String>,
        /// Ids of the new ones.
        stand_ins: BTreeSet<String>,
    },
    /// The command has failed, and may be run again.
    ReplaceFailed,
    /// The command has ended well.
    Replaced,
    /// A node will be emptied of these allocations.
    Empty {
        /// Its id.
        node: String,
        /// Which.
        allocs: Vec<AllocRef>,
    },
    /// The count of a group will be raised by one.
    Raise {
        /// The group.
        group: GroupKey,
        /// The count it has and will get back.
        count: u64,
    },
    /// Something will be done to an empty node, or was.
    Service {
        /// Its id.
        node: String,
        /// How far that has come.
        step: ServiceStep,
    },
    /// An allocation will be told to stop.
    Stop {
        /// Its id.
        alloc: String,
        /// When.
        time: Timestamp,
    },
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// Something is about to be done.
    Intent(Intent),
    /// Something happened.
    Record(Box<Record<Event>>),
    /// What another machine left in the journal on the cluster, taken over.
    State(Box<RecoveredState>),
}

/// What earlier runs of the same rotation left in the journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecoveredState {
    /// Tells the runs on this machine from those on others, for the lock.
    #[serde(skip)]
    pub owner: Option<String>,
    /// What happened so far. It has a place of its own on the cluster.
    #[serde(skip)]
    pub happened: Vec<Record<Event>>,
    /// The rotation's name; none when no earlier run is unfinished.
    pub rotation: Option<String>,
    /// The words of the command line that began it, the program's name first.
    pub command_line: Vec<String>,
    /// Nodes that register after this index are newcomers.
    pub index: u64,
    /// Nodes that took no work when it began, by id.
    pub idle: BTreeSet<String>,
    /// When something was last written down.
    pub last: Option<Timestamp>,
    /// When it began.
    pub begun: Option<Timestamp>,
    /// What the nodes were before they were marked, by id.
    pub was: BTreeMap<String, Eligibility>,
    /// Nodes that were found marked after they were told, by id.
    pub marked: BTreeSet<String>,
    /// How far the command that starts replacements came.
    pub replacement: Replacement,
    /// The words of that command.
    pub command: Vec<String>,
    /// Ids of the nodes it was run for last; empty where they were all of them.
    pub replacing: BTreeSet<String>,
    /// Ids of the nodes whose replacements have joined, where they are started a few at a time.
    pub replaced: BTreeSet<String>,
    /// Ids of these replacements.
    pub stand_ins: BTreeSet<String>,
    /// Allocations each node was to be emptied of, by the node's id.
    pub emptied: BTreeMap<String, Vec<AllocRef>>,
    /// Groups whose count was to be raised by one, and the count that each gets back.
    #[serde(with = "pairs")]
    pub surged: BTreeMap<GroupKey, u64>,
    /// When allocations were told to stop, by id.
    pub stopped: BTreeMap<String, Timestamp>,
    /// Nodes that were rotated, by id, and how long that took.
    pub rotated: BTreeMap<String, f64>,
    /// How far what is done to each empty node has come, by the node's id.
    pub serviced: BTreeMap<String, ServiceStep>,
    /// How allocations moved, by id.
    pub moved: BTreeMap<String, Moved>,
    /// Replacements that were placed, and where, by the id of what they replace.
    pub placed: BTreeMap<String, (String, NodeRef)>,
}

/// A group is no key of a JSON object: pairs stand in a list.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::model::group::GroupKey;

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<GroupKey, u64>, to: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<GroupKey, u64>, D::Error> {
        Ok(Vec::<(GroupKey, u64)>::deserialize(from)?.into_iter().collect())
    }
}

/// What a journal tells of the rotation of that name, also when it has finished.
#[must_use]
pub fn happened(entries: Vec<Entry>, rotation: &str) -> Vec<Record<Event>> {
    let (mut told, mut within) = (Vec::new(), false);
    for entry in entries {
        match entry {
            Entry::Intent(Intent::Begin { rotation: name, .. }) => within = name == rotation,
            Entry::State(state) => within = state.rotation.as_deref() == Some(rotation),
            Entry::Record(record) if within => told.push(*record),
            _ => {}
        }
    }
    told
}

/// How far the command that starts replacements came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replacement {
    /// It was not run.
    #[default]
    NotRun,
    /// It was begun; how it ended is not known.
    Begun,
    /// It ended well.
    Ended,
    /// Enough newcomers have joined.
    Joined,
}

impl RecoveredState {
    /// What the entries amount to; nothing when the last rotation they tell of has finished.
    #[must_use]
    pub fn of(entries: Vec<Entry>) -> Self {
        entries.into_iter().fold(RecoveredState::default(), RecoveredState::learn)
    }

    /// Allocations that were to leave a node and were not seen arrive well.
    pub fn unfinished(&self, node: &str) -> impl Iterator<Item = &AllocRef> {
        let arrived = |a: &&AllocRef| self.moved.get(&a.id).is_some_and(|m| m.outcome != Outcome::Unfinished);
        self.emptied.get(node).into_iter().flatten().filter(move |a| !arrived(a))
    }

    /// The jobs of everything that was to leave, whether it was seen to arrive or not: only the cluster tells whether it is
    /// well now.
    #[must_use]
    pub fn jobs(&self) -> BTreeSet<JobKey> {
        let surged = self.surged.keys().map(GroupKey::job_key);
        self.emptied.values().flatten().map(AllocRef::job_key).chain(surged).collect()
    }

    /// The nodes it has touched, by id: those that are marked, and those that are done.
    #[must_use]
    pub fn nodes(&self) -> BTreeSet<&String> {
        self.was.keys().chain(self.rotated.keys()).collect()
    }

    /// What took whose place, by the id of that one.
    #[must_use]
    pub fn successors(&self) -> BTreeMap<String, String> {
        let placed = self.placed.iter().map(|(id, (replacement, _))| (id.clone(), replacement.clone()));
        let moved = self.moved.iter().filter_map(|(id, m)| Some((id.clone(), m.replacement.clone()?)));
        placed.chain(moved).collect()
    }

    fn learn(mut self, entry: Entry) -> Self {
        match entry {
            Entry::Intent(intent) => match intent {
                Intent::Begin { rotation, index, time, idle, command_line } => {
                    self = RecoveredState {
                        owner: self.owner,
                        rotation: Some(rotation),
                        command_line,
                        index,
                        idle,
                        begun: Some(time),
                        last: Some(time),
                        ..RecoveredState::default()
                    };
                }
                Intent::Own { owner } => self.owner = Some(owner),
                Intent::Mark { node, was } => drop(self.was.entry(node).or_insert(was)),
                Intent::Replace { command, nodes } => {
                    (self.replacement, self.command) = (Replacement::Begun, command);
                    self.replacing = nodes;
                }
                Intent::Joined { nodes, stand_ins } => {
                    self.replacement = Replacement::NotRun;
                    self.replaced.extend(nodes);
                    self.stand_ins.extend(stand_ins);
                }
                Intent::ReplaceFailed => self.replacement = Replacement::NotRun,
                Intent::Replaced => self.replacement = Replacement::Ended,
                Intent::Empty { node, allocs } => self.emptied.entry(node).or_default().extend(allocs),
                Intent::Raise { group, count } => drop(self.surged.entry(group).or_insert(count)),
                Intent::Service { node, step } => drop(self.serviced.insert(node, step)),
                Intent::Stop { alloc, time } => drop(self.stopped.entry(alloc).or_insert(time)),
            },
            Entry::Record(record) => self = self.learn_record(*record),
            Entry::State(state) => self = *state,
        }
        self
    }

    fn learn_record(mut self, record: Record<Event>) -> Self {
        self.last = Some(record.time);
        self.happened.push(record.clone());
        match record.event {
            Event::AllocMoved(moved) => drop(self.moved.insert(moved.alloc.id.clone(), moved)),
            Event::ReplacementPlaced { alloc, replacement, node } => {
                self.placed.insert(alloc.id, (replacement, node));
            }
            Event::NodeRotated { node, seconds } | Event::NodeRelieved { node, seconds } => {
                self.rotated.insert(node.id, seconds);
            }
            Event::ReplacementsJoined { ready, wanted, .. } if ready >= wanted => {
                self.replacement = Replacement::Joined;
            }
            // What was given back is as if it had never been taken.
            Event::NodeRestored { node, .. } => {
                self.was.remove(&node.id);
                self.marked.remove(&node.id);
            }
            Event::CountRestored { group, .. } => drop(self.surged.remove(&group)),
            Event::NodeIneligible { node, .. } => drop(self.marked.insert(node.id)),
            Event::Finished { .. } => return RecoveredState::default(),
            _ => {}
        }
        self
    }
}

/// Tells journal and observer.
pub struct Recorder<'a> {
    journal: Option<Journal>,
    observer: &'a mut dyn Observer<Record<Event>>,
    clock: SharedClock,
    /// What happened so far, earlier runs included.
    pub memory: RecoveredState,
    /// What was remembered when it finished: finishing forgets.
    finished: Option<RecoveredState>,
}

impl<'a> Recorder<'a> {
    /// A recorder with what earlier runs left.
    pub fn new(
        journal: Option<Journal>,
        memory: RecoveredState,
        observer: &'a mut dyn Observer<Record<Event>>,
        clock: SharedClock,
    ) -> Self {
        Recorder { journal, observer, clock, memory, finished: None }
    }

    /// What the rotation came to, this run and earlier ones together; also when it has just finished.
    #[must_use]
    pub fn outcome(&self) -> &RecoveredState {
        self.finished.as_ref().unwrap_or(&self.memory)
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> SharedClock {
        std::sync::Arc::clone(&self.clock)
    }

    /// Puts on disk what is about to be done.
    ///
    /// # Errors
    /// When it cannot be put there: then it must not be done.
    pub fn intend(&mut self, intent: Intent) -> Result<()> {
        self.remember(Entry::Intent(intent))
    }

    /// Takes over what another machine left.
    ///
    /// # Errors
    /// When it cannot be written down here.
    pub fn adopt(&mut self, state: RecoveredState) -> Result<()> {
        self.remember(Entry::State(Box::new(state)))
    }

    /// Tells what happened.
    ///
    /// # Errors
    /// When nobody can be told.
    pub fn emit(&mut self, event: Event) -> Result<()> {
        let record = Record { time: self.now(), event };
        if matches!(record.event, Event::Finished { .. }) {
            let mut finished = self.memory.clone();
            finished.happened.push(record.clone());
            self.finished = Some(finished);
        }
        // What a command says is long and changes nothing.
        if !matches!(record.event, Event::CommandOutput { .. }) {
            self.remember(Entry::Record(Box::new(record.clone())))?;
        }
        self.observer.record(&record)
    }

    /// Tells what is waited for.
    pub fn waiting(&mut self, lines: &[String]) {
        self.observer.waiting(lines);
    }

    fn remember(&mut self, entry: Entry) -> Result<()> {
        if let Some(journal) = &mut self.journal {
            journal.append(&entry)?;
        }
        self.memory = std::mem::take(&mut self.memory).learn(entry);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(event: Event) -> Entry {
        Entry::Record(Box::new(Record { time: Timestamp::UNIX_EPOCH, event }))
    }

    fn begin() -> Entry {
        Entry::Intent(Intent::Begin {
            rotation: "r-1".into(),
            index: 7,
            time: Timestamp::UNIX_EPOCH,
            idle: BTreeSet::new(),
            command_line: Vec::new(),
        })
    }

    #[test]
    fn a_killed_run_is_remembered_and_a_finished_one_is_not() {
        let mark = Entry::Intent(Intent::Mark { node: "n1".into(), was: Eligibility::Eligible });
        // A second run finds the node ineligible already; what it was first is what counts.
        let again = Entry::Intent(Intent::Mark { node: "n1".into(), was: Eligibility::Ineligible });
        let node = NodeRef { id: "n1".into(), name: "c1".into() };
        let rotated = record(Event::NodeRotated { node: node.clone(), seconds: 3.0 });
        let memory = RecoveredState::of(vec![
            begin(),
            mark.clone(),
            again,
            Entry::Intent(Intent::Replace { command: Vec::new(), nodes: BTreeSet::new() }),
            rotated.clone(),
        ]);
        assert_eq!((memory.rotation.as_deref(), memory.index), (Some("r-1"), 7));
        assert_eq!(memory.was["n1"], Eligibility::Eligible);
        assert_eq!(memory.replacement, Replacement::Begun);
        assert!(memory.rotated.contains_key("n1"));
        let finished = record(Event::Finished { rotated: 1, skipped: 0, purpose: Default::default() });
        assert_eq!(
            RecoveredState::of(vec![begin(), mark.clone(), rotated, finished]),
            RecoveredState::default()
        );
        let restored = record(Event::NodeRestored { node, eligibility: Eligibility::Eligible });
        assert!(RecoveredState::of(vec![begin(), mark, restored]).was.is_empty());
    }

    #[test]
    fn entries_survive_the_journal() {
        let entries = vec![begin(), record(Event::Noticed { text: "x".into() })];
        let text: Vec<String> = entries.iter().map(|e| serde_json::to_string(e).unwrap()).collect();
        let read: Vec<Entry> = text.iter().map(|t| serde_json::from_str(t).unwrap()).collect();
        assert_eq!(read, entries);
    }
}
