//! Decodes long lists on a thread of their own while the rest of them arrives.

use std::any::Any;
use std::sync::mpsc::{SendError, Sender};
use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, mpsc};

use crate::api::http::rows::{ListFlaw, Rows};

/// How many chunks may wait to be decoded before no more are received.
const BACKLOG: usize = 64;

/// Rows of a type that only who began and who receives the list knows.
pub(super) struct Batch(Box<dyn Any + Send>);

impl Batch {
    /// The rows, by their type; none where it is not theirs.
    pub(super) fn rows<T: 'static>(self) -> impl Iterator<Item = T> {
        self.0.downcast::<Vec<T>>().map(|rows| *rows).unwrap_or_default().into_iter()
    }
}

/// What has come of a list.
pub(super) enum Arrived {
    /// It begins, perhaps anew: what came before does not count.
    Nothing,
    /// These rows.
    Rows(Batch),
}

/// How rows of one type are decoded: the only part of receiving a list that is made for each type.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowType {
    batch: fn() -> Batch,
    feed: fn(&mut Rows, &[u8], &mut Batch) -> Result<(), ListFlaw>,
    finish: fn(Rows, &mut Batch) -> Result<(), ListFlaw>,
}

impl RowType {
    /// Of rows that decode to `T`.
    pub(super) fn of<T: DeserializeOwned + Send + 'static>() -> Self {
        fn rows<T: 'static>(batch: &mut Batch) -> Option<&mut Vec<T>> {
            batch.0.downcast_mut()
        }
        RowType {
            batch: || Batch(Box::new(Vec::<T>::new())),
            feed: |list, chunk, batch| match rows(batch) {
                Some(rows) => list.feed(chunk, |row: T| rows.push(row)),
                None => Ok(()),
            },
            finish: |list, batch| match rows(batch) {
                Some(rows) => list.finish(|row: T| rows.push(row)),
                None => Ok(()),
            },
        }
    }

    /// No rows.
    pub(super) fn batch(self) -> Batch {
        (self.batch)()
    }

    /// As [`Rows::feed`].
    pub(super) fn feed(self, list: &mut Rows, chunk: &[u8], batch: &mut Batch) -> Result<(), ListFlaw> {
        (self.feed)(list, chunk, batch)
    }

    /// As [`Rows::finish`].
    pub(super) fn finish(self, list: Rows, batch: &mut Batch) -> Result<(), ListFlaw> {
        (self.finish)(list, batch)
    }
}

/// Something to decode.
type Work = Box<dyn FnOnce() + Send>;

/// The one thread that decodes, for as long as the process lives. With threads that come and go the allocator keeps what each of
/// them once held, and a screen that looks again and again at a large cluster grows by it.
static DECODER: LazyLock<Sender<Work>> = LazyLock::new(|| {
    let (send, work) = std::sync::mpsc::channel::<Work>();
    // Where there is no thread to be had, whoever hands something on does it.
    drop(std::thread::Builder::new().name("decoder".to_owned()).spawn(move || work.iter().for_each(|w| w())));
    send
});

fn hand_on(work: Work) {
    if let Err(SendError(work)) = DECODER.send(work) {
        work();
    }
}

/// Chunks of a list on their way to becoming rows.
pub(super) struct ListDecoder {
    rows: RowType,
    /// None once it has ended, or cannot be read on.
    list: Arc<Mutex<Option<Rows>>>,
    /// For chunks that wait to be decoded.
    room: Arc<Semaphore>,
    /// How many batches are owed.
    owed: usize,
    outgoing: mpsc::UnboundedSender<Result<Batch, ListFlaw>>,
    batches: mpsc::UnboundedReceiver<Result<Batch, ListFlaw>>,
}

impl ListDecoder {
    /// Goes on where `list` has come to.
    pub(super) fn begin(rows: RowType, list: Rows) -> Self {
        let (outgoing, batches) = mpsc::unbounded_channel();
        let (list, room) = (Arc::new(Mutex::new(Some(list))), Arc::new(Semaphore::new(BACKLOG)));
        ListDecoder { rows, list, room, owed: 0, outgoing, batches }
    }

    /// Takes a chunk, waiting while too many are not decoded yet, and hands on the rows that are.
    ///
    /// # Errors
    /// As [`Rows::feed`], for this chunk or an earlier one.
    pub(super) async fn feed(&mut self, chunk: Bytes, add: &mut dyn FnMut(Batch)) -> Result<(), ListFlaw> {
        // It is never closed.
        let place = Arc::clone(&self.room).acquire_owned().await;
        let (rows, list, outgoing) = (self.rows, Arc::clone(&self.list), self.outgoing.clone());
        self.owed += 1;
        hand_on(Box::new(move || {
            let Ok(mut list) = list.lock() else { return };
            let Some(open) = list.as_mut() else { return };
            let mut batch = rows.batch();
            let fed = rows.feed(open, &chunk, &mut batch);
            if fed.is_err() {
                *list = None;
            }
            // Nobody waits for the rest of an answer that broke off.
            drop(outgoing.send(fed.map(|()| batch)));
            drop(place);
        }));
        while let Ok(batch) = self.batches.try_recv() {
            self.owed -= 1;
            add(batch?);
        }
        Ok(())
    }

    /// Declares the end of the list and hands on the rows that are left.
    ///
    /// # Errors
    /// As [`Rows::finish`].
    pub(super) async fn finish(self, add: &mut dyn FnMut(Batch)) -> Result<(), ListFlaw> {
        let ListDecoder { rows, list, outgoing, mut batches, owed, .. } = self;
        hand_on(Box::new(move || {
            let Some(list) = list.lock().ok().and_then(|mut list| list.take()) else { return };
            let mut batch = rows.batch();
            let ended = rows.finish(list, &mut batch);
            drop(outgoing.send(ended.map(|()| batch)));
        }));
        // What does not come was lost with its decoder.
        for _ in 0..=owed {
            add(batches.recv().await.unwrap_or(Err(ListFlaw::Truncated))?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// What comes of a list that is cut into chunks of this size, the first of which was decoded before.
    async fn rows(text: &str, size: usize) -> Result<Vec<u64>, ListFlaw> {
        let (mut found, mut rows) = (Vec::new(), Rows::default());
        let mut chunks = text.as_bytes().chunks(size);
        let row_type = RowType::of::<Value>();
        let mut add = |batch: Batch| found.extend(batch.rows().map(|row: Value| row["n"].as_u64().unwrap()));
        let mut first = row_type.batch();
        row_type.feed(&mut rows, chunks.next().unwrap_or_default(), &mut first)?;
        add(first);
        let mut decoder = ListDecoder::begin(row_type, rows);
        for chunk in chunks {
            decoder.feed(Bytes::copy_from_slice(chunk), &mut add).await?;
        }
        decoder.finish(&mut add).await?;
        Ok(found)
    }

    #[tokio::test]
    async fn rows_come_whole_and_in_order_however_they_are_cut() {
        let list: Vec<Value> = (0..1000).map(|n| serde_json::json!({"n": n})).collect();
        let text = serde_json::to_string(&list).unwrap();
        for size in [1, 7, 100, 100_000] {
            assert_eq!(rows(&text, size).await.unwrap(), (0..1000).collect::<Vec<u64>>(), "{size}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_told() {
        assert_eq!(rows("[{\"n\":1},{\"n\"", 4).await, Err(ListFlaw::Truncated));
        assert!(matches!(rows("[{\"n\":1},{]}]", 4).await, Err(ListFlaw::Unexpected(_))));
        assert!(matches!(rows("<html> and more of it", 4).await, Err(ListFlaw::Page)));
    }
}
