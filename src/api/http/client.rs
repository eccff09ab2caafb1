//! One client per cluster: a lazily built `reqwest::Client` with the endpoint's TLS, authentication and budget.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::api::error::{Error, Problem, RequestContext, Result};
use crate::api::http::list_decoder::ListDecoder;
use crate::api::http::response::OpenResponse;
use crate::api::http::rows::{ListFlaw, located};
use crate::api::http::{
    Address, Ask, Backoff, Blocking, Endpoint, Get, Patience, RequestSpec, Rows, TlsOptions, Write,
};
use crate::api::permission::Permission;

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

/// How long an ordinary answer may take to begin. Without a leader a request is held about 5 s, through a client agent 10.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long an address that has never answered is tried: it is more likely wrong than in trouble.
const FIRST_CONTACT_PATIENCE: Duration = Duration::from_secs(1);
/// What a server may add to a blocking query's wait beyond its jitter of wait/16 (`nomad-api.md §1.3`).
const HOLD_SLACK: Duration = Duration::from_secs(10);
/// The agent's default cap is 100 connections per client address, shared by everyone behind it (`nomad-api.md §1.6`).
const MAX_CONNECTIONS: usize = 32;
/// How many bytes of a list are decoded by the task that receives them; the rest of a longer one is decoded by a thread.
const INLINE_DECODE_LIMIT: u64 = 512 * 1024;

/// A client of one cluster's HTTP API. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    inner: Arc<Inner>,
    patience: Patience,
}

#[derive(Debug)]
struct Inner {
    endpoint: Endpoint,
    display: String,
    client: OnceLock<Client>,
    budget: Arc<Semaphore>,
    /// Set by the first answer: after it, a refused connection is a passing fault and no longer a wrong address.
    reached: OnceLock<()>,
}

impl Http {
    /// A client for the endpoint; nothing is opened or read before the first request.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        let display = endpoint.address.display();
        let inner = Inner {
            endpoint,
            display,
            client: OnceLock::new(),
            budget: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            reached: OnceLock::new(),
        };
        Http { inner: Arc::new(inner), patience: Patience::VIEW }
    }

    /// The same client with another patience towards passing faults.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Http { inner: Arc::clone(&self.inner), patience }
    }

    /// A client of another agent of the same cluster: the same token and certificates.
    #[must_use]
    pub fn at(&self, address: Address, origin: &str, server_name: Option<String>) -> Self {
        let own = &self.inner.endpoint;
        let tls = TlsOptions { server_name, ..own.tls.clone() };
        let (product, token, basic) = (own.product, own.token.clone(), own.basic.clone());
        let (origin, params) = (origin.to_owned(), own.params.clone());
        Http::new(Endpoint { product, address, origin, token, basic, tls, params })
            .with_patience(self.patience)
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
        self.patiently(&call.spec, async || self.once(&call.spec, None).await).await
    }

    /// Asks a question that stores nothing, patient with passing faults.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn ask<T: DeserializeOwned>(&self, call: &Ask<T>) -> Result<Reply<T>> {
        self.patiently(&call.spec, async || self.once(&call.spec, None).await).await
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
        let add = &mut add;
        self.patiently(&call.spec, async || self.rows_once(&call.spec, None, &new, &mut *add).await).await
    }

    /// Reads a text as it is, such as a piece of a log.
    ///
    /// # Errors
    /// Any `api::Error`.
    pub async fn read_text(&self, call: &Get<String>) -> Result<Reply<String>> {
        self.patiently(&call.spec, async || {
            let mut open = self.open(&call.spec, None).await?;
            let mut body = Vec::new();
            while let Some(chunk) = open.chunk(self.context(&call.spec)).await? {
                body.extend_from_slice(&chunk);
            }
            Ok(Reply { value: String::from_utf8_lossy(&body).into_owned(), meta: open.close() })
        })
        .await
    }

    /// One attempt of a blocking read. Use `api::watch`, which knows what to do with indexes and faults.
    pub(crate) async fn read_blocking<T: DeserializeOwned>(
        &self,
        call: &Get<T>,
        blocking: Blocking,
    ) -> Result<Reply<T>> {
        self.once(&call.spec, Some(blocking)).await
    }

    /// Changes the cluster, once: a write is never repeated here (`api::settle` reads back first).
    ///
    /// # Errors
    /// Any `api::Error`; see [`Error::is_ambiguous`].
    pub async fn write<T: DeserializeOwned>(
        &self,
        _permission: &Permission,
        call: &Write<T>,
    ) -> Result<Reply<T>> {
        self.once(&call.spec, None).await
    }

    pub(super) async fn patiently<R>(
        &self,
        spec: &RequestSpec,
        mut attempt: impl AsyncFnMut() -> Result<R>,
    ) -> Result<R> {
        let begun = Instant::now();
        let mut backoff = Backoff::default();
        loop {
            let error = match attempt().await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            // Who never answered is more likely the wrong address than a cluster in trouble.
            let patience = match (self.inner.reached.get(), &error.problem) {
                (Some(()), _) => self.patience.0,
                (None, Problem::Connect) => Duration::ZERO,
                (None, _) => self.patience.0.min(FIRST_CONTACT_PATIENCE),
            };
            let pause = backoff.pause();
            if !error.is_passing() || begun.elapsed() + pause > patience {
                return Err(error);
            }
            tracing::debug!(target: "fleet::http", "{} {}: {}; again in {} ms", spec.method, spec.path, error.text, pause.as_millis());
            tokio::time::sleep(pause).await;
        }
    }

    async fn once<T: DeserializeOwned>(
        &self,
        spec: &RequestSpec,
        blocking: Option<Blocking>,
    ) -> Result<Reply<T>> {
        let mut open = self.open(spec, blocking).await?;
        let mut body = Vec::new();
        while let Some(chunk) = open.chunk(self.context(spec)).await? {
            body.extend_from_slice(&chunk);
        }
        let status = open.response.status();
        let meta = open.close();
        // Writes and deletions answer with an empty body where there is nothing to say.
        let text: &[u8] = if body.is_empty() { b"null" } else { &body };
        match decode(text) {
            Ok(value) => Ok(Reply { value, meta }),
            Err(_) if !status.is_success() => {
                Err(Error::answered(&self.context(spec), status.as_u16(), &String::from_utf8_lossy(&body)))
            }
            Err(why) => Err(self.context(spec).error(Problem::Decode, None, why)),
        }
    }

    async fn rows_once<T: DeserializeOwned + Send + 'static, A>(
        &self,
        spec: &RequestSpec,
        blocking: Option<Blocking>,
        new: &impl Fn() -> A,
        add: &mut impl FnMut(&mut A, T),
    ) -> Result<Reply<A>> {
        let mut open = self.open(spec, blocking).await?;
        let (mut rows, mut value) = (Rows::default(), new());
        let flawed = |flaw: ListFlaw| match flaw {
            ListFlaw::Truncated => {
                self.context(spec).error(Problem::Broken, None, "the list was cut".to_owned())
            }
            ListFlaw::Unexpected(why) => self.context(spec).error(Problem::Decode, None, why),
        };
        let mut off_thread: Option<ListDecoder<T>> = None;
        while let Some(chunk) = open.chunk(self.context(spec)).await? {
            let add = |row| add(&mut value, row);
            match &mut off_thread {
                None if open.bytes <= INLINE_DECODE_LIMIT => rows.feed(&chunk, add),
                None => {
                    off_thread.insert(ListDecoder::begin(std::mem::take(&mut rows))).feed(chunk, add).await
                }
                Some(decoder) => decoder.feed(chunk, add).await,
            }
            .map_err(flawed)?;
        }
        let add = |row| add(&mut value, row);
        match off_thread {
            None => rows.finish(add),
            Some(decoder) => decoder.finish(add).await,
        }
        .map_err(flawed)?;
        Ok(Reply { value, meta: open.close() })
    }

    async fn open(&self, spec: &RequestSpec, blocking: Option<Blocking>) -> Result<OpenResponse> {
        let good: Vec<u16> = spec.also_good.into_iter().collect();
        self.send(spec, blocking, HeaderMap::new(), &good).await
    }

    /// Sends a request with headers of its own and waits for a good answer's headers: 2xx, or one of `also_good`.
    pub(super) async fn answer(
        &self,
        spec: &RequestSpec,
        headers: HeaderMap,
        also_good: &[u16],
    ) -> Result<OpenResponse> {
        self.send(spec, None, headers, also_good).await
    }

    async fn send(
        &self,
        spec: &RequestSpec,
        blocking: Option<Blocking>,
        headers: HeaderMap,
        also_good: &[u16],
    ) -> Result<OpenResponse> {
        let context = self.context(spec);
        let request = self.request(spec, blocking)?.headers(headers);
        let slot = Arc::clone(&self.inner.budget).acquire_owned().await.ok();
        let begun = Instant::now();
        let within = blocking.map_or(ANSWER_TIMEOUT, |b| b.wait + b.wait / 16 + HOLD_SLACK);
        let sent = timeout(within, request.send()).await;
        let late =
            || context.error(Problem::Timeout, None, format!("no answer within {} s", within.as_secs()));
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(e)) => {
                let error = Error::transport(&context, &e);
                tracing::info!(target: "fleet::http", "{} {} failed after {} ms: {}", spec.method, shown(spec, blocking), begun.elapsed().as_millis(), error.text);
                return Err(error);
            }
            Err(_) => return Err(late()),
        };
        let _ = self.inner.reached.set(());
        let status = response.status().as_u16();
        let (method, product) = (spec.method.clone(), context.product);
        let mut open = OpenResponse {
            method,
            product,
            shown: shown(spec, blocking),
            response,
            begun,
            bytes: 0,
            _slot: slot,
        };
        if (200..300).contains(&status) || also_good.contains(&status) {
            return Ok(open);
        }
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = open.chunk(context).await {
            body.extend_from_slice(&chunk);
            if body.len() > 64 * 1024 {
                break;
            }
        }
        open.close();
        Err(Error::answered(&context, status, &String::from_utf8_lossy(&body)))
    }

    pub(super) fn context<'a>(&'a self, spec: &'a RequestSpec) -> RequestContext<'a> {
        let endpoint = &self.inner.endpoint;
        RequestContext {
            product: endpoint.product,
            address: &self.inner.display,
            origin: &endpoint.origin,
            spec,
        }
    }

    fn request(&self, spec: &RequestSpec, blocking: Option<Blocking>) -> Result<RequestBuilder> {
        let endpoint = &self.inner.endpoint;
        let mut url = endpoint.base_url();
        url.set_path(&format!("{}{}", endpoint.address.url.path().trim_end_matches('/'), spec.path));
        {
            let mut pairs = url.query_pairs_mut();
            // The request's own parameters win over those of the endpoint.
            let own = |name: &str| spec.query.iter().any(|(n, _)| *n == name);
            pairs.extend_pairs(endpoint.params.iter().filter(|(n, _)| !own(n)));
            pairs.extend_pairs(&spec.query);
            if let Some(Blocking { index, wait }) = blocking {
                pairs.append_pair("index", &index.to_string());
                pairs.append_pair("wait", &format!("{}ms", wait.as_millis()));
            }
        }
        if url.query() == Some("") {
            url.set_query(None);
        }
        let mut request = endpoint.authenticate(self.client()?.request(spec.method.clone(), url));
        if let Some(body) = &spec.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        Ok(request)
    }

    fn client(&self) -> Result<&Client> {
        if let Some(client) = self.inner.client.get() {
            return Ok(client);
        }
        let built = self.inner.endpoint.client()?;
        Ok(self.inner.client.get_or_init(|| built))
    }
}

/// Path and query as logged: never a secret, for none travels in a URL.
fn shown(spec: &RequestSpec, blocking: Option<Blocking>) -> String {
    let mut text = spec.path.clone();
    let mut separator = '?';
    for (name, value) in &spec.query {
        text.push_str(&format!("{separator}{name}={value}"));
        separator = '&';
    }
    if let Some(b) = blocking {
        text.push_str(&format!("{separator}index={}&wait={}s", b.index, b.wait.as_secs()));
    }
    text
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> std::result::Result<T, String> {
    if let Ok(value) = serde_json::from_slice(body) {
        return Ok(value);
    }
    // Only a failure pays for knowing where it is.
    located(body)
}
