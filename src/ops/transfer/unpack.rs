//! Archives from a task that nobody vouches for, unpacked without leaving their directory.
//!
//! Everything is created relative to a directory handle, new, below one name, through directories that are no links. A link is
//! kept only if it leads nowhere else, whatever other links there are: up through real directories first, then down.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use cap_std::fs::{Dir, OpenOptions};
use tar::EntryType;

use crate::model::words;
use crate::ops::transfer::LeftOut;
use crate::ops::transfer::digest::{Digester, Manifest};

/// How much an archive may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Files, directories and links together.
    pub entries: u64,
    /// Directories within each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 100 << 30, entries: 1_000_000, depth: 64 }
    }
}

/// What was unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The files and what they hold, by their path in the archive.
    pub files: Manifest,
    /// Their bytes.
    pub bytes: u64,
    /// What was not unpacked.
    pub left_out: Vec<LeftOut>,
}

/// Why an archive is given up.
#[derive(Debug, thiserror::Error)]
pub enum GivenUp {
    /// It makes more than it may.
    #[error("the archive holds more than {0}")]
    TooMuch(String),
    /// It is no archive, or breaks off.
    #[error("the archive is not readable: {0}")]
    Unreadable(io::Error),
    /// The disk says no.
    #[error("could not write {path}: {error}")]
    Unwritable {
        /// Where.
        path: String,
        /// Why.
        error: io::Error,
    },
}

/// Unpacks an archive whose entries all lie at or below `root` into `dir`, with the owners it names when that is wanted.
///
/// # Errors
/// When it cannot be read to its end, is too large, or cannot be written; what was unpacked until then is left for the caller to
/// remove.
pub fn unpack(
    archive: impl Read,
    dir: &Dir,
    root: &str,
    limits: Limits,
    owner: bool,
) -> Result<Unpacked, GivenUp> {
    let mut archive = tar::Archive::new(archive);
    let mut unpacker = Unpacker {
        dir,
        root,
        limits,
        owner,
        entries: 0,
        links: Vec::new(),
        dirs: Vec::new(),
        out: Unpacked::default(),
    };
    for entry in archive.entries().map_err(GivenUp::Unreadable)? {
        let mut entry = entry.map_err(GivenUp::Unreadable)?;
        unpacker.entry(&mut entry)?;
    }
    unpacker.finish()
}

struct Unpacker<'a> {
    dir: &'a Dir,
    root: &'a str,
    limits: Limits,
    owner: bool,
    entries: u64,
    /// Links are made last, so that nothing is created through one.
    links: Vec<(PathBuf, PathBuf)>,
    /// Directories get their modes and times last, or nothing could be created in them.
    dirs: Vec<(PathBuf, u32, u64, Owner)>,
    out: Unpacked,
}

/// User and group by their numbers, where the archive names them.
type Owner = (Option<u32>, Option<u32>);

/// Why one entry is left out.
type Refused = Result<(), Wrong>;

enum Wrong {
    /// This entry alone.
    Entry(String),
    /// All of it.
    All(GivenUp),
}

impl From<&str> for Wrong {
    fn from(why: &str) -> Self {
        Wrong::Entry(why.to_owned())
    }
}

impl Unpacker<'_> {
    fn entry<R: Read>(&mut self, entry: &mut tar::Entry<'_, R>) -> Result<(), GivenUp> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(GivenUp::TooMuch(words::count(self.limits.entries, "entry")));
        }
        if matches!(entry.header().entry_type(), EntryType::XGlobalHeader) {
            return Ok(());
        }
        let shown = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match self.place(entry, &shown) {
            Ok(()) => Ok(()),
            Err(Wrong::All(given_up)) => Err(given_up),
            Err(Wrong::Entry(why)) => {
                self.out.left_out.push(LeftOut { path: shown, why });
                Ok(())
            }
        }
    }

    fn place<R: Read>(&mut self, entry: &mut tar::Entry<'_, R>, shown: &str) -> Refused {
        if std::str::from_utf8(&entry.path_bytes()).is_err() {
            return Err("a name that is not UTF-8".into());
        }
        let path = self.clean(shown)?;
        let mode = entry.header().mode().unwrap_or(0o644) & 0o777;
        let changed = entry.header().mtime().unwrap_or(0);
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                self.file(entry, &path, mode, changed)
            }
            EntryType::Directory => {
                self.ensure_dir(&path)?;
                self.dirs.push((path, mode, changed, owner_of(entry.header())));
                Ok(())
            }
            EntryType::Symlink => {
                let target = entry.link_name_bytes().ok_or("a link without a target")?;
                let target =
                    std::str::from_utf8(&target).map_err(|_| "a link whose target is not UTF-8")?.to_owned();
                self.link(path, &target)
            }
            EntryType::Link => {
                let target = entry.link_name_bytes().ok_or("a link without a target")?;
                let target = String::from_utf8_lossy(&target).into_owned();
                self.hard_link(&path, &target)
            }
            EntryType::Block | EntryType::Char => Err("a device".into()),
            EntryType::Fifo => Err("a fifo".into()),
            other => Err(Wrong::Entry(format!("an entry of unknown kind {:?}", char::from(other.as_byte())))),
        }
    }

    /// The path below the directory handle; only plain names, the first of them the root.
    fn clean(&self, shown: &str) -> Result<PathBuf, Wrong> {
        if shown.contains('\0') {
            return Err("a name with a zero byte".into());
        }
        let mut clean = PathBuf::new();
        for part in Path::new(shown).components() {
            match part {
                Component::Normal(name) if name.to_str().is_some() => clean.push(name),
                Component::Normal(_) => return Err("a name that is not UTF-8".into()),
                Component::CurDir => {}
                Component::ParentDir => return Err("leads out of the copy".into()),
                Component::RootDir | Component::Prefix(_) => return Err("an absolute path".into()),
            }
        }
        if !clean.starts_with(self.root) {
            return Err("was not asked for".into());
        }
        if clean.components().count() > self.limits.depth {
            return Err(Wrong::Entry(format!(
                "more than {} deep",
                words::count(self.limits.depth, "directory")
            )));
        }
        Ok(clean)
    }

    /// Makes the directories down to this one; none of them may be a file or a link.
    fn ensure_dir(&self, path: &Path) -> Refused {
        let mut below = PathBuf::new();
        for part in path.components() {
            below.push(part);
            match self.dir.symlink_metadata(&below) {
                Ok(meta) if meta.is_dir() => {}
                Ok(_) => return Err("lies below something that is not a directory".into()),
                Err(_) => self.dir.create_dir(&below).map_err(|e| unwritable(&below, e))?,
            }
        }
        Ok(())
    }

    fn ensure_parent(&self, path: &Path) -> Refused {
        match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => self.ensure_dir(parent),
            _ => Ok(()),
        }
    }

    fn file<R: Read>(
        &mut self,
        entry: &mut tar::Entry<'_, R>,
        path: &Path,
        mode: u32,
        changed: u64,
    ) -> Refused {
        if entry.size() > self.limits.bytes.saturating_sub(self.out.bytes) {
            return Err(Wrong::All(GivenUp::TooMuch(words::count(self.limits.bytes, "byte"))));
        }
        self.ensure_parent(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let opened = self.dir.open_with(path, &options);
        let mut file = opened.map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => {
                Wrong::Entry("appears twice, or differs from another only in case".to_owned())
            }
            _ => unwritable(path, e),
        })?;
        let mut digester = Digester::default();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = entry.read(&mut buffer).map_err(|e| Wrong::All(GivenUp::Unreadable(e)))?;
            if n == 0 {
                break;
            }
            self.out.bytes += n as u64;
            if self.out.bytes > self.limits.bytes {
                return Err(Wrong::All(GivenUp::TooMuch(words::count(self.limits.bytes, "byte"))));
            }
            digester.add(&buffer[..n]);
            io::Write::write_all(&mut file, &buffer[..n]).map_err(|e| unwritable(path, e))?;
        }
        let file = file.into_std();
        self.give(path, &file, owner_of(entry.header()));
        file.set_permissions(std::fs::Permissions::from_mode(mode)).map_err(|e| unwritable(path, e))?;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(changed)).map_err(|e| unwritable(path, e))?;
        file.sync_all().map_err(|e| unwritable(path, e))?;
        self.out.files.0.insert(path.to_string_lossy().into_owned(), digester.finish());
        Ok(())
    }

    /// Gives what was made its owner, where that is wanted; that it may not is told, and ends nothing.
    fn give(&mut self, path: &Path, skeleton: &std::fs::File, (user, group): Owner) {
        if !self.owner {
            return;
        }
        if let Err(e) = std::os::unix::fs::fchown(skeleton, user, group) {
            let why = format!("copied, but its owner could not be set: {e}");
            self.out.left_out.push(LeftOut { path: path.to_string_lossy().into_owned(), why });
        }
    }

    /// Remembers a link.
    fn link(&mut self, path: PathBuf, target: &str) -> Refused {
        leads_within(&path, target)?;
        self.links.push((path, PathBuf::from(target)));
        Ok(())
    }

    fn hard_link(&mut self, path: &Path, target: &str) -> Refused {
        let from = self.clean(target).map_err(|_| Wrong::from("a hard link that leads out of the copy"))?;
        let name = from.to_string_lossy().into_owned();
        // Only what was unpacked as a file can be linked to.
        let digest =
            self.out.files.0.get(&name).cloned().ok_or("a hard link to something that is not in the copy")?;
        self.ensure_parent(path)?;
        self.dir.hard_link(&from, self.dir, path).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => Wrong::from("appears twice"),
            _ => unwritable(path, e),
        })?;
        self.out.files.0.insert(path.to_string_lossy().into_owned(), digest);
        Ok(())
    }

    /// Makes the links, and gives directories their modes and times, the deepest first.
    fn finish(mut self) -> Result<Unpacked, GivenUp> {
        let mut taken = BTreeSet::new();
        for (path, target) in std::mem::take(&mut self.links) {
            let skeleton = self.ensure_parent(&path).and_then(|()| {
                let twice = !taken.insert(path.clone()) || self.dir.symlink_metadata(&path).is_ok();
                if twice {
                    return Err(Wrong::from("appears twice"));
                }
                self.dir.symlink(&target, &path).map_err(|e| unwritable(&path, e))
            });
            match skeleton {
                Ok(()) => {}
                Err(Wrong::All(given_up)) => return Err(given_up),
                Err(Wrong::Entry(why)) => {
                    self.out.left_out.push(LeftOut { path: path.to_string_lossy().into_owned(), why });
                }
            }
        }
        self.dirs.sort_by_key(|(path, ..)| std::cmp::Reverse(path.components().count()));
        for (path, mode, changed, owner) in &std::mem::take(&mut self.dirs) {
            let failed = |error| GivenUp::Unwritable { path: path.display().to_string(), error };
            let open = self.dir.open(path).map_err(failed)?.into_std();
            self.give(path, &open, *owner);
            open.set_modified(UNIX_EPOCH + Duration::from_secs(*changed)).map_err(failed)?;
            open.set_permissions(std::fs::Permissions::from_mode(*mode)).map_err(failed)?;
        }
        Ok(self.out)
    }
}

/// Whether a link at this path of a copy leads up through the real directories it lies in, and then down; else why it is not made.
pub(super) fn leads_within(path: &Path, target: &str) -> Result<(), &'static str> {
    // What the root itself links to is no part of the copy.
    let Some(mut room) = path.components().count().checked_sub(2) else {
        return Err("a link that leads out of the copy, or may");
    };
    let mut descended = false;
    for part in Path::new(target).components() {
        match part {
            Component::Normal(_) => descended = true,
            Component::CurDir => {}
            Component::ParentDir if !descended && room > 0 => room -= 1,
            Component::ParentDir => return Err("a link that leads out of the copy, or may"),
            Component::RootDir | Component::Prefix(_) => return Err("a link to an absolute path"),
        }
    }
    if target.is_empty() || target.contains('\0') {
        return Err("a link without a target");
    }
    Ok(())
}

fn owner_of(header: &tar::Header) -> Owner {
    let number = |n: io::Result<u64>| n.ok().and_then(|n| u32::try_from(n).ok());
    (number(header.uid()), number(header.gid()))
}

fn unwritable(path: &Path, error: io::Error) -> Wrong {
    Wrong::All(GivenUp::Unwritable { path: path.display().to_string(), error })
}

#[cfg(test)]
mod tests;
