//! Sessions: what locks are held by (`consul-api.md §3`).

use serde::{Deserialize, Serialize};

use crate::api::http::{Get, Write, segment};
use crate::api::wire::{Nanos, nullable};

const WRITE: &str = "session_prefix \"\" { policy = \"write\" }";

/// Makes a session that lives by its TTL alone, not by the health of the agent's node.
#[must_use]
pub fn create(name: &str, ttl_seconds: u64, lock_delay_seconds: u64) -> Write<Created> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        name: &'a str,
        #[serde(rename = "TTL")]
        ttl: String,
        lock_delay: String,
        behavior: &'a str,
        node_checks: [&'a str; 0],
    }
    let body = Body {
        name,
        ttl: format!("{ttl_seconds}s"),
        lock_delay: format!("{lock_delay_seconds}s"),
        behavior: "release",
        node_checks: [],
    };
    Write::put("/v1/session/create", "create a session").needs(WRITE).body(&body)
}

/// Renews a session; 404 when it is gone, and the lock with it.
#[must_use]
pub fn renew(id: &str) -> Write<Vec<Session>> {
    Write::put(format!("/v1/session/renew/{}", segment(id)), format!("renew session {id}"))
        .needs(WRITE)
        .repeated()
}

/// Ends a session; ending an absent one succeeds.
#[must_use]
pub fn destroy(id: &str) -> Write<bool> {
    Write::put(format!("/v1/session/destroy/{}", segment(id)), format!("destroy session {id}")).needs(WRITE)
}

/// A session; empty when it does not exist.
#[must_use]
pub fn info(id: &str) -> Get<Vec<Session>> {
    Get::new(format!("/v1/session/info/{}", segment(id)), format!("read session {id}"))
        .needs("session_prefix \"\" { policy = \"read\" }")
}

/// A session that was made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Created {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Session {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// What its maker called it.
    #[serde(default)]
    pub name: String,
    /// How long it lives without renewal, as a Go duration; it ends after twice that.
    #[serde(rename = "TTL", default, deserialize_with = "nullable")]
    pub ttl: String,
    /// How long a lock it lost stays locked.
    #[serde(default)]
    pub lock_delay: Nanos,
}
