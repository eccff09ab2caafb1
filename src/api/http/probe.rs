//! Addresses that are no cluster's API: what an operator's gates ask, the admin ports of proxies, the front doors of services. No
//! credentials go there.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::Value;

use super::super::error::transport_text;

/// An answer that takes longer than this is none.
const WITHIN: Duration = Duration::from_secs(20);

/// Asks addresses of anybody's.
#[derive(Debug, Clone)]
pub struct Probe {
    client: Client,
}

/// The status and headers of an answer, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeAnswer {
    /// The status.
    pub status: u16,
    /// Names, in lower case, and values of its headers.
    pub headers: Vec<(String, String)>,
}

impl Probe {
    /// One that waits so long for an answer, and follows no redirects.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(within: Duration) -> Result<Self, String> {
        Self::build(within, Policy::none())
    }

    fn build(within: Duration, redirects: Policy) -> Result<Self, String> {
        // Installing the provider twice is an error that changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder()
            .user_agent(concat!("fleet/", env!("CARGO_PKG_VERSION")))
            .timeout(within)
            .redirect(redirects);
        Ok(Probe { client: builder.build().map_err(|e| e.to_string())? })
    }

    /// The text an address answers with.
    ///
    /// # Errors
    /// Why there is none, a status outside of 2xx among it.
    pub async fn text(&self, url: &str) -> Result<String, String> {
        let (status, text) = self.read(url).await?;
        let status = StatusCode::from_u16(status).map_err(|e| e.to_string())?;
        if status.is_success() { Ok(text) } else { Err(format!("it answers {status}")) }
    }

    /// The status an address answers with, and its text.
    ///
    /// # Errors
    /// Why there is no whole answer.
    pub async fn read(&self, url: &str) -> Result<(u16, String), String> {
        let answer = self.client.get(url).send().await.map_err(|e| transport_text(&e))?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(|e| transport_text(&e))?))
    }

    /// Asks an address with these headers; what it answers, read to its end.
    ///
    /// # Errors
    /// Why there is no whole answer.
    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<ProbeAnswer, String> {
        let mut request = self.client.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.map_err(|e| transport_text(&e))?;
        let status = answer.status().as_u16();
        let text =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let headers = headers.collect();
        answer.bytes().await.map_err(|e| transport_text(&e))?;
        Ok(ProbeAnswer { status, headers })
    }

    /// Posts JSON to an address.
    ///
    /// # Errors
    /// Why it was not taken, a status outside of 2xx among it. The address is not told: it may hold a secret.
    pub async fn post_json(&self, url: &str, body: String) -> Result<(), String> {
        let request =
            self.client.post(url).header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        let answer = request.send().await.map_err(|e| transport_text(&e.without_url()))?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("it answers {status}")) }
    }

    /// The status an address answers with, redirects followed.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn status(url: &str) -> Result<u16, String> {
        let probe = Self::build(WITHIN, Policy::default())?;
        let answer = probe.client.get(url).send().await.map_err(|e| transport_text(&e))?;
        Ok(answer.status().as_u16())
    }

    /// The JSON an address answers a question with.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn json(url: &str, query: &[(&str, &str)]) -> Result<Value, String> {
        let mut address = reqwest::Url::parse(url).map_err(|e| format!("{url}: {e}"))?;
        address.query_pairs_mut().extend_pairs(query);
        let text = Self::build(WITHIN, Policy::default())?.text(address.as_str()).await?;
        serde_json::from_str(&text).map_err(|e| format!("it does not answer in JSON: {e}"))
    }
}
