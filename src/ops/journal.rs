//! The local journal of a long operation: one JSON object per line, on disk before what it announces is done.
//!
//! A killed run leaves its journal behind; the next run with the same key reads it and goes on. A run holds its journal
//! locked, so that two of the same kind on one machine cannot step on each other.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::model::ident::hex;

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
    /// When it cannot be written, or another run holds it (7).
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
        let (events, end) = read(&mut file).map_err(failed)?;
        file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).map_err(failed)?;
        Ok((Journal { file, path }, events))
    }

    /// Reads what the journal of that key holds and leaves it alone; nothing when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn peek<E: DeserializeOwned>(dir: &Path, key: &str) -> Result<Vec<E>> {
        let path = dir.join(format!("{key}.jsonl"));
        let failed = |e: std::io::Error| {
            Error::failed(format!("could not read the journal {}", path.display())).because(e.to_string())
        };
        match File::open(&path) {
            Ok(mut file) => Ok(read(&mut file).map_err(failed)?.0),
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

/// The entries, and where the last whole one ends.
fn read<E: DeserializeOwned>(file: &mut File) -> std::io::Result<(Vec<E>, u64)> {
    let (mut entries, mut end, mut line) = (Vec::new(), 0, String::new());
    let mut reader = BufReader::new(file);
    loop {
        line.clear();
        let length = reader.read_line(&mut line)?;
        let Some(whole) = line.strip_suffix('\n') else { return Ok((entries, end)) };
        let Ok(entry) = serde_json::from_str(whole) else { return Ok((entries, end)) };
        entries.push(entry);
        end += length as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> (Journal, Vec<String>) {
        Journal::open(dir, "k").unwrap()
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
