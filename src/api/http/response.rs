//! Responses: one under way, its body in chunks and its headers at the end; and what is kept of it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Response;
use reqwest::header::DATE;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};

use crate::api::error::{Problem, RequestContext, Result, transport_text};
use crate::api::http::Product;
use crate::api::http::address::without_secrets;

/// The metadata of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// The index for the next blocking query; absent on many endpoints (`nomad-api.md §1.2`).
    pub index: Option<u64>,
    /// Whether the server knew a leader; only `Some(false)` says there is none.
    pub known_leader: Option<bool>,
    /// How old a stale answer may be.
    pub last_contact: Option<Duration>,
    /// The token of the next page.
    pub next_token: Option<String>,
    /// Whether rows were left out for want of rights (Consul 1.11 and newer).
    pub filtered_by_acl: bool,
    /// When it was sent, by the clock of the agent that answers, to the second.
    pub sent_at: Option<Timestamp>,
    /// Size of the decoded body in bytes.
    pub bytes: u64,
}

/// An answer and its metadata.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    /// The decoded body.
    pub value: T,
    /// The headers that matter.
    pub meta: Meta,
}

/// An answer that was received to its end.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) meta: Meta,
}

/// How long a body may pause.
const CHUNK_TIMEOUT: Duration = Duration::from_secs(30);

/// An answer whose body is still to be read; it holds a place in the connection budget.
#[derive(Debug)]
pub(super) struct OpenResponse {
    pub(super) method: reqwest::Method,
    pub(super) product: Product,
    /// Path and query as logged.
    pub(super) shown: String,
    pub(super) response: Response,
    pub(super) begun: Instant,
    pub(super) bytes: u64,
    pub(super) _slot: Option<OwnedSemaphorePermit>,
}

impl OpenResponse {
    pub(super) async fn chunk(&mut self, context: RequestContext<'_>) -> Result<Option<bytes::Bytes>> {
        match timeout(CHUNK_TIMEOUT, self.response.chunk()).await {
            Ok(Ok(chunk)) => {
                self.bytes += chunk.as_ref().map_or(0, |c| c.len() as u64);
                Ok(chunk)
            }
            Ok(Err(e)) => {
                let text = transport_text(&e);
                Err(context.error(Problem::Broken, None, format!("the answer broke off: {text}")))
            }
            Err(_) => Err(context.error(
                Problem::Timeout,
                None,
                format!("the answer stood still for {} s", CHUNK_TIMEOUT.as_secs()),
            )),
        }
    }

    /// Where a redirect leads to, as it may be shown; none where it is no redirect.
    pub(super) fn location(&self) -> Option<String> {
        let to = self.response.headers().get(reqwest::header::LOCATION)?;
        self.response
            .status()
            .is_redirection()
            .then(|| without_secrets(&String::from_utf8_lossy(to.as_bytes())))
    }

    /// The answer itself, for whoever goes on with its connection; its place in the budget is free again.
    pub(super) fn into_response(self) -> Response {
        self.response
    }

    pub(super) fn close(self) -> Meta {
        let (ms, status) = (self.begun.elapsed().as_millis(), self.response.status().as_u16());
        tracing::info!(target: "fleet::http", "{} {} {status} {ms} ms {} bytes", self.method, self.shown, self.bytes);
        let product = self.product;
        let header = |name: &str| {
            let value = self.response.headers().get(format!("X-{product}-{name}"))?;
            value.to_str().ok().filter(|v| !v.is_empty()).map(str::to_owned)
        };
        Meta {
            index: header("Index").and_then(|v| v.parse().ok()),
            known_leader: header("KnownLeader").map(|v| v == "true"),
            last_contact: header("LastContact").and_then(|v| v.parse().ok()).map(Duration::from_millis),
            next_token: header("NextToken"),
            filtered_by_acl: header("Results-Filtered-By-ACLs").is_some_and(|v| v == "true"),
            sent_at: self.response.headers().get(DATE).and_then(|value| sent_at(value.to_str().ok()?)),
            bytes: self.bytes,
        }
    }
}

/// The moment that a `Date` header tells.
fn sent_at(date: &str) -> Option<Timestamp> {
    rfc2822::parse(date).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_tells_when_it_was_sent() {
        // As Nomad 2.0.5 answers.
        let told = sent_at("Mon, 30 Nov 2026 22:44:24 GMT").unwrap();
        assert_eq!(told.to_string(), "2026-11-30T22:44:24Z");
        assert_eq!(sent_at("today"), None);
    }
}
