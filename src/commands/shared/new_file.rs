//! Writing what a verb made into a file that does not exist yet.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::error::{Error, Result};

/// Who may read the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Whoever may read what this user writes.
    Usual,
    /// Its owner alone: there may be secrets in it.
    Owner,
}

/// Writes a new file.
///
/// # Errors
/// Refused (7) when the file exists; failed (1) when it cannot be written.
pub(crate) fn write(file: &Path, text: &str, readers: Readers) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    match options.open(file).and_then(|mut f| f.write_all(text.as_bytes())) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            Err(Error::refused(format!("{} exists already; it was not changed", file.display())))
        }
        Err(e) => Err(Error::failed(format!("could not write {}", file.display())).because(e.to_string())),
    }
}
