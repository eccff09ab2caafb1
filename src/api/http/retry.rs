//! How long and how often a passing fault is waited out.

use std::time::Duration;

/// How long a read keeps trying through passing faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience(pub Duration);

impl Patience {
    /// For a view: a leader change (≈ 5 s, `nomad-api.md §1.6a`) fits in, a lost cluster is soon told.
    pub const VIEW: Patience = Patience(Duration::from_secs(12));
    /// For a long operation, which must outlive the restart of a server.
    pub const OPERATION: Patience = Patience(Duration::from_secs(120));
    /// For completion and other guesses: one try.
    pub const NONE: Patience = Patience(Duration::ZERO);
}

/// Growing pauses with jitter: 100 ms, doubling to 3 s, each shortened by up to a half at random.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
    random: fastrand::Rng,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { next: Self::FIRST, random: fastrand::Rng::new() }
    }
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(100);
    const MOST: Duration = Duration::from_secs(3);

    /// The pause before the next try.
    pub fn pause(&mut self) -> Duration {
        let full = self.next;
        self.next = (full * 2).min(Self::MOST);
        full.mul_f64(0.5 + self.random.f64() / 2.0)
    }

    /// Starts over after a success.
    pub fn reset(&mut self) {
        self.next = Self::FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_never_vanish() {
        let mut backoff = Backoff::default();
        let pauses: Vec<Duration> = (0..20).map(|_| backoff.pause()).collect();
        assert!(pauses[0] >= Duration::from_millis(50) && pauses[0] <= Duration::from_millis(100));
        assert!(pauses.iter().all(|p| *p <= Backoff::MOST));
        assert!(pauses[19] >= Backoff::MOST / 2);
        backoff.reset();
        assert!(backoff.pause() <= Backoff::FIRST);
    }
}
