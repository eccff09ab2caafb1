//! What both ways to read a log have in common: whom they tell, and how they wait out a fault.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use crate::api::Problem;
use crate::api::error::{Error, Result};
use crate::api::http::{Backoff, Http};
use crate::api::nomad::fs::Frame;
use crate::ops::logs::LogId;
use crate::ops::logs::log_files::LostBytes;

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogStart {
    /// With the oldest line that is kept.
    Oldest,
    /// With so many lines before the end.
    Last(u64),
    /// With the first file that was written to since then.
    Since(Timestamp),
}

/// What comes of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEvent {
    /// Its next bytes.
    Data(Bytes),
    /// Bytes are gone before they were read.
    Gap(LostBytes),
    /// It cannot be read for now, and why; it is tried again.
    Broken(String),
    /// It could not be read for a while, and goes on where it was.
    Resumed,
}

/// How a log was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogEnd {
    /// To its last byte.
    ToTheEnd,
    /// Until its node forgot it.
    Collected,
}

/// How long a log that is followed and cannot be reached is tried for.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long one is tried for that grows no more, or is not followed: somebody waits. So long is an answer waited for, too.
pub(super) const HASTE: Duration = Duration::from_secs(12);
/// How soon it is told that a log cannot be reached.
const TELL: Duration = Duration::from_secs(3);
/// How often a log that has not begun is looked for.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// After the allocation's end its last lines are written: so many heartbeats without news are waited for.
pub(super) const LAST_WORDS: u32 = 2;

/// Reads one log.
#[derive(Debug)]
pub(super) struct Reader {
    /// The cluster.
    pub(super) http: Http,
    /// The log.
    pub(super) log: LogId,
    /// Whether to wait for more.
    pub(super) follow: bool,
    /// Whether the allocation has ended.
    pub(super) ended: watch::Receiver<bool>,
    /// Who is told, and as whom.
    pub(super) out: (usize, mpsc::Sender<(usize, LogEvent)>),
}

impl Reader {
    /// Whether there may be more to come.
    pub(super) fn waits(&self) -> bool {
        self.follow && !*self.ended.borrow()
    }

    pub(super) async fn tell(&self, piece: LogEvent) {
        // Who does not listen any more ends this by dropping it.
        drop(self.out.1.send((self.out.0, piece)).await);
    }
}

/// Which of the log's files a frame is of.
pub(super) fn file_index(frame: &Frame) -> u64 {
    frame.file.rsplit_once('.').and_then(|(_, digits)| digits.parse().ok()).unwrap_or(0)
}

/// A fault that is waited out.
#[derive(Debug, Default)]
pub(super) struct Outage {
    since: Option<Instant>,
    told: bool,
    backoff: Backoff,
}

impl Outage {
    /// Waits until it may be over.
    ///
    /// # Errors
    /// The fault, when it does not pass, or lasts too long.
    pub(super) async fn wait(&mut self, reader: &Reader, fault: Error) -> Result<()> {
        // Of a node that does not answer the first fault comes late.
        let (fault, waited) = match fault.problem {
            Problem::Timeout => (Error { problem: Problem::NodeLost, ..fault }, HASTE),
            _ => (fault, Duration::ZERO),
        };
        let lasts = self.since.get_or_insert_with(Instant::now).elapsed() + waited;
        let patience = if reader.waits() && !fault.is_denied() { PATIENCE } else { HASTE };
        // A server that begins anew knows no tokens for a moment.
        let may_pass = fault.is_passing()
            || fault.is_denied()
            || matches!(fault.problem, Problem::Server | Problem::Gateway);
        if !may_pass || lasts >= patience {
            return Err(fault);
        }
        if lasts > TELL && !std::mem::replace(&mut self.told, true) {
            reader.tell(LogEvent::Broken(fault.why())).await;
        }
        sleep(self.backoff.pause()).await;
        Ok(())
    }

    /// Bytes come again.
    pub(super) async fn over(&mut self, reader: &Reader) {
        if std::mem::take(self).since.is_some() {
            reader.tell(LogEvent::Resumed).await;
        }
    }
}
