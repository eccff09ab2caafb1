//! Which shell a task has.

use bytes::Bytes;

use crate::app::App;
use crate::commands::shared::target::TaskPlace;
use crate::error::{Error, Result};
use crate::ops::exec::{Launch, capture};

/// The best first.
const SHELLS: [&str; 4] = ["zsh", "bash", "ash", "sh"];

/// The best shell a task has.
///
/// # Errors
/// When it has none.
pub async fn best(app: &App, place: &TaskPlace) -> Result<String> {
    let looks = SHELLS.map(|s| format!("command -v {s}")).join("; ");
    let probe = Launch::of(["/bin/sh", "-c", &looks]);
    let access = place.access(app);
    let found = capture::run(&access, &probe, Bytes::new()).await?;
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    let shell = found.lines().map(str::trim).find(|line| line.starts_with('/'));
    shell.map(str::to_owned).ok_or_else(|| {
        Error::transport(format!("{} has no shell", access.task_ref))
            .hint("run a program directly: fleet exec TARGET -- /path/to/program")
    })
}
