//! `fleet rotate-nodes`

mod narrate;
mod preview;
mod report;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::api::http::Patience;
use crate::api::nomad::node::NodeStub;
use crate::app::App;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::journal::{self, Journal};
use crate::ops::rotate::Rotation;
use crate::ops::rotate::forecast::{self, Forecast};
use crate::ops::rotate::hold::{self, Hold};
use crate::ops::rotate::options::{Batch, MinHealthy, OnFailure, Options, Replace, Risk, Singletons};
use crate::ops::rotate::plan::{self, Plan};
use crate::ops::rotate::recorder::{Entry, Memory, Recorder};
use crate::ops::rotate::scene::{self, Scene};
use crate::ui::duration;

use crate::commands::shared::narrator::Narrator;
use narrate::sentence;
use preview::Preview;
use report::Report;

/// Empty nodes one after the other, every step verified, without taking any service below its floor.
///
/// A preview comes first and writes nothing: the nodes in order, what moves, what Nomad does not move, and the forecast of the
/// cluster's own scheduler whether everything can be placed. Then the selected nodes are marked ineligible, replacement nodes are
/// started if you gave a command for that, and one node after the other is emptied: instances are stopped step by step, as many of
/// a group as its floor allows, each after a fresh check, and each followed until its replacement is healthy. The drain comes last
/// and only seals the node. Each node is verified before the next one is started.
///
/// The floor of a group is count - migrate.max_parallel, and at least 1. Ctrl-C once finishes the step under way, twice leaves at
/// once; the same command continues where it stopped and repeats nothing.
///
/// The replacement command gets these variables: FLEET_ROTATION, FLEET_COUNT, FLEET_NODES, FLEET_NODE_IDS, FLEET_NODE_POOLS and
/// FLEET_DATACENTERS (lists are separated by spaces).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotate-nodes --class old --dry-run
  fleet rotate-nodes --class old --singletons gap --batch wait
  fleet rotate-nodes --nomad-version 1.9.0 --replace-with-cmd './add-nodes.sh 3' --yes
  fleet rotate-nodes 'worker-a*' --yes -o json-lines")]
pub struct Args {
    #[command(flatten)]
    selection: NodeSelection,

    /// Show what would happen; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// Command that starts replacement nodes; fleet waits until as many matching nodes are ready.
    #[arg(long, value_name = "CMD", help_heading = "Replacements")]
    replace_with_cmd: Option<String>,

    /// Run that command with `sh -c`.
    #[arg(long, requires = "replace_with_cmd", help_heading = "Replacements")]
    shell: bool,

    /// How many nodes must join [default: one for each node rotated].
    #[arg(long, value_name = "N", requires = "replace_with_cmd", help_heading = "Replacements")]
    replacements: Option<usize>,

    /// Time the command and its nodes may take.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30m", help_heading = "Replacements")]
    replace_timeout: Duration,

    /// Start no replacement nodes: the remaining nodes have room (the default).
    #[arg(long, conflicts_with = "replace_with_cmd", help_heading = "Replacements")]
    no_replace: bool,

    /// What to do with services that have one instance: accept that they are down while they move, leave their nodes out, or refuse.
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Decisions")]
    singletons: Option<Singletons>,

    /// What to do with batch work, which Nomad does not move.
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Decisions")]
    batch: Option<Batch>,

    /// Keep at least N (or N%) instances of every group healthy, instead of what its migrate block allows.
    #[arg(long, value_name = "N|N%", value_parser = MinHealthy::parse, help_heading = "Decisions")]
    min_healthy: Option<MinHealthy>,

    /// Accept this risk.
    #[arg(long, value_name = "RISK", value_enum, help_heading = "Decisions")]
    accept: Vec<Risk>,

    /// Leave system jobs running on emptied nodes.
    #[arg(long, help_heading = "Decisions")]
    ignore_system: bool,

    /// What to do after a failure: leave everything as it stands, or restore the nodes' eligibility.
    #[arg(long, value_name = "HOW", value_enum, default_value = "stop", help_heading = "Decisions")]
    on_failure: OnFailure,

    /// Time the whole rotation may take.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
}

/// Rotates nodes.
///
/// # Errors
/// Refused (7), failed (1), timed out (6), pending (8) when nodes were left out, interrupted (130).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let selected = args.selection.resolve_targets(&nomad).await?;
    let key = args.key(app)?;
    let (journal, memory) = open_journal(args, app, &key)?;

    let scene = scene::observe(&nomad, &ids(&selected), &memory.unfinished_jobs()).await?;
    let mut options = args.options(selected.len())?;
    let (mut plan, mut holds) = plan::make(&scene, &selected, &options, &key, &memory);
    if let Some(decided) = ask_about_singletons(args, app, &plan).await? {
        options.singletons = decided;
        (plan, holds) = plan::make(&scene, &selected, &options, &key, &memory);
    }
    let forecast = forecast(&nomad, &scene, &plan, &options, &mut holds).await?;
    let preview = Preview::new(&plan, &options, &holds, &forecast, memory.rotation.is_some());
    show_preview(args, app, &preview)?;
    refuse_standing(&holds, &options)?;
    if args.dry_run {
        return Ok(());
    }
    if plan.nodes.iter().all(|n| n.done) {
        app.printer.note("nothing to do: every selected node is already rotated");
        return app.printer.object(&Report::new(&plan, &memory));
    }

    let permission = app.confirm(args.yes, &preview.question()).await?;
    let mut narrator = Narrator::new(&app.printer, sentence);
    let name = memory.rotation.clone().unwrap_or_else(|| format!("r-{:08x}", fastrand::u32(..)));
    let deadline = options.timeout.map(|t| app.clock().now() + t);
    let mut rotation = Rotation {
        nomad,
        consul: app.consul()?.map(|c| c.with_patience(Patience::OPERATION)),
        permission,
        options,
        key,
        name,
        recorder: Recorder::new(journal, memory, &mut narrator, Arc::clone(app.clock())),
        orderly: app.interrupts.orderly(),
        jobs: scene.jobs,
        doomed: ids(&selected),
        survivors: plan.survivors.clone(),
        deadline,
        noticed: BTreeSet::new(),
    };
    let ended = rotation.run(&plan, &selected, scene.index).await;
    let report = Report::new(&plan, rotation.recorder.outcome());
    drop(rotation);
    drop(narrator);
    if !app.printer.wants_events() {
        app.printer.object(&report)?;
    }
    ended
}

fn ids(nodes: &[NodeStub]) -> BTreeSet<String> {
    nodes.iter().map(|n| n.id.clone()).collect()
}

impl Args {
    /// The key of the journal: the same cluster and the same selection are the same rotation, whatever the other options.
    fn key(&self, app: &App) -> Result<String> {
        let settings = app.settings()?;
        let region = settings.nomad.region.as_ref().map_or("", |r| r.value.as_str());
        let selection = format!("{:?}", self.selection);
        Ok(journal::key(&["rotate-nodes", &settings.nomad.address.value, region, &selection]))
    }

    fn options(&self, nodes: usize) -> Result<Options> {
        let replace = match &self.replace_with_cmd {
            None => Replace::No,
            Some(command) => {
                let argv = if self.shell {
                    vec!["/bin/sh".to_owned(), "-c".to_owned(), command.clone()]
                } else {
                    shlex::split(command).filter(|argv| !argv.is_empty()).ok_or_else(|| {
                        Error::usage(format!(
                            "--replace-with-cmd {command:?} is not a command: a quote is open, or it is empty"
                        ))
                    })?
                };
                let count = self.replacements.unwrap_or(nodes);
                Replace::Command { argv, count, within: self.replace_timeout }
            }
        };
        Ok(Options {
            replace,
            singletons: self.singletons.unwrap_or(Singletons::Refuse),
            batch: self.batch,
            on_failure: self.on_failure,
            min_healthy: self.min_healthy,
            accept: self.accept.iter().copied().collect(),
            ignore_system: self.ignore_system,
            timeout: self.timeout,
        })
    }
}

/// The journal and what it says. A preview only reads it. Without a state directory only what the cluster shows is known.
fn open_journal(args: &Args, app: &App, key: &str) -> Result<(Option<Journal>, Memory)> {
    let Some(dir) = app.env.state_dir().map(|d| d.join("rotations")) else {
        return Ok((None, Memory::default()));
    };
    if args.dry_run {
        return Ok((None, Memory::of(Journal::peek::<Entry>(&dir, key)?)));
    }
    match open(&dir, key) {
        Ok((journal, memory)) => Ok((Some(journal), memory)),
        Err(e) if e.code() == ExitCode::Refused => Err(e),
        Err(e) => {
            app.printer.warn(&format!(
                "{e}: if this run is killed, the nodes' earlier eligibility cannot be restored"
            ));
            Ok((None, Memory::default()))
        }
    }
}

fn open(dir: &Path, key: &str) -> Result<(Journal, Memory)> {
    let (mut journal, entries) = Journal::open::<Entry>(dir, key)?;
    let memory = Memory::of(entries);
    if memory.rotation.is_none() {
        journal.clear()?;
    }
    Ok((journal, memory))
}

/// Asks on a terminal what to do with single instances; elsewhere the command line must say it.
async fn ask_about_singletons(args: &Args, app: &App, plan: &Plan) -> Result<Option<Singletons>> {
    let singletons = plan.singletons();
    if args.singletons.is_some() || args.dry_run || singletons.is_empty() || !app.printer.may_ask() {
        return Ok(None);
    }
    let list: Vec<String> = singletons.iter().map(ToString::to_string).collect();
    let question = match &list[..] {
        [only] => format!("{only} has one instance and will be down while it moves."),
        several => {
            format!(
                "These services have one instance and will be down while they move: {}.",
                several.join(", ")
            )
        }
    };
    let answers = [
        "do not start",
        "move anyway; down until the replacement is healthy",
        "leave out the nodes they run on",
    ];
    let choice = app.printer.choose(question, answers.map(str::to_owned).to_vec()).await?;
    Ok(Some([Singletons::Refuse, Singletons::Gap, Singletons::Skip][choice]))
}

async fn forecast(
    nomad: &crate::api::http::Http,
    scene: &Scene,
    plan: &Plan,
    options: &Options,
    holds: &mut Vec<Hold>,
) -> Result<Forecast> {
    let doomed: BTreeSet<String> = plan.nodes.iter().map(|n| n.node.id.clone()).collect();
    let forecast = forecast::of_plan(nomad, scene, plan, &doomed).await?;
    // With replacements on their way the forecast of today is information; it is repeated when they have joined.
    if options.replace == Replace::No {
        holds.extend(forecast.losses.iter().map(hold::wont_fit));
    }
    holds.extend(forecast.unknown.iter().map(|reason| Hold::NoForecast { reason: reason.clone() }));
    Ok(forecast)
}

/// Shows the preview: as the result of a dry run, else on stderr before the question.
fn show_preview(args: &Args, app: &App, preview: &Preview) -> Result<()> {
    if args.dry_run || app.printer.wants_events() {
        app.printer.object(preview)
    } else {
        app.printer.aside(preview);
        Ok(())
    }
}

fn refuse_standing(holds: &[Hold], options: &Options) -> Result<()> {
    let standing = hold::standing(holds, options);
    if standing.is_empty() {
        return Ok(());
    }
    let denied = standing.iter().any(|h| matches!(h, Hold::MayNotDrain));
    let code = if denied { ExitCode::Denied } else { ExitCode::Refused };
    let error = Error::new(code, "the rotation was not started; nothing was changed");
    let error = standing.iter().map(|h| h.text()).fold(error, Error::because);
    let ways_out: BTreeSet<String> = standing.iter().map(|h| h.way_out()).collect();
    Err(ways_out.into_iter().fold(error, Error::hint))
}
