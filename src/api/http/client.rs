//! One client per cluster: what it is asked, by type. How an answer is fetched, whatever its type, is in `fetch`.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use reqwest::Client;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::api::error::{Error, Problem, RequestContext, Result};
use crate::api::http::list_decoder::{Arrived, RowType};
use crate::api::http::response::{Body, Reply};
use crate::api::http::rows::located;
use crate::api::http::slow::SlowAnswers;
use crate::api::http::{Address, Ask, Blocking, Endpoint, Get, Patience, RequestSpec, TlsOptions, Write};
use crate::api::permission::Permission;

/// The agent's default cap is 100 connections per client address, shared by everyone behind it (`nomad-api.md §1.6`).
const MAX_CONNECTIONS: usize = 32;
/// How long an ordinary answer may take to begin. Without a leader a request is held about 5 s, through a client agent 10.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A client of one cluster's HTTP API. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    pub(super) inner: Arc<Inner>,
    pub(super) patience: Patience,
    /// How long an answer may be waited for until it begins.
    pub(super) answers_within: Duration,
    /// Whether nobody is told when an answer takes long.
    pub(super) quiet: bool,
    /// Whether it is an answer that the servers have no path to a node.
    pub(super) takes_no_path: bool,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) endpoint: Endpoint,
    pub(super) display: String,
    pub(super) client: OnceLock<Client>,
    pub(super) budget: Arc<Semaphore>,
    /// Set by the first answer: after it, a refused connection is a passing fault and no longer a wrong address.
    pub(super) reached: OnceLock<()>,
    /// Who is told when an answer takes long.
    pub(super) slow: Option<Arc<dyn SlowAnswers>>,
    /// When every answer has to be there, where all that is asked has an end.
    pub(super) deadline: OnceLock<Instant>,
    /// Set where nothing may be changed.
    pub(super) reads_only: OnceLock<()>,
    /// Why the servers could not be asked the last time, while that is waited out.
    pub(super) trouble: Mutex<Option<String>>,
}

impl Http {
    /// A client for the endpoint; nothing is opened or read before the first request.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Http::told(endpoint, None)
    }

    /// The same, with somebody who is told when an answer takes long.
    #[must_use]
    pub fn told(endpoint: Endpoint, slow: Option<Arc<dyn SlowAnswers>>) -> Self {
        let display = endpoint.address.display();
        let inner = Inner {
            endpoint,
            display,
            client: OnceLock::new(),
            budget: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            reached: OnceLock::new(),
            slow,
            deadline: OnceLock::new(),
            reads_only: OnceLock::new(),
            trouble: Mutex::default(),
        };
        Http {
            inner: Arc::new(inner),
            patience: Patience::VIEW,
            answers_within: ANSWER_TIMEOUT,
            quiet: false,
            takes_no_path: false,
        }
    }

    /// The same client with another patience towards passing faults.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Http { patience, ..self.clone() }
    }

    /// The same client for whoever waits so long for an answer to begin, and no longer.
    #[must_use]
    pub fn answering_within(&self, limit: Duration) -> Self {
        Http { answers_within: limit, ..self.clone() }
    }

    /// The same client for what goes on by itself in the background: nobody is told when an answer takes long.
    #[must_use]
    pub fn quietly(&self) -> Self {
        Http { quiet: true, ..self.clone() }
    }

    /// The same client, to which it is an answer that the servers have no path to a node: for whoever asks many nodes how something is
    /// there. A node that lost its server is seen again after its next heartbeat, which is later than any patience of a look.
    #[must_use]
    pub fn taking_no_path(&self) -> Self {
        Http { takes_no_path: true, ..self.clone() }
    }

    /// A client of another agent of the same cluster: the same token and certificates.
    #[must_use]
    pub fn at(&self, address: Address, origin: &str, server_name: Option<String>) -> Self {
        let own = &self.inner.endpoint;
        let tls = TlsOptions { server_name, ..own.tls.clone() };
        let (product, token, basic) = (own.product, own.token.clone(), own.basic.clone());
        let (origin, params) = (origin.to_owned(), own.params.clone());
        let endpoint = Endpoint { product, address, origin, token, basic, tls, params };
        let other = Http::told(endpoint, self.inner.slow.clone()).with_patience(self.patience);
        if let Some(deadline) = self.inner.deadline.get() {
            other.end_at(*deadline);
        }
        if self.inner.reads_only.get().is_some() {
            other.only_read();
        }
        other
    }

    /// Ends every request of this client and of its copies at that time, those under way too: what is not answered by then is
    /// out of time. The first one that is set holds.
    pub fn end_at(&self, deadline: Instant) {
        let _ = self.inner.deadline.set(deadline);
    }

    /// Sends no change from now on, nor do its copies: for a preview, whoever forgets that it is one.
    pub fn only_read(&self) {
        let _ = self.inner.reads_only.set(());
    }

    /// Whether what is sent there travels encrypted, or never leaves this machine.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let address = &self.inner.endpoint.address;
        address.url.scheme() == "https" || address.is_local()
    }

    /// The region that is asked for; none when it is the agent's own.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.inner
            .endpoint
            .params
            .iter()
            .find(|(name, _)| *name == "region")
            .map(|(_, region)| region.as_str())
    }

    /// The address as people write it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.inner.display
    }

    /// Why the servers could not be asked the last time, while that is waited out; none where they answered since.
    #[must_use]
    pub fn in_trouble(&self) -> Option<String> {
        self.inner.trouble.lock().ok()?.clone()
    }

    /// Notes why the servers could not be asked, or that they answered.
    pub(crate) fn note_trouble(&self, why: Option<&Error>) {
        if let Ok(mut trouble) = self.inner.trouble.lock() {
            *trouble = why.map(ToString::to_string);
        }
    }

    /// Whether a token is set.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.inner.endpoint.token.is_some()
    }

    /// Reads and decodes one value, patient with passing faults.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn read<T: DeserializeOwned>(&self, call: &Get<T>) -> Result<Reply<T>> {
        self.filled(&call.spec, self.fetch(&call.spec).await?)
    }

    /// Asks a question that stores nothing, patient with passing faults.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn ask<T: DeserializeOwned>(&self, call: &Ask<T>) -> Result<Reply<T>> {
        self.filled(&call.spec, self.fetch(&call.spec).await?)
    }

    /// Reads a list row by row while it arrives; `T` should name only the fields that are needed.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn list<T: DeserializeOwned + Send + 'static>(
        &self,
        call: &Get<Vec<T>>,
    ) -> Result<Reply<Vec<T>>> {
        self.fold(call, Vec::new, Vec::push).await
    }

    /// Reads a list row by row into an accumulator; a retry starts again with a new one.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn fold<T: DeserializeOwned + Send + 'static, A>(
        &self,
        call: &Get<Vec<T>>,
        new: impl Fn() -> A,
        mut add: impl FnMut(&mut A, T),
    ) -> Result<Reply<A>> {
        let mut value = new();
        let meta = self
            .fetch_rows(&call.spec, RowType::of::<T>(), &mut |arrived| match arrived {
                Arrived::Nothing => value = new(),
                Arrived::Rows(batch) => batch.rows().for_each(|row: T| add(&mut value, row)),
            })
            .await?;
        Ok(Reply { value, meta })
    }

    /// Reads a text as it is, such as a piece of a log.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn read_text(&self, call: &Get<String>) -> Result<Reply<String>> {
        let body = self.fetch(&call.spec).await?;
        Ok(Reply { value: String::from_utf8_lossy(&body.bytes).into_owned(), meta: body.meta })
    }

    /// One attempt of a read, which can be left to itself in a task.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn read_once<T: DeserializeOwned>(&self, call: &Get<T>) -> Result<Reply<T>> {
        self.filled(&call.spec, self.fetch_once(&call.spec, None).await?)
    }

    /// One attempt of a blocking read. Use `api::watch`, which knows what to do with indexes and faults.
    pub(crate) async fn read_blocking<T: DeserializeOwned>(
        &self,
        call: &Get<T>,
        blocking: Blocking,
    ) -> Result<Reply<T>> {
        self.filled(&call.spec, self.fetch_once(&call.spec, Some(blocking)).await?)
    }

    /// Changes the cluster, once: a write is never repeated here (`api::settle` reads back first).
    ///
    /// # Errors
    /// Any `api::Error`; see [`crate::api::error::Error::is_ambiguous`].
    pub async fn write<T: DeserializeOwned>(
        &self,
        _permission: &Permission,
        call: &Write<T>,
    ) -> Result<Reply<T>> {
        if self.inner.reads_only.get().is_some() {
            let why = "nothing was sent: a preview changes nothing".to_owned();
            return Err(self.context(&call.spec).error(Problem::Invalid, None, why));
        }
        self.decoded(&call.spec, self.fetch_once(&call.spec, None).await?)
    }

    /// The answer to a question: one that is empty tells nothing.
    fn filled<T: DeserializeOwned>(&self, spec: &RequestSpec, body: Body) -> Result<Reply<T>> {
        if body.bytes.is_empty() {
            return Err(self.context(spec).error(Problem::Decode, None, "the answer is empty".to_owned()));
        }
        self.decoded(spec, body)
    }

    fn decoded<T: DeserializeOwned>(&self, spec: &RequestSpec, body: Body) -> Result<Reply<T>> {
        // Writes and deletions answer with an empty body where there is nothing to say.
        let text: &[u8] = if body.bytes.is_empty() { b"null" } else { &body.bytes };
        match decode(text) {
            Ok(value) => Ok(Reply { value, meta: body.meta }),
            Err(why) => Err(self.context(spec).undecoded(text, why)),
        }
    }

    pub(super) fn context<'a>(&'a self, spec: &'a RequestSpec) -> RequestContext<'a> {
        let endpoint = &self.inner.endpoint;
        RequestContext {
            product: endpoint.product,
            address: &self.inner.display,
            origin: &endpoint.origin,
            anonymous: endpoint.token.is_none(),
            spec,
        }
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> std::result::Result<T, String> {
    if let Ok(value) = serde_json::from_slice(body) {
        return Ok(value);
    }
    // Only a failure pays for knowing where it is.
    located(body)
}
