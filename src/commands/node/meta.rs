//! `fleet node meta get`, `set` and `unset`

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Subcommand;
use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::node_client::{self, NodeMeta};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::node::outcome::{ensure_there, on_each, verdict};
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::ticker::look_until;
use crate::ui::{Cell, Column, Tabular, Tone, column, duration};

/// How often the servers are asked what they know of a node.
const LOOK: Duration = Duration::from_millis(500);

/// Verbs on the metadata of nodes.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Get(GetArgs),
    Set(Box<SetArgs>),
    Unset(Box<UnsetArgs>),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Get(args) => get(&args, app).await,
            Command::Set(args) => set(*args, app).await,
            Command::Unset(args) => unset(*args, app).await,
        }
    }
}

/// Show the metadata of a node, and what of it was changed since its agent was configured.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node meta get c1
  fleet node meta get c1 rack
  fleet node meta get c1 -o json")]
pub struct GetArgs {
    /// The node, by its name or the beginning of its id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: String,

    /// Print the value of this key alone.
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

/// Change metadata of nodes while they run. It survives a restart of their agents.
///
/// Constraints and affinities see it from the next placement on; what runs is not moved. A node tells the servers of it within
/// about 10 s, which this waits for.
#[derive(Debug, clap::Args)]
#[command(override_usage = "fleet node meta set [OPTIONS] [NODE]... KEY=VALUE...")]
#[command(after_help = "Examples:
  fleet node meta set c1 rack=r2
  fleet node meta set --class old retiring=2026-12-01
  fleet node meta set 'c*' zone=a tier=hot --dry-run")]
pub struct SetArgs {
    #[command(flatten)]
    selection: NodeSelection,

    #[command(flatten)]
    wait: Wait,
}

/// Take metadata away from nodes, also what their own configuration sets.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node meta unset c1 --key rack
  fleet node meta unset --class old --key retiring --key zone")]
pub struct UnsetArgs {
    #[command(flatten)]
    selection: NodeSelection,

    /// What to take away.
    #[arg(long, short, value_name = "KEY", required = true)]
    key: Vec<String>,

    #[command(flatten)]
    wait: Wait,
}

/// How long to wait for the servers.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Wait {
    /// How long to wait for the servers to hear of it.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30s")]
    timeout: Duration,

    /// Show what would change; change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A key of a node's metadata.
#[derive(Debug, Serialize)]
struct Row {
    key: String,
    /// None where it was taken away.
    value: Option<String>,
    /// `configured` by the agent, `changed` since, or `taken_away`.
    origin: &'static str,
    /// What the agent's configuration says.
    configured: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("KEY").whole(), column("VALUE"), column("ORIGIN"), column("CONFIGURED").usual("-").rank(1)];

    fn cells(&self) -> Vec<Cell> {
        let (origin, tone) = match self.origin {
            "taken_away" => ("taken away", Tone::Warn),
            "changed" => ("changed", Tone::Good),
            other => (other, Tone::Dim),
        };
        let configured = self.configured.as_ref().filter(|_| self.origin != "configured");
        vec![
            Cell::text(&self.key),
            self.value.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::toned(origin, tone),
            configured.map_or(Cell::Empty, Cell::from),
        ]
    }
}

fn rows(meta: &NodeMeta) -> Vec<Row> {
    let taken = meta.dynamic.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| key);
    let keys: std::collections::BTreeSet<&String> = meta.meta.keys().chain(taken).collect();
    keys.into_iter()
        .map(|key| Row {
            origin: match meta.dynamic.get(key) {
                Some(Some(_)) => "changed",
                Some(None) => "taken_away",
                None => "configured",
            },
            key: key.clone(),
            value: meta.meta.get(key).cloned(),
            configured: meta.configured.get(key).cloned(),
        })
        // What never was there and was taken away is no news.
        .filter(|row| row.value.is_some() || row.configured.is_some())
        .collect()
}

async fn get(args: &GetArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = resolve::node(nomad, &args.node).await?;
    ensure_there(&found)?;
    let meta = nomad.read(&node_client::metadata(&found.id)).await?.value;
    let mut rows = rows(&meta);
    let Some(key) = &args.key else { return app.printer.list(&rows, "no metadata") };
    rows.retain(|row| row.key == *key);
    let Some(value) = rows.first().and_then(|row| row.value.as_ref()) else {
        return Err(Error::not_found(format!("node {} has no metadata {key:?}", found.name)));
    };
    if app.printer.is_machine() {
        return app.printer.list(&rows, "");
    }
    app.printer.text(&format!("{value}\n"))
}

async fn set(args: SetArgs, app: &App) -> Result<()> {
    let mut selection = args.selection;
    let (pairs, nodes) = selection.nodes.into_iter().partition::<Vec<_>, _>(|word| word.contains('='));
    selection.nodes = nodes;
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), Some(value.to_owned()))),
        _ => Err(Error::usage(format!("{text:?} is not KEY=VALUE"))),
    };
    let changes = pairs.iter().map(pair).collect::<Result<BTreeMap<_, _>>>()?;
    if changes.is_empty() {
        return Err(Error::usage("nothing to set").hint("fleet node meta set NODE KEY=VALUE"));
    }
    change(&selection, &changes, args.wait, app).await
}

async fn unset(args: UnsetArgs, app: &App) -> Result<()> {
    let changes = args.key.into_iter().map(|key| (key, None)).collect();
    change(&args.selection, &changes, args.wait, app).await
}

/// Whether the metadata is as it was asked for.
fn holds(meta: &BTreeMap<String, String>, changes: &BTreeMap<String, Option<String>>) -> bool {
    changes.iter().all(|(key, value)| meta.get(key) == value.as_ref())
}

/// What was asked for, in words.
fn told(changes: &BTreeMap<String, Option<String>>) -> String {
    let one = |(key, value): (&String, &Option<String>)| match value {
        Some(value) => format!("{key}={value}"),
        None => format!("no {key}"),
    };
    changes.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Changes the metadata of the selected nodes, and waits until the servers know.
async fn change(
    selection: &NodeSelection,
    changes: &BTreeMap<String, Option<String>>,
    wait: Wait,
    app: &App,
) -> Result<()> {
    let nomad = app.nomad()?;
    let nodes = selection.resolve_targets(nomad).await?;
    let permission = app.explicit();
    let rows = on_each(nodes, async |stub| {
        ensure_there(stub)?;
        let before = nomad.read(&node_client::metadata(&stub.id)).await?.value;
        let so_already = holds(&before.meta, changes);
        if wait.dry_run {
            let would = if so_already { "would stay as it is" } else { "would be changed" };
            return Ok((false, format!("{would}: {}", told(changes))));
        }
        if !so_already {
            let read_back = async || {
                let now = nomad.read(&node_client::metadata(&stub.id)).await?.value;
                Ok(holds(&now.meta, changes).then_some(()))
            };
            let call = node_client::set_metadata(&stub.id, changes);
            settle(nomad, &permission, &call, Patience::VIEW, read_back).await?;
        }
        servers_know(nomad, stub, changes, wait.timeout).await?;
        let already = if so_already { "already " } else { "" };
        Ok((!so_already, format!("{already}{}", told(changes))))
    })
    .await;
    app.printer.list(&rows, "no nodes")?;
    verdict(&rows, "not as asked for")
}

/// Waits until the servers know what a node told of itself: placements go by that.
async fn servers_know(
    nomad: &Http,
    stub: &NodeStub,
    changes: &BTreeMap<String, Option<String>>,
    within: Duration,
) -> Result<()> {
    let heard = look_until(LOOK, within, async || {
        let known = nomad.read(&node::get(&stub.id)).await?.value.meta;
        Ok::<_, Error>(if holds(&known, changes) { Ok(()) } else { Err(()) })
    });
    heard.await?.map_err(|()| {
        Error::new(
            ExitCode::TimedOut,
            format!("node {} has it, but the servers did not hear of it in time", stub.name),
        )
        .because("a node tells them within about 10 s, and somebody else may have changed it meanwhile")
        .hint(format!("fleet node show {} -o wide shows what they know", stub.name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::screen;

    #[test]
    fn what_was_changed_and_taken_away_is_told() {
        let text = r#"{"Dynamic":{"rack":null,"x":"1","gone":null},"Meta":{"x":"1","zone":"a"},"Static":{"rack":"r1","zone":"a"}}"#;
        let meta: NodeMeta = serde_json::from_str(text).unwrap();
        insta::assert_snapshot!(screen(80, |p| p.list(&rows(&meta), "")), @"
        KEY   VALUE  ORIGIN      CONFIGURED
        rack  -      taken away  r1
        x     1      changed     -
        zone  a      configured  -
        ");
    }

    #[test]
    fn what_is_taken_away_must_be_away() {
        let changes = BTreeMap::from([("a".to_owned(), None), ("b".to_owned(), Some("1".to_owned()))]);
        let meta = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>()
        };
        assert!(holds(&meta(&[("b", "1"), ("c", "2")]), &changes));
        assert!(!holds(&meta(&[("b", "1"), ("a", "")]), &changes) && !holds(&meta(&[("b", "2")]), &changes));
        assert_eq!(told(&changes), "no a, b=1");
    }
}
