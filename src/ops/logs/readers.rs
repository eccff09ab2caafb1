//! Several logs read at the same time.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::api::error::Result;
use crate::api::http::{Http, Patience};
use crate::ops::logs::reader::{HASTE, LogEnd, LogEvent, LogStart, Reader};
use crate::ops::logs::{LogId, MOST_LOGS};

/// An event of one of several logs.
#[derive(Debug)]
pub enum ReaderEvent {
    /// A piece of it.
    LogEvent(LogEvent),
    /// Nothing more comes of it: how it ended.
    End(Result<LogEnd>),
}

type Reading = Pin<Box<dyn Future<Output = (usize, Result<LogEnd>)>>>;

/// Logs that are read, each under a number of its own.
#[derive(Debug)]
pub struct LogReaders {
    readers: FuturesUnordered<Reading>,
    /// Whether each allocation has ended.
    ends: BTreeMap<String, watch::Sender<bool>>,
    logs: Vec<LogId>,
    send: mpsc::Sender<(usize, LogEvent)>,
    pieces: mpsc::Receiver<(usize, LogEvent)>,
    /// Ends that are told once all before them is.
    over: VecDeque<(usize, Result<LogEnd>)>,
    /// Those that are only read take turns; how many are followed is the caller's choice.
    turns: Arc<Semaphore>,
}

impl Default for LogReaders {
    fn default() -> Self {
        let (send, pieces) = mpsc::channel(64);
        LogReaders {
            readers: FuturesUnordered::new(),
            ends: BTreeMap::new(),
            logs: Vec::new(),
            send,
            pieces,
            over: VecDeque::new(),
            turns: Arc::new(Semaphore::new(MOST_LOGS)),
        }
    }
}

impl LogReaders {
    /// Begins to read a log, and follows it if that is wanted; its number.
    pub fn add(&mut self, http: &Http, log: LogId, follow: bool, begin: LogStart) -> usize {
        let number = self.logs.len();
        let ended = self.of_alloc(&log.alloc_id).subscribe();
        // What it waits out it waits out itself, and tells.
        let http = http.with_patience(Patience::NONE).answering_within(HASTE);
        let reader = Reader { http, log: log.clone(), follow, ended, out: (number, self.send.clone()) };
        let turns = Arc::clone(&self.turns);
        self.logs.push(log);
        self.readers.push(Box::pin(async move {
            let _turn = if follow { None } else { turns.acquire_owned().await.ok() };
            let read = match reader.by_files(begin).await {
                // A token for logs alone.
                Ok(None) => reader.by_server(begin).await,
                Ok(Some(end)) => Ok(end),
                Err(e) => Err(e),
            };
            (number, read)
        }));
        number
    }

    /// Tells whether an allocation has ended: what follows its logs reads them to their end then.
    pub fn tell(&mut self, alloc_id: &str, ended: bool) {
        self.of_alloc(alloc_id).send_replace(ended);
    }

    fn of_alloc(&mut self, alloc_id: &str) -> &watch::Sender<bool> {
        self.ends.entry(alloc_id.to_owned()).or_insert_with(|| watch::Sender::new(false))
    }

    /// Which log has this number.
    #[must_use]
    pub fn log(&self, number: usize) -> &LogId {
        &self.logs[number]
    }

    /// Whether this log was read, or is.
    #[must_use]
    pub fn contains(&self, log: &LogId) -> bool {
        self.logs.contains(log)
    }

    /// How many logs are read now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.readers.len()
    }

    /// Whether nothing more comes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.readers.is_empty() && self.over.is_empty()
    }

    /// What is heard next, and of which log; none when nothing more comes. Waiting for it may be broken off.
    pub async fn next(&mut self) -> Option<(usize, ReaderEvent)> {
        loop {
            if let Ok((log, piece)) = self.pieces.try_recv() {
                return Some((log, ReaderEvent::LogEvent(piece)));
            }
            if let Some((log, ended)) = self.over.pop_front() {
                return Some((log, ReaderEvent::End(ended)));
            }
            if self.readers.is_empty() {
                return None;
            }
            tokio::select! {
                Some((log, piece)) = self.pieces.recv() => return Some((log, ReaderEvent::LogEvent(piece))),
                // What it said before its end comes first.
                Some(ended) = self.readers.next() => self.over.push_back(ended),
            }
        }
    }
}
