//! Files from here, packed as they are read.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ops::transfer::LeftOut;
use crate::ops::transfer::digest::{Digester, Manifest};

/// What lies below a path here.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Paths in the copy, and where they are; directories before what is in them.
    pub(super) entries: Vec<(String, PathBuf)>,
    /// Bytes of all files.
    pub(super) bytes: u64,
}

impl Tree {
    /// Looks at a file or a directory with all below it; the copy is called `name`.
    pub(super) fn of(path: &Path, name: &str) -> Result<Self> {
        let mut tree = Tree::default();
        tree.add(path, name, true)?;
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
            let mut below: Vec<_> =
                std::fs::read_dir(path).map_err(failed)?.collect::<io::Result<_>>().map_err(failed)?;
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
pub(super) struct Packed {
    pub(super) files: Manifest,
    pub(super) left_out: Vec<LeftOut>,
}

/// Packs a tree into an archive.
pub(super) fn pack(tree: &Tree, out: impl Write) -> io::Result<Packed> {
    let mut archive = tar::Builder::new(out);
    archive.follow_symlinks(false);
    let mut packed = Packed::default();
    for (at, (name, path)) in tree.entries.iter().enumerate() {
        let meta = if at == 0 { std::fs::metadata(path)? } else { std::fs::symlink_metadata(path)? };
        if meta.is_file() {
            let (file, size) = (std::fs::File::open(path)?, meta.len());
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
