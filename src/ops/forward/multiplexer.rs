//! Many connections as streams over one session: what both ends have in common.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::time::timeout;

use crate::api::nomad::exec;
use crate::model::relay::frame::HEAD;
use crate::model::relay::{Frame, Side, StreamEvent, Streams};
use crate::ops::forward::{BrokenAt, Destination, ForwardError};

/// How long a port may take to answer.
const CONNECT: Duration = Duration::from_secs(15);
/// How many bytes may wait to be sent, over all streams.
const WAITING: usize = 1024 * 1024;

/// The most that is taken from a connection at once: with its head it fills one frame of Nomad's.
pub(super) const PIECE: usize = exec::STDIN_PIECE - HEAD;

/// The streams of one session, and the frames that wait to be sent.
#[derive(Debug)]
pub(super) struct Multiplexer {
    known: RefCell<MultiplexerState>,
    frames: RefCell<Option<mpsc::UnboundedSender<Frame>>>,
    /// Bytes that may still be queued.
    budget: Semaphore,
}

/// The streams of a session and who listens to each.
#[derive(Debug)]
struct MultiplexerState {
    streams: Streams,
    listeners: BTreeMap<u32, Listener>,
    over: Option<ForwardError>,
}

/// Gets the events of one stream.
#[derive(Debug)]
struct Listener {
    events: mpsc::UnboundedSender<StreamEvent>,
    room: Rc<Notify>,
}

impl Multiplexer {
    /// One end of a line, and the frames to pass on to the other.
    pub(super) fn new(side: Side) -> (Rc<Self>, mpsc::UnboundedReceiver<Frame>) {
        let (send, frames) = mpsc::unbounded_channel();
        let known = MultiplexerState { streams: Streams::new(side), listeners: BTreeMap::new(), over: None };
        let multiplexer = Multiplexer {
            known: RefCell::new(known),
            frames: RefCell::new(Some(send)),
            budget: Semaphore::new(WAITING),
        };
        (Rc::new(multiplexer), frames)
    }

    /// Why it carries nothing any more.
    pub(super) fn over(&self) -> Option<ForwardError> {
        self.known.borrow().over.clone()
    }

    /// A new stream, once it is connected.
    pub(super) async fn open(self: &Rc<Self>, destination: &Destination) -> Result<Stream, ForwardError> {
        if let Some(over) = self.over() {
            return Err(over);
        }
        let to = format!("{} {}", destination.port, destination.hosts.join(" "));
        let (number, frame) = self.known.borrow_mut().streams.open(&to);
        let mut stream = self.stream(number);
        self.queue(Some(frame));
        match timeout(CONNECT, stream.next()).await {
            Ok(Ok(StreamEvent::Opened(_))) => Ok(stream),
            Ok(Ok(StreamEvent::Refused(_, said))) => {
                Err(ForwardError::not_listening(destination.port, &said))
            }
            Ok(Ok(_)) => Err(ForwardError::new(BrokenAt::Task, "the relay speaks out of turn")),
            Ok(Err(failure)) => Err(failure),
            Err(_) => {
                Err(ForwardError::new(BrokenAt::Port, format!("port {} does not answer", destination.port)))
            }
        }
    }

    /// What is said and heard on the stream of this number.
    pub(super) fn stream(self: &Rc<Self>, number: u32) -> Stream {
        let (events, listener) = mpsc::unbounded_channel();
        let room = Rc::new(Notify::new());
        self.known.borrow_mut().listeners.insert(number, Listener { events, room: Rc::clone(&room) });
        Stream { multiplexer: Rc::clone(self), number, events: listener, room }
    }

    /// Passes on no more frames, which is how the other end is told to leave.
    pub(super) fn close_sending(&self) {
        drop(self.frames.borrow_mut().take());
    }

    /// Whether it was hung up here.
    pub(super) fn is_closing(&self) -> bool {
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
    pub(super) fn queue(&self, frame: Option<Frame>) {
        if let (Some(frame), Some(frames)) = (frame, &*self.frames.borrow()) {
            // Who does not listen any more has told everybody so.
            drop(frames.send(frame));
        }
    }

    /// Tells the streams what the other end said; what is said to none of them is left.
    pub(super) fn dispatch(&self, frame: Frame) -> Result<Option<StreamEvent>, String> {
        let mut known = self.known.borrow_mut();
        let Some(happened) = known.streams.heard(frame)? else { return Ok(None) };
        let (StreamEvent::Opened(n)
        | StreamEvent::Refused(n, _)
        | StreamEvent::Data(n, _)
        | StreamEvent::Ended(n)
        | StreamEvent::Reset(n)
        | StreamEvent::Room(n)) = &happened
        else {
            return Ok(Some(happened));
        };
        if let Some(listener) = known.listeners.get(n) {
            match happened {
                StreamEvent::Room(_) => listener.room.notify_one(),
                // A connection that is gone has given its stream up.
                other => drop(listener.events.send(other)),
            }
        }
        Ok(None)
    }

    /// Nothing comes any more, and so no stream goes on.
    pub(super) fn end(&self, failure: ForwardError) {
        let mut known = self.known.borrow_mut();
        known.over.get_or_insert(failure);
        // Who waits for events is told by the end of them.
        known.listeners.clear();
    }
}

/// A stream. Dropping it breaks it off, unless both sides have ended.
#[derive(Debug)]
pub(super) struct Stream {
    multiplexer: Rc<Multiplexer>,
    number: u32,
    events: mpsc::UnboundedReceiver<StreamEvent>,
    room: Rc<Notify>,
}

impl Stream {
    /// Says that what was asked for is connected.
    pub(super) fn accept(&self) {
        let frame = self.multiplexer.known.borrow_mut().streams.connect(self.number);
        self.multiplexer.queue(frame);
    }

    /// Says that it cannot be connected, and why.
    pub(super) fn refuse(self, why: &str) {
        let frame = self.multiplexer.known.borrow_mut().streams.refuse(self.number, why);
        self.multiplexer.queue(frame);
    }

    /// Waits until the other end broke it off.
    pub(super) async fn broken_off(&mut self) {
        drop(self.next().await);
    }

    /// Bytes that came; none when no more will.
    pub(super) async fn data(&mut self) -> Result<Option<Bytes>, ForwardError> {
        match self.next().await? {
            StreamEvent::Data(_, bytes) => Ok(Some(bytes)),
            StreamEvent::Ended(_) => Ok(None),
            _ => Err(ForwardError::new(BrokenAt::Port, "the task's side broke the connection off")),
        }
    }

    /// Why it is broken off, once it is, when nothing more comes.
    pub(super) async fn failure(&mut self) -> ForwardError {
        self.data()
            .await
            .map_or_else(|f| f, |_| ForwardError::new(BrokenAt::Task, "the relay speaks after its end"))
    }

    async fn next(&mut self) -> Result<StreamEvent, ForwardError> {
        match self.events.recv().await {
            Some(happened) => Ok(happened),
            None => Err(self
                .multiplexer
                .over()
                .unwrap_or_else(|| ForwardError::new(BrokenAt::Task, "the relay has left"))),
        }
    }

    /// What can be sent on it from elsewhere.
    pub(super) fn sender(&self) -> StreamSender {
        StreamSender {
            multiplexer: Rc::clone(&self.multiplexer),
            number: self.number,
            room: Rc::clone(&self.room),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let reset = {
            let mut known = self.multiplexer.known.borrow_mut();
            known.listeners.remove(&self.number);
            known.streams.reset(self.number)
        };
        self.multiplexer.queue(reset);
    }
}

/// The sending half of a stream.
#[derive(Debug)]
pub(super) struct StreamSender {
    multiplexer: Rc<Multiplexer>,
    number: u32,
    room: Rc<Notify>,
}

impl StreamSender {
    /// How many bytes may be sent, once it is any.
    pub(super) async fn room(&self) -> usize {
        loop {
            let room = self.multiplexer.known.borrow().streams.room(self.number);
            if room > 0 {
                return room.min(PIECE);
            }
            self.room.notified().await;
        }
    }

    /// Sends bytes, no more than there is room for, when the session has room too.
    pub(super) async fn send(&self, bytes: Bytes) {
        if let Ok(permit) = self.multiplexer.budget.acquire_many(bytes.len() as u32).await {
            permit.forget();
            let frame = self.multiplexer.known.borrow_mut().streams.send(self.number, bytes);
            self.multiplexer.queue(frame);
        }
    }

    /// Says that no more comes.
    pub(super) fn end(&self) {
        let frame = self.multiplexer.known.borrow_mut().streams.end(self.number);
        self.multiplexer.queue(frame);
    }

    /// So many bytes have gone on from here.
    pub(super) fn took(&self, bytes: usize) {
        let frame = self.multiplexer.known.borrow_mut().streams.took(self.number, bytes);
        self.multiplexer.queue(frame);
    }
}
