//! Commands inside running tasks: the exec websocket and its frames (`nomad-api.md §6`).

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};

use crate::api::error::{Error, Problem, Result};
use crate::api::http::{AskedNode, Get, Http, Patience, Socket, segment};
use crate::api::nomad::alloc_client;
use crate::api::permission::Permission;

/// How much of stdin those put into a frame who want others to have their turn soon (§6).
pub const STDIN_PIECE: usize = 64 * 1024;

/// How much of stdin a frame holds at most: a quarter faster than 32 KiB, and still within what was seen to work (§6).
const LARGEST_PIECE: usize = 256 * 1024;

const NEEDS: &str =
    "namespace capability \"alloc-exec\" (for raw_exec tasks also \"alloc-node-exec\") and \"read-job\"";

/// A command in a task of an allocation.
#[must_use]
pub fn command(alloc_id: &str, task: &str, tty: bool, command: &[String]) -> Get<Socket> {
    let words = serde_json::Value::from(command).to_string();
    Get::new(
        format!("/v1/client/allocation/{}/exec", segment(alloc_id)),
        format!("run a command in task {task} of allocation {alloc_id}"),
    )
    .needs(NEEDS)
    .query("task", task)
    .query("tty", if tty { "true" } else { "false" })
    .query("command", words)
}

/// An action of a job, run in a task of one of its allocations: the command is the one that allocation's version of the job
/// names (`nomad-api.md §6`).
#[must_use]
pub fn action(spot: (&str, &str), of: &ActionRef, tty: bool) -> Get<Socket> {
    let (alloc_id, task) = spot;
    let ActionRef { namespace, job, name } = of;
    Get::new(
        format!("/v1/job/{}/action", segment(job)),
        format!("run action {name} of job {job} in task {task} of allocation {alloc_id}"),
    )
    .needs(NEEDS)
    .namespace(namespace)
    .query("action", name)
    .query("allocID", alloc_id)
    .query("task", task)
    .query("tty", if tty { "true" } else { "false" })
}

/// An action by the job it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRef {
    /// The job's namespace.
    pub namespace: String,
    /// The job.
    pub job: String,
    /// The action.
    pub name: String,
}

/// What the server tells of a running command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecMessage {
    /// Bytes of its stdout.
    Stdout(Bytes),
    /// Bytes of its stderr.
    Stderr(Bytes),
    /// Its stdout has ended.
    StdoutEnd,
    /// Its stderr has ended.
    StderrEnd,
    /// It has ended with this code: the only proof that it did.
    Exited(i64),
    /// Nothing but a sign of life.
    Alive,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow, default)]
    stdout: Option<Stream<'a>>,
    #[serde(borrow, default)]
    stderr: Option<Stream<'a>>,
    #[serde(default)]
    exited: bool,
    #[serde(default)]
    result: Option<ExecEnd>,
}

#[derive(Deserialize)]
struct Stream<'a> {
    #[serde(borrow, default)]
    data: Option<Cow<'a, str>>,
    #[serde(default)]
    close: bool,
}

/// The last message of an exec session: `exit_code` is left out when it is 0, `result` never is.
#[derive(Deserialize)]
struct ExecEnd {
    #[serde(default)]
    exit_code: i64,
}

/// Reads a frame of the server; an empty or unknown one is a sign of life.
///
/// # Errors
/// When it is no frame: what follows cannot be trusted either.
pub fn read_frame(text: &str, into: &mut VecDeque<ExecMessage>) -> Result<(), String> {
    let frame: Frame<'_> = serde_json::from_str(text).map_err(|e| format!("not a frame: {e}"))?;
    let before = into.len();
    let mut stream = |part: Option<Stream<'_>>, data: fn(Bytes) -> ExecMessage, end: ExecMessage| {
        let Some(part) = part else { return Ok(()) };
        if let Some(text) = part.data.filter(|d| !d.is_empty()) {
            let bytes = STANDARD.decode(text.as_bytes()).map_err(|e| format!("data of a frame: {e}"))?;
            into.push_back(data(bytes.into()));
        }
        if part.close {
            into.push_back(end);
        }
        Ok::<_, String>(())
    };
    stream(frame.stdout, ExecMessage::Stdout, ExecMessage::StdoutEnd)?;
    stream(frame.stderr, ExecMessage::Stderr, ExecMessage::StderrEnd)?;
    match (frame.exited, frame.result) {
        (true, Some(result)) => into.push_back(ExecMessage::Exited(result.exit_code)),
        (true, None) => return Err("the end of the command came without its result".to_owned()),
        (false, _) => {}
    }
    if into.len() == before {
        into.push_back(ExecMessage::Alive);
    }
    Ok(())
}

/// Starts a command: what goes to it, and what comes from it.
///
/// # Errors
/// When there is no websocket. Every refusal of Nomad's comes later, as the end of what is heard.
pub async fn open(http: &Http, permission: &Permission, call: &Get<Socket>) -> Result<(Input, Output)> {
    let (sink, stream) = http.socket(permission, call).await?.split();
    let (http, call) = (http.clone(), call.clone());
    let input = Input { sink, http: http.clone(), call: call.clone(), frame: String::new() };
    Ok((input, Output { stream, http, call, waiting: VecDeque::new(), is_heard: false }))
}

/// Asks the node of a command something else once nothing was heard of it for a moment: the servers open a session before they have
/// reached its node, and hold it open. Whoever is told of slow answers hears of a node that is silent.
async fn sound_out(http: &Http, call: &Get<Socket>) {
    tokio::time::sleep(HEARD_WITHIN).await;
    if let Some(AskedNode::OfAllocation(id)) = AskedNode::of(call.spec()) {
        drop(http.with_patience(Patience::NONE).read(&alloc_client::stats(&id)).await);
    }
}

/// What goes to a command.
#[derive(Debug)]
pub struct Input {
    sink: SplitSink<Socket, Message>,
    http: Http,
    call: Get<Socket>,
    frame: String,
}

impl Input {
    /// Sends bytes to its stdin; waits when the command does not read them.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn stdin(&mut self, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(LARGEST_PIECE) {
            self.frame.clear();
            self.frame.push_str(r#"{"stdin":{"data":""#);
            STANDARD.encode_string(piece, &mut self.frame);
            self.frame.push_str(r#""}}"#);
            let text = std::mem::take(&mut self.frame);
            self.send(Message::text(text)).await?;
        }
        Ok(())
    }

    /// Ends its stdin, in a frame of its own: a docker task loses what comes in the same one.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn end_stdin(&mut self) -> Result<()> {
        self.send(Message::text(r#"{"stdin":{"close":true}}"#)).await
    }

    /// Tells it the size of the terminal.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn resize(&mut self, columns: u16, rows: u16) -> Result<()> {
        self.send(Message::text(format!(r#"{{"tty_size":{{"height":{rows},"width":{columns}}}}}"#))).await
    }

    /// Keeps the connection alive and asks for a sign of life.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn ping(&mut self) -> Result<()> {
        self.send(Message::text("{}")).await?;
        self.send(Message::Ping(Bytes::from_static(b"fleet"))).await
    }

    async fn send(&mut self, message: Message) -> Result<()> {
        self.sink
            .send(message)
            .await
            .map_err(|e| self.http.failure(&self.call, Problem::Broken, e.to_string()))
    }
}

/// What comes from a command.
#[derive(Debug)]
pub struct Output {
    stream: SplitStream<Socket>,
    http: Http,
    call: Get<Socket>,
    waiting: VecDeque<ExecMessage>,
    /// Whether something was heard, or the node was sounded out.
    is_heard: bool,
}

/// How long a node may be silent at first before it is sounded out.
const HEARD_WITHIN: Duration = Duration::from_millis(500);

impl Output {
    /// What is heard next. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the connection ends, whether Nomad says why or not; after [`ExecMessage::Exited`] nothing may be asked any more.
    pub async fn next(&mut self) -> Result<ExecMessage> {
        loop {
            if let Some(heard) = self.waiting.pop_front() {
                return Ok(heard);
            }
            match self.frame().await {
                Some(Ok(Message::Text(text))) => self.read(text.as_str())?,
                Some(Ok(Message::Binary(bytes))) => {
                    let text = std::str::from_utf8(&bytes).map_err(|e| self.unreadable(e.to_string()))?;
                    self.read(text)?;
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(self.http.refusal(&self.call, frame.reason.as_str()));
                }
                Some(Ok(Message::Close(None))) | None => {
                    return Err(self.broken("the connection ended before the command did"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                    return Ok(ExecMessage::Alive);
                }
                Some(Err(e)) => return Err(self.broken(&e.to_string())),
            }
        }
    }

    async fn frame(&mut self) -> Option<Result<Message, WebSocketError>> {
        if !self.is_heard {
            tokio::select! {
                biased;
                frame = self.stream.next() => {
                    self.is_heard = true;
                    return frame;
                }
                () = Box::pin(sound_out(&self.http, &self.call)) => self.is_heard = true,
            }
        }
        self.stream.next().await
    }

    fn read(&mut self, text: &str) -> Result<()> {
        read_frame(text, &mut self.waiting).map_err(|why| self.unreadable(why))
    }

    fn unreadable(&self, why: String) -> Error {
        self.http.failure(&self.call, Problem::Decode, why)
    }

    /// An error about this connection.
    #[must_use]
    pub fn broken(&self, text: &str) -> Error {
        self.http.failure(&self.call, Problem::Broken, text.to_owned())
    }
}

/// The code a shell would give for a command that Nomad could not start: 127 when it is not there, 126 when it is no
/// program; none when this is not the trouble.
#[must_use]
pub fn start_failure(text: &str) -> Option<u8> {
    if text.contains("executable file not found") || text.contains("no such file or directory") {
        Some(127)
    } else if text.contains("fork/exec") && text.contains("permission denied") {
        Some(126)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Vec<ExecMessage>, String> {
        let mut all = VecDeque::new();
        read_frame(text, &mut all).map(|()| all.into())
    }

    #[test]
    fn an_exit_code_of_zero_is_left_out_and_an_exit_without_result_is_none() {
        assert_eq!(read(r#"{"exited":true,"result":{}}"#), Ok(vec![ExecMessage::Exited(0)]));
        assert_eq!(read(r#"{"exited":true,"result":{"exit_code":137}}"#), Ok(vec![ExecMessage::Exited(137)]));
        assert!(read(r#"{"exited":true}"#).is_err());
        assert_eq!(read(r#"{"exited":false,"result":{}}"#), Ok(vec![ExecMessage::Alive]));
    }

    #[test]
    fn empty_and_unknown_frames_are_signs_of_life_and_rubbish_is_none() {
        assert_eq!(read("{}"), Ok(vec![ExecMessage::Alive]));
        assert_eq!(read(r#"{"news":{"x":1}}"#), Ok(vec![ExecMessage::Alive]));
        assert!(read("rpc error").is_err());
        assert!(read(r#"{"stdout":{"data":"%%"}}"#).is_err());
    }

    #[test]
    fn data_and_end_in_one_frame_come_in_this_order() {
        let both = read(r#"{"stdout":{"data":"aGkK","close":true}}"#).unwrap();
        assert_eq!(both, [ExecMessage::Stdout(Bytes::from_static(b"hi\n")), ExecMessage::StdoutEnd]);
    }

    #[test]
    fn nomads_words_on_a_failed_start_become_the_shells_codes() {
        let missing = "rpc error: code = Unknown desc = failed to start command: exec: \"x\": executable file not found in $PATH";
        assert_eq!(start_failure(missing), Some(127));
        assert_eq!(
            start_failure("failed to start command: fork/exec /etc/passwd: permission denied"),
            Some(126)
        );
        assert_eq!(start_failure("Permission denied"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            drop(read(&text));
        }
    }
}
