//! What a token may do (`nomad-api.md §9.3`, `acl-policies.md`).

use std::sync::Arc;

use crate::sandbox::acl::Grants;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::State;
use crate::sandbox::state::acl::Token;
use crate::sandbox::world::requests::Refusal;

/// The words of every refusal for want of rights.
pub(super) const DENIED: &str = "Permission denied";

/// What is said of a secret that is none: it is taken for a signed identity of a task.
pub(super) const NO_IDENTITY: &str =
    "failed to parse signed token: go-jose/go-jose: compact JWS format must have three parts";

/// A refusal for want of rights.
#[must_use]
pub(super) fn denied() -> Refusal {
    Refusal::new(403, DENIED)
}

/// What a request may do.
#[derive(Debug, Clone)]
pub(super) struct Rights {
    token: Option<Arc<Token>>,
    /// What its policies add up to.
    pub grants: Grants,
}

impl Rights {
    /// The rights of the token with this secret; without one, those of anybody.
    ///
    /// # Errors
    /// When there is no such token, or it has expired.
    pub(super) fn of(state: &State, secret: &str, now: Moment) -> Result<Self, Refusal> {
        let policies = |names: &[String]| {
            let known = names.iter().filter_map(|name| state.acl.policies.get(name));
            Grants::of(known.map(|policy| &policy.parsed))
        };
        if secret.is_empty() {
            return Ok(Rights { token: None, grants: policies(&["anonymous".to_owned()]) });
        }
        let token = state.acl.by_secret(secret).cloned().ok_or_else(denied)?;
        if token.has_expired(now) {
            return Err(Refusal::failed("ACL token expired"));
        }
        let grants = if token.is_management() {
            Grants::everything()
        } else {
            policies(token.policies.as_deref().unwrap_or_default())
        };
        Ok(Rights { token: Some(token), grants })
    }

    /// The token itself.
    #[must_use]
    pub(super) fn token(&self) -> Option<&Arc<Token>> {
        self.token.as_ref()
    }

    /// Its accessor as jobs and drains note it; empty for nobody's.
    #[must_use]
    pub(super) fn accessor(&self) -> String {
        self.token.as_ref().map(|t| t.accessor.to_string()).unwrap_or_default()
    }

    /// Whether it may do everything.
    #[must_use]
    pub(super) fn is_management(&self) -> bool {
        self.grants.is_everything()
    }

    /// Whether it has one of these capabilities in a namespace; in any at all where that is `*`.
    #[must_use]
    pub(super) fn in_namespace(&self, namespace: &str, any_of: &[&str]) -> bool {
        self.grants.in_namespace(namespace, any_of)
    }

    /// Whether it may do anything at all in a namespace, and so see that there is one.
    #[must_use]
    pub(super) fn sees_namespace(&self, namespace: &str) -> bool {
        self.grants.any_in_namespace(namespace)
    }

    /// Whether it may see (or change) nodes.
    #[must_use]
    pub(super) fn node(&self, write: bool) -> bool {
        self.grants.node(write)
    }

    /// Whether it may see (or change) agents.
    #[must_use]
    pub(super) fn agent(&self, write: bool) -> bool {
        self.grants.agent(write)
    }

    /// Whether it may see (or change) how the cluster is run.
    #[must_use]
    pub(super) fn operator(&self, write: bool) -> bool {
        self.grants.operator(write)
    }

    /// Whether it may read, write or delete a pool of nodes.
    #[must_use]
    pub(super) fn pool(&self, pool: &str, capability: &str) -> bool {
        self.grants.pool(pool, capability)
    }
}
