//! Keys and the locks that sessions hold on them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::{Consul, Table};
use crate::sandbox::moment::Moment;

/// A key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: Vec<u8>,
    pub(crate) flags: u64,
    pub(crate) session: String,
    lock_index: u64,
    created: u64,
    pub(crate) modified: u64,
}

impl Entry {
    /// As reads show it; the results of transactions that write leave the value out.
    pub(crate) fn json(&self, with_value: bool) -> Json {
        let value = (with_value && !self.value.is_empty()).then(|| STANDARD.encode(&self.value));
        let mut json = json!({"LockIndex": self.lock_index, "Key": self.key, "Flags": self.flags, "Value": value,
            "CreateIndex": self.created, "ModifyIndex": self.modified});
        if !self.session.is_empty() {
            json["Session"] = json!(self.session);
        }
        json
    }
}

/// What is to be stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) key: String,
    pub(crate) value: Vec<u8>,
    pub(crate) flags: u64,
}

/// All keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    entries: BTreeMap<String, Entry>,
    /// The write that deleted a key, for the index of what is not there any more.
    graves: BTreeMap<String, u64>,
    /// Until when nobody may lock a key.
    delays: BTreeMap<String, Moment>,
}

impl Keys {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub(crate) fn under<'k>(&'k self, prefix: &'k str) -> impl Iterator<Item = &'k Entry> {
        let from = self.entries.range(prefix.to_owned()..);
        from.take_while(move |(key, _)| key.starts_with(prefix)).map(|(_, entry)| entry)
    }

    /// The last write to anything under a prefix; 0 when there was none.
    pub(crate) fn index_under(&self, prefix: &str) -> u64 {
        let graves = self.graves.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        let graves = graves.map(|(_, index)| *index).max().unwrap_or(0);
        self.under(prefix).map(|entry| entry.modified).max().unwrap_or(0).max(graves)
    }

    pub(crate) fn is_delayed(&self, key: &str, now: Moment) -> bool {
        self.delays.get(key).is_some_and(|until| *until > now)
    }

    pub(crate) fn delay(&mut self, key: &str, until: Moment) {
        self.delays.insert(key.to_owned(), until);
    }

    /// Stores a key; who locks it holds on to it, but a plain write makes its lock count from 0 again.
    pub(crate) fn set(&mut self, draft: Draft, index: u64) -> &Entry {
        let Draft { key, value, flags } = draft;
        let entry =
            self.entries.entry(key.clone()).or_insert_with(|| Entry { created: index, ..Entry::default() });
        (entry.key, entry.value, entry.flags) = (key, value, flags);
        (entry.lock_index, entry.modified) = (0, index);
        entry
    }

    /// Locks a key for a session, unless another one holds it.
    pub(crate) fn lock(&mut self, draft: Draft, session: &str, index: u64) -> Option<&Entry> {
        let held = self.entries.get(&draft.key);
        let lock_index = match held {
            Some(entry) if entry.session == session => entry.lock_index,
            Some(entry) if !entry.session.is_empty() => return None,
            Some(entry) => entry.lock_index + 1,
            None => 1,
        };
        let key = draft.key.clone();
        self.set(draft, index);
        let entry = self.entries.get_mut(&key)?;
        session.clone_into(&mut entry.session);
        entry.lock_index = lock_index;
        Some(entry)
    }

    /// Gives the lock of a key back, if this session holds it.
    pub(crate) fn unlock(&mut self, draft: Draft, session: &str, index: u64) -> Option<&Entry> {
        let lock_index = self.entries.get(&draft.key).filter(|entry| entry.session == session)?.lock_index;
        let key = draft.key.clone();
        self.set(draft, index);
        let entry = self.entries.get_mut(&key)?;
        entry.session.clear();
        entry.lock_index = lock_index;
        Some(entry)
    }

    pub(crate) fn delete(&mut self, key: &str, index: u64) -> bool {
        let gone = self.entries.remove(key).is_some();
        if gone {
            self.graves.insert(key.to_owned(), index);
        }
        gone
    }

    pub(crate) fn delete_under(&mut self, prefix: &str, index: u64) -> bool {
        let keys: Vec<String> = self.under(prefix).map(|entry| entry.key.clone()).collect();
        keys.iter().for_each(|key| {
            self.delete(key, index);
        });
        !keys.is_empty()
    }

    /// The locks of a session that has ended: given up, or their keys deleted.
    pub(crate) fn end_session(&mut self, session: &str, delete: bool, index: u64) -> Vec<String> {
        let held = self.entries.values().filter(|entry| entry.session == session);
        let keys: Vec<String> = held.map(|entry| entry.key.clone()).collect();
        for key in &keys {
            if delete {
                self.delete(key, index);
            } else if let Some(entry) = self.entries.get_mut(key) {
                entry.session.clear();
                entry.modified = index;
            }
        }
        keys
    }
}

impl Consul {
    /// Writes to keys: one index, whatever comes of it. What was done touches the table if it says so.
    pub(crate) fn write_keys<T>(&mut self, write: impl FnOnce(&mut Keys, u64) -> (T, bool)) -> T {
        let index = self.indexes.advance();
        let (outcome, changed) = write(&mut self.keys, index);
        if changed {
            self.indexes.touch(&[Table::Keys]);
        }
        outcome
    }
}
