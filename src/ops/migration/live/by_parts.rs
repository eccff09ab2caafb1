//! Following a large cluster: a sign that something changed, what is in hand read then, and the whole now and then.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use tokio::time::{Instant, sleep_until};

use crate::api::Result as ApiResult;
use crate::api::http::{Get, Http, Patience, Reply};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::{self, NodeStub};
use crate::api::watch::Watch;
use crate::error::Result;
use crate::model::ids::JobKey;

use super::part::{self, Part};
use super::{Live, allocs_call, is_long};

/// How long nothing is read after a part was, at least, and how many times as long as that took.
const PAUSE: (Duration, u32) = (Duration::from_millis(250), 3);
/// The same for the whole.
const LONG_PAUSE: (Duration, u32) = (Duration::from_secs(10), 10);

/// What is less than one in so many of all there is is small.
const SMALL: usize = 8;

/// How a large cluster is followed.
pub(super) struct Parts {
    /// What is read whenever something changes.
    pub(super) in_hand: Part,
    /// Jobs that are concerned since a moment ago, of which not every allocation was read yet.
    pub(super) lacking: BTreeSet<JobKey>,
    /// Tells the nodes concerned from the others.
    closed: Option<String>,
    /// Whether something has changed since the last look.
    pub(super) stirred: bool,
    look_at: Instant,
    whole_at: Instant,
    /// How many allocations the whole had last.
    rows: usize,
    reading: Option<Pin<Box<dyn Future<Output = ApiResult<Answer>>>>>,
}

/// What was read at one time.
struct Answer {
    /// Of what; of everything, where nothing is said.
    part: Option<Part>,
    nodes: Reply<Vec<NodeStub>>,
    /// None where nothing was to be asked about allocations.
    allocs: Option<Reply<Vec<AllocStub>>>,
    /// Whether these are all there are of what is concerned.
    all_allocs: bool,
    took: Duration,
}

impl Live {
    /// From now on what is in hand is read whenever something changes: everything concerned, until somebody says what that is.
    pub(super) fn go_by_parts(&mut self) {
        let nomad = &self.nomad;
        self.nodes = Watch::new(nomad, part::sign_of_nodes(), Patience::OPERATION).states();
        self.allocs = Watch::new(nomad, part::sign_of_allocs(), Patience::OPERATION).states();
        let now = Instant::now();
        self.parts = Some(Parts {
            in_hand: Part { nodes: self.node_ids.clone(), jobs: self.jobs.clone(), allocs: BTreeSet::new() },
            lacking: BTreeSet::new(),
            closed: part::pattern_of(&self.node_ids, &self.picture.nodes),
            stirred: true,
            look_at: now,
            whole_at: if self.alloc_index.is_known() { now + LONG_PAUSE.0 } else { now },
            rows: self.picture.allocs.len(),
            reading: None,
        });
    }

    /// Waits for a sign that something changed, and reads what has to be.
    pub(super) async fn part_changed(&mut self) -> Result<()> {
        loop {
            let Some(parts) = &mut self.parts else { return Ok(()) };
            if let Some(reading) = &mut parts.reading {
                let answer = reading.as_mut().await;
                parts.reading = None;
                self.take(answer?);
                return Ok(());
            }
            let (wait, look_at) = (!parts.stirred, parts.look_at);
            tokio::select! {
                Some(sign) = self.nodes.next(), if wait => {
                    sign?;
                    parts.stirred = true;
                }
                Some(sign) = self.allocs.next(), if wait => {
                    sign?;
                    parts.stirred = true;
                }
                () = sleep_until(look_at), if !wait => {
                    let part = self.what_to_read();
                    let reading = self.read(part);
                    if let Some(parts) = &mut self.parts {
                        parts.stirred = false;
                        parts.reading = Some(reading);
                    }
                }
            }
        }
    }

    /// What has to be read now; everything, where nothing is said.
    fn what_to_read(&self) -> Option<Part> {
        let parts = self.parts.as_ref()?;
        if Instant::now() >= parts.whole_at || !self.node_index.is_known() || !self.alloc_index.is_known() {
            return None;
        }
        match parts.lacking.is_empty() {
            true => Some(parts.in_hand.clone()),
            false => Some(Part { jobs: parts.lacking.clone(), ..Part::default() }),
        }
    }

    /// Reads a part, or everything, at once.
    pub(super) async fn read_now(&mut self, part: Option<Part>) -> Result<()> {
        let answer = self.read(part).await?;
        self.take(answer);
        // What is new on the nodes brings its other allocations with it.
        while let Some(lacking) = self.parts.as_ref().map(|p| p.lacking.clone()).filter(|l| !l.is_empty()) {
            let answer = self.read(Some(Part { jobs: lacking, ..Part::default() })).await?;
            self.take(answer);
        }
        Ok(())
    }

    /// Where a part is most of all allocations there are, all of them are cheaper.
    fn read(&self, part: Option<Part>) -> Pin<Box<dyn Future<Output = ApiResult<Answer>>>> {
        let parts = self.parts.as_ref();
        let rows = parts.map_or(0, |parts| parts.rows);
        let size = part.as_ref().map_or(usize::MAX, |part| {
            let covers = part.covers();
            self.picture.allocs.iter().filter(|alloc| covers(alloc)).count()
        });
        let closed = parts.and_then(|parts| parts.closed.as_deref());
        let node_call = part.as_ref().map_or_else(node::list, |part| part.nodes_call(closed));
        let small = part.as_ref().filter(|_| size.saturating_mul(2) <= rows);
        let alloc_calls = match small {
            None => vec![allocs_call(&self.node_ids, &self.jobs)],
            Some(part) => part.allocs_calls(size * SMALL <= rows),
        };
        let all_allocs = small.is_none();
        let nomad = self.nomad.clone();
        Box::pin(async move {
            let begun = Instant::now();
            let (nodes, allocs) = read(&nomad, &node_call, &alloc_calls).await?;
            Ok(Answer { part, nodes, allocs, all_allocs, took: begun.elapsed() })
        })
    }

    fn take(&mut self, answer: Answer) {
        let Answer { part, nodes, allocs, all_allocs, took } = answer;
        let pause = |(least, times): (Duration, u32)| Instant::now() + least.max(took * times);
        if let Some(parts) = &mut self.parts {
            // What is being read meanwhile is older, and may be about something else: that is read again.
            parts.stirred |= parts.reading.take().is_some();
            parts.look_at = pause(PAUSE);
        }
        let whole = part.is_none();
        let part = part.unwrap_or_default();
        let is_news = match whole {
            true => self.take_nodes(nodes),
            false => {
                let is_news = self.node_index.admits(nodes.meta.index);
                if is_news {
                    part::take_nodes(&mut self.picture.nodes, &part, nodes.value);
                }
                is_news
            }
        };
        let is_news = is_news & allocs.is_none_or(|reply| self.take_some(&part, all_allocs, reply));
        if let Some(parts) = &mut self.parts {
            if whole {
                parts.closed = part::pattern_of(&self.node_ids, &self.picture.nodes);
            }
            if whole && is_news {
                parts.whole_at = pause(LONG_PAUSE);
            }
            // Where it is older than what is known, it is asked for once more.
            parts.stirred |= !is_news || !parts.lacking.is_empty();
        }
    }

    /// Takes in allocations, all that are concerned or those of a part; whether they are no older than what is known.
    fn take_some(&mut self, part: &Part, all: bool, reply: Reply<Vec<AllocStub>>) -> bool {
        let (rows, known) = (reply.value.len(), self.jobs.clone());
        let named = !all || !is_long(&self.node_ids, &self.jobs);
        if all {
            if !self.take_allocs(reply) {
                return false;
            }
        } else {
            if !self.alloc_index.admits(reply.meta.index) {
                return false;
            }
            part::take_allocs(&mut self.picture.allocs, part, reply.value);
            if !self.find_new_jobs().is_empty() {
                self.read_at = None;
            }
            self.forget_others();
        }
        if let Some(parts) = &mut self.parts {
            match all {
                true => {
                    parts.rows = rows;
                    parts.lacking.clear();
                }
                false => parts.lacking.retain(|job| !part.jobs.contains(job)),
            }
            // Where jobs were named, those that are new were not.
            parts.lacking.extend(self.jobs.difference(&known).filter(|_| named).cloned());
        }
        true
    }
}

/// What these calls list; no allocations where there is no call for them.
async fn read(
    nomad: &Http,
    node_call: &Get<Vec<NodeStub>>,
    alloc_calls: &[Get<Vec<AllocStub>>],
) -> ApiResult<(Reply<Vec<NodeStub>>, Option<Reply<Vec<AllocStub>>>)> {
    let (nodes, allocs) = tokio::try_join!(
        nomad.list(node_call),
        try_join_all(alloc_calls.iter().map(|call| nomad.list(call))),
    )?;
    // Of several answers the oldest says how old they are together.
    let together = |mut all: Reply<Vec<AllocStub>>, mut more: Reply<Vec<AllocStub>>| {
        all.value.append(&mut more.value);
        all.meta.index = all.meta.index.min(more.meta.index);
        all
    };
    Ok((nodes, allocs.into_iter().reduce(together)))
}
