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
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(fail)?;
    let mut file = tempfile::Builder::new().prefix(".fleet-").tempfile_in(folder).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    readable(file.path()).map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
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
