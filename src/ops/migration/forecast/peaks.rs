//! How full the nodes get that stay.

use std::collections::{BTreeSet, HashMap};

use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocResources, AllocStub};
use crate::api::nomad::{ALL_NAMESPACES, node};
use crate::error::Result;
use crate::model::capacity::{self, Amount, Peak};

/// On more nodes than this the use of each pool is not added up.
pub const MOST_NODES_FOR_PEAKS: usize = 1000;

/// How full the nodes that stay get, pool by pool; none on a cluster so large that asking would take longer than all the rest.
///
/// # Errors
/// Any API fault.
pub async fn peaks(
    nomad: &Http,
    size: usize,
    survivors: &[String],
    leaving: &[&AllocStub],
) -> Result<Option<Vec<Peak>>> {
    if size > MOST_NODES_FOR_PEAKS {
        return Ok(None);
    }
    type Taken = (HashMap<String, Amount>, HashMap<String, Amount>);
    let (with_resources, running) =
        (node::list_with_resources(), allocation::running_with_resources().namespace(ALL_NAMESPACES));
    let ids: BTreeSet<&str> = leaving.iter().map(|a| a.id.as_str()).collect();
    let (nodes, taken) = tokio::try_join!(
        nomad.list(&with_resources),
        nomad.fold(&running, Taken::default, |(by_node, by_alloc), alloc: AllocResources| {
            let taken = alloc.allocated_resources.as_ref().map(capacity::taken).unwrap_or_default();
            *by_node.entry(alloc.node_id).or_default() += taken;
            if ids.contains(alloc.id.as_str()) {
                by_alloc.insert(alloc.id, taken);
            }
        }),
    )?;
    let (by_node, by_alloc) = taken.value;
    let moves: Vec<(String, Amount)> = leaving
        .iter()
        .map(|a| (a.node_id.clone(), by_alloc.get(&a.id).copied().unwrap_or_default()))
        .collect();
    let survivors: BTreeSet<&str> = survivors.iter().map(String::as_str).collect();
    Ok(Some(capacity::peaks(&nodes.value, &survivors, &by_node, &moves)))
}
