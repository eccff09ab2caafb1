//! The way straight to a node, where it can be reached from here: it spares the servers the relaying, and is about twice as fast
//! (`nomad-api.md §5, §6`).

use std::time::Duration;

use tokio::time::timeout;

use crate::api::http::{Address, Http, Patience, Product};
use crate::api::nomad::{agent, node};

/// How long a node may take to answer. Who is near answers in a few milliseconds; nobody is to wait for one that never will.
const ANSWERS_WITHIN: Duration = Duration::from_millis(400);

/// The region that is asked, by its name.
async fn region(http: &Http) -> Result<String, String> {
    if let Some(named) = http.region() {
        return Ok(named.to_owned());
    }
    let known = http.read(&agent::regions()).await.map_err(|e| e.text)?.value;
    match &known[..] {
        [only] => Ok(only.clone()),
        _ => Err("its certificate names a region, and which one is not known: give --region".to_owned()),
    }
}

/// A client of the node's own agent, which has just answered.
///
/// # Errors
/// Why it cannot be used, in words.
pub async fn to_node(http: &Http, node_id: &str) -> Result<Http, String> {
    let node = http.read(&node::get(node_id)).await.map_err(|e| e.text)?.value;
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
    match timeout(ANSWERS_WITHIN, own.with_patience(Patience::NONE).read(&agent::health())).await {
        Ok(Ok(_)) => Ok(own),
        Ok(Err(error)) => Err(format!("{}: {}", own.address(), error.text)),
        Err(_) => Err(format!("{} does not answer within {} ms", own.address(), ANSWERS_WITHIN.as_millis())),
    }
}
