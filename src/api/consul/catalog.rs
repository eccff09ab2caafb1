//! The catalog: names of services and nodes (`consul-api.md §2`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::http::{Get, Write, segment};
use crate::api::wire::nullable;

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

/// What an ingress or terminating gateway offers. Always empty for an API gateway (`mesh.md §5`).
#[must_use]
pub fn gateway_services(gateway: &str) -> Get<Vec<GatewayService>> {
    Get::new(
        format!("/v1/catalog/gateway-services/{}", segment(gateway)),
        format!("list what gateway {gateway} offers"),
    )
    .needs(format!("service {gateway:?} {{ policy = \"read\" }}"))
}

/// The instances of a service without their checks.
#[must_use]
pub fn service(name: &str) -> Get<Vec<CatalogService>> {
    Get::new(format!("/v1/catalog/service/{}", segment(name)), format!("list the instances of {name}"))
        .needs("service_prefix \"\" { policy = \"read\" } and node_prefix \"\" { policy = \"read\" }")
}

/// Takes an instance out of the catalog. The agent of its node, when it lives and knows the instance, registers it again within
/// some minutes; [`super::agent::deregister_service`] is for its own agent.
#[must_use]
pub fn deregister(node: &str, id: &str, service: &str) -> Write<serde::de::IgnoredAny> {
    Write::put("/v1/catalog/deregister", format!("deregister {id} of node {node}"))
        .needs(format!("service {service:?} {{ policy = \"write\" }}"))
        .body(&serde_json::json!({ "Node": node, "ServiceID": id }))
}

/// A service behind a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GatewayService {
    /// The gateway.
    pub gateway: NameOnly,
    /// The service; `*` for all of them.
    pub service: NameOnly,
    /// `ingress-gateway` or `terminating-gateway`.
    pub gateway_kind: String,
    /// The port of the gateway it is offered on.
    #[serde(default)]
    pub port: u16,
    /// Protocol of that listener.
    #[serde(default)]
    pub protocol: String,
    /// The hosts it answers to.
    #[serde(default, deserialize_with = "nullable")]
    pub hosts: Vec<String>,
}

/// An object of the catalog of which only the name is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NameOnly {
    /// The name.
    pub name: String,
}

/// An instance in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CatalogService {
    /// Name of the node it is on.
    pub node: String,
    /// Address of that node.
    #[serde(default)]
    pub address: String,
    /// `ingress-gateway`, `api-gateway`, `connect-proxy` and so on; empty for an ordinary service.
    #[serde(default)]
    pub service_kind: String,
    /// Id of the registration, which is the proxy's id.
    #[serde(rename = "ServiceID")]
    pub service_id: String,
    /// The service's name.
    pub service_name: String,
    /// Its own address; empty when it is the node's.
    #[serde(default)]
    pub service_address: String,
    /// Its port.
    #[serde(default)]
    pub service_port: i64,
}

impl CatalogService {
    /// Where it is reached.
    #[must_use]
    pub fn host(&self) -> &str {
        if self.service_address.is_empty() { &self.address } else { &self.service_address }
    }
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
