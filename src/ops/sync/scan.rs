//! What a directory here holds.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::tree_sync::{PathEntry, Tree};
use crate::ops::sync::ignores::{Ignores, Rules};
use crate::ops::transfer::Digester;

/// What tells whether a file was written to: size, time, inode and mode.
type FileStamp = (u64, i64, i64, u64, u32);

/// Looks at a directory again and again; files that were not written to are not read again.
#[derive(Debug)]
pub struct Scanner {
    root: PathBuf,
    rules: Rules,
    known: BTreeMap<String, (FileStamp, PathEntry)>,
}

/// The files of a directory, as one look saw them.
#[derive(Debug)]
pub struct Scan {
    /// What there is.
    pub tree: Tree,
    /// What could not be looked at, and why: then what is missing is not gone.
    pub unreadable: Vec<String>,
    /// What is there and cannot be copied, and why.
    pub uncopyable: Vec<String>,
    ignores: Ignores,
}

impl Scan {
    /// Whether a path is none of the copy's business.
    #[must_use]
    pub fn leaves_out(&self, path: &str, is_dir: bool) -> bool {
        self.ignores.leaves_out(path, is_dir)
    }
}

impl Scanner {
    /// Of a directory.
    #[must_use]
    pub fn new(root: PathBuf, rules: Rules) -> Self {
        Scanner { root, rules, known: BTreeMap::new() }
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Looks at everything, in a thread that may wait for the disk.
    ///
    /// # Errors
    /// When a pattern to leave out is none.
    pub async fn scan(&mut self) -> Result<Scan> {
        let known = std::mem::take(&mut self.known);
        let mut scanner = Scanner { root: self.root.clone(), rules: self.rules.clone(), known };
        let looked = tokio::task::spawn_blocking(move || (scanner.look(), scanner.known));
        let (scan, known) =
            looked.await.map_err(|e| Error::failed("could not look").because(e.to_string()))?;
        self.known = known;
        scan
    }

    fn look(&mut self) -> Result<Scan> {
        let ignores = Ignores::of(&self.root, &self.rules)?;
        let mut scan = Scan { tree: Tree::new(), unreadable: Vec::new(), uncopyable: Vec::new(), ignores };
        let root = self.root.clone();
        self.dir(&root, "", &mut scan);
        self.known.retain(|path, _| scan.tree.contains_key(path));
        Ok(scan)
    }

    fn dir(&mut self, dir: &Path, below: &str, scan: &mut Scan) {
        scan.ignores.enter(dir);
        let entries = match std::fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(e) => return scan.unreadable.push(format!("{}: {e}", dir.display())),
        };
        for entry in entries {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|n| !n.contains('\n')) else {
                scan.uncopyable
                    .push(format!("{}: a name that is not UTF-8, or has line ends", entry.path().display()));
                continue;
            };
            let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
            let is_dir = entry.file_type().is_ok_and(|t| t.is_dir());
            if scan.leaves_out(&path, is_dir) {
                continue;
            }
            if is_dir {
                scan.tree.insert(path.clone(), PathEntry::Dir);
                self.dir(&entry.path(), &path, scan);
                continue;
            }
            match self.thing(&entry.path(), &path) {
                Ok(Some(thing)) => drop(scan.tree.insert(path, thing)),
                Ok(None) => {
                    scan.uncopyable
                        .push(format!("{}: neither a file nor a directory", entry.path().display()));
                }
                Err(e) => scan.unreadable.push(format!("{}: {e}", entry.path().display())),
            }
        }
    }

    fn thing(&mut self, at: &Path, path: &str) -> io::Result<Option<PathEntry>> {
        let meta = std::fs::symlink_metadata(at)?;
        if meta.is_symlink() {
            return Ok(Some(PathEntry::Link(std::fs::read_link(at)?.to_string_lossy().into_owned())));
        }
        if !meta.is_file() {
            return Ok(None);
        }
        let face = (meta.len(), meta.mtime(), meta.mtime_nsec(), meta.ino(), meta.mode());
        if let Some((_, thing)) = self.known.get(path).filter(|(known, _)| *known == face) {
            return Ok(Some(thing.clone()));
        }
        let thing = PathEntry::File { digest: digest(at)?, executable: meta.mode() & 0o100 != 0 };
        self.known.insert(path.to_owned(), (face, thing.clone()));
        Ok(Some(thing))
    }
}

fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut digester) = (std::fs::File::open(path)?, Digester::default());
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digester.finish()),
            n => digester.add(&buffer[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_cannot_be_read_is_unseen_and_not_empty() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("f"), "abc").unwrap();
        let mut scanner = Scanner::new(home.path().to_owned(), Rules::default());
        let scan = scanner.look().unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        assert_eq!(scan.tree["f"], PathEntry::File { digest: abc, executable: false });
        assert!(scan.unreadable.is_empty());
        drop(home);
        let scan = scanner.look().unwrap();
        assert!(scan.tree.is_empty() && scan.unreadable.len() == 1, "{scan:?}");
    }

    #[test]
    fn what_was_written_to_is_read_again() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("f");
        std::fs::write(&file, "1").unwrap();
        let mut scanner = Scanner::new(home.path().to_owned(), Rules::default());
        let first = scanner.look().unwrap().tree;
        assert_eq!(scanner.look().unwrap().tree, first);
        std::fs::write(&file, "22").unwrap();
        assert_ne!(scanner.look().unwrap().tree, first);
    }
}
