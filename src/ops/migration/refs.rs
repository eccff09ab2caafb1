//! How nodes and allocations are referred to in events, journals and reports.

use serde::{Deserialize, Serialize};

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::NodeStub;
use crate::model::group::GroupKey;
use crate::model::ids::JobKey;

/// A node, for people and machines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeRef {
    /// The full id.
    #[serde(rename = "node_id", alias = "id")]
    pub id: String,
    /// The name.
    #[serde(rename = "node_name", alias = "name")]
    pub name: String,
}

/// An allocation on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocRef {
    /// The full id.
    #[serde(rename = "alloc_id", alias = "id")]
    pub id: String,
    /// `job.group[index]`.
    #[serde(rename = "alloc_name", alias = "name")]
    pub name: String,
    /// Its job.
    #[serde(rename = "job_id", alias = "job")]
    pub job: String,
    /// Namespace of its job.
    pub namespace: String,
}

impl AllocRef {
    /// Its job.
    #[must_use]
    pub fn job_key(&self) -> JobKey {
        JobKey::new(&*self.namespace, &*self.job)
    }

    /// The group it belongs to, read from its name.
    #[must_use]
    pub fn group(&self) -> GroupKey {
        let group = self.name.strip_prefix(self.job.as_str()).and_then(|rest| rest.strip_prefix('.'));
        let group = group.and_then(|rest| rest.rsplit_once('[')).map(|(group, _)| group.to_owned());
        GroupKey {
            namespace: self.namespace.clone(),
            job: self.job.clone(),
            group: group.unwrap_or_default(),
        }
    }
}

/// In the metadata of a drain: what the node was before it, where that was ineligible; whoever cancels the drain leaves it so.
pub const META_WAS: &str = "fleet.was";

/// Whether the node took no work before its drain, as far as the drain tells.
#[must_use]
pub fn was_ineligible(node: &NodeStub) -> bool {
    node.last_drain.as_ref().is_some_and(|d| d.meta.get(META_WAS).is_some_and(|was| was == "ineligible"))
}

/// How an allocation is referred to.
#[must_use]
pub fn alloc_ref(alloc: &AllocStub) -> AllocRef {
    AllocRef {
        id: alloc.id.clone(),
        name: alloc.name.clone(),
        job: alloc.job_id.clone(),
        namespace: alloc.namespace.clone(),
    }
}

/// Names of nodes as they can be pasted behind a verb: an id stands where several of `all` have the name.
#[must_use]
pub fn names<'n>(nodes: impl IntoIterator<Item = &'n NodeRef>, all: &[NodeStub]) -> String {
    let name = |n: &NodeRef| {
        let namesakes = all.iter().filter(|other| other.name == n.name).count();
        if namesakes > 1 { n.id.clone() } else { n.name.clone() }
    };
    nodes.into_iter().map(name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_read_from_the_name_whatever_dots_are_in_it() {
        let of = |job: &str, name: &str| {
            let alloc =
                AllocRef { id: String::new(), name: name.into(), job: job.into(), namespace: "d".into() };
            alloc.group().group
        };
        assert_eq!(of("web", "web.pages[3]"), "pages");
        assert_eq!(of("web.v2", "web.v2.a.b[0]"), "a.b");
        assert_eq!(of("web", "other"), "");
    }
}
