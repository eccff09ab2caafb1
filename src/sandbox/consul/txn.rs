//! Transactions: several operations on keys, all of them or none (`consul-api.md §3`).

use super::acl::Rights;
use super::kv::{Draft, Entry, Keys};
use super::{Consul, Table};
use serde_json::{Value as Json, json};

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verb {
    Set,
    Cas,
    Lock,
    Unlock,
    Delete,
    DeleteCas,
    DeleteTree,
    Get,
    GetTree,
    CheckIndex,
    CheckSession,
    CheckNotExists,
    Unknown(String),
}

impl Verb {
    pub(crate) fn named(name: &str) -> Verb {
        match name {
            "set" => Verb::Set,
            "cas" => Verb::Cas,
            "lock" => Verb::Lock,
            "unlock" => Verb::Unlock,
            "delete" => Verb::Delete,
            "delete-cas" => Verb::DeleteCas,
            "delete-tree" => Verb::DeleteTree,
            "get" => Verb::Get,
            "get-tree" => Verb::GetTree,
            "check-index" => Verb::CheckIndex,
            "check-session" => Verb::CheckSession,
            "check-not-exists" => Verb::CheckNotExists,
            other => Verb::Unknown(other.to_owned()),
        }
    }

    /// Whether it changes anything.
    pub(crate) fn writes(&self) -> bool {
        use Verb::{Cas, Delete, DeleteCas, DeleteTree, Lock, Set, Unlock};
        matches!(self, Set | Cas | Lock | Unlock | Delete | DeleteCas | DeleteTree)
    }
}

/// An operation on a key.
#[derive(Debug, Clone)]
pub(crate) struct Op {
    pub(crate) verb: Verb,
    pub(crate) draft: Draft,
    pub(crate) index: u64,
    pub(crate) session: String,
}

/// What is wrong with which operation.
pub(crate) type Flaws = Vec<(usize, String)>;

impl Consul {
    /// Does all operations: their results. None is done when one fails.
    pub(crate) fn transact(&mut self, ops: &[Op], rights: &Rights) -> Result<Vec<Json>, Flaws> {
        let flawed: Flaws = ops
            .iter()
            .enumerate()
            .filter_map(|(at, op)| self.forbids(op, rights).map(|words| (at, words)))
            .collect();
        if !flawed.is_empty() {
            return Err(flawed);
        }
        let writes = ops.iter().any(|op| op.verb.writes());
        let index = if writes { self.indexes.advance() } else { self.indexes.latest() };
        let mut keys = self.keys.clone();
        let (mut results, mut flaws) = (Vec::new(), Flaws::new());
        for (at, op) in ops.iter().enumerate() {
            match self.operate(&mut keys, op, index) {
                Ok(done) => results.extend(done.into_iter().filter(|shown| rights.read("key", &shown.0))),
                Err(words) => flaws.push((at, words)),
            }
        }
        if !flaws.is_empty() {
            return Err(flaws);
        }
        if writes {
            self.keys = keys;
            self.indexes.touch(&[Table::Keys]);
        }
        Ok(results.into_iter().map(|(_, shown)| json!({"KV": shown})).collect())
    }

    /// Why an operation is not even tried.
    fn forbids(&self, op: &Op, rights: &Rights) -> Option<String> {
        let key = op.draft.key.as_str();
        let may = match op.verb {
            Verb::DeleteTree => rights.write_under(key),
            // What may not be read is left out of the results.
            Verb::Get | Verb::GetTree => true,
            Verb::CheckIndex | Verb::CheckSession => rights.read("key", key),
            _ => rights.write("key", key),
        };
        if key.is_empty() && op.verb != Verb::DeleteTree {
            return Some("Must provide key".to_owned());
        }
        if !may {
            return Some("Permission denied".to_owned());
        }
        let delayed = op.verb == Verb::Lock && self.keys.is_delayed(key, self.now);
        delayed.then(|| format!("failed to lock key {key:?} due to lock delay"))
    }

    /// Does one operation: what it shows, by key.
    fn operate(&self, keys: &mut Keys, op: &Op, index: u64) -> Result<Vec<(String, Json)>, String> {
        let key = op.draft.key.as_str();
        let shown = |entry: &Entry, whole: bool| vec![(entry.key.clone(), entry.json(whole))];
        let there = |keys: &Keys, what: &str| {
            keys.get(key).cloned().ok_or_else(|| format!("failed to check {what}, key {key:?} doesn't exist"))
        };
        let known = |entry: Option<&Entry>| entry.map_or(0, |entry| entry.modified);
        match &op.verb {
            Verb::Set => Ok(shown(keys.set(op.draft.clone(), index), false)),
            Verb::Cas if known(keys.get(key)) != op.index => {
                Err(format!("failed to set key {key:?}, index is stale"))
            }
            Verb::Cas => Ok(shown(keys.set(op.draft.clone(), index), false)),
            Verb::Lock => {
                self.lives(&op.session)?;
                let locked = keys.lock(op.draft.clone(), &op.session, index);
                let held = || format!("failed to lock key {key:?}, lock is already held");
                locked.map(|entry| shown(entry, false)).ok_or_else(held)
            }
            Verb::Unlock if op.session.is_empty() => Err("missing session".to_owned()),
            Verb::Unlock => {
                let freed = keys.unlock(op.draft.clone(), &op.session, index);
                let other = || {
                    format!("failed to unlock key {key:?}, lock isn't held, or is held by another session")
                };
                freed.map(|entry| shown(entry, false)).ok_or_else(other)
            }
            Verb::Delete => {
                keys.delete(key, index);
                Ok(Vec::new())
            }
            Verb::DeleteCas => match keys.get(key) {
                Some(entry) if entry.modified != op.index => {
                    Err(format!("failed to delete key {key:?}, index is stale"))
                }
                _ => {
                    keys.delete(key, index);
                    Ok(Vec::new())
                }
            },
            Verb::DeleteTree => {
                keys.delete_under(key, index);
                Ok(Vec::new())
            }
            Verb::Get => {
                let entry = keys.get(key).ok_or_else(|| format!("key {key:?} doesn't exist"))?;
                Ok(shown(entry, true))
            }
            Verb::GetTree => Ok(keys.under(key).flat_map(|entry| shown(entry, true)).collect()),
            Verb::CheckSession => {
                let entry = there(keys, "session")?;
                if entry.session != op.session {
                    let (has, wanted) = (&entry.session, &op.session);
                    return Err(format!(
                        "failed session check for key {key:?}, current session {has:?} != {wanted:?}"
                    ));
                }
                Ok(shown(&entry, false))
            }
            Verb::CheckIndex => {
                let entry = there(keys, "index")?;
                if entry.modified != op.index {
                    let (has, wanted) = (entry.modified, op.index);
                    return Err(format!(
                        "failed index check for key {key:?}, current modify index {has} != {wanted}"
                    ));
                }
                Ok(shown(&entry, false))
            }
            Verb::CheckNotExists => match keys.get(key) {
                Some(_) => Err(format!("key {key:?} exists")),
                None => Ok(Vec::new()),
            },
            Verb::Unknown(name) => Err(format!("unknown KV verb {name:?}")),
        }
    }
}
