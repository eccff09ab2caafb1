//! Addresses that are no cluster's API: what an operator's gates ask. No credentials go there.

use std::time::Duration;

use reqwest::Client;
use serde_json::Value;

/// An answer that takes longer than this is none.
const WITHIN: Duration = Duration::from_secs(20);

/// Asks addresses of anybody's.
#[derive(Debug, Clone, Copy)]
pub struct Probe;

impl Probe {
    fn client() -> Result<Client, String> {
        // Installing the provider twice is an error that changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder =
            Client::builder().user_agent(concat!("fleet/", env!("CARGO_PKG_VERSION"))).timeout(WITHIN);
        builder.build().map_err(|e| e.to_string())
    }

    /// The status an address answers with, redirects followed.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn status(url: &str) -> Result<u16, String> {
        let answer =
            Self::client()?.get(url).send().await.map_err(|e| super::super::error::transport_text(&e))?;
        Ok(answer.status().as_u16())
    }

    /// The JSON an address answers a question with.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn json(url: &str, query: &[(&str, &str)]) -> Result<Value, String> {
        let mut address = reqwest::Url::parse(url).map_err(|e| format!("{url}: {e}"))?;
        address.query_pairs_mut().extend_pairs(query);
        let answer =
            Self::client()?.get(address).send().await.map_err(|e| super::super::error::transport_text(&e))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|e| super::super::error::transport_text(&e))?;
        if !status.is_success() {
            return Err(format!("it answers {status}"));
        }
        serde_json::from_str(&text).map_err(|e| format!("it does not answer in JSON: {e}"))
    }
}
