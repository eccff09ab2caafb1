//! A snapshot file, verified.

use std::fs::File;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::snapshot::{self, Meta};
use crate::ui::{Cell, Describe, Detail, Tone, bytes_text};

/// What a verified file holds.
#[derive(Debug, Serialize)]
pub struct Archive {
    /// Where it is.
    pub file: String,
    /// Its size.
    pub file_bytes: u64,
    /// When it was taken.
    pub taken_at: Option<Timestamp>,
    /// Every sum in it was compared.
    pub verified: bool,
    /// What it says of itself.
    #[serde(flatten)]
    pub meta: Meta,
}

impl Describe for Archive {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("file", Cell::text(&self.file)),
            ("size", Cell::text(bytes_text(self.file_bytes))),
            ("state", Cell::text(bytes_text(self.meta.size))),
            ("taken", Cell::Time(self.taken_at)),
            ("index", Cell::Number(self.meta.index)),
            ("term", Cell::Number(self.meta.term)),
            ("result", Cell::toned("verified: every SHA-256 in it is right", Tone::Good)),
        ])
    }
}

/// Reads a file and compares every sum in it.
///
/// # Errors
/// When it cannot be read, or is not a whole snapshot.
pub fn read(path: &Path) -> Result<Archive> {
    let file = path.display().to_string();
    let unread = |e: std::io::Error| Error::usage(format!("could not read {file}")).because(e.to_string());
    let opened = File::open(path).map_err(unread)?;
    let file_bytes = opened.metadata().map_err(unread)?.len();
    let meta = snapshot::verify(std::io::BufReader::new(opened))
        .map_err(|why| Error::failed(format!("{file} is not a whole snapshot")).because(why))?;
    let taken_at = meta.taken_ms().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Ok(Archive { file, file_bytes, taken_at, verified: true, meta })
}
