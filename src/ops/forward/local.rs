//! The side of a connection that is here.

use std::cell::Cell;
use std::pin::pin;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;

use crate::ops::forward::shared::{Mouth, PIECE, Stream};
use crate::ops::forward::{Carried, Failure, Where};

/// Copies between a connection and a stream until both directions have ended, one of the two is broken off, or `closing`
/// turns true.
pub(super) async fn carry(
    stream: Stream,
    mut local: TcpStream,
    mut closing: watch::Receiver<bool>,
) -> Result<Carried, Failure> {
    let (sent, received) = (Cell::new(0), Cell::new(0));
    let ended = tokio::select! {
        ended = both(stream, &mut local, &sent, &received) => ended,
        _ = closing.wait_for(|c| *c) => Ok(()),
    };
    if let Err(failure) = &ended
        && failure.at != Where::Local
    {
        // Broken off there, so broken off here: an end would look like a whole answer.
        drop(local.set_zero_linger());
    }
    ended.map(|()| Carried { sent: sent.get(), received: received.get() })
}

async fn both(
    stream: Stream,
    local: &mut TcpStream,
    sent: &Cell<u64>,
    received: &Cell<u64>,
) -> Result<(), Failure> {
    let mouth = stream.mouth();
    let (read, write) = local.split();
    let mut rising = pin!(rise(read, &mouth, sent));
    let mut falling = pin!(fall(stream, write, &mouth, received));
    let mut stream = tokio::select! {
        risen = &mut rising => {
            risen?;
            return falling.await.map(drop);
        }
        fallen = &mut falling => fallen?,
    };
    tokio::select! {
        risen = &mut rising => risen,
        failure = stream.failure() => Err(failure),
    }
}

async fn rise(mut read: ReadHalf<'_>, mouth: &Mouth, sent: &Cell<u64>) -> Result<(), Failure> {
    let mut buffer = BytesMut::new();
    loop {
        let room = mouth.room().await;
        buffer.reserve(PIECE);
        let mut piece = buffer.split_off(0);
        piece.resize(room, 0);
        let n = read.read(&mut piece).await.map_err(|e| Failure::local(&e))?;
        if n == 0 {
            mouth.end();
            return Ok(());
        }
        piece.truncate(n);
        sent.set(sent.get() + n as u64);
        mouth.send(piece.freeze()).await;
    }
}

/// Gives the stream back once nothing more comes.
async fn fall(
    mut stream: Stream,
    mut write: WriteHalf<'_>,
    mouth: &Mouth,
    received: &Cell<u64>,
) -> Result<Stream, Failure> {
    while let Some(bytes) = stream.data().await? {
        write.write_all(&bytes).await.map_err(|e| Failure::local(&e))?;
        received.set(received.get() + bytes.len() as u64);
        mouth.took(bytes.len());
    }
    write.shutdown().await.map_err(|e| Failure::local(&e))?;
    Ok(stream)
}
