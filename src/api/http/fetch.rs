//! How an answer is fetched, whatever it decodes to: sent, waited for, received, tried again.
//!
//! Nothing here is generic over what is decoded: the work of a request is compiled once, not once for every type.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, RequestBuilder};
use tokio::time::{Instant, timeout, timeout_at};

use crate::api::error::{Error, Problem, RequestContext, Result};
use crate::api::http::list_decoder::{Arrived, ListDecoder, RowType};
use crate::api::http::response::{Body, Meta, OpenResponse};
use crate::api::http::rows::ListFlaw;
use crate::api::http::slow::{CHANGE_UNANSWERED, NODE_UNANSWERED};
use crate::api::http::{AskedNode, Backoff, Blocking, Http, RequestSpec, Rows};

/// How long an address that has never answered is tried: it is more likely wrong than in trouble.
const FIRST_CONTACT_PATIENCE: Duration = Duration::from_secs(1);
/// What a server may add to a blocking query's wait beyond its jitter of wait/16 (`nomad-api.md §1.3`).
const HOLD_SLACK: Duration = Duration::from_secs(10);
/// How long an answer may take from the request to its last byte, where nothing can be done with a part of it: a server that
/// sends a byte now and then never stands still.
const WHOLE_TIMEOUT: Duration = Duration::from_secs(45);
/// More than this no answer of a real cluster has: 50,000 allocations are 90 MB (`nomad-api.md §13`).
const WHOLE_LIMIT: u64 = 1024 * 1024 * 1024;
/// How many bytes of a list are decoded by the task that receives them; the rest of a longer one is decoded by a thread.
const INLINE_DECODE_LIMIT: u64 = 512 * 1024;

impl Http {
    /// Fetches a whole answer, patient with passing faults.
    pub(super) async fn fetch(&self, spec: &RequestSpec) -> Result<Body> {
        self.patiently(spec, async || self.fetch_once(spec, None).await).await
    }

    /// Fetches a list, handing on its rows as they arrive; patient with passing faults.
    pub(super) async fn fetch_rows(
        &self,
        spec: &RequestSpec,
        rows: RowType,
        arrived: &mut dyn FnMut(Arrived),
    ) -> Result<Meta> {
        self.patiently(spec, async || {
            arrived(Arrived::Nothing);
            self.within_limits(spec, None, self.rows_once(spec, rows, &mut *arrived)).await
        })
        .await
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
                Ok(reply) => {
                    self.note_trouble(None);
                    return Ok(reply);
                }
                Err(error) => error,
            };
            // Who never answered is more likely the wrong address than a cluster in trouble.
            let patience = match (self.inner.reached.get(), &error.problem) {
                (Some(()), _) => self.patience.0,
                (None, Problem::Connect) => Duration::ZERO,
                (None, _) => self.patience.0.min(FIRST_CONTACT_PATIENCE),
            };
            let pause = backoff.pause();
            let is_answer = self.takes_no_path && error.problem == Problem::NoPathToNode;
            if is_answer || !error.is_passing() || begun.elapsed() + pause > patience {
                return Err(error);
            }
            if error.is_of_the_node()
                && let Some((slow, node)) =
                    self.inner.slow.as_ref().filter(|_| !self.quiet).zip(AskedNode::of(spec))
            {
                slow.waiting_for_node(&node, Some(&error.text));
            }
            self.tell_trying_again(&error, begun);
            tracing::debug!(target: "fleet::http", "{} {}: {}; again in {} ms", spec.method, spec.path, error.text, pause.as_millis());
            tokio::time::sleep(pause).await;
        }
    }

    /// Tells that a passing fault of the servers is being waited out since then, once that has taken a while.
    pub(crate) fn tell_trying_again(&self, error: &Error, since: Instant) {
        if !error.is_of_the_node() {
            self.note_trouble(Some(error));
        }
        if let Some(slow) = self.inner.slow.as_ref().filter(|_| !self.quiet)
            && !error.is_of_the_node()
            && since.elapsed() >= slow.after()
        {
            slow.trying_again(&error.to_string());
        }
    }

    /// Fetches a whole answer, in one attempt.
    pub(super) async fn fetch_once(&self, spec: &RequestSpec, blocking: Option<Blocking>) -> Result<Body> {
        self.within_limits(spec, blocking, self.receive(spec, blocking)).await
    }

    /// Waits for what must be whole, no longer than all that is asked may take.
    async fn within_limits<R>(
        &self,
        spec: &RequestSpec,
        blocking: Option<Blocking>,
        work: impl Future<Output = Result<R>>,
    ) -> Result<R> {
        // A box, for what waits for a reply is held by everything that asks.
        let whole = Box::pin(self.whole(spec, blocking, Box::pin(work)));
        let Some(deadline) = self.inner.deadline.get() else { return self.answered(spec, whole).await };
        let over = || "the time it may take was over before a whole answer came".to_owned();
        let in_time = async {
            let done = timeout_at(*deadline, whole).await;
            done.unwrap_or_else(|_| Err(self.context(spec).error(Problem::OutOfTime, None, over())))
        };
        self.answered(spec, in_time).await
    }

    /// Waits for what must be whole, as long as that may take, and says so where it takes long.
    async fn whole<R>(
        &self,
        spec: &RequestSpec,
        blocking: Option<Blocking>,
        work: impl Future<Output = Result<R>>,
    ) -> Result<R> {
        let mut work = pin!(work);
        let mut limit = blocking.map_or(WHOLE_TIMEOUT, |b| b.wait + b.wait / 16 + WHOLE_TIMEOUT);
        // What is held on purpose is not slow.
        if let Some(slow) =
            self.inner.slow.as_ref().filter(|_| !self.quiet && blocking.is_none() && !spec.repeated)
        {
            let node = AskedNode::of(spec);
            let after = match (spec.writes, &node) {
                (true, _) => CHANGE_UNANSWERED,
                (false, Some(_)) => slow.after().min(NODE_UNANSWERED),
                (false, None) => slow.after(),
            };
            let url = || format!("{}{}", self.inner.display.trim_end_matches('/'), spec.path);
            match timeout(after, &mut work).await {
                Ok(done) => return done,
                Err(_) if spec.writes => slow.unanswered(&spec.purpose, &url()),
                Err(_) => match node {
                    Some(node) => slow.waiting_for_node(&node, None),
                    None => slow.waiting(&url()),
                },
            }
            limit = limit.saturating_sub(after);
        }
        let late = || format!("the answer was not complete after {} s", WHOLE_TIMEOUT.as_secs());
        let done = timeout(limit, work).await;
        done.unwrap_or_else(|_| Err(self.context(spec).error(Problem::Timeout, None, late())))
    }

    /// Waits for the answer to a change. Whoever is cut off meanwhile is told that it may have been made.
    async fn answered<R>(&self, spec: &RequestSpec, answer: impl Future<Output = Result<R>>) -> Result<R> {
        let Some(slow) = self.inner.slow.as_ref().filter(|_| spec.writes && !spec.repeated) else {
            return answer.await;
        };
        let cut_off = "interrupted before the answer came".to_owned();
        let number = slow.asked(self.context(spec).error(Problem::Broken, None, cut_off));
        let answer = answer.await;
        slow.answered(number);
        answer
    }

    async fn receive(&self, spec: &RequestSpec, blocking: Option<Blocking>) -> Result<Body> {
        let mut open = self.open(spec, blocking).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = open.chunk(self.context(spec)).await? {
            bytes.extend_from_slice(&chunk);
            self.check_size(spec, open.bytes)?;
        }
        let status = open.response.status();
        let meta = open.close();
        // Of a bad status that may come with the ordinary body, only that one is good.
        if !status.is_success() && serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_err() {
            let text = String::from_utf8_lossy(&bytes);
            return Err(Error::answered(&self.context(spec), status.as_u16(), &text));
        }
        Ok(Body { bytes, meta })
    }

    async fn rows_once(
        &self,
        spec: &RequestSpec,
        row_type: RowType,
        arrived: &mut dyn FnMut(Arrived),
    ) -> Result<Meta> {
        let mut open = self.open(spec, None).await?;
        let product = self.inner.endpoint.product;
        let (mut rows, mut batch) = (Rows::answering(product, &spec.path), row_type.batch());
        let flawed = |flaw: ListFlaw| match flaw {
            ListFlaw::Truncated => {
                self.context(spec).error(Problem::Broken, None, "the list was cut".to_owned())
            }
            ListFlaw::Page => self.context(spec).page(),
            ListFlaw::Unexpected(why) => self.context(spec).error(Problem::Decode, None, why),
        };
        let says_nothing = open.response.headers().get(CONTENT_LENGTH).is_some_and(|n| n == "0");
        let mut off_thread: Option<ListDecoder> = None;
        while let Some(chunk) = open.chunk(self.context(spec)).await? {
            self.check_size(spec, open.bytes)?;
            match &mut off_thread {
                None if open.bytes <= INLINE_DECODE_LIMIT => row_type.feed(&mut rows, &chunk, &mut batch),
                None => {
                    arrived(Arrived::Rows(std::mem::replace(&mut batch, row_type.batch())));
                    let decoder = ListDecoder::begin(row_type, std::mem::take(&mut rows));
                    off_thread.insert(decoder).feed(chunk, &mut |batch| arrived(Arrived::Rows(batch))).await
                }
                Some(decoder) => decoder.feed(chunk, &mut |batch| arrived(Arrived::Rows(batch))).await,
            }
            .map_err(flawed)?;
        }
        // Whole, and nothing in it: so answers a server before Nomad 1.10 of volumes of a type it does not know.
        if says_nothing && open.bytes == 0 {
            return Err(self.context(spec).error(
                Problem::Unsupported,
                None,
                "the answer is empty".to_owned(),
            ));
        }
        match off_thread {
            Some(decoder) => decoder.finish(&mut |batch| arrived(Arrived::Rows(batch))).await,
            None => row_type.finish(rows, &mut batch).map(|()| arrived(Arrived::Rows(batch))),
        }
        .map_err(flawed)?;
        Ok(open.close())
    }

    fn check_size(&self, spec: &RequestSpec, bytes: u64) -> Result<()> {
        let endless = || "the answer does not end: it is longer than 1 GiB".to_owned();
        if bytes <= WHOLE_LIMIT {
            Ok(())
        } else {
            Err(self.context(spec).error(Problem::Decode, None, endless()))
        }
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
        let within = blocking.map_or(self.answers_within, |b| b.wait + b.wait / 16 + HOLD_SLACK);
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
        let status = response.status().as_u16();
        // That something stands before the servers says nothing of them.
        if !(502..=504).contains(&status) {
            let _ = self.inner.reached.set(());
        }
        let (method, product) = (spec.method.clone(), context.product);
        let open = OpenResponse {
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
        let error = refusal(open, context, status).await;
        // The regions are known to every server, and nobody has to be asked for the right to know them.
        let regions = RequestSpec::get("/v1/regions", "list the regions");
        if error.problem != Problem::NoRegion || spec.path == regions.path {
            return Err(error);
        }
        let known = Box::pin(self.fetch_once(&regions, None)).await;
        let names: Vec<String> =
            known.ok().and_then(|body| serde_json::from_slice(&body.bytes).ok()).unwrap_or_default();
        Err(if names.is_empty() { error } else { error.hint(format!("the regions: {}", names.join(", "))) })
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

/// The error that an answer is which is not a good one.
async fn refusal(mut open: OpenResponse, context: RequestContext<'_>, status: u16) -> Error {
    const ENOUGH: usize = 64 * 1024;
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = open.chunk(context).await {
        body.extend_from_slice(&chunk);
        if body.len() > ENOUGH {
            break;
        }
    }
    let sent_on = open.location();
    open.close();
    match sent_on {
        Some(to) => context.error(Problem::Redirected, Some(status), format!("it sends us on to {to}")),
        None => Error::answered(&context, status, &String::from_utf8_lossy(&body)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::api::http::{Address, Endpoint, Product, SlowAnswers, TlsOptions, Write};

    #[derive(Debug, Default)]
    struct SlowAnswerCount(AtomicUsize);

    impl SlowAnswers for SlowAnswerCount {
        fn after(&self) -> Duration {
            Duration::from_secs(2)
        }

        fn waiting(&self, url: &str) {
            assert_eq!(url, "http://127.0.0.1:1/v1/nodes");
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn trying_again(&self, why: &str) {
            panic!("{why}");
        }

        fn waiting_for_node(&self, node: &AskedNode, why: Option<&str>) {
            assert_eq!((node.to_string().as_str(), why), ("the node of allocation c783f447", None));
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn unanswered(&self, purpose: &str, url: &str) {
            assert_eq!((purpose, url), ("collect garbage", "http://127.0.0.1:1/v1/system/gc"));
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn asked(&self, lost: Error) -> u64 {
            assert!(lost.may_be_done(), "{lost}");
            7
        }

        fn answered(&self, number: u64) {
            assert_eq!(number, 7);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_becomes_whole_is_given_up_and_waiting_for_it_is_said_once() {
        let told = Arc::new(SlowAnswerCount::default());
        let endpoint = Endpoint {
            product: Product::Nomad,
            address: Address::parse(Product::Nomad, "http://127.0.0.1:1").unwrap(),
            origin: String::new(),
            token: None,
            basic: None,
            tls: TlsOptions::default(),
            params: Vec::new(),
        };
        let http = Http::told(endpoint, Some(Arc::<SlowAnswerCount>::clone(&told)));
        let spec = RequestSpec::get("/v1/nodes", "list the nodes");
        // A server that sends a blank a second never stands still.
        let trickle = async {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let begun = Instant::now();
        let error = http.within_limits::<()>(&spec, None, trickle).await.unwrap_err();
        assert_eq!((error.problem, begun.elapsed()), (Problem::Timeout, WHOLE_TIMEOUT));
        assert_eq!(told.0.load(Ordering::Relaxed), 1);
        let quick = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(7)
        };
        assert_eq!(http.within_limits(&spec, None, quick).await.unwrap(), 7);
        assert_eq!(told.0.load(Ordering::Relaxed), 1);
        let of_node = RequestSpec::get("/v1/client/fs/ls/c783f447-8011", "list its files");
        let slow = tokio::time::sleep(Duration::from_millis(1800));
        let slow = async {
            slow.await;
            Ok(())
        };
        http.within_limits(&of_node, None, slow).await.unwrap();
        assert_eq!(told.0.swap(1, Ordering::Relaxed), 2, "a node that is silent is told of sooner");
        let change = Write::<()>::put("/v1/system/gc", "collect garbage");
        let slow = tokio::time::sleep(Duration::from_secs(3));
        http.within_limits(change.spec(), None, async {
            slow.await;
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(told.0.load(Ordering::Relaxed), 2);
        let renewal = Write::<()>::put("/v1/session/renew/s", "renew session s").repeated();
        let slow = tokio::time::sleep(Duration::from_secs(3));
        http.within_limits(renewal.spec(), None, async {
            slow.await;
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(told.0.load(Ordering::Relaxed), 2);
    }
}
