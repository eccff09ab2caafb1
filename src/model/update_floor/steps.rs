//! What a deployment that is followed is held to, from one of its steps to the next, and how long a group was below its floor meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::decision::{AtWork, UpdateLook};
use crate::model::words;

/// What a step of a deployment is measured by, beside what is seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepTerms {
    /// The counts of the version before, by group: a group that grows had fewer.
    pub counts_before: BTreeMap<String, u64>,
    /// How many are enough of these groups.
    pub enough: BTreeMap<String, u64>,
    /// Whether an earlier version comes back: what is broken of the one it replaces is what it repairs.
    pub takes_back: bool,
}

/// What was seen of the steps of a deployment.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// Whether it began with fewer at work than its update block leaves, and that was right, since it repairs what is broken.
    is_repair: bool,
    enough: BTreeMap<String, u64>,
    below: BTreeMap<String, Below>,
}

/// For how long a group was below its floor.
#[derive(Debug, Clone)]
struct Below {
    /// When it was seen last, where it was so then.
    seen: Option<Timestamp>,
    lasted: Duration,
    least: u64,
    of: u64,
    floor: u64,
}

impl Steps {
    /// Those of a deployment that repairs what is broken, or does not.
    #[must_use]
    pub fn begin(is_repair: bool) -> Self {
        Steps { is_repair, ..Steps::default() }
    }

    /// How many are enough, by group. What repairs is held to what it has reached: it never falls back by itself, since the servers
    /// go on only as new ones become healthy.
    #[must_use]
    pub fn enough(&self) -> &BTreeMap<String, u64> {
        &self.enough
    }

    /// Takes note of a look; whether it is the first, which says what a repair began with and holds nothing.
    pub fn note(&mut self, look: &UpdateLook, now: Timestamp) -> bool {
        let is_first = self.is_repair && self.enough.is_empty() && !look.groups.is_empty();
        for group in &look.groups {
            if self.is_repair {
                let enough = self.enough.entry(group.name.clone()).or_default();
                *enough = (*enough).max(group.left);
            }
            self.count(group, now);
        }
        is_first
    }

    fn count(&mut self, group: &AtWork, now: Timestamp) {
        if group.well >= group.floor {
            if let Some(below) = self.below.get_mut(&group.name) {
                below.seen = None;
            }
            return;
        }
        let begin = || Below { seen: None, lasted: Duration::ZERO, least: group.well, of: 0, floor: 0 };
        let below = self.below.entry(group.name.clone()).or_insert_with(begin);
        if let Some(before) = below.seen.replace(now) {
            below.lasted += now.duration_since(before).try_into().unwrap_or(Duration::ZERO);
        }
        below.least = below.least.min(group.well);
        (below.of, below.floor) = (group.of, group.floor);
    }

    /// The groups that were seen below their floors, each in a sentence. What was seen once may have been a moment's.
    #[must_use]
    pub fn below(&self) -> Vec<String> {
        let long = self.below.iter().filter(|(_, below)| below.lasted >= Duration::from_secs(1));
        let sentence = |(name, below): (&String, &Below)| {
            let Below { lasted, least, of, floor, .. } = below;
            let instances = words::count(*of, "instance");
            format!(
                "group {name} was below its floor of {floor} for {} s: {least} of {instances} at work at the least",
                lasted.as_secs()
            )
        };
        long.map(sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(well: u64, left: u64) -> UpdateLook {
        let group = AtWork { name: "g".to_owned(), well, of: 3, floor: 2, left };
        UpdateLook { groups: vec![group], ..UpdateLook::default() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_repair_is_held_to_what_it_has_reached() {
        let mut steps = Steps::begin(true);
        assert!(steps.note(&look(1, 1), at(0)));
        assert!(!steps.note(&look(2, 2), at(1)));
        assert!(!steps.note(&look(1, 1), at(2)));
        assert_eq!(steps.enough().get("g"), Some(&2));
        let mut steps = Steps::begin(false);
        assert!(!steps.note(&look(1, 1), at(0)));
        assert!(steps.enough().is_empty());
    }

    #[test]
    fn time_below_the_floor_is_counted_from_look_to_look() {
        let mut steps = Steps::begin(false);
        for (second, well) in [(0, 2), (1, 1), (4, 0), (5, 2), (6, 1), (7, 2)] {
            steps.note(&look(well, 2), at(second));
        }
        assert_eq!(
            steps.below(),
            ["group g was below its floor of 2 for 3 s: 0 of 3 instances at work at the least"]
        );
        let mut once = Steps::begin(false);
        once.note(&look(1, 2), at(0));
        once.note(&look(2, 2), at(1));
        assert!(once.below().is_empty());
    }
}
