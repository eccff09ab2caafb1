//! Decodes a long list on a thread of its own while the rest of it arrives.

use std::any::Any;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

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

/// Chunks of a list on their way to becoming rows.
pub(super) struct ListDecoder {
    chunks: mpsc::Sender<Bytes>,
    batches: mpsc::UnboundedReceiver<Result<Batch, ListFlaw>>,
}

impl ListDecoder {
    /// Goes on where `list` has come to.
    pub(super) fn begin(rows: RowType, mut list: Rows) -> Self {
        let (chunks, mut incoming) = mpsc::channel::<Bytes>(BACKLOG);
        let (outgoing, batches) = mpsc::unbounded_channel();
        spawn_blocking(move || {
            let mut batch = rows.batch();
            while let Some(chunk) = incoming.blocking_recv() {
                let fed = rows.feed(&mut list, &chunk, &mut batch);
                let flawed = fed.is_err();
                let decoded = std::mem::replace(&mut batch, rows.batch());
                if outgoing.send(fed.map(|()| decoded)).is_err() || flawed {
                    return;
                }
            }
            let ended = rows.finish(list, &mut batch);
            // Nobody waits for the rest of an answer that broke off.
            drop(outgoing.send(ended.map(|()| batch)));
        });
        ListDecoder { chunks, batches }
    }

    /// Takes a chunk, waiting while too many are not decoded yet, and hands on the rows that are.
    ///
    /// # Errors
    /// As [`Rows::feed`], for this chunk or an earlier one.
    pub(super) async fn feed(&mut self, chunk: Bytes, add: &mut dyn FnMut(Batch)) -> Result<(), ListFlaw> {
        // When nobody takes it, the reason is among the batches.
        let taken = self.chunks.send(chunk).await.is_ok();
        while let Ok(batch) = self.batches.try_recv() {
            add(batch?);
        }
        if taken { Ok(()) } else { Err(ListFlaw::Truncated) }
    }

    /// Declares the end of the list and hands on the rows that are left.
    ///
    /// # Errors
    /// As [`Rows::finish`].
    pub(super) async fn finish(self, add: &mut dyn FnMut(Batch)) -> Result<(), ListFlaw> {
        let ListDecoder { chunks, mut batches } = self;
        drop(chunks);
        while let Some(batch) = batches.recv().await {
            add(batch?);
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
        assert!(matches!(rows("<html> and more of it", 4).await, Err(ListFlaw::Unexpected(_))));
    }
}
