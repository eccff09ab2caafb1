//! Tokens and policies, as far as one may read one's own (`nomad-api.md §9.3`).

use serde::Deserialize;

use crate::api::http::{Get, segment};
use crate::api::wire::nullable;

/// The token of the requests themselves. 400 `ACL support disabled` where ACLs are off.
#[must_use]
pub fn token_self() -> Get<Token> {
    Get::new("/v1/acl/token/self", "read your own token")
}

/// A policy; one's own are readable.
#[must_use]
pub fn policy(name: &str) -> Get<Policy> {
    Get::new(format!("/v1/acl/policy/{}", segment(name)), format!("read ACL policy {name}"))
}

/// An ACL token, without its secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Token {
    /// The public half of its identity; `anonymous` or `acls-disabled` where there is none.
    #[serde(rename = "AccessorID")]
    pub accessor_id: String,
    /// Its name.
    pub name: String,
    /// `management` or `client`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Names of its policies.
    #[serde(deserialize_with = "nullable")]
    pub policies: Vec<String>,
    /// Its roles, which carry further policies.
    #[serde(deserialize_with = "nullable")]
    pub roles: Vec<Role>,
}

/// A role of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Role {
    /// Its id.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A policy and its parsed rules.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The parsed rules.
    #[serde(rename = "RulesJSON")]
    pub rules: Option<Rules>,
}

/// What a policy allows.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Rules {
    /// By namespace, patterns allowed; the most specific one wins alone.
    #[serde(deserialize_with = "nullable")]
    pub namespaces: Vec<NamespaceRule>,
    /// Nodes.
    pub node: Option<PolicyRule>,
    /// Agents.
    pub agent: Option<PolicyRule>,
    /// Operator calls.
    pub operator: Option<PolicyRule>,
}

/// What a policy allows in a namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NamespaceRule {
    /// The namespace or a pattern.
    pub name: String,
    /// `read`, `write`, `deny`, `scale` or empty.
    #[serde(deserialize_with = "nullable")]
    pub policy: String,
    /// Single capabilities.
    #[serde(deserialize_with = "nullable")]
    pub capabilities: Vec<String>,
}

/// `read`, `write` or `deny`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyRule {
    /// The level.
    #[serde(deserialize_with = "nullable")]
    pub policy: String,
}
