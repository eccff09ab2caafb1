//! What is not to run and may run all the same: nobody sees an end on a node that is away. The servers call an allocation lost
//! when its node misses its heartbeats, and unknown where it may come back; its processes go on there.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::node::NodeStatus;
use crate::model::ids::short;

/// What the servers say of nodes.
#[derive(Debug, Clone)]
pub enum NodesSeen {
    /// The state of each that there is, by its id.
    Read(BTreeMap<String, NodeStatus>),
    /// The token may not see them.
    NotReadable,
}

/// An allocation that is not to run and may still do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnseenEnd {
    /// The allocation.
    pub alloc_id: String,
    /// Its node.
    pub node_id: String,
    /// The name of the node.
    pub node_name: String,
    /// What the servers say of the node.
    pub node_status: String,
}

impl std::fmt::Display for UnseenEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (alloc, node) = (short(&self.alloc_id), &self.node_name);
        match self.node_status.as_str() {
            NOT_KNOWN => write!(f, "{alloc} on {node}, whose state is not known, may still run there"),
            status => write!(f, "{alloc} on {node}, which is {status}, may still run there"),
        }
    }
}

const NOT_KNOWN: &str = "not known";

/// So many are named.
const NAMED: usize = 3;

/// These in one sentence, of which no more than a few are named; none where there are none.
#[must_use]
pub fn in_words(unseen: &[UnseenEnd]) -> Option<String> {
    let named: Vec<String> = unseen.iter().take(NAMED).map(ToString::to_string).collect();
    match unseen.len().saturating_sub(NAMED) {
        _ if named.is_empty() => None,
        0 => Some(named.join("; ")),
        more => Some(format!("{}; and {more} more like that", named.join("; "))),
    }
}

/// Whether what the servers say of an allocation and of its node leaves open that it runs although it is not to; none is a node that
/// they do not know.
#[must_use]
pub fn may_still_run(client: ClientStatus, desired: DesiredStatus, node: Option<NodeStatus>) -> bool {
    match client {
        // A node that is back has heard that it is to stop what was lost with it.
        ClientStatus::Lost => node != Some(NodeStatus::Ready),
        ClientStatus::Unknown => desired != DesiredStatus::Run,
        _ => false,
    }
}

/// Whether only its node could tell that an allocation, which is not to run, has ended.
#[must_use]
pub fn is_in_doubt(a: &AllocStub) -> bool {
    may_still_run(a.client_status, a.desired_status, None)
}

/// Those of these allocations that are not to run and may still do.
pub fn among<'a>(allocs: impl IntoIterator<Item = &'a AllocStub>, nodes: &NodesSeen) -> Vec<UnseenEnd> {
    let unseen = |a: &AllocStub| {
        let node_status = match nodes {
            NodesSeen::NotReadable => NOT_KNOWN.to_owned(),
            NodesSeen::Read(all) => {
                let node = all.get(&a.node_id).copied();
                if !may_still_run(a.client_status, a.desired_status, node) {
                    return None;
                }
                node.map_or_else(|| "gone".to_owned(), |status| status.to_string())
            }
        };
        Some(UnseenEnd {
            alloc_id: a.id.clone(),
            node_id: a.node_id.clone(),
            node_name: a.node_name.clone(),
            node_status,
        })
    };
    allocs.into_iter().filter(|a| is_in_doubt(a)).filter_map(unseen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn alloc(client: &str, desired: &str) -> AllocStub {
        serde_json::from_value(
            json!({"ID": "01f00326-0000-0000-0000-000000000000", "Name": "j.g[0]", "Namespace": "default",
            "JobID": "j", "TaskGroup": "g", "NodeID": "n1", "NodeName": "c4", "DesiredStatus": desired,
            "ClientStatus": client, "CreateIndex": 1, "ModifyIndex": 1}),
        )
        .unwrap()
    }

    fn told(client: &str, desired: &str, node: Option<NodeStatus>) -> Vec<String> {
        let nodes = NodesSeen::Read(node.map(|status| ("n1".to_owned(), status)).into_iter().collect());
        among([&alloc(client, desired)], &nodes).iter().map(UnseenEnd::to_string).collect()
    }

    #[test]
    fn what_is_on_a_node_that_is_away_may_run_though_it_is_not_to() {
        let down = Some(NodeStatus::Down);
        assert_eq!(told("lost", "stop", down), ["01f00326 on c4, which is down, may still run there"]);
        assert_eq!(told("unknown", "stop", down).len(), 1);
        assert_eq!(told("lost", "stop", None), ["01f00326 on c4, which is gone, may still run there"]);
        let ready = Some(NodeStatus::Ready);
        assert_eq!(told("lost", "stop", ready), [""; 0]);
        // It is back, and has not told yet what became of it.
        assert_eq!(told("unknown", "stop", ready).len(), 1);
        for (client, desired) in
            [("unknown", "run"), ("complete", "stop"), ("failed", "run"), ("running", "stop")]
        {
            assert_eq!(told(client, desired, down), [""; 0], "{client}");
        }
        let unread = among([&alloc("lost", "stop")], &NodesSeen::NotReadable);
        assert_eq!(unread[0].to_string(), "01f00326 on c4, whose state is not known, may still run there");
    }
}
