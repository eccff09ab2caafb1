//! The state of the simulated cluster: what Nomad's servers keep, with their index semantics.
//!
//! Every write begins with [`State::write`], which moves the raft index; what it touches is recorded for blocking
//! queries, and what it makes necessary is left as [`Effect`]s for the world to act on.

pub mod acl;
pub mod alloc;
mod allocs;
pub mod catalog;
pub mod deployment;
mod deployments;
pub mod eval;
mod evals;
pub mod index;
pub mod job;
mod jobs;
pub mod keyring;
pub mod node;
mod nodes;
mod plan;
pub mod shelf;
pub mod summary;
pub mod task;
pub mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Occupancy;

use acl::Acl;
use alloc::Alloc;
pub use allocs::Report;
use catalog::Catalog;
use deployment::Deployment;
pub use deployments::{Groups, StatusUpdate};
use eval::Eval;
use index::{Indexes, Scope, Table};
use job::{Job, JobKey};
use keyring::RootKey;
use node::Node;
pub use nodes::DrainRequest;
pub use plan::{PlanResult, Stop, rollback_words};
use shelf::{Row, Shelf};
use summary::Summary;
use variables::{Variable, VariableKey};

/// What a write makes necessary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// An evaluation is new or changed: the broker and the blocked ones have a look.
    Eval(Id),
    /// The servers changed an allocation: its node learns of it.
    Alloc(Id),
    /// A client reported on an allocation.
    Report(Id),
    /// A node changed.
    Node(Id),
    /// A deployment is new or changed.
    Deployment(Id),
    /// A node may take more than before.
    Room(Id),
}

/// What the servers keep.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The raft index and what it touched.
    pub indexes: Indexes,
    /// Namespaces, pools, services, submissions and the like.
    pub catalog: Catalog,
    /// Tokens and policies.
    pub acl: Acl,
    nodes: BTreeMap<Id, Arc<Node>>,
    occupancy: BTreeMap<Id, Occupancy>,
    jobs: BTreeMap<JobKey, Arc<Job>>,
    versions: BTreeMap<JobKey, Vec<Arc<Job>>>,
    summaries: BTreeMap<JobKey, Arc<Summary>>,
    evals: Shelf<Eval>,
    allocs: Shelf<Alloc>,
    node_allocs: BTreeMap<Id, BTreeSet<Id>>,
    deployments: Shelf<Deployment>,
    variables: BTreeMap<VariableKey, Arc<Variable>>,
    keyring: BTreeMap<Id, RootKey>,
    effects: Vec<Effect>,
}

impl Row for Eval {
    fn id(&self) -> Id {
        self.id
    }
    fn create_index(&self) -> u64 {
        self.create_index
    }
    fn job(&self) -> &JobKey {
        &self.job
    }
}

impl Row for Alloc {
    fn id(&self) -> Id {
        self.id
    }
    fn create_index(&self) -> u64 {
        self.create_index
    }
    fn job(&self) -> &JobKey {
        self.job_key()
    }
}

impl Row for Deployment {
    fn id(&self) -> Id {
        self.id
    }
    fn create_index(&self) -> u64 {
        self.create_index
    }
    fn job(&self) -> &JobKey {
        &self.job
    }
}

/// One write at one raft index and moment.
#[derive(Debug)]
pub struct Write<'s> {
    state: &'s mut State,
    /// Its raft index.
    pub index: u64,
    /// When it happens.
    pub now: Moment,
}

impl State {
    /// Begins a write: one raft index.
    pub fn write(&mut self, now: Moment) -> Write<'_> {
        let index = self.indexes.advance();
        Write { state: self, index, now }
    }

    /// What the writes since the last call made necessary, in their order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// A node by its id.
    #[must_use]
    pub fn node(&self, id: Id) -> Option<&Arc<Node>> {
        self.nodes.get(&id)
    }

    /// All nodes by id.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = &Arc<Node>> {
        self.nodes.values()
    }

    /// What runs on a node.
    #[must_use]
    pub fn occupancy(&self, node: Id) -> Option<&Occupancy> {
        self.occupancy.get(&node)
    }

    /// A job in its current version.
    #[must_use]
    pub fn job(&self, key: &JobKey) -> Option<&Arc<Job>> {
        self.jobs.get(key)
    }

    /// All jobs by namespace and id.
    pub fn jobs(&self) -> impl DoubleEndedIterator<Item = &Arc<Job>> {
        self.jobs.values()
    }

    /// The kept versions of a job, newest first.
    #[must_use]
    pub fn versions(&self, key: &JobKey) -> &[Arc<Job>] {
        self.versions.get(key).map_or(&[], Vec::as_slice)
    }

    /// A kept version of a job.
    #[must_use]
    pub fn version(&self, key: &JobKey, version: u64) -> Option<&Arc<Job>> {
        self.versions(key).iter().find(|job| job.version == version)
    }

    /// The counts of a job's allocations.
    #[must_use]
    pub fn summary(&self, key: &JobKey) -> Option<&Arc<Summary>> {
        self.summaries.get(key)
    }

    /// An evaluation by its id.
    #[must_use]
    pub fn eval(&self, id: Id) -> Option<&Arc<Eval>> {
        self.evals.get(id)
    }

    /// All evaluations.
    #[must_use]
    pub fn evals(&self) -> &Shelf<Eval> {
        &self.evals
    }

    /// An allocation by its id.
    #[must_use]
    pub fn alloc(&self, id: Id) -> Option<&Arc<Alloc>> {
        self.allocs.get(id)
    }

    /// All allocations.
    #[must_use]
    pub fn allocs(&self) -> &Shelf<Alloc> {
        &self.allocs
    }

    /// The allocations on a node, by id, ended ones included.
    pub fn allocs_on(&self, node: Id) -> impl Iterator<Item = &Arc<Alloc>> {
        self.node_allocs.get(&node).into_iter().flatten().filter_map(|id| self.allocs.get(*id))
    }

    /// The allocations of a job in its present incarnation; those of a purged job of the same id are left out.
    pub fn allocs_of(&self, key: &JobKey) -> impl Iterator<Item = &Arc<Alloc>> {
        let created = self.job(key).map(|job| job.create_index);
        self.allocs.of_job(key).filter(move |a| created.is_none_or(|index| a.job.create_index == index))
    }

    /// The allocations of a deployment, by id.
    pub fn allocs_of_deployment<'s>(
        &'s self,
        deployment: &'s Deployment,
    ) -> impl Iterator<Item = &'s Arc<Alloc>> {
        self.allocs.of_job(&deployment.job).filter(move |a| a.deployment_id == Some(deployment.id))
    }

    /// A deployment by its id.
    #[must_use]
    pub fn deployment(&self, id: Id) -> Option<&Arc<Deployment>> {
        self.deployments.get(id)
    }

    /// All deployments.
    #[must_use]
    pub fn deployments(&self) -> &Shelf<Deployment> {
        &self.deployments
    }

    /// The newest deployment of a job, of an earlier incarnation too.
    #[must_use]
    pub fn latest_deployment(&self, key: &JobKey) -> Option<&Arc<Deployment>> {
        self.deployments.of_job(key).max_by_key(|d| d.create_index)
    }
}

impl Write<'_> {
    fn touch(&mut self, scope: Scope) {
        self.state.indexes.touch(scope);
    }

    /// Records a write to a row with an id in a namespace.
    fn touch_row(&mut self, table: Table, id: Id, job: &JobKey) {
        self.touch(Scope::Table(table));
        self.touch(Scope::Namespace(table, job.namespace.clone()));
        self.touch(Scope::Job(table, job.clone()));
        self.touch(Scope::Row(table, id));
    }

    fn effect(&mut self, effect: Effect) {
        self.state.effects.push(effect);
    }

    /// The state as this write has left it so far.
    #[must_use]
    pub fn state(&self) -> &State {
        self.state
    }
}
