//! Files from here into a task: packed, unpacked there aside, compared, and only then moved into place. A connection that breaks
//! costs what was under way: the next one takes up what is there.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::copy_path::RemotePlace;
use crate::ops::exec::Access;
use crate::ops::exec::launch::quoted;
use crate::ops::exec::talk::{Talk, talk};
use crate::ops::transfer::Copied;
use crate::ops::transfer::meter::Meter;
use crate::ops::transfer::pack::Tree;
use crate::ops::transfer::stage::{Received, Sending, Stage, unwilling};

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
        meter: &Arc<Meter>,
        again: impl Fn(&Error),
        mut stop: impl AsyncFnMut() -> Error,
    ) -> Result<Copied> {
        // The staging directory of the last attempt.
        let left = RefCell::new(None::<String>);
        let mut tries = 0;
        loop {
            tries += 1;
            let before = left.take();
            let attempt = async |talk: &mut Talk| {
                tokio::select! {
                    copied = self.attempt(talk, (from, name), &before, &left, meter) => copied,
                    // The talk is ended in an orderly way, and the shell there removes what it has.
                    error = stop() => Err(error),
                }
            };
            match talk(&self.access, attempt).await {
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
        talk: &mut Talk,
        (from, name): (&Path, &str),
        before: &Option<String>,
        left: &RefCell<Option<String>>,
        meter: &Arc<Meter>,
    ) -> Result<Copied> {
        let tree = Tree::of(from, name)?;
        let bytes = tree.bytes;
        meter.reset();
        meter.expect(bytes);
        let (parent, target) = self.target(talk, name).await?;
        let mut stage = Stage::open(talk, &parent, before.as_deref()).await?;
        left.replace(Some(stage.dir().to_owned()));
        let sending = Sending { rate: self.rate, owner: self.owner };
        let received = stage.receive(tree, sending, before.is_some(), meter, self.verify).await?;
        stage.put(name, &format!("{}/{target}", parent.trim_end_matches('/'))).await?;
        let Received { files, left_out, missed, compared } = received;
        let bytes = bytes.saturating_sub(missed);
        Ok(Copied { files, bytes, verified: compared, left_out, grown: Vec::new() })
    }

    /// The directory the copy goes to there, and its name in it: into a directory that is there, else in its place.
    async fn target(&self, talk: &mut Talk, name: &str) -> Result<(String, String)> {
        let to = self.place.in_shell(quoted).map_err(Error::usage)?;
        let script = format!(
            "D={to}\ncase $D in /) N={n};; */) D=${{D%/}};; esac\nif [ -d \"$D\" ]; then P=$D; N={n}; else P=$(dirname \"$D\"); \
             N=$(basename \"$D\"); fi\n[ -d \"$P\" ] && cd \"$P\" || exit 20\nprintf '%s\\n%s\\n' \"$PWD\" \"$N\"",
            n = quoted(name)
        );
        let answer = talk.run(&script).await?;
        // The name is the rest: it may hold line ends.
        let lines = answer.out.strip_suffix('\n').and_then(|out| out.split_once('\n'));
        match (answer.code, lines) {
            (0, Some((parent, name))) => Ok((parent.to_owned(), name.to_owned())),
            (20, _) => Err(Error::failed(format!("there is no directory for {to} there"))),
            _ => Err(unwilling(&answer, &format!("cannot copy to {to}"))),
        }
    }
}
