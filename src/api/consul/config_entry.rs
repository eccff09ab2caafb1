//! Config entries: what gateways, sidecars and the mesh are told (`consul-api.md §4`, `mesh.md §5`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::http::{Get, Write, segment};

/// A kind of config entry. The order is the order in which entries are written: what others name comes before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are Consul's own")]
pub enum Kind {
    ProxyDefaults,
    Mesh,
    JwtProvider,
    ServiceDefaults,
    InlineCertificate,
    FileSystemCertificate,
    ServiceResolver,
    ServiceSplitter,
    ServiceRouter,
    ServiceIntentions,
    TerminatingGateway,
    IngressGateway,
    ApiGateway,
    BoundApiGateway,
    HttpRoute,
    TcpRoute,
    ExportedServices,
    /// None of Consul's: the weights of a service of Traefik, which its provider for Consul reads from the keys below a root. What is
    /// kept so is read, written and put back like an entry (`ops::traffic::traefik`).
    TraefikService,
}

impl Kind {
    /// Every kind of Consul's, in the order of writing.
    pub const ALL: [Kind; 17] = [
        Kind::ProxyDefaults,
        Kind::Mesh,
        Kind::JwtProvider,
        Kind::ServiceDefaults,
        Kind::InlineCertificate,
        Kind::FileSystemCertificate,
        Kind::ServiceResolver,
        Kind::ServiceSplitter,
        Kind::ServiceRouter,
        Kind::ServiceIntentions,
        Kind::TerminatingGateway,
        Kind::IngressGateway,
        Kind::ApiGateway,
        Kind::BoundApiGateway,
        Kind::HttpRoute,
        Kind::TcpRoute,
        Kind::ExportedServices,
    ];

    /// Consul's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::ProxyDefaults => "proxy-defaults",
            Kind::Mesh => "mesh",
            Kind::JwtProvider => "jwt-provider",
            Kind::ServiceDefaults => "service-defaults",
            Kind::InlineCertificate => "inline-certificate",
            Kind::FileSystemCertificate => "file-system-certificate",
            Kind::ServiceResolver => "service-resolver",
            Kind::ServiceSplitter => "service-splitter",
            Kind::ServiceRouter => "service-router",
            Kind::ServiceIntentions => "service-intentions",
            Kind::TerminatingGateway => "terminating-gateway",
            Kind::IngressGateway => "ingress-gateway",
            Kind::ApiGateway => "api-gateway",
            Kind::BoundApiGateway => "bound-api-gateway",
            Kind::HttpRoute => "http-route",
            Kind::TcpRoute => "tcp-route",
            Kind::ExportedServices => "exported-services",
            Kind::TraefikService => "traefik-service",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().chain([Kind::TraefikService]).find(|kind| kind.name() == name)
    }

    /// Whether only Consul writes it.
    #[must_use]
    pub fn is_read_only(self) -> bool {
        self == Kind::BoundApiGateway
    }

    /// Whether a controller takes it up after the write, and says in `Status` what came of it.
    #[must_use]
    pub fn has_status(self) -> bool {
        matches!(self, Kind::ApiGateway | Kind::HttpRoute | Kind::TcpRoute)
    }

    /// The right that writing one needs (`mesh.md §5`).
    #[must_use]
    pub fn write_right(self, name: &str) -> String {
        match self {
            Kind::ServiceDefaults | Kind::ServiceResolver | Kind::ServiceSplitter | Kind::ServiceRouter => {
                format!(
                    "service {name:?} {{ policy = \"write\" }}, and policy = \"read\" on every other service it names"
                )
            }
            Kind::ServiceIntentions => {
                format!("service {name:?} {{ policy = \"read\" intentions = \"write\" }}")
            }
            Kind::TraefikService => "key_prefix \"traefik/\" { policy = \"write\" }".to_owned(),
            _ => "mesh = \"write\" or operator = \"write\"".to_owned(),
        }
    }

    /// The right that reading one needs (`mesh.md §5`).
    #[must_use]
    pub fn read_right(self, name: &str) -> String {
        match self {
            Kind::ProxyDefaults | Kind::Mesh => "none, a valid token is enough".to_owned(),
            Kind::InlineCertificate | Kind::FileSystemCertificate | Kind::HttpRoute | Kind::TcpRoute => {
                "mesh = \"read\" or operator = \"read\"".to_owned()
            }
            Kind::TraefikService => "key_prefix \"traefik/\" { policy = \"read\" }".to_owned(),
            _ => format!("service {name:?} {{ policy = \"read\" }}"),
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A config entry as Consul tells it. Its fields are Consul's own and differ by kind, so they stay JSON.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct ConfigEntry {
    /// Every field, `Kind` and `Name` among them.
    pub fields: Map<String, Value>,
}

/// What Consul adds to an entry: no part of what somebody wrote.
const ADDED: [&str; 4] = ["CreateIndex", "ModifyIndex", "Hash", "Status"];

impl ConfigEntry {
    /// An entry of these fields; none when they are no object.
    #[must_use]
    pub fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(ConfigEntry { fields }),
            _ => None,
        }
    }

    /// Consul's name of its kind; empty when it says none.
    #[must_use]
    pub fn kind_name(&self) -> &str {
        self.text("Kind")
    }

    /// Its kind; none when this fleet does not know it.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        Kind::named(self.kind_name())
    }

    /// Its name; empty when it says none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("Name")
    }

    /// The index of its last change, which a check-and-set names; 0 for one that is not stored.
    #[must_use]
    pub fn modify_index(&self) -> u64 {
        self.fields.get("ModifyIndex").and_then(Value::as_u64).unwrap_or(0)
    }

    /// What somebody wrote: without what Consul adds.
    #[must_use]
    pub fn content(&self) -> Self {
        let kept = self.fields.iter().filter(|(key, _)| !ADDED.contains(&key.as_str()));
        ConfigEntry { fields: kept.map(|(key, value)| (key.clone(), value.clone())).collect() }
    }

    /// What Consul's controllers say of it; empty while they said nothing.
    #[must_use]
    pub fn conditions(&self) -> Vec<Condition> {
        let conditions = self.fields.get("Status").and_then(|status| status.get("Conditions"));
        conditions.cloned().and_then(|list| serde_json::from_value(list).ok()).unwrap_or_default()
    }

    fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// What a controller of Consul says of a gateway or a route.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Condition {
    /// `Accepted`, `Bound`, `ResolvedRefs`, `Conflicted`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// One word.
    #[serde(default)]
    pub reason: String,
    /// A sentence.
    #[serde(default)]
    pub message: String,
}

impl Condition {
    /// Whether it says that the entry does not work.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        // `Conflicted` is the one that is good when it is not so.
        let good = if self.kind == "Conflicted" { "False" } else { "True" };
        self.status != good
    }
}

/// Every entry of a kind that the token may see.
#[must_use]
pub fn list(kind: Kind) -> Get<Vec<ConfigEntry>> {
    Get::new(format!("/v1/config/{kind}"), format!("list the {kind} entries")).needs(kind.read_right(""))
}

/// One entry; 404 when there is none.
#[must_use]
pub fn get(kind: Kind, name: &str) -> Get<ConfigEntry> {
    Get::new(path(kind, name), format!("read {kind}/{name}")).needs(kind.read_right(name))
}

/// Writes an entry if its index is still this one, 0 for an entry that is not to be there yet. The reply is `false`, with
/// status 200, when somebody else changed it. `true` says that it is stored, not that it works.
#[must_use]
pub fn put(kind: Kind, entry: &ConfigEntry, index: u64) -> Write<bool> {
    Write::put("/v1/config", format!("write {kind}/{}", entry.name()))
        .needs(kind.write_right(entry.name()))
        .query("cas", index.to_string())
        .body(&entry.content())
}

/// Deletes an entry if its index is still this one. Consul before 1.11 ignores the index, deletes, and answers `{}`.
#[must_use]
pub fn delete(kind: Kind, name: &str, index: u64) -> Write<Value> {
    Write::delete(path(kind, name), format!("delete {kind}/{name}"))
        .needs(kind.write_right(name))
        .query("cas", index.to_string())
}

fn path(kind: Kind, name: &str) -> String {
    format!("/v1/config/{kind}/{}", segment(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_consul_adds_is_no_content() {
        let entry = ConfigEntry::of(json!({
            "Kind": "http-route", "Name": "web", "Hash": 1, "CreateIndex": 2, "ModifyIndex": 3, "Meta": {"a": "b"},
            "Status": {"Conditions": [{"Type": "Bound", "Status": "False", "Reason": "GatewayNotFound",
                "Message": "gateway was not found", "Resource": {}}]},
        }))
        .unwrap();
        assert_eq!((entry.kind(), entry.name(), entry.modify_index()), (Some(Kind::HttpRoute), "web", 3));
        assert_eq!(
            Value::Object(entry.content().fields),
            json!({"Kind": "http-route", "Name": "web", "Meta": {"a": "b"}})
        );
        assert!(entry.conditions()[0].is_bad());
        assert!(ConfigEntry::of(json!([])).is_none());
    }

    #[test]
    fn kinds_are_known_by_their_names() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::named(kind.name()) == Some(kind)));
        assert!(Kind::ALL.is_sorted());
        assert_eq!(serde_json::to_value(Kind::ApiGateway).unwrap(), json!("api-gateway"));
    }
}
