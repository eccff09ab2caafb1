//! A connection on this side of a line, and its stream: here the client's, in a task the server's.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::ops::forward::multiplexer::{PIECE, Stream, StreamSender};
use crate::ops::forward::{BrokenAt, Carried, ForwardError};

/// How long what was written before a connection broke off may still be read.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What has passed so far.
#[derive(Default)]
struct Passed {
    sent: Cell<u64>,
    received: Cell<u64>,
    /// Whether nobody takes what comes any more: then the end of what is read is no orderly one.
    deaf: Cell<bool>,
}

/// Copies between a connection and a stream until both directions have ended, one of the two is broken off, or `closing`
/// turns true.
pub(super) async fn carry(
    stream: Stream,
    mut local: TcpStream,
    mut closing: watch::Receiver<bool>,
) -> Result<Carried, ForwardError> {
    let passed = Passed::default();
    let ended = tokio::select! {
        ended = both(stream, &mut local, &passed) => ended,
        _ = closing.wait_for(|c| *c) => Ok(()),
    };
    if let Err(failure) = &ended
        && failure.at != BrokenAt::Local
    {
        // Broken off there, so broken off here: an end would look like a whole answer.
        drop(local.set_zero_linger());
    }
    ended.map(|()| Carried { sent: passed.sent.get(), received: passed.received.get() })
}

async fn both(stream: Stream, local: &mut TcpStream, passed: &Passed) -> Result<(), ForwardError> {
    let sender = stream.sender();
    let (read, write) = local.split();
    let mut sending = pin!(send_direction(read, &sender, passed));
    let mut receiving = pin!(receive_direction(stream, write, &sender, passed));
    let (mut stream, deaf) = tokio::select! {
        sent = &mut sending => {
            sent?;
            return receiving.await?.1.map_or(Ok(()), Err);
        }
        received = &mut receiving => received?,
    };
    if let Some(failure) = deaf {
        drop(timeout(LAST_WORDS, sending).await);
        return Err(failure);
    }
    tokio::select! {
        sent = &mut sending => sent,
        failure = stream.failure() => Err(failure),
    }
}

async fn send_direction(
    mut read: ReadHalf<'_>,
    sender: &StreamSender,
    passed: &Passed,
) -> Result<(), ForwardError> {
    let mut buffer = BytesMut::new();
    loop {
        let room = sender.room().await;
        buffer.reserve(PIECE);
        let mut piece = buffer.split_off(0);
        piece.resize(room, 0);
        let n = read.read(&mut piece).await.map_err(|e| ForwardError::local(&e))?;
        if n == 0 {
            if !passed.deaf.get() {
                sender.end();
            }
            return Ok(());
        }
        piece.truncate(n);
        passed.sent.set(passed.sent.get() + n as u64);
        sender.send(piece.freeze()).await;
    }
}

/// Gives the stream back once nothing more comes, or is taken: why.
async fn receive_direction(
    mut stream: Stream,
    mut write: WriteHalf<'_>,
    sender: &StreamSender,
    passed: &Passed,
) -> Result<(Stream, Option<ForwardError>), ForwardError> {
    while let Some(bytes) = stream.data().await? {
        if let Err(e) = write.write_all(&bytes).await {
            passed.deaf.set(true);
            return Ok((stream, Some(ForwardError::local(&e))));
        }
        passed.received.set(passed.received.get() + bytes.len() as u64);
        sender.took(bytes.len());
    }
    // Whoever is gone needs no end.
    drop(write.shutdown().await);
    Ok((stream, None))
}
