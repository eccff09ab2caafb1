//! Several logs read at the same time.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::api::error::Result;
use crate::api::http::{Http, Patience};
use crate::ops::logs::reader::{Begin, Followed, Piece, Reader};
use crate::ops::logs::{LogId, MOST_LOGS};

/// What is heard of one of several logs.
#[derive(Debug)]
pub enum Heard {
    /// A piece of it.
    Piece(Piece),
    /// Nothing more comes of it: how it ended.
    End(Result<Followed>),
}

type Reading = Pin<Box<dyn Future<Output = (usize, Result<Followed>)>>>;

/// Logs that are read, each under a number of its own.
#[derive(Debug)]
pub struct Readings {
    readings: FuturesUnordered<Reading>,
    /// Whether each allocation has ended.
    ends: BTreeMap<String, watch::Sender<bool>>,
    logs: Vec<LogId>,
    send: mpsc::Sender<(usize, Piece)>,
    pieces: mpsc::Receiver<(usize, Piece)>,
    /// Ends that are told once all before them is.
    over: VecDeque<(usize, Result<Followed>)>,
    /// Those that are only read take turns; how many are followed is the caller's choice.
    turns: Arc<Semaphore>,
}

impl Default for Readings {
    fn default() -> Self {
        let (send, pieces) = mpsc::channel(64);
        Readings {
            readings: FuturesUnordered::new(),
            ends: BTreeMap::new(),
            logs: Vec::new(),
            send,
            pieces,
            over: VecDeque::new(),
            turns: Arc::new(Semaphore::new(MOST_LOGS)),
        }
    }
}

impl Readings {
    /// Begins to read a log, and follows it if that is wanted; its number.
    pub fn add(&mut self, http: &Http, log: LogId, follow: bool, begin: Begin) -> usize {
        let number = self.logs.len();
        let ended = self.of_alloc(&log.alloc_id).subscribe();
        // What it waits out it waits out itself, and tells.
        let http = http.with_patience(Patience::NONE);
        let reader = Reader { http, log: log.clone(), follow, ended, out: (number, self.send.clone()) };
        let turns = Arc::clone(&self.turns);
        self.logs.push(log);
        self.readings.push(Box::pin(async move {
            let _turn = if follow { None } else { turns.acquire_owned().await.ok() };
            (number, reader.run(begin).await)
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
        self.readings.len()
    }

    /// Whether nothing more comes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty() && self.over.is_empty()
    }

    /// What is heard next, and of which log; none when nothing more comes. Waiting for it may be broken off.
    pub async fn next(&mut self) -> Option<(usize, Heard)> {
        loop {
            if let Ok((log, piece)) = self.pieces.try_recv() {
                return Some((log, Heard::Piece(piece)));
            }
            if let Some((log, ended)) = self.over.pop_front() {
                return Some((log, Heard::End(ended)));
            }
            if self.readings.is_empty() {
                return None;
            }
            tokio::select! {
                Some((log, piece)) = self.pieces.recv() => return Some((log, Heard::Piece(piece))),
                // What it said before its end comes first.
                Some(ended) = self.readings.next() => self.over.push_back(ended),
            }
        }
    }
}
