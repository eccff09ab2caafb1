//! What a handler answers, before it is written.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::sandbox::state::index::Scope;
use crate::sandbox::world::requests::Refusal;

/// Rows that are written one after another, so that 50,000 of them never stand in memory as JSON.
pub(crate) trait Rows: Send {
    /// Writes the next row; whether there was one.
    fn write_next(&mut self, out: &mut Vec<u8>) -> bool;
}

struct List<T, F> {
    rows: std::vec::IntoIter<T>,
    write: F,
}

impl<T: Send, F: FnMut(&T, &mut Vec<u8>) + Send> Rows for List<T, F> {
    fn write_next(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(row) = self.rows.next() else { return false };
        (self.write)(&row, out);
        true
    }
}

/// What is answered.
pub(crate) enum Content {
    /// Nothing.
    Nothing,
    /// JSON.
    Json(Vec<u8>),
    /// A JSON list.
    Rows(Box<dyn Rows>),
    /// Words.
    Text(String),
    /// Anything else, with its type.
    Other(&'static str, Vec<u8>),
    /// What comes as it comes, with its type.
    Live(&'static str, mpsc::Receiver<Bytes>),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Nothing => f.write_str("nothing"),
            Content::Json(bytes) => f.write_str(&String::from_utf8_lossy(bytes)),
            Content::Rows(_) => f.write_str("rows"),
            Content::Text(text) => f.write_str(text),
            Content::Live(kind, _) => write!(f, "a stream of {kind}"),
            Content::Other(kind, bytes) => write!(f, "{} bytes of {kind}", bytes.len()),
        }
    }
}

/// The result of a handler.
pub(crate) type HandlerResult = Result<Reply, Refusal>;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// What is answered.
    pub content: Content,
    /// `X-Nomad-Index`; left out where Nomad has none.
    pub index: Option<u64>,
    /// Whether a leader is known, for `X-Nomad-KnownLeader` and `X-Nomad-LastContact`; left out where Nomad has none.
    pub leader: Option<bool>,
    /// How many milliseconds ago the leader was heard of.
    pub contact: u64,
    /// `X-Nomad-NextToken`; left out when empty.
    pub next_token: String,
    /// What a blocking query of this waits for; empty where nothing blocks.
    pub watch: Vec<Scope>,
    /// Whether it may depend on what codings the client takes.
    pub vary: bool,
    /// More headers.
    pub headers: Vec<(&'static str, String)>,
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

impl Reply {
    fn with(status: u16, content: Content) -> Self {
        Reply {
            status,
            content,
            index: None,
            leader: None,
            contact: 0,
            next_token: String::new(),
            watch: Vec::new(),
            vary: true,
            headers: Vec::new(),
        }
    }

    /// An empty answer.
    #[must_use]
    pub(crate) fn empty() -> Self {
        Reply::with(200, Content::Nothing)
    }

    /// A JSON value.
    pub(crate) fn value(value: &impl Serialize) -> Self {
        Reply::with(200, Content::Json(json(value)))
    }

    /// A JSON list whose rows are written as they go out.
    pub(crate) fn rows<T: Send + 'static>(
        rows: Vec<T>,
        write: impl FnMut(&T, &mut Vec<u8>) + Send + 'static,
    ) -> Self {
        let rows = rows.into_iter();
        Reply::with(200, Content::Rows(Box::new(List { rows, write })))
    }

    /// Words.
    #[must_use]
    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Reply::with(status, Content::Text(text.into()))
    }

    /// The same as a read at an index: with the headers of reads, blocking until something of `watch` is touched.
    #[must_use]
    pub(crate) fn read(mut self, index: u64, watch: Vec<Scope>) -> Self {
        (self.index, self.leader, self.watch) = (Some(index), Some(true), watch);
        self
    }

    /// The same as a write at an index.
    #[must_use]
    pub(crate) fn written(mut self, index: u64) -> Self {
        self.index = Some(index);
        self
    }

    /// The same with a page that follows.
    #[must_use]
    pub(crate) fn followed_by(mut self, token: String) -> Self {
        self.next_token = token;
        self
    }

    /// The same with another header.
    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
