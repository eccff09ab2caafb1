//! The key-value store and its advisory locks (`consul-api.md §3`).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer};

use crate::api::http::{Get, Write};

/// One key; 404 when absent.
#[must_use]
pub fn get(key: &str) -> Get<Vec<Entry>> {
    Get::new(route(key), format!("read key {key}")).needs(format!("key {key:?} {{ policy = \"read\" }}"))
}

/// The names of all keys that the token may list; 404 where there is none.
#[must_use]
pub fn keys() -> Get<Vec<String>> {
    Get::new("/v1/kv/", "list the keys").needs("key_prefix \"\" { policy = \"list\" }").query("keys", "")
}

/// Stores a key; with a check index the reply is `false` when it changed (0: when it exists).
#[must_use]
pub fn put(key: &str, value: &[u8], check_index: Option<u64>) -> Write<bool> {
    write(key, value, "store").query_opt("cas", check_index.map(|i| i.to_string()))
}

/// Locks a key for a session; `false` while another holds it or its lock delay runs.
#[must_use]
pub fn acquire(key: &str, value: &[u8], session: &str) -> Write<bool> {
    write(key, value, "lock").query("acquire", session)
}

/// Unlocks a key; `false` when the session does not hold it.
#[must_use]
pub fn release(key: &str, value: &[u8], session: &str) -> Write<bool> {
    write(key, value, "unlock").query("release", session)
}

fn route(key: &str) -> String {
    format!("/v1/kv/{}", key.trim_matches('/'))
}

fn write(key: &str, value: &[u8], verb: &str) -> Write<bool> {
    Write::put(route(key), format!("{verb} key {key}"))
        .needs(format!("key {key:?} {{ policy = \"write\" }}"))
        .raw_body(value.to_vec())
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value.
    #[serde(default, deserialize_with = "bytes")]
    pub value: Vec<u8>,
    /// The session that holds its lock; empty when none does.
    #[serde(default)]
    pub session: String,
    /// Index of its last change.
    pub modify_index: u64,
}

/// Base64, or `null` for an empty value.
fn bytes<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
    let Some(text) = Option::<String>::deserialize(d)? else { return Ok(Vec::new()) };
    BASE64_STANDARD.decode(text).map_err(serde::de::Error::custom)
}
