//! What a set of entries changes beside what is stored.

use std::collections::BTreeMap;

use serde::Serialize;

use super::consequence::{self, Consequence, Loss};
use super::difference::{Difference, between, same};
use super::lint::{self, Flaw, FlawSeverity};
use super::order;
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// What happens to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is new.
    Create,
    /// It changes.
    Update,
    /// It goes.
    Delete,
    /// It says already what it is to say.
    Keep,
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Keep => "keep",
        })
    }
}

/// A change of one entry.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub action: Action,
    /// In what it changes.
    pub differences: Vec<Difference>,
    /// What is wrong with what is written.
    pub flaws: Vec<Flaw>,
    /// What writing it does to open connections.
    pub consequences: Vec<Consequence>,
    /// The entry as it is stored; none where there is none.
    #[serde(skip)]
    pub old: Option<ConfigEntry>,
    /// The entry as it is to be; none where it is to go.
    #[serde(skip)]
    pub new: Option<ConfigEntry>,
}

impl Change {
    /// `kind/name`.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// Whether anything is written.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.action != Action::Keep
    }
}

/// The stored entries by kind and name.
pub type Stored = BTreeMap<(Kind, String), ConfigEntry>;

/// What writing these entries changes, in the order of writing.
#[must_use]
pub fn writing(mut wanted: Vec<ConfigEntry>, stored: &Stored) -> Vec<Change> {
    order::for_writing(&mut wanted);
    let mut after = stored.clone();
    for entry in &wanted {
        if let Some(kind) = entry.kind() {
            after.insert((kind, entry.name().to_owned()), entry.clone());
        }
    }
    let changes = wanted.into_iter().filter_map(|new| {
        let kind = new.kind()?;
        let old = stored.get(&(kind, new.name().to_owned())).cloned();
        Some(change(kind, old, Some(new), &after))
    });
    changes.collect()
}

/// What deleting these entries changes, in the order of deleting: the reverse of that of writing.
#[must_use]
pub fn deleting(mut gone: Vec<ConfigEntry>, stored: &Stored) -> Vec<Change> {
    order::for_writing(&mut gone);
    gone.reverse();
    let changes = gone.into_iter().filter_map(|old| Some(change(old.kind()?, Some(old), None, stored)));
    changes.collect()
}

/// One change as it is: `after` holds what there will be beside it.
#[must_use]
pub fn change(kind: Kind, old: Option<ConfigEntry>, new: Option<ConfigEntry>, after: &Stored) -> Change {
    let action = match (&old, &new) {
        (None, _) => Action::Create,
        (Some(_), None) => Action::Delete,
        (Some(old), Some(new)) if same(old, new) => Action::Keep,
        (Some(_), Some(_)) => Action::Update,
    };
    let beside = |kind: Kind, name: &str| after.get(&(kind, name.to_owned()));
    let name = new.as_ref().or(old.as_ref()).map(|e| e.name().to_owned()).unwrap_or_default();
    let checked = new.as_ref().filter(|_| action != Action::Keep);
    Change {
        kind,
        name,
        action,
        differences: if action == Action::Keep { Vec::new() } else { between(old.as_ref(), new.as_ref()) },
        flaws: checked.map(|new| lint::check(new, &beside)).unwrap_or_default(),
        consequences: consequence::of(old.as_ref(), new.as_ref()),
        old,
        new,
    }
}

/// The ids under which what stands against these changes is accepted, each with its sentences.
#[must_use]
pub fn objections(changes: &[Change]) -> BTreeMap<&'static str, Vec<String>> {
    let mut found: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for change in changes {
        let subject = change.subject();
        for flaw in
            change.flaws.iter().filter(|f| f.gravity == FlawSeverity::Broken || f.id == "moved-sessions")
        {
            let place =
                if flaw.path.is_empty() { subject.clone() } else { format!("{subject} {}", flaw.path) };
            found.entry(flaw.id).or_default().push(format!("{place}: {}", flaw.text));
        }
        for consequence in change.consequences.iter().filter(|c| c.loss >= Loss::Errors) {
            if let Some(id) = consequence.loss.id() {
                found.entry(id).or_default().push(format!("{subject}: {}", consequence.text));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn entry(value: Value) -> ConfigEntry {
        ConfigEntry::of(value).unwrap()
    }

    #[test]
    fn a_set_of_entries_beside_what_is_stored() {
        let defaults =
            entry(json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http", "ModifyIndex": 5}));
        let stored = Stored::from([((Kind::ServiceDefaults, "web".to_owned()), defaults.clone())]);
        let splitter = entry(json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 101}]}));
        let changes = writing(
            vec![splitter, entry(json!({"Kind": "service-defaults", "Name": "web", "Protocol": "HTTP"}))],
            &stored,
        );
        let told: Vec<_> = changes.iter().map(|c| (c.subject(), c.action)).collect();
        assert_eq!(
            told,
            [
                ("service-defaults/web".to_owned(), Action::Keep),
                ("service-splitter/web".to_owned(), Action::Create)
            ]
        );
        assert_eq!(objections(&changes).into_keys().collect::<Vec<_>>(), ["bad-weights"]);
        let gone = deleting(vec![defaults], &stored);
        assert_eq!((gone[0].action, gone[0].writes()), (Action::Delete, true));
        assert_eq!(objections(&gone).into_keys().collect::<Vec<_>>(), ["cut-connections"]);
    }
}
