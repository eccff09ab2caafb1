//! The event stream followed over broken connections: nothing twice, and where something may be missing it is said.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::api::error::{Error as ApiError, Problem};
use crate::api::http::{Backoff, Download, Http};
use crate::api::nomad::acl;
use crate::api::nomad::event::{self, Batch, Event};
use crate::error::{Error, Result};

/// A stream that was accepted says so at once; one that was refused says nothing at all.
const ACCEPTED_WITHIN: Duration = Duration::from_secs(5);
/// A stream that lives says something every 30 s.
const SILENCE: Duration = Duration::from_secs(65);
/// After so many streams that told nothing at all, not even that they live, it is no server of Nomad's that answers.
const TRIES: u32 = 8;
/// How many events of the newest indexes are remembered to tell repeated ones.
const REMEMBERED: usize = 10_000;

/// What is followed.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Topics such as `Job` or `Job:web`; none for all.
    pub topics: Vec<String>,
    /// The namespace, or `*`.
    pub namespace: String,
    /// From which raft index on; none for all that the server remembers.
    pub from: Option<u64>,
}

/// A message of the stream to whoever follows it.
#[derive(Debug)]
pub enum StreamMessage {
    /// Something happened.
    Event(Box<Event>),
    /// The connection broke; it is tried again.
    Broken(String),
    /// It is followed again.
    Again,
    /// It is followed again, and whether something happened between these indexes is not known.
    Gap {
        /// The last index that was seen.
        after: u64,
        /// The first one now.
        before: u64,
    },
}

/// Follows the events until the sink has enough.
///
/// # Errors
/// Refused rights (4); unreachable (5) when it cannot be followed again within the patience.
pub async fn follow(
    nomad: &Http,
    subscription: &Subscription,
    patience: Duration,
    mut sink: impl FnMut(StreamMessage) -> Result<bool>,
) -> Result<()> {
    let mut seen = SeenEvents::default();
    let (mut broken_for, mut backoff) = (Duration::ZERO, Backoff::default());
    let mut was_broken = false;
    let (mut heard, mut tries) = (false, 0);
    loop {
        if was_broken {
            // A server that ends every stream is in trouble, and needs no storm of requests.
            let pause = backoff.pause();
            broken_for += pause;
            sleep(pause).await;
        }
        let mut lines = match Lines::open(nomad, subscription, seen.last.or(subscription.from)).await {
            Ok(lines) => lines,
            Err(e) if was_broken && e.is_passing() && broken_for < patience => continue,
            Err(e) => return Err(explained(nomad, e).await),
        };
        let mut resumed = seen.last;
        let mut signs = 0;
        let why = loop {
            match lines.next().await {
                Ok(Some(batch)) => {
                    heard = true;
                    signs += usize::from(batch.events.is_empty());
                    let is_news = batch.events.iter().any(|event| !seen.knows(event));
                    // One sign of life comes with every answer; the next one 30 s later.
                    if signs > 1 || is_news {
                        (broken_for, backoff) = (Duration::ZERO, Backoff::default());
                        if std::mem::take(&mut was_broken) && !sink(StreamMessage::Again)? {
                            return Ok(());
                        }
                    }
                    for event in batch.events {
                        if let Some(after) = resumed.take().filter(|last| event.index > last + 1) {
                            sink(StreamMessage::Gap { after, before: event.index })?;
                        }
                        if seen.is_new(&event) && !sink(StreamMessage::Event(Box::new(event)))? {
                            return Ok(());
                        }
                    }
                }
                Ok(None) => break "the server ended the stream".to_owned(),
                Err(e) => break e.why(),
            }
        };
        seen.last.get_or_insert(subscription.from.unwrap_or_default());
        tries += 1;
        if !heard && tries == TRIES {
            let problem = format!("{tries} streams ended without a single sign of life: {why}");
            return Err(lines.download.error(Problem::Decode, problem).into());
        }
        if broken_for >= patience {
            let problem = format!("the stream ended again and again: {why}");
            return Err(lines.download.error(Problem::Broken, problem).into());
        }
        // It is told once, until something comes again.
        if !std::mem::replace(&mut was_broken, true) && !sink(StreamMessage::Broken(why))? {
            return Ok(());
        }
    }
}

/// The events that were told, so that nothing is told twice: one that fits several topics comes once for each, and after a
/// reconnection the last ones come again.
#[derive(Debug, Default)]
struct SeenEvents {
    last: Option<u64>,
    keys: HashSet<(u64, String, String, String)>,
}

impl SeenEvents {
    fn knows(&self, event: &Event) -> bool {
        self.keys.contains(&(event.index, event.topic.clone(), event.kind.clone(), event.key.clone()))
    }

    fn is_new(&mut self, event: &Event) -> bool {
        if self.keys.len() > REMEMBERED {
            let oldest = self.last.unwrap_or_default().saturating_sub(REMEMBERED as u64 / 10);
            self.keys.retain(|(index, ..)| *index >= oldest);
        }
        self.last = self.last.max(Some(event.index));
        self.keys.insert((event.index, event.topic.clone(), event.kind.clone(), event.key.clone()))
    }
}

/// The lines of a stream under way.
struct Lines {
    download: Download,
    buffer: Vec<u8>,
}

impl Lines {
    /// Opens it and waits for the line that says that it was accepted.
    async fn open(nomad: &Http, subscription: &Subscription, from: Option<u64>) -> Result<Self, ApiError> {
        let call = event::stream(&subscription.topics, &subscription.namespace, from);
        let download = nomad.download(&call).await?;
        let mut lines = Lines { download, buffer: Vec::new() };
        match timeout(ACCEPTED_WITHIN, lines.fill()).await {
            Ok(Ok(true)) => Ok(lines),
            Ok(Err(e)) if e.problem != Problem::Broken => Err(e),
            _ => Err(lines
                .download
                .error(Problem::Denied, "the stream was opened and stayed silent: it was refused")),
        }
    }

    async fn fill(&mut self) -> Result<bool, ApiError> {
        Ok(match self.download.chunk().await? {
            Some(bytes) => {
                self.buffer.extend_from_slice(&bytes);
                true
            }
            None => false,
        })
    }

    async fn next(&mut self) -> Result<Option<Batch>, ApiError> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&b| b == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                let bad =
                    |e: serde_json::Error| self.download.error(Problem::Decode, format!("no event: {e}"));
                return serde_json::from_slice(&line).map(Some).map_err(bad);
            }
            match timeout(SILENCE, self.fill()).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Ok(None),
                Ok(Err(e)) => return Err(e),
                Err(_) => {
                    let words = format!("nothing came for {} s, not even a sign of life", SILENCE.as_secs());
                    return Err(self.download.error(Problem::Timeout, words));
                }
            }
        }
    }
}

/// A refusal is told by silence: the token itself says more.
async fn explained(nomad: &Http, e: ApiError) -> Error {
    let refused = e.is_denied();
    let error = Error::from(e);
    if !refused {
        return error;
    }
    match nomad.read(&acl::token_self()).await {
        Err(unknown) if unknown.is_denied() => Error::from(unknown).context("could not follow the events"),
        _ => error
            .hint("with fewer rights: name topics and a namespace, such as --topic Job --namespace default"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(index: u64, key: &str) -> Event {
        Event {
            index,
            topic: "Job".to_owned(),
            kind: "JobRegistered".to_owned(),
            key: key.to_owned(),
            namespace: String::new(),
            payload: serde_json::Value::Null,
        }
    }

    #[test]
    fn what_comes_again_is_not_new() {
        let mut seen = SeenEvents::default();
        assert!(seen.is_new(&event(5, "a")) && seen.is_new(&event(5, "b")) && !seen.is_new(&event(5, "a")));
        assert!(seen.is_new(&event(7, "a")));
        // A server that was restarted tells old ones again.
        assert!(!seen.is_new(&event(5, "b")));
        assert_eq!(seen.last, Some(7));
    }
}
