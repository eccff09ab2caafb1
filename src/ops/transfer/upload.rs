//! Files from here into a task: packed, unpacked there aside, compared, and only then moved into place. A connection that breaks
//! costs what was under way: the next one takes up what is there.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::copy_path::RemotePlace;
use crate::ops::exec::Access;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::exec::shell_session::{ShellSession, in_shell_session};
use crate::ops::transfer::Copied;
use crate::ops::transfer::pack::Tree;
use crate::ops::transfer::progress::Progress;
use crate::ops::transfer::receive::{Received, SendOptions};
use crate::ops::transfer::remote_staging::{RemoteStaging, script_failure};

/// A copy into a task.
#[derive(Debug)]
pub struct Upload<'a> {
    /// Where commands run.
    pub access: Access,
    /// Where to.
    pub place: &'a RemotePlace,
    /// Whether to compare.
    pub verify: bool,
    /// Bytes a second at most; no limit when none.
    pub rate: Option<u64>,
    /// Whether owners and groups are kept, by their numbers.
    pub owner: bool,
}

/// So often a broken connection is taken up again.
const ATTEMPTS: usize = 8;

impl Upload<'_> {
    /// Copies a file or a tree; `again` hears why it had to be taken up, and `stop` ends it before its time.
    ///
    /// # Errors
    /// When it cannot be read, written or compared; then nothing is in its place there.
    pub async fn run(
        &self,
        from: &Path,
        name: &str,
        progress: &Arc<Progress>,
        again: impl Fn(&Error),
        mut stop: impl AsyncFnMut() -> Error,
    ) -> Result<Copied> {
        // The staging directory of the last attempt.
        let left = RefCell::new(None::<String>);
        let mut tries = 0;
        loop {
            tries += 1;
            let before = left.take();
            let attempt = async |shell: &mut ShellSession| {
                tokio::select! {
                    copied = self.attempt(shell, (from, name), &before, &left, progress) => copied,
                    // The session is ended in an orderly way, and the shell there removes the directory.
                    error = stop() => Err(error),
                }
            };
            match in_shell_session(&self.access, attempt).await {
                Err(error)
                    if error.code() == ExitCode::Transport && left.borrow().is_some() && tries < ATTEMPTS =>
                {
                    again(&error);
                }
                ended => return ended,
            }
        }
    }

    async fn attempt(
        &self,
        shell: &mut ShellSession,
        (from, name): (&Path, &str),
        before: &Option<String>,
        left: &RefCell<Option<String>>,
        progress: &Arc<Progress>,
    ) -> Result<Copied> {
        let tree = Tree::of(from, name)?;
        let bytes = tree.bytes;
        progress.reset();
        progress.expect(bytes);
        let (parent, target) = self.target(shell, name).await?;
        let mut staging = RemoteStaging::open(shell, &parent, before.as_deref()).await?;
        left.replace(Some(staging.dir().to_owned()));
        let busy = std::mem::take(&mut staging.busy);
        let sending = SendOptions { rate: self.rate, owner: self.owner };
        let received = staging.receive(tree, sending, before.is_some(), progress, self.verify).await?;
        staging.put(name, &format!("{}/{target}", parent.trim_end_matches('/'))).await?;
        let Received { files, left_out, unread_bytes, compared } = received;
        let bytes = bytes.saturating_sub(unread_bytes);
        Ok(Copied { files, bytes, verified: compared, left_out, grown: Vec::new(), busy })
    }

    /// The directory the copy goes to there, and its name in it: into a directory that is there, else in its place.
    async fn target(&self, shell: &mut ShellSession, name: &str) -> Result<(String, String)> {
        let to = self.place.in_shell(quoted).map_err(Error::usage)?;
        let script = Script::default()
            .set("NAME", name)
            .set_to("DESTINATION", &to)
            .then(include_str!("scripts/find_upload_target.sh"));
        let answer = shell.run(&script).await?;
        // The name is the rest: it may hold line ends.
        let lines = answer.out.strip_suffix('\n').and_then(|out| out.split_once('\n'));
        match (answer.code, lines) {
            (0, Some((parent, name))) => Ok((parent.to_owned(), name.to_owned())),
            (20, _) => Err(Error::failed(format!("no such directory in the task for {to}"))),
            _ => Err(script_failure(&answer, &format!("cannot copy to {to}"))),
        }
    }
}
