//! The local journal of a long operation: one JSON object per line, on disk before what it announces is done.
//!
//! A killed run leaves its journal behind; the next run with the same key reads it and goes on. A run holds its journal
//! locked, so that two of the same kind on one machine cannot step on each other.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::model::ids::hex;

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

/// A stable name for "the same operation": equal for equal words.
#[must_use]
pub fn key(words: &[&str]) -> String {
    let mut hash = Sha256::new();
    for word in words {
        // The length keeps ["ab"] and ["a", "b"] apart.
        hash.update((word.len() as u64).to_le_bytes());
        hash.update(word.as_bytes());
    }
    hex(&hash.finalize()[..8])
}

impl Journal {
    /// Opens the journal of that key in a folder and reads what it holds; an unfinished last line, which a crash may
    /// leave, is cut off.
    ///
    /// # Errors
    /// When it cannot be written; when another run holds it, or it is damaged otherwise (7).
    pub fn open<E: DeserializeOwned>(dir: &Path, key: &str) -> Result<(Self, Vec<E>)> {
        let path = dir.join(format!("{key}.jsonl"));
        let failed = |e: std::io::Error| {
            Error::failed(format!("could not open the journal {}", path.display())).because(e.to_string())
        };
        std::fs::create_dir_all(dir).map_err(failed)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(Error::refused("another run of the same operation is under way on this machine")
                .because(format!("it holds the journal {}", path.display())));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let (events, end) = read(&bytes).map_err(|line| damaged(&path, line))?;
        file.set_len(end as u64).and_then(|()| file.seek(SeekFrom::Start(end as u64))).map_err(failed)?;
        Ok((Journal { file, path }, events))
    }

    /// Reads what the journal of that key holds and leaves it alone; nothing when there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged (7).
    pub fn peek<E: DeserializeOwned>(dir: &Path, key: &str) -> Result<Vec<E>> {
        let path = dir.join(format!("{key}.jsonl"));
        let failed = |e: std::io::Error| {
            Error::failed(format!("could not read the journal {}", path.display())).because(e.to_string())
        };
        match std::fs::read(&path) {
            Ok(bytes) => Ok(read(&bytes).map_err(|line| damaged(&path, line))?.0),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(e) => Err(failed(e)),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an entry and waits until it is on disk.
    ///
    /// # Errors
    /// When it cannot be written: then nothing that it announces may be done.
    pub fn append(&mut self, entry: &impl Serialize) -> Result<()> {
        let failed = |e: String| {
            Error::failed(format!("could not write the journal {}", self.path.display())).because(e)
        };
        let mut line = serde_json::to_vec(entry).map_err(|e| failed(e.to_string()))?;
        line.push(b'\n');
        self.file.write_all(&line).and_then(|()| self.file.sync_data()).map_err(|e| failed(e.to_string()))
    }

    /// Starts over: what it holds belongs to an operation that has ended.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn clear(&mut self) -> Result<()> {
        let cleared = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        cleared.map(drop).map_err(|e| {
            Error::failed(format!("could not clear the journal {}", self.path.display()))
                .because(e.to_string())
        })
    }
}

/// The entries, and where the last whole one ends. The last line may be torn; any other that is no entry, counted from
/// one, is the error.
fn read<E: DeserializeOwned>(bytes: &[u8]) -> Result<(Vec<E>, usize), usize> {
    let (mut entries, mut end) = (Vec::new(), 0);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let entry = line.strip_suffix(b"\n").and_then(|whole| serde_json::from_slice(whole).ok());
        let Some(entry) = entry else {
            let is_last = end + line.len() == bytes.len();
            return if is_last { Ok((entries, end)) } else { Err(entries.len() + 1) };
        };
        entries.push(entry);
        end += line.len();
    }
    Ok((entries, end))
}

/// What stands behind a line that cannot be read was done, and nobody knows what it was.
fn damaged(path: &Path, line: usize) -> Error {
    let place = path.display();
    Error::refused("cannot read what an earlier run of the same operation did")
        .because(format!(
            "line {line} of its journal {place} is damaged, or written by another version of fleet"
        ))
        .hint(format!("run the version that wrote it, or move {place} away: what it holds is then forgotten"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open(dir: &Path) -> (Journal, Vec<String>) {
        // A process that another test starts shares the lock until it has become another program.
        for _ in 0..100_000 {
            match Journal::open(dir, "k") {
                Err(e) if e.code() == crate::exit_code::ExitCode::Refused => std::thread::yield_now(),
                opened => return opened.unwrap(),
            }
        }
        panic!("somebody holds the journal");
    }

    #[test]
    fn what_was_written_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, events) = open(dir.path());
        assert!(events.is_empty());
        journal.append(&"one").unwrap();
        journal.append(&"two").unwrap();
        drop(journal);
        let (mut journal, events) = open(dir.path());
        assert_eq!(events, ["one", "two"]);
        journal.clear().unwrap();
        journal.append(&"three").unwrap();
        drop(journal);
        assert_eq!(open(dir.path()).1, ["three"]);
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k.jsonl");
        for torn in ["\"tw", "\"two\"", "garbage\n"] {
            std::fs::write(&path, format!("\"one\"\n{torn}")).unwrap();
            let (mut journal, events) = open(dir.path());
            assert_eq!(events, ["one"], "{torn:?}");
            journal.append(&"next").unwrap();
            drop(journal);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "\"one\"\n\"next\"\n");
        }
    }

    #[test]
    fn damage_before_the_last_line_is_no_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k.jsonl");
        let damaged = b"\"one\"\n{\"new\":1}\n\"three\"\n";
        std::fs::write(&path, damaged).unwrap();
        for error in [
            Journal::open::<String>(dir.path(), "k").unwrap_err(),
            Journal::peek::<String>(dir.path(), "k").unwrap_err(),
        ] {
            assert_eq!(error.code(), crate::exit_code::ExitCode::Refused);
            assert!(format!("{error:?}").contains("line 2"), "{error:?}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), damaged, "nothing of it is lost");
    }

    proptest! {
        /// A crash leaves the last line in any state, be it no text at all.
        #[test]
        fn whatever_a_crash_leaves_is_cut_off_and_nothing_before_it(
            whole in prop::collection::vec(".{0,12}", 0..6),
            torn in prop::collection::vec(any::<u8>().prop_filter("within a line", |b| *b != b'\n'), 0..40),
            ends in any::<bool>(),
        ) {
            let dir = tempfile::tempdir().unwrap();
            let (mut journal, _) = open(dir.path());
            whole.iter().for_each(|entry| journal.append(entry).unwrap());
            journal.file.write_all(&torn).unwrap();
            if ends && serde_json::from_slice::<String>(&torn).is_err() {
                journal.file.write_all(b"\n").unwrap();
            }
            drop(journal);
            let (mut journal, events) = open(dir.path());
            prop_assert_eq!(&events, &whole);
            journal.append(&"next").unwrap();
            drop(journal);
            prop_assert_eq!(Journal::peek::<String>(dir.path(), "k").unwrap(), [whole, vec!["next".to_owned()]].concat());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok((_, end)) = read::<String>(&bytes) {
                prop_assert!(end <= bytes.len());
            }
        }
    }

    #[test]
    fn two_runs_cannot_hold_it_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let (_held, _) = open(dir.path());
        let refused = Journal::open::<String>(dir.path(), "k").unwrap_err();
        assert_eq!(refused.code(), crate::exit_code::ExitCode::Refused);
    }

    #[test]
    fn keys_tell_words_apart() {
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["ab"]));
        assert_eq!(key(&["a"]).len(), 16);
    }
}
