//! Ctrl-C and its kin: the first asks, the second insists.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::error::Error;
use crate::exit_code::ExitCode;

/// What the signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM, or the terminal went away.
    Terminated,
}

impl Interrupt {
    /// The error a run ends with.
    #[must_use]
    pub fn error(self, message: impl Into<String>) -> Error {
        match self {
            Interrupt::Interrupted => Error::interrupted(message),
            Interrupt::Terminated => Error::new(ExitCode::Terminated, message),
        }
    }
}

/// The signals that have come.
#[derive(Debug, Clone, Copy, Default)]
struct SignalsSeen {
    first: Option<Interrupt>,
    count: u32,
    terminated: bool,
}

/// Who handles the first signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Mode {
    /// Nobody's: it ends the run.
    Ends,
    /// The verb's, which ends in an orderly way; the second one ends the run.
    Orderly,
    /// A child's, which shares the terminal: Ctrl-C is not for us at all.
    Child,
}

/// Hears the signals. A verb that can stop in an orderly way says so by [`Interrupts::orderly`]; for all others the first
/// signal is the last.
#[derive(Debug, Clone)]
pub struct Interrupts {
    seen: Arc<watch::Sender<SignalsSeen>>,
    mode: Arc<AtomicU8>,
    /// Whether a verb has taken the first signal upon itself: it ends in its way, and only a second one cuts that off.
    taken: Arc<AtomicBool>,
    last_words: Arc<Mutex<Vec<String>>>,
    unanswered: Arc<Mutex<Unanswered>>,
}

/// The changes that were asked for and not answered yet, by their numbers, and what each will have been without an answer.
#[derive(Debug, Default)]
struct Unanswered {
    asked: u64,
    open: BTreeMap<u64, Error>,
}

impl Default for Interrupts {
    fn default() -> Self {
        Interrupts {
            seen: Arc::new(watch::Sender::new(SignalsSeen::default())),
            mode: Arc::new(AtomicU8::new(Mode::Ends as u8)),
            taken: Arc::default(),
            last_words: Arc::default(),
            unanswered: Arc::default(),
        }
    }
}

impl Interrupts {
    /// Listens for the process's signals from now on. Must be called in a runtime.
    #[must_use]
    pub fn of_process() -> Self {
        let interrupts = Interrupts::default();
        interrupts.listen();
        interrupts
    }

    #[cfg(unix)]
    fn listen(&self) {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            (SignalKind::interrupt(), Interrupt::Interrupted),
            (SignalKind::terminate(), Interrupt::Terminated),
            (SignalKind::hangup(), Interrupt::Terminated),
        ];
        for (kind, what) in kinds {
            // Without a handler the default action ends the process, which is safe too.
            let Ok(mut signals) = signal(kind) else { continue };
            let interrupts = self.clone();
            tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    interrupts.raise(what);
                }
            });
        }
    }

    #[cfg(not(unix))]
    fn listen(&self) {
        let interrupts = self.clone();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                interrupts.raise(Interrupt::Interrupted);
            }
        });
    }

    /// Counts a signal.
    pub fn raise(&self, what: Interrupt) {
        self.seen.send_modify(|seen| {
            seen.first.get_or_insert(what);
            seen.count += 1;
            seen.terminated |= what == Interrupt::Terminated;
        });
    }

    /// Declares that the first signal is handled in an orderly way; returns what to wait on for it.
    #[must_use]
    pub fn orderly(&self) -> Orderly {
        self.claim(Mode::Orderly)
    }

    /// Lets the first signal end the run at once; what is returned takes its last words.
    #[must_use]
    pub fn at_once(&self) -> Orderly {
        self.claim(Mode::Ends)
    }

    /// Leaves Ctrl-C to a child that shares the terminal; only a termination ends the run.
    #[must_use]
    pub fn left_to_child(&self) -> Orderly {
        self.claim(Mode::Child)
    }

    /// Forgets the Ctrl-C that a child heard, which has ended since: it was not meant for us.
    pub fn forget(&self) {
        self.seen.send_modify(|seen| {
            if !seen.terminated {
                *seen = SignalsSeen::default();
                self.taken.store(false, Ordering::Relaxed);
            }
        });
    }

    fn claim(&self, mode: Mode) -> Orderly {
        let before = self.mode.swap(mode as u8, Ordering::Relaxed);
        let last_words = Arc::clone(&self.last_words);
        if let Ok(mut said) = last_words.lock() {
            said.clear();
        }
        let (mode, taken) = (Arc::clone(&self.mode), Arc::clone(&self.taken));
        Orderly { seen: self.seen.subscribe(), mode, taken, last_words, before }
    }

    /// A change is asked for, and `lost` is what it will have been if nobody waits for its answer any more. Returns by which number
    /// it is answered.
    #[must_use]
    pub fn asked(&self, lost: Error) -> u64 {
        let Ok(mut unanswered) = self.unanswered.lock() else { return 0 };
        unanswered.asked += 1;
        let number = unanswered.asked;
        unanswered.open.insert(number, lost);
        number
    }

    /// The change of that number was answered.
    pub fn answered(&self, number: u64) {
        if let Ok(mut unanswered) = self.unanswered.lock() {
            unanswered.open.remove(&number);
        }
    }

    /// The error of a run that is ended at once, with what its verb has left to say, and the changes of which it is not known whether
    /// they were made.
    #[must_use]
    pub fn ended(&self, interrupt: Interrupt) -> Error {
        let words = self.last_words.lock().map(|said| said.clone()).unwrap_or_default();
        let mut error = words.into_iter().fold(interrupt.error("interrupted"), Error::hint);
        for lost in self.unanswered.lock().iter().flat_map(|unanswered| unanswered.open.values()) {
            error = lost.hints().iter().cloned().fold(error.because(lost.message()), Error::hint);
        }
        error
    }

    /// Ends when the run must end at once: at the first signal, or at the second where the first is handled.
    pub async fn must_end(&self) -> Interrupt {
        let mut seen = self.seen.subscribe();
        loop {
            let now = *seen.borrow_and_update();
            let mode = self.mode.load(Ordering::Relaxed);
            let ends = match mode {
                _ if mode == Mode::Child as u8 => now.terminated,
                _ if mode == Mode::Orderly as u8 || self.taken.load(Ordering::Relaxed) => now.count >= 2,
                _ => true,
            };
            if let Some(first) = now.first.filter(|_| ends) {
                return first;
            }
            if seen.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// The promise to handle signals; when it is dropped, the one before it holds again.
#[derive(Debug)]
pub struct Orderly {
    seen: watch::Receiver<SignalsSeen>,
    mode: Arc<AtomicU8>,
    taken: Arc<AtomicBool>,
    last_words: Arc<Mutex<Vec<String>>>,
    before: u8,
}

impl Orderly {
    /// Ends at the first signal.
    pub async fn requested(&mut self) -> Interrupt {
        loop {
            if let Some(first) = self.now() {
                return first;
            }
            if self.seen.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Says what has to be known if the run is ended at once: what stays as it is, and how to go on.
    pub fn last_words(&self, words: Vec<String>) {
        if let Ok(mut said) = self.last_words.lock() {
            *said = words;
        }
    }

    /// The first signal, when there was one; whoever has heard of it ends by it.
    #[must_use]
    pub fn now(&self) -> Option<Interrupt> {
        let first = self.seen.borrow().first;
        if first.is_some() {
            self.taken.store(true, Ordering::Relaxed);
        }
        first
    }
}

impl Drop for Orderly {
    fn drop(&mut self) {
        self.mode.store(self.before, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test(start_paused = true)]
    async fn a_child_keeps_ctrl_c_and_a_termination_ends_both() {
        let interrupts = Interrupts::default();
        let _child = interrupts.left_to_child();
        (0..3).for_each(|_| interrupts.raise(Interrupt::Interrupted));
        assert!(timeout(Duration::from_secs(5), interrupts.must_end()).await.is_err());
        interrupts.raise(Interrupt::Terminated);
        interrupts.must_end().await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_child_heard_is_forgotten_and_a_termination_is_not() {
        let interrupts = Interrupts::default();
        let child = interrupts.left_to_child();
        interrupts.raise(Interrupt::Interrupted);
        interrupts.forget();
        drop(child);
        assert!(timeout(Duration::from_secs(5), interrupts.must_end()).await.is_err());
        interrupts.raise(Interrupt::Terminated);
        interrupts.forget();
        assert_eq!(interrupts.must_end().await, Interrupt::Terminated);
    }

    #[tokio::test(start_paused = true)]
    async fn a_verb_that_has_heard_the_signal_is_not_cut_off_on_its_way_out() {
        let interrupts = Interrupts::default();
        let mut orderly = interrupts.orderly();
        interrupts.raise(Interrupt::Interrupted);
        orderly.requested().await;
        drop(orderly);
        assert!(timeout(Duration::from_secs(5), interrupts.must_end()).await.is_err());
        interrupts.raise(Interrupt::Interrupted);
        interrupts.must_end().await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_orderly_verb_gets_one_signal_to_itself() {
        let interrupts = Interrupts::default();
        let mut orderly = interrupts.orderly();
        interrupts.raise(Interrupt::Interrupted);
        assert_eq!(orderly.requested().await, Interrupt::Interrupted);
        assert!(timeout(Duration::from_secs(5), interrupts.must_end()).await.is_err());
        interrupts.raise(Interrupt::Terminated);
        assert_eq!(interrupts.must_end().await, Interrupt::Interrupted);
    }

    #[tokio::test(start_paused = true)]
    async fn a_promise_within_a_promise_gives_it_back() {
        let interrupts = Interrupts::default();
        let outer = interrupts.orderly();
        drop(interrupts.orderly());
        interrupts.raise(Interrupt::Interrupted);
        assert!(timeout(Duration::from_secs(5), interrupts.must_end()).await.is_err());
        drop(outer);
        interrupts.must_end().await;
    }

    #[test]
    fn what_a_verb_has_left_to_say_outlives_it() {
        let interrupts = Interrupts::default();
        let orderly = interrupts.orderly();
        orderly.last_words(vec!["on its way: web.g[0]".to_owned()]);
        drop(orderly);
        assert_eq!(interrupts.ended(Interrupt::Interrupted).hints(), ["on its way: web.g[0]"]);
        drop(interrupts.orderly());
        assert!(interrupts.ended(Interrupt::Interrupted).hints().is_empty(), "they are of the verb before");
    }

    #[test]
    fn a_change_without_an_answer_may_have_been_made() {
        let interrupts = Interrupts::default();
        let lost = |what: &str| Error::failed(what).hint("fleet job show web");
        let first = interrupts.asked(lost("not known: scale"));
        let second = interrupts.asked(lost("not known: stop"));
        interrupts.answered(first);
        let error = interrupts.ended(Interrupt::Interrupted);
        assert_eq!(
            (error.causes(), error.hints()),
            (&["not known: stop".to_owned()][..], &["fleet job show web".to_owned()][..])
        );
        interrupts.answered(second);
        assert!(interrupts.ended(Interrupt::Interrupted).causes().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn any_other_verb_ends_at_the_first() {
        let interrupts = Interrupts::default();
        let waiting = {
            let i = interrupts.clone();
            tokio::spawn(async move { i.must_end().await })
        };
        tokio::task::yield_now().await;
        interrupts.raise(Interrupt::Terminated);
        assert_eq!(waiting.await.unwrap(), Interrupt::Terminated);
    }
}
