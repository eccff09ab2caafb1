//! The way out of here: whole pieces, no faster than they may be.

use std::io::{self, Write};
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::error::Error;
use crate::ops::exec::talk::Feed;
use crate::ops::transfer::meter::Meter;
use crate::ops::transfer::pace::{Pace, Pieces};

/// What is on its way out, before it has somewhere to go.
pub(super) struct Outgoing {
    pub(super) meter: Arc<Meter>,
    pace: Pace,
    pieces: Pieces,
    clock: Handle,
}

impl Outgoing {
    /// Bytes a second at most; no limit when none.
    pub(super) fn new(rate: Option<u64>, meter: Arc<Meter>) -> Self {
        let (pace, pieces) = (Pace::new(rate), Pieces::new(rate));
        Outgoing { meter, pace, pieces, clock: Handle::current() }
    }

    /// From here on it goes to a script.
    pub(super) fn into(self, feed: Feed) -> Pipe {
        Pipe { feed, held: Vec::with_capacity(self.pieces.size()), out: self }
    }
}

/// Passes on what is written, on a thread that may wait.
pub(super) struct Pipe {
    feed: Feed,
    held: Vec<u8>,
    out: Outgoing,
}

impl Pipe {
    fn pass(&mut self, upto: usize) -> io::Result<()> {
        let begun = Instant::now();
        let sent = self.feed.pass(&self.held[..upto])?;
        self.out.pieces.took(begun.elapsed());
        self.held.drain(..upto);
        let wait = self.out.pace.after(sent);
        if !wait.is_zero() {
            self.out.clock.block_on(tokio::time::sleep(wait));
        }
        self.out.meter.add(upto as u64);
        Ok(())
    }

    /// Passes on what is left.
    pub(super) fn finish(mut self) -> io::Result<Outgoing> {
        if !self.held.is_empty() {
            self.pass(self.held.len())?;
        }
        Ok(self.out)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        while self.held.len() >= self.out.pieces.size() {
            self.pass(self.out.pieces.size())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why something was not read, or not passed on.
pub(super) fn unread(e: &io::Error) -> Error {
    // The session's own end says why it took no more.
    if e.kind() == io::ErrorKind::BrokenPipe {
        return Error::transport("the session has ended");
    }
    Error::failed("could not read what is to be copied").because(e.to_string())
}
