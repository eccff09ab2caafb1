//! What speaks against a rotation before it begins (`nomad-api.md §12.4`, rule 3). Pure.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::node::NodeStub;
use crate::model::forecast::Loss;
use crate::model::group::{GroupKey, is_available};
use crate::model::rights::Answer;
use crate::ops::rotate::event::{AllocRef, NodeRef};
use crate::ops::rotate::options::{Options, Replace, Risk, Singletons};
use crate::ops::rotate::plan::{Plan, Way, alloc_ref, is_ours, is_out_of_sight};
use crate::ops::rotate::scene::Scene;

/// Something that stops a rotation until it is decided, accepted or gone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "hold", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Hold {
    /// No node would be left for what moves.
    NothingLeft,
    /// Not everything finds room on the nodes that stay.
    WontFit {
        /// Whose allocations.
        group: GroupKey,
        /// How many of them.
        unplaced: u64,
        /// Why, in words.
        reason: String,
    },
    /// The cluster's scheduler could not be asked.
    NoForecast {
        /// Why.
        reason: String,
    },
    /// A service with one instance would be away while it moves.
    Singleton {
        /// The service.
        group: GroupKey,
    },
    /// Batch work that Nomad does not move.
    BatchUndecided {
        /// What runs.
        allocs: Vec<AllocRef>,
    },
    /// Canaries that were not promoted: the drainer counts them, and they may be thrown away.
    UnpromotedCanary {
        /// The job.
        job: String,
        /// Its namespace.
        namespace: String,
    },
    /// A deployment is under way: a stop counts against it.
    ActiveDeployment {
        /// The job.
        job: String,
        /// Its namespace.
        namespace: String,
    },
    /// A deployment is paused: whatever moves is rolled to the new version.
    PausedDeployment {
        /// The job.
        job: String,
        /// Its namespace.
        namespace: String,
    },
    /// Fewer allocations are available than the group wants.
    Unhealthy {
        /// The group.
        group: GroupKey,
        /// How many are available.
        available: u64,
        /// How many it wants.
        count: u64,
    },
    /// Its floor leaves none of the group's allocations free to move.
    NothingMayMove {
        /// The group.
        group: GroupKey,
        /// How many are available.
        available: u64,
        /// The floor.
        floor: u64,
    },
    /// The server's drain would stop every allocation of the group at once.
    MaxParallelTakesAll {
        /// The group.
        group: GroupKey,
    },
    /// The token may not drain nodes.
    MayNotDrain,
    /// Somebody else drains the node.
    ForeignDrain {
        /// The node.
        node: NodeRef,
        /// Who, as far as the node says.
        by: String,
    },
    /// The node is disconnected, its allocations may still run.
    Disconnected {
        /// The node.
        node: NodeRef,
    },
    /// Jobs in namespaces the token cannot read may run on the nodes.
    UnseenNamespaces,
}

impl Hold {
    /// The risk whose name on the command line lifts the hold; none when only the world or another option can.
    #[must_use]
    pub fn risk(&self) -> Option<Risk> {
        match self {
            Hold::NoForecast { .. } => Some(Risk::NoForecast),
            Hold::UnpromotedCanary { .. } => Some(Risk::UnpromotedCanary),
            Hold::ActiveDeployment { .. } => Some(Risk::ActiveDeployment),
            Hold::PausedDeployment { .. } => Some(Risk::PausedDeployment),
            Hold::Unhealthy { .. } => Some(Risk::Unhealthy),
            Hold::MaxParallelTakesAll { .. } => Some(Risk::MaxParallel),
            Hold::Disconnected { .. } => Some(Risk::Disconnected),
            Hold::UnseenNamespaces => Some(Risk::UnseenNamespaces),
            Hold::NothingLeft
            | Hold::WontFit { .. }
            | Hold::Singleton { .. }
            | Hold::BatchUndecided { .. }
            | Hold::NothingMayMove { .. }
            | Hold::MayNotDrain
            | Hold::ForeignDrain { .. } => None,
        }
    }

    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Hold::NothingLeft => "every ready node is selected: nothing would be left to move to".into(),
            Hold::WontFit { group, unplaced, reason } => {
                format!("{unplaced} of {group} cannot be placed: {reason}")
            }
            Hold::NoForecast { reason } => format!("not known whether everything can be placed: {reason}"),
            Hold::Singleton { group } => format!("{group} has one instance and is down while it moves"),
            Hold::BatchUndecided { allocs } => {
                let names: Vec<&str> = allocs.iter().map(|a| a.name.as_str()).collect();
                format!("batch work is running, which Nomad does not move: {}", names.join(", "))
            }
            Hold::UnpromotedCanary { job, .. } => format!("job {job} has unpromoted canaries"),
            Hold::ActiveDeployment { job, .. } => format!("a deployment of job {job} is under way"),
            Hold::PausedDeployment { job, .. } => {
                format!("the deployment of job {job} is paused: what moves gets the new version")
            }
            Hold::Unhealthy { group, available, count } => {
                format!("only {available} of {count} of {group} are available now")
            }
            Hold::NothingMayMove { group, available, floor } => {
                format!("none of {group} may be down: {available} available, and its floor is {floor}")
            }
            Hold::MaxParallelTakesAll { group } => {
                format!("the server's drain would stop all of {group} at once (migrate.max_parallel)")
            }
            Hold::MayNotDrain => "the token may not drain nodes: it needs node { policy = \"write\" }".into(),
            Hold::ForeignDrain { node, by } => format!("node {} is being drained by {by}", node.name),
            Hold::Disconnected { node } => {
                format!("node {} is disconnected; what runs there cannot be seen", node.name)
            }
            Hold::UnseenNamespaces => {
                "the token cannot read every namespace: what it cannot see would be drained unwatched".into()
            }
        }
    }

    /// What lifts it.
    #[must_use]
    pub fn way_out(&self) -> String {
        if let Some(risk) = self.risk() {
            return format!("--accept {risk}");
        }
        match self {
            Hold::Singleton { .. } => "--singletons gap, or --singletons skip".into(),
            Hold::BatchUndecided { .. } => "--batch wait, kill or skip".into(),
            Hold::NothingMayMove { .. } => "--min-healthy N lowers the floor".into(),
            Hold::NothingLeft => "--replace-with-cmd CMD starts replacements, or select fewer nodes".into(),
            Hold::WontFit { .. } => "add room first, or start replacements with --replace-with-cmd".into(),
            Hold::ForeignDrain { .. } => "wait for it, or end it with fleet node undrain".into(),
            _ => "use a token that may".into(),
        }
    }
}

/// Every hold but those of the forecast.
#[must_use]
pub fn find(scene: &Scene, selected: &[NodeStub], plan: &Plan, options: &Options, key: &str) -> Vec<Hold> {
    let mut holds = Vec::new();
    if plan.survivors.is_empty() && options.replace == Replace::No && plan.to_empty().next().is_some() {
        holds.push(Hold::NothingLeft);
    }
    if scene.rights.node_write() == Answer::No {
        holds.push(Hold::MayNotDrain);
    }
    if scene.rights.every_namespace(&["read-job"]) == Answer::No {
        holds.push(Hold::UnseenNamespaces);
    }
    holds.extend(of_nodes(scene, selected, key));
    holds.extend(of_deployments(scene, plan));
    holds.extend(of_groups(plan, options));
    let batch: Vec<AllocRef> = plan.to_empty().flat_map(|n| &n.batch).map(alloc_ref).collect();
    if !batch.is_empty() && options.batch.is_none() {
        holds.push(Hold::BatchUndecided { allocs: batch });
    }
    holds
}

fn of_nodes(scene: &Scene, selected: &[NodeStub], key: &str) -> Vec<Hold> {
    let mut holds = Vec::new();
    for stub in selected {
        let node = NodeRef { id: stub.id.clone(), name: stub.name.clone() };
        if stub.drain && !is_ours(stub, key) {
            let drain = stub.last_drain.as_ref();
            let message =
                drain.and_then(|d| d.meta.get("message")).map(|m| format!(" ({m})")).unwrap_or_default();
            let by = drain.map_or("somebody", |d| d.accessor_id.as_str());
            holds.push(Hold::ForeignDrain { node, by: format!("{by}{message}") });
        } else if is_out_of_sight(stub, &scene.allocs) {
            holds.push(Hold::Disconnected { node });
        }
    }
    holds
}

fn of_deployments(scene: &Scene, plan: &Plan) -> Vec<Hold> {
    let moving: BTreeSet<(&str, &str)> =
        plan.to_empty().flat_map(|n| &n.moves).map(|a| (a.namespace.as_str(), a.job_id.as_str())).collect();
    let concerned =
        scene.deployments.iter().filter(|d| moving.contains(&(d.namespace.as_str(), d.job_id.as_str())));
    concerned
        .map(|d| {
            let (job, namespace) = (d.job_id.clone(), d.namespace.clone());
            if d.has_unpromoted_canaries() {
                Hold::UnpromotedCanary { job, namespace }
            } else if d.status == DeploymentStatus::Paused {
                Hold::PausedDeployment { job, namespace }
            } else {
                Hold::ActiveDeployment { job, namespace }
            }
        })
        .collect()
}

fn of_groups(plan: &Plan, options: &Options) -> Vec<Hold> {
    let moving: BTreeSet<GroupKey> = plan.to_empty().flat_map(|n| &n.moves).map(GroupKey::of).collect();
    let mut holds = Vec::new();
    for (group, g) in plan.groups.iter().filter(|(key, _)| moving.contains(key)) {
        let group = group.clone();
        let available = g.available + g.on_their_way;
        if available < g.count {
            holds.push(Hold::Unhealthy { group: group.clone(), available, count: g.count });
        }
        if g.count == 1 && options.singletons == Singletons::Refuse {
            holds.push(Hold::Singleton { group });
        } else if g.count > 0 && available <= g.floor && any_available(plan, &group) {
            holds.push(Hold::NothingMayMove { group, available, floor: g.floor });
        } else if plan.way == Way::SupervisedDrain
            && g.count > 1
            && g.count.saturating_sub(g.max_parallel) < g.floor
        {
            holds.push(Hold::MaxParallelTakesAll { group });
        }
    }
    holds
}

/// Whether an available allocation of the group has to leave; the others take nothing from it.
fn any_available(plan: &Plan, group: &GroupKey) -> bool {
    plan.to_empty().flat_map(|n| &n.moves).any(|a| group.owns(a) && is_available(a))
}

/// The hold for allocations that would find no place.
#[must_use]
pub fn wont_fit(loss: &Loss) -> Hold {
    Hold::WontFit {
        group: loss.group.clone(),
        unplaced: loss.unplaced,
        reason: crate::model::metric::explain(&loss.metric),
    }
}

/// The holds that the operator did not name as accepted.
#[must_use]
pub fn standing<'a>(holds: &'a [Hold], options: &Options) -> Vec<&'a Hold> {
    holds.iter().filter(|h| h.risk().is_none_or(|risk| !options.accept.contains(&risk))).collect()
}
