//! Tokens and policies (`nomad-api.md §9.3`).

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::sandbox::acl::Rules;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::Write;
use crate::sandbox::state::index::{Scope, Table};

/// A token. Serialises as the API shows it; Nomad orders these fields by hand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Token {
    #[serde(rename = "ExpirationTTL")]
    pub expiration_ttl: String,
    #[serde(rename = "AccessorID")]
    pub accessor: Id,
    #[serde(rename = "SecretID")]
    pub secret: Id,
    pub name: String,
    #[serde(rename = "Type")]
    pub kind: String,
    pub policies: Option<Vec<String>>,
    pub roles: Option<Vec<Value>>,
    pub global: bool,
    pub hash: String,
    pub create_time: Moment,
    pub expiration_time: Option<Moment>,
    pub create_index: u64,
    pub modify_index: u64,
}

impl Token {
    /// Whether it may do everything.
    #[must_use]
    pub fn is_management(&self) -> bool {
        self.kind == "management"
    }

    /// Whether it is past its time.
    #[must_use]
    pub fn has_expired(&self, now: Moment) -> bool {
        self.expiration_time.is_some_and(|at| at <= now)
    }
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Policy {
    pub create_index: u64,
    pub description: String,
    pub hash: String,
    #[serde(rename = "JobACL")]
    pub job_acl: Option<Value>,
    pub modify_index: u64,
    pub name: String,
    pub rules: String,
    /// The rules as they were read.
    #[serde(rename = "RulesJSON", serialize_with = "as_json")]
    pub parsed: Rules,
}

fn as_json<S: Serializer>(rules: &Rules, s: S) -> Result<S::Ok, S::Error> {
    rules.to_json().serialize(s)
}

/// Tokens and policies.
#[derive(Debug, Clone, Default)]
pub struct Acl {
    /// By accessor.
    pub tokens: BTreeMap<Id, Arc<Token>>,
    /// By name.
    pub policies: BTreeMap<String, Arc<Policy>>,
}

impl Acl {
    /// The token with this secret.
    #[must_use]
    pub fn by_secret(&self, secret: &str) -> Option<&Arc<Token>> {
        let secret = Id::parse(secret)?;
        self.tokens.values().find(|token| token.secret == secret)
    }
}

/// A hash over what its owner set.
#[must_use]
pub fn digest(parts: &[&str]) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(parts.concat()))
}

impl Write<'_> {
    /// Puts a token in, as it is now.
    pub fn put_token(&mut self, mut token: Token) -> Arc<Token> {
        token.create_index =
            self.state.acl.tokens.get(&token.accessor).map_or(self.index, |old| old.create_index);
        token.modify_index = self.index;
        self.touch(Scope::Table(Table::AclTokens));
        self.touch(Scope::Row(Table::AclTokens, token.accessor));
        let token = Arc::new(token);
        self.state.acl.tokens.insert(token.accessor, Arc::clone(&token));
        token
    }

    /// Takes a token out.
    pub fn remove_token(&mut self, accessor: Id) {
        self.state.acl.tokens.remove(&accessor);
        self.touch(Scope::Table(Table::AclTokens));
        self.touch(Scope::Row(Table::AclTokens, accessor));
    }

    /// Puts a policy in.
    pub fn put_policy(&mut self, mut policy: Policy) {
        policy.create_index =
            self.state.acl.policies.get(&policy.name).map_or(self.index, |old| old.create_index);
        policy.modify_index = self.index;
        self.touch(Scope::Table(Table::AclPolicies));
        self.touch(Scope::Name(Table::AclPolicies, policy.name.as_str().into()));
        self.state.acl.policies.insert(policy.name.clone(), Arc::new(policy));
    }

    /// Takes a policy out.
    pub fn remove_policy(&mut self, name: &str) {
        self.state.acl.policies.remove(name);
        self.touch(Scope::Table(Table::AclPolicies));
        self.touch(Scope::Name(Table::AclPolicies, name.into()));
    }
}
