//! Virtual time: the machine's, faster, or as a test says.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, SystemClock};
use crate::sandbox::moment::Moment;

/// How the sandbox's time runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// As fast as the machine's, or so many times faster.
    Real {
        /// 1 is the machine's own pace.
        speed: f64,
    },
    /// Only when it is told to.
    Stepped,
}

/// The sandbox's clock.
pub struct VirtualClock {
    pace: Pace,
    origin: Moment,
    begun: Timestamp,
    /// The latest moment that was told, or stepped to.
    latest: Mutex<Moment>,
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {}", self.pace, self.moment())
    }
}

impl VirtualClock {
    /// A clock that shows `origin` now.
    #[must_use]
    pub fn new(pace: Pace, origin: Moment) -> Self {
        VirtualClock { pace, origin, begun: SystemClock.now(), latest: Mutex::new(origin) }
    }

    /// Whether it moves only when told to.
    #[must_use]
    pub fn is_stepped(&self) -> bool {
        self.pace == Pace::Stepped
    }

    /// The present moment; it never runs backwards.
    #[must_use]
    pub fn moment(&self) -> Moment {
        let mut latest = self.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Pace::Real { speed } = self.pace {
            let passed = SystemClock.now().duration_since(self.begun);
            let passed = Duration::try_from(passed).unwrap_or_default().mul_f64(speed.max(0.0));
            *latest = (*latest).max(self.origin + passed);
        }
        *latest
    }

    /// Moves a stepped clock.
    pub fn step(&self, by: Duration) -> Moment {
        let mut latest = self.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *latest = *latest + by;
        *latest
    }

    /// How long the machine takes until this moment; none when only steps lead there.
    #[must_use]
    pub fn until(&self, moment: Moment) -> Option<Duration> {
        match self.pace {
            Pace::Real { speed } => Some(moment.since(self.moment()).div_f64(speed.max(1e-6))),
            Pace::Stepped => None,
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.moment().timestamp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepped_clock_stands_until_it_is_told() {
        let clock = VirtualClock::new(Pace::Stepped, Moment::from_nanos(5));
        assert_eq!(clock.moment(), Moment::from_nanos(5));
        clock.step(Duration::from_nanos(3));
        assert_eq!(clock.now().as_nanosecond(), 8);
        assert_eq!(clock.until(Moment::from_nanos(10)), None);
    }

    #[test]
    fn a_fast_clock_shortens_waits() {
        let clock = VirtualClock::new(Pace::Real { speed: 100.0 }, Moment::from_nanos(0));
        let wait = clock.until(clock.moment() + Duration::from_secs(100)).unwrap();
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
    }
}
