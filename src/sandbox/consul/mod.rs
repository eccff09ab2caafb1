//! A simulated Consul 1.8.7 datacenter: catalog, health, sessions, keys, transactions and tokens (`consul-api.md §1-§3`).
//!
//! What Nomad's clients register is fed in ([`Consul::register`], [`Consul::set_check`], [`Consul::deregister`]). Time is
//! the caller's: [`Consul::advance_to`] lets sessions expire. There is one agent to ask, a server that leads; every other
//! node has an agent of its own, which runs the checks of the services on it.

pub(crate) mod acl;
pub(crate) mod catalog;
pub(crate) mod config;
mod index;
pub(crate) mod kv;
pub(crate) mod session;
pub(crate) mod txn;

#[cfg(test)]
mod tests;

use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;

pub use acl::{Token, Tokens};
pub use catalog::{CheckSpec, Mesh, Node, Registration, Status};
pub(crate) use index::Table;

use acl::Rights;
use catalog::Catalog;
use index::Indexes;
use kv::Keys;
use session::Sessions;

/// The version of Consul whose behaviour this is.
pub const VERSION: &str = "1.8.7";

/// A simulated Consul datacenter.
#[derive(Debug)]
pub struct Consul {
    pub(crate) datacenter: String,
    /// The node whose agent answers.
    pub(crate) agent: String,
    pub(crate) catalog: Catalog,
    pub(crate) keys: Keys,
    pub(crate) sessions: Sessions,
    pub(crate) configs: config::Configs,
    /// What the certificates of the mesh are for.
    pub(crate) trust_domain: String,
    tokens: Tokens,
    pub(crate) indexes: Indexes,
    began: Moment,
    now: Moment,
    rng: fastrand::Rng,
}

impl Consul {
    /// A datacenter of one server, which is the agent that is asked.
    #[must_use]
    pub fn new(datacenter: &str, server: Node, tokens: Tokens, now: Moment, seed: u64) -> Self {
        let mut consul = Consul {
            datacenter: datacenter.to_owned(),
            agent: server.name.clone(),
            catalog: Catalog::default(),
            keys: Keys::default(),
            sessions: Sessions::default(),
            configs: config::Configs::default(),
            trust_domain: Id::random(&mut fastrand::Rng::with_seed(seed.wrapping_add(1))).to_string(),
            tokens,
            indexes: Indexes::default(),
            began: now,
            now,
            rng: fastrand::Rng::with_seed(seed),
        };
        // The servers' own writes: the raft configuration, the CA, the first tokens.
        for _ in 0..7 {
            consul.indexes.advance();
        }
        consul.join(server);
        consul
    }

    /// The datacenter beside a sandbox's cluster: its server listens on loopback, and this secret may do everything.
    #[must_use]
    pub fn beside(secret: &str, now: Moment, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (id, accessor) = (Id::random(&mut rng).to_string(), Id::random(&mut rng).to_string());
        let server =
            Node { name: "consul-server".to_owned(), id, address: "127.0.0.1".to_owned(), server: true };
        let tokens = Tokens::enforced([Token::management(secret, &accessor)]);
        Consul::new("dc1", server, tokens, now, rng.u64(..))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    pub(crate) fn began(&self) -> Moment {
        self.began.whole_second()
    }

    /// A number that moves with every write; a blocking query is asked again when it has moved.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.indexes.latest()
    }

    /// When the next session expires.
    #[must_use]
    pub fn next_at(&self) -> Option<Moment> {
        self.sessions.next_at()
    }

    /// Lets time pass.
    pub fn advance_to(&mut self, moment: Moment) {
        while let Some((at, id)) = self.sessions.expired(moment) {
            self.now = self.now.max(at);
            self.end_session(&id);
        }
        self.now = self.now.max(moment);
    }

    /// Knows one more token.
    pub fn add_token(&mut self, token: Token) {
        self.tokens.add(token);
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(crate) fn rights(&self, secret: &str) -> Result<Rights, String> {
        self.tokens.rights(secret)
    }
}
