//! Whether a session is alive: its input is sent, pings are sent and answered, and silence ends it after a while.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep, timeout};

use crate::api::http::{Http, Patience};
use crate::api::nomad::agent;
use crate::api::nomad::exec;
use crate::ops::exec::Input;
use crate::ops::exec::limits::{PING_INTERVAL, SILENCE_LIMIT};
use crate::ops::ticker::Ticker;

/// How long a command may take to say that it has started: a container on a busy node takes seconds.
const START_WITHIN: Duration = Duration::from_secs(30);
/// How long stdin waits for a refusal where nothing tells that the command has started.
const REFUSED_WITHIN: Duration = Duration::from_millis(250);
/// How long the agent may take to answer on another connection.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// How often it is checked for how long nothing has come.
const LOOK: Duration = Duration::from_secs(5);

/// Whether the agent answers on another connection: any answer counts.
async fn answers(http: &Http) -> bool {
    let asked = http.with_patience(Patience::NONE);
    match timeout(ANSWERS_WITHIN, asked.read(&agent::leader())).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => error.status.is_some(),
        Err(_) => false,
    }
}

/// A flag that is raised once, and can be waited for.
#[derive(Default)]
pub(super) struct Flag {
    raised: Cell<bool>,
    told: Notify,
}

impl Flag {
    pub(super) fn raise(&self) {
        self.raised.set(true);
        self.told.notify_waiters();
    }

    async fn raised(&self) {
        let told = self.told.notified();
        if !self.raised.get() {
            told.await;
        }
    }
}

/// Whether a session lives, shared by its two directions.
pub(super) struct Liveness {
    /// The command runs.
    pub(super) started: Flag,
    /// The command has ended, and its shell reads what is left of stdin up to the end.
    pub(super) ended: Flag,
    /// Whether nobody will say that it runs.
    start_unannounced: bool,
    /// Its process, once that is known.
    pub(super) pid: Cell<Option<u32>>,
    heard_at: Cell<Instant>,
    pings: Cell<u64>,
    pongs: Cell<u64>,
    /// The ping whose answer says that stdin was read: until then silence may be the command's, which need not read.
    stdin_ping: Cell<u64>,
}

impl Liveness {
    /// Of a session whose command was not yet heard of.
    pub(super) fn new(start_unannounced: bool) -> Self {
        Liveness {
            started: Flag::default(),
            ended: Flag::default(),
            start_unannounced,
            pid: Cell::new(None),
            heard_at: Cell::new(Instant::now()),
            pings: Cell::new(0),
            pongs: Cell::new(0),
            stdin_ping: Cell::new(0),
        }
    }

    /// Passes on what is asked for, and pings. What cannot be sent is told by the end of what is heard.
    pub(super) async fn send_input(
        &self,
        mut input: exec::Input,
        size: Option<(u16, u16)>,
        inputs: &mut mpsc::Receiver<Input>,
    ) -> Infallible {
        // Before the program looks: it would see a terminal of no size.
        if let Some((columns, rows)) = size {
            drop(input.resize(columns, rows).await);
        }
        if self.start_unannounced {
            drop(timeout(REFUSED_WITHIN, self.started.raised()).await);
        } else {
            self.started.raised().await;
        }
        let mut ping = Ticker::every(PING_INTERVAL);
        let mut open = true;
        loop {
            let sent = tokio::select! {
                () = self.ended.raised(), if open => {
                    open = false;
                    input.end_stdin().await
                }
                input_to_send = inputs.recv(), if open => match input_to_send {
                    Some(Input::Stdin(bytes)) => {
                        self.stdin_ping.set(self.pings.get() + 1);
                        input.stdin(&bytes).await
                    }
                    Some(Input::StdinEnd) => {
                        open = false;
                        input.end_stdin().await
                    }
                    Some(Input::Resize(columns, rows)) => input.resize(columns, rows).await,
                    None => {
                        open = false;
                        Ok(())
                    }
                },
                () = ping.tick() => {
                    self.pings.set(self.pings.get() + 1);
                    input.ping().await
                }
            };
            if sent.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// Something came; `alive` when that was an answer to a ping.
    pub(super) fn received(&self, alive: bool) {
        self.heard_at.set(Instant::now());
        if alive {
            self.pongs.set(self.pongs.get() + 1);
        }
    }

    /// Ends when a marked start takes too long.
    pub(super) async fn start_overdue(&self, marked: bool) {
        if !marked || timeout(START_WITHIN, self.started.raised()).await.is_ok() {
            std::future::pending::<()>().await;
        }
    }

    /// Ends when nothing was heard for too long, and nobody but a dead connection explains that.
    pub(super) async fn silence(&self, http: &Http) {
        loop {
            let asleep = Instant::now();
            sleep(LOOK).await;
            if asleep.elapsed() > 2 * LOOK {
                // This process was suspended, and heard nothing because it did not listen.
                self.heard_at.set(Instant::now());
            }
            if self.heard_at.get().elapsed() <= SILENCE_LIMIT {
                continue;
            }
            // While stdin is not read, no ping is either: then another connection tells whether anybody is there.
            if self.pongs.get() >= self.stdin_ping.get() || !answers(http).await {
                return;
            }
            self.heard_at.set(Instant::now());
        }
    }
}
