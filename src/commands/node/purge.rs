//! `fleet node purge`

use crate::api::http::{Http, Patience};
use crate::api::nomad::node::{self, NodeStatus, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, allocation, one_of};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::node::list::NodeRow;
use crate::commands::node::outcome::{on_each, verdict};
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::words;

/// How many of the nodes in the way are named.
const MOST_NAMED: usize = 10;

/// Have the servers forget nodes that are gone for good, without waiting for their garbage collection.
///
/// A node that is not down is refused: its agent would register it again within a second, eligible, whatever it was before.
/// What the servers still list on a purged node is lost, and placed elsewhere where its job wants it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node purge c1
  fleet node purge --class old --filter 'Status == \"down\"' --yes
  fleet node purge 'c*' --dry-run")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,

    /// Show which nodes would be forgotten; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Purges nodes.
///
/// # Errors
/// Refused (7) where one is not down; failed where one came back.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let nodes = args.selection.resolve_targets(nomad).await?;
    refuse_the_living(&nodes)?;
    let left = left_on(nomad, &nodes).await?;
    if left > 0 {
        app.printer.warn(&format!(
            "{} on {} not reported to be over; the servers will take {} for lost",
            words::count(left, "allocation"),
            words::either(nodes.len(), "it is", "them are"),
            words::either(left, "it", "them"),
        ));
    }
    if args.dry_run {
        let rows: Vec<NodeRow> = nodes.into_iter().map(NodeRow::from).collect();
        return app.printer.list(&rows, "nothing to do");
    }
    let names: Vec<&str> = nodes.iter().take(MOST_NAMED).map(|n| n.name.as_str()).collect();
    let more = nodes.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let permission = app.confirm(args.yes, &format!("Forget {}{more}?", names.join(", "))).await?;
    let mut rows = on_each(nodes.clone(), async |stub| {
        // It may have come back while the question stood there.
        match nomad.read(&node::get(&stub.id)).await {
            Ok(now) if now.value.status != NodeStatus::Down => {
                return Err(alive(stub, now.value.status));
            }
            Ok(_) => {}
            Err(e) if e.is_not_found() => return Ok((false, "it was forgotten already".to_owned())),
            Err(e) => return Err(e.into()),
        }
        let gone = async || match nomad.read(&node::get(&stub.id)).await {
            Ok(_) => Ok(None),
            Err(e) if e.is_not_found() => Ok(Some(())),
            Err(e) => Err(e),
        };
        settle(nomad, &permission, &node::purge(&stub.id), Patience::OPERATION, gone).await?;
        Ok((true, "purged".to_owned()))
    })
    .await;
    last_look(nomad, &nodes, &mut rows).await?;
    app.printer.list(&rows, "no nodes")?;
    verdict(&rows, "not purged")
}

fn alive(node: &NodeStub, status: NodeStatus) -> Error {
    let (name, id) = (&node.name, short(&node.id));
    let error = Error::refused(format!("node {name} is {status}, not down"));
    if status == NodeStatus::Disconnected {
        return error
            .because("the servers wait for its agent as long as a group that runs there says (disconnect.lost_after), and count it as down only then")
            .hint(format!("to wait for that: fleet wait node {id} down"));
    }
    error.because("the agent of a node that lives registers it again at once, and eligible").hint(format!(
        "`fleet node drain {id}` empties it; stop its agent, and it is down after its heartbeats were missed"
    ))
}

/// Refuses as a whole where one of them lives.
fn refuse_the_living(nodes: &[NodeStub]) -> Result<()> {
    let living: Vec<&NodeStub> = nodes.iter().filter(|n| n.status != NodeStatus::Down).collect();
    let [first, ..] = living[..] else { return Ok(()) };
    if nodes.len() == 1 {
        return Err(alive(first, first.status));
    }
    let count = words::count(living.len(), "node");
    let error = Error::refused(format!("{count} of {} not down; nothing was changed", nodes.len()));
    let named = living.iter().take(MOST_NAMED);
    let error = named.fold(error, |error, n| error.because(format!("{} is {}", n.name, n.status)));
    Err(error.hint("--filter 'Status == \"down\"' selects those that are"))
}

/// How many allocations on these nodes are not reported to be over.
async fn left_on(nomad: &Http, nodes: &[NodeStub]) -> Result<usize> {
    let on = one_of("NodeID", nodes.iter().map(|n| n.id.as_str()));
    let open = format!("{on} and ClientStatus matches \"^(pending|running|unknown)$\"");
    let call = allocation::list().namespace(ALL_NAMESPACES).filter(Some(&open));
    match nomad.list(&call).await {
        Ok(reply) => Ok(reply.value.len()),
        // A token for nodes alone may do the act all the same.
        Err(e) if e.is_denied() => Ok(0),
        Err(e) => Err(e.into()),
    }
}

/// Looks once more at all of them: one whose agent lives after all is there again.
async fn last_look(nomad: &Http, nodes: &[NodeStub], rows: &mut [super::outcome::NodeOutcome]) -> Result<()> {
    let filter = one_of("ID", nodes.iter().map(|n| n.id.as_str()));
    for back in nomad.list(&node::list().filter(Some(&filter))).await?.value {
        for row in rows.iter_mut().filter(|r| r.is_of(&back.id)) {
            row.undone(
                Error::failed(format!("node {} is there again, {}", back.name, back.status))
                    .because("its agent lives, and registered it again"),
            );
        }
    }
    Ok(())
}
