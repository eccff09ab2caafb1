//! Who of those that hold something still counts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Claims, LAPSE};

/// What the holders counted when they were looked at, and since when that stands still. Nobody else's clock is trusted.
#[derive(Debug, Clone, Default)]
pub struct Sightings(BTreeMap<String, (u64, Timestamp)>);

impl Sightings {
    /// Takes note of the claims as they are now. The names of holders that have not counted for too long, or whose process has ended.
    pub fn silent(&mut self, claims: &Claims, now: Timestamp) -> BTreeSet<String> {
        self.0.retain(|name, _| claims.contains_key(name));
        let mut silent = BTreeSet::new();
        for (name, claim) in claims {
            let seen = self.0.entry(name.clone()).or_insert((claim.beat, now));
            if seen.0 != claim.beat {
                *seen = (claim.beat, now);
            }
            if now.duration_since(seen.1).unsigned_abs() >= LAPSE || claim.has_ended() {
                silent.insert(name.clone());
            }
        }
        silent
    }

    /// Since when the count of a holder stands still, as far as it was looked at.
    #[must_use]
    pub fn stands_still_since(&self, name: &str) -> Option<Timestamp> {
        self.0.get(name).map(|(_, since)| *since)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Claim, Holder};
    use super::*;

    #[test]
    fn who_counts_lives_and_who_stands_still_for_too_long_does_not() {
        let at = |s: i64| Timestamp::from_second(1_000 + s).unwrap();
        let lapse = i64::try_from(LAPSE.as_secs()).unwrap();
        let claims = |beat| {
            let holder = Holder { what: "x".into(), host: "h".into(), user: "u".into(), since: at(0) };
            Claims::from([("a".to_owned(), Claim::new(holder, beat, BTreeSet::new(), None))])
        };
        let mut sightings = Sightings::default();
        assert!(sightings.silent(&claims(1), at(0)).is_empty());
        assert!(sightings.silent(&claims(2), at(lapse)).is_empty(), "it counted meanwhile");
        assert_eq!(sightings.stands_still_since("a"), Some(at(lapse)));
        assert_eq!(sightings.silent(&claims(2), at(2 * lapse)), BTreeSet::from(["a".to_owned()]));
        assert!(sightings.silent(&Claims::new(), at(2 * lapse)).is_empty());
        assert_eq!(sightings.stands_still_since("a"), None, "it has gone");
    }
}
