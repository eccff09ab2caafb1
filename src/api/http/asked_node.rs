//! Which node has to answer a request that the servers only pass on (`nomad-api.md §5`).

use std::borrow::Cow;

use super::RequestSpec;

/// The node that has to answer a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedNode {
    /// That of the allocation with this id.
    OfAllocation(String),
    /// The one with this id.
    Node(String),
}

impl AskedNode {
    /// Out of a request; none where the servers answer themselves.
    #[must_use]
    pub fn of(spec: &RequestSpec) -> Option<Self> {
        let named = |name: &str| spec.query.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        let Some(rest) = spec.path.strip_prefix("/v1/client/") else {
            let is_action = spec.path.starts_with("/v1/job/") && spec.path.ends_with("/action");
            return named("allocID").filter(|_| is_action).map(Self::OfAllocation);
        };
        let parts: Vec<&str> = rest.split('/').collect();
        match parts.as_slice() {
            ["allocation", id, ..] | ["fs", _, id, ..] => Some(Self::OfAllocation((*id).to_owned())),
            _ => named("node_id").map(Self::Node),
        }
    }
}

impl std::fmt::Display for AskedNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |id: &str| -> Cow<'_, str> { id.chars().take(8).collect::<String>().into() };
        match self {
            AskedNode::OfAllocation(id) => write!(f, "the node of allocation {}", short(id)),
            AskedNode::Node(id) => write!(f, "node {}", short(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::{alloc_client, exec, fs, node, node_client};

    #[test]
    fn what_the_servers_pass_on_names_its_node() {
        let id = "6f3c36a9-b332-51b1-3c2c-cd69d12f8a4c";
        let node = AskedNode::OfAllocation(id.to_owned());
        let of_alloc = Some(node.clone());
        assert_eq!(AskedNode::of(fs::ls(id, "alloc/logs").spec()), of_alloc);
        assert_eq!(AskedNode::of(alloc_client::stats(id).spec()), of_alloc);
        assert_eq!(AskedNode::of(exec::command(id, "t", false, &[]).spec()), of_alloc);
        let action = exec::ActionRef { namespace: "default".into(), job: "web".into(), name: "greet".into() };
        assert_eq!(AskedNode::of(exec::action((id, "t"), &action, false).spec()), of_alloc);
        assert_eq!(AskedNode::of(node_client::stats(id).spec()), Some(AskedNode::Node(id.to_owned())));
        assert_eq!(AskedNode::of(node::get(id).spec()), None);
        assert_eq!(node.to_string(), "the node of allocation 6f3c36a9");
    }
}
