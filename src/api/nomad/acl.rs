//! Tokens, policies, roles, and how people log in (`nomad-api.md §9.3`).

use jiff::Timestamp;
use secrecy::SecretString;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::http::{Ask, Get, Write, segment};
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

const MANAGEMENT: &str = "a management token";

/// All tokens, without their secrets.
#[must_use]
pub fn tokens() -> Get<Vec<Token>> {
    Get::new("/v1/acl/tokens", "list the ACL tokens").needs(MANAGEMENT)
}

/// One token by its accessor.
#[must_use]
pub fn token(accessor: &str) -> Get<Token> {
    Get::new(format!("/v1/acl/token/{}", segment(accessor)), format!("read ACL token {accessor}"))
        .needs(MANAGEMENT)
}

/// Makes a token. The reply carries its secret, and no later read does so for anybody else's.
#[must_use]
pub fn create_token(spec: &Value) -> Write<NewToken> {
    Write::put("/v1/acl/token", "create an ACL token").needs(MANAGEMENT).body(spec)
}

/// One token by its accessor, as it is stored: with its secret.
#[must_use]
pub fn stored_token(accessor: &str) -> Get<Value> {
    Get::new(format!("/v1/acl/token/{}", segment(accessor)), format!("read ACL token {accessor}"))
        .needs(MANAGEMENT)
}

/// Stores a token whole. When it ends and whether every region knows it has to be as it was; a role has to exist, a policy has
/// not.
#[must_use]
pub fn update_token(accessor: &str, stored: &Value) -> Write<IgnoredAny> {
    Write::put(format!("/v1/acl/token/{}", segment(accessor)), format!("change ACL token {accessor}"))
        .needs(MANAGEMENT)
        .body(stored)
}

/// Deletes a token by its accessor; 400 where there is none.
#[must_use]
pub fn delete_token(accessor: &str) -> Write<IgnoredAny> {
    Write::delete(format!("/v1/acl/token/{}", segment(accessor)), format!("delete ACL token {accessor}"))
        .needs(MANAGEMENT)
}

/// Makes the first management token of a cluster. 400 `ACL bootstrap already done` afterwards.
#[must_use]
pub fn bootstrap(secret: Option<&str>) -> Write<NewToken> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        bootstrap_secret: Option<&'a str>,
    }
    Write::put("/v1/acl/bootstrap", "bootstrap the ACL system").body(&Body { bootstrap_secret: secret })
}

/// The policies the token may see.
#[must_use]
pub fn policies() -> Get<Vec<PolicyStub>> {
    Get::new("/v1/acl/policies", "list the ACL policies")
}

/// A policy with its rules as they were written; one's own are readable.
#[must_use]
pub fn policy_text(name: &str) -> Get<PolicyText> {
    Get::new(format!("/v1/acl/policy/{}", segment(name)), format!("read ACL policy {name}")).needs(MANAGEMENT)
}

/// Stores a policy whole.
#[must_use]
pub fn put_policy(policy: &PolicyText) -> Write<IgnoredAny> {
    Write::put(
        format!("/v1/acl/policy/{}", segment(&policy.name)),
        format!("store ACL policy {}", policy.name),
    )
    .needs(MANAGEMENT)
    .body(policy)
}

/// Deletes a policy; deleting an absent one succeeds.
#[must_use]
pub fn delete_policy(name: &str) -> Write<IgnoredAny> {
    Write::delete(format!("/v1/acl/policy/{}", segment(name)), format!("delete ACL policy {name}"))
        .needs(MANAGEMENT)
}

/// One kind of the objects that are stored as they are: roles, auth methods, binding rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Named sets of policies.
    Role,
    /// How people prove who they are.
    AuthMethod,
    /// Who gets what by logging in.
    BindingRule,
}

impl Kind {
    /// What it is called.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Role => "ACL role",
            Kind::AuthMethod => "ACL auth method",
            Kind::BindingRule => "ACL binding rule",
        }
    }

    fn route(self) -> &'static str {
        match self {
            Kind::Role => "role",
            Kind::AuthMethod => "auth-method",
            Kind::BindingRule => "binding-rule",
        }
    }

    /// All of them.
    #[must_use]
    pub fn list(self) -> Get<Vec<Value>> {
        Get::new(format!("/v1/acl/{}s", self.route()), format!("list the {}s", self.noun())).needs(MANAGEMENT)
    }

    /// One by its id; of an auth method by its name.
    #[must_use]
    pub fn get(self, id: &str) -> Get<Value> {
        Get::new(format!("/v1/acl/{}/{}", self.route(), segment(id)), format!("read {} {id}", self.noun()))
            .needs(MANAGEMENT)
    }

    /// Makes one, or replaces the one of this id.
    #[must_use]
    pub fn put(self, id: Option<&str>, spec: &Value) -> Write<Value> {
        let below = id.map(|id| format!("/{}", segment(id))).unwrap_or_default();
        Write::put(format!("/v1/acl/{}{below}", self.route()), format!("store an {}", self.noun()))
            .needs(MANAGEMENT)
            .body(spec)
    }

    /// Deletes one.
    #[must_use]
    pub fn delete(self, id: &str) -> Write<IgnoredAny> {
        Write::delete(
            format!("/v1/acl/{}/{}", self.route(), segment(id)),
            format!("delete {} {id}", self.noun()),
        )
        .needs(MANAGEMENT)
    }
}

/// Exchanges a JWT of an auth method for a token (1.5.4 and newer).
#[must_use]
pub fn login(method: &str, jwt: &str) -> Write<NewToken> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        auth_method_name: &'a str,
        login_token: &'a str,
    }
    Write::post("/v1/acl/login", format!("log in by {method}"))
        .body(&Body { auth_method_name: method, login_token: jwt })
}

/// Where a browser logs in for an auth method of the type OIDC. The address has a state in it, by which the answer is known.
#[must_use]
pub fn oidc_auth_url(method: &str, redirect: &str, nonce: &str) -> Ask<AuthUrl> {
    let body = serde_json::json!({"AuthMethodName": method, "RedirectURI": redirect, "ClientNonce": nonce});
    Ask::post("/v1/acl/oidc/auth-url", format!("begin to log in by {method}")).body(&body)
}

/// What a browser brought back from the provider, with what the login began with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OidcAnswer<'a> {
    /// The auth method.
    pub auth_method_name: &'a str,
    /// Where the browser was sent back to.
    #[serde(rename = "RedirectURI")]
    pub redirect_uri: &'a str,
    /// The value that the login began with.
    pub client_nonce: &'a str,
    /// The state of the address the browser was sent to.
    pub state: &'a str,
    /// What is exchanged.
    pub code: &'a str,
    /// Who sent the browser back (RFC 9207); newer servers ask for it where the provider says that it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<&'a str>,
}

/// Exchanges what the browser brought for a token. Servers since 1.10 know a login for a minute (`nomad-api.md §9.3`).
#[must_use]
pub fn oidc_complete(answer: &OidcAnswer<'_>) -> Write<NewToken> {
    Write::post("/v1/acl/oidc/complete-auth", format!("log in by {}", answer.auth_method_name)).body(answer)
}

/// Where to log in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AuthUrl {
    /// The provider's page.
    #[serde(rename = "AuthURL")]
    pub auth_url: String,
}

/// A token that was made just now, with its secret.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NewToken {
    /// What it is.
    #[serde(flatten)]
    pub token: Token,
    /// What it is used by.
    #[serde(rename = "SecretID", deserialize_with = "secret")]
    pub secret_id: Option<SecretString>,
}

fn secret<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(d)?.map(SecretString::from))
}

/// A policy in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyStub {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A policy with its rules as they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyText {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The rules, in HCL or JSON.
    pub rules: String,
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
    /// Whether every region knows it.
    pub global: bool,
    /// When it was made.
    #[serde(deserialize_with = "crate::api::wire::time")]
    pub create_time: Option<Timestamp>,
    /// When it stops to be good; never, where none is set.
    #[serde(deserialize_with = "crate::api::wire::time")]
    pub expiration_time: Option<Timestamp>,
}

impl Token {
    /// Whether it may do everything.
    #[must_use]
    pub fn is_management(&self) -> bool {
        self.kind == "management"
    }
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
    /// By node pool, patterns allowed; in the form of rules for namespaces.
    #[serde(deserialize_with = "nullable")]
    pub node_pools: Vec<NamespaceRule>,
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
    /// What it allows with variables there; nothing of its own where there is no such block.
    pub variables: Option<VariableRules>,
}

/// What a policy allows with the variables of a namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VariableRules {
    /// By path, patterns allowed.
    #[serde(deserialize_with = "nullable")]
    pub paths: Vec<VariableRule>,
}

/// What a policy allows with the variables of a path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VariableRule {
    /// The path or a pattern.
    pub path_spec: String,
    /// `list`, `read`, `write`, `destroy` or `deny`.
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
