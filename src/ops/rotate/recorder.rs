//! Who hears of what happens: the journal first, then whoever watches.

mod entry;
mod recovered;

use jiff::Timestamp;

use crate::clock::SharedClock;
use crate::error::Result;
use crate::ops::journal::Journal;
use crate::ops::observe::{Observer, Record};
use crate::ops::rotate::event::Event;

pub use entry::{Entry, Intent, happened};
pub use recovered::{RecoveredState, Replacement};

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

    /// Time passes, and what is asked was not answered yet.
    pub fn still(&mut self) {
        self.observer.still();
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::api::nomad::node::Eligibility;
    use crate::model::group::GroupKey;
    use crate::ops::migration::NodeRef;

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
            end_state: None,
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
    fn whose_raise_a_count_is_survives_a_new_rotation_and_ends_when_it_is_given_back() {
        let group = GroupKey { namespace: "default".into(), job: "one".into(), group: "g".into() };
        let raise = |by: Option<&str>| {
            Entry::Intent(Intent::Raise { group: group.clone(), count: 1, by: by.map(str::to_owned) })
        };
        assert_eq!(RecoveredState::of(vec![begin(), raise(None)]).raiser(&group), "r-1");
        let inherited = RecoveredState::of(vec![begin(), raise(Some("r-0"))]);
        assert_eq!((inherited.raiser(&group), inherited.surged[&group]), ("r-0", 1));
        let text = serde_json::to_string(&inherited).unwrap();
        let read: RecoveredState = serde_json::from_str(&text).unwrap();
        assert_eq!(read.raiser(&group), "r-0", "{text}");
        let back = Event::CountRestored { group: group.clone(), count: 1, by_others: false };
        let again = RecoveredState::of(vec![begin(), raise(Some("r-0")), record(back), raise(None)]);
        assert_eq!(again.raiser(&group), "r-1", "it raised it itself");
    }

    #[test]
    fn entries_survive_the_journal() {
        let entries = vec![begin(), record(Event::Noticed { text: "x".into() })];
        let text: Vec<String> = entries.iter().map(|e| serde_json::to_string(e).unwrap()).collect();
        let read: Vec<Entry> = text.iter().map(|t| serde_json::from_str(t).unwrap()).collect();
        assert_eq!(read, entries);
    }
}
