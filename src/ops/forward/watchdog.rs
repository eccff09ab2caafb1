//! Ends programs that know nothing of fleet when fleet is gone. Their stdin is the connection's, and carries no pings; so a shell
//! session of its own gets them, and the programs are ended when that shell has left.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::timeout;

use crate::api::error::Error as ApiError;
use crate::api::nomad::exec::{self, ExecMessage, Input, Output};
use crate::ops::exec::Access;
use crate::ops::exec::launch::{Marker, SHELL, start_mark};
use crate::ops::exec::limits::{PING_INTERVAL, SILENCE_LIMIT, START_LIMIT};
use crate::ops::exec::script::Script;
use crate::ops::exec::task_end::task_end;
use crate::ops::forward::shared_relay::explained;
use crate::ops::forward::{BrokenAt, ForwardError};
use crate::ops::ticker::Ticker;

/// How long it may take to be told to leave.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);

const WATCHDOG: &str = include_str!("scripts/watchdog.sh");

/// A shell in a task that lives as long as it gets pings.
#[derive(Debug)]
pub(super) struct Watchdog {
    pid: u32,
    over: Rc<RefCell<Option<ForwardError>>>,
    /// Dropped, the session ends in an orderly way.
    wanted: RefCell<Option<oneshot::Sender<()>>>,
    driver: RefCell<Option<JoinHandle<()>>>,
}

impl Watchdog {
    /// Starts one. Must be called in a `LocalSet`, which keeps its session.
    pub(super) async fn start(at: &Rc<Access>) -> Result<Self, ApiError> {
        let nonce = fastrand::u64(..);
        let script = Script::default().line(&format!("echo '{}'$$ >&2", start_mark(nonce))).then(WATCHDOG);
        let words = [SHELL, "-c", script.text()].map(str::to_owned);
        let call = exec::command(&at.task_ref.alloc_id, &at.task_ref.task, false, &words);
        let (input, mut output) = exec::open(&at.http, &at.permission, &call).await?;
        let late = output.broken("no shell in the task answered within 30 s");
        let pid = timeout(START_LIMIT, begun(&mut output, Marker::new(nonce))).await.unwrap_or(Err(late))?;
        let over = Rc::new(RefCell::new(None));
        let (wanted, unwanted) = oneshot::channel();
        let driver = spawn_local(keep(Rc::clone(at), Rc::clone(&over), input, output, unwanted));
        Ok(Watchdog { pid, over, wanted: RefCell::new(Some(wanted)), driver: RefCell::new(Some(driver)) })
    }

    /// Why it keeps nothing any more.
    pub(super) fn over(&self) -> Option<ForwardError> {
        self.over.borrow().clone()
    }

    /// Tells it to leave, which takes it some seconds that nobody need wait.
    pub(super) async fn close(&self) {
        drop(self.wanted.borrow_mut().take());
        let driver = self.driver.borrow_mut().take();
        if let Some(driver) = driver {
            drop(timeout(CLOSE_LIMIT, driver).await);
        }
    }

    /// Its process there.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }
}

/// Its process, once it has begun.
async fn begun(output: &mut Output, mut marker: Marker) -> Result<u32, ApiError> {
    loop {
        match output.next().await? {
            ExecMessage::Stderr(bytes) => drop(marker.feed(bytes)),
            ExecMessage::Exited(code) => {
                return Err(output.broken(&format!("the shell ended with code {code}")));
            }
            _ => {}
        }
        if let Some(pid) = marker.number() {
            return Ok(pid);
        }
    }
}

async fn keep(
    at: Rc<Access>,
    over: Rc<RefCell<Option<ForwardError>>>,
    mut input: Input,
    mut output: Output,
    mut unwanted: oneshot::Receiver<()>,
) {
    let heard = async {
        loop {
            match timeout(SILENCE_LIMIT, output.next()).await {
                Ok(Ok(ExecMessage::Exited(code))) => {
                    return output.broken(&format!("its shell ended with code {code}"));
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error,
                Err(_) => return output.broken("no sign of life for 45 s"),
            }
        }
    };
    let told = async {
        let mut ping = Ticker::every(PING_INTERVAL);
        loop {
            tokio::select! {
                // Told or not, what is heard tells the end.
                () = ping.tick() => drop((input.stdin(b"\n").await, input.ping().await)),
                _ = &mut unwanted => return drop(input.end_stdin().await),
            }
        }
    };
    let failure = tokio::select! {
        error = heard => explained(&at, ForwardError::from(&error)).await,
        words = task_end(&at.http, &at.task_ref) => ForwardError::new(BrokenAt::Task, words),
        () = told => ForwardError::new(BrokenAt::Local, "it was told to leave"),
    };
    over.replace(Some(failure));
}
