//! Files from here, packed as they are read.

use std::fs::Metadata;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::error::{Error, Result};
use crate::ops::transfer::LeftOut;
use crate::ops::transfer::digest::{Digester, Manifest};

/// What lies below a path here.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Directories before what is in them.
    pub(super) entries: Vec<Entry>,
    /// Bytes of all files.
    pub(crate) bytes: u64,
    /// What could not be looked at, or cannot be named.
    pub(super) unread: Vec<LeftOut>,
}

/// A file, directory or link that is copied.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its path in the copy.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Whether a link is meant itself, and not what it leads to.
    pub(super) as_link: bool,
    /// Whether it is a file that goes by itself: the archive only makes it, without what it holds.
    pub(super) separate: bool,
}

impl Entry {
    /// What is known of it, before it is opened.
    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        if self.as_link { std::fs::symlink_metadata(&self.path) } else { std::fs::metadata(&self.path) }
    }
}

/// When it was changed last, in seconds since 1970, as archives have it.
pub(super) fn time_of(meta: &Metadata) -> u64 {
    let modified = meta.modified().ok();
    modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_secs()
}

/// Files that hold more go by themselves: their digest is made there while the rest still arrives.
pub(super) const LARGE: u64 = 8 << 20;

impl Tree {
    /// Looks at a file or a directory with all below it; the copy is called `name`.
    pub(super) fn of(path: &Path, name: &str) -> Result<Self> {
        let mut tree = Tree::default();
        tree.add(path, name, true)?;
        Ok(tree)
    }

    /// Some of the paths below a directory; the copy of the directory is called `name`.
    pub(crate) fn of_some(dir: &Path, name: &str, paths: &[String]) -> Result<Self> {
        let mut tree = Tree::default();
        tree.enter(dir, name, false)?;
        for path in paths {
            tree.enter(&dir.join(path), &format!("{name}/{path}"), true)?;
        }
        Ok(tree)
    }

    fn enter(&mut self, path: &Path, name: &str, as_link: bool) -> Result<Metadata> {
        let mut entry = Entry { name: name.to_owned(), path: path.to_owned(), as_link, separate: false };
        let meta = entry.metadata().map_err(|e| unreadable(path, &e))?;
        let size = if meta.is_file() { meta.len() } else { 0 };
        entry.separate = size > LARGE;
        self.bytes += size;
        self.entries.push(entry);
        Ok(meta)
    }

    fn add(&mut self, path: &Path, name: &str, root: bool) -> Result<()> {
        // What was named is meant itself; links below it are copied as links.
        let meta = self.enter(path, name, !root)?;
        if meta.is_dir() {
            let mut below: Vec<_> = match std::fs::read_dir(path).and_then(Iterator::collect) {
                Ok(below) => below,
                Err(e) if !root => {
                    self.unread.push(LeftOut { path: name.to_owned(), why: e.to_string() });
                    return Ok(());
                }
                Err(e) => return Err(unreadable(path, &e)),
            };
            below.sort_by_key(std::fs::DirEntry::file_name);
            for entry in below {
                // Both sides tell each other of files by their names, as text.
                let last = entry.file_name();
                let Some(last) = last.to_str() else {
                    let path = format!("{name}/{}", last.to_string_lossy());
                    self.unread.push(LeftOut { path, why: "a name that is not UTF-8".to_owned() });
                    continue;
                };
                self.add(&entry.path(), &format!("{name}/{last}"), false)?;
            }
        }
        Ok(())
    }
}

fn unreadable(path: &Path, e: &io::Error) -> Error {
    Error::failed(format!("could not read {}", path.display())).because(e.to_string())
}

/// What was packed.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    /// Files that are whole in the archive.
    pub(super) files: Manifest,
    /// Files that it only makes.
    pub(super) separate: Vec<Entry>,
    /// Bytes of files that could not be read.
    pub(super) unread_bytes: u64,
    pub(crate) left_out: Vec<LeftOut>,
}

/// Packs a tree into an archive.
pub(super) fn pack(tree: &Tree, out: impl Write) -> io::Result<Packed> {
    let mut archive = tar::Builder::new(out);
    archive.follow_symlinks(false);
    let mut packed = Packed { left_out: tree.unread.clone(), ..Packed::default() };
    for entry in &tree.entries {
        let Entry { name, path, as_link, separate } = entry;
        let meta = entry.metadata()?;
        if meta.is_file() {
            let file = match std::fs::File::open(path) {
                Ok(file) => file,
                Err(e) if *as_link => {
                    packed.unread_bytes += meta.len();
                    packed.left_out.push(LeftOut { path: name.clone(), why: e.to_string() });
                    continue;
                }
                Err(e) => return Err(e),
            };
            let size = if *separate { 0 } else { meta.len() };
            let mut header = tar::Header::new_gnu();
            header.set_metadata(&meta);
            header.set_size(size);
            let mut body = Counted { file: file.take(size), digester: Digester::default(), read: 0 };
            archive.append_data(&mut header, name, &mut body)?;
            if *separate {
                packed.separate.push(entry.clone());
                continue;
            }
            if body.read != size || std::fs::metadata(path)?.modified().ok() != meta.modified().ok() {
                return Err(changed(path));
            }
            packed.files.0.insert(name.clone(), body.digester.finish());
        } else if meta.is_dir() {
            archive.append_dir(name, path)?;
        } else if meta.is_symlink() {
            archive.append_path_with_name(path, name)?;
        } else {
            packed
                .left_out
                .push(LeftOut { path: name.clone(), why: "neither a file nor a directory".to_owned() });
        }
    }
    archive.into_inner()?.flush()?;
    Ok(packed)
}

/// A copy of it would be of no moment in its life.
pub(super) fn changed(path: &Path) -> io::Error {
    io::Error::other(format!("{} changed while it was read", path.display()))
}

struct Counted {
    file: io::Take<std::fs::File>,
    digester: Digester,
    read: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.digester.add(&buffer[..n]);
        self.read += n as u64;
        Ok(n)
    }
}
