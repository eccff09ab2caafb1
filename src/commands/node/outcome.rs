//! What acts on several nodes came to: one row each, and one verdict over all.

use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;

use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::shell_word;
use crate::model::words;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// How many nodes are acted on at the same time.
const AT_ONCE: usize = 8;

/// How an act on a node ended.
#[derive(Debug, Serialize)]
pub(super) struct NodeOutcome {
    node_id: String,
    node_name: String,
    changed: bool,
    /// What happened, or why it did not.
    note: String,
    #[serde(skip)]
    error: Option<Error>,
}

impl Tabular for NodeOutcome {
    const COLUMNS: &'static [Column] =
        &[column("NODE").whole(), column("ID").whole().rank(1), column("RESULT").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let tone = match (&self.error, self.changed) {
            (Some(_), _) => Tone::Bad,
            (None, true) => Tone::Good,
            (None, false) => Tone::Plain,
        };
        vec![Cell::text(&self.node_name), Cell::Id(self.node_id.clone()), Cell::toned(&self.note, tone)]
    }
}

impl NodeOutcome {
    /// Whether it is about the node with this id.
    pub(super) fn is_of(&self, node_id: &str) -> bool {
        self.node_id == node_id
    }

    /// What seemed to be done did not last; an earlier failure stays.
    pub(super) fn undone(&mut self, error: Error) {
        if self.error.is_none() {
            (self.changed, self.note, self.error) = (false, error.to_string(), Some(error));
        }
    }
}

/// That the agent of a node can be asked for what only it knows.
///
/// # Errors
/// Unreachable (5) where the servers have it for down or disconnected: asking again for as long as a slow agent may take tells no more.
pub(super) fn ensure_there(node: &NodeStub) -> Result<()> {
    match node.status {
        NodeStatus::Down | NodeStatus::Disconnected => {
            Err(Error::new(ExitCode::Unreachable, format!("the agent of node {} cannot be asked", node.name))
                .because(format!("the servers have it for {}", node.status))
                .hint(format!("fleet why --kind node {}", shell_word(&node.name))))
        }
        _ => Ok(()),
    }
}

/// Acts on each node, some at the same time. An act answers whether it changed something, and what happened.
pub(super) async fn on_each(
    nodes: Vec<NodeStub>,
    act: impl AsyncFn(&NodeStub) -> Result<(bool, String)>,
) -> Vec<NodeOutcome> {
    let act = &act;
    stream::iter(nodes)
        .map(|node| async move {
            let (changed, note, error) = match act(&node).await {
                Ok((changed, note)) => (changed, note, None),
                Err(error) => (false, error.to_string(), Some(error)),
            };
            NodeOutcome { node_id: node.id, node_name: node.name, changed, note, error }
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// The verdict over all rows; `what` says what did not happen to those that failed, such as `not purged`.
///
/// # Errors
/// When one failed.
pub(super) fn verdict(rows: &[NodeOutcome], what: &str) -> Result<()> {
    let errors: Vec<&Error> = rows.iter().filter_map(|r| r.error.as_ref()).collect();
    in_common(&errors, rows.len(), what)
}

/// One error for those of several nodes: the only one where one node was meant, else the code they share, or failed (1).
///
/// # Errors
/// When there is one.
pub(super) fn in_common(errors: &[&Error], of: usize, what: &str) -> Result<()> {
    let Some(first) = errors.first() else { return Ok(()) };
    if errors.len() == 1 && of == 1 {
        return Err((*first).clone());
    }
    let code = if errors.iter().all(|e| e.code() == first.code()) { first.code() } else { ExitCode::Failed };
    let error = Error::new(code, format!("{} of {} {what}", errors.len(), words::count(of, "node")));
    let error = errors.iter().take(10).fold(error, |error, e| error.because(e.message()));
    Err(first.hints().iter().cloned().fold(error, Error::hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_of_a_node_that_is_down_is_not_asked() {
        let node = |status: &str| -> NodeStub {
            serde_json::from_value(
                serde_json::json!({"ID": "d7bf42bd", "Name": "c 4", "SchedulingEligibility": "eligible",
                "Status": status, "ModifyIndex": 7}),
            )
            .unwrap()
        };
        assert!(ensure_there(&node("ready")).is_ok());
        let refused = ensure_there(&node("down")).unwrap_err();
        assert_eq!(refused.code(), ExitCode::Unreachable);
        insta::assert_snapshot!(refused, @"the agent of node c 4 cannot be asked: the servers have it for down");
        assert_eq!(refused.hints(), ["fleet why --kind node 'c 4'"]);
    }
}
