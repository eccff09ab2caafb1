//! `fleet rotate-nodes`

mod domain;
mod found;
mod given_up;
mod pace;
mod preview;
mod report;
mod saved;
mod service;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;

use crate::api::http::{Http, Patience};
use crate::api::nomad::node::NodeStub;
use crate::app::App;
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::rotation_board::RotationBoard;
use crate::commands::shared::rotation_notices::Notices;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;
use crate::model::group::GroupKey;
use crate::model::redaction::Secrets;
use crate::ops::journal::{self, Journal};
use crate::ops::migration::alloc_ref;
use crate::ops::migration::floors::MinHealthy;
use crate::ops::migration::forecast::{self, Forecast, ForecastInput};
use crate::ops::migration::lock::Holder;
use crate::ops::migration::snapshot::{self, Snapshot};
use crate::ops::notify::Notifier;
use crate::ops::rotate::blocker::{self, Blocker};
use crate::ops::rotate::decide::GoalNode;
use crate::ops::rotate::event::{Foreseen, GroupFloor, NodeMoves, Purpose};
use crate::ops::rotate::history::{self, History};
use crate::ops::rotate::options::{
    Batch, NodeService, OnFailure, Options, Parallel, Replace, Risk, Singletons,
};
use crate::ops::rotate::plan::{self, Plan};
use crate::ops::rotate::recorder::{Entry, Intent, Recorder, RecoveredState};
use crate::ops::rotate::store::{self, Store};
use crate::ops::rotate::{Goal, Means, Rotation};
use crate::ui::duration;

use domain::Domain;
use preview::Preview;
use report::Report;
use saved::{ApplyArgs, PlanArgs, Saved};
use service::{ServiceArgs, words_of};

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
/// While it has a service in hand no other rotation or drain of fleet touches that: the others wait, and say for whom. The journal
/// stands on the cluster as well, so that another machine can continue. For both the token needs, in namespace default:
/// `variables { path "fleet/*" { capabilities = ["list", "read", "write", "destroy"] } }`. `fleet rotation` shows them.
///
/// Before each node the gates are asked: no new evaluation waits for room, no deployment failed, every check of what moved passes, and
/// what --gate-* names; not knowing holds like a no. A gate command gets FLEET_ROTATION, FLEET_ROTATED and FLEET_WAITING.
///
/// --singletons surge raises the count of the group by one, waits until the second copy is healthy, moves the first, and gives the job
/// its own count again; that makes two new versions of the job. Metadata `fleet.singleton = "exclusive"` of a job or group forbids it.
///
/// Replacements are compared with the nodes they stand in for: they need the same pool and datacenter, every healthy driver, host volume
/// and device, and the metadata that constraints of the jobs ask for; every other difference is told. With --surge N only N replacements
/// are started before as many nodes are emptied; FLEET_COUNT and FLEET_NODES are those of the wave.
///
/// The replacement command gets these variables: FLEET_ROTATION, FLEET_COUNT, FLEET_NODES, FLEET_NODE_IDS, FLEET_NODE_POOLS and
/// FLEET_DATACENTERS (lists are separated by spaces).
///
/// With --in-place each node is changed once it is empty, by a command here (--exec) or on the node (--ssh), and takes work again when
/// it is back and changed as expected; the other nodes take work until their turn. With --terminate-cmd each is ended instead. Such
/// a command gets FLEET_ROTATION, FLEET_NODE, FLEET_NODE_ID, FLEET_NODE_ADDRESS, FLEET_NODE_CLASS, FLEET_NODE_POOL, FLEET_DATACENTER
/// and FLEET_INSTANCE_ID (where the node says which instance of a cloud it is). Ready ones are in contrib/hooks/ of the project.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  fleet rotate-nodes --class old --dry-run
  fleet rotate-nodes plan --class old --out tonight.json
  fleet rotate-nodes --class old --singletons gap --batch wait
  fleet rotate-nodes --nomad-version 1.9.0 --replace-with-cmd './add-nodes.sh 3' --yes
  fleet rotate-nodes --class old --replace-with-cmd ./grow.sh --surge 3 --terminate-cmd ./end.sh --yes
  fleet rotate-nodes --pool web --max-parallel 10% --by meta.rack --failure-budget 1 --yes
  fleet rotate-nodes --class old --singletons surge --window 'Mon-Fri 22:00-05:00 Europe/Berlin' --yes
  fleet rotate-nodes --class old --gate-http https://shop.example.com/health --gate-passes 3 --yes
  fleet rotate-nodes --pool web --in-place --ssh 'sudo systemctl reboot' --expect reboot --yes
  fleet rotate-nodes --pool web --in-place --ssh 'sudo apt-get -y upgrade' --ssh-host 'ops@{name}.example.com' --expect 'attr.kernel.version!=old' --yes
  fleet rotate-nodes --class old --terminate-cmd ./end-instance.sh --purge --yes
  fleet rotate-nodes --class old --floor shop/cart=90% --soak 30s --settle 1m --yes
  fleet rotate-nodes 'worker-a*' --yes -o json-lines")]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    wanted: RotationRequest,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Plan(Box<PlanArgs>),
    Apply(ApplyArgs),
}

/// The nodes that were asked for, and every decision about them.
#[derive(Debug, clap::Args)]
struct RotationRequest {
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

    /// Run the commands that are given with `sh -c`.
    #[arg(long, help_heading = "Replacements")]
    shell: bool,

    /// How many nodes must join [default: one for each node rotated].
    #[arg(long, value_name = "N", requires = "replace_with_cmd", help_heading = "Replacements")]
    replacements: Option<usize>,

    /// Start at most N replacements ahead: the command is run for N nodes, these are emptied when their replacements have joined, and so
    /// on [default: all at once].
    #[arg(
        long,
        value_name = "N",
        requires = "replace_with_cmd",
        conflicts_with = "replacements",
        help_heading = "Replacements"
    )]
    surge: Option<NonZeroUsize>,

    /// Time the command and its nodes may take.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30m", help_heading = "Replacements")]
    replace_timeout: Duration,

    /// Start no replacement nodes: the remaining nodes have room (the default).
    #[arg(long, conflicts_with = "replace_with_cmd", help_heading = "Replacements")]
    no_replace: bool,

    #[command(flatten)]
    service: ServiceArgs,

    /// What to do with services that have one instance: accept that they are down while they move, start a second
    /// copy first so that they never are, leave their nodes out, or refuse.
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Decisions")]
    singletons: Option<Singletons>,

    /// What to do with batch work, which Nomad does not move.
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Decisions")]
    batch: Option<Batch>,

    /// Keep at least N (or N%) instances of every group healthy, instead of what its migrate block allows.
    #[arg(long, value_name = "N|N%", value_parser = MinHealthy::parse, help_heading = "Decisions")]
    min_healthy: Option<MinHealthy>,

    /// The same for one job, by its name or NAMESPACE/JOB; may be repeated.
    #[arg(long, value_name = "JOB=N|N%", value_parser = floor, help_heading = "Decisions")]
    floor: Vec<(String, MinHealthy)>,

    /// Accept this risk.
    #[arg(long, value_name = "RISK", value_enum, help_heading = "Decisions")]
    accept: Vec<Risk>,

    /// Mark nodes again that somebody made eligible while they were to be emptied, and move what came.
    #[arg(long, help_heading = "Decisions")]
    insist: bool,

    /// How many nodes are emptied at once, as a number or a share of the selected ones; floors hold all the same.
    #[arg(long, value_name = "N|N%", value_parser = Parallel::parse, default_value = "1", help_heading = "Pace")]
    max_parallel: Parallel,

    /// Empty nodes at once only where they agree in this: meta.KEY, attr.KEY, datacenter, class or pool.
    #[arg(long, value_name = "WHAT", value_parser = Domain::parse, help_heading = "Pace")]
    by: Option<Domain>,

    /// How many nodes may fail before nothing more is begun; a node that failed is left alone.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Pace")]
    failure_budget: usize,

    /// How long a replacement must have been healthy before it counts towards its group's floor.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s", help_heading = "Pace")]
    soak: Duration,

    /// How long everything that moved must have been well, without a restart, before the end.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", help_heading = "Pace")]
    settle: Duration,

    #[command(flatten)]
    pace: pace::PaceArgs,

    /// Leave system jobs running on emptied nodes.
    #[arg(long, help_heading = "Decisions")]
    ignore_system: bool,

    /// What to do after a failure: leave everything as it stands, or restore the nodes' eligibility.
    #[arg(long, value_name = "HOW", value_enum, default_value = "stop", help_heading = "Decisions")]
    on_failure: OnFailure,

    /// Run this command at the start, a hold, a failure and the end: it gets a JSON document on its stdin, and FLEET_EVENT,
    /// FLEET_ROTATION and FLEET_TEXT.
    #[arg(long, value_name = "CMD", help_heading = "Notices")]
    notify_cmd: Option<String>,

    /// Post such a document to this address; may be repeated. It is never written down: to resume, give it again.
    #[arg(long, value_name = "URL", help_heading = "Notices")]
    notify_url: Vec<String>,

    /// Time the whole rotation may take.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
}

/// Rotates nodes.
///
/// # Errors
/// Refused (7), failed (1), timed out (6), pending (8) when nodes were left out, interrupted (130).
pub async fn run(args: &Args, app: &App, invocation: &Invocation) -> Result<()> {
    match &args.verb {
        None => Box::pin(rotate(&args.wanted, app, invocation.words_apart().0, DraftUse::Now)).await,
        Some(Verb::Plan(plan)) => {
            let (words, wanted) = PlanArgs::wanted(invocation)?;
            Box::pin(rotate(&wanted, app, Vec::new(), DraftUse::Write(plan, &words))).await
        }
        Some(Verb::Apply(apply)) => {
            let (saved, wanted) = apply.read(app, invocation)?;
            Box::pin(rotate(&wanted, app, saved.command_line(), DraftUse::AsPlanned(&saved, &apply.file)))
                .await
        }
    }
}

/// What is done with the plan that was drafted.
#[derive(Clone, Copy)]
enum DraftUse<'a> {
    /// It is shown, and carried out.
    Now,
    /// It is shown, and written to a file.
    Write(&'a PlanArgs, &'a [String]),
    /// It is carried out only if it is the one that was planned.
    AsPlanned(&'a Saved, &'a Path),
}

/// `command_line` is what resumes it from another machine.
async fn rotate(
    args: &RotationRequest,
    app: &App,
    command_line: Vec<String>,
    manner: DraftUse<'_>,
) -> Result<()> {
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let notifier = args.notifier()?;
    let selected = args.selection.resolve_targets(&nomad).await?;
    let key = args.key(app)?;
    let (journal, local) = open_journal(args, app, &key)?;
    let cluster_key = args.key_on_the_cluster(app)?;
    let found = found::choose(local, store::load(&nomad, &cluster_key).await?);
    let dead = match found.elsewhere.as_ref().filter(|_| !args.dry_run) {
        Some(holder) => found::take_over(app, &nomad, holder, &found.memory).await?,
        None => BTreeSet::new(),
    };
    let mut memory = given_up::or_taken_up(app, &selected, found.memory);
    let input = DraftInput { args, app, nomad: &nomad, selected: &selected, key: &key, memory: &memory };
    let mut draft = Box::pin(input.draft(args.singletons)).await?;
    draft.show(args, app)?;
    if let DraftUse::AsPlanned(saved, file) = manner {
        saved.still_holds(file, &draft)?;
    }
    draft.refuse_standing()?;
    if let DraftUse::Write(plan, words) = manner {
        return plan.write(app, words, &draft);
    }
    service::refuse_newer_than_servers(&nomad, draft.options.service.as_ref()).await?;
    if args.dry_run {
        return Ok(());
    }
    if memory.rotation.is_none() && draft.plan.nodes.iter().all(|n| n.done) {
        app.printer.note("nothing to do: every selected node is already rotated");
        return app.printer.object(&Report::new(&draft.plan, &memory, &BTreeSet::new()));
    }
    let permission = loop {
        let permission = app.confirm(args.yes, &draft.preview.question()).await?;
        if args.yes {
            break permission;
        }
        // The world did not wait for the answer.
        let now = Box::pin(input.draft(draft.decided)).await?;
        let changes = draft.changes_to(&now);
        draft = now;
        draft.refuse_standing()?;
        if changes.is_empty() {
            break permission;
        }
        app.printer.note("this has changed since the question was put:");
        changes.iter().for_each(|change| app.printer.note(&format!("  {change}")));
        draft.show(args, app)?;
    };
    let name = memory.rotation.clone().unwrap_or_else(|| format!("r-{:08x}", fastrand::u32(..)));
    let store = Store::new(&nomad, &cluster_key, found.index);
    let goal = args.goal(app, &nomad, (name, key, store), &draft, &selected).await?;
    let left_out = recall(&nomad, &mut memory, found.elsewhere.is_some()).await;
    let history = History::new(&nomad, left_out);
    let goal = Goal { dead, history, command_line: to_write_down(command_line), ..goal };
    let board = RotationBoard::new(&app.printer, memory.happened.clone());
    let mut narrator = Notices::new(board, &app.printer, notifier, &goal.name);
    let mut recorder = Recorder::new(journal, memory, &mut narrator, Arc::clone(app.clock()));
    if found.elsewhere.is_some() && recorder.memory.rotation.is_some() {
        recorder.adopt(recorder.memory.clone())?;
    }
    if recorder.memory.owner.is_none() {
        recorder.intend(Intent::Own { owner: format!("{:08x}", fastrand::u32(..)) })?;
    }
    let means = Means {
        nomad,
        consul: app.consul()?.map(|c| c.with_patience(Patience::OPERATION)),
        permission,
        recorder,
        orderly: app.interrupts.orderly(),
    };
    let mut rotation = Rotation::new(means, goal);
    let ended = rotation.run().await;
    let report = Report::new(&draft.plan, rotation.recorder.outcome(), &rotation.rotated());
    drop(rotation);
    narrator.finish().await;
    if !app.printer.wants_events() {
        app.printer.object(&report)?;
    }
    ended
}

/// The words by which any machine can go on, without the addresses of notices, which are often secrets.
fn to_write_down(words: Vec<String>) -> Vec<String> {
    let mut kept = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.split_once('=').map_or(word.as_str(), |(name, _)| name) {
            "--notify-url" if word.contains('=') => {}
            "--notify-url" => drop(words.next()),
            _ => kept.push(word),
        }
    }
    kept
}

/// What happened on another machine belongs to the story as well; how many events of it are not told any more.
async fn recall(nomad: &Http, memory: &mut RecoveredState, elsewhere: bool) -> usize {
    let Some(rotation) = memory.rotation.as_ref().filter(|_| elsewhere) else { return 0 };
    // A rotation goes on without its history.
    match history::load(nomad, rotation).await {
        Ok(Some(kept)) => {
            memory.happened = kept.events;
            kept.left_out
        }
        _ => 0,
    }
}

fn ids(nodes: &[NodeStub]) -> BTreeSet<String> {
    nodes.iter().map(|n| n.id.clone()).collect()
}

/// The plan with everything that is shown of it.
struct Draft {
    plan: Plan,
    blockers: Vec<Blocker>,
    forecast: Forecast,
    options: Options,
    /// What was decided about single instances, when it was.
    decided: Option<Singletons>,
    preview: Preview,
    /// Nodes that take no work now, by id.
    idle: BTreeSet<String>,
    index: u64,
}

/// What drafts are made from.
struct DraftInput<'a> {
    args: &'a RotationRequest,
    app: &'a App,
    nomad: &'a Http,
    selected: &'a [NodeStub],
    key: &'a str,
    memory: &'a RecoveredState,
}

impl DraftInput<'_> {
    /// A draft of the present. What was decided about single instances is not asked again.
    async fn draft(&self, decided: Option<Singletons>) -> Result<Draft> {
        let DraftInput { args, app, nomad, selected, key, memory } = *self;
        let (ids, known, at) = (ids(selected), memory.jobs(), app.clock().now());
        let snapshot =
            Box::pin(snapshot::observe_with_checks(nomad, app.consul()?, &ids, &known, at)).await?;
        // What the nodes are now, not what they were when they were selected.
        let now = |n: &NodeStub| snapshot.nodes.iter().find(|now| now.id == n.id).unwrap_or(n).clone();
        let now: Vec<NodeStub> = selected.iter().map(now).collect();
        let mut options = args.options(app, selected.len())?;
        options.singletons = decided.unwrap_or(options.singletons);
        let mut plan = plan::make(&snapshot, &now, &options, key, memory);
        let mut decided = decided;
        if decided.is_none() {
            decided = ask_about_singletons(args, app, &plan).await?;
            options.singletons = decided.unwrap_or(options.singletons);
            plan = plan::make(&snapshot, &now, &options, key, memory);
        }
        let mut blockers = blocker::find(&snapshot, &now, &plan, &options, key, memory);
        let unused = options.floor_policy().unused(snapshot.jobs.keys());
        if let Some(name) = unused.first() {
            return Err(Error::not_found(format!(
                "--floor names {name:?}, and no such job runs on the nodes"
            )));
        }
        let forecast = foresee(nomad, &snapshot, &plan, &options, &mut blockers).await?;
        let preview = Preview::new(&plan, &options, &blockers, &forecast, memory.rotation.is_some());
        let idle = snapshot.nodes.iter().filter(|n| !n.is_schedulable()).map(|n| n.id.clone()).collect();
        Ok(Draft { plan, blockers, forecast, options, decided, preview, idle, index: snapshot.index })
    }
}

impl Draft {
    /// What was foreseen, for the report.
    fn foreseen(&self) -> Foreseen {
        let moves = |n: &plan::NodePlan| NodeMoves {
            node: n.node.clone(),
            moves: n.moves.len(),
            seconds: Some(self.plan.expected(n).as_secs_f64()),
        };
        let floor = |(group, g): (&GroupKey, &plan::GroupPlan)| GroupFloor {
            group: group.clone(),
            count: g.count,
            floor: g.floor,
        };
        Foreseen {
            nodes: self.plan.to_empty().map(moves).collect(),
            groups: self.plan.groups.iter().map(floor).collect(),
            asked: self.forecast.total,
            without_place: self.forecast.losses.iter().map(|l| l.unplaced).sum(),
            unknown: self.forecast.unknown.clone(),
            seconds: Some(self.preview.expected_seconds() as f64),
        }
    }

    /// The preview of a dry run is its result; otherwise it is what the question is about.
    fn show(&self, args: &RotationRequest, app: &App) -> Result<()> {
        if args.dry_run || app.printer.wants_events() {
            app.printer.object(&self.preview)
        } else {
            app.printer.aside(&self.preview);
            Ok(())
        }
    }

    fn refuse_standing(&self) -> Result<()> {
        let standing = blocker::standing(&self.blockers, &self.options);
        if standing.is_empty() {
            return Ok(());
        }
        let denied = standing.iter().any(|b| matches!(b, Blocker::MayNotDrain));
        let code = if denied { ExitCode::Denied } else { ExitCode::Refused };
        let error = Error::new(code, "the rotation was not started; nothing was changed");
        let error = standing.iter().map(|b| b.text()).fold(error, Error::because);
        let ways_out: BTreeSet<String> = standing.iter().map(|b| b.way_out()).collect();
        Err(ways_out.into_iter().fold(error, Error::hint))
    }

    /// What differs in a later draft in a way that matters to whoever said yes to this one.
    fn changes_to(&self, later: &Draft) -> Vec<String> {
        let moves = |draft: &Draft| -> BTreeSet<String> {
            let all = draft.plan.to_empty().flat_map(|n| n.moves.iter().map(move |a| (a, &n.node.name)));
            all.map(|(a, node)| format!("{} on {node}", a.name)).collect()
        };
        let nodes = |draft: &Draft| -> BTreeSet<String> {
            let node = |n: &plan::NodePlan| match (&n.skip, n.done) {
                (Some(reason), _) => format!("{} is left as it is: {reason}", n.node.name),
                (None, true) => format!("{} is rotated already", n.node.name),
                (None, false) => format!("{} is to be emptied", n.node.name),
            };
            draft.plan.nodes.iter().map(node).collect()
        };
        let risks =
            |draft: &Draft| -> BTreeSet<String> { draft.blockers.iter().map(Blocker::text).collect() };
        let mut changes: Vec<String> =
            moves(later).difference(&moves(self)).map(|m| format!("it moves as well: {m}")).collect();
        changes.extend(moves(self).difference(&moves(later)).map(|m| format!("it moves no longer: {m}")));
        changes.extend(nodes(later).difference(&nodes(self)).cloned());
        changes.extend(risks(later).difference(&risks(self)).cloned());
        let losses = |draft: &Draft| draft.forecast.losses.len();
        if losses(later) > losses(self) {
            changes.push("not everything finds a place any more".to_owned());
        }
        changes
    }
}

fn floor(text: &str) -> Result<(String, MinHealthy), String> {
    match text.rsplit_once('=') {
        Some((job, floor)) if !job.is_empty() => Ok((job.to_owned(), MinHealthy::parse(floor)?)),
        _ => Err("expected JOB=N or JOB=N%".to_owned()),
    }
}

impl RotationRequest {
    async fn goal(
        &self,
        app: &App,
        nomad: &Http,
        (name, key, store): (String, String, Store),
        draft: &Draft,
        selected: &[NodeStub],
    ) -> Result<Goal> {
        let domains = match &self.by {
            Some(by) => by.of_nodes(nomad, selected).await?,
            None => BTreeMap::new(),
        };
        let node = |n: &plan::NodePlan| GoalNode {
            node: n.node.clone(),
            domain: domains.get(&n.node.id).cloned(),
            share: None,
        };
        let leaving = |n: &plan::NodePlan| (n.node.id.clone(), n.leaving.iter().map(alloc_ref).collect());
        let nodes = &draft.plan.nodes;
        let now = app.clock().now();
        Ok(Goal {
            holder: Holder::here(format!("rotation {name}"), app.env.get("USER"), now),
            name,
            purpose: Purpose::Rotation,
            key,
            options: draft.options.clone(),
            strategy: draft.plan.strategy,
            nodes: nodes.iter().map(node).collect(),
            selected: selected.to_vec(),
            was: nodes.iter().map(|n| (n.node.id.clone(), n.was)).collect(),
            leaving: nodes.iter().map(leaving).collect(),
            done: nodes.iter().filter(|n| n.done).map(|n| n.node.id.clone()).collect(),
            idle: draft.idle.clone(),
            index: draft.index,
            deadline: draft.options.timeout.map(|t| now + t),
            store,
            history: History::new(nomad, 0),
            foreseen: draft.foreseen(),
            command_line: Vec::new(),
            dead: BTreeSet::new(),
        })
    }

    /// The same cluster and the same selection are the same rotation, whatever else is decided.
    fn key(&self, app: &App) -> Result<String> {
        let settings = app.settings()?;
        let region = settings.nomad.region.as_ref().map_or("", |r| r.value.as_str());
        let selection = format!("{:?}", self.selection);
        Ok(journal::key(&["rotate-nodes", &settings.nomad.address.value, region, &selection]))
    }

    /// The same for a machine that reaches the cluster by another address.
    fn key_on_the_cluster(&self, app: &App) -> Result<String> {
        let settings = app.settings()?;
        let region = settings.nomad.region.as_ref().map_or("", |r| r.value.as_str());
        let selection = format!("{:?}", self.selection);
        Ok(journal::key(&["rotate-nodes", region, &selection]))
    }

    /// Who is told of the turns it takes.
    fn notifier(&self) -> Result<Notifier> {
        let command = self.notify_cmd.as_ref().map(|text| words_of("--notify-cmd", text, self.shell));
        Notifier::new(command.transpose()?, &self.notify_url)
    }

    fn options(&self, app: &App, nodes: usize) -> Result<Options> {
        let replace = match &self.replace_with_cmd {
            None => Replace::No,
            Some(command) => {
                let argv = words_of("--replace-with-cmd", command, self.shell)?;
                let count = self.replacements.unwrap_or(nodes);
                let surge = self.surge.map(NonZeroUsize::get);
                Replace::Command { argv, count, surge, within: self.replace_timeout }
            }
        };
        Ok(Options {
            secrets: Secrets::of_environment(app.env.iter()),
            replace,
            service: self.service.service(self.shell)?,
            singletons: self.singletons.unwrap_or(Singletons::Refuse),
            batch: self.batch,
            on_failure: self.on_failure,
            min_healthy: self.min_healthy,
            floors: self.floor.iter().cloned().collect(),
            max_parallel: self.max_parallel,
            pace: self.pace.pace(self.max_parallel, self.batch)?,
            failure_budget: self.failure_budget,
            settle: self.settle,
            soak: self.soak,
            insist: self.insist,
            accept: self.accept.iter().copied().collect(),
            ignore_system: self.ignore_system,
            timeout: self.timeout,
        })
    }
}

/// The journal and what it says. A preview only reads it. Without a state directory only what the cluster shows is known.
fn open_journal(args: &RotationRequest, app: &App, key: &str) -> Result<(Option<Journal>, RecoveredState)> {
    let Some(dir) = app.env.state_dir().map(|d| d.join("rotations")) else {
        return Ok((None, RecoveredState::default()));
    };
    if args.dry_run {
        return Ok((None, RecoveredState::of(Journal::peek::<Entry>(&dir, key)?)));
    }
    match open(&dir, key) {
        Ok((journal, memory)) => Ok((Some(journal), memory)),
        Err(e) if e.code() == ExitCode::Refused => Err(e),
        Err(e) => {
            app.printer.warn(&format!(
                "{e}: if this run is killed, the nodes' earlier eligibility cannot be restored"
            ));
            Ok((None, RecoveredState::default()))
        }
    }
}

fn open(dir: &Path, key: &str) -> Result<(Journal, RecoveredState)> {
    let (mut journal, entries) = Journal::open::<Entry>(dir, key)?;
    let memory = RecoveredState::of(entries);
    if memory.rotation.is_none() {
        journal.clear()?;
    }
    Ok((journal, memory))
}

/// Asks on a terminal what to do with single instances; elsewhere the command line must say it.
async fn ask_about_singletons(args: &RotationRequest, app: &App, plan: &Plan) -> Result<Option<Singletons>> {
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
        "start a second copy first; never down, two more versions of the job",
        "leave out the nodes they run on",
    ];
    let choice = app.printer.choose(question, answers.map(str::to_owned).to_vec()).await?;
    Ok(Some([Singletons::Refuse, Singletons::Gap, Singletons::Surge, Singletons::Skip][choice]))
}

async fn foresee(
    nomad: &Http,
    snapshot: &Snapshot,
    plan: &Plan,
    options: &Options,
    blockers: &mut Vec<Blocker>,
) -> Result<Forecast> {
    let step = plan.largest_step(options);
    let stay = matches!(options.service, Some(NodeService::InPlace { .. }));
    let doomed: BTreeSet<String> = match stay {
        true => step.iter().map(|n| n.node.id.clone()).collect(),
        false => plan.nodes.iter().map(|n| n.node.id.clone()).collect(),
    };
    let survivors: Vec<String> = plan.survivors.iter().filter(|id| !doomed.contains(*id)).cloned().collect();
    let mut leaving: Vec<_> = step.iter().flat_map(|n| &n.moves).collect();
    if options.singletons == Singletons::Surge {
        // For a while there are two of them, and neither is on the nodes that are emptied.
        let singletons = plan.singletons();
        leaving
            .extend(step.iter().flat_map(|n| &n.moves).filter(|a| singletons.iter().any(|key| key.owns(a))));
    }
    let input = ForecastInput {
        jobs: &snapshot.jobs,
        allocs: &snapshot.allocs,
        doomed: &doomed,
        survivors: &survivors,
        marked: false,
    };
    let mut forecast = forecast::ask(nomad, input, &leaving).await?;
    if !leaving.is_empty() {
        forecast.peaks = forecast::peaks(nomad, snapshot.nodes.len(), &survivors, &leaving).await?;
    }
    // With replacements on their way the forecast of today is information; it is repeated when they have joined.
    if options.replace == Replace::No {
        blockers.extend(forecast.losses.iter().map(blocker::wont_fit));
    }
    blockers.extend(forecast.unknown.iter().map(|reason| Blocker::NoForecast { reason: reason.clone() }));
    Ok(forecast)
}
