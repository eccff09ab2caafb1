//! Blocking queries, in one place: the index rules of `nomad-api.md` T1, passing faults, and a bound on haste.

use std::pin::Pin;
use std::time::Duration;

use futures_util::Stream;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::api::error::Result;
use crate::api::http::{Backoff, Blocking, Get, Http, Patience, Reply};

/// How long one query is held. Kept short, because a snapshot restore leaves a query hanging for all of it (§1.3).
const WAIT: Duration = Duration::from_secs(30);
/// How many answers may follow each other at full speed before the watch paces itself.
const BURST: u32 = 10;
/// The pace of a watch on something that changes all the time.
const PACE: Duration = Duration::from_millis(200);

/// Follows one read: each [`Watch::next`] is the state as it is now, returned when it may have changed.
#[derive(Debug)]
pub struct Watch<T> {
    http: Http,
    call: Get<T>,
    patience: Patience,
    index: u64,
    pace: Pace,
}

impl<T: DeserializeOwned> Watch<T> {
    /// A watch that begins with the present state.
    #[must_use]
    pub fn new(http: &Http, call: Get<T>, patience: Patience) -> Self {
        Watch { http: http.clone(), call, patience, index: 0, pace: Pace::default() }
    }

    /// The state: at once the first time, afterwards when its index moved or the hold of some 30 s ended. The same
    /// state may be returned twice, so judge by content. Dropping the future loses nothing.
    ///
    /// # Errors
    /// A fault that is not passing, or one that outlasted the patience.
    pub async fn next(&mut self) -> Result<Reply<T>> {
        self.pace.breathe().await;
        let (begun, mut backoff) = (Instant::now(), Backoff::default());
        let mut broken = None;
        loop {
            let reply = if self.index == 0 {
                self.http.with_patience(self.patience).read(&self.call).await
            } else {
                self.http.read_blocking(&self.call, Blocking { index: self.index, wait: WAIT }).await
            };
            match reply {
                Ok(reply) => {
                    self.http.note_trouble(None);
                    self.index = next_index(self.index, reply.meta.index);
                    return Ok(reply);
                }
                // Not "changed": ask again with the same index (§1.6a).
                Err(error) if error.is_passing() && self.index > 0 => {
                    self.http.tell_trying_again(&error, *broken.get_or_insert_with(Instant::now));
                    let pause = backoff.pause();
                    // A held query may have used up any patience before it broke, so only the pauses count from here.
                    if begun.elapsed() > self.patience.0 + WAIT {
                        return Err(error);
                    }
                    tokio::time::sleep(pause).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The states of what is watched, one after the other.
pub type States<T> = Pin<Box<dyn Stream<Item = Result<Reply<T>>>>>;

impl<T: DeserializeOwned + 'static> Watch<T> {
    /// The states one after the other. Waiting for the next one may be broken off and taken up again without asking anew:
    /// the query that is held stays held.
    pub fn states(self) -> States<T> {
        let step = async |mut watch: Self| Some((watch.next().await, watch));
        Box::pin(futures_util::stream::unfold(self, step))
    }
}

/// The index to ask with next: 0 starts over, and a server's 0 counts as 1 so that the next query waits.
fn next_index(asked: u64, answered: Option<u64>) -> u64 {
    match answered {
        Some(index) if index < asked => 0,
        Some(index) => index.max(1),
        None => 0,
    }
}

/// Lets a few quick answers through and then keeps a steady pace.
#[derive(Debug, Default)]
struct Pace {
    last: Option<Instant>,
    quick: u32,
}

impl Pace {
    async fn breathe(&mut self) {
        let now = Instant::now();
        let since = self.last.map_or(PACE, |last| now.duration_since(last));
        self.quick = if since < PACE { self.quick + 1 } else { 0 };
        if self.quick > BURST {
            tokio::time::sleep(PACE - since.min(PACE)).await;
        }
        self.last = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_that_fall_start_over_and_zero_counts_as_one() {
        assert_eq!(next_index(0, Some(0)), 1);
        assert_eq!(next_index(0, Some(58)), 58);
        assert_eq!(next_index(58, Some(58)), 58);
        assert_eq!(next_index(58, Some(40)), 0);
        assert_eq!(next_index(58, None), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn haste_is_bounded() {
        let (mut pace, begun) = (Pace::default(), Instant::now());
        for _ in 0..60 {
            pace.breathe().await;
        }
        assert!(begun.elapsed() > Duration::from_secs(4), "{:?}", begun.elapsed());
    }
}
