//! Answers read piece by piece: files, and streams of frames that end when somebody ends them.

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};

use crate::api::error::{Error, Problem, Result};
use crate::api::http::response::OpenResponse;
use crate::api::http::{Get, Http, RequestSpec, Write};
use crate::api::permission::Permission;

/// What a request for bytes is answered with: nothing that `serde` could decode.
#[derive(Debug)]
pub struct Raw(());

/// An answer whose body arrives in pieces; it holds a place in the connection budget until it is dropped.
#[derive(Debug)]
pub struct Download {
    http: Http,
    spec: RequestSpec,
    open: OpenResponse,
}

impl Download {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// When the body breaks off, or stands still for 30 s.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.open.chunk(self.http.context(&self.spec)).await
    }

    /// A header of the answer.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.open.response.headers().get(name).and_then(|v| v.to_str().ok())
    }

    /// An error about this answer.
    #[must_use]
    pub fn error(&self, problem: Problem, text: impl Into<String>) -> Error {
        self.http.context(&self.spec).error(problem, None, text.into())
    }

    /// The error that a body of status 200 stands for, as `fs/cat` and `fs/readat` answer (`nomad-api.md §7`).
    #[must_use]
    pub fn error_in_disguise(&self, body: &[u8]) -> Error {
        Error::answered(&self.http.context(&self.spec), 500, &String::from_utf8_lossy(body))
    }
}

impl Http {
    /// Begins to read bytes, uncompressed; one attempt.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn download(&self, call: &Get<Raw>) -> Result<Download> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let open = self.answer(call.spec(), headers, &[]).await?;
        Ok(Download { http: self.clone(), spec: call.spec().clone(), open })
    }

    /// Changes the cluster, once, and begins to read an answer of whatever kind.
    ///
    /// # Errors
    /// Any `api::Error`; see [`Error::is_ambiguous`].
    pub async fn exchange(&self, _permission: &Permission, call: &Write<Raw>) -> Result<Download> {
        let open = self.answer(call.spec(), HeaderMap::new(), &[]).await?;
        Ok(Download { http: self.clone(), spec: call.spec().clone(), open })
    }
}
