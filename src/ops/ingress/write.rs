//! Writing files so that nobody ever reads half of one: beside the place, then renamed into it. Traefik serves an empty file as
//! an empty configuration; editing in place was an outage of 9,228 of 21,112 requests (`ingress.md §0`).

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Writes a file by renaming it into its place.
///
/// # Errors
/// When the folder cannot be made or the file not written.
pub fn atomically(path: &Path, text: &str) -> Result<()> {
    let fail = |e: std::io::Error| {
        Error::failed(format!("could not write {}", path.display())).because(e.to_string())
    };
    let folder = folder_of(path);
    std::fs::create_dir_all(folder).map_err(fail)?;
    let file = beside(folder, text).map_err(fail)?;
    readable(file.path()).map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}

/// Puts another text in the place of a file, with that one's mode and owner, if it still says what it said: whether it did.
///
/// # Errors
/// Failed (1) when it cannot be read or written, or its owner not be kept; then it is as it was.
pub fn replace(path: &Path, then: &str, text: &str) -> Result<bool> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let fail = |e: std::io::Error| {
        Error::failed(format!("could not write {}; it is as it was", path.display())).because(e.to_string())
    };
    let meta = std::fs::metadata(path).map_err(fail)?;
    let file = beside(folder_of(path), text).map_err(fail)?;
    let own = file.as_file().metadata().map_err(fail)?;
    if (own.uid(), own.gid()) != (meta.uid(), meta.gid()) {
        fchown(file.as_file(), Some(meta.uid()), Some(meta.gid())).map_err(|e| {
            fail(e).hint(format!(
                "it belongs to user {} and group {}, which the new one has to keep",
                meta.uid(),
                meta.gid()
            ))
        })?;
    }
    file.as_file().set_permissions(meta.permissions()).map_err(fail)?;
    // As late as can be: whoever wrote it in between is not overwritten.
    if std::fs::read(path).map_err(fail)? != then.as_bytes() {
        return Ok(false);
    }
    file.persist(path).map_err(|e| match e.error.kind() {
        std::io::ErrorKind::ResourceBusy => fail(e.error)
            .hint("a file that is mounted by itself, as into a container, has one place only: mount its folder instead"),
        _ => fail(e.error),
    })?;
    Ok(true)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A text in a file of another name, down on the disk.
fn beside(folder: &Path, text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".fleet-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A temporary file is its owner's alone; what becomes of it is for others to read.
fn readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

/// Writes the files of a folder and takes away those that an earlier run wrote and this one does not.
///
/// # Errors
/// As [`atomically`].
pub fn folder(folder: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        atomically(&path, text)?;
        written.push(path);
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let numbered =
            name.len() > 4 && name.as_bytes()[..2].iter().all(u8::is_ascii_digit) && name.ends_with(".json");
        if numbered && !files.iter().any(|(own, _)| *own == name) {
            std::fs::remove_file(entry.path()).map_err(|e| {
                Error::failed(format!("could not remove {}", entry.path().display())).because(e.to_string())
            })?;
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_is_replaced_with_its_mode_and_only_while_it_says_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.yml");
        std::fs::write(&path, "a").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(!replace(&path, "b", "c").unwrap());
        assert!(replace(&path, "a", "c").unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "c");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o640);
        assert!(replace(&folder.path().join("none.yml"), "", "c").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
