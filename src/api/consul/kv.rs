//! The key-value store and its advisory locks (`consul-api.md §3`).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

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

/// Everything below a prefix; 404 when there is nothing.
#[must_use]
pub fn tree(prefix: &str) -> Get<Vec<Entry>> {
    Get::new(format!("/v1/kv/{prefix}"), format!("read the keys below {prefix}"))
        .query("recurse", "true")
        .needs(format!("key_prefix {prefix:?} {{ policy = \"read\" }}"))
}

/// What is done to a key of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It gets this value.
    Set(String),
    /// It goes.
    Delete,
    /// It stays as it is.
    Keep,
}

/// Changes several keys or none of them: each only if its index is this one, 0 for one that is not there. 409 when one is not so.
#[must_use]
pub fn together(prefix: &str, changes: &[(String, u64, Change)]) -> Write<Value> {
    let one = |(key, index, change): &(String, u64, Change)| match change {
        Change::Set(value) => {
            json!({"KV": {"Verb": "cas", "Key": key, "Index": index, "Value": BASE64_STANDARD.encode(value)}})
        }
        Change::Delete => json!({"KV": {"Verb": "delete-cas", "Key": key, "Index": index}}),
        Change::Keep => json!({"KV": {"Verb": "check-index", "Key": key, "Index": index}}),
    };
    Write::put("/v1/txn", format!("change keys below {prefix}"))
        .needs(format!("key_prefix {prefix:?} {{ policy = \"write\" }}"))
        .body(&changes.iter().map(one).collect::<Vec<_>>())
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
