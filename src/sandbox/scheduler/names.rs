//! Which numbers the allocations of a group have, and which come next.

use std::collections::{BTreeMap, BTreeSet};

use crate::sandbox::state::alloc::alloc_name;

/// The numbers of a group's allocations in use.
#[derive(Debug, Clone)]
pub(super) struct Names {
    job: String,
    group: String,
    count: u64,
    used: BTreeSet<u64>,
    /// Numbers in use more than once, and how often more.
    duplicates: BTreeMap<u64, u64>,
}

impl Names {
    pub(super) fn new(job: &str, group: &str, count: u64, indexes: impl IntoIterator<Item = u64>) -> Self {
        let (mut used, mut duplicates) = (BTreeSet::new(), BTreeMap::new());
        for index in indexes {
            if !used.insert(index) {
                *duplicates.entry(index).or_insert(0) += 1;
            }
        }
        Names { job: job.to_owned(), group: group.to_owned(), count, used, duplicates }
    }

    fn name(&self, index: u64) -> String {
        alloc_name(&self.job, &self.group, index)
    }

    /// The names with the highest numbers, which are free from then on: what a lower count gives up (T34).
    pub(super) fn take_highest(&mut self, n: usize) -> BTreeSet<String> {
        let taken: Vec<u64> = self.used.iter().rev().take(n).copied().collect();
        taken
            .into_iter()
            .map(|index| {
                self.used.remove(&index);
                self.name(index)
            })
            .collect()
    }

    /// Frees a number, or one of its double uses.
    pub(super) fn free(&mut self, index: u64) {
        match self.duplicates.get_mut(&index) {
            Some(1) => {
                self.duplicates.remove(&index);
            }
            Some(more) => *more -= 1,
            None => {
                self.used.remove(&index);
            }
        }
    }

    pub(super) fn is_duplicate(&self, index: u64) -> bool {
        self.duplicates.contains_key(&index)
    }

    /// The lowest free names under the count; when they run out, the first ones again.
    pub(super) fn next(&mut self, n: usize) -> Vec<String> {
        let mut free: Vec<u64> = (0..self.count).filter(|i| !self.used.contains(i)).take(n).collect();
        let missing = u64::try_from(n - free.len()).unwrap_or(u64::MAX);
        free.extend(0..missing);
        self.used.extend(&free);
        free.into_iter().map(|i| self.name(i)).collect()
    }

    /// Names for canaries: first those of allocations that a new version will replace, then free ones, then numbers
    /// beyond the count.
    pub(super) fn next_canaries(
        &mut self,
        n: usize,
        existing: &BTreeSet<String>,
        replaced: &BTreeSet<u64>,
    ) -> Vec<String> {
        let unused = |i: &u64| !existing.contains(&self.name(*i));
        let under_count = || 0..self.count;
        let mut chosen: Vec<u64> =
            under_count().filter(|i| replaced.contains(i)).filter(unused).take(n).collect();
        let more: Vec<u64> = under_count()
            .filter(|i| !self.used.contains(i) && !chosen.contains(i))
            .filter(unused)
            .take(n - chosen.len())
            .collect();
        chosen.extend(more);
        self.used.extend(&chosen);
        let beyond = u64::try_from(n - chosen.len()).unwrap_or(u64::MAX);
        chosen.extend(self.count..self.count + beyond);
        chosen.into_iter().map(|i| self.name(i)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: u64, used: &[u64]) -> Names {
        Names::new("j", "g", count, used.iter().copied())
    }

    #[test]
    fn free_numbers_are_given_lowest_first_and_then_again_from_zero() {
        assert_eq!(names(4, &[0, 2]).next(3), ["j.g[1]", "j.g[3]", "j.g[0]"]);
    }

    #[test]
    fn the_highest_numbers_are_given_up() {
        let mut n = names(5, &[0, 1, 2, 3, 4]);
        assert_eq!(n.take_highest(2), BTreeSet::from(["j.g[3]".to_owned(), "j.g[4]".to_owned()]));
        assert_eq!(n.next(1), ["j.g[3]"]);
    }

    #[test]
    fn canaries_take_the_numbers_they_will_replace() {
        let all = |indexes: &[u64]| indexes.iter().copied().collect::<BTreeSet<u64>>();
        assert_eq!(names(3, &[0, 1, 2]).next_canaries(1, &BTreeSet::new(), &all(&[0, 1, 2])), ["j.g[0]"]);
        let existing = BTreeSet::from(["j.g[0]".to_owned()]);
        let three = names(2, &[0, 1]).next_canaries(3, &existing, &all(&[0, 1]));
        assert_eq!(three, ["j.g[1]", "j.g[2]", "j.g[3]"]);
    }

    #[test]
    fn a_number_used_twice_is_known() {
        let mut n = names(2, &[0, 0]);
        assert!(n.is_duplicate(0));
        n.free(0);
        assert!(!n.is_duplicate(0) && n.next(1) == ["j.g[1]"]);
    }
}
