//! `fleet node undrain`

use std::collections::BTreeMap;

use crate::api::http::Patience;
use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::node::change::{ChangeDecision, each};
use crate::commands::node::list::NodeRow;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::Result;
use crate::ops::migration::was_ineligible;

/// Cancel the drain of nodes, and make them eligible again where they were so before it.
///
/// A node that was ineligible already when fleet began to drain it is left so, unless --eligible says otherwise.
/// Allocations that were told to stop still stop; those that moved do not come back by themselves.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node undrain c1
  fleet node undrain --class old --keep-ineligible")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,

    /// Cancel the drain, but stay ineligible.
    #[arg(long)]
    keep_ineligible: bool,

    /// Make all of them eligible, whatever they were before.
    #[arg(long, conflicts_with = "keep_ineligible")]
    eligible: bool,

    /// Show which nodes would change; change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Cancels drains.
///
/// # Errors
/// When a node cannot be written, or its drain had just ended.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let nodes = args.selection.resolve_targets(nomad).await?;
    if !args.keep_ineligible {
        say_what_stays_ineligible(app, &nodes);
    }
    if args.dry_run {
        let draining: Vec<NodeRow> = nodes.into_iter().filter(|n| n.drain).map(NodeRow::from).collect();
        return app.printer.list(&draining, "nothing to do: none of them is draining");
    }
    let permission = app.explicit();
    // What took no work before its drain does not begin to because the drain is ended.
    let stays = |node: &NodeStub| args.keep_ineligible || (!args.eligible && was_ineligible(node));
    let wanted = |node: &NodeStub| match stays(node) {
        true => Eligibility::Ineligible,
        false => Eligibility::Eligible,
    };
    let wish = |node: &NodeStub| match (node.drain, node.scheduling_eligibility) {
        (true, _) => ChangeDecision::Write,
        (false, Eligibility::Eligible) => ChangeDecision::Already("not draining".to_owned()),
        (false, Eligibility::Ineligible) => {
            ChangeDecision::Already("not draining, and still ineligible".to_owned())
        }
    };
    let write = async |node: &NodeStub| {
        let read_back = async || {
            let now = nomad.read(&node::get(&node.id)).await?.value;
            Ok(now.drain_strategy.is_none().then_some(()))
        };
        let call = node::cancel_drain(&node.id, !stays(node), &BTreeMap::new());
        settle(nomad, &permission, &call, Patience::VIEW, read_back).await?;
        Ok(())
    };
    each(app, nodes, wanted, wish, write).await
}

/// A node whose drain has ended is no longer draining, but takes no work: that is another decision, and not this verb's.
fn say_what_stays_ineligible(app: &App, nodes: &[NodeStub]) {
    let stays = |n: &&NodeStub| !n.drain && n.scheduling_eligibility == Eligibility::Ineligible;
    let names: Vec<&str> = nodes.iter().filter(stays).map(|n| n.name.as_str()).collect();
    if !names.is_empty() {
        let names = names.join(" ");
        app.printer.warn(&format!(
            "{names}: not draining, and still ineligible; to change that: fleet node eligible {names}"
        ));
    }
}
