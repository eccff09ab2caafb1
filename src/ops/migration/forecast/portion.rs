//! How many placements one plan asks for, so that it is answered in time. Pure.
//!
//! A plan takes the longer the more it asks for, the more nodes there are and the more the servers have to do; how long is known only from
//! the last one.

use std::time::Duration;

use crate::model::forecast::{MOST_PLACEMENTS, SPARE_PLACEMENTS};

/// How long a plan is to take: a third of what an answer may, since the next one may be slower.
const WANTED: Duration = Duration::from_secs(10);
/// How long the whole may take.
const WHOLE: Duration = Duration::from_secs(120);
/// What the first plan of a large forecast asks for.
const FIRST: u64 = 100;
/// Who is not answered about so few is not answered at all.
const FEWEST: u64 = 25;
/// How many times as many may be asked for at once as by the plan before.
const GROWTH: u64 = 4;

/// The size of the next part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Portion {
    size: u64,
    /// How long the last one took, and how many it was about.
    last: Option<(u64, Duration)>,
}

impl Portion {
    /// Before anything was asked.
    pub(super) fn new() -> Self {
        Portion { size: FIRST, last: None }
    }

    /// How many the next plan may ask for.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// So many were placed in that time.
    pub(super) fn answered(&mut self, count: u64, took: Duration) {
        self.last = Some((count, took));
        let fits = WANTED.as_micros() / (took.as_micros() / u128::from(count.max(1))).max(1);
        let fits = u64::try_from(fits).unwrap_or(u64::MAX);
        self.size = fits.min(count.max(FEWEST) * GROWTH).clamp(FEWEST, MOST_PLACEMENTS - SPARE_PLACEMENTS);
    }

    /// So many were not placed in time; whether fewer can be tried.
    pub(super) fn not_answered(&mut self, count: u64) -> bool {
        self.size = (count.min(self.size) / GROWTH).max(FEWEST);
        count > FEWEST
    }

    /// How many can be asked about before the whole takes too long, so many plans side by side; as many as one likes before the first
    /// answer.
    pub(super) fn affordable(&self, at_once: usize) -> u64 {
        let Some((count, took)) = self.last else { return u64::MAX };
        let each = (took.as_micros() / u128::from(count.max(1))).max(1);
        let all = WHOLE.as_micros() * at_once as u128 / each;
        u64::try_from(all).unwrap_or(u64::MAX).max(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quick_answers_make_it_grow_and_slow_ones_shrink() {
        let mut portion = Portion::new();
        portion.answered(FIRST, Duration::from_millis(200));
        assert_eq!(portion.size(), MOST_PLACEMENTS - SPARE_PLACEMENTS);
        assert!(portion.affordable(2) > 50_000);
        // 100 in 25 s: 40 in 10 s.
        let mut portion = Portion::new();
        portion.answered(FIRST, Duration::from_secs(25));
        assert_eq!((portion.size(), portion.affordable(2)), (40, 960));
        // It gets quicker again.
        portion.answered(40, Duration::from_secs(2));
        assert_eq!(portion.size(), 160);
    }

    #[test]
    fn who_is_not_answered_about_a_few_is_not_answered() {
        let mut portion = Portion::new();
        assert!(portion.not_answered(FIRST));
        assert_eq!(portion.size(), FEWEST);
        assert!(!portion.not_answered(FEWEST));
    }

    proptest! {
        /// Whatever the servers can do, some size is found that is answered, or none of the fewest is.
        #[test]
        fn a_size_that_is_answered_is_found(micros_each in 1_u64..3_000_000) {
            let limit = Duration::from_secs(30);
            let (mut portion, mut tries) = (Portion::new(), 0);
            loop {
                let (count, took) = (portion.size(), Duration::from_micros(micros_each * portion.size()));
                tries += 1;
                prop_assert!((FEWEST..=MOST_PLACEMENTS).contains(&count) && tries < 10);
                if took <= limit {
                    portion.answered(count, took);
                    // The next one is answered as well, where they stay what they are.
                    let next = Duration::from_micros(micros_each * portion.size());
                    prop_assert!(next <= limit, "{next:?}");
                    break;
                }
                if !portion.not_answered(count) {
                    prop_assert!(Duration::from_micros(micros_each * FEWEST) > limit);
                    break;
                }
            }
        }
    }
}
