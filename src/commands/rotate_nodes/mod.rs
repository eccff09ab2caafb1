//! `fleet rotate-nodes`

mod destination;
mod domain;
mod draft;
mod found;
mod given_up;
mod goal;
mod own_journal;
mod pace;
mod preview;
mod report;
mod request;
mod saved;
mod service;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;

use crate::api::http::{Http, Patience};
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::closed_before;
use crate::commands::shared::in_time::in_time;
use crate::commands::shared::rotation_board::RotationBoard;
use crate::commands::shared::rotation_notices::Notices;
use crate::commands::shared::still_ineligible;
use crate::commands::shared::turn::{self, Turn};
use crate::error::Result;
use crate::invocation::Invocation;
use crate::model::ids::JobKey;
use crate::ops::journal::Journal;
use crate::ops::notify::Notifier;
use crate::ops::rotate::history::{self, History};
use crate::ops::rotate::plan::Plan;
use crate::ops::rotate::recorder::{Intent, Recorder, RecoveredState};
use crate::ops::rotate::store::{self, Store};
use crate::ops::rotate::{Goal, Means, Rotation};

use draft::{Draft, DraftInput};
use preview::Continued;
use report::Report;
pub(crate) use request::RotationRequest;
use saved::{ApplyArgs, PlanArgs, Saved};

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
/// it is back and changed as expected; the other nodes take work until their turn. With --terminate-cmd each is ended instead, and
/// its agent has to be gone within --node-timeout. Such a command gets FLEET_ROTATION, FLEET_NODE, FLEET_NODE_ID, FLEET_NODE_ADDRESS,
/// FLEET_NODE_CLASS, FLEET_NODE_POOL, FLEET_DATACENTER and FLEET_INSTANCE_ID (where the node says which instance of a cloud it is). Ready
/// ones are in contrib/hooks/ of the project.
///
/// The same nodes with another command or another --expect are another rotation: what is unfinished is left, and said so.
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
  fleet rotate-nodes --class old --to class=new --wait-lock 30m --yes
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

/// Moves everything off nodes to others, for the verb that is named after that.
///
/// # Errors
/// As `run`.
pub(crate) async fn rotate_to(wanted: &RotationRequest, app: &App, invocation: &Invocation) -> Result<()> {
    Box::pin(rotate(wanted, app, invocation.words_apart().0, DraftUse::Now)).await
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
    // A preview writes nothing, and can be given up anywhere.
    let limit = args.timeout.filter(|_| args.dry_run);
    in_time(limit, Box::pin(draft_and_rotate(args, app, command_line, manner))).await
}

async fn draft_and_rotate(
    args: &RotationRequest,
    app: &App,
    command_line: Vec<String>,
    manner: DraftUse<'_>,
) -> Result<()> {
    let patience = if args.dry_run { Patience::VIEW } else { Patience::OPERATION };
    let nomad = app.nomad()?.with_patience(patience);
    let notifier = args.notifier()?;
    let (selected, all) = args.selection.resolve_targets_among(&nomad).await?;
    let key = args.key(app)?;
    let cluster_key = args.key_on_the_cluster(app)?;
    let mut own_turn = Turn::new(app, &nomad, args.turn).after_drains();
    if !args.dry_run {
        Box::pin(own_turn.await_same(&cluster_key)).await?;
    }
    let (journal, local) = own_journal::of_this_machine(args, app, &key)?;
    let found = found::choose(local, store::look(&nomad, &cluster_key).await?);
    let dead = match found.elsewhere.as_ref().filter(|_| !args.dry_run) {
        Some(holder) => found::take_over(app, &nomad, holder, &found.memory, args.resume.is_some()).await?,
        None => BTreeSet::new(),
    };
    let mut memory = given_up::or_taken_up(app, args, &nomad, &selected, &found).await?;
    let before = closed_before::by_others(app, &nomad, &cluster_key, &selected).await?;
    let continues =
        memory.rotation.is_some().then(|| Continued::of(&memory, found.holder.as_ref(), &command_line));
    let destination = match args.to.is_empty() {
        true => None,
        false => Some(destination::resolve(&nomad, &args.to, &selected).await?),
    };
    let input = DraftInput {
        args,
        app,
        nomad: &nomad,
        selected: &selected,
        destination: destination.as_deref(),
        key: &key,
        memory: &memory,
        continues: continues.as_ref(),
    };
    let mut draft = Box::pin(input.draft(args.singletons, all.filter(|_| args.dry_run))).await?;
    draft.show(args, app)?;
    if let DraftUse::AsPlanned(saved, file) = manner {
        saved.still_holds(file, &draft)?;
    }
    let begins = !args.dry_run && !matches!(manner, DraftUse::Write(..));
    if begins && Box::pin(await_turn(&mut own_turn, &input, &draft)).await? {
        // They did not leave the world as it was.
        draft = Box::pin(input.draft(draft.decided, None)).await?;
        draft.show(args, app)?;
    }
    if args.dry_run {
        turn::say_others(app, &nomad, memory.rotation.as_deref().unwrap_or_default(), &selected).await?;
    }
    draft.refuse_standing().map_err(|e| given_up::decide_otherwise(e, args, &memory))?;
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
    let permission = agree(&input, &mut draft).await?;
    let left_out = recall(&nomad, &mut memory, found.elsewhere.is_some()).await;
    let name = memory.rotation.clone().unwrap_or_else(|| format!("r-{:08x}", fastrand::u32(..)));
    let store = Store::new(&nomad, &cluster_key, found.index);
    let goal = args.goal(app, &nomad, (name, key, store), &draft, &selected).await?;
    let history = History::new(&nomad, left_out);
    let was = goal.was.into_iter().chain(before).collect();
    let goal = Goal { dead, history, was, command_line: goal::to_write_down(command_line), ..goal };
    let own = OwnPart { app, nomad: &nomad, permission, notifier, journal, memory };
    Box::pin(own.carry_out(goal, &draft.plan, found.elsewhere.is_some())).await
}

/// Waits for other rotations that have the same nodes before them; whether there was one.
async fn await_turn(turn: &mut Turn<'_>, input: &DraftInput<'_>, draft: &Draft) -> Result<bool> {
    let own = input.memory.rotation.clone().unwrap_or_default();
    let jobs = draft.plan.to_empty().flat_map(|n| &n.moves).map(JobKey::of).collect();
    turn.await_others(&own, input.selected, &jobs).await
}

/// Asks whether to begin, and once more when the world did not wait for the answer.
async fn agree(input: &DraftInput<'_>, draft: &mut Draft) -> Result<Permission> {
    let DraftInput { args, app, .. } = *input;
    loop {
        let permission = app.confirm(args.yes, &draft.preview.question()).await?;
        if args.yes {
            return Ok(permission);
        }
        let now = Box::pin(input.draft(draft.decided, None)).await?;
        let changes = draft.changes_to(&now);
        *draft = now;
        draft.refuse_standing()?;
        if changes.is_empty() {
            return Ok(permission);
        }
        app.printer.note("this has changed since the question was put:");
        changes.iter().for_each(|change| app.printer.note(&format!("  {change}")));
        draft.show(args, app)?;
    }
}

/// What this run brings with it.
struct OwnPart<'a> {
    app: &'a App,
    nomad: &'a Http,
    permission: Permission,
    notifier: Notifier,
    journal: Option<Journal>,
    memory: RecoveredState,
}

impl OwnPart<'_> {
    /// Rotates, tells of it, and reports. `elsewhere`: whether another machine began it.
    async fn carry_out(self, goal: Goal, plan: &Plan, elsewhere: bool) -> Result<()> {
        let OwnPart { app, nomad, permission, notifier, journal, memory } = self;
        let board = RotationBoard::new(&app.printer, memory.happened.clone());
        let mut narrator = Notices::new(board, &app.printer, notifier, &goal.name);
        let mut recorder = Recorder::new(journal, memory, &mut narrator, Arc::clone(app.clock()));
        if elsewhere && recorder.memory.rotation.is_some() {
            recorder.adopt(recorder.memory.clone())?;
        }
        if recorder.memory.owner.is_none() {
            recorder.intend(Intent::Own { owner: format!("{:08x}", fastrand::u32(..)) })?;
        }
        let means = Means {
            nomad: nomad.clone(),
            consul: app.consul()?.map(|c| c.with_patience(Patience::OPERATION)),
            permission,
            recorder,
            orderly: app.interrupts.orderly(),
        };
        // Where something is done to each node, that ends it or gives it back.
        let closed: BTreeSet<String> = match goal.options.service {
            None => goal.nodes.iter().map(|n| n.node.id.clone()).collect(),
            Some(_) => BTreeSet::new(),
        };
        let mut rotation = Rotation::new(means, goal);
        let ended = Box::pin(rotation.run()).await;
        let report = Report::new(plan, rotation.recorder.outcome(), &rotation.rotated());
        drop(rotation);
        narrator.finish().await;
        if !app.printer.wants_events() {
            app.printer.object(&report)?;
        }
        if ended.is_ok() {
            still_ineligible::say(app, nomad, &closed).await;
        }
        ended
    }
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
