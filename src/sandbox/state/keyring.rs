//! The keys that encrypt variables and sign identities: only what is told of them, the keys themselves are nowhere.

use std::sync::Arc;

use serde::Serialize;

use crate::sandbox::id::{FOUNDING_KEY, Id};
use crate::sandbox::moment::{Moment, as_nanos};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::variables::Variable;
use crate::sandbox::state::{State, Write};

/// Whether a key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// For everything new.
    Active,
    /// For what it was used for before.
    Inactive,
    /// What it encrypts is being encrypted with the active one.
    Rekeying,
    /// Not yet: it is only made known.
    Prepublished,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct RootKey {
    pub algorithm: &'static str,
    pub create_index: u64,
    #[serde(serialize_with = "as_nanos")]
    pub create_time: Moment,
    #[serde(rename = "KeyID")]
    pub id: Id,
    pub modify_index: u64,
    pub publish_time: i64,
    pub state: KeyState,
}

impl RootKey {
    /// A key that is not put in yet; with a time other than 0 it is only made known until then.
    #[must_use]
    pub fn new(id: Id, publish_time: i64, now: Moment) -> Self {
        let state = if publish_time == 0 { KeyState::Active } else { KeyState::Prepublished };
        RootKey {
            algorithm: "aes256-gcm",
            create_index: 0,
            create_time: now,
            id,
            modify_index: 0,
            publish_time,
            state,
        }
    }
}

impl State {
    /// All keys by id.
    pub fn keys(&self) -> impl Iterator<Item = &RootKey> {
        self.keyring.values()
    }

    /// A key by its id.
    #[must_use]
    pub fn key(&self, id: Id) -> Option<&RootKey> {
        self.keyring.get(&id)
    }

    /// The key that is used for everything new.
    #[must_use]
    pub fn active_key(&self) -> Id {
        self.keys().find(|key| key.state == KeyState::Active).map_or(FOUNDING_KEY, |key| key.id)
    }

    /// The variables that are encrypted with a key: those last written from its rotation up to the next.
    pub fn variables_under(&self, key: &RootKey) -> impl Iterator<Item = &Arc<Variable>> {
        let began = |key: &RootKey| (key.publish_time == 0).then_some(key.create_index);
        let from = began(key);
        let to = self.keys().filter_map(began).filter(|index| from.is_some_and(|from| *index > from)).min();
        self.variables().filter(move |variable| {
            let at = variable.modify_index;
            from.is_some_and(|from| at >= from) && to.is_none_or(|to| at < to)
        })
    }

    /// Whether identities that live are signed with a key, or variables encrypted. Nodes keep the first one.
    #[must_use]
    pub fn uses_key(&self, key: &RootKey) -> bool {
        let ended = |alloc: &Alloc| alloc.client_terminal() && alloc.server_terminal();
        self.allocs.by_id().any(|alloc| alloc.signing_key == key.id && !ended(alloc))
            || self.variables_under(key).next().is_some()
            || (key.id == FOUNDING_KEY && !self.nodes.is_empty())
    }
}

impl Write<'_> {
    /// Puts a key in. One that is active takes the place of the one before, which is kept for what it was used for, or,
    /// with `rekey`, to be used up.
    pub fn put_key(&mut self, mut key: RootKey, rekey: bool) {
        (key.create_index, key.modify_index) = (self.index, self.index);
        if key.state == KeyState::Active {
            for old in self.state.keyring.values_mut() {
                let state = match old.state {
                    KeyState::Active if !rekey => KeyState::Inactive,
                    KeyState::Active | KeyState::Inactive if rekey => KeyState::Rekeying,
                    _ => continue,
                };
                (old.state, old.modify_index) = (state, self.index);
            }
        }
        self.state.keyring.insert(key.id, key);
        self.touch(Scope::Table(Table::RootKeys));
    }

    /// Notes that nothing is encrypted with a key any more.
    pub fn retire_key(&mut self, id: Id) {
        if let Some(key) = self.state.keyring.get_mut(&id) {
            (key.state, key.modify_index) = (KeyState::Inactive, self.index);
            self.touch(Scope::Table(Table::RootKeys));
        }
    }

    /// Takes a key out.
    pub fn remove_key(&mut self, id: Id) {
        self.state.keyring.remove(&id);
        self.touch(Scope::Table(Table::RootKeys));
    }
}
