//! Variables and their locks (`nomad-api.md §9.2`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::http::{Get, Write};
use crate::api::wire::{Nanos, go_duration, nullable, unix_nanos};

/// Metadata of the variables below a prefix.
#[must_use]
pub fn list(prefix: &str) -> Get<Vec<VariableMeta>> {
    Get::new("/v1/vars", "list the variables")
        .needs("variables path capability \"list\"")
        .prefix(Some(prefix))
}

/// One variable with its items.
#[must_use]
pub fn get(namespace: &str, path: &str) -> Get<Variable> {
    Get::new(route(path), format!("read variable {path}"))
        .needs(format!("variables path {path:?} capability \"read\""))
        .namespace(namespace)
}

/// Stores a variable's items; `check_index` 0 demands that it does not exist, N that it is unchanged.
#[must_use]
pub fn put(
    namespace: &str,
    path: &str,
    items: &BTreeMap<String, String>,
    check_index: Option<u64>,
) -> Write<Variable> {
    write(namespace, path, "store", &Body { items: Some(items), lock: None })
        .query_opt("cas", check_index.map(|i| i.to_string()))
}

/// Deletes a variable; deleting an absent one succeeds.
#[must_use]
pub fn delete(namespace: &str, path: &str, check_index: Option<u64>) -> Write<serde::de::IgnoredAny> {
    Write::delete(route(path), format!("delete variable {path}"))
        .needs(format!("variables path {path:?} capability \"destroy\""))
        .namespace(namespace)
        .query_opt("cas", check_index.map(|i| i.to_string()))
}

/// Acquires the lock of a variable and stores its items, which name the holder. Choose the lock's id beforehand and
/// a retry is idempotent.
#[must_use]
pub fn acquire(
    namespace: &str,
    path: &str,
    items: &BTreeMap<String, String>,
    lock: &LockRequest,
) -> Write<Variable> {
    write(namespace, path, "lock", &Body { items: Some(items), lock: Some(lock) }).query("lock-acquire", "")
}

/// Renews a lock by its id.
#[must_use]
pub fn renew(namespace: &str, path: &str, id: &str) -> Write<VariableMeta> {
    let lock = LockRequest { id: id.to_owned(), ttl: None, lock_delay: None };
    write(namespace, path, "renew the lock of", &Body { items: None, lock: Some(&lock) })
        .query("lock-renew", "")
        .repeated()
}

/// Releases a lock by its id; the items stay.
#[must_use]
pub fn release(namespace: &str, path: &str, id: &str) -> Write<Variable> {
    let lock = LockRequest { id: id.to_owned(), ttl: None, lock_delay: None };
    write(namespace, path, "release the lock of", &Body { items: None, lock: Some(&lock) })
        .query("lock-release", "")
}

/// Slashes stay: the path is part of the route.
fn route(path: &str) -> String {
    format!("/v1/var/{}", path.trim_matches('/'))
}

fn write<T>(namespace: &str, path: &str, verb: &str, body: &Body<'_>) -> Write<T> {
    Write::put(route(path), format!("{verb} variable {path}"))
        .needs(format!("variables path {path:?} capability \"write\""))
        .namespace(namespace)
        .body(body)
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lock: Option<&'a LockRequest>,
}

/// A lock to acquire, renew or release.
#[derive(Debug, Clone, Serialize)]
pub struct LockRequest {
    /// A UUID chosen by the holder.
    #[serde(rename = "ID")]
    pub id: String,
    /// How long it holds without renewal, as a Go duration; the server frees it after twice that (T25).
    #[serde(rename = "TTL", skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// How long nobody else may have it after it expired, as a Go duration.
    #[serde(rename = "LockDelay", skip_serializing_if = "Option::is_none")]
    pub lock_delay: Option<String>,
}

/// A variable without its items.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VariableMeta {
    /// The namespace.
    #[serde(default)]
    pub namespace: String,
    /// The path.
    pub path: String,
    /// Index of its last change, 0 when it does not exist.
    #[serde(default)]
    pub modify_index: u64,
    /// When it was last changed.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub modify_time: Option<Timestamp>,
    /// The lock on it; shown to management tokens only.
    #[serde(default)]
    pub lock: Option<Lock>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Variable {
    /// The namespace.
    #[serde(default)]
    pub namespace: String,
    /// The path.
    pub path: String,
    /// The items. They may be secret.
    #[serde(default, deserialize_with = "nullable")]
    pub items: BTreeMap<String, String>,
    /// Index of its last change.
    #[serde(default)]
    pub modify_index: u64,
    /// When it was last changed, by the leader's clock.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub modify_time: Option<Timestamp>,
    /// The lock on it.
    #[serde(default)]
    pub lock: Option<Lock>,
}

/// The lock on a variable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Lock {
    /// Its id.
    #[serde(rename = "ID", default)]
    pub id: String,
    /// How long it holds without renewal.
    #[serde(rename = "TTL", default, deserialize_with = "go_duration")]
    pub ttl: Nanos,
}
