//! Decodes a long list on a thread of its own while the rest of it arrives.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::api::http::rows::{ListFlaw, Rows};

/// How many chunks may wait to be decoded before no more are received.
const BACKLOG: usize = 64;

/// Chunks of a list on their way to becoming rows.
#[derive(Debug)]
pub(super) struct ListDecoder<T> {
    chunks: mpsc::Sender<Bytes>,
    batches: mpsc::UnboundedReceiver<Result<Vec<T>, ListFlaw>>,
}

impl<T: DeserializeOwned + Send + 'static> ListDecoder<T> {
    /// Goes on where `rows` has come to.
    pub(super) fn begin(mut rows: Rows) -> Self {
        let (chunks, mut incoming) = mpsc::channel::<Bytes>(BACKLOG);
        let (outgoing, batches) = mpsc::unbounded_channel();
        spawn_blocking(move || {
            let mut batch = Vec::new();
            while let Some(chunk) = incoming.blocking_recv() {
                let fed = rows.feed(&chunk, |row| batch.push(row));
                let flawed = fed.is_err();
                if outgoing.send(fed.map(|()| std::mem::take(&mut batch))).is_err() || flawed {
                    return;
                }
            }
            let ended = rows.finish(|row| batch.push(row));
            // Nobody waits for the rest of an answer that broke off.
            drop(outgoing.send(ended.map(|()| batch)));
        });
        ListDecoder { chunks, batches }
    }

    /// Takes a chunk, waiting while too many are not decoded yet, and calls `add` with the rows that are.
    ///
    /// # Errors
    /// As [`Rows::feed`], for this chunk or an earlier one.
    pub(super) async fn feed(&mut self, chunk: Bytes, mut add: impl FnMut(T)) -> Result<(), ListFlaw> {
        // When nobody takes it, the reason is among the batches.
        let taken = self.chunks.send(chunk).await.is_ok();
        while let Ok(batch) = self.batches.try_recv() {
            batch?.into_iter().for_each(&mut add);
        }
        if taken { Ok(()) } else { Err(ListFlaw::Truncated) }
    }

    /// Declares the end of the list and calls `add` with the rows that are left.
    ///
    /// # Errors
    /// As [`Rows::finish`].
    pub(super) async fn finish(self, mut add: impl FnMut(T)) -> Result<(), ListFlaw> {
        let ListDecoder { chunks, mut batches } = self;
        drop(chunks);
        while let Some(batch) = batches.recv().await {
            batch?.into_iter().for_each(&mut add);
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
        let mut add = |row: Value| found.push(row["n"].as_u64().unwrap());
        rows.feed(chunks.next().unwrap_or_default(), &mut add)?;
        let mut decoder = ListDecoder::begin(rows);
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
