//! `/v1/client/fs/…`: the allocation's files and logs, with the traps of their answers (`nomad-api.md §7`).

use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::sandbox::engine::Shared;
use crate::sandbox::go;
use crate::sandbox::host::files::{self, Trouble};
use crate::sandbox::host::logs::kept;
use crate::sandbox::http::allocs::{meant, missing};
use crate::sandbox::http::call::{Call, WRONG_METHOD};
use crate::sandbox::http::client::reach;
use crate::sandbox::http::reply::{Content, Reply};
use crate::sandbox::http::request::{Query, Request};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::world::requests::Refusal;

/// How much is read at once, and the most a frame carries.
const PIECE: usize = 64 * 1024;
/// How often a followed file is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How often a silent stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// What a path asks for: the kind of answer, and the allocation.
pub(super) fn asked(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/v1/client/fs/").map(|rest| rest.split_once('/').unwrap_or_default())
}

/// What is asked of an allocation's files, as the agent reads it before it looks for them.
enum Asks<'q> {
    List(&'q str),
    Stat(&'q str),
    Bytes { path: &'q str, offset: u64, limit: u64 },
    Stream { path: &'q str, from: From, follow: bool },
    Logs { task: &'q str, kind: &'q str, from: From, follow: bool, plain: bool },
}

/// Where reading begins.
#[derive(Clone, Copy)]
struct From {
    offset: u64,
    /// Whether that counts from the end.
    end: bool,
}

fn bad(words: impl Into<String>) -> Refusal {
    Refusal::new(400, words)
}

impl<'q> Asks<'q> {
    /// Reads the parameters, in the order of the agent.
    fn read(what: &str, id: &str, query: &'q Query) -> Result<Self, Refusal> {
        if !matches!(what, "ls" | "stat" | "cat" | "readat" | "stream" | "logs") {
            return Err(Refusal::new(404, WRONG_METHOD));
        }
        if id.is_empty() {
            return Err(bad("must provide a valid alloc id"));
        }
        let path = query.get("path");
        match what {
            "ls" => return Ok(Asks::List(if path.is_empty() { "/" } else { path })),
            "logs" => return Asks::of_logs(query),
            _ if path.is_empty() => return Err(bad("must provide a file name")),
            "stat" => return Ok(Asks::Stat(path)),
            "cat" => return Ok(Asks::Bytes { path, offset: 0, limit: u64::MAX }),
            _ => {}
        }
        let number = |name: &str| number(query, name).map_err(Refusal::failed);
        if what == "readat" {
            // The offset must be there.
            let offset = go::signed(query.get("offset"));
            let offset = offset.map_err(|flaw| Refusal::failed(format!("error parsing offset: {flaw}")))?;
            let limit = number("limit")?.filter(|l| *l > 0).unwrap_or(u64::MAX);
            return Ok(Asks::Bytes { path, offset: u64::try_from(offset).unwrap_or(0), limit });
        }
        let follow = flag(query, "follow", true).map_err(Refusal::failed)?;
        let offset = number("offset")?.unwrap_or(0);
        Ok(Asks::Stream { path, from: From { offset, end: counts_from_end(query)? }, follow })
    }

    fn of_logs(query: &'q Query) -> Result<Self, Refusal> {
        let (task, kind) = (query.get("task"), query.get("type"));
        if task.is_empty() {
            return Err(bad("must provide task name"));
        }
        let follow = flag(query, "follow", false).map_err(bad)?;
        let plain = flag(query, "plain", false).map_err(bad)?;
        if !matches!(kind, "stdout" | "stderr") {
            return Err(bad("must provide log type (stdout/stderr)"));
        }
        let offset = number(query, "offset").map_err(bad)?.unwrap_or(0);
        Ok(Asks::Logs { task, kind, from: From { offset, end: counts_from_end(query)? }, follow, plain })
    }
}

fn number(query: &Query, name: &str) -> Result<Option<u64>, String> {
    let text = query.get(name);
    if text.is_empty() {
        return Ok(None);
    }
    let number = go::signed(text).map_err(|flaw| format!("error parsing {name}: {flaw}"))?;
    Ok(Some(u64::try_from(number).unwrap_or(0)))
}

fn flag(query: &Query, name: &str, otherwise: bool) -> Result<bool, String> {
    match query.get(name) {
        "" => Ok(otherwise),
        text => go::flag(text).map_err(|flaw| format!("failed to parse {name} field to boolean: {flaw}")),
    }
}

/// Whether offsets count from the end.
fn counts_from_end(query: &Query) -> Result<bool, Refusal> {
    match query.get("origin") {
        "" | "start" => Ok(false),
        "end" => Ok(true),
        _ => Err(bad("origin must be start or end")),
    }
}

/// Answers a request about files.
pub(super) async fn answer(shared: &Shared, request: &Request) -> Reply {
    let (what, id) = asked(&request.path).unwrap_or_default();
    // Whatever goes wrong with these two, the answer says that all is well.
    let disguised = matches!(what, "cat" | "readat");
    let reply = match Asks::read(what, id, &request.query) {
        Ok(asks) => match found(shared, request, what, id) {
            Ok(place) => place.answer(asks).await,
            Err(refusal) => Err(refusal),
        },
        Err(refusal) => Err(refusal),
    };
    let reply = reply.unwrap_or_else(|r| Reply::text(if disguised { 200 } else { r.status }, r.text));
    reply.header("Vary", "Origin")
}

/// The allocation's files, when they may be read.
fn found(shared: &Shared, request: &Request, what: &str, id: &str) -> Result<Place, Refusal> {
    let alloc = shared.visit(|world| admitted(&mut Call { world, request, rest: "" }, what, id))?;
    let dir = shared.host.dir_of(&alloc).map_err(|e| Refusal::failed(e.to_string()))?;
    Ok(Place { dir, alloc })
}

/// The allocation, when its files may be read.
fn admitted(call: &mut Call<'_>, what: &str, id: &str) -> Result<Arc<Alloc>, Refusal> {
    let capability = if what == "logs" { "read-logs" } else { "read-fs" };
    let status = |r: Refusal| match (r.status, what) {
        (403, "logs" | "stream") => Refusal::failed(r.text),
        _ => missing(r),
    };
    let found = meant(call, id, capability).or_else(|r| match what {
        "logs" if r.status == 403 => meant(call, id, "read-fs"),
        _ => Err(r),
    });
    let (alloc, _) = found.map_err(status)?;
    reach(call, alloc.node_id)?;
    if call.world.is_collected(alloc.id) {
        return Err(Refusal::new(404, format!("open /var/nomad/alloc/{id}: no such file or directory")));
    }
    Ok(alloc)
}

/// An allocation's files.
struct Place {
    dir: PathBuf,
    alloc: Arc<Alloc>,
}

impl Place {
    async fn answer(&self, asks: Asks<'_>) -> Result<Reply, Refusal> {
        match asks {
            Asks::List(path) => Ok(Reply::value(&files::list(&self.dir, path).map_err(|t| told(&t))?)),
            Asks::Stat(path) => Ok(Reply::value(&files::stat(&self.dir, path).map_err(|t| told(&t))?)),
            Asks::Bytes { path, offset, limit } => self.bytes(path, offset, limit).await,
            Asks::Stream { path, from, follow } => self.stream(path, from, follow),
            Asks::Logs { task, kind, from, follow, plain } => self.logs(task, kind, from, follow, plain),
        }
    }

    async fn bytes(&self, path: &str, offset: u64, limit: u64) -> Result<Reply, Refusal> {
        let (full, size) = files::readable(&self.dir, path).map_err(|t| told(&t))?;
        let length = size.saturating_sub(offset).min(limit);
        if length == 0 {
            return Ok(Reply::text(200, ""));
        }
        let mut file = File::open(&full).await.map_err(|e| Refusal::failed(e.to_string()))?;
        file.seek(SeekFrom::Start(offset)).await.map_err(|e| Refusal::failed(e.to_string()))?;
        let (send, live) = mpsc::channel(2);
        tokio::spawn(async move {
            let mut file = file.take(length);
            let mut buffer = vec![0; PIECE];
            while let Ok(n @ 1..) = file.read(&mut buffer).await {
                if send.send(Bytes::copy_from_slice(&buffer[..n])).await.is_err() {
                    return;
                }
            }
        });
        let mut reply = Reply::empty().header("Content-Length", length.to_string());
        reply.content = Content::Live("text/plain; charset=utf-8", live);
        Ok(reply
            .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
            .header("X-Content-Type-Options", "nosniff")
            .header("X-Xss-Protection", "1; mode=block"))
    }

    fn stream(&self, path: &str, from: From, follow: bool) -> Result<Reply, Refusal> {
        let (full, size) = files::readable(&self.dir, path).map_err(|t| bad(t.words()))?;
        let offset = if from.end { size.saturating_sub(from.offset) } else { from.offset };
        let (send, live) = mpsc::channel(2);
        let name = path.trim_start_matches('/').to_owned();
        tokio::spawn(async move {
            let mut framer = Framer::new(send);
            framer.file(&full, &name, offset, follow, || None).await;
        });
        let mut reply = Reply::empty();
        reply.content = Content::Live("text/plain; charset=utf-8", live);
        Ok(reply)
    }

    fn logs(&self, task: &str, kind: &str, from: From, follow: bool, plain: bool) -> Result<Reply, Refusal> {
        if !self.alloc.task_group().is_some_and(|g| g.tasks.iter().any(|t| t.name == task)) {
            return Err(bad(format!("unknown task name {task:?}")));
        }
        let dir = self.dir.join("alloc/logs");
        let (index, offset) = begin(&kept(&dir, task, kind), from.offset, from.end);
        let (send, live) = mpsc::channel(2);
        let log = Log { dir, task: task.to_owned(), kind: kind.to_owned() };
        tokio::spawn(async move {
            let mut framer = Framer { plain, ..Framer::new(send) };
            log.send(&mut framer, index, offset, follow).await;
        });
        let mut reply = Reply::empty();
        reply.content = Content::Live(if plain { "text/plain" } else { "application/json" }, live);
        Ok(reply)
    }
}

fn told(trouble: &Trouble) -> Refusal {
    let status = if matches!(trouble, Trouble::Missing(_)) { 404 } else { 500 };
    Refusal::new(status, trouble.words())
}

/// The file and the place in it where a log is read from; beyond everything is nothing from the start, and all from the end.
fn begin(files: &[(u64, PathBuf)], offset: u64, from_end: bool) -> (u64, u64) {
    let sizes: Vec<(u64, u64)> =
        files.iter().map(|(index, path)| (*index, std::fs::metadata(path).map_or(0, |m| m.len()))).collect();
    let mut left = offset;
    if from_end {
        for (nth, (index, size)) in sizes.iter().rev().enumerate() {
            if left == 0 && nth == 0 {
                return (*index, 0);
            }
            if left <= *size {
                return (*index, size - left);
            }
            left -= size;
        }
        return (sizes.first().map_or(0, |s| s.0), 0);
    }
    for (index, size) in &sizes {
        if left < *size {
            return (*index, left);
        }
        left -= size;
    }
    sizes.last().map_or((0, 0), |(index, size)| (*index, *size))
}

/// A task's log.
struct Log {
    dir: PathBuf,
    task: String,
    kind: String,
}

impl Log {
    async fn send(&self, framer: &mut Framer, mut index: u64, mut offset: u64, follow: bool) {
        loop {
            let name = format!("{}.{}.{index}", self.task, self.kind);
            let next =
                || kept(&self.dir, &self.task, &self.kind).into_iter().map(|(i, _)| i).find(|i| *i > index);
            let shown = format!("alloc/logs/{name}");
            if !framer.file(&self.dir.join(&name), &shown, offset, follow, next).await {
                return;
            }
            match kept(&self.dir, &self.task, &self.kind).into_iter().map(|(i, _)| i).find(|i| *i > index) {
                Some(later) => (index, offset) = (later, 0),
                None => return,
            }
        }
    }
}

/// Writes frames.
struct Framer {
    send: mpsc::Sender<Bytes>,
    plain: bool,
    last: Instant,
}

impl Framer {
    fn new(send: mpsc::Sender<Bytes>) -> Self {
        Framer { send, plain: false, last: Instant::now() }
    }

    async fn put(&mut self, frame: Map<String, Value>) -> bool {
        self.last = Instant::now();
        self.send.send(Value::Object(frame).to_string().into()).await.is_ok()
    }

    async fn event(&mut self, name: &str, event: &str) -> bool {
        let fields = json!({"File": name, "FileEvent": event});
        self.plain || self.put(fields.as_object().cloned().unwrap_or_default()).await
    }

    /// Sends a file from an offset on. Followed, it ends when the file is gone, or when `next` names a later one and all was read;
    /// whether there may be more elsewhere.
    async fn file(
        &mut self,
        path: &Path,
        name: &str,
        mut offset: u64,
        follow: bool,
        next: impl Fn() -> Option<u64>,
    ) -> bool {
        let Ok(mut file) = File::open(path).await else { return next().is_some() };
        if file.seek(SeekFrom::Start(offset)).await.is_err() {
            return false;
        }
        let mut buffer = vec![0; PIECE];
        loop {
            // Looked at before the last read: what is written in between is read by the next one.
            let later = next().is_some();
            let Ok(n) = file.read(&mut buffer).await else { return false };
            if n > 0 {
                offset += n as u64;
                let sent = if self.plain {
                    self.send.send(Bytes::copy_from_slice(&buffer[..n])).await.is_ok()
                } else {
                    let fields =
                        json!({"Data": STANDARD.encode(&buffer[..n]), "File": name, "Offset": offset});
                    self.put(fields.as_object().cloned().unwrap_or_default()).await
                };
                if !sent {
                    return false;
                }
                continue;
            }
            if later || !follow {
                return true;
            }
            sleep(LOOK).await;
            match tokio::fs::metadata(path).await {
                Ok(meta) if meta.len() < offset => {
                    if !self.event(name, "file truncated").await
                        || file.seek(SeekFrom::Start(0)).await.is_err()
                    {
                        return false;
                    }
                    offset = 0;
                }
                Ok(_) => {}
                Err(_) if next().is_some() => {}
                Err(_) => {
                    self.event(name, "file deleted").await;
                    return false;
                }
            }
            if !self.plain && self.last.elapsed() >= HEARTBEAT && !self.put(Map::new()).await {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_walk_over_the_files_from_either_end() {
        let dir = tempfile::tempdir().unwrap();
        for (index, size) in [(3, 10), (4, 20), (5, 5)] {
            std::fs::write(dir.path().join(format!("t.stdout.{index}")), vec![b'x'; size]).unwrap();
        }
        let files = kept(dir.path(), "t", "stdout");
        assert_eq!(begin(&files, 0, false), (3, 0));
        assert_eq!(begin(&files, 12, false), (4, 2));
        assert_eq!(begin(&files, 99, false), (5, 5));
        assert_eq!(begin(&files, 0, true), (5, 0));
        assert_eq!(begin(&files, 1, true), (5, 4));
        assert_eq!(begin(&files, 6, true), (4, 19));
        assert_eq!(begin(&files, 99, true), (3, 0));
    }
}
