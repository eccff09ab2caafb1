//! No faster than was asked for.

use std::time::Duration;

use tokio::time::Instant;

use crate::ops::exec::talk::PIECE;

/// Bytes a second at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    rate: Option<u64>,
    /// When the next byte is due.
    due: Instant,
}

impl Pace {
    /// A pace that begins now; no limit when none.
    pub(crate) fn new(rate: Option<u64>) -> Self {
        Pace { rate: rate.filter(|r| *r > 0), due: Instant::now() }
    }

    /// How much goes out at once: no more than a second's worth, in blocks of 4 KiB, for the other side waits two minutes only.
    pub(crate) fn piece(rate: Option<u64>) -> usize {
        let rate = rate.and_then(|r| usize::try_from(r).ok()).unwrap_or(PIECE);
        (rate / 4096 * 4096).clamp(4096, PIECE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pace_is_kept_and_idle_time_is_not_made_up_for() {
        let mut pace = Pace::new(Some(1000));
        for _ in 0..10 {
            tokio::time::sleep(pace.after(100)).await;
        }
        let begun = Instant::now();
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(pace.after(500), Duration::from_millis(500));
        assert!(begun.elapsed() == Duration::from_secs(60));
        assert_eq!(Pace::new(None).after(u64::MAX), Duration::ZERO);
        assert_eq!((Pace::piece(None), Pace::piece(Some(1)), Pace::piece(Some(10_000))), (PIECE, 4096, 8192));
    }
}
