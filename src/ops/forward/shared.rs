//! One session that carries every connection to a task, each a stream of its own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::api::nomad::exec::{self, Heard, Input, Output};
use crate::model::relay::frame::HEAD;
use crate::model::relay::{Decoder, Frame, Happened, Side, Streams};
use crate::ops::exec::watch::{explanation, task_end};
use crate::ops::forward::{At, Carried, Failure, Goal, Where, local};

/// How often a relay hears from us: it leaves after 30 s of silence.
const PING: Duration = Duration::from_secs(10);
/// How long a session may be silent: every ping is answered.
const SILENCE: Duration = Duration::from_secs(45);
/// How long a relay may take to leave.
const FAREWELL: Duration = Duration::from_secs(3);
/// How long connections that are broken off wait to be told why.
const EXPLAINED: Duration = Duration::from_secs(2);
/// How long a port may take to answer.
const CONNECT: Duration = Duration::from_secs(15);
/// How many bytes may wait to be sent, over all streams.
const WAITING: usize = 1024 * 1024;

/// The most that is taken from a connection at once: with its head it fills one frame of Nomad's.
pub(super) const PIECE: usize = exec::STDIN_PIECE - HEAD;

/// A relay that speaks our frames, and the session it runs in.
#[derive(Debug)]
pub struct Shared {
    program: String,
    line: Rc<Line>,
    driver: RefCell<Option<JoinHandle<()>>>,
}

/// What connections and the session have in common.
#[derive(Debug)]
pub(super) struct Line {
    known: RefCell<Known>,
    frames: RefCell<Option<mpsc::UnboundedSender<Frame>>>,
    /// Bytes that may still be queued.
    budget: Semaphore,
}

#[derive(Debug)]
struct Known {
    streams: Streams,
    ears: BTreeMap<u32, Ear>,
    over: Option<Failure>,
}

/// Where what happens on a stream is told.
#[derive(Debug)]
struct Ear {
    events: mpsc::UnboundedSender<Happened>,
    room: Rc<Notify>,
}

impl Shared {
    /// Goes on with a session in which a relay has said hello. Must be called in a `LocalSet`.
    pub(super) fn new(
        at: &Rc<At>,
        program: String,
        (input, output): (Input, Output),
        decoder: Decoder,
    ) -> Self {
        let (send, frames) = mpsc::unbounded_channel();
        let known = Known { streams: Streams::new(Side::Client), ears: BTreeMap::new(), over: None };
        let line = Rc::new(Line {
            known: RefCell::new(known),
            frames: RefCell::new(Some(send)),
            budget: Semaphore::new(WAITING),
        });
        let driver =
            tokio::task::spawn_local(drive(Rc::clone(at), Rc::clone(&line), input, output, decoder, frames));
        Shared { program, line, driver: RefCell::new(Some(driver)) }
    }

    pub(super) fn program(&self) -> &str {
        &self.program
    }

    pub(super) fn over(&self) -> Option<Failure> {
        self.line.known.borrow().over.clone()
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
        drop(self.line.frames.borrow_mut().take());
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
        drop(self.line.frames.borrow_mut().take());
    }
}

impl Line {
    /// A new stream, once it is connected.
    async fn open(self: &Rc<Self>, goal: &Goal) -> Result<Stream, Failure> {
        let (events, ear) = mpsc::unbounded_channel();
        let room = Rc::new(Notify::new());
        let number = {
            let mut known = self.known.borrow_mut();
            if let Some(over) = &known.over {
                return Err(over.clone());
            }
            let (number, frame) = known.streams.open(&format!("{} {}", goal.port, goal.hosts.join(" ")));
            known.ears.insert(number, Ear { events, room: Rc::clone(&room) });
            self.say(Some(frame));
            number
        };
        let mut stream = Stream { line: Rc::clone(self), number, events: ear, room };
        match timeout(CONNECT, stream.next()).await {
            Ok(Ok(Happened::Opened(_))) => Ok(stream),
            Ok(Ok(Happened::Refused(_, said))) => Err(Failure::not_listening(goal.port, &said)),
            Ok(Ok(_)) => Err(Failure::new(Where::Task, "the relay speaks out of turn")),
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(Failure::new(Where::Port, format!("port {} does not answer", goal.port))),
        }
    }

    fn say(&self, frame: Option<Frame>) {
        if let (Some(frame), Some(frames)) = (frame, &*self.frames.borrow()) {
            // Who does not listen any more has told everybody so.
            drop(frames.send(frame));
        }
    }

    /// Tells everybody what the relay said.
    fn hear(&self, frame: Frame) -> Result<(), String> {
        let mut known = self.known.borrow_mut();
        let Some(happened) = known.streams.heard(frame)? else { return Ok(()) };
        if happened == Happened::Bye {
            return Err("it has ended".to_owned());
        }
        let (Happened::Opened(n)
        | Happened::Refused(n, _)
        | Happened::Data(n, _)
        | Happened::Ended(n)
        | Happened::Reset(n)
        | Happened::Room(n)) = &happened
        else {
            return Ok(());
        };
        if let Some(ear) = known.ears.get(n) {
            match happened {
                Happened::Room(_) => ear.room.notify_one(),
                // A connection that is gone has given its stream up.
                other => drop(ear.events.send(other)),
            }
        }
        Ok(())
    }

    fn end(&self, failure: Failure) {
        let mut known = self.known.borrow_mut();
        known.over.get_or_insert(failure);
        // Who waits for events is told by the end of them.
        known.ears.clear();
    }
}

/// A stream that is connected. Dropping it breaks it off, unless both sides have ended.
#[derive(Debug)]
pub(super) struct Stream {
    line: Rc<Line>,
    number: u32,
    events: mpsc::UnboundedReceiver<Happened>,
    room: Rc<Notify>,
}

impl Stream {
    /// Bytes that came; none when no more will.
    pub(super) async fn data(&mut self) -> Result<Option<Bytes>, Failure> {
        match self.next().await? {
            Happened::Data(_, bytes) => Ok(Some(bytes)),
            Happened::Ended(_) => Ok(None),
            _ => Err(Failure::new(Where::Port, "the task's side broke the connection off")),
        }
    }

    /// Why it is broken off, once it is, when nothing more comes.
    pub(super) async fn failure(&mut self) -> Failure {
        self.data().await.map_or_else(|f| f, |_| Failure::new(Where::Task, "the relay speaks after its end"))
    }

    async fn next(&mut self) -> Result<Happened, Failure> {
        match self.events.recv().await {
            Some(happened) => Ok(happened),
            None => Err(self
                .line
                .known
                .borrow()
                .over
                .clone()
                .unwrap_or_else(|| Failure::new(Where::Task, "the relay has left"))),
        }
    }

    /// What can be sent on it from elsewhere.
    pub(super) fn mouth(&self) -> Mouth {
        Mouth { line: Rc::clone(&self.line), number: self.number, room: Rc::clone(&self.room) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let reset = {
            let mut known = self.line.known.borrow_mut();
            known.ears.remove(&self.number);
            known.streams.reset(self.number)
        };
        self.line.say(reset);
    }
}

/// What goes out on a stream.
#[derive(Debug)]
pub(super) struct Mouth {
    line: Rc<Line>,
    number: u32,
    room: Rc<Notify>,
}

impl Mouth {
    /// How many bytes may be sent, once it is any.
    pub(super) async fn room(&self) -> usize {
        loop {
            let room = self.line.known.borrow().streams.room(self.number);
            if room > 0 {
                return room.min(PIECE);
            }
            self.room.notified().await;
        }
    }

    /// Sends bytes, no more than there is room for, when the session has room too.
    pub(super) async fn send(&self, bytes: Bytes) {
        if let Ok(permit) = self.line.budget.acquire_many(bytes.len() as u32).await {
            permit.forget();
            let frame = self.line.known.borrow_mut().streams.send(self.number, bytes);
            self.line.say(frame);
        }
    }

    /// Says that no more comes.
    pub(super) fn end(&self) {
        let frame = self.line.known.borrow_mut().streams.end(self.number);
        self.line.say(frame);
    }

    /// So many bytes have gone on from here.
    pub(super) fn took(&self, bytes: usize) {
        let frame = self.line.known.borrow_mut().streams.took(self.number, bytes);
        self.line.say(frame);
    }
}

/// Keeps the session until it ends, or nobody needs it any more.
async fn drive(
    at: Rc<At>,
    line: Rc<Line>,
    input: Input,
    output: Output,
    decoder: Decoder,
    frames: mpsc::UnboundedReceiver<Frame>,
) {
    let failure = tokio::select! {
        failure = listen(&line, output, decoder) => {
            let told_to = line.frames.borrow().is_none();
            let explained = async { if told_to { None } else { explanation(&at.http, &at.spot).await } };
            let explained = timeout(EXPLAINED, explained).await.ok().flatten();
            explained.map_or(failure, |words| Failure::new(Where::Task, words))
        }
        failure = speak(&line, input, frames) => failure,
        words = task_end(&at.http, &at.spot) => Failure::new(Where::Task, words),
    };
    line.end(failure);
}

/// Takes what the relay says, always: connections that are slow to take it are held back by their windows.
async fn listen(line: &Line, mut output: Output, mut decoder: Decoder) -> Failure {
    let mut said = Vec::new();
    loop {
        while let Some(frame) = decoder.frame().transpose() {
            if let Err(why) = frame.and_then(|frame| line.hear(frame)) {
                return relay_ended(&why, &said);
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
        let mut next = tokio::select! {
            frame = frames.recv() => frame,
            _ = ping.tick() => {
                drop(input.ping().await);
                Some(Frame::Ping)
            }
        };
        if next.is_none() {
            drop(input.end_stdin().await);
            return std::future::pending().await;
        }
        let mut freed = 0;
        while let Some(frame) = next {
            if let Frame::Data(_, bytes) = &frame {
                freed += bytes.len();
            }
            frame.encode(&mut buffer);
            next = if buffer.len() < PIECE { frames.try_recv().ok() } else { None };
        }
        let sent = input.stdin(&buffer).await;
        buffer.clear();
        line.budget.add_permits(freed);
        if sent.is_err() {
            // What is heard tells why.
            return std::future::pending().await;
        }
    }
}
