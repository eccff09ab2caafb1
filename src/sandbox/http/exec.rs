//! `/v1/client/allocation/:id/exec` and `/v1/job/:id/action`: a websocket, upgraded before anything is checked, refused in
//! close frames (`nomad-api.md §6`).

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::SplitStream;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::Response;
use hyper::header::{CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use crate::sandbox::engine::Shared;
use crate::sandbox::host::console::{self, Console, Feed, Said};
use crate::sandbox::host::environment::Environment;
use crate::sandbox::http::access::DENIED;
use crate::sandbox::http::allocs::meant;
use crate::sandbox::http::body::Answer;
use crate::sandbox::http::call::Call;
use crate::sandbox::http::client::reach;
use crate::sandbox::http::request::Request;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::job::JobKey;
use crate::sandbox::state::task::Phase;

/// The longest reason a close frame can carry; a longer one is not sent at all.
const LONGEST_REASON: usize = 123;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// What a path asks to have run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'p> {
    /// A command of the caller's, in this allocation.
    Command(&'p str),
    /// An action of this job.
    Action(&'p str),
}

/// What a path asks to have run.
pub(super) fn asked(path: &str) -> Option<Wanted<'_>> {
    if let Some(job) = path.strip_prefix("/v1/job/") {
        return job.strip_suffix("/action").map(Wanted::Action);
    }
    let id = path.strip_prefix("/v1/client/allocation/")?.strip_suffix("/exec")?;
    (!id.contains('/')).then_some(Wanted::Command(id))
}

/// The change to websocket; none when the request does not ask for it.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<Response<Answer>> {
    let wants = headers.get(UPGRADE).is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(|_| wants)?;
    let mut response = Response::new(Answer::empty());
    *response.status_mut() = hyper::StatusCode::SWITCHING_PROTOCOLS;
    let answered = response.headers_mut();
    answered.insert(UPGRADE, HeaderValue::from_static("websocket"));
    answered.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    answered.insert(SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()?);
    Some(response)
}

/// Serves the websocket, and what runs behind it for as long as that lasts.
pub(super) async fn serve(shared: Arc<Shared>, upgraded: OnUpgrade, mut request: Request) {
    let Ok(upgraded) = upgraded.await else { return };
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
    if request.query.get("ws_handshake") == "true" {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                let said: Value = serde_json::from_str(text.as_str()).unwrap_or_default();
                request.token = said["auth_token"].as_str().unwrap_or_default().to_owned();
            }
            _ => return,
        }
    }
    let started = shared.visit(|world| admitted(&mut Call { world, request: &request, rest: "" }));
    let started = started.and_then(|Admitted { alloc, task, words, tty }| {
        let dir = shared.host.dir_of(&alloc).map_err(|e| refusal(CloseCode::Error, e.to_string()))?;
        let node = shared.visit(|world| world.state.node(alloc.node_id).cloned());
        let machine = node.as_ref().map(|node| &*node.machine);
        let environment = Environment::of(&alloc, &task, &dir, machine);
        let console = console::start(&environment, &dir.join(&task), &words, tty);
        Ok((alloc, task, console.map_err(|why| refusal(CloseCode::Error, why))?))
    });
    match started {
        Ok((alloc, task, console)) => Running { shared, alloc, task }.attend(socket, console).await,
        Err(frame) => close(&mut socket, frame).await,
    }
}

fn refusal(code: CloseCode, reason: impl Into<String>) -> CloseFrame {
    CloseFrame { code, reason: reason.into().into() }
}

/// Says why, if that can be said; the connection ends at once either way.
async fn close(socket: &mut Socket, frame: CloseFrame) {
    if frame.reason.len() <= LONGEST_REASON {
        drop(socket.send(Message::Close(Some(frame))).await);
    }
}

struct Admitted {
    alloc: Arc<Alloc>,
    task: String,
    words: Vec<String>,
    tty: bool,
}

/// What is to be run, when it may be; asked in the order the servers and then the client ask.
fn admitted(call: &mut Call<'_>) -> Result<Admitted, CloseFrame> {
    let (policy, error) = (CloseCode::Policy, CloseCode::Error);
    let query = &call.request.query;
    let wanted = asked(&call.request.path).unwrap_or(Wanted::Command(""));
    let (id, mut words) = match wanted {
        Wanted::Command(id) => (id, own_words(query.get("command"))?),
        Wanted::Action(_) => (query.get("allocID"), Vec::new()),
    };
    if id.is_empty() {
        return Err(refusal(policy, "missing AllocID"));
    }
    let (alloc, rights) = meant(call, id, "alloc-exec").map_err(|r| {
        let code = if r.text.starts_with("Unknown allocation") { policy } else { error };
        refusal(code, r.text)
    })?;
    if alloc.client_terminal() {
        let words =
            format!("exec not possible, client status of allocation {} is {}", alloc.id, alloc.client);
        return Err(refusal(policy, words));
    }
    if let Wanted::Action(job) = wanted {
        belongs(call, job, &alloc)?;
    }
    reach(call, alloc.node_id).map_err(|r| refusal(policy, r.text))?;
    let task = query.get("task");
    if task.is_empty() {
        return Err(refusal(policy, "must provide task name"));
    }
    let known = alloc.task_group().and_then(|g| g.tasks.iter().find(|t| t.name == task));
    if let Some(name) =
        Some(query.get("action")).filter(|n| matches!(wanted, Wanted::Action(_)) && !n.is_empty())
    {
        let missing = || format!("task {task} not found in allocation {}", alloc.id);
        let task = known.ok_or_else(|| refusal(policy, missing()))?;
        let action = task.actions.iter().find(|a| a.name == name);
        words = action
            .ok_or_else(|| refusal(policy, format!("action {name} not found in task {}", task.name)))?
            .words();
    }
    if words.is_empty() {
        return Err(refusal(policy, "command is not present"));
    }
    let driver = known.map(|t| t.driver.as_str()).ok_or_else(|| refusal(error, "task not found"))?;
    let isolated = !matches!(driver, "raw_exec" | "mock_driver");
    if !isolated && !rights.in_namespace(&alloc.job_key().namespace, &["alloc-node-exec"]) {
        return Err(refusal(error, DENIED));
    }
    if !runs(&alloc, task) {
        return Err(refusal(policy, format!("task {task:?} is not running.")));
    }
    Ok(Admitted { task: task.to_owned(), words, tty: query.get("tty") == "true", alloc })
}

fn own_words(command: &str) -> Result<Vec<String>, CloseFrame> {
    serde_json::from_str(command)
        .map_err(|e| refusal(CloseCode::Error, format!("failed to marshal command into json: {e}")))
}

/// Whether the job is there, in the namespace of the request, and the allocation is one of its own.
fn belongs(call: &Call<'_>, job: &str, alloc: &Alloc) -> Result<(), CloseFrame> {
    let namespace = call.options().map_err(|r| refusal(CloseCode::Error, r.text))?.namespace;
    if call.state().job(&JobKey::new(&namespace, job)).is_none() {
        let words = format!("job {job} not found in namespace {namespace}");
        return Err(refusal(CloseCode::Policy, words));
    }
    if *alloc.job_key().id != *job {
        let words = format!("job {job} does not have allocation {}", alloc.id);
        return Err(refusal(CloseCode::Policy, words));
    }
    Ok(())
}

fn runs(alloc: &Alloc, task: &str) -> bool {
    alloc.tasks.iter().any(|(name, state)| **name == *task && state.phase == Phase::Running)
}

/// A command that runs.
struct Running {
    shared: Arc<Shared>,
    alloc: Arc<Alloc>,
    task: String,
}

/// What a client's frame asks for.
enum ClientFrame {
    Data(Bytes),
    Close,
    Resize(u16, u16),
}

fn read(text: &str) -> Result<Vec<ClientFrame>, String> {
    let frame: Value = serde_json::from_str(text).map_err(|_| {
        let first = text.trim_start().chars().next();
        first.map_or_else(
            || "unexpected end of JSON input".to_owned(),
            |c| format!("invalid character '{c}' looking for beginning of value"),
        )
    })?;
    let mut asked = Vec::new();
    if let Some(data) = frame["stdin"]["data"].as_str() {
        let bytes = STANDARD.decode(data).map_err(|_| "illegal base64 data".to_owned())?;
        asked.push(ClientFrame::Data(bytes.into()));
    }
    if frame["stdin"]["close"] == true {
        asked.push(ClientFrame::Close);
    }
    let cells = |name: &str| frame["tty_size"][name].as_u64().and_then(|n| u16::try_from(n).ok());
    if let (Some(columns), Some(rows)) = (cells("width"), cells("height")) {
        asked.push(ClientFrame::Resize(columns, rows));
    }
    Ok(asked)
}

fn said(stream: &str, bytes: Option<Bytes>) -> Message {
    let body = match bytes {
        Some(bytes) => json!({"data": STANDARD.encode(bytes)}),
        None => json!({"close": true}),
    };
    Message::text(json!({stream: body}).to_string())
}

/// The exit code is left out when it is 0.
fn exited(code: i64) -> Message {
    let result = if code == 0 { json!({}) } else { json!({"exit_code": code}) };
    Message::text(json!({"exited": true, "result": result}).to_string())
}

/// How the client's side of a session stands.
#[derive(Debug, Clone, Default)]
struct Client {
    /// Nomad holds the exit back as long as the command could be told more.
    stdin_open: bool,
    gone: bool,
    /// What was wrong with a frame of its.
    bad: Option<String>,
}

/// Takes what the client says, as fast as the command reads. Its leaving closes nothing: this then stands still.
async fn listen(
    mut stream: SplitStream<Socket>,
    mut feed: Feed,
    client: watch::Sender<Client>,
) -> Infallible {
    loop {
        client.send_modify(|c| c.stdin_open = feed.holds_exit());
        let asked = match stream.next().await {
            Some(Ok(Message::Text(text))) => read(text.as_str()),
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => {
                client.send_modify(|c| c.gone = true);
                break;
            }
        };
        match asked {
            Ok(asked) => {
                for one in asked {
                    match one {
                        ClientFrame::Data(bytes) => feed.write(bytes).await,
                        ClientFrame::Close => feed.close(),
                        ClientFrame::Resize(columns, rows) => feed.resize(columns, rows),
                    }
                }
            }
            Err(why) => {
                client.send_modify(|c| c.bad = Some(why));
                break;
            }
        }
    }
    let never = std::future::pending().await;
    drop((stream, feed));
    never
}

impl Running {
    /// Passes on what both sides say, until the command's end was told, or its task is over.
    async fn attend(&self, socket: Socket, console: Console) {
        let Console { feed, said: mut saying, reins } = console;
        let (mut sink, stream) = socket.split();
        let (known, mut client) =
            watch::channel(Client { stdin_open: feed.holds_exit(), ..Client::default() });
        let mut listening = pin!(listen(stream, feed, known));
        let mut over = pin!(self.task_over());
        let mut ended = None;
        loop {
            let now = client.borrow_and_update().clone();
            if let Some(code) = ended
                && (!now.stdin_open || now.gone)
            {
                drop(sink.send(exited(code)).await);
                break;
            }
            let message = tokio::select! {
                said_now = saying.recv(), if ended.is_none() => match said_now {
                    Some(Said::Stdout(bytes)) => said("stdout", bytes),
                    Some(Said::Stderr(bytes)) => said("stderr", bytes),
                    Some(Said::Exited(code)) => {
                        ended = Some(code);
                        continue;
                    }
                    None => break,
                },
                never = &mut listening => match never {},
                _ = client.changed() => continue,
                () = &mut over => {
                    drop(sink.send(Message::Close(Some(refusal(CloseCode::Error, "plugin is shut down")))).await);
                    break;
                }
            };
            if now.gone {
                continue;
            }
            // The client's own words go on being read while it does not read ours.
            tokio::select! {
                sent = sink.send(message) => drop(sent),
                never = &mut listening => match never {},
            }
            // A bad frame is only noticed when something is due.
            if let Some(why) = now.bad {
                drop(sink.send(Message::Close(Some(refusal(CloseCode::Error, why)))).await);
                break;
            }
        }
        drop(reins);
    }

    /// Ends when the task does not run any more.
    async fn task_over(&self) {
        let mut pulse = self.shared.pulse.subscribe();
        let begun = started(&self.alloc, &self.task);
        loop {
            let alloc = self.shared.visit(|world| world.state.alloc(self.alloc.id).cloned());
            let same = alloc.is_some_and(|a| runs(&a, &self.task) && started(&a, &self.task) == begun);
            if !same || pulse.changed().await.is_err() {
                return;
            }
        }
    }
}

fn started(alloc: &Alloc, task: &str) -> Option<crate::sandbox::moment::Moment> {
    alloc.tasks.iter().find(|(name, _)| **name == *task).and_then(|(_, state)| state.started_at)
}
