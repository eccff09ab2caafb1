//! One connection: carried by one session, ended by whoever ends it first.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::api::Error as ApiError;
use crate::api::http::Http;
use crate::api::nomad::exec::{self, Heard, Input, Output};
use crate::api::permission::Permission;
use crate::ops::exec::Spot;
use crate::ops::exec::launch::SHELL;
use crate::ops::forward::Relay;

/// What was carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Carried {
    /// Bytes to the task.
    pub sent: u64,
    /// Bytes from it.
    pub received: u64,
}

/// Where a connection broke.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// On this side.
    #[error("the connection here broke: {0}")]
    Local(std::io::Error),
    /// Between here and the node.
    #[error("{0}")]
    Api(ApiError),
    /// The relay ended without a connection.
    #[error("nothing listens on port {port} in the task: {said}")]
    NotListening {
        /// The port.
        port: u16,
        /// What the relay said.
        said: String,
    },
}

/// How often a quiet connection is kept alive.
const PING: Duration = Duration::from_secs(10);
/// How much a relay may say before it is cut off.
const MOST_WORDS: usize = 8 * 1024;

/// How long a relay may take to end once nobody here wants its words any more.
const FAREWELL: Duration = Duration::from_secs(5);

/// Carries a connection to a port of the task until both sides have ended, or `closing` turns true.
///
/// # Errors
/// Where it broke.
pub async fn carry(
    (http, permission, spot): (&Http, &Permission, &Spot),
    relay: Relay,
    port: u16,
    local: TcpStream,
    closing: watch::Receiver<bool>,
) -> Result<Carried, Failure> {
    let mark = format!("\u{1e}fleet:{:016x}:", fastrand::u64(..));
    let words = [SHELL.to_owned(), "-c".to_owned(), relay.script(port, &mark)];
    let call = exec::command(&spot.alloc_id, &spot.task, false, &words);
    let (input, output) = exec::open(http, permission, &call).await.map_err(Failure::Api)?;
    let (read, write) = local.into_split();
    let up = Up { sent: Cell::new(0), ended: Notify::new() };
    let mut rising = pin!(up.run(read, input, closing));
    let mut falling = pin!(down(write, output, &mark, port, &up.ended));
    tokio::select! {
        never = &mut rising => match never {},
        received = &mut falling => received.map(|received| Carried { sent: up.sent.get(), received }),
    }
}

/// The direction to the task.
struct Up {
    sent: Cell<u64>,
    /// Told when the other direction is over, and so this one.
    ended: Notify,
}

impl Up {
    /// Passes bytes on, and the end of stdin exactly once; then keeps the session alive. The relay lives as long as its stdin is
    /// open: Nomad ends nothing by itself.
    async fn run(
        &self,
        mut read: OwnedReadHalf,
        mut input: Input,
        mut closing: watch::Receiver<bool>,
    ) -> Infallible {
        let mut open = true;
        let mut buffer = vec![0; exec::STDIN_PIECE];
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        loop {
            let ends = async {
                tokio::select! {
                    () = self.ended.notified() => {}
                    _ = closing.wait_for(|c| *c) => {}
                }
            };
            let passed = tokio::select! {
                n = read.read(&mut buffer), if open => match n {
                    Ok(n @ 1..) => {
                        self.sent.set(self.sent.get() + n as u64);
                        input.stdin(&buffer[..n]).await
                    }
                    // An end, also one by force, is passed on as an end.
                    Ok(0) | Err(_) => {
                        open = false;
                        input.end_stdin().await
                    }
                },
                () = ends, if open => {
                    open = false;
                    input.end_stdin().await
                }
                _ = ping.tick() => input.ping().await,
            };
            if passed.is_err() {
                return std::future::pending().await;
            }
        }
    }
}

/// The direction from the task, until the relay's end was seen and everything it said has come.
async fn down(
    mut write: OwnedWriteHalf,
    mut output: Output,
    mark: &str,
    port: u16,
    ended: &Notify,
) -> Result<u64, Failure> {
    let (mut received, mut said, mut code) = (0, Vec::new(), None::<i32>);
    let mut gone = None;
    loop {
        let heard = match &gone {
            None => output.next().await,
            Some(_) => match timeout(FAREWELL, output.next()).await {
                Ok(heard) => heard,
                Err(_) => break,
            },
        };
        match heard.map_err(Failure::Api)? {
            Heard::Stdout(bytes) if gone.is_none() => {
                received += bytes.len() as u64;
                if let Err(e) = write.write_all(&bytes).await {
                    // Nobody here wants more of it: the relay is told by the end of its stdin.
                    ended.notify_one();
                    gone = Some(e);
                }
            }
            Heard::Stderr(bytes) => {
                said.extend_from_slice(&bytes[..bytes.len().min(MOST_WORDS.saturating_sub(said.len()))]);
                let text = String::from_utf8_lossy(&said).into_owned();
                if let Some((before, after)) = text.split_once(mark)
                    && after.ends_with('\n')
                {
                    code = Some(after.trim().parse().unwrap_or(1));
                    said = before.as_bytes().to_vec();
                    ended.notify_one();
                }
            }
            Heard::Exited(_) => break,
            Heard::Stdout(_) | Heard::StdoutEnd | Heard::StderrEnd | Heard::Alive => {}
        }
    }
    if let Some(e) = gone {
        return Err(Failure::Local(e));
    }
    if received == 0 && code.is_none_or(|c| c != 0) {
        let said = String::from_utf8_lossy(&said).lines().last().unwrap_or_default().trim().to_owned();
        return Err(Failure::NotListening { port, said });
    }
    drop(write.shutdown().await);
    Ok(received)
}
