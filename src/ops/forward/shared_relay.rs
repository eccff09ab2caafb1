//! One session that carries every connection to a task, each a stream of its own.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::api::nomad::exec::{self, ExecMessage, Input, Output};
use crate::model::relay::{Decoder, Frame, Side, StreamEvent};
use crate::ops::exec::Access;
use crate::ops::exec::limits::{PING_INTERVAL, SILENCE_LIMIT};
use crate::ops::exec::task_end::{explanation, task_end};
use crate::ops::forward::multiplexer::Multiplexer;
use crate::ops::forward::{BrokenAt, Carried, Destination, ForwardError, carry};
use crate::ops::ticker::Ticker;

/// How long a relay may take to leave.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);
/// How long connections that are broken off wait to be told why.
const EXPLAINED: Duration = Duration::from_secs(2);

/// A relay that speaks our frames, and the session it runs in.
#[derive(Debug)]
pub struct SharedRelay {
    program: String,
    multiplexer: Rc<Multiplexer>,
    driver: RefCell<Option<JoinHandle<()>>>,
}

impl SharedRelay {
    /// Goes on with a session in which a relay has said hello. Must be called in a `LocalSet`.
    pub(super) fn new(
        at: &Rc<Access>,
        program: String,
        (input, output): (Input, Output),
        decoder: Decoder,
    ) -> Self {
        let (multiplexer, frames) = Multiplexer::new(Side::Client);
        let driver = tokio::task::spawn_local(drive(
            Rc::clone(at),
            Rc::clone(&multiplexer),
            input,
            output,
            decoder,
            frames,
        ));
        SharedRelay { program, multiplexer, driver: RefCell::new(Some(driver)) }
    }

    pub(super) fn program(&self) -> &str {
        &self.program
    }

    pub(super) fn over(&self) -> Option<ForwardError> {
        self.multiplexer.over()
    }

    /// Opens a stream and breaks it off again.
    pub(super) async fn try_out(&self, destination: &Destination) -> Result<(), ForwardError> {
        self.multiplexer.open(destination).await.map(drop)
    }

    pub(super) async fn carry(
        &self,
        destination: &Destination,
        local: TcpStream,
        closing: watch::Receiver<bool>,
    ) -> Result<Carried, ForwardError> {
        let stream = self.multiplexer.open(destination).await?;
        carry::carry(stream, local, closing).await
    }

    pub(super) async fn close(&self) {
        self.multiplexer.close_sending();
        let driver = self.driver.borrow_mut().take();
        if let Some(mut driver) = driver
            && timeout(CLOSE_LIMIT, &mut driver).await.is_err()
        {
            driver.abort();
        }
    }
}

impl Drop for SharedRelay {
    fn drop(&mut self) {
        // The session goes on until the relay has left.
        self.multiplexer.close_sending();
    }
}

/// Keeps the session until it ends, or nobody needs it any more.
async fn drive(
    at: Rc<Access>,
    multiplexer: Rc<Multiplexer>,
    input: Input,
    output: Output,
    decoder: Decoder,
    frames: mpsc::UnboundedReceiver<Frame>,
) {
    let failure = tokio::select! {
        failure = listen(&multiplexer, output, decoder) => {
            if multiplexer.is_closing() { failure } else { explained(&at, failure).await }
        }
        failure = speak(&multiplexer, input, frames) => failure,
        words = task_end(&at.http, &at.task_ref) => ForwardError::new(BrokenAt::Task, words),
    };
    multiplexer.end(failure);
}

/// What became of the task, when that is why the session broke.
pub(super) async fn explained(at: &Access, failure: ForwardError) -> ForwardError {
    let words = timeout(EXPLAINED, explanation(&at.http, &at.task_ref)).await.ok().flatten();
    words.map_or(failure, |words| ForwardError::new(BrokenAt::Task, words))
}

/// Takes what the relay says, always: connections that are slow to take it are held back by their windows.
async fn listen(multiplexer: &Multiplexer, mut output: Output, mut decoder: Decoder) -> ForwardError {
    let mut said = Vec::new();
    loop {
        while let Some(frame) = decoder.frame().transpose() {
            match frame.and_then(|frame| multiplexer.dispatch(frame)) {
                Ok(Some(StreamEvent::Bye)) => return relay_ended("it has ended", &said),
                Ok(_) => {}
                Err(why) => return relay_ended(&why, &said),
            }
        }
        match timeout(SILENCE_LIMIT, output.next()).await {
            Ok(Ok(ExecMessage::Stdout(bytes))) => decoder.feed(&bytes),
            Ok(Ok(ExecMessage::Stderr(bytes))) if said.len() < 4096 => said.extend_from_slice(&bytes),
            Ok(Ok(ExecMessage::Exited(code))) => {
                return relay_ended(&format!("it ended with code {code}"), &said);
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return ForwardError::from(&error),
            Err(_) => return ForwardError::from(&output.broken("no sign of life for 45 s")),
        }
    }
}

fn relay_ended(why: &str, said: &[u8]) -> ForwardError {
    let words = String::from_utf8_lossy(said);
    let last = words.lines().last().map_or_else(String::new, |l| format!(" ({l})"));
    ForwardError::new(BrokenAt::Task, format!("the relay in the task stopped: {why}{last}"))
}

/// Passes frames on, as many at once as there are; the end of them is the end of stdin, by which the relay leaves.
async fn speak(
    multiplexer: &Multiplexer,
    mut input: Input,
    mut frames: mpsc::UnboundedReceiver<Frame>,
) -> ForwardError {
    let mut ping = Ticker::every(PING_INTERVAL);
    let mut buffer = Vec::with_capacity(2 * exec::STDIN_PIECE);
    loop {
        let next = tokio::select! {
            frame = frames.recv() => frame,
            () = ping.tick() => {
                drop(input.ping().await);
                Some(Frame::Ping)
            }
        };
        let Some(first) = next else {
            drop(input.end_stdin().await);
            return std::future::pending().await;
        };
        multiplexer.gather(first, &mut frames, &mut buffer);
        let sent = input.stdin(&buffer).await;
        buffer.clear();
        if sent.is_err() {
            // What is heard tells why.
            return std::future::pending().await;
        }
    }
}
