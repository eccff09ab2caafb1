//! One log read by its files, to its end or followed: no byte twice, none left out in silence.

use tokio::time::sleep;

use crate::api::Problem;
use crate::api::error::{Error, Result};
use crate::api::nomad::fs::{self, Frame, FrameStream};
use crate::ops::logs::LogId;
use crate::ops::logs::log_files::{KnownFile, LogFiles, LogPosition, LostBytes, NextFile};
use crate::ops::logs::reader::{LAST_WORDS, LOOK, LogEnd, LogEvent, LogStart, Outage, Reader, file_index};

/// A file this large may be followed by another at any moment: 1 MiB is the least that a job can ask for.
const NEAR_FULL: u64 = 512 * 1024;
/// Another file is looked for at every so many heartbeats when this one is not near full: a restart may begin one.
const RARELY: u32 = 5;
/// How much is read at once to count lines from the end.
const STEP: u64 = 64 * 1024;
/// How much is asked for at once of what is written already.
const PLAIN: u64 = 64 << 20;

/// How the reading of one file ended.
enum FileOutcome {
    /// The next place is known.
    Again,
    /// There is no more.
    Done(LogEnd),
}

/// Where a reader is.
struct Cursor {
    place: LogPosition,
    known: KnownFile,
    /// Whether its file is the only one: perhaps no more is ever kept. Then whoever reads the file alone loses the end of it at each
    /// rotation, and the server, which reads the log and holds the file open, does not.
    single: bool,
    /// Where the log ended when it was begun; it is read no further, unless it is followed.
    goal: LogPosition,
}

/// Why nothing more comes of a file.
enum StreamEnd {
    /// It was not there to be read.
    Unopened(Error),
    /// Its stream is over: as it should be, or, when there is more, before its time.
    Over(Error),
    /// It was removed.
    Deleted,
}

/// What a look at the files tells a reader.
enum FilesLook {
    /// It goes on elsewhere, or not at all.
    Elsewhere(FileOutcome),
    /// There is more in the file it is in.
    More,
    /// It has read the newest file to its present end.
    AtEnd,
    /// There is no such file, and no later one: the log has not begun.
    Absent,
}

impl Reader {
    /// Reads from there on; none where the token may neither list nor read files.
    ///
    /// # Errors
    /// What is no passing fault, or a fault that lasts too long.
    pub(super) async fn by_files(&self, begin: LogStart) -> Result<Option<LogEnd>> {
        let (mut at, mut outage) = (None::<Cursor>, Outage::default());
        loop {
            let before = at.as_ref().map(|at| at.place);
            let turn = async {
                let at = match &mut at {
                    Some(at) => at,
                    None => at.insert(self.begin(begin).await?),
                };
                self.file(at, &mut outage).await
            };
            match turn.await {
                Ok(FileOutcome::Again) => {}
                Ok(FileOutcome::Done(how)) => return Ok(Some(how)),
                Err(e) if e.is_denied() && at.is_none() => return Ok(None),
                Err(e) if at.is_none() && e.is_not_found() && self.waits() => sleep(LOOK).await,
                Err(e) if at.is_none() && !e.is_passing() => return Err(e),
                Err(e) => {
                    if at.as_ref().map(|at| at.place) != before {
                        outage = Outage::default();
                    }
                    outage.wait(self, e).await?;
                }
            }
        }
    }

    async fn files(&self) -> Result<LogFiles> {
        let entries =
            self.http.read(&fs::ls(&self.log.alloc_id, "alloc/logs")).await?.value.unwrap_or_default();
        Ok(LogFiles::of(&entries, &self.log.task, &self.log.stream.to_string()))
    }

    fn path(&self, index: u64) -> String {
        format!("alloc/logs/{}.{}.{index}", self.log.task, self.log.stream)
    }

    async fn begin(&self, begin: LogStart) -> Result<Cursor> {
        let files = self.files().await?;
        let place = match begin {
            LogStart::Oldest => files.oldest(),
            LogStart::Since(at) => {
                let first = files.files().iter().find(|f| f.changed.is_none_or(|c| c >= at));
                first.map_or(files.end(), |f| LogPosition { index: f.index, offset: 0 })
            }
            LogStart::Last(lines) => self.last(&files, lines).await?,
        };
        let known = files.known(place.index).unwrap_or_default();
        Ok(Cursor { place, known, single: files.is_single(), goal: files.end() })
    }

    /// The place of so many lines before the end, found by reading backwards.
    async fn last(&self, files: &LogFiles, lines: u64) -> Result<LogPosition> {
        if lines == 0 {
            return Ok(files.end());
        }
        let newest = files.files().iter().rev().find(|f| f.size > 0).copied();
        let (mut left, mut later) = (lines, None);
        for file in files.files().iter().rev() {
            let mut end = file.size;
            while end > 0 {
                let begin = end.saturating_sub(STEP);
                let bytes = match (self.bytes(file.index, begin, end - begin).await, later) {
                    (Ok(bytes), _) => bytes,
                    // It was removed since it was listed: the log begins after it.
                    (Err(e), Some(later)) if is_gone(&e) => return Ok(later),
                    (Err(e), None) if is_gone(&e) => return Err(Error { problem: Problem::Broken, ..e }),
                    (Err(e), _) => return Err(e),
                };
                for (at, _) in bytes.iter().enumerate().rev().filter(|(_, b)| **b == b'\n') {
                    let offset = begin + at as u64 + 1;
                    // The end of the last line begins no other.
                    if newest == Some(*file) && offset == file.size {
                        continue;
                    }
                    if left == 1 {
                        return Ok(LogPosition { index: file.index, offset });
                    }
                    left -= 1;
                }
                end = begin;
            }
            later = Some(LogPosition { index: file.index, offset: 0 });
        }
        Ok(files.oldest())
    }

    /// Some bytes of a file, asked for again when the connection breaks.
    async fn bytes(&self, index: u64, offset: u64, length: u64) -> Result<Vec<u8>> {
        let mut outage = Outage::default();
        loop {
            let read = async {
                let mut answer =
                    fs::read_at(&self.http, &self.log.alloc_id, &self.path(index), offset, length).await?;
                let mut bytes = Vec::new();
                while let Some(chunk) = answer.chunk().await? {
                    bytes.extend_from_slice(&chunk);
                }
                Ok::<_, Error>(bytes)
            };
            match read.await {
                Ok(bytes) => return Ok(bytes),
                Err(e) if is_gone(&e) => return Err(e),
                Err(e) => outage.wait(self, e).await?,
            }
        }
    }

    /// Reads what is written already as plain bytes, which costs the agents on the way a third of what frames cost; where the reader
    /// goes on when that was the end of the file.
    async fn written(&self, at: &mut Cursor, outage: &mut Outage) -> Result<Option<FileOutcome>> {
        while at.place.offset < at.known.size {
            let (offset, length) = (at.place.offset, (at.known.size - at.place.offset).min(PLAIN));
            let path = self.path(at.place.index);
            let read = async {
                let mut answer = fs::read_at(&self.http, &self.log.alloc_id, &path, offset, length).await?;
                while let Some(bytes) = answer.chunk().await? {
                    outage.over(self).await;
                    at.place.offset += bytes.len() as u64;
                    self.tell(LogEvent::Data(bytes)).await;
                }
                Ok::<_, Error>(())
            };
            match read.await {
                // It was emptied, or is gone: what the listing says of it decides.
                Ok(()) if at.place.offset == offset => break,
                Err(e) if is_gone(&e) => return self.elsewhere(at, StreamEnd::Deleted).await.map(Some),
                read => read?,
            }
        }
        if !self.follow && at.place >= at.goal {
            return Ok(Some(FileOutcome::Done(LogEnd::ToTheEnd)));
        }
        if at.known.finished || (!self.follow && at.place.index < at.goal.index) {
            return match self.look(at).await? {
                FilesLook::Elsewhere(outcome) => Ok(Some(outcome)),
                FilesLook::More => Ok(Some(FileOutcome::Again)),
                FilesLook::AtEnd | FilesLook::Absent => Ok(None),
            };
        }
        Ok(None)
    }

    /// Reads one file from the place on, until there is a reason to look elsewhere.
    async fn file(&self, at: &mut Cursor, outage: &mut Outage) -> Result<FileOutcome> {
        if let Some(outcome) = self.written(at, outage).await? {
            return Ok(outcome);
        }
        let LogId { alloc_id, task, stream } = &self.log;
        let rolls = self.follow && at.single;
        let call = match rolls {
            true => fs::logs(alloc_id, task, &stream.to_string(), Some(at.place.offset), true),
            false => fs::stream(alloc_id, &self.path(at.place.index), at.place.offset, self.follow),
        };
        let mut frames = match FrameStream::open(&self.http, &call).await {
            Ok(frames) => frames,
            Err(e) if e.is_passing() || e.is_denied() => return Err(e),
            // The file is not there; what is, the listing says.
            Err(e) => return self.elsewhere(at, StreamEnd::Unopened(e)).await,
        };
        let (mut quiet, mut begun) = (0, false);
        loop {
            let Some(frame) = frames.next().await? else {
                return self.elsewhere(at, StreamEnd::Over(frames.ended_early())).await;
            };
            outage.over(self).await;
            if frame.event == "file truncated" {
                at.place.offset = 0;
                self.tell(LogEvent::Gap(LostBytes { unseen: true, ..LostBytes::default() })).await;
            }
            if rolls && !frame.data.is_empty() {
                if begun && file_index(&frame) == at.place.index + 1 {
                    (at.place, at.known) =
                        (LogPosition { index: file_index(&frame), offset: 0 }, KnownFile::default());
                } else if file_index(&frame) != at.place.index || (!begun && !fits(&frame, at.place.offset)) {
                    // Another file came in between, and the offset meant another place.
                    at.single = false;
                    return self.elsewhere(at, StreamEnd::Deleted).await;
                }
                begun = true;
            }
            if !frame.data.is_empty() {
                at.place.offset += frame.data.len() as u64;
                at.known.size = at.known.size.max(at.place.offset);
                quiet = 0;
                self.tell(LogEvent::Data(frame.data)).await;
            }
            match frame.event.as_str() {
                "" if frame.file.is_empty() => quiet += 1,
                "" | "file truncated" => continue,
                _ => return self.elsewhere(at, StreamEnd::Deleted).await,
            }
            let over = *self.ended.borrow() && quiet >= LAST_WORDS;
            let near = !rolls && (at.place.offset >= NEAR_FULL || quiet % RARELY == 0);
            if over || near {
                match self.look(at).await? {
                    FilesLook::Elsewhere(turn) => return Ok(turn),
                    FilesLook::AtEnd | FilesLook::Absent if over => {
                        return Ok(FileOutcome::Done(LogEnd::ToTheEnd));
                    }
                    FilesLook::More | FilesLook::AtEnd | FilesLook::Absent => {}
                }
            }
        }
    }

    /// Where the log goes on; says what was missed.
    async fn look(&self, at: &mut Cursor) -> Result<FilesLook> {
        let files = match self.files().await {
            Ok(files) => files,
            Err(e) if e.is_not_found() && self.waits() => return Ok(FilesLook::Absent),
            Err(e) if e.is_not_found() => {
                // What was written last may be gone with it.
                let bytes = at.known.size.saturating_sub(at.place.offset);
                self.tell(LogEvent::Gap(LostBytes { bytes, files: 0, unseen: true })).await;
                return Ok(FilesLook::Elsewhere(FileOutcome::Done(LogEnd::Collected)));
            }
            Err(e) => return Err(e),
        };
        let here = files.known(at.place.index);
        at.known = here.unwrap_or(at.known);
        let next = match files.next(at.place, at.known) {
            NextFile::Here => {
                return Ok(match here {
                    None => FilesLook::Absent,
                    Some(known) if known.size > at.place.offset => FilesLook::More,
                    Some(_) => FilesLook::AtEnd,
                });
            }
            NextFile::At(next) => next,
            NextFile::Gap(lost, next) => {
                self.tell(LogEvent::Gap(lost)).await;
                next
            }
        };
        (at.place, at.known) = (next, files.known(next.index).unwrap_or_default());
        at.single = files.is_single();
        Ok(FilesLook::Elsewhere(FileOutcome::Again))
    }

    /// Nothing more comes from where it is.
    async fn elsewhere(&self, at: &mut Cursor, why: StreamEnd) -> Result<FileOutcome> {
        if !self.follow && at.place >= at.goal && matches!(why, StreamEnd::Over(_)) {
            return Ok(FileOutcome::Done(LogEnd::ToTheEnd));
        }
        let missing = |e: &Error| e.problem == Problem::Invalid || e.is_not_found();
        match (self.look(at).await?, why) {
            (FilesLook::Elsewhere(turn), _) => Ok(turn),
            (FilesLook::Absent, StreamEnd::Unopened(e)) if !missing(&e) => Err(e),
            (FilesLook::Absent, _) if self.waits() => {
                sleep(LOOK).await;
                Ok(FileOutcome::Again)
            }
            (FilesLook::Absent, _) => Ok(FileOutcome::Done(LogEnd::ToTheEnd)),
            (FilesLook::AtEnd, StreamEnd::Over(_)) if !self.waits() => {
                Ok(FileOutcome::Done(LogEnd::ToTheEnd))
            }
            // It was not there a moment ago, and is now.
            (_, StreamEnd::Unopened(e)) if missing(&e) => Err(Error { problem: Problem::Broken, ..e }),
            (_, StreamEnd::Over(e) | StreamEnd::Unopened(e)) => Err(e),
            (_, StreamEnd::Deleted) => Ok(FileOutcome::Again),
        }
    }
}

/// Whether a frame that came first begins at this offset. Its own is the end of the first of the pieces it was made of.
fn fits(frame: &Frame, offset: u64) -> bool {
    (frame.offset.saturating_sub(frame.data.len() as u64)..frame.offset).contains(&offset)
}

/// Whether a file is not there, as the answer of status 200 to a reading of bytes says it.
fn is_gone(e: &Error) -> bool {
    e.text.ends_with("no such file or directory")
}
