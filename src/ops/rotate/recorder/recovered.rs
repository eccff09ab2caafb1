//! What earlier runs left, from what the journal holds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entry, Intent};
use crate::api::nomad::node::Eligibility;
use crate::model::group::GroupKey;
use crate::model::ids::JobKey;
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::observe::Record;
use crate::ops::rotate::end_state::EndState;
use crate::ops::rotate::event::{Event, Moved, Outcome};
use crate::ops::rotate::service_step::ServiceStep;

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
    /// Whether it was written to the journal on the cluster, so that it is forgotten where it does not stand there any more.
    #[serde(skip)]
    pub kept: bool,
    /// When the journal on the cluster was last written, by the servers' clock: what the servers date is compared with that, since
    /// the clock of this machine may be another. None where it does not stand there.
    #[serde(skip)]
    pub written_at: Option<Timestamp>,
    /// For how long it has not been written there, by the servers' clocks; none where it does not stand there.
    #[serde(skip)]
    pub unwritten_for: Option<Duration>,
    /// The rotation's name; none when no earlier run is unfinished.
    pub rotation: Option<String>,
    /// The words of the command line that began it, the program's name first.
    pub command_line: Vec<String>,
    /// What it is to make of each node; none where another version of `fleet` has begun it.
    pub end_state: Option<EndState>,
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
    /// Those that were given back since, by id.
    pub given_back: BTreeSet<String>,
    /// Those of them that are not emptied and take no new work until the end, by id.
    pub passed_over: BTreeSet<String>,
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
    /// Index of the creation of the newest of these, by the node's id: a job that was registered later is another one.
    pub created: BTreeMap<String, u64>,
    /// Groups whose count was to be raised by one, and the count that each gets back.
    #[serde(with = "pairs")]
    pub surged: BTreeMap<GroupKey, u64>,
    /// Those of them that an earlier rotation raised, which was given up, and the name of that one.
    #[serde(with = "pairs")]
    pub raised_by: BTreeMap<GroupKey, String>,
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

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::group::GroupKey;

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        map: &BTreeMap<GroupKey, T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<GroupKey, T>, D::Error> {
        Ok(Vec::<(GroupKey, T)>::deserialize(from)?.into_iter().collect())
    }
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

    /// Allocations that were told to stop and were not seen arrive well.
    pub fn on_their_way(&self) -> impl Iterator<Item = &AllocRef> {
        let left = self.emptied.keys().flat_map(|node| self.unfinished(node));
        left.filter(|a| self.stopped.contains_key(&a.id))
    }

    /// The jobs of everything that was to leave, whether it was seen to arrive or not: only the cluster tells whether it is
    /// well now.
    #[must_use]
    pub fn jobs(&self) -> BTreeSet<JobKey> {
        let surged = self.surged.keys().map(GroupKey::job_key);
        self.emptied.values().flatten().map(AllocRef::job_key).chain(surged).collect()
    }

    /// The name of the rotation that raised the count of this group.
    #[must_use]
    pub fn raiser(&self, group: &GroupKey) -> &str {
        let own = || self.rotation.as_deref().unwrap_or_default();
        self.raised_by.get(group).map_or_else(own, String::as_str)
    }

    /// The nodes it has touched, by id: those that are marked, those that are done, and those that it gave back.
    #[must_use]
    pub fn nodes(&self) -> BTreeSet<&String> {
        let own = self.was.keys().filter(|id| !self.passed_over.contains(*id));
        own.chain(self.rotated.keys()).chain(&self.given_back).collect()
    }

    /// What took whose place, by the id of that one.
    #[must_use]
    pub fn successors(&self) -> BTreeMap<String, String> {
        let placed = self.placed.iter().map(|(id, (replacement, _))| (id.clone(), replacement.clone()));
        let moved = self.moved.iter().filter_map(|(id, m)| Some((id.clone(), m.replacement.clone()?)));
        placed.chain(moved).collect()
    }

    pub(super) fn learn(mut self, entry: Entry) -> Self {
        match entry {
            Entry::Intent(intent) => match intent {
                Intent::Begin { rotation, index, time, idle, command_line, end_state } => {
                    self = RecoveredState {
                        owner: self.owner,
                        rotation: Some(rotation),
                        command_line,
                        end_state,
                        index,
                        idle,
                        begun: Some(time),
                        last: Some(time),
                        ..RecoveredState::default()
                    };
                }
                Intent::Own { owner } => self.owner = Some(owner),
                Intent::Kept => self.kept = true,
                Intent::PassOver { nodes } => self.passed_over.extend(nodes),
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
                Intent::Empty { node, allocs, created } => {
                    let newest = self.created.entry(node.clone()).or_default();
                    *newest = created.max(*newest);
                    self.emptied.entry(node).or_default().extend(allocs);
                }
                Intent::Raise { group, count, by } => {
                    self.raised_by.extend(by.map(|by| (group.clone(), by)));
                    self.surged.entry(group).or_insert(count);
                }
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
                self.given_back.insert(node.id);
            }
            Event::PassedOverRestored { nodes } => {
                for node in nodes {
                    self.was.remove(&node.id);
                    self.passed_over.remove(&node.id);
                }
            }
            Event::CountRestored { group, .. } => {
                self.surged.remove(&group);
                self.raised_by.remove(&group);
            }
            Event::NodeIneligible { node, .. } => drop(self.marked.insert(node.id)),
            Event::Finished { .. } => return RecoveredState::default(),
            _ => {}
        }
        self
    }
}
