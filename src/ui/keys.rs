//! stdin as it comes: keys of a terminal, bytes of a pipe. And stdout for bytes between programs.

use std::io::{self, Read as _, Write as _};

use bytes::Bytes;
use tokio::sync::mpsc;

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// The pieces of stdin, read by a thread of its own no faster than they are taken. The thread may outlast the run: a read of
/// a terminal cannot be called off, and the end of the process ends it.
#[must_use]
pub fn stdin() -> mpsc::Receiver<io::Result<Bytes>> {
    let (send, pieces) = mpsc::channel(2);
    let read = move || {
        let mut buffer = vec![0; PIECE];
        loop {
            let piece = match io::stdin().lock().read(&mut buffer) {
                Ok(0) => return,
                Ok(n) => Ok(Bytes::copy_from_slice(&buffer[..n])),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => Err(e),
            };
            let failed = piece.is_err();
            if send.blocking_send(piece).is_err() || failed {
                return;
            }
        }
    };
    // Without a thread stdin counts as empty, and the receiver sees its end.
    drop(std::thread::Builder::new().name("stdin".to_owned()).spawn(read));
    pieces
}

/// Writes bytes to stdout in a thread of its own, so that a slow reader holds nothing else up. It accepts none once writing failed.
#[must_use]
pub fn stdout() -> mpsc::Sender<Bytes> {
    let (pieces, mut taken) = mpsc::channel::<Bytes>(2);
    let write = move || {
        let mut out = io::stdout().lock();
        while let Some(piece) = taken.blocking_recv() {
            if out.write_all(&piece).and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    };
    // Without a thread nothing is written, and the sender gets an error.
    drop(std::thread::Builder::new().name("stdout".to_owned()).spawn(write));
    pieces
}
