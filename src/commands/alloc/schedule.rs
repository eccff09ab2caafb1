//! `fleet alloc pause` and `fleet alloc resume`: the schedule of a task, overridden and not (Nomad Enterprise).

use serde::Serialize;

use crate::api::Problem;
use crate::api::nomad::alloc_client;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags};
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::ui::{Cell, Describe, Detail};

/// Pause a task against its schedule (Nomad Enterprise).
///
/// The task is stopped and stays so until `fleet alloc resume`, whatever its schedule block says. 0 means that its client says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc pause c783f447
  fleet alloc pause nightly --task worker")]
pub struct PauseArgs {
    /// Where.
    #[arg(value_name = "TARGET", add = clap_complete::ArgValueCompleter::new(complete::targets))]
    target: String,

    #[command(flatten)]
    which: TargetFlags,
}

/// Give a task back to its schedule, or run it against it (Nomad Enterprise).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc resume c783f447
  fleet alloc resume nightly --task worker --run")]
pub struct ResumeArgs {
    /// Where.
    #[arg(value_name = "TARGET", add = clap_complete::ArgValueCompleter::new(complete::targets))]
    target: String,

    /// Run it now, also when its schedule says that it is paused.
    #[arg(long)]
    run: bool,

    #[command(flatten)]
    which: TargetFlags,
}

/// The state a task's schedule is in.
#[derive(Debug, Serialize)]
struct Overridden {
    alloc_id: String,
    task: String,
    /// What was asked for.
    override_state: &'static str,
    /// What its client makes of it.
    schedule_state: String,
}

impl Describe for Overridden {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("Allocation", Cell::Id(self.alloc_id.clone())),
            ("Task", (&self.task).into()),
            ("Override", self.override_state.into()),
            ("State", (&self.schedule_state).into()),
        ])
    }
}

/// Pauses a task.
///
/// # Errors
/// Failed (1) where the servers have no schedules.
pub async fn pause(args: &PauseArgs, app: &App) -> Result<()> {
    set(app, &args.target, &args.which, "pause").await
}

/// Gives a task back to its schedule.
///
/// # Errors
/// Failed (1) where the servers have no schedules.
pub async fn resume(args: &ResumeArgs, app: &App) -> Result<()> {
    set(app, &args.target, &args.which, if args.run { "run" } else { "scheduled" }).await
}

async fn set(app: &App, text: &str, which: &TargetFlags, state: &'static str) -> Result<()> {
    let place = target::one(app, text, which, AllocRequirement::Any).await?;
    let (id, task, nomad) = (&place.alloc.id, &place.task, app.nomad()?);
    let unable = |error: crate::api::Error| {
        let enterprise = error.text.contains("Enterprise") || error.problem == Problem::Unsupported;
        let error = Error::from(error);
        if enterprise {
            return error.context("these servers know no schedules of tasks, which Nomad Enterprise has");
        }
        error
    };
    nomad.write(&app.explicit(), &alloc_client::set_schedule(id, task, state)).await.map_err(unable)?;
    let schedule_state =
        nomad.read(&alloc_client::schedule(id, task)).await.map_err(unable)?.value.schedule_state;
    if !schedule_state.contains(state) {
        return Err(Error::failed(format!("task {task} of allocation {} did not take it up", short(id)))
            .because(format!("its client says {schedule_state:?}")));
    }
    let (alloc_id, task) = (id.clone(), task.clone());
    app.printer.object(&Overridden { alloc_id, task, override_state: state, schedule_state })
}
