//! Writing variables, and acquiring, renewing and releasing the locks on them (`nomad-api.md §9.2`).

mod draft;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::api::wire::Nanos;
use crate::sandbox::acl::Grants;
use crate::sandbox::state::variables::{Lock, Variable, VariableKey};
use crate::sandbox::world::World;
use crate::sandbox::world::requests::{Refusal, many_errors};

pub use draft::VariableDraft;

/// How long a lock lasts and is held back where nothing is said.
const DEFAULT: Nanos = Nanos::from_secs(15);

/// What is to be done with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableWrite {
    /// Store it; with an index, only if it is unchanged since then (0: if it is not there).
    Set(Option<u64>),
    /// Delete it, with the same condition.
    Delete(Option<u64>),
    /// Store it and take its lock.
    Acquire,
    /// Give its lock back.
    Release,
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It was written, at this index; the reply shows it.
    Written(Variable, u64),
    /// It is gone, at this index.
    Deleted(u64),
    /// Something is in the way: 409 with what is there, or with an empty shell where that is a lock.
    Conflict(Variable),
}

fn bad(words: &str) -> Refusal {
    // The code is put in twice and taken out once.
    Refusal::new(400, format!("RPC Error:: 400,{words}"))
}

impl World {
    /// Writes a variable or its lock.
    ///
    /// # Errors
    /// Without the right to, with a body that does not fit, and for releases where there is no lock.
    pub fn write_variable(
        &mut self,
        what: VariableWrite,
        mut draft: VariableDraft,
        grants: &Grants,
    ) -> Result<Applied, Refusal> {
        let needed = if matches!(what, VariableWrite::Delete(_)) { "destroy" } else { "write" };
        if !grants.variable(&draft.namespace, &draft.path, needed) {
            return Err(Refusal::new(403, "Permission denied"));
        }
        self.admit_variable(what, &mut draft)?;
        let key = draft.key();
        let existing = self.state.variable(&key).cloned();
        // Whatever comes of it, it goes through the servers' log.
        let mut write = self.write();
        let index = write.index;
        if let Some(conflict) = in_the_way(what, &draft, existing.as_deref()) {
            return Ok(Applied::Conflict(shown_conflict(conflict, &draft, grants)));
        }
        match what {
            VariableWrite::Delete(_) => {
                write.remove_variable(&key);
                Ok(Applied::Deleted(index))
            }
            VariableWrite::Release => {
                let existing = existing.ok_or_else(|| Refusal::failed("variable doesn't exist"))?;
                let Some(lock) = &existing.lock else {
                    return Err(Refusal::failed("variable doesn't hold a lock"));
                };
                let freed = write.put_variable(Variable { lock: None, ..(*existing).clone() });
                self.stop_lock(&lock.id);
                Ok(Applied::Written(Variable { items: BTreeMap::new(), ..(*freed).clone() }, index))
            }
            VariableWrite::Set(_) | VariableWrite::Acquire => {
                let variable = write.put_variable(Variable {
                    items: draft.items.unwrap_or_default(),
                    lock: draft.lock,
                    modify_time: write.now.nanos(),
                    namespace: draft.namespace,
                    path: draft.path,
                    ..Variable::default()
                });
                if what == VariableWrite::Acquire {
                    self.start_lock(&variable);
                }
                Ok(Applied::Written((*variable).clone(), index))
            }
        }
    }

    fn admit_variable(&mut self, what: VariableWrite, draft: &mut VariableDraft) -> Result<(), Refusal> {
        match what {
            VariableWrite::Delete(_) => return Ok(()),
            VariableWrite::Release => {
                if draft.lock.as_ref().is_none_or(|lock| lock.id.is_empty()) {
                    return Err(bad("missing lock information"));
                }
                if draft.items.is_some() {
                    return Err(bad("lock release operation doesn't take variable items"));
                }
                return draft::check_path(&draft.path).map_err(|words| Refusal::new(400, words));
            }
            VariableWrite::Set(_) => {
                if draft.lock.as_ref().is_some_and(|lock| lock.ttl.0 != 0 || lock.delay.0 != 0) {
                    return Err(bad("RPC Error:: 400,variable should not contain lock definition"));
                }
            }
            VariableWrite::Acquire => {
                draft.lock.get_or_insert_default();
            }
        }
        if let Some(lock) = &mut draft.lock {
            if lock.id.is_empty() {
                lock.id = self.new_id().to_string();
            }
            lock.ttl = if lock.ttl.0 == 0 { DEFAULT } else { lock.ttl };
            lock.delay = if lock.delay.0 == 0 { DEFAULT } else { lock.delay };
        }
        draft.check().map_err(|words| bad(&words))
    }

    /// Renews a lock; the variable without its items.
    ///
    /// # Errors
    /// When the lock is not held, no longer held or held by another, and without the right to write the variable.
    pub fn renew_lock(
        &mut self,
        key: &VariableKey,
        lock: &str,
        grants: &Grants,
    ) -> Result<Variable, Refusal> {
        if !grants.variable(&key.namespace, &key.path, "write") {
            return Err(Refusal::new(403, "Permission denied"));
        }
        if lock.is_empty() {
            return Err(Refusal::failed(many_errors(&["missing lock ID".to_owned()])));
        }
        let Some(variable) = self.state.variable(key).cloned() else {
            return Err(Refusal::new(404, "variable doesn't exist"));
        };
        let Some(held) = &variable.lock else {
            return Err(Refusal::new(409, "variable doesn't hold a lock"));
        };
        if held.id != lock || !self.wind_lock(&variable) {
            return Err(Refusal::new(409, "attempting to modify locked variable"));
        }
        Ok(Variable { items: BTreeMap::new(), ..(*variable).clone() })
    }
}

/// What keeps a write from happening: another state of the variable than it asks for, or a lock (a shell then).
fn in_the_way(what: VariableWrite, draft: &VariableDraft, existing: Option<&Variable>) -> Option<Variable> {
    let shell = |lock: Option<Lock>| Variable {
        namespace: draft.namespace.clone(),
        path: draft.path.clone(),
        lock,
        ..Variable::default()
    };
    let own = draft.lock.as_ref().map(|lock| lock.id.as_str());
    let held = existing.and_then(|variable| variable.lock.as_ref());
    let locked = held.is_some_and(|held| own != Some(held.id.as_str()));
    match what {
        VariableWrite::Set(Some(index)) | VariableWrite::Delete(Some(index)) => match existing {
            Some(existing) if existing.modify_index != index => return Some(existing.clone()),
            None if index != 0 => return Some(shell(None)),
            _ => {}
        },
        VariableWrite::Release => return locked.then(|| shell(Some(Lock::default()))),
        _ => {}
    }
    locked.then(|| shell(None))
}

/// A conflict as the caller may see it. Who may read sees no lock on a shell, who may not sees the lock but no items.
fn shown_conflict(conflict: Variable, draft: &VariableDraft, grants: &Grants) -> Variable {
    let is_shell = conflict.modify_index == 0;
    match grants.variable(&draft.namespace, &draft.path, "read") {
        true if is_shell => Variable { lock: None, ..conflict },
        true => conflict,
        false => Variable { items: BTreeMap::new(), ..conflict },
    }
}
