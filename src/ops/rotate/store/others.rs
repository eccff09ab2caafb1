//! The journals of other rotations than one's own, as far as the token may see them.

use std::collections::{BTreeMap, BTreeSet};

use super::{PREFIX, Stored, load_each};
use crate::api::error::Problem;
use crate::api::http::Http;
use crate::api::nomad::variable;
use crate::error::Result;
use crate::ops::migration::lock::{self, Holder, NAMESPACE};

/// The journals of rotations that nobody is at work on, but the one with this key. None, where the token may not see that.
///
/// # Errors
/// Any other API fault.
pub async fn left_unfinished(nomad: &Http, but: &str) -> Result<Vec<Stored>> {
    let mut all = all_visible(nomad).await?;
    all.retain(|stored| stored.key != but);
    if all.is_empty() {
        return Ok(all);
    }
    let claims = lock::read(nomad).await?.0;
    all.retain(|s| s.state.rotation.as_ref().is_some_and(|name| !lock::at_work(&claims, name)));
    Ok(all)
}

/// Every journal that the token may see.
async fn all_visible(nomad: &Http) -> Result<Vec<Stored>> {
    let found = match nomad.list(&variable::list(PREFIX).namespace(NAMESPACE)).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_denied() || e.is_not_found() || e.problem == Problem::Unsupported => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    load_each(nomad, found).await
}

/// The nodes that other rotations than this one are at work on, by id, and whose they are. Nobody's, where the token may not see that.
///
/// # Errors
/// Any other API fault.
pub async fn nodes_of_others(nomad: &Http, rotation: &str) -> Result<BTreeMap<String, String>> {
    let others = others_at_work(nomad, rotation).await?;
    let nodes = others.into_iter().flat_map(|o| o.nodes.into_iter().map(move |id| (id, o.name.clone())));
    Ok(nodes.collect())
}

/// A rotation that somebody is at work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRotation {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub holder: Holder,
    /// Every node of it, by id.
    pub nodes: BTreeSet<String>,
    /// Those that it still has to empty, by id.
    pub open: BTreeSet<String>,
}

/// The rotations but this one that somebody is at work on. None, where the token may not see that.
///
/// # Errors
/// Any other API fault.
pub async fn others_at_work(nomad: &Http, rotation: &str) -> Result<Vec<OtherRotation>> {
    let all = all_visible(nomad).await?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let claims = lock::read(nomad).await?.0;
    let other = |Stored { state, holder, .. }: Stored| {
        let name = state.rotation.filter(|name| name != rotation && lock::at_work(&claims, name))?;
        let nodes: BTreeSet<String> = state.was.into_keys().collect();
        // What only moves a few away leaves its nodes to others.
        let empties = |id: &&String| holder.what.starts_with("rotation ") && !state.rotated.contains_key(*id);
        let open = nodes.iter().filter(empties).cloned().collect();
        Some(OtherRotation { name, holder, nodes, open })
    };
    Ok(all.into_iter().filter_map(other).collect())
}
