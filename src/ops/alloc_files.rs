//! Files of an allocation, one at a time, over the fs API: found, read, followed (`nomad-api.md §7`).

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use crate::api;
use crate::api::http::{Backoff, Http};
use crate::api::nomad::fs::{self, Entry, FrameStream, Kind};
use crate::error::{Error, Result};

/// How much is asked for at once.
const PIECE: u64 = 64 << 20;
/// How much is read at once to count lines from the end.
const STEP: u64 = 64 * 1024;
/// How long a passing fault is waited out.
const PATIENCE: Duration = Duration::from_secs(60);

/// Passing faults while something is read: they are waited out, until they have lasted too long without anything that came.
#[derive(Debug, Default)]
pub(super) struct PassingFaults {
    backoff: Backoff,
    since: Option<Instant>,
}

impl PassingFaults {
    /// Something came: whatever was wrong is over.
    pub(super) fn over(&mut self) {
        *self = Self::default();
    }

    /// Waits for a moment, after which it is worth another try.
    ///
    /// # Errors
    /// The fault, when it does not pass.
    pub(super) async fn wait_out(&mut self, fault: api::Error) -> Result<()> {
        let is_late = self.since.is_some_and(|since| since.elapsed() >= PATIENCE);
        if is_late || !fault.is_passing() {
            return Err(if is_prohibited(&fault) { Error::refused(fault.text) } else { fault.into() });
        }
        self.since.get_or_insert_with(Instant::now);
        sleep(self.backoff.pause()).await;
        Ok(())
    }
}

/// Whether the client lets nobody read the file, whoever asks.
fn is_prohibited(fault: &api::Error) -> bool {
    fault.text.contains("prohibited")
}

/// A path below the allocation's directory, as the fs API takes it.
#[derive(Debug, Clone, Copy)]
pub struct AllocFile<'a> {
    /// Who is asked: the servers, or the node itself.
    pub http: &'a Http,
    /// The allocation's full id.
    pub alloc_id: &'a str,
    /// The path.
    pub path: &'a str,
}

impl AllocFile<'_> {
    /// What stands at the path. It is looked for in its directory first: to look at a fifo hangs. Links are followed.
    ///
    /// # Errors
    /// Not found (3), or any API failure.
    pub async fn entry(&self) -> Result<Entry> {
        let trimmed = self.path.trim_end_matches('/');
        let (parent, name) = trimmed.rsplit_once('/').unwrap_or(("/", trimmed));
        if !matches!(name, "" | ".") {
            let siblings = self.http.read(&fs::ls(self.alloc_id, parent)).await?.value.unwrap_or_default();
            let found = siblings.into_iter().find(|e| e.name == name);
            let found = found.ok_or_else(|| {
                Error::not_found(format!("no such file or directory in the allocation: {}", self.path))
            })?;
            if found.kind() != Kind::Link {
                return Ok(found);
            }
        }
        Ok(self.http.read(&fs::stat(self.alloc_id, self.path)).await?.value)
    }

    /// The entry of a file whose bytes can be read.
    ///
    /// # Errors
    /// As [`AllocFile::entry`]; failed (1) when it is no such file.
    pub async fn file(&self) -> Result<Entry> {
        let entry = self.entry().await?;
        match entry.kind() {
            Kind::File | Kind::Link => Ok(entry),
            Kind::Dir => Err(Error::failed(format!("{:?} is a directory", self.path))),
            Kind::Special => {
                Err(Error::failed(format!("{:?} is a fifo, socket or device, which is not read", self.path)))
            }
        }
    }

    /// Reads the bytes from one offset to another, and goes on where it was when the connection breaks. How far it came: less when
    /// the file has become shorter.
    ///
    /// # Errors
    /// Whatever `keep` fails with; a fault that does not pass.
    pub async fn read(&self, from: u64, to: u64, keep: &mut dyn FnMut(Bytes) -> Result<()>) -> Result<u64> {
        let (mut offset, mut faults) = (from, PassingFaults::default());
        while offset < to {
            let before = offset;
            let mut kept = Ok(());
            let piece = async {
                let limit = PIECE.min(to - offset);
                let mut answer = fs::read_at(self.http, self.alloc_id, self.path, offset, limit).await?;
                while kept.is_ok()
                    && let Some(bytes) = answer.chunk().await?
                {
                    offset += bytes.len() as u64;
                    kept = keep(bytes);
                }
                Ok::<_, api::Error>(())
            };
            let read = piece.await;
            kept?;
            match read {
                Ok(()) if offset == before => return Ok(offset),
                Ok(()) => faults.over(),
                Err(e) => faults.wait_out(e).await?,
            }
        }
        Ok(offset)
    }

    /// The offset of so many lines before the end of a file of this size.
    ///
    /// # Errors
    /// As [`AllocFile::read`].
    pub async fn last_lines(&self, size: u64, lines: u64) -> Result<u64> {
        let (mut end, mut left) = (size, lines);
        if lines == 0 {
            return Ok(size);
        }
        while end > 0 {
            let begin = end.saturating_sub(STEP);
            let mut bytes = Vec::new();
            self.read(begin, end, &mut |chunk| {
                bytes.extend_from_slice(&chunk);
                Ok(())
            })
            .await?;
            for (at, _) in bytes.iter().enumerate().rev().filter(|(_, b)| **b == b'\n') {
                let offset = begin + at as u64 + 1;
                // The end of the last line begins no other.
                if offset == size {
                    continue;
                }
                left -= 1;
                if left == 0 {
                    return Ok(offset);
                }
            }
            end = begin;
        }
        Ok(0)
    }

    /// Hands on what is written from an offset on, until the file is gone: how it ended, in words. `cut` hears when the file was
    /// emptied, after which it goes on from its beginning.
    ///
    /// # Errors
    /// Whatever `keep` fails with; a fault that does not pass.
    pub async fn follow(
        &self,
        from: u64,
        keep: &mut dyn FnMut(Bytes) -> Result<()>,
        cut: &dyn Fn(),
    ) -> Result<String> {
        let (mut offset, mut faults) = (from, PassingFaults::default());
        loop {
            let mut kept = Ok(());
            let following = async {
                let call = fs::stream(self.alloc_id, self.path, offset, true);
                let mut frames = FrameStream::open(self.http, &call).await?;
                while let Some(frame) = frames.next().await? {
                    faults.over();
                    match frame.event.as_str() {
                        "" => {}
                        "file truncated" => {
                            offset = 0;
                            cut();
                        }
                        _ => return Ok(()),
                    }
                    offset += frame.data.len() as u64;
                    if !frame.data.is_empty() {
                        kept = keep(frame.data);
                    }
                    if kept.is_err() {
                        return Ok(());
                    }
                }
                Err(frames.ended_early())
            };
            let ended = following.await;
            kept?;
            match ended {
                Ok(()) => return Ok(format!("{:?} was removed", self.path)),
                Err(e) => faults.wait_out(e).await?,
            }
        }
    }
}
