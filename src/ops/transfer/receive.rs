//! A tree on its way into a task: as an archive and large files beside it, or file by file where there is no `tar`.

use std::io;
use std::sync::Arc;

use crate::error::Result;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::transfer::LeftOut;
use crate::ops::transfer::large_files::AlreadySent;
use crate::ops::transfer::pack::{Tree, pack};
use crate::ops::transfer::progress::Progress;
use crate::ops::transfer::remote_staging::{RemoteStaging, script_failure};
use crate::ops::transfer::script_pipe::{Outgoing, read_error};
use crate::ops::transfer::without_tar::Skeleton;

/// How what is sent is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SendOptions {
    /// Bytes a second at most; no limit when none.
    pub(crate) rate: Option<u64>,
    /// Whether owners and groups, by their numbers, are kept.
    pub(crate) owner: bool,
}

/// What arrived.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) files: u64,
    pub(crate) left_out: Vec<LeftOut>,
    /// Bytes of files that could not be read.
    pub(crate) unread_bytes: u64,
    /// Whether all of it could be compared.
    pub(crate) compared: bool,
}

impl RemoteStaging<'_> {
    /// Sends a tree and compares what arrived.
    pub(crate) async fn receive(
        &mut self,
        tree: Tree,
        sending: SendOptions,
        resumed: bool,
        progress: &Arc<Progress>,
        verify: bool,
    ) -> Result<Received> {
        let mut out = Outgoing::new(sending.rate, Arc::clone(progress));
        let mut tree = tree;
        let mut already_sent = AlreadySent::default();
        if resumed {
            (already_sent, out) = self.complete(&mut tree, out).await?;
        }
        if !self.has_tar {
            return self.receive_without_tar(tree, sending, already_sent, out).await;
        }
        let flags = if sending.owner { "-xpf" } else { "-xpof" };
        let script = Script::default()
            .line(&format!("each_chunk | then_drain tar {flags} - -C {}", quoted(self.dir())));
        let feed = self.shell.start(&script).await?;
        let mut pipe = out.into(feed.clone());
        let packing = tokio::task::spawn_blocking(move || {
            let packed = pack(&tree, &mut pipe)?;
            pipe.finish().map(|out| (packed, out))
        });
        let (packed, answer) = self.shell.finish_after(&feed, packing).await?;
        let packed = packed.map_err(io::Error::other).and_then(|p| p);
        // What could not be read here ends the archive there too.
        let (mut packed, out) = match packed {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe || answer.code == 0 => {
                return Err(read_error(&e));
            }
            _ if answer.code != 0 => {
                return Err(script_failure(&answer, "the task could not unpack the copy"));
            }
            packed => packed.map_err(|e| read_error(&e))?,
        };
        packed.files.0.extend(already_sent.small.0);
        let separate = already_sent.large + packed.separate.len() as u64;
        let large = self.fill(&packed.separate, out).await?;
        let small = !verify || self.compare(&packed.files).await?;
        let compared = verify && !already_sent.unsure && large && small;
        let files = packed.files.0.len() as u64 + separate;
        Ok(Received { files, left_out: packed.left_out, unread_bytes: packed.unread_bytes, compared })
    }

    /// Sends a tree where there is no `tar`.
    async fn receive_without_tar(
        &mut self,
        tree: Tree,
        sending: SendOptions,
        already_sent: AlreadySent,
        out: Outgoing,
    ) -> Result<Received> {
        let Skeleton { files, mut left_out, unread_bytes, last } = self.make(&tree, sending.owner).await?;
        let compared = self.fill(&files, out).await? && !already_sent.unsure;
        let answer = self.shell.run(&Script::default().within(self.dir()).line(&last)).await?;
        if answer.code != 0 {
            return Err(script_failure(&answer, "the task could not set modes and times"));
        }
        left_out.extend(tree.unread);
        let files = files.len() as u64 + already_sent.large + already_sent.small.0.len() as u64;
        Ok(Received { files, left_out, unread_bytes, compared })
    }
}
