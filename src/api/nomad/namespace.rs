//! Namespaces (`nomad-api.md §9.3`).

use serde::Deserialize;

use crate::api::http::{Get, segment};

/// The namespaces the token has any right in.
#[must_use]
pub fn list() -> Get<Vec<Namespace>> {
    Get::new("/v1/namespaces", "list the namespaces").needs("any capability in the namespace")
}

/// One namespace.
#[must_use]
pub fn get(name: &str) -> Get<Namespace> {
    Get::new(format!("/v1/namespace/{}", segment(name)), format!("read namespace {name}"))
        .needs("any capability in the namespace")
}

/// A namespace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Namespace {
    /// Its name.
    pub name: String,
}
