//! `fleet alloc stop`

use std::time::Duration;

use serde::Serialize;

use crate::api::Permission;
use crate::api::http::Patience;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::{self, EvalStatus};
use crate::api::nomad::job::{self, TaskGroup};
use crate::api::nomad::{node, registration};
use crate::api::settle::{Settled, settle};
use crate::app::App;
use crate::commands::alloc::acting::{AllocAction, WaitEnd, WaitState};
use crate::commands::shared::complete;
use crate::commands::shared::failed_version;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{job_words, short};
use crate::model::metric::explain;
use crate::ops::unseen_end;
use crate::ui::{Cell, Describe, Detail, Tone, duration};

/// Stop an allocation, and wait until what replaces it is well.
///
/// The job places a replacement where it still wants one, perhaps on the same node. 0 means that the replacement runs and is well at
/// this moment, as its group's checks and update block have it, or that nothing was to replace it. A service is not taken below its
/// floor unless you say how many instances may be away.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc stop c783f447
  fleet alloc stop c783f447 --no-shutdown-delay
  fleet alloc stop c783f447 --max-unavailable 1 --detach")]
pub struct Args {
    /// The allocation, by its id or the beginning of it.
    #[arg(value_name = "ALLOC", add = clap_complete::ArgValueCompleter::new(complete::allocs))]
    alloc: String,

    /// Do not wait between the end of its services' registration and the end of its tasks.
    #[arg(long)]
    no_shutdown_delay: bool,

    /// How many of its group may be away meanwhile.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_unavailable: Option<u64>,

    /// Go ahead without asking where what replaces it is of a version whose deployment failed.
    #[arg(long, short)]
    yes: bool,

    /// How long the replacement may take to be well.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    timeout: Duration,

    /// Do not wait for the replacement.
    #[arg(long)]
    detach: bool,
}

/// What became of it.
#[derive(Debug, Serialize)]
struct Stopped {
    alloc_id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    namespace: String,
    job_id: String,
    node_id: String,
    node_name: String,
    /// Whether it was running before.
    changed: bool,
    /// Whether it was seen to have ended.
    ended: bool,
    #[serde(rename = "replacement_alloc_id")]
    replacement_id: Option<String>,
    replacement_node_name: Option<String>,
    /// Why nothing replaces it, or nobody waited.
    note: Option<String>,
}

impl Stopped {
    fn of(alloc: &AllocStub) -> Self {
        Stopped {
            alloc_id: alloc.id.clone(),
            name: alloc.name.clone(),
            namespace: alloc.namespace.clone(),
            job_id: alloc.job_id.clone(),
            node_id: alloc.node_id.clone(),
            node_name: alloc.node_name.clone(),
            changed: true,
            ended: false,
            replacement_id: None,
            replacement_node_name: None,
            note: None,
        }
    }
}

impl Describe for Stopped {
    fn describe(&self) -> Detail {
        let state = match (self.changed, self.ended) {
            (true, true) => Cell::toned("stopped", Tone::Good),
            (true, false) => Cell::text("told to stop"),
            (false, _) => Cell::text("had ended already"),
        };
        let replacement = match (&self.replacement_id, &self.replacement_node_name) {
            (Some(id), Some(node)) => Cell::toned(format!("{} on {node}, well", short(id)), Tone::Good),
            _ => self.note.as_ref().map_or(Cell::Empty, Cell::text),
        };
        Detail::new().fields([
            (
                "Allocation",
                Cell::text(format!("{} {} on {}", short(&self.alloc_id), self.name, self.node_name)),
            ),
            ("Result", state),
            ("Replacement", replacement),
        ])
    }
}

/// Stops an allocation.
///
/// # Errors
/// Refused (7) below the floor, timed out (6) when the replacement is not well in time.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let acting = AllocAction::on(app, &args.alloc, args.timeout).await?;
    let mut view = Stopped::of(&acting.alloc);
    if acting.alloc.is_terminal() {
        return had_ended(args, &acting, view).await;
    }
    acting.hold_the_floor(args.max_unavailable).await?;
    let permission = failed_version::permit(app, &acting.job, args.yes, "Stop an instance of").await?;
    let mut turn = acting.in_turn(&permission, "stop of an instance", args.max_unavailable).await?;
    let stopped = stop(args, &acting, &permission).await;
    // From here on everybody sees that it goes.
    turn.release(app.clock().now()).await;
    let eval = stopped?;
    // The servers note the wish; nobody tells what is out of sight, and there is no end to be seen.
    let out_of_sight = acting.alloc.client_status == ClientStatus::Unknown;
    if args.detach {
        if out_of_sight {
            seen_to_end(&acting).await?;
        }
        view.note = Some("nobody waited for it".to_owned());
        let id = short(&view.alloc_id);
        app.printer.note(&format!("to wait for its end: fleet wait alloc {id} ended"));
        return app.printer.object(&view);
    }
    let told = |label: &str| match out_of_sight {
        true => {
            format!("the servers were asked to stop {label}; its node is disconnected, so nobody has told it")
        }
        false => format!("{label} was told to stop"),
    };
    app.printer.note(&told(&acting.label()));
    let going_on = told(short(&acting.alloc.id));
    let follow = async |eval: &str| {
        acting.until_well(&going_on, args.timeout, async |all| replacement(&acting, eval, all).await).await
    };
    let mut ended = follow(&eval).await?;
    if matches!(ended, WaitEnd::Nothing(_)) && waits_for_evaluation(&acting).await? {
        ended = follow(&evaluate(&acting, &permission).await?).await?;
    }
    match ended {
        WaitEnd::Well(alloc) => {
            view.replacement_id = Some(alloc.id);
            view.replacement_node_name = Some(alloc.node_name);
        }
        WaitEnd::Nothing(why) => view.note = Some(why),
    }
    seen_to_end(&acting).await?;
    view.ended = true;
    app.printer.object(&view)
}

/// What had ended before: nothing is done, and what replaces it is waited for all the same. Whoever was interrupted and asks again goes
/// by the answer.
async fn had_ended(args: &Args, acting: &AllocAction<'_>, mut view: Stopped) -> Result<()> {
    seen_to_end(acting).await?;
    (view.changed, view.ended, view.note) = (false, true, Some("nothing was done".to_owned()));
    // What has ended long ago was replaced by another one since, or by none.
    let next = &acting.alloc.next_allocation;
    let is_replaced = acting.all().await?.iter().any(|a| a.id == *next);
    if args.detach || acting.job.stop || !is_replaced {
        return acting.app.printer.object(&view);
    }
    let going_on = format!("{} had ended already", short(&acting.alloc.id));
    let wait = acting.until_well(&going_on, args.timeout, async |all| replacement(acting, "", all).await);
    if let WaitEnd::Well(alloc) = wait.await? {
        view.replacement_id = Some(alloc.id);
        view.replacement_node_name = Some(alloc.node_name);
    }
    acting.app.printer.object(&view)
}

/// Whether its job is to have an instance on its node, and none is placed there before the job is evaluated again: so it is with a job
/// for every node after a stop by hand (`nomad-api.md §3.6`).
async fn waits_for_evaluation(acting: &AllocAction<'_>) -> Result<bool> {
    if !acting.job.job_type.is_per_node() || acting.job.job_type.ends() {
        return Ok(false);
    }
    let job = match acting.nomad.read(&job::get(&acting.alloc.namespace, &acting.alloc.job_id)).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => return Ok(false),
        Err(e) => return Err(e.into()),
    };
    let wanted = !job.stop && job.group(&acting.alloc.task_group).is_some_and(|g| g.count() > 0);
    match acting.nomad.read(&node::get(&acting.alloc.node_id)).await {
        Ok(node) => Ok(wanted && node.value.is_schedulable()),
        Err(e) if e.is_not_found() => Ok(false),
        // Evaluating a job that lacks nothing changes nothing.
        Err(e) if e.is_denied() => Ok(wanted),
        Err(e) => Err(e.into()),
    }
}

/// Has the servers look again at what its job lacks: the evaluation.
async fn evaluate(acting: &AllocAction<'_>, permission: &Permission) -> Result<String> {
    let call = registration::evaluate(&acting.alloc.namespace, &acting.alloc.job_id, false);
    match acting.nomad.write(permission, &call).await {
        Ok(reply) => Ok(reply.value.eval_id),
        Err(e) => Err(Error::from(e)
            .because(format!(
                "{} was stopped; the servers start another one there only when its job is evaluated",
                short(&acting.alloc.id)
            ))
            .hint(format!("fleet job eval {}", job_words(&acting.alloc.namespace, &acting.alloc.job_id)))),
    }
}

/// Whether its end was seen: on a node that is away nobody sees it.
///
/// # Errors
/// Timed out (6) where it may still run.
async fn seen_to_end(acting: &AllocAction<'_>) -> Result<()> {
    let mut now = acting.all().await?;
    now.retain(|a| a.id == acting.alloc.id);
    // The servers leave that what is out of sight is to run.
    now.iter_mut().for_each(|a| a.desired_status = DesiredStatus::Stop);
    let unseen = unseen_end::among(&acting.nomad, &now).await?;
    if unseen.is_empty() {
        return Ok(());
    }
    let error = Error::new(ExitCode::TimedOut, format!("{} is not known to have ended", acting.label()));
    let error = unseen.iter().map(ToString::to_string).fold(error, Error::because);
    Err(error.hint(format!("fleet wait alloc {} ended", short(&acting.alloc.id))))
}

/// Tells it to stop: the evaluation that replaces it; empty where the answer was lost.
async fn stop(args: &Args, acting: &AllocAction<'_>, permission: &Permission) -> Result<String> {
    let id = &acting.alloc.id;
    let call = allocation::stop(id);
    let call = if args.no_shutdown_delay { call.query("no_shutdown_delay", "true") } else { call };
    let told = async || {
        let now = acting.nomad.read(&allocation::get(id)).await?.value;
        Ok((now.desired_status != DesiredStatus::Run || now.desired_transition.migrate == Some(true))
            .then_some(()))
    };
    match settle(&acting.nomad, permission, &call, Patience::OPERATION, told).await? {
        Settled::Replied(reply) => Ok(reply.value.eval_id),
        Settled::Found(()) => Ok(String::new()),
    }
}

/// What took its place was told to stop by somebody: whether anything else is to come.
async fn taken_away(acting: &AllocAction<'_>, taken: &AllocStub, all: &[AllocStub]) -> Result<WaitState> {
    let job = &acting.alloc.job_id;
    let now = match acting.nomad.read(&job::get(&acting.alloc.namespace, job)).await {
        Ok(reply) => Some(reply.value),
        Err(e) if e.is_not_found() => None,
        Err(e) => return Err(e.into()),
    };
    let id = short(&taken.id);
    let Some(now) = now.filter(|now| !now.stop) else {
        return Ok(WaitState::Nothing(format!(
            "job {job} was stopped by somebody, and its replacement {id} with it"
        )));
    };
    let group = &acting.alloc.task_group;
    let wanted = now.group(group).map_or(0, TaskGroup::count);
    let there = all.iter().filter(|a| a.task_group == *group && !a.is_terminal()).count() as u64;
    Ok(match !now.job_type.is_per_node() && there >= wanted {
        true => WaitState::Nothing(format!(
            "its replacement {id} was taken away by somebody, and group {group} has all of {wanted}"
        )),
        false => WaitState::Waiting(format!("its replacement {id} was told to stop by somebody")),
    })
}

/// The newest of those that took its place, one after the other.
async fn replacement(acting: &AllocAction<'_>, eval: &str, all: &[AllocStub]) -> Result<WaitState> {
    let find = |id: &str| all.iter().find(|a| a.id == id);
    let old = find(&acting.alloc.id);
    let mut newest = None;
    let mut next = old.map_or("", |a| a.next_allocation.as_str());
    while let Some(alloc) = find(next) {
        newest = Some(alloc);
        next = &alloc.next_allocation;
    }
    // What an evaluation places for a job for every node need not be noted with the one before.
    let beside = || {
        let after = |a: &&AllocStub| {
            a.node_id == acting.alloc.node_id
                && a.task_group == acting.alloc.task_group
                && a.create_index > acting.alloc.create_index
        };
        all.iter().filter(after).max_by_key(|a| a.create_index)
    };
    if newest.is_none() && acting.job.job_type.is_per_node() {
        newest = beside();
    }
    match newest {
        Some(alloc) if alloc.desired_status != DesiredStatus::Run => {
            return taken_away(acting, alloc, all).await;
        }
        Some(alloc) => return Ok(WaitState::Here(Box::new(alloc.clone()))),
        None => {}
    }
    let away = old.is_some_and(|a| a.client_status == ClientStatus::Unknown);
    let doubt = match away {
        true => format!("{} may run on {}, which is away; ", short(&acting.alloc.id), acting.alloc.node_name),
        false => String::new(),
    };
    if old.is_some_and(|a| !a.client_status.is_terminal()) && !away {
        return Ok(WaitState::Waiting(format!("{} is stopping", short(&acting.alloc.id))));
    }
    if eval.is_empty() {
        return Ok(WaitState::Waiting(format!("{doubt}its replacement is not placed")));
    }
    let eval = acting.nomad.read(&evaluation::get(&acting.alloc.namespace, eval)).await?.value;
    match (eval.failed_groups.get(&acting.alloc.task_group), eval.status) {
        (Some(metric), _) => {
            let why = explain(metric);
            Ok(WaitState::Waiting(format!("{doubt}there is no place for its replacement: {why}")))
        }
        (None, EvalStatus::Complete) => Ok(WaitState::Nothing(match away {
            true => format!("{doubt}nothing is placed in its stead as long as it may come back"),
            false => "its job wants nothing in its place".to_owned(),
        })),
        (None, EvalStatus::Failed) => {
            Err(Error::failed("the scheduler could not replace it").because(eval.status_description))
        }
        (None, _) => Ok(WaitState::Waiting(format!("{doubt}its replacement is not placed"))),
    }
}
