//! The bytes of an answer: rows as they are asked for, indented if wished, compressed if agreed.

use std::io::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::sandbox::http::reply::{Content, Rows};

/// How much is put together before it goes out.
const CHUNK: usize = 64 * 1024;
/// How much Go keeps back to see whether it is all, and then tells the length.
const SHORT: usize = 2048;

/// A compression that was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// None.
    Plain,
    /// gzip.
    Gzip,
    /// deflate.
    Deflate,
}

impl Coding {
    /// The first coding of an `Accept-Encoding` header that the agent knows.
    #[must_use]
    pub(super) fn agreed(accepted: &str) -> Self {
        let known = accepted.split(',').map(|word| word.split(';').next().unwrap_or("").trim());
        known
            .into_iter()
            .find_map(|word| match word {
                "gzip" => Some(Coding::Gzip),
                "deflate" => Some(Coding::Deflate),
                _ => None,
            })
            .unwrap_or(Coding::Plain)
    }

    /// As `Content-Encoding` says it.
    #[must_use]
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Coding::Plain => None,
            Coding::Gzip => Some("gzip"),
            Coding::Deflate => Some("deflate"),
        }
    }
}

enum Packer {
    Plain(Vec<u8>),
    Gzip(GzEncoder<Vec<u8>>),
    Deflate(DeflateEncoder<Vec<u8>>),
}

impl Packer {
    fn new(coding: Coding) -> Self {
        match coding {
            Coding::Plain => Packer::Plain(Vec::new()),
            Coding::Gzip => Packer::Gzip(GzEncoder::new(Vec::new(), Compression::fast())),
            Coding::Deflate => Packer::Deflate(DeflateEncoder::new(Vec::new(), Compression::fast())),
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        // Writing to memory does not fail.
        match self {
            Packer::Plain(out) => out.extend_from_slice(bytes),
            Packer::Gzip(encoder) => drop(encoder.write_all(bytes)),
            Packer::Deflate(encoder) => drop(encoder.write_all(bytes)),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        match self {
            Packer::Plain(out) => std::mem::take(out),
            Packer::Gzip(encoder) => std::mem::take(encoder.get_mut()),
            Packer::Deflate(encoder) => std::mem::take(encoder.get_mut()),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Packer::Plain(out) => out,
            Packer::Gzip(encoder) => encoder.finish().unwrap_or_default(),
            Packer::Deflate(encoder) => encoder.finish().unwrap_or_default(),
        }
    }
}

enum Source {
    Bytes(Vec<u8>),
    Rows { rows: Box<dyn Rows>, begun: bool },
    Over,
}

/// Produces the bytes of an answer.
struct Press {
    source: Source,
    indent: Option<Indent>,
    packer: Option<Packer>,
}

impl Press {
    /// The next bytes; none when all are out.
    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            self.packer.as_ref()?;
            let mut raw = Vec::new();
            let over = self.source.fill(&mut raw);
            let mut text = Vec::new();
            if let Some(indent) = &mut self.indent {
                indent.put(&raw, &mut text);
                if over {
                    text.push(b'\n');
                }
                raw = text;
            }
            let packer = self.packer.as_mut()?;
            packer.put(&raw);
            if over {
                return self.packer.take().map(Packer::finish);
            }
            let out = packer.take();
            if !out.is_empty() {
                return Some(out);
            }
        }
    }
}

impl Source {
    /// Appends up to a chunk; whether that was the last.
    fn fill(&mut self, out: &mut Vec<u8>) -> bool {
        match self {
            Source::Bytes(bytes) => {
                out.append(bytes);
                *self = Source::Over;
                true
            }
            Source::Rows { rows, begun } => {
                while out.len() < CHUNK {
                    out.push(if *begun { b',' } else { b'[' });
                    if !rows.write_next(out) {
                        if *begun {
                            out.pop();
                        }
                        out.push(b']');
                        *self = Source::Over;
                        return true;
                    }
                    *begun = true;
                }
                false
            }
            Source::Over => true,
        }
    }
}

/// Indents JSON by four spaces.
#[derive(Debug, Default)]
struct Indent {
    depth: usize,
    in_text: bool,
    escaped: bool,
    opened: bool,
}

impl Indent {
    fn put(&mut self, raw: &[u8], out: &mut Vec<u8>) {
        for &byte in raw {
            if self.in_text {
                out.push(byte);
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_text = false,
                    _ => {}
                }
                continue;
            }
            let closes = matches!(byte, b']' | b'}');
            if closes {
                self.depth = self.depth.saturating_sub(1);
            }
            if self.opened != closes {
                self.line(out);
            }
            self.opened = false;
            out.push(byte);
            match byte {
                b'[' | b'{' => {
                    self.depth += 1;
                    self.opened = true;
                }
                b',' => self.line(out),
                b':' => out.push(b' '),
                b'"' => self.in_text = true,
                _ => {}
            }
        }
    }

    fn line(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
        out.resize(out.len() + 4 * self.depth, b' ');
    }
}

/// How an answer is cut short, by a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CutAfter(pub usize);

/// The body of an answer.
pub(super) struct Answer {
    first: Option<Vec<u8>>,
    press: Option<Press>,
    length: Option<usize>,
    cut: Option<CutAfter>,
    /// Whether what comes before the cut had time to go out.
    flushed: bool,
    sent: usize,
    live: Option<mpsc::Receiver<Bytes>>,
}

impl Answer {
    /// The body for some content.
    #[must_use]
    pub(super) fn new(content: Content, pretty: bool, coding: Coding) -> Self {
        let (source, json) = match content {
            Content::Nothing => return Answer::empty(),
            Content::Json(bytes) => (Source::Bytes(bytes), true),
            Content::Rows(rows) => (Source::Rows { rows, begun: false }, true),
            Content::Text(text) => (Source::Bytes(text.into_bytes()), false),
            Content::Other(_, bytes) => (Source::Bytes(bytes), false),
            Content::Live(_, live) => return Answer { live: Some(live), length: None, ..Answer::empty() },
        };
        let indent = (pretty && json).then(Indent::default);
        let mut press = Press { source, indent, packer: Some(Packer::new(coding)) };
        let first = press.next();
        // What is all there and short goes out with its length, like Go does.
        let whole = press.packer.is_none();
        let length = first.as_ref().map(Vec::len).filter(|length| whole && *length <= SHORT);
        Answer {
            first,
            press: (!whole).then_some(press),
            length,
            cut: None,
            flushed: false,
            sent: 0,
            live: None,
        }
    }

    /// No body.
    #[must_use]
    pub(super) fn empty() -> Self {
        Answer { first: None, press: None, length: Some(0), cut: None, flushed: false, sent: 0, live: None }
    }

    /// The same, but it breaks off.
    #[must_use]
    pub(super) fn cut(mut self, after: CutAfter) -> Self {
        self.cut = Some(after);
        self
    }

    fn produce(&mut self) -> Option<Vec<u8>> {
        self.first
            .take()
            .or_else(|| self.press.as_mut().and_then(Press::next))
            .filter(|bytes| !bytes.is_empty())
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if self.first.is_none()
            && let Some(live) = &mut self.live
        {
            match std::task::ready!(live.poll_recv(cx)) {
                Some(bytes) => self.first = Some(bytes.into()),
                None => self.live = None,
            }
        }
        let Some(mut bytes) = self.produce() else {
            return Poll::Ready(self.cut.take().map(|_| Err(std::io::ErrorKind::ConnectionReset.into())));
        };
        if let Some(CutAfter(limit)) = self.cut {
            let left = limit.saturating_sub(self.sent);
            if left == 0 && !self.flushed {
                // The connection is dropped with the error; what came before it is to arrive.
                self.flushed = true;
                self.first = Some(bytes);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if left == 0 {
                (self.press, self.first, self.cut, self.live) = (None, None, None, None);
                return Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())));
            }
            if bytes.len() > left {
                let rest = bytes.split_off(left);
                self.first = Some(rest);
            }
        }
        self.sent += bytes.len();
        Poll::Ready(Some(Ok(Frame::data(bytes.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.press.is_none() && self.cut.is_none() && self.live.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.length {
            Some(length) => SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX)),
            None => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::http::reply::Reply;
    use serde_json::json;

    fn written(reply: Reply, pretty: bool) -> String {
        let mut answer = Answer::new(reply.content, pretty, Coding::Plain);
        let mut all = Vec::new();
        while let Some(bytes) = answer.produce() {
            all.extend(bytes);
        }
        String::from_utf8(all).unwrap()
    }

    #[test]
    fn rows_make_a_list_however_many_there_are() {
        let rows = |n: usize| {
            Reply::rows((0..n).collect(), |row: &usize, out| out.extend(row.to_string().into_bytes()))
        };
        assert_eq!(written(rows(0), false), "[]");
        assert_eq!(written(rows(3), false), "[0,1,2]");
        let many: Vec<usize> = serde_json::from_str(&written(rows(50_000), false)).unwrap();
        assert_eq!(many.len(), 50_000);
    }

    #[test]
    fn pretty_json_is_indented_by_four() {
        let value = json!({"a": [], "b": {}, "c": [1, {"d": "x,{\"y"}], "e": null});
        let expected = "{\n    \"a\": [],\n    \"b\": {},\n    \"c\": [\n        1,\n        {\n            \"d\": \"x,{\\\"y\"\n        }\n    ],\n    \"e\": null\n}\n";
        assert_eq!(written(Reply::value(&value), true), expected);
        assert_eq!(written(Reply::rows(Vec::<u8>::new(), |_, _| {}), true), "[]\n");
    }

    #[test]
    fn compressed_bodies_decompress() {
        use std::io::Read;
        let content = Content::Text("hello".repeat(100_000));
        let mut answer = Answer::new(content, false, Coding::Gzip);
        let mut all = Vec::new();
        while let Some(bytes) = answer.produce() {
            all.extend(bytes);
        }
        let mut text = String::new();
        flate2::read::GzDecoder::new(&all[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text.len(), 500_000);
        assert_eq!(Coding::agreed("br, gzip;q=0.5"), Coding::Gzip);
    }
}
