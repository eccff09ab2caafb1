//! The allocation's own files and the logs of its tasks (`nomad-api.md §7`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::timeout;

use crate::api::error::{Error, Problem, Result};
use crate::api::http::{Download, Get, Http, Raw, segment};
use crate::api::wire::time;

const READ: &str = "namespace capability \"read-fs\"";
const READ_LOGS: &str = "namespace capability \"read-logs\" or \"read-fs\"";

/// What lies in a directory of the allocation.
#[must_use]
pub fn ls(alloc_id: &str, path: &str) -> Get<Option<Vec<Entry>>> {
    on(alloc_id, "ls", format!("list {path:?} of allocation {alloc_id}")).query("path", path)
}

/// What one file is; links are followed. It opens the file, so never ask for a fifo, which hangs.
#[must_use]
pub fn stat(alloc_id: &str, path: &str) -> Get<Entry> {
    on(alloc_id, "stat", format!("look at {path:?} of allocation {alloc_id}")).query("path", path)
}

/// Bytes of a file from an offset on; errors come with status 200, so read it through [`read_at`].
fn readat(alloc_id: &str, path: &str, offset: u64, limit: u64) -> Get<Raw> {
    on(alloc_id, "readat", format!("read {path:?} of allocation {alloc_id}"))
        .query("path", path)
        .query("offset", offset.to_string())
        .query("limit", limit.to_string())
}

/// One file in frames, from an offset on; follows it unless told otherwise.
#[must_use]
pub fn stream(alloc_id: &str, path: &str, offset: u64, follow: bool) -> Get<Raw> {
    on(alloc_id, "stream", format!("read {path:?} of allocation {alloc_id}"))
        .query("path", path)
        .query("offset", offset.to_string())
        .query("origin", "start")
        .query("follow", if follow { "true" } else { "false" })
}

/// A task's log in frames, over its rotated files: from an offset over all that are kept, or from its last byte on.
#[must_use]
pub fn logs(alloc_id: &str, task: &str, kind: &str, from: Option<u64>, follow: bool) -> Get<Raw> {
    // An offset of 0 from the end would be the beginning of the newest file.
    let (origin, offset) = from.map_or(("end", 1), |offset| ("start", offset));
    on(alloc_id, "logs", format!("read the logs of task {task} of allocation {alloc_id}"))
        .needs(READ_LOGS)
        .query("task", task)
        .query("type", kind)
        .query("offset", offset.to_string())
        .query("origin", origin)
        .query("follow", if follow { "true" } else { "false" })
}

/// The last bytes of a task's log as they are, without frames.
#[must_use]
pub fn log_end(alloc_id: &str, task: &str, kind: &str, bytes: u32) -> Get<String> {
    on(alloc_id, "logs", format!("read the logs of task {task} of allocation {alloc_id}"))
        .needs(READ_LOGS)
        .query("task", task)
        .query("type", kind)
        .query("offset", bytes.to_string())
        .query("origin", "end")
        .query("plain", "true")
}

fn on<T>(alloc_id: &str, what: &str, purpose: String) -> Get<T> {
    Get::new(format!("/v1/client/fs/{what}/{}", segment(alloc_id)), purpose).needs(READ)
}

/// A file or directory of an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    /// Its name, without the directories above it.
    pub name: String,
    /// Whether it is a directory.
    #[serde(default)]
    pub is_dir: bool,
    /// Its size in bytes.
    #[serde(default)]
    pub size: u64,
    /// Kind and permissions as Go writes them: `-rw-r--r--`, `drwxr-xr-x`, `Lrwxrwxrwx`, `prw-------`.
    #[serde(default)]
    pub file_mode: String,
    /// When it last changed.
    #[serde(default, deserialize_with = "time")]
    pub mod_time: Option<Timestamp>,
}

/// What kind of file an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file with bytes.
    File,
    /// A directory.
    Dir,
    /// A symbolic link; the API does not say where to.
    Link,
    /// A fifo, socket or device: nothing to read.
    Special,
}

impl Entry {
    /// What kind of file it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        // Go puts the letters of setuid, setgid and sticky bits before the permissions too.
        let letters = self.file_mode.get(..self.file_mode.len().saturating_sub(9)).unwrap_or("");
        if self.is_dir || letters.contains('d') {
            Kind::Dir
        } else if letters.contains('L') {
            Kind::Link
        } else if letters.contains(['p', 'S', 'D', 'c', '?']) {
            Kind::Special
        } else {
            Kind::File
        }
    }

    /// Its permissions as a number, such as 0o644.
    #[must_use]
    pub fn permissions(&self) -> u32 {
        let from = self.file_mode.len().saturating_sub(9);
        let bits = self.file_mode.get(from..).unwrap_or("").bytes();
        bits.fold(0, |mode, b| (mode << 1) | u32::from(b != b'-')) & 0o777
    }
}

/// Reads up to `limit` bytes of a file from `offset` on, certain that they are bytes of the file and not an error in disguise.
///
/// # Errors
/// Any `api::Error`. An empty answer of status 200 is the end of the file.
pub async fn read_at(http: &Http, alloc_id: &str, path: &str, offset: u64, limit: u64) -> Result<Download> {
    let call = readat(alloc_id, path, offset, limit);
    let mut answer = http.download(&call).await?;
    if answer.header("X-Content-Type-Options") == Some("nosniff")
        || answer.header("Content-Length") == Some("0")
    {
        return Ok(answer);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > 64 * 1024 {
            break;
        }
    }
    if body.is_empty() {
        return Err(answer.error(Problem::Broken, "the answer was empty and did not say so"));
    }
    Err(answer.error_in_disguise(&body))
}

/// A frame of a file or a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Which file, relative to the allocation's directory; empty in a sign of life.
    pub file: String,
    /// Its bytes.
    pub data: Bytes,
    /// A position near these bytes; several reads may be one frame, so it proves nothing (§7).
    pub offset: u64,
    /// What happened to the file, such as `file deleted`.
    pub event: String,
}

impl Frame {
    /// Whether it says nothing but that the connection lives.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.file.is_empty() && self.data.is_empty() && self.event.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    #[serde(default)]
    file: String,
    #[serde(default)]
    data: String,
    #[serde(default)]
    offset: u64,
    #[serde(default)]
    file_event: String,
}

/// Takes frames out of the bytes of a stream, which has no separators and breaks anywhere.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    /// How far the buffer was looked at, and what was seen there.
    seen: usize,
    depth: usize,
    in_text: bool,
    escaped: bool,
    /// Where the object that is being looked at begins.
    from: usize,
}

/// A frame carries 64 KiB at most; an object that goes on for ever is none.
const LARGEST_FRAME: usize = 1024 * 1024;

impl Frames {
    /// Adds bytes as they arrived.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.from);
        self.seen -= self.from;
        self.from = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame; none until more bytes come.
    ///
    /// # Errors
    /// When the bytes are no frames: the server writes its errors into the stream as text.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, String> {
        while let Some(&byte) = self.buffer.get(self.seen) {
            self.seen += 1;
            match byte {
                _ if self.in_text => match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_text = false,
                    _ => {}
                },
                b'"' if self.depth > 0 => self.in_text = true,
                b'{' => self.depth += 1,
                b'}' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        let object = &self.buffer[self.from..self.seen];
                        let frame = decode(object)?;
                        self.from = self.seen;
                        return Ok(Some(frame));
                    }
                }
                b' ' | b'\n' | b'\r' | b'\t' if self.depth == 0 => self.from = self.seen,
                _ if self.depth == 0 => return Err(self.rest()),
                _ => {}
            }
            if self.seen - self.from > LARGEST_FRAME {
                return Err("a frame without end".to_owned());
            }
        }
        Ok(None)
    }

    /// Whether the stream may end here: nothing was begun and not finished.
    #[must_use]
    pub fn is_between(&self) -> bool {
        self.depth == 0
    }

    fn rest(&self) -> String {
        let end = self.buffer.len().min(self.from + 500);
        String::from_utf8_lossy(&self.buffer[self.from..end]).into_owned()
    }
}

fn decode(object: &[u8]) -> Result<Frame, String> {
    let wire: Wire = serde_json::from_slice(object).map_err(|e| format!("not a frame: {e}"))?;
    let data = STANDARD.decode(wire.data.as_bytes()).map_err(|e| format!("data of a frame: {e}"))?;
    Ok(Frame { file: wire.file, data: data.into(), offset: wire.offset, event: wire.file_event })
}

/// A followed stream says every second that it lives; one that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(10);

/// A stream of frames under way.
#[derive(Debug)]
pub struct FrameStream {
    download: Download,
    frames: Frames,
}

impl FrameStream {
    /// Begins to read.
    ///
    /// # Errors
    /// Any `api::Error`; wrong paths, tasks and rights are told here.
    pub async fn open(http: &Http, call: &Get<Raw>) -> Result<Self> {
        Ok(FrameStream { download: http.download(call).await?, frames: Frames::default() })
    }

    /// The next frame; none at the end of the stream, which is an end like any other: ask what became of the allocation.
    ///
    /// # Errors
    /// When the connection breaks, also in the middle of a frame, or the server tells an error.
    pub async fn next(&mut self) -> Result<Option<Frame>> {
        loop {
            match self.frames.next_frame() {
                Ok(Some(frame)) => return Ok(Some(frame)),
                Ok(None) => {}
                Err(words) => return Err(self.error(&words)),
            }
            let Ok(chunk) = timeout(SILENCE, self.download.chunk()).await else {
                let words = format!("nothing came for {} s, not even a sign of life", SILENCE.as_secs());
                return Err(self.download.error(Problem::Broken, words));
            };
            match chunk? {
                Some(bytes) => self.frames.feed(&bytes),
                None if self.frames.is_between() => return Ok(None),
                None => return Err(self.download.error(Problem::Broken, "it ended within a frame")),
            }
        }
    }

    /// What it is when its end came too early.
    #[must_use]
    pub fn ended_early(&self) -> Error {
        self.download.error(Problem::Broken, "the stream ended before its time")
    }

    fn error(&self, words: &str) -> Error {
        self.download.error_in_disguise(words.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(frames: &mut Frames) -> Result<Vec<Frame>, String> {
        let mut all = Vec::new();
        while let Some(frame) = frames.next_frame()? {
            all.push(frame);
        }
        Ok(all)
    }

    const STREAM: &str = r#"{"Data":"b3V0MQo=","File":"alloc/logs/t.stdout.0","Offset":5}{}{"File":"a}\"{b","FileEvent":"file deleted"}"#;

    #[test]
    fn frames_have_no_separators_and_names_may_hold_braces() {
        let mut frames = Frames::default();
        frames.feed(STREAM.as_bytes());
        let read = all(&mut frames).unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!((&read[0].data[..], read[0].offset), (&b"out1\n"[..], 5));
        assert!(read[1].is_alive());
        assert_eq!((read[2].file.as_str(), read[2].event.as_str()), ("a}\"{b", "file deleted"));
    }

    #[test]
    fn an_error_in_the_stream_is_told_in_its_own_words() {
        let mut frames = Frames::default();
        frames.feed(b"{}rpc error: session shutdown");
        assert_eq!(all(&mut frames), Err("rpc error: session shutdown".to_owned()));
    }

    #[test]
    fn modes_are_read_as_go_writes_them() {
        let entry = |mode: &str| Entry {
            name: String::new(),
            is_dir: false,
            size: 0,
            file_mode: mode.into(),
            mod_time: None,
        };
        let read = |mode: &str| (entry(mode).kind(), entry(mode).permissions());
        assert_eq!(read("-rw-r--r--"), (Kind::File, 0o644));
        assert_eq!(read("dtrwxrwxrwx"), (Kind::Dir, 0o777));
        assert_eq!(read("Lrwxrwxrwx"), (Kind::Link, 0o777));
        assert_eq!(read("prw-------"), (Kind::Special, 0o600));
        assert_eq!(read("ugrwxr-x---"), (Kind::File, 0o750));
        assert_eq!(read("Dcrw-------"), (Kind::Special, 0o600));
        assert_eq!(read(""), (Kind::File, 0));
    }

    proptest! {
        #[test]
        fn frames_are_the_same_however_they_are_cut(cuts in proptest::collection::vec(0_usize..STREAM.len(), 0..8)) {
            let mut whole = Frames::default();
            whole.feed(STREAM.as_bytes());
            let (mut cuts, mut from, mut read) = (cuts, 0, Vec::new());
            cuts.sort_unstable();
            cuts.push(STREAM.len());
            let mut frames = Frames::default();
            for to in cuts {
                frames.feed(&STREAM.as_bytes()[from..to]);
                read.extend(all(&mut frames).unwrap());
                from = to;
            }
            prop_assert_eq!(read, all(&mut whole).unwrap());
            prop_assert!(frames.is_between());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut frames = Frames::default();
            frames.feed(&bytes);
            drop(all(&mut frames));
        }
    }
}
