//! Requests to an embedded fleet as they go over the wire, answers as they come.

use std::time::Duration;

use fleet::sandbox::Sandbox;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::runtime::Runtime;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// The body; what is no JSON as text.
    pub(crate) body: Value,
}

impl Answered {
    /// The index of the answer.
    pub(crate) fn index(&self) -> u64 {
        let index = self.headers.iter().find(|(name, _)| name == "x-nomad-index");
        index.and_then(|(_, value)| value.parse().ok()).unwrap()
    }

    /// Whether a header has this value, among others perhaps.
    pub(crate) fn has_header(&self, name: &str, value: &str) -> bool {
        self.headers.iter().any(|(n, v)| n == name && v == value)
    }

    /// The body where it is words.
    pub(crate) fn words(&self) -> &str {
        self.body.as_str().unwrap_or_default()
    }
}

/// A client.
pub(crate) struct Raw {
    client: reqwest::Client,
    runtime: Runtime,
}

impl Raw {
    pub(crate) fn new() -> Self {
        // Another test may have been first.
        rustls::crypto::ring::default_provider().install_default().ok();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Raw { client, runtime }
    }

    /// Waits a little, by our clock.
    pub(crate) fn pause(&self) {
        self.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
    }

    /// Asks with the management token.
    pub(crate) fn ask(&self, sandbox: &Sandbox, method: &str, path: &str, body: Option<&str>) -> Answered {
        self.ask_as(sandbox, sandbox.token(), method, path, body)
    }

    /// Asks with the secret of a token, or with none where it is empty.
    pub(crate) fn ask_as(
        &self,
        sandbox: &Sandbox,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Answered {
        self.try_as(sandbox, token, method, path, body).unwrap()
    }

    /// The headers and the bytes of an answer.
    pub(crate) fn bytes_of(&self, sandbox: &Sandbox, path: &str) -> (HeaderMap, Vec<u8>) {
        let url = format!("{}{path}", sandbox.nomad_address());
        let request = self.client.get(url).header("X-Nomad-Token", sandbox.token()).timeout(PATIENCE);
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            (answer.headers().clone(), answer.bytes().await.unwrap().into())
        })
    }

    /// Sends bytes.
    pub(crate) fn send(&self, sandbox: &Sandbox, path: &str, body: &[u8]) -> Answered {
        let url = format!("{}{path}", sandbox.nomad_address());
        let request = self.client.put(url).header("X-Nomad-Token", sandbox.token()).timeout(PATIENCE);
        self.runtime.block_on(async {
            let answer = request.body(body.to_vec()).send().await.unwrap();
            let status = answer.status().as_u16();
            Answered { status, headers: Vec::new(), body: Value::String(answer.text().await.unwrap()) }
        })
    }

    /// Asks with the management token; an answer may fail to come, to end, or to come in time.
    pub(crate) fn try_ask(
        &self,
        sandbox: &Sandbox,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answered, reqwest::Error> {
        self.try_as(sandbox, sandbox.token(), method, path, body)
    }

    fn try_as(
        &self,
        sandbox: &Sandbox,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answered, reqwest::Error> {
        let url = format!("{}{path}", sandbox.nomad_address());
        let mut request =
            self.client.request(method.parse().unwrap(), url).header("Accept-Encoding", "identity");
        if !token.is_empty() {
            request = request.header("X-Nomad-Token", token);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let (status, headers, text) = self.runtime.block_on(async {
            let answer = request.timeout(PATIENCE).send().await?;
            let headers = answer.headers().iter();
            let headers = headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
            Ok((answer.status().as_u16(), headers, answer.text().await?))
        })?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answered { status, headers, body })
    }
}
