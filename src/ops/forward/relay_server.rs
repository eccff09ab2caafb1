//! The relay of our own: what `fleet util relay` does in a task.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::model::relay::streams::VERSION;
use crate::model::relay::{Decoder, Frame, SILENCE, Side, StreamEvent};
use crate::ops::forward::carry;
use crate::ops::forward::multiplexer::{Multiplexer, PIECE, Stream};

/// Carries connections until there is no more input. Must be called in a `LocalSet`.
///
/// # Errors
/// When what comes is no frame, nothing can be told, or nothing has come for 30 s: nobody else would end it then.
pub async fn serve(input: mpsc::Receiver<io::Result<Bytes>>, output: mpsc::Sender<Bytes>) -> io::Result<()> {
    let (multiplexer, frames) = Multiplexer::new(Side::Relay);
    multiplexer.queue(Some(Frame::Hello(VERSION)));
    tokio::select! {
        ended = listen(&multiplexer, input) => ended,
        () = speak(&multiplexer, frames, output) => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

async fn listen(
    multiplexer: &Rc<Multiplexer>,
    mut input: mpsc::Receiver<io::Result<Bytes>>,
) -> io::Result<()> {
    let (silence, never) = (Duration::from_secs(SILENCE.into()), watch::Sender::new(false));
    let mut decoder = Decoder::default();
    loop {
        match timeout(silence, input.recv()).await {
            Ok(Some(bytes)) => decoder.feed(&bytes?),
            Ok(None) => return Ok(()),
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        }
        while let Some(frame) = decoder.frame().map_err(io::Error::other)? {
            match multiplexer.dispatch(frame).map_err(io::Error::other)? {
                Some(StreamEvent::Alive) => multiplexer.queue(Some(Frame::Ping)),
                Some(StreamEvent::Asked(number, to)) => {
                    drop(spawn_local(connection(multiplexer.stream(number), to, never.subscribe())));
                }
                _ => {}
            }
        }
    }
}

async fn speak(
    multiplexer: &Multiplexer,
    mut frames: mpsc::UnboundedReceiver<Frame>,
    output: mpsc::Sender<Bytes>,
) {
    while let Some(first) = frames.recv().await {
        let mut piece = Vec::with_capacity(2 * PIECE);
        multiplexer.gather(first, &mut frames, &mut piece);
        if output.send(piece.into()).await.is_err() {
            return;
        }
    }
}

async fn connection(mut stream: Stream, to: Bytes, never: watch::Receiver<bool>) {
    let connected = tokio::select! {
        connected = connect(&to) => connected,
        () = stream.broken_off() => return,
    };
    match connected {
        Ok(there) => {
            there.set_nodelay(true).ok();
            stream.accept();
            // The other end is told by the stream.
            drop(carry::carry(stream, there, never).await);
        }
        Err(why) => stream.refuse(&why),
    }
}

/// The first of the addresses that answers; else the first reason.
async fn connect(to: &[u8]) -> Result<TcpStream, String> {
    let to = String::from_utf8_lossy(to);
    let mut words = to.split(' ');
    let port = words.next().and_then(|p| p.parse().ok()).ok_or("no port was named")?;
    let mut first = None;
    for host in words {
        let Ok(ip) = host.parse::<IpAddr>() else { continue };
        match TcpStream::connect(SocketAddr::new(ip, port)).await {
            Ok(stream) => return Ok(stream),
            Err(e) => first = first.or(Some(e)),
        }
    }
    let why = first.map_or_else(|| "no address was named".to_owned(), |e| e.to_string());
    // The other programs tell no numbers either.
    Err(why.split(" (os error").next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::relay::WINDOW;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::task::LocalSet;

    /// What a client says and hears.
    struct Client {
        queue: mpsc::Sender<io::Result<Bytes>>,
        heard: mpsc::Receiver<Bytes>,
        decoder: Decoder,
    }

    impl Client {
        fn new() -> (Self, tokio::task::JoinHandle<io::Result<()>>) {
            let (queue, input) = mpsc::channel(2);
            let (output, heard) = mpsc::channel(2);
            (Client { queue, heard, decoder: Decoder::default() }, spawn_local(serve(input, output)))
        }

        async fn queue(&self, frames: &[Frame]) {
            let mut bytes = Vec::new();
            frames.iter().for_each(|f| f.encode(&mut bytes));
            self.queue.send(Ok(bytes.into())).await.unwrap();
        }

        async fn dispatch(&mut self) -> Frame {
            loop {
                if let Some(frame) = self.decoder.frame().unwrap() {
                    return frame;
                }
                self.decoder.feed(&self.heard.recv().await.unwrap());
            }
        }
    }

    #[tokio::test]
    async fn connections_are_opened_refused_ended_and_broken_off() {
        LocalSet::new()
            .run_until(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let port = listener.local_addr().unwrap().port();
                let (mut client, served) = Client::new();
                assert_eq!(client.dispatch().await, Frame::Hello(VERSION));
                client.queue(&[Frame::Ping, Frame::Open(1, format!("{port} ::1 127.0.0.1").into())]).await;
                assert_eq!(client.dispatch().await, Frame::Ping);
                assert_eq!(client.dispatch().await, Frame::Opened(1));
                let (mut there, _) = listener.accept().await.unwrap();
                client.queue(&[Frame::Data(1, "hello".into()), Frame::End(1)]).await;
                let mut came = Vec::new();
                there.read_to_end(&mut came).await.unwrap();
                assert_eq!(came, b"hello");
                // More than a window waits until what came was taken.
                let writing = spawn_local(async move {
                    there.write_all(&vec![7; WINDOW as usize + 1]).await.unwrap();
                });
                let mut got = 0;
                while got < WINDOW as usize + 1 {
                    match client.dispatch().await {
                        Frame::Data(1, bytes) => got += bytes.len(),
                        other => panic!("{other:?}"),
                    }
                    if got == WINDOW as usize {
                        client.queue(&[Frame::Credit(1, WINDOW)]).await;
                    }
                }
                writing.await.unwrap();
                assert_eq!(client.dispatch().await, Frame::End(1));
                client.queue(&[Frame::Open(2, format!("{port} 127.0.0.1").into())]).await;
                assert_eq!(client.dispatch().await, Frame::Opened(2));
                // Broken off there: what was written before that still comes.
                let (mut there, _) = listener.accept().await.unwrap();
                there.write_all(b"half").await.unwrap();
                assert_eq!(client.dispatch().await, Frame::Data(2, "half".into()));
                there.set_zero_linger().unwrap();
                drop(there);
                assert_eq!(client.dispatch().await, Frame::Reset(2));
                drop(listener);
                client.queue(&[Frame::Open(3, format!("{port} 127.0.0.1").into())]).await;
                assert_eq!(client.dispatch().await, Frame::Refused(3, "Connection refused".into()));
                drop(client);
                served.await.unwrap().unwrap();
            })
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn it_leaves_when_nothing_is_heard() {
        LocalSet::new()
            .run_until(async {
                let (client, served) = Client::new();
                tokio::time::sleep(Duration::from_secs(20)).await;
                client.queue(&[Frame::Ping]).await;
                tokio::time::sleep(Duration::from_secs(20)).await;
                assert!(!served.is_finished());
                tokio::time::sleep(Duration::from_secs(11)).await;
                assert_eq!(served.await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
            })
            .await;
    }
}
