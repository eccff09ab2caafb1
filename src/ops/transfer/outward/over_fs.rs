//! Over the fs API: entry by entry, file by file in pieces, as it sees them.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use cap_std::fs::{Dir, OpenOptions, Permissions, PermissionsExt as _};
use tokio::time::{Instant, sleep};

use super::{Download, Way, digests, same, unwritable};
use crate::api::http::Backoff;
use crate::api::nomad::fs::{self, Entry, Kind};
use crate::error::{Error, Result};
use crate::ops::exec::launch::quoted;
use crate::ops::transfer::digest::{Digest, Digester, Manifest};
use crate::ops::transfer::meter::Meter;
use crate::ops::transfer::pace::Pace;
use crate::ops::transfer::place::Staging;
use crate::ops::transfer::unpack::Unpacked;
use crate::ops::transfer::{Copied, LeftOut};

/// How much is read over the fs API at once: a broken connection costs no more.
const PIECE: u64 = 4 << 20;
/// How long a passing fault is waited out.
const PATIENCE: Duration = Duration::from_secs(60);

impl Download<'_> {
    pub(super) async fn over_fs(&self, path: &str, to: &Path, meter: &Meter) -> Result<(Copied, Way)> {
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
                    let children =
                        self.http.read(&fs::ls(self.alloc_id, &from)).await?.value.unwrap_or_default();
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
            let siblings = self.http.read(&fs::ls(self.alloc_id, parent)).await?.value.unwrap_or_default();
            let found = siblings.into_iter().find(|e| e.name == name);
            let found =
                found.ok_or_else(|| Error::not_found(format!("there is no {path:?} in the allocation")))?;
            if found.kind() != Kind::Link {
                return Ok(found);
            }
        }
        Ok(self.http.read(&fs::stat(self.alloc_id, path)).await?.value)
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
                let mut answer = fs::read_at(self.http, self.alloc_id, path, offset, limit).await?;
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
        let there = match (&self.session, self.place.in_shell(quoted)) {
            // Who may read files need not be one who may run commands.
            (Some(session), Ok(shell)) => digests(session, &shell, name).await.unwrap_or(None),
            _ => None,
        };
        let there = match there {
            Some(there) => there,
            None => {
                let mut again = Manifest::default();
                for below in files.0.keys() {
                    let from = format!("{path}{}", below.strip_prefix(name).unwrap_or_default());
                    let size = self.http.read(&fs::stat(self.alloc_id, &from)).await?.value.size;
                    again.0.insert(below.clone(), self.read(&from, size, &mut |_| {}).await?);
                }
                again
            }
        };
        let there = Manifest(there.0.into_iter().filter(|(path, _)| files.0.contains_key(path)).collect());
        same(files, &there)?;
        Ok(true)
    }
}
