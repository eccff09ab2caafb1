//! One log, read to its end or followed: no byte twice, none left out in silence.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use crate::api::error::{Error, Result};
use crate::api::http::{Backoff, Http};
use crate::api::nomad::fs::{self, Frame, FrameStream};
use crate::ops::logs::LogId;
use crate::ops::logs::shelf::{Lost, Next, Place, Shelf};

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// With the oldest line that is kept.
    Oldest,
    /// With so many lines before the end.
    Last(u64),
    /// With the first file that was written to since then.
    Since(Timestamp),
}

/// What comes of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Its next bytes.
    Data(Bytes),
    /// Bytes are gone before they were read.
    Gap(Lost),
    /// The connection broke, and the log goes on where it was.
    Resumed,
}

/// How a log was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// To its last byte.
    ToTheEnd,
    /// Until its node forgot it.
    Collected,
}

/// How long a log that cannot be reached is tried for.
const PATIENCE: Duration = Duration::from_secs(300);
/// A file this large may be followed by another at any moment: 1 MiB is the least that a job can ask for.
const NEAR_FULL: u64 = 512 * 1024;
/// Another file is looked for at every so many heartbeats when this one is not near full: a restart may begin one.
const RARELY: u32 = 5;
/// After the allocation's end its last lines are written: so many heartbeats without news are waited for.
const LAST_WORDS: u32 = 2;
/// How much is read at once to count lines from the end.
const STEP: u64 = 64 * 1024;

/// Reads one log.
#[derive(Debug)]
pub struct Reader {
    /// The cluster.
    pub http: Http,
    /// The log.
    pub log: LogId,
    /// Whether to wait for more.
    pub follow: bool,
    /// Whether the allocation has ended.
    pub ended: watch::Receiver<bool>,
    /// Who is told, and as whom.
    pub out: (usize, mpsc::Sender<(usize, Piece)>),
}

/// How the reading of one file ended.
enum Turn {
    /// The next place is known.
    Again,
    /// There is no more.
    Done(Followed),
}

impl Reader {
    /// Reads from there on.
    ///
    /// # Errors
    /// What is no passing fault, or a fault that lasts too long.
    pub async fn run(&self, begin: Begin) -> Result<Followed> {
        let shelf = match self.shelf().await {
            Ok(shelf) => shelf,
            // A token for logs alone can neither list nor read files.
            Err(e) if e.is_denied() => return self.whole(begin).await,
            Err(e) => return Err(e),
        };
        let mut place = self.begin(&shelf, begin).await?;
        let mut known = shelf.bytes_from(Place { offset: 0, ..place }).max(place.offset);
        let mut trouble: Option<Instant> = None;
        let mut backoff = Backoff::default();
        loop {
            let before = place;
            match self.file(&mut place, &mut known).await {
                Ok(Turn::Again) => {}
                Ok(Turn::Done(how)) => return Ok(how),
                Err(e) => {
                    if place != before {
                        trouble = None;
                    }
                    let since = *trouble.get_or_insert_with(Instant::now);
                    if !may_pass(&e) || since.elapsed() > PATIENCE {
                        return Err(e);
                    }
                    sleep(backoff.pause()).await;
                    self.tell(Piece::Resumed).await;
                    continue;
                }
            }
            trouble = None;
            backoff.reset();
        }
    }

    async fn tell(&self, piece: Piece) {
        // Who does not listen any more ends this by dropping it.
        drop(self.out.1.send((self.out.0, piece)).await);
    }

    async fn shelf(&self) -> Result<Shelf> {
        let entries =
            self.http.read(&fs::ls(&self.log.alloc_id, "alloc/logs")).await?.value.unwrap_or_default();
        Ok(Shelf::of(&entries, &self.log.task, &self.log.stream.to_string()))
    }

    fn path(&self, index: u64) -> String {
        format!("alloc/logs/{}.{}.{index}", self.log.task, self.log.stream)
    }

    async fn begin(&self, shelf: &Shelf, begin: Begin) -> Result<Place> {
        match begin {
            Begin::Oldest => Ok(shelf.oldest()),
            Begin::Since(at) => {
                let first = shelf.files().iter().find(|f| f.changed.is_none_or(|c| c >= at));
                Ok(first.map_or(shelf.end(), |f| Place { index: f.index, offset: 0 }))
            }
            Begin::Last(lines) => self.last(shelf, lines).await,
        }
    }

    /// The place of so many lines before the end, found by reading backwards.
    async fn last(&self, shelf: &Shelf, lines: u64) -> Result<Place> {
        if lines == 0 {
            return Ok(shelf.end());
        }
        let newest = shelf.files().iter().rev().find(|f| f.size > 0).copied();
        let mut left = lines;
        for file in shelf.files().iter().rev() {
            let mut end = file.size;
            while end > 0 {
                let begin = end.saturating_sub(STEP);
                let bytes = self.bytes(file.index, begin, end - begin).await?;
                for (at, _) in bytes.iter().enumerate().rev().filter(|(_, b)| **b == b'\n') {
                    let offset = begin + at as u64 + 1;
                    // The end of the last line begins no other.
                    if newest == Some(*file) && offset == file.size {
                        continue;
                    }
                    if left == 1 {
                        return Ok(Place { index: file.index, offset });
                    }
                    left -= 1;
                }
                end = begin;
            }
        }
        Ok(shelf.oldest())
    }

    /// Some bytes of a file, asked for again when the connection breaks.
    async fn bytes(&self, index: u64, offset: u64, length: u64) -> Result<Vec<u8>> {
        let (begun, mut backoff) = (Instant::now(), Backoff::default());
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
                Err(e) if may_pass(&e) && begun.elapsed() < PATIENCE => sleep(backoff.pause()).await,
                Err(e) => return Err(e),
            }
        }
    }

    /// Reads one file from the place on, until there is a reason to look elsewhere.
    async fn file(&self, place: &mut Place, known: &mut u64) -> Result<Turn> {
        let call = fs::stream(&self.log.alloc_id, &self.path(place.index), place.offset, self.follow);
        let mut frames = match FrameStream::open(&self.http, &call).await {
            Ok(frames) => frames,
            Err(e) if e.is_passing() || e.is_denied() => return Err(e),
            // The file is not there; what is, the listing says.
            Err(e) => return self.elsewhere(place, known, Some(e)).await,
        };
        let mut quiet = 0;
        loop {
            let Some(frame) = frames.next().await? else {
                return self.elsewhere(place, known, None).await;
            };
            if !frame.data.is_empty() {
                place.offset += frame.data.len() as u64;
                *known = (*known).max(place.offset);
                quiet = 0;
                self.tell(Piece::Data(frame.data)).await;
            }
            match frame.event.as_str() {
                "" if !frame.file.is_empty() => continue,
                "" => quiet += 1,
                "file truncated" => {
                    *place = Place { offset: 0, ..*place };
                    self.tell(Piece::Gap(Lost::default())).await;
                    continue;
                }
                _ => return self.elsewhere(place, known, None).await,
            }
            let over = *self.ended.borrow() && quiet >= LAST_WORDS;
            if over || place.offset >= NEAR_FULL || quiet % RARELY == 0 {
                match self.look(place, known).await? {
                    None if over => return Ok(Turn::Done(Followed::ToTheEnd)),
                    None => {}
                    Some(turn) => return Ok(turn),
                }
            }
        }
    }

    /// Whether the log goes on in another file; says what was missed.
    async fn look(&self, place: &mut Place, known: &mut u64) -> Result<Option<Turn>> {
        let shelf = match self.shelf().await {
            Ok(shelf) => shelf,
            Err(e) if e.is_not_found() => return Ok(Some(Turn::Done(Followed::Collected))),
            Err(e) => return Err(e),
        };
        if let Some(here) = shelf.files().iter().find(|f| f.index == place.index) {
            *known = (*known).max(here.size);
        }
        let next = match shelf.next(*place, *known) {
            Next::Here => return Ok(None),
            Next::At(next) => next,
            Next::Gap(lost, next) => {
                self.tell(Piece::Gap(lost)).await;
                next
            }
        };
        (*place, *known) = (next, 0);
        Ok(Some(Turn::Again))
    }

    /// The stream has ended: with the file, with the log, or with the allocation.
    async fn elsewhere(&self, place: &mut Place, known: &mut u64, error: Option<Error>) -> Result<Turn> {
        match (self.look(place, known).await?, error) {
            (Some(turn), _) => Ok(turn),
            (None, Some(e)) if self.follow && !*self.ended.borrow() => {
                // The first line is still to come.
                sleep(Duration::from_secs(1)).await;
                if e.problem == crate::api::Problem::Invalid || e.is_not_found() {
                    Ok(Turn::Again)
                } else {
                    Err(e)
                }
            }
            (None, None) if self.follow && !*self.ended.borrow() => Ok(Turn::Again),
            (None, _) => Ok(Turn::Done(Followed::ToTheEnd)),
        }
    }

    /// Reads the log as one stream over its files, the only way a token for logs alone has: what was read before is read again
    /// and left out.
    async fn whole(&self, begin: Begin) -> Result<Followed> {
        let mut place = match begin {
            Begin::Last(lines) => self.last_of_whole(lines).await?,
            Begin::Oldest | Begin::Since(_) => None,
        };
        let (mut backoff, mut trouble) = (Backoff::default(), None);
        loop {
            match self.pass(&mut place).await {
                Ok(how) => return Ok(how),
                Err(e) => {
                    let since = *trouble.get_or_insert_with(Instant::now);
                    if !may_pass(&e) || since.elapsed() > PATIENCE {
                        return Err(e);
                    }
                    sleep(backoff.pause()).await;
                    self.tell(Piece::Resumed).await;
                }
            }
        }
    }

    async fn pass(&self, place: &mut Option<Place>) -> Result<Followed> {
        let (id, stream) = (&self.log.alloc_id, self.log.stream.to_string());
        let call = fs::logs(id, &self.log.task, &stream, 0, self.follow);
        let mut frames = FrameStream::open(&self.http, &call).await?;
        let (mut here, mut quiet) = (None::<Place>, 0);
        while let Some(frame) = frames.next().await? {
            let Some(data) = advance(&mut here, &frame) else {
                quiet += 1;
                if *self.ended.borrow() && quiet >= LAST_WORDS {
                    return Ok(Followed::ToTheEnd);
                }
                continue;
            };
            quiet = 0;
            let Some(now) = here else { continue };
            let from = Place { offset: now.offset - data.len() as u64, ..now };
            let data = match *place {
                Some(read) if now <= read => continue,
                Some(read) if from < read && read.index == now.index => {
                    data.slice(usize::try_from(read.offset - from.offset).unwrap_or(0)..)
                }
                Some(read) if from.index > read.index + 1 || (from.index == read.index && from > read) => {
                    let files = (from.index - read.index).saturating_sub(1);
                    self.tell(Piece::Gap(Lost { bytes: 0, files })).await;
                    data
                }
                _ => data,
            };
            *place = Some(now);
            self.tell(Piece::Data(data)).await;
        }
        let collected = self.follow && !*self.ended.borrow();
        Ok(if collected { Followed::Collected } else { Followed::ToTheEnd })
    }

    async fn last_of_whole(&self, lines: u64) -> Result<Option<Place>> {
        let (id, stream) = (&self.log.alloc_id, self.log.stream.to_string());
        let call = fs::logs(id, &self.log.task, &stream, 0, false);
        let mut frames = FrameStream::open(&self.http, &call).await?;
        let most = usize::try_from(lines).unwrap_or(usize::MAX).saturating_add(1);
        let (mut here, mut ends) = (None::<Place>, VecDeque::new());
        while let Some(frame) = frames.next().await? {
            let Some(data) = advance(&mut here, &frame) else { continue };
            let Some(now) = here else { continue };
            let from = now.offset - data.len() as u64;
            for (at, _) in data.iter().enumerate().filter(|(_, b)| **b == b'\n') {
                ends.push_back(Place { index: now.index, offset: from + at as u64 + 1 });
                if ends.len() > most {
                    ends.pop_front();
                }
            }
        }
        Ok(if ends.len() < most { None } else { ends.pop_front() })
    }
}

fn may_pass(e: &Error) -> bool {
    e.is_passing() || e.problem == crate::api::Problem::Server
}

/// Counts a frame's bytes in its file: the frame's own offset proves nothing. The bytes, when there are any.
fn advance(here: &mut Option<Place>, frame: &Frame) -> Option<Bytes> {
    if frame.data.is_empty() {
        return None;
    }
    let index = frame.file.rsplit_once('.').and_then(|(_, digits)| digits.parse().ok()).unwrap_or(0);
    let before = here.filter(|p| p.index == index).map_or(0, |p| p.offset);
    *here = Some(Place { index, offset: before + frame.data.len() as u64 });
    Some(frame.data.clone())
}
