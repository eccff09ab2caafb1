//! The catalog: names of services and nodes (`consul-api.md §2`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::http::Get;

/// Every service name with the tags of all its instances.
#[must_use]
pub fn services() -> Get<BTreeMap<String, Vec<String>>> {
    Get::new("/v1/catalog/services", "list the services").needs("service_prefix \"\" { policy = \"read\" }")
}

/// Every node; empty for a token without node read.
#[must_use]
pub fn nodes() -> Get<Vec<CatalogNode>> {
    Get::new("/v1/catalog/nodes", "list the nodes").needs("node_prefix \"\" { policy = \"read\" }")
}

/// A node of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CatalogNode {
    /// Its name.
    pub node: String,
    /// Its address.
    #[serde(default)]
    pub address: String,
}
