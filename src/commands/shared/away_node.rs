//! What is known of a node that does not answer: the servers remember since when it is silent, and what ran there.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::timeout;

use crate::api::http::{AskedNode, Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub, Allocation};
use crate::api::nomad::node::{self, NodeStatus};
use crate::app::App;
use crate::commands::shared::alloc::diagnosis;
use crate::error::Error;
use crate::model::ids::{shell_word, short};
use crate::model::why;

/// How long what is known may take to be told: it is beside what failed.
const TOLD_WITHIN: Duration = Duration::from_secs(3);

/// The error with what is known of the node that did not answer, where that is what failed.
pub async fn told(app: &App, error: Error) -> Error {
    let (Some(asked), Ok(nomad)) = (error.unanswered_node().cloned(), app.nomad()) else { return error };
    let nomad = nomad.with_patience(Patience::NONE);
    let known = timeout(TOLD_WITHIN, known(app, &nomad, &asked)).await;
    let Ok(Some((causes, hint))) = known else { return error };
    causes.into_iter().fold(error, Error::because).hint(hint)
}

/// What the servers have it for, and the allocation on it; and a command that tells more. None where they do not know it.
async fn known(app: &App, nomad: &Http, asked: &AskedNode) -> Option<(Vec<String>, String)> {
    let now = app.clock().now();
    let (node_id, mut causes) = match asked {
        AskedNode::Node(id) => (id.clone(), Vec::new()),
        AskedNode::OfAllocation(id) => {
            let alloc = nomad.read(&allocation::get(id)).await.ok()?.value;
            (alloc.node_id.clone(), last_known(app, nomad, &alloc).await)
        }
    };
    let node = nomad.read(&node::get(&node_id)).await.ok()?.value;
    causes.insert(0, why::node::in_words(&node, now));
    Some((causes, format!("`fleet why --kind node {}`", shell_word(&node.name))))
}

/// How an allocation was when it was heard of last, and what became of it since.
async fn last_known(app: &App, nomad: &Http, alloc: &Allocation) -> Vec<String> {
    let (id, name, node) = (short(&alloc.id), &alloc.name, &alloc.node_name);
    let words = format!("{id} ({name}) is on {node}; the servers have it for {}", alloc.client_status);
    let (reasons, _) = diagnosis(nomad, alloc, app.clock().now()).await;
    let of_its_node = alloc.client_status.is_terminal() || !alloc.next_allocation.is_empty();
    std::iter::once(words).chain(reasons.into_iter().filter(|_| of_its_node)).collect()
}

/// What the servers have the nodes of these allocations for, where none of them can be asked; none where one may answer.
pub async fn silent(app: &App, allocs: &[AllocStub]) -> Option<String> {
    let nomad = app.nomad().ok()?;
    let nodes: BTreeSet<&str> = allocs.iter().map(|a| a.node_id.as_str()).collect();
    let mut words = Vec::new();
    for id in nodes {
        let node = nomad.read(&node::get(id)).await.ok()?.value;
        if !matches!(node.status, NodeStatus::Down | NodeStatus::Disconnected) {
            return None;
        }
        words.push(why::node::in_words(&node, app.clock().now()));
    }
    (!words.is_empty()).then(|| words.join("; "))
}
