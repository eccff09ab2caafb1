//! The job of a git checkout.

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::checkout;

/// The job of the git checkout around the working directory.
///
/// # Errors
/// When there is none, or its remote has no name a job could have.
pub async fn here() -> Result<String> {
    let remote = git(&["config", "--get", "remote.origin.url"]).await?;
    let branch = git(&["rev-parse", "--abbrev-ref", "HEAD"]).await?;
    checkout::job_of(&remote, &branch)
        .map_err(|why| Error::usage("cannot tell the job of this checkout").because(why))
}

async fn git(args: &[&str]) -> Result<String> {
    let refused =
        |why: String| Error::usage("`.` means the job of this git checkout, but there is none").because(why);
    let output = tokio::process::Command::new("git")
        .args(args)
        .current_dir(Path::new("."))
        .output()
        .await
        .map_err(|e| refused(format!("git: {e}")))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(refused(if words.is_empty() {
            match args {
                ["config", ..] => "this checkout has no remote \"origin\"".to_owned(),
                _ => format!("git {} printed nothing", args.join(" ")),
            }
        } else {
            words
        }));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
