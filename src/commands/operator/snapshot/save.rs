//! `fleet operator snapshot save`

use std::path::{Path, PathBuf};

use crate::api::Problem;
use crate::api::http::Http;
use crate::app::App;
use crate::commands::shared::snapshot;
use crate::error::{Error, Result};

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
    let saved = snapshot::save(nomad, &target, args.stale, args.force).await?;
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
    match nomad.read(&crate::api::nomad::agent::members()).await {
        Ok(reply) => Ok(reply.value.server_region),
        // Where nobody is there is nothing to save either.
        Err(e) if matches!(e.problem, Problem::Connect | Problem::Tls(_)) => Err(e.into()),
        Err(_) => Ok("region".to_owned()),
    }
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
