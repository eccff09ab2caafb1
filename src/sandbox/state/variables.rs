//! Variables and the locks on them (`nomad-api.md §9.2`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::api::wire::Nanos;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::{State, Write};

/// The lock on a variable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// What its holder shows to renew and release it.
    pub id: String,
    /// How long it is held without renewal; the servers wait twice as long.
    pub ttl: Nanos,
    /// How long nobody gets it after that.
    pub delay: Nanos,
}

impl Serialize for Lock {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let text = |duration: Nanos| if duration.0 == 0 { String::new() } else { duration.to_string() };
        let mut lock = s.serialize_struct("Lock", 3)?;
        lock.serialize_field("TTL", &text(self.ttl))?;
        lock.serialize_field("LockDelay", &text(self.delay))?;
        lock.serialize_field("ID", &self.id)?;
        lock.end()
    }
}

/// A variable. Lists show it without its items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are Nomad's own")]
pub struct Variable {
    pub create_index: u64,
    pub create_time: i64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    pub modify_index: u64,
    pub modify_time: i64,
    pub namespace: String,
    pub path: String,
}

impl Variable {
    /// Where it is.
    #[must_use]
    pub fn key(&self) -> VariableKey {
        VariableKey { namespace: self.namespace.clone(), path: self.path.clone() }
    }
}

/// Where a variable is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableKey {
    /// Its namespace, which need not exist.
    pub namespace: String,
    /// Its path, to the letter.
    pub path: String,
}

impl VariableKey {
    /// What a blocking query for this variable waits for.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::Name(Table::Variables, format!("{}\0{}", self.namespace, self.path).into())
    }
}

impl State {
    /// A variable.
    #[must_use]
    pub fn variable(&self, key: &VariableKey) -> Option<&Arc<Variable>> {
        self.variables.get(key)
    }

    /// All variables, by namespace and path.
    pub fn variables(&self) -> impl DoubleEndedIterator<Item = &Arc<Variable>> {
        self.variables.values()
    }
}

impl Write<'_> {
    /// Puts a variable in, as old as the one it replaces.
    pub fn put_variable(&mut self, mut variable: Variable) -> Arc<Variable> {
        let key = variable.key();
        let old = self.state.variables.get(&key);
        (variable.create_index, variable.create_time) =
            old.map_or((self.index, variable.modify_time), |old| (old.create_index, old.create_time));
        variable.modify_index = self.index;
        let variable = Arc::new(variable);
        self.state.variables.insert(key.clone(), Arc::clone(&variable));
        self.touch_variable(&key);
        variable
    }

    /// Takes a variable out, if it is there.
    pub fn remove_variable(&mut self, key: &VariableKey) {
        if self.state.variables.remove(key).is_some() {
            self.touch_variable(key);
        }
    }

    fn touch_variable(&mut self, key: &VariableKey) {
        self.touch(Scope::Table(Table::Variables));
        self.touch(Scope::Namespace(Table::Variables, key.namespace.as_str().into()));
        self.touch(key.scope());
    }
}
