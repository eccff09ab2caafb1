//! `fleet job action run`

use std::collections::BTreeMap;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::exec::ActionRef;
use crate::api::nomad::job::{Action, Task};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::exec::{CommandInTask, ExecFlags};
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags, TargetMatches, TaskPlace};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::short;
use crate::ops::exec::Launch;

/// Run an action of a job in a running task.
///
/// TARGET, terminal, keys and exit codes are those of `fleet exec`. The task is the one that has the action; --task chooses when
/// several have it. Nomad starts the action by its name, as the allocation's own version of the job defines it. Ctrl-C reaches the
/// action only through a terminal (-t).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job action run web rotate-logs
  fleet job action run 'web/api[2]' console -it
  fleet job action run web flush-cache --all --parallel 4")]
pub struct Args {
    /// The task: a job, allocation, service or git checkout; see `fleet exec --help`.
    #[arg(value_name = "TARGET", add = clap_complete::ArgValueCompleter::new(complete::targets))]
    target: String,

    /// Name of the action.
    #[arg(value_name = "ACTION")]
    action: String,

    #[command(flatten)]
    which: TargetFlags,

    #[command(flatten)]
    exec_flags: ExecFlags,
}

/// Runs an action in one task or in many.
///
/// # Errors
/// 125, whatever failed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    inside(args, app).await.map_err(Error::of_the_exec_family)
}

async fn inside(args: &Args, app: &App) -> Result<ExitCode> {
    let many = args.exec_flags.all;
    let tty = args.exec_flags.terminal(app, many)?;
    let TargetMatches { fitting, mut unreached } =
        target::find(app, &args.target, &args.which, AllocRequirement::Running).await?;
    let mut search = Search { action: &args.action, task: args.which.task.as_deref(), ..Search::default() };
    let mut places =
        target::places_by(app, fitting, &args.which, |alloc, tasks| search.in_tasks(alloc, tasks)).await?;
    if places.is_empty() {
        return Err(search.nowhere(&args.target));
    }
    if !many && places.len() > 1 {
        let allocs: Vec<AllocStub> = places.iter().map(|p| p.alloc.clone()).collect();
        let chosen = target::choose(app, &args.target, &allocs).await?;
        places = vec![places.swap_remove(chosen)];
    }
    let start = |place: TaskPlace| {
        let AllocStub { id, namespace, job_id, .. } = &place.alloc;
        let action =
            ActionRef { namespace: namespace.clone(), job: job_id.clone(), name: args.action.clone() };
        let words = search.words.remove(id).unwrap_or_default();
        CommandInTask { launch: Launch { tty, action: Some(action), ..Launch::of(words) }, place }
    };
    let starts = places.into_iter().map(start).collect();
    if !many {
        unreached.clear();
    }
    args.exec_flags.run(app, starts, &unreached, many).await
}

/// Looks for an action in the tasks of allocations.
#[derive(Debug, Default)]
struct Search<'a> {
    action: &'a str,
    task: Option<&'a str>,
    /// The task and driver that have the action, by allocation id.
    words: BTreeMap<String, Vec<String>>,
    /// Names of all actions seen, for the error.
    seen: Vec<String>,
}

impl Search<'_> {
    /// The task of an allocation that has the action, and the task's driver.
    fn in_tasks(&mut self, alloc: &AllocStub, tasks: &[Task]) -> Result<Option<(String, String)>> {
        let in_question = || tasks.iter().filter(|t| self.task.is_none_or(|name| t.name == name));
        let having: Vec<(&Task, &Action)> = in_question()
            .filter_map(|t| t.actions.iter().find(|a| a.name == self.action).map(|a| (t, a)))
            .collect();
        let others = in_question().flat_map(|t| &t.actions).map(|a| a.name.clone());
        self.seen.extend(others);
        let (task, action) = match having.as_slice() {
            [] => return Ok(None),
            [only] => *only,
            several => {
                let names: Vec<&str> = several.iter().map(|(t, _)| t.name.as_str()).collect();
                return Err(Error::usage(format!(
                    "several tasks of allocation {} have an action {:?}",
                    short(&alloc.id),
                    self.action
                ))
                .hint(format!("choose one with --task: {}", names.join(", "))));
            }
        };
        self.words.insert(alloc.id.clone(), action.words());
        Ok(Some((task.name.clone(), task.driver.clone())))
    }

    fn nowhere(mut self, target: &str) -> Error {
        self.seen.sort_unstable();
        self.seen.dedup();
        let task = self.task.map(|t| format!(" in task {t}")).unwrap_or_default();
        let error = Error::not_found(format!("{target} has no action {:?}{task}", self.action));
        if self.seen.is_empty() {
            return error.because("no running allocation of it has actions");
        }
        error.hint(format!("its actions: {}", self.seen.join(", ")))
    }
}
