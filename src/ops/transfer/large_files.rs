//! Files that go by themselves: large ones, whose digest is made there while the rest still arrives, what an attempt that broke off
//! has not brought of them, and all of them where there is no `tar`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::io::{self, Read as _, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::ops::exec::script::Script;
use crate::ops::transfer::digest::{Digest, Digester, FIND_DIGEST_TOOL, Manifest, RUN_ON_FILES};
use crate::ops::transfer::pack::{Entry, Tree, changed, time_of};
use crate::ops::transfer::remote_staging::{RemoteStaging, mismatch, script_failure};
use crate::ops::transfer::script_pipe::{Outgoing, read_error};

/// What an attempt before this one has left of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PartialFile {
    size: u64,
    digest: Digest,
}

/// What an attempt before has brought already.
#[derive(Debug, Default)]
pub(super) struct AlreadySent {
    /// Small files, which are compared with all others.
    pub(super) small: Manifest,
    /// How many large ones.
    pub(super) large: u64,
    /// Whether one of those could not be compared.
    pub(super) unsure: bool,
}

impl RemoteStaging<'_> {
    /// Takes out of a tree what an attempt before has brought, after sending what is missing at the end of large files.
    pub(super) async fn complete(
        &mut self,
        tree: &mut Tree,
        out: Outgoing,
    ) -> Result<(AlreadySent, Outgoing)> {
        let (mut already_sent, mut out, mut whole) = (AlreadySent::default(), out, BTreeSet::new());
        let partial = self.partial().await?;
        for entry in &tree.entries {
            let Some(PartialFile { size, digest }) = partial.get(&entry.name) else { continue };
            let Some(rest) = Remainder::of(entry, *size, digest).await? else { continue };
            if !entry.separate && rest.left > 0 {
                continue;
            }
            out.progress.add(*size);
            whole.insert(entry.name.clone());
            if !entry.separate {
                already_sent.small.0.insert(entry.name.clone(), digest.clone());
                continue;
            }
            already_sent.large += 1;
            if rest.left > 0 {
                let compared;
                (compared, out) = self.append(entry, rest, out).await?;
                already_sent.unsure |= !compared;
            }
        }
        tree.entries.retain(|entry| !whole.contains(&entry.name));
        Ok((already_sent, out))
    }

    /// Fills files that the archive has made; whether all could be compared.
    pub(super) async fn fill(&mut self, files: &[Entry], mut out: Outgoing) -> Result<bool> {
        let mut all = true;
        for entry in files {
            let nothing = Digester::default().finish();
            let Some(rest) = Remainder::of(entry, 0, &nothing).await? else {
                return Err(read_error(&changed(&entry.path)));
            };
            let compared;
            (compared, out) = self.append(entry, rest, out).await?;
            all &= compared;
        }
        Ok(all)
    }

    /// What is there of an attempt before; nothing without a tool that tells what it holds.
    async fn partial(&mut self) -> Result<BTreeMap<String, PartialFile>> {
        let start = Script::default().within(self.dir()).then(RUN_ON_FILES);
        let digests = start
            .clone()
            .then(FIND_DIGEST_TOOL)
            .line("find_digest_tool || exit 25\nFILE_COMMAND=$DIGEST\nrun_on_files");
        let sizes = start.set("FILE_COMMAND", "stat -c %s=%n").line("run_on_files");
        let sums = self.shell.run(&digests).await?;
        let sizes = self.shell.run(&sizes).await?;
        if sums.code != 0 || sizes.code != 0 {
            return Ok(BTreeMap::new());
        }
        let size = |line: &str| {
            let (size, name) = line.split_once("=./")?;
            Some((name.to_owned(), size.parse::<u64>().ok()?))
        };
        let sizes: BTreeMap<String, u64> = sizes.out.lines().filter_map(size).collect();
        let sums = Manifest::of_sha256sum(&sums.out).0.into_iter();
        Ok(sums
            .filter_map(|(name, digest)| {
                Some((name.clone(), PartialFile { size: *sizes.get(&name)?, digest }))
            })
            .collect())
    }

    /// Sends the rest of a file, which is read back there as it arrives; whether it could be compared.
    async fn append(&mut self, entry: &Entry, rest: Remainder, out: Outgoing) -> Result<(bool, Outgoing)> {
        let (size, mode, time) =
            (rest.meta.len(), rest.meta.permissions().mode() & 0o7777, time_of(&rest.meta));
        let script = Script::default()
            .set("FILE", format!("{}/{}", self.dir(), entry.name))
            .set("SIZE", size)
            .set("BLOCKS", size / BLOCK)
            .set("REST_BYTES", size % BLOCK)
            .set("MODE", format!("{mode:o}"))
            .set("TIME", time)
            .then(FIND_DIGEST_TOOL)
            .then(include_str!("scripts/append_to_file.sh"));
        let feed = self.shell.start(&script).await?;
        let source = entry.clone();
        let as_begun = rest.meta.modified().ok();
        let mut pipe = out.into(feed.clone());
        let sending = tokio::task::spawn_blocking(move || {
            let digest = rest.copy(&source, &mut pipe)?;
            pipe.finish().map(|out| (source.name, digest, out))
        });
        let (sent, answer) = self.shell.finish_after(&feed, sending).await?;
        let other_than_begun = |error: Error| match changed_since(entry, size, as_begun) {
            true => error.because(format!("{} was changed here while it was sent", entry.path.display())),
            false => error,
        };
        if answer.code != 0 {
            let error = script_failure(&answer, &format!("the task could not take {}", entry.name));
            return Err(other_than_begun(error));
        }
        let (name, digest, out) =
            sent.map_err(io::Error::other).and_then(|s| s).map_err(|e| read_error(&e))?;
        match answer.out.split_whitespace().next() {
            None => Ok((false, out)),
            Some(there) if there == digest => Ok((true, out)),
            Some(_) => Err(other_than_begun(mismatch([name]))),
        }
    }
}

/// Whether a file is another by now than when it was opened, as far as its size and time tell.
fn changed_since(entry: &Entry, size: u64, modified: Option<SystemTime>) -> bool {
    entry.metadata().map_or(true, |now| now.len() != size || now.modified().ok() != modified)
}

/// What the digest there reads at once.
const BLOCK: u64 = 4096;

/// The rest of a file whose beginning is there.
struct Remainder {
    file: std::fs::File,
    /// Of the beginning, so far.
    digester: Digester,
    left: u64,
    /// As it was when it was opened.
    meta: Metadata,
}

impl Remainder {
    /// What a file holds beyond a beginning of this size and digest; none when its beginning is another, or it is no file.
    async fn of(entry: &Entry, beginning: u64, digest: &Digest) -> Result<Option<Remainder>> {
        let (entry, digest) = (entry.clone(), digest.clone());
        let read = tokio::task::spawn_blocking(move || Remainder::read(&entry, beginning, &digest)).await;
        read.map_err(io::Error::other).and_then(|r| r).map_err(|e| read_error(&e))
    }

    fn read(entry: &Entry, beginning: u64, digest: &Digest) -> io::Result<Option<Remainder>> {
        // A file may stand there for a link that is still to be made.
        let meta = entry.metadata()?;
        if !meta.is_file() || meta.len() < beginning {
            return Ok(None);
        }
        let mut file = std::fs::File::open(&entry.path)?;
        let mut digester = Digester::default();
        let mut buffer = vec![0; 256 * 1024];
        let mut start = (&mut file).take(beginning);
        loop {
            match start.read(&mut buffer)? {
                0 => break,
                n => digester.add(&buffer[..n]),
            }
        }
        if digester.clone().finish() != *digest {
            return Ok(None);
        }
        Ok(Some(Remainder { file, digester, left: meta.len() - beginning, meta }))
    }

    /// Copies it; what the whole file holds.
    fn copy(mut self, entry: &Entry, to: &mut impl Write) -> io::Result<Digest> {
        let mut buffer = vec![0; 256 * 1024];
        let mut left = self.left;
        while left > 0 {
            let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let n = self.file.read(&mut buffer[..most])?;
            if n == 0 {
                return Err(changed(&entry.path));
            }
            self.digester.add(&buffer[..n]);
            to.write_all(&buffer[..n])?;
            left -= n as u64;
        }
        if entry.metadata()?.modified().ok() != self.meta.modified().ok() {
            return Err(changed(&entry.path));
        }
        Ok(self.digester.finish())
    }
}
