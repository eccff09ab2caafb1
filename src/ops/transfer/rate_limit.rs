//! The rate limit of a copy, and how much of it is sent at once.

use std::time::Duration;

use tokio::time::Instant;

use crate::ops::exec::chunk::{BLOCK, PIECE};

/// Bytes a second at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateLimit {
    rate: Option<u64>,
    /// When the next byte is due.
    due: Instant,
}

impl RateLimit {
    /// A pace that begins now; no limit when none.
    pub(crate) fn new(rate: Option<u64>) -> Self {
        RateLimit { rate: rate.filter(|r| *r > 0), due: Instant::now() }
    }

    /// How long to wait after so many bytes. Time that was not used is not saved up.
    pub(crate) fn after(&mut self, bytes: u64) -> Duration {
        let Some(rate) = self.rate else { return Duration::ZERO };
        let now = Instant::now();
        let takes = Duration::from_nanos(
            u64::try_from(u128::from(bytes) * 1_000_000_000 / u128::from(rate)).unwrap_or(u64::MAX),
        );
        self.due = self.due.max(now) + takes;
        self.due.duration_since(now)
    }
}

/// How much goes out at once. Each piece costs the task the start of some programs, and one that takes long tells of no progress: so
/// they grow while they are taken quickly, and shrink when they are not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PieceSize {
    size: usize,
    most: usize,
}

impl PieceSize {
    /// No more than a second's worth of the rate.
    pub(crate) fn new(rate: Option<u64>) -> Self {
        let rate = rate.and_then(|r| usize::try_from(r).ok()).unwrap_or(PIECE);
        let most = (rate / BLOCK * BLOCK).clamp(BLOCK, PIECE);
        PieceSize { size: most.min(FIRST), most }
    }

    /// The next one's size, whole blocks.
    pub(crate) fn size(self) -> usize {
        self.size
    }

    /// The last one was taken after so long.
    pub(crate) fn took(&mut self, time: Duration) {
        if time < QUICK {
            self.size = (self.size * 2).min(self.most);
        } else if time > SLOW {
            self.size = (self.size / 2).max(FIRST.min(self.most));
        }
    }
}

/// What the first piece holds, and the smallest but for a rate.
const FIRST: usize = 256 * 1024;
/// What is taken within this time could be twice as much.
const QUICK: Duration = Duration::from_millis(300);
/// What takes longer was too much.
const SLOW: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pace_is_kept_and_idle_time_is_not_made_up_for() {
        let mut rate_limit = RateLimit::new(Some(1000));
        for _ in 0..10 {
            tokio::time::sleep(rate_limit.after(100)).await;
        }
        let begun = Instant::now();
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(rate_limit.after(500), Duration::from_millis(500));
        assert!(begun.elapsed() == Duration::from_secs(60));
        assert_eq!(RateLimit::new(None).after(u64::MAX), Duration::ZERO);
    }

    #[test]
    fn pieces_grow_while_they_are_taken_quickly_and_never_beyond_a_seconds_worth() {
        let mut pieces = PieceSize::new(None);
        for _ in 0..4 {
            pieces.took(Duration::ZERO);
        }
        assert_eq!(pieces.size(), PIECE);
        for _ in 0..9 {
            pieces.took(Duration::from_secs(5));
        }
        assert_eq!(pieces.size(), FIRST);
        for (rate, size) in [(1, 4096), (10_000, 8192), (300_000, FIRST)] {
            let mut pieces = PieceSize::new(Some(rate));
            assert_eq!(pieces.size(), size);
            pieces.took(Duration::from_secs(5));
            assert_eq!(pieces.size(), size);
            pieces.took(Duration::ZERO);
            assert!(pieces.size() as u64 <= rate.max(4096));
            assert_eq!(pieces.size() % 4096, 0);
        }
    }
}
