//! Connections as streams over one pair of pipes: what both ends have in common.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::time::timeout;

use crate::api::nomad::exec;
use crate::model::relay::frame::HEAD;
use crate::model::relay::{Frame, Happened, Side, Streams};
use crate::ops::forward::{Failure, Goal, Where};

/// How long a port may take to answer.
const CONNECT: Duration = Duration::from_secs(15);
/// How many bytes may wait to be sent, over all streams.
const WAITING: usize = 1024 * 1024;

/// The most that is taken from a connection at once: with its head it fills one frame of Nomad's.
pub(super) const PIECE: usize = exec::STDIN_PIECE - HEAD;

/// What connections and whoever carries their frames have in common.
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

impl Line {
    /// One end of a line, and the frames to pass on to the other.
    pub(super) fn new(side: Side) -> (Rc<Self>, mpsc::UnboundedReceiver<Frame>) {
        let (send, frames) = mpsc::unbounded_channel();
        let known = Known { streams: Streams::new(side), ears: BTreeMap::new(), over: None };
        let line = Line {
            known: RefCell::new(known),
            frames: RefCell::new(Some(send)),
            budget: Semaphore::new(WAITING),
        };
        (Rc::new(line), frames)
    }

    /// Why it carries nothing any more.
    pub(super) fn over(&self) -> Option<Failure> {
        self.known.borrow().over.clone()
    }

    /// A new stream, once it is connected.
    pub(super) async fn open(self: &Rc<Self>, goal: &Goal) -> Result<Stream, Failure> {
        if let Some(over) = self.over() {
            return Err(over);
        }
        let to = format!("{} {}", goal.port, goal.hosts.join(" "));
        let (number, frame) = self.known.borrow_mut().streams.open(&to);
        let mut stream = self.stream(number);
        self.say(Some(frame));
        match timeout(CONNECT, stream.next()).await {
            Ok(Ok(Happened::Opened(_))) => Ok(stream),
            Ok(Ok(Happened::Refused(_, said))) => Err(Failure::not_listening(goal.port, &said)),
            Ok(Ok(_)) => Err(Failure::new(Where::Task, "the relay speaks out of turn")),
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(Failure::new(Where::Port, format!("port {} does not answer", goal.port))),
        }
    }

    /// What is said and heard on the stream of this number.
    pub(super) fn stream(self: &Rc<Self>, number: u32) -> Stream {
        let (events, ear) = mpsc::unbounded_channel();
        let room = Rc::new(Notify::new());
        self.known.borrow_mut().ears.insert(number, Ear { events, room: Rc::clone(&room) });
        Stream { line: Rc::clone(self), number, events: ear, room }
    }

    /// Passes on no more frames, which is how the other end is told to leave.
    pub(super) fn hang_up(&self) {
        drop(self.frames.borrow_mut().take());
    }

    /// Whether it was hung up here.
    pub(super) fn hung_up(&self) -> bool {
        self.frames.borrow().is_none()
    }

    /// As many frames as there are and fit well into one piece, the first among them, as they travel; they free the room they took.
    pub(super) fn gather(
        &self,
        first: Frame,
        frames: &mut mpsc::UnboundedReceiver<Frame>,
        into: &mut Vec<u8>,
    ) {
        let (mut next, mut freed) = (Some(first), 0);
        while let Some(frame) = next {
            if let Frame::Data(_, bytes) = &frame {
                freed += bytes.len();
            }
            frame.encode(into);
            next = if into.len() < PIECE { frames.try_recv().ok() } else { None };
        }
        self.budget.add_permits(freed);
    }

    /// Has a frame passed on.
    pub(super) fn say(&self, frame: Option<Frame>) {
        if let (Some(frame), Some(frames)) = (frame, &*self.frames.borrow()) {
            // Who does not listen any more has told everybody so.
            drop(frames.send(frame));
        }
    }

    /// Tells the streams what the other end said; what is said to none of them is left.
    pub(super) fn hear(&self, frame: Frame) -> Result<Option<Happened>, String> {
        let mut known = self.known.borrow_mut();
        let Some(happened) = known.streams.heard(frame)? else { return Ok(None) };
        let (Happened::Opened(n)
        | Happened::Refused(n, _)
        | Happened::Data(n, _)
        | Happened::Ended(n)
        | Happened::Reset(n)
        | Happened::Room(n)) = &happened
        else {
            return Ok(Some(happened));
        };
        if let Some(ear) = known.ears.get(n) {
            match happened {
                Happened::Room(_) => ear.room.notify_one(),
                // A connection that is gone has given its stream up.
                other => drop(ear.events.send(other)),
            }
        }
        Ok(None)
    }

    /// Nothing comes any more, and so no stream goes on.
    pub(super) fn end(&self, failure: Failure) {
        let mut known = self.known.borrow_mut();
        known.over.get_or_insert(failure);
        // Who waits for events is told by the end of them.
        known.ears.clear();
    }
}

/// A stream. Dropping it breaks it off, unless both sides have ended.
#[derive(Debug)]
pub(super) struct Stream {
    line: Rc<Line>,
    number: u32,
    events: mpsc::UnboundedReceiver<Happened>,
    room: Rc<Notify>,
}

impl Stream {
    /// Says that what was asked for is connected.
    pub(super) fn accept(&self) {
        let frame = self.line.known.borrow_mut().streams.connect(self.number);
        self.line.say(frame);
    }

    /// Says that it cannot be connected, and why.
    pub(super) fn refuse(self, why: &str) {
        let frame = self.line.known.borrow_mut().streams.refuse(self.number, why);
        self.line.say(frame);
    }

    /// Waits until the other end broke it off.
    pub(super) async fn broken_off(&mut self) {
        drop(self.next().await);
    }

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
            None => Err(self.line.over().unwrap_or_else(|| Failure::new(Where::Task, "the relay has left"))),
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
