//! Asking for the nodes of what is not to run and may still do.

use std::collections::BTreeSet;

use crate::api;
use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::{self, NodeStatus, NodeStub};
use crate::api::nomad::one_of_few;
use crate::model::ids::short;
use crate::model::unseen_end::{self, NodesSeen, UnseenEnd};

/// Those nodes of these ids from which nothing is heard, each in words: what ran there of a job that the servers have forgotten may
/// still do.
///
/// # Errors
/// When the nodes cannot be listed; a token that may not see them leaves their state not known.
pub async fn away(nomad: &Http, ids: &BTreeSet<String>) -> api::Result<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let Some(nodes) = nodes(nomad, ids.iter().map(String::as_str)).await? else {
        return Ok(ids.iter().map(|id| format!("{}, whose state is not known", short(id))).collect());
    };
    let words = |id: &String| match nodes.iter().find(|n| n.id == *id) {
        Some(n) if n.status == NodeStatus::Ready => None,
        Some(n) => Some(format!("{}, which is {}", n.name, n.status)),
        None => Some(format!("{}, which is gone", short(id))),
    };
    Ok(ids.iter().filter_map(words).collect())
}

/// Those of these allocations that are not to run and may still do. One request, and none where every end was seen.
///
/// # Errors
/// When the nodes cannot be listed; a token that may not see them leaves their state not known.
pub async fn among(nomad: &Http, allocs: &[AllocStub]) -> api::Result<Vec<UnseenEnd>> {
    let in_doubt = allocs.iter().filter(|a| unseen_end::is_in_doubt(a));
    let ids: BTreeSet<&str> = in_doubt.map(|a| a.node_id.as_str()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let nodes = match nodes(nomad, ids.iter().copied()).await? {
        Some(nodes) => NodesSeen::Read(nodes.into_iter().map(|n| (n.id, n.status)).collect()),
        None => NodesSeen::NotReadable,
    };
    Ok(unseen_end::among(allocs, &nodes))
}

/// The nodes of these ids, and perhaps others; none where the token may not see them.
async fn nodes<'i>(
    nomad: &Http,
    ids: impl ExactSizeIterator<Item = &'i str>,
) -> api::Result<Option<Vec<NodeStub>>> {
    let filter = one_of_few("ID", ids);
    match nomad.list(&node::list().filter(filter.as_deref())).await {
        Ok(reply) => Ok(Some(reply.value)),
        Err(e) if e.is_denied() => Ok(None),
        Err(e) => Err(e),
    }
}
