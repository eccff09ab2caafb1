//! Setting the eligibility of nodes, one way or the other.

use crate::api::http::Patience;
use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::node::change::{ChangeDecision, each};
use crate::commands::node::list::NodeRow;
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::turn::warn_whom_it_stops;
use crate::error::Result;

/// Sets the eligibility of nodes, or shows which would change. `special` decides about nodes that need more than a write.
pub(super) async fn set(
    app: &App,
    selection: &NodeSelection,
    wanted: Eligibility,
    dry_run: bool,
    special: impl Fn(&NodeStub) -> Option<ChangeDecision>,
) -> Result<()> {
    let nomad = app.nomad()?;
    let nodes = selection.resolve_targets(nomad).await?;
    if dry_run {
        let changes: Vec<NodeRow> = nodes
            .into_iter()
            .filter(|n| n.scheduling_eligibility != wanted && special(n).is_none())
            .map(NodeRow::from)
            .collect();
        return app.printer.list(&changes, &format!("nothing to do: already {wanted}"));
    }
    if wanted == Eligibility::Eligible {
        warn_whom_it_stops(app, nomad, &nodes).await;
    }
    let permission = app.explicit();
    let wish = |node: &NodeStub| match special(node) {
        Some(wish) => wish,
        None if node.scheduling_eligibility == wanted => ChangeDecision::Already(format!("already {wanted}")),
        None => ChangeDecision::Write,
    };
    let write = async |node: &NodeStub| {
        let read_back = async || {
            let now = nomad.read(&node::get(&node.id)).await?.value;
            Ok((now.scheduling_eligibility == wanted).then_some(()))
        };
        let call = node::set_eligibility(&node.id, wanted);
        settle(nomad, &permission, &call, Patience::VIEW, read_back).await?;
        Ok(())
    };
    each(app, nodes, |_| wanted, wish, write).await
}
