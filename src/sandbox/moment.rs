//! Points in virtual time.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::api::wire::Nanos;

/// A point in virtual time, in nanoseconds since 1970. Serialised as RFC 3339 with the fraction Nomad writes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// So many nanoseconds after 1970.
    #[must_use]
    pub const fn from_nanos(ns: i64) -> Self {
        Moment(ns)
    }

    /// Nanoseconds since 1970, as `CreateTime` and `SubmitTime` count.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as `StatusUpdatedAt` counts.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000_000)
    }

    /// The same moment without its fraction of a second, as `LastDrain` keeps it (`nomad-api.md §2.2`).
    #[must_use]
    pub const fn whole_second(self) -> Self {
        Moment(self.seconds() * 1_000_000_000)
    }

    /// How long after `earlier`; zero when it is not after.
    #[must_use]
    pub fn since(self, earlier: Moment) -> Duration {
        Nanos(self.0 - earlier.0).duration()
    }

    /// As a timestamp.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_nanosecond(i128::from(self.0)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl From<Timestamp> for Moment {
    fn from(t: Timestamp) -> Self {
        Moment(i64::try_from(t.as_nanosecond()).unwrap_or(i64::MAX))
    }
}

impl Add<Duration> for Moment {
    type Output = Moment;
    fn add(self, d: Duration) -> Moment {
        Moment(self.0.saturating_add(Nanos::from(d).0))
    }
}

impl Add<Nanos> for Moment {
    type Output = Moment;
    fn add(self, d: Nanos) -> Moment {
        Moment(self.0.saturating_add(d.0))
    }
}

impl Sub<Duration> for Moment {
    type Output = Moment;
    fn sub(self, d: Duration) -> Moment {
        Moment(self.0.saturating_sub(Nanos::from(d).0))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// As integer nanoseconds, for the fields Nomad keeps as such.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(crate) fn as_nanos<S: Serializer>(m: &Moment, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_i64(m.nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_is_as_short_as_it_can_be() {
        let at = |ns| Moment::from_nanos(ns).to_string();
        assert_eq!(at(1_795_258_128_884_917_359), "2026-11-21T10:48:48.884917359Z");
        assert_eq!(at(1_795_258_128_500_000_000), "2026-11-21T10:48:48.5Z");
        assert_eq!(at(1_795_258_128_000_000_000), "2026-11-21T10:48:48Z");
        assert_eq!(Moment::from_nanos(1_795_258_128_884_917_359).whole_second().nanos() % 1_000_000_000, 0);
    }
}
