//! What speaks against a rotation before it begins (`nomad-api.md §12.4`, rule 3). Pure.

mod in_hand;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::node::NodeStub;
use crate::model::forecast::Loss;
use crate::model::group::GroupKey;
use crate::model::rights::Permitted;
use crate::model::second_copy;
use crate::ops::migration::forecast::Forecast;
use crate::ops::migration::snapshot::Snapshot;
use crate::ops::migration::{AllocRef, NodeRef, alloc_ref};
use crate::ops::rotate::decide::drained_by;
use crate::ops::rotate::options::{Options, Replace, Risk, Singletons};
use crate::ops::rotate::plan::{META_ROTATION, Plan, Strategy, is_ours, out_of_sight};
use crate::ops::rotate::recorder::RecoveredState;

pub use in_hand::{Wait, apart};

/// Something that stops a rotation until it is decided, accepted or gone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "hold", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Blocker {
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
    /// A service with one instance cannot have a second copy.
    CannotSurge {
        /// The service.
        group: GroupKey,
        /// Why.
        reason: String,
    },
    /// Batch work that Nomad does not move.
    BatchUndecided {
        /// What runs.
        allocs: Vec<AllocRef>,
    },
    /// Canaries that were not promoted: the drainer counts them, and they may be thrown away.
    UnpromotedCanary {
        /// The job.
        #[serde(rename = "job_id")]
        job: String,
        /// Its namespace.
        namespace: String,
    },
    /// A deployment is under way: a stop counts against it.
    ActiveDeployment {
        /// The job.
        #[serde(rename = "job_id")]
        job: String,
        /// Its namespace.
        namespace: String,
    },
    /// A deployment is paused: whatever moves is rolled to the new version.
    PausedDeployment {
        /// The job.
        #[serde(rename = "job_id")]
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
        /// What a failing check says, where one fails.
        #[serde(skip_serializing_if = "Option::is_none")]
        failing: Option<String>,
    },
    /// Whether the checks of the group pass cannot be seen now.
    HealthNotKnown {
        /// The group.
        group: GroupKey,
        /// Why.
        reason: String,
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
        /// The rotation of `fleet` that does, where it is one.
        #[serde(skip)]
        rotation: Option<String>,
    },
    /// The node is disconnected, its allocations may still run.
    Disconnected {
        /// The node.
        node: NodeRef,
    },
    /// Jobs in namespaces the token cannot read may run on the nodes.
    UnseenNamespaces,
}

impl Blocker {
    /// The risk whose name on the command line lifts it; none when only the world or another option can.
    #[must_use]
    pub fn risk(&self) -> Option<Risk> {
        match self {
            Blocker::NoForecast { .. } => Some(Risk::NoForecast),
            Blocker::UnpromotedCanary { .. } => Some(Risk::UnpromotedCanary),
            Blocker::ActiveDeployment { .. } => Some(Risk::ActiveDeployment),
            Blocker::PausedDeployment { .. } => Some(Risk::PausedDeployment),
            Blocker::Unhealthy { .. } | Blocker::HealthNotKnown { .. } => Some(Risk::Unhealthy),
            Blocker::MaxParallelTakesAll { .. } => Some(Risk::MaxParallel),
            Blocker::Disconnected { .. } => Some(Risk::Disconnected),
            Blocker::UnseenNamespaces => Some(Risk::UnseenNamespaces),
            Blocker::NothingLeft
            | Blocker::WontFit { .. }
            | Blocker::Singleton { .. }
            | Blocker::CannotSurge { .. }
            | Blocker::BatchUndecided { .. }
            | Blocker::NothingMayMove { .. }
            | Blocker::MayNotDrain
            | Blocker::ForeignDrain { .. } => None,
        }
    }

    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Blocker::NothingLeft => "every ready node is selected: nothing would be left to move to".into(),
            Blocker::WontFit { group, unplaced, reason } => {
                format!("{unplaced} of {group} cannot be placed: {reason}")
            }
            Blocker::NoForecast { reason } => format!("not known whether everything can be placed: {reason}"),
            Blocker::Singleton { group } => format!("{group} has one instance and is down while it moves"),
            Blocker::CannotSurge { group, reason } => format!("{group} cannot have a second copy: {reason}"),
            Blocker::BatchUndecided { allocs } => {
                let names: Vec<&str> = allocs.iter().map(|a| a.name.as_str()).collect();
                format!("batch work is running, which Nomad does not move: {}", names.join(", "))
            }
            Blocker::UnpromotedCanary { job, .. } => format!("job {job} has unpromoted canaries"),
            Blocker::ActiveDeployment { job, .. } => format!("a deployment of job {job} is under way"),
            Blocker::PausedDeployment { job, .. } => {
                format!("the deployment of job {job} is paused: what moves gets the new version")
            }
            Blocker::Unhealthy { group, available, count, failing } => {
                let because = failing.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
                format!("only {available} of {count} of {group} are available now{because}")
            }
            Blocker::HealthNotKnown { group, reason } => {
                format!("how {group} is now is not known: {reason}")
            }
            Blocker::NothingMayMove { group, available, floor } => {
                format!("none of {group} may be down: {available} available, and its floor is {floor}")
            }
            Blocker::MaxParallelTakesAll { group } => {
                format!("the server's drain would stop all of {group} at once (migrate.max_parallel)")
            }
            Blocker::MayNotDrain => {
                "the token may not drain nodes: it needs node { policy = \"write\" }".into()
            }
            Blocker::ForeignDrain { node, by, .. } => format!("node {} is being drained by {by}", node.name),
            Blocker::Disconnected { node } => {
                format!("node {} is disconnected; what runs there cannot be seen", node.name)
            }
            Blocker::UnseenNamespaces => {
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
            Blocker::Singleton { .. } => "--singletons surge, --singletons gap, or --singletons skip".into(),
            Blocker::CannotSurge { .. } => "--singletons gap, or --singletons skip".into(),
            Blocker::BatchUndecided { .. } => "--batch wait, kill or skip".into(),
            Blocker::NothingMayMove { .. } => "--min-healthy N lowers the floor".into(),
            Blocker::NothingLeft => {
                "--replace-with-cmd CMD starts replacements, or select fewer nodes".into()
            }
            Blocker::WontFit { .. } => "add room first, or start replacements with --replace-with-cmd".into(),
            Blocker::ForeignDrain { .. } => "wait for it, or end it with fleet node undrain".into(),
            _ => "use a token that may".into(),
        }
    }
}

/// Every hold but those of the forecast.
#[must_use]
pub fn find(
    snapshot: &Snapshot,
    selected: &[NodeStub],
    plan: &Plan,
    options: &Options,
    key: &str,
    memory: &RecoveredState,
) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if plan.survivors.is_empty() && options.replace == Replace::No && plan.to_empty().next().is_some() {
        blockers.push(Blocker::NothingLeft);
    }
    if snapshot.rights.node_write() == Permitted::No {
        blockers.push(Blocker::MayNotDrain);
    }
    if snapshot.rights.every_namespace(&["read-job"]) == Permitted::No {
        blockers.push(Blocker::UnseenNamespaces);
    }
    blockers.extend(of_nodes(snapshot, selected, key));
    blockers.extend(of_deployments(snapshot, plan));
    blockers.extend(of_groups(snapshot, plan, options));
    if options.singletons == Singletons::Surge {
        blockers.extend(of_second_copies(snapshot, plan));
    }
    let batch: Vec<AllocRef> = plan.to_empty().flat_map(|n| &n.batch).map(alloc_ref).collect();
    if !batch.is_empty() && options.batch.is_none() {
        blockers.push(Blocker::BatchUndecided { allocs: batch });
    }
    blockers.retain(|b| !is_of_our_surge(b, memory));
    blockers
}

/// What the second copy of an earlier run brought with it is not somebody else's.
fn is_of_our_surge(blocker: &Blocker, memory: &RecoveredState) -> bool {
    match blocker {
        Blocker::ActiveDeployment { job, namespace } => {
            memory.surged.keys().any(|k| k.job == *job && k.namespace == *namespace)
        }
        Blocker::Unhealthy { group, .. }
        | Blocker::HealthNotKnown { group, .. }
        | Blocker::NothingMayMove { group, .. } => memory.surged.contains_key(group),
        _ => false,
    }
}

/// What keeps others' hands on the nodes, or hides what runs there.
#[must_use]
pub fn of_nodes(snapshot: &Snapshot, selected: &[NodeStub], key: &str) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    let hidden = out_of_sight(selected, &snapshot.allocs);
    for stub in selected {
        let node = NodeRef { id: stub.id.clone(), name: stub.name.clone() };
        if stub.drain && !is_ours(stub, key) {
            let rotation = stub.last_drain.as_ref().and_then(|d| d.meta.get(META_ROTATION)).cloned();
            blockers.push(Blocker::ForeignDrain { node, by: drained_by(stub), rotation });
        } else if hidden.contains(&stub.id) {
            blockers.push(Blocker::Disconnected { node });
        }
    }
    blockers
}

fn of_deployments(snapshot: &Snapshot, plan: &Plan) -> Vec<Blocker> {
    let moving: BTreeSet<(&str, &str)> =
        plan.to_empty().flat_map(|n| &n.moves).map(|a| (a.namespace.as_str(), a.job_id.as_str())).collect();
    let concerned =
        snapshot.deployments.iter().filter(|d| moving.contains(&(d.namespace.as_str(), d.job_id.as_str())));
    concerned
        .map(|d| {
            let (job, namespace) = (d.job_id.clone(), d.namespace.clone());
            if d.has_unpromoted_canaries() {
                Blocker::UnpromotedCanary { job, namespace }
            } else if d.status == DeploymentStatus::Paused {
                Blocker::PausedDeployment { job, namespace }
            } else {
                Blocker::ActiveDeployment { job, namespace }
            }
        })
        .collect()
}

fn of_groups(snapshot: &Snapshot, plan: &Plan, options: &Options) -> Vec<Blocker> {
    let moving: BTreeSet<GroupKey> = plan.to_empty().flat_map(|n| &n.moves).map(GroupKey::of).collect();
    let mut blockers = Vec::new();
    for (group, g) in plan.groups.iter().filter(|(key, _)| moving.contains(key)) {
        let group = group.clone();
        // What is on its way holds nothing up, and is not available either.
        let (available, expected) = (g.available, g.available + g.on_their_way);
        if expected < g.count {
            let (count, failing) = (g.count, g.failing.clone());
            blockers.push(Blocker::Unhealthy { group: group.clone(), available, count, failing });
        }
        if let Some(reason) = &g.not_known {
            blockers.push(Blocker::HealthNotKnown { group: group.clone(), reason: reason.clone() });
        }
        if g.count == 1 && options.singletons == Singletons::Refuse {
            blockers.push(Blocker::Singleton { group });
        } else if g.count == 1 && options.singletons == Singletons::Surge {
            // Its second copy makes room under the floor.
        } else if g.count > 0 && expected <= g.floor && any_available(snapshot, plan, &group) {
            blockers.push(Blocker::NothingMayMove { group, available, floor: g.floor });
        } else if plan.strategy == Strategy::SupervisedDrain
            && g.count > 1
            && g.count.saturating_sub(g.max_parallel) < g.floor
        {
            blockers.push(Blocker::MaxParallelTakesAll { group });
        }
    }
    blockers
}

/// What keeps single instances from having a second copy for a while.
fn of_second_copies(snapshot: &Snapshot, plan: &Plan) -> Vec<Blocker> {
    let why = |key: &GroupKey| {
        if plan.strategy == Strategy::SupervisedDrain {
            return Some(
                "the token may not stop allocations, and the server's drain does not wait for it".to_owned(),
            );
        }
        if snapshot.rights.namespace(&key.namespace, &["scale-job", "submit-job"]) == Permitted::No {
            return Some(format!(
                "the token may not scale jobs of namespace {}: it needs scale-job",
                key.namespace
            ));
        }
        second_copy::forbidden(&snapshot.jobs.get(&key.job_key())?.job, &key.group)
    };
    let singletons = plan.singletons().into_iter();
    singletons
        .filter_map(|group| Some(Blocker::CannotSurge { group: group.clone(), reason: why(group)? }))
        .collect()
}

/// Whether an available allocation of the group has to leave; the others take nothing from it.
fn any_available(snapshot: &Snapshot, plan: &Plan, group: &GroupKey) -> bool {
    plan.to_empty().flat_map(|n| &n.moves).any(|a| group.owns(a) && snapshot.checks.is_available(a))
}

/// The holds of a forecast. With replacements on their way that of today is information; it is repeated when they have joined.
#[must_use]
pub fn of_forecast(forecast: &Forecast, options: &Options) -> Vec<Blocker> {
    let losses = forecast.losses.iter().filter(|_| options.replace == Replace::No).map(wont_fit);
    let unknown = forecast.unknown.iter().map(|reason| Blocker::NoForecast { reason: reason.clone() });
    losses.chain(unknown).collect()
}

/// The hold for allocations that would find no place.
fn wont_fit(loss: &Loss) -> Blocker {
    Blocker::WontFit {
        group: loss.group.clone(),
        unplaced: loss.unplaced,
        reason: crate::model::metric::explain(&loss.metric),
    }
}

/// The blockers that the operator did not name as accepted.
#[must_use]
pub fn standing<'a>(blockers: &'a [Blocker], options: &Options) -> Vec<&'a Blocker> {
    blockers.iter().filter(|h| h.risk().is_none_or(|risk| !options.accept.contains(&risk))).collect()
}
