//! The arguments that say which allocation and task is meant, the same in every verb that goes into one.

mod find;
mod here;
mod places;

pub use find::{find, nothing_runs};
pub use here::here;
pub use places::{places, places_by, refuse_if_silent, routes};

use crate::api::http::Http;
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::app::App;
use crate::config::DirectMode;
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::target::{self, Narrowing};
use crate::model::words;
use crate::ops::exec::{Access, TaskRef};

/// The heading of these flags; one of the struct's own would also hold for the flags after it.
const TARGETS: &str = "Target options";

/// Which of the allocations that fit.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TargetFlags {
    /// The task [default: the leader, else the first main task].
    #[arg(help_heading = TARGETS, long, value_name = "TASK", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::tasks))]
    pub task: Option<String>,

    /// Only on this node, by name or the beginning of its id.
    #[arg(help_heading = TARGETS, long, value_name = "NODE", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::nodes))]
    pub node: Option<String>,

    /// Only canaries that wait for promotion.
    #[arg(help_heading = TARGETS, long)]
    pub canary: bool,

    /// Only this version of the job.
    #[arg(help_heading = TARGETS, long, value_name = "N")]
    pub version: Option<u64>,

    /// The route to what is in the task.
    #[command(flatten)]
    pub route: RouteFlags,
}

/// The route to what is in a task: through the servers, or straight to its node.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RouteFlags {
    /// Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does
    /// not), or never; by default what `direct` of the context says, else auto.
    #[arg(help_heading = TARGETS, long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always")]
    pub direct: Option<DirectMode>,
}

impl RouteFlags {
    /// What was asked for, else what the context says.
    ///
    /// # Errors
    /// When the settings are no good.
    pub fn mode(&self, app: &App) -> Result<DirectMode> {
        Ok(self.direct.map_or(app.settings()?.nomad.direct.value, |asked| asked))
    }
}

impl TargetFlags {
    fn narrowing(&self) -> Narrowing {
        Narrowing { node: self.node.clone(), canary: self.canary, version: self.version }
    }
}

/// What an allocation must be for a verb to accept it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocRequirement {
    /// A running allocation only.
    Running,
    /// Running ones or, where none runs, ended ones: their logs still exist.
    RunningFirst,
    /// Any, running or not: files of ended allocations still exist.
    Any,
}

/// A task of an allocation.
#[derive(Debug, Clone)]
pub struct TaskPlace {
    /// The client to use for it: of the servers, or with --direct of the node itself.
    pub nomad: Http,
    /// The allocation.
    pub alloc: AllocStub,
    /// The task.
    pub task: String,
    /// The driver that runs it.
    pub driver: String,
    /// All tasks of the allocation, in the order of the job.
    pub tasks: Vec<String>,
}

impl TaskPlace {
    /// Where commands run in it.
    #[must_use]
    pub fn task_ref(&self) -> TaskRef {
        TaskRef { alloc_id: self.alloc.id.clone(), task: self.task.clone(), driver: self.driver.clone() }
    }

    /// Access for a verb that itself is the decision to run something in the task.
    #[must_use]
    pub fn access(&self, app: &App) -> Access {
        Access { http: self.nomad.clone(), permission: app.explicit(), task_ref: self.task_ref() }
    }

    /// How messages call it: `1a2b3c4d/task`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}/{}", short(&self.alloc.id), self.task)
    }
}

/// The one task that the target means. Where several allocations match, the user chooses on a terminal; elsewhere a rule does, and
/// the choice is printed.
///
/// # Errors
/// Not found (3), ambiguous (2), or nothing that runs (1), with what happened to it.
pub async fn one(app: &App, text: &str, flags: &TargetFlags, want: AllocRequirement) -> Result<TaskPlace> {
    let mut found = fitting(app, text, flags, want).await?;
    let chosen = if found.len() > 1 { choose(app, text, &found).await? } else { 0 };
    let mut places = places(app, vec![found.swap_remove(chosen)], flags).await?;
    places.pop().ok_or_else(|| Error::not_found(format!("{text:?} has no tasks")))
}

/// Every place that fits and runs, the best first; and the allocations that should run, and of which it is not known that they do:
/// those are not reached.
///
/// # Errors
/// As [`one`].
pub async fn all(app: &App, text: &str, flags: &TargetFlags) -> Result<(Vec<TaskPlace>, Vec<AllocStub>)> {
    let TargetMatches { fitting, unreached } = find(app, text, flags, AllocRequirement::Running).await?;
    Ok((places(app, fitting, flags).await?, unreached))
}

/// The allocations and tasks that fit what was typed.
#[derive(Debug)]
pub struct TargetMatches {
    /// At least one, the best first.
    pub fitting: Vec<AllocStub>,
    /// Those that were left out though they are not known to have ended: on nodes that are not heard of, or about to start.
    pub unreached: Vec<AllocStub>,
}

/// Why an allocation is not reached, in words.
#[must_use]
pub fn why_unreached(alloc: &AllocStub) -> String {
    match alloc.client_status {
        ClientStatus::Unknown => format!("unknown: nothing is heard of its node {}", alloc.node_name),
        other => format!("{other}: it does not run yet"),
    }
}

/// Chooses one of the matching allocations, sorted best first: by asking on a terminal, else the best one.
///
/// # Errors
/// When the choice was cancelled.
pub async fn choose(app: &App, text: &str, found: &[AllocStub]) -> Result<usize> {
    let best = &found[0];
    if !app.printer.may_ask() {
        app.printer.note(&format!(
            "{text} has {}; {}",
            words::count(found.len(), "allocation"),
            target::because(best)
        ));
        return Ok(0);
    }
    let line = |a: &AllocStub| {
        let health = match a.healthy() {
            Some(true) => ", healthy",
            Some(false) => ", unhealthy",
            None => "",
        };
        format!(
            "{} {} version {} on {} ({}{health})",
            short(&a.id),
            a.name,
            a.job_version,
            a.node_name,
            a.client_status
        )
    };
    app.printer.choose(format!("Which allocation of {text}?"), found.iter().map(line).collect()).await
}

/// The matching allocations, at least one, the best first.
///
/// # Errors
/// As [`one`].
pub async fn fitting(
    app: &App,
    text: &str,
    flags: &TargetFlags,
    want: AllocRequirement,
) -> Result<Vec<AllocStub>> {
    Ok(find(app, text, flags, want).await?.fitting)
}
