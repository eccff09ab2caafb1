//! Waiting until a condition holds: what it is about is watched, the condition judged at every change, and nothing is done.

mod http;
mod nomad;
mod service;

use std::cell::Cell;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::api::http::Patience;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::condition::ConditionState;
use crate::ops::ticker::Stall;

pub use http::{HttpSubject, WantedStatus};
pub use nomad::{AllocSubject, DeploymentSubject, EvalSubject, JobSubject, NodeSubject, PresenceSubject};
pub use service::ServiceSubject;

/// How often what no index tells of is looked at.
pub const LOOK: Duration = Duration::from_secs(1);

/// For how long what may pass is waited out, where the servers answer that they cannot: as long as any operation waits for them.
const PATIENCE: Duration = Patience::OPERATION.0;

/// What is watched.
pub(crate) trait Subject {
    /// Returns when something may have changed, at the latest after [`LOOK`] or so; the first time when all of it was seen.
    /// Dropping the future loses nothing.
    async fn changed(&mut self) -> Result<()>;

    /// How the condition stands at this moment.
    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState>;

    /// How it stands by the servers' records alone: for when the time is over before the rest was told.
    fn on_record(&self, _now: Timestamp) -> Option<ConditionState> {
        None
    }
}

/// How long to wait, and how long the condition must hold.
#[derive(Debug, Clone, Copy)]
pub struct WaitTerms {
    /// For how long the condition has to hold without a break.
    pub steady: Duration,
    /// When to give up.
    pub until: Option<Timestamp>,
}

/// The condition was met: how, and after how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitMet {
    /// How the condition stands.
    pub words: String,
    /// How long it took.
    pub waited: Duration,
}

/// Waits until the condition holds. `tell` hears how it stands each time that was looked at.
///
/// # Errors
/// Failed (1) when it can no longer come true, timed out (6), interrupted (130, 143); API faults that outlast all patience.
pub(crate) async fn until(
    subject: &mut impl Subject,
    terms: WaitTerms,
    clock: &SharedClock,
    orderly: &mut Orderly,
    mut tell: impl FnMut(&str) -> Result<()>,
) -> Result<WaitMet> {
    let begun = clock.now();
    let mut steady = Stall::default();
    let mut last = None::<String>;
    let mut failing = None::<Timestamp>;
    loop {
        let left =
            terms.until.map(|until| until.duration_since(clock.now()).try_into().unwrap_or(Duration::ZERO));
        let told = Cell::new(None);
        let looked = async {
            if failing.is_some() {
                sleep(LOOK).await;
            }
            subject.changed().await?;
            told.set(Some(subject.on_record(clock.now())));
            subject.standing(clock.now()).await
        };
        let standing = tokio::select! {
            biased;
            interrupt = orderly.requested() => {
                let error = interrupt.error("stopped waiting; nothing was changed");
                return Err(error.because(last.unwrap_or_else(|| unseen(told.take()))));
            }
            standing = looked => standing,
            () = sleep(left.unwrap_or_default()), if left.is_some() => {
                let waited = since(begun, clock.now());
                let error = Error::new(ExitCode::TimedOut, format!("timed out after {}", text(waited)));
                return Err(error.because(last.unwrap_or_else(|| unseen(told.take()))));
            }
        };
        let now = clock.now();
        let standing = match standing {
            Err(e) if may_pass(&e, terms, since(*failing.get_or_insert(now), now)) => {
                ConditionState::NotKnown(
                    e.causes().first().cloned().unwrap_or_else(|| e.message().to_owned()),
                )
            }
            standing => {
                failing = None;
                standing?
            }
        };
        let lasted = steady.lasts(matches!(standing, ConditionState::Met(_)), now);
        let words = match standing {
            ConditionState::Met(words) if lasted >= terms.steady => {
                return Ok(WaitMet { words, waited: since(begun, now) });
            }
            ConditionState::Met(words) => format!("{words}, for {} of {}", text(lasted), text(terms.steady)),
            ConditionState::NotYet(words) => words,
            ConditionState::NotKnown(words) => format!("not known: {words}"),
            ConditionState::Never(words) => {
                return Err(Error::failed("the condition can no longer come true").because(words));
            }
        };
        tell(&words)?;
        last = Some(words);
    }
}

/// Whether a fault of the servers is waited out: until the wait's own end where it has one, else as long as any operation waits for them.
/// Those of which the client said that they are away for now it has waited out as long already.
fn may_pass(e: &Error, terms: WaitTerms, failing: Duration) -> bool {
    let goes_on = terms.until.is_some() || (e.code() == ExitCode::Failed && failing < PATIENCE);
    e.may_pass() && goes_on
}

/// What is known where the time was over before the first look was: how it stands by record, as far as the servers have told.
fn unseen(told: Option<Option<ConditionState>>) -> String {
    let beside = "how its instances do at this moment was not told by then";
    match told {
        Some(Some(
            ConditionState::NotYet(words)
            | ConditionState::NotKnown(words)
            | ConditionState::Met(words)
            | ConditionState::Never(words),
        )) => format!("{words}; {beside}"),
        Some(None) => beside.to_owned(),
        None => "the servers had not answered by then".to_owned(),
    }
}

fn since(begun: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(begun).try_into().unwrap_or_default()
}

fn text(d: Duration) -> String {
    // What was waited for 3 s took a moment less by the clock.
    match (d + Duration::from_millis(500)).as_secs() {
        s @ 0..60 => format!("{s}s"),
        s => format!("{}m {:02}s", s / 60, s % 60),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::clock::Clock;
    use crate::interrupts::{Interrupt, Interrupts};

    /// A clock that goes a second at every look.
    #[derive(Default)]
    struct Ticking(AtomicI64);

    impl Clock for Ticking {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
        }
    }

    struct Story(VecDeque<ConditionState>, Arc<Ticking>);

    impl Subject for Story {
        async fn changed(&mut self) -> Result<()> {
            if self.0.is_empty() {
                std::future::pending::<()>().await;
            }
            self.1.0.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }

        async fn standing(&mut self, _now: Timestamp) -> Result<ConditionState> {
            Ok(self.0.pop_front().unwrap())
        }
    }

    async fn ended(
        story: Vec<ConditionState>,
        steady: u64,
        timeout: Option<i64>,
    ) -> (Result<WaitMet>, Vec<String>) {
        let clock = Arc::new(Ticking::default());
        let until_at = timeout.map(|s| Timestamp::from_second(s).unwrap());
        let terms = WaitTerms { steady: Duration::from_secs(steady), until: until_at };
        let mut subject = Story(story.into(), Arc::clone(&clock));
        let shared: SharedClock = clock;
        let mut told = Vec::new();
        let mut orderly = Interrupts::default().orderly();
        let met = until(&mut subject, terms, &shared, &mut orderly, |words| {
            told.push(words.to_owned());
            Ok(())
        })
        .await;
        (met, told)
    }

    fn met() -> ConditionState {
        ConditionState::Met("3 of 3".into())
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_the_condition_has_held_for_long_enough() {
        let story = vec![
            ConditionState::NotYet("1 of 3".into()),
            met(),
            ConditionState::NotYet("2 of 3".into()),
            met(),
            met(),
            met(),
        ];
        let (end, told) = ended(story, 2, None).await;
        assert_eq!(end.unwrap(), WaitMet { words: "3 of 3".into(), waited: Duration::from_secs(6) });
        assert_eq!(
            told,
            ["1 of 3", "3 of 3, for 0s of 2s", "2 of 3", "3 of 3, for 0s of 2s", "3 of 3, for 1s of 2s"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn it_says_why_it_cannot_come_true_and_what_was_last_seen() {
        let (end, _) = ended(vec![ConditionState::Never("it is stopped".into())], 0, None).await;
        let error = end.unwrap_err();
        assert_eq!((error.code(), error.causes()), (ExitCode::Failed, &["it is stopped".to_owned()][..]));
        let (end, _) = ended(vec![ConditionState::NotKnown("no path".into())], 0, Some(3)).await;
        let error = end.unwrap_err();
        assert_eq!(
            (error.code(), error.causes()),
            (ExitCode::TimedOut, &["not known: no path".to_owned()][..])
        );
    }

    #[test]
    fn a_wait_that_was_too_short_for_a_look_tells_what_the_records_say() {
        assert_eq!(unseen(None), "the servers had not answered by then");
        let record = ConditionState::NotYet("1 of 3 placed".into());
        assert_eq!(
            unseen(Some(Some(record))),
            "1 of 3 placed; how its instances do at this moment was not told by then"
        );
    }

    #[test]
    fn what_may_pass_is_waited_out_to_the_end_that_was_named() {
        let (server, away) = (Error::failed("x").passing(), Error::new(ExitCode::Unreachable, "x").passing());
        let terms = |until| WaitTerms { steady: Duration::ZERO, until };
        let (named, none) = (terms(Some(Timestamp::UNIX_EPOCH)), terms(None));
        let long = PATIENCE * 2;
        assert!(may_pass(&server, named, long) && may_pass(&away, named, long));
        assert!(may_pass(&server, none, Duration::ZERO) && !may_pass(&server, none, long));
        assert!(
            !may_pass(&away, none, Duration::ZERO) && !may_pass(&Error::failed("x"), named, Duration::ZERO)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_interrupt_ends_it() {
        let interrupts = Interrupts::default();
        let mut orderly = interrupts.orderly();
        interrupts.raise(Interrupt::Interrupted);
        let clock: SharedClock = Arc::new(Ticking::default());
        let mut subject = Story(VecDeque::new(), Arc::new(Ticking::default()));
        let terms = WaitTerms { steady: Duration::ZERO, until: None };
        let end = until(&mut subject, terms, &clock, &mut orderly, |_| Ok(())).await;
        assert_eq!(end.unwrap_err().code(), ExitCode::Interrupted);
    }
}
