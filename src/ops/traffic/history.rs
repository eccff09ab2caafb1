//! What was there before fleet wrote: kept on this machine, so that a change can be taken back.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::error::Result;
use crate::model::traffic::change::Change;
use crate::model::traffic::difference::without_secrets;
use crate::ops::journal::{Journal, key};

/// A line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
enum Line {
    /// A set of entries is about to be written.
    Begun {
        id: String,
        time: Timestamp,
        address: String,
        #[serde(default = "config_apply")]
        verb: String,
        undoes: Option<String>,
        entries: Vec<Saved>,
    },
    /// One of them was written and read back.
    Written { id: String, at: usize },
    /// All of them were, or it failed.
    Ended { id: String, failure: Option<String> },
}

/// The verb of changes that were written down without one.
fn config_apply() -> String {
    "config apply".to_owned()
}

/// An entry before and after a change. Secrets are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// As it was; none where there was none.
    pub old: Option<ConfigEntry>,
    /// As it was written; none where it was deleted.
    pub new: Option<ConfigEntry>,
    /// Whether it is known to have been written.
    #[serde(default)]
    pub written: bool,
}

/// A change of config entries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recorded {
    /// What it is called.
    pub id: String,
    /// When it was begun.
    pub time: Timestamp,
    /// The verb that made it, as it is typed.
    pub verb: String,
    /// The change that it took back.
    pub undoes: Option<String>,
    /// The change that took it back.
    pub undone_by: Option<String>,
    /// Its entries, in the order in which they were written.
    pub entries: Vec<Saved>,
    /// Whether it came to its end.
    pub ended: bool,
    /// Why it did not come to a good one.
    pub failure: Option<String>,
}

/// The history of one Consul on this machine.
#[derive(Debug)]
pub struct History {
    dir: PathBuf,
    key: String,
    address: String,
}

impl History {
    /// The history of the Consul at that address, below the folder where journals live.
    #[must_use]
    pub fn of(state_dir: &Path, address: &str) -> Self {
        History {
            dir: state_dir.join("config-entries"),
            key: key(&["config-entries", address]),
            address: address.to_owned(),
        }
    }

    /// Every change, the oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read, or is damaged (7).
    pub fn read(&self) -> Result<Vec<Recorded>> {
        Ok(fold(Journal::peek::<Line>(&self.dir, &self.key)?))
    }

    /// Writes down what is about to be written; nothing may be written before.
    ///
    /// # Errors
    /// When it cannot be written down; refused (7) while another change is under way on this machine.
    pub fn begin(
        &self,
        time: Timestamp,
        changes: &[Change],
        verb: &str,
        undoes: Option<&str>,
    ) -> Result<Recording> {
        let (mut journal, _) = Journal::open::<Line>(&self.dir, &self.key)?;
        let id = format!("c-{:08x}", fastrand::u32(..));
        let clean = |e: &Option<ConfigEntry>| e.as_ref().map(|e| without_secrets(&e.content()));
        let saved = |c: &Change| Saved {
            kind: c.kind,
            name: c.name.clone(),
            old: clean(&c.old),
            new: clean(&c.new),
            written: false,
        };
        journal.append(&Line::Begun {
            id: id.clone(),
            time,
            address: self.address.clone(),
            verb: verb.to_owned(),
            undoes: undoes.map(str::to_owned),
            entries: changes.iter().map(saved).collect(),
        })?;
        Ok(Recording { journal, id })
    }
}

/// A change that is being written down.
#[derive(Debug)]
pub struct Recording {
    journal: Journal,
    /// What it is called.
    pub id: String,
}

impl Recording {
    /// The entry at that place was written and read back.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn written(&mut self, at: usize) -> Result<()> {
        self.journal.append(&Line::Written { id: self.id.clone(), at })
    }

    /// It is over.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn end(&mut self, failure: Option<String>) -> Result<()> {
        self.journal.append(&Line::Ended { id: self.id.clone(), failure })
    }
}

fn fold(lines: Vec<Line>) -> Vec<Recorded> {
    let mut all: Vec<Recorded> = Vec::new();
    for line in lines {
        match line {
            Line::Begun { id, time, verb, undoes, entries, .. } => {
                all.push(Recorded {
                    id,
                    time,
                    verb,
                    undoes,
                    undone_by: None,
                    entries,
                    ended: false,
                    failure: None,
                });
            }
            Line::Written { id, at } => {
                if let Some(saved) = find(&mut all, &id).and_then(|r| r.entries.get_mut(at)) {
                    saved.written = true;
                }
            }
            Line::Ended { id, failure } => {
                let Some(recorded) = find(&mut all, &id) else { continue };
                recorded.ended = true;
                recorded.failure = failure;
                if let (None, Some(undone)) = (&recorded.failure, recorded.undoes.clone())
                    && let Some(undone) = find(&mut all, &undone)
                {
                    undone.undone_by = Some(id);
                }
            }
        }
    }
    all
}

fn find<'r>(all: &'r mut [Recorded], id: &str) -> Option<&'r mut Recorded> {
    all.iter_mut().rev().find(|recorded| recorded.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::traffic::change::{Stored, writing};
    use serde_json::json;

    #[test]
    fn what_was_there_before_is_read_again_and_private_keys_are_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let history = History::of(dir.path(), "http://127.0.0.1:8500");
        assert!(history.read().unwrap().is_empty());
        let entry = |key: &str| {
            ConfigEntry::of(
                json!({"Kind": "inline-certificate", "Name": "c", "Certificate": "x", "PrivateKey": key}),
            )
            .unwrap()
        };
        let stored = Stored::from([((Kind::InlineCertificate, "c".to_owned()), entry("old secret"))]);
        let changes = writing(vec![entry("new secret")], &stored);
        let mut recording = history.begin(Timestamp::UNIX_EPOCH, &changes, "config apply", None).unwrap();
        let first = recording.id.clone();
        recording.written(0).unwrap();
        recording.end(Some("it failed".to_owned())).unwrap();
        drop(recording);
        let mut undo = history.begin(Timestamp::UNIX_EPOCH, &changes, "config apply", Some(&first)).unwrap();
        undo.end(None).unwrap();
        drop(undo);
        let all = history.read().unwrap();
        assert_eq!(all.len(), 2);
        assert!(all[0].entries[0].written && !all[1].entries[0].written);
        assert_eq!(all[0].failure.as_deref(), Some("it failed"));
        assert_eq!(all[0].undone_by.as_ref(), Some(&all[1].id));
        let files: Vec<_> = std::fs::read_dir(dir.path().join("config-entries")).unwrap().collect();
        let text = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
        assert!(!text.contains("secret"), "{text}");
    }
}
