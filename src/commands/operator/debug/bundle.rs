//! The files of a bundle, in memory until they are known to hold no secret, then in one archive.

use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::redaction::Secrets;

/// What could not be had, and why.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Missing {
    pub(super) file: String,
    pub(super) error: String,
}

/// Files by their paths, without secrets.
pub(super) struct Bundle {
    root: String,
    files: Vec<(String, Vec<u8>)>,
    pub(super) missing: Vec<Missing>,
    secrets: Secrets,
    /// What must not be in it in any form: tokens that were used.
    canaries: Vec<String>,
}

impl Bundle {
    /// An empty bundle; `secrets` are known before anything is read.
    pub(super) fn new(root: String, canaries: Vec<String>) -> Self {
        let secrets = Secrets::new(canaries.iter().cloned());
        Bundle { root, files: Vec::new(), missing: Vec::new(), secrets, canaries }
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Adds a document, its secrets taken out; what is secret in it is so in all that follows.
    pub(super) fn document(&mut self, file: &str, mut document: Value) -> Result<()> {
        self.secrets = self.secrets.and_document(&document);
        self.secrets.redact(&mut document);
        let text = serde_json::to_vec_pretty(&document).map_err(anyhow::Error::from)?;
        self.files.push((file.to_owned(), text));
        Ok(())
    }

    /// Adds a text, its secrets taken out.
    pub(super) fn text(&mut self, file: &str, text: &str) {
        self.files.push((file.to_owned(), self.secrets.clean(text).into_bytes()));
    }

    /// Notes what could not be had.
    pub(super) fn lacks(&mut self, file: &str, error: &impl ToString) {
        self.missing.push(Missing { file: file.to_owned(), error: self.secrets.clean(&error.to_string()) });
    }

    /// Writes the archive, readable by its owner alone, and reads it back: every file has to be there, and no token.
    ///
    /// # Errors
    /// When it cannot be written, or holds what it must not.
    pub(super) fn write(mut self, path: &Path) -> Result<u64> {
        // What was learned to be a secret late is taken out of what came before.
        for (_, bytes) in &mut self.files {
            let text = String::from_utf8_lossy(bytes);
            if let std::borrow::Cow::Owned(masked) = self.secrets.mask(&text) {
                *bytes = masked.into_bytes();
            }
        }
        let shown = path.display().to_string();
        let unwritten =
            |e: std::io::Error| Error::failed(format!("could not write {shown}")).because(e.to_string());
        let within = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let part = tempfile::NamedTempFile::new_in(within).map_err(unwritten)?;
        let mut archive = tar::Builder::new(GzEncoder::new(part.as_file(), Compression::default()));
        for (file, bytes) in &self.files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            header.set_cksum();
            archive
                .append_data(&mut header, format!("{}/{file}", self.root), &bytes[..])
                .map_err(unwritten)?;
        }
        let mut zipped = archive.into_inner().and_then(GzEncoder::finish).map_err(unwritten)?;
        zipped.flush().map_err(unwritten)?;
        part.as_file().sync_all().map_err(unwritten)?;
        self.check(part.path())?;
        let size = part.as_file().metadata().map_err(unwritten)?.len();
        part.persist_noclobber(path).map_err(|e| unwritten(e.error))?;
        Ok(size)
    }

    /// Reads the archive as whoever gets it will.
    fn check(&self, path: &Path) -> Result<()> {
        let unread =
            |e: std::io::Error| Error::failed("the bundle cannot be read back").because(e.to_string());
        let file = std::fs::File::open(path).map_err(unread)?;
        let mut archive = tar::Archive::new(GzDecoder::new(file));
        let mut count = 0;
        for entry in archive.entries().map_err(unread)? {
            let mut entry = entry.map_err(unread)?;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(unread)?;
            let text = String::from_utf8_lossy(&bytes);
            if self.canaries.iter().any(|secret| text.contains(secret.as_str())) {
                let name = entry.path().map(|p| p.display().to_string()).unwrap_or_default();
                return Err(Error::failed("a token would be in the bundle; it was not kept")
                    .because(format!("in {name}")));
            }
            count += 1;
        }
        if count == self.files.len() {
            return Ok(());
        }
        Err(Error::failed("the bundle is not whole").because(format!(
            "{} of {} can be read back",
            count,
            crate::model::words::count(self.files.len(), "file")
        )))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "ea800ede-2003-39f9-8483-5106af7c8488";
    const PASSWORD: &str = "Zx9-canary-Qw7";

    fn unpacked(path: &Path) -> String {
        let file = std::fs::File::open(path).unwrap();
        let mut archive = tar::Archive::new(GzDecoder::new(file));
        let mut all = String::new();
        for entry in archive.entries().unwrap() {
            entry.unwrap().read_to_string(&mut all).unwrap();
        }
        all
    }

    #[test]
    fn no_secret_is_in_it_wherever_it_stood() {
        let dir = tempfile::tempdir().unwrap();
        let mut bundle = Bundle::new("nomad-debug".to_owned(), vec![TOKEN.to_owned()]);
        bundle.text("early.log", &format!("agent: connected with {PASSWORD} as {TOKEN}\n"));
        let config =
            json!({"Config": {"Consul": {"Token": PASSWORD}, "Name": "s1"}, "Args": ["-token", TOKEN]});
        bundle.document("agent.json", config).unwrap();
        bundle.text("late.log", &format!("retry with {PASSWORD}\n"));
        bundle.lacks("x.json", &format!("403 for {TOKEN}"));
        let index = serde_json::to_value(&bundle.missing).unwrap();
        bundle.document("index.json", index).unwrap();
        let path = dir.path().join("a.tar.gz");
        assert!(bundle.write(&path).unwrap() > 0);
        let all = unpacked(&path);
        assert!(all.contains("\"s1\"") && all.contains("retry with"), "{all}");
        assert!(!all.contains(TOKEN) && !all.contains(PASSWORD), "{all}");
        let again = Bundle::new("nomad-debug".to_owned(), Vec::new());
        assert!(again.write(&path).is_err(), "it was replaced");
    }

    #[test]
    fn a_bundle_with_a_token_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let mut bundle = Bundle::new("nomad-debug".to_owned(), vec![TOKEN.to_owned()]);
        bundle.secrets = Secrets::default();
        bundle.files.push(("a.log".to_owned(), TOKEN.as_bytes().to_vec()));
        let path = dir.path().join("a.tar.gz");
        assert!(bundle.write(&path).unwrap_err().to_string().contains("a token would be in the bundle"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
