//! What is to happen, by time.

use std::collections::BTreeMap;

use crate::sandbox::moment::Moment;
use crate::sandbox::world::Event;

/// Events by time; those of one moment in the order they were put in.
#[derive(Debug, Default)]
pub(super) struct Queue {
    events: BTreeMap<(Moment, u64), Event>,
    serial: u64,
}

impl Queue {
    /// Has something happen at a moment.
    pub(super) fn at(&mut self, moment: Moment, event: Event) {
        self.serial += 1;
        self.events.insert((moment, self.serial), event);
    }

    /// When the next event happens.
    #[must_use]
    pub(super) fn next_at(&self) -> Option<Moment> {
        self.events.first_key_value().map(|((moment, _), _)| *moment)
    }

    /// The next event that happens up to a moment.
    pub(super) fn pop_until(&mut self, moment: Moment) -> Option<(Moment, Event)> {
        let entry = self.events.first_entry().filter(|entry| entry.key().0 <= moment)?;
        let at = entry.key().0;
        Some((at, entry.remove()))
    }
}
