//! What is known of the cluster.

use std::collections::BTreeMap;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::evaluation::Evaluation;
use crate::api::nomad::node::NodeStub;
use crate::model::group::GroupKey;
use crate::model::ids::JobKey;
use crate::model::metric;
use crate::ops::migration::snapshot::JobDocument;

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
    pub(super) fn learn_unplaced(&mut self, blocked: &[Evaluation]) {
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
