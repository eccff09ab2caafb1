//! A session and a program for each connection, where no interpreter carries them all.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::api::nomad::exec::{self, Heard, Input, Output};
use crate::ops::exec::launch::{SHELL, quoted};
use crate::ops::forward::{At, Carried, Failure, Goal};

/// A program that copies one connection. Those that can end one direction come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// socat.
    Socat,
    /// Any nc.
    Netcat,
    /// The nc inside busybox, where it has no name of its own.
    Busybox,
    /// bash's own sockets: it cannot end one direction and keep the other.
    Bash,
}

impl Tool {
    /// The best first.
    pub(super) const ALL: [Tool; 4] = [Tool::Socat, Tool::Netcat, Tool::Busybox, Tool::Bash];

    /// How messages call it.
    #[must_use]
    pub(super) fn program(self) -> &'static str {
        match self {
            Tool::Socat => "socat",
            Tool::Netcat => "nc",
            Tool::Busybox => "busybox nc",
            Tool::Bash => "bash",
        }
    }

    /// Its name as one word.
    pub(super) fn word(self) -> &'static str {
        self.program().split(' ').next().unwrap_or_default()
    }

    /// What a shell finds it by.
    pub(super) fn look(self) -> &'static str {
        match self {
            Tool::Socat => "command -v socat >/dev/null 2>&1",
            Tool::Netcat => "command -v nc >/dev/null 2>&1",
            Tool::Busybox => "busybox --list 2>/dev/null | grep -qx nc",
            Tool::Bash => {
                "command -v bash >/dev/null 2>&1 && ! LC_ALL=C bash -c ': </dev/tcp/127.0.0.1/1' 2>&1 | grep -q 'No such file'"
            }
        }
    }

    pub(super) fn half_closes(self) -> bool {
        self == Tool::Socat
    }

    /// What the shell runs: the tool, and after its end a line on stderr that says so. No frame of Nomad's does while stdin is open.
    fn script(self, port: u16, mark: &str) -> String {
        let relay = match self {
            Tool::Socat => format!("socat -t 60 - TCP:127.0.0.1:{port}"),
            Tool::Netcat => format!("nc 127.0.0.1 {port}"),
            Tool::Busybox => format!("busybox nc 127.0.0.1 {port}"),
            Tool::Bash => {
                let inner =
                    format!("exec 3<>/dev/tcp/127.0.0.1/{port} || exit 1; cat <&0 >&3 2>/dev/null & cat <&3");
                format!("bash -c {}", quoted(&inner))
            }
        };
        format!("{relay}\necho '{mark}'$? >&2\n")
    }
}

/// A tool in a task.
#[derive(Debug)]
pub struct Single {
    pub(super) at: Rc<At>,
    pub(super) tool: Tool,
}

/// How often a quiet connection is kept alive.
const PING: Duration = Duration::from_secs(10);
/// How much a relay may say before it is cut off.
const MOST_WORDS: usize = 8 * 1024;

/// How long a relay may take to end once nobody here wants its words any more.
const FAREWELL: Duration = Duration::from_secs(5);

impl Single {
    pub(super) async fn carry(
        &self,
        goal: &Goal,
        local: TcpStream,
        closing: watch::Receiver<bool>,
    ) -> Result<Carried, Failure> {
        let At { http, permission, spot } = &*self.at;
        let mark = format!("\u{1e}fleet:{:016x}:", fastrand::u64(..));
        let words = [SHELL.to_owned(), "-c".to_owned(), self.tool.script(goal.port, &mark)];
        let call = exec::command(&spot.alloc_id, &spot.task, false, &words);
        let (input, output) = exec::open(http, permission, &call).await.map_err(|e| Failure::from(&e))?;
        let (read, write) = local.into_split();
        let up = Up { sent: Cell::new(0), ended: Notify::new() };
        let mut rising = pin!(up.run(read, input, closing));
        let mut falling = pin!(down(write, output, &mark, goal.port, &up.ended));
        tokio::select! {
            never = &mut rising => match never {},
            received = &mut falling => received.map(|received| Carried { sent: up.sent.get(), received }),
        }
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
        match heard.map_err(|e| Failure::from(&e))? {
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
        return Err(Failure::local(&e));
    }
    if received == 0 && code.is_none_or(|c| c != 0) {
        let said = String::from_utf8_lossy(&said).lines().last().unwrap_or_default().trim().to_owned();
        return Err(Failure::not_listening(port, &said));
    }
    drop(write.shutdown().await);
    Ok(received)
}
