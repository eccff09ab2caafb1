//! A log read as one stream over its files, the only way a token for logs alone has: what was read before is read again, and
//! left out.

use std::collections::VecDeque;

use tokio::time::sleep;

use crate::api::error::Result;
use crate::api::nomad::fs::{self, Frame, FrameStream};
use crate::ops::logs::log_files::{LogPosition, LostBytes};
use crate::ops::logs::reader::{LAST_WORDS, LOOK, LogEnd, LogEvent, LogStart, Outage, Reader, file_index};

/// How far a log was read.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Read {
    upto: Option<LogPosition>,
    /// Where it ended when it was begun; it is read no further, unless it is followed.
    goal: Option<LogPosition>,
}

impl Reader {
    /// Reads from there on.
    ///
    /// # Errors
    /// What is no passing fault, or a fault that lasts too long.
    pub(super) async fn by_server(&self, begin: LogStart) -> Result<LogEnd> {
        let (mut read, mut outage) = (None::<Read>, Outage::default());
        loop {
            let before = read;
            let pass = async {
                let read = match &mut read {
                    Some(read) => read,
                    None => read.insert(self.begin_whole(begin).await?),
                };
                self.pass(read, &mut outage).await
            };
            match pass.await {
                Ok(how) => return Ok(how),
                Err(e) if e.is_not_found() && self.waits() => sleep(LOOK).await,
                // It was there; what was written last may be gone with it.
                Err(e) if e.is_not_found() && read.is_some_and(|r| r.upto.is_some()) => {
                    self.tell(LogEvent::Gap(LostBytes { unseen: true, ..LostBytes::default() })).await;
                    return Ok(LogEnd::Collected);
                }
                Err(e) if read.is_none() && !e.is_passing() => return Err(e),
                Err(e) => {
                    if read != before {
                        outage = Outage::default();
                    }
                    outage.wait(self, e).await?;
                }
            }
        }
    }

    async fn begin_whole(&self, begin: LogStart) -> Result<Read> {
        let goal = if self.follow { None } else { self.end_of_whole().await? };
        let upto = match begin {
            LogStart::Last(lines) => self.last_of_whole(lines).await?,
            LogStart::Oldest | LogStart::Since(_) => None,
        };
        Ok(Read { upto, goal })
    }

    async fn pass(&self, read: &mut Read, outage: &mut Outage) -> Result<LogEnd> {
        let mut frames = self.frames(Some(0), self.follow).await?;
        let (mut here, mut quiet, mut unseen) = (None::<LogPosition>, 0, true);
        while let Some(frame) = frames.next().await? {
            outage.over(self).await;
            unseen |= frame.event == "file deleted";
            let Some((from, now)) = advance(&mut here, &frame) else {
                quiet += 1;
                if !self.waits() && quiet >= LAST_WORDS {
                    return Ok(LogEnd::ToTheEnd);
                }
                continue;
            };
            quiet = 0;
            let data = match read.upto {
                Some(upto) if now <= upto => {
                    unseen = false;
                    continue;
                }
                Some(upto) if from < upto => {
                    frame.data.slice(usize::try_from(upto.offset - from.offset).unwrap_or(0)..)
                }
                Some(upto) => {
                    let files = (from.index - upto.index).saturating_sub(1);
                    // The file it had come to is gone, and nobody saw how long that had become.
                    if files > 0 || (from.index > upto.index && unseen) {
                        self.tell(LogEvent::Gap(LostBytes { bytes: 0, files, unseen })).await;
                    }
                    frame.data
                }
                None => frame.data,
            };
            unseen = false;
            read.upto = Some(now);
            self.tell(LogEvent::Data(data)).await;
        }
        // A server that goes may end it like a log that is over.
        let goal = if self.follow { self.end_of_whole().await? } else { read.goal };
        if self.waits() || read.upto < goal { Err(frames.ended_early()) } else { Ok(LogEnd::ToTheEnd) }
    }

    async fn frames(&self, from: Option<u64>, follow: bool) -> Result<FrameStream> {
        let (id, stream) = (&self.log.alloc_id, self.log.stream.to_string());
        FrameStream::open(&self.http, &fs::logs(id, &self.log.task, &stream, from, follow)).await
    }

    /// A place that the log reaches at least; none when it is empty.
    async fn end_of_whole(&self) -> Result<Option<LogPosition>> {
        let mut frames = self.frames(None, false).await?;
        let mut end = None;
        while let Some(frame) = frames.next().await? {
            if !frame.data.is_empty() {
                end = Some(LogPosition { index: file_index(&frame), offset: frame.offset });
            }
        }
        Ok(end)
    }

    async fn last_of_whole(&self, lines: u64) -> Result<Option<LogPosition>> {
        let mut frames = self.frames(Some(0), false).await?;
        let most = usize::try_from(lines).unwrap_or(usize::MAX).saturating_add(1);
        let (mut here, mut ends) = (None::<LogPosition>, VecDeque::new());
        while let Some(frame) = frames.next().await? {
            let Some((from, now)) = advance(&mut here, &frame) else { continue };
            for (at, _) in frame.data.iter().enumerate().filter(|(_, b)| **b == b'\n') {
                ends.push_back(LogPosition { index: now.index, offset: from.offset + at as u64 + 1 });
                if ends.len() > most {
                    ends.pop_front();
                }
            }
        }
        Ok(if ends.len() < most { None } else { ends.pop_front() })
    }
}

/// Counts a frame's bytes in its file, for the frame's own offset proves nothing: where they begin and end, when there are any.
fn advance(here: &mut Option<LogPosition>, frame: &Frame) -> Option<(LogPosition, LogPosition)> {
    if frame.data.is_empty() {
        return None;
    }
    let index = file_index(frame);
    let from = here.filter(|p| p.index == index).unwrap_or(LogPosition { index, offset: 0 });
    let now = LogPosition { index, offset: from.offset + frame.data.len() as u64 };
    *here = Some(now);
    Some((from, now))
}
