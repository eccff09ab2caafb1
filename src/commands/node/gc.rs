//! `fleet node gc`

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::node::NodeStub;
use crate::api::nomad::{ALL_NAMESPACES, fs, node_client, one_of};
use crate::app::App;
use crate::commands::node::outcome::{ensure_there, on_each, verdict};
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::short;
use crate::model::words;
use crate::ops::ticker::look_until;
use crate::ui::duration;

/// How often a node is asked what it still has.
const LOOK: Duration = Duration::from_millis(500);
/// How many allocations a node is asked about at the same time.
const AT_ONCE: usize = 4;

/// Have nodes remove the files and logs of allocations that have ended, without waiting until their disks are full.
///
/// The logs of what has ended cannot be read any more. A node keeps what has not ended, and what something else still needs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node gc c1
  fleet node gc --class old --yes
  fleet node gc c1 --dry-run")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,

    /// How long to wait for the nodes to be done.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1m")]
    timeout: Duration,

    /// Show what would be removed; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Has nodes collect garbage, and waits until the files are gone.
///
/// # Errors
/// Refused (7); timed out (6) where files are left.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let nodes = args.selection.resolve_targets(nomad).await?;
    let ended = ended_on(nomad, &nodes).await?;
    let of = |node: &NodeStub| ended.get(&node.id).map(Vec::as_slice).unwrap_or_default();
    // What the servers list may have been collected before: only the node knows.
    if args.dry_run {
        let rows = on_each(nodes, async |node| {
            ensure_there(node)?;
            let kept = still_there(nomad, of(node)).await?;
            Ok((false, format!("would remove the files of {}", words::count(kept.len(), "allocation"))))
        })
        .await;
        app.printer.list(&rows, "no nodes")?;
        return verdict(&rows, "not looked at");
    }
    let question =
        format!("Remove files and logs of all that has ended on {}?", words::count(nodes.len(), "node"));
    let permission = app.confirm(args.yes, &question).await?;
    let rows = on_each(nodes, async |node| {
        ensure_there(node)?;
        let mut kept = still_there(nomad, of(node)).await?;
        let before = kept.len();
        // Asking twice is the same as asking once: a lost reply needs no settling.
        match nomad.write(&permission, &node_client::collect_garbage(&node.id)).await {
            Err(e) if !e.is_ambiguous() => return Err(e.into()),
            _ => {}
        }
        let removed = look_until(LOOK, args.timeout, async || {
            kept = still_there(nomad, &kept).await?;
            Ok::<_, Error>(if kept.is_empty() { Ok(()) } else { Err(kept.clone()) })
        });
        let text = format!("removed the files of {}", words::count(before, "allocation"));
        removed.await?.map(|()| (before > 0, text)).map_err(|kept| {
            let ids: Vec<&str> = kept.iter().take(5).map(|id| short(id)).collect();
            Error::new(
                ExitCode::TimedOut,
                format!(
                    "node {} still has the files of {}",
                    node.name,
                    words::count(kept.len(), "allocation")
                ),
            )
            .because(format!("among them {}", ids.join(", ")))
            .because(
                "it keeps what something else still needs, such as a replacement that takes over its data",
            )
        })
    })
    .await;
    app.printer.list(&rows, "no nodes")?;
    verdict(&rows, "not cleaned")
}

/// Ids of what has ended on these nodes, by node.
async fn ended_on(nomad: &Http, nodes: &[NodeStub]) -> Result<BTreeMap<String, Vec<String>>> {
    let on = one_of("NodeID", nodes.iter().map(|n| n.id.as_str()));
    let over = format!("{on} and ClientStatus matches \"^(complete|failed)$\"");
    let all: Vec<AllocStub> =
        nomad.list(&allocation::list().namespace(ALL_NAMESPACES).filter(Some(&over))).await?.value;
    let mut by_node: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for alloc in all {
        by_node.entry(alloc.node_id).or_default().push(alloc.id);
    }
    Ok(by_node)
}

/// Those whose files the node still has.
async fn still_there(nomad: &Http, allocs: &[String]) -> Result<Vec<String>> {
    let looks = stream::iter(allocs).map(|id| async move {
        match nomad.read(&fs::ls(id, "/")).await {
            Ok(_) => Ok(Some(id.clone())),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    });
    let found: Vec<Option<String>> = looks.buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}
