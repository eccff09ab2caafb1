//! Nomad's own service registrations and checks (`nomad-api.md §9.1`). Services of the Consul provider are not here.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::http::{Get, Write, segment};
use crate::api::wire::nullable;

const READ: &str = "namespace capability \"read-job\"";

/// Names of the registered services, by namespace.
#[must_use]
pub fn list() -> Get<Vec<NamespaceServices>> {
    Get::new("/v1/services", "list the services").needs(READ)
}

/// The instances of a service.
#[must_use]
pub fn get(namespace: &str, name: &str) -> Get<Vec<ServiceInstance>> {
    Get::new(format!("/v1/service/{}", segment(name)), format!("read service {name}"))
        .needs(READ)
        .namespace(namespace)
}

/// The results of an allocation's checks, by check id, as its client holds them; `null` where it has none.
#[must_use]
pub fn checks(alloc_id: &str) -> Get<Option<BTreeMap<String, CheckResult>>> {
    Get::new(
        format!("/v1/client/allocation/{}/checks", segment(alloc_id)),
        format!("read the checks of allocation {alloc_id}"),
    )
    .needs(READ)
}

/// Takes a registration out.
#[must_use]
pub fn delete(namespace: &str, name: &str, id: &str) -> Write<serde::de::IgnoredAny> {
    Write::delete(
        format!("/v1/service/{}/{}", segment(name), segment(id)),
        format!("deregister {id} of service {name}"),
    )
    .needs("namespace capability \"submit-job\" (or \"delete-service-registration\")")
    .namespace(namespace)
}

/// The services of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamespaceServices {
    /// The namespace.
    pub namespace: String,
    /// Its services.
    #[serde(default, deserialize_with = "nullable")]
    pub services: Vec<ServiceName>,
}

/// A service and the tags of its instances together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceName {
    /// Its name.
    pub service_name: String,
    /// Tags of all instances.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<String>,
}

/// An instance of a service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceInstance {
    /// The registration's id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub service_name: String,
    /// Its namespace.
    pub namespace: String,
    /// The node it runs on.
    #[serde(rename = "NodeID")]
    pub node_id: String,
    /// Its job.
    #[serde(rename = "JobID")]
    pub job_id: String,
    /// Its allocation.
    #[serde(rename = "AllocID")]
    pub alloc_id: String,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<String>,
    /// Address.
    #[serde(default)]
    pub address: String,
    /// Port.
    #[serde(default)]
    pub port: i64,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CheckResult {
    /// The check's name.
    #[serde(default)]
    pub check: String,
    /// The service's name.
    #[serde(default)]
    pub service: String,
    /// The task whose service it is; empty for one of the group's.
    #[serde(default)]
    pub task: String,
    /// `healthiness`, or `readiness` where its failure does not hold an update (`on_update = "ignore"`).
    #[serde(default)]
    pub mode: String,
    /// `success`, `failure` or `pending`.
    pub status: String,
    /// What the check said.
    #[serde(default)]
    pub output: String,
    /// The HTTP status it got; 0 where there was none.
    #[serde(default)]
    pub status_code: u16,
}
