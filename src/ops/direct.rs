//! The way straight to a node, where it can be reached from here: it spares the servers the relaying, and is about twice as fast
//! (`nomad-api.md §5, §6`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::api::http::{Address, Http, Patience, Product};
use crate::api::nomad::{agent, node};
use crate::config::DirectMode;

/// How long a node may take to answer, as Nomad's own program has it.
const LONGEST: Duration = Duration::from_secs(1);
/// How long one may take at least where nobody asked for it.
const SHORTEST: Duration = Duration::from_millis(100);
/// Who is as near as the servers answers within so many times their time. A firewall that drops what it is sent costs no more.
const TIMES_THE_SERVERS: u32 = 4;
/// How long it is remembered that a node is in reach, or is not.
const REMEMBERED: Duration = Duration::from_secs(30);

/// The region whose name the nodes' certificates have: the one that was named, else the only one, else Nomad's default.
async fn region(http: &Http) -> Result<String, String> {
    if let Some(named) = http.region() {
        return Ok(named.to_owned());
    }
    let known = http.read(&agent::regions()).await.map_err(|e| e.text)?.value;
    Ok(match &known[..] {
        [only] => only.clone(),
        _ => "global".to_owned(),
    })
}

/// A client of the node's own agent, which has just answered.
async fn to_node(http: &Http, node_id: &str, mode: DirectMode) -> Result<Http, String> {
    let begun = Instant::now();
    let node = http.read(&node::get(node_id)).await.map_err(|e| e.text)?.value;
    let limit = match mode {
        DirectMode::Always => LONGEST,
        DirectMode::Auto | DirectMode::Never => {
            (begun.elapsed() * TIMES_THE_SERVERS).clamp(SHORTEST, LONGEST)
        }
    };
    if node.http_addr.is_empty() {
        return Err(format!("node {} has no address", node.name));
    }
    let scheme = if node.tls_enabled { "https" } else { "http" };
    let address =
        Address::parse(Product::Nomad, &format!("{scheme}://{}", node.http_addr)).map_err(|e| e.text)?;
    // The certificates of clients are for their role, not for their address.
    let name = if node.tls_enabled { Some(format!("client.{}.nomad", region(http).await?)) } else { None };
    let own = http.at(address, "the node's own address", name);
    if http.is_private() && !own.is_private() {
        return Err(format!("{} does not use TLS, so the token would be readable on the way", own.address()));
    }
    match timeout(limit, own.with_patience(Patience::NONE).read(&agent::health())).await {
        Ok(Ok(_)) => Ok(own),
        Ok(Err(error)) => Err(format!("{}: {}", own.address(), error.text)),
        Err(_) => Err(format!("{} does not answer within {} ms", own.address(), limit.as_millis())),
    }
}

/// When a node was tried, and the way to it or why there is none.
type RouteAttempt = (Instant, Result<Http, String>);

/// The ways to nodes, each remembered for a while.
#[derive(Debug, Default)]
pub struct Routes {
    known: RefCell<BTreeMap<String, RouteAttempt>>,
}

impl Routes {
    /// A client of a node's own agent, where that can be reached.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    pub async fn to(&self, http: &Http, node_id: &str, mode: DirectMode) -> Result<Http, String> {
        let known = self.known.borrow().get(node_id).filter(|(at, _)| at.elapsed() < REMEMBERED).cloned();
        if let Some((_, route)) = known {
            return route;
        }
        let route = to_node(http, node_id, mode).await;
        self.known.borrow_mut().insert(node_id.to_owned(), (Instant::now(), route.clone()));
        route
    }
}
