//! Config entries as Consul 1.21.4 keeps them (`consul-api.md §4`, `mesh.md §3`): what it takes, what it refuses, and in which words.
//! Much is taken that no proxy takes: expressions, negative weights, ports. That is Consul's way, and so it is here.

pub(crate) mod chain;
mod check;
mod controllers;
mod schema;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::index::Indexes;
use super::{Consul, Table};

/// The kinds there are, and whether a controller of Consul writes them.
pub(crate) const KINDS: [&str; 17] = [
    "api-gateway",
    "bound-api-gateway",
    "exported-services",
    "file-system-certificate",
    "http-route",
    "ingress-gateway",
    "inline-certificate",
    "jwt-provider",
    "mesh",
    "proxy-defaults",
    "service-defaults",
    "service-intentions",
    "service-resolver",
    "service-router",
    "service-splitter",
    "tcp-route",
    "terminating-gateway",
];

/// A stored entry.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) fields: Map<String, Json>,
    /// What the controllers say of it.
    conditions: Vec<Json>,
    created: u64,
    modified: u64,
}

/// The entries by kind and name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries(BTreeMap<(String, String), Map<String, Json>>);

/// The store.
#[derive(Debug, Default)]
pub(crate) struct Configs {
    stored: BTreeMap<(String, String), Stored>,
}

/// Why a write is refused: a status and words.
pub(crate) type Refused = (u16, String);

impl Entries {
    pub(crate) fn get(&self, kind: &str, name: &str) -> Option<&Map<String, Json>> {
        self.0.get(&(kind.to_owned(), name.to_owned()))
    }

    /// The names of a kind's entries.
    pub(crate) fn names<'e>(&'e self, kind: &'e str) -> impl Iterator<Item = &'e str> {
        self.0.keys().filter(move |(k, _)| k == kind).map(|(_, name)| name.as_str())
    }

    /// A service's protocol: its own, else that of the proxies' defaults, else tcp.
    pub(crate) fn protocol(&self, service: &str) -> &str {
        let own =
            self.get("service-defaults", service).and_then(|d| d.get("Protocol")).and_then(Json::as_str);
        let global = self.get("proxy-defaults", "global").and_then(|d| d.get("Config"));
        let global = global.and_then(|c| c.get("protocol")).and_then(Json::as_str);
        own.filter(|p| !p.is_empty()).or(global).unwrap_or("tcp")
    }
}

impl Stored {
    /// As the API shows it.
    pub(crate) fn json(&self) -> Json {
        let mut fields = self.fields.clone();
        if !self.conditions.is_empty() {
            fields.insert("Status".to_owned(), json!({"Conditions": self.conditions}));
        }
        if fields.get("Kind").and_then(Json::as_str) != Some("bound-api-gateway") {
            fields.insert("Hash".to_owned(), json!(hash(&self.fields)));
        }
        fields.insert("CreateIndex".to_owned(), json!(self.created));
        fields.insert("ModifyIndex".to_owned(), json!(self.modified));
        Json::Object(fields)
    }
}

/// Equal for equal entries; Consul's own hash is of its memory's shape, and nobody can know it.
fn hash(fields: &Map<String, Json>) -> u64 {
    let text = serde_json::to_string(fields).unwrap_or_default();
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

impl Configs {
    pub(crate) fn get(&self, kind: &str, name: &str) -> Option<&Stored> {
        self.stored.get(&(kind.to_owned(), name.to_owned()))
    }

    /// The entries of a kind, of all kinds where none is named.
    pub(crate) fn of_kind<'c>(
        &'c self,
        kind: &'c str,
    ) -> impl Iterator<Item = (&'c (String, String), &'c Stored)> {
        self.stored.iter().filter(move |((k, _), _)| kind.is_empty() || k == kind)
    }

    /// Keeps an entry of these fields, which is written only where it says something else.
    fn keep(&mut self, kind: &str, name: &str, fields: Map<String, Json>, indexes: &mut Indexes) {
        let key = (kind.to_owned(), name.to_owned());
        match self.stored.get_mut(&key) {
            Some(stored) if stored.fields == fields => return,
            Some(stored) => {
                stored.fields = fields;
                stored.modified = indexes.advance();
            }
            None => {
                let index = indexes.advance();
                let stored = Stored { fields, conditions: Vec::new(), created: index, modified: index };
                self.stored.insert(key, stored);
            }
        }
        indexes.touch(&[Table::Configs]);
    }

    pub(crate) fn entries(&self) -> Entries {
        Entries(self.stored.iter().map(|(key, stored)| (key.clone(), stored.fields.clone())).collect())
    }
}

/// Reads a body: kind, name and fields in Consul's spelling.
pub(crate) fn decode(body: &[u8]) -> Result<(String, String, Map<String, Json>), Refused> {
    let (kind, fields) =
        schema::decode(body).map_err(|words| (400, format!("Request decoding failed: {words}")))?;
    let name = fields.get("Name").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok((kind, name, fields))
}

impl Consul {
    /// Writes an entry, if its index is this one where one is named. An entry that says what is stored is not written again, and
    /// whatever index was named does not matter then.
    pub(crate) fn put_config(
        &mut self,
        kind: &str,
        name: &str,
        mut fields: Map<String, Json>,
        index: Option<u64>,
    ) -> Result<bool, Refused> {
        check::entry(kind, name, &mut fields).map_err(|words| (500, words))?;
        let key = (kind.to_owned(), name.to_owned());
        let stored = self.configs.get(kind, name);
        if stored.is_some_and(|stored| stored.fields == fields) {
            return Ok(true);
        }
        let now = stored.map_or(0, |stored| stored.modified);
        if index.is_some_and(|index| index != now) {
            return Ok(false);
        }
        let mut after = self.configs.entries();
        after.0.insert(key.clone(), fields.clone());
        check::together(kind, name, &after).map_err(|words| (500, words))?;
        let index = self.indexes.advance();
        // What was said of it stands until the controllers have looked again.
        let (created, conditions) =
            self.configs.get(kind, name).map_or((index, Vec::new()), |s| (s.created, s.conditions.clone()));
        self.configs.stored.insert(key, Stored { fields, conditions, created, modified: index });
        self.indexes.touch(&[Table::Configs]);
        self.reconcile();
        Ok(true)
    }

    /// Deletes an entry, if its index is this one where one is named. Whether it is gone.
    pub(crate) fn delete_config(
        &mut self,
        kind: &str,
        name: &str,
        index: Option<u64>,
    ) -> Result<bool, Refused> {
        let key = (kind.to_owned(), name.to_owned());
        let Some(stored) = self.configs.stored.get(&key) else { return Ok(true) };
        if index.is_some_and(|index| index != stored.modified) {
            return Ok(false);
        }
        let mut after = self.configs.entries();
        after.0.remove(&key);
        check::together(kind, name, &after).map_err(|words| (500, words))?;
        self.indexes.advance();
        self.configs.stored.remove(&key);
        self.indexes.touch(&[Table::Configs]);
        self.reconcile();
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
