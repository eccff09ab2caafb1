//! `fleet node undrain`

use std::collections::{BTreeMap, BTreeSet};

use crate::api::http::Patience;
use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::node::change::{ChangeDecision, each};
use crate::commands::node::list::NodeRow;
use crate::commands::shared::closed_before;
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::turn::warn_whom_it_stops;
use crate::error::Result;
use crate::ops::drain::is_left_by_a_drain;
use crate::ops::migration::was_ineligible;

/// Cancel the drain of nodes, and make them eligible again where they were so before it.
///
/// So are nodes of which a drain of fleet's has ended already, or that waited for their turn when one was killed: it left them ineligible.
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
    // What took no work before its drain does not begin to because the drain is ended.
    let stays = |node: &NodeStub| args.keep_ineligible || (!args.eligible && was_ineligible(node));
    let is_closed = |n: &NodeStub| !n.drain && n.scheduling_eligibility == Eligibility::Ineligible;
    let closed_by_drains = closed_before::by_drains(nomad, &nodes).await?;
    let mut left = BTreeSet::new();
    for node in nodes.iter().filter(|n| is_closed(n) && !stays(n)) {
        let by_a_killed_drain = || closed_by_drains.contains(&node.id);
        if args.eligible
            || by_a_killed_drain()
            || is_left_by_a_drain(&nomad.read(&node::get(&node.id)).await?.value)
        {
            left.insert(node.id.clone());
        }
    }
    let is_undone = |node: &NodeStub| node.drain || left.contains(&node.id);
    if !args.keep_ineligible {
        say_what_stays_ineligible(app, nodes.iter().filter(|n| !is_undone(n)));
    }
    if args.dry_run {
        let undone: Vec<NodeRow> = nodes.into_iter().filter(is_undone).map(NodeRow::from).collect();
        return app.printer.list(&undone, "nothing to do: none of them is draining, or was left by a drain");
    }
    warn_whom_it_stops(app, nomad, &nodes).await;
    let permission = app.explicit();
    let wanted = |node: &NodeStub| match stays(node) {
        true => Eligibility::Ineligible,
        false => Eligibility::Eligible,
    };
    let wish = |node: &NodeStub| match node.scheduling_eligibility {
        _ if is_undone(node) => ChangeDecision::Write,
        Eligibility::Eligible => ChangeDecision::Already("not draining".to_owned()),
        Eligibility::Ineligible => ChangeDecision::Already("not draining, and still ineligible".to_owned()),
    };
    let write = async |node: &NodeStub| {
        let draining = node.drain;
        let read_back = async || {
            let now = nomad.read(&node::get(&node.id)).await?.value;
            let open = draining || now.scheduling_eligibility == Eligibility::Eligible;
            Ok((now.drain_strategy.is_none() && open).then_some(()))
        };
        let call = match draining {
            true => node::cancel_drain(&node.id, !stays(node), &BTreeMap::new()),
            false => node::set_eligibility(&node.id, Eligibility::Eligible),
        };
        settle(nomad, &permission, &call, Patience::VIEW, read_back).await?;
        Ok(())
    };
    each(app, nodes, wanted, wish, write).await
}

/// A node that somebody made ineligible takes no work: that is another decision, and not this verb's.
fn say_what_stays_ineligible<'n>(app: &App, nodes: impl Iterator<Item = &'n NodeStub>) {
    let stays = |n: &&NodeStub| n.scheduling_eligibility == Eligibility::Ineligible;
    let names: Vec<&str> = nodes.filter(stays).map(|n| n.name.as_str()).collect();
    if !names.is_empty() {
        let names = names.join(" ");
        app.printer.warn(&format!(
            "{names}: not draining, and still ineligible; to change that: fleet node eligible {names}"
        ));
    }
}
