//! The admin port of an Envoy: the only place that tells what a proxy made of what Consul sent (`mesh.md §5`, `§6`).
//!
//! Consul's `true` says that an entry is stored. Whether a proxy took it stands in its counters.

use std::collections::BTreeMap;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::api::http::Probe;

/// An answer that takes longer is none.
const WITHIN: Duration = Duration::from_secs(5);

/// The admin port of a proxy.
#[derive(Debug, Clone)]
pub struct Admin {
    url: String,
    probe: Probe,
}

/// What a proxy says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The id it is registered by in Consul.
    pub node_id: String,
    /// `LIVE`, `DRAINING`, `PRE_INITIALIZING`, `INITIALIZING`.
    pub state: String,
    /// How long a listener that was replaced lets its connections live.
    pub drain_time: Duration,
}

/// Counters and gauges by name.
pub type Stats = BTreeMap<String, u64>;

impl Admin {
    /// A client for admin ports. One serves all of them: making one reads every root certificate of the machine.
    ///
    /// # Errors
    /// When none can be made.
    pub fn client() -> Result<Probe, String> {
        Probe::new(WITHIN)
    }

    /// The admin port at that address.
    #[must_use]
    pub fn at(url: &str, client: &Probe) -> Self {
        let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        Admin { url: url.trim_end_matches('/').to_owned(), probe: client.clone() }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who it is.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn info(&self) -> Result<Info, String> {
        #[derive(Deserialize)]
        struct Wire {
            state: String,
            node: Node,
            command_line_options: CommandLine,
        }
        #[derive(Deserialize)]
        struct Node {
            id: String,
        }
        #[derive(Deserialize)]
        struct CommandLine {
            drain_time: String,
        }
        let text = self.probe.text(&format!("{}/server_info", self.url)).await?;
        let wire: Wire =
            serde_json::from_str(&text).map_err(|_| "it is no admin port of an Envoy".to_owned())?;
        let seconds = wire.command_line_options.drain_time.trim_end_matches('s').parse().unwrap_or(600.0);
        Ok(Info {
            node_id: wire.node.id,
            state: wire.state,
            drain_time: Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(600)),
        })
    }

    /// The counters and gauges whose names a regular expression finds. One that was never touched may be left out: an absent
    /// counter is no zero (`mesh.md §6`).
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn stats(&self, filter: &str) -> Result<Stats, String> {
        let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
        let text = self.probe.text(&format!("{}/stats?filter={filter}", self.url)).await?;
        Ok(counters(&text))
    }

    /// The upper bounds of histograms' 99th percentile over the last interval, in the histogram's unit, by name.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn percentile_99(&self, filter: &str) -> Result<BTreeMap<String, f64>, String> {
        let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
        let text = self.probe.text(&format!("{}/stats?filter={filter}", self.url)).await?;
        Ok(percentiles(&text))
    }

    /// The routes it knows, as it tells them.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn routes(&self) -> Result<serde_json::Value, String> {
        let text =
            self.probe.text(&format!("{}/config_dump?resource=dynamic_route_configs", self.url)).await?;
        serde_json::from_str(&text).map_err(|e| format!("its routes cannot be read: {e}"))
    }
}

fn counters(text: &str) -> Stats {
    let line = |line: &str| {
        let (name, value) = line.rsplit_once(": ")?;
        Some((name.to_owned(), value.trim().parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

/// Lines such as `cluster.x.upstream_rq_time: P0(nan,0) … P99(26.5,345.6) …`: over the last interval, and since the start.
fn percentiles(text: &str) -> BTreeMap<String, f64> {
    let line = |line: &str| {
        let (name, rest) = line.split_once(": ")?;
        let at = rest.split_whitespace().find_map(|p| p.strip_prefix("P99("))?;
        let interval: f64 = at.split(',').next()?.parse().ok()?;
        interval.is_finite().then(|| (name.to_owned(), interval))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_and_histograms_are_told_apart() {
        let text = "listener_manager.lds.update_rejected: 2\nhttp.rds.version_text: \"\"\n\
            cluster.v1.upstream_rq_time: P0(nan,0) P50(1,2) P99(26.5,345.6) P100(27,400)\n\
            cluster.v2.upstream_rq_time: P0(nan,0) P99(nan,345.6)\n";
        assert_eq!(counters(text), Stats::from([("listener_manager.lds.update_rejected".to_owned(), 2)]));
        assert_eq!(percentiles(text), BTreeMap::from([("cluster.v1.upstream_rq_time".to_owned(), 26.5)]));
    }
}
