//! Following what is watched: its states as they come, a steady tick for what depends on time alone, for how long something has
//! lasted, and looking again until something is so.

use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep};

use crate::api::error::Result;
use crate::api::http::{Get, Http, Patience};
use crate::api::watch::{States, Watch};
use crate::interrupts::{Interrupt, Orderly};

/// A steady tick. It goes on where other things are waited for beside it.
#[derive(Debug)]
pub struct Ticker(Interval);

impl Ticker {
    /// A tick every so often; the first comes when that time has passed.
    #[must_use]
    pub fn every(period: Duration) -> Self {
        let mut interval = interval_at(Instant::now() + period, period);
        // Who was busy for long is told once.
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ticker(interval)
    }

    /// Waits for the next tick.
    pub async fn tick(&mut self) {
        self.0.tick().await;
    }
}

/// What woke a follower.
#[derive(Debug)]
pub enum Woken<T> {
    /// What is watched has a new state.
    State(T),
    /// Time has passed.
    Tick,
    /// The run is to end.
    Interrupted(Interrupt),
}

/// Something that is watched with all patience, and a tick beside it.
pub struct Watched<T> {
    states: States<T>,
    ticker: Ticker,
}

impl<T: DeserializeOwned + Send + 'static> Watched<T> {
    /// Watches the answer of a call.
    #[must_use]
    pub fn new(http: &Http, call: Get<T>, tick: Duration) -> Self {
        Watched { states: Watch::new(http, call, Patience::OPERATION).states(), ticker: Ticker::every(tick) }
    }

    /// The next state, the next tick, or the interrupt, whichever comes first; an interrupt goes before all else.
    ///
    /// # Errors
    /// An API fault that outlasts all patience.
    pub async fn next(&mut self, orderly: &mut Orderly) -> Result<Woken<T>> {
        tokio::select! {
            biased;
            interrupt = orderly.requested() => Ok(Woken::Interrupted(interrupt)),
            Some(reply) = self.states.next() => Ok(Woken::State(reply?.value)),
            () = self.ticker.tick() => Ok(Woken::Tick),
        }
    }
}

/// For how long something has been so without a break.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stall(Option<Timestamp>);

impl Stall {
    /// Notes whether it is so at this moment: for how long it has been by now. A clock that was set back counts for nothing.
    pub fn lasts(&mut self, is_so: bool, now: Timestamp) -> Duration {
        if !is_so {
            self.0 = None;
            return Duration::ZERO;
        }
        now.duration_since(*self.0.get_or_insert(now)).try_into().unwrap_or_default()
    }
}

/// Looks again and again until what is looked for is there, for at most so long after the first look. Where it never came, what
/// the last look saw in its place.
///
/// # Errors
/// The first fault of a look.
pub async fn look_until<T, W, E>(
    every: Duration,
    within: Duration,
    mut look: impl AsyncFnMut() -> std::result::Result<std::result::Result<T, W>, E>,
) -> std::result::Result<std::result::Result<T, W>, E> {
    let begun = Instant::now();
    loop {
        let seen = look().await?;
        if seen.is_ok() || begun.elapsed() >= within {
            return Ok(seen);
        }
        sleep(every).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_lasts_from_its_first_sight_and_ends_with_a_break() {
        let at = |second: i64| Timestamp::from_second(1_000_000 + second).unwrap();
        let mut stall = Stall::default();
        let seconds: Vec<u64> = [(true, 0), (true, 7), (false, 8), (true, 9), (true, 10), (true, 3)]
            .into_iter()
            .map(|(so, second)| stall.lasts(so, at(second)).as_secs())
            .collect();
        assert_eq!(seconds, [0, 7, 0, 0, 1, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_looks_until_it_is_so_or_time_is_over_and_ends_with_a_fault() {
        let second = Duration::from_secs(1);
        let looks = async |there_at: u32, within: u32| {
            let mut count = 0;
            let seen = look_until(second, second * within, async || {
                count += 1;
                match count {
                    9 => Err("fault"),
                    n if n == there_at => Ok(Ok("there")),
                    n => Ok(Err(n)),
                }
            });
            seen.await
        };
        assert_eq!(looks(3, 5).await, Ok(Ok("there")));
        assert_eq!(looks(1, 0).await, Ok(Ok("there")));
        assert_eq!(looks(7, 5).await, Ok(Err(6)));
        assert_eq!(looks(20, 50).await, Err("fault"));
    }
}
