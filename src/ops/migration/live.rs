//! The live picture: nodes and allocations kept by blocking queries, jobs, deployments and waiting evaluations read when a
//! decision needs them.
//!
//! What there is little of is read whole whenever it changes. Of a large cluster a blocking query says no more than that something
//! changed; what is in hand is read then, and the whole now and then.

mod by_parts;
mod order;
mod part;
mod picture;

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use jiff::Timestamp;

use crate::api::http::{Get, Http, Patience, Reply};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::evaluation;
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, one_of};
use crate::api::watch::{States, Watch};
use crate::clock::SharedClock;
use crate::error::Result;
use crate::model::ids::{JobKey, JobType};
use crate::ops::migration::snapshot;

use by_parts::Parts;
use order::AnswerOrder;
pub use part::Part;
pub use picture::ClusterPicture;

/// Longer lists of names make the filter more costly than the rows it spares.
const MOST_NAMES_IN_A_FILTER: usize = 100;
/// Of more allocations than this only those in hand are read whenever something changes.
const MOST_ALLOCS: usize = 2_000;
/// The same for nodes.
const MOST_NODES: usize = 1_000;

/// A picture that follows the cluster.
pub struct Live {
    nomad: Http,
    clock: SharedClock,
    /// The nodes concerned, by id.
    node_ids: BTreeSet<String>,
    /// The jobs concerned.
    jobs: BTreeSet<JobKey>,
    nodes: States<Vec<NodeStub>>,
    allocs: States<Vec<AllocStub>>,
    /// Where only parts are read whenever something changes: then the queries say that something did, and no more.
    parts: Option<Parts>,
    picture: ClusterPicture,
    node_index: AnswerOrder,
    alloc_index: AnswerOrder,
    /// When jobs, deployments and waiting evaluations were read last.
    read_at: Option<Timestamp>,
}

impl Live {
    /// A picture of these nodes and jobs, and of every job that is found on the nodes; it has to be awaited.
    #[must_use]
    pub fn new(nomad: &Http, clock: SharedClock, node_ids: BTreeSet<String>, jobs: BTreeSet<JobKey>) -> Self {
        let is_large = is_long(&node_ids, &jobs);
        let mut live = Live {
            nomad: nomad.clone(),
            clock,
            nodes: Watch::new(nomad, node::list(), Patience::OPERATION).states(),
            allocs: Watch::new(nomad, allocs_call(&node_ids, &jobs), Patience::OPERATION).states(),
            parts: None,
            node_ids,
            jobs,
            picture: ClusterPicture::default(),
            node_index: AnswerOrder::default(),
            alloc_index: AnswerOrder::default(),
            read_at: None,
        };
        if is_large {
            live.go_by_parts();
        }
        live
    }

    /// The picture, once every part of it is known.
    #[must_use]
    pub fn picture(&self) -> Option<&ClusterPicture> {
        let lacks = self.parts.as_ref().is_some_and(|parts| !parts.lacking.is_empty());
        (self.node_index.is_known() && self.alloc_index.is_known() && self.read_at.is_some() && !lacks)
            .then_some(&self.picture)
    }

    /// From now on this is what is looked at most closely, where not everything can be.
    pub fn look_closely(&mut self, part: Part) {
        if let Some(parts) = &mut self.parts {
            // What is new in hand is looked at without waiting for a change.
            parts.stirred |= part != parts.in_hand;
            parts.in_hand = part;
        }
    }

    /// Ends when something may have changed. Dropping the future loses nothing.
    ///
    /// # Errors
    /// A fault that outlasted all patience.
    pub async fn changed(&mut self) -> Result<()> {
        if self.parts.is_some() {
            self.part_changed().await?;
        } else {
            tokio::select! {
                Some(reply) = self.nodes.next() => { self.take_nodes(reply?); },
                Some(reply) = self.allocs.next() => { self.take_allocs(reply?); },
            }
            if self.picture.nodes.len() > MOST_NODES || self.picture.allocs.len() > MOST_ALLOCS {
                self.go_by_parts();
            }
        }
        self.read_unread().await
    }

    /// Reads the jobs where they were never read. Whoever breaks off [`Live::changed`] now and then goes on here.
    ///
    /// # Errors
    /// Any API fault that outlasts the patience.
    pub async fn read_unread(&mut self) -> Result<()> {
        match self.read_at.is_none() && self.alloc_index.is_known() {
            true => self.read_jobs(&BTreeSet::new()).await,
            false => Ok(()),
        }
    }

    /// Reads nodes, allocations, deployments and these jobs afresh; what is decided of them next stands on nothing older.
    ///
    /// # Errors
    /// Any API fault that outlasts the patience.
    pub async fn refresh(&mut self, jobs: &BTreeSet<JobKey>) -> Result<()> {
        if self.parts.is_some() {
            self.read_now(None).await?;
        } else {
            let (node_call, alloc_call) = (node::list(), allocs_call(&self.node_ids, &self.jobs));
            let nomad = self.nomad.clone();
            let (nodes, allocs) = tokio::try_join!(nomad.read(&node_call), nomad.read(&alloc_call))?;
            self.take_nodes(nodes);
            self.take_allocs(allocs);
        }
        self.read_jobs(jobs).await
    }

    /// The same for what is decided of a part next: of a large cluster nothing else is read.
    ///
    /// # Errors
    /// Any API fault that outlasts the patience.
    pub async fn refresh_part(&mut self, part: Part) -> Result<()> {
        if self.parts.is_none() || self.picture().is_none() {
            return self.refresh(&part.jobs).await;
        }
        let jobs = part.jobs.clone();
        self.read_now(Some(part)).await?;
        self.read_jobs(&jobs).await
    }

    /// Reads what no query is held for: these jobs, or all of them when that was never done, the deployments, and the
    /// evaluations that wait for room.
    ///
    /// # Errors
    /// Any API fault that outlasts the patience.
    pub async fn read_jobs(&mut self, jobs: &BTreeSet<JobKey>) -> Result<()> {
        let jobs = if self.read_at.is_none() { &self.jobs } else { jobs };
        let call = evaluation::list().namespace(ALL_NAMESPACES).filter(Some("Status == \"blocked\""));
        let (read, deployments, blocked) = tokio::try_join!(
            snapshot::read_jobs_again(&self.nomad, jobs, &self.picture.jobs),
            snapshot::active_deployments(&self.nomad),
            async { Ok(self.nomad.list(&call).await?.value) },
        )?;
        self.picture.jobs.retain(|key, _| !jobs.contains(key) || read.unchanged.contains(key));
        self.picture.jobs.extend(read.changed);
        let concerned = |d: &Deployment| self.jobs.contains(&JobKey::new(&*d.namespace, &*d.job_id));
        self.picture.deployments = deployments.into_iter().filter(concerned).collect();
        self.picture.learn_unplaced(&blocked);
        self.read_at = Some(self.clock.now());
        Ok(())
    }

    /// A list may come from before what was read since; whether it does not.
    fn take_nodes(&mut self, reply: Reply<Vec<NodeStub>>) -> bool {
        let is_news = self.node_index.admits(reply.meta.index);
        if is_news {
            self.picture.nodes = reply.value;
        }
        is_news
    }

    fn take_allocs(&mut self, reply: Reply<Vec<AllocStub>>) -> bool {
        if !self.alloc_index.admits(reply.meta.index) {
            return false;
        }
        self.picture.allocs = reply.value;
        let new = self.find_new_jobs();
        self.forget_others();
        if !new.is_empty() {
            if self.parts.is_none() {
                // What came meanwhile is followed like what was there: its other allocations are asked for as well.
                let call = allocs_call(&self.node_ids, &self.jobs);
                self.allocs = Watch::new(&self.nomad, call, Patience::OPERATION).states();
                self.alloc_index = AnswerOrder::default();
            }
            self.read_at = None;
        }
        true
    }

    /// The jobs of services on the nodes that nobody followed so far; they are concerned from now on.
    fn find_new_jobs(&mut self) -> BTreeSet<JobKey> {
        let here = self.picture.allocs.iter().filter(|a| self.node_ids.contains(&a.node_id));
        let lives = here.filter(|a| !a.client_status.is_terminal() && a.job_type == JobType::Service);
        let new: BTreeSet<JobKey> = lives.map(JobKey::of).filter(|key| !self.jobs.contains(key)).collect();
        self.jobs.extend(new.iter().cloned());
        new
    }

    fn forget_others(&mut self) {
        let all = Part { nodes: self.node_ids.clone(), jobs: self.jobs.clone(), allocs: BTreeSet::new() };
        let covers = all.covers();
        self.picture.allocs.retain(|alloc| covers(alloc));
    }
}

/// Whether there are more names than are worth a filter.
fn is_long(nodes: &BTreeSet<String>, jobs: &BTreeSet<JobKey>) -> bool {
    let names: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    nodes.len() + names.len() > MOST_NAMES_IN_A_FILTER
}

/// The allocations on these nodes and of these jobs, and perhaps more: of jobs of the same name elsewhere.
fn allocs_call(nodes: &BTreeSet<String>, jobs: &BTreeSet<JobKey>) -> Get<Vec<AllocStub>> {
    let names: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let on_nodes = || one_of("NodeID", nodes.iter().map(String::as_str));
    let filter = match names.is_empty() {
        true => on_nodes(),
        false => format!("{} or {}", on_nodes(), one_of("JobID", names.iter().copied())),
    };
    let short = !is_long(nodes, jobs);
    allocation::list().namespace(ALL_NAMESPACES).filter(short.then_some(filter.as_str()))
}
