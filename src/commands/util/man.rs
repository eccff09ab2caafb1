//! `fleet util man`

use std::path::PathBuf;

use anyhow::Context as _;

use crate::app::App;
use crate::error::Result;

/// Write the manual pages of every command into a folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder.
    dir: PathBuf,
}

/// Writes the pages.
///
/// # Errors
/// When a file cannot be written.
pub fn run(args: &Args, app: &App, root: clap::Command) -> Result<()> {
    std::fs::create_dir_all(&args.dir).with_context(|| format!("could not create {}", args.dir.display()))?;
    // The commit does not belong into files that are committed.
    let command = root.version(env!("CARGO_PKG_VERSION"));
    clap_mangen::generate_to(command, &args.dir).context("could not write the manual pages")?;
    app.printer.note(&args.dir.display().to_string());
    Ok(())
}
