//! The files of an allocation, named and refused as Nomad's clients do (`nomad-api.md §7`).

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use jiff::Timestamp;
use serde::Serialize;

/// What Nomad says to a path that leads out.
pub(in crate::sandbox) const ESCAPES: &str = "Path escapes the alloc directory";

/// An entry as the API shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::sandbox) struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'static str>,
    file_mode: String,
    is_dir: bool,
    mod_time: String,
    name: String,
    pub(in crate::sandbox) size: u64,
}

impl Entry {
    fn of(name: String, meta: &Metadata, content_type: Option<&'static str>) -> Self {
        let modified =
            meta.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        let modified = i128::try_from(modified.as_nanos()).unwrap_or_default();
        let modified = Timestamp::from_nanosecond(modified).unwrap_or(Timestamp::UNIX_EPOCH);
        Entry {
            content_type,
            file_mode: mode(meta),
            is_dir: meta.is_dir(),
            mod_time: modified.to_string(),
            name,
            size: meta.len(),
        }
    }
}

/// Kind and permissions as Go writes them.
fn mode(meta: &Metadata) -> String {
    let (kind, bits) = (meta.file_type(), meta.permissions().mode());
    let mut text = String::new();
    for (letter, holds) in [
        ('d', kind.is_dir()),
        ('L', kind.is_symlink()),
        ('D', kind.is_block_device() || kind.is_char_device()),
        ('p', kind.is_fifo()),
        ('S', kind.is_socket()),
        ('u', bits & 0o4000 != 0),
        ('g', bits & 0o2000 != 0),
        ('c', kind.is_char_device()),
        ('t', bits & 0o1000 != 0),
    ] {
        if holds {
            text.push(letter);
        }
    }
    if text.is_empty() {
        text.push('-');
    }
    for (at, letter) in "rwxrwxrwx".chars().enumerate() {
        text.push(if bits & (0o400 >> at) != 0 { letter } else { '-' });
    }
    text
}

/// Why a path is not answered with what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) enum Trouble {
    /// It leads out of the allocation.
    Escapes,
    /// There is nothing: what was tried, and why it failed.
    Missing(String),
    /// Anything else.
    Other(String),
}

impl Trouble {
    pub(in crate::sandbox) fn words(&self) -> &str {
        match self {
            Trouble::Escapes => ESCAPES,
            Trouble::Missing(words) | Trouble::Other(words) => words,
        }
    }

    fn of(verb: &str, path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        match error.kind() {
            io::ErrorKind::NotFound => Trouble::Missing(format!("{verb} {path}: no such file or directory")),
            io::ErrorKind::NotADirectory => Trouble::Other(format!("{verb} {path}: not a directory")),
            _ => Trouble::Other(format!("{verb} {path}: {error}")),
        }
    }
}

/// The real path of a path in the allocation.
///
/// # Errors
/// When it leads out, by its words or by links.
pub(in crate::sandbox) fn inside(root: &Path, path: &str) -> Result<PathBuf, Trouble> {
    let mut depth = 0_i64;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return Err(Trouble::Escapes);
        }
    }
    let full = root.join(path.trim_start_matches('/'));
    let own = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    match full.canonicalize() {
        Ok(real) if !real.starts_with(&own) => Err(Trouble::Escapes),
        _ => Ok(full),
    }
}

/// Whether a task's secrets may not be read through this path.
fn is_secret(root: &Path, full: &Path) -> bool {
    let below = full.strip_prefix(root).unwrap_or(full);
    let mut parts = below.components().skip(1);
    let held = parts.next().is_some_and(|p| p.as_os_str() == "secrets" || p.as_os_str() == "private");
    held && parts.next().is_some()
}

/// What lies in a directory.
///
/// # Errors
/// When it is none.
pub(in crate::sandbox) fn list(root: &Path, path: &str) -> Result<Vec<Entry>, Trouble> {
    let full = inside(root, path)?;
    let entries = std::fs::read_dir(&full).map_err(|e| Trouble::of("open", &full, &e))?;
    let mut all: Vec<Entry> = entries
        .flatten()
        .filter_map(|e| {
            Some(Entry::of(e.file_name().to_string_lossy().into_owned(), &e.metadata().ok()?, None))
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// One entry, links followed.
///
/// # Errors
/// When there is none.
pub(in crate::sandbox) fn stat(root: &Path, path: &str) -> Result<Entry, Trouble> {
    let full = inside(root, path)?;
    let meta = std::fs::metadata(&full).map_err(|e| Trouble::of("stat", &full, &e))?;
    let name = full.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Entry::of(name, &meta, Some(sniffed(&full, &meta))))
}

fn sniffed(full: &Path, meta: &Metadata) -> &'static str {
    let mut head = [0; 512];
    let read = std::fs::File::open(full).and_then(|mut f| io::Read::read(&mut f, &mut head));
    let head = &head[..read.unwrap_or(0)];
    let binary = head.iter().any(|b| matches!(b, 0..=8 | 11 | 14..=26 | 28..=31));
    if meta.is_dir() || binary { "application/octet-stream" } else { "text/plain; charset=utf-8" }
}

/// A file that may be read.
///
/// # Errors
/// When it is missing, a directory or secret.
pub(in crate::sandbox) fn readable(root: &Path, path: &str) -> Result<(PathBuf, u64), Trouble> {
    let full = inside(root, path)?;
    let meta = std::fs::metadata(&full).map_err(|e| Trouble::of("stat", &full, &e))?;
    if meta.is_dir() {
        return Err(Trouble::Other(format!("file {path:?} is a directory")));
    }
    if is_secret(root, &full) {
        return Err(Trouble::Other(format!("Reading secret file prohibited: {path}")));
    }
    Ok((full, meta.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_are_refused_by_words_and_by_links() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("t/local")).unwrap();
        std::os::unix::fs::symlink("/etc", dir.path().join("t/local/out")).unwrap();
        std::fs::write(dir.path().join("t/local/a"), "hello").unwrap();
        for path in ["../x", "t/../../x", "t/local/out/passwd"] {
            assert_eq!(stat(dir.path(), path).map(|_| ()), Err(Trouble::Escapes), "{path}");
        }
        assert_eq!(stat(dir.path(), "/t/local/a").unwrap().size, 5);
        assert!(matches!(stat(dir.path(), "t/nope").map(|_| ()), Err(Trouble::Missing(_))));
        assert!(
            matches!(list(dir.path(), "t/local/a").map(|_| ()), Err(Trouble::Other(w)) if w.ends_with("not a directory"))
        );
    }

    #[test]
    fn secrets_can_be_listed_and_not_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("t/secrets")).unwrap();
        std::fs::write(dir.path().join("t/secrets/key"), "x").unwrap();
        assert_eq!(list(dir.path(), "t/secrets").unwrap().len(), 1);
        assert!(readable(dir.path(), "t/secrets/key").is_err());
    }
}
