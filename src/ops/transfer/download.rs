//! Files from an allocation to here: over the fs API where it sees them, else packed by the task itself.

use std::io::{self, Read, Write as _};
use std::path::Path;

use bytes::Bytes;
use cap_std::fs::{Dir, OpenOptions};

use crate::error::{Error, Result};
use crate::model::copy_path::RemotePlace;
use crate::model::words;
use crate::ops::exec::launch::SHELL;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::exec::{Access, ExecEvent, InputStreams, Launch, Session, capture};
use crate::ops::transfer::digest::{Digester, FIND_DIGEST_TOOL, Manifest, RUN_ON_FILES};
use crate::ops::transfer::local_staging::LocalStaging;
use crate::ops::transfer::progress::Progress;
use crate::ops::transfer::rate_limit::RateLimit;
use crate::ops::transfer::unpack::{Limits, Unpacked, unpack};
use crate::ops::transfer::walk_archive::{WALK_TREE, WalkArchive};
use crate::ops::transfer::{Copied, LeftOut};

/// How a copy was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadMethod {
    /// Over the fs API, from the allocation's directory.
    FsApi,
    /// Packed by the task's own `tar`.
    Tar,
    /// Printed by the task's own `cat`.
    Cat,
    /// Walked through and printed by the task's own shell.
    Walk,
}

/// A copy out of an allocation.
pub struct Download<'a> {
    /// The task.
    pub access: Access,
    /// Whether it runs, and so commands can.
    pub runs: bool,
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

/// What the task says of the thing to copy.
struct Probed {
    dir: String,
    name: String,
    is_dir: bool,
    has_tar: bool,
}

impl Download<'_> {
    /// Copies a file or a tree to a destination here.
    ///
    /// # Errors
    /// When it cannot be read, written or compared; then nothing is in its place here.
    pub async fn run(&self, to: &Path, progress: &Progress) -> Result<(Copied, ReadMethod)> {
        match self.place.in_alloc_dir(&self.access.task_ref.task) {
            Some(path) => Box::pin(self.over_fs(&path, to, progress)).await,
            None => Box::pin(self.through_task(to, progress)).await,
        }
    }

    async fn through_task(&self, to: &Path, progress: &Progress) -> Result<(Copied, ReadMethod)> {
        if !self.runs {
            return Err(Error::failed(
                "the task does not run, and only its allocation's directory can be read",
            )
            .hint("paths there: alloc:/…, alloc/…, local/…, tmp/…"));
        }
        let probed = self.probe().await?;
        let Probed { dir, name, is_dir, has_tar } = &probed;
        let wanted = if self.place.name() == "root" { name.as_str() } else { self.place.name() };
        let staging = LocalStaging::new(to, wanted)?;
        let path = format!("./{name}");
        let script = Script::default().within(dir);
        let (script, way) = match (has_tar, is_dir) {
            (true, _) => (script.line(&format!("exec tar -cf - {}", quoted(&path))), ReadMethod::Tar),
            (false, true) => (script.set("ROOT", &path).then(WALK_TREE), ReadMethod::Walk),
            (false, false) => (script.line(&format!("exec cat {}", quoted(&path))), ReadMethod::Cat),
        };
        let whole = quoted(&format!("{}/{name}", dir.trim_end_matches('/')));
        let told = async { if self.verify { digests(&self.access, &whole, name).await } else { Ok(None) } };
        // The task makes its digests while the files come.
        let (unpacked, told) = tokio::join!(self.receive(script, &staging, name, way, progress), told);
        let (unpacked, told) = (unpacked?, told?);
        if let Some(told) = &told {
            ensure_same(&unpacked.files, told)?;
        }
        staging.commit(name)?;
        let (files, verified) = (unpacked.files.0.len() as u64, told.is_some());
        let Unpacked { bytes, left_out, .. } = unpacked;
        Ok((Copied { files, bytes, verified, left_out, grown: Vec::new(), busy: Vec::new() }, way))
    }

    /// Takes what a command prints into the staging directory.
    async fn receive(
        &self,
        script: Script,
        staging: &LocalStaging,
        name: &str,
        way: ReadMethod,
        progress: &Progress,
    ) -> Result<Unpacked> {
        let (send, pieces) = std::sync::mpsc::sync_channel::<Bytes>(16);
        let writing = self.write_beside(pieces, staging, name, way)?;
        let mut send = Some(send);
        let mut said = Vec::new();
        let mut on_event = |event: ExecEvent| {
            match event {
                ExecEvent::Stdout(bytes) => {
                    progress.add(bytes.len() as u64);
                    // When the other end has given up, its reason is told below.
                    let gone = send.as_ref().is_none_or(|s| s.send(bytes).is_err());
                    if gone {
                        return Err(Error::failed("given up"));
                    }
                }
                ExecEvent::Stderr(bytes) => said.extend_from_slice(&bytes),
                ExecEvent::Opened | ExecEvent::Retrying(_) | ExecEvent::SignalNotSent(_) => {}
            }
            Ok(())
        };
        let launch = Launch::of([SHELL, "-c", script.text()]);
        let session = Session { access: &self.access, launch: &launch };
        let ran = session.run(&mut InputStreams::of_bytes(Bytes::new()), &mut on_event).await;
        drop(send.take());
        let written =
            writing.await.map_err(|e| Error::failed("could not unpack the copy").because(e.to_string()))?;
        let unpacked = match (written, ran) {
            (Err(why), _) => return Err(Error::failed("could not receive the copy").because(why)),
            (Ok(_), Err(error)) => return Err(error),
            (Ok(unpacked), Ok(0)) => unpacked,
            (Ok(mut unpacked), Ok(code)) => {
                let words = String::from_utf8_lossy(&said).trim().to_owned();
                let refused: Vec<LeftOut> = words.lines().filter_map(refused).collect();
                // The comparison tells whether the rest is whole.
                if way != ReadMethod::Cat && !refused.is_empty() && !unpacked.files.0.is_empty() {
                    unpacked.left_out.extend(refused);
                    return Ok(unpacked);
                }
                return Err(Error::failed(format!("the task could not read all of it (exit code {code})"))
                    .because(words));
            }
        };
        Ok(unpacked)
    }

    /// Writes what comes in, in a thread of its own.
    fn write_beside(
        &self,
        pieces: std::sync::mpsc::Receiver<Bytes>,
        staging: &LocalStaging,
        name: &str,
        way: ReadMethod,
    ) -> Result<tokio::task::JoinHandle<std::result::Result<Unpacked, String>>> {
        let dir = staging.dir.try_clone().map_err(|e| unwritable(name, &e))?;
        let (root, limits, owner) = (name.to_owned(), self.limits, self.owner);
        let rate_limit = RateLimit::new(self.rate);
        Ok(tokio::task::spawn_blocking(move || {
            let mut incoming = Incoming { pieces, piece: Bytes::new(), rate_limit };
            let unpacked = match way {
                ReadMethod::Cat | ReadMethod::FsApi => return plain(&mut incoming, &dir, &root, limits),
                ReadMethod::Tar => unpack(&mut incoming, &dir, &root, limits, owner),
                ReadMethod::Walk => unpack(WalkArchive::new(&mut incoming), &dir, &root, limits, false),
            };
            let unpacked = unpacked.map_err(|e| e.to_string())?;
            // Whatever pads the archive is read too, or its sender waits.
            io::copy(&mut incoming, &mut io::sink()).map_err(|e| e.to_string())?;
            Ok(unpacked)
        }))
    }

    async fn probe(&self) -> Result<Probed> {
        let path = self.place.in_shell(quoted).map_err(Error::usage)?;
        let script = Script::default().set_to("SOURCE", &path).then(include_str!("scripts/probe_source.sh"));
        let ran = run_script(&self.access, &script).await?;
        let said = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        match ran.code {
            0 => {}
            23 => return Err(Error::not_found(format!("no such file or directory in the task: {path}"))),
            127 => {
                return Err(Error::failed(
                    "the task has no shell, and only its allocation's directory can be read without one",
                ));
            }
            _ => return Err(Error::failed(format!("the task cannot read {path}")).because(said)),
        }
        let text = String::from_utf8_lossy(&ran.stdout).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let [dir, name, kind, tar] = lines[..] else {
            return Err(Error::failed(format!("{path} has a name with line ends, which is not copied")));
        };
        if matches!(name, "/" | "." | "..") {
            return Err(Error::usage("name a directory below /, or a file"));
        }
        Ok(Probed {
            dir: dir.to_owned(),
            name: name.to_owned(),
            is_dir: kind == "dir",
            has_tar: tar == "tar",
        })
    }
}

/// What a line of `tar`, GNU's or busybox's, or of a walk says could not be read.
fn refused(line: &str) -> Option<LeftOut> {
    let words = line.strip_prefix("tar: ").or_else(|| line.strip_prefix("left: "))?;
    let (path, why) = match words.strip_prefix("can't open '") {
        Some(rest) => rest.split_once("': ")?,
        None => words.split_once(": ")?,
    };
    let path = path.strip_prefix("./")?.to_owned();
    Some(LeftOut { path, why: why.to_owned() })
}

pub(super) async fn run_script(access: &Access, script: &Script) -> Result<capture::Captured> {
    let launch = Launch::of([SHELL, "-c", script.text()]);
    capture::run(access, &launch, Bytes::new()).await
}

/// The digests of all files at and below a path, by their path in a copy called `name`; none where no tool is there.
pub(super) async fn digests(access: &Access, path: &str, name: &str) -> Result<Option<Manifest>> {
    let script = Script::default()
        .set_to("SOURCE", path)
        .then(FIND_DIGEST_TOOL)
        .then(RUN_ON_FILES)
        .then(include_str!("scripts/digest_source.sh"));
    let ran = run_script(access, &script).await?;
    if matches!(ran.code, 25 | 126 | 127) {
        return Ok(None);
    }
    // Names that are not UTF-8 are told as left out.
    let lines = ran.stdout.split(|b| *b == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let text = lines.collect::<Vec<_>>().join("\n");
    let under = |path: String| if path == "-" { name.to_owned() } else { format!("{name}/{path}") };
    Ok(Some(Manifest(Manifest::of_sha256sum(&text).0.into_iter().map(|(p, d)| (under(p), d)).collect())))
}

pub(super) fn ensure_same(here: &Manifest, there: &Manifest) -> Result<()> {
    let mismatch = here.differences(there);
    if mismatch.is_empty() {
        return Ok(());
    }
    let error = Error::failed(
        "the copy is not what the task has: it changed meanwhile, or was damaged; nothing was put in place",
    );
    Err(mismatch.into_iter().take(10).fold(error, Error::because))
}

pub(super) fn unwritable(path: &str, e: &io::Error) -> Error {
    Error::failed(format!("could not write {path}")).because(e.to_string())
}

/// Reads what comes through a channel.
struct Incoming {
    pieces: std::sync::mpsc::Receiver<Bytes>,
    piece: Bytes,
    rate_limit: RateLimit,
}

impl Incoming {
    /// Keeps the pace; whoever sends waits too.
    fn pause(&mut self, bytes: u64) {
        let wait = self.rate_limit.after(bytes);
        #[expect(
            clippy::disallowed_methods,
            reason = "a thread of its own, whose sender must not go on meanwhile"
        )]
        std::thread::sleep(wait);
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.recv() {
                Ok(piece) => {
                    self.pause(piece.len() as u64);
                    self.piece = piece;
                }
                Err(_) => return Ok(0),
            }
        }
        let n = buffer.len().min(self.piece.len());
        buffer[..n].copy_from_slice(&self.piece.split_to(n));
        Ok(n)
    }
}

fn plain(incoming: &mut Incoming, dir: &Dir, name: &str, limits: Limits) -> Result<Unpacked, String> {
    let mut file =
        dir.open_with(name, OpenOptions::new().write(true).create_new(true)).map_err(|e| e.to_string())?;
    let (mut digester, mut bytes) = (Digester::default(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = incoming.read(&mut buffer).map_err(|e| e.to_string())?;
        if n == 0 {
            break;
        }
        bytes += n as u64;
        if bytes > limits.bytes {
            return Err(format!("it holds more than {}", words::count(limits.bytes, "byte")));
        }
        digester.add(&buffer[..n]);
        file.write_all(&buffer[..n]).map_err(|e| e.to_string())?;
    }
    file.sync_all().map_err(|e| e.to_string())?;
    let files = Manifest([(name.to_owned(), digester.finish())].into());
    Ok(Unpacked { files, bytes, left_out: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn what_could_not_be_read_is_told_by_its_path() {
        let read = |line: &str| refused(line).map(|l| (l.path, l.why));
        let denied = Some(("a dir/x".to_owned(), "Cannot open: Permission denied".to_owned()));
        assert_eq!(read("tar: ./a dir/x: Cannot open: Permission denied"), denied);
        let denied = Some(("x".to_owned(), "Permission denied".to_owned()));
        assert_eq!(read("tar: can't open './x': Permission denied"), denied);
        assert_eq!(read("tar: Exiting with failure status due to previous errors"), None);
        assert_eq!(read("tar: error exit delayed from previous errors"), None);
    }
}
