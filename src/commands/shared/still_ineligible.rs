//! Nodes that were emptied take no work afterwards: which, and what changes that.

use std::collections::BTreeSet;

use crate::api::http::Http;
use crate::api::nomad::node::{self, Eligibility, NodeStatus, NodeStub};
use crate::app::App;
use crate::model::words;
use crate::ops::migration::{NodeRef, names};

/// Says which of the nodes with these ids take no work, and how they do again. Where that cannot be read, nothing is said.
pub(crate) async fn say(app: &App, nomad: &Http, ids: &BTreeSet<String>) {
    let Ok(reply) = nomad.list(&node::list()).await else { return };
    if let Some(line) = line(&reply.value, ids) {
        app.printer.note(&line);
    }
}

fn line(nodes: &[NodeStub], ids: &BTreeSet<String>) -> Option<String> {
    let stays = |n: &&NodeStub| {
        let closed = n.scheduling_eligibility == Eligibility::Ineligible && !n.drain;
        ids.contains(&n.id) && closed && n.status == NodeStatus::Ready
    };
    let stay = nodes.iter().filter(stays).map(|n| NodeRef { id: n.id.clone(), name: n.name.clone() });
    let stay: Vec<NodeRef> = stay.collect();
    let (names, them) = (names(&stay, nodes), words::either(stay.len(), "it", "them"));
    (!stay.is_empty()).then(|| {
        format!("still ineligible: {names}; to let {them} take work again: fleet node eligible {names}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;

    #[test]
    fn what_takes_no_work_is_named_with_the_way_back() {
        let mut nodes: Vec<NodeStub> = body("nodes-list");
        let ids: BTreeSet<String> = nodes.iter().map(|n| n.id.clone()).collect();
        for node in &mut nodes {
            (node.status, node.drain) = (NodeStatus::Ready, false);
            node.scheduling_eligibility = Eligibility::Eligible;
        }
        assert_eq!(line(&nodes, &ids), None);
        nodes[0].scheduling_eligibility = Eligibility::Ineligible;
        let name = nodes[0].name.clone();
        let told = format!("still ineligible: {name}; to let it take work again: fleet node eligible {name}");
        assert_eq!(line(&nodes, &ids), Some(told));
    }
}
