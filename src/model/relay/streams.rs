//! What has been said on each stream, and so what may still be said.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::model::relay::WINDOW;
use crate::model::relay::frame::{Frame, LARGEST};

/// Which of the two sides this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Opens streams.
    Client,
    /// Connects them.
    Relay,
}

/// What a frame meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    /// The relay is there.
    Hello,
    /// A stream is to be connected to this.
    Asked(u32, Bytes),
    /// A stream is connected.
    Opened(u32),
    /// A stream could not be connected: why.
    Refused(u32, String),
    /// Bytes came.
    Data(u32, Bytes),
    /// No more bytes come.
    Ended(u32),
    /// The stream was broken off.
    Reset(u32),
    /// More may be sent on a stream.
    Room(u32),
    /// A sign of life.
    Alive,
    /// The relay has ended.
    Bye,
}

/// The version of these rules that [`Frame::Hello`] names.
pub const VERSION: u32 = 1;

/// One stream.
#[derive(Debug)]
struct Stream {
    connected: bool,
    /// What may be sent.
    room: u32,
    /// What may be received.
    window: u32,
    /// What was taken of it, and not yet granted again.
    taken: u32,
    we_ended: bool,
    they_ended: bool,
}

/// All streams of a session, as one side knows them.
#[derive(Debug)]
pub struct Streams {
    side: Side,
    last: u32,
    all: BTreeMap<u32, Stream>,
}

impl Streams {
    /// None yet.
    #[must_use]
    pub fn new(side: Side) -> Self {
        Streams { side, last: 0, all: BTreeMap::new() }
    }

    /// A new stream, to be connected to this: its number, and what to tell.
    pub fn open(&mut self, to: &str) -> (u32, Frame) {
        let stream = self.begin(self.last + 1);
        (stream, Frame::Open(stream, Bytes::copy_from_slice(to.as_bytes())))
    }

    fn begin(&mut self, stream: u32) -> u32 {
        let new = Stream {
            connected: false,
            room: WINDOW,
            window: WINDOW,
            taken: 0,
            we_ended: false,
            they_ended: false,
        };
        self.last = stream;
        self.all.insert(stream, new);
        stream
    }

    /// The stream that was asked for is connected; none when nobody waits for it any more.
    pub fn connect(&mut self, stream: u32) -> Option<Frame> {
        self.all.get_mut(&stream)?.connected = true;
        Some(Frame::Opened(stream))
    }

    /// The stream that was asked for cannot be connected.
    pub fn refuse(&mut self, stream: u32, why: &str) -> Option<Frame> {
        self.all.remove(&stream)?;
        Some(Frame::Refused(stream, Bytes::copy_from_slice(why.as_bytes())))
    }

    /// How many bytes may be sent on a stream now.
    #[must_use]
    pub fn room(&self, stream: u32) -> usize {
        let open = |s: &&Stream| s.connected && !s.we_ended;
        self.all.get(&stream).filter(open).map_or(0, |s| (s.room as usize).min(LARGEST))
    }

    /// Sends bytes, some but no more than there is [`Streams::room`] for; none when the stream is over.
    pub fn send(&mut self, stream: u32, bytes: Bytes) -> Option<Frame> {
        if bytes.is_empty() || bytes.len() > self.room(stream) {
            return None;
        }
        self.all.get_mut(&stream)?.room -= bytes.len() as u32;
        Some(Frame::Data(stream, bytes))
    }

    /// Sends no more on a stream; none when it is over already.
    pub fn end(&mut self, stream: u32) -> Option<Frame> {
        let one = self.all.get_mut(&stream).filter(|s| s.connected && !s.we_ended)?;
        one.we_ended = true;
        if one.they_ended {
            self.all.remove(&stream);
        }
        Some(Frame::End(stream))
    }

    /// Breaks a stream off; none when it is over already.
    pub fn reset(&mut self, stream: u32) -> Option<Frame> {
        self.all.remove(&stream).map(|_| Frame::Reset(stream))
    }

    /// So many bytes that came were taken: what to grant for it, in large pieces.
    pub fn took(&mut self, stream: u32, bytes: usize) -> Option<Frame> {
        let one = self.all.get_mut(&stream)?;
        one.taken += bytes as u32;
        if one.taken < WINDOW / 2 || one.they_ended {
            return None;
        }
        let granted = std::mem::take(&mut one.taken);
        one.window += granted;
        Some(Frame::Credit(stream, granted))
    }

    /// How many streams are not over.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// What a frame of the other side means; none when it is about a stream that is over here.
    ///
    /// # Errors
    /// When it breaks the rules: the other side is not what it should be.
    pub fn heard(&mut self, frame: Frame) -> Result<Option<StreamEvent>, String> {
        let (stream, client) = match &frame {
            Frame::Ping => return Ok(Some(StreamEvent::Alive)),
            Frame::Bye => return Ok(Some(StreamEvent::Bye)),
            Frame::Hello(VERSION) => return Ok(Some(StreamEvent::Hello)),
            Frame::Hello(other) => return Err(format!("the relay speaks version {other}")),
            Frame::Open(stream, to) => {
                if self.side == Side::Client || *stream <= self.last {
                    return Err(format!("stream {stream} opened out of turn"));
                }
                self.begin(*stream);
                return Ok(Some(StreamEvent::Asked(*stream, to.clone())));
            }
            Frame::Opened(stream) | Frame::Refused(stream, _) => (*stream, true),
            Frame::Data(stream, _) | Frame::End(stream) | Frame::Reset(stream) | Frame::Credit(stream, _) => {
                (*stream, false)
            }
        };
        let wrong = |what: &str| Err(format!("{what} on stream {stream}"));
        if stream > self.last || stream == 0 || (client && self.side == Side::Relay) {
            return wrong("words out of turn");
        }
        let Some(one) = self.all.get_mut(&stream) else { return Ok(None) };
        let happened = match frame {
            Frame::Opened(_) if one.connected => return wrong("a second connection"),
            Frame::Opened(_) => {
                one.connected = true;
                StreamEvent::Opened(stream)
            }
            Frame::Refused(..) if one.connected => return wrong("a late refusal"),
            Frame::Refused(_, why) => {
                self.all.remove(&stream);
                StreamEvent::Refused(stream, String::from_utf8_lossy(&why).into_owned())
            }
            Frame::Reset(_) => {
                self.all.remove(&stream);
                StreamEvent::Reset(stream)
            }
            _ if !one.connected => return wrong("words before the connection"),
            Frame::Data(..) | Frame::End(_) if one.they_ended => return wrong("words after the end"),
            Frame::Data(_, bytes) => {
                one.window = match one.window.checked_sub(bytes.len() as u32) {
                    Some(left) => left,
                    None => return wrong("more than was granted"),
                };
                StreamEvent::Data(stream, bytes)
            }
            Frame::End(_) => {
                one.they_ended = true;
                if one.we_ended {
                    self.all.remove(&stream);
                }
                StreamEvent::Ended(stream)
            }
            Frame::Credit(_, bytes) => {
                one.room = match one.room.checked_add(bytes) {
                    Some(room) if room <= WINDOW => room,
                    _ => return wrong("more room than there can be"),
                };
                StreamEvent::Room(stream)
            }
            Frame::Hello(_) | Frame::Open(..) | Frame::Ping | Frame::Bye => return Ok(None),
        };
        Ok(Some(happened))
    }
}

#[cfg(test)]
mod tests;
