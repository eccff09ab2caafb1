//! Tokens and what they may do. The rules are those of Consul's policies: of the rules for a kind of thing the exact
//! name counts first, then the longest prefix.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::sandbox::acl::hcl1::{self, Item, Kind};

/// What a rule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Read,
    List,
    Write,
    Deny,
}

/// A token as the sandbox hands it out.
#[derive(Debug, Clone)]
pub struct Token {
    secret: String,
    accessor: String,
    description: String,
    policy: String,
    /// None for the one that may do everything.
    rules: Option<Arc<Rules>>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    exact: BTreeMap<(String, String), Level>,
    prefixes: BTreeMap<(String, String), Level>,
    operator: Option<Level>,
    mesh: Option<Level>,
}

impl Token {
    /// A token that may do everything.
    #[must_use]
    pub fn management(secret: &str, accessor: &str) -> Token {
        Token {
            secret: secret.to_owned(),
            accessor: accessor.to_owned(),
            description: "Master Token".to_owned(),
            policy: "global-management".to_owned(),
            rules: None,
        }
    }

    /// A token with one policy.
    ///
    /// # Errors
    /// When the rules of the policy cannot be read.
    pub fn client(secret: &str, accessor: &str, policy: &str, rules: &str) -> Result<Token, String> {
        Ok(Token {
            secret: secret.to_owned(),
            accessor: accessor.to_owned(),
            description: String::new(),
            policy: policy.to_owned(),
            rules: Some(Arc::new(Rules::parse(rules)?)),
        })
    }

    /// The public half of the token.
    pub(crate) fn accessor(&self) -> &str {
        &self.accessor
    }

    /// As `acl/token/self` shows it.
    pub(crate) fn json(&self) -> Json {
        let policy =
            if self.rules.is_none() { "00000000-0000-0000-0000-000000000001" } else { &self.accessor };
        json!({"AccessorID": self.accessor, "SecretID": self.secret, "Description": self.description,
            "Policies": [{"ID": policy, "Name": self.policy}], "Local": false,
            "CreateTime": "2026-01-01T00:00:00Z", "Hash": "", "CreateIndex": 1, "ModifyIndex": 1})
    }
}

impl Rules {
    fn parse(text: &str) -> Result<Rules, String> {
        let mut rules = Rules::default();
        for item in &hcl1::parse(text)? {
            rules.add(item)?;
        }
        Ok(rules)
    }

    fn add(&mut self, item: &Item) -> Result<(), String> {
        let level = |text: &str| match text {
            "read" => Ok(Level::Read),
            "list" => Ok(Level::List),
            "write" => Ok(Level::Write),
            "deny" => Ok(Level::Deny),
            other => Err(format!("Invalid policy {other:?}")),
        };
        let kind = item.keys[0].as_str();
        match (&item.value.kind, item.keys.get(1)) {
            (Kind::Literal(policy), None) => {
                match kind {
                    "operator" => self.operator = self.operator.max(Some(level(policy)?)),
                    "mesh" => self.mesh = self.mesh.max(Some(level(policy)?)),
                    _ => {}
                }
                Ok(())
            }
            (Kind::Object(fields), Some(name)) => {
                let of = |what: &str| {
                    fields.iter().find(|field| field.keys[0] == what).map(|field| &field.value.kind)
                };
                let (table, kind) = match kind.strip_suffix("_prefix") {
                    Some(kind) => (&mut self.prefixes, kind),
                    None => (&mut self.exact, kind),
                };
                // Intentions of a service are a right of their own, which its write right does not include.
                for (what, kind) in [("policy", kind), ("intentions", "intention")] {
                    if let Some(Kind::Literal(policy)) = of(what) {
                        let level = level(policy)?;
                        let known = table.entry((kind.to_owned(), name.clone())).or_insert(level);
                        *known = level.max(*known);
                    }
                }
                Ok(())
            }
            _ => Err(format!("Invalid rule {kind:?}")),
        }
    }

    fn level(&self, kind: &str, name: &str) -> Option<Level> {
        let exact = self.exact.get(&(kind.to_owned(), name.to_owned()));
        exact.copied().or_else(|| {
            let fits = self
                .prefixes
                .iter()
                .filter(|((k, prefix), _)| k == kind && name.starts_with(prefix.as_str()));
            fits.max_by_key(|((_, prefix), _)| prefix.len()).map(|(_, level)| *level)
        })
    }
}

/// The tokens of a datacenter.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// Whether anything is refused at all.
    enabled: bool,
    by_secret: BTreeMap<String, Token>,
}

impl Tokens {
    /// No access control.
    #[must_use]
    pub fn disabled() -> Tokens {
        Tokens::default()
    }

    /// Everything is refused that these tokens do not allow.
    #[must_use]
    pub fn enforced(tokens: impl IntoIterator<Item = Token>) -> Tokens {
        let by_secret = tokens.into_iter().map(|token| (token.secret.clone(), token)).collect();
        Tokens { enabled: true, by_secret }
    }

    pub(crate) fn enabled(&self) -> bool {
        self.enabled
    }

    pub(crate) fn add(&mut self, token: Token) {
        self.by_secret.insert(token.secret.clone(), token);
    }

    pub(crate) fn get(&self, secret: &str) -> Option<&Token> {
        self.by_secret.get(secret)
    }

    pub(crate) fn rights(&self, secret: &str) -> Result<Rights, String> {
        match (self.enabled, secret) {
            (false, _) => Ok(Rights::Everything),
            (true, "") => Ok(Rights::Nothing),
            (true, secret) => {
                let token = self.by_secret.get(secret).ok_or("ACL not found")?;
                Ok(token.rules.clone().map_or(Rights::Everything, Rights::Some))
            }
        }
    }
}

/// What a request may do.
#[derive(Debug, Clone)]
pub(crate) enum Rights {
    Everything,
    Nothing,
    Some(Arc<Rules>),
}

impl Rights {
    fn level(&self, kind: &str, name: &str) -> Option<Level> {
        match self {
            Rights::Everything => Some(Level::Write),
            Rights::Nothing => None,
            Rights::Some(rules) => rules.level(kind, name),
        }
    }

    /// Whether a thing of a kind may be seen.
    pub(crate) fn read(&self, kind: &str, name: &str) -> bool {
        matches!(self.level(kind, name), Some(Level::Read | Level::List | Level::Write))
    }

    /// Whether a thing of a kind may be changed.
    pub(crate) fn write(&self, kind: &str, name: &str) -> bool {
        self.level(kind, name) == Some(Level::Write)
    }

    /// Whether everything under a prefix may be changed.
    pub(crate) fn write_under(&self, prefix: &str) -> bool {
        let Rights::Some(rules) = self else { return self.write("key", prefix) };
        let inside = |table: &BTreeMap<(String, String), Level>| {
            let mut within =
                table.iter().filter(|((kind, name), _)| kind == "key" && name.starts_with(prefix));
            within.all(|(_, level)| *level == Level::Write)
        };
        self.write("key", prefix) && inside(&rules.exact) && inside(&rules.prefixes)
    }

    /// Whether the entries of gateways and of the whole mesh may be seen.
    pub(crate) fn read_mesh(&self) -> bool {
        match self {
            Rights::Some(rules) => {
                [rules.mesh, rules.operator].iter().any(|l| matches!(l, Some(Level::Read | Level::Write)))
            }
            other => other.operator(),
        }
    }

    /// Whether the entries of gateways and of the whole mesh may be changed.
    pub(crate) fn write_mesh(&self) -> bool {
        match self {
            Rights::Some(rules) => [rules.mesh, rules.operator].contains(&Some(Level::Write)),
            other => other.operator(),
        }
    }

    /// Whether the running of the cluster may be seen.
    pub(crate) fn operator(&self) -> bool {
        match self {
            Rights::Everything => true,
            Rights::Nothing => false,
            Rights::Some(rules) => matches!(rules.operator, Some(Level::Read | Level::Write)),
        }
    }
}
