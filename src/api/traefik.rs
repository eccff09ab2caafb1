//! The API of a Traefik: what it runs with, which may differ from what it was given, and what it counted.
//!
//! It answers where `api` is enabled (`--api.insecure`, or a router to `api@internal`); counters are there where `metrics.prometheus`
//! is enabled on the same address.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::api::http::{Probe, segment};

/// An answer that takes longer is none.
const WITHIN: Duration = Duration::from_secs(5);
/// The counter of answers by service and status.
const ANSWERS: &str = "traefik_service_requests_total";

/// The API of one Traefik.
#[derive(Debug, Clone)]
pub struct Api {
    url: String,
    probe: Probe,
}

/// A service as a Traefik runs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// The services that a weighted one shares its requests out to, and their weights; empty for any other.
    pub weighted: Vec<(String, i64)>,
    /// The servers of a load balancer, and whether each takes traffic.
    pub servers: BTreeMap<String, bool>,
    /// What Traefik has against it.
    pub errors: Vec<String>,
}

/// What was answered for a service since the Traefik began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// All of them.
    pub total: u64,
    /// Those with 500 and more.
    pub errors: u64,
}

/// A service's name with its provider: one without is of the provider that names it.
#[must_use]
pub fn qualified(name: &str, provider: &str) -> String {
    if name.contains('@') { name.to_owned() } else { format!("{name}@{provider}") }
}

impl Api {
    /// The API at that address.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn at(url: &str) -> Result<Self, String> {
        let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        Ok(Api { url: url.trim_end_matches('/').to_owned(), probe: Probe::new(WITHIN)? })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A service by its whole name, such as `web@consulcatalog`; none where it runs none of that name.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn service(&self, name: &str) -> Result<Option<Service>, String> {
        let (status, text) =
            self.probe.read(&format!("{}/api/http/services/{}", self.url, segment(name))).await?;
        match status {
            200 => service(&text).map(Some),
            404 if text.starts_with('{') => Ok(None),
            404 => {
                Err("it has no API at that address (api.insecure, or a router to api@internal)".to_owned())
            }
            other => Err(format!("it answers {other}")),
        }
    }

    /// What was answered for every service, by its whole name; none where it counts nothing. A service that answered nothing yet is
    /// not among them.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn answers(&self) -> Result<Option<BTreeMap<String, Answers>>, String> {
        let (status, text) = self.probe.read(&format!("{}/metrics", self.url)).await?;
        match status {
            200 => Ok(Some(answers(&text))),
            404 => Ok(None),
            other => Err(format!("its metrics answer {other}")),
        }
    }
}

fn service(text: &str) -> Result<Service, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        weighted: Option<Weighted>,
        server_status: Option<BTreeMap<String, String>>,
        #[serde(default)]
        error: Vec<String>,
    }
    #[derive(Deserialize)]
    struct Weighted {
        #[serde(default)]
        services: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        name: String,
        weight: Option<i64>,
    }
    let wire: Wire = serde_json::from_str(text).map_err(|e| format!("it is no API of a Traefik: {e}"))?;
    let weighted = wire.weighted.map(|w| w.services).unwrap_or_default();
    let servers = wire.server_status.unwrap_or_default();
    Ok(Service {
        weighted: weighted.into_iter().map(|one| (one.name, one.weight.unwrap_or(1))).collect(),
        servers: servers.into_iter().map(|(url, status)| (url, status.eq_ignore_ascii_case("up"))).collect(),
        errors: wire.error,
    })
}

/// Lines such as `traefik_service_requests_total{code="200",method="GET",protocol="http",service="web@consulcatalog"} 12`.
fn answers(text: &str) -> BTreeMap<String, Answers> {
    let mut found: BTreeMap<String, Answers> = BTreeMap::new();
    for line in text.lines() {
        let Some((labels, value)) = line
            .strip_prefix(ANSWERS)
            .and_then(|rest| rest.strip_prefix('{'))
            .and_then(|r| r.rsplit_once("} "))
        else {
            continue;
        };
        let label = |name: &str| {
            let (_, after) = labels.split_once(&format!("{name}=\""))?;
            after.split_once('"').map(|(value, _)| value)
        };
        let (Some(service), Some(code)) = (label("service"), label("code")) else { continue };
        let Some(count) = value.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0) else {
            continue;
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a counter of requests")]
        let count = count as u64;
        let of_it = found.entry(service.to_owned()).or_default();
        of_it.total += count;
        if code.starts_with('5') {
            of_it.errors += count;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weighted_service_and_a_load_balancer_are_read() {
        let weighted = r#"{"weighted":{"services":[{"name":"blue@consulcatalog","weight":90},{"name":"green@consulcatalog"}]},"status":"enabled","usedBy":["r@consul"],"name":"app@consul","provider":"consul","type":"weighted"}"#;
        let known = service(weighted).unwrap();
        assert_eq!(
            known.weighted,
            [("blue@consulcatalog".to_owned(), 90), ("green@consulcatalog".to_owned(), 1)]
        );
        let balancer = r#"{"loadBalancer":{"servers":[{"url":"http://127.0.0.1:1"}],"passHostHeader":true},"status":"enabled","serverStatus":{"http://127.0.0.1:1":"UP","http://127.0.0.1:2":"DOWN"},"name":"blue@consulcatalog"}"#;
        let known = service(balancer).unwrap();
        assert_eq!(known.servers.values().copied().collect::<Vec<_>>(), [true, false]);
        assert!(service("<html>").is_err());
    }

    #[test]
    fn answers_are_summed_over_methods_and_statuses() {
        let text = "# TYPE traefik_service_requests_total counter\n\
            traefik_service_requests_total{code=\"200\",method=\"GET\",protocol=\"http\",service=\"blue@consulcatalog\"} 12\n\
            traefik_service_requests_total{code=\"503\",method=\"POST\",protocol=\"http\",service=\"blue@consulcatalog\"} 3\n\
            traefik_service_requests_bytes_total{code=\"200\",method=\"GET\",protocol=\"http\",service=\"blue@consulcatalog\"} 99\n\
            traefik_service_requests_total{code=\"200\",method=\"GET\",protocol=\"http\",service=\"green@file\"} 1e+06\n";
        let known = answers(text);
        assert_eq!(known["blue@consulcatalog"], Answers { total: 15, errors: 3 });
        assert_eq!(known["green@file"], Answers { total: 1_000_000, errors: 0 });
        assert_eq!(known.len(), 2);
    }
}
