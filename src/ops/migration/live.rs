//! The live picture: nodes and allocations kept by blocking queries, jobs, deployments and waiting evaluations read when a
//! decision needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;

use crate::api::Result as ApiResult;
use crate::api::http::{Get, Http, Patience, Reply};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, one_of};
use crate::api::watch::Watch;
use crate::clock::SharedClock;
use crate::error::Result;
use crate::model::group::GroupKey;
use crate::model::ids::{JobKey, JobType};
use crate::model::metric;
use crate::ops::migration::snapshot::{self, JobDocument};

/// Longer lists of names make the filter more costly than the rows it spares.
const MOST_NAMES_IN_A_FILTER: usize = 100;

/// The cluster as it is known now.
#[derive(Debug, Clone, Default)]
pub struct ClusterPicture {
    /// Every node of the cluster.
    pub nodes: Vec<NodeStub>,
    /// Everything on the nodes concerned, and the allocations of every job concerned, wherever they are.
    pub allocs: Vec<AllocStub>,
    /// The jobs concerned; one that was asked for and is not here does not exist.
    pub jobs: BTreeMap<JobKey, JobDocument>,
    /// Their deployments under way.
    pub deployments: Vec<Deployment>,
    /// Why a group's evaluation waits for room, where one does.
    pub unplaced: BTreeMap<GroupKey, String>,
}

impl ClusterPicture {
    /// The node of that id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&NodeStub> {
        self.nodes.iter().find(|n| n.id == id)
    }

    /// Why nothing was placed for the groups of these evaluations.
    fn learn_unplaced(&mut self, blocked: &[Evaluation]) {
        self.unplaced.clear();
        for eval in blocked {
            for (group, metric) in &eval.failed_groups {
                let key = GroupKey {
                    namespace: eval.namespace.clone(),
                    job: eval.job_id.clone(),
                    group: group.clone(),
                };
                self.unplaced.insert(key, metric::explain(metric));
            }
        }
    }
}

type States<T> = Pin<Box<dyn Stream<Item = ApiResult<Reply<T>>>>>;

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
        Live {
            nomad: nomad.clone(),
            clock,
            nodes: Watch::new(nomad, node::list(), Patience::OPERATION).states(),
            allocs: Watch::new(nomad, allocs_call(&node_ids, &jobs), Patience::OPERATION).states(),
            node_ids,
            jobs,
            picture: ClusterPicture::default(),
            node_index: AnswerOrder::default(),
            alloc_index: AnswerOrder::default(),
            read_at: None,
        }
    }

    /// The picture, once every part of it is known.
    #[must_use]
    pub fn picture(&self) -> Option<&ClusterPicture> {
        (self.node_index.is_known() && self.alloc_index.is_known() && self.read_at.is_some())
            .then_some(&self.picture)
    }

    /// Ends when something may have changed. Dropping the future loses nothing.
    ///
    /// # Errors
    /// A fault that outlasted all patience.
    pub async fn changed(&mut self) -> Result<()> {
        tokio::select! {
            Some(reply) = self.nodes.next() => self.take_nodes(reply?),
            Some(reply) = self.allocs.next() => self.take_allocs(reply?),
        }
        if self.read_at.is_none() && self.alloc_index.is_known() {
            self.read_jobs(&BTreeSet::new()).await?;
        }
        Ok(())
    }

    /// Reads nodes, allocations, deployments and these jobs afresh; what is decided of them next stands on nothing older.
    ///
    /// # Errors
    /// Any API fault that outlasts the patience.
    pub async fn refresh(&mut self, jobs: &BTreeSet<JobKey>) -> Result<()> {
        let (node_call, alloc_call) = (node::list(), allocs_call(&self.node_ids, &self.jobs));
        let nomad = self.nomad.clone();
        let (nodes, allocs) = tokio::try_join!(nomad.read(&node_call), nomad.read(&alloc_call))?;
        self.take_nodes(nodes);
        self.take_allocs(allocs);
        self.read_jobs(jobs).await
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
            snapshot::read_jobs(&self.nomad, jobs),
            snapshot::active_deployments(&self.nomad),
            async { Ok(self.nomad.list(&call).await?.value) },
        )?;
        self.picture.jobs.retain(|key, _| !jobs.contains(key));
        self.picture.jobs.extend(read);
        let concerned = |d: &Deployment| self.jobs.contains(&JobKey::new(&*d.namespace, &*d.job_id));
        self.picture.deployments = deployments.into_iter().filter(concerned).collect();
        self.picture.learn_unplaced(&blocked);
        self.read_at = Some(self.clock.now());
        Ok(())
    }

    /// A list may come from before what was read since.
    fn take_nodes(&mut self, reply: Reply<Vec<NodeStub>>) {
        if !self.node_index.admits(reply.meta.index) {
            return;
        }
        self.picture.nodes = reply.value;
    }

    fn take_allocs(&mut self, reply: Reply<Vec<AllocStub>>) {
        if !self.alloc_index.admits(reply.meta.index) {
            return;
        }
        let concerned =
            |a: &AllocStub| self.node_ids.contains(&a.node_id) || self.jobs.contains(&JobKey::of(a));
        self.picture.allocs = reply.value.into_iter().filter(concerned).collect();
        let new: BTreeSet<JobKey> = self
            .picture
            .allocs
            .iter()
            .filter(|a| self.node_ids.contains(&a.node_id) && !a.client_status.is_terminal())
            .filter(|a| a.job_type == JobType::Service)
            .map(JobKey::of)
            .filter(|key| !self.jobs.contains(key))
            .collect();
        if !new.is_empty() {
            // What came meanwhile is followed like what was there: its other allocations are asked for as well.
            self.jobs.extend(new);
            self.allocs =
                Watch::new(&self.nomad, allocs_call(&self.node_ids, &self.jobs), Patience::OPERATION)
                    .states();
            self.alloc_index = AnswerOrder::default();
            self.read_at = None;
        }
    }
}

/// Keeps answers in order: one that was asked for earlier may come later.
#[derive(Debug, Clone, Copy, Default)]
struct AnswerOrder {
    known: Option<u64>,
    fell: bool,
}

impl AnswerOrder {
    fn is_known(self) -> bool {
        self.known.is_some()
    }

    /// Whether an answer of this index is taken in. One that is older than what is known is not, unless the next one is as
    /// well: then the servers were restored, and their word counts.
    fn admits(&mut self, index: Option<u64>) -> bool {
        let index = index.unwrap_or(0);
        if self.known.is_some_and(|known| index < known) && !self.fell {
            self.fell = true;
            return false;
        }
        *self = AnswerOrder { known: Some(index), fell: false };
        true
    }
}

/// The allocations on these nodes and of these jobs, and perhaps more: of jobs of the same name elsewhere.
fn allocs_call(nodes: &BTreeSet<String>, jobs: &BTreeSet<JobKey>) -> Get<Vec<AllocStub>> {
    let names: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let on_nodes = || one_of("NodeID", nodes.iter().map(String::as_str));
    let filter = match names.is_empty() {
        true => on_nodes(),
        false => format!("{} or {}", on_nodes(), one_of("JobID", names.iter().copied())),
    };
    let short = nodes.len() + names.len() <= MOST_NAMES_IN_A_FILTER;
    allocation::list().namespace(ALL_NAMESPACES).filter(short.then_some(filter.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_answer_is_left_out_and_a_restored_server_is_believed() {
        let mut order = AnswerOrder::default();
        assert!(order.admits(Some(10)) && order.admits(Some(12)));
        assert!(!order.admits(Some(11)));
        assert!(order.admits(Some(12)), "the same state once more");
        assert!(!order.admits(Some(3)));
        assert!(order.admits(Some(4)), "twice in a row is no accident");
    }
}
