//! Where a copy arrives in a task: built up aside by the task's own tools, compared, and only then moved into place.

use std::io;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::words;
use crate::ops::exec::launch::quoted;
use crate::ops::exec::shell_session::{ScriptOutput, ShellSession};
use crate::ops::transfer::LeftOut;
use crate::ops::transfer::digest::{DIGEST_TOOL, Digester, Manifest, NO_DIGEST};
use crate::ops::transfer::large_files::AlreadySent;
use crate::ops::transfer::pack::{LARGE, Tree, pack};
use crate::ops::transfer::progress::Progress;
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

/// A directory in a task that a copy is built up in. The shell there removes it when the talk is over.
pub(crate) struct RemoteStaging<'t> {
    pub(crate) shell: &'t mut ShellSession,
    /// Its path there.
    dir: String,
    has_tar: bool,
}

impl<'t> RemoteStaging<'t> {
    /// Makes one below a directory there; takes over what an attempt that broke off has left in another one.
    pub(crate) async fn open(shell: &'t mut ShellSession, under: &str, left: Option<&str>) -> Result<Self> {
        let dir = format!("{}/.fleet-{:016x}", under.trim_end_matches('/'), fastrand::u64(..));
        let (new, old) = (quoted(&dir), quoted(left.unwrap_or_default()));
        // The shell of that attempt may still be there, and is not to remove what is not its any more.
        let skeleton = shell
            .run(&format!("[ -d {old} ] && mv {old} {new} || mkdir {new} && {{ command -v tar || :; }}"))
            .await?;
        if skeleton.code != 0 {
            return Err(script_failure(&skeleton, &format!("could not write below {under}")));
        }
        shell.run_at_end(&format!("rm -rf {new}")).await?;
        Ok(RemoteStaging { shell, dir, has_tar: !skeleton.out.is_empty() })
    }

    /// Its path there.
    pub(crate) fn dir(&self) -> &str {
        &self.dir
    }

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
            return self.receive_bare(tree, sending, already_sent, out).await;
        }
        let flags = if sending.owner { "-xpf" } else { "-xpof" };
        let script = format!("C | L tar {flags} - -C {}", quoted(&self.dir));
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
    async fn receive_bare(
        &mut self,
        tree: Tree,
        sending: SendOptions,
        already_sent: AlreadySent,
        out: Outgoing,
    ) -> Result<Received> {
        let Skeleton { files, mut left_out, unread_bytes, last } = self.make(&tree, sending.owner).await?;
        let compared = self.fill(&files, out).await? && !already_sent.unsure;
        let answer = self.shell.run(&format!("cd {} || exit 1\n{last}", quoted(&self.dir))).await?;
        if answer.code != 0 {
            return Err(script_failure(&answer, "the task could not set modes and times"));
        }
        left_out.extend(tree.unread);
        let files = files.len() as u64 + already_sent.large + already_sent.small.0.len() as u64;
        Ok(Received { files, left_out, unread_bytes, compared })
    }

    /// Sends one program, by nothing but the smallest of tools, and compares what arrived where that can be done: its path there.
    pub(crate) async fn program(&mut self, name: &str, bytes: &[u8]) -> Result<String> {
        let path = format!("{}/{name}", self.dir);
        let (file, size) = (quoted(&path), bytes.len());
        let script = format!("W() {{ head -c {size} > {file}; }}\nC | L W && chmod 700 {file}");
        let feed = self.shell.start(&script).await?;
        feed.send(bytes).await?;
        let answer = self.shell.finish().await?;
        if answer.code != 0 {
            return Err(script_failure(&answer, &format!("the task could not take {name}")));
        }
        let mut digester = Digester::default();
        digester.add(bytes);
        let sum = self.shell.run(&format!("{DIGEST_TOOL} || exit 25\n$H {file}")).await?;
        match sum.code {
            0 if sum.out.starts_with(&digester.finish()) => Ok(path),
            25 => Ok(path),
            _ => Err(script_failure(&sum, &format!("{name} did not arrive as it was sent"))),
        }
    }

    /// Whether the small files that arrived are those that were sent; no, when the task has nothing to tell it with.
    async fn compare(&mut self, sent: &Manifest) -> Result<bool> {
        let small = format!("-type f ! -size +{LARGE}c");
        let script = format!(
            "cd {} || exit 1\nfind . {small} -exec sync {{}} + 2>/dev/null &\n{DIGEST_TOOL} || {{ wait; exit 25; }}\n\
             G find . {small} -exec $H {{}} +\nset -- $?\nwait\nexit $1",
            quoted(&self.dir)
        );
        let answer = self.shell.run(&script).await?;
        match answer.code {
            0 => {}
            25 => return Ok(sent.0.is_empty()),
            _ => return Err(script_failure(&answer, "the task could not read the copy back")),
        }
        let differences = sent.differences(&Manifest::of_sha256sum(&answer.out));
        if differences.is_empty() { Ok(true) } else { Err(mismatch(differences)) }
    }

    /// Removes it.
    pub(crate) async fn close(self) -> Result<()> {
        self.shell.run(&format!("rm -rf {}", quoted(&self.dir))).await.map(drop)
    }

    /// Moves what is called `name` in it to be `to`: kinds are compared first, then everything is renamed.
    pub(crate) async fn put(&mut self, name: &str, to: &str) -> Result<()> {
        let script = format!("T={}\nN={}\nO={}\n{PUT}", quoted(&self.dir), quoted(name), quoted(to));
        let answer = self.shell.run(&script).await?;
        match answer.code {
            0 => Ok(()),
            21 => Err(Error::failed(format!(
                "{to} exists and is of another kind: a directory does not replace a file, nor a file a directory"
            ))),
            _ => Err(script_failure(&answer, &format!("could not put {to} in place"))),
        }
    }
}

/// Needs T, N and O. Files go a directory at a time: each command costs the start of a process.
const PUT: &str = r#"F=$T/$N
if [ ! -d "$F" ] || [ -L "$F" ]; then [ -d "$O" ] && [ ! -L "$O" ] && exit 21; mv -f "$F" "$O"; exit; fi
if [ ! -e "$O" ]; then mv "$F" "$O"; exit; fi
[ -d "$O" ] || exit 21
cd "$F" || exit 1
export O
X=$(find . -type d ! -name . -exec sh -c 'for f; do [ -e "$O/$f" ] && [ ! -d "$O/$f" ] && echo x; done' sh {} +
find . ! -type d -exec sh -c 'for f; do [ -d "$O/$f" ] && [ ! -L "$O/$f" ] && echo x; done' sh {} +)
[ -z "$X" ] || exit 21
find . -type d -exec sh -c 'for f; do shift; set -- "$@" "$O/$f"; done; mkdir -p "$@"' sh {} + || exit 1
M='for d; do
  set --
  for f in "$d"/* "$d"/.[!.]* "$d"/..?*; do
    if [ -d "$f" ] && [ ! -L "$f" ]; then continue; fi
    [ -e "$f" ] || [ -L "$f" ] || continue
    [ ! -L "$O/$d/${f##*/}" ] || rm -f "$O/$d/${f##*/}" || exit 1
    set -- "$@" "$f"
    [ $# -lt 500 ] || { mv -f "$@" "$O/$d/" || exit 1; set --; }
  done
  [ $# -eq 0 ] || mv -f "$@" "$O/$d/" || exit 1
done'
find . -type d -exec sh -c "$M" sh {} + || exit 1
"#;

/// Some files arrived as others.
pub(super) fn mismatch(names: impl IntoIterator<Item = String>) -> Error {
    let error = Error::failed("the copy in the task differs from what was sent; nothing was put in place");
    names.into_iter().take(10).fold(error, Error::because)
}

/// So many lines say why something failed.
const WORDS: usize = 10;

/// What a script's failure is called.
pub(crate) fn script_failure(answer: &ScriptOutput, what: &str) -> Error {
    let error = match answer.code {
        25 => Error::failed(NO_DIGEST),
        code => Error::failed(format!("{what} (exit code {code})")),
    };
    let (said, more) = (answer.err.lines().take(WORDS), answer.err.lines().skip(WORDS).count());
    let said: Vec<&str> = said.collect();
    match (said.is_empty(), more) {
        (true, _) => error,
        (_, 0) => error.because(said.join("\n")),
        _ => error.because(format!("{}\n… and {}", said.join("\n"), words::count(more, "more line"))),
    }
}
