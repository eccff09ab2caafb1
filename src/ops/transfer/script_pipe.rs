//! The way out of here: whole pieces, no faster than they may be.

use std::io::{self, Write};
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::error::Error;
use crate::ops::exec::shell_session::ScriptInput;
use crate::ops::transfer::progress::Progress;
use crate::ops::transfer::rate_limit::{PieceSize, RateLimit};

/// What is on its way out, before it has somewhere to go.
pub(super) struct Outgoing {
    pub(super) progress: Arc<Progress>,
    rate_limit: RateLimit,
    pieces: PieceSize,
    clock: Handle,
}

impl Outgoing {
    /// Bytes a second at most; no limit when none.
    pub(super) fn new(rate: Option<u64>, progress: Arc<Progress>) -> Self {
        let (rate_limit, pieces) = (RateLimit::new(rate), PieceSize::new(rate));
        Outgoing { progress, rate_limit, pieces, clock: Handle::current() }
    }

    /// From here on it goes to a script.
    pub(super) fn into(self, feed: ScriptInput) -> ScriptPipe {
        ScriptPipe { feed, partial: Vec::with_capacity(self.pieces.size()), out: self }
    }
}

/// Passes on what is written, on a thread that may wait.
pub(super) struct ScriptPipe {
    feed: ScriptInput,
    partial: Vec<u8>,
    out: Outgoing,
}

impl ScriptPipe {
    fn pass(&mut self, upto: usize) -> io::Result<()> {
        let begun = Instant::now();
        let sent = self.feed.pass(&self.partial[..upto])?;
        self.out.pieces.took(begun.elapsed());
        self.partial.drain(..upto);
        let wait = self.out.rate_limit.after(sent);
        if !wait.is_zero() {
            self.out.clock.block_on(tokio::time::sleep(wait));
        }
        self.out.progress.add(upto as u64);
        Ok(())
    }

    /// Passes on what is left.
    pub(super) fn finish(mut self) -> io::Result<Outgoing> {
        if !self.partial.is_empty() {
            self.pass(self.partial.len())?;
        }
        Ok(self.out)
    }
}

impl Write for ScriptPipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.partial.extend_from_slice(bytes);
        while self.partial.len() >= self.out.pieces.size() {
            self.pass(self.out.pieces.size())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why something was not read, or not passed on.
pub(super) fn read_error(e: &io::Error) -> Error {
    // The session's own end says why it took no more.
    if e.kind() == io::ErrorKind::BrokenPipe {
        return Error::transport("the session has ended");
    }
    Error::failed("could not read what is to be copied").because(e.to_string())
}
