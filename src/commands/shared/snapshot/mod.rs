//! Snapshots of the servers' state: saved, verified, and only then put into their place.

pub mod archive;

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::time::{Instant, sleep};

use self::archive::Archive;
use crate::api::http::{Backoff, Http};
use crate::api::nomad::operator;
use crate::error::{Error, Result};

/// How long the servers may say that they cannot take a snapshot now, as they do after a change of the peers.
const NOT_NOW: Duration = Duration::from_secs(30);

/// Saves a snapshot, and puts the file into its place once it is verified.
///
/// # Errors
/// Refused (7) when the file exists, failed (1) when a digest differs, API errors.
pub async fn save(nomad: &Http, target: &Path, stale: bool, force: bool) -> Result<Archive> {
    let shown = target.display().to_string();
    if target.exists() && !force {
        return Err(Error::refused(format!("{shown} exists already")).hint("--force replaces it"));
    }
    let within = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unwritten =
        |e: std::io::Error| Error::failed(format!("could not write {shown}")).because(e.to_string());
    let part = NamedTempFile::new_in(within).map_err(unwritten)?;
    receive(nomad, stale, part.as_file(), &shown).await?;
    archive::read(part.path()).map_err(|e| e.context("what the servers sent is not a whole snapshot"))?;
    part.as_file().sync_all().map_err(unwritten)?;
    let placed = if force { part.persist(target) } else { part.persist_noclobber(target) };
    placed.map_err(|e| unwritten(e.error))?;
    archive::read(target)
}

/// Receives the archive and compares the digest that comes with it.
async fn receive(nomad: &Http, stale: bool, mut file: &std::fs::File, shown: &str) -> Result<()> {
    let unwritten =
        |e: std::io::Error| Error::failed(format!("could not write {shown}")).because(e.to_string());
    let (begun, mut backoff) = (Instant::now(), Backoff::default());
    let mut answer = loop {
        match nomad.download(&operator::snapshot(stale)).await {
            Ok(answer) => break answer,
            Err(e) => {
                let not_now = e.text.contains("cannot take snapshot now") || e.is_passing();
                let pause = backoff.pause();
                if !not_now || begun.elapsed() + pause > NOT_NOW {
                    return Err(e.into());
                }
                sleep(pause).await;
            }
        }
    };
    let told = answer.header("Digest").and_then(|d| d.strip_prefix("sha-256=")).map(str::to_owned);
    let mut sum = Sha256::new();
    while let Some(piece) = answer.chunk().await? {
        sum.update(&piece);
        file.write_all(&piece).map_err(unwritten)?;
    }
    let told = told.ok_or_else(|| Error::failed("the servers sent no digest with the snapshot"))?;
    let is = STANDARD.encode(sum.finalize());
    if is == told {
        return Ok(());
    }
    Err(Error::failed("the snapshot is not what the servers sent")
        .because(format!("its SHA-256 is {is}, and was to be {told}"))
        .hint("try again; something on the way cuts or alters answers"))
}
