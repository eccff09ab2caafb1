//! A response under way: its body in chunks, its headers at the end.

use std::time::Duration;

use reqwest::Response;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};

use crate::api::error::{Problem, RequestContext, Result, transport_text};
use crate::api::http::{Meta, Product};

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
            bytes: self.bytes,
        }
    }
}
