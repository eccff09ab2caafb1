//! Tokens: where they are kept, and how to show that one is set without showing it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::model::ids::hex;

/// Where a token is kept.
#[derive(Debug, Clone)]
pub enum TokenSource {
    /// The token itself.
    Literal(SecretString),
    /// In a file; surrounding white space does not belong to it.
    File(PathBuf),
    /// A command prints it; run without a shell.
    Command(Vec<String>),
}

impl TokenSource {
    /// Fetches the token; none when the source holds nothing.
    ///
    /// # Errors
    /// When the file cannot be read, or the command cannot be run or fails.
    pub fn fetch(&self) -> Result<Option<SecretString>> {
        let text = match self {
            TokenSource::Literal(token) => token.expose_secret().to_owned(),
            TokenSource::File(path) => read(path)?,
            TokenSource::Command(argv) => run(argv)?,
        };
        let token = text.trim();
        Ok((!token.is_empty()).then(|| SecretString::from(token)))
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| {
        Error::usage(format!("could not read the token file {}", path.display())).because(e.to_string())
    })
}

fn run(argv: &[String]) -> Result<String> {
    let Some((program, args)) = argv.split_first() else {
        return Err(Error::usage("token_cmd is empty"));
    };
    let failed = |why: String| Error::usage(format!("token_cmd {program:?} gave no token")).because(why);
    // The command may ask for a passphrase, so it keeps the terminal.
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("its output is not UTF-8".into()))
}

/// Fingerprint of a secret: the first 8 hexadecimal digits of its SHA-256. It tells two secrets apart without revealing them.
#[must_use]
pub fn fingerprint(secret: &SecretString) -> String {
    hex(&Sha256::digest(secret.expose_secret().as_bytes())[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_prints_the_token_and_a_failing_one_is_told() {
        let argv = |words: &[&str]| TokenSource::Command(words.iter().map(ToString::to_string).collect());
        let token = argv(&["echo", " abc "]).fetch().unwrap().unwrap();
        assert_eq!(token.expose_secret(), "abc");
        assert!(argv(&["false"]).fetch().unwrap_err().to_string().contains("token_cmd"));
        assert!(argv(&["/no/such/program"]).fetch().is_err());
        assert!(argv(&["true"]).fetch().unwrap().is_none());
    }

    #[test]
    fn a_fingerprint_is_short_and_stable() {
        let print = fingerprint(&SecretString::from("abc"));
        assert_eq!(print, "ba7816bf");
    }
}
