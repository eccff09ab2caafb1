//! `fleet util completions`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::ValueEnum as _;
use clap_complete::Shell;

use crate::app::App;
use crate::error::Result;

/// Write the completion scripts of every shell into a folder.
///
/// The scripts complete verbs and flags. To complete names of jobs, nodes and contexts too, let the shell ask fleet itself:
/// `source <(COMPLETE=bash fleet)`, and likewise for zsh, fish, elvish and powershell.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder.
    dir: PathBuf,
}

/// Writes the scripts.
///
/// # Errors
/// When a file cannot be written.
pub fn run(args: &Args, app: &App, mut root: clap::Command) -> Result<()> {
    std::fs::create_dir_all(&args.dir).with_context(|| format!("could not create {}", args.dir.display()))?;
    for shell in Shell::value_variants() {
        let path = clap_complete::generate_to(*shell, &mut root, "fleet", &args.dir)
            .with_context(|| format!("could not write the {shell} completions"))?;
        app.printer.note(&path.display().to_string());
    }
    Ok(())
}
