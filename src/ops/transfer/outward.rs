//! Files from an allocation to here: over the fs API where it sees them, else packed by the task itself.

mod over_fs;
mod through_task;

use std::io;
use std::path::Path;

use bytes::Bytes;

use crate::api::http::Http;
use crate::error::{Error, Result};
use crate::model::copy_path::RemotePlace;
use crate::ops::exec::{Launch, Session, capture};
use crate::ops::transfer::Copied;
use crate::ops::transfer::digest::Manifest;
use crate::ops::transfer::meter::Meter;
use crate::ops::transfer::unpack::Limits;

/// How a copy was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Over the fs API, from the allocation's directory.
    FsApi,
    /// Packed by the task's own `tar`.
    Tar,
    /// Printed by the task's own `cat`.
    Cat,
}

/// A copy out of an allocation.
pub struct Download<'a> {
    /// The cluster.
    pub http: &'a Http,
    /// Where commands run, when the task runs; the session's own command is not used.
    pub session: Option<Session<'a>>,
    /// The allocation's full id.
    pub alloc_id: &'a str,
    /// The task.
    pub task: &'a str,
    /// Where from.
    pub place: &'a RemotePlace,
    /// How much it may make here.
    pub limits: Limits,
    /// Whether to compare.
    pub verify: bool,
    /// Bytes a second at most; no limit when none.
    pub rate: Option<u64>,
    /// Whether owners and groups are kept, by their numbers.
    pub owner: bool,
}

impl Download<'_> {
    /// Copies a file or a tree to a destination here.
    ///
    /// # Errors
    /// When it cannot be read, written or compared; then nothing is in its place here.
    pub async fn run(&self, to: &Path, meter: &Meter) -> Result<(Copied, Way)> {
        match self.place.in_alloc_dir(self.task) {
            Some(path) => self.over_fs(&path, to, meter).await,
            None => self.through_task(to, meter).await,
        }
    }
}

async fn shell(session: &Session<'_>, script: String) -> Result<capture::Captured> {
    let launch = Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), script]);
    let session = Session { launch: &launch, ..*session };
    capture::run(&session, Bytes::new()).await
}

/// The digests of all files at and below a path, by their path in a copy called `name`; none where no tool is there.
async fn digests(session: &Session<'_>, path: &str, name: &str) -> Result<Option<Manifest>> {
    let script = format!(
        "command -v sha256sum >/dev/null || exit 25\nS={path}\n[ -L \"$S\" ] && S=$(readlink -f \"$S\")\n\
         if [ -d \"$S\" ]; then cd \"$S\" && find . -type f -exec sha256sum {{}} +; else sha256sum < \"$S\"; fi\n"
    );
    let ran = shell(session, script).await?;
    if matches!(ran.code, 25 | 126 | 127) {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    let under = |path: String| if path == "-" { name.to_owned() } else { format!("{name}/{path}") };
    Ok(Some(Manifest(Manifest::of_sha256sum(&text).0.into_iter().map(|(p, d)| (under(p), d)).collect())))
}

fn same(here: &Manifest, there: &Manifest) -> Result<()> {
    let different = here.differences(there);
    if different.is_empty() {
        return Ok(());
    }
    let error = Error::failed(
        "the copy is not what the task has: it changed meanwhile, or was damaged; nothing was put in place",
    );
    Err(different.into_iter().take(10).fold(error, Error::because))
}

fn unwritable(path: &str, e: &io::Error) -> Error {
    Error::failed(format!("could not write {path}")).because(e.to_string())
}
