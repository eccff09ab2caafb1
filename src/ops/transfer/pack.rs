//! Files from here, packed as they are read.

use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::error::{Error, Result};
use crate::ops::transfer::LeftOut;
use crate::ops::transfer::digest::{Digester, Manifest};

/// What lies below a path here.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Paths in the copy, and where they are; directories before what is in them.
    pub(super) entries: Vec<(String, PathBuf)>,
    /// Bytes of all files.
    pub(crate) bytes: u64,
    /// Directories that could not be looked into.
    unread: Vec<LeftOut>,
}

impl Tree {
    /// Looks at a file or a directory with all below it; the copy is called `name`.
    pub(super) fn of(path: &Path, name: &str) -> Result<Self> {
        let mut tree = Tree::default();
        tree.add(path, name, true)?;
        Ok(tree)
    }

    /// Some of the paths below a directory; the copy of the directory is called `name`.
    pub(crate) fn of_some(dir: &Path, name: &str, paths: &[String]) -> Result<Self> {
        let mut tree = Tree { entries: vec![(name.to_owned(), dir.to_owned())], ..Tree::default() };
        for path in paths {
            let at = dir.join(path);
            let meta = std::fs::symlink_metadata(&at).map_err(|e| {
                Error::failed(format!("could not read {}", at.display())).because(e.to_string())
            })?;
            tree.bytes += if meta.is_file() { meta.len() } else { 0 };
            tree.entries.push((format!("{name}/{path}"), at));
        }
        Ok(tree)
    }

    fn add(&mut self, path: &Path, name: &str, root: bool) -> Result<()> {
        let failed =
            |e: io::Error| Error::failed(format!("could not read {}", path.display())).because(e.to_string());
        // What was named is meant itself; links below it are copied as links.
        let meta =
            if root { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) }.map_err(failed)?;
        self.entries.push((name.to_owned(), path.to_owned()));
        if meta.is_file() {
            self.bytes += meta.len();
        }
        if meta.is_dir() {
            let mut below: Vec<_> = match std::fs::read_dir(path).and_then(Iterator::collect) {
                Ok(below) => below,
                Err(e) if !root => {
                    self.unread.push(LeftOut { path: name.to_owned(), why: e.to_string() });
                    return Ok(());
                }
                Err(e) => return Err(failed(e)),
            };
            below.sort_by_key(std::fs::DirEntry::file_name);
            for entry in below {
                let last = entry.file_name().to_str().map(str::to_owned).ok_or_else(|| {
                    Error::failed(format!("{} has a name that is not UTF-8", entry.path().display()))
                })?;
                self.add(&entry.path(), &format!("{name}/{last}"), false)?;
            }
        }
        Ok(())
    }
}

/// What was packed.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    pub(crate) files: Manifest,
    pub(crate) left_out: Vec<LeftOut>,
}

/// Packs a tree into an archive.
pub(super) fn pack(tree: &Tree, out: impl Write) -> io::Result<Packed> {
    let mut archive = tar::Builder::new(out);
    archive.follow_symlinks(false);
    let mut packed = Packed { left_out: tree.unread.clone(), ..Packed::default() };
    for (at, (name, path)) in tree.entries.iter().enumerate() {
        let meta = if at == 0 { std::fs::metadata(path)? } else { std::fs::symlink_metadata(path)? };
        if meta.is_file() {
            let (file, size) = match std::fs::File::open(path) {
                Ok(file) => (file, meta.len()),
                Err(e) if at > 0 => {
                    packed.left_out.push(LeftOut { path: name.clone(), why: e.to_string() });
                    continue;
                }
                Err(e) => return Err(e),
            };
            let mut header = tar::Header::new_gnu();
            header.set_metadata(&meta);
            let mut body = Counted { file: file.take(size), digester: Digester::default(), read: 0 };
            archive.append_data(&mut header, name, &mut body)?;
            if body.read != size || std::fs::metadata(path)?.modified().ok() != meta.modified().ok() {
                return Err(io::Error::other(format!("{} changed while it was read", path.display())));
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

/// The rest of a file whose beginning is there.
pub(super) struct Rest {
    file: std::fs::File,
    digester: Digester,
    pub(super) left: u64,
    pub(super) mode: u32,
    pub(super) changed: u64,
}

impl Rest {
    /// Copies it; what the whole file holds.
    pub(super) fn copy(mut self, to: &mut impl Write) -> io::Result<String> {
        let mut buffer = vec![0; 256 * 1024];
        let mut left = self.left;
        while left > 0 {
            let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let n = self.file.read(&mut buffer[..most])?;
            if n == 0 {
                return Err(io::Error::other("it became shorter while it was read"));
            }
            self.digester.add(&buffer[..n]);
            to.write_all(&buffer[..n])?;
            left -= n as u64;
        }
        Ok(self.digester.finish())
    }
}

/// What a file holds beyond a beginning of this size and digest; none when its beginning is another.
pub(super) fn rest_of(path: &Path, size: u64, digest: &str) -> io::Result<Option<Rest>> {
    // A file may stand there for a link that is still to be made.
    let meta = std::fs::symlink_metadata(path)?;
    if !meta.is_file() || meta.len() < size {
        return Ok(None);
    }
    let mut file = std::fs::File::open(path)?;
    let mut digester = Digester::default();
    let mut buffer = vec![0; 256 * 1024];
    let mut beginning = (&mut file).take(size);
    loop {
        match beginning.read(&mut buffer)? {
            0 => break,
            n => digester.add(&buffer[..n]),
        }
    }
    if digester.clone().finish() != digest {
        return Ok(None);
    }
    let changed = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let changed = changed.unwrap_or_default().as_secs();
    let mode = meta.permissions().mode() & 0o7777;
    Ok(Some(Rest { file, digester, left: meta.len() - size, mode, changed }))
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
