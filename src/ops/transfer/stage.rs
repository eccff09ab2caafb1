//! Where a copy arrives in a task: built up aside by the task's own tools, compared, and only then moved into place.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::error::{Error, Result};
use crate::ops::exec::launch::quoted;
use crate::ops::exec::talk::{Answer, Feed, Talk};
use crate::ops::transfer::digest::{Digester, Manifest};
use crate::ops::transfer::meter::Meter;
use crate::ops::transfer::pace::{Pace, Pieces};
use crate::ops::transfer::pack::{Packed, Tree, pack, rest_of};

/// How what is sent is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sending {
    /// Bytes a second at most; no limit when none.
    pub(crate) rate: Option<u64>,
    /// Whether owners and groups, by their numbers, are kept.
    pub(crate) owner: bool,
}

/// A directory in a task that a copy is built up in. The shell there removes it when the talk is over.
pub(crate) struct Stage<'t> {
    pub(crate) talk: &'t mut Talk,
    /// Its path there.
    dir: String,
}

/// What an attempt before this one has left.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    size: u64,
    digest: String,
}

impl<'t> Stage<'t> {
    /// Makes one below a directory there; takes over what an attempt that broke off has left in another one.
    pub(crate) async fn open(talk: &'t mut Talk, under: &str, left: Option<&str>) -> Result<Self> {
        let dir = format!("{}/.fleet-{:016x}", under.trim_end_matches('/'), fastrand::u64(..));
        let (new, old) = (quoted(&dir), quoted(left.unwrap_or_default()));
        // The shell of that attempt may still be there, and is not to remove what is not its any more.
        let made = talk.run(&format!("[ -d {old} ] && mv {old} {new} || mkdir {new}")).await?;
        if made.code != 0 {
            return Err(unwilling(&made, &format!("could not write below {under}")));
        }
        talk.at_end(&format!("rm -rf {new}")).await?;
        Ok(Stage { talk, dir })
    }

    /// Its path there.
    pub(crate) fn dir(&self) -> &str {
        &self.dir
    }

    /// Sends a tree and compares what arrived: what was packed, and whether it could be compared.
    pub(crate) async fn receive(
        &mut self,
        tree: Tree,
        sending: Sending,
        resumed: bool,
        meter: &Arc<Meter>,
        verify: bool,
    ) -> Result<(Packed, bool)> {
        let mut out = Outgoing::new(sending, Arc::clone(meter));
        let mut tree = tree;
        let mut had = Manifest::default();
        if resumed {
            let held = self.held().await?;
            (tree, had, out) = self.complete(tree, held, out).await?;
        }
        let flags = if sending.owner { "-xpf" } else { "-xpof" };
        let script =
            format!("command -v tar >/dev/null || exit 22\nC | tar {flags} - -C {}", quoted(&self.dir));
        let feed = self.talk.begin(&script).await?;
        let packing = tokio::task::spawn_blocking(move || {
            let mut pipe = out.into(feed);
            pack(&tree, &mut pipe).and_then(|packed| pipe.finish().map(|_| packed))
        });
        let packed = packing.await.map_err(io::Error::other).and_then(|p| p);
        let answer = self.talk.fed().await?;
        let mut packed = packed.map_err(|e| unreadable(&e))?;
        if answer.code != 0 {
            return Err(unwilling(&answer, "the task could not unpack the copy"));
        }
        packed.files.0.extend(had.0);
        let compared = verify && self.compare(&packed.files).await?;
        Ok((packed, compared))
    }

    /// Sends one program, by nothing but the smallest of tools, and compares what arrived where that can be done: its path there.
    pub(crate) async fn program(&mut self, name: &str, bytes: &[u8]) -> Result<String> {
        let path = format!("{}/{name}", self.dir);
        let (file, size) = (quoted(&path), bytes.len());
        // What cannot be written is read to its end all the same, so that the reason comes back.
        let script =
            format!("C | {{ head -c {size} > {file}; e=$?; cat >/dev/null; exit $e; }} && chmod 700 {file}");
        let feed = self.talk.begin(&script).await?;
        feed.send(bytes).await?;
        let answer = self.talk.fed().await?;
        if answer.code != 0 {
            return Err(unwilling(&answer, &format!("the task could not take {name}")));
        }
        let mut digester = Digester::default();
        digester.add(bytes);
        let sum =
            self.talk.run(&format!("command -v sha256sum >/dev/null || exit 25\nsha256sum {file}")).await?;
        match sum.code {
            0 if sum.out.starts_with(&digester.finish()) => Ok(path),
            25 => Ok(path),
            _ => Err(unwilling(&sum, &format!("what arrived there is not {name} as it was sent"))),
        }
    }

    /// Whether what arrived is what was sent; no, when the task has nothing to tell it with.
    async fn compare(&mut self, sent: &Manifest) -> Result<bool> {
        let script = format!(
            "cd {} || exit 1\nfind . -type f -exec sync {{}} + 2>/dev/null\ncommand -v sha256sum >/dev/null || exit 25\n\
             find . -type f -exec sha256sum {{}} +",
            quoted(&self.dir)
        );
        let answer = self.talk.run(&script).await?;
        match answer.code {
            0 => {}
            25 => return Ok(sent.0.is_empty()),
            _ => return Err(unwilling(&answer, "the task could not read the copy back")),
        }
        let different = sent.differences(&Manifest::of_sha256sum(&answer.out));
        if different.is_empty() {
            return Ok(true);
        }
        let error = Error::failed("what arrived there is not what was sent; nothing was put in place");
        Err(different.into_iter().take(10).fold(error, Error::because))
    }

    /// What is there of an attempt before.
    async fn held(&mut self) -> Result<BTreeMap<String, Held>> {
        let dir = quoted(&self.dir);
        let sums = self.talk.run(&format!("cd {dir} && find . -type f -exec sha256sum {{}} +")).await?;
        let sizes =
            self.talk.run(&format!("cd {dir} && find . -type f -exec stat -c '%s %n' {{}} +")).await?;
        if sums.code != 0 || sizes.code != 0 {
            return Ok(BTreeMap::new());
        }
        let size = |line: &str| {
            let (size, name) = line.split_once(" ./")?;
            Some((name.to_owned(), size.parse::<u64>().ok()?))
        };
        let sizes: BTreeMap<String, u64> = sizes.out.lines().filter_map(size).collect();
        let sums = Manifest::of_sha256sum(&sums.out).0.into_iter();
        Ok(sums
            .filter_map(|(name, digest)| Some((name.clone(), Held { size: *sizes.get(&name)?, digest })))
            .collect())
    }

    /// Sends what is missing at the end of files that are there in part; the tree without those that are whole then, and what
    /// they hold.
    async fn complete(
        &mut self,
        mut tree: Tree,
        held: BTreeMap<String, Held>,
        mut out: Outgoing,
    ) -> Result<(Tree, Manifest, Outgoing)> {
        let mut whole = Manifest::default();
        for (name, Held { size, digest }) in held {
            let Some(at) = tree.entries.iter().position(|(n, _)| *n == name) else { continue };
            let path: PathBuf = tree.entries[at].1.clone();
            let beginning = digest.clone();
            let read = tokio::task::spawn_blocking(move || rest_of(&path, size, &beginning));
            let Some(rest) =
                read.await.map_err(io::Error::other).and_then(|r| r).map_err(|e| unreadable(&e))?
            else {
                continue;
            };
            out.meter.add(size);
            if rest.left == 0 {
                whole.0.insert(name, digest);
                tree.entries.remove(at);
                continue;
            }
            let (file, mode, left) = (quoted(&format!("{}/{name}", self.dir)), rest.mode, rest.left);
            let script = format!(
                "C | head -c {left} >> {file} && chmod {mode:o} {file} && touch -d @{} {file}",
                rest.changed
            );
            let feed = self.talk.begin(&script).await?;
            let sent = tokio::task::spawn_blocking(move || {
                let mut pipe = out.into(feed);
                let digest = rest.copy(&mut pipe)?;
                pipe.finish().map(|out| (digest, out))
            });
            let sent = sent.await.map_err(io::Error::other).and_then(|s| s);
            let answer = self.talk.fed().await?;
            let digest;
            (digest, out) = sent.map_err(|e| unreadable(&e))?;
            if answer.code != 0 {
                return Err(unwilling(&answer, "the task could not take up the copy where it broke off"));
            }
            whole.0.insert(name, digest);
            tree.entries.remove(at);
        }
        Ok((tree, whole, out))
    }

    /// Removes it.
    pub(crate) async fn close(self) -> Result<()> {
        self.talk.run(&format!("rm -rf {}", quoted(&self.dir))).await.map(drop)
    }

    /// Moves what is called `name` in it to be `to`: kinds are compared first, then everything is renamed.
    pub(crate) async fn put(&mut self, name: &str, to: &str) -> Result<()> {
        let script = format!("T={}\nN={}\nO={}\n{PUT}", quoted(&self.dir), quoted(name), quoted(to));
        let answer = self.talk.run(&script).await?;
        match answer.code {
            0 => Ok(()),
            21 => Err(Error::failed(format!(
                "{to} is there and is of another kind: a directory does not take a file's place, nor a file a directory's"
            ))),
            _ => Err(unwilling(&answer, &format!("could not put {to} in place"))),
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
M='D=$1; shift; for f; do [ ! -L "$D/${f##*/}" ] || rm -f "$D/${f##*/}" || exit 1; done; mv -f "$@" "$D/"'
B={}
export M B
find . -type d -exec sh -c 'for d; do find "$d/." ! -name . -prune ! -type d -exec sh -c "$M" sh "$O/$d" "$B" + || exit 1; done' sh {} + || exit 1
"#;

/// What a script's failure is called.
pub(crate) fn unwilling(answer: &Answer, what: &str) -> Error {
    let error = match answer.code {
        22 => Error::failed("the task has no tar"),
        25 => Error::failed("the task has no sha256sum"),
        code => Error::failed(format!("{what} (exit code {code})")),
    };
    if answer.err.is_empty() { error } else { error.because(answer.err.clone()) }
}

fn unreadable(e: &io::Error) -> Error {
    // The session's own end says why it took no more.
    if e.kind() == io::ErrorKind::BrokenPipe {
        return Error::transport("the session has ended");
    }
    Error::failed("could not read what is to be copied").because(e.to_string())
}

/// What is on its way out, before it has somewhere to go.
struct Outgoing {
    meter: Arc<Meter>,
    pace: Pace,
    pieces: Pieces,
    clock: Handle,
}

impl Outgoing {
    fn new(sending: Sending, meter: Arc<Meter>) -> Self {
        let (pace, pieces) = (Pace::new(sending.rate), Pieces::new(sending.rate));
        Outgoing { meter, pace, pieces, clock: Handle::current() }
    }

    fn into(self, feed: Feed) -> Pipe {
        Pipe { feed, held: Vec::with_capacity(self.pieces.size()), out: self }
    }
}

/// Passes on what is written, in whole pieces, no faster than it may.
struct Pipe {
    feed: Feed,
    held: Vec<u8>,
    out: Outgoing,
}

impl Pipe {
    fn pass(&mut self, upto: usize) -> io::Result<()> {
        let begun = Instant::now();
        self.feed.pass(&self.held[..upto])?;
        self.out.pieces.took(begun.elapsed());
        self.held.drain(..upto);
        let wait = self.out.pace.after(upto as u64);
        if !wait.is_zero() {
            self.out.clock.block_on(tokio::time::sleep(wait));
        }
        self.out.meter.add(upto as u64);
        Ok(())
    }

    /// Passes on what is left.
    fn finish(mut self) -> io::Result<Outgoing> {
        if !self.held.is_empty() {
            self.pass(self.held.len())?;
        }
        Ok(self.out)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        while self.held.len() >= self.out.pieces.size() {
            self.pass(self.out.pieces.size())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
