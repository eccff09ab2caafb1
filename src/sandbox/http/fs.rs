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
use crate::sandbox::host::files::{self, Trouble};
use crate::sandbox::host::logs::kept;
use crate::sandbox::http::allocs::meant;
use crate::sandbox::http::call::Call;
use crate::sandbox::http::client::reach;
use crate::sandbox::http::reply::{Content, Reply};
use crate::sandbox::http::request::Request;
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
    path.strip_prefix("/v1/client/fs/")?.split_once('/')
}

/// Answers a request about files.
pub(super) async fn answer(shared: &Shared, request: &Request) -> Reply {
    let (what, id) = asked(&request.path).unwrap_or_default();
    // Whatever goes wrong with these two, the answer says that all is well.
    let disguised = matches!(what, "cat" | "readat");
    let reply = match shared.visit(|world| admitted(&mut Call { world, request, rest: "" }, what, id)) {
        Ok(alloc) => match shared.host.dir_of(&alloc) {
            Ok(dir) => Place { dir, alloc, request }.answer(what).await,
            Err(e) => Err(Refusal::failed(e.to_string())),
        },
        Err(refusal) => Err(refusal),
    };
    let reply = reply.unwrap_or_else(|r| Reply::text(if disguised { 200 } else { r.status }, r.text));
    reply.header("Vary", "Origin")
}

/// The allocation, when its files may be read.
fn admitted(call: &mut Call<'_>, what: &str, id: &str) -> Result<Arc<Alloc>, Refusal> {
    let capability = if what == "logs" { "read-logs" } else { "read-fs" };
    let status = |r: Refusal| match (r.status, what) {
        (403, "logs" | "stream") => Refusal::failed(r.text),
        _ if r.text.starts_with("Unknown allocation") => Refusal::new(404, r.text),
        _ => r,
    };
    let found = meant(call, id, capability).or_else(|r| match what {
        "logs" if r.status == 403 => meant(call, id, "read-fs"),
        _ => Err(r),
    });
    let (alloc, _) = found.map_err(status)?;
    reach(call, alloc.node_id)?;
    Ok(alloc)
}

/// An allocation's files, and what is asked of them.
struct Place<'a> {
    dir: PathBuf,
    alloc: Arc<Alloc>,
    request: &'a Request,
}

impl Place<'_> {
    async fn answer(&self, what: &str) -> Result<Reply, Refusal> {
        let path = self.request.query.get("path");
        match what {
            "ls" => {
                let path = if path.is_empty() { "/" } else { path };
                Ok(Reply::value(&files::list(&self.dir, path).map_err(told)?))
            }
            "stat" if path.is_empty() => Err(Refusal::new(400, "must provide a file path")),
            "stat" => Ok(Reply::value(&files::stat(&self.dir, path).map_err(told)?)),
            "cat" => self.bytes(path, 0, u64::MAX).await,
            "readat" => {
                let offset =
                    self.number("offset")?.ok_or_else(|| Refusal::new(400, "must provide offset"))?;
                let limit = self.number("limit")?.filter(|l| *l > 0).unwrap_or(u64::MAX);
                self.bytes(path, offset, limit).await
            }
            "stream" => self.stream(path),
            "logs" => self.logs(),
            _ => Err(Refusal::new(404, "")),
        }
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let text = self.request.query.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        let number: i64 =
            text.parse().map_err(|_| Refusal::new(400, format!("error parsing {name}: {text}")))?;
        Ok(Some(u64::try_from(number).unwrap_or(0)))
    }

    fn flag(&self, name: &str, otherwise: bool) -> Result<bool, Refusal> {
        self.request.query.flag(name).map(|f| f.unwrap_or(otherwise))
    }

    /// Whether offsets count from the end.
    fn from_end(&self) -> Result<bool, Refusal> {
        match self.request.query.get("origin") {
            "" | "start" => Ok(false),
            "end" => Ok(true),
            _ => Err(Refusal::new(400, "origin must be start or end")),
        }
    }

    async fn bytes(&self, path: &str, offset: u64, limit: u64) -> Result<Reply, Refusal> {
        let (full, size) = files::readable(&self.dir, path).map_err(told)?;
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

    fn stream(&self, path: &str) -> Result<Reply, Refusal> {
        let bad = |t: Trouble| Refusal::new(400, t.words());
        let (full, size) = files::readable(&self.dir, path).map_err(bad)?;
        let offset = self.number("offset")?.unwrap_or(0);
        let offset = if self.from_end()? { size.saturating_sub(offset) } else { offset };
        let follow = self.flag("follow", true)?;
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

    fn logs(&self) -> Result<Reply, Refusal> {
        let bad = |words: &str| Refusal::new(400, words);
        let (task, kind) = (self.request.query.get("task"), self.request.query.get("type"));
        if task.is_empty() {
            return Err(bad("must provide task name"));
        }
        if !matches!(kind, "stdout" | "stderr") {
            return Err(bad("must provide log type (stdout/stderr)"));
        }
        if !self.alloc.task_group().is_some_and(|g| g.tasks.iter().any(|t| t.name == task)) {
            return Err(bad(&format!("unknown task name {task:?}")));
        }
        let dir = self.dir.join("alloc/logs");
        let follow = self.flag("follow", false)?;
        let (index, offset) =
            begin(&kept(&dir, task, kind), self.number("offset")?.unwrap_or(0), self.from_end()?);
        let (send, live) = mpsc::channel(2);
        let plain = self.flag("plain", false)?;
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

fn told(trouble: Trouble) -> Refusal {
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
