//! Asking why nothing replaces instances of jobs for every node on the nodes they left.

use std::collections::BTreeMap;

use crate::api;
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, DesiredStatus};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::one_of_few;
use crate::model::rollout::per_node::{self, Vacated};
use crate::model::rollout::{JobObservation, Target};

/// Those of a version that nothing took the place of, with why. One request, and none where there are none.
pub async fn of(nomad: &Http, target: &Target, seen: &JobObservation) -> Vec<Vacated> {
    let gone = per_node::vacated(target, seen);
    if gone.is_empty() {
        return Vec::new();
    }
    let nodes = nodes(nomad, gone.iter().map(|a| a.node_id.as_str())).await;
    let why = |a: &AllocStub| match &nodes {
        Ok(nodes) => match nodes.iter().find(|n| n.id == a.node_id) {
            // The job may have been told not to run there any more.
            Some(node) => {
                node.why_no_new_work().unwrap_or_else(|| "the job does not fit it any more".to_owned())
            }
            None => "it is gone".to_owned(),
        },
        Err(e) => format!("it could not be asked: {e}"),
    };
    gone.into_iter().map(|a| Vacated::of(a, why(a))).collect()
}

/// Those that an update of a job for every node would stop for good, of which the servers plan to stop so many in each group. Two
/// requests, and none where nothing is stopped.
///
/// # Errors
/// API errors.
pub async fn foreseen(
    nomad: &Http,
    (namespace, id): (&str, &str),
    stops: &BTreeMap<&str, u64>,
) -> api::Result<Vec<Vacated>> {
    if stops.values().all(|n| *n == 0) {
        return Ok(Vec::new());
    }
    let mut allocs = nomad.list(&allocation::of_job(namespace, id)).await?.value;
    allocs.retain(|a| a.desired_status == DesiredStatus::Run && !a.is_terminal());
    let nodes = nodes(nomad, allocs.iter().map(|a| a.node_id.as_str())).await?;
    let why = |id: &str| nodes.iter().find(|n| n.id == id).and_then(NodeStub::why_no_new_work);
    Ok(per_node::leaving(&allocs, |group| stops.get(group).copied().unwrap_or(0), why))
}

/// The nodes of these ids, and perhaps others.
async fn nodes<'i>(nomad: &Http, ids: impl ExactSizeIterator<Item = &'i str>) -> api::Result<Vec<NodeStub>> {
    let filter = one_of_few("ID", ids);
    Ok(nomad.list(&node::list().filter(filter.as_deref())).await?.value)
}
