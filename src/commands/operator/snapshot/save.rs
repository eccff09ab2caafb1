//! `fleet operator snapshot save`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::time::{Instant, sleep};

use super::archive;
use crate::api::http::{Backoff, Http};
use crate::api::nomad::operator;
use crate::app::App;
use crate::error::{Error, Result};

/// How long the servers may say that they cannot take a snapshot now, as they do after a change of the peers.
const NOT_NOW: Duration = Duration::from_secs(30);

/// Save the servers' whole state into a file: jobs, variables (encrypted), tokens, nodes.
///
/// The file appears only when it is whole: the digest that came with it and every sum inside were compared. It is readable
/// by you alone, since it holds what the servers keep secret. Nothing of the tasks' own data is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator snapshot save backup.snap
  fleet operator snapshot save --dir /var/backups/nomad --keep 14
  fleet operator snapshot save backup.snap --stale")]
pub struct Args {
    /// The file; it must not exist yet.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath, required_unless_present = "dir")]
    file: Option<PathBuf>,

    /// Save as nomad-REGION-TIME.snap in this directory: for cron and timers.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with = "file")]
    dir: Option<PathBuf>,

    /// Keep the newest N such files of the directory and delete older ones, once the new one is whole.
    #[arg(long, value_name = "N", requires = "dir", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,

    /// Take it from the server that is asked, without a leader if need be; it may lag behind.
    #[arg(long)]
    stale: bool,

    /// Replace the file if it exists.
    #[arg(long, conflicts_with = "dir")]
    force: bool,
}

/// Saves, verifies, and only then puts the file into its place.
///
/// # Errors
/// Usage (2), refused (7) when the file exists, failed (1) when a digest differs, API errors.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let prefix = format!("nomad-{}-", region(nomad).await?);
    let target = match (&args.file, &args.dir) {
        (Some(file), _) => file.clone(),
        (None, dir) => {
            let time = app.printer.now().strftime("%Y%m%dT%H%M%SZ");
            dir.clone().unwrap_or_default().join(format!("{prefix}{time}.snap"))
        }
    };
    let shown = target.display().to_string();
    if target.exists() && !args.force {
        return Err(Error::refused(format!("{shown} exists already")).hint("--force replaces it"));
    }
    let within = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unwritten =
        |e: std::io::Error| Error::failed(format!("could not write {shown}")).because(e.to_string());
    let part = NamedTempFile::new_in(within).map_err(unwritten)?;
    receive(nomad, args.stale, part.as_file(), &shown).await?;
    archive::read(part.path()).map_err(|e| e.context("what the servers sent is not a whole snapshot"))?;
    part.as_file().sync_all().map_err(unwritten)?;
    let placed = if args.force { part.persist(&target) } else { part.persist_noclobber(&target) };
    placed.map_err(|e| unwritten(e.error))?;
    let saved = archive::read(&target)?;
    if let (Some(dir), Some(keep)) = (&args.dir, args.keep) {
        retire(app, dir, &prefix, keep as usize)?;
    }
    app.printer.object(&saved)
}

/// The region that is saved, for the file's name.
async fn region(nomad: &Http) -> Result<String> {
    if let Some(region) = nomad.region() {
        return Ok(region.to_owned());
    }
    // A name is a courtesy: a token that may not ask still saves.
    let members = nomad.read(&crate::api::nomad::agent::members()).await;
    Ok(members.map_or_else(|_| "region".to_owned(), |reply| reply.value.server_region))
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

/// Deletes all but the newest files of this name.
fn retire(app: &App, dir: &Path, prefix: &str, keep: usize) -> Result<()> {
    let unread =
        |e: std::io::Error| Error::failed(format!("could not read {}", dir.display())).because(e.to_string());
    let mut ours: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(prefix) && name.ends_with("Z.snap") {
            ours.push(path);
        }
    }
    // The time in the names sorts them.
    ours.sort();
    let surplus = ours.len().saturating_sub(keep);
    for old in &ours[..surplus] {
        std::fs::remove_file(old).map_err(|e| {
            Error::failed(format!("could not delete {}", old.display())).because(e.to_string())
        })?;
        app.printer.note(&format!("deleted {}", old.display()));
    }
    Ok(())
}
