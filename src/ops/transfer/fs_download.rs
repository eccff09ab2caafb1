//! What lies in an allocation's directory, read over the fs API: also when the task has ended, or has no shell.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use cap_std::fs::{OpenOptions, Permissions, PermissionsExt as _};
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::time::sleep;

use crate::api::nomad::fs::{self, Entry, Kind};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::words;
use crate::ops::alloc_files::{AllocFile, PassingFaults};
use crate::ops::exec::script::{Script, quoted};
use crate::ops::transfer::digest::{Digest, Digester, Manifest};
use crate::ops::transfer::download::{Download, ReadMethod, digests, ensure_same, run_script, unwritable};
use crate::ops::transfer::local_staging::LocalStaging;
use crate::ops::transfer::progress::Progress;
use crate::ops::transfer::rate_limit::RateLimit;
use crate::ops::transfer::unpack::{Unpacked, leads_within};
use crate::ops::transfer::{Copied, LIST_LINKS, LeftOut};

/// How much is asked for at once. What has come of it is not read again when the connection breaks.
const PIECE: u64 = 64 << 20;
/// How many files are read at the same time: most are small, and wait for an answer each.
const AT_ONCE: usize = 8;

/// A file that was found: its path there, its path in the copy, and what its directory says of it.
struct FoundFile {
    from: String,
    below: String,
    entry: Entry,
}

impl Download<'_> {
    fn alloc_id(&self) -> &str {
        &self.access.task_ref.alloc_id
    }

    pub(super) async fn over_fs(
        &self,
        path: &str,
        to: &Path,
        progress: &Progress,
    ) -> Result<(Copied, ReadMethod)> {
        let name = self.place.name().to_owned();
        let root = AllocFile { http: &self.access.http, alloc_id: self.alloc_id(), path }.entry().await?;
        let staging = LocalStaging::new(to, &name)?;
        // The task makes its digests while the files are read.
        let (fetched, told) =
            tokio::join!(self.fetch((path, &name, root), &staging, progress), self.told(&name));
        let Fetched { out, sizes } = fetched?;
        let grown = match self.verify {
            true => self.compare_fs((path, &name), &out.files, &sizes, told).await?,
            false => Vec::new(),
        };
        staging.commit(&name)?;
        let files = out.files.0.len() as u64;
        let Unpacked { bytes, left_out, .. } = out;
        Ok((
            Copied { files, bytes, verified: self.verify, left_out, grown, busy: Vec::new() },
            ReadMethod::FsApi,
        ))
    }

    /// Reads everything into the staging directory.
    async fn fetch(
        &self,
        from: (&str, &str, Entry),
        staging: &LocalStaging,
        progress: &Progress,
    ) -> Result<Fetched> {
        let (mut out, mut sizes) = (Unpacked::default(), BTreeMap::new());
        let (files, links) = self.walk(from, staging, &mut out, progress).await?;
        let rate_limit = RefCell::new(RateLimit::new(self.rate));
        let read = async |found| (self.file(&found, staging, (progress, &rate_limit)).await, found);
        let mut reading = stream::iter(files).map(read).buffer_unordered(AT_ONCE);
        while let Some((digest, FoundFile { below, entry, .. })) = reading.next().await {
            match digest {
                Ok(digest) => {
                    out.bytes += entry.size;
                    sizes.insert(below.clone(), entry.size);
                    out.files.0.insert(below, digest);
                }
                // What may not be read, such as a secret, is left out; the rest is copied.
                Err(error) if error.code() == ExitCode::Refused => {
                    out.left_out.push(LeftOut { path: below, why: error.to_string() });
                }
                Err(error) => return Err(error),
            }
        }
        drop(reading);
        self.links(links, staging, &mut out).await?;
        Ok(Fetched { out, sizes })
    }

    /// Makes the directories of the copy; the files that belong in them, and the links.
    async fn walk(
        &self,
        (path, name, root): (&str, &str, Entry),
        staging: &LocalStaging,
        out: &mut Unpacked,
        progress: &Progress,
    ) -> Result<(Vec<FoundFile>, Vec<String>)> {
        let (mut files, mut links) = (Vec::new(), Vec::new());
        let (mut entries, mut bytes) = (0_u64, 0_u64);
        let mut todo = vec![FoundFile { from: path.to_owned(), below: name.to_owned(), entry: root }];
        while let Some(found) = todo.pop() {
            let FoundFile { from, below, entry } = &found;
            entries += 1;
            if entries > self.limits.entries || below.split('/').count() > self.limits.depth {
                return Err(Error::failed("the copy holds more files or directories than it may"));
            }
            match entry.kind() {
                Kind::File => {
                    progress.expect(entry.size);
                    bytes = bytes.saturating_add(entry.size);
                    if bytes > self.limits.bytes {
                        return Err(Error::failed(format!(
                            "the copy holds more than {}",
                            words::count(self.limits.bytes, "byte")
                        )));
                    }
                    files.push(found);
                }
                Kind::Dir => {
                    staging.dir.create_dir(below).map_err(|e| unwritable(below, &e))?;
                    todo.extend(self.children(from, below, out).await?);
                }
                Kind::Link => links.push(found.below),
                Kind::Special if is_nomads_own(from) => {}
                Kind::Special => {
                    let why = "a fifo, socket or device".to_owned();
                    out.left_out.push(LeftOut { path: found.below, why });
                }
            }
        }
        Ok((files, links))
    }

    /// What is in a directory; what has no name that can be asked for is left out.
    async fn children(&self, from: &str, below: &str, out: &mut Unpacked) -> Result<Vec<FoundFile>> {
        let listed = self.access.http.read(&fs::ls(self.alloc_id(), from)).await?.value;
        let mut children = Vec::new();
        for entry in listed.unwrap_or_default() {
            if entry.name.contains('/') || matches!(entry.name.as_str(), "" | "." | "..") {
                out.left_out.push(LeftOut { path: entry.name, why: "not a valid file name".to_owned() });
                continue;
            }
            let (from, below) = (format!("{from}/{}", entry.name), format!("{below}/{}", entry.name));
            // The API tells such bytes as this character, by which they are not found again.
            if entry.name.contains(char::REPLACEMENT_CHARACTER)
                && self.access.http.read(&fs::stat(self.alloc_id(), &from)).await.is_err()
            {
                out.left_out.push(LeftOut { path: below, why: "a name that is not UTF-8".to_owned() });
                continue;
            }
            children.push(FoundFile { from, below, entry });
        }
        Ok(children)
    }

    /// Makes the links as the task itself tells where they lead; those of which it does not are left out.
    async fn links(&self, links: Vec<String>, staging: &LocalStaging, out: &mut Unpacked) -> Result<()> {
        if links.is_empty() {
            return Ok(());
        }
        let told = self.targets().await.unwrap_or_default();
        for below in links {
            let inner = below.split_once('/').map_or("", |(_, inner)| inner);
            let skeleton = match told.get(inner) {
                None => Err("a link, and the file API does not say where it leads"),
                Some(target) => match leads_within(Path::new(&below), target) {
                    Ok(()) => {
                        staging.dir.symlink(target, &below).map_err(|e| unwritable(&below, &e))?;
                        Ok(())
                    }
                    Err(why) => Err(why),
                },
            };
            if let Err(why) = skeleton {
                out.left_out.push(LeftOut { path: below, why: why.to_owned() });
            }
        }
        Ok(())
    }

    /// Where links below the path lead, by their path in it; none when nobody there can tell.
    async fn targets(&self) -> Option<BTreeMap<String, String>> {
        let path = self.place.in_shell(quoted).ok().filter(|_| self.runs)?;
        let script = Script::default().line(&format!("cd {path} || exit 1")).then(LIST_LINKS);
        let ran = run_script(&self.access, &script).await.ok().filter(|ran| ran.code == 0)?;
        let text = String::from_utf8(ran.stdout).ok()?;
        let lines: Vec<&str> = text.lines().collect();
        // A name with a line end would give one link the target of another.
        let pair = |pair: &[&str]| match pair {
            [link, target] => Some((link.strip_prefix("./")?.to_owned(), (*target).to_owned())),
            _ => None,
        };
        lines.chunks(2).map(pair).collect()
    }

    async fn file(
        &self,
        FoundFile { from, below, entry }: &FoundFile,
        staging: &LocalStaging,
        (progress, rate_limit): (&Progress, &RefCell<RateLimit>),
    ) -> Result<Digest> {
        let failed = |e: std::io::Error| unwritable(below, &e);
        let mut file =
            staging.dir.open_with(below, OpenOptions::new().write(true).create_new(true)).map_err(failed)?;
        let mut written = Ok(());
        let mut keep = |bytes: &[u8]| {
            progress.add(bytes.len() as u64);
            if written.is_ok() {
                written = file.write_all(bytes);
            }
        };
        let digest = match self.read(from, entry.size, rate_limit, &mut keep).await {
            Ok(digest) => digest,
            Err(error) => {
                drop(staging.dir.remove_file(below));
                return Err(error);
            }
        };
        written.map_err(failed)?;
        file.set_permissions(Permissions::from_mode(entry.permissions())).map_err(failed)?;
        let file = file.into_std();
        if let Some(at) = entry.mod_time {
            file.set_modified(SystemTime::from(at)).map_err(failed)?;
        }
        let synced = tokio::task::spawn_blocking(move || file.sync_all()).await;
        synced.map_err(std::io::Error::other).and_then(|s| s).map_err(failed)?;
        Ok(digest)
    }

    /// Reads a whole file, piece by piece, each again when its connection breaks.
    async fn read(
        &self,
        path: &str,
        size: u64,
        rate_limit: &RefCell<RateLimit>,
        keep: &mut dyn FnMut(&[u8]),
    ) -> Result<Digest> {
        let (mut digester, mut offset) = (Digester::default(), 0);
        let mut faults = PassingFaults::default();
        while offset < size {
            let before = offset;
            let piece = async {
                let limit = PIECE.min(size - offset);
                let mut answer = fs::read_at(&self.access.http, self.alloc_id(), path, offset, limit).await?;
                while let Some(bytes) = answer.chunk().await? {
                    offset += bytes.len() as u64;
                    digester.add(&bytes);
                    keep(&bytes);
                    let pause = rate_limit.borrow_mut().after(bytes.len() as u64);
                    // Not even for no time: the clock has whole milliseconds, and there are thousands of chunks.
                    if !pause.is_zero() {
                        sleep(pause).await;
                    }
                }
                Ok::<_, crate::api::Error>(())
            };
            match piece.await {
                Ok(()) if offset == before => {
                    return Err(Error::failed(format!("{path:?} became shorter while it was copied")));
                }
                Ok(()) => faults.over(),
                Err(e) => faults.wait_out(e).await?,
            }
        }
        if offset != size {
            return Err(Error::failed(format!(
                "{path:?} changed while it was copied: {offset} of {} were there",
                words::count(size, "byte")
            )));
        }
        Ok(digester.finish())
    }

    /// What the task says of the files: who may read them need not be one who may run commands.
    async fn told(&self, name: &str) -> Option<Manifest> {
        let path = self.place.in_shell(quoted).ok().filter(|_| self.runs && self.verify)?;
        digests(&self.access, &path, name).await.unwrap_or(None)
    }

    /// Compares with what the task says of the files, and where it says nothing, or something else, with a second reading. Those of
    /// which more is there by now, such as logs: what is here of them is their beginning.
    async fn compare_fs(
        &self,
        (path, name): (&str, &str),
        files: &Manifest,
        sizes: &BTreeMap<String, u64>,
        told: Option<Manifest>,
    ) -> Result<Vec<String>> {
        let mut there = told.unwrap_or_default();
        there.0.retain(|path, _| files.0.contains_key(path));
        let rate_limit = RefCell::new(RateLimit::new(self.rate));
        let again = async |below: String| {
            let from = format!("{path}{}", below.strip_prefix(name).unwrap_or_default());
            let size = sizes.get(&below).copied().unwrap_or_default();
            let now = self.access.http.read(&fs::stat(self.alloc_id(), &from)).await?.value.size;
            // One that became shorter is not what was copied.
            let digest = self.read(&from, size.min(now), &rate_limit, &mut |_| {}).await?;
            Ok::<_, Error>((below, digest, now > size))
        };
        let mut reading = stream::iter(files.differences(&there)).map(again).buffer_unordered(AT_ONCE);
        let (mut read, mut grown) = (Vec::new(), Vec::new());
        while let Some(again) = reading.next().await {
            let (below, digest, more) = again?;
            if more {
                grown.push(below.clone());
            }
            read.push((below, digest));
        }
        drop(reading);
        there.0.extend(read);
        ensure_same(files, &there)?;
        grown.sort();
        Ok(grown)
    }
}

/// What was read, and how much of each file.
struct Fetched {
    out: Unpacked,
    sizes: BTreeMap<String, u64>,
}

/// Whether it is no file of the task's: Nomad takes the task's output from a fifo beside its logs, and serves its API at a socket
/// beside the secrets.
fn is_nomads_own(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    (name.starts_with('.') && name.ends_with(".fifo") && path.contains("alloc/logs/"))
        || path.ends_with("secrets/api.sock")
}
