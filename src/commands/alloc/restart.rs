//! `fleet alloc restart`

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::{AskedNode, Patience};
use crate::api::nomad::alloc_client;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus, RunState};
use crate::api::permission::Permission;
use crate::api::settle::{Settled, settle};
use crate::app::App;
use crate::commands::alloc::acting::{AllocAction, WaitEnd, WaitState};
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::ui::{Cell, Describe, Detail, Tone, duration};

/// Restart the tasks of an allocation where it is, and wait until it is well.
///
/// Those that run are restarted; with --task one of them, with --all-tasks also those that have ended, in the order of their
/// lifecycle. 0 means that they started anew and the allocation is well at this moment. A service is not taken below its floor unless
/// you say how many instances may be away.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc restart c783f447
  fleet alloc restart c783f447 --task web
  fleet alloc restart c783f447 --all-tasks --max-unavailable 1")]
pub struct Args {
    /// The allocation, by its id or the beginning of it.
    #[arg(value_name = "ALLOC", add = clap_complete::ArgValueCompleter::new(complete::allocs))]
    alloc: String,

    /// Only this task.
    #[arg(long, value_name = "TASK", conflicts_with = "all_tasks")]
    task: Option<String>,

    /// Also those that have ended.
    #[arg(long)]
    all_tasks: bool,

    /// How many of its group may be away meanwhile.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_unavailable: Option<u64>,

    /// How long it may take to be well.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    timeout: Duration,

    /// Do not wait until it is well.
    #[arg(long)]
    detach: bool,
}

/// What was restarted.
#[derive(Debug, Serialize)]
struct Restarted {
    alloc_id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    namespace: String,
    job_id: String,
    node_id: String,
    node_name: String,
    tasks: Vec<String>,
    /// Whether it was seen to be well afterwards; none when nobody waited.
    well: Option<bool>,
}

impl Describe for Restarted {
    fn describe(&self) -> Detail {
        let state = match self.well {
            Some(true) => Cell::toned("restarted, well", Tone::Good),
            _ => Cell::text("told to restart"),
        };
        Detail::new().fields([
            (
                "Allocation",
                Cell::text(format!("{} {} on {}", short(&self.alloc_id), self.name, self.node_name)),
            ),
            ("Tasks", Cell::text(self.tasks.join(", "))),
            ("Result", state),
        ])
    }
}

/// By task, when it started before the restart; none for one that has not.
type StartsBefore = BTreeMap<String, Option<Timestamp>>;

/// Restarts an allocation.
///
/// # Errors
/// Failed (1) when it does not run, refused (7) below the floor, timed out (6) when it is not well in time.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let acting = AllocAction::on(app, &args.alloc, args.timeout).await?;
    acting.refuse_out_of_sight().await?;
    let id = acting.alloc.id.clone();
    let now = acting.nomad.read(&allocation::get(&id)).await?.value;
    if now.client_status.is_terminal() {
        return Err(Error::failed(format!(
            "{} is {}, and nothing of it can be restarted",
            acting.label(),
            now.client_status
        ))
        .hint(format!("fleet alloc show {}", short(&id))));
    }
    let concerned = |name: &str, running: bool| match &args.task {
        Some(task) => name == task,
        None => running || args.all_tasks,
    };
    let before: StartsBefore = now
        .task_states
        .iter()
        .filter(|(name, state)| concerned(name, state.state == RunState::Running))
        .map(|(name, state)| (name.clone(), state.started_at))
        .collect();
    if before.is_empty() {
        let names: Vec<&str> = now.task_states.keys().map(String::as_str).collect();
        return Err(Error::not_found(format!("nothing that runs in {} is meant", acting.label()))
            .hint(format!("its tasks: {}", names.join(", "))));
    }
    let permission = app.explicit();
    let mut turn = acting.in_turn(&permission, "restart of an instance", args.max_unavailable).await?;
    let ended = restart(args, &acting, &before, &permission).await;
    turn.release(app.clock().now()).await;
    app.printer.object(&ended?)
}

/// Restarts it, and waits until it is well again.
async fn restart(
    args: &Args,
    acting: &AllocAction<'_>,
    before: &StartsBefore,
    permission: &Permission,
) -> Result<Restarted> {
    let (app, id) = (acting.app, acting.alloc.id.clone());
    let call = match (&args.task, args.all_tasks) {
        (Some(task), _) => alloc_client::restart_task(&id, task),
        (None, true) => alloc_client::restart_all_tasks(&id),
        (None, false) => allocation::restart(&id),
    };
    let done = async || {
        let all = acting
            .nomad
            .list(&allocation::of_job(&acting.alloc.namespace, &acting.alloc.job_id))
            .await?
            .value;
        let alloc = all.iter().find(|a| a.id == id);
        let restarted = alloc.filter(|a| anew(a, before).is_empty()).map(|_| Ok(()));
        // What is over is not started again, however long it is looked for.
        Ok(restarted.or_else(|| over(alloc, &all).map(Err)))
    };
    let settled = settle(&acting.nomad, permission, &call, Patience::OPERATION, done).await?;
    if let Settled::Found(Err(why)) = settled {
        let error = Error::failed(format!("{} was not restarted as far as is known", acting.label()));
        let error = error.because(why).because("its node did not say whether it was told to");
        return Err(acting.see(error.unanswered_by(AskedNode::OfAllocation(id))));
    }
    let AllocStub { name, namespace, job_id, node_id, node_name, .. } = acting.alloc.clone();
    let tasks = before.keys().cloned().collect();
    let mut view =
        Restarted { alloc_id: id.clone(), name, namespace, job_id, node_id, node_name, tasks, well: None };
    if !args.detach {
        app.printer.note(&format!("{} was told to restart", acting.label()));
        let going_on = format!("{} was told to restart", short(&id));
        let look = async |all: &[AllocStub]| look(acting, before, all);
        match acting.until_well(&going_on, args.timeout, look).await? {
            WaitEnd::Well(_) => view.well = Some(true),
            WaitEnd::Nothing(why) => {
                let error = Error::failed(format!("{} does not come back", acting.label())).because(why);
                return Err(acting.see(error));
            }
        }
    }
    Ok(view)
}

/// The tasks that have not started anew.
fn anew<'b>(alloc: &AllocStub, before: &'b StartsBefore) -> Vec<&'b str> {
    let waits = |(task, at): &(&String, &Option<Timestamp>)| {
        alloc.task_states.get(*task).is_none_or(|state| state.started_at <= **at)
    };
    before.iter().filter(waits).map(|(task, _)| task.as_str()).collect()
}

fn look(acting: &AllocAction<'_>, before: &StartsBefore, all: &[AllocStub]) -> Result<WaitState> {
    let alloc = all.iter().find(|a| a.id == acting.alloc.id);
    let alloc = match (alloc, over(alloc, all)) {
        (Some(alloc), None) => alloc,
        (_, why) => return Ok(WaitState::Nothing(why.unwrap_or_default())),
    };
    let waiting = anew(alloc, before);
    if waiting.is_empty() {
        return Ok(WaitState::Here(Box::new(alloc.clone())));
    }
    Ok(WaitState::Waiting(format!("{} is to start anew", waiting.join(", "))))
}

/// Why an allocation starts no more; none while it may.
fn over(alloc: Option<&AllocStub>, all: &[AllocStub]) -> Option<String> {
    let Some(alloc) = alloc else { return Some("the servers have forgotten it".to_owned()) };
    if alloc.desired_status != DesiredStatus::Run {
        let next = all.iter().find(|a| a.id == alloc.next_allocation);
        let next = next.map(|a| format!("; its replacement is {} on {}", short(&a.id), a.node_name));
        let by = Some(&alloc.desired_description).filter(|text| !text.is_empty());
        let by = by.map(|text| format!(" ({text})")).unwrap_or_default();
        // The servers stop what was lost with its node: nobody did.
        let how = match alloc.client_status {
            ClientStatus::Lost => "it was lost",
            _ => "it was told to stop by somebody",
        };
        return Some(format!("{how}{by}{}", next.unwrap_or_default()));
    }
    let ended = alloc.client_status.is_terminal();
    ended.then(|| format!("it is {}: {}", alloc.client_status, alloc.client_description))
}
