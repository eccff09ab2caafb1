//! What a rebalance is decided from: how full the nodes are, and what on them may move.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocResources, AllocStub};
use crate::api::nomad::node::{Eligibility, NodeStatus, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, node};
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::capacity::{self, Amount};
use crate::model::forecast::keeps_apart;
use crate::model::group::GroupKey;
use crate::model::ids::{JobKey, JobType};
use crate::model::rebalance::{Movable, Place};
use crate::model::rights::Permitted;
use crate::model::words;
use crate::ops::migration::floors::{FloorPolicy, Rule};
use crate::ops::migration::snapshot::{self, Snapshot};

/// On more nodes than this nobody can say in time what may move.
const MOST_NODES: usize = 500;

/// The nodes, and what may move.
pub(super) struct RebalanceSnapshot {
    pub(super) cluster: Snapshot,
    /// The nodes that are evened out, with what they offer.
    pub(super) nodes: Vec<NodeStub>,
    pub(super) places: Vec<Place>,
    pub(super) movable: Vec<Movable>,
}

impl RebalanceSnapshot {
    /// Reads it. `ours` are nodes that an earlier run closed: they take work, as far as this is concerned.
    ///
    /// # Errors
    /// Not found (3) without two nodes that take work; refused (7) for too many of them; denied (4) when nodes may not be marked.
    pub(super) async fn read(
        app: &App,
        nomad: &Http,
        selected: &BTreeSet<String>,
        policy: &FloorPolicy,
        ours: &BTreeSet<String>,
    ) -> Result<Self> {
        if selected.len() > MOST_NODES {
            let all = words::count(selected.len(), "node");
            return Err(Error::refused(format!("{all} are too many to be evened out at once"))
                .hint(format!("select at most {MOST_NODES}, by --pool, --class or --datacenter")));
        }
        let (with_resources, running) =
            (node::list_with_resources(), allocation::running_with_resources().namespace(ALL_NAMESPACES));
        let (none, consul, now) = (BTreeSet::new(), app.consul()?, app.clock().now());
        let (cluster, nodes, taken) = tokio::try_join!(
            Box::pin(snapshot::observe_with_checks(nomad, consul, selected, &none, now)),
            async { Ok::<_, Error>(nomad.list(&with_resources).await?.value) },
            async {
                let sum = |all: &mut HashMap<String, (String, Amount)>, alloc: AllocResources| {
                    let taken = alloc.allocated_resources.as_ref().map(capacity::taken).unwrap_or_default();
                    all.insert(alloc.id, (alloc.node_id, taken));
                };
                Ok(nomad.fold(&running, HashMap::new, sum).await?.value)
            },
        )?;
        if cluster.rights.node_write() == Permitted::No {
            return Err(Error::new(ExitCode::Denied, "the token may not mark nodes")
                .because("it needs node { policy = \"write\" }"));
        }
        let takes_work = |n: &NodeStub| {
            let closed = n.scheduling_eligibility == Eligibility::Ineligible && !ours.contains(&n.id);
            n.status == NodeStatus::Ready && !n.drain && !closed
        };
        let nodes: Vec<NodeStub> =
            nodes.into_iter().filter(|n| selected.contains(&n.id) && takes_work(n)).collect();
        if nodes.len() < 2 {
            return Err(
                Error::not_found("fewer than two of the selected nodes take work").hint("fleet node list")
            );
        }
        let mut used: HashMap<&str, Amount> = HashMap::new();
        for (node, amount) in taken.values() {
            *used.entry(node).or_default() += *amount;
        }
        let place = |n: &NodeStub| Place {
            id: n.id.clone(),
            within: (n.node_pool.clone(), n.datacenter.clone()),
            offered: capacity::offered(n),
            used: used.get(n.id.as_str()).copied().unwrap_or_default(),
        };
        let places: Vec<Place> = nodes.iter().map(place).collect();
        let movable = movable(&cluster, &places, &taken, policy);
        Ok(RebalanceSnapshot { cluster, nodes, places, movable })
    }

    /// The allocation of that id.
    pub(super) fn alloc(&self, id: &str) -> Option<&AllocStub> {
        self.cluster.allocs.iter().find(|a| a.id == id)
    }

    /// The node of that id.
    pub(super) fn node(&self, id: &str) -> Option<&NodeStub> {
        self.nodes.iter().find(|n| n.id == id)
    }
}

/// Instances of services, well by their checks as well, that have others to spare, and nothing that stays on their node.
fn movable(
    snapshot: &Snapshot,
    places: &[Place],
    taken: &HashMap<String, (String, Amount)>,
    policy: &FloorPolicy,
) -> Vec<Movable> {
    let here: BTreeSet<&str> = places.iter().map(|p| p.id.as_str()).collect();
    let mut spare: BTreeMap<GroupKey, bool> = BTreeMap::new();
    let mut may =
        |key: &GroupKey| *spare.entry(key.clone()).or_insert_with(|| has_one_to_spare(snapshot, key, policy));
    let moves = |a: &&AllocStub| {
        a.job_type == JobType::Service
            && here.contains(a.node_id.as_str())
            && snapshot.checks.is_available(a)
            && !a.is_canary()
    };
    let mut found = Vec::new();
    for alloc in snapshot.allocs.iter().filter(moves) {
        let key = GroupKey::of(alloc);
        let Some((_, takes)) = taken.get(&alloc.id).filter(|_| may(&key)) else { continue };
        let apart = snapshot.jobs.get(&key.job_key()).is_some_and(|d| keeps_apart(&d.spec));
        let others = snapshot.allocs.iter().filter(|a| {
            apart && JobKey::of(a) == key.job_key() && a.id != alloc.id && !a.client_status.is_terminal()
        });
        found.push(Movable {
            id: alloc.id.clone(),
            node: alloc.node_id.clone(),
            takes: *takes,
            kept_off: others.map(|a| a.node_id.clone()).collect(),
            group: key,
        });
    }
    found
}

fn has_one_to_spare(snapshot: &Snapshot, key: &GroupKey, policy: &FloorPolicy) -> bool {
    let Some(document) = snapshot.jobs.get(&key.job_key()) else { return false };
    let Some(group) = document.job.group(&key.group) else { return false };
    let rule = Rule::of(key, Some(document), &snapshot.deployments, policy);
    let well = snapshot.allocs.iter().filter(|a| key.owns(a) && snapshot.checks.is_available(a));
    let available = well.count() as u64;
    let deploys = snapshot.deployments.iter().any(|d| d.namespace == key.namespace && d.job_id == key.job);
    let stays = !group.volumes.is_empty()
        || group.ephemeral_disk.as_ref().is_some_and(|disk| disk.sticky == Some(true));
    let may_stop = snapshot.rights.namespace(&key.namespace, &["alloc-lifecycle"]) != Permitted::No;
    rule.count > 1 && available > rule.floor && !deploys && !stays && may_stop
}
