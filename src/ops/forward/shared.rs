//! One session that carries every connection to a task, each a stream of its own.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::api::nomad::exec::{self, Heard, Input, Output};
use crate::model::relay::{Decoder, Frame, Happened, Side};
use crate::ops::exec::Access;
use crate::ops::exec::patience::{PING, SILENCE};
use crate::ops::exec::watch::{explanation, task_end};
use crate::ops::forward::line::Line;
use crate::ops::forward::{Carried, Failure, Goal, Where, local};

/// How long a relay may take to leave.
const FAREWELL: Duration = Duration::from_secs(3);
/// How long connections that are broken off wait to be told why.
const EXPLAINED: Duration = Duration::from_secs(2);

/// A relay that speaks our frames, and the session it runs in.
#[derive(Debug)]
pub struct Shared {
    program: String,
    line: Rc<Line>,
    driver: RefCell<Option<JoinHandle<()>>>,
}

impl Shared {
    /// Goes on with a session in which a relay has said hello. Must be called in a `LocalSet`.
    pub(super) fn new(
        at: &Rc<Access>,
        program: String,
        (input, output): (Input, Output),
        decoder: Decoder,
    ) -> Self {
        let (line, frames) = Line::new(Side::Client);
        let driver =
            tokio::task::spawn_local(drive(Rc::clone(at), Rc::clone(&line), input, output, decoder, frames));
        Shared { program, line, driver: RefCell::new(Some(driver)) }
    }

    pub(super) fn program(&self) -> &str {
        &self.program
    }

    pub(super) fn over(&self) -> Option<Failure> {
        self.line.over()
    }

    /// Opens a stream and breaks it off again.
    pub(super) async fn try_out(&self, goal: &Goal) -> Result<(), Failure> {
        self.line.open(goal).await.map(drop)
    }

    pub(super) async fn carry(
        &self,
        goal: &Goal,
        local: TcpStream,
        closing: watch::Receiver<bool>,
    ) -> Result<Carried, Failure> {
        let stream = self.line.open(goal).await?;
        local::carry(stream, local, closing).await
    }

    pub(super) async fn close(&self) {
        self.line.hang_up();
        let driver = self.driver.borrow_mut().take();
        if let Some(mut driver) = driver
            && timeout(FAREWELL, &mut driver).await.is_err()
        {
            driver.abort();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The session goes on until the relay has left.
        self.line.hang_up();
    }
}

/// Keeps the session until it ends, or nobody needs it any more.
async fn drive(
    at: Rc<Access>,
    line: Rc<Line>,
    input: Input,
    output: Output,
    decoder: Decoder,
    frames: mpsc::UnboundedReceiver<Frame>,
) {
    let failure = tokio::select! {
        failure = listen(&line, output, decoder) => {
            if line.hung_up() { failure } else { explained(&at, failure).await }
        }
        failure = speak(&line, input, frames) => failure,
        words = task_end(&at.http, &at.spot) => Failure::new(Where::Task, words),
    };
    line.end(failure);
}

/// What became of the task, when that is why the session broke.
pub(super) async fn explained(at: &Access, failure: Failure) -> Failure {
    let words = timeout(EXPLAINED, explanation(&at.http, &at.spot)).await.ok().flatten();
    words.map_or(failure, |words| Failure::new(Where::Task, words))
}

/// Takes what the relay says, always: connections that are slow to take it are held back by their windows.
async fn listen(line: &Line, mut output: Output, mut decoder: Decoder) -> Failure {
    let mut said = Vec::new();
    loop {
        while let Some(frame) = decoder.frame().transpose() {
            match frame.and_then(|frame| line.hear(frame)) {
                Ok(Some(Happened::Bye)) => return relay_ended("it has ended", &said),
                Ok(_) => {}
                Err(why) => return relay_ended(&why, &said),
            }
        }
        match timeout(SILENCE, output.next()).await {
            Ok(Ok(Heard::Stdout(bytes))) => decoder.feed(&bytes),
            Ok(Ok(Heard::Stderr(bytes))) if said.len() < 4096 => said.extend_from_slice(&bytes),
            Ok(Ok(Heard::Exited(code))) => return relay_ended(&format!("it ended with code {code}"), &said),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Failure::from(&error),
            Err(_) => return Failure::from(&output.broken("no sign of life for 45 s")),
        }
    }
}

fn relay_ended(why: &str, said: &[u8]) -> Failure {
    let words = String::from_utf8_lossy(said);
    let last = words.lines().last().map_or_else(String::new, |l| format!(" ({l})"));
    Failure::new(Where::Task, format!("the relay in the task carries nothing any more: {why}{last}"))
}

/// Passes frames on, as many at once as there are; the end of them is the end of stdin, by which the relay leaves.
async fn speak(line: &Line, mut input: Input, mut frames: mpsc::UnboundedReceiver<Frame>) -> Failure {
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let mut buffer = Vec::with_capacity(2 * exec::STDIN_PIECE);
    loop {
        let next = tokio::select! {
            frame = frames.recv() => frame,
            _ = ping.tick() => {
                drop(input.ping().await);
                Some(Frame::Ping)
            }
        };
        let Some(first) = next else {
            drop(input.end_stdin().await);
            return std::future::pending().await;
        };
        line.gather(first, &mut frames, &mut buffer);
        let sent = input.stdin(&buffer).await;
        buffer.clear();
        if sent.is_err() {
            // What is heard tells why.
            return std::future::pending().await;
        }
    }
}
