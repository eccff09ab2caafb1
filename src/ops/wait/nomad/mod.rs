//! What of Nomad's can be waited for: each held up to date by blocking queries.

mod alloc;
mod deployment;
mod eval;
mod job;
mod node;
mod presence;

use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use super::LOOK;
use crate::api;
use crate::api::http::{Get, Http, Patience};
use crate::api::watch::{States, Watch};
use crate::error::Result;

pub use alloc::AllocSubject;
pub use deployment::DeploymentSubject;
pub use eval::EvalSubject;
pub use job::JobSubject;
pub use node::NodeSubject;
pub use presence::PresenceSubject;

/// How many allocations' clients may be asked in a second, while what they say is waited for.
const LOOKS_A_SECOND: usize = 50;

/// An object that may not be there, and may come (back).
pub(super) struct Followed<T> {
    http: Http,
    call: Get<T>,
    states: States<T>,
    gone: bool,
}

impl<T: DeserializeOwned + 'static> Followed<T> {
    pub(super) fn new(http: &Http, call: Get<T>) -> Self {
        let states = Watch::new(http, call.clone(), Patience::OPERATION).states();
        Followed { http: http.clone(), call, states, gone: false }
    }

    /// The next state; none while it is not there, told again after a moment.
    pub(super) async fn next(&mut self) -> api::Result<Option<T>> {
        if self.gone {
            sleep(LOOK).await;
            self.states = Watch::new(&self.http, self.call.clone(), Patience::OPERATION).states();
            self.gone = false;
        }
        match self.states.next().await {
            Some(Ok(reply)) => Ok(Some(reply.value)),
            Some(Err(e)) if e.is_not_found() => {
                self.gone = true;
                Ok(None)
            }
            Some(Err(e)) => Err(e),
            None => std::future::pending().await,
        }
    }
}

/// Two objects that belong together, as they were last seen.
struct Pair<A, B> {
    first: Followed<A>,
    second: Followed<B>,
    seen: (Option<Option<A>>, Option<Option<B>>),
}

impl<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static> Pair<A, B> {
    fn new(http: &Http, first: Get<A>, second: Get<B>) -> Self {
        Pair { first: Followed::new(http, first), second: Followed::new(http, second), seen: (None, None) }
    }

    async fn changed(&mut self) -> Result<()> {
        loop {
            let told = self.seen.0.is_some() && self.seen.1.is_some();
            tokio::select! {
                first = self.first.next() => self.seen.0 = Some(first?),
                second = self.second.next() => self.seen.1 = Some(second?),
                () = sleep(LOOK), if told => return Ok(()),
            }
            if self.seen.0.is_some() && self.seen.1.is_some() {
                return Ok(());
            }
        }
    }

    fn first(&self) -> Option<&A> {
        self.seen.0.as_ref().and_then(Option::as_ref)
    }

    fn second(&self) -> Option<&B> {
        self.seen.1.as_ref().and_then(Option::as_ref)
    }
}

/// When clients were asked last, to ask them not too often.
#[derive(Debug, Default)]
struct LookPace(Option<Timestamp>);

impl LookPace {
    /// Whether it is time for a look at so many allocations; notes it.
    fn due(&mut self, now: Timestamp, allocs: usize) -> bool {
        let pause = Duration::from_secs((allocs / LOOKS_A_SECOND) as u64);
        let due = self.0.is_none_or(|last| now.duration_since(last).unsigned_abs() >= pause);
        if due {
            self.0 = Some(now);
        }
        due
    }
}
