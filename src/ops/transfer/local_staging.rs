//! Where a copy arrives here: built up aside, moved into place once it is known to be whole.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::error::{Error, Result};

/// The directory a copy is built up in, beside its destination and on the same disk. Dropped, it is removed.
#[derive(Debug)]
pub(super) struct LocalStaging {
    path: PathBuf,
    /// The handle everything is created relative to: no name leads out of it.
    pub(super) dir: Dir,
    /// Holds the lock that says that somebody still needs it; it ends with the process, however that ends.
    _locked: File,
    /// The directory the copy goes to, and its name there.
    parent: PathBuf,
    name: String,
}

impl LocalStaging {
    /// For a copy called `name` to `destination`: into it when it is a directory, else in its place.
    pub(super) fn new(destination: &Path, name: &str) -> Result<Self> {
        let (parent, name) = if destination.is_dir() {
            (destination.to_owned(), name.to_owned())
        } else {
            let parent = match destination.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
                _ => PathBuf::from("."),
            };
            let last = destination.file_name().map(|n| n.to_string_lossy().into_owned());
            (
                parent,
                last.ok_or_else(|| Error::usage(format!("{} does not name a file", destination.display())))?,
            )
        };
        let failed = |what: &str, path: &Path, e: &io::Error| {
            Error::failed(format!("could not {what} {}", path.display())).because(e.to_string())
        };
        remove_left(&parent);
        for _ in 0..ATTEMPTS {
            let path = parent.join(format!("{PREFIX}{:016x}", fastrand::u64(..)));
            std::fs::create_dir(&path).map_err(|e| failed("create", &path, &e))?;
            let open = File::open(&path).map_err(|e| failed("open", &path, &e))?;
            // Somebody who removes what others left may have been quicker.
            if matches!(open.try_lock(), Err(TryLockError::WouldBlock)) || !path.is_dir() {
                continue;
            }
            let dir =
                Dir::open_ambient_dir(&path, ambient_authority()).map_err(|e| failed("open", &path, &e))?;
            return Ok(LocalStaging { path, dir, _locked: open, parent, name });
        }
        Err(Error::failed(format!("could not create a directory in {}", parent.display()))
            .because("it was removed at once, again and again"))
    }

    /// Where the copy will be.
    pub(super) fn target(&self) -> PathBuf {
        self.parent.join(&self.name)
    }

    /// Moves the copy called `staged` into place. A directory that is there takes up what is new in it; a file never takes a
    /// directory's place, nor a directory a file's.
    pub(super) fn commit(&self, staged: &str) -> Result<()> {
        let (from, to) = (self.path.join(staged), self.target());
        conflict(&from, &to)?;
        let failed = |e: io::Error| {
            Error::failed(format!("could not move the copy to {}", to.display())).because(e.to_string())
        };
        merge(&from, &to).map_err(failed)?;
        let parent = File::open(&self.parent).map_err(failed)?;
        parent.sync_all().map_err(failed)
    }
}

/// How the directories begin that copies are built up in.
const PREFIX: &str = ".fleet-";
/// How often one is made that is removed at once by somebody else.
const ATTEMPTS: usize = 3;

/// Removes what copies left that were killed: directories that nobody holds the lock of. That one cannot be removed is no reason
/// not to copy.
fn remove_left(parent: &Path) {
    let is_staging = |name: &str| {
        name.strip_prefix(PREFIX)
            .is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let named = entry.file_name().to_str().is_some_and(is_staging);
        if !named || !entry.file_type().is_ok_and(|t| t.is_dir()) {
            continue;
        }
        if let Ok(left) = File::open(entry.path())
            && left.try_lock().is_ok()
        {
            drop(std::fs::remove_dir_all(entry.path()));
        }
    }
}

impl Drop for LocalStaging {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.path));
    }
}

/// Whether anything would take the place of something of another kind.
fn conflict(from: &Path, to: &Path) -> Result<()> {
    let kind = |path: &Path| std::fs::symlink_metadata(path).ok().map(|m| m.is_dir());
    match (kind(from), kind(to)) {
        (Some(false), Some(true)) => {
            Err(Error::refused(format!("{} is a directory and is not replaced by a file", to.display())))
        }
        (Some(true), Some(false)) => {
            Err(Error::refused(format!("{} is a file and is not replaced by a directory", to.display())))
        }
        (Some(true), Some(true)) => {
            let entries = std::fs::read_dir(from).map_err(|e| Error::failed(e.to_string()))?;
            entries.flatten().try_for_each(|e| conflict(&e.path(), &to.join(e.file_name())))
        }
        _ => Ok(()),
    }
}

fn merge(from: &Path, to: &Path) -> io::Result<()> {
    let is_dir = |path: &Path| std::fs::symlink_metadata(path).is_ok_and(|m| m.is_dir());
    if !(is_dir(from) && is_dir(to)) {
        return std::fs::rename(from, to);
    }
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        merge(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_goes_into_a_directory_or_in_the_place_of_a_file() {
        let home = tempfile::tempdir().unwrap();
        let put = |destination: &Path, name: &str| {
            let staging = LocalStaging::new(destination, name).unwrap();
            staging.dir.write(name, "x").unwrap();
            staging.commit(name)
        };
        put(home.path(), "a").unwrap();
        put(&home.path().join("b"), "a").unwrap();
        assert_eq!(std::fs::read_to_string(home.path().join("a")).unwrap(), "x");
        assert_eq!(std::fs::read_to_string(home.path().join("b")).unwrap(), "x");
        std::fs::create_dir_all(home.path().join("d/a")).unwrap();
        let refused = put(&home.path().join("d"), "a").unwrap_err();
        assert!(refused.message().contains("is a directory and is not replaced by a file"), "{refused}");
        let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left.len(), 3, "{left:?}");
    }

    #[test]
    fn what_a_killed_copy_left_is_removed_and_what_another_needs_is_not() {
        let home = tempfile::tempdir().unwrap();
        let left = home.path().join(".fleet-0123456789abcdef");
        let other = home.path().join(".fleet-notes");
        std::fs::create_dir_all(left.join("half")).unwrap();
        std::fs::create_dir(&other).unwrap();
        let first = LocalStaging::new(home.path(), "a").unwrap();
        let second = LocalStaging::new(home.path(), "b").unwrap();
        assert!(!left.exists() && other.is_dir());
        assert!(first.path.is_dir() && second.path.is_dir());
    }

    #[test]
    fn trees_are_merged_and_nothing_else_is_touched() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("t/keep")).unwrap();
        std::fs::write(home.path().join("t/old"), "old").unwrap();
        let staging = LocalStaging::new(home.path(), "t").unwrap();
        staging.dir.create_dir_all("t/new").unwrap();
        staging.dir.write("t/new/f", "f").unwrap();
        staging.dir.write("t/old", "now").unwrap();
        staging.commit("t").unwrap();
        assert_eq!(std::fs::read_to_string(home.path().join("t/old")).unwrap(), "now");
        assert!(home.path().join("t/new/f").is_file() && home.path().join("t/keep").is_dir());
    }
}
