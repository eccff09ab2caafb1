//! A session and a program for each connection, where no interpreter carries them all.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::api::error::Error as ApiError;
use crate::api::nomad::exec::{self, ExecMessage, Input, Output};
use crate::ops::exec::Access;
use crate::ops::exec::launch::{Marker, SHELL, end_mark};
use crate::ops::exec::limits::PING_INTERVAL;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::forward::watchdog::Watchdog;
use crate::ops::forward::{BrokenAt, Carried, Destination, ForwardError};
use crate::ops::ticker::Ticker;

/// A program that copies one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// socat. When the target ends first and the client does not, that is told a minute late.
    Socat,
    /// The nc inside busybox.
    Busybox,
    /// bash's own sockets: it cannot end one direction and keep the other.
    Bash,
    /// Any nc: most do not tell that the target has ended.
    Netcat,
}

const BASH_RELAY: &str = include_str!("scripts/bash_relay.sh");

impl Tool {
    /// The best first.
    pub(super) const ALL: [Tool; 4] = [Tool::Socat, Tool::Busybox, Tool::Bash, Tool::Netcat];

    /// How messages call it.
    #[must_use]
    pub(super) fn program(self) -> &'static str {
        match self {
            Tool::Socat => "socat",
            Tool::Busybox => "busybox nc",
            Tool::Bash => "bash",
            Tool::Netcat => "nc",
        }
    }

    /// Its name as one word.
    pub(super) fn word(self) -> &'static str {
        self.program().split(' ').next().unwrap_or_default()
    }

    /// What a shell finds it by. All need `sleep`, to leave in time.
    pub(super) fn look(self) -> &'static str {
        match self {
            Tool::Socat => "command -v socat >/dev/null 2>&1",
            Tool::Busybox => "busybox --list 2>/dev/null | grep -qx nc",
            Tool::Bash => {
                "command -v bash >/dev/null 2>&1 && bash -c 'wait -n; [ $? = 127 ]' 2>/dev/null && \
                 ! LC_ALL=C bash -c ': </dev/tcp/127.0.0.1/1' 2>&1 | grep -q 'No such file'"
            }
            Tool::Netcat => "command -v nc >/dev/null 2>&1",
        }
    }

    pub(super) fn half_closes(self) -> bool {
        matches!(self, Tool::Socat | Tool::Busybox)
    }

    fn command(self, port: u16) -> String {
        match self {
            Tool::Socat => format!("socat -t 60 - TCP:127.0.0.1:{port}"),
            Tool::Busybox => format!("busybox nc 127.0.0.1 {port}"),
            Tool::Bash => {
                let script = Script::default().set("PORT", port).then(BASH_RELAY);
                format!("bash -c {}", quoted(script.text()))
            }
            // OpenBSD's passes the client's end on only when it is told to.
            Tool::Netcat => format!(
                "nc $(nc -h 2>&1 | grep -q 'N.*Shutdown the network socket' && echo -N) 127.0.0.1 {port}"
            ),
        }
    }

    /// What the shell runs.
    fn script(self, port: u16, watchdog: &Watchdog, nonce: u64) -> Script {
        Script::default()
            .set("TOOL", self.command(port))
            .set("WATCHDOG", watchdog.pid())
            .set("END_MARK", end_mark(nonce))
            .then(include_str!("scripts/run_tool.sh"))
    }
}

/// A tool in a task.
#[derive(Debug)]
pub struct RelayPerConnection {
    at: Rc<Access>,
    pub(super) tool: Tool,
    pub(super) watchdog: Watchdog,
}
/// Where the tools connect to.
const LOCALHOST: &str = "127.0.0.1";
/// How much a relay may say before it is cut off.
const MOST_WORDS: usize = 8 * 1024;
/// How long a relay may take to end once nobody here wants its words any more.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
/// The code of a relay that was ended because its keeper was.
const LEFT: u32 = 128 + 15;

impl RelayPerConnection {
    /// Carries connections by this tool. Must be called in a `LocalSet`.
    pub(super) async fn new(at: &Rc<Access>, tool: Tool) -> Result<Self, ApiError> {
        Ok(RelayPerConnection { at: Rc::clone(at), tool, watchdog: Watchdog::start(at).await? })
    }

    pub(super) async fn carry(
        &self,
        destination: &Destination,
        mut local: TcpStream,
        closing: watch::Receiver<bool>,
    ) -> Result<Carried, ForwardError> {
        let Access { http, permission, task_ref } = &*self.at;
        // The tools know this address only.
        if !destination.hosts.iter().any(|host| host == LOCALHOST) {
            return Err(ForwardError::own_listener(destination.port));
        }
        let nonce = fastrand::u64(..);
        let script = self.tool.script(destination.port, &self.watchdog, nonce);
        let words = [SHELL, "-c", script.text()].map(str::to_owned);
        let call = exec::command(&task_ref.alloc_id, &task_ref.task, false, &words);
        let (input, output) =
            exec::open(http, permission, &call).await.map_err(|e| ForwardError::from(&e))?;
        let (read, write) = local.split();
        let up = Up { sent: Cell::new(0), ended: Notify::new() };
        let received = {
            let mut rising = pin!(up.run(read, input, closing));
            let mut falling = pin!(down(write, output, Marker::of_end(nonce), destination.port, &up.ended));
            tokio::select! {
                never = &mut rising => match never {},
                received = &mut falling => received,
            }
        };
        if received.as_ref().is_err_and(|f| f.at != BrokenAt::Local) {
            // Broken off there, so broken off here: an end would look like a whole answer.
            drop(local.set_zero_linger());
        }
        received.map(|received| Carried { sent: up.sent.get(), received })
    }
}

/// The direction to the task.
struct Up {
    sent: Cell<u64>,
    /// Told when the other direction is over, and so this one.
    ended: Notify,
}

impl Up {
    /// Passes bytes on, and the end of stdin exactly once; then keeps the session alive.
    async fn run(
        &self,
        mut read: ReadHalf<'_>,
        mut input: Input,
        mut closing: watch::Receiver<bool>,
    ) -> Infallible {
        let mut open = true;
        let mut buffer = vec![0; exec::STDIN_PIECE];
        let mut ping = Ticker::every(PING_INTERVAL);
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
                () = ping.tick() => input.ping().await,
            };
            if passed.is_err() {
                return std::future::pending().await;
            }
        }
    }
}

/// The direction from the task, until the relay's end was seen and everything it said has come.
async fn down(
    mut write: WriteHalf<'_>,
    mut output: Output,
    mut marker: Marker,
    port: u16,
    ended: &Notify,
) -> Result<u64, ForwardError> {
    let (mut received, mut said) = (0, Vec::new());
    let mut gone = None;
    loop {
        let heard = match &gone {
            None => output.next().await,
            Some(_) => match timeout(CLOSE_LIMIT, output.next()).await {
                Ok(heard) => heard,
                Err(_) => break,
            },
        };
        match heard.map_err(|e| ForwardError::from(&e))? {
            ExecMessage::Stdout(bytes) if gone.is_none() => {
                received += bytes.len() as u64;
                if let Err(e) = write.write_all(&bytes).await {
                    // Nobody here wants more of it: the relay is told by the end of its stdin.
                    ended.notify_one();
                    gone = Some(e);
                }
            }
            ExecMessage::Stderr(bytes) => {
                let words = marker.feed(bytes);
                said.extend_from_slice(&words[..words.len().min(MOST_WORDS.saturating_sub(said.len()))]);
                if marker.number().is_some() {
                    ended.notify_one();
                }
            }
            ExecMessage::Exited(_) => break,
            ExecMessage::Stdout(_) | ExecMessage::StdoutEnd | ExecMessage::StderrEnd | ExecMessage::Alive => {
            }
        }
    }
    if let Some(e) = gone {
        return Err(ForwardError::local(&e));
    }
    match marker.number() {
        Some(0) => {}
        Some(LEFT) => {
            let why = "the program in the task left: nothing was heard from here";
            return Err(ForwardError::new(BrokenAt::Task, why));
        }
        _ if received == 0 => {
            let said = String::from_utf8_lossy(&said).lines().last().unwrap_or_default().trim().to_owned();
            return Err(ForwardError::not_listening(port, &said));
        }
        _ => return Err(ForwardError::new(BrokenAt::Port, "the task's side broke the connection off")),
    }
    drop(write.shutdown().await);
    Ok(received)
}
