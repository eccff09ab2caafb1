//! Files from an allocation to here: over the fs API where it sees them, else packed by the task itself.

use std::io::{self, Read, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cap_std::fs::{Dir, OpenOptions, Permissions, PermissionsExt as _};
use tokio::time::{Instant, sleep};

use crate::api::http::Backoff;
use crate::api::nomad::fs::{self, Entry, Kind};
use crate::error::{Error, Result};
use crate::model::copy_path::RemotePlace;
use crate::ops::exec::launch::quoted;
use crate::ops::exec::{Access, Asks, Launch, Session, Told, capture};
use crate::ops::transfer::digest::{Digest, Digester, Manifest};
use crate::ops::transfer::meter::Meter;
use crate::ops::transfer::pace::Pace;
use crate::ops::transfer::place::Staging;
use crate::ops::transfer::unpack::{Limits, Unpacked, unpack};
use crate::ops::transfer::{Copied, LeftOut};

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

/// How much is read over the fs API at once: a broken connection costs no more.
const PIECE: u64 = 4 << 20;
/// How long a passing fault is waited out.
const PATIENCE: Duration = Duration::from_secs(60);

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
    pub async fn run(&self, to: &Path, meter: &Meter) -> Result<(Copied, Way)> {
        match self.place.in_alloc_dir(&self.access.spot.task) {
            Some(path) => self.over_fs(&path, to, meter).await,
            None => self.through_task(to, meter).await,
        }
    }

    fn alloc_id(&self) -> &str {
        &self.access.spot.alloc_id
    }

    async fn over_fs(&self, path: &str, to: &Path, meter: &Meter) -> Result<(Copied, Way)> {
        let name = self.place.name().to_owned();
        let root = self.root(path).await?;
        let staging = Staging::new(to, &name)?;
        let mut out = Unpacked::default();
        let mut entries = 0_u64;
        if root.kind() == Kind::File {
            meter.expect(root.size);
        }
        let mut todo = vec![(path.to_owned(), name.clone(), root)];
        while let Some((from, below, entry)) = todo.pop() {
            entries += 1;
            if entries > self.limits.entries || below.split('/').count() > self.limits.depth {
                return Err(Error::failed("the copy holds more files or directories than it may"));
            }
            let why = match entry.kind() {
                Kind::File => match self.file(&from, &below, &entry, &staging.dir, &mut out, meter).await {
                    Ok(()) => continue,
                    Err(error) if error.code() == crate::exit_code::ExitCode::Refused => error.to_string(),
                    Err(error) => return Err(error),
                },
                Kind::Dir => {
                    staging.dir.create_dir(&below).map_err(|e| unwritable(&below, &e))?;
                    let children = self
                        .access
                        .http
                        .read(&fs::ls(self.alloc_id(), &from))
                        .await?
                        .value
                        .unwrap_or_default();
                    for child in children {
                        if child.name.contains('/') || matches!(child.name.as_str(), "" | "." | "..") {
                            out.left_out
                                .push(LeftOut { path: child.name, why: "a name no file has".to_owned() });
                            continue;
                        }
                        if child.kind() == Kind::File {
                            meter.expect(child.size);
                        }
                        let next =
                            (format!("{from}/{}", child.name), format!("{below}/{}", child.name), child);
                        todo.push(next);
                    }
                    continue;
                }
                Kind::Link => "a link, and the fs API does not tell where to".to_owned(),
                Kind::Special => "a fifo, socket or device".to_owned(),
            };
            out.left_out.push(LeftOut { path: below, why });
        }
        let verified = self.verify && self.compare_fs(path, &name, &out.files).await?;
        staging.commit(&name)?;
        let files = out.files.0.len() as u64;
        Ok((Copied { files, bytes: out.bytes, verified, left_out: out.left_out }, Way::FsApi))
    }

    /// What the path itself is. It is looked for in its directory first: to look at a fifo hangs.
    async fn root(&self, path: &str) -> Result<Entry> {
        let trimmed = path.trim_end_matches('/');
        let (parent, name) = trimmed.rsplit_once('/').unwrap_or(("/", trimmed));
        if name != "." {
            let siblings =
                self.access.http.read(&fs::ls(self.alloc_id(), parent)).await?.value.unwrap_or_default();
            let found = siblings.into_iter().find(|e| e.name == name);
            let found =
                found.ok_or_else(|| Error::not_found(format!("there is no {path:?} in the allocation")))?;
            if found.kind() != Kind::Link {
                return Ok(found);
            }
        }
        Ok(self.access.http.read(&fs::stat(self.alloc_id(), path)).await?.value)
    }

    async fn file(
        &self,
        from: &str,
        below: &str,
        entry: &Entry,
        dir: &Dir,
        out: &mut Unpacked,
        meter: &Meter,
    ) -> Result<()> {
        if out.bytes + entry.size > self.limits.bytes {
            return Err(Error::failed(format!("the copy holds more than {} bytes", self.limits.bytes)));
        }
        let failed = |e: io::Error| unwritable(below, &e);
        let mut file =
            dir.open_with(below, OpenOptions::new().write(true).create_new(true)).map_err(failed)?;
        let mut written = Ok(());
        let mut keep = |bytes: &[u8]| {
            meter.add(bytes.len() as u64);
            if written.is_ok() {
                written = file.write_all(bytes);
            }
        };
        let digest = match self.read(from, entry.size, &mut keep).await {
            Ok(digest) => digest,
            Err(error) => {
                drop(dir.remove_file(below));
                return Err(error);
            }
        };
        written.map_err(failed)?;
        file.set_permissions(Permissions::from_mode(entry.permissions())).map_err(failed)?;
        let file = file.into_std();
        if let Some(at) = entry.mod_time {
            file.set_modified(SystemTime::from(at)).map_err(failed)?;
        }
        file.sync_all().map_err(failed)?;
        out.bytes += entry.size;
        out.files.0.insert(below.to_owned(), digest);
        Ok(())
    }

    /// Reads a whole file, piece by piece, each again when its connection breaks.
    async fn read(&self, path: &str, size: u64, keep: &mut dyn FnMut(&[u8])) -> Result<Digest> {
        let (mut digester, mut offset) = (Digester::default(), 0);
        let (mut backoff, mut trouble) = (Backoff::default(), None::<Instant>);
        let mut pace = Pace::new(self.rate);
        while offset < size {
            let before = offset;
            let piece = async {
                let limit = PIECE.min(size - offset);
                let mut answer = fs::read_at(&self.access.http, self.alloc_id(), path, offset, limit).await?;
                while let Some(bytes) = answer.chunk().await? {
                    offset += bytes.len() as u64;
                    digester.add(&bytes);
                    keep(&bytes);
                    sleep(pace.after(bytes.len() as u64)).await;
                }
                Ok::<_, crate::api::Error>(())
            };
            match piece.await {
                Ok(()) if offset == before => {
                    return Err(Error::failed(format!("{path:?} became shorter while it was copied")));
                }
                Ok(()) => (backoff, trouble) = (Backoff::default(), None),
                Err(e) if e.is_passing() && trouble.is_none_or(|t| t.elapsed() < PATIENCE) => {
                    trouble.get_or_insert_with(Instant::now);
                    sleep(backoff.pause()).await;
                }
                // What may not be read, such as a secret, is left out; the rest is copied.
                Err(e) if e.text.contains("prohibited") => return Err(Error::refused(e.text)),
                Err(e) => return Err(e.into()),
            }
        }
        if offset != size {
            return Err(Error::failed(format!(
                "{path:?} changed while it was copied: {offset} bytes instead of {size}"
            )));
        }
        Ok(digester.finish())
    }

    /// Compares with what the task says of the files, or, where it says nothing, with a second reading.
    async fn compare_fs(&self, path: &str, name: &str, files: &Manifest) -> Result<bool> {
        let there = match (self.runs, self.place.in_shell(quoted)) {
            // Who may read files need not be one who may run commands.
            (true, Ok(shell)) => digests(&self.access, &shell, name).await.unwrap_or(None),
            _ => None,
        };
        let there = match there {
            Some(there) => there,
            None => {
                let mut again = Manifest::default();
                for below in files.0.keys() {
                    let from = format!("{path}{}", below.strip_prefix(name).unwrap_or_default());
                    let size = self.access.http.read(&fs::stat(self.alloc_id(), &from)).await?.value.size;
                    again.0.insert(below.clone(), self.read(&from, size, &mut |_| {}).await?);
                }
                again
            }
        };
        let there = Manifest(there.0.into_iter().filter(|(path, _)| files.0.contains_key(path)).collect());
        same(files, &there)?;
        Ok(true)
    }

    async fn through_task(&self, to: &Path, meter: &Meter) -> Result<(Copied, Way)> {
        if !self.runs {
            let what = "the task does not run, and only its allocation's directory can be read";
            return Err(Error::failed(what).hint("paths there: alloc:/…, alloc/…, local/…, tmp/…"));
        }
        let probed = self.probe().await?;
        let Probed { dir, name, is_dir, has_tar } = &probed;
        if *is_dir && !has_tar {
            return Err(Error::failed(
                "the task has no tar, which packs directories; single files can be copied",
            ));
        }
        let wanted = if self.place.name() == "root" { name.as_str() } else { self.place.name() };
        let staging = Staging::new(to, wanted)?;
        let (command, way) = if *has_tar {
            (format!("tar -cf - {}", quoted(&format!("./{name}"))), Way::Tar)
        } else {
            (format!("cat {}", quoted(&format!("./{name}"))), Way::Cat)
        };
        let script = format!("cd {} && exec {command}", quoted(dir));
        let unpacked = self.receive(script, &staging, name, *has_tar, meter).await?;
        let mut verified = false;
        if self.verify {
            let there =
                digests(&self.access, &quoted(&format!("{}/{name}", dir.trim_end_matches('/'))), name)
                    .await?;
            if let Some(there) = there {
                same(&unpacked.files, &there)?;
                verified = true;
            }
        }
        staging.commit(name)?;
        let files = unpacked.files.0.len() as u64;
        Ok((Copied { files, bytes: unpacked.bytes, verified, left_out: unpacked.left_out }, way))
    }

    /// Takes what a command prints into the staging directory.
    async fn receive(
        &self,
        script: String,
        staging: &Staging,
        name: &str,
        packed: bool,
        meter: &Meter,
    ) -> Result<Unpacked> {
        let (send, pieces) = std::sync::mpsc::sync_channel::<Bytes>(16);
        let dir = staging.dir.try_clone().map_err(|e| unwritable(name, &e))?;
        let (root, limits, owner) = (name.to_owned(), self.limits, self.owner);
        let pace = Pace::new(self.rate);
        let writing = tokio::task::spawn_blocking(move || {
            let mut incoming = Incoming { pieces, piece: Bytes::new(), pace };
            if packed {
                let unpacked =
                    unpack(&mut incoming, &dir, &root, limits, owner).map_err(|e| e.to_string())?;
                // Whatever pads the archive is read too, or its sender waits.
                io::copy(&mut incoming, &mut io::sink()).map_err(|e| e.to_string())?;
                return Ok(unpacked);
            }
            plain(&mut incoming, &dir, &root, limits)
        });
        let mut send = Some(send);
        let mut said = Vec::new();
        let mut told = |told: Told| {
            match told {
                Told::Stdout(bytes) => {
                    meter.add(bytes.len() as u64);
                    // When the other end has given up, its reason is told below.
                    let gone = send.as_ref().is_none_or(|s| s.send(bytes).is_err());
                    if gone {
                        return Err(Error::failed("given up"));
                    }
                }
                Told::Stderr(bytes) => said.extend_from_slice(&bytes),
                Told::Opened | Told::Again(_) | Told::Unsignalled(_) => {}
            }
            Ok(())
        };
        let launch = Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), script]);
        let session = Session { access: &self.access, launch: &launch };
        let ran = session.run(&mut Asks::of_bytes(Bytes::new()), &mut told).await;
        drop(send.take());
        let written =
            writing.await.map_err(|e| Error::failed("could not unpack the copy").because(e.to_string()))?;
        let unpacked = match (written, ran) {
            (Err(why), _) => return Err(Error::failed("could not take the copy").because(why)),
            (Ok(_), Err(error)) => return Err(error),
            (Ok(unpacked), Ok(0)) => unpacked,
            (Ok(_), Ok(code)) => {
                let words = String::from_utf8_lossy(&said).trim().to_owned();
                return Err(Error::failed(format!("the task could not read all of it (exit code {code})"))
                    .because(words));
            }
        };
        Ok(unpacked)
    }

    async fn probe(&self) -> Result<Probed> {
        let path = self.place.in_shell(quoted).map_err(Error::usage)?;
        let script = format!(
            "S={path}\n[ -e \"$S\" ] || exit 23\n[ -L \"$S\" ] && S=$(readlink -f \"$S\")\ncd \"$(dirname \"$S\")\" || exit 24\n\
             pwd\nbasename \"$S\"\n[ -d \"$S\" ] && echo dir || echo file\ncommand -v tar >/dev/null && echo tar || echo none\n"
        );
        let ran = shell(&self.access, script).await?;
        let said = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        match ran.code {
            0 => {}
            23 => return Err(Error::not_found(format!("there is no {path} in the task"))),
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

async fn shell(access: &Access, script: String) -> Result<capture::Captured> {
    let launch = Launch::of(["/bin/sh".to_owned(), "-c".to_owned(), script]);
    capture::run(access, &launch, Bytes::new()).await
}

/// The digests of all files at and below a path, by their path in a copy called `name`; none where no tool is there.
async fn digests(access: &Access, path: &str, name: &str) -> Result<Option<Manifest>> {
    let script = format!(
        "command -v sha256sum >/dev/null || exit 25\nS={path}\n[ -L \"$S\" ] && S=$(readlink -f \"$S\")\n\
         if [ -d \"$S\" ]; then cd \"$S\" && find . -type f -exec sha256sum {{}} +; else sha256sum < \"$S\"; fi\n"
    );
    let ran = shell(access, script).await?;
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

/// Reads what comes through a channel.
struct Incoming {
    pieces: std::sync::mpsc::Receiver<Bytes>,
    piece: Bytes,
    pace: Pace,
}

impl Incoming {
    /// Keeps the pace; whoever sends waits too.
    fn pause(&mut self, bytes: u64) {
        let wait = self.pace.after(bytes);
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
            return Err(format!("it holds more than {} bytes", limits.bytes));
        }
        digester.add(&buffer[..n]);
        file.write_all(&buffer[..n]).map_err(|e| e.to_string())?;
    }
    file.sync_all().map_err(|e| e.to_string())?;
    let files = Manifest([(name.to_owned(), digester.finish())].into());
    Ok(Unpacked { files, bytes, left_out: Vec::new() })
}
