//! What the journal holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RecoveredState;
use crate::api::nomad::node::Eligibility;
use crate::model::group::GroupKey;
use crate::ops::migration::AllocRef;
use crate::ops::observe::Record;
use crate::ops::rotate::end_state::EndState;
use crate::ops::rotate::event::Event;
use crate::ops::rotate::service_step::ServiceStep;

/// What is on disk before the cluster is touched, so that a killed run can be taken up again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "intent", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Intent {
    /// These nodes, by id, are not emptied and take no new work until the end.
    PassOver {
        /// The nodes.
        nodes: Vec<String>,
    },
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
        /// What it is to make of each node; none where another version of `fleet` has written this.
        #[serde(default)]
        end_state: Option<EndState>,
    },
    /// From now on it is in the journal on the cluster as well.
    Kept,
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
        /// Index of the creation of the newest of them; 0 where that is not known.
        #[serde(default)]
        created: u64,
    },
    /// The count of a group will be raised by one.
    Raise {
        /// The group.
        group: GroupKey,
        /// The count it has and will get back.
        count: u64,
        /// The name of the rotation that raised it before this one; none where this one does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
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
